//! Counting what two token sequences share.

use super::lcs::Lcs;
use super::{Kind, NONE, Prf};

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
    /// For each vocabulary number the pair in which it was last seen, and its number within that pair.
    local: Vec<(u32, u32)>,
    pair: u32,
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
        self.number(reference.tokens, candidate.tokens, vocabulary);
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

    fn number(&mut self, reference: &[u32], candidate: &[u32], vocabulary: usize) {
        if self.local.len() < vocabulary {
            self.local.resize(vocabulary, (0, 0));
        }
        self.pair = self.pair.wrapping_add(1);
        if self.pair == 0 {
            self.local.fill((0, 0));
            self.pair = 1;
        }
        let pair = self.pair;
        self.reference.clear();
        self.in_reference.clear();
        for token in reference {
            let entry = &mut self.local[*token as usize];
            if entry.0 != pair {
                *entry = (pair, self.in_reference.len() as u32);
                self.in_reference.push(0);
            }
            self.in_reference[entry.1 as usize] += 1;
            self.reference.push(entry.1);
        }
        self.candidate.clear();
        self.in_candidate.clear();
        self.in_candidate.resize(self.in_reference.len(), 0);
        for token in candidate {
            let (seen, local) = self.local[*token as usize];
            self.candidate.push(if seen == pair {
                self.in_candidate[local as usize] += 1;
                local
            } else {
                NONE
            });
        }
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
            self.grams.count(&self.reference, &self.candidate, &mut self.hits);
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
            for other in candidate.sentences() {
                let columns = &self.candidate[other];
                if !columns.is_empty() {
                    self.lcs.mark(&self.rows, columns, self.in_reference.len(), &mut self.marked);
                }
            }
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

/// Counts n-grams of two or more tokens. An n-gram is numbered by its first n - 1 tokens' number and its last token,
/// so that equal numbers are equal n-grams whatever n.
#[derive(Debug, Default)]
struct Grams {
    slots: Vec<GramSlot>,
    round: u32,
    /// Occurrences in the reference not yet matched, by gram.
    left: Vec<u32>,
    reference: Vec<u32>,
    candidate: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct GramSlot {
    key: u64,
    round: u32,
    gram: u32,
}

impl Grams {
    fn count(&mut self, reference: &[u32], candidate: &[u32], hits: &mut [usize]) {
        self.reference.clear();
        self.reference.extend_from_slice(reference);
        self.candidate.clear();
        self.candidate.extend_from_slice(candidate);
        let size = (reference.len() * 2).next_power_of_two().max(64);
        if self.slots.len() < size {
            self.slots.clear();
            self.slots.resize(size, GramSlot::default());
            self.round = 0;
        }
        for order in 2..=hits.len() {
            if reference.len() < order || candidate.len() < order {
                return;
            }
            self.next_round();
            self.left.clear();
            for at in 0..=reference.len() - order {
                let key = u64::from(self.reference[at]) << 32 | u64::from(reference[at + order - 1]);
                let slot = self.find(key);
                if self.slots[slot].round != self.round {
                    self.slots[slot] = GramSlot { key, round: self.round, gram: self.left.len() as u32 };
                    self.left.push(0);
                }
                let gram = self.slots[slot].gram;
                self.left[gram as usize] += 1;
                self.reference[at] = gram;
            }
            for at in 0..=candidate.len() - order {
                let (prefix, last) = (self.candidate[at], candidate[at + order - 1]);
                let mut gram = NONE;
                if prefix != NONE && last != NONE {
                    let slot = self.slots[self.find(u64::from(prefix) << 32 | u64::from(last))];
                    if slot.round == self.round {
                        gram = slot.gram;
                        if self.left[gram as usize] > 0 {
                            self.left[gram as usize] -= 1;
                            hits[order - 1] += 1;
                        }
                    }
                }
                self.candidate[at] = gram;
            }
            if hits[order - 1] == 0 {
                return;
            }
        }
    }

    fn next_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(GramSlot::default());
            self.round = 1;
        }
    }

    /// The slot of a key, or the free one where it belongs.
    fn find(&self, key: u64) -> usize {
        let last = self.slots.len() - 1;
        let wide = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
        let mut at = ((wide as u64) ^ ((wide >> 64) as u64)) as usize & last;
        while self.slots[at].round == self.round && self.slots[at].key != key {
            at = (at + 1) & last;
        }
        at
    }
}
