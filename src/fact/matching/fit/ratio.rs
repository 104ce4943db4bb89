//! Percentages, fractions and factors, as shares and as changes.

use rust_decimal::Decimal;

use super::error::value_error;
use super::value::value;
use super::{Error, Fit, opposed};
use crate::fact::quantity::value::rounds_to;
use crate::fact::quantity::{Change, Direction, Mention};

pub(super) fn is_ratio(m: &Mention) -> bool {
    matches!(m.unit.dimension, "ratio" | "factor")
}

/// A change as the level reached over the level before: up 20 % is 1.2, halved 0.5.
fn factor(m: &Mention) -> Option<Decimal> {
    let n = m.base_value()?;
    match (m.unit.dimension, m.change, m.direction) {
        ("factor", Change::By, _) => Some(n),
        ("ratio", Change::By, Some(Direction::Up)) => Decimal::ONE.checked_add(n),
        ("ratio", Change::By, Some(Direction::Down)) => Decimal::ONE.checked_sub(n),
        _ => None,
    }
}

/// Percentages, fractions, factors: shares among themselves, changes among themselves.
pub(super) fn ratios(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
    if let (Some(x), Some(y)) = (factor(source), factor(told)) {
        let same_unit = source.unit.dimension == told.unit.dimension && !opposed(source, told);
        if x == y || same_unit && source.unit.dimension == "ratio" && matches!(value(source, told, a, b), Fit::Same) {
            return if same_unit { value(source, told, a, b) } else { Fit::Same };
        }
        if (x - y).abs() <= Decimal::new(1, 2) * y.abs() && !same_unit && !opposed(source, told) {
            return Fit::Same;
        }
        if opposed(source, told) {
            return Fit::Differs(Error::Direction);
        }
        return Fit::Differs(if source.unit.dimension == "factor" { Error::Multiple } else { value_error(a, b) });
    }
    if source.unit.dimension == told.unit.dimension {
        let (by_a, by_b) = (source.change == Change::By, told.change == Change::By);
        if by_a != by_b {
            // A direction that only one side's words give is no conflict: 占三成 and a level of 30 %.
            let change = if by_a { source } else { told };
            if change.direction.is_none() {
                return value(source, told, a, b);
            }
            let reached = source.change == Change::To || told.change == Change::To;
            return match (a == b, reached) {
                // 跌幅收窄至0.1%: the level of a change is that change.
                (true, true) if !source.of_change && !told.of_change => Fit::Differs(Error::LevelChange),
                (true, _) => value(source, told, a, b),
                _ if source.of_change || told.of_change => value(source, told, a, b),
                // 3倍 told as 多出3倍 is four times as much.
                _ if source.unit.dimension == "factor" && (a - b).abs() == Decimal::ONE => {
                    Fit::Differs(Error::Multiple)
                }
                _ => Fit::Unrelated,
            };
        }
        if source.change != told.change
            && matches!((source.change, told.change), (Change::From, Change::To) | (Change::To, Change::From))
        {
            return if a == b { Fit::Differs(Error::Period) } else { Fit::Unrelated };
        }
        if opposed(source, told) && source.change != Change::From && told.change != Change::From {
            return Fit::Differs(Error::Direction);
        }
        return value(source, told, a, b);
    }
    // 1.25 times as much is 25 % more.
    if let ("factor", Change::Level, Some(x)) = (told.unit.dimension, told.change, factor(source)) {
        return if x == b || rounds_to(x, b) { Fit::Same } else { Fit::Unrelated };
    }
    // A factor that is a level (four times today's number) against a change told as a factor.
    let bare = |m: &Mention| m.unit.dimension == "factor";
    if bare(source) && bare(told) {
        return value(source, told, a, b);
    }
    if a == b { Fit::Same } else { Fit::Unrelated }
}
