//! Figures of a claim that a summary fixes by arithmetic: a sum or difference of two figures that it states.

use rust_decimal::Decimal;

use super::role::{Overlap, Role, Spread, overlap, role};
use crate::fact::entail::says_rest;
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Direction, Mention, Modifier};

/// Two figures of a summary that fix one of a claim.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Derived {
    /// Their places in text order.
    pub(crate) from: (usize, usize),
    /// How, in words.
    pub(crate) how: &'static str,
    /// Whether the text between them says so: a part of the whole, what is left of it.
    pub(crate) said: bool,
}

/// Looks for two figures, a sentence apart at most, that fix a claim's figure exactly. At least one must be said of what
/// the claim speaks of.
pub(crate) fn derived(
    expected: &Mention,
    said_of: &Role,
    page: &Page,
    told: &[Mention],
    spread: &Spread,
    other: bool,
) -> Option<Derived> {
    // Percentages and points of them on one scale.
    let scaled = |m: &Mention| match m.unit.dimension {
        "points" => m.base_value()?.checked_div(Decimal::ONE_HUNDRED),
        _ => m.base_value(),
    };
    let value = scaled(expected)?;
    let points = matches!(expected.unit.dimension, "ratio" | "points");
    let figures: Vec<(usize, Decimal)> = told
        .iter()
        .enumerate()
        .filter(|(_, m)| !matches!(m.unit.kind, "date" | "time" | "ordinal" | "score"))
        .filter(|(_, m)| {
            m.unit.dimension == expected.unit.dimension
                || points && matches!(m.unit.dimension, "ratio" | "points")
                || elliptic(m) && expected.unit.kind != "duration"
        })
        .filter_map(|(i, m)| Some((i, scaled(m)?)))
        .collect();
    let sentence = |i: usize| page.clauses[page.clause_at(told[i].core.0)].sentence;
    // A single digit comes about by chance.
    let telling = value >= Decimal::TEN || points || expected.unit.kind == "money";
    for (x, (i, a)) in figures.iter().enumerate() {
        if let Some(found) = rest(expected, said_of, (*i, *a), page, told, spread, other) {
            return Some(found);
        }
        for (j, b) in figures[x + 1..].iter().take(REACH) {
            if sentence(*j) - sentence(*i) > usize::from(telling) || !(telling || sentence(*i) == sentence(*j)) {
                continue;
            }
            let (one, two) = (&told[*i], &told[*j]);
            if points && !(steps(one, two, expected) && (one.unit == two.unit || told_together(told, *i, *j))) {
                continue;
            }
            // Three fields are no difference of seven papers and four.
            let counts = |m: &Mention| m.unit.kind == "count";
            let unlike = |x: &Mention, y: &Mention| match (x.of, y.of) {
                (Some((a, b)), Some((c, d))) => page.text[a..b] != page.text[c..d],
                _ => !x.noun.is_empty() && !y.noun.is_empty() && x.noun != y.noun,
            };
            if !telling && counts(one) && counts(two) && unlike(one, two) {
                continue;
            }
            let sum = a.checked_add(*b);
            let (high, low) = if a > b { (a, b) } else { (b, a) };
            let rest = high.checked_sub(*low);
            let how = if sum == Some(value) && adds(one, two) {
                "sum"
            } else if rest == Some(value) && !value.is_zero() && parts(one, two) {
                "difference"
            } else {
                continue;
            };
            let near =
                [*i, *j].into_iter().map(|k| held(&role(page, &told[k]), said_of, spread, other)).fold(0.0, f32::max);
            if near >= said_of_least(value) {
                let between: String = page.text.get(one.core.1..two.core.0).unwrap_or(&[]).iter().collect();
                let place = page.clauses[page.clause_at(one.core.0)];
                let clause: String = page.text[place.start..place.end].iter().collect();
                let part = [" of the ", " of its ", " off the ", " short of "].iter().any(|w| between.starts_with(w));
                let said = value >= Decimal::TEN && how == "difference" && (part || says_rest(&clause));
                return Some(Derived { from: (*i, *j), how, said });
            }
        }
    }
    None
}

/// A share that the one told leaves of a whole: 三成仍待修復 where 七成 is repaired.
fn rest(
    expected: &Mention,
    said_of: &Role,
    (i, part): (usize, Decimal),
    page: &Page,
    told: &[Mention],
    spread: &Spread,
    other: bool,
) -> Option<Derived> {
    let level = |m: &Mention| m.unit.dimension == "ratio" && m.change != Change::By;
    let exact = expected.base_value()?.checked_add(part)? == Decimal::ONE;
    (exact && level(expected) && level(&told[i]) && !rounded(&told[i])).then_some(())?;
    let place = page.clauses[page.clause_at(told[i].core.0)];
    let words: String = page.text[place.start..place.end].iter().collect();
    let near = held(&role(page, &told[i]), said_of, spread, other);
    (says_rest(&words) && near >= 0.1).then_some(Derived {
        from: (i, i),
        how: "rest of the whole that leaves",
        said: true,
    })
}

/// How many figures on the second of a pair may stand.
const REACH: usize = 8;
/// How much one of two figures must be said of what the claim speaks of: the more digits a result has, the less it
/// comes about by chance.
fn said_of_least(value: Decimal) -> f32 {
    match value.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len() {
        0 | 1 => 0.2,
        2 => 0.1,
        3 => 0.05,
        _ => 0.02,
    }
}

fn held(told: &Role, claim: &Role, spread: &Spread, other: bool) -> f32 {
    let share = |o: Overlap| o.share;
    share(overlap(told, claim, spread, other)).max(share(overlap(claim, told, spread, other)))
}

/// A number without unit or noun, behind another that has them.
fn elliptic(m: &Mention) -> bool {
    m.unit.kind == "count" && m.noun.is_empty() && m.of.is_none()
}

fn rounded(m: &Mention) -> bool {
    matches!(m.modifier, Some(Modifier::Nearly | Modifier::Over | Modifier::Under | Modifier::AtMost))
}

/// Whether two figures may be added: parts of a whole, or a level reached and how much it fell.
fn adds(a: &Mention, b: &Mention) -> bool {
    let fell = |m: &Mention| m.change == Change::By && m.direction == Some(Direction::Down);
    let moved = |m: &Mention| m.change == Change::By;
    !(rounded(a) || rounded(b)) && (moved(a) == moved(b) || fell(a) || fell(b))
}

/// Whether one figure may be taken from another: a whole and its part, two levels, or a level and how much it rose.
fn parts(a: &Mention, b: &Mention) -> bool {
    let fell = |m: &Mention| m.change == Change::By && m.direction == Some(Direction::Down);
    !(rounded(a) || rounded(b) || fell(a) || fell(b))
}

/// Whether a percentage and points of it, told one after the other, belong together: no other percentage stands nearer to the
/// points.
fn told_together(told: &[Mention], i: usize, j: usize) -> bool {
    let points = |k: usize| told[k].unit.dimension == "points";
    let (points, level) = if points(i) { (i, j) } else { (j, i) };
    let gap = |k: usize| {
        let (a, b) = (&told[k.min(points)], &told[k.max(points)]);
        b.core.0.saturating_sub(a.core.1)
    };
    let around = points.saturating_sub(REACH)..(points + REACH).min(told.len());
    let mut others = around.filter(|k| *k != level && told[*k].unit.dimension == "ratio").map(gap);
    others.all(|other| other > gap(level))
}

/// Whether two percentages give a third by points: two levels a change, a level and points a level.
fn steps(a: &Mention, b: &Mention, expected: &Mention) -> bool {
    let ratio = |m: &Mention| m.unit.dimension == "ratio";
    if ratio(expected) {
        expected.change != Change::By && ratio(a) != ratio(b)
    } else {
        ratio(a) && ratio(b) && a.change != Change::By && b.change != Change::By
    }
}
