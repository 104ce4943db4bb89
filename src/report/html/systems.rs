//! Systems by metrics: figures with their intervals, by part of the corpus, and spread over articles.

use maud::{Markup, html};

use super::super::terminal;
use super::super::ui::Ui;
use super::super::view::{Cell, Class, Column, SliceBy, View};
use super::chart;
use crate::model::record::SystemKind;

/// Systems by metrics, a table a class of metric, each figure with its interval drawn on the axis of its column.
pub fn table(view: &View, ui: &Ui) -> Markup {
    let table = &view.table;
    if table.rows.is_empty() {
        return html! {};
    }
    let mut classes: Vec<Class> = table.columns.iter().map(|column| column.class).collect();
    classes.dedup();
    html! {
        section {
            h2 { (ui.text("html.systems")) }
            @if classes.is_empty() { (part(view, &[], None, ui)) }
            @for (nth, class) in classes.iter().enumerate() {
                @let title = match class {
                    Class::Facts => "table.facts",
                    Class::Overlap => "table.overlap",
                    Class::Other => "table.other",
                    Class::Neutral => "table.neutral",
                };
                @let columns: Vec<usize> =
                    (0..table.columns.len()).filter(|at| table.columns[*at].class == *class).collect();
                // What judges best stands open, the rest folded.
                @if nth == 0 {
                    (part(view, &columns, Some((ui.text(title), true)), ui))
                } @else {
                    details.part {
                        summary { (ui.text(title)) }
                        (part(view, &columns, Some((ui.text(title), false)), ui))
                    }
                }
            }
            @for line in table.legend.iter().chain(&table.notes) { p.note { (line) } }
        }
    }
}

/// Some columns of the table under a title; the first part also tells of failures.
fn part(view: &View, columns: &[usize], title: Option<(&str, bool)>, ui: &Ui) -> Markup {
    let table = &view.table;
    let failed = table.failed() && title.is_none_or(|(_, first)| first);
    html! {
        div.scroll tabindex="0" {
            table.systems.sortable {
                @if let Some((title, _)) = title { caption.hidden { (title) } }
                thead {
                    tr {
                        th scope="col" { (ui.text("table.system")) }
                        @if failed { th.number scope="col" { (ui.text("table.failed")) } }
                        @for at in columns {
                            th.number scope="col" { (heading(&table.columns[*at], table.articles, ui)) }
                        }
                    }
                }
                tbody {
                    @for row in &table.rows {
                        tr class=(kind(row.kind)) {
                            th scope="row" {
                                @if let Some(rank) = row.rank { span.rank { (rank) } " " }
                                bdi { (row.system) }
                                (mark(row.kind, ui))
                            }
                            @if failed {
                                td.number data-value=(row.failed) {
                                    @if row.failed > 0 { (row.failed) "/" (row.items.unwrap_or(row.failed)) }
                                    @else { "0" }
                                }
                            }
                            @for at in columns {
                                @if let Some(cell) = row.cells.get(*at) { (figure(cell, Some(axis(view, *at)))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a column says in plain words, then its name.
fn heading(column: &Column, articles: u64, ui: &Ui) -> Markup {
    let plain = ui.find_text(&format!("plain.{}.{}", column.metric, column.field));
    let plain = plain.or_else(|| ui.find_text(&format!("plain.{}", column.metric)));
    html! {
        @if let Some(plain) = plain { span.plain { (plain) } " " }
        @for (nth, word) in column.label.split('.').enumerate() {
            @if nth > 0 { "." wbr; }
            (word)
        }
        (terminal::arrow(column.direction).replace(' ', "\u{a0}"))
        @if column.articles < articles { " " small { "n=" (column.articles) } }
    }
}

/// The axis on which a column's intervals are drawn: its range where that is bounded, else what is met.
fn axis(view: &View, at: usize) -> (f64, f64) {
    let column = &view.table.columns[at];
    if let (Some(least), Some(most)) = column.range {
        return (least, most);
    }
    let met = view.table.rows.iter().filter_map(|row| row.cells.get(at));
    let most = met.filter_map(|cell| cell.high.or(cell.value)).fold(0.0, f64::max);
    (column.range.0.unwrap_or(0.0).min(0.0), if most > 0.0 { most } else { 1.0 })
}

pub fn figure(cell: &Cell, axis: Option<(f64, f64)>) -> Markup {
    html! {
        td.number data-value=[cell.value] {
            span class=[cell.best.then_some("best")] { (cell.text) }
            @if !cell.interval.is_empty() { " " span.interval { (cell.interval) } }
            @if cell.partial { " " small { "n=" (cell.articles) } }
            @if let (Some(value), Some(axis)) = (cell.value, axis) {
                (chart::whisker(value, cell.low.zip(cell.high), axis))
            }
        }
    }
}

pub fn kind(kind: SystemKind) -> &'static str {
    match kind {
        SystemKind::Candidate => "candidate",
        SystemKind::Oracle => "oracle",
        SystemKind::Human => "human",
    }
}

pub fn mark(kind: SystemKind, ui: &Ui) -> Markup {
    html! {
        @match kind {
            SystemKind::Candidate => {},
            SystemKind::Oracle => { " " small { (ui.text("table.oracle_mark")) } },
            SystemKind::Human => { " " small { (ui.text("table.human_mark")) } },
        }
    }
}

pub fn slices(view: &View, ui: &Ui) -> Markup {
    html! {
        @for slice in &view.slices {
            @let name = match slice.by {
                SliceBy::Language => "slices.language",
                SliceBy::Dataset => "slices.dataset",
            };
            section {
                h2 { (ui.fill(name, &[("figure", &slice.figure)])) }
                div.scroll tabindex="0" {
                    table.sortable {
                        thead {
                            tr {
                                th scope="col" { (ui.text("table.system")) }
                                @for (part, n) in &slice.parts {
                                    th.number scope="col" { bdi { (part) } " " small { "n=" (n) } }
                                }
                            }
                        }
                        tbody {
                            @for row in &slice.rows {
                                tr class=(kind(row.kind)) {
                                    th scope="row" { bdi { (row.system) } (mark(row.kind, ui)) }
                                    @for cell in &row.cells { (figure(cell, Some((0.0, 1.0)))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How the ranking figure is spread over outputs.
pub fn distributions(view: &View, ui: &Ui) -> Markup {
    let Some(spread) = &view.spread else { return html! {} };
    html! {
        section {
            h2 { (ui.fill("spread.title", &[("figure", &spread.figure)])) }
            div.charts {
                @for row in &spread.rows {
                    @let counts = row.tenths.map(|n| n.to_string()).join(", ");
                    figure {
                        figcaption { bdi { (row.system) } }
                        (chart::histogram(row.tenths, &ui.fill("html.tenths", &[("counts", &counts)])))
                        p.ends { span { (spread.least) } span { (spread.most) } }
                    }
                }
            }
        }
    }
}
