//! An article's checklist and figures, made ready for many summaries.

use crate::model::{Fact, FactReport, Lang};

use super::Context;
use super::claim::Claim;
use super::grounding::{self, Ground};
use super::judge::Telling;
use super::matching::pick::Pick;
use super::matching::role::{Spread, moved, role};
use super::matching::statement::contents;
use super::matching::{Slot, align};
use super::names::Names;
use super::page::Page;
use super::quantity::Locale;
use super::term::Senses;

/// An article's checklist and figures, made ready for many summaries.
#[derive(Debug)]
pub struct Prepared {
    facts: Vec<Fact>,
    claims: Vec<Claim>,
    source: Option<Page>,
    ground: Option<Ground>,
    slots: Vec<Slot>,
    pick: Pick,
    spread: Spread,
    locale: Locale,
    senses: Senses,
    names: Names,
}

impl Prepared {
    /// Compiles a checklist in its context.
    pub fn new(context: &Context<'_>, facts: &[Fact]) -> Self {
        let ground = context.source.unwrap_or("");
        let locale = if ground.is_empty() {
            let claims: String = facts.iter().map(|f| f.claim.as_str()).collect();
            Locale::of(&claims, context.source_lang, context.date)
        } else {
            Locale::of(ground, context.source_lang, context.date)
        };
        let source = context.source.map(|text| Page::new(text, locale));
        let mut slots: Vec<Slot> = source
            .iter()
            .flat_map(|page| {
                page.mentions.iter().enumerate().map(|(i, m)| Slot {
                    mention: moved(page, m),
                    role: role(page, m),
                    source: Some(i),
                })
            })
            .collect();
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        let mut senses = Senses::default();
        source.iter().for_each(|page| senses.learn(page));
        let read = |text: &str, senses: &Senses| Page::read(text, locale, senses);
        let pages: Vec<Page> = facts.iter().map(|f| read(&f.claim, &senses)).collect();
        pages.iter().for_each(|page| senses.learn(page));
        let weights = contents(&pages);
        // The claims in other languages, weighed among themselves.
        let others: Vec<Vec<Page>> =
            facts.iter().map(|f| f.claims.values().map(|text| read(text, &senses)).collect()).collect();
        let counts: Vec<usize> = others.iter().map(Vec::len).collect();
        let others: Vec<Page> = others.into_iter().flatten().collect();
        let weighed = contents(&others);
        let mut others = others.into_iter().zip(weighed);
        let from_source = slots.len();
        let mut claims = Vec::with_capacity(facts.len());
        for (((fact, page), content), count) in facts.iter().zip(pages).zip(weights).zip(counts) {
            let versions = std::iter::once((page, content)).chain(others.by_ref().take(count)).collect();
            claims.push(Claim::new(fact, versions, &mut slots, from_source, &spread));
        }
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        let told = claims.iter().flat_map(Claim::slots);
        let pick = Pick::new(slots.iter().map(|s| (&s.mention, &s.role))).keeping(told);
        let ground = source.as_ref().map(Ground::new);
        let names = Names::of(facts, source.as_ref());
        Prepared { facts: facts.to_vec(), claims, source, ground, slots, pick, spread, locale, senses, names }
    }

    /// Judges one summary: a verdict a fact, and one a quantity and name of the summary.
    pub fn check(&self, summary: &str, _lang: Option<&Lang>) -> FactReport {
        let page = Page::read(summary, self.locale, &self.senses);
        let other = self.source.as_ref().map_or_else(
            || self.claims.first().is_some_and(|c| c.version(page.is_han()).1),
            |s| s.is_han() != page.is_han(),
        );
        let aligned = align(&page, &self.slots, &self.pick, &self.spread, other);
        let figures = page.mentions.iter().map(|m| moved(&page, m)).collect();
        let grounds = self.source.as_ref().zip(self.ground.as_ref());
        let found = grounds.map(|(source, ground)| grounding::judge(&page, source, ground, other));
        let taken = found.as_ref().map_or(&[][..], |f| &f.taken);
        let verbatim = found.as_ref().map_or(&[][..], |f| &f.verbatim);
        let told = Telling {
            taken,
            verbatim,
            page: &page,
            aligned: &aligned,
            figures,
            other,
            slots: &self.slots,
            spread: &self.spread,
        };
        let facts = self.facts.iter().zip(&self.claims).map(|(fact, claim)| told.judge(fact, claim)).collect();
        let names = self.names.judge(&page, self.source.as_ref());
        FactReport { facts, quantities: found.map(|f| f.quantities), names }
    }
}
