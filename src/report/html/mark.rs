//! Text with marks, which may overlap: cut where a mark begins or ends, each part with the marks that cover it.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};

use super::shown;

/// Scalar values of a text that a report shows.
pub const MOST: usize = 20_000;

/// A mark on a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Index of the first scalar value.
    pub start: usize,
    /// Index just past the last.
    pub end: usize,
    /// How it looks: `covered`, `contradicted`, `supported`, `unsupported`, `source`.
    pub class: &'static str,
    /// What it belongs together with, within its article: `f3`, `q1-0`.
    pub key: String,
}

/// Renders a text with its marks; marks outside the text are left out.
pub fn marked(text: &str, marks: &[Mark]) -> Markup {
    let chars: Vec<char> = text.chars().take(MOST).collect();
    let cut = text.chars().nth(MOST).is_some();
    let within = || marks.iter().filter(|mark| mark.start < mark.end && mark.end <= chars.len());
    let mut edges: BTreeSet<usize> = within().flat_map(|mark| [mark.start, mark.end]).collect();
    edges.extend([0, chars.len()]);
    let edges: Vec<usize> = edges.into_iter().collect();
    html! {
        @for pair in edges.windows(2) {
            @let part: String = chars[pair[0]..pair[1]].iter().copied().map(shown).collect();
            @let over: Vec<&Mark> = within().filter(|m| m.start <= pair[0] && pair[1] <= m.end).collect();
            @if over.is_empty() {
                (part)
            } @else {
                mark class=[told(&over)] data-k=(joined(over.iter().map(|m| m.key.as_str()))) {
                    (part)
                }
            }
        }
        @if cut { (PreEscaped("…")) }
    }
}

/// The classes of marks, but for what the style sheet takes from their keys: that a fact is covered (`f…`), that a figure
/// is supported (`q…`). Those are nearly all marks, and a report holds tens of thousands.
fn told(over: &[&Mark]) -> Option<String> {
    let classes = joined(over.iter().map(|m| m.class).filter(|class| !["covered", "supported"].contains(class)));
    (!classes.is_empty()).then_some(classes)
}

/// Words once each, in order, as an attribute.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: usize, end: usize, class: &'static str, key: &str) -> Mark {
        Mark { start, end, class, key: key.to_owned() }
    }

    #[test]
    fn overlapping_marks_are_cut_at_their_edges() {
        let text = "提供<20億元>援助";
        let made = marked(
            text,
            &[mark(3, 7, "supported", "q0"), mark(2, 7, "covered", "f1"), mark(7, 8, "contradicted", "f1")],
        )
        .into_string();
        assert_eq!(
            made,
            "提供<mark data-k=\"f1\">&lt;</mark>\
             <mark data-k=\"q0 f1\">20億元</mark>\
             <mark class=\"contradicted\" data-k=\"f1\">&gt;</mark>援助"
        );
    }

    #[test]
    fn marks_outside_the_text_are_left_out() {
        assert_eq!(marked("ab", &[mark(1, 9, "covered", "f0"), mark(2, 2, "covered", "f1")]).into_string(), "ab");
    }

    #[test]
    fn long_texts_are_cut_and_controls_shown() {
        let made = marked(&"x".repeat(MOST + 1), &[]).into_string();
        assert!(made.ends_with("x…") && made.chars().count() == MOST + 1);
        assert_eq!(marked("a\0\u{202e}b\nc", &[]).into_string(), "a␀\u{fffd}b\nc");
    }
}
