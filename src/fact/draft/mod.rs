//! A checklist proposed from an article: enumerated points, quantities with what they are said of, dates, parties.
//!
//! What is drafted is a start for a person's editing, and gates nothing (`status = "draft"`). Every claim is a stretch
//! of the article's own words, so that a drafted checklist held against its article is covered. Where there are
//! references, a fact weighs as many as keep it (the pyramid: Nenkova and Passonneau 2004), and the heaviest come first.

mod lines;
mod points;
mod stretch;

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::page::Page;
use super::prepared::Prepared;
use super::quantity::{Locale, Mention};
use super::{Context, forms};
use crate::model::fact::FactStatus;
use crate::model::{Fact, FactKind, Verdict};
use lines::Lines;
use stretch::{Stretch, stretches, trimmed};

/// Facts that a drafted checklist holds at most, unless more are asked for.
pub const MOST: usize = 15;

/// The weight of a fact that no reference keeps.
const UNKEPT: f64 = 0.5;

/// A proposed fact with the place of the article that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The fact, marked as a draft.
    pub fact: Fact,
    /// The line of the article, from 1.
    pub line: usize,
    /// The sentence that the claim is taken from.
    pub sentence: String,
    /// How many of the references keep it.
    pub kept: usize,
}

/// A fact as found, before the checklist is chosen.
#[derive(Debug, Clone, Copy)]
struct Found {
    id: &'static str,
    kind: FactKind,
    start: usize,
    end: usize,
    rank: i32,
}

/// Proposes a checklist of at most `limit` facts for the article of a context: the facts that most references keep, and
/// among equals the points first, then figures, those promised or repeated before the others. Without a source there is
/// nothing to propose.
pub fn draft(context: &Context<'_>, references: &[&str], limit: usize) -> Vec<Drafted> {
    let Some(source) = context.source else { return Vec::new() };
    let page = Page::new(source, Locale::of(source, context.source_lang, context.date));
    let lines = Lines::of(&page);
    let stretches = stretches(&page);
    let found = find(&page, &lines, &stretches);
    let facts: Vec<Fact> = found.iter().map(|f| fact(f, &page)).collect();
    let kept = kept(context, &facts, references);
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|&i| (Reverse(kept[i]), Reverse(found[i].rank), i));
    order.truncate(limit);
    // Equally heavy facts stand as the article has them.
    order.sort_by_key(|&i| (Reverse(kept[i]), found[i].kind != FactKind::Point, found[i].start));
    let mut numbers: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let number = |i: usize| {
        let number = numbers.entry(found[i].id).or_default();
        *number += 1;
        let mut fact = facts[i].clone();
        fact.id = format!("{}-{number}", found[i].id);
        if !references.is_empty() {
            fact.weight = if kept[i] == 0 { UNKEPT } else { kept[i] as f64 };
        }
        let sentence = sentence(&page, &stretches, found[i].start);
        Drafted { fact, line: lines.number(found[i].start), sentence, kept: kept[i] }
    };
    order.into_iter().map(number).collect()
}

/// How many references keep each fact.
fn kept(context: &Context<'_>, facts: &[Fact], references: &[&str]) -> Vec<usize> {
    let mut kept = vec![0; facts.len()];
    if references.is_empty() || facts.is_empty() {
        return kept;
    }
    let prepared = Prepared::new(context, facts);
    for reference in references {
        for (count, judged) in kept.iter_mut().zip(prepared.check(reference, None).facts) {
            *count += usize::from(judged.verdict == Verdict::Covered);
        }
    }
    kept
}

/// Everything that may stand in the checklist.
fn find(page: &Page, lines: &Lines, stretches: &[Stretch]) -> Vec<Found> {
    let prose = |at: usize| !lines.furniture(at);
    let mut found: Vec<Found> = points::points(page, stretches, prose)
        .into_iter()
        .map(|p| Found { id: "point", kind: FactKind::Point, start: p.start, end: p.end, rank: 100 })
        .collect();
    let points = found.len();
    let lede = stretches.iter().position(|s| prose(s.start) && content(page, s.start, s.end) > 2);
    let mut seen: Vec<(&Mention, usize)> = Vec::new();
    for mention in page.mentions.iter().filter(|m| m.listed && prose(m.core.0)) {
        if found[..points].iter().any(|p| p.start <= mention.core.0 && mention.core.1 <= p.end) {
            continue;
        }
        let at = stretches.partition_point(|s| s.end <= mention.core.0);
        let Some((start, end)) = stretches.get(at).and_then(|own| claim(page, stretches, at, *own, mention)) else {
            continue;
        };
        let figure = |m: &Mention| !matches!(m.unit.kind, "duration" | "date" | "time" | "ordinal");
        let beside = |m: &&Mention| m.core.0 >= start && m.core.1 <= end && figure(m);
        // A time narrows the figure beside it, and by itself says nothing; an ordinal names.
        let narrows = || page.mentions.iter().any(|m| beside(&m)) || content(page, start, end) < 2;
        if mention.unit.kind == "ordinal" || !figure(mention) && narrows() {
            continue;
        }
        let rank = rank(page, stretches, mention, at) + if lede == Some(at) { 2 } else { 0 };
        let (id, kind) = match mention.unit.kind {
            "date" => ("date", FactKind::Date),
            _ => ("figure", FactKind::Quantity),
        };
        let new = Found { id, kind, start, end, rank };
        // The same figure again is a sign of weight, not another fact; the fuller telling of it stays.
        if let Some((_, index)) = seen.iter().find(|(known, _)| same(known, mention)) {
            let old = &mut found[*index];
            let fuller = content(page, start, end) > content(page, old.start, old.end) && !overlaps(old, &new);
            *old = Found { rank: old.rank.max(rank) + 1, ..if fuller { new } else { *old } };
            continue;
        }
        if let Some(index) = found.iter().position(|known| overlaps(known, &new)) {
            // Two figures that no comma parts make one claim.
            let old = found[index];
            let rank = old.rank.max(rank);
            found[index] = Found { start: old.start.min(start), end: old.end.max(end), rank, ..old };
            seen.push((mention, index));
            continue;
        }
        seen.push((mention, found.len()));
        found.push(new);
    }
    if let Some(party) = party(page, stretches, prose)
        && !found.iter().any(|known| overlaps(known, &party))
    {
        found.push(party);
    }
    found
}

fn overlaps(a: &Found, b: &Found) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether two figures are the same one told twice.
fn same(a: &Mention, b: &Mention) -> bool {
    let money = a.unit.kind == "money";
    a.unit == b.unit
        && a.value == b.value
        && a.change == b.change
        && (money || a.noun == b.noun || a.noun.is_empty() || b.noun.is_empty())
}

/// The party or place that the article begins with, in the clause that names it.
fn party(page: &Page, stretches: &[Stretch], prose: impl Fn(usize) -> bool) -> Option<Found> {
    let named = |s: &Stretch| {
        let within = page.terms.iter().filter(|t| t.start >= s.start && t.end <= s.end);
        within.filter_map(|t| t.concept).any(|c| super::lexicon::LEXICON.concept(c).name.is_some())
    };
    let mut body = stretches.iter().filter(|s| prose(s.start) && content(page, s.start, s.end) > 2).take(6);
    let stretch = body.find(|s| named(s))?;
    let (start, end) = trimmed(page, stretch.start, stretch.end);
    (start < end).then_some(Found { id: "party", kind: FactKind::Entity, start, end, rank: 2 })
}

/// How many words of content stand in a range.
fn content(page: &Page, start: usize, end: usize) -> usize {
    page.terms.iter().filter(|t| t.start >= start && t.end <= end).count()
}

/// The words that say what a figure is of: its clause, with the one before where that is a time, or where the clause
/// says next to nothing by itself.
fn claim(page: &Page, stretches: &[Stretch], at: usize, own: Stretch, mention: &Mention) -> Option<(usize, usize)> {
    let mut start = own.start;
    let before = at.checked_sub(1).map(|i| stretches[i]).filter(|b| b.sentence == own.sentence);
    if let Some(before) = before {
        let times = page
            .mentions
            .iter()
            .any(|m| m.core.0 >= before.start && m.core.1 <= before.end && matches!(m.unit.kind, "duration" | "date"));
        let time_alone = times && content(page, before.start, before.end) <= 1;
        let figures = page.mentions.iter().any(|m| {
            m.listed
                && m.core.0 >= before.start
                && m.core.1 <= before.end
                && !matches!(m.unit.kind, "duration" | "date")
        });
        if time_alone || content(page, own.start, own.end) < 2 && !figures {
            start = before.start;
        }
    }
    // A figure whose span crosses a cut (`1.4 million, all told`) keeps its end.
    let (start, end) = trimmed(page, start, own.end.max(mention.core.1));
    let one_line = !page.raw[start..end].contains(&'\n');
    (start < end && one_line && content(page, start, end) > 0).then_some((start, end))
}

/// Words of promise: those of letters by how they begin, others anywhere.
static PROMISES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let words = include_str!("../data/promises.txt").lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    words.map(|word| forms::fold(word).into_iter().collect()).collect()
});

/// How much a figure matters, as far as the article shows: promised, money, a clear measure.
fn rank(page: &Page, stretches: &[Stretch], mention: &Mention, at: usize) -> i32 {
    let (from, to) = sentence_range(stretches, at);
    let words: String = std::iter::once(' ').chain(page.text[from..to].iter().copied()).collect();
    let holds = |word: &String| match word.chars().next() {
        Some(c) if forms::is_latin(c) => words.contains(&format!(" {word}")),
        _ => words.contains(word.as_str()),
    };
    let promised = PROMISES.iter().filter(|p| holds(p)).count();
    let kind = match mention.unit.kind {
        "money" | "multiple" => 3,
        "duration" | "date" | "time" | "age" => -2,
        _ => 2,
    };
    let promise = if promised > 0 { 3 + i32::try_from(promised.min(3)).unwrap_or(3) } else { 0 };
    kind + promise
}

/// The sentence that holds a place, on one line.
fn sentence(page: &Page, stretches: &[Stretch], at: usize) -> String {
    let (start, end) = sentence_range(stretches, stretches.partition_point(|s| s.end <= at));
    page.slice(start, end).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// From where to where the sentence of a stretch goes.
fn sentence_range(stretches: &[Stretch], at: usize) -> (usize, usize) {
    let Some(sentence) = stretches.get(at).map(|s| s.sentence) else { return (0, 0) };
    let first = stretches.partition_point(|s| s.sentence < sentence);
    let past = stretches.partition_point(|s| s.sentence <= sentence);
    (stretches[first].start, stretches[past - 1].end)
}

fn fact(found: &Found, page: &Page) -> Fact {
    Fact {
        article: String::new(),
        id: String::new(),
        kind: found.kind,
        claim: page.slice(found.start, found.end),
        group: None,
        weight: 1.0,
        must: false,
        status: Some(FactStatus::Draft),
        aliases: Vec::new(),
        accept: Vec::new(),
        any_of: Vec::new(),
        all_of: Vec::new(),
        none_of: Vec::new(),
        value: None,
        unit: None,
        claims: std::collections::BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
