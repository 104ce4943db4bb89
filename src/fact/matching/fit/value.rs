//! Two values of one measure: rounded, bounded, converted.

use rust_decimal::Decimal;

use super::error::value_error;
use super::{Error, Fit};
use crate::fact::quantity::value::{granularity, rounds_to};
use crate::fact::quantity::{Mention, Modifier, Value};

pub(super) fn value(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
    let above = |m: Option<Modifier>| matches!(m, Some(Modifier::Over | Modifier::AtLeast));
    let below = |m: Option<Modifier>| matches!(m, Some(Modifier::Nearly | Modifier::Under));
    let (s, t) = (source.modifier, told.modifier);
    let a_told = Decimal::checked_div(a, told.unit.size).unwrap_or(a);
    let b_told = told.value.as_ref().and_then(Value::number).unwrap_or(b);
    let converted = source.unit.size != told.unit.size;
    let (a_told, b_told) = (a_told.round_dp(12).normalize(), b_told.round_dp(12).normalize());
    let simple = |m: &Mention| matches!(m.value, Some(Value::Fraction(..))) && m.unit.dimension == "ratio";
    // A third is told for what is about a third.
    let about = (simple(told) || simple(source)) && (a - b).abs() <= a.abs() * Decimal::new(4, 2);
    let near = rounds_to(a_told, b_told) || (converted && close(a_told, b_told)) || about;
    // 逾2 may stand for 2.34, 近3 for 2.9: a bound told of an exact figure, true and not far off.
    if !near {
        let off = (a - b).abs();
        let far = a.abs().checked_mul(Decimal::new(2, 1)).is_none_or(|limit| off > limit);
        // 過半 for 54 %.
        if simple(told) && (told.modifier.is_some() || s.is_none()) && holds_simply(source, told, a, b) {
            return Fit::Same;
        }
        let exact = s.is_none() || s == Some(Modifier::About);
        let holds = (above(t) && b < a) || (below(t) && b > a && off <= a.abs() * Decimal::new(1, 1));
        // A bound is a rounder number than what it bounds: 逾259 is not told of 295.
        let rounder = granularity(b_told) > granularity(a_told);
        if exact && holds && !far && rounder {
            return Fit::Same;
        }
        return Fit::Differs(value_error(a, b));
    }
    let flipped = (above(s) && (below(t) || t == Some(Modifier::AtMost)))
        || (below(s) && above(t))
        || (s == Some(Modifier::AtMost) && above(t));
    if flipped {
        return Fit::Differs(Error::Bound);
    }
    Fit::Same
}

/// Whether a simple fraction that is told as a bound holds of a share not far off.
fn holds_simply(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> bool {
    let above = matches!(told.modifier, Some(Modifier::Over | Modifier::AtLeast));
    let below = matches!(told.modifier, Some(Modifier::Nearly | Modifier::Under));
    let near = (a - b).abs() <= Decimal::new(12, 2);
    source.modifier.is_none() && near && (above && a > b || below && a < b)
}

/// Equal at the digits told, for units that convert into each other (10 km, 6.2 miles).
fn close(exact: Decimal, told: Decimal) -> bool {
    let place = granularity(told);
    let off = (exact - told).abs();
    off.saturating_mul(Decimal::TWO) <= place && off <= exact.abs() * Decimal::new(5, 2)
}
