//! Pairs whose reference fits a machine word: see [`crate::metric::places`].
//!
//! The subsequences are those of [`super::lcs`], with the rows of all the reference's sentences side by side in one
//! word: a sum is never carried from one sentence into the next, so that a candidate's sentence is gone through once
//! for all of them.

use super::pair::{Asked, Found, Side};
use crate::metric::places::{Places, Word};

/// Counts in one word, in buffers kept from pair to pair.
#[derive(Debug, Default)]
pub(super) struct Short<W> {
    places: Places<W>,
    /// The places of each sentence of the reference.
    sentences: Vec<W>,
    /// The column vectors of the candidate's sentence in hand.
    columns: Vec<W>,
}

impl<W: Word> Short<W> {
    /// Counts what a pair shares, if the reference has no more tokens than the word has places.
    pub fn count(
        &mut self,
        asked: Asked,
        reference: Side<'_>,
        candidate: Side<'_>,
        vocabulary: usize,
        found: &mut Found,
    ) -> bool {
        if reference.tokens.len() > W::PLACES {
            return false;
        }
        self.places.take(reference.tokens, candidate.tokens, vocabulary);
        self.places.shared(&mut found.hits);
        if asked.length {
            found.length = self.length();
        }
        if asked.union {
            found.union = self.union(reference, candidate);
        }
        true
    }

    /// The length of the longest common subsequence.
    fn length(&self) -> usize {
        let mut vector = !W::default();
        for here in &self.places.candidate {
            vector = vector.plus(vector & *here) | (vector & !*here);
        }
        (!vector).count()
    }

    /// Tokens of the reference's sentences in the union of their LCS with each of the candidate's, none counted more
    /// often than either side holds it.
    fn union(&mut self, reference: Side<'_>, candidate: Side<'_>) -> usize {
        self.sentences.clear();
        let within = reference.sentences().filter(|sentence| !sentence.is_empty());
        self.sentences.extend(within.map(|sentence| W::before(sentence.end) & !W::before(sentence.start)));
        let inner = !self.sentences.iter().fold(W::default(), |tops, sentence| tops | sentence.last());
        let mut marked = W::default();
        for sentence in candidate.sentences() {
            let here = &self.places.candidate[sentence];
            let mut vector = !W::default();
            self.columns.clear();
            self.columns.extend(here.iter().map(|here| {
                let matched = vector & *here;
                vector = (vector & inner).plus(matched & inner) | (vector & !*here);
                vector
            }));
            for rows in &self.sentences {
                if !(!vector & *rows).is_empty() {
                    marked |= way_back(*rows, &self.columns, here);
                }
            }
        }
        // Each token of the candidate uses up one marked place of that token.
        let mut free = marked;
        for here in &self.places.candidate {
            free &= !(*here & free).first();
        }
        marked.count() - free.count()
    }
}

/// The rows that belong to the longest common subsequence that rouge-score finds.
fn way_back<W: Word>(mut rows: W, columns: &[W], tokens: &[W]) -> W {
    let mut marked = W::default();
    for (vector, here) in columns.iter().zip(tokens).rev() {
        let stops = (*here | !*vector) & rows;
        if stops.is_empty() {
            break;
        }
        let stop = stops.last();
        // Rows up to the stop remain; the stop itself is taken where its token stands there.
        let taken = *here & stop;
        marked |= taken;
        rows &= stop.up_to() & !taken;
    }
    marked
}
