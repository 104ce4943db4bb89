//! What changed against another version, folded, each article with the diff of its outputs.

use super::super::ui::Ui;
use super::super::view::{ArticleChange, ChangeKind, Since, View, nearby};
use super::{Page, escape, html};
use crate::compare::diff::Change;

/// Scalar values that a diff keeps of what both sides have, on either side of a change.
const KEPT: usize = 24;
/// Scalar values of a shown diff.
const DIFF: usize = 2_000;

impl Page<'_> {
    pub(super) fn since(&mut self, view: &View) {
        for since in view.since.iter().filter(|since| !since.changes.is_empty()) {
            let places = [("first", since.first.as_str()), ("second", &since.second)];
            let title = format!("\n#### {}\n\n", escape(&self.ui.fill("since.title", &places)));
            self.add(&title);
            self.changes(since);
        }
    }

    /// The articles that changed, what got worse first.
    pub(super) fn changes(&mut self, since: &Since) {
        let mut left = since.more;
        for (at, change) in since.changes.iter().enumerate() {
            if !self.add(&article(at + 1, change, self.ui)) {
                left += 1;
            }
        }
        if left > 0 {
            let more = self.ui.fill("since.more", &[("n", &left.to_string())]);
            self.add(&format!("\n{}\n", escape(&more)));
        }
    }
}

fn article(number: usize, change: &ArticleChange, ui: &Ui) -> String {
    let count = |kind: &ChangeKind| {
        let n = change.turns.iter().filter(|turn| turn.kind == *kind).count();
        (n > 0).then(|| ui.fill(&format!("since.{}_n", kind.name()), &[("n", &n.to_string())]))
    };
    let mut told: Vec<String> = ChangeKind::ALL.iter().filter_map(count).collect();
    if told.is_empty() {
        told.push(ui.text("compare.reworded").to_owned());
    }
    let name = format!("{}/{}", change.dataset, change.article);
    let mut part =
        format!("<details><summary><b>{number}. {}</b> · {}</summary>\n\n", html(&ui.list(&told)), html(&name));
    for turn in &change.turns {
        let sign = if turn.kind.is_worse() { "▼" } else { "▲" };
        let mut line = format!("- {sign} {}", escape(ui.text(&turn.kind.phrase())));
        if !turn.subject.is_empty() {
            line += &format!(" <b>{}</b>", escape(&turn.subject));
        }
        if turn.must {
            line += &format!(" ({})", escape(ui.text("html.must")));
        }
        for (text, open, close) in
            [(&turn.claim, "", ""), (&turn.evidence, "<b>", "</b>"), (&ui.reason(&turn.reason), "<i>", "</i>")]
        {
            if !text.is_empty() {
                line += &format!("<br>{open}{}{close}", escape(text));
            }
        }
        part += &line;
        part.push('\n');
    }
    if !change.diff.is_empty() {
        part += "\n> ";
        let mut room = DIFF;
        for (kind, text) in nearby(&change.diff, KEPT) {
            let length = text.chars().count();
            if length > room {
                part += "…";
                break;
            }
            room -= length;
            let text = escape(&text);
            part += &match kind {
                Change::Kept => text,
                Change::Removed => format!("<del>{text}</del>"),
                Change::Added => format!("<ins>{text}</ins>"),
            };
        }
        part.push('\n');
    }
    part + "\n</details>\n"
}
