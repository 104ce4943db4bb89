//! Longest common subsequences, bit by bit.
//!
//! Hyyrö's recurrence (H. Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004; after Crochemore et al.
//! 2001): one bit a row, one addition a word and column. Bit i of a column's vector is 0 exactly where the length
//! grows from row i to row i + 1 of that column.
//!
//! [`Lcs::mark`] also finds which rows belong to the subsequence, and among equally long ones the same as rouge-score:
//! from the last cell, equal tokens are taken together, else a column is dropped where that keeps strictly more, else
//! a row. Dropping a column keeps strictly more exactly where the column's bit is 0, so the vectors are all that the
//! way back needs.
//!
//! Cost: rows × columns / 64 steps. The length needs memory for one block of rows; marking keeps every column's vector
//! while they fit [`KEPT_WORDS`], and beyond that every k-th one, computing the others again.

use crate::metric::ngram::NONE;

/// Words of column vectors that marking keeps at once: 32 MB.
const KEPT_WORDS: usize = 1 << 22;
/// Words of rows that the length takes at a time, to bound the masks' memory.
const BLOCK: usize = 64;

/// Buffers for LCS, used again from pair to pair.
#[derive(Debug, Default)]
pub(super) struct Lcs {
    /// For each token of the rows its rows, as bits: `words` words a slot.
    masks: Vec<u64>,
    /// For each token its slot among the masks; slot 0 has no row.
    slots: Vec<u32>,
    vector: Vec<u64>,
    /// Bits carried from one block of rows to the next, one a column.
    carries: Vec<u64>,
    /// Column vectors kept.
    kept: Vec<u64>,
    /// Vectors of every k-th column, where not all are kept.
    checkpoints: Vec<u64>,
}

impl Lcs {
    /// The length of the longest common subsequence. Tokens are less than `ids`.
    pub fn length(&mut self, rows: &[u32], columns: &[u32], ids: usize) -> usize {
        let (rows, columns) = if rows.len() <= columns.len() { (rows, columns) } else { (columns, rows) };
        if rows.len() <= 64 {
            return self.length_in_a_word(rows, columns, ids);
        }
        self.carries.clear();
        self.carries.resize(columns.len().div_ceil(64), 0);
        let mut length = 0;
        for block in rows.chunks(BLOCK * 64) {
            let words = self.load(block, ids);
            self.vector.clear();
            self.vector.resize(words, u64::MAX);
            for (column, token) in columns.iter().enumerate() {
                let at = self.slots[*token as usize] as usize * words;
                let carry = self.carries[column / 64] >> (column % 64) & 1;
                let out = advance(&mut self.vector, &self.masks[at..at + words], carry);
                // A row past the last of a block never matches and stays 1, so the sum's carry passes over it.
                self.carries[column / 64] ^= (carry ^ out) << (column % 64);
            }
            length += zeros(&self.vector);
            self.unload(block);
        }
        length
    }

    fn length_in_a_word(&mut self, rows: &[u32], columns: &[u32], ids: usize) -> usize {
        self.masks.clear();
        self.masks.resize(ids, 0);
        for (row, token) in rows.iter().enumerate() {
            self.masks[*token as usize] |= 1 << row;
        }
        let mut vector = u64::MAX;
        for token in columns {
            let matched = vector & self.masks[*token as usize];
            vector = vector.wrapping_add(matched) | (vector - matched);
        }
        vector.count_zeros() as usize
    }

    /// Sets in `marked` (a bit a row) the rows that belong to the longest common subsequence with any of several
    /// column sequences, each as [`Lcs::mark`] finds it.
    pub fn mark_any<'a>(
        &mut self,
        rows: &[u32],
        columns: impl Iterator<Item = &'a [u32]>,
        ids: usize,
        marked: &mut [u64],
    ) {
        if rows.len() > 64 {
            return columns.for_each(|columns| self.mark(rows, columns, ids, marked));
        }
        // The slot past the last token stands for all that the rows lack.
        self.masks.clear();
        self.masks.resize(ids + 1, 0);
        for (row, token) in rows.iter().enumerate() {
            self.masks[*token as usize] |= 1 << row;
        }
        for columns in columns {
            marked[0] |= self.mark_in_a_word(rows.len(), columns);
        }
    }

    /// Marks up to 64 rows, whose masks stand by token.
    fn mark_in_a_word(&mut self, rows: usize, columns: &[u32]) -> u64 {
        let last = self.masks.len() - 1;
        self.kept.clear();
        let mut vector = u64::MAX;
        let masks = &self.masks;
        self.kept.extend(columns.iter().map(|token| {
            let matched = vector & masks[(*token as usize).min(last)];
            vector = vector.wrapping_add(matched) | (vector - matched);
            vector
        }));
        let (mut marked, mut below) = (0, u64::MAX.checked_shr(64 - rows as u32).unwrap_or(0));
        for (vector, token) in self.kept.iter().zip(columns).rev() {
            let mask = self.masks[(*token as usize).min(last)];
            let stops = (mask | !vector) & below;
            if stops == 0 {
                break;
            }
            let stop = 1 << (63 - stops.leading_zeros());
            // Rows up to the stop remain; the stop itself is taken where its token stands there.
            let taken = mask & stop;
            marked |= taken;
            below = (stop - 1) | (stop & !taken);
        }
        marked
    }

    /// Sets in `marked` (a bit a row) the rows that belong to the longest common subsequence rouge-score finds.
    /// Tokens are less than `ids`; columns may hold [`NONE`].
    pub fn mark(&mut self, rows: &[u32], columns: &[u32], ids: usize, marked: &mut [u64]) {
        let words = self.load(rows, ids);
        let all = words.saturating_mul(columns.len());
        let step = if all <= KEPT_WORDS { columns.len().max(1) } else { columns.len().isqrt().max(1) };

        self.vector.clear();
        self.vector.resize(words, u64::MAX);
        self.checkpoints.clear();
        let last_start = columns.len().saturating_sub(1) / step * step;
        for (column, token) in columns[..last_start].iter().enumerate() {
            if column % step == 0 {
                self.checkpoints.extend_from_slice(&self.vector);
            }
            self.advance(*token, words);
        }
        self.checkpoints.extend_from_slice(&self.vector);

        // Rows below `row` are still to be gone through.
        let mut row = rows.len();
        for (index, part) in columns.chunks(step).enumerate().rev() {
            self.vector.clear();
            self.vector.extend_from_slice(&self.checkpoints[index * words..(index + 1) * words]);
            self.kept.clear();
            for token in part {
                self.advance(*token, words);
                self.kept.extend_from_slice(&self.vector);
            }
            for (vector, token) in self.kept.chunks(words).zip(part).rev() {
                let at = self.slot(*token) * words;
                let Some((stop, equal)) = up(vector, &self.masks[at..at + words], row) else {
                    row = 0;
                    break;
                };
                row = stop + 1;
                if equal {
                    marked[stop / 64] |= 1 << (stop % 64);
                    row = stop;
                }
            }
            if row == 0 {
                break;
            }
        }
        self.unload(rows);
    }

    fn advance(&mut self, token: u32, words: usize) {
        let at = self.slot(token) * words;
        if at > 0 {
            advance(&mut self.vector, &self.masks[at..at + words], 0);
        }
    }

    fn slot(&self, token: u32) -> usize {
        if token == NONE { 0 } else { self.slots[token as usize] as usize }
    }

    /// Sets up the masks of some rows. Returns the words a mask has.
    fn load(&mut self, rows: &[u32], ids: usize) -> usize {
        let words = rows.len().div_ceil(64).max(1);
        if self.slots.len() < ids {
            self.slots.resize(ids, 0);
        }
        self.masks.clear();
        self.masks.resize(words, 0);
        for (row, token) in rows.iter().enumerate() {
            let slot = &mut self.slots[*token as usize];
            if *slot == 0 {
                *slot = (self.masks.len() / words) as u32;
                self.masks.resize(self.masks.len() + words, 0);
            }
            self.masks[*slot as usize * words + row / 64] |= 1 << (row % 64);
        }
        words
    }

    /// Leaves the slots as they were before [`Lcs::load`].
    fn unload(&mut self, rows: &[u32]) {
        for token in rows {
            self.slots[*token as usize] = 0;
        }
    }
}

/// One column: v + (v & m) | v & !m, over words with carry. Returns the carry out of the last word.
fn advance(vector: &mut [u64], mask: &[u64], mut carry: u64) -> u64 {
    for (v, m) in vector.iter_mut().zip(mask) {
        let matched = *v & m;
        let (sum, over) = v.overflowing_add(matched);
        let (sum, over_again) = sum.overflowing_add(carry);
        carry = u64::from(over | over_again);
        *v = sum | (*v - matched);
    }
    carry
}

fn zeros(vector: &[u64]) -> usize {
    vector.iter().map(|v| v.count_zeros() as usize).sum()
}

/// The last row below `row` at which a column is left: where its token stands (true) or its bit is 0 (false).
fn up(vector: &[u64], mask: &[u64], row: usize) -> Option<(usize, bool)> {
    let mut below = if row.is_multiple_of(64) { u64::MAX } else { (1 << (row % 64)) - 1 };
    for word in (0..row.div_ceil(64)).rev() {
        let stops = (mask[word] | !vector[word]) & below;
        if stops != 0 {
            let bit = 63 - stops.leading_zeros() as usize;
            return Some((word * 64 + bit, mask[word] >> bit & 1 == 1));
        }
        below = u64::MAX;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The table, and the rows that rouge-score's way back passes through.
    fn naive(rows: &[u32], columns: &[u32]) -> (usize, Vec<usize>) {
        let mut table = vec![vec![0usize; columns.len() + 1]; rows.len() + 1];
        for i in 1..=rows.len() {
            for j in 1..=columns.len() {
                table[i][j] = if rows[i - 1] == columns[j - 1] {
                    table[i - 1][j - 1] + 1
                } else {
                    table[i - 1][j].max(table[i][j - 1])
                };
            }
        }
        let (mut i, mut j, mut marked) = (rows.len(), columns.len(), Vec::new());
        while i > 0 && j > 0 {
            if rows[i - 1] == columns[j - 1] {
                (i, j) = (i - 1, j - 1);
                marked.insert(0, i);
            } else if table[i][j - 1] > table[i - 1][j] {
                j -= 1;
            } else {
                i -= 1;
            }
        }
        (table[rows.len()][columns.len()], marked)
    }

    fn marks_any(lcs: &mut Lcs, rows: &[u32], columns: &[u32], ids: usize) -> Vec<usize> {
        let mut marked = vec![0; rows.len().div_ceil(64).max(1)];
        lcs.mark_any(rows, std::iter::once(columns), ids, &mut marked);
        (0..rows.len()).filter(|row| marked[row / 64] >> (row % 64) & 1 == 1).collect()
    }

    fn marks(lcs: &mut Lcs, rows: &[u32], columns: &[u32], ids: usize) -> Vec<usize> {
        let mut marked = vec![0; rows.len().div_ceil(64)];
        lcs.mark(rows, columns, ids, &mut marked);
        (0..rows.len()).filter(|row| marked[row / 64] >> (row % 64) & 1 == 1).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_equals_naive(
            rows in prop::collection::vec(0u32..8, 0..200),
            columns in prop::collection::vec(0u32..8, 0..200),
            unknown in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let mut lcs = Lcs::default();
            let (length, marked) = naive(&rows, &columns);
            prop_assert_eq!(lcs.length(&rows, &columns, 8), length);
            prop_assert_eq!(marks(&mut lcs, &rows, &columns, 8), &marked[..]);
            prop_assert_eq!(marks_any(&mut lcs, &rows, &columns, 8), marked);
            let few = &rows[..rows.len().min(64)];
            prop_assert_eq!(marks_any(&mut lcs, few, &columns, 8), naive(few, &columns).1);

            let mut columns = columns;
            for index in unknown {
                if !columns.is_empty() {
                    let at = index.index(columns.len());
                    columns[at] = NONE;
                }
            }
            prop_assert_eq!(marks(&mut lcs, &rows, &columns, 8), naive(&rows, &columns).1);
            prop_assert_eq!(marks_any(&mut lcs, few, &columns, 8), naive(few, &columns).1);
        }
    }

    #[test]
    fn blocks_and_checkpoints_change_nothing() {
        // Wide enough for two blocks of rows, and for column vectors that do not all fit.
        let token = |i: u32| (i.wrapping_mul(2_654_435_761) >> 7) % 300;
        let rows: Vec<u32> = (0..6000).map(token).collect();
        let columns: Vec<u32> = (0..50_000).map(|i| token(i / 3 + 5000)).collect();
        assert!(rows.len() > BLOCK * 64 && rows.len() / 64 * columns.len() > KEPT_WORDS);
        let mut lcs = Lcs::default();
        let length = lcs.length(&rows, &columns, 300);
        assert_eq!(marks(&mut lcs, &rows, &columns, 300).len(), length);
        let (short_rows, short_columns) = (&rows[..5000], &columns[..3000]);
        let (length, marked) = naive(short_rows, short_columns);
        assert_eq!(lcs.length(short_columns, short_rows, 300), length);
        assert_eq!(marks(&mut lcs, short_rows, short_columns, 300), marked);
    }
}
