//! Numbers below zero and decimals that begin with a word or sign of their own.

use super::numeral::{self, Numeral};
use super::scan::{NOT_NUMBERS, Scanner};
use super::unit::PREFIXES;
use crate::fact::forms::word_at;
use crate::text::script::is_han;

/// The number below zero.
fn minus(n: Numeral) -> Numeral {
    Numeral { value: n.value.map(|v| -v), ..n }
}

impl Scanner<'_> {
    /// A number below zero: -5, 負三, 零下5度, `minus five`, `-$3 million`.
    pub(super) fn negative(&mut self, at: usize) -> Option<usize> {
        let text = self.text;
        let lead = match text[at] {
            '-' => {
                // A hyphen between words or numbers is no sign.
                let before = at.checked_sub(1).map(|i| text[i]);
                let spaced = before == Some(' ') && at >= 2 && text[at - 2].is_ascii_digit();
                let open = before.is_none_or(|c| {
                    matches!(c, ' ' | '(' | '，' | '。' | '：' | '、' | '\n' | '"')
                        || is_han(c) && !numeral::big(c) && c != '月' && c != '日' && c != '年'
                });
                let gap = usize::from(at == 0 && text.get(1) == Some(&' '));
                (open && !spaced).then_some(1 + gap)?
            }
            '负' => 1 + usize::from(text.get(at + 1) == Some(&' ')),
            '零' if text.get(at + 1) == Some(&'下') => 2 + usize::from(text.get(at + 2) == Some(&' ')),
            _ => return None,
        };
        let from = at + lead;
        let c = *text.get(from)?;
        if let Some((end, unit)) = PREFIXES.at(text, from).filter(|_| text[at] == '-') {
            let start = end + usize::from(text.get(end) == Some(&' '));
            let n = text.get(start).filter(|c| c.is_ascii_digit()).and_then(|_| numeral::read(text, start))?;
            return Some(self.number(at, minus(n), Some(unit)));
        }
        let n = if c == '.' {
            numeral::point(text, from)?
        } else if c.is_ascii_digit() || text[at] != '-' && numeral::begins_han(c) {
            if text[at] != '-' && NOT_NUMBERS.at(text, from).is_some() {
                return None;
            }
            numeral::read(text, from)?
        } else {
            return None;
        };
        // -2025-09- is part of a code or a date; 负一番 of a word.
        (text.get(n.end) != Some(&'-') && text.get(n.end) != Some(&':')).then_some(())?;
        Some(self.number(at, minus(n), None))
    }

    /// `minus five`, `negative 3`, `point 77`: number words that begin with a word of their own.
    pub(super) fn signed_word(&mut self, at: usize) -> Option<usize> {
        let text = self.text;
        if let Some(n) = numeral::point_word(text, at) {
            return Some(self.number(at, n, None));
        }
        let end = word_at(text, at, "minus").or_else(|| word_at(text, at, "negative"))?;
        let from = end + 1;
        let c = *text.get(from).filter(|_| text[end] == ' ')?;
        let n = if c.is_ascii_digit() { numeral::read(text, from) } else { numeral::words(text, from) }?;
        Some(self.number(at, minus(n), None))
    }
}
