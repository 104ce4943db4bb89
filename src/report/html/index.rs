//! The articles at a glance, and how to find one.

use maud::{Markup, html};

use super::super::number::Digits;
use super::super::ui::Ui;
use super::super::{Report, clean};
use super::digest::{Digest, Standing};
use super::overview::in_table_order;

/// The search box and filter; of use with the script alone, and hidden without it.
pub fn filter(ui: &Ui) -> Markup {
    html! {
        form #filter hidden role="search" {
            label { (ui.text("html.search")) " " input #q type="search" autocomplete="off"; }
            " "
            label {
                (ui.text("html.show")) " "
                select #kind {
                    option value="" { (ui.text("html.everything")) }
                    @for kind in ["contradicted", "unsupported", "missing", "failed"] {
                        option value=(kind) { (ui.text(&format!("html.only_{kind}"))) }
                    }
                }
            }
            " "
            output #found aria-live="polite" {}
        }
    }
}

/// The articles, worst first, each with how the systems stand on it.
pub fn index(report: &Report<'_>, digests: &[Digest], listed: &[usize]) -> Markup {
    let ui = report.options.ui;
    let systems = &report.run.systems;
    if listed.is_empty() {
        return html! {};
    }
    let order = in_table_order(report);
    html! {
        section {
            h2 { (ui.text("html.index")) }
            p.note { (ui.text("html.signs")) }
            (filter(ui))
            div.scroll tabindex="0" {
                table.index.sortable {
                    thead {
                        tr {
                            th scope="col" { (ui.text("html.article")) }
                            th scope="col" { (ui.text("html.language")) }
                            @for at in &order {
                                th.number scope="col" { bdi { (clean::clip(&systems[*at].id, 40)) } }
                            }
                        }
                    }
                    tbody {
                        @for at in listed {
                            @let digest = &digests[*at];
                            tr {
                                th scope="row" {
                                    a href=(address(digest)) {
                                        @if let Some(title) = &digest.title {
                                            bdi lang=[digest.lang.as_deref()] { (clean::clip(title, 60)) }
                                        } @else {
                                            bdi { (clean::clip(&digest.dataset, 40)) "/" (clean::clip(&digest.id, 60)) }
                                        }
                                    }
                                }
                                td { (clean::clip(digest.lang.as_deref().unwrap_or_default(), 20)) }
                                @for at in &order {
                                    @match &digest.standings[*at] {
                                        Some(of) => td.number data-value=[of.score] { (standing_cell(report, of)) },
                                        None => td.number { "–" },
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if digests.len() > listed.len() {
                p.note { (ui.fill("html.index_more", &[("n", &(digests.len() - listed.len()).to_string())])) }
                (pages(digests))
            }
        }
    }
}

/// Links to the pages of articles.
fn pages(digests: &[Digest]) -> Markup {
    let mut pages: Vec<(&str, &Digest)> = Vec::new();
    for digest in digests {
        if let Some(page) = digest.page.as_deref()
            && pages.last().is_none_or(|(last, _)| *last != page)
        {
            pages.push((page, digest));
        }
    }
    html! {
        details {
            summary { (pages.len()) }
            ul.pages {
                @for (page, first) in pages {
                    li { a href=(page) { bdi { (clean::clip(&first.dataset, 40)) "/" (clean::clip(&first.id, 60)) " …" } } }
                }
            }
        }
    }
}

fn standing_cell(report: &Report<'_>, of: &Standing) -> Markup {
    let column = report.view.table.columns.iter().find(|c| Some(&c.label) == report.view.table.ranked_by.as_ref());
    let value = of.score.zip(column).map(|(score, column)| Digits::of(column.range, &[(score, None)]).value(score));
    html! {
        @if let Some(value) = value { (value) " " }
        (standing(of))
    }
}

/// How a system stands on an article: `12/14 ✗1 ?2`.
pub fn standing(of: &Standing) -> Markup {
    let asked = of.covered + of.missing + of.contradicted;
    html! {
        @if asked > 0 { span.kept { (of.covered) "/" (asked) } }
        @if of.contradicted > 0 { " " span.contradicted { "✗" (of.contradicted) } }
        @if of.unsupported > 0 { " " span.unsupported { "?" (of.unsupported) } }
        @if of.failed > 0 { " " span.failed { "!" (of.failed) } }
    }
}

/// Where an article's section stands.
pub fn address(digest: &Digest) -> String {
    format!("{}#{}", digest.page.as_deref().unwrap_or_default(), digest.anchor)
}
