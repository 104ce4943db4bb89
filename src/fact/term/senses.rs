//! The senses that texts read before have, by which a word of several is read.

use super::chinese::sound;
use crate::fact::forms::Keyed;
use crate::fact::lexicon::{ConceptId, LEXICON, hash, stem};
use crate::fact::page::Page;
use crate::text::script::is_han;

/// The senses that texts read before have: a word of several is read in the sense that they speak of.
#[derive(Debug, Default, Clone)]
pub(crate) struct Senses {
    known: Keyed<ConceptId, ConceptId>,
    /// Pairs of characters that no table knows, by how they are read aloud: what a Latin name may spell.
    pub(super) aloud: Keyed<u64, u64>,
    /// Latin names that no table knows, by their letters: what a pair of characters may be read as.
    pub(super) spelled: Keyed<u64, u64>,
    /// Whether texts are read for one in the other language: words of the dictionary then stand for themselves, and for
    /// their translations where those were read.
    pub(super) across: bool,
    /// The words read before, Chinese by their characters and English by their stems, with what each stands for.
    met: Keyed<u64, u64>,
}

impl Senses {
    /// Senses for texts that are read in the light of one in the other language.
    pub(crate) fn across() -> Senses {
        Senses { across: true, ..Senses::default() }
    }

    /// Takes over the senses of a text, those its words are read in before those they may have.
    pub(crate) fn learn(&mut self, page: &Page) {
        self.learn_names(page);
        if self.across {
            self.learn_words(page);
        }
        for id in page.terms.iter().filter_map(|t| t.concept) {
            self.known.entry(id).or_insert(id);
        }
        for term in &page.terms {
            for (sense, id) in term.senses.iter().zip(std::iter::repeat(term.concept)) {
                if let Some(id) = id {
                    self.known.entry(*sense).or_insert(id);
                }
            }
        }
    }

    /// Takes over the names of a text, so that a name is known in the other script by its sound.
    fn learn_names(&mut self, page: &Page) {
        for term in page.terms.iter().filter(|t| t.concept.is_none()) {
            let chars = &page.text[term.start..term.end];
            if let [a, b] = *chars
                && is_han(a)
            {
                if let Some(sound) = sound(a, b) {
                    self.aloud.entry(sound).or_insert(term.id);
                }
            } else if term.shared {
                self.spelled.entry(hash(chars.iter().copied())).or_insert(term.id);
            }
        }
    }

    /// Takes over the words of a text, so that their translations are known.
    fn learn_words(&mut self, page: &Page) {
        for term in &page.terms {
            let chars = page.text[term.start..term.end].iter().copied();
            let word = if is_han(page.text[term.start]) { hash(chars) } else { stem(chars) };
            self.met.entry(word).or_insert(term.id);
        }
    }

    /// What a word stands for that no sense read before explains: what a translation of it stands for that was met.
    pub(super) fn translated(&self, concept: Option<ConceptId>, words: &[u64]) -> Option<u64> {
        if concept.is_some_and(|id| self.known.contains_key(&id)) {
            return None;
        }
        words.iter().find_map(|word| self.met.get(word)).copied()
    }

    pub(super) fn choose(&self, senses: &[ConceptId]) -> Option<ConceptId> {
        let opposed = |id: &&ConceptId| LEXICON.concept(**id).opposite.is_some_and(|o| self.known.contains_key(&o));
        senses
            .iter()
            .find_map(|id| self.known.get(id))
            .or_else(|| senses.iter().find(opposed))
            .or_else(|| senses.first())
            .copied()
    }
}
