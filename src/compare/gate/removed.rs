//! What the accepted baseline has and the run has not: a test that is gone notices nothing, so it fails the gate until
//! it is accepted.

use super::super::changes::shown;
use super::super::side::Side;
use super::{Culprit, Judged, NAMED, Status};
use crate::model::count;
use crate::model::record::RunRecord;

/// Says that something is gone; nothing where nothing is. Of a run that took a part of the suite, only the articles
/// that it took are looked at.
pub(super) fn judge(before: &Side, now: &Side, record: &RunRecord) -> Option<Judged> {
    let whole = record.complete.filtered.is_none() && record.complete.finished == record.complete.planned;
    let (mut articles, mut facts, mut items) = (0usize, 0usize, Vec::new());
    for (key, old) in &before.articles {
        let Some(new) = now.articles.get(key) else {
            if whole {
                articles += 1;
                items.push(Culprit { article: shown(key), why: "gone".to_owned(), ..Culprit::default() });
            }
            continue;
        };
        // An item without an output has no verdicts: its facts are not gone.
        if new.samples.iter().all(|s| s.failure.is_some() || s.not_asked) {
            continue;
        }
        for (id, fact) in old.facts() {
            if new.fact(id).is_none() {
                facts += 1;
                let claim = Some(fact.claim.clone()).filter(|claim| !claim.is_empty());
                let (article, fact) = (shown(key), Some(id.to_owned()));
                items.push(Culprit { article, fact, claim, why: "gone".to_owned(), ..Culprit::default() });
            }
        }
    }
    if items.is_empty() {
        return None;
    }
    let counted = |n: usize, what: &str| (n > 0).then(|| count(n, what));
    let parts: Vec<String> = [counted(articles, "article"), counted(facts, "fact")].into_iter().flatten().collect();
    let message = format!("{} of the baseline gone; `epitome accept` takes that over", parts.join(" and "));
    let figure = Some(items.len() as f64);
    items.truncate(NAMED);
    Some(Judged {
        status: Status::Failed,
        fails: true,
        system: now.system.clone(),
        rule: "nothing accepted is gone".to_owned(),
        figure,
        bound: 0.0,
        message,
        articles: Vec::new(),
        items,
    })
}
