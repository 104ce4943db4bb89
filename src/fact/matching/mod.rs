//! Facts held against a summary.
//!
//! The figures of a summary are aligned with those of the source and the checklist by what they are said of, not by
//! their value; a verdict then follows from whether the value fits the place. Statements go by the content words of
//! the best one or two sentences, and by the stance they are told with.

pub(crate) mod derive;
pub(crate) mod fit;
pub(crate) mod name;
pub(crate) mod order;
pub(crate) mod pick;
pub(crate) mod role;
pub(crate) mod statement;
pub(crate) mod turn;

use fit::{Error, Fit, fit};
use pick::Pick;
use role::{Per, Role, Spread, facets_conflict, moved, overlap, role};

use super::date::DateMatch;

use super::page::Page;
use super::quantity::{Change, Mention, Value};

/// A figure of the source or of a claim, with what it is said of: a place that a summary's figure may fill.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) mention: Mention,
    pub(crate) role: Role,
    /// Its place among the source's figures, where it is one.
    pub(crate) source: Option<usize>,
}

/// How a figure of a summary stands to a slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) slot: usize,
    pub(crate) fit: Fit,
    /// How much they are said of the same thing, 0 to 1.
    pub(crate) relation: f32,
    /// How much better they fit each other than others would.
    pub(crate) contrast: f32,
    /// The contrast, with what the value itself says for the slot.
    pub(crate) score: f32,
}

/// A figure of a summary with its candidates, best first.
#[derive(Debug)]
pub(crate) struct Aligned {
    pub(crate) candidates: Vec<Candidate>,
}

impl Aligned {
    /// The slot it most likely fills.
    pub(crate) fn best(&self) -> Option<&Candidate> {
        self.candidates.first()
    }

    /// How it stands to one slot.
    pub(crate) fn to(&self, slot: usize) -> Option<&Candidate> {
        self.candidates.iter().find(|c| c.slot == slot)
    }
}

/// What the value's own fit is worth beside what it is said of.
const VALUE: f32 = 0.25;
/// How far below the best a slot may lie and still be filled.
pub(crate) const MARGIN: f32 = 0.12;

/// Aligns the figures of a page with slots. `other` says that the page is in another language than the slots.
pub(crate) fn align(page: &Page, slots: &[Slot], pick: &Pick, spread: &Spread, other: bool) -> Vec<Aligned> {
    let mut aligned: Vec<Aligned> = page
        .mentions
        .iter()
        .map(|told| {
            let role = role(page, told);
            let told = &moved(page, told);
            let picked = pick.of(told, &role).into_iter();
            let mut candidates: Vec<Candidate> =
                picked.filter_map(|i| candidate(i, &slots[i], told, &role, spread, other)).collect();
            candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
            Aligned { candidates }
        })
        .collect();
    share_out(&mut aligned, slots);
    exchange(&mut aligned);
    aligned
}

/// Where two figures claim one slot, and not both as the same figure, gives it to the one that makes both fit best:
/// what shows that two values were swapped.
fn share_out(aligned: &mut [Aligned], slots: &[Slot]) {
    for first in 0..aligned.len() {
        // Figures swapped stand near each other.
        for second in first + 1..aligned.len().min(first + 8) {
            let (Some(a), Some(b)) = (aligned[first].best().copied(), aligned[second].best().copied()) else {
                continue;
            };
            if a.slot != b.slot || a.fit == Fit::Same && b.fit == Fit::Same {
                continue;
            }
            let other = |of: &Aligned| {
                let rest = of
                    .candidates
                    .iter()
                    .skip(1)
                    .find(|c| fit(&slots[c.slot].mention, &slots[a.slot].mention) != Fit::Same);
                rest.copied()
            };
            // A figure that fits yields only to a place that it is said of as much.
            let yields_to = |own: &Candidate, to: Option<Candidate>| {
                to.filter(|t| own.fit != Fit::Same || t.contrast >= own.contrast - 0.05)
            };
            let (x, y) = (yields_to(&a, other(&aligned[first])), yields_to(&b, other(&aligned[second])));
            let stays = y.map(|y| a.score + y.score);
            let yields = x.map(|x| x.score + b.score);
            let (loser, takes) = match (stays, yields) {
                (Some(s), Some(t)) if t > s => (first, x),
                (Some(_), _) => (second, y),
                (None, Some(_)) => (first, x),
                (None, None) => continue,
            };
            let Some(takes) = takes else { continue };
            // A weak second choice is no place to be sent to.
            if takes.contrast < YIELD {
                continue;
            }
            for c in &mut aligned[loser].candidates {
                if c.slot != takes.slot && c.score > takes.score - 2.0 * MARGIN {
                    c.score = takes.score - 2.0 * MARGIN;
                }
            }
            aligned[loser].candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
        }
    }
}

/// What counts more: that the slot is said of what the telling says, or the other way round.
const FORWARD: f32 = 0.8;

/// Where two figures fit two slots by value, and what they are said of tells plainly that they stand in each other's
/// place, exchanges them: values told of each other's subject.
fn exchange(aligned: &mut [Aligned]) {
    for first in 0..aligned.len() {
        for second in first + 1..aligned.len().min(first + 4) {
            let own = |of: &Aligned| of.candidates.iter().find(|c| c.fit == Fit::Same).copied();
            let (Some(a), Some(b)) = (own(&aligned[first]), own(&aligned[second])) else { continue };
            if a.slot == b.slot {
                continue;
            }
            let (Some(x), Some(y)) = (aligned[first].to(b.slot).copied(), aligned[second].to(a.slot).copied()) else {
                continue;
            };
            let differ = !matches!(x.fit, Fit::Same | Fit::Coarser) && !matches!(y.fit, Fit::Same | Fit::Coarser);
            let each = x.contrast > a.contrast && y.contrast > b.contrast;
            if differ && each && x.contrast + y.contrast > a.contrast + b.contrast + EXCHANGE {
                for (at, to, from) in [(first, x, a), (second, y, b)] {
                    for c in &mut aligned[at].candidates {
                        if c.slot == to.slot {
                            c.score = from.score.max(to.score);
                            c.contrast = c.contrast.max(SURE);
                        } else {
                            c.score -= 3.0 * MARGIN;
                        }
                    }
                    aligned[at].candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
                }
            }
        }
    }
}

/// How much better two figures must be said of each other's place.
const EXCHANGE: f32 = 0.15;
/// The contrast that such a pair amounts to.
const SURE: f32 = 0.5;

/// How well a figure must fit another slot to be sent there.
const YIELD: f32 = 0.3;

/// Whether a rate is told of another base, or as a sum.
pub(crate) fn rate_lost(source: &Role, told: &Role) -> bool {
    match (source.per, told.per) {
        // What a base that no table knows is, cannot be told.
        (Some(a), Some(b)) => a != b && a != Per::Other && b != Per::Other,
        (Some(_), None) => told.total,
        (None, Some(_)) => source.total,
        (None, None) => false,
    }
}

fn candidate(i: usize, slot: &Slot, told: &Mention, role: &Role, spread: &Spread, other: bool) -> Option<Candidate> {
    let fit = fit(&slot.mention, told);
    if fit == Fit::Unrelated {
        return None;
    }
    let forward = overlap(role, &slot.role, spread, other);
    let backward = overlap(&slot.role, role, spread, other);
    let mut relation = 0.65 * forward.share + 0.35 * backward.share;
    let mut contrast = FORWARD * forward.contrast + (1.0 - FORWARD) * backward.contrast;
    let mut shift = 0.0;
    let nouns = (&slot.role.noun, &role.noun);
    let meet = nouns.0.iter().any(|n| role.terms.iter().any(|t| t.id == *n && t.near >= 0.7))
        || nouns.1.iter().any(|n| slot.role.terms.iter().any(|t| t.id == *n && t.near >= 0.7));
    let counts = slot.mention.unit.kind == "count" && told.unit.kind == "count";
    let kinds = (slot.mention.noun, told.noun);
    if meet {
        shift += 0.2;
    } else if counts && !kinds.0.is_empty() && kinds.0 == kinds.1 {
        shift += 0.15;
    } else if counts && !kinds.0.is_empty() && !kinds.1.is_empty() {
        shift -= 0.25;
    }
    if facets_conflict(&slot.role, role) {
        shift -= 0.35;
    }
    if let (Some(a), Some(b)) = (&slot.role.period, &role.period) {
        shift += if a.told_as(b) == DateMatch::Differs { -0.25 } else { 0.05 };
    }
    let (ours, theirs) = (&slot.role.names, &role.names);
    if !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|n| theirs.contains(n)) {
        shift -= 0.15;
    }
    if slot.role.per != role.per {
        shift -= if slot.role.per.is_some() && role.per.is_some() { 0.3 } else { 0.1 };
    }
    // 人均1.35萬 told as a sum, 每天 as every year: the same number of another measure.
    let fit = match fit {
        Fit::Same if rate_lost(&slot.role, role) => Fit::Differs(Error::PartTotal),
        Fit::Differs(_) if rate_lost(&slot.role, role) => return None,
        fit => fit,
    };
    if slot.mention.change == Change::From && told.change != Change::From {
        shift -= 0.2;
    }
    relation = (relation + shift).clamp(0.0, 1.0);
    contrast += shift;
    let value = match fit {
        Fit::Same if slot.mention.value.is_some_and(|v| matches!(v, Value::Date(d) if d.day.is_some())) => 0.4,
        Fit::Same => VALUE,
        Fit::Coarser => VALUE * 0.6,
        Fit::Differs(Error::Magnitude | Error::Transposition) => 0.1,
        // The same digits, otherwise wrong, are still a sign of where they belong.
        Fit::Differs(error) if error.is_slip() && slot.mention.base_value() == told.base_value() => 0.18,
        Fit::Differs(Error::Unit) => 0.1,
        _ => 0.0,
    };
    Some(Candidate { slot: i, fit, relation, contrast, score: contrast + value })
}
