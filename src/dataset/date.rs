//! Dates as data writes them, into ISO 8601.

use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;

use super::error::Problem;

/// Formats that are proposed where a date is not ISO 8601.
const PROPOSALS: &[&str] = &[
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %b %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%s",
];

/// A date in ISO 8601: kept where it is (a year, month or day, with a time or without), read by the format where one
/// is given.
pub(super) fn iso(date: &str, format: Option<&str>) -> Result<String, Problem> {
    let date = date.trim();
    match format {
        Some(format) => match by_format(date, format) {
            Ok(iso) => Ok(iso),
            // TOML's own dates are ISO 8601 whatever the format of the others.
            Err(_) if is_iso(date) => Ok(with_t(date)),
            Err(why) => Err(Problem::DateFormat { date: date.to_owned(), format: format.to_owned(), why }),
        },
        None if is_iso(date) => Ok(with_t(date)),
        None => {
            if let Some(day) = minguo(date) {
                return Ok(day);
            }
            let fits = proposals([date]);
            let hint = match fits.as_slice() {
                [] => {
                    "; say how dates are written with `date_format`, or `fields = { date = \"\" }` to leave them unread"
                        .into()
                }
                [one] => format!("; if dates are written so, say `date_format = \"{one}\"`"),
                many => format!("; say which it is: `date_format = \"{}\"`", many.join("\"` or `\"")),
            };
            Err(Problem::Date { date: date.to_owned(), hint })
        }
    }
}

/// A day of the calendar of the Republic of China, whose first year is 1912: 民國114年9月1日, 114年9月1日, 114/09/01. A year of two
/// digits needs 民國 or 年 to be told from others.
fn minguo(date: &str) -> Option<String> {
    let named = ["中華民國", "中华民国", "民國", "民国"].iter().find_map(|era| date.strip_prefix(era));
    let rest = named.unwrap_or(date).trim();
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let (year, rest) = rest.split_at(digits);
    let separator = rest.chars().next()?;
    let sure = named.is_some() || separator == '年' || year.len() == 3;
    (sure && (1..=3).contains(&year.len()) && matches!(separator, '年' | '/' | '.' | '-')).then_some(())?;
    let mut parts = rest[separator.len_utf8()..].split(['月', '日', '/', '.', '-']).map(str::trim);
    let (month, day) = (parts.next()?, parts.next()?);
    parts.all(str::is_empty).then_some(())?;
    let year = year.parse::<i16>().ok().filter(|year| *year > 0)?;
    civil::Date::new(1911 + year, month.parse().ok()?, day.parse().ok()?).ok().map(|day| day.to_string())
}

/// ISO 8601 has a T between day and time, for which many write a space.
fn with_t(date: &str) -> String {
    date.replacen(' ', "T", 1)
}

/// Whether a format's directives are known.
pub(super) fn check_format(format: &str) -> Result<(), String> {
    let moment = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    jiff::fmt::strtime::format(format, &moment)
        .map(drop)
        .map_err(|e| e.to_string().trim_start_matches("strftime formatting failed: ").to_owned())
}

/// The formats among those commonly met that all of some dates follow, one of each way to read them.
pub(super) fn proposals<'d>(dates: impl IntoIterator<Item = &'d str> + Clone) -> Vec<&'static str> {
    let mut readings: Vec<(&'static str, Vec<String>)> = Vec::new();
    for format in PROPOSALS.iter().copied() {
        let read = dates.clone().into_iter().map(|date| by_format(date.trim(), format)).collect::<Result<Vec<_>, _>>();
        // Seconds since 1970 are proposed where nothing else fits, as 20250901 is a day.
        if let Ok(reading) = read
            && (format != "%s" || readings.is_empty())
            && !readings.iter().any(|(_, other)| *other == reading)
        {
            readings.push((format, reading));
        }
    }
    readings.into_iter().map(|(format, _)| format).collect()
}

/// Whether a text is a date of ISO 8601, as far as the contract uses it.
pub(super) fn is_iso(date: &str) -> bool {
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    if digits(date, 4) {
        return true;
    }
    if let Some((year, month)) = date.split_once('-')
        && digits(year, 4)
        && digits(month, 2)
    {
        return ("01"..="12").contains(&month);
    }
    is_civil_day(date) || date.parse::<civil::DateTime>().is_ok_and(|_| date.len() > 10) || is_timestamp(date)
}

fn is_timestamp(date: &str) -> bool {
    date.get(4..5) == Some("-") && date.parse::<jiff::Timestamp>().is_ok()
}

fn is_civil_day(date: &str) -> bool {
    date.len() == 10 && date.get(4..5) == Some("-") && date.parse::<civil::Date>().is_ok()
}

fn by_format(date: &str, format: &str) -> Result<String, String> {
    let parsed = BrokenDownTime::parse(format, date)
        .map_err(|e| e.to_string().trim_start_matches("strptime parsing failed: ").to_owned())?;
    if let Ok(day) = parsed.to_date() {
        let Ok(moment) = parsed.to_datetime() else {
            return Ok(day.to_string());
        };
        return Ok(match (parsed.hour(), parsed.offset()) {
            (None, _) => day.to_string(),
            (Some(_), None) => moment.to_string(),
            (Some(_), Some(offset)) => {
                let seconds = offset.seconds();
                let (sign, seconds) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
                format!("{moment}{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
            }
        });
    }
    parsed.to_timestamp().map(|t| t.to_string()).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_republic_of_china_are_read() {
        for (date, expected) in [
            ("民國114年9月1日", Some("2025-09-01")),
            ("中華民國114年12月31日", Some("2025-12-31")),
            ("114年9月1日", Some("2025-09-01")),
            ("114/09/01", Some("2025-09-01")),
            ("99年1月5日", Some("2010-01-05")),
            ("民國99/1/5", Some("2010-01-05")),
            ("99/1/5", None),
            ("114年13月1日", None),
            ("2025/09/01", None),
            ("114年9月", None),
        ] {
            assert_eq!(iso(date, None).ok().as_deref(), expected, "{date}");
        }
    }
}
