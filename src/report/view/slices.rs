//! The ranking figure by parts of the corpus: languages and datasets.

use std::collections::BTreeMap;

use serde::Serialize;

use super::columns::Ranking;
use super::table::Cell;
use crate::model::record::{Aggregate, Interval, RunRecord, SystemKind};
use crate::report::clean;
use crate::report::number::Digits;

/// Parts beyond this many are left to the record.
const MOST: usize = 12;

/// What the parts of a corpus are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SliceBy {
    /// The articles' language.
    Language,
    /// Their dataset.
    Dataset,
}

/// One figure of every system in every part of the corpus.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Slices {
    /// What tells the parts apart.
    pub by: SliceBy,
    /// The figure: `facts.recall`.
    pub figure: String,
    /// The parts, with the articles of the system that has most.
    pub parts: Vec<(String, u64)>,
    /// The systems, in the order of the table.
    pub rows: Vec<SliceRow>,
}

/// A system's figures by part.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SliceRow {
    /// The system's full name.
    pub system: String,
    /// What the row is.
    pub kind: SystemKind,
    /// One a part.
    pub cells: Vec<Cell>,
}

/// The ranking figure by language and by dataset, where there are several.
pub fn slices(run: &RunRecord, ranking: &Ranking<'_>) -> Vec<Slices> {
    [(SliceBy::Language, "lang:"), (SliceBy::Dataset, "dataset:")]
        .into_iter()
        .filter_map(|(by, prefix)| slice(run, ranking, by, prefix))
        .collect()
}

fn slice(run: &RunRecord, ranking: &Ranking<'_>, by: SliceBy, prefix: &str) -> Option<Slices> {
    let column = ranking.by.as_ref()?;
    let mut parts: BTreeMap<&str, BTreeMap<&str, &Aggregate>> = BTreeMap::new();
    for aggregate in run.aggregates.iter().filter(|a| a.metric == column.metric) {
        let Some(part) = aggregate.slice.as_deref().and_then(|slice| slice.strip_prefix(prefix)) else { continue };
        // Of several strata, the one that scored most articles of the part.
        let known = parts.entry(part).or_default().entry(&aggregate.system).or_insert(aggregate);
        if aggregate.articles > known.articles {
            *known = aggregate;
        }
    }
    if parts.len() < 2 {
        return None;
    }
    let parts: Vec<_> = parts.into_iter().take(MOST).collect();
    let figure = |of: &BTreeMap<&str, &Aggregate>, system: &str| -> Option<(Interval, u64)> {
        let aggregate = of.get(system)?;
        Some((aggregate.fields.get(&column.field).copied()?, aggregate.articles))
    };
    let all: Vec<_> = parts
        .iter()
        .flat_map(|(_, of)| run.systems.iter().filter_map(|s| figure(of, &s.id)))
        .map(|(f, _)| (f.value, f.low.zip(f.high)))
        .collect();
    let digits = Digits::of(column.range, &all);
    let row = |index: &usize| {
        let system = &run.systems[*index];
        let cell = |(_, of): &(&str, BTreeMap<&str, &Aggregate>)| {
            let figure = figure(of, &system.id);
            Cell::of(figure.map(|f| f.0), figure.map_or(0, |f| f.1), digits)
        };
        SliceRow { system: clean::clip(&system.id, 60), kind: system.kind, cells: parts.iter().map(cell).collect() }
    };
    let label = if column.stratum.is_empty() {
        column.label.clone()
    } else {
        column.label.trim_end_matches(&column.stratum).trim_end().to_owned()
    };
    Some(Slices {
        by,
        figure: label,
        rows: ranking.order.iter().map(row).collect(),
        parts: parts
            .iter()
            .map(|(name, of)| (clean::clip(name, 40), of.values().map(|a| a.articles).max().unwrap_or(0)))
            .collect(),
    })
}
