//! Counting n-grams that two or more token sequences share.
//!
//! Tokens are numbers. [`Numbering`] numbers a pair afresh from one side, so that tables stay small; [`Grams`] counts
//! clipped matches of every order in one pass an order. An n-gram is known by the number of its first n - 1 tokens and
//! its last token, so that equal numbers are equal n-grams whatever n, without hashing words. Linear in the tokens.

mod table;

pub(crate) use table::Table;

/// A token or n-gram that the base does not hold.
pub(crate) const NONE: u32 = u32::MAX;

/// Numbers the tokens of a base sequence from 0, in order of first appearance, and others by the base's.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    /// For each vocabulary number the round in which it was last seen, and its number within that round.
    local: Vec<(u32, u32)>,
    round: u32,
}

impl Numbering {
    /// Numbers a base; `counts` receives how often each of its tokens occurs. Vocabulary numbers are less than
    /// `vocabulary`.
    pub fn base(&mut self, tokens: &[u32], vocabulary: usize, numbers: &mut Vec<u32>, counts: &mut Vec<u32>) {
        if self.local.len() < vocabulary {
            self.local.resize(vocabulary, (0, 0));
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.local.fill((0, 0));
            self.round = 1;
        }
        numbers.clear();
        counts.clear();
        for token in tokens {
            let entry = &mut self.local[*token as usize];
            if entry.0 != self.round {
                *entry = (self.round, counts.len() as u32);
                counts.push(0);
            }
            counts[entry.1 as usize] += 1;
            numbers.push(entry.1);
        }
    }

    /// Numbers another sequence by the last base: [`NONE`] for what that lacks. `counts` receives how often each of
    /// the base's tokens occurs here.
    pub fn other(&self, tokens: &[u32], distinct: usize, numbers: &mut Vec<u32>, counts: &mut Vec<u32>) {
        numbers.clear();
        counts.clear();
        counts.resize(distinct, 0);
        for token in tokens {
            // A token first met after the base has no entry.
            numbers.push(match self.local.get(*token as usize) {
                Some(&(round, local)) if round == self.round => {
                    counts[local as usize] += 1;
                    local
                }
                _ => NONE,
            });
        }
    }
}

/// Counts n-grams of two or more tokens, in buffers used again.
#[derive(Debug, Default)]
pub(crate) struct Grams {
    slots: Vec<Slot>,
    round: u32,
    /// Occurrences in the base, by gram; counted down while matching against one other.
    counts: Vec<u32>,
    /// The base's grams by place, of the order in hand.
    base: Vec<u32>,
    /// The others', one sequence after the other.
    other: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    round: u32,
    gram: u32,
}

impl Grams {
    /// Adds to `hits[n - 1]`, for each order n from 2, the n-grams of `other` that `base` holds, none more often than
    /// it does. Both are numbered by the base.
    pub fn shared(&mut self, base: &[u32], other: &[u32], hits: &mut [usize]) {
        self.start(base, [other]);
        for order in 2..=hits.len() {
            if !self.number_base(base, order) || other.len() < order {
                return;
            }
            for at in 0..=other.len() - order {
                let gram = self.lookup(self.other[at], other[at + order - 1]);
                self.other[at] = gram;
                if gram != NONE && self.counts[gram as usize] > 0 {
                    self.counts[gram as usize] -= 1;
                    hits[order - 1] += 1;
                }
            }
            if hits[order - 1] == 0 {
                return;
            }
        }
    }

    /// Adds to `hits[n - 1]`, for each order n from 2, the n-grams of `base` that the others hold, none more often
    /// than the one of them that holds it most. All are numbered by the base.
    pub fn shared_by_any(&mut self, base: &[u32], others: &[&[u32]], hits: &mut [usize]) {
        let (mut here, mut most) = (Vec::new(), Vec::new());
        self.start(base, others.iter().copied());
        for order in 2..=hits.len() {
            if !self.number_base(base, order) {
                return;
            }
            most.clear();
            most.resize(self.counts.len(), 0u32);
            let mut start = 0;
            for other in others {
                here.clear();
                here.resize(self.counts.len(), 0u32);
                for at in 0..(other.len() + 1).saturating_sub(order) {
                    let gram = self.lookup(self.other[start + at], other[at + order - 1]);
                    self.other[start + at] = gram;
                    if gram != NONE {
                        here[gram as usize] += 1;
                    }
                }
                start += other.len();
                most.iter_mut().zip(&here).for_each(|(most, here)| *most = (*most).max(*here));
            }
            hits[order - 1] +=
                self.counts.iter().zip(&most).map(|(base, most)| *base.min(most) as usize).sum::<usize>();
        }
    }

    /// Hands `each`, for every order from 1 to `orders`, how often each distinct n-gram of the base occurs in it, and
    /// whether the other holds it. Both are numbered by the base; `counts` are its tokens' in itself and in the other.
    pub fn held(
        &mut self,
        base: &[u32],
        other: &[u32],
        counts: (&[u32], &[u32]),
        orders: usize,
        mut each: impl FnMut(&[u32], &[bool]),
    ) {
        let mut held: Vec<bool> = counts.1.iter().map(|count| *count > 0).collect();
        if orders > 0 {
            each(counts.0, &held);
        }
        self.start(base, [other]);
        for order in 2..=orders {
            if !self.number_base(base, order) {
                each(&[], &[]);
                continue;
            }
            held.clear();
            held.resize(self.counts.len(), false);
            for at in 0..(other.len() + 1).saturating_sub(order) {
                let gram = self.lookup(self.other[at], other[at + order - 1]);
                self.other[at] = gram;
                if gram != NONE {
                    held[gram as usize] = true;
                }
            }
            each(&self.counts, &held);
        }
    }

    fn start<'a>(&mut self, base: &[u32], others: impl IntoIterator<Item = &'a [u32]>) {
        self.base.clear();
        self.base.extend_from_slice(base);
        self.other.clear();
        others.into_iter().for_each(|other| self.other.extend_from_slice(other));
        let size = (base.len() * 2).next_power_of_two().max(64);
        if self.slots.len() < size {
            self.slots.clear();
            self.slots.resize(size, Slot::default());
            self.round = 0;
        }
    }

    /// Numbers and counts the base's n-grams of an order, from those of the order before. False where it has none.
    fn number_base(&mut self, base: &[u32], order: usize) -> bool {
        if base.len() < order {
            return false;
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
        self.counts.clear();
        for at in 0..=base.len() - order {
            let key = key(self.base[at], base[at + order - 1]);
            let slot = self.find(key);
            if self.slots[slot].round != self.round {
                self.slots[slot] = Slot { key, round: self.round, gram: self.counts.len() as u32 };
                self.counts.push(0);
            }
            let gram = self.slots[slot].gram;
            self.counts[gram as usize] += 1;
            self.base[at] = gram;
        }
        true
    }

    fn lookup(&self, prefix: u32, last: u32) -> u32 {
        if prefix == NONE || last == NONE {
            return NONE;
        }
        let slot = self.slots[self.find(key(prefix, last))];
        if slot.round == self.round { slot.gram } else { NONE }
    }

    /// The slot of a key, or the free one where it belongs.
    fn find(&self, key: u64) -> usize {
        let last = self.slots.len() - 1;
        // Fibonacci hashing: the highest bits of the product, as many as there are places.
        let mut at = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (self.slots.len().leading_zeros() + 1)) as usize;
        while self.slots[at].round == self.round && self.slots[at].key != key {
            at = (at + 1) & last;
        }
        at
    }
}

fn key(prefix: u32, last: u32) -> u64 {
    u64::from(prefix) << 32 | u64::from(last)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use proptest::prelude::*;

    fn naive(tokens: &[u32], order: usize) -> HashMap<&[u32], usize> {
        let mut counts = HashMap::new();
        tokens.windows(order).for_each(|gram| *counts.entry(gram).or_default() += 1);
        counts
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_equals_naive(
            base in prop::collection::vec(0u32..5, 0..60),
            others in prop::collection::vec(prop::collection::vec(0u32..7, 0..60), 1..4),
        ) {
            let (mut numbering, mut grams) = (Numbering::default(), Grams::default());
            let (mut numbers, mut counts) = (Vec::new(), Vec::new());
            numbering.base(&base, 7, &mut numbers, &mut counts);
            let numbered: Vec<Vec<u32>> = others.iter().map(|other| {
                let (mut numbers, mut here) = (Vec::new(), Vec::new());
                numbering.other(other, counts.len(), &mut numbers, &mut here);
                numbers
            }).collect();
            let (mut one, mut any) = ([0; 5], [0; 5]);
            grams.shared(&numbers, &numbered[0], &mut one);
            grams.shared_by_any(&numbers, &numbered.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut any);
            let mut direct = [0; 5];
            prop_assert!(Table::default().shared(&numbers, &numbered[0], counts.len(), &mut direct));
            prop_assert_eq!(direct, one);
            for order in 2..=5 {
                let most = |others: &[Vec<u32>], gram: &[u32]| {
                    others.iter().map(|o| naive(o, order).get(gram).copied().unwrap_or(0)).max().unwrap_or(0)
                };
                let hits = |others: &[Vec<u32>]| -> usize {
                    naive(&base, order).iter().map(|(gram, count)| (*count).min(most(others, gram))).sum()
                };
                prop_assert_eq!(one[order - 1], hits(&others[..1]), "order {}", order);
                prop_assert_eq!(any[order - 1], hits(&others), "order {}", order);
            }
        }
    }
}
