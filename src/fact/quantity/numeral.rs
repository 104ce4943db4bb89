//! Numerals: digits with their separators, Chinese numerals in every form, English number words.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::fact::forms::{Forms, rest, rows, word_at};
use crate::text::script::is_han;

/// A numeral read from text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numeral {
    /// Just past its last character.
    pub(crate) end: usize,
    /// Its value; `None` where it names none (數百, dozens of) or is beyond what can be held.
    pub(crate) value: Option<Decimal>,
    /// Whether it holds Arabic digits.
    pub(crate) arabic: bool,
    /// Whether 多, 餘 or 來 stands inside it: somewhat more.
    pub(crate) over: bool,
    /// How many characters of numeral it has.
    pub(crate) len: usize,
}

/// The value of a Chinese digit.
fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '两' | '俩' | '倆' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a Chinese unit below ten thousand.
fn small_unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

/// The value of a Chinese unit from ten thousand up. 兆 is a trillion; before an SI unit its reader rejects it.
fn big_unit(c: char) -> Option<u64> {
    Some(match c {
        '万' => 10_000,
        '亿' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

/// Whether a character is a Chinese numeral or unit of number.
pub(crate) fn big(c: char) -> bool {
    digit(c).is_some() || small_unit(c).is_some() || big_unit(c).is_some()
}

/// Whether a character may begin a Chinese numeral.
pub(crate) fn begins_han(c: char) -> bool {
    digit(c).is_some() || small_unit(c).is_some() || matches!(c, '廿' | '卅' | '卌' | '参')
}

/// Digits with grouping commas and a decimal point: the end and the value.
pub(crate) fn digits(text: &[char], start: usize) -> Option<(usize, Option<Decimal>)> {
    let run = |from: usize| rest(text, from).iter().take_while(|c| c.is_ascii_digit()).count();
    let first = run(start);
    if first == 0 {
        return None;
    }
    let mut end = start + first;
    let mut plain: String = if first <= 28 { text[start..end].iter().collect() } else { String::new() };
    if first <= 3 {
        while text.get(end) == Some(&',') && run(end + 1) == 3 && plain.len() < 28 {
            plain.extend(&text[end + 1..end + 4]);
            end += 4;
        }
    }
    if text.get(end) == Some(&'.') && text.get(end + 1).is_some_and(char::is_ascii_digit) {
        let places = run(end + 1);
        if !plain.is_empty() && plain.len() + places <= 28 {
            plain.push('.');
            plain.extend(&text[end + 1..=end + places]);
        } else {
            plain.clear();
        }
        end += 1 + places;
    }
    Some((end, plain.parse().ok()))
}

/// A numeral that begins at `start` with a digit or a Chinese numeral character: `1,200`, `2.3萬億`, `三萬二`, `廿四`.
pub(crate) fn read(text: &[char], start: usize) -> Option<Numeral> {
    let mut state = Sum::default();
    let (mut at, mut arabic, mut over, mut vague) = (start, false, false, false);
    let formal_next = |at: usize| text.get(at + 1).is_some_and(|c| matches!(c, '拾' | '佰' | '仟' | '万' | '亿'));
    while let Some(&c) = text.get(at) {
        if c == ' ' {
            match spaced(text, at, state.last_unit.is_some() && state.digit.is_none()) {
                Some(next) if at > start => at = next,
                _ => break,
            }
            continue;
        }
        if c.is_ascii_digit() {
            if state.digit.is_some() {
                break;
            }
            let (end, value) = digits(text, at)?;
            arabic = true;
            vague |= value.is_none();
            let mut value = value.unwrap_or_default();
            at = end;
            if state.last_unit.is_none()
                && let Some((end, whole)) = scientific(text, at, value).or_else(|| mixed(text, at, value))
            {
                (at, value) = (end, whole);
            }
            state.take(value);
            continue;
        }
        if let Some(d) = digit(c).or_else(|| (c == '参' && formal_next(at)).then_some(3)) {
            if arabic && state.digit.is_some() {
                break;
            }
            if d == 0 && state.digit.is_none() && state.last_unit.is_some() {
                state.zero = true;
            } else {
                vague |= !state.push_digit(d);
            }
        } else if at > start && si_prefixed(text, at) {
            // 11亿千瓦, 5千克: the unit's own prefix.
            break;
        } else if let Some(unit) = small_unit(c) {
            vague |= state.run > 1;
            state.small(unit)?;
        } else if let Some(unit) = match c {
            '廿' => Some(20),
            '卅' => Some(30),
            '卌' => Some(40),
            _ => None,
        } {
            state.small_as(unit);
        } else if let Some(unit) = big_unit(c) {
            if at == start || (c == '兆' && mega(text, at)) {
                break;
            }
            state.big(Decimal::from(unit))?;
        } else if matches!(c, '点') && state.digit.is_some() && text.get(at + 1).copied().and_then(digit).is_some() {
            let places = rest(text, at + 1).iter().map_while(|&c| digit(c)).take(20).collect::<Vec<_>>();
            let clock = text.get(at + 1 + places.len()).is_some_and(|c| matches!(c, '分' | '十' | '刻'));
            if clock || arabic {
                break;
            }
            let mut fraction = Decimal::ZERO;
            for d in places.iter().rev() {
                fraction = (fraction + Decimal::from(*d)) / Decimal::TEN;
            }
            state.take(state.digit.unwrap_or_default() + fraction);
            at += places.len() + 1;
            continue;
        } else if matches!(c, '多' | '余' | '来' | '几') && at > start {
            // 100多萬, 十餘億; 十幾 names no value.
            let past = at + 1 + rest(text, at + 1).iter().take_while(|c| **c == ' ').take(3).count();
            let more = text.get(past).is_some_and(|&c| big_unit(c).is_some());
            if c == '几' && !more {
                vague = true;
            } else if more {
                over = true;
            } else {
                break;
            }
        } else if c == ','
            && at > start
            && state.total > Decimal::ZERO
            && text.get(at + 1).is_some_and(char::is_ascii_digit)
        {
            // 1億2,600萬 needs no comma here; a comma after a big unit ends the numeral.
            break;
        } else {
            break;
        }
        at += 1;
    }
    if at == start {
        return None;
    }
    let value = if vague { None } else { state.value(arabic) };
    Some(Numeral { end: at, value, arabic, over, len: at - start })
}

/// Where a numeral goes on behind spaces: at a unit (7 萬), or, where a unit has been read, at a digit with its own
/// (7萬 5千) or the last one (兩千 四 百 五).
fn spaced(text: &[char], at: usize, open: bool) -> Option<usize> {
    let past = |at: usize| at + rest(text, at).iter().take_while(|c| **c == ' ').take(4).count();
    let unit = |at: usize| text.get(at).is_some_and(|&c| small_unit(c).is_some() || big_unit(c).is_some());
    let more = |at: usize| text.get(at).is_some_and(|c| matches!(c, '多' | '余' | '几')) && unit(past(at + 1));
    let next = past(at);
    let han = at > 0 && !text[at - 1].is_ascii_digit();
    if unit(next) && !si_prefixed(text, next) || more(next) {
        return Some(next);
    }
    let digits = rest(text, next).iter().take_while(|c| c.is_ascii_digit()).take(5).count();
    let behind = past(next + if digits > 0 { digits } else { 1 });
    let single = digits == 0 && text.get(next).is_some_and(|&c| digit(c).is_some());
    let closes = han && single && !text.get(next + 1).is_some_and(|&c| is_han(c) || c.is_ascii_digit());
    (open && ((digits > 0 || single) && unit(behind) || closes)).then_some(next)
}

/// `1e10`, `2^5`: the value with its exponent.
fn scientific(text: &[char], at: usize, value: Decimal) -> Option<(usize, Decimal)> {
    let sign = text.get(at).filter(|c| matches!(c, 'e' | '^'))?;
    let n = rest(text, at + 1).iter().take_while(|c| c.is_ascii_digit()).take(3).count();
    let end = at + 1 + n;
    ((1..=2).contains(&n) && !text.get(end).is_some_and(|c| c.is_alphanumeric())).then_some(())?;
    let power: u32 = text[at + 1..end].iter().collect::<String>().parse().ok()?;
    let base = if *sign == 'e' { Decimal::TEN } else { value };
    let mut result = if *sign == 'e' { value } else { Decimal::ONE };
    for _ in 0..power {
        result = result.checked_mul(base)?;
    }
    Some((end, result))
}

/// `10 1/2`, `2½`: a number with a fraction behind it.
fn mixed(text: &[char], at: usize, value: Decimal) -> Option<(usize, Decimal)> {
    value.fract().is_zero().then_some(())?;
    if let Some(part) = text.get(at).and_then(|c| vulgar(*c)) {
        return Some((at + 1, value + part));
    }
    let from = at + rest(text, at).iter().take_while(|c| **c == ' ').take(3).count();
    (from > at).then_some(())?;
    let (slash, top) = digits(text, from)?;
    (text.get(slash) == Some(&'/')).then_some(())?;
    let (end, bottom) = digits(text, slash + 1)?;
    let (top, bottom) = (top?, bottom?);
    let proper = top < bottom && bottom <= Decimal::ONE_HUNDRED && top > Decimal::ZERO;
    (proper && !text.get(end).is_some_and(|c| matches!(c, '/') || c.is_alphanumeric())).then_some(())?;
    Some((end, value + top.checked_div(bottom)?))
}

/// The value of a fraction written as one character.
pub(crate) fn vulgar(c: char) -> Option<Decimal> {
    Some(match c {
        '½' => Decimal::new(5, 1),
        '¼' => Decimal::new(25, 2),
        '¾' => Decimal::new(75, 2),
        '⅛' => Decimal::new(125, 3),
        '⅜' => Decimal::new(375, 3),
        '⅝' => Decimal::new(625, 3),
        '⅞' => Decimal::new(875, 3),
        '⅓' => Decimal::ONE / Decimal::from(3),
        '⅔' => Decimal::TWO / Decimal::from(3),
        '⅕' => Decimal::new(2, 1),
        _ => return None,
    })
}

/// A decimal without its zero (`.77`), which begins at a point.
pub(crate) fn point(text: &[char], at: usize) -> Option<Numeral> {
    let n = rest(text, at + 1).iter().take_while(|c| c.is_ascii_digit()).count();
    (1..=20).contains(&n).then_some(())?;
    let digits: String = text[at + 1..=at + n].iter().collect();
    Some(Numeral { end: at + 1 + n, value: format!("0.{digits}").parse().ok(), arabic: true, over: false, len: n + 1 })
}

/// Whether 千 or 百 belongs to the unit behind it, as kilo and hecto.
fn si_prefixed(text: &[char], at: usize) -> bool {
    match (text[at], text.get(at + 1)) {
        ('千', Some('瓦' | '克' | '米' | '赫' | '伏' | '卡' | '帕' | '焦')) => true,
        ('千', Some('字')) => text.get(at + 2) == Some(&'节'),
        ('百', Some('帕')) => true,
        _ => false,
    }
}

/// Whether 兆 stands before an SI unit, where it is the prefix mega.
fn mega(text: &[char], at: usize) -> bool {
    text.get(at + 1).is_some_and(|c| matches!(c, '瓦' | '赫' | '帕' | '字' | '焦' | '欧' | '位' | '比'))
}

/// 兩三, 五六百, 七八千萬: two digits in a row that name a range; its ends, and where it stops.
pub(crate) fn neighbours(text: &[char], at: usize) -> Option<(Decimal, Decimal, usize)> {
    let (low, high) = (digit(*text.get(at)?)?, digit(*text.get(at + 1)?)?);
    (low > 0 && low < 9 && high == low + 1).then_some(())?;
    let mut end = at + 2;
    let mut size = Decimal::ONE;
    while let Some(&c) = text.get(end).filter(|_| !si_prefixed(text, end)) {
        let unit = small_unit(c).map(u64::from).or_else(|| big_unit(c));
        let Some(unit) = unit else { break };
        size = size.checked_mul(Decimal::from(unit))?;
        end += 1;
    }
    // 二三〇 is a number told digit by digit, 五六十七 a slip.
    let more = text.get(end).is_some_and(|&c| digit(c).is_some() || c.is_ascii_digit());
    (!more).then_some((Decimal::from(low) * size, Decimal::from(high) * size, end))
}

/// The state of a Chinese numeral half read.
#[derive(Default)]
struct Sum {
    total: Decimal,
    section: Decimal,
    digit: Option<Decimal>,
    run: usize,
    last_unit: Option<Decimal>,
    last_big: Option<Decimal>,
    zero: bool,
    started: bool,
    tail_digit: bool,
}

impl Sum {
    fn take(&mut self, value: Decimal) {
        self.digit = Some(value);
        self.started = true;
        self.tail_digit = false;
    }

    /// Takes a Chinese digit; false where two stand together before a unit would read them apart.
    fn push_digit(&mut self, d: u32) -> bool {
        self.started = true;
        let d = Decimal::from(d);
        self.run += 1;
        self.tail_digit = self.digit.is_none();
        let joined = match self.digit {
            Some(before) => before.checked_mul(Decimal::TEN).and_then(|n| n.checked_add(d)),
            None => Some(d),
        };
        self.digit = joined;
        joined.is_some()
    }

    fn small(&mut self, unit: u32) -> Option<()> {
        let unit = Decimal::from(unit);
        self.section = self.section.checked_add(self.digit.unwrap_or(Decimal::ONE).checked_mul(unit)?)?;
        self.after(unit);
        Some(())
    }

    fn small_as(&mut self, value: u32) {
        self.section += Decimal::from(value);
        self.after(Decimal::TEN);
    }

    fn big(&mut self, unit: Decimal) -> Option<()> {
        self.section = self.section.checked_add(self.digit.unwrap_or_default())?;
        let repeated = self.section.is_zero() && self.last_big == Some(unit);
        if repeated || self.last_big.is_some_and(|last| unit > last) {
            self.total = self.total.checked_add(self.section)?.checked_mul(unit)?;
        } else {
            self.total = self.total.checked_add(self.section.checked_mul(unit)?)?;
        }
        self.section = Decimal::ZERO;
        self.last_big = Some(unit);
        self.after(unit);
        Some(())
    }

    fn after(&mut self, unit: Decimal) {
        self.digit = None;
        self.run = 0;
        self.zero = false;
        self.tail_digit = false;
        self.started = true;
        self.last_unit = Some(unit);
    }

    fn value(&self, arabic: bool) -> Option<Decimal> {
        let mut last = self.digit.unwrap_or_default();
        // 三萬二 is 32,000: a bare tail digit counts in the next lower place.
        if let (Some(unit), true, false, false, 1) = (self.last_unit, self.tail_digit, self.zero, arabic, self.run)
            && unit >= Decimal::ONE_HUNDRED
        {
            last = last.checked_mul(unit / Decimal::TEN)?;
        }
        self.total.checked_add(self.section)?.checked_add(last)
    }
}

/// What an English number word does to the number being read.
#[derive(Debug, Clone, Copy)]
enum Word {
    Plus(u32),
    Times(Decimal),
    /// Only right after digits (`2bn`).
    Suffix(Decimal),
    None,
}

static WORDS: LazyLock<Forms<Word>> = LazyLock::new(|| {
    Forms::new(rows(include_str!("../data/numbers_en.tsv")).map(|row| {
        let value = row[1];
        let word = match value.split_at(1) {
            ("*", n) => Word::Times(n.parse().unwrap_or(Decimal::ONE)),
            ("+", n) => Word::Suffix(n.parse().unwrap_or(Decimal::ONE)),
            ("-", _) => Word::None,
            _ => Word::Plus(value.parse().unwrap_or(0)),
        };
        (row[0], word)
    }))
});

/// An English magnitude after digits: the end and the factor. `m` is a million only where `money` says so.
pub(crate) fn magnitude(text: &[char], at: usize, money: bool) -> Option<(usize, Decimal)> {
    let start = if matches!(text.get(at), Some(' ' | '-')) { at + 1 } else { at };
    match WORDS.at(text, start)? {
        (end, Word::Times(factor)) => {
            // A dozen is no magnitude of digits, but `2 million` and `5 hundred thousand` are.
            Some((end, factor))
        }
        (end, Word::Suffix(factor)) => {
            let bare_m = text[start] == 'm' && end - start == 1;
            let closes = rest(text, end).iter().take(3).all(|c| matches!(c, ' ' | ',' | '.' | ')'));
            let attached = start == at || money || end - start > 1 || closes;
            (attached && (!bare_m || money)).then_some((end, factor))
        }
        _ => None,
    }
}

/// A number written in English words, beginning at `start`: `twenty-six`, `two and a half`, `half a million`.
pub(crate) fn words(text: &[char], start: usize) -> Option<Numeral> {
    let (mut total, mut current): (Decimal, Option<Decimal>) = (Decimal::ZERO, None);
    let mut at = start;
    let mut end = start;
    let skip = |at: usize, form: &str| word_at(text, at, form);
    if let Some(half) = skip(start, "half a").or_else(|| skip(start, "half-a")) {
        // `half a million`; `half a year` is its unit's business.
        let next = half + 1;
        if let Some((end, Word::Times(factor))) = WORDS.at(text, next) {
            return Some(numeral(start, end, Some(factor / Decimal::TWO)));
        }
        return None;
    }
    let article = skip(start, "a").or_else(|| skip(start, "an"));
    if let Some(after) = article {
        match WORDS.at(text, after + 1) {
            Some((stop, Word::Times(factor))) if text.get(after) == Some(&' ') => {
                current = Some(factor);
                end = stop;
                at = stop;
            }
            _ => return None,
        }
        if current == Some(Decimal::from(12)) {
            return Some(numeral(start, end, current));
        }
    }
    loop {
        let next = if at == start { at } else { gap(text, at) };
        if at != start && next == at {
            break;
        }
        match WORDS.at(text, next) {
            Some((stop, Word::Plus(n))) => {
                let n = Decimal::from(n);
                let fits = match current {
                    None => true,
                    Some(c) => {
                        (n < Decimal::TEN
                            && c % Decimal::ONE_HUNDRED >= Decimal::from(20)
                            && (c % Decimal::TEN).is_zero())
                            || (c % Decimal::ONE_HUNDRED).is_zero()
                    }
                };
                if !fits {
                    break;
                }
                current = Some(current.unwrap_or_default() + n);
                (at, end) = (stop, stop);
            }
            Some((stop, Word::Times(factor))) => {
                let Some(c) = current else { break };
                if c.is_zero() && total > Decimal::ZERO && factor >= Decimal::ONE_THOUSAND {
                    // `three thousand million`.
                    total = total.checked_mul(factor)?;
                    (at, end) = (stop, stop);
                    continue;
                }
                if factor > Decimal::ONE_HUNDRED && factor != Decimal::from(12) {
                    total = total.checked_add(c.checked_mul(factor)?)?;
                    current = Some(Decimal::ZERO);
                } else {
                    current = Some(c.checked_mul(factor)?);
                }
                (at, end) = (stop, stop);
            }
            _ => {
                if current.is_some()
                    && let Some((stop, part)) = decimals(text, next)
                {
                    current = current.and_then(|c| c.checked_add(part));
                    end = stop;
                    break;
                }
                let Some(and) = skip(next, "and") else { break };
                if current.is_some()
                    && let Some((stop, part)) = part_of_one(text, gap(text, and))
                {
                    current = current.and_then(|c| c.checked_add(part));
                    end = stop;
                    break;
                }
                let hundred = current.is_some_and(|c| (c % Decimal::ONE_HUNDRED).is_zero());
                if !(hundred && matches!(WORDS.at(text, gap(text, and)), Some((_, Word::Plus(_))))) {
                    break;
                }
                at = and;
            }
        }
    }
    // `two and a half million`.
    let mut value = total.checked_add(current?)?;
    if let Some((stop, factor)) = magnitude(text, end, false)
        && !(value % Decimal::ONE).is_zero()
    {
        value = value.checked_mul(factor)?;
        end = stop;
    }
    (end > start).then(|| numeral(start, end, Some(value)))
}

/// English names of parts, by how many make one.
pub(super) static PARTS: LazyLock<Forms<u32>> = LazyLock::new(|| {
    Forms::new([
        ("half", 2),
        ("halves", 2),
        ("third", 3),
        ("thirds", 3),
        ("quarter", 4),
        ("quarters", 4),
        ("fourth", 4),
        ("fourths", 4),
        ("fifth", 5),
        ("fifths", 5),
        ("sixth", 6),
        ("sixths", 6),
        ("seventh", 7),
        ("sevenths", 7),
        ("eighth", 8),
        ("eighths", 8),
        ("ninth", 9),
        ("ninths", 9),
        ("tenth", 10),
        ("tenths", 10),
        ("hundredth", 100),
        ("hundredths", 100),
        ("thousandth", 1000),
        ("thousandths", 1000),
        ("millionth", 1_000_000),
        ("millionths", 1_000_000),
        ("billionth", 1_000_000_000),
        ("billionths", 1_000_000_000),
        ("twelfth", 12),
        ("twelfths", 12),
        ("twentieth", 20),
        ("twentieths", 20),
    ])
});

/// Past what stands between the words of one number: spaces, and perhaps a hyphen.
pub(crate) fn gap(text: &[char], at: usize) -> usize {
    let spaces = |at: usize| at + rest(text, at).iter().take_while(|c| **c == ' ').take(4).count();
    let hyphen = spaces(at);
    if text.get(hyphen) == Some(&'-') { spaces(hyphen + 1) } else { hyphen }
}

/// `point zero three`, `point seventy-one`: the decimals behind a number in words.
pub(crate) fn decimals(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    let mut end = word_at(text, at, "point")?;
    let mut digits = String::new();
    while let Some((stop, Word::Plus(n))) = WORDS.at(text, gap(text, end)).filter(|_| digits.len() < 12) {
        // `seventy-one` is 71: the tens give way to their digit.
        if n < 10 && digits.len() > 1 && digits.ends_with('0') && text[end] == '-' {
            digits.pop();
        }
        digits.push_str(&n.to_string());
        end = stop;
    }
    if digits.is_empty() {
        let from = gap(text, end);
        let n = rest(text, from).iter().take_while(|c| c.is_ascii_digit()).take(12).count();
        digits = text.get(from..from + n)?.iter().collect();
        end = from + n;
    }
    let value = format!("0.{digits}").parse().ok().filter(|_| !digits.is_empty())?;
    Some((end, value))
}

/// `a half`, `two thirds` behind `and`: what they add.
fn part_of_one(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    let (top, from) = match word_at(text, at, "a").or_else(|| word_at(text, at, "an")) {
        Some(end) => (1, gap(text, end)),
        None => match WORDS.at(text, at)? {
            (end, Word::Plus(n)) if n < 20 => (n, gap(text, end)),
            _ => return None,
        },
    };
    let (end, bottom) = PARTS.at(text, from)?;
    (top < bottom).then(|| Decimal::from(top).checked_div(Decimal::from(bottom)).map(|n| (end, n)))?
}

/// `point 77` and `minus` stand before digits: decimals that begin with the word.
pub(crate) fn point_word(text: &[char], at: usize) -> Option<Numeral> {
    let (end, value) = decimals(text, at)?;
    Some(numeral(at, end, Some(value)))
}

/// Whether `hundreds of`, `dozens`, `several thousand` begin here: a count without a value.
pub(crate) fn vague_words(text: &[char], start: usize) -> Option<usize> {
    static VAGUE: LazyLock<Forms<()>> = LazyLock::new(|| {
        Forms::new(
            ["tens", "dozens", "scores", "hundreds", "thousands", "millions", "billions", "trillions"]
                .iter()
                .map(|w| (*w, ())),
        )
    });
    VAGUE.at(text, start).map(|(end, ())| end)
}

fn numeral(start: usize, end: usize, value: Option<Decimal>) -> Numeral {
    Numeral { end, value, arabic: false, over: false, len: end - start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::forms::fold;

    fn value(text: &str) -> String {
        let chars = fold(text);
        let n = if chars[0].is_ascii_alphabetic() { words(&chars, 0) } else { read(&chars, 0) };
        n.map_or("none".into(), |n| {
            assert_eq!(n.end, chars.len(), "{text}");
            n.value.map_or("vague".into(), |v| v.normalize().to_string())
        })
    }

    #[test]
    fn chinese_numerals_in_every_form() {
        for (text, expected) in [
            ("二十億", "2000000000"),
            ("2.3萬億", "2300000000000"),
            ("12億6,000萬", "1260000000"),
            ("壹佰萬", "1000000"),
            ("參拾貳萬", "320000"),
            ("廿四", "24"),
            ("三萬二", "32000"),
            ("三萬零二", "30002"),
            ("一千零五十", "1050"),
            ("一千五", "1500"),
            ("二〇二五", "2025"),
            ("三點一四", "3.14"),
            ("1萬4000", "14000"),
            ("３２萬", "320000"),
            ("3萬5千億", "3500000000000"),
            ("十五", "15"),
            ("一百二十八", "128"),
            ("十幾", "vague"),
            ("三四十", "vague"),
            ("7兆", "7000000000000"),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn english_number_words() {
        for (text, expected) in [
            ("twenty-six", "26"),
            ("a dozen", "12"),
            ("two dozen", "24"),
            ("half a million", "500000"),
            ("two and a half", "2.5"),
            ("one hundred and five", "105"),
            ("three million two hundred thousand", "3200000"),
            ("two and a half million", "2500000"),
            ("forty", "40"),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }
}
