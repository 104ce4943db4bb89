//! Facts across systems: what went wrong, group by group, and fact by fact.

use maud::{Markup, html};

use super::super::ui::Ui;
use super::super::view::{GroupCell, View, alike};
use super::super::{Report, clean};
use super::article::verdict;
use super::chart;
use super::digest::{Digest, FactRow, Verdicts};
use super::index::address;
use super::overview::in_table_order;
use crate::model::Verdict;
use crate::model::record::SystemKind;

/// Facts that the matrix shows.
const FACTS: usize = 400;

pub fn findings(report: &Report<'_>, digests: &[Digest]) -> Markup {
    let (findings, ui) = (&report.view.findings, report.options.ui);
    if !findings.judged {
        return html! {};
    }
    let link = |dataset: &str, article: &str| {
        let name = |text: &str| clean::clip(text, 80);
        digests.iter().find(|d| name(&d.dataset) == dataset && name(&d.id) == article)
    };
    html! {
        section {
            h2 { (ui.text("findings.title")) }
            @if findings.shown.is_empty() && findings.more == 0 { p { (ui.text("findings.none")) } }
            ol.findings {
                @for finding in &findings.shown {
                    @let lang = finding.lang.as_ref().map(|l| l.as_str());
                    @let digest = link(&finding.dataset, &finding.article);
                    @let row = digest.zip(finding.fact.as_deref()).and_then(|(d, fact)| d.row(fact));
                    li class=(finding.kind.phrase().trim_start_matches("findings.")) {
                        p {
                            b {
                                (ui.text(finding.kind.phrase()))
                                @if let Some(error) = &finding.error { " (" (ui.error(error)) ")" }
                            }
                            @if let Some(fact) = &finding.fact { " " code { (fact) } }
                            " "
                            a href=[digest.map(address)] data-go=[row] {
                                bdi { (finding.dataset) "/" (finding.article) }
                            }
                        }
                        @if !finding.claim.is_empty() { p.claim lang=[lang] { bdi { (finding.claim) } } }
                        @for (systems, seen) in alike(&finding.seen, ui) {
                            p {
                                b { bdi { (systems) } }
                                @if let Some(quote) = &seen.quote {
                                    " " bdi.quote lang=[lang] { (quote.before) mark { (quote.text) } (quote.after) }
                                }
                                @if !seen.reason.is_empty() { " " bdi.reason { (ui.reason(&seen.reason)) } }
                                @if let Some(source) = &seen.source {
                                    " " (ui.text("findings.source")) ": " bdi lang=[lang] { (source) }
                                }
                                @if let Some((by, matcher)) = &seen.ruled { " (" bdi { (ui.ruled(by, matcher)) } ")" }
                            }
                        }
                        @if finding.more_systems > 0 {
                            p { (ui.fill("findings.seen_more", &[("n", &finding.more_systems.to_string())])) }
                        }
                    }
                }
            }
            @if findings.more > 0 {
                p.note { (ui.fill("html.findings_more", &[("n", &findings.more.to_string())])) }
            }
        }
    }
}

/// What people's decisions did.
pub fn decisions(view: &View, ui: &Ui) -> Markup {
    let Some(decided) = &view.decisions else { return html! {} };
    html! {
        section {
            h2 { (ui.text("decisions.title")) }
            p { (decided.summary) }
            @if !decided.figures.is_empty() || !decided.stale.is_empty() {
                ul {
                    @for line in decided.figures.iter().chain(&decided.stale) { li { bdi { (line) } } }
                }
            }
        }
    }
}

pub fn groups(view: &View, ui: &Ui) -> Markup {
    let groups = &view.groups;
    if groups.rows.is_empty() {
        return html! {};
    }
    let cell = |cell: &Option<GroupCell>| match cell {
        Some(cell) => html! {
            td.number data-value=(cell.covered) {
                (cell.kept())
                @if cell.contradicted > 0 { " " span.contradicted { "✗" (cell.contradicted) } }
                (chart::share(cell.covered, cell.contradicted, cell.total))
            }
        },
        None => html! { td.number { "–" } },
    };
    html! {
        section {
            h2 { (ui.text(if groups.rows.len() > 2 { "groups.title_worst" } else { "groups.title" })) }
            div.scroll tabindex="0" {
                table.groups.sortable {
                    thead {
                        tr {
                            th scope="col" { (ui.text("html.group")) }
                            @for system in &groups.systems { th.number scope="col" { bdi { (system.id) } } }
                        }
                    }
                    tbody {
                        @for row in &groups.rows {
                            tr class=[row.group.is_none().then_some("all")] {
                                th scope="row" { bdi { (row.label) } }
                                @for of in &row.cells { (cell(of)) }
                            }
                        }
                    }
                }
            }
            p.note { (ui.text(if groups.samples { "groups.legend_samples" } else { "groups.legend" })) }
            @if groups.more > 0 { p.note { (ui.fill("groups.more", &[("n", &groups.more.to_string())])) } }
        }
    }
}

/// Facts by systems, group by group, the worst first.
pub fn matrix(report: &Report<'_>, digests: &[Digest]) -> Markup {
    let ui = report.options.ui;
    let systems = &report.run.systems;
    let candidates: Vec<usize> = (0..systems.len()).filter(|at| systems[*at].kind == SystemKind::Candidate).collect();
    let bad = |fact: &FactRow| {
        let weight = |at: &usize| match fact.verdicts[*at].map(Verdicts::worst) {
            Some(Verdict::Contradicted) => 3,
            Some(Verdict::Missing) => 1,
            _ => 0,
        };
        candidates.iter().map(weight).sum::<u32>() * if fact.must { 2 } else { 1 }
    };
    let mut rows: Vec<(u32, &Digest, &FactRow)> = digests
        .iter()
        .flat_map(|digest| digest.facts.iter().map(move |fact| (digest, fact)))
        .filter(|(_, fact)| !fact.draft)
        .map(|(digest, fact)| (bad(fact), digest, fact))
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let all = rows.len();
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    rows.truncate(FACTS);
    let held: Vec<usize> = in_table_order(report)
        .into_iter()
        .filter(|at| rows.iter().any(|(_, _, f)| f.verdicts[*at].is_some()))
        .collect();
    html! {
        section {
            h2 { (ui.text("html.matrix")) }
            details.matrix {
                summary { (ui.fill("html.matrix_fold", &[("n", &all.to_string())])) }
                div.scroll tabindex="0" {
                    table.facts.sortable {
                        thead {
                            tr {
                                th scope="col" { (ui.text("html.fact")) }
                                th scope="col" { (ui.text("html.group")) }
                                th scope="col" { (ui.text("html.article")) }
                                @for at in &held { th scope="col" { bdi { (clean::clip(&systems[*at].id, 40)) } } }
                            }
                        }
                        tbody {
                            @for (_, digest, fact) in &rows {
                                tr {
                                    th scope="row" {
                                        code { (clean::clip(&fact.id, 80)) }
                                        @if fact.must { " " span.must { (ui.text("html.must")) } }
                                        @if !fact.claim.is_empty() {
                                            " " bdi.claim lang=[digest.lang.as_deref()] { (clean::clip(&fact.claim, 160)) }
                                        }
                                    }
                                    td.at { bdi { (clean::clip(fact.group.as_deref().unwrap_or_default(), 60)) } }
                                    td.at { a href=(address(digest)) { bdi { (clean::clip(&digest.id, 60)) } } }
                                    @for at in &held { (verdict(fact.verdicts[*at], ui)) }
                                }
                            }
                        }
                    }
                }
                @if all > rows.len() {
                    p.note { (ui.fill("html.matrix_more", &[("n", &(all - rows.len()).to_string())])) }
                }
            }
        }
    }
}
