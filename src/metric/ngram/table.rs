//! Counting shared n-grams of sequences over a small alphabet (characters), in a table that is looked up in at once.
//!
//! As in [`super::Grams`] an n-gram is known by the number of its first n - 1 tokens and its last token; these two are
//! row and column of a table. A step knows no branch that depends on the text, which is what makes it fast.

/// Entries of the largest table: 1 MB.
const ENTRIES: usize = 1 << 18;

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
        if rows > usize::from(u16::MAX) || rows * columns > ENTRIES {
            return false;
        }
        if self.entries.len() < rows * columns {
            self.entries.resize(rows * columns, 0);
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
            self.number_base(&base[order - 1..], columns);
            // From the second order on what is lacking has the number after the last n-gram's.
            hits[order - 1] += self.match_other(&other[order - 1..], columns);
            if hits[order - 1] == 0 {
                break;
            }
        }
        true
    }

    /// Numbers and counts the base's n-grams, given each one's last token.
    fn number_base(&mut self, last: &[u32], columns: usize) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.entries.fill(0);
            self.round = 1;
        }
        let tag = u32::from(self.round) << 16;
        self.counts.clear();
        self.counts.resize(last.len() + 1, 0);
        let mut next = 0;
        for (prefix, last) in self.base.iter_mut().zip(last) {
            let entry = &mut self.entries[usize::from(*prefix) * columns + *last as usize];
            let known = *entry & 0xffff_0000 == tag;
            let gram = if known { *entry } else { tag | next };
            next += u32::from(!known);
            *entry = gram;
            *prefix = gram as u16;
            self.counts[usize::from(*prefix)] += 1;
        }
        self.counts.truncate(next as usize + 1);
    }

    /// Matches the other's n-grams, given each one's last token.
    fn match_other(&mut self, last: &[u32], columns: usize) -> usize {
        let tag = u32::from(self.round) << 16;
        let lacking = self.counts.len() as u32 - 1;
        let mut hits = 0;
        for (prefix, last) in self.other.iter_mut().zip(last) {
            let column = (*last as usize).min(columns - 1);
            let entry = self.entries[usize::from(*prefix) * columns + column];
            let gram = if entry & 0xffff_0000 == tag { entry & 0xffff } else { lacking };
            *prefix = gram as u16;
            let count = &mut self.counts[gram as usize];
            let hit = (*count).min(1);
            *count -= hit;
            hits += hit as usize;
        }
        hits
    }
}
