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
use crate::fact::forms::{Forms, is_latin, rest, word_at};
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

/// The number below zero.
fn minus(n: Numeral) -> Numeral {
    Numeral { value: n.value.map(|v| -v), ..n }
}

/// A fraction as a decimal, where it is one of few places.
fn exact(a: Decimal, b: Decimal) -> Option<Decimal> {
    let n = a.checked_div(b)?.normalize();
    (n.scale() <= 4).then_some(n)
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
        self.points();
        self.carry_units();
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
        if let Some(end) = self.negative(at) {
            return end;
        }
        if let Some((end, unit)) = PREFIXES.at(self.text, at) {
            return self.prefixed(at, end, unit).unwrap_or(at + 1);
        }
        if c == '.'
            && !(at > 0 && (is_latin(self.text[at - 1]) || self.text[at - 1] == '.'))
            && let Some(n) = numeral::point(self.text, at)
        {
            return self.number(at, n, None);
        }
        if let Some(part) = numeral::vulgar(c).filter(|_| word_start) {
            let n = Numeral { end: at + 1, value: Some(part), arabic: true, over: false, len: 1 };
            return self.number(at, n, None);
        }
        if !(c.is_ascii_digit() || is_han(c)) {
            return at + 1;
        }
        if c.is_ascii_digit() && !word_start && self.text[at - 1].is_ascii_alphabetic() {
            return self.past_code(at);
        }
        if let Some((end, ())) = NOT_NUMBERS.at(self.text, at)
            // 提高三成 holds no 高三: the first character belongs to a verb.
            && !context::verb_ends(self.text, at + 1)
            && !self.measured_past(at, end)
        {
            return end;
        }
        if let Some((end, ())) = LABELS.at(self.text, at) {
            let spaced = end + usize::from(self.text.get(end) == Some(&' '));
            let number = self.text.get(spaced).is_some_and(|&c| c.is_ascii_digit() || numeral::begins_han(c));
            let label = number.then(|| numeral::read(self.text, spaced)).flatten();
            return label.map_or(end, |n| n.end);
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
        if (half(at) || matches!(c, '一' | '过' | '逾') && half(at + 1))
            && let Some(end) = self.half(at)
        {
            return end;
        }
        // 每千升, 每萬人: a base of a rate, and no number of its own.
        if let Some(end) = self.base_of_rate(at) {
            return end;
        }
        if (c.is_ascii_digit() || numeral::begins_han(c) || c == '参')
            && let Some(n) = numeral::read(self.text, at)
        {
            return self.number(at, n, None);
        }
        at + 1
    }

    /// Past the round number behind 每 and what it counts (每十萬人, 每一萬人, 每千升).
    fn base_of_rate(&self, at: usize) -> Option<usize> {
        let big = |c: &char| matches!(c, '十' | '百' | '千' | '万' | '亿');
        (at > 0 && self.text[at - 1] == '每').then_some(())?;
        let from = at + usize::from(self.text[at] == '一');
        let end = from + rest(self.text, from).iter().take_while(|c| big(c)).count();
        (end > from).then_some(())?;
        let (stop, suffix) = SUFFIXES.at(self.text, end)?;
        // 每十年0.27度 keeps its span, which tells the rate.
        (!matches!(suffix, Suffix::Unit(u) if u.kind == "duration")).then_some(stop)
    }

    /// A number below zero: -5, 負三, 零下5度, `minus five`, `-$3 million`.
    fn negative(&mut self, at: usize) -> Option<usize> {
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
    fn signed_word(&mut self, at: usize) -> Option<usize> {
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

    /// Whether a numeral with its unit reaches past a name that begins as it does: 三公里 holds no 三公.
    fn measured_past(&self, at: usize, end: usize) -> bool {
        // No name is longer than this, nor need its numeral be.
        let near = &self.text[..(end + 8).min(self.text.len())];
        let n = numeral::begins_han(self.text[at]).then(|| numeral::read(near, at)).flatten();
        n.filter(|n| n.value.is_some())
            .and_then(|n| SUFFIXES.at(self.text, n.end))
            .is_some_and(|(stop, suffix)| stop > end && matches!(suffix, Suffix::Unit(_)))
    }

    /// Past a code such as A320, H1N1, COVID-19: letters and digits that name something.
    pub(super) fn past_code(&self, at: usize) -> usize {
        let end = at + rest(self.text, at).iter().take_while(|c| is_latin(**c)).count();
        let digit = |at: usize| self.text.get(at).is_some_and(char::is_ascii_digit);
        // PM2.5, HTML5.1.
        if end > 0 && digit(end - 1) && self.text.get(end) == Some(&'.') && digit(end + 1) {
            return end + 1 + rest(self.text, end + 1).iter().take_while(|c| c.is_ascii_digit()).count();
        }
        end
    }

    /// A word of letters.
    pub(super) fn word(&mut self, at: usize) -> usize {
        let end = at + rest(self.text, at).iter().take_while(|c| is_latin(**c)).count();
        if let Some((stop, unit)) = PREFIXES.at(self.text, at)
            && let Some(stop) = self.prefixed(at, stop, unit)
        {
            return stop;
        }
        // `USD3.14`, `RM42`: the code touches its number.
        let letters = at + rest(self.text, at).iter().take_while(|c| c.is_ascii_alphabetic()).count();
        if letters < end
            && let Some((stop, unit)) = PREFIXES.at(&self.text[..letters], at).filter(|(stop, _)| *stop == letters)
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
        if let Some(stop) = self.signed_word(at) {
            return stop;
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
        if self.text[at..end].iter().any(char::is_ascii_digit) {
            return self.past_code(at);
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
        let ahead =
            [" before ", " after "].iter().any(|w| rest(self.text, stop).iter().copied().take(w.len()).eq(w.chars()));
        if unit.kind != "duration" || ago || !(ahead || led.iter().any(|l| before.ends_with(l))) {
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
            let end = self.ratio(at, fraction);
            if matches!(self.text[at], '过' | '逾')
                && let Some(m) = self.out.last_mut()
            {
                m.modifier = m.modifier.or(Some(context::Modifier::Over));
            }
            return Some(end);
        }
        if next == '数' {
            return Some(self.ratio(at, fraction));
        }
        if next == '百' && at == half && !self.text.get(half + 2).is_some_and(|&c| is_han(c)) {
            let n = Numeral { end: half + 2, value: Some(Decimal::from(50)), arabic: false, over: false, len: 2 };
            return Some(self.number(at, n, None));
        }
        if matches!(before, Some('上' | '下' | '前' | '后' | '大' | '小' | '多' | '年')) {
            return None;
        }
        let (_, Suffix::Unit(unit)) = SUFFIXES.at(self.text, half + 1)? else { return None };
        (!matches!(unit.kind, "money" | "percent" | "count" | "age")).then_some(())?;
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

    /// `a quarter of a percentage point`, `half an hour`: the unit that a fraction is of, and its end.
    fn part_of_unit(&self, end: usize, unit: Unit) -> Option<(usize, Unit)> {
        (unit.kind == "fraction").then_some(())?;
        let article = [" of a ", " of an ", " a ", " an ", "-", " "];
        let form = article.iter().find(|a| rest(self.text, end).iter().copied().take(a.len()).eq(a.chars()))?;
        match SUFFIXES.at(self.text, end + form.len())? {
            (stop, Suffix::Unit(measure)) if !matches!(measure.kind, "percent") => Some((stop, measure)),
            (stop, Suffix::Unit(measure)) if form.len() > 1 => {
                Some((stop, if measure.kind == "percent" { Unit::PERCENT } else { measure }))
            }
            _ => None,
        }
    }

    pub(super) fn ratio(&mut self, start: usize, found: Ratio) -> usize {
        let Ratio { end, mut value, unit, change } = found;
        if let Some((stop, measure)) = self.part_of_unit(end, unit) {
            let value = match value {
                Value::Fraction(a, b) => exact(a, b).map_or(value, Value::Number),
                value => value,
            };
            let modifier = self.modifier_before(start);
            return self.measure(start, stop, modifier, value, measure);
        }
        let clause_end = self.clause_end(end);
        let (from, modifier) = self.modifier_before(start);
        let (said, direction) = context::change(self.text, self.clause, from, end, clause_end, true);
        let (mut kind, mut way) = (said, direction);
        if let Some((by, direction)) = change {
            way = direction;
            kind = if said == Change::To && unit.code == "x" && self.text[end - 1] != '折' { Change::To } else { by };
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
