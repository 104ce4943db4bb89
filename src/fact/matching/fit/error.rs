//! The classes of error, and which of them lies between two numbers.

use rust_decimal::Decimal;

use crate::fact::quantity::value::rounds_to;

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

/// What went wrong between two numbers of one measure.
pub(super) fn value_error(a: Decimal, b: Decimal) -> Error {
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
