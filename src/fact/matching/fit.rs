//! Whether one figure may be told as another: value, unit, bound, change, direction.

use rust_decimal::Decimal;

use crate::fact::date::DateMatch;
use crate::fact::quantity::value::{granularity, rounds_to};
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

/// The classes of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Error {
    Magnitude,
    Transposition,
    Unit,
    Swap,
    Period,
    LevelChange,
    Multiple,
    PercentPoint,
    Bound,
    Direction,
    Calendar,
    PartTotal,
    Polarity,
    Precision,
    Value,
    Fabricated,
}

impl Error {
    /// Whether the digits are right, or nearly, and something else is wrong: what hardly comes about by chance.
    pub(crate) fn is_slip(self) -> bool {
        matches!(
            self,
            Error::Magnitude
                | Error::Transposition
                | Error::Unit
                | Error::LevelChange
                | Error::PercentPoint
                | Error::Bound
                | Error::Direction
                | Error::PartTotal
        )
    }

    /// Its name in answers and in `epitome list facts`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Error::Magnitude => "magnitude",
            Error::Transposition => "transposition",
            Error::Unit => "unit",
            Error::Swap => "swap",
            Error::Period => "period",
            Error::LevelChange => "level_change",
            Error::Multiple => "multiple",
            Error::PercentPoint => "pp_percent",
            Error::Bound => "bound",
            Error::Direction => "direction",
            Error::Calendar => "calendar",
            Error::PartTotal => "part_total",
            Error::Polarity => "polarity",
            Error::Precision => "precision",
            Error::Value => "value",
            Error::Fabricated => "fabricated",
        }
    }
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

fn is_ratio(m: &Mention) -> bool {
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
        if a == b && became_change(source, told) && !matches!(source.unit.kind, "count" | "duration" | "money") {
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

fn value(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
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

/// Whether a level of which nothing says that it moved is told as a rise or fall by as much.
fn became_change(source: &Mention, told: &Mention) -> bool {
    told.change == Change::By
        && told.direction.is_some()
        && source.change == Change::Level
        && source.direction.is_none()
        && !source.of_change
        && !told.of_change
}

/// Equal at the digits told, for units that convert into each other (10 km, 6.2 miles).
fn close(exact: Decimal, told: Decimal) -> bool {
    let place = granularity(told);
    let off = (exact - told).abs();
    off * Decimal::TWO <= place && off <= exact.abs() * Decimal::new(5, 2)
}

/// Percentages, fractions, factors: shares among themselves, changes among themselves.
fn ratios(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
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

/// Figures of different dimensions that may be the same figure gone wrong, or in other units.
fn across(source: &Mention, told: &Mention, a: Decimal, b: Decimal) -> Fit {
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
            if unit == "temperaturef" { (n - Decimal::from(32)) * Decimal::from(5) / Decimal::from(9) } else { n }
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

/// What went wrong between two numbers of one measure.
pub(crate) fn value_error(a: Decimal, b: Decimal) -> Error {
    if a.is_zero() || b.is_zero() {
        return Error::Value;
    }
    let digits = |n: Decimal| {
        let mut text: Vec<u8> = n.normalize().mantissa().unsigned_abs().to_string().into_bytes();
        while text.last() == Some(&b'0') {
            text.pop();
        }
        text
    };
    if rounds_to(b.round_dp(12).normalize(), a.round_dp(12).normalize()) {
        return Error::Precision;
    }
    let (mut x, mut y) = (digits(a), digits(b));
    if x == y {
        return Error::Magnitude;
    }
    // 一千零五十 told as 一千五: a zero lost or won inside.
    let strip = |d: &[u8]| d.iter().copied().filter(|c| *c != b'0').collect::<Vec<_>>();
    if strip(&x) == strip(&y) && x.len() > 1 {
        return Error::Magnitude;
    }
    if x.len() == y.len() && x.len() > 1 {
        x.sort_unstable();
        y.sort_unstable();
        if x == y {
            return Error::Transposition;
        }
    }
    Error::Value
}
