//! What changed against another version, on a terminal.

use owo_colors::Style;

use super::super::view::{ArticleChange, Since, TurnLine, View, nearby};
use super::Page;
use crate::compare::diff::Change;

/// Scalar values that a diff keeps of what both sides have, on either side of a change.
const KEPT: usize = 16;
/// Scalar values of a shown diff.
const DIFF: usize = 600;

impl Page<'_> {
    pub(super) fn since(&mut self, view: &View) {
        for since in view.since.iter().filter(|since| !since.changes.is_empty()) {
            let places = [("first", since.first.as_str()), ("second", &since.second)];
            let title = self.ui.fill("since.title", &places);
            self.title(&title);
            self.blank();
            self.changes(since);
        }
    }

    fn changes(&mut self, since: &Since) {
        for (at, change) in since.changes.iter().enumerate() {
            let name = format!("{}/{}", change.dataset, change.article);
            self.hanging(&format!("{:>3} ", at + 1), 5, &name, Style::new().bold());
            for turn in &change.turns {
                self.turn(turn);
            }
            self.diff(change);
        }
        if since.more > 0 {
            let more = self.ui.fill("since.more", &[("n", &since.more.to_string())]);
            self.hanging("", 2, &more, Style::new().dimmed());
        }
    }

    fn turn(&mut self, turn: &TurnLine) {
        let worse = turn.kind.is_worse();
        let style = if worse { Style::new().red() } else { Style::new().green() };
        let sign = if worse { "▼" } else { "▲" };
        let mut head = format!("{sign} {} {}", self.ui.text(&turn.kind.phrase()), turn.subject);
        if turn.must {
            head += &format!(" ({})", self.ui.text("html.must"));
        }
        self.hanging("", 5, head.trim_end(), style);
        if !turn.claim.is_empty() {
            self.hanging("", 7, &turn.claim, Style::new());
        }
        let reason = self.ui.reason(&turn.reason);
        let why: Vec<&str> =
            [turn.evidence.as_str(), reason.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        if !why.is_empty() {
            self.hanging("", 7, &why.join(" · "), Style::new().dimmed());
        }
    }

    /// The diff in brackets, `[-gone-]` and `{+new+}`, which stand without colour too.
    fn diff(&mut self, change: &ArticleChange) {
        if change.diff.is_empty() {
            return;
        }
        let mut text = String::new();
        for (kind, piece) in nearby(&change.diff, KEPT) {
            text += &match kind {
                Change::Kept => piece,
                Change::Removed => format!("[-{piece}-]"),
                Change::Added => format!("{{+{piece}+}}"),
            };
        }
        let text = super::super::clean::clip(&text, DIFF);
        self.hanging("", 7, &text, Style::new().dimmed());
    }
}
