//! Counts, durations and sizes, as suites write them: `3`; `"90s"`, `"2m"`, `"500ms"`; `"4MB"`, `"512KiB"`.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

/// Reads a count: a whole number from 1 up.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NonZeroUsize>, D::Error> {
    let number = i64::deserialize(deserializer)?;
    match usize::try_from(number).ok().and_then(NonZeroUsize::new) {
        Some(count) => Ok(Some(count)),
        None => Err(D::Error::custom(format!("{number} is too few; write a whole number from 1 up"))),
    }
}

/// Reads a duration: a string with a unit, above zero.
pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse::<jiff::SignedDuration>().ok().and_then(|d| Duration::try_from(d).ok()).filter(|d| !d.is_zero()) {
        Some(duration) => Ok(Some(duration)),
        None => {
            Err(D::Error::custom(format!("`{text}` is no duration; write one above zero as `90s`, `2m` or `500ms`")))
        }
    }
}

/// Reads a size in bytes: a number above zero with a unit (kB, MB, GB; KiB, MiB, GiB; B).
pub fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match parse_bytes(&text) {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(D::Error::custom(format!("`{text}` is no size; write one above zero as `4MB` or `512KiB`"))),
    }
}

fn parse_bytes(text: &str) -> Option<usize> {
    let digits = text.trim().find(|c: char| !c.is_ascii_digit()).unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let factor: usize = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(factor).filter(|&bytes| bytes > 0)
}

/// A duration as a person writes it: `90s`, `1.5s`, `20ms`.
pub fn shown(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{} s", (duration.as_secs_f64() * 10.0).round() / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Options {
        #[serde(default, deserialize_with = "duration")]
        timeout: Option<Duration>,
        #[serde(default, deserialize_with = "bytes")]
        size: Option<usize>,
    }

    fn read(toml: &str) -> Result<Options, String> {
        toml::from_str(toml).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn durations_and_sizes_have_units() {
        let options = read("timeout = \"1m 30s\"\nsize = \"2 MiB\"").expect("both are good");
        assert_eq!(options.timeout, Some(Duration::from_secs(90)));
        assert_eq!(options.size, Some(2 << 20));
        assert_eq!(read("size = \"10kB\"").expect("it is good").size, Some(10_000));
        assert!(read("").is_ok_and(|o| o.timeout.is_none() && o.size.is_none()));
    }

    #[test]
    fn what_is_none_is_named() {
        for bad in [
            "timeout = \"60\"",
            "timeout = \"0s\"",
            "timeout = \"-1s\"",
            "size = \"5\"",
            "size = \"0MB\"",
            "size = \"99999999999GB\"",
        ] {
            let error = read(bad).expect_err("it is bad");
            assert!(error.contains("write one above zero"), "{bad}: {error}");
        }
    }

    #[test]
    fn durations_are_shown_in_a_unit_that_fits() {
        assert_eq!(shown(Duration::from_millis(20)), "20 ms");
        assert_eq!(shown(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(shown(Duration::from_secs(90)), "90 s");
    }
}
