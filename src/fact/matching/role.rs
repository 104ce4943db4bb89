//! What a figure is said of: the terms around it, weighted by how near they stand, and the facets that narrow it.

use crate::fact::forms::Keyed;
use crate::fact::lexicon::LEXICON;
use crate::fact::page::Page;
use crate::fact::quantity::Mention;

/// The surroundings of one figure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    /// Terms and their weights, by id.
    pub(crate) terms: Vec<(u64, f32)>,
    /// Those that another language could share.
    pub(crate) shared: Vec<(u64, f32)>,
    /// The terms of the counted noun.
    pub(crate) noun: Vec<u64>,
    /// Facets and the value each has here.
    pub(crate) facets: Vec<(u8, u32)>,
}

/// How many characters off a term may stand: what keeps a text without stops linear.
const REACH: usize = 400;

/// How near a term stands to a figure.
fn nearness(page: &Page, mention: &Mention, clause: usize, term_clause: usize, start: usize, end: usize) -> f32 {
    let (a, b) = (page.clauses[clause], page.clauses[term_clause]);
    if clause == term_clause {
        // Another figure in between takes the term to itself.
        let (from, to) = if end <= mention.core.0 { (end, mention.core.0) } else { (mention.core.1, start) };
        let lo = page.mentions.partition_point(|m| m.core.0 < from);
        let between =
            page.mentions.get(lo).is_some_and(|m| m.core.0 < to && m.unit.kind != "date" && m.unit.kind != "duration");
        return if between { 0.45 } else { 1.0 };
    }
    if a.sentence != b.sentence {
        return if b.sentence + 1 == a.sentence { 0.1 } else { 0.0 };
    }
    let gap = clause.abs_diff(term_clause);
    let own = page.mentions.iter().any(|m| m.core.0 >= b.start && m.core.0 < b.end && m.unit.kind != "date");
    match (term_clause < clause, own) {
        (true, false) => 0.6 / gap as f32,
        (true, true) => 0.3 / gap as f32,
        (false, false) => 0.35 / gap as f32,
        (false, true) => 0.1 / gap as f32,
    }
}

/// Gathers a figure's surroundings.
pub(crate) fn role(page: &Page, mention: &Mention) -> Role {
    let clause = page.clause_at(mention.core.0);
    let mut weights: Keyed<u64, (f32, bool)> = Keyed::default();
    let mut role = Role::default();
    let sentence = page.clauses[clause].sentence;
    let first = page.clauses.partition_point(|c| c.sentence + 1 < sentence);
    let far = mention.core.0.saturating_sub(REACH);
    let from = page.terms.partition_point(|t| t.clause < first || t.start < far);
    for term in &page.terms[from..] {
        let place = page.clauses[term.clause];
        if place.sentence > sentence || term.start > mention.core.1 + REACH {
            break;
        }
        let mut near = nearness(page, mention, clause, term.clause, term.start, term.end);
        let counted = mention.of.is_some_and(|(a, b)| term.start >= a && term.end <= b.max(a + 1));
        if counted {
            near = 1.5;
            role.noun.push(term.id);
        }
        if near <= 0.0 {
            continue;
        }
        if let Some(facet) = term.concept.and_then(|c| LEXICON.concept(c).facet)
            && near >= 0.3
            && !role.facets.iter().any(|(f, _)| *f == facet)
        {
            role.facets.push((facet, term.concept.unwrap_or(0)));
        }
        let entry = weights.entry(term.id).or_insert((0.0, term.shared));
        entry.0 = entry.0.max(near * term.weight);
    }
    role.terms = weights.iter().map(|(id, (w, _))| (*id, *w)).collect();
    role.terms.sort_unstable_by_key(|t| t.0);
    role.shared = role.terms.iter().filter(|t| weights[&t.0].1).copied().collect();
    role
}

/// How many of `n` roles hold each term, for discounting what all share.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    counts: Keyed<u64, u32>,
    n: f32,
}

impl Spread {
    /// Counts over roles.
    pub(crate) fn of<'a>(roles: impl Iterator<Item = &'a Role>) -> Spread {
        let mut spread = Spread::default();
        for role in roles {
            spread.n += 1.0;
            for (id, weight) in &role.terms {
                if *weight > 0.8 {
                    *spread.counts.entry(*id).or_insert(0) += 1;
                }
            }
        }
        spread
    }

    /// How well a term tells one figure from another.
    pub(crate) fn telling(&self, id: u64) -> f32 {
        let df = self.counts.get(&id).copied().unwrap_or(0) as f32;
        0.15 + ((self.n + 1.0) / (df + 0.5).max(1.0)).ln().max(0.0) / (self.n + 1.0).ln().max(1.0)
    }
}

/// The share of `told`'s telling terms that `slot` holds too, 0 to 1, and how much there was to go by.
pub(crate) fn overlap(told: &[(u64, f32)], slot: &[(u64, f32)], spread: &Spread) -> (f32, f32) {
    let (mut shared, mut all) = (0.0, 0.0);
    let mut at = 0;
    for (id, weight) in told {
        let value = weight * spread.telling(*id);
        all += value;
        while slot.get(at).is_some_and(|s| s.0 < *id) {
            at += 1;
        }
        if let Some((other, w)) = slot.get(at)
            && other == id
        {
            shared += value.min(w * spread.telling(*id) * 1.6);
        }
    }
    if all > 0.0 { (shared / all, all) } else { (0.0, 0.0) }
}

/// Whether two roles disagree on a facet.
pub(crate) fn facets_conflict(a: &Role, b: &Role) -> bool {
    a.facets.iter().any(|(facet, value)| b.facets.iter().any(|(f, v)| f == facet && v != value))
}
