//! Numbers that belong together: ranges and scores.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::change::{self, Change};
use super::cue;
use super::numeral;
use super::scan::Scanner;
use super::unit::{Behind, PREFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{Forms, is_latin, past_spaces, rest, word_at};
use crate::text::script::is_han;

/// Words that follow a score.
static SCORED: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("scored"));

impl Scanner<'_> {
    /// The range that begins with the number read: its ends, where it stops, and its suffix.
    pub(super) fn range(
        &self,
        start: usize,
        end: usize,
        first: Decimal,
        suffix: Option<Behind>,
    ) -> Option<((Decimal, Decimal), usize, Option<Behind>)> {
        let text = self.text;
        let before: String = text[start.saturating_sub(9)..start].iter().collect();
        // `narrowed by €79 million to €184 million` tells a change and a level.
        let sum =
            PREFIXES.at(text, start).is_some() || matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "money");
        let by = before.ends_with("by ");
        // `dropped by 14,000 to 197,000`.
        let moved_by = by && (sum || change::change(text, self.clause, start, end, end, true).0 == Change::By);
        if before.ends_with("from ") && !self.ranges(start)
            || moved_by
            || before.ends_with('由')
            || before.ends_with('从')
            || before.ends_with('自')
        {
            return None;
        }
        let past = suffix.map_or(end, |(stop, _)| stop);
        let low = numeral::read(text, start).and_then(|n| n.value);
        let between = before.ends_with("between ");
        let join = |at: usize| -> Option<usize> {
            match text.get(at)? {
                '至' | '到' | '~' => Some(at + 1),
                // `six- to eight-week`.
                '-' if rest(text, at + 1).starts_with(&[' ', 't', 'o', ' ']) => Some(at + 5),
                '-' => Some(at + 1),
                ' ' => {
                    let rest = rest(text, at + 1);
                    if rest.starts_with(&['t', 'o', ' ']) {
                        Some(at + 4)
                    } else if between && rest.starts_with(&['a', 'n', 'd', ' ']) {
                        Some(at + 5)
                    } else if rest.starts_with(&['-', ' ']) {
                        Some(at + 3)
                    } else if rest.first() == Some(&'-') && rest.get(1).is_some_and(char::is_ascii_digit) {
                        Some(at + 2)
                    } else {
                        None
                    }
                }
                _ => None,
            }
        };
        for at in [end, past] {
            let Some(next) = join(at) else { continue };
            // `2 - ~7 grams`, `between 2.0 l and about 7.0 l`.
            let about = word_at(text, next, "about").map(|end| past_spaces(text, end));
            let next = about.unwrap_or(next + usize::from(text.get(next) == Some(&'~')));
            // `rose 12% to 48%` tells a change and a level.
            if suffix.is_some()
                && at == past
                && text[at] != '-'
                && change::change(text, self.clause, start, past, past, true).0 == Change::By
                && !self.narrow(end, suffix, next)
            {
                return None;
            }
            if suffix.is_some_and(|(_, s)| !matches!(s, Suffix::Unit(u) if u.kind == "money"))
                && PREFIXES.at(text, next).is_some()
            {
                return None;
            }
            let next = PREFIXES.at(text, next).map_or(next, |(stop, _)| stop);
            let c = *text.get(next)?;
            let n = if c.is_ascii_alphabetic() {
                numeral::words(text, next)
            } else {
                (c.is_ascii_digit() || numeral::begins_han(c)).then(|| numeral::read(text, next)).flatten()
            }?;
            let mut stop = n.end;
            let mut high = n.value?;
            let mut factor = numeral::factor(text, next, n.end);
            if let Some((end, times)) = numeral::magnitude(text, stop, false) {
                (high, factor) = (high.checked_mul(times)?, factor.checked_mul(times)?);
                stop = end;
            }
            // 零下十五至二十度: both are below.
            if rest(text, start).starts_with(&['零', '下']) {
                high = -high;
            }
            // 3至5億, `3 to 5 million`: the lower end is told without the magnitude that both have.
            let shared = first < high.checked_div(factor)?;
            let first = if shared { first.checked_mul(factor)? } else { first };
            let later = self.suffix(stop);
            let hyphen = text[at] == '-';
            // `voted 61 to 45` sets two numbers against each other.
            let plain = suffix.is_none() && later.is_none();
            if text[at] == ' ' && (plain || by) && low.is_some_and(|low| high < low) {
                return None;
            }
            // `75 -300mm`: a hyphen at its number alone joins only what a unit and the order bear out.
            if text[at] == ' '
                && text[at + 1] == '-'
                && next == at + 2
                && (later.is_none() || low.is_none_or(|low| low >= high))
            {
                return None;
            }
            let year = |from: usize, to: usize| {
                to - from == 4
                    && text[from..to].iter().all(char::is_ascii_digit)
                    && matches!(text[from], '1' | '2')
                    && low.is_some_and(|n| n >= Decimal::from(1900) && n < Decimal::from(2100))
            };
            if suffix.is_some() && later.is_none() || suffix.is_none() && later.is_some() && year(start, end) {
                return None;
            }
            if hyphen && later.is_none() && text.get(stop).is_some_and(|c| matches!(c, '-' | '/')) {
                return None;
            }
            if text.get(stop) == Some(&'%') || later.is_some() || suffix.is_some() || n.arabic || hyphen {
                let same = match (suffix, later) {
                    (Some((_, a)), Some((_, b))) => a == b,
                    _ => true,
                };
                return same.then_some((
                    (first.min(high), first.max(high)),
                    stop,
                    later.or(suffix.map(|(_, s)| (stop, s))),
                ));
            }
        }
        None
    }

    /// Whether `from` before a place opens a range: it begins the text, or a verb of ranging stands before it.
    fn ranges(&self, start: usize) -> bool {
        let from = self.clause.min(start);
        let before: String = self.text[from.max(start.saturating_sub(40))..start].iter().collect();
        let lead = before.trim_end().trim_end_matches("from").trim();
        let verbs = ["ranging", "range", "ranges", "ranged", "vary", "varies", "varying", "anywhere"];
        lead.is_empty() && self.clause == 0 || verbs.iter().any(|w| lead.ends_with(w))
    }

    /// Whether two percentages lie so near each other that a range is meant (`growth of 3% to 3.5%`), not a change and
    /// the level it led to (`rose 12% to 48%`).
    fn narrow(&self, end: usize, suffix: Option<Behind>, next: usize) -> bool {
        let percent = matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "percent");
        let from = self.text[..end].iter().rposition(|c| !c.is_ascii_digit() && *c != '.').map_or(0, |i| i + 1);
        let low = numeral::digits(self.text, from).and_then(|(_, n)| n);
        let high = numeral::digits(self.text, next).and_then(|(_, n)| n);
        match (percent, low, high) {
            (true, Some(low), Some(high)) => low < high && high <= low * Decimal::TWO,
            _ => false,
        }
    }

    /// `3-1`, 3比1: the score of a match.
    pub(super) fn score(&mut self, start: usize, end: usize, value: Decimal, money: Option<Unit>) -> Option<usize> {
        let text = self.text;
        (money.is_none() && value.fract().is_zero() && value < Decimal::from(1000)).then_some(())?;
        let (next, certain) = match text.get(end)? {
            '比' => (end + 1, true),
            '-' => (end + 1, false),
            _ => return None,
        };
        let n = text
            .get(next)
            .filter(|c| c.is_ascii_digit() || numeral::begins_han(**c))
            .and_then(|_| numeral::read(text, next))?;
        let other = n.value.filter(|v| v.fract().is_zero() && *v < Decimal::from(1000))?;
        let follows = text.get(n.end).copied().unwrap_or(' ');
        if !certain {
            let unit = self.suffix(n.end).is_some()
                || follows == '-'
                || follows == '%'
                || is_latin(follows)
                || is_han(follows);
            let noun = follows == ' ' && self.noun(n.end).is_some_and(|(a, b)| SCORED.at(text, a).is_none() && b > a);
            let digits = end - start;
            let ascending_range = noun && value < other;
            if unit || ascending_range || digits > 3 {
                return None;
            }
        }
        self.push(start, n.end, Value::Score(value, other), Unit::SCORE, "", true);
        Some(n.end)
    }
}
