//! Dates in Chinese.

use super::super::{Day, Year};
use super::{PARTS, QUARTERS, RELATIVE, Reader, Relative};
use crate::fact::forms::rest;

impl Reader<'_> {
    /// A date in Chinese that begins at a place.
    pub(super) fn chinese(&self, start: usize) -> Option<(usize, Day)> {
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
                    let Some(base) = self.base else {
                        // 本月下旬 is late in a month, whichever it is.
                        let (end, part) = PARTS.at(self.text, end).filter(|(stop, _)| *stop == end + 2)?;
                        return Some((end, Day { part: Some(part), ..day }));
                    };
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
                && (self.text[at] != '中' || end > at + 1)
            {
                day.part = Some(part);
                at = end;
            }
            return Some((at, day));
        }
        if day.year.is_some() {
            if let Some((end, part)) = PARTS.at(self.text, after_year)
                && (self.text[after_year] != '中' || end > after_year + 1)
            {
                day.part = Some(part);
                return Some((end, day));
            }
            return Some((after_year, day));
        }
        // A bare day of the month: 預計3日落幕. Durations are written 3天.
        let (end, n, _) = self.small(start)?;
        let span_start = start > 0 && matches!(self.text[start - 1], '第' | '前' | '后' | '近' | '每' | '共');
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
}
