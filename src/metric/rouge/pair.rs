//! Counting what two token sequences share.

use super::lcs::Lcs;
use super::short::Short;
use super::{Kind, Prf};
use crate::metric::ngram::{Grams, NONE, Numbering};

/// One side of a pair: token numbers, and for each sentence the number of tokens up to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub tokens: &'a [u32],
    pub sentences: &'a [usize],
}

impl<'a> Side<'a> {
    pub fn sentences(self) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        let starts = std::iter::once(0).chain(self.sentences.iter().copied());
        starts.zip(self.sentences).map(|(start, end)| start..*end)
    }
}

/// What is to be counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// N-grams of every order from 1 to this one.
    pub orders: usize,
    /// The length of the LCS.
    pub length: bool,
    /// The union of the sentences' LCS.
    pub union: bool,
}

impl Asked {
    fn of(kinds: &[Kind], reference: Side<'_>, candidate: Side<'_>) -> Self {
        let orders = kinds.iter().map(|k| k.order()).max().unwrap_or(0);
        let union = kinds.contains(&Kind::Lsum) && !is_length(reference, candidate);
        Asked { orders, length: kinds.contains(&Kind::L) || kinds.contains(&Kind::Lsum) && !union, union }
    }
}

/// Whether the union is no other than the LCS.
fn is_length(reference: Side<'_>, candidate: Side<'_>) -> bool {
    reference.sentences.len() <= 1 && candidate.sentences.len() <= 1
}

/// What a pair shares, as far as it was asked for.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Clipped matches of n-grams, by order from 1.
    pub hits: Vec<usize>,
    /// The length of the LCS.
    pub length: usize,
    /// Tokens in the union of the sentences' LCS.
    pub union: usize,
}

/// Compares pairs, in buffers used again from one to the next.
#[derive(Debug, Default)]
pub(super) struct Comparer {
    short: Short<u64>,
    medium: Short<u128>,
    long: Long,
    found: Found,
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
        let asked = Asked::of(kinds, reference, candidate);
        let found = &mut self.found;
        found.hits.clear();
        found.hits.resize(asked.orders, 0);
        if !self.short.count(asked, reference, candidate, vocabulary, found)
            && !self.medium.count(asked, reference, candidate, vocabulary, found)
        {
            self.long.count(asked, reference, candidate, vocabulary, found);
        }
        let (m, n) = (reference.tokens.len(), candidate.tokens.len());
        scores.clear();
        scores.extend(kinds.iter().map(|kind| match *kind {
            Kind::N(order) => {
                let order = usize::from(order);
                let grams = |tokens: usize| (tokens + 1).saturating_sub(order);
                Prf::from_counts(found.hits[order - 1], grams(n), grams(m))
            }
            Kind::Lsum if asked.union => Prf::from_counts(found.union, n, m),
            Kind::L | Kind::Lsum => Prf::from_counts(found.length, n, m),
        }));
    }
}

/// Counts for references of any length, in buffers used again.
#[derive(Debug, Default)]
pub(super) struct Long {
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
}

impl Long {
    /// Counts what a pair shares.
    pub fn count(
        &mut self,
        asked: Asked,
        reference: Side<'_>,
        candidate: Side<'_>,
        vocabulary: usize,
        found: &mut Found,
    ) {
        self.numbering.base(reference.tokens, vocabulary, &mut self.reference, &mut self.in_reference);
        let distinct = self.in_reference.len();
        self.numbering.other(candidate.tokens, distinct, &mut self.candidate, &mut self.in_candidate);
        if let Some(hits) = found.hits.first_mut() {
            let shared = self.in_reference.iter().zip(&self.in_candidate);
            *hits = shared.map(|(r, c)| *r.min(c) as usize).sum();
        }
        if asked.orders > 1 {
            self.grams.shared(&self.reference, &self.candidate, &mut found.hits);
        }
        if asked.length {
            found.length = self.lcs_length();
        }
        if asked.union {
            found.union = self.union_lcs(reference, candidate);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tokens in sentences, some of them empty.
    fn text(tokens: std::ops::Range<u32>, sentences: usize) -> impl Strategy<Value = Vec<Vec<u32>>> {
        prop::collection::vec(prop::collection::vec(tokens, 0..30), 0..sentences)
    }

    fn flat(sentences: &[Vec<u32>]) -> (Vec<u32>, Vec<usize>) {
        let ends = sentences.iter().scan(0, |end, sentence| {
            *end += sentence.len();
            Some(*end)
        });
        (sentences.concat(), ends.collect())
    }

    fn counted<C: Default>(mut count: impl FnMut(&mut C, &mut Found) -> bool) -> Option<(Vec<usize>, usize, usize)> {
        let (mut counter, mut found) = (C::default(), Found { hits: vec![0; 4], ..Found::default() });
        count(&mut counter, &mut found).then_some((found.hits, found.length, found.union))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn short_references_are_counted_as_long_ones(reference in text(0..6, 7), candidate in text(0..7, 7)) {
            let ((tokens, ends), (others, other_ends)) = (flat(&reference), flat(&candidate));
            let reference = Side { tokens: &tokens, sentences: &ends };
            let candidate = Side { tokens: &others, sentences: &other_ends };
            let asked = Asked { orders: 4, length: true, union: true };
            let long = counted(|long: &mut Long, found| {
                long.count(asked, reference, candidate, 7, found);
                true
            });
            let medium = counted(|m: &mut Short<u128>, found| m.count(asked, reference, candidate, 7, found));
            let short = counted(|s: &mut Short<u64>, found| s.count(asked, reference, candidate, 7, found));
            prop_assert_eq!(medium, long.clone().filter(|_| tokens.len() <= 128));
            prop_assert_eq!(short, long.filter(|_| tokens.len() <= 64));
        }
    }
}
