//! Rules on facts and figures one by one: `must_facts`, `no_new_contradicted`, `no_new_unsupported`.

use super::super::changes::only;
use super::super::side::{Article, ArticleKey};
use super::drop::named;
use super::figure::{fact_culprit, figure_culprit};
use super::{Culprit, Judged, NAMED, Pair, Rule, Status};
use crate::model::{Verdict, count};

impl Rule<'_> {
    /// `(in 2 of 3 samples)`, where the gate says so.
    fn samples(&self) -> String {
        self.gate.in_samples.map(|rule| format!(" (in {rule} samples)")).unwrap_or_default()
    }

    /// Judges `must_facts`.
    pub(super) fn must_facts(&self) -> Judged {
        let rule = format!("{}{}", self.name("every must fact is covered", ""), self.samples());
        let (mut asked, mut open, mut silent, mut items) = (0usize, 0usize, 0usize, Vec::new());
        for (key, article) in self.scope.articles(self.side) {
            let answered = article.samples.iter().filter(|s| !s.facts.is_empty()).count();
            if answered == 0 {
                silent += usize::from(article.samples.iter().any(|s| s.failure.is_some()));
                continue;
            }
            for (id, fact) in article.facts().into_iter().filter(|(_, f)| f.must && self.scope.takes_fact(f)) {
                asked += 1;
                let least = self.gate.in_samples.map_or(answered, |rule| rule.least as usize);
                let seen = || article.samples.iter().enumerate().filter_map(|(i, s)| Some((i, s.facts.get(id)?)));
                if seen().filter(|(_, f)| f.verdict == Verdict::Covered).count() >= least {
                    continue;
                }
                open += 1;
                let worst = seen().filter(|(_, f)| f.verdict != Verdict::Covered).max_by_key(|(_, f)| f.verdict);
                let (i, fact) = worst.unwrap_or((0, fact));
                items.push((fact.verdict != Verdict::Contradicted, fact_culprit(key, i, id, fact)));
            }
        }
        if asked == 0 {
            let message = "no must fact was judged, so the gate could not be".to_owned();
            return self.judged(Status::Failed, rule, None, 0.0, message);
        }
        let silent = match silent {
            0 => String::new(),
            1 => "; 1 article has no output, and is not judged".to_owned(),
            n => format!("; {n} articles have no output, and are not judged"),
        };
        let message = format!("{open} of {asked} are not{silent}");
        let status = if open == 0 { Status::Passed } else { Status::Failed };
        let mut judged = self.judged(status, rule, Some(open as f64), 0.0, message);
        items.sort_by_key(|(later, _)| *later);
        judged.items = items.into_iter().take(NAMED).map(|(_, culprit)| culprit).collect();
        judged
    }

    /// Judges `no_new_contradicted`.
    pub(super) fn no_new_contradicted(&self, pair: Result<&Pair, &str>) -> Judged {
        let rule = format!("{}{}", self.name("no fact is newly contradicted", ""), self.samples());
        self.nothing_new(rule, pair, |key, now, before| {
            let facts = now.facts().into_iter().filter(|(_, f)| self.scope.takes_fact(f));
            let new = facts.filter_map(|(id, _)| {
                let (i, fact) = now.fact_with(id, Verdict::Contradicted, self.gate.in_samples)?;
                // A fact that was not asked before is new: it cannot have got worse.
                let was = before.fact(id)?.verdict;
                (was != Verdict::Contradicted).then(|| fact_culprit(key, i, id, fact))
            });
            new.collect()
        })
    }

    /// Judges `no_new_unsupported`.
    pub(super) fn no_new_unsupported(&self, pair: Result<&Pair, &str>) -> Judged {
        let rule = format!("{}{}", self.name("no figure is newly without support", ""), self.samples());
        self.nothing_new(rule, pair, |key, now, before| {
            let (new, old) = (now.unsupported(self.gate.in_samples), before.unsupported(None));
            only(&new, &old).map(|(i, figure)| figure_culprit(key, i, figure)).collect()
        })
    }

    /// Judges that nothing is found in articles that both sides have.
    fn nothing_new(
        &self,
        rule: String,
        pair: Result<&Pair, &str>,
        find: impl Fn(&ArticleKey, &Article, &Article) -> Vec<Culprit>,
    ) -> Judged {
        let against = self.gate.against.as_ref().map(|a| format!(" against {a}")).unwrap_or_default();
        let rule = format!("{rule}{against}");
        let pair = match pair {
            Ok(pair) => pair,
            Err(message) => return self.judged(Status::Failed, rule, None, 0.0, message.to_owned()),
        };
        let (mut articles, mut silent, mut items) = (0usize, 0usize, Vec::new());
        for (key, now) in self.scope.articles(&pair.now) {
            let Some(before) = pair.before.articles.get(key) else { continue };
            let written = |article: &Article| article.samples.iter().any(|s| s.failure.is_none() && !s.not_asked);
            if !written(now) || !written(before) {
                silent += 1;
                continue;
            }
            articles += 1;
            items.extend(find(key, now, before));
        }
        if articles == 0 {
            let message = format!("no article has an output both in the run and in {}", pair.called);
            return self.judged(Status::Failed, rule, None, 0.0, message);
        }
        let silent = match silent {
            0 => String::new(),
            n => format!("; {n} without an output on one side, not judged"),
        };
        let changed = named(&pair.changed);
        let message = match items.len() {
            0 => format!("none over {}{silent}{changed}", count(articles, "article")),
            n => format!("{n} new over {}{silent}{changed}", count(articles, "article")),
        };
        let status = if items.is_empty() { Status::Passed } else { Status::Failed };
        let mut judged = self.judged(status, rule, Some(items.len() as f64), 0.0, message);
        items.truncate(NAMED);
        judged.items = items;
        judged
    }
}
