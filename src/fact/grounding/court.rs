//! The court: whose place a figure told takes, and what is held of one that the source does not state.

use super::figure::{bears, climbs, is_small, misdated};
use super::{Standing, Taken};
use crate::fact::entail::{entailed, says_rest};
use crate::fact::matching::fit::{Error, Fit, fit};
use crate::fact::matching::pick::Pick;
use crate::fact::matching::rate_lost;
use crate::fact::quantity::{Change, Mention, Modifier};
use crate::fact::rival::{Side, Weight, facet_opposed, has_facet, other_base, polarity, rate_added, weigh};

/// What is held of a figure told.
pub(super) struct Ruling {
    pub(super) error: Option<Error>,
    pub(super) figure: Option<usize>,
    pub(super) reason: &'static str,
    pub(super) taken: Option<Taken>,
    /// Whether it follows from what the source states without standing there.
    pub(super) entailed: bool,
    /// Whether it is a date that the source has with another day of the month, or with day and month exchanged.
    pub(super) near: bool,
}

impl Ruling {
    fn entailed((figure, reason): (usize, &'static str)) -> Ruling {
        Ruling { error: None, figure: Some(figure), reason, taken: None, entailed: true, near: false }
    }

    pub(super) fn standing(&self) -> Standing {
        match (self.error, self.figure) {
            (None, _) if self.entailed => Standing::Entails,
            (None, Some(figure)) => Standing::States(figure),
            _ => Standing::Not,
        }
    }

    /// A figure that has the digits of one of the source and is otherwise wrong takes its place.
    pub(super) fn slipped(&self) -> Option<Taken> {
        let (error, owner) = (self.error?, self.figure?);
        (error.is_slip() || error == Error::Multiple || error == Error::Calendar && self.near).then_some(Taken {
            owner,
            value: owner,
            error,
        })
    }

    fn wrong(error: Error, figure: Option<usize>, reason: &'static str) -> Ruling {
        Ruling { error: Some(error), figure, reason, taken: None, entailed: false, near: false }
    }
}

/// A summary before its source.
pub(super) struct Court<'p> {
    pub(super) told: Side<'p>,
    pub(super) source: Side<'p>,
    pub(super) pick: &'p Pick,
    pub(super) other: bool,
}

/// How much evidence it takes to give a figure of the right value to another owner: alone, and where the other
/// owner's figure is told in its place.
const ALONE: f32 = 3.0;
const CROSSED: f32 = 2.1;
/// What must speak for each of two figures' exchange, and how much where it speaks for one only.
const EITHER: f32 = 0.7;
const ONE_SIDED: f32 = 6.0;
/// The same where nearly all that is told speaks for the other.
const WHOLLY: f32 = 1.5;
/// How much more a small count takes.
const SMALL: f32 = 1.5;

/// How much what speaks for another owner must outweigh what speaks against it.
const OUTWEIGHS: f32 = 2.0;

impl Court<'_> {
    pub(super) fn rule(&self, i: usize) -> Ruling {
        let told = &self.told.page.mentions[i];
        let bond = &self.told.bonds[i];
        let (mut same, mut differing): (Vec<usize>, Vec<(usize, Error)>) = (Vec::new(), Vec::new());
        for j in self.pick.of(told, &bond.role) {
            let there = &self.source.bonds[j];
            match fit(&self.source.page.mentions[j], told) {
                Fit::Same if rate_lost(&there.role, &bond.role) || rate_added(bond, there) => {
                    differing.push((j, Error::PartTotal));
                }
                Fit::Same | Fit::Coarser if !bears(&self.source.page.mentions[j], told) => {}
                Fit::Same | Fit::Coarser => same.push(j),
                Fit::Differs(error) => differing.push((j, error)),
                Fit::Unrelated => {}
            }
        }
        let mut same = same.into_iter();
        let Some(first) = same.next() else { return self.absent(i, &differing) };
        let best = same.fold(first, |best, j| if self.weigh(i, j, best).net() > 0.0 { j } else { best });
        if let Some((owner, error)) = self.owner(i, best, &differing) {
            // A number that is only about that of the source may be one that it entails exactly.
            let exact = self.source.page.mentions[best].base_value() == told.base_value();
            let place = self.told.page.clauses[self.told.page.clause_at(told.core.0)];
            let clause: String = self.told.page.text[place.start..place.end].iter().collect();
            if (!exact || says_rest(&clause))
                && let Some(found) = entailed(self.told, i, self.source)
            {
                return Ruling::entailed(found);
            }
            let taken = Some(Taken { owner, value: best, error });
            return Ruling { taken, ..Ruling::wrong(error, Some(owner), "the source says it of something else") };
        }
        if matches!(told.modifier, Some(Modifier::Over)) && has_facet(&self.source.bonds[best], "average", "peak") {
            return Ruling::wrong(Error::Bound, Some(best), "the source says that it is the most");
        }
        if climbs(told, self.told.page, &self.source.page.mentions[best], self.source.page) {
            return Ruling::wrong(Error::LevelChange, Some(best), "the source has it as a level, not as a change");
        }
        if !self.other && polarity(bond, &self.source.bonds[best]) {
            return Ruling::wrong(Error::Polarity, Some(best), "the source says the contrary of it");
        }
        if !self.other && other_base(bond, &self.source.bonds[best]) {
            return Ruling::wrong(Error::PartTotal, Some(best), "the source says it of another whole");
        }
        let reason = "the source says it of the same thing";
        Ruling { error: None, figure: Some(best), reason, taken: None, entailed: false, near: false }
    }

    fn weigh(&self, i: usize, first: usize, second: usize) -> Weight {
        weigh(self.told, i, self.source, first, second, self.other)
    }

    /// The figure of the source that owns the place which a right value is told for, where it is not `best`.
    fn owner(&self, i: usize, best: usize, differing: &[(usize, Error)]) -> Option<(usize, Error)> {
        let bond = &self.told.bonds[i];
        let opposed = facet_opposed(bond, &self.source.bonds[best]);
        match opposed {
            Some("basis") => return Some((best, Error::Period)),
            // A peak told as an average.
            Some("average") => return Some((best, Error::PartTotal)),
            _ => {}
        }
        let mut owner: Option<(usize, f32)> = None;
        let told = &self.told.page.mentions[i];
        for &(rival, error) in differing {
            let (there, here) = (&self.source.page.mentions[rival], &self.source.page.mentions[best]);
            if matches!(error, Error::PartTotal)
                || self.equal(rival, best)
                || !bears(there, here)
                || !bears(here, there)
            {
                continue;
            }
            let mut weight = self.weigh(i, rival, best);
            let date = self.source.page.mentions[best].unit.kind == "date";
            // What stands around a date says little of whose it is: it takes the other one told in its place.
            let crossed = self.teller(i, rival);
            if date && crossed.is_none() {
                continue;
            }
            // `four of the 14` tells both.
            if crossed.is_some_and(|k| self.parts(i, k)) {
                continue;
            }
            let mut enough = if weight.is_whole() { WHOLLY } else { ALONE };
            // A small number of things stands everywhere.
            if is_small(told) {
                enough += SMALL;
            }
            // The rival's own figure may be told too: then the two are swapped, or each stands where it belongs.
            if let Some(k) = crossed {
                let back = self.weigh(k, best, rival);
                let both = weight.net().min(back.net()) >= EITHER;
                weight.for_first += back.for_first;
                weight.for_second += back.for_second;
                enough = match both {
                    true => CROSSED.min(enough),
                    // What speaks for one of the two alone says only that they stand near each other.
                    false => ONE_SIDED,
                };
            }
            let net = weight.net();
            if net >= enough
                && weight.for_first > 0.0
                && weight.for_first >= OUTWEIGHS * weight.for_second
                && owner.is_none_or(|(_, most)| net > most)
            {
                owner = Some((rival, net));
            }
        }
        let (owner, _) = owner?;
        let calendar = self.source.page.mentions[best].unit.kind == "date";
        Some(match opposed {
            _ if calendar => (owner, Error::Calendar),
            Some("basis" | "span" | "year" | "quarter" | "half") => (owner, Error::Period),
            Some("average") => (owner, Error::PartTotal),
            _ => (owner, Error::Swap),
        })
    }

    /// Whether one of two figures told side by side is a part of the other: `four of the 14`.
    fn parts(&self, i: usize, k: usize) -> bool {
        let page = self.told.page;
        let (a, b) = (&page.mentions[i.min(k)], &page.mentions[i.max(k)]);
        let between: String = page.text.get(a.core.1..b.core.0).unwrap_or(&[]).iter().collect();
        between.len() < 14 && between.starts_with(" of ")
    }

    /// Whether two figures of the source are one and the same.
    fn equal(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.source.page.mentions[a], &self.source.page.mentions[b]);
        fit(a, b) == Fit::Same && a.change == b.change
    }

    /// The figure of the summary near another that tells one of the source.
    fn teller(&self, i: usize, figure: usize) -> Option<usize> {
        let mentions = &self.told.page.mentions;
        let range = i.saturating_sub(6)..(i + 7).min(mentions.len());
        range.filter(|k| *k != i).find(|&k| fit(&self.source.page.mentions[figure], &mentions[k]) == Fit::Same)
    }

    /// A value that the source does not state: entailed, or wrong for a reason.
    fn absent(&self, i: usize, differing: &[(usize, Error)]) -> Ruling {
        // What is said of the very figure in another role, no sum makes right.
        let open = |error: Error| {
            matches!(
                error,
                Error::Value
                    | Error::Fabricated
                    | Error::Multiple
                    | Error::Magnitude
                    | Error::Transposition
                    | Error::Direction
                    | Error::Precision
                    | Error::Bound
                    | Error::Swap
            )
        };
        let told = &self.told.page.mentions[i];
        let points = told.unit.dimension == "points";
        // The very number, told with another bound or the other way, is what it is.
        let itself = |&(j, error): &(usize, Error)| {
            matches!(error, Error::Bound | Error::Direction)
                && self.source.page.mentions[j].base_value() == told.base_value()
        };
        if !differing.iter().any(itself)
            && differing.iter().all(|(_, e)| {
                open(*e) || points && *e == Error::PercentPoint || told.unit.kind == "date" && *e == Error::Calendar
            })
            && let Some(found) = entailed(self.told, i, self.source)
        {
            return Ruling::entailed(found);
        }
        let named = |m: &Mention| !matches!(m.change, Change::From);
        let mut best: Option<(usize, Error)> = None;
        for &(j, error) in differing {
            let better = match best {
                None => true,
                Some((k, known)) => {
                    let net = self.weigh(i, j, k).net();
                    // The same number in another guise says more than a number alike.
                    let telling =
                        |e: Error| u8::from(!open(e)) * 2 + u8::from(e != Error::Value && e != Error::Direction);
                    let (x, y) = (telling(error), telling(known));
                    x > y
                        || x == y
                            && (net > 0.0
                                || net == 0.0
                                    && named(&self.source.page.mentions[j])
                                    && !named(&self.source.page.mentions[k]))
                }
            };
            if better {
                best = Some((j, error));
            }
        }
        match best {
            Some((j, error)) => Ruling {
                near: misdated(&self.source.page.mentions[j], told),
                ..Ruling::wrong(error, Some(j), "the source has another figure for this")
            },
            None => Ruling::wrong(Error::Fabricated, None, "the source has no figure of this kind"),
        }
    }
}
