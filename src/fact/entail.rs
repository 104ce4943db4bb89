//! What a source entails without stating it: sums, differences, shares, changes, complements, products, equal parts.

use rust_decimal::Decimal;

use super::page::Page;
use super::quantity::value::rounds_to;
use super::quantity::{Change, Mention, Value};

/// The figures of a source that entail a told one, and how, in words; none where nothing does.
pub(crate) fn entailed(told: &Mention, told_page: &Page, source: &Page) -> Option<(usize, &'static str)> {
    let value = told.base_value()?;
    let figures: Vec<(usize, &Mention, Decimal)> = source
        .mentions
        .iter()
        .enumerate()
        .filter(|(_, m)| !matches!(m.unit.kind, "date" | "time" | "ordinal" | "score"))
        .filter_map(|(i, m)| Some((i, m, m.base_value()?)))
        .take(LIMIT)
        .collect();
    let is = |n: Option<Decimal>| n.is_some_and(|n| same(n, value, told));
    let ratio = |m: &Mention| matches!(m.unit.dimension, "ratio");
    let near = |a: &Mention, b: &Mention| {
        let sentence = |m: &Mention| source.clauses[source.clause_at(m.core.0)].sentence;
        sentence(a).abs_diff(sentence(b)) <= 1
    };
    // The complement of a stated part.
    if ratio(told) && told.change == Change::Level {
        let part =
            figures.iter().find(|(_, m, n)| ratio(m) && m.change == Change::Level && is(Decimal::ONE.checked_sub(*n)));
        if let Some((i, ..)) = part {
            return Some((*i, "the rest of a stated part"));
        }
    }
    let shares = equal_parts(told_page, told) || equal_parts_text(source);
    for (x, (i, a, m)) in figures.iter().enumerate() {
        for (_, b, n) in figures.iter().skip(x + 1) {
            if !near(a, b) {
                continue;
            }
            let pair = a.unit.dimension == b.unit.dimension;
            let moved = pair && matches!((a.change, b.change), (Change::From, _) | (_, Change::From) | (_, Change::To));
            let (high, low) = (*m.max(n), *m.min(n));
            if told.unit.dimension == "points" && pair && ratio(a) {
                // From 4 % to 6 % is 2 percentage points.
                let points = high.checked_sub(low).and_then(|d| d.checked_mul(Decimal::ONE_HUNDRED));
                if is(points) {
                    return Some((*i, "the difference of two percentages"));
                }
            }
            if pair && a.unit.dimension == told.unit.dimension && !ratio(a) {
                let telling = distinct(value);
                if telling && a.change != Change::From && b.change != Change::From && is(m.checked_add(*n)) {
                    return Some((*i, "the sum of two figures"));
                }
                if (telling || moved || told.change == Change::By) && is(high.checked_sub(low)) {
                    return Some((*i, "the difference of two figures"));
                }
            }
            if pair && !ratio(a) && a.unit.dimension != "points" && !low.is_zero() {
                let part = low.checked_div(high);
                let growth = high.checked_sub(low).and_then(|d| d.checked_div(if n > m { *m } else { *n }));
                let fall = high.checked_sub(low).and_then(|d| d.checked_div(high));
                let measured = a.unit.kind != "duration";
                if ratio(told) && measured {
                    if told.change == Change::By && (is(growth) || is(fall)) {
                        return Some((*i, "the change between two figures"));
                    }
                    if told.change == Change::Level && part.is_some_and(|p| same(p, value, told)) {
                        return Some((*i, "the share of one figure in another"));
                    }
                }
                if told.unit.dimension == "factor" && measured && is(high.checked_div(low)) {
                    return Some((*i, "one figure over another"));
                }
            }
            // Per item times the count; a total in equal parts.
            let (count, each) = if a.unit.kind == "count" { ((a, m), (b, n)) } else { ((b, n), (a, m)) };
            if count.0.unit.kind == "count" && each.0.unit.dimension == told.unit.dimension {
                let whole = is(each.1.checked_mul(*count.1));
                if whole && distinct(value) && (each.0.per.is_some() || shares) {
                    return Some((*i, "a figure for each, times their number"));
                }
                if shares && !count.1.is_zero() && is(each.1.checked_div(*count.1)) {
                    return Some((*i, "a figure in equal parts"));
                }
            }
        }
        if shares && a.unit.dimension == told.unit.dimension && distinct(*m) && is(m.checked_div(Decimal::TWO)) {
            return Some((*i, "half of a figure shared equally"));
        }
        if told.unit.dimension == a.unit.dimension && three(source, &figures, x).is_some_and(|sum| is(Some(sum))) {
            return Some((*i, "the sum of a sentence's figures"));
        }
    }
    None
}

/// How many figures of a source are held against each other at most.
const LIMIT: usize = 120;

fn same(exact: Decimal, told: Decimal, mention: &Mention) -> bool {
    let (exact, told) = (exact.round_dp(12), told.round_dp(12));
    if exact == told {
        return true;
    }
    let scale = |n: Decimal| n.checked_div(mention.unit.size).map(|n| n.round_dp(10).normalize());
    match (scale(exact), mention.value.as_ref().and_then(Value::number)) {
        (Some(exact), Some(told)) => rounds_to(exact, told.normalize()),
        _ => false,
    }
}

/// The sum of three or more figures of one dimension that stand in one sentence from the `x`-th on.
fn three(source: &Page, figures: &[(usize, &Mention, Decimal)], x: usize) -> Option<Decimal> {
    let (_, first, n) = figures[x];
    let sentence = source.clauses[source.clause_at(first.core.0)].sentence;
    let rest = figures[x + 1..].iter().filter(|(_, m, _)| {
        m.unit.dimension == first.unit.dimension && source.clauses[source.clause_at(m.core.0)].sentence == sentence
    });
    let (mut sum, mut count) = (n, 1);
    for (_, _, n) in rest {
        sum = sum.checked_add(*n)?;
        count += 1;
    }
    (count >= 3 && distinct(sum)).then_some(sum)
}

/// At least two digits that tell.
fn distinct(n: Decimal) -> bool {
    n.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len() >= 2
}

/// Whether a telling says that it is one of equal parts.
fn equal_parts(page: &Page, told: &Mention) -> bool {
    if told.per.is_some() {
        return true;
    }
    let clause = page.clauses[page.clause_at(told.core.0)];
    marked(&page.text[clause.start..clause.end])
}

fn equal_parts_text(source: &Page) -> bool {
    marked(&source.text)
}

fn marked(text: &[char]) -> bool {
    const MARKS: [&str; 8] = ["equal", "each", "apiece", "均分", "平分", "平均", "各", "每"];
    MARKS.iter().any(|mark| {
        let n = mark.chars().count();
        text.windows(n).any(|w| w.iter().copied().eq(mark.chars()))
    })
}
