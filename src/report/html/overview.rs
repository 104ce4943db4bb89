//! The overview: what happened, in the order in which a reader asks.

use maud::{Markup, html};

use super::super::ui::Ui;
use super::super::view::View;
use super::super::{Report, clean};
use super::digest::Digest;
use super::{facts, index, since, systems};

/// Everything above the articles. `listed` are the articles of the index, worst first.
pub fn overview(report: &Report<'_>, digests: &[Digest], listed: &[usize]) -> Markup {
    let (view, ui) = (report.view, report.options.ui);
    html! {
        header {
            h1 { bdi { (view.suite) } }
            @for sentence in &view.verdict { p.verdict { (sentence) } }
            p.context { (view.context) }
            button #theme type="button" hidden { (ui.text("html.theme")) }
        }
        (warnings(view, ui))
        (gates(view, ui))
        (since::section(report, digests))
        (systems::table(view, ui))
        (facts::findings(report, digests))
        (facts::decisions(report.view, report.options.ui))
        (facts::groups(view, ui))
        (facts::matrix(report, digests))
        (systems::slices(view, ui))
        (systems::distributions(view, ui))
        (failures(view, ui))
        (cost(report))
        (index::index(report, digests, listed))
        (signatures(report))
    }
}

fn warnings(view: &View, ui: &Ui) -> Markup {
    if view.warnings.is_empty() && view.not_reached.is_none() {
        return html! {};
    }
    html! {
        section.warnings {
            h2 { (ui.text("warnings.title")) }
            ul {
                @for warning in view.not_reached.iter().chain(&view.warnings) { li { bdi { (warning) } } }
                @if view.more_warnings > 0 {
                    li { (ui.fill("warnings.more", &[("n", &view.more_warnings.to_string())])) }
                }
            }
        }
    }
}

fn gates(view: &View, ui: &Ui) -> Markup {
    if view.gates.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (ui.text("gates.title")) }
            ul.gates {
                @for gate in &view.gates {
                    @let class = gate.phrase().trim_start_matches("gates.");
                    li class=(class) {
                        b { (ui.text(gate.phrase())) } " " bdi { (gate.system) } " · " code { (ui.gate(&gate.rule)) } ": "
                        bdi { (ui.gate(&gate.message)) }
                        @if class != "holds" && !gate.articles.is_empty() {
                            ul {
                                @for (article, drop) in gate.articles.iter().take(5) {
                                    @let drop = format!("{drop:+.4}");
                                    li { bdi { (ui.fill("gates.worse", &[("article", article), ("drop", &drop)])) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn failures(view: &View, ui: &Ui) -> Markup {
    if view.failures.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (ui.text("failures.title")) }
            ul.failures {
                @for failure in &view.failures {
                    @let (failed, items) = (failure.failed.to_string(), failure.items.to_string());
                    li {
                        bdi {
                            (ui.fill("failures.line", &[
                                ("system", failure.system.as_str()), ("failed", &failed), ("items", &items),
                                ("kind", &failure.kind), ("example", &failure.example),
                            ]))
                        }
                    }
                }
            }
        }
    }
}

/// When, where and how long, as the record's environment tells.
fn cost(report: &Report<'_>) -> Markup {
    let ui = report.options.ui;
    let environment = report.run.environment.as_object();
    let known: Vec<(&String, String)> = environment
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| match value {
            serde_json::Value::String(text) => Some((key, clean::clip(text, 120))),
            serde_json::Value::Number(number) if number.is_f64() => {
                Some((key, format!("{:.1}", number.as_f64().unwrap_or_default())))
            }
            serde_json::Value::Number(number) => Some((key, number.to_string())),
            _ => None,
        })
        // A path of the machine is of no use to a reader elsewhere.
        .filter(|(key, _)| *key != "suite")
        .collect();
    if known.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (ui.text("html.run")) }
            dl.run {
                @for (key, value) in known { div { dt { (key) } dd { bdi { (value) } } } }
            }
        }
    }
}

/// What each metric's numbers depend on.
fn signatures(report: &Report<'_>) -> Markup {
    let ui = report.options.ui;
    html! {
        section {
            details {
                summary { (ui.text("html.signatures")) }
                dl.signatures {
                    @for metric in &report.run.metrics {
                        @for (stratum, signature) in &metric.signatures {
                            dt { (metric.name) @if !stratum.is_empty() { " " (stratum) } }
                            dd { code { (signature) } }
                        }
                    }
                }
            }
        }
    }
}

/// Indices of the record's systems in the order of the table.
pub fn in_table_order(report: &Report<'_>) -> Vec<usize> {
    let systems = &report.run.systems;
    let place = |at: &usize| {
        let shown = clean::clip(&systems[*at].id, 60);
        report.view.table.rows.iter().position(|row| row.system == shown)
    };
    let mut order: Vec<usize> = (0..systems.len()).collect();
    order.sort_by_key(place);
    order
}
