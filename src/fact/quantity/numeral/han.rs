//! Chinese numerals: 大寫, 廿, 萬 and 億, bare tails, digits among them.

use rust_decimal::Decimal;

use super::Numeral;
use super::digits::{digits, mixed, scientific};
use crate::fact::forms::{past_spaces, rest};
use crate::text::script::is_han;

/// The value of a Chinese digit.
pub(crate) fn digit(c: char) -> Option<u32> {
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
pub(super) fn small_unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

/// The value of a Chinese unit from ten thousand up. 兆 is a trillion; before an SI unit its reader rejects it.
pub(super) fn big_unit(c: char) -> Option<u64> {
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

/// The value of a character as one decimal place: a digit, Chinese or Arabic; 兩 is none.
pub(crate) fn place(c: char) -> Option<u32> {
    if c == '两' { None } else { digit(c).or_else(|| c.to_digit(10)) }
}

/// Whether a character is a digit of the kind that documents are written with and that is a word or surname besides.
pub(crate) fn formal(c: char) -> bool {
    matches!(c, '陆' | '伍' | '柒' | '捌' | '玖' | '肆')
}

/// Whether a character may begin a Chinese numeral.
pub(crate) fn begins_han(c: char) -> bool {
    digit(c).is_some() || small_unit(c).is_some() || matches!(c, '廿' | '卅' | '卌' | '参')
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
            // 3萬5 is 35,000, told with digits.
            let closes = !text
                .get(past_spaces(text, end))
                .is_some_and(|&c| big(c) || is_han(c) && !matches!(c, '的' | '元' | '以' | '起'));
            if end == at + 1
                && closes
                && text[at - usize::from(at > start)] != ' '
                && let (Some(last), Some(digit)) = (state.last_big, value)
                && state.section.is_zero()
                && state.last_unit == Some(last)
                && let Some(worth) = digit.checked_mul(last / Decimal::TEN)
            {
                arabic = true;
                state.take(worth);
                at = end;
                continue;
            }
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
            if arabic && state.digit.is_some() || c == '两' && at > start && !counted(text, at) {
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
        } else if c == '点' && at > start && !arabic {
            let Some((end, fraction)) = decimals(text, at) else { break };
            state.tail();
            state.take(state.digit.unwrap_or_default() + fraction);
            at = end;
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
    // 三萬二 is 32,000: a bare tail digit counts in the next lower place.
    if !arabic {
        state.tail();
    }
    let value = if vague { None } else { state.value() };
    Some(Numeral { end: at, value, arabic, over, len: at - start })
}

/// The product of the units that a numeral ends with, where 萬 or more is among them.
pub(super) fn factor(numeral: &[char]) -> Option<Decimal> {
    let unit = |c: &char| small_unit(*c).map(u64::from).or_else(|| big_unit(*c));
    let units = numeral.iter().rev().take_while(|c| unit(c).is_some()).count();
    let tail = &numeral[numeral.len() - units..];
    (units < numeral.len() && tail.iter().any(|c| big_unit(*c).is_some())).then_some(())?;
    tail.iter().filter_map(unit).try_fold(Decimal::ONE, |product, n| product.checked_mul(Decimal::from(n)))
}

/// Whether 兩 behind a place in a numeral counts a unit of number (三千兩百) and is no unit of mass (二兩).
fn counted(text: &[char], at: usize) -> bool {
    text.get(at + 1).is_some_and(|&c| small_unit(c).is_some() || big_unit(c).is_some())
}

/// The decimals behind 點 (十點二三), spaces among them where all is spaced (四百 點 五); no minutes of an hour.
fn decimals(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    let from = past_spaces(text, at + 1);
    // 兩 counts, and is no digit among decimals.
    let places: Vec<u32> =
        rest(text, from).iter().take_while(|c| **c != '两').map_while(|&c| digit(c)).take(20).collect();
    let end = from + places.len();
    let next = text.get(past_spaces(text, end));
    let span = rest(text, end).starts_with(&['分', '钟']);
    let clock = !span && next.is_some_and(|c| matches!(c, '分' | '十' | '刻'));
    // 四點 五個人 are no decimals; 四點 五個百分點 and 六 點 五 成 are.
    let apart = from > at + 1
        && at > 0
        && text[at - 1] != ' '
        && !rest(text, end).starts_with(&['个', '百', '分'])
        && next.is_some_and(|&c| is_han(c));
    (!places.is_empty() && !clock && !apart).then_some(())?;
    let fraction = places.iter().rev().fold(Decimal::ZERO, |sum, d| (sum + Decimal::from(*d)) / Decimal::TEN);
    Some((end, fraction))
}

/// Where a numeral goes on behind spaces: at a unit (7 萬), or, where a unit has been read, at a digit with its own
/// (7萬 5千) or the last one (兩千 四 百 五).
fn spaced(text: &[char], at: usize, open: bool) -> Option<usize> {
    let past = |at: usize| past_spaces(text, at);
    let unit = |at: usize| text.get(at).is_some_and(|&c| small_unit(c).is_some() || big_unit(c).is_some());
    let more = |at: usize| text.get(at).is_some_and(|c| matches!(c, '多' | '余' | '几')) && unit(past(at + 1));
    let next = past(at);
    let han = at > 0 && !text[at - 1].is_ascii_digit();
    let point = han && text.get(next) == Some(&'点') && decimals(text, next).is_some();
    if unit(next) && !si_prefixed(text, next) && !hundredths(text, next) || more(next) || point {
        return Some(next);
    }
    let digits = rest(text, next).iter().take_while(|c| c.is_ascii_digit()).take(5).count();
    let behind = past(next + if digits > 0 { digits } else { 1 });
    let single = digits == 0 && text.get(next).is_some_and(|&c| digit(c).is_some());
    let closes = han && single && !text.get(next + 1).is_some_and(|&c| is_han(c) && c != '又' || c.is_ascii_digit());
    (open && ((digits > 0 || single) && unit(behind) || closes)).then_some(next)
}

/// Whether 千 or 百 belongs to the unit behind it, as kilo and hecto.
pub(super) fn si_prefixed(text: &[char], at: usize) -> bool {
    match (text[at], text.get(at + 1)) {
        ('千', Some('瓦' | '克' | '米' | '赫' | '伏' | '卡' | '帕' | '焦')) => true,
        ('千', Some('字')) => text.get(at + 2) == Some(&'节'),
        ('百', Some('帕')) => true,
        _ => false,
    }
}

/// Whether 百 begins 百分, spaces or none between them: the unit, or the hundred of 百分之.
fn hundredths(text: &[char], at: usize) -> bool {
    text[at] == '百' && text.get(past_spaces(text, at + 1)) == Some(&'分')
}

/// Whether 兆 stands before an SI unit, where it is the prefix mega.
fn mega(text: &[char], at: usize) -> bool {
    text.get(at + 1).is_some_and(|c| matches!(c, '瓦' | '赫' | '帕' | '字' | '焦' | '欧' | '位' | '比'))
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

    /// Gives a bare tail digit its place: the 三 of 兩千三點一 is three hundred.
    fn tail(&mut self) {
        if let (Some(unit), Some(digit), true, false, 1) =
            (self.last_unit, self.digit, self.tail_digit, self.zero, self.run)
            && unit >= Decimal::ONE_HUNDRED
        {
            self.digit = digit.checked_mul(unit / Decimal::TEN);
        }
    }

    fn small(&mut self, unit: u32) -> Option<()> {
        let unit = Decimal::from(unit);
        // 零十五 is fifteen.
        let times = self.digit.filter(|digit| !digit.is_zero()).unwrap_or(Decimal::ONE);
        self.section = self.section.checked_add(times.checked_mul(unit)?)?;
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

    fn value(&self) -> Option<Decimal> {
        let last = self.digit.unwrap_or_default();
        self.total.checked_add(self.section)?.checked_add(last)
    }
}
