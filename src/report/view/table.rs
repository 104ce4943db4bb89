//! Systems by metrics, with what stands beside the numbers: intervals, n, failures, and why a cell is empty.

use serde::Serialize;

use super::columns::{Class, Column, Figures, Ranking};
use super::notes;
use super::reach::Reach;
use crate::model::Direction;
use crate::model::record::{Interval, RunRecord, SystemKind};
use crate::report::clean;
use crate::report::number::Digits;
use crate::report::ui::Ui;

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

impl Table {
    /// Whether any system failed on an item.
    pub fn failed(&self) -> bool {
        self.rows.iter().any(|row| row.failed > 0)
    }
}

/// A system's row.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// The system's full name.
    pub system: String,
    /// What the row is.
    pub kind: SystemKind,
    /// Its place among the candidates where there are several, from 1; equal values share one.
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

impl Cell {
    /// A figure written with a column's digits.
    pub(super) fn of(figure: Option<Interval>, articles: u64, digits: Digits) -> Cell {
        let ends = figure.and_then(|f| f.low.zip(f.high));
        Cell {
            value: figure.map(|f| f.value),
            low: figure.and_then(|f| f.low),
            high: figure.and_then(|f| f.high),
            articles,
            partial: false,
            text: figure.map_or_else(|| "–".to_owned(), |f| digits.value(f.value)),
            interval: ends.map(|(low, high)| digits.interval(low, high)).unwrap_or_default(),
            best: false,
        }
    }
}

/// Lays out the table; columns without any figure collapse into notes.
pub fn table(
    run: &RunRecord,
    all: &Figures<'_>,
    columns: Vec<Column>,
    ranking: &Ranking<'_>,
    reach: Option<&Reach>,
    ui: &Ui,
) -> Table {
    let whole = || run.datasets.iter().map(|d| d.articles).sum();
    let articles: u64 = reach.map_or_else(whole, |reach| reach.articles.values().sum());
    let mut rows: Vec<Row> = ranking.order.iter().map(|index| row(run, *index, ranking)).collect();
    let (mut kept, mut absent, mut perfect) = (Vec::new(), Vec::new(), Vec::new());
    for column in columns {
        let figures: Vec<Option<Interval>> =
            ranking.order.iter().map(|i| all.value(&run.systems[*i].id, &column)).collect();
        let present: Vec<Interval> = figures.iter().copied().flatten().collect();
        if present.is_empty() {
            absent.push(column);
        } else if column.class == Class::Other && rows.len() > 1 && present.iter().all(|f| is_perfect(&column, f.value))
        {
            perfect.push(column);
        } else {
            let articles: Vec<u64> = ranking
                .order
                .iter()
                .map(|i| all.aggregate(&run.systems[*i].id, &column).map_or(0, |a| a.articles))
                .collect();
            fill(&column, &figures, &articles, &mut rows);
            kept.push(column);
        }
    }
    let notes = notes::notes(run, &kept, &absent, &perfect, ui);
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
        // One alone has no place.
        rank: rank.map(|at| at + 1).filter(|_| ranking.ranked.len() > 1),
        failed: failures.clone().map(|f| f.failed).sum(),
        items: failures.map(|f| f.items).max(),
        cells: Vec::new(),
    }
}

fn fill(column: &Column, figures: &[Option<Interval>], articles: &[u64], rows: &mut [Row]) {
    let shown: Vec<_> = figures.iter().flatten().map(|f| (f.value, f.low.zip(f.high))).collect();
    let digits = Digits::of(column.range, &shown);
    let candidates = rows.iter().zip(figures).filter(|(row, _)| row.kind == SystemKind::Candidate);
    let values = candidates.filter_map(|(_, figure)| Some(figure.as_ref()?.value));
    let best = match column.direction {
        Direction::Higher => values.max_by(f64::total_cmp),
        Direction::Lower => values.min_by(f64::total_cmp),
        Direction::Neutral => None,
    };
    for ((row, figure), articles) in rows.iter_mut().zip(figures).zip(articles.iter().copied()) {
        let cell = Cell::of(*figure, articles, digits);
        row.cells.push(Cell {
            partial: figure.is_some() && articles < column.articles,
            best: row.kind == SystemKind::Candidate && figure.is_some_and(|f| best == Some(f.value)),
            ..cell
        });
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

fn legend(columns: &[Column], rows: &[Row], ranking: &Ranking<'_>, articles: u64, ui: &Ui) -> Vec<String> {
    let mut first = Vec::new();
    if let Some(by) = ranking.by.as_ref().filter(|_| ranking.ranked.len() > 1) {
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
