//! English number words.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::{Numeral, gap, numeral};
use crate::fact::forms::{Forms, past_spaces, rest, rows, word_at};

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
    Forms::new(rows(include_str!("../../data/numbers_en.tsv")).map(|row| {
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
    let start = match text.get(at) {
        Some(' ') => past_spaces(text, at),
        Some('-') => at + 1,
        _ => at,
    };
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
    let (mut whole, mut last) = (Decimal::ZERO, Decimal::ONE);
    let mut at = start;
    let mut end = start;
    let skip = |at: usize, form: &str| word_at(text, at, form);
    if let Some(half) = skip(start, "half a").or_else(|| skip(start, "half-a")) {
        // `half a million`; `half a year` is its unit's business.
        let next = gap(text, half);
        if let Some((end, Word::Times(factor))) = WORDS.at(text, next) {
            return Some(numeral(start, end, Some(factor / Decimal::TWO)));
        }
        return None;
    }
    let article = skip(start, "a").or_else(|| skip(start, "an"));
    if let Some(after) = article {
        match WORDS.at(text, after + 1) {
            Some((stop, Word::Times(factor))) if text.get(after) == Some(&' ') => {
                (current, last) = (Some(factor), factor);
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
                // `one hundred thirty-fifths`: the tens belong to the part.
                if current.is_some() && text.get(stop) == Some(&'-') && PARTS.at(text, stop + 1).is_some() && n >= 20 {
                    break;
                }
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
            Some((stop, Word::Times(factor) | Word::Suffix(factor))) if at != start && stop - next > 1 => {
                let Some(c) = current else { break };
                if c.is_zero() && total > Decimal::ZERO && factor >= Decimal::ONE_THOUSAND {
                    // `three thousand million`.
                    total = total.checked_mul(factor)?;
                    (at, end) = (stop, stop);
                    continue;
                }
                if factor > Decimal::ONE_HUNDRED && factor != Decimal::from(12) {
                    total = total.checked_add(c.checked_mul(factor)?)?;
                    (current, last) = (Some(Decimal::ZERO), factor);
                } else if factor == Decimal::from(12) {
                    // `a hundred and two dozen`: only what stands behind `and` is told in dozens.
                    current = Some(whole.checked_add((c - whole).checked_mul(factor)?)?);
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
                    // `a million and a half`: a half of the million.
                    let great =
                        current == Some(Decimal::ZERO) || current == Some(last) && last >= Decimal::ONE_THOUSAND;
                    let of = if great { last } else { Decimal::ONE };
                    current = current.and_then(|c| c.checked_add(part.checked_mul(of)?));
                    end = stop;
                    break;
                }
                let hundred = current.is_some_and(|c| (c % Decimal::ONE_HUNDRED).is_zero());
                if !(hundred && matches!(WORDS.at(text, gap(text, and)), Some((_, Word::Plus(_))))) {
                    break;
                }
                (at, whole) = (and, current.unwrap_or_default());
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

/// The magnitude in words that a numeral ends with, of a thousand or more.
pub(super) fn factor(text: &[char], start: usize, end: usize) -> Option<Decimal> {
    match WORDS.before(text, end)? {
        (from, Word::Times(factor)) if from > start && factor >= Decimal::ONE_THOUSAND => Some(factor),
        _ => None,
    }
}

/// A magnitude that a fraction is of: the ` million` of `half million`, the ` of a billion` of `a quarter of a billion`.
pub(crate) fn of_magnitude(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    let next = [" of a ", " a ", " "].iter().find(|of| rest(text, at).iter().copied().take(of.len()).eq(of.chars()))?;
    match WORDS.at(text, at + next.len())? {
        (end, Word::Times(factor)) if factor >= Decimal::ONE_THOUSAND => Some((end, factor)),
        _ => None,
    }
}

/// `half a million`, `half a dozen`.
pub(crate) fn half_of(text: &[char], at: usize) -> Option<Numeral> {
    (text[at] == 'h' && word_at(text, at, "half").is_some()).then(|| words(text, at))?
}

/// English names of parts, by how many make one.
static PARTS: LazyLock<Forms<u64>> = LazyLock::new(|| {
    Forms::new(rows(include_str!("../../data/parts_en.tsv")).map(|row| (row[0], row[1].parse().unwrap_or(1))))
});

/// The name of a part, by how many make one: `third`, `twenty-fifths`.
pub(crate) fn denominator(text: &[char], at: usize) -> Option<(usize, Decimal)> {
    if let Some((end, n)) = PARTS.at(text, at) {
        return Some((end, Decimal::from(n)));
    }
    let (end, Word::Plus(tens)) = WORDS.at(text, at)? else { return None };
    (tens >= 20 && matches!(text.get(end), Some('-' | ' '))).then_some(())?;
    let ones = [("first", 1), ("firsts", 1)];
    let ones = ones.iter().find_map(|(w, n)| Some((word_at(text, end + 1, w)?, *n)));
    let (stop, n) = ones.or_else(|| PARTS.at(text, end + 1).filter(|(_, n)| (3..10).contains(n)))?;
    Some((stop, Decimal::from(u64::from(tens) + n)))
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
    let (end, bottom) = denominator(text, from)?;
    let top = Decimal::from(top);
    (top < bottom).then(|| top.checked_div(bottom).map(|n| (end, n)))?
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
