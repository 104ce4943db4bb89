//! A comparison as a page: the verdict, figures with tests, and every article that changed, what got worse first.

use maud::{Markup, html};

use super::super::comparison::{number, p_value};
use super::super::ui::Ui;
use super::super::view::{ArticleChange, ChangeKind, Since};
use super::super::{clean, view};
use super::{chart, index, since};
use crate::compare::Comparison;
use crate::compare::delta::{Delta, Judgement};
use crate::model::record::MetricRecord;

/// Articles that a page lists of a comparison.
pub const LISTED: usize = 500;

/// The page. `pairs` are the comparisons, each with what changed article by article.
pub fn page(pairs: &[(Comparison, Since)], metrics: &[MetricRecord], ui: &'static Ui) -> String {
    let title = pairs.first().map(|(c, _)| format!("{} → {}", clean::clip(&c.first, 80), clean::clip(&c.second, 80)));
    let body = html! {
        @for (nth, (comparison, since)) in pairs.iter().enumerate() {
            (one(comparison, since, metrics, nth, pairs.len() == 1, ui))
        }
    };
    super::document(ui, &title.unwrap_or_default(), &body).into_string()
}

fn one(c: &Comparison, since: &Since, metrics: &[MetricRecord], nth: usize, only: bool, ui: &Ui) -> Markup {
    html! {
        header {
            h1 { bdi { (since.first) } " → " bdi { (since.second) } }
            p.verdict { (since.summary) }
            @for sentence in said(c, metrics, ui) { p.verdict { (sentence) } }
            p.context { (ui.count("compare.articles", c.articles as u64)) (left_out(c, ui)) }
            @if nth == 0 { button #theme type="button" hidden { (ui.text("html.theme")) } }
        }
        (figures(c, metrics, ui))
        (groups(c, ui))
        (plan(c, ui))
        section {
            h2 { (ui.text("compare.changed")) }
            @if since.changes.is_empty() { p { (ui.text("compare.nothing")) } }
            @if only && !since.changes.is_empty() { (index::filter(ui)) }
            @for (at, change) in since.changes.iter().enumerate() { (article(change, since, nth, at, ui)) }
            (since::more(since, ui))
        }
    }
}

fn article(change: &ArticleChange, since: &Since, nth: usize, at: usize, ui: &Ui) -> Markup {
    let of = |wanted: &[ChangeKind]| change.turns.iter().any(|turn| wanted.contains(&turn.kind));
    let kinds = [
        ("contradicted", of(&[ChangeKind::Contradicted])),
        ("missing", of(&[ChangeKind::Lost])),
        ("unsupported", of(&[ChangeKind::NewFigure])),
        ("failed", of(&[ChangeKind::Fails])),
    ];
    let kinds: Vec<&str> = kinds.iter().filter(|(_, there)| *there).map(|(kind, _)| *kind).collect();
    // What got worse in the worst articles is read without a click.
    let open = nth == 0 && at < 10 && change.turns.iter().any(|turn| turn.kind.is_worse());
    html! {
        details.article #(format!("c{nth}-{at}")) data-kinds=(kinds.join(" ")) open[open] {
            summary {
                h3 { bdi { (change.dataset) "/" (change.article) } }
                span.stands {
                    @for kind in ChangeKind::ALL {
                        @let n = change.turns.iter().filter(|turn| turn.kind == kind).count();
                        @if n > 0 {
                            span.stand.worse[kind.is_worse()].better[!kind.is_worse()] {
                                (ui.fill(&format!("since.{}_n", kind.name()), &[("n", &n.to_string())]))
                            }
                            " "
                        }
                    }
                    @if change.turns.is_empty() { span.stand { (ui.text("compare.reworded")) } }
                }
            }
            div.body {
                (since::turns(&change.turns, change.lang.as_deref(), ui))
                (since::sides(change, since, ui))
            }
        }
    }
}

/// What the tests say, what got worse first.
pub fn said(c: &Comparison, metrics: &[MetricRecord], ui: &Ui) -> Vec<String> {
    let names = |verdict: Judgement| {
        let of = c.deltas.iter().filter(|d| d.slice.is_none() && d.verdict == Some(verdict));
        of.map(|d| format!("{} {}", d.name(metrics), number(d, d.paired.difference.value, true))).collect::<Vec<_>>()
    };
    let of = |phrase: &str, verdict| {
        let names = names(verdict);
        (!names.is_empty()).then(|| ui.fill(phrase, &[("figures", &ui.list(&names))]))
    };
    let open = names(Judgement::Inconclusive).len().to_string();
    let worse = of("compare.worse", Judgement::Worse);
    let better = of("compare.better", Judgement::Better);
    let unsure = (open != "0").then(|| ui.fill("compare.inconclusive", &[("n", &open)]));
    worse.into_iter().chain(better).chain(unsure).collect()
}

/// Articles that only one side has, and such as failed.
pub fn left_out(c: &Comparison, ui: &Ui) -> String {
    let parts = [
        ("compare.only_first", &c.only.0),
        ("compare.only_second", &c.only.1),
        ("compare.failed_first", &c.failed.0),
        ("compare.failed_second", &c.failed.1),
    ];
    let told = parts.iter().filter(|(_, articles)| !articles.is_empty()).map(|(phrase, articles)| {
        let some: Vec<String> = articles.iter().take(3).map(|a| clean::clip(a, 80)).collect();
        let more = if articles.len() > 3 { "…" } else { "" };
        let listed = format!("{}{more}", ui.list(&some));
        format!(" · {}", ui.fill(phrase, &[("n", &articles.len().to_string()), ("articles", &listed)]))
    });
    told.collect()
}

/// The deltas over the whole corpus in the order of reading: worse, uncertain, better, what judges nothing.
pub fn ordered(c: &Comparison) -> Vec<&Delta> {
    let mut deltas: Vec<&Delta> = c.deltas.iter().filter(|d| d.slice.is_none()).collect();
    deltas.sort_by_key(|d| match d.verdict {
        Some(Judgement::Worse) => 0,
        Some(Judgement::Inconclusive) => 1,
        Some(Judgement::Better) => 2,
        None => 3,
    });
    deltas
}

/// The name of the phrase for a verdict, and how a style sheet calls it.
pub fn judged(verdict: Option<Judgement>) -> Option<(&'static str, &'static str)> {
    verdict.map(|verdict| match verdict {
        Judgement::Better => ("compare.is_better", "better"),
        Judgement::Worse => ("compare.is_worse", "worse"),
        Judgement::Inconclusive => ("compare.is_open", "open"),
    })
}

fn figures(c: &Comparison, metrics: &[MetricRecord], ui: &Ui) -> Markup {
    let deltas = ordered(c);
    html! {
        section {
            h2 { (ui.text("compare.figures")) }
            @if !deltas.is_empty() {
                div.scroll tabindex="0" {
                    table.deltas.sortable {
                        thead {
                            tr {
                                th scope="col" { (ui.text("compare.figure")) }
                                th.number scope="col" { (ui.text("compare.first")) }
                                th.number scope="col" { (ui.text("compare.second")) }
                                th.number scope="col" { (ui.text("compare.difference")) }
                                th.number scope="col" { (ui.text("compare.interval")) }
                                th.number scope="col" { "p (Holm)" }
                                th scope="col" { (ui.text("compare.verdict")) }
                            }
                        }
                        tbody {
                            @for d in &deltas {
                                @let difference = &d.paired.difference;
                                tr {
                                    th scope="row" { (d.name(metrics)) }
                                    td.number data-value=(d.paired.first) { (number(d, d.paired.first, false)) }
                                    td.number data-value=(d.paired.second) { (number(d, d.paired.second, false)) }
                                    td.number data-value=(difference.value) { (number(d, difference.value, true)) }
                                    td.number data-value=(difference.value) {
                                        @if let Some((low, high)) = difference.low.zip(difference.high) {
                                            (number(d, low, true)) "\u{2009}…\u{2009}" (number(d, high, true))
                                            (chart::difference(difference.value, (low, high)))
                                        } @else { "–" }
                                    }
                                    @if d.verdict.is_some() {
                                        td.number data-value=(d.holm) { (p_value(d.holm)) }
                                    } @else { td.number { "–" } }
                                    td {
                                        @if let Some((phrase, class)) = judged(d.verdict) {
                                            b class=(class) { (ui.text(phrase)) }
                                        }
                                        @if let Some(note) = &d.note { " " small { (clean::clip(note, 200)) } }
                                    }
                                }
                            }
                        }
                    }
                }
                p.note { (ui.text("compare.legend")) }
            }
            @for i in &c.incomparable {
                p.note { (incomparable(i, ui)) }
            }
        }
    }
}

/// Why a metric is not compared.
pub fn incomparable(i: &crate::compare::delta::Incomparable, ui: &Ui) -> String {
    let places = [("metric", i.metric.as_str()), ("field", &i.field), ("first", &i.first), ("second", &i.second)];
    ui.fill("compare.incomparable", &places.map(|(place, value)| (place, value)))
}

fn groups(c: &Comparison, ui: &Ui) -> Markup {
    let moved = || c.groups.iter().filter(|(_, g)| g.gained + g.lost + g.contradicted + g.withdrawn > 0);
    if moved().next().is_none() {
        return html! {};
    }
    html! {
        section {
            h2 { (ui.text("compare.groups")) }
            div.scroll tabindex="0" {
                table.sortable {
                    thead {
                        tr {
                            th scope="col" { (ui.text("html.group")) }
                            @for kind in GROUPED { th.number scope="col" { (ui.text(&kind.phrase())) } }
                            th.number scope="col" { (ui.text("compare.as_before")) }
                        }
                    }
                    tbody {
                        @for (group, g) in moved() {
                            tr {
                                th scope="row" {
                                    bdi {
                                        @if group.is_empty() { (ui.text("groups.ungrouped")) }
                                        @else { (clean::clip(group, 80)) }
                                    }
                                }
                                @for n in [g.contradicted, g.lost, g.withdrawn, g.gained, g.same] {
                                    td.number data-value=(n) { (n) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The turns that groups count, in the order of their columns.
pub const GROUPED: [view::ChangeKind; 4] =
    [ChangeKind::Contradicted, ChangeKind::Lost, ChangeKind::Withdrawn, ChangeKind::Gained];

fn plan(c: &Comparison, ui: &Ui) -> Markup {
    if c.plan.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (ui.text("compare.plan")) }
            ul {
                @for change in &c.plan {
                    li {
                        code { (clean::clip(&change.place, 120)) } ": "
                        del { (clean::clip(&change.first, 200)) } " → " ins { (clean::clip(&change.second, 200)) }
                    }
                }
            }
        }
    }
}
