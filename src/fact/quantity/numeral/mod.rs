//! Numerals: digits with their separators, Chinese numerals in every form, English number words.

use rust_decimal::Decimal;

use crate::fact::forms::rest;

mod digits;
mod english;
mod han;
mod span;

pub(crate) use digits::{digits, point, vulgar};

pub(crate) use english::{decimals, denominator, half_of, magnitude, of_magnitude, point_word, vague_words, words};
pub(crate) use han::{begins_han, big, digit, formal, place, read};
pub(crate) use span::{enumerated, neighbours};

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

/// The magnitude that a numeral ends with (萬, 億, `million`), which a range may tell once for both its ends; else one.
pub(crate) fn factor(text: &[char], start: usize, end: usize) -> Decimal {
    han::factor(&text[start..end]).or_else(|| english::factor(text, start, end)).unwrap_or(Decimal::ONE)
}

/// Past what stands between the words of one number: spaces, and perhaps a hyphen.
pub(crate) fn gap(text: &[char], at: usize) -> usize {
    let spaces = |at: usize| at + rest(text, at).iter().take_while(|c| **c == ' ').take(4).count();
    let hyphen = spaces(at);
    if text.get(hyphen) == Some(&'-') { spaces(hyphen + 1) } else { hyphen }
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
