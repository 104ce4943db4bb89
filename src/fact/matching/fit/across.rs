//! Figures of different dimensions.

use rust_decimal::Decimal;

use super::error::value_error;
use super::ratio::is_ratio;
use super::{Error, Fit};
use crate::fact::quantity::value::rounds_to;
use crate::fact::quantity::{Change, Mention, Value};

/// Figures of different dimensions that may be the same figure gone wrong, or in other units.
pub(super) fn across(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
    let (s, t) = (source.unit, told.unit);
    if s.kind == "money" && t.kind == "money" {
        let near = a == b || rounds_to(a, b) || rounds_to(b, a);
        return Fit::Differs(if near { Error::Unit } else { value_error(a, b) });
    }
    if s.kind == "duration" && t.kind == "duration" {
        let days =
            |unit: &str, n: Decimal| if unit == "months" { n.checked_mul(Decimal::new(304_375, 4)) } else { Some(n) };
        let (Some(x), Some(y)) = (days(s.dimension, a), days(t.dimension, b)) else { return Fit::Unrelated };
        let near = (x - y).abs() <= x.abs() * Decimal::new(2, 2);
        return if near { Fit::Same } else { Fit::Differs(Error::Value) };
    }
    if matches!((s.dimension, t.dimension), ("points", "ratio") | ("ratio", "points")) {
        let (x, y) = (source.value.as_ref().and_then(Value::number), told.value.as_ref().and_then(Value::number));
        return if x == y { Fit::Differs(Error::PercentPoint) } else { Fit::Unrelated };
    }
    if s.kind == "temperature" && t.kind == "temperature" {
        let celsius = |unit: &str, n: Decimal| {
            if unit == "temperaturef" { (n - Decimal::from(32)) / Decimal::from(9) * Decimal::from(5) } else { n }
        };
        let (x, y) = (celsius(s.dimension, a), celsius(t.dimension, b));
        return if (x - y).abs() < Decimal::new(6, 1) { Fit::Same } else { Fit::Differs(Error::Value) };
    }
    // 增加21萬人 told as 增加21%.
    let by = |m: &Mention| m.change == Change::By && m.direction.is_some();
    let share = |m: &Mention| m.unit.kind == "percent";
    if by(source) && by(told) && source.direction == told.direction && share(source) != share(told) {
        let number = |m: &Mention| m.value.as_ref().and_then(Value::number);
        if let (Some(x), Some(y)) = (number(source), number(told))
            && (x == y || value_error(x, y) == Error::Magnitude && share(told))
        {
            return Fit::Differs(Error::Unit);
        }
    }
    // `14 degrees` leaves its scale out.
    if matches!((s.kind, t.kind), ("temperature", "angle") | ("angle", "temperature")) {
        let number = |m: &Mention| m.value.as_ref().and_then(Value::number);
        return if number(source) == number(told) { Fit::Same } else { Fit::Differs(Error::Value) };
    }
    // 6.1 million behind `178 million tons`: the unit is left out.
    let bare = |m: &Mention| m.unit.kind == "count" && m.noun.is_empty() && m.of.is_none();
    let number = |m: &Mention| m.value.as_ref().and_then(Value::number);
    if bare(told)
        && !is_ratio(source)
        && s.kind != "ordinal"
        && number(source).is_some_and(|n| n >= Decimal::ONE_HUNDRED)
        && number(source) == number(told)
    {
        return Fit::Same;
    }
    let years = |u: &str, m: &Mention| u == "age" || u == "count" && m.noun.is_empty() && m.of.is_none();
    let equal = number(source).is_some() && number(source) == number(told);
    if equal && (years(s.kind, source) && t.kind == "age" || years(t.kind, told) && s.kind == "age") {
        return Fit::Same;
    }
    if matches!((s.kind, t.kind), ("age", "duration") | ("duration", "age")) && a == b {
        return Fit::Same;
    }
    Fit::Unrelated
}
