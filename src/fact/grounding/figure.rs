//! What one figure of a summary is to one of the source: a narrower date, a level told as a change, a date gone wrong.

use std::sync::LazyLock;

use crate::fact::date::Day;
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Mention, Value, cue};

/// Verbs right before a number that is a rise or fall.
static VERBS: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("rise_or_fall"));
/// What makes what was added new by itself.
static ADDED: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("added"));

/// Whether a date of the source is narrow enough to bear out one told.
pub(super) fn bears(source: &Mention, told: &Mention) -> bool {
    match (source.value, told.value) {
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.bears(&b),
        _ => true,
    }
}

/// Whether a figure is told as a rise or fall where the source has it as a level: a price of $4 that `rose $4`, 383 stations
/// built that are 383 more.
pub(super) fn climbs(told: &Mention, page: &Page, source: &Mention, there: &Page) -> bool {
    let lead = |m: &Mention, page: &Page, n: usize| -> String {
        page.text[m.start.saturating_sub(n)..m.start].iter().collect()
    };
    let modifies = |m: &Mention| m.direction.is_none() && m.change == Change::Level;
    let before = lead(told, page, 10);
    let verb = |before: &str| VERBS.iter().any(|v| before.trim_end().ends_with(v));
    let direct =
        || {
            verb(&before)
                || before.char_indices().rev().take(4).any(|(at, _)| {
                    verb(&before[..at]) && before[at..].chars().all(|c| "逾约近超过了至少达".contains(c))
                })
        };
    let clause = there.clauses[there.clause_at(source.core.0)];
    let said: String = there.text[clause.start..clause.end].iter().collect();
    matches!(told.unit.kind, "money" | "count")
        && told.change == Change::By
        && modifies(source)
        && direct()
        && (told.unit.kind == "money" || !ADDED.iter().any(|w| said.contains(w)))
}

/// Whether a date is told with another day or part of its month, or with day and month exchanged.
pub(super) fn misdated(source: &Mention, told: &Mention) -> bool {
    let (Some(Value::Date(a)), Some(Value::Date(b))) = (source.value, told.value) else { return false };
    let exact = |d: &Day| d.month.is_some() && (d.day.is_some() || d.part.is_some());
    let exchanged = a.month.is_some() && a.month == b.day && a.day == b.month;
    exact(&a) && exact(&b) && (a.month == b.month || exchanged)
}

/// Whether a figure counts a few things.
pub(super) fn is_small(m: &Mention) -> bool {
    let few = |n: rust_decimal::Decimal| n <= rust_decimal::Decimal::TEN;
    m.unit.kind == "count" && m.value.as_ref().and_then(Value::number).is_some_and(few)
}
