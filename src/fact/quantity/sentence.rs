//! Where clauses and sentences end.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::cue;
use crate::fact::forms::rest;

/// Words behind which a full stop ends no sentence.
static ABBREVIATIONS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("abbreviation"));

/// Whether a character ends a clause at its place. Commas and points inside numbers do not.
pub(crate) fn ends_clause(text: &[char], at: usize) -> bool {
    match text[at] {
        '，' | '。' | '；' | '：' | '！' | '？' | '\n' | ';' | '!' | '?' | '—' | '…' => true,
        ':' => !text.get(at + 1).is_some_and(char::is_ascii_digit),
        ',' => !(at > 0 && text[at - 1].is_ascii_digit() && text.get(at + 1).is_some_and(char::is_ascii_digit)),
        '.' => ends_sentence(text, at),
        _ => false,
    }
}

/// Whether a full stop ends its sentence: no decimal point, no abbreviation.
pub(crate) fn ends_sentence(text: &[char], at: usize) -> bool {
    match text[at] {
        '。' | '！' | '？' | '\n' | '!' | '?' => true,
        '.' => {
            let next = text.get(at + 1);
            if next.is_some_and(|c| !matches!(c, ' ' | '\n' | '"' | '”' | '\'' | ')')) {
                return false;
            }
            let word = text[..at].iter().rev().take_while(|c| c.is_ascii_alphabetic()).count().min(8);
            let word: String = text[at - word..at].iter().collect();
            let initials = word.len() == 1 && at >= 2 && matches!(text[at - 2], '.' | ' ');
            let abbreviation = ABBREVIATIONS.contains(word.as_str());
            let last = rest(text, at + 1).iter().take(3).all(|c| c.is_whitespace()) && text.len() <= at + 4;
            last || !(initials || abbreviation)
        }
        _ => false,
    }
}
