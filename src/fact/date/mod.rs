//! Dates: absolute, partial, relative to the article's date, of other calendars.

use std::fmt;

mod read;

pub(crate) use read::Reader;

/// A date, perhaps partial. What is `None` is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Day {
    /// The year.
    pub(crate) year: Option<Year>,
    /// The quarter, 1 to 4.
    pub(crate) quarter: Option<u8>,
    /// The half of the year, 1 or 2.
    pub(crate) half: Option<u8>,
    /// The month, 1 to 12.
    pub(crate) month: Option<u8>,
    /// The day of the month.
    pub(crate) day: Option<u8>,
    /// The last day, where a span of days is named.
    pub(crate) until: Option<u8>,
    /// Start, middle, end; or one of a month's three xun.
    pub(crate) part: Option<Part>,
    /// The day of the week, Monday being 0.
    pub(crate) weekday: Option<u8>,
}

/// A year, or one counted from the year of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Year {
    /// Of the common era.
    Of(i32),
    /// Years from the present one: next year is 1.
    From(i32),
}

/// A part of a year or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Start,
    Middle,
    End,
    FirstXun,
    SecondXun,
    ThirdXun,
}

/// How one date stands to another that it is told for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateMatch {
    /// The same, as far as both say.
    Same,
    /// Nothing differs, but the telling leaves out what the claim names.
    Coarser,
    /// Something differs.
    Differs,
}

impl Day {
    /// Whether it is a full day, a month of a year, or the end of a year: what is listed as a quantity.
    pub(crate) fn is_listed(&self) -> bool {
        let placed = self.year.is_some();
        (self.day.is_some() && self.month.is_some())
            || self.month.is_some() && placed
            || self.part == Some(Part::End) && placed && self.quarter.is_none()
            || self.part.is_some() && self.month.is_some()
    }

    /// Whether it says anything that a claim can turn on.
    pub(crate) fn says(&self) -> bool {
        self.year.is_some()
            || self.month.is_some()
            || self.day.is_some()
            || self.quarter.is_some()
            || self.weekday.is_some()
    }

    /// Places relative parts by the dateline.
    pub(crate) fn anchor(mut self, base: Option<Base>) -> Day {
        if let (Some(base), Some(Year::From(n))) = (base, self.year) {
            self.year = Some(Year::Of(base.year + n));
        }
        // The weekday of a full date, against which a bare one is held.
        if let (Some(base), Some(month), Some(day), None) = (base, self.month, self.day, self.weekday) {
            let year = match self.year {
                Some(Year::Of(year)) => year,
                _ => base.year,
            };
            let date = jiff::civil::Date::new(year as i16, month as i8, day as i8);
            self.weekday = date.ok().map(|d| d.weekday().to_monday_zero_offset() as u8);
        }
        self
    }

    /// Whether it names a place in time at least as narrow as another: a year bears out no day of it.
    pub(crate) fn bears(&self, told: &Day) -> bool {
        let fine = |d: &Day| {
            if d.day.is_some() || d.weekday.is_some() {
                3
            } else if d.month.is_some() || d.quarter.is_some() || d.half.is_some() || d.part.is_some() {
                2
            } else {
                1
            }
        };
        // A Tuesday says nothing of a May.
        let met = |a: bool, b: bool| a && b;
        let shares = met(self.year.is_some(), told.year.is_some())
            || met(self.month.is_some(), told.month.is_some())
            || met(self.day.is_some(), told.day.is_some())
            || met(self.weekday.is_some(), told.weekday.is_some())
            || met(self.quarter.is_some() || self.half.is_some(), told.quarter.is_some() || told.half.is_some())
            || met(self.part.is_some(), told.part.is_some() || told.day.is_some());
        shares && (fine(self) >= fine(told) || self.part.is_some() && told.day.is_some())
    }

    /// Holds a telling against this date.
    pub(crate) fn told_as(&self, told: &Day) -> DateMatch {
        let mut coarser = false;
        let mut differs = false;
        fn pair<T: PartialEq>(a: Option<T>, b: Option<T>, coarser: &mut bool, differs: &mut bool) {
            match (a, b) {
                (Some(a), Some(b)) => *differs |= a != b,
                (Some(_), None) => *coarser = true,
                _ => {}
            }
        }
        match (self.year, told.year) {
            (Some(Year::Of(a)), Some(Year::Of(b))) | (Some(Year::From(a)), Some(Year::From(b))) => differs |= a != b,
            // A dropped year is a dropped qualifier where the day itself is told.
            (Some(_), None) => coarser |= told.month.is_none() && told.day.is_none(),
            _ => {}
        }
        let month_end = |d: &Day| d.part == Some(Part::End) && d.month.is_none() && d.year.is_some();
        let (mut mine, mut other) = (*self, *told);
        for d in [&mut mine, &mut other] {
            if month_end(d) && d.quarter.is_none() {
                d.month = Some(12);
            }
        }
        if let (Some(q), Some(m)) = (mine.quarter, other.month) {
            differs |= (m - 1) / 3 + 1 != q;
        } else if let (Some(m), Some(q)) = (mine.month, other.quarter) {
            differs |= (m - 1) / 3 + 1 != q;
            coarser = true;
        } else {
            pair(mine.quarter, other.quarter, &mut coarser, &mut differs);
            pair(mine.month, other.month, &mut coarser, &mut differs);
        }
        pair(mine.half, other.half, &mut coarser, &mut differs);
        match (mine.day, other.day, mine.part, other.part) {
            // `July 26` for the span of 20 to 26 July.
            (Some(_), Some(b), ..) if other.until.is_none() && mine.until == Some(b) => {}
            (Some(a), Some(b), ..) => differs |= a != b,
            (Some(a), None, _, Some(p)) | (None, Some(a), Some(p), _) => {
                differs |= !part_holds(p, a, mine.month.or(other.month))
            }
            (Some(_), None, ..) => coarser = true,
            (None, None, Some(a), Some(b)) => differs |= a != b,
            _ => {}
        }
        if let (Some(a), Some(b)) = (mine.until, other.until) {
            differs |= a != b;
        }
        if let (Some(a), Some(b)) = (mine.weekday, other.weekday)
            && (mine.day.is_none() || other.day.is_none())
        {
            differs |= a != b;
        } else if mine.day.is_none() {
            pair(mine.weekday, other.weekday, &mut coarser, &mut differs);
        }
        if differs {
            DateMatch::Differs
        } else if coarser {
            DateMatch::Coarser
        } else {
            DateMatch::Same
        }
    }
}

/// Whether a day lies in a part of its month. The end of a month told as a day is its last.
fn part_holds(part: Part, day: u8, month: Option<u8>) -> bool {
    let last = match month {
        Some(2) => 28,
        Some(4 | 6 | 9 | 11) => 30,
        _ => 31,
    };
    match part {
        Part::Start => day <= 5,
        Part::Middle => (11..=20).contains(&day),
        Part::End => day >= last.min(30) - 1,
        Part::FirstXun => day <= 10,
        Part::SecondXun => (11..=20).contains(&day),
        Part::ThirdXun => day > 20,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(Year::Of(year)) => write!(f, "{year:04}")?,
            _ => f.write_str("-")?,
        }
        let month = self
            .month
            .or((self.part == Some(Part::End) && self.quarter.is_none() && self.year.is_some()).then_some(12));
        match (month, self.quarter) {
            (Some(month), _) => write!(f, "-{month:02}")?,
            (None, Some(quarter)) => write!(f, "-Q{quarter}")?,
            _ => {}
        }
        if let Some(day) = self.day {
            if month.is_none() {
                f.write_str("-")?;
            }
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// The day of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

impl From<Base> for Day {
    fn from(day: Base) -> Day {
        Day { year: Some(Year::Of(day.year)), month: Some(day.month), day: Some(day.day), ..Day::default() }
    }
}

impl Base {
    /// Reads an ISO date (a time behind it is left alone).
    pub(crate) fn parse(date: &str) -> Option<Base> {
        let day: jiff::civil::Date = date.get(..10).unwrap_or(date).parse().ok()?;
        Some(Base { year: i32::from(day.year()), month: day.month() as u8, day: day.day() as u8 })
    }

    /// The day some days off.
    fn offset(self, days: i64) -> Option<Base> {
        let date = jiff::civil::Date::new(self.year as i16, self.month as i8, self.day as i8).ok()?;
        let day = date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(Base { year: i32::from(day.year()), month: day.month() as u8, day: day.day() as u8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::forms::fold;

    fn read(text: &str) -> String {
        let (raw, folded): (Vec<char>, Vec<char>) = (text.chars().collect(), fold(text));
        let reader = Reader { text: &folded, raw: &raw, base: Base::parse("2025-09-01") };
        let found = reader.at(0).or_else(|| reader.day_month(0));
        found.map_or("none".into(), |(end, day)| format!("{day}@{end}"))
    }

    #[test]
    fn dates_in_their_forms() {
        for (text, expected) in [
            ("2025年9月1日", "2025-09-01@9"),
            ("民國114年9月1日", "2025-09-01@10"),
            ("五月廿四日", "--05-24@5"),
            ("今（1）日", "2025-09-01@5"),
            ("今年8月", "2025-08@4"),
            ("2027年底", "2027-12@6"),
            ("明年第一季", "2026-Q1@5"),
            ("上月底", "2025-08@3"),
            ("3日落幕", "2025-09-03@2"),
            ("2025-09-01", "2025-09-01@10"),
            ("May 24", "--05-24@6"),
            ("24 May 2026", "2026-05-24@11"),
            ("Sept. 22, 2025", "2025-09-22@14"),
            ("the end of 2027", "2027-12@15"),
            ("August next year", "2026-08@16"),
            ("may be", "none"),
            ("yesterday", "2025-08-31@9"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_telling_is_the_same_coarser_or_different() {
        let day = |y, m, d| Day { year: Some(Year::Of(y)), month: Some(m), day: Some(d), ..Day::default() };
        let full = day(2025, 9, 1);
        assert_eq!(full.told_as(&Day { year: None, ..full }), DateMatch::Same);
        assert_eq!(full.told_as(&Day { day: None, ..full }), DateMatch::Coarser);
        assert_eq!(full.told_as(&day(2025, 9, 3)), DateMatch::Differs);
        let end = Day { day: None, part: Some(Part::End), month: Some(9), ..full };
        assert_eq!(end.told_as(&day(2025, 9, 30)), DateMatch::Same);
    }
}
