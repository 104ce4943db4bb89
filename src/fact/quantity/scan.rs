//! The pass over a text that finds its quantities.

use std::collections::HashSet;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::change;
use super::cue;
use super::modifier;
use super::numeral::{self, Numeral};
use super::ratio;
use super::sentence::ends_clause;
use super::unit::{PREFIXES, SUFFIXES, Suffix, Unit};
use super::value::Value;
use super::{Locale, Mention};
use crate::fact::date;
use crate::fact::forms::{Forms, is_latin, rest};
use crate::text::script::is_han;

/// Names and idioms that hold a numeral.
pub(super) static NOT_NUMBERS: LazyLock<Forms<()>> = LazyLock::new(|| {
    let lines =
        include_str!("../data/zh_not_numbers.txt").lines().chain(include_str!("../data/en_not_numbers.txt").lines());
    Forms::new(lines.filter(|l| !l.starts_with('#')).map(|l| (l.trim(), ())))
});

/// What a number after these words names no quantity: index names, labels.
static LABELS: LazyLock<Forms<()>> = LazyLock::new(|| {
    Forms::new(include_str!("../data/labels.txt").lines().filter(|l| !l.starts_with('#')).map(|l| (l.trim(), ())))
});

/// Words before a hyphen and digits that make no name of them.
static NOT_NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("not_name"));

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
        self.partitives();
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
            && !change::verb_ends(self.text, at + 1)
            && !self.measured_past(at, end)
            && !self.measured_behind(at, end)
            && !self.goes_on(end)
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
        if let Some(end) = self.version(at) {
            return end;
        }
        if let Some(end) = self.time(at) {
            return end;
        }
        if let Some((end, day)) = reader.at(at).or_else(|| c.is_ascii_digit().then(|| reader.day_month(at)).flatten()) {
            return self.date(at, end, day);
        }
        if c == '第' {
            return self.ordinal(at);
        }
        if (matches!(c, '数' | '几' | '好')
            || c == '上' && !(at > 0 && matches!(self.text[at - 1], '晚' | '早' | '以')))
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
        // 萬分之五, 億分之一, 萬餘人, 近萬人.
        if matches!(c, '万' | '亿') && self.stands_alone(at) {
            let value = Decimal::from(if c == '万' { 10_000 } else { 100_000_000 });
            return self.number(
                at,
                Numeral { end: at + 1, value: Some(value), arabic: false, over: false, len: 1 },
                None,
            );
        }
        if (c.is_ascii_digit() || numeral::begins_han(c) || c == '参')
            && let Some(n) = numeral::read(self.text, at)
        {
            // 陸家, 伍家: a numeral of documents counts nothing by itself; the character is a name here.
            if n.len == 1
                && numeral::formal(c)
                && matches!(SUFFIXES.at(self.text, n.end), Some((_, Suffix::Classifier(..))))
            {
                return n.end;
            }
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

    /// Whether the numeral that ends a name is the head of a larger one: 最高三萬 holds no 高三.
    fn goes_on(&self, end: usize) -> bool {
        numeral::begins_han(self.text[end - 1])
            && self.text.get(end).is_some_and(|c| matches!(c, '千' | '万' | '亿' | '兆'))
    }

    /// Whether a numeral reaches past a name that begins as it does: 三公里 holds no 三公, 一點五億 no 一點.
    fn measured_past(&self, at: usize, end: usize) -> bool {
        // No name is longer than this, nor need its numeral be.
        let near = &self.text[..(end + 8).min(self.text.len())];
        let n = numeral::begins_han(self.text[at]).then(|| numeral::read(near, at)).flatten();
        let Some(n) = n.filter(|n| n.value.is_some()) else { return false };
        let next = self.text.get(n.end);
        let decimals = self.text[end - 1] == '点' && n.end > end && !matches!(next, Some('点' | '滴'));
        let unit = SUFFIXES.at(self.text, n.end);
        decimals || unit.is_some_and(|(stop, suffix)| stop > end && matches!(suffix, Suffix::Unit(_)))
    }

    /// Whether 萬 or 億 without a number before it is one: of parts, with 餘 or a bound about it.
    fn stands_alone(&self, at: usize) -> bool {
        let behind = rest(self.text, at + 1);
        let more = matches!(behind, ['余' | '多', ..]) && self.suffix(at + 2).is_some();
        let bound = matches!(modifier::before(self.text, at), Some((from, _)) if from < at);
        behind.starts_with(&['分', '之']) || more || bound && self.suffix(at + 1).is_some()
    }

    /// Whether the numeral that ends a name has a unit of measure behind it: 身高一米七 holds no 高一.
    fn measured_behind(&self, at: usize, end: usize) -> bool {
        let numeral = !numeral::begins_han(self.text[at]) && numeral::begins_han(self.text[end - 1]);
        let unit = SUFFIXES.at(self.text, end).map(|(_, suffix)| suffix);
        numeral
            && matches!(unit, Some(Suffix::Unit(u)) if matches!(u.kind, "length" | "mass" | "money" | "temperature"))
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

    /// Whether a text holds nothing but what stands between two places.
    pub(super) fn alone(&self, start: usize, end: usize) -> bool {
        self.text[..start].iter().chain(rest(self.text, end)).all(|c| c.is_whitespace())
    }

    /// Past a version or network address (17.4.1, 192.168.0.1), unless it is a date.
    fn version(&self, at: usize) -> Option<usize> {
        let run = |at: usize| at + rest(self.text, at).iter().take_while(|c| c.is_ascii_digit()).count();
        let (mut end, mut groups) = (run(at), 1);
        (end > at).then_some(())?;
        while self.text.get(end) == Some(&'.') && run(end + 1) > end + 1 {
            (end, groups) = (run(end + 1), groups + 1);
        }
        let date = || date::Reader { text: self.text, raw: self.raw, base: None }.at(at).is_some();
        // 10.0.0.0/24, 1.26.12-2024.
        let mut stop = end;
        while matches!(self.text.get(stop), Some('/' | '-' | '+'))
            && self.text.get(stop + 1).is_some_and(|&c| is_latin(c))
        {
            stop += 1 + rest(self.text, stop + 1).iter().take_while(|c| is_latin(**c)).count();
        }
        (groups > 2 && !date()).then_some(stop)
    }

    /// Past the further groups of a code, each a hyphen and digits.
    fn past_hyphens(&self, at: usize) -> usize {
        let mut end = at;
        while self.text.get(end) == Some(&'-') && self.text.get(end + 1).is_some_and(char::is_ascii_digit) {
            end = self.past_code(end + 1);
        }
        end
    }

    /// Past an address of the web, whose numbers count nothing.
    fn address(&self, at: usize) -> Option<usize> {
        let text = rest(self.text, at);
        matches!(text, ['h', 't', ..] | ['w', 'w', ..]).then_some(())?;
        let led = ["http://", "https://", "www."].iter().any(|w| text.iter().copied().take(w.len()).eq(w.chars()));
        led.then(|| at + text.iter().take_while(|c| !c.is_whitespace() && !is_han(**c)).count())
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
            let number = numeral::digits(self.text, spaced);
            // `the platform 3.44 billion yuan`: a sum is no label.
            if number.is_some_and(|(past, _)| numeral::magnitude(self.text, past, false).is_some()) {
                return stop;
            }
            let number = self.version(spaced).or_else(|| number.map(|(end, _)| end));
            // `Boeing 737-800`.
            return number.map_or(stop, |end| self.past_hyphens(end));
        }
        let reader = date::Reader { text: self.text, raw: self.raw, base: self.locale.base };
        if let Some((stop, day)) = reader.at(at) {
            return self.date(at, stop, day);
        }
        if let Some(stop) = self.address(at) {
            return stop;
        }
        if self.text.get(end..end + 5) == Some(&[' ', 'o', 'f', ' ', 'a'])
            && let Some(found) = ratio::part_of_measure(self.text, at)
        {
            return self.ratio(at, found);
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
        if let Some(n) = numeral::half_of(self.text, at) {
            return self.number(at, n, None);
        }
        if let Some(found) = ratio::part(self.text, at) {
            return self.ratio(at, found);
        }
        if let Some(stop) = self.article_unit(at, end) {
            return stop;
        }
        if let Some(n) = numeral::words(self.text, at) {
            let one = n.value == Some(Decimal::ONE);
            if one && !self.counts_one(n.end) && !self.alone(at, n.end) {
                return n.end;
            }
            return self.number(at, n, None);
        }
        if self.text[at..end].iter().any(char::is_ascii_digit) {
            // SCP2-173m is one code.
            let stop = self.past_hyphens(end);
            return if stop > end { stop } else { self.past_code(at) };
        }
        // `COVID-19`, `F-16`: the digits belong to the name.
        if self.text.get(end) == Some(&'-') && self.text.get(end + 1).is_some_and(char::is_ascii_digit) {
            let word: String = self.text[at..end].iter().collect();
            if !NOT_NAMES.contains(word.as_str()) {
                return self.past_code(end + 1);
            }
        }
        end
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
        // 第1至3季, 第三、四名: a span of places.
        if matches!(self.text.get(n.end), Some('至' | '到' | '-' | '、'))
            && let Some(last) = self.text.get(n.end + 1).filter(|c| c.is_ascii_digit() || numeral::begins_han(**c))
            && let Some(last) = numeral::read(self.text, n.end + usize::from(*last != ' '))
        {
            return SUFFIXES.at(self.text, last.end).map_or(last.end, |(stop, _)| stop);
        }
        if let Some(value) = n.value {
            self.push(at, end, Value::Number(value), Unit::ORDINAL, noun, false);
        }
        end
    }
}
