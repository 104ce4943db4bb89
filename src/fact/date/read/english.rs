//! Dates in English.

use super::super::{Day, Year};
use super::{EN_PARTS, MONTH_FORMS, QUARTERS, RELATIVE, Reader, Relative, WEEKDAYS};
use crate::fact::forms::{is_latin, rest};

impl Reader<'_> {
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

    /// A date in English that begins at a place.
    pub(super) fn english(&self, start: usize) -> Option<(usize, Day)> {
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
        self.month(start).or_else(|| self.day_of_month(start))
    }

    /// `on the 22nd`, `until the 8th`: a day of the month of writing, where no noun follows that it could count.
    fn day_of_month(&self, start: usize) -> Option<(usize, Day)> {
        const LEADS: [&str; 8] = ["on ", "until ", "from ", "since ", "by ", "before ", "after ", "through "];
        const FOLLOWS: [&str; 9] = ["and ", "to ", "for ", "with ", "until ", "through ", "at ", "as ", "in "];
        let before: String = self.text[start.saturating_sub(8)..start].iter().collect();
        let led = LEADS.iter().any(|w| before.ends_with(w));
        (led && rest(self.text, start).starts_with(&['t', 'h', 'e', ' '])).then_some(())?;
        let at = start + 4;
        let digits = rest(self.text, at).iter().take_while(|c| c.is_ascii_digit()).count();
        let n: u8 = self.text[at..at + digits].iter().collect::<String>().parse().ok()?;
        let end = at + digits + 2;
        let suffix: String = rest(self.text, at + digits).iter().take(2).collect();
        let behind: String = rest(self.text, end).iter().take(9).collect();
        let next = behind.trim_start();
        let free = !behind.starts_with(is_latin)
            && (behind.is_empty()
                || !next.starts_with(|c: char| c.is_alphanumeric() || c == '-')
                || behind.starts_with(' ') && FOLLOWS.iter().any(|w| next.starts_with(w)));
        (matches!(suffix.as_str(), "st" | "nd" | "rd" | "th") && (1..=31).contains(&n) && free).then_some(())?;
        let base = self.base;
        Some((
            end,
            Day { day: Some(n), month: base.map(|b| b.month), year: base.map(|b| Year::Of(b.year)), ..Day::default() },
        ))
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
        // `August 13:` ends a phrase, `May 7:30` goes on as a time.
        let time = self.is(end, ':') && self.text.get(end + 1).is_some_and(char::is_ascii_digit);
        let goes_on = time || self.text.get(end).is_some_and(|&c| is_latin(c) || c == '%');
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
