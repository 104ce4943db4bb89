//! Words and forms of ratio: 三分之二, 七成, 五折, 翻一番, `doubled`, `two-thirds`, `one in five`.

use std::collections::HashSet;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::change::{Change, Direction};
use super::cue;
use super::numeral::{self, Numeral};
use super::unit::{SUFFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{Forms, is_latin, past_spaces, rest, rows, spaced_form, word_at};
use crate::text::script::is_han;

/// A ratio read from text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ratio {
    pub(super) end: usize,
    pub(super) value: Value,
    pub(super) unit: Unit,
    /// Where the words themselves say that it is a change.
    pub(super) change: Option<(Change, Option<Direction>)>,
}

static WORDS: LazyLock<Forms<(Value, bool)>> = LazyLock::new(|| {
    Forms::new(rows(include_str!("../data/multiples.tsv")).map(|row| {
        let n = row[1].parse().unwrap_or(Decimal::ONE);
        (row[0], (Value::Number(n), row.get(2) == Some(&"level")))
    }))
});

/// Words that begin with 成 and are no tenths.
pub(super) static NOT_TENTHS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("not_tenths"));
/// Words that begin with 折 and are no price paid.
pub(super) static NOT_PRICES: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("not_price"));

/// Words before `half` that make a period of it.
static HALVES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("half_of_time"));
/// Words before an article and a part of a whole.
static PART_LED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("part_led"));
/// Those before `a quarter` that make no period of it.
static QUARTER_LED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("quarter_led"));

/// A word that is a multiple by itself: 翻番, 加倍, 減半, `doubled`, `twofold`.
pub(super) fn word(text: &[char], at: usize) -> Option<Ratio> {
    if text[at] == '翻' {
        let number = text
            .get(at + 1)
            .filter(|c| numeral::begins_han(**c) || c.is_ascii_digit())
            .and_then(|_| numeral::read(text, at + 1));
        if let Some(n) = number
            && text.get(n.end).is_some_and(|c| matches!(c, '番' | '倍'))
        {
            let times = n.value?;
            let count = rust_decimal::prelude::ToPrimitive::to_u32(&times).filter(|t| *t < 32)?;
            let factor = if text[n.end] == '番' { Decimal::from(1u64 << count) } else { times };
            return Some(factor_of(n.end + 1, factor));
        }
    }
    // 三分二 is two thirds in Hong Kong; a score of points goes on as 三分球, a time as 四分三十秒.
    if let [whole, '分', part, ..] = text[at..]
        && let (Some(b), Some(a)) = (numeral::digit(whole), numeral::digit(part))
        && (3..=5).contains(&b)
        && a < b
        && !text.get(at + 3).is_some_and(|c| numeral::begins_han(*c) || matches!(c, '秒' | '钟' | '分' | '之' | '点'))
    {
        let value = Value::Fraction(Decimal::from(a), Decimal::from(b));
        return Some(Ratio { end: at + 3, value, unit: Unit::FRACTION, change: None });
    }
    let (end, (value, level)) = WORDS.at(text, at)?;
    let ratio = Ratio { end, value, unit: Unit::FACTOR, change: None };
    let Value::Number(n) = value else { return Some(ratio) };
    let direction = if n > Decimal::ONE { Direction::Up } else { Direction::Down };
    Some(Ratio { change: Some((if level { Change::Level } else { Change::By }, Some(direction))), ..ratio })
}

fn factor_of(end: usize, factor: Decimal) -> Ratio {
    Ratio { end, value: Value::Number(factor), unit: Unit::FACTOR, change: Some((Change::By, Some(Direction::Up))) }
}

/// A ratio whose number has been read: `分之`, 成, 折, 倍, `times`, `in five`, `thirds`.
pub(super) fn after(text: &[char], n: &Numeral) -> Option<Ratio> {
    let value = n.value?;
    // 九 九 折: digits set apart.
    if n.len == 1
        && text.get(n.end) == Some(&' ')
        && let Some((end, digit)) = tail(text, n.end)
        && let Some(stop) = spaced_form(text, end, "折")
    {
        return Some(price(stop, (value * Decimal::TEN + digit) / Decimal::ONE_HUNDRED));
    }
    // 五 分之 一, １０ 成: Chinese may be set with spaces between.
    let apart = past_spaces(text, n.end);
    let at = if text.get(apart).is_some_and(|&c| is_han(c)) { apart } else { n.end };
    match text.get(at)? {
        '分' if spaced_form(text, at, "分之").is_some() => {
            let (end, top) = numerator(text, spaced_form(text, at, "分之")?, value)?;
            let bottom = value;
            if bottom == Decimal::ONE_HUNDRED {
                return Some(plain(end, Value::Number(top), Unit::PERCENT));
            }
            // 負百分之五.
            if bottom == -Decimal::ONE_HUNDRED {
                return Some(plain(end, Value::Number(-top), Unit::PERCENT));
            }
            (!bottom.is_zero()).then_some(())?;
            let (top, bottom) = if bottom.is_sign_negative() { (-top, -bottom) } else { (top, bottom) };
            Some(plain(end, Value::Fraction(top, bottom), Unit::FRACTION))
        }
        // 四分一: a quarter, as Hong Kong says it.
        '分' if quarter(text, at, value) => Some(plain(at + 2, Value::Fraction(Decimal::ONE, value), Unit::FRACTION)),
        '成' => {
            let next = text.get(at + 1).copied().unwrap_or(' ');
            // 裁掉三成員工 is of 員工.
            let staff = text.get(at + 1..at + 3) == Some(&['员', '工']);
            ((NOT_TENTHS.at(text, at).is_none() || staff) && value <= Decimal::TEN && value > Decimal::ZERO)
                .then_some(())?;
            let mut percent = value * Decimal::TEN;
            let mut end = at + 1;
            if next == '半' {
                percent += Decimal::from(5);
                end += 1;
            } else if let Some((stop, v)) = tail(text, at + 1) {
                percent += v;
                end = stop;
            }
            Some(plain(end, Value::Number(percent), Unit::PERCENT))
        }
        '折' => {
            NOT_PRICES.at(text, at).is_none().then_some(())?;
            let paid = if value < Decimal::TEN { value / Decimal::TEN } else { value / Decimal::ONE_HUNDRED };
            Some(price(at + 1, paid))
        }
        '又' => {
            // 一又二分之一.
            let from = past_spaces(text, at + 1);
            let bottom = text
                .get(from)
                .filter(|c| numeral::begins_han(**c) || c.is_ascii_digit())
                .and_then(|_| numeral::read(text, from))?;
            let top = numeral::read(text, past_spaces(text, spaced_form(text, bottom.end, "分之")?))?;
            let part = top.value?.checked_div(bottom.value?)?;
            let whole = if value.is_sign_negative() { value - part } else { value + part };
            Some(plain(top.end, Value::Number(whole), Unit::COUNT))
        }
        '倍' => {
            // 一倍半; no 倍半徑.
            let half = text.get(at + 1) == Some(&'半') && text.get(at + 2).is_none_or(|&c| !is_han(c));
            let value = if half { value + Decimal::new(5, 1) } else { value };
            let end = at + 1 + usize::from(half);
            Some(Ratio { end, value: Value::Number(value), unit: Unit::FACTOR, change: None })
        }
        '番' => None,
        '/' if n.arabic && (value % Decimal::ONE).is_zero() => {
            let (end, bottom) = numeral::digits(text, at + 1)?;
            let bottom = bottom?;
            let date = text.get(end) == Some(&'/');
            let round = bottom <= Decimal::ONE_HUNDRED || bottom == Decimal::ONE_THOUSAND;
            (!date && bottom > value && round && !bottom.is_zero()).then_some(())?;
            Some(plain(end, Value::Fraction(value, bottom), Unit::FRACTION))
        }
        ' ' | '-' => {
            if let Some((end, bottom)) = over(text, n) {
                return Some(plain(end, Value::Fraction(value, bottom), Unit::FRACTION));
            }
            english(text, at, value)
        }
        _ => None,
    }
}

/// The share of a price that is paid: 七折.
pub(super) fn price(end: usize, paid: Decimal) -> Ratio {
    let change = Some((Change::By, Some(Direction::Down)));
    Ratio { end, value: Value::Number(paid), unit: Unit::FACTOR, change }
}

/// The numerator behind 分之, with its magnitude where it is one of hundredths (百分之3.2k): its end and value.
fn numerator(text: &[char], at: usize, bottom: Decimal) -> Option<(usize, Decimal)> {
    let at = past_spaces(text, at);
    let below = text.get(at) == Some(&'负');
    let n = numeral::read(text, at + usize::from(below))?;
    let mut value = if below { -n.value? } else { n.value? };
    let mut end = n.end;
    if n.arabic
        && bottom.abs() == Decimal::ONE_HUNDRED
        && let Some((stop, factor)) = numeral::magnitude(text, end, true)
    {
        (value, end) = (value.checked_mul(factor)?, stop);
    }
    Some((end, value))
}

/// Whether 分 behind a number of parts is followed by 一 and by what is shared out (三分一的人, 四分一升).
fn quarter(text: &[char], at: usize, parts: Decimal) -> bool {
    let whole = parts > Decimal::ONE && parts <= Decimal::TEN && parts.fract().is_zero();
    let measured = |at: usize| matches!(SUFFIXES.at(text, at), Some((_, Suffix::Unit(_))));
    let closes =
        |at: usize| text.get(at).is_none_or(|&c| !is_han(c) && !is_latin(c) || matches!(c, '的' | '以' | '人'));
    whole && text.get(at + 1) == Some(&'一') && (closes(at + 2) || measured(at + 2))
}

/// A last digit behind 成, apart where nothing goes on behind it (七成六, 七成 六): its end and value.
fn tail(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    let from = past_spaces(text, at);
    let c = *text.get(from)?;
    (numeral::begins_han(c) || c.is_ascii_digit() && from > at).then_some(())?;
    let n = numeral::read(text, from)?;
    let goes_on = text.get(n.end).is_some_and(|&c| is_han(c) || is_latin(c));
    let priced = spaced_form(text, n.end, "折").is_some();
    (n.len == 1 && !(from > at && goes_on && !priced)).then_some(())?;
    n.value.filter(|v| *v < Decimal::TEN).map(|v| (n.end, v))
}

/// A ratio that says nothing of a change.
pub(super) fn plain(end: usize, value: Value, unit: Unit) -> Ratio {
    Ratio { end, value, unit, change: None }
}

fn english(text: &[char], at: usize, value: Decimal) -> Option<Ratio> {
    let next = at + 1;
    if let Some((end, bottom)) = numeral::denominator(text, next) {
        let plural = text[end - 1] == 's';
        let one = value.abs() == Decimal::ONE;
        let few = bottom == Decimal::TWO || bottom == Decimal::from(4);
        // `the first three quarters` are nine months.
        let words: String = text[..at].iter().rev().take(24).rev().collect();
        let first = bottom == Decimal::from(4)
            && ["first", "last", "past", "next"].iter().any(|w| words.split(' ').rev().take(3).any(|said| said == *w));
        if first {
            return None;
        }
        if (plural && value.abs() > Decimal::ONE || one && !plural)
            && (value < bottom || !few)
            && value.fract().is_zero()
        {
            // `four quarters of growth` are periods: a fraction is below one.
            return Some(plain(end, Value::Fraction(value, bottom), Unit::FRACTION));
        }
        return None;
    }
    let word = |form: &str| word_at(text, next, form);
    if let Some(end) = word("times").or_else(|| word("fold")) {
        return Some(Ratio { end, value: Value::Number(value), unit: Unit::FACTOR, change: None });
    }
    let whole = value < Decimal::TEN && value.fract().is_zero() && value > Decimal::ZERO;
    let mut of = word("in").or_else(|| word("out of")).filter(|_| whole);
    if of.is_none() && whole && text.get(next).is_some_and(char::is_ascii_alphabetic) {
        // `one patient in eight`, `nine pupils out of ten`.
        let noun = next + rest(text, next).iter().take_while(|c| is_latin(**c)).count();
        let lead = if value == Decimal::ONE { word_at(text, noun, " in") } else { None };
        of = lead.or_else(|| word_at(text, noun, " out of"));
    }
    let n = of.and_then(|end| {
        let at = end + 1;
        match text.get(at)? {
            c if c.is_ascii_digit() => numeral::read(text, at),
            c if c.is_ascii_alphabetic() => numeral::words(text, at),
            _ => None,
        }
    })?;
    let bottom = n.value?;
    let noun = text.get(n.end) == Some(&' ')
        && text.get(n.end + 1..n.end + 5).is_some_and(|w| {
            matches!(
                w,
                ['y', 'e', 'a', 'r']
                    | ['m', 'o', 'n', 't']
                    | ['d', 'a', 'y', ..]
                    | ['w', 'e', 'e', 'k']
                    | ['c', 'i', 't', 'i']
                    | ['c', 'o', 'u', 'n']
            )
        });
    (!noun && bottom > value && bottom <= Decimal::ONE_HUNDRED && bottom.fract().is_zero())
        .then(|| plain(n.end, Value::Fraction(value, bottom), Unit::FRACTION))
}

/// A step of an interest rate: `a quarter point`, `half-point`, `quarter-percentage-point`.
fn rate_step(text: &[char], at: usize) -> Option<Ratio> {
    let start = word_at(text, at, "a").filter(|end| text.get(*end) == Some(&' ')).map_or(at, |end| end + 1);
    let (end, size) = [("half", 50), ("quarter", 25)].iter().find_map(|(w, n)| Some((word_at(text, start, w)?, *n)))?;
    let joined = |at: usize| matches!(text.get(at), Some(' ' | '-')).then_some(at + 1);
    // `a quarter of a point`.
    let next = word_at(text, end, " of a").and_then(joined).or_else(|| joined(end))?;
    let past = word_at(text, next, "percentage").and_then(joined).unwrap_or(next);
    let stop = word_at(text, past, "point").or_else(|| word_at(text, past, "points"))?;
    Some(plain(stop, Value::Number(Decimal::new(size, 2)), Unit::POINTS))
}

/// Whether a text holds nothing but spaces.
fn spaces(text: &[char]) -> bool {
    text.iter().all(|c| *c == ' ')
}

/// Whether a unit of length, area, volume or mass begins at a place.
fn measure(text: &[char], at: usize) -> bool {
    let unit = SUFFIXES.at(text, at).map(|(_, suffix)| suffix);
    matches!(unit, Some(Suffix::Unit(u)) if matches!(u.kind, "length" | "area" | "volume" | "mass"))
}

/// `tenth of a gallon`: a part without an article, of a unit of measure.
pub(super) fn part_of_measure(text: &[char], at: usize) -> Option<Ratio> {
    let (end, bottom) = numeral::denominator(text, at).filter(|(end, _)| text[end - 1] != 's')?;
    let next = [" of a ", " of an "].iter().find(|of| rest(text, end).iter().copied().take(of.len()).eq(of.chars()))?;
    measure(text, end + next.len()).then(|| plain(end, Value::Fraction(Decimal::ONE, bottom), Unit::FRACTION))
}

/// `one over three`, where a text is nothing but that: its denominator behind the numerator that ends at a place.
fn over(text: &[char], n: &Numeral) -> Option<(usize, Decimal)> {
    let before: String = text[..n.end.saturating_sub(n.len)].iter().collect();
    matches!(before.trim(), "" | "minus" | "negative").then_some(())?;
    let at = past_spaces(text, word_at(text, past_spaces(text, n.end), "over")?);
    let bottom = if text.get(at)?.is_ascii_digit() { numeral::read(text, at) } else { numeral::words(text, at) }?;
    spaces(rest(text, bottom.end)).then_some(())?;
    bottom.value.filter(|v| !v.is_zero()).map(|v| (bottom.end, v))
}

/// `half`, `a third`, `a quarter of`, beginning at a word; `text[at]` is its first letter.
pub(super) fn part(text: &[char], at: usize) -> Option<Ratio> {
    let starts = |form: &str, at: usize| word_at(text, at, form).is_some();
    let before: String = text[at.saturating_sub(14)..at].iter().collect();
    let lead = |words: &HashSet<&str>| words.iter().any(|w| before.trim_end().ends_with(w) && before.ends_with(' '));
    if let Some(found) = rate_step(text, at) {
        return Some(found);
    }
    if starts("half", at) {
        let ordinal = lead(&HALVES);
        let part = text.get(at + 4) == Some(&'-') && !measure(text, at + 5) || starts("time", at + 5);
        return (!ordinal && !part).then(|| plain(at + 4, Value::Fraction(Decimal::ONE, Decimal::TWO), Unit::FRACTION));
    }
    // `quarter-mile`, `quarter million`.
    if starts("quarter", at)
        && (text.get(at + 7) == Some(&'-') && measure(text, at + 8) || numeral::of_magnitude(text, at + 7).is_some())
    {
        return Some(plain(at + 7, Value::Fraction(Decimal::ONE, Decimal::from(4)), Unit::FRACTION));
    }
    let article = if starts("a", at) {
        at + 2
    } else if starts("an", at) {
        at + 3
    } else {
        return None;
    };
    let (end, bottom) = numeral::denominator(text, article)?;
    let alone = spaces(&text[..at]) && spaces(rest(text, end));
    let of = alone
        || numeral::of_magnitude(text, end).is_some()
        || starts(" of", end)
        || starts(" in", end)
        || starts(" more", end)
        || starts(" less", end)
        || starts(" fewer", end)
        || starts(" higher", end)
        || starts(" lower", end)
        || starts(" from", end);
    let led = lead(&PART_LED);
    let closes = !text.get(end).is_some_and(|&c| is_latin(c))
        && !matches!((text.get(end), text.get(end + 1)), (Some(' '), Some(c)) if c.is_ascii_alphabetic());
    let period = bottom == Decimal::from(4) && !of && !lead(&QUARTER_LED);
    (!period
        && (of
            || led
                && (closes
                    || starts(" in", end)
                    || starts(" on", end)
                    || starts(" over", end)
                    || starts(" this", end)
                    || starts(" last", end)
                    || starts(" and", end))))
    .then(|| plain(end, Value::Fraction(Decimal::ONE, bottom), Unit::FRACTION))
}
