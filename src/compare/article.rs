//! Two sides article by article: what turned for worse and better in each, with both outputs.

use std::collections::BTreeMap;

use super::changes::{self, FactChange, FigureChange, Turn};
use super::side::{ArticleKey, Side};

/// An article of which something changed between two sides.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Its dataset and id.
    pub key: ArticleKey,
    /// The language of the output, where known.
    pub lang: Option<String>,
    /// The first sample's output before and now, where there is one and its side keeps it.
    pub outputs: (Option<String>, Option<String>),
    /// Why there is no output, before and now.
    pub failures: (Option<String>, Option<String>),
    /// Facts whose verdict changed, the gravest first.
    pub facts: Vec<FactChange>,
    /// Figures without support that are new.
    pub new: Vec<FigureChange>,
    /// Figures without support that are gone.
    pub gone: Vec<FigureChange>,
}

impl Changed {
    fn of(key: &ArticleKey, first: &Side, second: &Side) -> Changed {
        let sample = |side: &'_ Side| side.articles[key].samples.first().cloned().unwrap_or_default();
        let (before, now) = (sample(first), sample(second));
        Changed {
            key: key.clone(),
            lang: second.articles[key].lang.clone().or_else(|| first.articles[key].lang.clone()),
            outputs: (before.summary, now.summary),
            failures: (before.failure, now.failure),
            facts: Vec::new(),
            new: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// Whether the system fails here now, and did not before.
    pub fn fails_now(&self) -> bool {
        self.failures.0.is_none() && self.failures.1.is_some()
    }

    /// Whether it failed before, and answers now.
    pub fn answers_now(&self) -> bool {
        self.failures.0.is_some() && self.failures.1.is_none()
    }

    /// Whether both outputs are at hand and differ.
    pub fn reworded(&self) -> bool {
        matches!(&self.outputs, (Some(before), Some(now)) if before != now)
    }

    /// How much got worse, and how much better; a must fact counts twice.
    pub fn weights(&self) -> (u32, u32) {
        let sum = |wanted: fn(Turn) -> u32| -> u32 {
            self.facts.iter().map(|f| wanted(f.turn) * if f.must { 2 } else { 1 }).sum()
        };
        let figures = |figures: &[FigureChange]| 2 * u32::try_from(figures.len()).unwrap_or(u32::MAX / 2);
        let worse = sum(|turn| match turn {
            Turn::Contradicted => 4,
            Turn::Lost => 2,
            Turn::Withdrawn | Turn::Gained => 0,
        });
        let better = sum(|turn| match turn {
            Turn::Gained => 2,
            Turn::Withdrawn => 1,
            Turn::Contradicted | Turn::Lost => 0,
        });
        (
            worse.saturating_add(figures(&self.new)).saturating_add(if self.fails_now() { 8 } else { 0 }),
            better.saturating_add(figures(&self.gone)).saturating_add(if self.answers_now() { 8 } else { 0 }),
        )
    }
}

/// The articles of both sides in which a verdict, a figure, a failure or the wording changed: what got worse first, the
/// worst first; then what got better; equals in canonical order.
pub fn changed(first: &Side, second: &Side) -> Vec<Changed> {
    let mut articles: BTreeMap<&ArticleKey, Changed> =
        changes::common(first, second).map(|key| (key, Changed::of(key, first, second))).collect();
    let names: BTreeMap<String, &ArticleKey> = articles.keys().map(|key| (changes::shown(key), *key)).collect();
    let (facts, _) = changes::facts(first, second);
    let (new, gone) = changes::figures(first, second);
    let mut at = |name: &str, take: &mut dyn FnMut(&mut Changed)| {
        if let Some(changed) = names.get(name).and_then(|key| articles.get_mut(key)) {
            take(changed);
        }
    };
    for fact in facts {
        at(&fact.article, &mut |changed| changed.facts.push(fact.clone()));
    }
    for figure in new {
        at(&figure.article, &mut |changed| changed.new.push(figure.clone()));
    }
    for figure in gone {
        at(&figure.article, &mut |changed| changed.gone.push(figure.clone()));
    }
    let moved = |c: &Changed| c.weights() != (0, 0) || !c.facts.is_empty() || c.reworded();
    let mut all: Vec<Changed> = articles.into_values().filter(moved).collect();
    all.sort_by_key(|changed| {
        let (worse, better) = changed.weights();
        (std::cmp::Reverse(worse), std::cmp::Reverse(better))
    });
    all
}
