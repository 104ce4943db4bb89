//! What a figure is said of: the terms around it, weighted by how near they stand, and the facets that narrow it.

mod moved;
mod narrow;
mod near;
mod overlap;

pub(crate) use moved::moved;
pub(crate) use narrow::{Per, facets_conflict, unlike};
pub(crate) use near::Near;
pub(crate) use overlap::{Overlap, Spread, overlap};

use crate::fact::date::Day;
use crate::fact::lexicon::hash;
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Mention};
use crate::fact::term::Term;
use narrow::{compared_with, first_months, per, period, total};
use near::{REACH, nearness};

/// The surroundings of one figure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    /// The terms around it, by id.
    pub(crate) terms: Vec<Near>,
    /// The terms of the counted noun.
    pub(crate) noun: Vec<u64>,
    /// Facets and the value each has here.
    pub(crate) facets: Vec<(u8, u32)>,
    /// What it is per.
    pub(crate) per: Option<Per>,
    /// Whether it is called a total (共, `in all`).
    pub(crate) total: bool,
    /// The date or period that it is told for, where its clause or the one before names one.
    pub(crate) period: Option<Day>,
    /// The names its clause gives before it, or at all.
    pub(crate) names: Vec<u64>,
}

impl Role {
    /// Takes over what another role of the same figure has.
    pub(crate) fn enrich(&mut self, other: &Role) {
        for term in &other.terms {
            match self.terms.binary_search_by_key(&term.id, |t| t.id) {
                Ok(at) => self.terms[at].near = self.terms[at].near.max(term.near),
                Err(at) => self.terms.insert(at, *term),
            }
        }
        self.noun.extend(&other.noun);
        self.names.extend(&other.names);
        self.period = self.period.or(other.period);
        for (facet, value) in &other.facets {
            if !self.facets.iter().any(|(f, _)| f == facet) {
                self.facets.push((*facet, *value));
            }
        }
    }
}

/// Gathers a figure's surroundings.
pub(crate) fn role(page: &Page, mention: &Mention) -> Role {
    let clause = page.clause_at(mention.core.0);
    let mut role = Role::default();
    let Some(place) = page.clauses.get(clause) else { return role };
    role.per = mention.per.map(|range| per(page, range));
    role.total = role.per.is_none() && total(page, mention, clause);
    let sentence = place.sentence;
    let first = page.clauses.partition_point(|c| c.sentence + 1 < sentence);
    let far = mention.core.0.saturating_sub(REACH);
    let from = page.terms.partition_point(|t| t.clause < first || t.start < far);
    let own = |t: &Term| t.clause == clause && t.known().is_none_or(|c| c.facet.is_none() && c.opposite.is_none());
    let opening = page.text[place.start..place.end].iter().find(|c| !c.is_whitespace());
    let compares = matches!(opening, Some('较' | '比' | '增' | '减' | '升' | '降'));
    let rate = matches!(mention.unit.dimension, "ratio" | "factor" | "points") || mention.change == Change::By;
    // A clause without a subject of its own: nothing before its figure and, where that is no rate, nothing behind it.
    let bare = compares
        || !page.terms[from..]
            .iter()
            .take_while(|t| if rate { t.start < mention.core.0 } else { t.start < place.end })
            .any(own);
    for term in &page.terms[from..] {
        if page.clauses[term.clause].sentence > sentence || term.start > mention.core.1 + REACH {
            break;
        }
        let mut near = nearness(page, mention, clause, term, bare);
        let counted = mention.of.is_some_and(|(a, b)| term.start >= a && term.end <= b.max(a + 1));
        if counted {
            near = 1.5;
            role.noun.push(term.id);
        }
        if near <= 0.0 {
            continue;
        }
        let facet = term.known().and_then(|c| c.facet);
        for (facet, value) in term.facets().filter(|_| near >= 0.7) {
            if !role.facets.iter().any(|(f, _)| *f == facet) {
                role.facets.push((facet, value));
            }
        }
        let weight = if facet.is_some() { term.weight * 0.5 } else { term.weight };
        let (shared, negated) = (term.shared, term.negated);
        role.terms.push(Near {
            id: term.id,
            near,
            weight,
            shared,
            negated,
            figure: false,
            name: is_name(page, term),
            stance: term.opposite().is_some(),
        });
    }
    if let Some(sum) = first_months(page, place.start, mention)
        && !role.facets.iter().any(|(f, _)| *f == sum.0)
    {
        role.facets.push(sum);
    }
    if let Some(basis) = compared_with(page, mention, clause)
        && !role.facets.iter().any(|(f, _)| *f == basis.0)
    {
        role.facets.push(basis);
    }
    role.period = period(page, mention, sentence);
    let named = |t: &&Term| t.clause == clause && is_name(page, t);
    let first = page.terms.partition_point(|t| t.clause < clause);
    role.names = page.terms[first..].iter().take_while(|t| t.clause == clause).filter(named).map(|t| t.id).collect();
    // Other figures of the clause narrow it too.
    let lo = page.mentions.partition_point(|m| m.core.0 < place.start);
    for other in page.mentions[lo..].iter().take_while(|m| m.core.0 < place.end).take(8) {
        if other.core != mention.core
            && !matches!(other.unit.kind, "date" | "ordinal")
            && let Some(value) = other.base_value()
        {
            let id = figure_id(value, other.unit.dimension);
            role.terms.push(Near {
                id,
                near: 0.7,
                weight: 2.5,
                shared: true,
                negated: false,
                figure: true,
                name: false,
                stance: false,
            });
        }
    }
    role.terms.sort_by(|a, b| a.id.cmp(&b.id).then(b.near.total_cmp(&a.near)));
    role.terms.dedup_by_key(|t| t.id);
    role
}

/// What stands for a figure among the terms of another.
fn figure_id(value: rust_decimal::Decimal, dimension: &str) -> u64 {
    hash(value.normalize().to_string().chars().chain(dimension.chars())) | 3 << 61
}

/// Whether a term is a name: one of the tables, or a word with a capital inside a sentence.
pub(crate) fn is_name(page: &Page, term: &Term) -> bool {
    match term.known() {
        Some(concept) => concept.name.is_some(),
        None => {
            term.shared && {
                let opens = page.clauses[term.clause].start;
                page.text[opens..term.start].iter().any(|c| c.is_alphanumeric())
            }
        }
    }
}
