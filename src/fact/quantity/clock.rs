//! Times of day and durations told in hours, minutes and seconds.

use rust_decimal::Decimal;

use super::numeral;
use super::scan::Scanner;
use super::unit::{Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{is_latin, rest};

impl Scanner<'_> {
    /// A time of day: `14:30`, 下午3時30分, `3 p.m.`; or a race's time, `2:09:12`, 2小時9分12秒 being a duration.
    pub(super) fn time(&mut self, at: usize) -> Option<usize> {
        let text = self.text;
        if !text[at].is_ascii_digit() && !numeral::begins_han(text[at]) {
            return None;
        }
        let n = numeral::read(text, at)?;
        let hour = n.value.filter(|h| *h < Decimal::from(25) && h.fract().is_zero())?;
        let hour = rust_decimal::prelude::ToPrimitive::to_u16(&hour)?;
        let two = |at: usize| -> Option<(usize, u16)> {
            let digits = text.get(at..at + 2)?;
            (digits.iter().all(char::is_ascii_digit) && !text.get(at + 2).is_some_and(char::is_ascii_digit))
                .then_some(())?;
            digits.iter().collect::<String>().parse().ok().map(|v| (at + 2, v))
        };
        let before: String = text[at.saturating_sub(3)..at].iter().collect();
        let day_part = ["上午", "早上", "凌晨", "清晨", "早晨", "今早"].iter().any(|p| before.ends_with(p));
        let evening = ["下午", "晚上", "傍晚", "晚间", "今晚", "昨晚", "明晚", "深夜", "当晚", "当日晚", "日晚"]
            .iter()
            .any(|p| before.ends_with(p));
        let pm = |h: u16| if evening && h < 12 { h + 12 } else { h };
        let next = *text.get(n.end)?;
        let (end, minutes) = if matches!(next, ':' | '：') && n.arabic {
            let (end, minute) = two(n.end + 1)?;
            (minute < 60).then_some(())?;
            if text.get(end) == Some(&':')
                && let Some((end, second)) = two(end + 1)
            {
                let seconds = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
                let unit = Unit {
                    kind: "duration",
                    code: "second",
                    dimension: "days",
                    size: Decimal::new(11_574_074_074_074, 18),
                };
                self.push(at, end, Value::Number(seconds.into()), unit, "", true);
                return Some(end);
            }
            (end, pm(hour) * 60 + minute)
        } else if matches!(next, '点' | '时') && text.get(n.end + 1) != Some(&'间') {
            let mut end = n.end + 1;
            let mut minute = 0;
            if text.get(end) == Some(&'半') {
                minute = 30;
                end += 1;
            } else if let Some(m) = text
                .get(end)
                .filter(|c| c.is_ascii_digit() || numeral::begins_han(**c))
                .and_then(|_| numeral::read(text, end))
                && text.get(m.end) == Some(&'分')
            {
                // 五點五分鐘 is a length of time.
                if text.get(m.end + 1) == Some(&'钟') {
                    return None;
                }
                minute = rust_decimal::prelude::ToPrimitive::to_u16(&m.value?).filter(|m| *m < 60)?;
                end = m.end + 1;
            } else if !(day_part || evening || next == '时' && n.arabic) {
                return None;
            }
            (end, pm(hour) * 60 + minute)
        } else {
            let mut end = n.end + usize::from(next == ' ');
            let mut minute = 0;
            if next == '.' {
                return None;
            }
            let rest: String = text.get(end..(end + 4).min(text.len()))?.iter().collect();
            let afternoon = rest.starts_with('p');
            let length = if rest.starts_with("p.m.") || rest.starts_with("a.m.") {
                4
            } else if (rest.starts_with("pm") || rest.starts_with("am")) && !rest.chars().nth(2).is_some_and(is_latin) {
                2
            } else {
                return None;
            };
            end += length;
            let h = if afternoon && hour < 12 { hour + 12 } else { hour % if afternoon { 25 } else { 12 } };
            minute += h * 60;
            (end, minute)
        };
        let (end, minutes) = match text.get(end..(end + 5).min(text.len())) {
            Some([' ', 'p', '.', 'm', '.']) if minutes < 720 => (end + 5, minutes + 720),
            // 12:36 a.m. is past midnight.
            Some([' ', 'a', '.', 'm', '.']) => (end + 5, minutes % 720),
            _ => (end, minutes),
        };
        self.push(at, end, Value::Time(minutes), Unit::TIME, "", true);
        Some(end)
    }

    /// 12年6月, 5年4個月, `six years and three months`: the sum in months, and its end.
    pub(super) fn years_and_months(&self, first: Value, unit: Unit, stop: usize) -> Option<(Value, usize)> {
        let text = self.text;
        let Value::Number(years) = first else { return None };
        (unit.code == "year" && unit.kind == "duration").then_some(())?;
        let mut next = stop + usize::from(text.get(stop) == Some(&','));
        next += usize::from(text.get(next) == Some(&' '));
        if text.get(next..next + 4) == Some(&['a', 'n', 'd', ' ']) {
            next += 4;
        }
        next += usize::from(matches!(text.get(next), Some('又' | '零')));
        let c = *text.get(next)?;
        let n = if c.is_ascii_digit() || numeral::begins_han(c) {
            numeral::read(text, next)
        } else if c.is_ascii_alphabetic() && next > stop {
            numeral::words(text, next)
        } else {
            None
        }?;
        let months = n.value.filter(|m| *m > Decimal::ZERO && *m < Decimal::from(12))?;
        let past = match self.suffix(n.end) {
            Some((past, Suffix::Unit(u))) if u.code == "month" => past,
            // 12年6月 is a span behind a number of years too small for a date.
            _ if text.get(n.end) == Some(&'月') && years < Decimal::from(100) => n.end + 1,
            _ => return None,
        };
        (!matches!(text.get(past), Some('日' | '份'))).then_some(())?;
        let total = years.checked_mul(Decimal::from(12))?.checked_add(months)?;
        Some((Value::Number(total), past))
    }

    /// The tenths and hundredths told behind 秒 (9秒83): their end, and what they add.
    pub(super) fn after_seconds(&self, stop: usize) -> Option<(usize, Decimal)> {
        let n = rest(self.text, stop).iter().take_while(|c| c.is_ascii_digit()).take(4).count();
        let end = stop + n;
        let closed = !matches!(self.text.get(end), Some('.' | '%' | '-' | ':'));
        let counts = self.suffix(end).is_some() || numeral::read(self.text, stop).is_some_and(|n| n.end > end);
        (self.text[stop - 1] == '秒' && (1..=3).contains(&n) && closed && !counts).then_some(())?;
        let digits: String = self.text[stop..end].iter().collect();
        Some((end, format!("0.{digits}").parse().ok()?))
    }

    /// 2小時9分12秒, `2 hours 9 minutes`: one duration, in seconds.
    pub(super) fn compound(&self, first: Value, unit: Unit, stop: usize) -> Option<(Value, usize)> {
        let per = |code: &str| match code {
            "hour" => Some(Decimal::from(3600)),
            "minute" => Some(Decimal::from(60)),
            "second" => Some(Decimal::ONE),
            _ => None,
        };
        let (Value::Number(n), Some(size)) = (first, per(unit.code)) else { return None };
        let (mut total, mut at, mut last, mut parts) = (n.checked_mul(size)?, stop, size, 1);
        loop {
            let mut next = at + usize::from(self.text.get(at) == Some(&' '));
            if self.text.get(next..next + 4) == Some(&['a', 'n', 'd', ' ']) {
                next += 4;
            }
            next += usize::from(matches!(self.text.get(next), Some('又' | '零')));
            let Some(c) = self.text.get(next) else { break };
            if !(c.is_ascii_digit() || numeral::begins_han(*c)) {
                break;
            }
            let Some(n) = numeral::read(self.text, next) else { break };
            let (past, size) = match self.suffix(n.end) {
                // `1h 23m`.
                Some((past, Suffix::Unit(u))) if u.code == "m" && self.text[stop - 1] == 'h' => (past, per("minute")),
                Some((past, Suffix::Unit(u))) => (past, per(u.code)),
                Some((past, Suffix::Classifier("point", _))) => (past, Some(Decimal::from(60))),
                _ => break,
            };
            let (Some(size), Some(v)) = (size, n.value) else { break };
            if size >= last {
                break;
            }
            total = total.checked_add(v.checked_mul(size)?)?;
            (at, last, parts) = (past, size, parts + 1);
        }
        (parts > 1).then_some((Value::Number(total), at))
    }
}
