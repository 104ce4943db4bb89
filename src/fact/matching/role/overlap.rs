//! How much two roles have in common, with what all roles share discounted.

use super::Role;
use crate::fact::forms::Keyed;

/// How many roles hold each term, for discounting what all share.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    counts: Keyed<u64, f32>,
    n: f32,
}

impl Spread {
    /// Counts over roles.
    pub(crate) fn of<'a>(roles: impl Iterator<Item = &'a Role>) -> Spread {
        let mut spread = Spread::default();
        for role in roles {
            spread.n += 1.0;
            for term in &role.terms {
                *spread.counts.entry(term.id).or_insert(0.0) += term.near.min(1.0);
            }
        }
        spread
    }

    /// How well a term tells one figure from another; `None` where no role holds it.
    fn telling(&self, id: u64) -> Option<f32> {
        let df = self.counts.get(&id)?;
        Some(0.15 + ((self.n + 1.0) / df.max(0.5)).ln().max(0.0) / (self.n + 1.0).ln().max(1.0))
    }
}

/// How much two roles have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overlap {
    /// Of all that the first says, the share that the second says too.
    pub(crate) share: f32,
    /// Of what the first says that any role holds, the share.
    pub(crate) contrast: f32,
}

/// Holds one role against another. With `other`, only what another language could share counts.
pub(crate) fn overlap(told: &Role, slot: &Role, spread: &Spread, other: bool) -> Overlap {
    let (mut shared, mut all, mut known) = (0.0, 0.0, 0.0);
    let mut at = 0;
    for term in told.terms.iter().filter(|t| !other || t.shared) {
        let telling = spread.telling(term.id);
        let value = term.weight * term.near * telling.unwrap_or(0.9);
        all += value;
        if telling.is_some() {
            known += value;
        }
        while slot.terms.get(at).is_some_and(|s| s.id < term.id) {
            at += 1;
        }
        if let Some(s) = slot.terms.get(at)
            && s.id == term.id
        {
            shared += value * s.near.min(1.0);
        }
    }
    let part = |whole: f32| if whole > 0.0 { (shared / whole).min(1.0) } else { 0.0 };
    Overlap { share: part(all), contrast: part(known) }
}
