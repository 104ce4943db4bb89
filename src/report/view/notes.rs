//! What stands under the table: columns that collapsed, and why cells are empty.

use std::collections::BTreeMap;

use super::columns::{Column, whole};
use crate::model::Direction;
use crate::model::record::{CountedReason, RunRecord, SystemKind};
use crate::report::clean;
use crate::report::number::Digits;
use crate::report::ui::Ui;

/// Notes beyond this many are counted only.
const MOST: usize = 8;

/// The notes on a table's columns: those without any figure, those that are perfect throughout, and what some items
/// of the others lack.
pub fn notes(run: &RunRecord, kept: &[Column], absent: &[Column], perfect: &[Column], ui: &Ui) -> Vec<String> {
    let mut notes = absent_notes(run, absent, ui);
    notes.extend(perfect_note(perfect, ui));
    notes.extend(partly_notes(run, kept, ui));
    if notes.len() > MOST {
        let more = notes.len() - MOST;
        notes.truncate(MOST);
        notes.push(ui.fill("table.more_notes", &[("n", &more.to_string())]));
    }
    notes
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
    let notes: Vec<String> =
        [note(Direction::Higher, |c| c.range.1), note(Direction::Lower, |c| c.range.0)].into_iter().flatten().collect();
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

/// Metrics that lack a score for the same reason.
struct Absent<'a> {
    why: Option<&'a CountedReason>,
    metrics: Vec<&'a str>,
}

/// A line for each reason for which whole metrics have no figure.
fn absent_notes(run: &RunRecord, absent: &[Column], ui: &Ui) -> Vec<String> {
    let kind = |why: Option<&CountedReason>| why.map(|w| (w.status.clone(), w.code.clone()));
    let mut lines: Vec<Absent<'_>> = Vec::new();
    // A metric that has other figures lacks this one because nothing asks for it.
    let scored = |column: &&Column| whole(run).any(|a| a.metric == column.metric && !a.fields.is_empty());
    let unasked = |column: &Column| {
        let reason = ui.find_text(&format!("unasked.{}", column.field)).unwrap_or(ui.text("reason.unasked"));
        let places =
            [("columns", column.label.as_str()), ("status", &status("not_applicable", ui)), ("reason", reason)];
        ui.fill("table.absent", &places)
    };
    let unasked: Vec<String> = absent.iter().filter(scored).map(unasked).collect();
    for column in absent.iter().filter(|column| !scored(column)) {
        let reasons = whole(run).filter(|a| a.metric == column.metric).flat_map(|a| &a.reasons);
        // What kept most items from a score; of equals, the first.
        let why = reasons.reduce(|most, reason| if reason.items > most.items { reason } else { most });
        match lines.iter_mut().find(|line| kind(line.why) == kind(why)) {
            Some(line) if line.metrics.contains(&column.metric.as_str()) => {}
            Some(line) => line.metrics.push(&column.metric),
            None => lines.push(Absent { why, metrics: vec![&column.metric] }),
        }
    }
    let line = |Absent { why, metrics }: Absent<'_>| {
        let state = status(why.map_or("not_evaluated", |w| &w.status), ui);
        let reason = why.map_or_else(|| ui.text("reason.unknown").to_owned(), |w| reason(&w.code, &w.message, ui));
        ui.fill("table.absent", &[("columns", &ui.list(&metrics)), ("status", &state), ("reason", &reason)])
    };
    lines.into_iter().map(line).chain(unasked).collect()
}

/// Items of which systems, and how many, that were not scored for the same reason.
#[derive(Default)]
struct Left<'a> {
    items: Vec<(&'a str, u64)>,
    message: &'a str,
}

/// Metrics that were not scored on the same items for the same reason.
struct Partly<'a> {
    status: &'a str,
    code: &'a str,
    left: Left<'a>,
    metrics: Vec<&'a str>,
}

/// Lines that say why some items of a shown column were not scored.
fn partly_notes(run: &RunRecord, kept: &[Column], ui: &Ui) -> Vec<String> {
    let mut metrics: Vec<&str> = Vec::new();
    for column in kept {
        if !metrics.contains(&column.metric.as_str()) {
            metrics.push(&column.metric);
        }
    }
    let mut lines: Vec<Partly<'_>> = Vec::new();
    for metric in metrics {
        let mut reasons: BTreeMap<(&str, &str), Left<'_>> = BTreeMap::new();
        for aggregate in whole(run).filter(|a| a.metric == metric) {
            for reason in aggregate.reasons.iter().filter(|r| !told_elsewhere(run, &aggregate.system, r)) {
                let left = reasons.entry((&reason.status, &reason.code)).or_default();
                left.message = &reason.message;
                match left.items.iter_mut().find(|(system, _)| *system == aggregate.system) {
                    // Every stratum of a metric tells of the same items.
                    Some((_, items)) => *items = (*items).max(reason.items),
                    None => left.items.push((&aggregate.system, reason.items)),
                }
            }
        }
        for ((status, code), left) in reasons {
            let same =
                |line: &&mut Partly<'_>| line.status == status && line.code == code && line.left.items == left.items;
            match lines.iter_mut().find(same) {
                Some(line) => line.metrics.push(metric),
                None => lines.push(Partly { status, code, left, metrics: vec![metric] }),
            }
        }
    }
    let people = |left: &Left<'_>| {
        let human = |id: &str| run.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Human);
        left.items.iter().all(|(id, _)| human(id))
    };
    let line = |line: Partly<'_>| {
        // There is a reference: the one that is held against the others.
        let code = if line.code == "no_reference" && people(&line.left) { "no_reference_human" } else { line.code };
        let places = [
            ("columns", ui.list(&line.metrics)),
            ("status", status(line.status, ui)),
            ("items", items(run, &line.left.items, ui)),
            ("reason", reason(code, line.left.message, ui)),
        ];
        ui.fill("table.partly", &places.each_ref().map(|(place, value)| (*place, value.as_str())))
    };
    lines.into_iter().map(line).collect()
}

/// Failures of systems and interruptions have their own sections.
fn told_elsewhere(run: &RunRecord, system: &str, reason: &CountedReason) -> bool {
    let failed = || run.failures.iter().any(|f| f.system == system && f.kind == reason.code);
    reason.code == "interrupted" || (reason.status == "failed" && failed())
}

fn items(run: &RunRecord, left: &[(&str, u64)], ui: &Ui) -> String {
    // Annotators are more or fewer than systems; they are told apart.
    let human = |id: &str| run.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Human);
    let systems: Vec<_> = left.iter().filter(|(id, _)| !human(id)).collect();
    let all = run.systems.iter().filter(|s| s.kind != SystemKind::Human).count();
    let mut each = match systems.as_slice() {
        [(_, first), rest @ ..] if systems.len() == all && rest.iter().all(|(_, n)| n == first) => {
            vec![ui.count("table.every", *first)]
        }
        _ => systems.iter().map(|(system, n)| format!("{} {n}", clean::clip(system, 60))).collect(),
    };
    if each.len() > 6 {
        each.truncate(6);
        each.push("…".to_owned());
    }
    each.extend(left.iter().filter(|(id, _)| human(id)).map(|(system, n)| format!("{system} {n}")));
    ui.list(&each)
}
