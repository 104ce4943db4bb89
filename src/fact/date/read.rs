//! Dates found in text.

use std::sync::LazyLock;

use rust_decimal::prelude::ToPrimitive;

use super::{Base, Day, Part, Year};
use crate::fact::forms::{Forms, is_latin, rest, rows};
use crate::fact::quantity::numeral;

/// A date told from the day of writing.
#[derive(Debug, Clone, Copy)]
enum Relative {
    Year(i32),
    Month(i32),
    Day(i64),
}

/// The rows of one kind of the data file, each value read by `parse`.
fn table<T: Copy>(kinds: &'static [&'static str], parse: fn(&str, &str) -> Option<T>) -> Forms<T> {
    let data = rows(include_str!("../data/dates.tsv")).filter(|row| kinds.contains(&row[0]));
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

    fn chinese(&self, start: usize) -> Option<(usize, Day)> {
        let mut day = Day::default();
        let mut at = start;
        let era = ["民国", "中华民国"].iter().find_map(|e| {
            let e: Vec<char> = e.chars().collect();
            rest(self.text, at).starts_with(&e).then(|| at + e.len())
        });
        let reiwa = ["令和", "平成", "昭和"].iter().zip([2018, 1988, 1925]).find_map(|(e, offset)| {
            let e: Vec<char> = e.chars().collect();
            rest(self.text, at).starts_with(&e).then(|| (at + e.len(), offset))
        });
        if let Some((after, offset)) = era.map(|a| (a, 1911)).or(reiwa) {
            let (end, n, _) = self.small(after)?;
            self.is(end, '年').then_some(())?;
            day.year = Some(Year::Of(offset + i32::from(n)));
            at = end + 1;
        } else if let Some((end, relative)) = RELATIVE.at(self.text, at) {
            match relative {
                Relative::Year(n) => {
                    day.year = Some(Year::From(n));
                    at = end;
                }
                Relative::Month(n) => {
                    let base = self.base?;
                    let months = base.year * 12 + i32::from(base.month) - 1 + n;
                    day.year = Some(Year::Of(months.div_euclid(12)));
                    day.month = Some((months.rem_euclid(12) + 1) as u8);
                    at = end;
                }
                Relative::Day(n) => {
                    let word = end - start > 1;
                    // 今（1）日 and 今1日 name the day themselves.
                    let bracket = self.is(end, '(');
                    let named = self.small(end + usize::from(bracket)).and_then(|(stop, d, _)| {
                        let stop = stop + usize::from(bracket && self.is(stop, ')'));
                        let stop = if self.is(stop, '日') {
                            stop + 1
                        } else if word {
                            stop
                        } else {
                            return None;
                        };
                        let stop = stop + usize::from(bracket && self.is(stop, ')'));
                        (1..=31).contains(&d).then_some((stop, d as u8))
                    });
                    if let Some((stop, d)) = named {
                        day.day = Some(d);
                        if let Some(base) = self.base {
                            day.month = Some(base.month);
                            day.year = Some(Year::Of(base.year));
                        }
                        return Some((stop, day));
                    }
                    if !word {
                        return None;
                    }
                    let there = self.base?.offset(n)?;
                    return Some((
                        end,
                        Day {
                            year: Some(Year::Of(there.year)),
                            month: Some(there.month),
                            day: Some(there.day),
                            ..Day::default()
                        },
                    ));
                }
            }
        } else if let Some((end, n, len)) = self.small(at)
            && self.is(end, '年')
            && len == 4
            && (1000..2200).contains(&n)
        {
            day.year = Some(Year::Of(i32::from(n)));
            at = end + 1;
        }
        let after_year = at;
        if self.is(at, '的') || self.is(at, ' ') {
            at += 1;
        }
        if let Some((end, (quarter, half))) = QUARTERS.at(self.text, at) {
            let placed = day.year.is_some() || self.text[at] == '第' || self.text[at] == '首' || half.is_some();
            if placed || end - at > 2 {
                (day.quarter, day.half) = (quarter, half);
                return Some((end, day));
            }
        }
        if day.month.is_none()
            && let Some((end, n, _)) = self.small(at)
            && matches!(self.text.get(end), Some('至' | '到' | '-' | '~'))
            && let Some((last, m, _)) = self.small(end + 1)
            && self.is(last, '月')
            && !self.is(last + 1, '日')
            && (1..=12).contains(&n)
            && (n + 1..=12).contains(&m)
        {
            // 4至6月: told by its first month.
            day.month = Some(n as u8);
            return Some((last + 1 + usize::from(self.is(last + 1, '份')), day));
        }
        if day.month.is_none()
            && let Some((end, n, _)) = self.small(at)
            && self.is(end, '月')
            && (1..=12).contains(&n)
        {
            day.month = Some(n as u8);
            at = end + 1;
            at += usize::from(self.is(at, '份'));
        }
        if day.month.is_some() {
            if let Some((end, n, _)) = self.small(at)
                && let Some(stop) = self.day_end(end)
                && (1..=31).contains(&n)
            {
                day.day = Some(n as u8);
                at = stop;
                if matches!(self.text.get(at), Some('至' | '到' | '-' | '~'))
                    && let Some((end, n, _)) = self.small(at + 1)
                    && self.is(end, '日')
                {
                    day.until = Some(n as u8);
                    at = end + 1;
                }
                return Some((at, day));
            }
            if let Some((end, part)) = PARTS.at(self.text, at)
                && self.text[at] != '中'
            {
                day.part = Some(part);
                at = end;
            }
            return Some((at, day));
        }
        if day.year.is_some() {
            if let Some((end, part)) = PARTS.at(self.text, after_year)
                && self.text[after_year] != '中'
            {
                day.part = Some(part);
                return Some((end, day));
            }
            return Some((after_year, day));
        }
        // A bare day of the month: 預計3日落幕. Durations are written 3天.
        let (end, n, _) = self.small(start)?;
        let span_start =
            start > 0 && matches!(self.text[start - 1], '至' | '到' | '第' | '前' | '后' | '近' | '每' | '共');
        (self.is(end, '日') && self.text[start].is_ascii_digit() && (1..=31).contains(&n) && !span_start)
            .then_some(())?;
        let next = self.text.get(end + 1).copied().unwrap_or(' ');
        (!matches!(next, '元' | '圆' | '币' | '本' | '游' | '程' | '内')).then_some(())?;
        day.day = Some(n as u8);
        if let Some(base) = self.base {
            day.month = Some(base.month);
            day.year = Some(Year::Of(base.year));
        }
        Some((end + 1, day))
    }

    /// Past 日 or 號, or where a span of days goes on (9月1至3日).
    fn day_end(&self, at: usize) -> Option<usize> {
        match self.text.get(at) {
            Some('日' | '号') => Some(at + 1),
            Some('至' | '到' | '-' | '~') => {
                let (end, _, _) = self.small(at + 1)?;
                self.is(end, '日').then_some(at)
            }
            _ => None,
        }
    }

    fn capital(&self, at: usize) -> bool {
        self.raw.get(at).is_some_and(char::is_ascii_uppercase)
    }

    fn space(&self, at: usize) -> usize {
        at + usize::from(self.is(at, ' '))
    }

    /// A year of four digits, after `of`, a comma or a space.
    fn year_after(&self, at: usize) -> Option<(usize, Year)> {
        let mut at = at;
        if self.is(at, ',') {
            at += 1;
        }
        at = self.space(at);
        if rest(self.text, at.min(self.text.len())).starts_with(&['o', 'f', ' ']) {
            at += 3;
        }
        if let Some((end, Relative::Year(n))) = RELATIVE.at(self.text, at) {
            return Some((end, Year::From(n)));
        }
        self.year(at)
    }

    fn year(&self, at: usize) -> Option<(usize, Year)> {
        let n = self.text.get(at..)?.iter().take_while(|c| c.is_ascii_digit()).take(5).count();
        if n != 4 || self.text.get(at + 4).is_some_and(|&c| is_latin(c)) {
            return None;
        }
        let year: i32 = self.text[at..at + 4].iter().collect::<String>().parse().ok()?;
        (1500..2200).contains(&year).then_some((at + 4, Year::Of(year)))
    }

    fn english(&self, start: usize) -> Option<(usize, Day)> {
        if start > 0 && is_latin(self.text[start - 1]) {
            return None;
        }
        let mut day = Day::default();
        if let Some((end, (quarter, half))) = QUARTERS.at(self.text, start) {
            (day.quarter, day.half) = (quarter, half);
            if let Some((end, year)) = self.year_after(end) {
                day.year = Some(year);
                return Some((end, day));
            }
            return quarter.is_some().then_some((end, day));
        }
        if let Some((end, part)) = EN_PARTS.at(self.text, start) {
            let after = end + usize::from(matches!(self.text.get(end), Some(' ' | '-')));
            let (stop, inner) = self.month(after).or_else(|| {
                let (stop, year) = RELATIVE
                    .at(self.text, after)
                    .and_then(|(e, r)| if let Relative::Year(n) = r { Some((e, Year::From(n))) } else { None })
                    .or_else(|| self.year(after))
                    .or_else(|| {
                        let the: Vec<char> = "the year".chars().collect();
                        rest(self.text, after.min(self.text.len()))
                            .starts_with(&the)
                            .then_some((after + 8, Year::From(0)))
                    })?;
                Some((stop, Day { year: Some(year), ..Day::default() }))
            })?;
            if inner.day.is_none() {
                day = Day { part: Some(part), ..inner };
                return Some((stop, day));
            }
            return None;
        }
        if let Some((end, relative)) = RELATIVE.at(self.text, start) {
            match relative {
                Relative::Year(n) => {
                    day.year = Some(Year::From(n));
                    return Some((end, day));
                }
                Relative::Month(n) => {
                    let base = self.base?;
                    let months = base.year * 12 + i32::from(base.month) - 1 + n;
                    day.year = Some(Year::Of(months.div_euclid(12)));
                    day.month = Some((months.rem_euclid(12) + 1) as u8);
                    return Some((end, day));
                }
                Relative::Day(n) => {
                    let there = self.base?.offset(n)?;
                    day.year = Some(Year::Of(there.year));
                    (day.month, day.day) = (Some(there.month), Some(there.day));
                    return Some((end, day));
                }
            }
        }
        if let Some((end, weekday)) = WEEKDAYS.at(self.text, start) {
            if !self.capital(start) {
                return None;
            }
            // `Monday, 1 September` is one date.
            let next = self.space(end + usize::from(self.is(end, ',')));
            if let Some((stop, mut inner)) = self.month(next).or_else(|| self.day_month(next)) {
                inner.weekday = Some(weekday);
                return Some((stop, inner));
            }
            day.weekday = Some(weekday);
            return Some((end, day));
        }
        self.month(start)
    }

    /// `May 24`, `Sept. 22, 2025`, `May 24-26`, `August next year`, `March 2026`.
    fn month(&self, start: usize) -> Option<(usize, Day)> {
        let (mut at, month) = MONTH_FORMS.at(self.text, start)?;
        if !self.capital(start) {
            return None;
        }
        let short = at - start < 5;
        if short && self.is(at, '.') {
            at += 1;
        }
        let mut day = Day { month: Some(month), ..Day::default() };
        let next = self.space(at);
        if let Some((end, n)) = self.day_number(next) {
            day.day = Some(n);
            at = end;
            if self.is(at, '-')
                && let Some((end, n)) = self.day_number(at + 1)
            {
                day.until = Some(n);
                at = end;
            }
        }
        if let Some((end, year)) = self.year_after(at) {
            day.year = Some(year);
            at = end;
        } else if day.day.is_none() && (month == 5 || month == 3) {
            // `May` and `March` alone are words unless a preposition of time stands before them.
            let before: String = self.text[start.saturating_sub(8)..start].iter().collect();
            let said = [
                "in ", "since ", "by ", "until ", "of ", "last ", "next ", "from ", "to ", "for ", "through ",
                "between ",
            ];
            if !said.iter().any(|p| before.ends_with(p)) {
                return None;
            }
        }
        Some((at, day))
    }

    /// A day of the month in digits, with or without its ordinal ending, that no unit follows.
    fn day_number(&self, at: usize) -> Option<(usize, u8)> {
        let n = self.text.get(at..)?.iter().take_while(|c| c.is_ascii_digit()).take(3).count();
        if !(1..=2).contains(&n) {
            return None;
        }
        let value: u8 = self.text[at..at + n].iter().collect::<String>().parse().ok()?;
        let mut end = at + n;
        for ending in [['s', 't'], ['n', 'd'], ['r', 'd'], ['t', 'h']] {
            if rest(self.text, end).starts_with(&ending) {
                end += 2;
                break;
            }
        }
        let goes_on = self.text.get(end).is_some_and(|&c| is_latin(c) || matches!(c, '%' | ':'));
        let point = self.is(end, '.') && self.text.get(end + 1).is_some_and(char::is_ascii_digit);
        let group =
            self.is(end, ',') && rest(self.text, end + 1).iter().take_while(|c| c.is_ascii_digit()).count() == 3;
        let closed = !(goes_on || point || group);
        ((1..=31).contains(&value) && closed).then_some((end, value))
    }

    /// `24 May`, `24th of May 2026`, `24-26 May`: begins with the digits.
    pub(crate) fn day_month(&self, start: usize) -> Option<(usize, Day)> {
        if start > 0 && (is_latin(self.text[start - 1]) || matches!(self.text[start - 1], '.' | ',' | '$')) {
            return None;
        }
        let (mut at, first) = self.day_number(start)?;
        let mut until = None;
        if self.is(at, '-')
            && let Some((end, n)) = self.day_number(at + 1)
        {
            until = Some(n);
            at = end;
        }
        let mut at = self.space(at);
        if rest(self.text, at).starts_with(&['o', 'f', ' ']) {
            at += 3;
        }
        let (end, month) = MONTH_FORMS.at(self.text, at)?;
        if !self.capital(at) {
            return None;
        }
        let mut end = end;
        if end - at < 5
            && self.is(end, '.')
            && self.text.get(end + 1) == Some(&' ')
            && self.text.get(end + 2).is_some_and(char::is_ascii_digit)
        {
            end += 1;
        }
        let mut day = Day { month: Some(month), day: Some(first), until, ..Day::default() };
        if let Some((stop, year)) = self.year_after(end) {
            day.year = Some(year);
            end = stop;
        }
        Some((end, day.anchor(self.base)))
    }
}
