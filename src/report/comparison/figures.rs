//! The table of figures: a row a figure, its columns in as many blocks as the width asks for.

use owo_colors::Style;

use super::{Page, dim, number, p_value, style};
use crate::compare::delta::{Delta, Judgement};
use crate::report::layout::{blocks, left, right, width, wrap};

/// A column: its heading, and a cell a row.
struct Column {
    head: &'static str,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| width(cell)).chain([width(self.head)]).max().unwrap_or(0)
    }
}

impl Page<'_> {
    /// Every column, whatever the width: where a line has no room for all, they follow in blocks under the same labels.
    pub(super) fn table(&mut self, deltas: &[&Delta]) {
        const MARGIN: usize = 2;
        const GAP: usize = 2;
        let label = |d: &Delta| {
            let slice = d.slice.as_deref().map(|s| format!(" ({s})")).unwrap_or_default();
            format!("{}{slice}", d.name(self.metrics))
        };
        let labels: Vec<String> = deltas.iter().map(|d| label(d)).collect();
        let mut columns = columns(deltas, self.shown.full);
        let room = self.surface.width.saturating_sub(MARGIN);
        let widest = labels.iter().map(|l| width(l)).max().unwrap_or(0);
        let widths: Vec<usize> = columns.iter().map(Column::width).collect();
        if let (true, Some(verdict)) =
            (blocks(widest, &widths, GAP, room).len() > 1, columns.iter().position(|c| c.head == VERDICT))
        {
            // Where not all stand side by side, difference and verdict do, before the two figures.
            columns[..=verdict].rotate_left(2);
        }
        let widths: Vec<usize> = columns.iter().map(Column::width).collect();
        let beside = room.saturating_sub(widths.iter().max().unwrap_or(&0) + GAP);
        let label_width = widest.min(beside.max(16));
        for (at, block) in blocks(label_width, &widths, GAP, room).into_iter().enumerate() {
            if at > 0 {
                self.put("");
            }
            let line = |label: &str, cell: &dyn Fn(&Column) -> (String, Style)| {
                let mut text = format!("{}{}", " ".repeat(MARGIN), left(label, label_width));
                for (column, width) in columns[block.clone()].iter().zip(&widths[block.clone()]) {
                    let (cell, style) = cell(column);
                    let cell = if column.head == VERDICT { left(&cell, *width) } else { right(&cell, *width) };
                    text += &" ".repeat(GAP);
                    text += &self.surface.paint(&cell, style);
                }
                text
            };
            let mut lines = vec![line("", &|column| (column.head.to_owned(), dim()))];
            for (row, delta) in deltas.iter().enumerate() {
                // A label that is too long goes on over several lines; the figures stand on its last.
                let mut parts = wrap(&labels[row], label_width);
                let last = parts.pop().unwrap_or_default();
                lines.extend(parts.iter().map(|part| format!("{}{part}", " ".repeat(MARGIN))));
                let of = |column: &Column| {
                    let style = if column.head == VERDICT { style(delta.verdict) } else { Style::new() };
                    (column.cells[row].clone(), style)
                };
                lines.push(line(&last, &of));
            }
            for line in lines {
                self.put(&line);
            }
        }
    }
}

const VERDICT: &str = "verdict";

/// The columns in the order of what they say: the figures and the verdict on them, then what it rests on.
fn columns(deltas: &[&Delta], full: bool) -> Vec<Column> {
    let column =
        |head, cell: &dyn Fn(&Delta) -> String| Column { head, cells: deltas.iter().map(|d| cell(d)).collect() };
    let some = |value: Option<f64>, show: &dyn Fn(f64) -> String| value.map_or("-".to_owned(), show);
    // What judges nothing has no test.
    let judged = |d: &Delta, p: f64| if d.verdict.is_some() { p_value(p) } else { "-".to_owned() };
    let interval = |d: &Delta| match (d.paired.difference.low, d.paired.difference.high) {
        (Some(low), Some(high)) => format!("{} to {}", number(d, low, true), number(d, high, true)),
        _ => "-".to_owned(),
    };
    let verdict = |d: &Delta| match d.verdict {
        Some(Judgement::Better) => "better".to_owned(),
        Some(Judgement::Worse) => "worse".to_owned(),
        Some(Judgement::Inconclusive) => "inconclusive".to_owned(),
        None => "-".to_owned(),
    };
    let exact = |d: &Delta| if d.verdict.is_some() && d.paired.test.exact { " exact" } else { "" };
    let mut columns = vec![
        column("first", &|d| number(d, d.paired.first, false)),
        column("second", &|d| number(d, d.paired.second, false)),
        column("difference", &|d| number(d, d.paired.difference.value, true)),
    ];
    if deltas.iter().any(|d| d.noise.is_some()) {
        columns.push(column("by itself", &|d| some(d.noise, &|noise| format!("±{}", number(d, noise, false)))));
    }
    columns.extend([
        column("95 % interval", &interval),
        column("p (Holm)", &|d| judged(d, d.holm)),
        column(VERDICT, &verdict),
    ]);
    if full {
        columns.extend([
            column("n", &|d| d.paired.articles.to_string()),
            column("p", &|d| judged(d, d.paired.test.p_value) + exact(d)),
            column("p (FDR)", &|d| judged(d, d.benjamini_hochberg)),
            column("p (bootstrap)", &|d| some(d.paired.bootstrap_p, &p_value)),
            column("effect", &|d| some(d.paired.effect, &|e| format!("{e:+.2}"))),
            column("detectable", &|d| some(d.paired.detectable, &|v| number(d, v, false))),
        ]);
    }
    columns
}
