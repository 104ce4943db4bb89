//! What a number begins with: signs and names of money, articles that count.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::cue;
use super::modifier;
use super::numeral::{self, Numeral};
use super::ratio;
use super::scan::{NOT_NUMBERS, Scanner};
use super::unit::{SUFFIXES, Suffix, Unit};
use crate::fact::forms::{Forms, rest};
use crate::text::script::is_han;

/// Words before an article that counts the time behind it.
static LED: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("article_led"));

impl Scanner<'_> {
    /// Whether `one` counts what follows (`one year`, `one person`) rather than standing for something.
    pub(super) fn counts_one(&self, end: usize) -> bool {
        let rest = self.text.get(end..).unwrap_or(&[]);
        matches!(rest, [' ' | '-', c, ..] if c.is_ascii_alphabetic())
            && (SUFFIXES.at(self.text, end + 1).is_some_and(|(_, s)| matches!(s, Suffix::Unit(_)))
                || ratio::after(
                    self.text,
                    &Numeral { end, value: Some(Decimal::ONE), arabic: false, over: false, len: 3 },
                )
                .is_some())
    }

    /// `within a year`, `for an hour`: an article that counts a time.
    pub(super) fn article_unit(&mut self, at: usize, end: usize) -> Option<usize> {
        let article: &[char] = &self.text[at..end];
        if !matches!(article, ['a'] | ['a', 'n']) {
            return None;
        }
        let (stop, suffix) = SUFFIXES.at(self.text, end + 1)?;
        let Suffix::Unit(unit) = suffix else { return None };
        let led = at > 0 && self.text[at - 1] == ' ' && LED.before(self.text, at - 1).is_some();
        let ago = self
            .text
            .get(stop..stop + 4)
            .is_some_and(|w| matches!(w, [' ', 'a', 'g', 'o'] | [' ', 'e', 'a', 'r'] | [' ', 'l', 'a', 't']));
        let ahead =
            [" before ", " after "].iter().any(|w| rest(self.text, stop).iter().copied().take(w.len()).eq(w.chars()));
        if unit.kind != "duration" || ago || !(ahead || led) {
            return None;
        }
        let n = Numeral { end, value: Some(Decimal::ONE), arabic: false, over: false, len: 1 };
        Some(self.number(at, n, None))
    }

    /// Money written with its sign before the number.
    pub(super) fn prefixed(&mut self, at: usize, end: usize, unit: Unit) -> Option<usize> {
        let start = end + usize::from(self.text.get(end) == Some(&' '));
        let c = *self.text.get(start)?;
        let start_n = match modifier::BEFORE_NUMBER.at(self.text, start) {
            Some((stop, _)) if is_han(c) => stop,
            _ => start,
        };
        let c = *self.text.get(start_n)?;
        if !(c.is_ascii_digit() || numeral::begins_han(c) || matches!(c, '参'))
            || NOT_NUMBERS.at(self.text, start_n).is_some() && !c.is_ascii_digit()
        {
            return None;
        }
        let n = numeral::read(self.text, start_n)?;
        if !n.arabic && n.len < 2 {
            return None;
        }
        Some(self.number(at, n, Some(unit)))
    }
}
