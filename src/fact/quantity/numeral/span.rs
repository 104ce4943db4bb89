//! Chinese numerals that name two numbers at once: 兩三, 十五六, 七、八千.

use rust_decimal::Decimal;

use super::han::{big, big_unit, digit, si_prefixed, small_unit};

/// 兩三, 五六百, 十五六, 一百二三十萬: two digits in a row that name a range; its ends, and where it stops.
pub(crate) fn neighbours(text: &[char], at: usize) -> Option<(Decimal, Decimal, usize)> {
    let unit = |at: usize| text.get(at).filter(|_| !si_prefixed(text, at)).copied().and_then(small_unit);
    // What stands before the two digits: 十, 二十, 一百.
    let (mut base, mut pair, mut last) = (0, at, None);
    if text.get(at) == Some(&'十') {
        (base, pair, last) = (10, at + 1, Some(10));
    }
    while let (Some(d), Some(u)) = (text.get(pair).copied().and_then(digit), unit(pair + 1)) {
        if last.is_some_and(|last| u >= last) {
            break;
        }
        (base, pair, last) = (base + d * u, pair + 2, Some(u));
    }
    let (low, high) = (digit(*text.get(pair)?)?, digit(*text.get(pair + 1)?)?);
    let mut end = pair + 2;
    // 三五百 is three to five hundred.
    let few = (low, high) == (3, 5) && base == 0 && text.get(end).is_some_and(|&c| small_unit(c).is_some());
    (low > 0 && low < 9 && high == low + 1 || few).then_some(())?;
    let mut size = 1;
    if let Some(u) = unit(end).filter(|u| last.is_none_or(|last| u < &last)) {
        (size, end) = (u, end + 1);
    }
    (last.is_none_or(|last| last == size * 10)).then_some(())?;
    let mut times = Decimal::ONE;
    while let Some(&c) = text.get(end).filter(|_| !si_prefixed(text, end)) {
        let unit = small_unit(c).map(u64::from).or_else(|| big_unit(c));
        let Some(unit) = unit else { break };
        times = times.checked_mul(Decimal::from(unit))?;
        end += 1;
    }
    // 二三〇 is a number told digit by digit, 五六十七 a slip.
    let more = text.get(end).is_some_and(|&c| digit(c).is_some() || c.is_ascii_digit());
    let of = |n: u32| Decimal::from(base + n * size).checked_mul(times);
    (!more).then_some((of(low)?, of(high)?, end))
}

/// 七、八千, 5、6百萬: two neighbouring digits with a comma of enumeration; the ends, and where it stops. A longer list,
/// or one of places in an order, is none.
pub(crate) fn enumerated(text: &[char], at: usize) -> Option<(Decimal, Decimal, usize)> {
    let value = |at: usize| text.get(at).and_then(|&c| digit(c).or_else(|| c.to_digit(10)));
    let led = at > 0
        && (matches!(text[at - 1], '、' | '第' | '.' | '获' | '列' | '居' | '夺' | '占' | '排')
            || value(at - 1).is_some()
            || big(text[at - 1]));
    let (low, high) = (value(at)?, value(at + 2)?);
    (!led && text.get(at + 1) == Some(&'、') && low > 0 && high == low + 1).then_some(())?;
    let mut end = at + 3;
    let mut size = Decimal::ONE;
    while let Some(&c) = text.get(end).filter(|_| !si_prefixed(text, end)) {
        let Some(unit) = small_unit(c).map(u64::from).or_else(|| big_unit(c)) else { break };
        size = size.checked_mul(Decimal::from(unit))?;
        end += 1;
    }
    let goes_on = value(end).is_some() || matches!(text.get(end), Some('、' | '.' | '月' | '日' | '号'));
    (!goes_on).then_some((Decimal::from(low) * size, Decimal::from(high) * size, end))
}
