//! Equal parts and their sums: a figure for each times their number, twice what each of two gives, a sentence's figures in all.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::{AHEAD, Case, Figure, distinct, ratio};
use crate::fact::quantity::{Change, Value, cue};

/// Words for equal parts.
static MARKS: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("equal_parts"));
/// Words for each of several, and for two of them.
static EACH: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("each"));
static TWO: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("two"));

impl Case<'_> {
    /// A figure for each and their number: the product, or equal parts of a total.
    pub(super) fn each(&self, count: &Figure<'_>, each: &Figure<'_>) -> Option<(usize, &'static str)> {
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
    pub(super) fn alone(&self, x: &Figure<'_>) -> Option<(usize, &'static str)> {
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
        let each = EACH.iter().any(|w| words.contains(w));
        let two = TWO.iter().any(|w| words.contains(w));
        let alike = x.m.unit.dimension == self.mention.unit.dimension && !ratio(x.m) && each && two;
        (alike && self.is(x.n.checked_mul(Decimal::TWO))).then_some((x.i, "twice what each of two gives"))
    }

    /// The sum of three figures or more that stand together in a sentence.
    pub(super) fn run(&self, figures: &[Figure<'_>]) -> Option<(usize, &'static str)> {
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
            let shows = least.abs().saturating_mul(Decimal::from(200)) >= sum.abs() || sum == self.value;
            if count >= 3 && shows && self.is(Some(sum)) {
                return Some((first.i, "the sum of a sentence's figures"));
            }
        }
        None
    }

    /// Whether the telling says that it is one of equal parts.
    pub(super) fn marked(&self) -> bool {
        let page = self.told.page;
        let clause = page.clauses[page.clause_at(self.mention.core.0)];
        self.mention.per.is_some() || marked(&page.text[clause.start..clause.end])
    }
}

pub(super) fn marked(text: &[char]) -> bool {
    MARKS.iter().any(|mark| {
        let n = mark.chars().count();
        text.windows(n).any(|w| w.iter().copied().eq(mark.chars()))
    })
}
