//! Which columns the table has, and which of them ranks the systems.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::model::record::{Aggregate, Interval, MetricRecord, RunRecord, SystemKind};
use crate::model::{Direction, FieldSpec};

/// What a column speaks of; the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Facts kept and figures supported.
    Facts,
    /// Likeness to references.
    Overlap,
    /// Anything else that judges.
    Other,
    /// What describes and judges nothing.
    Neutral,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Column {
    /// Its heading: the metric, its field where that is not the headline, its stratum where it has several.
    pub label: String,
    /// The metric's name.
    pub metric: String,
    /// The field's name.
    pub field: String,
    /// The stratum; empty where the metric has one only.
    pub stratum: String,
    /// What it speaks of.
    pub class: Class,
    /// Which way is better.
    pub direction: Direction,
    /// Least and greatest possible value.
    pub range: (Option<f64>, Option<f64>),
    /// Scored articles of the system that has most.
    pub articles: u64,
}

/// Fields shown of metrics without a headline, where not all of them are; by the metric's own name.
const SHOWN: [(&str, &[&str]); 2] =
    [("facts", &["recall", "must", "contradicted"]), ("grounding", &["unsupported", "precision"])];

/// How the names of metrics that hold an output against references begin.
const OVERLAP: [&str; 7] = ["rouge", "bleu", "chrf", "ter", "meteor", "bertscore", "mover"];

/// The name by which a metric is known whatever the suite calls it.
pub fn own_name(metric: &MetricRecord) -> &str {
    metric.signatures.values().find_map(|s| s.get("metric")).unwrap_or(&metric.name)
}

fn class(metric: &MetricRecord, field: &FieldSpec) -> Class {
    let name = own_name(metric);
    if SHOWN.iter().any(|(known, _)| *known == name) {
        return Class::Facts;
    }
    if field.direction == Direction::Neutral {
        return Class::Neutral;
    }
    if OVERLAP.iter().any(|prefix| name.starts_with(prefix)) { Class::Overlap } else { Class::Other }
}

/// The aggregates over the whole corpus, not a slice of it.
pub fn whole(run: &RunRecord) -> impl Iterator<Item = &Aggregate> {
    run.aggregates.iter().filter(|a| a.slice.is_none())
}

/// The columns of a run, what matters most first; a metric's strata stand side by side.
pub fn columns(run: &RunRecord) -> Vec<Column> {
    let mut strata: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for aggregate in whole(run) {
        let seen = strata.entry(&aggregate.metric).or_default().entry(&aggregate.stratum).or_default();
        *seen = (*seen).max(if aggregate.fields.is_empty() { 0 } else { aggregate.articles });
    }
    let mut columns = Vec::new();
    for metric in &run.metrics {
        let mut of = strata.remove(metric.name.as_str()).unwrap_or_default();
        // What no stratum could score stands under the empty name; it is no column beside scored strata.
        if of.values().any(|articles| *articles > 0) {
            of.retain(|_, articles| *articles > 0);
        } else {
            of = BTreeMap::from([("", 0)]);
        }
        for field in shown_fields(metric) {
            for (stratum, articles) in &of {
                columns.push(Column {
                    label: label(metric, field, stratum),
                    metric: metric.name.clone(),
                    field: field.name.clone(),
                    stratum: (*stratum).to_owned(),
                    class: class(metric, field),
                    direction: field.direction,
                    range: field.range,
                    articles: *articles,
                });
            }
        }
    }
    columns.sort_by_key(|column| column.class);
    columns
}

fn shown_fields(metric: &MetricRecord) -> Vec<&FieldSpec> {
    if let Some(headline) = &metric.headline {
        return metric.field(headline).into_iter().collect();
    }
    match SHOWN.iter().find(|(known, _)| *known == own_name(metric)) {
        Some((_, names)) => names.iter().filter_map(|name| metric.field(name)).collect(),
        None => metric.fields.iter().collect(),
    }
}

fn label(metric: &MetricRecord, field: &FieldSpec, stratum: &str) -> String {
    let headline = metric.headline.as_ref() == Some(&field.name);
    let name = if headline { metric.name.clone() } else { format!("{}.{}", metric.name, field.name) };
    if stratum.is_empty() { name } else { format!("{name} {stratum}") }
}

/// The whole-corpus figures of a run, to be looked up.
pub struct Figures<'a>(HashMap<(&'a str, &'a str, &'a str), &'a Aggregate>);

impl<'a> Figures<'a> {
    /// Indexes a run's aggregates.
    pub fn of(run: &'a RunRecord) -> Self {
        Figures(whole(run).map(|a| ((a.system.as_str(), a.metric.as_str(), a.stratum.as_str()), a)).collect())
    }

    /// A system's aggregate in a column.
    pub fn aggregate(&self, system: &str, column: &Column) -> Option<&'a Aggregate> {
        self.0.get(&(system, column.metric.as_str(), column.stratum.as_str())).copied()
    }

    /// A system's figure in a column.
    pub fn value(&self, system: &str, column: &Column) -> Option<Interval> {
        self.aggregate(system, column)?.fields.get(&column.field).copied()
    }
}

/// What ranks the candidates, and how they stand.
#[derive(Debug, Clone)]
pub struct Ranking<'a> {
    /// The column; `None` where nothing ranks them.
    pub by: Option<Column>,
    /// Whether that is the share of facts covered.
    pub by_facts: bool,
    /// Indices into [`RunRecord::systems`], in the order of the table: candidates best first, then those that the
    /// column has no value for, the oracle, the human row.
    pub order: Vec<usize>,
    /// The candidates that have a value, best first.
    pub ranked: Vec<(&'a str, Interval)>,
}

impl<'a> Ranking<'a> {
    /// Ranks by facts.recall where checklists judge, else by the first overlap headline that scored most articles.
    pub fn of(run: &'a RunRecord, figures: &Figures<'_>, columns: &[Column]) -> Ranking<'a> {
        let candidates: BTreeSet<&str> =
            run.systems.iter().filter(|s| s.kind == SystemKind::Candidate).map(|s| s.id.as_str()).collect();
        let scored = |column: &&Column| candidates.iter().any(|system| figures.value(system, column).is_some());
        let recall = columns.iter().filter(|c| c.class == Class::Facts && c.field == "recall").find(scored);
        let first_overlap = columns.iter().filter(|c| c.class == Class::Overlap).find(scored);
        let overlap = first_overlap.and_then(|first| {
            let same = columns.iter().filter(|c| c.metric == first.metric && c.field == first.field).filter(scored);
            // Of equals, the first.
            same.rev().max_by_key(|c| c.articles)
        });
        let by = recall.or(overlap);
        let mut placed: Vec<(usize, u8, Option<Interval>)> = Vec::new();
        for (index, system) in run.systems.iter().enumerate() {
            let value = by.and_then(|column| figures.value(&system.id, column));
            let tier = match (system.kind, value) {
                (SystemKind::Candidate, Some(_)) => 0,
                (SystemKind::Candidate, None) => 1,
                (SystemKind::Oracle, _) => 2,
                (SystemKind::Human, _) => 3,
            };
            placed.push((index, tier, value.filter(|_| tier == 0)));
        }
        let lower = by.is_some_and(|column| column.direction == Direction::Lower);
        placed.sort_by(|a, b| {
            let values = match (a.2, b.2) {
                (Some(a), Some(b)) if lower => a.value.total_cmp(&b.value),
                (Some(a), Some(b)) => b.value.total_cmp(&a.value),
                _ => std::cmp::Ordering::Equal,
            };
            a.1.cmp(&b.1).then(values).then(a.0.cmp(&b.0))
        });
        Ranking {
            by: by.cloned(),
            by_facts: recall.is_some(),
            ranked: placed.iter().filter_map(|p| Some((run.systems[p.0].id.as_str(), p.2?))).collect(),
            order: placed.into_iter().map(|p| p.0).collect(),
        }
    }
}
