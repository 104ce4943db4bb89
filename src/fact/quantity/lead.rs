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
/// Words before an article that counts the measure behind it.
static LED_MEASURE: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("measure_led"));

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

    /// `within a year`, `more than a mile`: an article that counts a time or measure.
    pub(super) fn article_unit(&mut self, at: usize, end: usize) -> Option<usize> {
        let article: &[char] = &self.text[at..end];
        if !matches!(article, ['a'] | ['a', 'n']) {
            return None;
        }
        let (stop, suffix) = SUFFIXES.at(self.text, end + 1)?;
        let Suffix::Unit(unit) = suffix else { return None };
        let text = self.text;
        let word_before = |words: &Forms<()>| at > 0 && text[at - 1] == ' ' && words.before(text, at - 1).is_some();
        let counts = match unit.kind {
            "duration" | "length" | "mass" | "volume" if self.and_part(stop).is_some() => true,
            "duration" => {
                let starts = |w: &&str| rest(text, stop).iter().copied().take(w.len()).eq(w.chars());
                let ago = [" ago", " ear", " lat"].iter().any(starts);
                !ago && (self.alone(at, stop) || word_before(&LED) || [" before ", " after "].iter().any(starts))
            }
            // `more than a mile`, `nearly a ton`; or a text that is nothing else.
            "length" | "area" | "mass" | "volume" | "money" => {
                // `about a KMS key` is no distance.
                let word = stop - end > 3 && self.raw[end + 1].is_lowercase();
                self.alone(at, stop) || word && word_before(&LED_MEASURE)
            }
            _ => false,
        };
        if !counts {
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
