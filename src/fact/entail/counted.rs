//! What follows from dates, fractions, scores and places in an order rather than from amounts.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::LIMIT;
use crate::fact::date::{Day, Year};
use crate::fact::forms::rest;
use crate::fact::matching::order;
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Mention, Value, cue};

/// The day after one named before.
static NEXT_DAY: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("next_day"));

/// What follows from dates, fractions and places in an order rather than from amounts.
pub(super) fn counted(told: &Mention, page: &Page, source: &Page) -> Option<(usize, &'static str)> {
    let number = told.value.as_ref()?.number()?;
    let counts = told.unit.kind == "count" || told.unit.kind == "duration";
    let figures = || source.mentions.iter().enumerate().take(LIMIT);
    if counts {
        // `two of the three cases` counts both; 連續第六季 is six quarters.
        let found = figures().find(|(_, m)| match m.value {
            Some(Value::Fraction(a, b)) => {
                told.unit.kind == "count" && (number == a || number == b) && written_out(source, m)
            }
            Some(Value::Number(n)) => m.unit.kind == "ordinal" && n == number && in_a_row(source, m),
            // `seven votes to two` of a vote of 7-2.
            Some(Value::Score(a, b)) => {
                told.unit.kind == "count"
                    && (number == a || number == b || number == (a - b).abs() && !number.is_zero())
            }
            Some(Value::Date(day)) => day.quarter.is_some_and(|q| Decimal::from(q) == number) && in_a_row(source, m),
            _ => false,
        });
        if let Some((i, _)) = found {
            return Some((i, "counted by the source in other words"));
        }
        let row = || order::in_a_row(&source.text).into_iter().any(|n| Decimal::from(n) == number);
        if !source.is_han() && !source.mentions.is_empty() && row() {
            return Some((0, "as many in a row as the source counts"));
        }
    }
    if counts {
        // Places won or lost: from 8th to 12th is four.
        let ranks = order::ranks(source);
        let apart = ranks.windows(2).any(|pair| Decimal::from(pair[0].abs_diff(pair[1])) == number);
        if told.change == Change::By && !number.is_zero() && apart && !source.mentions.is_empty() {
            return Some((0, "the places between two ranks"));
        }
        // October 1 to 5 are five days.
        let span = figures().find(|(_, m)| match m.value {
            Some(Value::Date(Day { day: Some(from), until: Some(until), .. })) => {
                until > from && (number == Decimal::from(until - from) || number == Decimal::from(until - from + 1))
            }
            _ => false,
        });
        if let (Some((i, _)), "days") = (span, told.unit.dimension) {
            return Some((i, "the days of a stated span"));
        }
    }
    // `in the year to July` tells of twelve months.
    if told.unit.kind == "duration"
        && told.base_value() == Some(Decimal::from(12))
        && told.unit.dimension == "months"
        && !source.is_han()
    {
        let text: String = source.text.iter().collect();
        if text.contains("the year to ") && !source.mentions.is_empty() {
            return Some((0, "the year that the source tells of"));
        }
    }
    // Years between the dates of a source, or from one of them to the day of writing.
    (told.unit.dimension == "months" && (told.base_value()? % Decimal::from(12)).is_zero()).then_some(())?;
    let years = (told.base_value()? / Decimal::from(12)).to_i32()?;
    let year = |m: &Mention| match m.value {
        Some(Value::Date(day)) => day.year.and_then(|y| match y {
            Year::Of(y) => Some(y),
            Year::From(_) => None,
        }),
        _ => None,
    };
    let now = page.base.map(|b| b.year);
    let known: Vec<(usize, i32)> = figures().filter_map(|(i, m)| Some((i, year(m)?))).take(40).collect();
    known.iter().enumerate().find_map(|(x, (i, y))| {
        let apart = |other: i32| (other - y).abs() == years;
        (now.is_some_and(apart) || known[x + 1..].iter().any(|(_, z)| apart(*z)))
            .then_some((*i, "the years between two dates"))
    })
}

/// The date of a source on whose next day something happens (自翌日起), where that is the day told.
pub(super) fn next_day(told: &Mention, source: &Page) -> Option<usize> {
    let Some(Value::Date(Day { day: Some(day), month, .. })) = told.value else { return None };
    let before = day.checked_sub(1)?;
    let same = |d: &Day| d.day == Some(before) && (month.is_none() || d.month.is_none() || d.month == month);
    let figure = source.mentions.iter().position(|m| matches!(m.value, Some(Value::Date(d)) if same(&d)))?;
    let text: String = source.text.iter().collect();
    NEXT_DAY.iter().any(|w| text.contains(w)).then_some(figure)
}

/// Whether a fraction is written with both its numbers as counts: `two out of three cases`.
pub(super) fn written_out(page: &Page, m: &Mention) -> bool {
    let words: String = page.text[m.core.0..m.core.1].iter().collect();
    words.contains(" out of ") || words.contains(" in ")
}

/// Whether a place in an order is one of a row: 連續第六季, `the third straight year`.
pub(super) fn in_a_row(page: &Page, m: &Mention) -> bool {
    let before = &page.text[m.core.0.saturating_sub(4)..m.core.0];
    let after: String = rest(&page.text, m.core.1).iter().take(24).collect();
    before.iter().any(|c| matches!(c, '连' | '续'))
        || ["straight", "consecutive", "successive", "in a row", "running"].iter().any(|w| after.contains(w))
}
