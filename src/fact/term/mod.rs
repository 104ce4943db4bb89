//! Terms: the words, phrases and pairs of characters of a text, with what they stand for and whether they are denied.

mod chinese;
mod english;
mod negation;
mod senses;

pub(crate) use senses::Senses;

use super::forms::is_latin;
use super::lexicon::{Concept, ConceptId, LEXICON};
use super::page::Page;
use crate::text::script::is_han;
use crate::text::token::porter::{Stemmer, Variant};

/// A content word, phrase or pair of characters, where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    /// What it stands for: equal for equal concepts, stems or pairs.
    pub(crate) id: u64,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The concept, where a table holds it: of several, the one that texts read before speak of.
    pub(crate) concept: Option<ConceptId>,
    /// All that it may stand for.
    senses: &'static [ConceptId],
    /// The word itself: equal for equal stems and forms.
    pub(crate) word: u64,
    /// How much it tells.
    pub(crate) weight: f32,
    /// Whether it is denied where it stands.
    pub(crate) negated: bool,
    /// Whether it stands under a denial of its clause.
    pub(crate) denied: bool,
    /// Whether it can be recognized in another language: a concept, a number, a Latin word.
    pub(crate) shared: bool,
    /// Whether it is not, but the dictionary has words of the other language for it.
    pub(crate) listed: bool,
    /// Index of its clause.
    pub(crate) clause: usize,
}

impl Term {
    /// What the tables say of its concept.
    pub(crate) fn known(&self) -> Option<&'static Concept> {
        self.concept.map(|id| LEXICON.concept(id))
    }

    /// The values of facets that it names, in whichever sense: 日均 is of a day and an average.
    pub(crate) fn facets(&self) -> impl Iterator<Item = (u8, ConceptId)> + '_ {
        let senses = self.senses.iter().chain(self.concept.as_ref().filter(|id| !self.senses.contains(id)));
        senses.filter_map(|id| LEXICON.concept(*id).facet.map(|facet| (facet, *id)))
    }

    /// Whether another term turns it round, in any of the senses of both.
    pub(crate) fn turns(&self, other: &Term) -> bool {
        let opposite = |id: &ConceptId| LEXICON.concept(*id).opposite;
        other.concept.is_some()
            && self
                .senses
                .iter()
                .chain(&self.concept)
                .filter_map(opposite)
                .any(|o| other.concept == Some(o) || other.senses.contains(&o))
    }

    /// The concept that turns it round.
    pub(crate) fn opposite(&self) -> Option<u64> {
        self.known()?.opposite.map(u64::from)
    }
}

impl Page {
    /// Reads the terms of a text, its figures left out.
    pub(super) fn read_terms(&self, senses: &Senses) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::with_capacity(self.text.len() / 2);
        let mut stemmer = Stemmer::new(Variant::Nltk);
        let mut at = 0;
        let mut mention = 0;
        let mut clause = 0;
        while at < self.text.len() {
            while self.clauses.get(clause).is_some_and(|c| c.end <= at) && clause + 1 < self.clauses.len() {
                clause += 1;
            }
            while self.mentions.get(mention).is_some_and(|m| m.core.1 <= at) {
                mention += 1;
            }
            if let Some(m) = self.mentions.get(mention)
                && m.core.0 <= at
            {
                at = m.core.1;
                continue;
            }
            let stop = self.mentions.get(mention).map_or(self.text.len(), |m| m.core.0);
            let c = self.text[at];
            if is_latin(c) {
                at = self.latin(at, stop, clause, senses, &mut stemmer, &mut terms);
            } else if is_han(c) {
                at = self.han(at, stop, clause, senses, &mut terms);
            } else {
                at += 1;
            }
        }
        terms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::quantity::Locale;

    #[test]
    fn a_name_is_known_in_the_other_script_by_its_sound() {
        let locale = Locale::plain("CNY");
        for (first, then) in
            [("邹加怡当选行长。", "Zou Jiayi was elected."), ("Zou Jiayi was elected.", "邹加怡当选行长。")]
        {
            let page = Page::new(first, locale);
            let mut senses = Senses::default();
            senses.learn(&page);
            let other = Page::read(then, locale, &senses);
            let name = |t: &&Term| t.concept.is_none() && t.shared && page.terms.iter().any(|o| o.id == t.id);
            assert!(other.terms.iter().any(|t| name(&t)), "{then}");
            assert!(!Page::new(then, locale).terms.iter().any(|t| name(&t)), "{then} by itself");
        }
    }

    #[test]
    fn a_word_of_several_senses_is_read_in_the_one_that_the_other_text_has() {
        let locale = Locale::plain("CNY");
        let read = |source: &str| {
            let mut senses = Senses::default();
            senses.learn(&Page::new(source, locale));
            Page::read("the order", locale, &senses).terms[0].id
        };
        assert_ne!(read("法院的命令"), read("客户的订单"));
    }
}
