//! Dates found in text.

use std::sync::LazyLock;

use rust_decimal::prelude::ToPrimitive;

use super::{Base, Day, Part, Year};
use crate::fact::forms::{Forms, rest, rows};
use crate::fact::quantity::numeral;

mod chinese;
mod english;

/// A date told from the day of writing.
#[derive(Debug, Clone, Copy)]
enum Relative {
    Year(i32),
    Month(i32),
    Day(i64),
}

/// The rows of one kind of the data file, each value read by `parse`.
fn table<T: Copy>(kinds: &'static [&'static str], parse: fn(&str, &str) -> Option<T>) -> Forms<T> {
    let data = rows(include_str!("../../data/dates.tsv")).filter(|row| kinds.contains(&row[0]));
    Forms::new(data.filter_map(|row| Some((row[1], parse(row[0], row[2])?))))
}

static RELATIVE: LazyLock<Forms<Relative>> = LazyLock::new(|| {
    table(&["year", "month", "day"], |kind, n| match kind {
        "year" => n.parse().ok().map(Relative::Year),
        "month" => n.parse().ok().map(Relative::Month),
        _ => n.parse().ok().map(Relative::Day),
    })
});

fn part(_: &str, name: &str) -> Option<Part> {
    Some(match name {
        "Start" => Part::Start,
        "Middle" => Part::Middle,
        "End" => Part::End,
        "FirstXun" => Part::FirstXun,
        "SecondXun" => Part::SecondXun,
        "ThirdXun" => Part::ThirdXun,
        _ => return None,
    })
}

static PARTS: LazyLock<Forms<Part>> = LazyLock::new(|| table(&["part"], part));
static EN_PARTS: LazyLock<Forms<Part>> = LazyLock::new(|| table(&["part_before"], part));
static MONTH_FORMS: LazyLock<Forms<u8>> = LazyLock::new(|| table(&["month_name"], |_, n| n.parse().ok()));
static WEEKDAYS: LazyLock<Forms<u8>> = LazyLock::new(|| table(&["weekday"], |_, n| n.parse().ok()));
static QUARTERS: LazyLock<Forms<(Option<u8>, Option<u8>)>> = LazyLock::new(|| {
    table(&["quarter", "half"], |kind, n| {
        let n = n.parse().ok();
        Some(if kind == "quarter" { (n, None) } else { (None, n) })
    })
});

/// Reads the dates of one text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'t> {
    /// The folded text.
    pub(crate) text: &'t [char],
    /// The text as given, for the capitals of month names.
    pub(crate) raw: &'t [char],
    /// The day of writing.
    pub(crate) base: Option<Base>,
}

impl Reader<'_> {
    /// A date that begins at a place: its end and what it says. At least a year, month, quarter or day of the
    /// month.
    pub(crate) fn at(&self, start: usize) -> Option<(usize, Day)> {
        let c = *self.text.get(start)?;
        let found =
            if c.is_ascii_alphabetic() { self.english(start) } else { self.iso(start).or_else(|| self.chinese(start)) };
        found.filter(|(_, day)| day.says()).map(|(end, day)| (end, day.anchor(self.base)))
    }

    fn is(&self, at: usize, c: char) -> bool {
        self.text.get(at) == Some(&c)
    }

    /// A whole number of one to four digits or Chinese numerals.
    fn small(&self, at: usize) -> Option<(usize, u16, usize)> {
        let n = numeral::read(self.text, at)?;
        let value = n.value?;
        (value.fract().is_zero() && n.len <= 4).then_some(())?;
        Some((n.end, value.to_u16()?, n.len))
    }

    fn iso(&self, start: usize) -> Option<(usize, Day)> {
        if !self.text[start].is_ascii_digit()
            || start > 0 && (self.text[start - 1].is_ascii_digit() || self.text[start - 1] == '.')
        {
            return None;
        }
        let number = |at: usize, len: std::ops::RangeInclusive<usize>| -> Option<(usize, u16)> {
            let n = rest(self.text, at).iter().take_while(|c| c.is_ascii_digit()).take(5).count();
            len.contains(&n)
                .then(|| self.text[at..at + n].iter().collect::<String>().parse().ok().map(|v| (at + n, v)))?
        };
        let (at, year) = number(start, 4..=4)?;
        let separator = *self.text.get(at).filter(|c| matches!(c, '-' | '/' | '.'))?;
        let (at, month) = number(at + 1, 1..=2)?;
        // A season or budget year: 2025/26, 2029-30.
        let spans = at - start == 7 && separator != '.' && u32::from(month) == (u32::from(year) + 1) % 100;
        if spans && !self.is(at, separator) && (1900..2200).contains(&year) {
            return Some((at, Day { year: Some(Year::Of(i32::from(year))), ..Day::default() }));
        }
        (self.is(at, separator) && (1..=12).contains(&month) && (1900..2200).contains(&year)).then_some(())?;
        let (end, day) = number(at + 1, 1..=2)?;
        (1..=31).contains(&day).then_some((
            end,
            Day {
                year: Some(Year::Of(i32::from(year))),
                month: Some(month as u8),
                day: Some(day as u8),
                ..Day::default()
            },
        ))
    }
}
