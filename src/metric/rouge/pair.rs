//! Counting what two token sequences share.

use super::lcs::Lcs;
use super::{Kind, Prf};
use crate::metric::ngram::{Grams, NONE, Numbering};

/// One side of a pair: token numbers, and for each sentence the number of tokens up to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub tokens: &'a [u32],
    pub sentences: &'a [usize],
}

impl<'a> Side<'a> {
    fn sentences(self) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        let starts = std::iter::once(0).chain(self.sentences.iter().copied());
        starts.zip(self.sentences).map(|(start, end)| start..*end)
    }
}

/// Compares pairs, in buffers used again from one to the next.
#[derive(Debug, Default)]
pub(super) struct Comparer {
    numbering: Numbering,
    /// The reference, numbered from 0 in order of first appearance.
    reference: Vec<u32>,
    /// The candidate, likewise; [`NONE`] for a token the reference does not hold.
    candidate: Vec<u32>,
    /// Occurrences in the reference, by local number.
    in_reference: Vec<u32>,
    /// Occurrences in the candidate, by local number.
    in_candidate: Vec<u32>,
    /// Occurrences in the candidate that no reference sentence has used, by local number.
    left: Vec<u32>,
    grams: Grams,
    lcs: Lcs,
    rows: Vec<u32>,
    columns: Vec<u32>,
    marked: Vec<u64>,
    /// Matches of n-grams, by order from 1.
    hits: Vec<usize>,
}

impl Comparer {
    /// Scores a pair by each of `kinds`, in their order. Vocabulary numbers are less than `vocabulary`.
    pub fn compare(
        &mut self,
        kinds: &[Kind],
        reference: Side<'_>,
        candidate: Side<'_>,
        vocabulary: usize,
        scores: &mut Vec<Prf>,
    ) {
        self.numbering.base(reference.tokens, vocabulary, &mut self.reference, &mut self.in_reference);
        let distinct = self.in_reference.len();
        self.numbering.other(candidate.tokens, distinct, &mut self.candidate, &mut self.in_candidate);
        let orders = kinds.iter().map(|k| k.order()).max().unwrap_or(0);
        self.count_grams(orders);
        let (m, n) = (reference.tokens.len(), candidate.tokens.len());
        let mut length = None;
        scores.clear();
        scores.extend(kinds.iter().map(|kind| match *kind {
            Kind::N(order) => {
                let order = usize::from(order);
                let grams = |tokens: usize| (tokens + 1).saturating_sub(order);
                Prf::from_counts(self.hits[order - 1], grams(n), grams(m))
            }
            Kind::L => Prf::from_counts(*length.get_or_insert_with(|| self.lcs_length()), n, m),
            Kind::Lsum if candidate.sentences.len() <= 1 && reference.sentences.len() <= 1 => {
                Prf::from_counts(*length.get_or_insert_with(|| self.lcs_length()), n, m)
            }
            Kind::Lsum => Prf::from_counts(self.union_lcs(reference, candidate), n, m),
        }));
    }

    /// Clipped matches of n-grams of every order up to `orders`.
    fn count_grams(&mut self, orders: usize) {
        self.hits.clear();
        self.hits.resize(orders, 0);
        if orders > 0 {
            let shared = self.in_reference.iter().zip(&self.in_candidate);
            self.hits[0] = shared.map(|(r, c)| *r.min(c) as usize).sum();
        }
        if orders > 1 {
            self.grams.shared(&self.reference, &self.candidate, &mut self.hits);
        }
    }

    fn lcs_length(&mut self) -> usize {
        self.rows.clear();
        self.rows.extend(self.reference.iter().filter(|t| self.in_candidate[**t as usize] > 0));
        self.columns.clear();
        self.columns.extend(self.candidate.iter().filter(|t| **t != NONE));
        self.lcs.length(&self.rows, &self.columns, self.in_reference.len())
    }

    /// Tokens of the reference's sentences in the union of their LCS with each of the candidate's, none counted more
    /// often than either side holds it.
    fn union_lcs(&mut self, reference: Side<'_>, candidate: Side<'_>) -> usize {
        let mut hits = 0;
        self.left.clone_from(&self.in_candidate);
        for sentence in reference.sentences() {
            // A row whose token the candidate lacks is always gone past, and can be left out.
            self.rows.clear();
            self.rows.extend(self.reference[sentence].iter().filter(|t| self.in_candidate[**t as usize] > 0));
            if self.rows.is_empty() {
                continue;
            }
            self.marked.clear();
            self.marked.resize(self.rows.len().div_ceil(64), 0);
            let sentences = candidate.sentences().map(|other| &self.candidate[other]).filter(|other| !other.is_empty());
            self.lcs.mark_any(&self.rows, sentences, self.in_reference.len(), &mut self.marked);
            for (word, bits) in self.marked.iter().enumerate() {
                let mut bits = *bits;
                while bits != 0 {
                    let token = self.rows[word * 64 + bits.trailing_zeros() as usize] as usize;
                    bits &= bits - 1;
                    // Each row counts once, so that the reference's own count is never passed.
                    if self.left[token] > 0 {
                        self.left[token] -= 1;
                        hits += 1;
                    }
                }
            }
        }
        hits
    }
}
