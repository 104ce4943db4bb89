//! Matching by places: a short reference as the bits of a machine word.
//!
//! Most references are short. Where one has no more tokens than a word has bits, each token of the candidate is
//! taken as the set of places at which the reference holds it, and all further counting is a few operations on words
//! a token: the places of an n-gram are those of its first n - 1 tokens moved on by one, and those of its last token.
//! Longer references are counted by [`super::ngram`] and [`super::rouge`]'s general subsequences.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A machine word as a set of places.
pub(crate) trait Word:
    Copy
    + Default
    + Eq
    + BitAnd<Output = Self>
    + BitAndAssign
    + BitOr<Output = Self>
    + BitOrAssign
    + Not<Output = Self>
    + std::fmt::Debug
{
    /// Places that it has room for.
    const PLACES: usize;

    /// The set of one place.
    fn place(at: usize) -> Self;

    /// The set of all places before one, which may be [`Word::PLACES`].
    fn before(at: usize) -> Self;

    /// Each place moved on by one.
    fn moved(self) -> Self;

    /// The sum as numbers; what is carried out of the last place is lost.
    fn plus(self, other: Self) -> Self;

    /// The set of its first place; empty where it is.
    fn first(self) -> Self;

    /// The set of its last place; empty where it is.
    fn last(self) -> Self;

    /// A set of one place with all places before that.
    fn up_to(self) -> Self;

    /// How many places are in it.
    fn count(self) -> usize;

    /// Whether no place is in it.
    fn is_empty(self) -> bool {
        self == Self::default()
    }
}

macro_rules! word {
    ($word:ty) => {
        impl Word for $word {
            const PLACES: usize = <$word>::BITS as usize;

            fn place(at: usize) -> Self {
                1 << at
            }

            fn before(at: usize) -> Self {
                if at >= Self::PLACES { Self::MAX } else { (1 << at) - 1 }
            }

            fn moved(self) -> Self {
                self << 1
            }

            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn first(self) -> Self {
                self & self.wrapping_neg()
            }

            fn last(self) -> Self {
                self.checked_ilog2().map_or(0, |at| 1 << at)
            }

            fn up_to(self) -> Self {
                self | self.wrapping_sub(1)
            }

            fn count(self) -> usize {
                self.count_ones() as usize
            }
        }
    };
}

word!(u64);
word!(u128);

/// A candidate as places of a reference, in buffers kept from pair to pair.
#[derive(Debug, Default)]
pub(crate) struct Places<W> {
    /// For each vocabulary number its places in the reference in hand; none between pairs.
    masks: Vec<W>,
    /// For each token of the candidate its places in the reference.
    pub candidate: Vec<W>,
}

impl<W: Word> Places<W> {
    /// Takes a pair, whose reference has at most [`Word::PLACES`] tokens. Vocabulary numbers are less than `vocabulary`.
    pub fn take(&mut self, reference: &[u32], candidate: &[u32], vocabulary: usize) {
        if self.masks.len() < vocabulary {
            self.masks.resize(vocabulary, W::default());
        }
        for (at, token) in reference.iter().enumerate() {
            self.masks[*token as usize] |= W::place(at);
        }
        self.candidate.clear();
        let masks = &self.masks;
        self.candidate.extend(candidate.iter().map(|token| masks[*token as usize]));
        for token in reference {
            self.masks[*token as usize] = W::default();
        }
    }

    /// Takes a pair and counts its n-grams: [`Places::take`] and [`Places::shared`].
    pub fn count(&mut self, reference: &[u32], candidate: &[u32], vocabulary: usize, hits: &mut [usize]) {
        self.take(reference, candidate, vocabulary);
        self.shared(hits);
    }

    /// Sets `hits[n - 1]`, for each order n from 1, to the n-grams that both sides hold, none counted more often than
    /// either holds it.
    pub fn shared(&self, hits: &mut [usize]) {
        debug_assert!(hits.len() <= LONGEST);
        match hits {
            [] => {}
            [one] => [*one] = self.shared_up_to::<1>(),
            [one, two] => [*one, *two] = self.shared_up_to::<2>(),
            [one, two, three, four] => [*one, *two, *three, *four] = self.shared_up_to::<4>(),
            _ => {
                let made = self.shared_up_to::<LONGEST>();
                hits.iter_mut().zip(made).for_each(|(hits, made)| *hits = made);
            }
        }
    }

    fn shared_up_to<const ORDERS: usize>(&self) -> [usize; ORDERS] {
        // Where the n-grams end that end at the token before; and places that no n-gram has used.
        let (mut ends, mut free) = ([W::default(); ORDERS], [!W::default(); ORDERS]);
        for here in &self.candidate {
            let mut before = !W::default();
            for (ends, free) in ends.iter_mut().zip(&mut free) {
                let grams = before & *here;
                before = std::mem::replace(ends, grams).moved();
                // Each of the candidate's uses up one of the reference's.
                *free &= !(grams & *free).first();
            }
        }
        free.map(|free| (!free).count())
    }
}

/// The longest n-grams that are counted here.
pub(crate) const LONGEST: usize = 9;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use proptest::prelude::*;

    fn naive(reference: &[u32], candidate: &[u32], order: usize) -> usize {
        let mut counts: HashMap<&[u32], usize> = HashMap::new();
        reference.windows(order).for_each(|gram| *counts.entry(gram).or_default() += 1);
        let mut hits = 0;
        for gram in candidate.windows(order) {
            if let Some(count) = counts.get_mut(gram).filter(|count| **count > 0) {
                *count -= 1;
                hits += 1;
            }
        }
        hits
    }

    fn places<W: Word>(reference: &[u32], candidate: &[u32], orders: usize) -> Vec<usize> {
        let mut places = Places::<W>::default();
        let mut hits = vec![0; orders];
        for _ in 0..2 {
            // The second time is as the first: nothing stays behind.
            places.take(reference, candidate, 6);
            places.shared(&mut hits);
        }
        hits
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_equals_naive(
            reference in prop::collection::vec(0u32..5, 0..=128),
            candidate in prop::collection::vec(0u32..6, 0..200),
            orders in 1usize..=LONGEST,
        ) {
            let of = |reference: &[u32]| -> Vec<_> {
                (1..=orders).map(|order| naive(reference, &candidate, order)).collect()
            };
            prop_assert_eq!(places::<u128>(&reference, &candidate, orders), of(&reference));
            let short = &reference[..reference.len().min(64)];
            prop_assert_eq!(places::<u64>(short, &candidate, orders), of(short));
        }
    }
}
