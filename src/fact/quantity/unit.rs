//! Units, currencies and measure words, from the data files.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::fact::forms::{Forms, cell, rows};

/// A unit of the tables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unit {
    /// `money`, `length`, `duration`, `count`, ….
    pub(crate) kind: &'static str,
    /// How the contract writes it; empty for a count of nothing in particular.
    pub(crate) code: &'static str,
    /// What it can be converted within.
    pub(crate) dimension: &'static str,
    /// How many of the dimension's base it is.
    pub(crate) size: Decimal,
}

impl Unit {
    /// The unit of a plain count.
    pub(crate) const COUNT: Unit = Unit { kind: "count", code: "", dimension: "count", size: Decimal::ONE };
    /// A factor: the level reached over the level before.
    pub(crate) const FACTOR: Unit = Unit { kind: "multiple", code: "x", dimension: "factor", size: Decimal::ONE };
    /// A part of a whole.
    pub(crate) const FRACTION: Unit =
        Unit { kind: "fraction", code: "fraction", dimension: "ratio", size: Decimal::ONE };
    /// Hundredths.
    pub(crate) const PERCENT: Unit =
        Unit { kind: "percent", code: "%", dimension: "ratio", size: Decimal::from_parts(1, 0, 0, false, 2) };
    /// Percentage points.
    pub(crate) const POINTS: Unit = Unit { kind: "pp", code: "pp", dimension: "points", size: Decimal::ONE };
    /// A date.
    pub(crate) const DATE: Unit = Unit { kind: "date", code: "date", dimension: "date", size: Decimal::ONE };
    /// A time of day.
    pub(crate) const TIME: Unit = Unit { kind: "time", code: "time", dimension: "time", size: Decimal::ONE };
    /// The score of a match.
    pub(crate) const SCORE: Unit = Unit { kind: "score", code: "score", dimension: "score", size: Decimal::ONE };
    /// A place in an order.
    pub(crate) const ORDINAL: Unit = Unit { kind: "ordinal", code: "", dimension: "ordinal", size: Decimal::ONE };

    /// Money of a currency.
    pub(crate) const fn money(code: &'static str) -> Unit {
        Unit { kind: "money", code, dimension: code, size: Decimal::ONE }
    }
}

/// Units by the contract's codes; counted things by their English singular.
static BY_CODE: LazyLock<HashMap<&'static str, (Unit, &'static str)>> = LazyLock::new(|| {
    let mut units = HashMap::new();
    for row in rows(include_str!("../data/classifiers.tsv")) {
        if let Some(noun) = row.get(1).copied().filter(|noun| !noun.is_empty()) {
            units.insert(noun, (Unit::COUNT, noun));
        }
    }
    for row in rows(include_str!("../data/units.tsv")) {
        let size = row[3].parse().unwrap_or(Decimal::ONE);
        units.insert(row[1], (Unit { kind: row[0], code: row[1], dimension: row[2], size }, ""));
    }
    for row in rows(include_str!("../data/currencies.tsv")) {
        units.insert(row[0], (Unit::money(row[0]), ""));
    }
    for unit in [Unit::PERCENT, Unit::FACTOR, Unit::FRACTION, Unit::DATE, Unit::TIME, Unit::SCORE] {
        units.insert(unit.code, (unit, ""));
    }
    units
});

impl Unit {
    /// The unit that a code of the contract names, with the thing counted where it is one.
    pub(crate) fn by_code(code: &str) -> Option<(Unit, &'static str)> {
        BY_CODE.get(code.trim()).copied()
    }
}

/// What may stand behind a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Suffix {
    /// A unit of measure or a currency.
    Unit(Unit),
    /// 元 or 塊, of the article's region.
    BareYuan,
    /// A measure word: what it counts, and whether that noun itself is the measure.
    Classifier(&'static str, bool),
}

/// What stands behind a number: where it ends, and what it is.
pub(super) type Behind = (usize, Suffix);

/// Everything that may stand behind a number, longest first.
pub(crate) static SUFFIXES: LazyLock<Forms<Suffix>> = LazyLock::new(|| {
    let mut forms: Vec<(String, Suffix)> = Vec::new();
    for row in rows(include_str!("../data/units.tsv")) {
        let unit = Unit { kind: row[0], code: row[1], dimension: row[2], size: row[3].parse().unwrap_or(Decimal::ONE) };
        forms.extend(cell(&row, 4).map(|f| (f.to_owned(), Suffix::Unit(unit))));
        forms.extend(cell(&row, 5).flat_map(|f| plural(f).map(|f| (f, Suffix::Unit(unit)))));
    }
    for row in rows(include_str!("../data/currencies.tsv")) {
        let unit = Unit::money(row[0]);
        forms.extend(cell(&row, 1).map(|f| (f.to_owned(), Suffix::Unit(unit))));
        forms.extend(cell(&row, 2).flat_map(|f| plural(f).map(|f| (f, Suffix::Unit(unit)))));
        if let Some(parts) = row.get(4) {
            let mut parts = parts.split(';');
            let (zh, en, size) = (parts.next(), parts.next(), parts.next());
            let unit = Unit { size: size.and_then(|s| s.parse().ok()).unwrap_or(Decimal::ONE), ..unit };
            let words = zh.into_iter().chain(en).flat_map(|w| w.split(',')).filter(|w| !w.is_empty());
            forms.extend(words.flat_map(plural).map(|f| (f, Suffix::Unit(unit))));
        }
    }
    for row in rows(include_str!("../data/classifiers.tsv")) {
        let noun = row.get(1).copied().unwrap_or("");
        forms.push((row[0].to_owned(), Suffix::Classifier(noun, row.get(2) == Some(&"direct"))));
    }
    forms.extend(["元", "块钱", "元钱", "圆"].map(|f| (f.to_owned(), Suffix::BareYuan)));
    Forms::new(forms.iter().map(|(f, s)| (f.as_str(), *s)))
});

/// Signs and names of money that stand before the number.
pub(crate) static PREFIXES: LazyLock<Forms<Unit>> = LazyLock::new(|| {
    Forms::new(
        rows(include_str!("../data/currencies.tsv"))
            .flat_map(|row| cell(&row, 3).map(|f| (f, Unit::money(row[0]))).collect::<Vec<_>>()),
    )
});

/// A form with its English plural, where it is a word.
fn plural(form: &str) -> impl Iterator<Item = String> + use<> {
    let word = form.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '-' | '.')) && form.len() > 2;
    let more = match form {
        _ if !word || form.ends_with('s') => None,
        "foot" | "inch" | "feet" | "century" => None,
        _ => Some(format!("{form}s")),
    };
    std::iter::once(form.to_owned()).chain(more)
}
