//! Numbers written with digits: grouping, decimals, exponents, fractions behind a whole.

use rust_decimal::Decimal;

use super::Numeral;
use crate::fact::forms::rest;

/// Digits with grouping commas and a decimal point: the end and the value.
pub(crate) fn digits(text: &[char], start: usize) -> Option<(usize, Option<Decimal>)> {
    let run = |from: usize| rest(text, from).iter().take_while(|c| c.is_ascii_digit()).count();
    let first = run(start);
    if first == 0 {
        return None;
    }
    let mut end = start + first;
    let mut plain: String = if first <= 28 { text[start..end].iter().collect() } else { String::new() };
    // Thousands in threes; in India, pairs above them (12,34,567).
    if let Some(stop) = (first <= 2).then(|| pairs(text, end)).flatten() {
        plain.extend(text[end..stop].iter().filter(|c| c.is_ascii_digit()));
        end = stop;
    } else if first <= 3 {
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

/// Past groups of two digits and a last one of three, each behind its comma.
fn pairs(text: &[char], at: usize) -> Option<usize> {
    let run = |from: usize| rest(text, from).iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = at;
    while text.get(end) == Some(&',') && run(end + 1) == 2 {
        end += 3;
    }
    (end > at && text.get(end) == Some(&',') && run(end + 1) == 3).then_some(end + 4)
}

/// `1e10`, `2^5`: the value with its exponent.
pub(super) fn scientific(text: &[char], at: usize, value: Decimal) -> Option<(usize, Decimal)> {
    let sign = text.get(at).filter(|c| matches!(c, 'e' | '^'))?;
    let from = at + 1 + usize::from(matches!(text.get(at + 1), Some('+' | '-')));
    let n = rest(text, from).iter().take_while(|c| c.is_ascii_digit()).take(3).count();
    let end = from + n;
    ((1..=2).contains(&n) && !text.get(end).is_some_and(|c| c.is_alphanumeric())).then_some(())?;
    let power: u32 = text[from..end].iter().collect::<String>().parse().ok()?;
    let base = if *sign == 'e' { Decimal::TEN } else { value };
    let mut factor = Decimal::ONE;
    for _ in 0..power {
        factor = factor.checked_mul(base)?;
    }
    if text[at + 1] == '-' {
        factor = Decimal::ONE.checked_div(factor)?;
    }
    Some((end, if *sign == 'e' { value.checked_mul(factor)? } else { factor }))
}

/// `10 1/2`, `2½`: a number with a fraction behind it.
pub(super) fn mixed(text: &[char], at: usize, value: Decimal) -> Option<(usize, Decimal)> {
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
