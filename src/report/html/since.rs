//! What changed against another version: every article that moved, with both outputs side by side.

use maud::{Markup, html};

use super::super::Report;
use super::super::ui::Ui;
use super::super::view::{ArticleChange, ChangeKind, Since, TurnLine};
use super::digest::Digest;
use super::index::address;
use crate::compare::diff::Change;

/// What changed since the baseline, after the gates.
pub fn section(report: &Report<'_>, digests: &[Digest]) -> Markup {
    let (all, ui) = (&report.view.since, report.options.ui);
    let link = |change: &ArticleChange| {
        let named = |d: &&Digest| super::name(&d.dataset) == change.dataset && super::name(&d.id) == change.article;
        digests.iter().find(named).map(address)
    };
    html! {
        @for since in all.iter().filter(|since| !since.changes.is_empty()) {
            section.since {
                h2 { (ui.fill("since.title", &[("first", &since.first), ("second", &since.second)])) }
                (counts(since, ui))
                ol.findings {
                    @for change in &since.changes {
                        li {
                            p { a href=[link(change)] { bdi { (change.dataset) "/" (change.article) } } }
                            (turns(&change.turns, change.lang.as_deref(), ui))
                            @if !change.diff.is_empty() {
                                details.diff {
                                    summary { (ui.text("since.sides")) }
                                    (sides(change, since, ui))
                                }
                            }
                        }
                    }
                }
                (more(since, ui))
            }
        }
    }
}

pub fn more(since: &Since, ui: &Ui) -> Markup {
    html! { @if since.more > 0 { p.note { (ui.fill("since.more", &[("n", &since.more.to_string())])) } } }
}

/// How many facts and figures turned, as a list of signs, figures and words.
pub fn counts(since: &Since, ui: &Ui) -> Markup {
    html! {
        ul.counts {
            @for (kind, n) in &since.counts {
                li.worse[kind.is_worse()].better[!kind.is_worse()] {
                    (sign(*kind)) " " (ui.fill(&format!("since.{}_n", kind.name()), &[("n", &n.to_string())]))
                }
            }
        }
    }
}

fn sign(kind: ChangeKind) -> &'static str {
    if kind.is_worse() { "▼" } else { "▲" }
}

/// What became of an article's facts, figures and output.
pub fn turns(turns: &[TurnLine], lang: Option<&str>, ui: &Ui) -> Markup {
    html! {
        ul.turns {
            @for turn in turns {
                li.worse[turn.kind.is_worse()].better[!turn.kind.is_worse()] {
                    b { (sign(turn.kind)) " " (ui.text(&turn.kind.phrase())) } " "
                    @if !turn.subject.is_empty() { code { (turn.subject) } }
                    @if turn.must { " " span.must { (ui.text("html.must")) } }
                    @if !turn.claim.is_empty() { " " bdi.claim lang=[lang] { (turn.claim) } }
                    @if !turn.evidence.is_empty() { " " bdi.quote lang=[lang] { mark { (turn.evidence) } } }
                    @if !turn.reason.is_empty() { " " bdi.reason { (ui.reason(&turn.reason)) } }
                }
            }
        }
    }
}

/// Both outputs, what only one of them has marked on its own side.
pub fn sides(change: &ArticleChange, since: &Since, ui: &Ui) -> Markup {
    if change.same_text {
        return html! { p.note { (ui.text("since.same_text")) } };
    }
    if change.diff.is_empty() {
        return html! { p.note { (ui.text("since.no_text")) } };
    }
    let lang = change.lang.as_deref();
    html! {
        div.versions {
            @for (name, side) in [(&since.first, Change::Removed), (&since.second, Change::Added)] {
                div {
                    h4 { bdi { (name) } }
                    p.text lang=[lang] dir="auto" {
                        @for piece in change.diff.iter().filter(|p| p.change == side || p.change == Change::Kept) {
                            @match piece.change {
                                Change::Kept => (piece.text),
                                Change::Removed => del { (piece.text) },
                                Change::Added => ins { (piece.text) },
                            }
                        }
                    }
                }
            }
        }
    }
}
