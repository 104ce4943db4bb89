//! What a run changed against the accepted baseline, item by item, worst first: what `epitome review` walks through.

use std::collections::BTreeMap;

use super::changes::{self, FactChange, Turn, only, shown};
use super::diff::{Piece, diff};
use super::side::{Article, Side};
use crate::model::Direction;
use crate::model::record::MetricRecord;

/// A score on both sides; `None` where a side has none.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ScoreChange {
    /// `metric.field`.
    pub score: String,
    /// What it was.
    pub before: Option<f64>,
    /// What it is.
    pub now: Option<f64>,
    /// Whether that is worse; `None` where the field judges nothing.
    pub worse: Option<bool>,
}

/// An item that is not as it was accepted.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Changed {
    /// The system's full name in the run.
    pub system: String,
    /// `dataset/id`.
    pub article: String,
    /// Whether the baseline has no such item.
    pub new: bool,
    /// Whether the article's source text is another.
    pub source_changed: bool,
    /// The output that was accepted, where it is kept.
    pub before: Option<String>,
    /// The output now; `None` where the system failed.
    pub now: Option<String>,
    /// Why there is no output now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How the two differ.
    pub diff: Vec<Piece>,
    /// Facts whose verdict changed, the gravest first.
    pub facts: Vec<FactChange>,
    /// Figures that are newly without support, with why.
    pub figures: Vec<(String, String)>,
    /// Figures that were, and are gone.
    pub gone: Vec<String>,
    /// Scores that changed, worse ones first.
    pub scores: Vec<ScoreChange>,
}

impl Changed {
    /// How bad it is: contradictions of must facts, contradictions, a failure, new figures without support, facts lost,
    /// scores that fell; then what got better, and last what is new.
    fn order(&self) -> impl Ord + use<> {
        let turned = |turn: Turn| self.facts.iter().filter(|f| f.turn == turn).count();
        let must = self.facts.iter().filter(|f| f.turn <= Turn::Lost && f.must).count();
        let failed = self.failure.is_some() && self.before.is_some();
        let worse = self.scores.iter().filter(|s| s.worse == Some(true)).count();
        let down = |n: usize| std::cmp::Reverse(n);
        (
            self.new,
            down(must),
            down(turned(Turn::Contradicted) + usize::from(failed)),
            down(self.figures.len()),
            down(turned(Turn::Lost)),
            down(worse),
            self.system.clone(),
            self.article.clone(),
        )
    }
}

/// The items of a run that are not as the baseline has them, worst first. A system is held against the one of its full
/// name, or else the only one of its name.
pub fn review(baseline: &[Side], run: &[Side], metrics: &[MetricRecord]) -> Vec<Changed> {
    let mut all = Vec::new();
    for side in run {
        let partner = baseline.iter().find(|s| s.system == side.system).or_else(|| {
            let mut named = baseline.iter().filter(|s| s.name() == side.name());
            named.next().filter(|_| named.next().is_none())
        });
        let Some(before) = partner else {
            all.extend(side.articles.iter().map(|(key, now)| changed(side, shown(key), None, now, metrics)));
            continue;
        };
        let (mut before, mut side) = (before.clone(), side.clone());
        before.adopt(&side);
        if before.is_baseline() {
            side.round();
        }
        let mut facts: BTreeMap<String, Vec<FactChange>> = BTreeMap::new();
        for fact in changes::facts(&before, &side).0 {
            facts.entry(fact.article.clone()).or_default().push(fact);
        }
        for (key, now) in &side.articles {
            let name = shown(key);
            let mut made = changed(&side, name.clone(), before.articles.get(key), now, metrics);
            made.facts = facts.remove(&name).unwrap_or_default();
            let same_text = made.before.is_none() || made.before == made.now;
            let nothing = made.facts.is_empty() && made.figures.is_empty() && made.gone.is_empty();
            if made.new || !same_text || !nothing || !made.scores.is_empty() || made.source_changed {
                all.push(made);
            }
        }
    }
    all.sort_by_cached_key(Changed::order);
    all
}

fn changed(side: &Side, article: String, before: Option<&Article>, now: &Article, metrics: &[MetricRecord]) -> Changed {
    let text = |article: &Article| article.samples.first().and_then(|s| s.summary.clone());
    let (old, new) = (before.and_then(text), text(now));
    let pieces = old.as_ref().zip(new.as_ref()).filter(|(old, new)| old != new).map(|(old, new)| diff(old, new));
    let (had, has) = (before.map(|b| b.unsupported(None)).unwrap_or_default(), now.unsupported(None));
    let of_new = |(_, f): (usize, &super::side::FigureSeen)| (f.surface.clone(), f.reason.clone());
    Changed {
        system: side.system.clone(),
        article,
        new: before.is_none(),
        source_changed: before
            .is_some_and(|b| !b.source.is_empty() && !now.source.is_empty() && b.source != now.source),
        before: old,
        now: new,
        failure: now.samples.iter().find_map(|s| s.failure.clone()),
        diff: pieces.unwrap_or_default(),
        facts: Vec::new(),
        figures: only(&has, &had).map(of_new).collect(),
        gone: only(&had, &has).map(|(_, f)| f.surface.clone()).collect(),
        scores: before.map(|before| scores(before, now, metrics)).unwrap_or_default(),
    }
}

/// The scores that both sides speak of and that differ.
fn scores(before: &Article, now: &Article, metrics: &[MetricRecord]) -> Vec<ScoreChange> {
    let mut changes = Vec::new();
    for metric in metrics {
        let field_of = |article: &Article, field: &str| {
            let mut of = article.scores.iter().filter(|((name, _), _)| *name == metric.name);
            of.find_map(|(_, scored)| scored.fields.get(field).copied())
        };
        let wanted = metric.fields.iter().filter(|f| metric.headline.as_ref().is_none_or(|h| *h == f.name));
        for field in wanted.filter(|f| f.direction != Direction::Neutral) {
            let (old, new) = (field_of(before, &field.name), field_of(now, &field.name));
            if old == new {
                continue;
            }
            let worse =
                old.zip(new).map(|(old, new)| if field.direction == Direction::Lower { new > old } else { new < old });
            changes.push(ScoreChange {
                score: format!("{}.{}", metric.name, field.name),
                before: old,
                now: new,
                worse: worse.or(Some(old.is_some())),
            });
        }
    }
    changes.sort_by_key(|c| c.worse != Some(true));
    changes
}
