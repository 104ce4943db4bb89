//! The search for the fewest edits, blocks moved included, as Tercom and sacreBLEU go about it.
//!
//! Exact search is NP-hard; what is defined is the greedy one: as long as a move lowers the edit distance, the best
//! move is made, and after 1,000 moves tried no more. The distance itself is taken near the diagonal only. All limits
//! and the order of preference are the reference's, and decide the number.

/// Longest block moved.
const MAX_SIZE: usize = 10;
/// Furthest that a block is moved.
const MAX_DISTANCE: usize = 50;
/// Moves tried for a pair.
const MAX_CANDIDATES: usize = 1000;
/// Cells looked at on either side of the diagonal.
const BEAM: usize = 25;
/// More than any distance, with room to add to.
const INFINITY: u32 = u32::MAX / 2;

/// One step of rewriting the candidate into the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    Substitute,
    Insert,
    Delete,
}

/// Buffers for the search.
#[derive(Debug, Default)]
pub(super) struct Search {
    words: Vec<u32>,
    shifted: Vec<u32>,
    best: Vec<u32>,
    /// Costs of the words in hand, row by row, each from its first cell on.
    matrix: Matrix,
    /// Two rows for words that are only tried.
    rows: [Row; 2],
    steps: Vec<Step>,
    /// For each place of the reference, one more than the place of the candidate that it is aligned with.
    align: Vec<usize>,
    reference_wrong: Vec<bool>,
    candidate_wrong: Vec<bool>,
}

/// The computed part of a row of the distance table.
#[derive(Debug, Clone, Default)]
struct Row {
    /// Where in the reference it begins.
    start: usize,
    costs: Vec<u32>,
}

impl Row {
    fn cost(&self, column: usize) -> u32 {
        column.checked_sub(self.start).and_then(|at| self.costs.get(at)).copied().unwrap_or(INFINITY)
    }
}

#[derive(Debug, Default)]
struct Matrix {
    rows: Vec<Row>,
}

/// Which cells of the table are looked at.
#[derive(Debug, Clone, Copy)]
struct Beam {
    rows: usize,
    columns: usize,
    ratio: f64,
    width: usize,
}

impl Beam {
    fn new(candidate: usize, reference: usize) -> Self {
        let ratio = if candidate > 0 { reference as f64 / candidate as f64 } else { 1.0 };
        let width = if (BEAM as f64) < ratio / 2.0 { (ratio / 2.0 + BEAM as f64).ceil() as usize } else { BEAM };
        Beam { rows: candidate, columns: reference, ratio, width }
    }

    fn range(self, row: usize) -> (usize, usize) {
        let diagonal = (row as f64 * self.ratio).floor() as usize;
        let end = if row == self.rows { self.columns + 1 } else { (self.columns + 1).min(diagonal + self.width) };
        (diagonal.saturating_sub(self.width), end)
    }
}

/// Fills the row for one more word of the candidate.
fn next_row(beam: Beam, index: usize, word: u32, reference: &[u32], above: &Row, row: &mut Row) {
    let (start, end) = beam.range(index);
    row.start = start;
    row.costs.clear();
    for column in start..end {
        let cost = if column == 0 {
            above.cost(0) + 1
        } else {
            let diagonal = above.cost(column - 1) + u32::from(word != reference[column - 1]);
            let left = row.costs.last().copied().unwrap_or(INFINITY);
            diagonal.min(above.cost(column) + 1).min(left + 1)
        };
        row.costs.push(cost.min(INFINITY));
    }
}

impl Search {
    /// The number of edits that turn a candidate into a reference.
    pub fn edits(&mut self, candidate: &[u32], reference: &[u32]) -> usize {
        if reference.is_empty() {
            return candidate.len();
        }
        self.words.clear();
        self.words.extend_from_slice(candidate);
        let beam = Beam::new(candidate.len(), reference.len());
        let (mut shifts, mut tried) = (0, 0);
        loop {
            let distance = self.align(beam, reference);
            let gained = self.shift(beam, reference, distance, &mut tried);
            // The reference stops where it has tried enough, even if the last round found a better order.
            if tried >= MAX_CANDIDATES || !gained {
                return shifts + distance as usize;
            }
            shifts += 1;
            std::mem::swap(&mut self.words, &mut self.best);
        }
    }

    /// Fills the table for the words in hand, and reads off their alignment. Returns the distance.
    fn align(&mut self, beam: Beam, reference: &[u32]) -> u32 {
        let rows = &mut self.matrix.rows;
        if rows.len() < beam.rows + 1 {
            rows.resize(beam.rows + 1, Row::default());
        }
        rows[0].start = 0;
        rows[0].costs.clear();
        rows[0].costs.extend(0..=beam.columns as u32);
        for (index, word) in self.words.iter().enumerate() {
            let (above, below) = rows.split_at_mut(index + 1);
            next_row(beam, index + 1, *word, reference, &above[index], &mut below[0]);
        }
        self.trace(reference);
        self.read_steps();
        self.matrix.rows[beam.rows].cost(beam.columns)
    }

    /// Goes back through the table: keep or substitute before delete before insert.
    fn trace(&mut self, reference: &[u32]) {
        self.steps.clear();
        let (mut row, mut column) = (self.words.len(), reference.len());
        while row > 0 || column > 0 {
            let step = if row == 0 {
                Step::Insert
            } else {
                let (here, above) = (self.matrix.rows[row].cost(column), &self.matrix.rows[row - 1]);
                let same = column > 0 && self.words[row - 1] == reference[column - 1];
                match () {
                    () if column > 0 && above.cost(column - 1) + u32::from(!same) == here => {
                        if same {
                            Step::Keep
                        } else {
                            Step::Substitute
                        }
                    }
                    () if above.cost(column) + 1 == here || column == 0 => Step::Delete,
                    () => Step::Insert,
                }
            };
            self.steps.push(step);
            row -= usize::from(step != Step::Insert);
            column -= usize::from(step != Step::Delete);
        }
        self.steps.reverse();
    }

    fn read_steps(&mut self) {
        self.align.clear();
        self.reference_wrong.clear();
        self.candidate_wrong.clear();
        for step in &self.steps {
            let wrong = *step != Step::Keep;
            if *step != Step::Insert {
                self.candidate_wrong.push(wrong);
            }
            if *step != Step::Delete {
                self.align.push(self.candidate_wrong.len());
                self.reference_wrong.push(wrong);
            }
        }
    }

    /// Leaves in `best` the words with the move that lowers the distance most. Returns whether any does.
    fn shift(&mut self, beam: Beam, reference: &[u32], distance: u32, tried: &mut usize) -> bool {
        let (rows, columns) = (self.words.len(), reference.len());
        // Ranked by distance gained, then the longest, the earliest, and the earliest target.
        let mut best: Option<(i64, usize, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>)> = None;
        for from in 0..rows {
            for to in from.saturating_sub(MAX_DISTANCE)..columns.min(from + MAX_DISTANCE + 1) {
                let longest = MAX_SIZE.min(rows - from).min(columns - to);
                for length in 1..=longest {
                    if self.words[from + length - 1] != reference[to + length - 1] {
                        break;
                    }
                    if !self.worth_moving(from, to, length) {
                        continue;
                    }
                    let mut before = None;
                    for offset in 0..=length {
                        // One place before the block's in the reference, then behind each of its words but the last.
                        let target = match (to + offset).checked_sub(1) {
                            None => 0,
                            Some(place) if place < columns => self.align[place],
                            Some(_) => break,
                        };
                        if before.replace(target) == Some(target) {
                            continue;
                        }
                        shifted(&self.words, from, length, target, &mut self.shifted);
                        let gained = i64::from(distance) - i64::from(self.distance(beam, reference));
                        *tried += 1;
                        let rank = (gained, length, std::cmp::Reverse(from), std::cmp::Reverse(target));
                        if best.is_none_or(|best| rank > best) {
                            best = Some(rank);
                            self.best.clone_from(&self.shifted);
                        }
                    }
                    if *tried >= MAX_CANDIDATES {
                        return best.is_some_and(|best| best.0 > 0);
                    }
                }
            }
        }
        best.is_some_and(|best| best.0 > 0)
    }

    /// Whether a block is wrong where it is, the reference's place is not right already, and the move leaves itself.
    fn worth_moving(&self, from: usize, to: usize, length: usize) -> bool {
        let aligned = self.align[to];
        self.candidate_wrong[from..from + length].contains(&true)
            && self.reference_wrong[to..to + length].contains(&true)
            && !(from < aligned && aligned <= from + length)
    }

    /// The distance of the shifted words, computed from where they differ from the words in hand.
    fn distance(&mut self, beam: Beam, reference: &[u32]) -> u32 {
        let same = self.words.iter().zip(&self.shifted).take_while(|(a, b)| a == b).count();
        let [current, next] = &mut self.rows;
        current.clone_from(&self.matrix.rows[same]);
        for index in same..self.shifted.len() {
            next_row(beam, index + 1, self.shifted[index], reference, current, next);
            std::mem::swap(current, next);
        }
        current.cost(beam.columns)
    }
}

/// Words with a block moved before a place.
fn shifted(words: &[u32], start: usize, length: usize, target: usize, to: &mut Vec<u32>) {
    let block = start..start + length;
    to.clear();
    if target < start {
        to.extend_from_slice(&words[..target]);
        to.extend_from_slice(&words[block.clone()]);
        to.extend_from_slice(&words[target..start]);
        to.extend_from_slice(&words[block.end..]);
    } else {
        // A target within the block counts from its end.
        let end = if target > block.end { target } else { (target + length).min(words.len()) };
        to.extend_from_slice(&words[..start]);
        to.extend_from_slice(&words[block.end..end]);
        to.extend_from_slice(&words[block]);
        to.extend_from_slice(&words[end..]);
    }
}
