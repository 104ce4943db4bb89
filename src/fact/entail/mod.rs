//! What a source entails without stating it: sums, differences, shares, changes, complements, products, equal parts,
//! spans of time.

mod counted;
mod parts;
mod rest;

pub(crate) use rest::says_rest;

use rust_decimal::Decimal;

use super::quantity::value::rounds_to;
use super::quantity::{Change, Direction, Mention, Modifier, Value};
use super::rival::Side;
use counted::{counted, next_day};

/// A figure of the source with its number in the base of its unit.
#[derive(Clone, Copy)]
struct Figure<'p> {
    /// Its place among the source's figures.
    i: usize,
    m: &'p Mention,
    n: Decimal,
    sentence: usize,
}

/// How many figures of a source are looked through, and how many of those behind it each is held against.
const LIMIT: usize = 400;
const AHEAD: usize = 16;

/// A told figure that the source does not state: the figure that it follows from, and how; none where nothing does.
pub(crate) fn entailed(told: Side<'_>, i: usize, source: Side<'_>) -> Option<(usize, &'static str)> {
    let mention = &told.page.mentions[i];
    if let Some(figure) = next_day(mention, source.page) {
        return Some((figure, "the day after one that the source names"));
    }
    if let Some(found) = counted(mention, told.page, source.page) {
        return Some(found);
    }
    let value = mention.base_value()?;
    let page = source.page;
    let figures: Vec<Figure<'_>> = page
        .mentions
        .iter()
        .enumerate()
        .filter(|(_, m)| !matches!(m.unit.kind, "date" | "time" | "ordinal" | "score"))
        .filter_map(|(i, m)| {
            let sentence = page.clauses[page.clause_at(m.core.0)].sentence;
            Some(Figure { i, m, n: m.base_value()?, sentence })
        })
        .take(LIMIT)
        .collect();
    let case = Case { told, i, mention, value, source };
    case.complement(&figures).or_else(|| {
        figures.iter().enumerate().find_map(|(x, a)| {
            let behind = figures[x + 1..].iter().take(AHEAD).take_while(|b| b.sentence <= a.sentence + 1);
            behind.clone().find_map(|b| case.pair(a, b)).or_else(|| case.alone(a)).or_else(|| case.run(&figures[x..]))
        })
    })
}

/// A telling to be entailed.
struct Case<'p> {
    told: Side<'p>,
    i: usize,
    mention: &'p Mention,
    value: Decimal,
    source: Side<'p>,
}

fn ratio(m: &Mention) -> bool {
    m.unit.dimension == "ratio"
}

impl Case<'_> {
    fn is(&self, n: Option<Decimal>) -> bool {
        n.is_some_and(|n| same(n, self.value, self.mention))
    }

    /// What two figures that stand near each other entail.
    fn pair(&self, x: &Figure<'_>, y: &Figure<'_>) -> Option<(usize, &'static str)> {
        let (a, b, m, n) = (x.m, y.m, x.n, y.n);
        let told = self.mention;
        let alike = a.unit.dimension == b.unit.dimension;
        let moved = alike && matches!((a.change, b.change), (Change::From, _) | (_, Change::From) | (_, Change::To));
        let (high, low) = (m.max(n), m.min(n));
        let gap = high.checked_sub(low);
        // From 65 to 67 is two years more.
        let plain = |f: &Mention| f.unit.kind == "age" || f.unit.kind == "count" && f.of.is_none() && f.noun.is_empty();
        let span = told.unit.kind == "duration" && moved && plain(a) && plain(b);
        let number = |f: &Mention| f.value.as_ref().and_then(Value::number);
        if span
            && let (Some(p), Some(q)) = (number(a), number(b))
            && number(told) == Some((p - q).abs())
        {
            return Some((x.i, "the difference of two figures"));
        }
        if told.unit.dimension == "points" && alike && ratio(a) {
            // From 4 % to 6 % is 2 percentage points.
            if self.is(gap.and_then(|d| d.checked_mul(Decimal::ONE_HUNDRED))) {
                return Some((x.i, "the difference of two percentages"));
            }
        }
        if ratio(told) && told.change != Change::By && (ratio(a) != ratio(b)) {
            let (level, step) = if ratio(a) { (a, n) } else { (b, m) };
            let points = if ratio(a) { b } else { a };
            let part = step.checked_div(Decimal::ONE_HUNDRED);
            let base = level.base_value();
            // The level before: what rose to this one was lower. A difference that is no change goes either way.
            let (up, down) = (Some(Direction::Up), Some(Direction::Down));
            if points.unit.dimension == "points"
                && level.change != Change::By
                && told.change != Change::To
                && let (Some(base), Some(part)) = (base, part)
                && (points.direction != up && self.is(base.checked_add(part))
                    || points.direction != down && self.is(base.checked_sub(part)))
            {
                return Some((x.i, "a percentage and its points' difference"));
            }
        }
        if alike && a.unit.dimension == told.unit.dimension && !ratio(a) && a.unit.dimension != "factor" {
            let near = x.sentence == y.sentence;
            let telling =
                distinct(self.value) || near && (told.unit.kind != "count" || self.value >= Decimal::from(20));
            let kin = near && !a.noun.is_empty() && a.noun == b.noun;
            let kindred = told.unit.kind != "count"
                || (a.noun == b.noun || near && (a.noun.is_empty() || b.noun.is_empty()) && distinct(self.value))
                    && (told.noun.is_empty() || a.noun.is_empty() || told.noun == a.noun);
            let left = gap == Some(self.value) && (self.leaves(x, y) || near && self.holds(x, y));
            if !(kindred || left) {
                return self.each(x, y).or_else(|| self.each(y, x));
            }
            // Both must show in the result.
            let small = low.abs().saturating_mul(Decimal::from(200)) < high.abs();
            let exact = m.checked_add(n) == Some(self.value) || gap == Some(self.value);
            if small && !exact {
                return None;
            }
            let stays = a.change != Change::From && b.change != Change::From && !self.holds(x, y);
            if left {
                return Some((x.i, "the rest of a whole"));
            }
            if (telling || kin) && stays && self.is(m.checked_add(n)) {
                return Some((x.i, "the sum of two figures"));
            }
            if (telling || moved || told.change == Change::By || kin && low > Decimal::ONE) && self.is(gap) {
                return Some((x.i, "the difference of two figures"));
            }
        }
        if alike && !ratio(a) && a.unit.dimension != "points" && !low.is_zero() {
            // 2,310 after a rise by 210 is 10 % more.
            let by = |f: &Mention| f.change == Change::By;
            let (level, step) = if by(a) { (y, x) } else { (x, y) };
            if ratio(told) && told.change == Change::By && by(a) != by(b) && step.m.direction == told.direction {
                let before = match step.m.direction {
                    Some(Direction::Up) => level.n.checked_sub(step.n),
                    Some(Direction::Down) => level.n.checked_add(step.n),
                    _ => None,
                };
                if before.is_some_and(|n| !n.is_zero()) && self.is(before.and_then(|n| step.n.checked_div(n))) {
                    return Some((x.i, "the rate of a stated change"));
                }
            }
            let measured = a.unit.kind != "duration";
            if ratio(told) && measured {
                let growth = gap.and_then(|d| d.checked_div(low));
                let fall = gap.and_then(|d| d.checked_div(high));
                let moves = told.change == Change::By || told.direction.is_some();
                if moves && (self.is(growth) || self.is(fall)) {
                    return Some((x.i, "the change between two figures"));
                }
                // `sink by two thirds` is a change; a share is a part of its whole.
                if told.change != Change::By && self.is(low.checked_div(high)) {
                    return Some((x.i, "the share of one figure in another"));
                }
            }
            let times = high.checked_div(low);
            let near = times.is_some_and(|n| (n - self.value).abs() <= n.saturating_mul(Decimal::new(2, 2)));
            if told.unit.dimension == "factor" && measured && near && self.is(times) {
                return Some((x.i, "one figure over another"));
            }
        }
        // A share of a stated whole.
        let part = if ratio(b) { Some((a, m, b, n)) } else { ratio(a).then_some((b, n, a, m)) };
        if let Some((whole, amount, share, rate)) = part
            && whole.unit.dimension == told.unit.dimension
            && (whole.noun == told.noun || whole.noun.is_empty() || told.noun.is_empty())
            && x.sentence == y.sentence
            && !ratio(whole)
            && share.change != Change::By
        {
            if self.is(amount.checked_mul(rate)) {
                return Some((x.i, "a stated share of a stated whole"));
            }
            let left = Decimal::ONE.checked_sub(rate).and_then(|rest| amount.checked_mul(rest));
            if self.says_rest() && self.is(left) {
                return Some((x.i, "what a stated share leaves of a stated whole"));
            }
        }
        self.each(x, y).or_else(|| self.each(y, x))
    }
}

/// Whether a number reckoned may be told as `told`, its modifier included.
fn same(exact: Decimal, told: Decimal, mention: &Mention) -> bool {
    let (exact, told) = (exact.round_dp(12), told.round_dp(12));
    if exact == told {
        return true;
    }
    let off = (exact - told).abs();
    let within = |percent: i64| exact.abs().checked_mul(Decimal::new(percent, 2)).is_some_and(|limit| off <= limit);
    let bound = match mention.modifier.filter(|_| ratio(mention) || mention.unit.dimension == "factor") {
        Some(Modifier::Over | Modifier::AtLeast) => exact > told && within(20),
        Some(Modifier::Nearly | Modifier::Under) => exact < told && within(10),
        _ => false,
    };
    // Thirds and eighths are told of what is about them.
    if bound || matches!(mention.value, Some(Value::Fraction(..))) && within(5) {
        return true;
    }
    let scale = |n: Decimal| n.checked_div(mention.unit.size).map(|n| n.round_dp(10).normalize());
    match (scale(exact), mention.value.as_ref().and_then(Value::number)) {
        (Some(exact), Some(told)) => rounds_to(exact, told.normalize()),
        _ => false,
    }
}

/// At least two digits that tell.
fn distinct(n: Decimal) -> bool {
    n.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len() >= 2
}
