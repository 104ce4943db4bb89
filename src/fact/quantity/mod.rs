//! Quantities: found in running text with exact spans, and normalized.
//!
//! One pass over the text, left to right, without a model: names and idioms that hold a numeral are stepped over,
//! then dates, times, money signs, numerals (Arabic, Chinese, English words) with what stands behind and before
//! them. Linear in the text. Words and units are data, in `src/fact/data`.

mod amount;
mod change;
mod clock;
pub(crate) mod cue;
mod lead;
mod measure;
mod mention;
mod modifier;
mod noun;
pub(crate) mod numeral;
mod parts;
mod range;
mod ratio;
mod scan;
mod sentence;
mod share;
mod sign;
mod suffix;
mod unit;
pub(crate) mod value;

use super::date::Base;
use super::forms::{cell, fold, rows};
use crate::model::{Lang, Quantity};

pub(crate) use change::{Change, Direction, movement};
pub(crate) use modifier::Modifier;
pub(crate) use scan::Scanner;
pub(crate) use sentence::{ends_clause, ends_sentence};
pub(crate) use unit::Unit;
pub(crate) use value::Value;

/// What a text is read in the light of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locale {
    /// What bare 元 is.
    pub(crate) yuan: &'static str,
    /// What bare 圓 is.
    pub(crate) round: &'static str,
    /// What 新元 is: of Singapore or of New Zealand.
    pub(crate) new_dollar: &'static str,
    /// The day of writing.
    pub(crate) base: Option<Base>,
}

impl Locale {
    /// A locale of one currency, without a day of writing.
    #[cfg(test)]
    pub(crate) fn plain(yuan: &'static str) -> Locale {
        Locale { yuan, round: yuan, new_dollar: "SGD", base: None }
    }

    /// The locale of a text: a currency it names decides what 元 is, else its region, else its script.
    pub(crate) fn of(text: &str, lang: Option<&Lang>, date: Option<&str>) -> Locale {
        let folded: String = fold(text).iter().collect();
        let named = [
            (["人民币", "rmb", "renminbi"].as_slice(), "CNY"),
            (&["新台币", "nt$", "台币"], "TWD"),
            (&["港币", "港元", "hk$"], "HKD"),
            (&["澳门元", "澳门币"], "MOP"),
        ];
        let mut present = named.iter().filter(|(names, _)| names.iter().any(|n| folded.contains(n)));
        let yuan = match (present.next(), present.next(), lang.and_then(Lang::region).as_deref()) {
            (Some((_, code)), None, _) => code,
            (_, _, Some("TW")) => "TWD",
            (_, _, Some("HK")) => "HKD",
            (_, _, Some("MO")) => "MOP",
            (_, _, Some("CN" | "SG" | "MY")) => "CNY",
            // The script that the language is said to be in stands before the one that the text is written in.
            _ => match (lang.and_then(Lang::script).as_deref(), crate::text::script::detect(text)) {
                (Some("Hant"), _) | (None, crate::text::script::Script::Hant) => place(&folded),
                _ => "CNY",
            },
        };
        let names = |forms: &[&str]| forms.iter().any(|f| folded.contains(f));
        let round = if names(&["日本", "日圆", "日元", "东京"]) { "JPY" } else { yuan };
        let zealand = names(&["新西兰", "纽西兰"]) && !names(&["新加坡"]);
        let new_dollar = if zealand { "NZD" } else { "SGD" };
        Locale { yuan, round, new_dollar, base: date.and_then(Base::parse).or_else(|| dateline(text)) }
    }
}

/// The currency of a text in Traditional characters that names none: of the place whose bodies it speaks of most.
fn place(folded: &str) -> &'static str {
    let count = |code: &str| {
        let named = rows(include_str!("../data/regions.tsv")).filter(|row| row[0] == code);
        named.flat_map(|row| cell(&row, 1).map(|form| folded.matches(form).count()).collect::<Vec<_>>()).sum::<usize>()
    };
    match (count("TWD"), count("HKD"), count("MOP")) {
        (tw, hk, mo) if hk > tw && hk >= mo => "HKD",
        (tw, hk, mo) if mo > tw && mo > hk => "MOP",
        _ => "TWD",
    }
}

/// The date in a text's own dateline: 【2025年9月1日 本報訊】, `Geneva, May 4, 2026 -`.
fn dateline(text: &str) -> Option<Base> {
    let head: String = text.chars().take(60).collect();
    if !head.trim_start().starts_with(['【', '[', '（', '(']) {
        return None;
    }
    let (raw, folded): (Vec<char>, Vec<char>) = (head.chars().collect(), fold(&head));
    let reader = super::date::Reader { text: &folded, raw: &raw, base: None };
    (0..folded.len()).find_map(|at| {
        let (_, day) = reader.at(at)?;
        match (day.year?, day.month?, day.day?) {
            (super::date::Year::Of(year), month, day) => Some(Base { year, month, day }),
            _ => None,
        }
    })
}

/// A quantity where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    /// First character, with the modifier before it.
    pub(crate) start: usize,
    /// Just past the last, with unit and counted noun.
    pub(crate) end: usize,
    /// The numeral with its unit, without modifier and noun.
    pub(crate) core: (usize, usize),
    /// Its value; `None` where the words name none.
    pub(crate) value: Option<Value>,
    /// Its unit.
    pub(crate) unit: Unit,
    /// What is counted, as a singular, where the measure word itself says so.
    pub(crate) noun: &'static str,
    /// The counted noun as written.
    pub(crate) of: Option<(usize, usize)>,
    /// What it is per, as written.
    pub(crate) per: Option<(usize, usize)>,
    /// A bound or approximator.
    pub(crate) modifier: Option<Modifier>,
    /// Level, change, level reached, level before.
    pub(crate) change: Change,
    /// Which way it went.
    pub(crate) direction: Option<Direction>,
    /// Whether the words before it speak of a change's own size (漲幅, growth): its level is a change.
    pub(crate) of_change: bool,
    /// Whether it is listed (a year alone, or an ordinal, is not).
    pub(crate) listed: bool,
}

impl Mention {
    /// A figure that a whole text stands for, to be given its value.
    pub(crate) fn whole(len: usize) -> Mention {
        Mention {
            start: 0,
            end: len,
            core: (0, len),
            value: None,
            unit: Unit::COUNT,
            noun: "",
            of: None,
            per: None,
            modifier: None,
            change: Change::Level,
            direction: None,
            of_change: false,
            listed: false,
        }
    }

    /// The number in the base of its dimension, where it is one number.
    pub(crate) fn base_value(&self) -> Option<rust_decimal::Decimal> {
        self.value.as_ref()?.number()?.checked_mul(self.unit.size)
    }

    /// As the contract writes it.
    pub(crate) fn to_quantity(&self, raw: &[char]) -> Quantity {
        let text = |range: (usize, usize)| raw[range.0..range.1].iter().collect::<String>();
        let code = if self.unit.code.is_empty() { self.noun } else { self.unit.code };
        Quantity {
            surface: text((self.start, self.end)),
            start: self.start,
            end: self.end,
            kind: self.unit.kind.to_owned(),
            value: self.value.as_ref().map(ToString::to_string),
            unit: (!code.is_empty()).then(|| code.to_owned()),
            of: self.of.map(text),
            per: self.per.map(text),
            change: match self.change {
                Change::By => Some("by".to_owned()),
                Change::To => Some("to".to_owned()),
                Change::Level | Change::From => None,
            },
            modifier: self.modifier.map(|m| m.name().to_owned()),
        }
    }
}

/// The quantities of a text, as the contract writes them.
///
/// ```
/// use epitome::fact::quantities;
/// let found = quantities("經濟總量接近30兆美元", None, None);
/// assert_eq!(found[0].value.as_deref(), Some("30000000000000"));
/// assert_eq!(found[0].unit.as_deref(), Some("USD"));
/// assert_eq!(found[0].modifier.as_deref(), Some("nearly"));
/// ```
pub fn quantities(text: &str, lang: Option<&Lang>, date: Option<&str>) -> Vec<Quantity> {
    let locale = Locale::of(text, lang, date);
    let raw: Vec<char> = text.chars().collect();
    let folded = fold(text);
    let mentions = Scanner::new(&folded, &raw, locale).mentions();
    mentions.iter().filter(|m| m.listed).map(|m| m.to_quantity(&raw)).collect()
}

#[cfg(test)]
mod tests;
