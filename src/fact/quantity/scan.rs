//! The pass over a text that finds its quantities.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::context::{self, Change};
use super::numeral::{self, Numeral};
use super::ratio::{self, Ratio};
use super::unit::{PREFIXES, SUFFIXES, Suffix, Unit};
use super::value::Value;
use super::{Locale, Mention};
use crate::fact::date;
use crate::fact::forms::{Forms, is_latin, rest};
use crate::text::script::is_han;

static NOT_NUMBERS: LazyLock<Forms<()>> = LazyLock::new(|| {
    let lines =
        include_str!("../data/zh_not_numbers.txt").lines().chain(include_str!("../data/en_not_numbers.txt").lines());
    Forms::new(lines.filter(|l| !l.starts_with('#')).map(|l| (l.trim(), ())))
});

/// What a number after these words names no quantity: index names, labels.
static LABELS: LazyLock<Forms<()>> = LazyLock::new(|| {
    Forms::new(include_str!("../data/labels.txt").lines().filter(|l| !l.starts_with('#')).map(|l| (l.trim(), ())))
});

/// Finds the quantities of one text.
pub(crate) struct Scanner<'t> {
    pub(super) text: &'t [char],
    pub(super) raw: &'t [char],
    pub(super) locale: Locale,
    pub(super) out: Vec<Mention>,
    /// Where the clause that is being read began.
    pub(super) clause: usize,
    /// Where it ends, once looked for.
    pub(super) clause_end: usize,
}

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
            let abbreviation = matches!(
                word.as_str(),
                "mr" | "mrs"
                    | "ms"
                    | "dr"
                    | "prof"
                    | "gen"
                    | "sen"
                    | "rep"
                    | "gov"
                    | "st"
                    | "jr"
                    | "sr"
                    | "inc"
                    | "ltd"
                    | "co"
                    | "corp"
                    | "vs"
                    | "no"
                    | "sept"
                    | "oct"
                    | "nov"
                    | "dec"
                    | "jan"
                    | "feb"
                    | "aug"
                    | "approx"
                    | "lt"
                    | "col"
                    | "rev"
            );
            let last = rest(text, at + 1).iter().take(3).all(|c| c.is_whitespace()) && text.len() <= at + 4;
            last || !(initials || abbreviation)
        }
        _ => false,
    }
}

impl<'t> Scanner<'t> {
    /// A scanner of a folded text; `raw` is the text as given.
    pub(crate) fn new(text: &'t [char], raw: &'t [char], locale: Locale) -> Self {
        Scanner { text, raw, locale, out: Vec::new(), clause: 0, clause_end: 0 }
    }

    /// All mentions, in text order.
    pub(crate) fn mentions(mut self) -> Vec<Mention> {
        let mut at = 0;
        while at < self.text.len() {
            if ends_clause(self.text, at) {
                self.clause = at + 1;
            }
            at = self.step(at).max(at + 1);
        }
        self.out
    }

    /// The end of the clause that holds a place.
    pub(super) fn clause_end(&mut self, at: usize) -> usize {
        if self.clause_end < at {
            let end = (at..self.text.len()).find(|&i| ends_clause(self.text, i)).unwrap_or(self.text.len());
            self.clause_end = end;
        }
        self.clause_end
    }

    /// Reads what stands at a place, and says where to go on.
    pub(super) fn step(&mut self, at: usize) -> usize {
        let c = self.text[at];
        let word_start = at == 0 || !is_latin(self.text[at - 1]);
        if c.is_ascii_alphabetic() {
            return if word_start { self.word(at) } else { at + 1 };
        }
        if let Some((end, unit)) = PREFIXES.at(self.text, at) {
            return self.prefixed(at, end, unit).unwrap_or(at + 1);
        }
        if !(c.is_ascii_digit() || is_han(c)) {
            return at + 1;
        }
        if c.is_ascii_digit() && !word_start && self.text[at - 1].is_ascii_alphabetic() {
            return self.past_code(at);
        }
        if let Some((end, ())) = NOT_NUMBERS.at(self.text, at) {
            return end;
        }
        if let Some((end, ())) = LABELS.at(self.text, at) {
            let spaced = end + usize::from(self.text.get(end) == Some(&' '));
            return numeral::digits(self.text, spaced).map_or(end, |(end, _)| end);
        }
        let reader = date::Reader { text: self.text, raw: self.raw, base: self.locale.base };
        if let Some(end) = self.time(at) {
            return end;
        }
        if let Some((end, day)) = reader.at(at).or_else(|| c.is_ascii_digit().then(|| reader.day_month(at)).flatten()) {
            return self.date(at, end, day);
        }
        if c == '第' {
            return self.ordinal(at);
        }
        if matches!(c, '数' | '几' | '上' | '好')
            && self.text.get(at + 1).is_some_and(|c| matches!(c, '十' | '百' | '千' | '万' | '亿'))
        {
            let mut end = at + 1;
            while self.text.get(end).is_some_and(|c| matches!(c, '十' | '百' | '千' | '万' | '亿')) {
                end += 1;
            }
            return end;
        }
        if let Some(found) = ratio::word(self.text, at) {
            return self.ratio(at, found);
        }
        let half = |at: usize| self.text.get(at) == Some(&'半');
        if (half(at) || matches!(c, '一' | '过') && half(at + 1))
            && let Some(end) = self.half(at)
        {
            return end;
        }
        if (c.is_ascii_digit() || numeral::begins_han(c) || c == '参')
            && let Some(n) = numeral::read(self.text, at)
        {
            return self.number(at, n, None);
        }
        at + 1
    }

    /// Past a code such as A320, H1N1, COVID-19: letters and digits that name something.
    pub(super) fn past_code(&self, at: usize) -> usize {
        at + rest(self.text, at).iter().take_while(|c| is_latin(**c)).count()
    }

    /// A word of letters.
    pub(super) fn word(&mut self, at: usize) -> usize {
        let end = at + rest(self.text, at).iter().take_while(|c| is_latin(**c)).count();
        if let Some((stop, unit)) = PREFIXES.at(self.text, at)
            && let Some(stop) = self.prefixed(at, stop, unit)
        {
            return stop;
        }
        if let Some((stop, ())) = LABELS.at(self.text, at) {
            let spaced = stop + usize::from(matches!(self.text.get(stop), Some(' ' | '-')));
            return numeral::digits(self.text, spaced).map_or(stop, |(stop, _)| stop);
        }
        let reader = date::Reader { text: self.text, raw: self.raw, base: self.locale.base };
        if let Some((stop, day)) = reader.at(at) {
            return self.date(at, stop, day);
        }
        if let Some((stop, ())) = NOT_NUMBERS.at(self.text, at) {
            return stop;
        }
        // A prefix that is no currency sign still may touch its number: `NT$5`, `us$5` were tried before.
        if let Some(stop) = numeral::vague_words(self.text, at) {
            return stop;
        }
        if let Some(found) = ratio::word(self.text, at) {
            return self.ratio(at, found);
        }
        if let Some(found) = ratio::part(self.text, at) {
            return self.ratio(at, found);
        }
        if let Some(stop) = self.article_unit(at, end) {
            return stop;
        }
        if let Some(n) = numeral::words(self.text, at) {
            let one = n.value == Some(Decimal::ONE);
            if one && !self.counts_one(n.end) {
                return n.end;
            }
            return self.number(at, n, None);
        }
        // `COVID-19`, `F-16`: the digits belong to the name.
        if self.text.get(end) == Some(&'-') && self.text.get(end + 1).is_some_and(char::is_ascii_digit) {
            let word: String = self.text[at..end].iter().collect();
            if !matches!(word.as_str(), "mid" | "pre" | "post" | "to" | "of" | "end" | "a" | "by" | "under" | "over") {
                return end + 1 + rest(self.text, end + 1).iter().take_while(|c| is_latin(**c)).count();
            }
        }
        end
    }

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
        let before: String = self.text[at.saturating_sub(8)..at].iter().collect();
        let led =
            ["within ", "in ", "for ", "over ", "after ", "than ", "about ", "nearly ", "every ", "under ", "almost "];
        let ago = self
            .text
            .get(stop..stop + 4)
            .is_some_and(|w| matches!(w, [' ', 'a', 'g', 'o'] | [' ', 'e', 'a', 'r'] | [' ', 'l', 'a', 't']));
        if unit.kind != "duration" || ago || !led.iter().any(|l| before.ends_with(l)) {
            return None;
        }
        let n = Numeral { end, value: Some(Decimal::ONE), arabic: false, over: false, len: 1 };
        Some(self.number(at, n, None))
    }

    /// Money written with its sign before the number.
    pub(super) fn prefixed(&mut self, at: usize, end: usize, unit: Unit) -> Option<usize> {
        let start = end + usize::from(self.text.get(end) == Some(&' '));
        let c = *self.text.get(start)?;
        let start_n = match context::BEFORE_NUMBER.at(self.text, start) {
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

    /// Half: 半年, 一半, 半數, 過半.
    pub(super) fn half(&mut self, at: usize) -> Option<usize> {
        let half = rest(self.text, at).iter().position(|&c| c == '半')? + at;
        let next = self.text.get(half + 1).copied().unwrap_or(' ');
        let before = at.checked_sub(1).map(|i| self.text[i]);
        let fraction = Ratio {
            end: half + 1 + usize::from(next == '数'),
            value: Value::Fraction(Decimal::ONE, Decimal::TWO),
            unit: Unit::FRACTION,
            change: None,
        };
        if half > at {
            // 一半, 過半.
            if self.text[at] == '过' && matches!(next, '百' | '生' | '夜') {
                return None;
            }
            return Some(self.ratio(at, fraction));
        }
        if next == '数' {
            return Some(self.ratio(at, fraction));
        }
        if matches!(before, Some('上' | '下' | '前' | '后' | '大' | '小' | '多' | '年')) {
            return None;
        }
        let (_, Suffix::Unit(unit)) = SUFFIXES.at(self.text, half + 1)? else { return None };
        (unit.kind == "duration" || unit.kind == "length").then_some(())?;
        let n = Numeral { end: half + 1, value: Some(Decimal::new(5, 1)), arabic: false, over: false, len: 1 };
        Some(self.number(at, n, None))
    }

    pub(super) fn date(&mut self, start: usize, end: usize, day: date::Day) -> usize {
        self.push(start, end, Value::Date(day), Unit::DATE, "", day.is_listed());
        end
    }

    /// 第 with its numeral and measure word: a place in an order, never a quantity.
    pub(super) fn ordinal(&mut self, at: usize) -> usize {
        let Some(n) = self.text.get(at + 1).and_then(|_| numeral::read(self.text, at + 1)) else { return at + 1 };
        let mut end = n.end;
        let mut noun = "";
        match SUFFIXES.at(self.text, end) {
            Some((stop, Suffix::Classifier(counted, _))) => (end, noun) = (stop, counted),
            Some((stop, Suffix::Unit(unit))) if unit.kind == "duration" => end = stop,
            _ => {}
        }
        if let Some(value) = n.value {
            self.push(at, end, Value::Number(value), Unit::ORDINAL, noun, false);
        }
        end
    }

    pub(super) fn ratio(&mut self, start: usize, found: Ratio) -> usize {
        let Ratio { end, mut value, unit, change } = found;
        let clause_end = self.clause_end(end);
        let (from, modifier) = self.modifier_before(start);
        let (said, direction) = context::change(self.text, self.clause, from, end, clause_end, true);
        let (mut kind, mut way) = (said, direction);
        if let Some((by, direction)) = change {
            way = direction;
            kind = if said == Change::To && unit.code == "x" { Change::To } else { by };
        } else if unit.code == "x"
            && let Value::Number(n) = value
        {
            // 增加兩倍 is three times as much; 增至三倍 is three times.
            if said == Change::By && self.text[end - 1] == '倍' {
                value = Value::Number(n + Decimal::ONE);
            }
            kind = if matches!(said, Change::By | Change::To) { Change::By } else { Change::Level };
        }
        self.push_full(start, end, (from, modifier), value, unit, "", None, (kind, way), true);
        end
    }
}
