//! One head of a claim, its figure, held against those of a summary.

use super::Telling;
use super::ruling::Ruling;
use crate::fact::claim::Version;
use crate::fact::grounding::Standing;
use crate::fact::matching::derive::derived;
use crate::fact::matching::fit::{Error, Fit, fit};
use crate::fact::matching::role::{moved, overlap};
use crate::fact::matching::{Aligned, Candidate, MARGIN};
use crate::fact::page::Page;
use crate::fact::quantity::{Mention, Value};
use crate::model::Verdict;

/// How much more a figure must be said of a place than of the one that has its value, to be told in its stead.
const RATHER: f32 = 0.05;
/// How much it must be said of that place at all.
const ENOUGH: f32 = 0.25;
/// The share of a wrong figure's relation from which the right one, told too, stands before it.
const HARDLY_LESS: f32 = 0.6;
/// How much a figure must be said of the same thing to cover a fact, and to contradict it.
const COVER: f32 = 0.1;
const CONTRADICT: f32 = 0.3;
/// How much more a wrong figure must be said of a fact than one that fits, to stand for it.
const FIRMER: f32 = 0.5;
/// How much two places of equal value must be said of the same thing to be one.
const ALIKE: f32 = 0.15;
/// How much a wrong figure must be said of a fact for no sum to put it right.
const FIRM: f32 = 0.7;
/// The same for a figure of the same digits that goes wrong otherwise: the digits are evidence.
const SLIP: f32 = 0.08;
/// How far below the best a place may lie where the source has the very figure, for it to be taken as that.
const ELSEWHERE: f32 = 0.1;

impl Telling<'_> {
    /// Whether each head of a claim is told, and with which value.
    pub(super) fn told_with(&self, claim: &Version, share: f32) -> Ruling {
        let mut worst: Option<Ruling> = None;
        for (head, slot) in &claim.heads {
            let ruling = self.head(claim, *head, *slot, share);
            let rank = |v: Verdict| match v {
                Verdict::Contradicted => 2,
                Verdict::Missing => 1,
                Verdict::Covered => 0,
            };
            if worst.as_ref().is_none_or(|w| rank(ruling.verdict) > rank(w.verdict)) {
                worst = Some(ruling);
            }
        }
        let ruling = worst.unwrap_or_else(|| Ruling::missing(0.0, "no figure to go by".to_owned()));
        if ruling.verdict != Verdict::Covered {
            return ruling;
        }
        let near = ruling.evidence.map(|(_, end)| self.page.clause_at(end.saturating_sub(1)));
        for (qualifier, slot) in &claim.qualifiers {
            let expected = &claim.page.mentions[*qualifier];
            for (m, aligned) in self.page.mentions.iter().zip(self.aligned) {
                let here = Some(self.page.clause_at(m.core.0)) == near;
                let fills = aligned.best().is_some_and(|b| self.equal(b.slot, *slot));
                if here
                    && fills
                    && !compares_with(&claim.page, expected)
                    && !compares_with(self.page, m)
                    // A place in an order is looked at by itself.
                    && expected.unit.kind != "ordinal"
                    && let Fit::Differs(error) = fit(expected, m)
                {
                    let words = self.page.slice(m.start, m.end);
                    return Ruling::contradicted(
                        Some((m.start, m.end)),
                        &format!("\"{words}\" is another {} ({})", m.unit.kind, error.name()),
                    );
                }
            }
        }
        ruling
    }

    /// Whether no other figure of source and checklist has the value that fits this slot.
    fn only(&self, aligned: &Aligned, slot: usize) -> bool {
        aligned.candidates.iter().all(|c| c.fit != Fit::Same || self.equal(c.slot, slot))
    }

    /// Whether two slots stand for the same figure.
    fn equal(&self, a: usize, b: usize) -> bool {
        let (one, two) = (&self.slots[a], &self.slots[b]);
        a == b
            || fit(&one.mention, &two.mention) == Fit::Same
                && one.mention.change == two.mention.change
                && overlap(&one.role, &two.role, self.spread, false).share >= ALIKE
    }

    /// Whether a slot is that of a figure of the source, or of the same one told again.
    fn is_source(&self, slot: usize, figure: usize) -> bool {
        let own = |s: usize| self.slots[s].source == Some(figure);
        own(slot) || self.slots.iter().position(|s| s.source == Some(figure)).is_some_and(|s| self.equal(s, slot))
    }

    /// Whether a wrong figure is said of a fact surely enough to contradict it.
    fn evidence(&self, error: Error, expected: &Mention, told: &Mention, candidate: &Candidate) -> bool {
        let strength = candidate.relation.max(0.8 * candidate.contrast);
        if error.is_slip() {
            return strength >= if distinct(told) { SLIP } else { CONTRADICT };
        }
        // Dates and bare counts stand everywhere: only what is said beside them tells whose they are.
        let counted = expected.unit.kind == "count" && (expected.noun.is_empty() || expected.noun != told.noun);
        if counted || error == Error::Calendar {
            // Across languages fewer words are known, and what they single out is less sure.
            let sourced = self.slots[candidate.slot].source.is_some() && !self.other;
            return candidate.relation >= CONTRADICT
                || sourced && error != Error::Calendar && candidate.contrast >= FIRM;
        }
        strength >= CONTRADICT
    }

    fn head(&self, claim: &Version, head: usize, slot: usize, share: f32) -> Ruling {
        let expected = &moved(&claim.page, &claim.page.mentions[head]);
        let mut covered: Option<(f32, usize, Fit)> = None;
        let mut wrong: Option<(f32, usize, Error)> = None;
        let mut replaced: Option<(usize, Error)> = None;
        let mut told: Option<(f32, usize)> = None;
        let mut nearest = 0.0f32;
        for (i, (m, aligned)) in self.figures.iter().zip(self.aligned).enumerate() {
            if let Some(taken) = self.taken.get(i).copied().flatten() {
                let told_so = matches!(fit(expected, m), Fit::Same | Fit::Coarser);
                // A sum for a rate is told in the claim's own number.
                let rate = taken.owner == taken.value && taken.error == Error::PartTotal;
                if self.is_source(slot, taken.owner) && (!told_so || rate) {
                    replaced = replaced.or(Some((i, taken.error)));
                    continue;
                }
                if self.is_source(slot, taken.value) && taken.owner != taken.value {
                    continue;
                }
            }
            let Some(candidate) = aligned.to(slot) else { continue };
            let Some(best) = aligned.best() else { continue };
            let margin = best.score - candidate.score;
            let same = self.equal(best.slot, slot);
            nearest = nearest.max(candidate.relation);
            let fitted = match fit(expected, m) {
                Fit::Same if candidate.fit == Fit::Differs(Error::PartTotal) => candidate.fit,
                fitted => fitted,
            };
            match fitted {
                fit @ (Fit::Same | Fit::Coarser) => {
                    if fit == Fit::Same && distinct(m) && told.is_none_or(|(r, _)| candidate.relation > r) {
                        told = Some((candidate.relation, i));
                    }
                    let stated = match self.standing.get(i) {
                        Some(Standing::States(figure)) => self.is_source(slot, *figure),
                        _ => false,
                    };
                    let fills = stated
                        || (same || margin <= MARGIN)
                            && (candidate.relation >= COVER || distinct(m) || self.other && self.only(aligned, slot));
                    let better = |(r, _, known): (f32, usize, Fit)| {
                        (fit == Fit::Same, candidate.relation) > (known == Fit::Same, r)
                    };
                    if fills && covered.is_none_or(better) {
                        covered = Some((candidate.relation, i, fit));
                    }
                }
                // What follows from the source contradicts nothing that it states.
                Fit::Differs(_) if self.standing.get(i) == Some(&Standing::Entails) => {}
                Fit::Differs(error) => {
                    // Where the source says the very figure of something near, it is no slip.
                    let elsewhere = aligned.candidates.iter().any(|c| {
                        c.fit == Fit::Same
                            && !self.equal(c.slot, slot)
                            && best.contrast - c.contrast <= ELSEWHERE
                            && best.score - c.score <= 2.0 * MARGIN
                    });
                    // It is said of this place more than of the one that has its value.
                    let rather = best.fit == Fit::Same
                        && candidate.contrast >= best.contrast + RATHER
                        && candidate.relation >= best.relation
                        && candidate.relation >= ENOUGH;
                    let fills = rather || (same && best.fit != Fit::Same || margin <= 0.0) && !elsewhere;
                    let evidence = self.evidence(error, expected, m, candidate);
                    if fills && evidence && wrong.is_none_or(|(r, ..)| candidate.relation > r) {
                        wrong = Some((candidate.relation, i, error));
                    }
                }
                Fit::Unrelated => {}
            }
        }
        if let (None, Some((i, error))) = (covered, replaced) {
            wrong = Some((1.0, i, error));
        }
        let place = |i: usize| (self.page.mentions[i].start, self.page.mentions[i].end);
        let words = |i: usize| self.page.slice(place(i).0, place(i).1);
        let worked_out =
            || derived(expected, &self.slots[slot].role, self.page, &self.figures, self.spread, self.other);
        let firmly = wrong.is_some_and(|(relation, i, _)| {
            relation >= 1.0 || relation >= CONTRADICT && self.aligned[i].to(slot).is_some_and(|c| c.contrast >= FIRM)
        });
        if !covered.is_some_and(|(_, _, fit)| fit == Fit::Same)
            && let Some(found) = worked_out()
            && (found.said || !firmly)
        {
            let (a, b) = found.from;
            return Ruling::covered(
                0.75,
                Some((place(a).0.min(place(b).0), place(a).1.max(place(b).1))),
                &match a == b {
                    true => format!("the {} \"{}\"", found.how, words(a)),
                    false => format!("the {} of \"{}\" and \"{}\"", found.how, words(a), words(b)),
                },
            );
        }
        // Another figure is said of it much more than the one that fits.
        let contrast = |i: usize| self.aligned[i].to(slot).map_or(0.0, |c| c.contrast);
        if let (Some((_, fits, _)), Some((relation, other, _))) = (covered, wrong)
            && relation >= CONTRADICT
            && contrast(other) >= contrast(fits) + FIRMER
        {
            covered = None;
        }
        // The very value is told too, and of this hardly less than the wrong one.
        if let (None, Some((wrongly, ..)), Some((rightly, i)), None) = (covered, wrong, told, replaced)
            && rightly >= HARDLY_LESS * wrongly
        {
            covered = Some((rightly, i, Fit::Same));
        }
        match (covered, wrong) {
            (Some((relation, i, Fit::Coarser)), _) => Ruling {
                evidence: Some(place(i)),
                ..Ruling::missing(
                    0.3 + 0.15 * f64::from(relation),
                    format!("\"{}\" is coarser than the claim", words(i)),
                )
            },
            (Some((relation, i, _)), _) => Ruling::covered(
                0.5 + 0.5 * f64::from(relation.max(share)),
                Some(place(i)),
                &format!("\"{}\" is said of it", words(i)),
            ),
            (None, Some((_, i, error))) => {
                let shown = claim.page.slice(expected.start, expected.end);
                Ruling::contradicted(
                    Some(place(i)),
                    &format!("\"{}\" where the claim has \"{shown}\" ({})", words(i), error.name()),
                )
            }
            (None, None) => {
                let near = f64::from(nearest.max(share * 0.8)).min(0.98) * 0.49;
                Ruling::missing(near, "no figure of the summary is said of this".to_owned())
            }
        }
    }
}

/// Whether a date is one that another is held against (比去年, `than last year`).
fn compares_with(page: &Page, date: &Mention) -> bool {
    let before: String = page.text[date.start.saturating_sub(8)..date.start].iter().collect();
    let before = before.trim_end();
    ["比", "较", "从", "自", "由", "than", "from", "since", "than in"].iter().any(|w| before.ends_with(w))
}

/// Whether a figure's value is one that does not come about by chance: two digits that tell, or a measure.
fn distinct(m: &Mention) -> bool {
    let digits =
        |n: rust_decimal::Decimal| n.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len();
    match m.value {
        Some(Value::Number(n)) => digits(n) >= 2 || !matches!(m.unit.kind, "count" | "duration"),
        Some(Value::Date(day)) => day.day.is_some() || day.month.is_some() || day.year.is_some(),
        Some(_) => true,
        None => false,
    }
}
