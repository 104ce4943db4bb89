//! Denials: which words of a clause stand under `not`, 未 or a verb that says the contrary of what it governs.
//!
//! Two denials make an assertion (`did not rule out`, 不排除). A verb that says the contrary counts by itself, or right
//! behind a denial; farther off in a denied clause it is a word of its own (`no agreement to bar tankers`).

use std::sync::LazyLock;

use super::forms::{Forms, cell, is_latin, rows, word_at};
use super::page::Clause;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Not,
    Lexical,
    None,
}

static DENIALS: LazyLock<Forms<Kind>> = LazyLock::new(|| {
    Forms::new(rows(include_str!("data/denials.tsv")).flat_map(|row| {
        let kind = match row[0] {
            "not" => Kind::Not,
            "lexical" => Kind::Lexical,
            _ => Kind::None,
        };
        cell(&row, 1).chain(cell(&row, 2)).map(|f| (f, kind)).collect::<Vec<_>>()
    }))
});

/// A denial: where it stands, and the stretch that it turns round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Denial {
    /// The word itself.
    pub(crate) at: (usize, usize),
    from: usize,
    to: usize,
    /// The clause that holds it.
    pub(crate) clause: usize,
}

impl Denial {
    /// Whether it turns round what stands at a place.
    pub(crate) fn covers(&self, start: usize) -> bool {
        self.from <= start && start < self.to
    }
}

/// How far apart a denial and a verb of the contrary may stand to make an assertion together.
const TOGETHER: usize = 3;

/// The denials of a text, in its order.
pub(super) fn denials(text: &[char], clauses: &[Clause]) -> Vec<Denial> {
    let mut out: Vec<Denial> = Vec::new();
    for (i, clause) in clauses.iter().enumerate() {
        let first = out.len();
        let mut at = clause.start;
        while at < clause.end {
            let open = is_latin(text[at]) && at > 0 && is_latin(text[at - 1]);
            let Some((end, kind)) = (!open).then(|| DENIALS.at(text, at)).flatten() else {
                at += 1;
                continue;
            };
            // `world No 3` denies nothing.
            let number =
                text[end - 1] == 'o' && text.get(end..end + 2).is_some_and(|t| t[0] == ' ' && t[1].is_ascii_digit());
            let denial = match kind {
                Kind::None => None,
                Kind::Not if number => None,
                Kind::Not => Some(Denial { at: (at, end), from: end, to: scope_end(text, end, clause.end), clause: i }),
                Kind::Lexical => lexical(text, (at, end), (i, *clause), &out[first..]),
            };
            out.extend(denial);
            at = end;
        }
    }
    out
}

/// A verb of the contrary: what stands behind it, or before it where it is passive.
fn lexical(text: &[char], at: (usize, usize), (i, clause): (usize, Clause), before: &[Denial]) -> Option<Denial> {
    let denied = before.iter().find(|d| d.covers(at.0));
    if denied.is_some_and(|d| at.0 - d.at.1 > TOGETHER) {
        return None;
    }
    let head: String = text[at.0.saturating_sub(8).max(clause.start)..at.0].iter().collect();
    let head = head.trim_end();
    let passive = [" was", " were", " been", " is", " are", " be", " being", "被", "遭", "遭到", "获"]
        .iter()
        .any(|w| head.ends_with(w));
    Some(match passive {
        true => Denial { at, from: clause.start, to: at.0, clause: i },
        false => {
            let end = scope_end(text, at.1, clause.end);
            // Of points that a list sets side by side, a verb governs its own.
            let to = (at.1..end).find(|&at| text[at] == '、').unwrap_or(end);
            Denial { at, from: at.1, to, clause: i }
        }
    })
}

/// Words with which English turns from what is denied to something else.
const ENDS: [&str; 16] = [
    "but", "while", "although", "though", "despite", "because", "when", "after", "before", "until", "since", "who",
    "which", "and", "as", "if",
];
/// How many characters an English denial reaches.
const FARTHEST: usize = 64;

/// Where a clause turns to what is asserted (`not X but Y`).
fn scope_end(text: &[char], from: usize, end: usize) -> usize {
    let turns = |at: usize| {
        matches!(text[at], '但' | '却')
            || text[at] == '而' && text.get(at + 1) == Some(&'是')
            || (text[at] == ' '
                && (ENDS.iter().any(|w| word_at(text, at + 1, w).is_some())
                    || matches!(text.get(at + 1), Some('\'' | '`' | '"' | '“'))))
    };
    let latin = text.get(from.saturating_sub(1)).is_some_and(|c| is_latin(*c));
    let end = if latin { end.min(from + FARTHEST) } else { end };
    (from..end).find(|&at| turns(at)).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use crate::fact::page::Page;
    use crate::fact::quantity::Locale;
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Support, Verdict};

    /// Whether the last word of a text is denied.
    fn denied(text: &str) -> bool {
        let page = Page::new(text, Locale::plain("CNY"));
        page.terms.last().expect("a word").denied
    }

    #[test]
    fn two_denials_make_an_assertion() {
        for (text, expected) in [
            ("The board will raise fares", false),
            ("The board will not raise fares", true),
            ("The board ruled out higher fares", true),
            ("The board did not rule out higher fares", false),
            ("Not only the board raised fares", false),
            ("The board raised no fares but cut services", false),
            ("董事會不會調高票價", true),
            ("董事會排除調高票價", true),
            ("董事會不排除調高票價", false),
            ("董事會不僅調高票價", false),
            ("並非董事會而是市府調高票價", false),
        ] {
            assert_eq!(denied(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_one_side_denies_contradicts() {
        for (claim, told, expected) in [
            ("The museum will not charge admission", "The museum will not be charging admission.", Verdict::Covered),
            ("The museum will not charge admission", "The museum will charge admission.", Verdict::Contradicted),
            ("The museum will charge admission", "The museum will not charge admission.", Verdict::Contradicted),
            ("博物館不收門票", "博物館將收門票。", Verdict::Contradicted),
            ("市長排除調高車資", "市長表示不會調高車資。", Verdict::Covered),
        ] {
            let fact: Fact = serde_json::from_value(serde_json::json!({"id": "a", "kind": "point", "claim": claim}))
                .expect("a fact");
            let report = Prepared::new(&Context::default(), &[fact]).check(told, None);
            assert_eq!(report.facts[0].verdict, expected, "{claim} / {told}");
        }
    }

    #[test]
    fn a_figure_of_the_contrary_is_not_borne_out() {
        let source = "Officials said 92% of the patients were unvaccinated.";
        for (told, expected) in [
            ("Of the patients, 92% were unvaccinated.", Support::Supported),
            ("Of the patients, 92% were not vaccinated.", Support::Supported),
            ("Of the patients, 92% were vaccinated.", Support::Unsupported),
        ] {
            let context = Context { source: Some(source), ..Context::default() };
            let report = Prepared::new(&context, &[]).check(told, None);
            assert_eq!(report.quantities.expect("figures")[0].verdict, expected, "{told}");
        }
    }
}
