//! Runs held against each other, and against what was accepted.
//!
//! [`compare`] holds two systems (of one run, or of two) against each other on the articles that both have: figures with
//! intervals and tests ([`delta`]), and what moved them ([`changes`]). [`gate`] says whether what a suite demands holds,
//! [`review`] lists item by item what is not as it was accepted.

pub mod article;
pub mod changes;
pub mod delta;
pub mod diff;
pub mod gate;
pub mod noise;
pub mod rank;
pub mod review;
pub mod side;
pub mod trend;

use std::collections::BTreeMap;

use crate::model::record::MetricRecord;
use crate::stats::paired::Options;
use changes::{Across, ArticleMove, FactChange, FigureChange, GroupChange, PlanChange, Wording};
use delta::{Delta, Incomparable, Pools};
use side::Side;

/// The schema name of `epitome compare --format json`.
pub const COMPARISON_SCHEMA: &str = "epitome.comparison/1";

/// Two systems held against each other.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Comparison {
    /// The first side, as it was named.
    pub first: String,
    /// The second side.
    pub second: String,
    /// Articles that both have.
    pub articles: usize,
    /// Articles that only the first or only the second has.
    pub only: (Vec<String>, Vec<String>),
    /// Articles that failed on the first or on the second side.
    pub failed: (Vec<String>, Vec<String>),
    /// What was changed in the suite.
    pub plan: Vec<PlanChange>,
    /// The figures: over the whole corpus first, then by slice.
    pub deltas: Vec<Delta>,
    /// Metrics whose signatures differ.
    pub incomparable: Vec<Incomparable>,
    /// Facts whose verdict changed, the gravest first.
    pub facts: Vec<FactChange>,
    /// Facts counted by group.
    pub groups: BTreeMap<String, GroupChange>,
    /// Facts that the second side keeps in one language of a story and loses in another.
    pub across: Vec<Across>,
    /// Figures not borne out: new ones, and such as are gone.
    pub figures: (Vec<FigureChange>, Vec<FigureChange>),
    /// The figure that `movers` speak of.
    pub moved_by: Option<String>,
    /// The articles that explain most of it.
    pub movers: Vec<ArticleMove>,
    /// How the wording changed.
    pub wording: Wording,
}

/// Compares two sides. `metrics` declares the fields; `plan` is the suite from which pooled metrics are made again.
pub fn compare(
    first: &Side,
    second: &Side,
    metrics: &[MetricRecord],
    plan: Option<&serde_json::Value>,
    options: &Options,
) -> Comparison {
    let (deltas, incomparable) = delta::deltas(first, second, metrics, &Pools::new(plan), options);
    let (facts, groups) = changes::facts(first, second);
    let lead = leading(&deltas);
    let movers = lead.map(|d| changes::movers(first, second, d, 5)).unwrap_or_default();
    let only = |here: &Side, there: &Side| {
        here.articles.keys().filter(|k| !there.articles.contains_key(*k)).map(changes::shown).collect()
    };
    let failed = |side: &Side| {
        let failed = side.articles.iter().filter(|(_, a)| a.samples.iter().any(|s| s.failure.is_some()));
        failed.map(|(key, _)| changes::shown(key)).collect()
    };
    Comparison {
        first: first.label.clone(),
        second: second.label.clone(),
        articles: changes::common(first, second).count(),
        only: (only(first, second), only(second, first)),
        failed: (failed(first), failed(second)),
        plan: changes::plan(first, second),
        moved_by: lead.map(|d| d.name(metrics)),
        movers,
        deltas,
        incomparable,
        facts,
        groups,
        across: changes::across(first, second),
        figures: changes::figures(first, second),
        wording: changes::wording(first, second),
    }
}

/// The figure whose movers are shown: the surest among those that judge, facts before overlap at equal sureness.
fn leading(deltas: &[Delta]) -> Option<&Delta> {
    let moved = |d: &&Delta| d.slice.is_none() && d.verdict.is_some() && d.paired.difference.value != 0.0;
    let order = |d: &Delta| d.metric != "facts";
    deltas.iter().filter(moved).min_by(|a, b| a.holm.total_cmp(&b.holm).then(order(a).cmp(&order(b))))
}
