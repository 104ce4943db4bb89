//! Counting shared n-grams of sequences over a small alphabet (characters), in a table that is looked up in at once.
//!
//! As in [`super::Grams`] an n-gram is known by the number of its first n - 1 tokens and its last token; these two are
//! row and column of a table. A step knows no branch that depends on the text, which is what makes it fast.

/// Entries of the largest table: 1 MB.
const ENTRIES: usize = 1 << 18;
/// N-grams at most.
const GRAMS: usize = 1 << 16;

/// Counts n-grams of two or more tokens, in buffers used again.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// By row and column: the round in which an n-gram was numbered, in the upper half, and its number.
    entries: Vec<u32>,
    round: u16,
    /// Occurrences in the base, by n-gram, counted down while matching; the last is of all that the base lacks.
    counts: Vec<u32>,
    /// The base's n-grams by place, of the order in hand.
    base: Vec<u16>,
    /// The other's.
    other: Vec<u16>,
}

impl Table {
    /// As [`super::Grams::shared`], for a base that holds `distinct` tokens. Returns false, and counts nothing, where the
    /// table would be too large.
    pub fn shared(&mut self, base: &[u32], other: &[u32], distinct: usize, hits: &mut [usize]) -> bool {
        // A row more for what the base lacks, and a column likewise.
        let (rows, columns) = (base.len() + 1, distinct + 1);
        if rows >= GRAMS || rows * columns > ENTRIES {
            return false;
        }
        if self.entries.is_empty() {
            // As zeroed memory comes, so that only what is used of it is ever touched.
            (self.entries, self.counts) = (vec![0; ENTRIES], vec![0; GRAMS]);
        }
        let lacking = distinct as u32;
        let number = |token: &u32| *token.min(&lacking) as u16;
        self.base.clear();
        self.base.extend(base.iter().map(number));
        self.other.clear();
        self.other.extend(other.iter().map(number));
        for order in 2..=hits.len() {
            if base.len() < order || other.len() < order {
                break;
            }
            let grams = self.number_base(&base[order - 1..], columns);
            let found = self.match_other(&other[order - 1..], columns, grams);
            hits[order - 1] += found;
            if found == 0 {
                break;
            }
        }
        true
    }

    /// Numbers and counts the base's n-grams, given each one's last token. Returns how many there are.
    fn number_base(&mut self, last: &[u32], columns: usize) -> u32 {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.entries.fill(0);
            self.round = 1;
        }
        let tag = u32::from(self.round) << 16;
        // The lengths are said where the loop sees them, so that no place needs a check.
        let (entries, counts) = (&mut self.entries[..ENTRIES], &mut self.counts[..GRAMS]);
        counts[..=last.len()].fill(0);
        let mut next = tag;
        for (prefix, last) in self.base.iter_mut().zip(last) {
            let entry = &mut entries[(usize::from(*prefix) * columns + *last as usize) % ENTRIES];
            let known = (*entry ^ tag) < 1 << 16;
            let gram = std::hint::select_unpredictable(known, *entry, next);
            next += u32::from(!known);
            *entry = gram;
            *prefix = gram as u16;
            counts[usize::from(*prefix)] += 1;
        }
        next - tag
    }

    /// Matches the other's n-grams, given each one's last token.
    fn match_other(&mut self, last: &[u32], columns: usize, grams: u32) -> usize {
        let tag = u32::from(self.round) << 16;
        let (entries, counts) = (&self.entries[..ENTRIES], &mut self.counts[..GRAMS]);
        // What the base lacks has the last column, and then the number after the last n-gram's, which is never counted.
        let lacking = columns as u32 - 1;
        let mut hits = 0;
        for (prefix, last) in self.other.iter_mut().zip(last) {
            let entry = entries[(usize::from(*prefix) * columns + *last.min(&lacking) as usize) % ENTRIES];
            let gram = std::hint::select_unpredictable((entry ^ tag) < 1 << 16, entry, grams);
            *prefix = gram as u16;
            let count = &mut counts[usize::from(*prefix)];
            let hit = (*count).min(1);
            *count -= hit;
            hits += hit;
        }
        hits as usize
    }
}
