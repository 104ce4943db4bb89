//! What narrows a figure: the base of a rate, a total, a period, a basis.

use super::Role;
use crate::fact::date::Day;
use crate::fact::lexicon::LEXICON;
use crate::fact::page::Page;
use crate::fact::quantity::{Mention, Value};

/// The base of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    Head,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
    Other,
}

/// Reads the base of a rate.
pub(super) fn per(page: &Page, range: (usize, usize)) -> Per {
    let text: String = page.text[range.0..range.1].iter().collect();
    const BASES: [(&str, Per); 21] = [
        ("十年", Per::Decade),
        ("decade", Per::Decade),
        ("人均", Per::Head),
        ("户均", Per::Head),
        ("人", Per::Head),
        ("名", Per::Head),
        ("户", Per::Head),
        ("person", Per::Head),
        ("head", Per::Head),
        ("capita", Per::Head),
        ("时", Per::Hour),
        ("hour", Per::Hour),
        ("日", Per::Day),
        ("天", Per::Day),
        ("day", Per::Day),
        ("周", Per::Week),
        ("week", Per::Week),
        ("月", Per::Month),
        ("month", Per::Month),
        ("年", Per::Year),
        ("year", Per::Year),
    ];
    BASES.iter().find(|(form, _)| text.contains(form)).map_or(Per::Other, |(_, per)| *per)
}

/// Whether the clause calls its figure a total.
pub(super) fn total(page: &Page, mention: &Mention, clause: usize) -> bool {
    let place = page.clauses[clause];
    let before: String = page.text[place.start..mention.core.0].iter().rev().take(6).collect();
    let after: String = page.text[mention.core.1..place.end].iter().take(14).collect();
    before.contains(['共', '总'])
        || before.contains("计合")
        || before.chars().rev().collect::<String>().ends_with("al of ")
        || ["in all", "in total", "altogether"].iter().any(|w| after.contains(w))
}

/// The date nearest to a figure: in its clause, before it in the sentence, or behind it.
pub(super) fn period(page: &Page, mention: &Mention, sentence: usize) -> Option<Day> {
    if matches!(mention.unit.kind, "date" | "time") {
        return None;
    }
    let at = page.mentions.partition_point(|m| m.core.0 < mention.core.0);
    let day = |m: &Mention| match m.value {
        Some(Value::Date(day)) if day.says() => Some(day),
        _ => None,
    };
    let here = |m: &&Mention| page.clauses[page.clause_at(m.core.0)].sentence == sentence;
    let clause = page.clause_at(mention.core.0);
    let own = |m: &&Mention| page.clause_at(m.core.0) == clause;
    let before = page.mentions[..at].iter().rev().take(6);
    let after = page.mentions.get(at + 1..).unwrap_or(&[]).iter().take(3);
    before
        .clone()
        .take_while(own)
        .find_map(day)
        .or_else(|| after.take_while(own).find_map(day))
        .or_else(|| before.take_while(here).find_map(day))
}

/// A span of months before a figure that is summed up over them: 首八個月, `the first eight months`.
pub(super) fn first_months(page: &Page, from: usize, mention: &Mention) -> Option<(u8, u32)> {
    let at = page.mentions.partition_point(|m| m.core.0 < from);
    let spans = page.mentions[at..].iter().take_while(|m| m.core.0 < mention.core.0).take(4);
    let first = spans.filter(|m| matches!(m.unit.code, "month" | "quarter") && m.unit.kind == "duration").any(|m| {
        let head: String = page.text[m.core.0.saturating_sub(6)..m.core.0].iter().collect();
        ["首", "前", "头", "first "].iter().any(|w| head.ends_with(w))
    });
    first.then(|| LEXICON.facet("span", "cumulative")).flatten()
}

/// The basis that a date in a comparison gives: 比7月 and `than in June` are of the month before, `than in 2023` of
/// the year.
pub(super) fn compared_with(page: &Page, mention: &Mention, clause: usize) -> Option<(u8, u32)> {
    if mention.unit.dimension != "ratio" {
        return None;
    }
    let place = page.clauses[clause];
    let from = page.mentions.partition_point(|m| m.core.0 < place.start);
    let inside = page.mentions[from..].iter().take(6).take_while(|m| m.core.0 < place.end);
    let base = inside.filter_map(|m| match m.value {
        Some(Value::Date(day)) => Some((m, day)),
        _ => None,
    });
    let value = base.filter_map(|(m, day)| {
        let before: String = page.text[m.core.0.saturating_sub(14)..m.core.0].iter().collect();
        let lead = before.trim_end();
        let compares = ["比", "较", "than in", "than", "compared with", "on"].iter().any(|w| lead.ends_with(w));
        (compares && day.day.is_none() && day.weekday.is_none()).then_some(())?;
        match (day.month, day.quarter, day.year) {
            (Some(_), _, None) => Some("seq-month"),
            (None, Some(_), None) => Some("seq-quarter"),
            (None, None, Some(_)) => Some("yoy"),
            _ => None,
        }
    });
    LEXICON.facet("basis", value.last()?)
}

/// Whether two roles disagree on a facet.
pub(crate) fn facets_conflict(a: &Role, b: &Role) -> bool {
    a.facets.iter().any(|(facet, value)| b.facets.iter().any(|(f, v)| f == facet && unlike(*v, *value)))
}

/// Whether two values of one facet exclude each other: 環比 is 月增 or 季增, and none of them 年增.
pub(crate) fn unlike(a: u32, b: u32) -> bool {
    let (x, y) = (LEXICON.concept(a).facet_value, LEXICON.concept(b).facet_value);
    !(x.starts_with(y) || y.starts_with(x))
}
