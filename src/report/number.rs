//! How reports write figures: as short as they can be told apart, alike down a column.

/// Decimals of a column: of its values, and of its intervals' ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    value: usize,
    ends: usize,
}

impl Digits {
    /// Chooses decimals for a column from its declared range and from what stands in it (value, low, high).
    pub fn of(range: (Option<f64>, Option<f64>), column: &[(f64, Option<(f64, f64)>)]) -> Digits {
        let greatest = column.iter().map(|(v, _)| v.abs()).fold(0.0, f64::max);
        let value: usize = match range.1 {
            Some(max) if max <= 1.0 => 3,
            Some(max) if max <= 100.0 => 1,
            _ if greatest >= 100.0 => 0,
            _ if greatest >= 10.0 => 1,
            _ => 3,
        };
        let ends = value.saturating_sub(1);
        // A narrow interval would collapse to a point at the coarser step.
        let step = 10f64.powi(-i32::try_from(ends).unwrap_or(0));
        let narrow = column.iter().filter_map(|(_, i)| *i).any(|(low, high)| high > low && high - low < 2.0 * step);
        Digits { value, ends: if narrow { value } else { ends } }
    }

    /// A value: `.382`, `1.00`, `38.2`.
    pub fn value(self, value: f64) -> String {
        short(value, self.value)
    }

    /// An interval: `[.35,.41]`.
    pub fn interval(self, low: f64, high: f64) -> String {
        format!("[{},{}]", short(low, self.ends), short(high, self.ends))
    }
}

/// A number with so many decimals, without the zero before the point; one decimal less from 1 up where the zero
/// is dropped elsewhere, so that 1.00 stands as wide as .882.
fn short(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let negative = text.starts_with('-') && text.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let digits = text.trim_start_matches('-');
    let digits = match digits.strip_prefix('0') {
        Some(rest) if rest.starts_with('.') => rest.to_owned(),
        _ if decimals > 1 => format!("{:.*}", decimals - 1, value.abs()),
        _ => digits.to_owned(),
    };
    if negative { format!("-{digits}") } else { digits }
}

/// A share as a whole percentage, `88 %` with a space that no line breaks at; never rounded up to 100 % or down to 0 %.
pub fn percent(share: f64) -> String {
    let percent = (share * 100.0).round();
    if percent >= 100.0 && share < 1.0 {
        return "99\u{a0}%".to_owned();
    }
    if percent <= 0.0 && share > 0.0 {
        return "1\u{a0}%".to_owned();
    }
    format!("{percent:.0}\u{a0}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_drop_their_zero_and_keep_their_width() {
        let digits = Digits::of((Some(0.0), Some(1.0)), &[(0.382, Some((0.35, 0.41))), (1.0, Some((0.9, 1.0)))]);
        assert_eq!(digits.value(0.382), ".382");
        assert_eq!(digits.value(1.0), "1.00");
        assert_eq!(digits.value(0.0), ".000");
        assert_eq!(digits.interval(0.351, 1.0), "[.35,1.0]");
    }

    #[test]
    fn narrow_intervals_show_a_digit_more() {
        let digits = Digits::of((Some(0.0), Some(1.0)), &[(0.382, Some((0.380, 0.384)))]);
        assert_eq!(digits.interval(0.380, 0.384), "[.380,.384]");
    }

    #[test]
    fn hundreds_and_open_ranges() {
        let bleu = Digits::of((Some(0.0), Some(100.0)), &[(38.25, Some((30.0, 41.0)))]);
        assert_eq!(format!("{} {}", bleu.value(38.24), bleu.interval(30.2, 41.0)), "38.2 [30,41]");
        let length = Digits::of((Some(0.0), None), &[(183.2, Some((170.0, 197.0)))]);
        assert_eq!(format!("{} {}", length.value(183.2), length.interval(170.0, 197.0)), "183 [170,197]");
    }

    #[test]
    fn a_negative_zero_loses_its_sign() {
        assert_eq!(short(-0.0001, 3), ".000");
        assert_eq!(short(-0.25, 2), "-.25");
    }

    #[test]
    fn percentages_do_not_round_to_certainty() {
        assert_eq!(percent(0.996), "99\u{a0}%");
        assert_eq!(percent(0.004), "1\u{a0}%");
        assert_eq!(percent(0.876), "88\u{a0}%");
        assert_eq!((percent(0.0), percent(1.0)), ("0\u{a0}%".to_owned(), "100\u{a0}%".to_owned()));
    }
}
