//! What turns a statement round: a denial on one side, the opposite stance, another name, a way gone backwards.

use crate::fact::denial::Denial;
use crate::fact::lexicon::NameKind;
use crate::fact::page::Page;
use crate::fact::quantity::Mention;
use crate::fact::term::Term;

use super::fit::{Fit, fit};
use super::role::is_name;
use super::statement::{Content, OPPOSITE};

/// How the denials of a claim stand to those of what is told of its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Neither denies, or nothing that both have in common.
    Neither,
    /// Both deny the same.
    Both,
    /// One denies what the other asserts, at a place of the summary.
    One(usize, usize),
}

/// What was found to turn a window round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The place in the summary.
    pub(super) at: (usize, usize),
    /// Whether it is a stance or a name.
    pub(super) turn: Turn,
    /// What the turned word weighs in the claim; 0 where its words only change places.
    pub(super) weight: f32,
    /// How much of that the window was given for it.
    pub(super) counted: f32,
}

impl Found {
    fn stance(told: &Term, weight: f32, counted: f32) -> Found {
        Found { at: (told.start, told.end), turn: Turn::Stance, weight, counted }
    }

    fn name(told: &Term, weight: f32, counted: f32) -> Found {
        Found { at: (told.start, told.end), turn: Turn::Name, weight, counted }
    }

    /// Two words that change places.
    fn exchanged(start: usize, end: usize) -> Found {
        Found { at: (start, end), turn: Turn::Name, weight: 0.0, counted: 0.0 }
    }
}

/// What turns a statement round, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turned {
    /// The place in the summary.
    pub(crate) at: (usize, usize),
    /// Whether it is a stance or a name.
    pub(crate) turn: Turn,
    /// The share of the claim's other content in the window.
    pub(crate) rest: f32,
}

/// What turns a statement round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Denied, or told with the opposite stance.
    Stance,
    /// Told of another party or place.
    Name,
}

/// The share of a claim's other content that must stand beside a stance for it to be the claim's.
const ANCHORED: f32 = 0.34;

/// The same where the name itself stands elsewhere.
const ANCHORED_FIRMLY: f32 = 0.5;

/// The share of a claim's other content that a sentence must hold for the one name in it to stand in place of the claim's.
const REPLACED: f32 = 0.55;

/// The share of what is denied, or of what is told, that must be turned round.
const MOST: f32 = 0.5;
const MOSTLY: f32 = 0.55;

/// How much of what a claim and a window have in common must be denied on one side only.
const TURNS: f32 = 0.2;

/// Holds the denials of a claim against those of a window.
pub(super) fn denied(content: &Content, claim: &Page, page: &Page, window: (usize, usize), other: bool) -> Denied {
    let first = page.terms.partition_point(|t| t.start < window.0);
    let inside: Vec<&Term> = page.terms[first..].iter().take_while(|t| t.end <= window.1).collect();
    // The sentence that holds most of the claim.
    let mut held: Vec<(usize, f32)> = Vec::new();
    for t in content.terms.iter().filter(|t| !other || t.term.shared) {
        let mut seen = usize::MAX;
        for h in inside.iter().filter(|h| h.id == t.term.id) {
            let sentence = page.clauses[h.clause].sentence;
            if seen == sentence {
                continue;
            }
            seen = sentence;
            match held.iter_mut().find(|(s, _)| *s == sentence) {
                Some((_, weight)) => *weight += t.weight,
                None => held.push((sentence, t.weight)),
            }
        }
    }
    let best = held.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(s, _)| *s);
    let here: Vec<&Term> = inside.into_iter().filter(|h| Some(page.clauses[h.clause].sentence) == best).collect();
    let mut clauses: Vec<usize> = Vec::new();
    let (mut common, mut both, mut claims, mut tells, mut own) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut place = None;
    for t in content.terms.iter().filter(|t| !other || t.term.shared) {
        own += if t.term.denied { t.weight } else { 0.0 };
        let mut told = here.iter().filter(|h| h.id == t.term.id).peekable();
        let Some(first) = told.peek().copied() else { continue };
        common += t.weight;
        clauses.extend(here.iter().filter(|h| h.id == t.term.id).map(|h| h.clause));
        if told.any(|h| h.denied == t.term.denied) {
            both += if t.term.denied { t.weight } else { 0.0 };
            continue;
        }
        if t.term.denied {
            claims += t.weight;
        } else {
            tells += t.weight;
        }
        place = place.or(Some((first.start, first.end)));
    }
    // A denial of the same matter stands in a clause that speaks of it, or right behind one.
    let behind = |d: usize, c: usize| d == c + 1 && page.clauses[d].sentence == page.clauses[c].sentence;
    let denies = |d: &Denial| clauses.iter().any(|c| d.clause == *c || behind(d.clause, *c));
    let quiet = !page.denials.iter().any(denies);
    // Where both deny something, the words may only stand in another order; exchanged, they are turned round.
    let turned = match (claim.denials.is_empty(), quiet) {
        (false, false) => claims.min(tells) * 2.0,
        _ => claims + tells,
    };
    // Most of what is denied must be spoken of; what the summary denies must be most of what it says of the claim.
    let most = match (claims > 0.0, tells > 0.0) {
        (true, false) => claims >= MOST * own,
        (false, true) => tells >= MOSTLY * common,
        _ => true,
    };
    match place {
        Some((start, end)) if most && turned >= TURNS * common && turned > both => Denied::One(start, end),
        _ if both > 0.0 => Denied::Both,
        _ => Denied::Neither,
    }
}

/// Whether the window tells the claim's matter with the opposite stance, denied, or of another name.
pub(super) fn turned(
    claim: &Page,
    content: &Content,
    page: &Page,
    window: (usize, usize),
    (other, entity): (bool, bool),
) -> Option<Found> {
    let here: Vec<&Term> = page.terms.iter().filter(|t| t.start >= window.0 && t.end <= window.1).collect();
    // A turn stands in a clause that holds much of what else the claim says.
    let rest = |but: u64| -> f32 {
        content.terms.iter().filter(|t| t.term.id != but && (!other || t.term.shared)).map(|t| t.weight).sum()
    };
    // A figure that is told there anchors a clause as a rare word does.
    let figured = |clause: usize| {
        let told =
            |m: &Mention| page.mentions.iter().any(|t| page.clause_at(t.core.0) == clause && fit(m, t) == Fit::Same);
        claim.mentions.iter().filter(|m| m.value.is_some() && told(m)).count() as f32 * content.figure
    };
    let figures = claim.mentions.iter().filter(|m| m.value.is_some()).count() as f32 * content.figure;
    let anchor = |clause: usize, but: u64| -> f32 {
        let near: f32 = content
            .terms
            .iter()
            .filter(|t| t.term.id != but && (!other || t.term.shared))
            .filter(|t| here.iter().any(|h| h.id == t.term.id && h.clause == clause))
            .map(|t| t.weight)
            .sum();
        let near = near + figured(clause);
        if near > 0.0 { near / (rest(but) + figures) } else { 0.0 }
    };
    let anchored = |clause: usize, but: u64| anchor(clause, but) >= ANCHORED;
    for t in &content.terms {
        let near: Vec<&&Term> = here.iter().filter(|h| h.id == t.term.id && anchored(h.clause, t.term.id)).collect();
        if near.iter().any(|h| h.negated == t.term.negated) {
            continue;
        }
        if t.term.opposite().is_some() {
            let other = |h: &&&Term| h.id != t.term.id && t.term.turns(h) && anchored(h.clause, t.term.id);
            let agrees = here.iter().filter(other).any(|h| h.negated != t.term.negated);
            if !agrees && let Some(h) = here.iter().filter(other).find(|h| h.negated == t.term.negated) {
                return Some(Found::stance(h, t.weight, OPPOSITE * t.weight));
            }
        }
        if let Some(h) = near.first() {
            return Some(Found::stance(h, t.weight, t.weight));
        }
    }
    let around = |sentence: usize, but: u64| -> f32 {
        let near: f32 = content
            .terms
            .iter()
            .filter(|t| t.term.id != but && (!other || t.term.shared))
            .filter(|t| here.iter().any(|h| h.id == t.term.id && page.clauses[h.clause].sentence == sentence))
            .map(|t| t.weight)
            .sum();
        if near > 0.0 { near / rest(but) } else { 0.0 }
    };
    reversed(claim, page, &here)
        .or_else(|| route_reversed(claim, page, &here))
        .or_else(|| recipient_reversed(claim, page, &here))
        .or_else(|| name_replaced(content, &here, entity, anchor))
        .or_else(|| only_name(content, page, &here, around))
}

/// The words between which something goes: from one, to the other.
fn route(page: &Page, terms: &[&Term]) -> Option<(u64, u64)> {
    let latin = |t: &Term| page.text[t.start].is_ascii_alphabetic();
    let before = |t: &Term, words: &[&str]| {
        let head: String = page.text[t.start.saturating_sub(6)..t.start].iter().collect();
        words.iter().any(|w| head.ends_with(w))
    };
    terms.windows(2).find_map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let between: String = page.text.get(a.end..b.start)?.iter().collect();
        let (from, to) = match latin(a) {
            true => (before(a, &["from "]), between == " to "),
            false => (
                before(a, &["从", "由", "自"]),
                ["到", "至", "往", "赴", "前往", "开往", "驶往", "飞往"].contains(&between.as_str()),
            ),
        };
        (from && to && a.id != b.id).then_some((a.id, b.id))
    })
}

/// Whether what goes from A to B in a claim goes from B to A in what is told.
fn route_reversed(claim: &Page, page: &Page, here: &[&Term]) -> Option<Found> {
    let own: Vec<&Term> = claim.terms.iter().collect();
    let (from, to) = route(claim, &own)?;
    let (start, end) = route(page, here)?;
    (from == end && to == start).then_some(())?;
    let first = here.iter().find(|t| t.id == start)?;
    let last = here.iter().find(|t| t.id == end)?;
    Some(Found::exchanged(first.start.min(last.start), first.end.max(last.end)))
}

/// Whether what one party does for another is told as done by the other: A lends to B told as B lends to A. In each clause
/// one of the two must be marked as the one to whom (向, 對, `to`), and the other not.
fn recipient_reversed(claim: &Page, page: &Page, here: &[&Term]) -> Option<Found> {
    let marked = |page: &Page, t: &Term| {
        let head: String = page.text[t.start.saturating_sub(5)..t.start].iter().collect();
        ["向", "对", "给", "予", " to ", " to the "].iter().any(|w| head.ends_with(w))
    };
    let party = |page: &Page, t: &&Term| is_name(page, t) || t.known().is_some_and(|c| c.name.is_some());
    let pair = |page: &Page, terms: &[&Term]| -> Option<(u64, u64)> {
        let to = terms.iter().find(|t| party(page, t) && marked(page, t))?;
        let mut from =
            terms.iter().filter(|t| t.clause == to.clause && t.id != to.id && party(page, t) && !marked(page, t));
        let from = from.next()?;
        Some((from.id, to.id))
    };
    let own: Vec<&Term> = claim.terms.iter().collect();
    let (from, to) = pair(claim, &own)?;
    // The clause that names both.
    let clauses: Vec<usize> = here.iter().filter(|t| t.id == from).map(|t| t.clause).collect();
    clauses.into_iter().find_map(|clause| {
        let inside: Vec<&Term> = here.iter().filter(|t| t.clause == clause).copied().collect();
        let (told_from, told_to) = pair(page, &inside)?;
        (told_from == to && told_to == from).then_some(())?;
        Some(Found::exchanged(inside.first()?.start, inside.last()?.end))
    })
}

/// A name that the summary does not have at all, where the sentence that holds most of the claim has one other of its kind.
fn only_name(content: &Content, page: &Page, here: &[&Term], around: impl Fn(usize, u64) -> f32) -> Option<Found> {
    let kind = |t: &Term| -> Option<NameKind> { t.known().and_then(|c| c.name) };
    let acts = |k: Option<NameKind>| matches!(k, Some(NameKind::Territory | NameKind::Organization));
    content.terms.iter().filter(|t| acts(kind(&t.term))).find_map(|t| {
        if page.terms.iter().any(|h| h.id == t.term.id) {
            return None;
        }
        let strange = |h: &&&Term| kind(h) == kind(&t.term) && !content.terms.iter().any(|c| c.term.id == h.id);
        let mut others = here.iter().filter(strange);
        let h = others.next()?;
        let sentence = page.clauses[h.clause].sentence;
        let alone = others.all(|o| o.id == h.id);
        (alone && around(sentence, t.term.id) >= REPLACED).then_some(Found::name(h, t.weight, 0.0))
    })
}

/// Whether who does and who suffers change places: A beats B told as B beats A. Only where one verb stands between the
/// two in both, and neither is passive.
fn reversed(claim: &Page, page: &Page, here: &[&Term]) -> Option<Found> {
    let party = |t: &Term| t.known().is_none_or(|c| c.name.is_some()) && (t.weight > 1.2 || t.shared);
    let passive = |page: &Page, from: usize, to: usize| {
        let text: String = page.text[from..to].iter().collect();
        ["被", "获", "由", "受", "遭", " by ", "from ", "lost to", "loses to", "fell to"]
            .iter()
            .any(|w| text.contains(w))
    };
    for verb in claim.terms.iter().filter(|t| t.opposite().is_some()) {
        let Some(told) = here.iter().find(|h| h.id == verb.id) else { continue };
        let before = claim.terms.iter().filter(|t| party(t) && t.end <= verb.start);
        let after: Vec<&Term> = claim.terms.iter().filter(|t| party(t) && t.start >= verb.end).collect();
        for a in before {
            for b in &after {
                let a_told = here.iter().find(|h| h.id == a.id);
                let b_told = here.iter().find(|h| h.id == b.id);
                let (Some(x), Some(y)) = (a_told, b_told) else { continue };
                let same_clauses = x.clause == told.clause && y.clause == told.clause;
                let turned = y.end <= told.start && x.start >= told.end;
                if a.id != b.id
                    && turned
                    && same_clauses
                    && !passive(claim, a.start, b.end)
                    && !passive(page, y.start, x.end)
                {
                    return Some(Found::exchanged(y.start, x.end));
                }
            }
        }
    }
    None
}

/// A name of the claim in whose place another of its kind stands, that the claim does not hold: in the clause that holds
/// most of what else the claim says.
fn name_replaced(content: &Content, here: &[&Term], entity: bool, anchor: impl Fn(usize, u64) -> f32) -> Option<Found> {
    let kind = |t: &Term| -> Option<NameKind> { t.known().and_then(|c| c.name) };
    for t in content.terms.iter().filter(|t| kind(&t.term).is_some()) {
        let stands =
            here.iter().filter(|h| h.id == t.term.id).map(|h| anchor(h.clause, t.term.id)).fold(-1.0, f32::max);
        let other = here.iter().find(|h| {
            // A place may be named beside another; a country or an organization acts.
            let acts = matches!(kind(h), Some(NameKind::Territory | NameKind::Organization));
            let firmly = match stands < 0.0 {
                true if entity => ANCHORED,
                true => ANCHORED_FIRMLY,
                false if acts => ANCHORED_FIRMLY,
                false => f32::INFINITY,
            };
            let share = anchor(h.clause, t.term.id);
            kind(h) == kind(&t.term)
                && !content.terms.iter().any(|c| c.term.id == h.id)
                && share >= firmly
                && share > stands
                && (stands < 0.0 || stands < ANCHORED)
        });
        if let Some(h) = other {
            return Some(Found::name(h, t.weight, if stands < 0.0 { 0.0 } else { t.weight }));
        }
    }
    None
}
