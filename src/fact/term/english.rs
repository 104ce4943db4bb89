//! Words of letters: the phrases that the lexicon holds, names, and stems.

use super::{Senses, Term};
use crate::fact::dictionary::DICTIONARY;
use crate::fact::forms::is_latin;
use crate::fact::lexicon::{ConceptId, LEXICON, hash, phrase_key, stem};
use crate::fact::page::Page;
use crate::text::token::porter::Stemmer;

impl Page {
    /// A word of letters, or a phrase that the lexicon holds.
    pub(super) fn latin(
        &self,
        at: usize,
        stop: usize,
        clause: usize,
        read: &Senses,
        stemmer: &mut Stemmer,
        terms: &mut Vec<Term>,
    ) -> usize {
        let mut words = [(0usize, 0u64); 4];
        let mut n = 0;
        let mut from = at;
        while n < 4 && from < stop {
            let end = from + self.text[from..].iter().take_while(|c| is_latin(**c) || **c == '\'').count();
            if end == from {
                break;
            }
            words[n] = (end, stem(self.text[from..end].iter().copied()));
            n += 1;
            if matches!(self.text.get(end), Some(' ' | '-')) {
                from = end + 1;
            } else {
                break;
            }
        }
        let first_end = words[0].0.max(at + 1);
        let word = &self.text[at..first_end];
        for len in (1..=n).rev() {
            let senses = LEXICON.english(phrase_key(words[..len].iter().map(|w| w.1)));
            let Some(id) = self.sense(senses, at, words[len - 1].0, read) else { continue };
            // A word tells as much as it is rare, whatever its concept is called.
            let own = if len == 1 { LEXICON.weight(word) } else { 0.0 };
            let translations = if read.across && len == 1 { DICTIONARY.chinese_of(words[0].1) } else { &[] };
            terms.push(Term {
                id: read.translated(Some(id), translations).unwrap_or(u64::from(id)),
                start: at,
                end: words[len - 1].0,
                concept: Some(id),
                senses,
                word: phrase_key(words[..len].iter().map(|w| w.1)),
                weight: if own > 0.0 { own } else { LEXICON.concept(id).weight },
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return words[len - 1].0;
        }
        if let Some(denied) = LEXICON.denied(word) {
            return self.opposite_word(at, denied, first_end, clause, read, stemmer, terms);
        }
        let weight = LEXICON.weight(word);
        // Wang Wei is 王伟, Zidi 子迪, where the other text has them.
        let next = words[1].0.max(first_end);
        let both = (n > 1 && self.raw[first_end + 1].is_uppercase()).then(|| self.letters(at, next));
        let named = [(both, next), (Some(self.letters(at, first_end)), first_end)]
            .into_iter()
            .filter(|_| self.raw[at].is_uppercase())
            .find_map(|(key, end)| Some((*read.aloud.get(&key?)?, end)));
        if let Some((id, end)) = named {
            terms.push(Term {
                id,
                start: at,
                end,
                concept: None,
                senses: &[],
                word: id,
                weight: weight.max(1.0),
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return end;
        }
        if weight > 0.0 && (word.len() > 1 || word[0].is_ascii_digit()) {
            let translations = if read.across { DICTIONARY.chinese_of(words[0].1) } else { &[] };
            let own = root(word, stemmer).unwrap_or(words[0].1) | 1 << 63;
            let translated = read.translated(None, translations);
            terms.push(Term {
                id: translated.unwrap_or(own),
                start: at,
                end: first_end,
                concept: None,
                senses: &[],
                word: root(word, stemmer).unwrap_or(words[0].1),
                weight,
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: self.raw[at].is_uppercase() || translated.is_some(),
                listed: !translations.is_empty() && translated.is_none(),
                clause,
            });
        }
        first_end
    }

    /// A word that denies another by its beginning: the other word, denied (`unvaccinated`).
    #[expect(clippy::too_many_arguments, reason = "what reading a word of letters takes")]
    fn opposite_word(
        &self,
        at: usize,
        from: usize,
        end: usize,
        clause: usize,
        read: &Senses,
        stemmer: &mut Stemmer,
        terms: &mut Vec<Term>,
    ) -> usize {
        let known = terms.len();
        self.latin(at + from, end, clause, read, stemmer, terms);
        for term in &mut terms[known..] {
            term.start = at;
            term.negated = !self.negated_latin(at);
            term.denied = !self.denied(at);
        }
        end
    }

    /// The hash of the letters of a stretch, without what stands between them.
    fn letters(&self, start: usize, end: usize) -> u64 {
        hash(self.text[start..end].iter().copied().filter(|c| c.is_alphabetic()))
    }

    /// The sense of an English form: names need a capital, those that are common words too need capitals throughout.
    fn sense(&self, senses: &[ConceptId], start: usize, end: usize, read: &Senses) -> Option<ConceptId> {
        let name = |id: &ConceptId| LEXICON.concept(*id).name.is_some();
        if !senses.iter().any(name) {
            return read.choose(senses);
        }
        let word = &self.raw[start..end];
        let named = if LEXICON.weight(&self.text[start..end]) == 0.0 {
            word.iter().all(|c| c.is_uppercase())
        } else {
            word[0].is_uppercase() || !self.cased
        };
        let fitting: Vec<ConceptId> = senses.iter().copied().filter(|id| named || !name(id)).collect();
        read.choose(&fitting)
    }
}

/// The hash of a word's Porter stem, which leads derived words together (`donor`, `donors`; `compensatory`,
/// `compensation`).
fn root(word: &[char], stemmer: &mut Stemmer) -> Option<u64> {
    let mut bytes = [0u8; 24];
    let bytes = bytes.get_mut(..word.len())?;
    for (byte, c) in bytes.iter_mut().zip(word) {
        *byte = u8::try_from(*c).ok().filter(u8::is_ascii_lowercase)?;
    }
    Some(hash(stemmer.stem(bytes).iter().map(|b| char::from(*b))))
}
