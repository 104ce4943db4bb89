//! What a source entails without stating it: sums, differences, shares, changes, complements, products, equal parts,
//! spans of time.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::date::{Day, Year};
use super::forms::rest;
use super::page::Page;
use super::quantity::value::rounds_to;
use super::quantity::{Change, Direction, Mention, Modifier, Value};
use super::rival::Side;

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

    /// The complement of a stated part; what a change leaves of the level before.
    fn complement(&self, figures: &[Figure<'_>]) -> Option<(usize, &'static str)> {
        if !ratio(self.mention) {
            return None;
        }
        let told_of_former = self.mention.change == Change::To;
        figures.iter().find_map(|f| {
            (ratio(f.m) && self.is(Decimal::ONE.checked_sub(f.n))).then_some(())?;
            let left = f.m.change == Change::By && f.m.direction == Some(Direction::Down);
            if left && told_of_former {
                return Some((f.i, "what a stated change leaves"));
            }
            let falls = self.mention.change == Change::By && self.mention.direction == Some(Direction::Down);
            if falls && f.m.change != Change::By && of_former(self.source.page, f.m) {
                return Some((f.i, "the fall to a stated part of what was"));
            }
            let level = f.m.change != Change::By && self.mention.change != Change::By;
            (level && self.of_the_rest(f.i)).then_some((f.i, "the rest of a stated part"))
        })
    }

    /// Whether the telling is of the rest of a part rather than of the part itself.
    fn of_the_rest(&self, part: usize) -> bool {
        let page = self.told.page;
        if self.says_rest() || self.named_rest(part) {
            return true;
        }
        if page.is_han() != self.source.page.is_han() && !distinct(self.value) {
            return false;
        }
        let (told, there) = (&self.told.bonds[self.i].role, &self.source.bonds[part].role);
        let (mut shared, mut all) = (0.0, 0.0);
        for term in told.terms.iter().filter(|t| t.near >= 0.9) {
            let worth = term.weight * term.near;
            all += worth;
            if let Ok(at) = there.terms.binary_search_by_key(&term.id, |t| t.id)
                && there.terms[at].near >= 0.6
            {
                shared += worth;
            }
        }
        all == 0.0 || shared < 0.5 * all
    }

    /// Whether the source itself speaks of the rest beside a part: `40% in cash and the rest in shares`.
    fn named_rest(&self, part: usize) -> bool {
        const WORDS: [&str; 8] =
            ["其余", "余下", "余额", "剩下", "the rest", "remainder", "the remaining", "the balance"];
        let page = self.source.page;
        let at = page.mentions[part].core.1;
        let sentence = page.clauses[page.clause_at(at.saturating_sub(1))].sentence;
        let end = page.clauses.iter().rev().find(|c| c.sentence == sentence).map_or(at, |c| c.end);
        let words: String = rest(&page.text, at).iter().take(end.saturating_sub(at)).collect();
        WORDS.iter().any(|w| words.contains(w))
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
            let small = low.abs() * Decimal::from(200) < high.abs();
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
            let near = times.is_some_and(|n| (n - self.value).abs() <= n * Decimal::new(2, 2));
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

    /// Whether the source, or the telling, speaks of what a part leaves of a whole, beside the two figures.
    fn leaves(&self, x: &Figure<'_>, y: &Figure<'_>) -> bool {
        let page = self.source.page;
        let (from, to) = (x.m.core.0.min(y.m.core.0), x.m.core.1.max(y.m.core.1));
        let end = page.clauses.get(page.clause_at(to.saturating_sub(1)) + 1).map_or(to, |c| c.end);
        let words: String = page.text.get(from..end.max(to)).unwrap_or(&[]).iter().collect();
        ["其余", "余下", "剩下", "remainder", "the rest", "the remaining"].iter().any(|w| words.contains(w))
            || self.says_rest()
    }

    /// Whether the telling's clause speaks of a rest.
    fn says_rest(&self) -> bool {
        let page = self.told.page;
        let place = page.clauses[page.clause_at(self.mention.core.0)];
        says_rest(&page.text[place.start..place.end].iter().collect::<String>())
    }

    /// Whether the source says that one of two figures is part of the other (64人受傷，其中9人重傷).
    fn holds(&self, x: &Figure<'_>, y: &Figure<'_>) -> bool {
        const PARTS: [&str; 7] = ["其中", "当中", "of whom", "of which", "of them", "including", "among them"];
        let (from, to) = (x.m.core.1.min(y.m.core.1), x.m.core.0.max(y.m.core.0));
        let between: String = self.source.page.text.get(from..to).unwrap_or(&[]).iter().collect();
        PARTS.iter().any(|p| between.contains(p))
    }

    /// A figure for each and their number: the product, or equal parts of a total.
    fn each(&self, count: &Figure<'_>, each: &Figure<'_>) -> Option<(usize, &'static str)> {
        let told = self.mention;
        if ratio(told) || each.m.unit.dimension != told.unit.dimension || count.n <= Decimal::ONE {
            return None;
        }
        let page = self.source.page;
        let spans = (each.m.per.is_some() || told.per.is_some()) && count.m.unit.kind == "duration";
        let times = count.m.unit.dimension == "factor" && count.m.change == Change::Level;
        if count.m.unit.kind != "count" && !spans && !times {
            return None;
        }
        let (from, to) = (count.m.core.0.min(each.m.core.0), count.m.core.1.max(each.m.core.1));
        let around = &page.text[from.saturating_sub(12)..(to + 12).min(page.text.len())];
        let here = marked(around) || self.marked();
        let number = if spans { count.m.value.as_ref().and_then(Value::number) } else { Some(count.n) };
        if !times && (each.m.per.is_some() || here) && self.is(each.n.checked_mul(number?)) {
            return Some((each.i, "a figure for each, times their number"));
        }
        // 三年投入9.6億元 is 3.2億元 a year.
        let years = count.m.unit.kind == "duration" && told.per.is_some();
        let parts = if years { count.m.value.as_ref().and_then(Value::number) } else { Some(count.n) };
        if here && (!spans || years && each.m.per.is_none()) && self.is(parts.and_then(|n| each.n.checked_div(n))) {
            return Some((each.i, "a figure in equal parts"));
        }
        None
    }

    /// Half of what is shared between two.
    fn alone(&self, x: &Figure<'_>) -> Option<(usize, &'static str)> {
        let page = self.source.page;
        let around = &page.text[x.m.core.0.saturating_sub(20)..(x.m.core.1 + 30).min(page.text.len())];
        let shares = x.m.unit.dimension == self.mention.unit.dimension
            && !ratio(x.m)
            && distinct(x.n)
            && (self.marked() || marked(around))
            && self.mention.per.is_some() | self.marked();
        if shares && self.is(x.n.checked_div(Decimal::TWO)) {
            return Some((x.i, "half of a figure shared equally"));
        }
        // 雙方各出資1,200萬 is 2,400萬 in all.
        let words: String = around.iter().collect();
        let each = ["各", "each"].iter().any(|w| words.contains(w));
        let two = ["双方", "两国", "两市", "两家", "两人", "both", "two"].iter().any(|w| words.contains(w));
        let alike = x.m.unit.dimension == self.mention.unit.dimension && !ratio(x.m) && each && two;
        (alike && self.is(x.n.checked_mul(Decimal::TWO))).then_some((x.i, "twice what each of two gives"))
    }

    /// The sum of three figures or more that stand together in a sentence.
    fn run(&self, figures: &[Figure<'_>]) -> Option<(usize, &'static str)> {
        let first = figures.first()?;
        (first.m.unit.dimension == self.mention.unit.dimension
            && !matches!(first.m.unit.dimension, "points" | "factor"))
        .then_some(())?;
        let (mut sum, mut least) = (first.n, first.n.abs());
        let mut count = 1;
        for f in figures[1..].iter().take(AHEAD).take_while(|f| f.sentence == first.sentence) {
            if f.m.unit.dimension != first.m.unit.dimension || f.m.noun != first.m.noun {
                continue;
            }
            sum = sum.checked_add(f.n)?;
            least = least.min(f.n.abs());
            count += 1;
            let shows = least.abs() * Decimal::from(200) >= sum.abs() || sum == self.value;
            if count >= 3 && shows && self.is(Some(sum)) {
                return Some((first.i, "the sum of a sentence's figures"));
            }
        }
        None
    }

    /// Whether the telling says that it is one of equal parts.
    fn marked(&self) -> bool {
        let page = self.told.page;
        let clause = page.clauses[page.clause_at(self.mention.core.0)];
        self.mention.per.is_some() || marked(&page.text[clause.start..clause.end])
    }
}

/// What follows from dates, fractions and places in an order rather than from amounts.
fn counted(told: &Mention, page: &Page, source: &Page) -> Option<(usize, &'static str)> {
    let number = told.value.as_ref()?.number()?;
    let counts = told.unit.kind == "count" || told.unit.kind == "duration";
    let figures = || source.mentions.iter().enumerate().take(LIMIT);
    if counts {
        // `two of the three cases` counts both; 連續第六季 is six quarters.
        let found = figures().find(|(_, m)| match m.value {
            Some(Value::Fraction(a, b)) => {
                told.unit.kind == "count" && (number == a || number == b) && written_out(source, m)
            }
            Some(Value::Number(n)) => m.unit.kind == "ordinal" && n == number && in_a_row(source, m),
            // `seven votes to two` of a vote of 7-2.
            Some(Value::Score(a, b)) => {
                told.unit.kind == "count"
                    && (number == a || number == b || number == (a - b).abs() && !number.is_zero())
            }
            Some(Value::Date(day)) => day.quarter.is_some_and(|q| Decimal::from(q) == number) && in_a_row(source, m),
            _ => false,
        });
        if let Some((i, _)) = found {
            return Some((i, "counted by the source in other words"));
        }
        let row = || super::matching::order::in_a_row(&source.text).into_iter().any(|n| Decimal::from(n) == number);
        if !source.is_han() && !source.mentions.is_empty() && row() {
            return Some((0, "as many in a row as the source counts"));
        }
    }
    if counts {
        // Places won or lost: from 8th to 12th is four.
        let ranks = super::matching::order::ranks(source);
        let apart = ranks.windows(2).any(|pair| Decimal::from(pair[0].abs_diff(pair[1])) == number);
        if told.change == Change::By && !number.is_zero() && apart && !source.mentions.is_empty() {
            return Some((0, "the places between two ranks"));
        }
        // October 1 to 5 are five days.
        let span = figures().find(|(_, m)| match m.value {
            Some(Value::Date(Day { day: Some(from), until: Some(until), .. })) => {
                until > from && (number == Decimal::from(until - from) || number == Decimal::from(until - from + 1))
            }
            _ => false,
        });
        if let (Some((i, _)), "days") = (span, told.unit.dimension) {
            return Some((i, "the days of a stated span"));
        }
    }
    // `in the year to July` tells of twelve months.
    if told.unit.kind == "duration"
        && told.base_value() == Some(Decimal::from(12))
        && told.unit.dimension == "months"
        && !source.is_han()
    {
        let text: String = source.text.iter().collect();
        if text.contains("the year to ") && !source.mentions.is_empty() {
            return Some((0, "the year that the source tells of"));
        }
    }
    // Years between the dates of a source, or from one of them to the day of writing.
    (told.unit.dimension == "months" && (told.base_value()? % Decimal::from(12)).is_zero()).then_some(())?;
    let years = (told.base_value()? / Decimal::from(12)).to_i32()?;
    let year = |m: &Mention| match m.value {
        Some(Value::Date(day)) => day.year.and_then(|y| match y {
            Year::Of(y) => Some(y),
            Year::From(_) => None,
        }),
        _ => None,
    };
    let now = page.base.map(|b| b.year);
    let known: Vec<(usize, i32)> = figures().filter_map(|(i, m)| Some((i, year(m)?))).take(40).collect();
    known.iter().enumerate().find_map(|(x, (i, y))| {
        let apart = |other: i32| (other - y).abs() == years;
        (now.is_some_and(apart) || known[x + 1..].iter().any(|(_, z)| apart(*z)))
            .then_some((*i, "the years between two dates"))
    })
}

/// Whether a share is one of what was before: 僅為上一代的四分之一, `a quarter of its predecessor's`.
fn of_former(page: &Page, m: &Mention) -> bool {
    let behind: String = rest(&page.text, m.core.1).iter().take(6).collect();
    page.text[..m.start].ends_with(&['的']) || behind.starts_with(" of ")
}

/// Whether words speak of what is left of a whole.
pub(crate) fn says_rest(words: &str) -> bool {
    REST.iter().any(|cue| {
        words.match_indices(cue).any(|(at, _)| {
            let word = cue.starts_with(|c: char| c.is_ascii_alphabetic());
            !(word && words[..at].ends_with(|c: char| c.is_ascii_alphabetic()))
        })
    })
}

/// Words for what is left of a whole, and denials, which tell of it too (`did not vote`).
static REST: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("data/rest.txt").lines().filter(|l| !l.starts_with('#')).flat_map(|l| l.split(',')).collect()
});

/// The date of a source on whose next day something happens (自翌日起), where that is the day told.
fn next_day(told: &Mention, source: &Page) -> Option<usize> {
    const NEXT: [&str; 7] = ["翌日", "隔日", "次日", "隔天", "the next day", "the following day", "a day later"];
    let Some(Value::Date(Day { day: Some(day), month, .. })) = told.value else { return None };
    let before = day.checked_sub(1)?;
    let same = |d: &Day| d.day == Some(before) && (month.is_none() || d.month.is_none() || d.month == month);
    let figure = source.mentions.iter().position(|m| matches!(m.value, Some(Value::Date(d)) if same(&d)))?;
    let text: String = source.text.iter().collect();
    NEXT.iter().any(|w| text.contains(w)).then_some(figure)
}

/// Whether a fraction is written with both its numbers as counts: `two out of three cases`.
fn written_out(page: &Page, m: &Mention) -> bool {
    let words: String = page.text[m.core.0..m.core.1].iter().collect();
    words.contains(" out of ") || words.contains(" in ")
}

/// Whether a place in an order is one of a row: 連續第六季, `the third straight year`.
fn in_a_row(page: &Page, m: &Mention) -> bool {
    let before = &page.text[m.core.0.saturating_sub(4)..m.core.0];
    let after: String = rest(&page.text, m.core.1).iter().take(24).collect();
    before.iter().any(|c| matches!(c, '连' | '续'))
        || ["straight", "consecutive", "successive", "in a row", "running"].iter().any(|w| after.contains(w))
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

fn marked(text: &[char]) -> bool {
    const MARKS: [&str; 10] = ["equal", "each", "apiece", "every", "均分", "平分", "平均", "各", "每", "average"];
    MARKS.iter().any(|mark| {
        let n = mark.chars().count();
        text.windows(n).any(|w| w.iter().copied().eq(mark.chars()))
    })
}
