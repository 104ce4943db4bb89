//! Whether one figure may be told as another: value, unit, bound, change, direction.

mod across;
mod error;
mod ratio;
mod value;

pub(crate) use error::Error;

use across::across;
use error::value_error;
use ratio::{is_ratio, ratios};
use rust_decimal::Decimal;
use value::value;

use crate::fact::date::DateMatch;
use crate::fact::quantity::value::rounds_to;
use crate::fact::quantity::{Change, Direction, Mention, Modifier, Value};

/// How a telling stands to a figure of the same measured thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The same, as far as it is told.
    Same,
    /// Nothing differs, but the telling is coarser than the claim (a month for a day).
    Coarser,
    /// Something differs, for the reason named by SPEC's taxonomy.
    Differs(Error),
    /// They do not speak of the same kind of thing.
    Unrelated,
}

/// Holds a telling against a figure of a source or claim.
pub(crate) fn fit(source: &Mention, told: &Mention) -> Fit {
    let (Some(a), Some(b)) = (&source.value, &told.value) else { return Fit::Unrelated };
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => {
            return match a.told_as(b) {
                DateMatch::Same => Fit::Same,
                DateMatch::Coarser => Fit::Coarser,
                DateMatch::Differs => Fit::Differs(Error::Calendar),
            };
        }
        (Value::Score(a1, a2), Value::Score(b1, b2)) => {
            return if a1 == b1 && a2 == b2 || a1 == b2 && a2 == b1 { Fit::Same } else { Fit::Differs(Error::Value) };
        }
        (Value::Time(a), Value::Time(b)) => return if a == b { Fit::Same } else { Fit::Differs(Error::Value) },
        (Value::Range(a1, a2), Value::Range(b1, b2)) => {
            let bare = |m: &Mention| m.unit.kind == "count" && m.unit.code.is_empty() && m.noun.is_empty();
            if source.unit.dimension != told.unit.dimension {
                let alike = (bare(source) || bare(told)) && a1 == b1 && a2 == b2;
                return if alike { Fit::Same } else { Fit::Unrelated };
            }
            let same = |x: Decimal, y: Decimal| x.checked_mul(source.unit.size) == y.checked_mul(told.unit.size);
            let reached = |a: &Mention, b: &Mention| a.change == Change::By && b.change == Change::To;
            return match same(*a1, *b1) && same(*a2, *b2) {
                true if reached(source, told) || reached(told, source) => Fit::Differs(Error::LevelChange),
                true => Fit::Same,
                false => Fit::Differs(Error::Value),
            };
        }
        // 三千元以上 is the lower end of 3,000 to 15,000.
        (Value::Number(n), Value::Range(low, high)) if bounds(source, *n, told, (*low, *high)) => return Fit::Same,
        (Value::Range(low, high), Value::Number(n)) if bounds(told, *n, source, (*low, *high)) => return Fit::Same,
        (Value::Range(..), Value::Number(_)) | (Value::Number(_), Value::Range(..)) => {
            return if source.unit.dimension == told.unit.dimension {
                Fit::Differs(Error::Value)
            } else {
                Fit::Unrelated
            };
        }
        _ => {}
    }
    if matches!(source.unit.kind, "date" | "time" | "score") || matches!(told.unit.kind, "date" | "time" | "score") {
        return Fit::Unrelated;
    }
    numbers(source, told)
}

/// Whether a bound is one of the ends of a range.
fn bounds(bound: &Mention, n: Decimal, range: &Mention, (low, high): (Decimal, Decimal)) -> bool {
    let scaled = |n: Decimal, m: &Mention| n.checked_mul(m.unit.size);
    let end = match bound.modifier {
        Some(Modifier::AtLeast | Modifier::Over) => low,
        Some(Modifier::AtMost | Modifier::Under) => high,
        _ => return false,
    };
    bound.unit.dimension == range.unit.dimension && scaled(n, bound) == scaled(end, range)
}

fn numbers(source: &Mention, told: &Mention) -> Fit {
    let (Some(a), Some(b)) = (source.base_value(), told.base_value()) else { return Fit::Unrelated };
    // -25 is a fall by 25.
    let fell = |m: &Mention, n: Decimal, other: &Mention| {
        n.is_sign_negative() && !n.is_zero() && m.direction.is_none() && other.direction == Some(Direction::Down)
    };
    if source.unit.dimension == told.unit.dimension && (fell(source, a, told) || fell(told, b, source)) {
        let (a, b) = (a.abs(), b.abs());
        return if a == b || rounds_to(a, b) { Fit::Same } else { Fit::Differs(value_error(a, b)) };
    }
    if is_ratio(source) && is_ratio(told) {
        return ratios(source, told, a, b);
    }
    if source.unit.dimension != told.unit.dimension {
        let bare =
            |m: &Mention| m.unit.kind == "count" && m.unit.code.is_empty() && m.noun.is_empty() && m.of.is_none();
        let measure =
            |m: &Mention| !matches!(m.unit.kind, "percent" | "pp" | "bp" | "ordinal" | "multiple" | "fraction");
        let (x, y) = (source.value.as_ref().and_then(Value::number), told.value.as_ref().and_then(Value::number));
        if (bare(source) && measure(told) || bare(told) && measure(source))
            && let (Some(x), Some(y)) = (x, y)
            && (x == y || rounds_to(x, y))
        {
            return Fit::Same;
        }
        return across(source, told, a, b);
    }
    // Measures that need no change to be compared: a level reached is a level.
    let level = |m: &Mention| !matches!(m.change, Change::By);
    if level(source) != level(told) {
        // 新增100個 and 100個 may be one figure; 增加100個 and 增至100個 never are.
        let reached = source.change == Change::To || told.change == Change::To;
        if a == b
            && became_change(source, told)
            && !matches!(source.unit.kind, "count" | "duration" | "money" | "power" | "energy")
        {
            return Fit::Differs(Error::LevelChange);
        }
        return match (value(source, told, a, b), reached) {
            (_, true) if a == b && !source.of_change && !told.of_change => Fit::Differs(Error::LevelChange),
            (Fit::Same, true) if !source.of_change && !told.of_change => Fit::Differs(Error::LevelChange),
            (fit @ (Fit::Same | Fit::Differs(Error::Bound)), _) => fit,
            _ => Fit::Unrelated,
        };
    }
    if source.change != told.change
        && matches!((source.change, told.change), (Change::From, Change::To) | (Change::To, Change::From))
    {
        return if a == b { Fit::Differs(Error::Period) } else { Fit::Unrelated };
    }
    let held = |m: &Mention| m.direction == Some(Direction::Held);
    if a == b
        && (held(source) && told.change == Change::From || held(told) && source.change == Change::From)
        && opposed(source, told)
    {
        return Fit::Differs(Error::Direction);
    }
    if opposed(source, told) && source.change != Change::From && told.change != Change::From {
        return Fit::Differs(if a == b || matches!(source.change, Change::By) {
            Error::Direction
        } else {
            value_error(a, b)
        });
    }
    value(source, told, a, b)
}

/// Whether a level of which nothing says that it moved is told as a rise or fall by as much.
fn became_change(source: &Mention, told: &Mention) -> bool {
    told.change == Change::By
        && told.direction.is_some()
        && source.change == Change::Level
        && source.direction.is_none()
        && !source.of_change
        && !told.of_change
}

fn opposed(a: &Mention, b: &Mention) -> bool {
    // A forecast of growth that is lowered goes down, and speaks of growth.
    if (a.of_change || b.of_change) && (a.change == Change::To || b.change == Change::To) {
        return false;
    }
    match (a.direction, b.direction) {
        (Some(x), Some(y)) => x != y,
        _ => false,
    }
}
