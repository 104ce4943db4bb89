//! How long to wait before asking again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::http::HeaderMap;

/// The longest pause that backoff makes by itself.
const LONGEST: Duration = Duration::from_secs(30);

/// The pause after the given attempt (from 1): `first`, doubled each time, of which a part between a half and the whole is
/// drawn, so that requests that failed together do not come back together.
pub fn backoff(first: Duration, attempt: u32, seed: u64) -> Duration {
    let whole = first.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1))).min(LONGEST);
    whole.mul_f64(0.5 + 0.5 * unit(seed ^ u64::from(attempt)))
}

/// A number from 0 to below 1, by splitmix64.
fn unit(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// The pause that a server asks for: `retry-after-ms`, or `retry-after` as seconds or as a date, which is held against the
/// server's own `date` where it gives one.
pub fn asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0 && *s < 1e9);
    if let Some(milliseconds) = header("retry-after-ms").and_then(seconds) {
        return Some(Duration::from_secs_f64(milliseconds / 1000.0));
    }
    let text = header("retry-after")?;
    if let Some(seconds) = seconds(text) {
        return Some(Duration::from_secs_f64(seconds));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp().as_second());
    let until = moment(text)?;
    let now = header("date").and_then(moment).or_else(|| {
        let since = now.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    })?;
    Some(Duration::from_secs(u64::try_from(until - now).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn pauses_double_within_their_jitter_and_have_an_end() {
        let first = Duration::from_millis(100);
        for seed in 0..100 {
            for (attempt, whole) in [(1, 100), (2, 200), (3, 400)] {
                let pause = backoff(first, attempt, seed).as_millis();
                assert!((whole / 2..=whole).contains(&pause), "{attempt}: {pause}");
            }
            assert!(backoff(first, 60, seed) <= LONGEST);
        }
        assert_ne!(backoff(first, 1, 1), backoff(first, 1, 2));
    }

    #[test]
    fn what_a_server_asks_for_is_read_in_each_form() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_770);
        let asked = |pairs: &[_]| asked(&headers(pairs), now);
        assert_eq!(asked(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(asked(&[("retry-after", "0.5")]), Some(Duration::from_millis(500)));
        assert_eq!(asked(&[("retry-after-ms", "250"), ("retry-after", "7")]), Some(Duration::from_millis(250)));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(Duration::from_secs(7)));
        let dated = [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:35 GMT")];
        assert_eq!(asked(&dated), Some(Duration::from_secs(2)));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT")]), Some(Duration::ZERO));
        for nonsense in ["soon", "-1", "inf", ""] {
            assert_eq!(asked(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }
}
