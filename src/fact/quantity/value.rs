//! Values: numbers, fractions, ranges, scores, dates, times.

use std::fmt;

use rust_decimal::Decimal;

use crate::fact::date::Day;

/// What a quantity amounts to, before its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// A number, exact.
    Number(Decimal),
    /// A numerator over a denominator.
    Fraction(Decimal, Decimal),
    /// From, to.
    Range(Decimal, Decimal),
    /// The score of a match or a vote.
    Score(Decimal, Decimal),
    /// A date, perhaps partial.
    Date(Day),
    /// A time of day, in minutes past midnight.
    Time(u16),
}

impl Value {
    /// The number it amounts to, where it is one number.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match *self {
            Value::Number(n) => Some(n),
            Value::Fraction(a, b) => a.checked_div(b),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(n) => write!(f, "{}", n.normalize()),
            Value::Fraction(a, b) => write!(f, "{}/{}", a.normalize(), b.normalize()),
            Value::Range(a, b) => write!(f, "{}..{}", a.normalize(), b.normalize()),
            Value::Score(a, b) => write!(f, "{}-{}", a.normalize(), b.normalize()),
            Value::Date(day) => write!(f, "{day}"),
            Value::Time(minutes) => write!(f, "{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

/// The place of a number's last significant digit: 100000000000 for 2.3 trillion, 0.1 for 2.3.
pub(crate) fn granularity(n: Decimal) -> Decimal {
    let n = n.normalize();
    if n.is_zero() {
        return Decimal::ONE;
    }
    let (mut mantissa, scale) = (n.mantissa().unsigned_abs(), n.scale());
    if scale > 0 {
        return Decimal::new(1, scale);
    }
    let mut place = Decimal::ONE;
    while mantissa.is_multiple_of(10) {
        mantissa /= 10;
        place = place.checked_mul(Decimal::TEN).unwrap_or(place);
    }
    place
}

/// Whether `exact` may be told as `told`: equal, or rounding to it at its own significant digits with no more than
/// 5 % lost.
pub(crate) fn rounds_to(exact: Decimal, told: Decimal) -> bool {
    if exact == told {
        return true;
    }
    let off = (exact - told).abs();
    let Some(limit) = exact.abs().checked_mul(Decimal::new(5, 2)) else { return false };
    off <= limit && off.saturating_mul(Decimal::TWO) <= granularity(told) && granularity(told) > granularity(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn rounding_is_to_the_digits_told() {
        assert!(rounds_to(d("2340000000000"), d("2300000000000")));
        assert!(rounds_to(d("3.47"), d("3.5")));
        assert!(!rounds_to(d("2.34"), d("2")));
        assert!(!rounds_to(d("2.3"), d("2.34")), "precision cannot be added");
        assert!(rounds_to(d("52.4"), d("52")));
        assert!(!rounds_to(d("52.6"), d("52")));
    }
}
