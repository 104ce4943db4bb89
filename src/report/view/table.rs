//! Systems by metrics, with what stands beside the numbers: intervals, n, failures, and why a cell is empty.

use std::collections::BTreeMap;

use serde::Serialize;

use super::columns::{Class, Column, Ranking, aggregate, value, whole};
use crate::model::Direction;
use crate::model::record::{Interval, RunRecord, SystemKind};
use crate::report::clean;
use crate::report::number::Digits;
use crate::report::ui::Ui;

/// Remarks under the table beyond this many are counted only.
const MOST_NOTES: usize = 8;

/// Systems by metrics.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Table {
    /// The columns, by class.
    pub columns: Vec<Column>,
    /// Candidates best first, then the oracle, then the human row.
    pub rows: Vec<Row>,
    /// The column that ranks the candidates.
    pub ranked_by: Option<String>,
    /// How to read the table.
    pub legend: Vec<String>,
    /// Columns that collapsed, and why cells are empty.
    pub notes: Vec<String>,
    /// Articles of the run.
    pub articles: u64,
}

/// A system's row.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// The system's full name.
    pub system: String,
    /// What the row is.
    pub kind: SystemKind,
    /// Its place among the candidates, from 1; equal values share one.
    pub rank: Option<usize>,
    /// Items it failed on.
    pub failed: u64,
    /// Items it was asked for, where failures tell.
    pub items: Option<u64>,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// A figure of a system.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Cell {
    /// The figure; null where nothing was scored.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// Scored articles.
    pub articles: u64,
    /// Whether `articles` is fewer than the column's.
    pub partial: bool,
    /// The figure as text; `–` where there is none.
    pub text: String,
    /// The interval as text; empty where there is none.
    pub interval: String,
    /// Whether no candidate is better.
    pub best: bool,
}

/// Lays out the table; columns without any figure collapse into notes.
pub fn table(run: &RunRecord, columns: Vec<Column>, ranking: &Ranking<'_>, ui: &Ui) -> Table {
    let articles: u64 = run.datasets.iter().map(|d| d.articles).sum();
    let mut rows: Vec<Row> = ranking.order.iter().map(|index| row(run, *index, ranking)).collect();
    let (mut kept, mut absent, mut perfect) = (Vec::new(), Vec::new(), Vec::new());
    for column in columns {
        let figures: Vec<Option<Interval>> =
            ranking.order.iter().map(|i| value(run, &run.systems[*i].id, &column)).collect();
        let present: Vec<Interval> = figures.iter().copied().flatten().collect();
        if present.is_empty() {
            absent.push(column);
        } else if column.class == Class::Other && rows.len() > 1 && present.iter().all(|f| is_perfect(&column, f.value))
        {
            perfect.push(column);
        } else {
            fill(run, &column, ranking, &figures, &mut rows);
            kept.push(column);
        }
    }
    let mut notes = absent_notes(run, &absent, ui);
    notes.extend(perfect_note(&perfect, ui));
    notes.extend(partly_notes(run, &kept, ui));
    if notes.len() > MOST_NOTES {
        let more = notes.len() - MOST_NOTES;
        notes.truncate(MOST_NOTES);
        notes.push(ui.fill("table.more_notes", &[("n", &more.to_string())]));
    }
    let legend = legend(&kept, &rows, ranking, articles, ui);
    Table { columns: kept, rows, ranked_by: ranking.by.as_ref().map(|c| c.label.clone()), legend, notes, articles }
}

fn row(run: &RunRecord, index: usize, ranking: &Ranking<'_>) -> Row {
    let system = &run.systems[index];
    let place = ranking.ranked.iter().find(|(id, _)| *id == system.id);
    let rank = place.and_then(|(_, own)| ranking.ranked.iter().position(|(_, other)| other.value == own.value));
    let failures = run.failures.iter().filter(|f| f.system == system.id);
    Row {
        system: clean::clip(&system.id, 60),
        kind: system.kind,
        rank: rank.map(|at| at + 1),
        failed: failures.clone().map(|f| f.failed).sum(),
        items: failures.map(|f| f.items).max(),
        cells: Vec::new(),
    }
}

fn fill(run: &RunRecord, column: &Column, ranking: &Ranking<'_>, figures: &[Option<Interval>], rows: &mut [Row]) {
    let shown: Vec<_> = figures.iter().flatten().map(|f| (f.value, f.low.zip(f.high))).collect();
    let digits = Digits::of(column.range, &shown);
    let candidates = rows.iter().zip(figures).filter(|(row, _)| row.kind == SystemKind::Candidate);
    let values = candidates.filter_map(|(_, figure)| Some(figure.as_ref()?.value));
    let best = match column.direction {
        Direction::Higher => values.max_by(f64::total_cmp),
        Direction::Lower => values.min_by(f64::total_cmp),
        Direction::Neutral => None,
    };
    for ((row, figure), index) in rows.iter_mut().zip(figures).zip(&ranking.order) {
        let articles = aggregate(run, &run.systems[*index].id, column).map_or(0, |a| a.articles);
        let cell = match figure {
            Some(figure) => Cell {
                value: Some(figure.value),
                low: figure.low,
                high: figure.high,
                articles,
                partial: articles < column.articles,
                text: digits.value(figure.value),
                interval: figure.low.zip(figure.high).map(|(l, h)| digits.interval(l, h)).unwrap_or_default(),
                best: row.kind == SystemKind::Candidate && best == Some(figure.value),
            },
            None => Cell {
                value: None,
                low: None,
                high: None,
                articles,
                partial: false,
                text: "–".to_owned(),
                interval: String::new(),
                best: false,
            },
        };
        row.cells.push(cell);
    }
}

/// Whether a figure is the best there can be.
fn is_perfect(column: &Column, value: f64) -> bool {
    match column.direction {
        Direction::Higher => column.range.1 == Some(value),
        Direction::Lower => column.range.0 == Some(value),
        Direction::Neutral => false,
    }
}

fn perfect_note(perfect: &[Column], ui: &Ui) -> Option<String> {
    // One line a value: shares that are whole and counts that are nil are not the same figure.
    let labels = |direction| {
        let of: Vec<&str> = perfect.iter().filter(|c| c.direction == direction).map(|c| c.label.as_str()).collect();
        (!of.is_empty()).then(|| ui.list(&of))
    };
    let digits = |column: &Column, value| Digits::of(column.range, &[(value, None)]).value(value);
    let note = |direction, value: fn(&Column) -> Option<f64>| {
        let labels = labels(direction)?;
        let first = perfect.iter().find(|c| c.direction == direction)?;
        Some(ui.fill("table.perfect", &[("columns", &labels), ("value", &digits(first, value(first)?))]))
    };
    let notes: Vec<String> = [note(Direction::Higher, |c| c.range.1), note(Direction::Lower, |c| c.range.0)]
        .into_iter()
        .flatten()
        .collect();
    (!notes.is_empty()).then(|| notes.join(ui.text("join.clause")))
}

/// Why a status and code stand where a figure would, in words.
fn reason(code: &str, message: &str, ui: &Ui) -> String {
    match ui.find_text(&format!("reason.{code}")) {
        Some(known) => known.to_owned(),
        None => clean::clip(message, 200),
    }
}

fn status(status: &str, ui: &Ui) -> String {
    ui.find_text(&format!("status.{status}")).unwrap_or(status).to_owned()
}

/// A line for each reason for which whole metrics have no figure.
fn absent_notes(run: &RunRecord, absent: &[Column], ui: &Ui) -> Vec<String> {
    let mut lines: Vec<((String, String, String), Vec<&str>)> = Vec::new();
    for column in absent {
        let reasons = whole(run).filter(|a| a.metric == column.metric).flat_map(|a| &a.reasons);
        // What kept most items from a score; of equals, the first.
        let mut most: Option<&crate::model::record::CountedReason> = None;
        for reason in reasons {
            if most.is_none_or(|m| reason.items > m.items) {
                most = Some(reason);
            }
        }
        let key = most.map_or_else(
            || (String::new(), String::new(), String::new()),
            |m| (m.status.clone(), m.code.clone(), m.message.clone()),
        );
        match lines.iter_mut().find(|(known, _)| known.0 == key.0 && known.1 == key.1) {
            Some((_, metrics)) if metrics.contains(&column.metric.as_str()) => {}
            Some((_, metrics)) => metrics.push(&column.metric),
            None => lines.push((key, vec![&column.metric])),
        }
    }
    let line = |((state, code, message), metrics): ((String, String, String), Vec<&str>)| {
        let state = status(if state.is_empty() { "not_evaluated" } else { &state }, ui);
        let reason = if code.is_empty() { ui.text("reason.unknown").to_owned() } else { reason(&code, &message, ui) };
        ui.fill("table.absent", &[("columns", &ui.list(&metrics)), ("status", &state), ("reason", &reason)])
    };
    lines.into_iter().map(line).collect()
}

/// Of which systems and how many items, for a reason.
type Left<'a> = Vec<(&'a str, u64)>;

/// Lines that say why some items of a shown column were not scored.
fn partly_notes(run: &RunRecord, kept: &[Column], ui: &Ui) -> Vec<String> {
    let mut metrics: Vec<&str> = Vec::new();
    for column in kept {
        if !metrics.contains(&column.metric.as_str()) {
            metrics.push(&column.metric);
        }
    }
    let mut lines: Vec<((&str, &str, Left<'_>), &str, Vec<&str>)> = Vec::new();
    for metric in metrics {
        let mut reasons: BTreeMap<(&str, &str), (Left<'_>, &str)> = BTreeMap::new();
        for aggregate in whole(run).filter(|a| a.metric == metric) {
            for reason in aggregate.reasons.iter().filter(|r| !told_elsewhere(run, &aggregate.system, r)) {
                let entry = reasons.entry((&reason.status, &reason.code)).or_default();
                match entry.0.iter_mut().find(|(system, _)| *system == aggregate.system) {
                    Some((_, items)) => *items += reason.items,
                    None => entry.0.push((&aggregate.system, reason.items)),
                }
                entry.1 = &reason.message;
            }
        }
        for ((state, code), (left, message)) in reasons {
            let key = (state, code, left);
            match lines.iter_mut().find(|(known, ..)| *known == key) {
                Some((_, _, columns)) => columns.push(metric),
                None => lines.push((key, message, vec![metric])),
            }
        }
    }
    let line = |((state, code, left), message, columns): ((&str, &str, Left<'_>), &str, Vec<&str>)| {
        let places = [
            ("columns", ui.list(&columns)),
            ("status", status(state, ui)),
            ("items", left_items(run, &left, ui)),
            ("reason", reason(code, message, ui)),
        ];
        ui.fill("table.partly", &places.each_ref().map(|(place, value)| (*place, value.as_str())))
    };
    lines.into_iter().map(line).collect()
}

/// Failures of systems and interruptions have their own sections.
fn told_elsewhere(run: &RunRecord, system: &str, reason: &crate::model::record::CountedReason) -> bool {
    let failed = || run.failures.iter().any(|f| f.system == system && f.kind == reason.code);
    reason.code == "interrupted" || (reason.status == "failed" && failed())
}

fn left_items(run: &RunRecord, left: &Left<'_>, ui: &Ui) -> String {
    if let [(_, first), rest @ ..] = left.as_slice()
        && left.len() == run.systems.len()
        && rest.iter().all(|(_, n)| n == first)
    {
        return ui.fill("table.every", &[("n", &first.to_string())]);
    }
    let mut each: Vec<String> = left.iter().take(6).map(|(s, n)| format!("{} {n}", clean::clip(s, 60))).collect();
    if left.len() > 6 {
        each.push("…".to_owned());
    }
    ui.list(&each)
}

fn legend(columns: &[Column], rows: &[Row], ranking: &Ranking<'_>, articles: u64, ui: &Ui) -> Vec<String> {
    let mut first = Vec::new();
    if let Some(by) = &ranking.by {
        first.push(ui.fill("table.legend_rank", &[("metric", &by.label)]));
    }
    let mut cells = rows.iter().flat_map(|r| &r.cells).filter(|c| c.value.is_some()).peekable();
    if cells.peek().is_some() {
        first.push(ui.text("table.legend").to_owned());
        if cells.any(|c| c.interval.is_empty()) {
            first.push(ui.text("table.no_interval").to_owned());
        }
    }
    let fewer = columns.iter().any(|c| c.articles < articles) || rows.iter().flat_map(|r| &r.cells).any(|c| c.partial);
    if fewer {
        first.push(ui.fill("table.legend_n", &[("n", &articles.to_string())]));
    }
    let mut lines: Vec<String> = (!first.is_empty()).then(|| first.join(ui.text("join.clause"))).into_iter().collect();
    let marked: Vec<&str> =
        rows.iter().filter(|r| r.kind != SystemKind::Candidate).map(|r| r.system.as_str()).collect();
    if !marked.is_empty() {
        lines.push(ui.fill("table.legend_yardstick", &[("systems", &ui.list(&marked))]));
    }
    lines
}
