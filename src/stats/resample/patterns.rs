//! The bootstrap of tables of many rows.
//!
//! How often each of n rows is drawn in n draws is multinomial. It is drawn here as independent Poisson counts of a mean
//! a little under 1, whose sum N falls short of n, and n - N single draws: given N such counts are multinomial, whatever
//! their mean, so that the law is that of n single draws. (A replicate whose N exceeds n is drawn singly altogether.)
//!
//! The counts of neighbouring rows are drawn at once, as a pattern, and what those rows then add is looked up among the
//! weighted sums of all likely patterns; an unlikely one, drawn from the exact rest of the law, is worked out. Cost a row
//! and replicate: about 5 additions of a row's numbers in 12, against a random number and an addition of single draws.

use std::ops::Range;

use super::{Purpose, Rows, Stream};

/// Rows whose counts are drawn at once.
const ROWS: usize = 3;
/// Patterns looked up for one random number.
const TOGETHER: usize = 2;
/// Random bits a pattern.
const BITS: usize = 12;
/// Likely patterns at most, a power of two less one; the number after them stands for all others.
const LIKELY: usize = 127;
/// Equal parts of the numbers from 0 to 1, for each of which it is known where among the unlikely patterns to look.
const GUIDES: usize = 1 << 10;
/// Times that a row is drawn, at most; the chance of more is under 1e-15.
const COUNTS: u8 = 18;
/// Standard deviations by which the sum of the counts is to fall short of the draws.
const SHORT: f64 = 2.5;
/// Numbers a row that are added up together.
const WIDTH: usize = 12;

/// How often each of [`ROWS`] rows is drawn.
type Counts = [u8; ROWS];

/// The law of patterns.
struct Law {
    /// For each value of [`BITS`] random bits a likely pattern, or [`LIKELY`] for all that these cannot tell apart.
    by_bits: Box<[u8; 1 << BITS]>,
    likely: Vec<Counts>,
    /// For each likely pattern but the first, in which no row is drawn, an earlier one and the row that it lacks.
    steps: Vec<(usize, usize)>,
    /// Draws of each likely pattern.
    totals: [u8; LIKELY + 1],
    /// All patterns with the chance, cumulated up to 1, that `by_bits` leaves to them.
    rest: Vec<(f64, Counts)>,
    /// Where in `rest` each of [`GUIDES`] parts begins, and where the last one ends.
    guide: Vec<usize>,
    /// The chance, cumulated, that a row is drawn 0, 1, … times.
    single: Vec<f64>,
}

impl Law {
    fn new(mean: f64) -> Self {
        let chance = |count: u8| (1..=count).fold((-mean).exp(), |chance, k| chance * mean / f64::from(k));
        let chances: Vec<f64> = (0..COUNTS).map(chance).collect();
        let mut patterns: Vec<(f64, Counts)> = (0..chances.len().pow(ROWS as u32))
            .map(|index| {
                let counts: Counts =
                    std::array::from_fn(|row| (index / chances.len().pow(row as u32) % chances.len()) as u8);
                (counts.iter().map(|count| chances[usize::from(*count)]).product(), counts)
            })
            .collect();
        patterns.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut law = Law {
            by_bits: Box::new([LIKELY as u8; 1 << BITS]),
            likely: Vec::new(),
            steps: Vec::new(),
            totals: [0; LIKELY + 1],
            rest: Vec::new(),
            guide: Vec::new(),
            single: cumulated(&chances),
        };
        let cells = f64::from(1 << BITS);
        let (mut filled, mut left) = (0, 0.0);
        for (chance, counts) in patterns {
            let whole = if law.likely.len() < LIKELY { (chance * cells).floor() } else { 0.0 };
            if whole > 0.0 {
                let number = law.likely.len();
                law.by_bits[filled..filled + whole as usize].fill(number as u8);
                filled += whole as usize;
                law.totals[number] = counts.iter().sum();
                law.likely.push(counts);
            }
            left += chance - whole / cells;
            law.rest.push((left, counts));
        }
        law.rest.iter_mut().for_each(|(cumulated, _)| *cumulated /= left);
        let reached = |cell| law.rest.partition_point(|(cumulated, _)| *cumulated <= cell as f64 / GUIDES as f64);
        law.guide = (0..=GUIDES).map(reached).collect();
        law.steps = (1..law.likely.len()).map(|number| law.step(number)).collect();
        law
    }

    /// With a mean under 1 a pattern that lacks a draw is the likelier one, and so stands before.
    fn step(&self, number: usize) -> (usize, usize) {
        let mut before = self.likely[number];
        let row = before.iter().position(|count| *count > 0).unwrap_or(0);
        before[row] = before[row].saturating_sub(1);
        let earlier = self.likely[..number].iter().position(|likely| *likely == before);
        (earlier.expect("patterns in the order of their chances"), row)
    }

    /// The numbers of the next patterns.
    fn likely(&self, stream: &mut Stream) -> [usize; TOGETHER] {
        let bits = stream.next();
        std::array::from_fn(|pattern| {
            let cell = bits >> (64 - BITS * (pattern + 1)) & ((1 << BITS) - 1);
            usize::from(self.by_bits[cell as usize]) & LIKELY
        })
    }

    /// A pattern that is none of the likely ones, or what was left of their chance.
    #[cold]
    fn other(&self, stream: &mut Stream) -> Counts {
        let at = unit(stream);
        let cell = (at * GUIDES as f64) as usize;
        let (first, last) = (self.guide[cell], self.guide[cell + 1]);
        let index = first + self.rest[first..last].partition_point(|(cumulated, _)| *cumulated <= at);
        self.rest[index.min(self.rest.len() - 1)].1
    }

    /// How often one row is drawn.
    fn one(&self, stream: &mut Stream) -> u8 {
        let at = unit(stream);
        self.single.partition_point(|cumulated| *cumulated <= at).min(self.single.len() - 1) as u8
    }
}

fn cumulated(chances: &[f64]) -> Vec<f64> {
    let sums = chances.iter().scan(0.0, |sum, chance| {
        *sum += chance;
        Some(*sum)
    });
    sums.collect()
}

/// A number from 0 to under 1.
fn unit(stream: &mut Stream) -> f64 {
    (stream.next() >> 11) as f64 / (1u64 << 53) as f64
}

/// Numbers that are added up together.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Sum([f64; WIDTH]);

impl Sum {
    const ZERO: Sum = Sum([0.0; WIDTH]);

    fn add(&mut self, other: &Sum) {
        for (total, value) in self.0.iter_mut().zip(&other.0) {
            *total += value;
        }
    }

    fn weighted(rows: &[Sum], counts: &[u8]) -> Sum {
        let mut sum = Sum::ZERO;
        for (row, count) in rows.iter().zip(counts) {
            let weight = f64::from(*count);
            sum.0.iter_mut().zip(&row.0).for_each(|(total, value)| *total += weight * value);
        }
        sum
    }
}

struct Replicate {
    stream: Stream,
    sum: Sum,
    drawn: u32,
}

/// The sums of some replicates, one after the other, each of the table's width.
pub(super) fn sums(rows: Rows<'_>, replicates: Range<u64>, purpose: &Purpose) -> Vec<f64> {
    let count = (replicates.end - replicates.start) as usize;
    let law = Law::new(1.0 - SHORT / (rows.len() as f64).sqrt());
    let mut sums = vec![0.0; count * rows.width];
    for first in (0..rows.width).step_by(WIDTH) {
        // Each part of the columns is drawn for anew, and alike.
        let columns = first..rows.width.min(first + WIDTH);
        let part: Vec<Sum> = rows
            .values
            .chunks_exact(rows.width)
            .map(|row| {
                let mut part = Sum::ZERO;
                part.0[..columns.len()].copy_from_slice(&row[columns.clone()]);
                part
            })
            .collect();
        for (sum, made) in sums.chunks_exact_mut(rows.width).zip(part_sums(&part, &law, replicates.clone(), purpose)) {
            sum[columns.clone()].copy_from_slice(&made.0[..columns.len()]);
        }
    }
    sums
}

fn part_sums(rows: &[Sum], law: &Law, replicates: Range<u64>, purpose: &Purpose) -> Vec<Sum> {
    let start = |r| Replicate { stream: purpose.stream(r), sum: Sum::ZERO, drawn: 0 };
    let mut replicates: Vec<Replicate> = replicates.map(start).collect();
    let mut tables = vec![[Sum::ZERO; LIKELY + 1]; TOGETHER];
    let (groups, last) = rows.as_chunks::<{ ROWS * TOGETHER }>();
    for group in groups {
        let (blocks, _) = group.as_chunks::<ROWS>();
        for (table, block) in tables.iter_mut().zip(blocks) {
            // The first stays nothing: no row is drawn in it.
            for (number, (earlier, row)) in (1..).zip(&law.steps) {
                let mut sum = table[*earlier];
                sum.add(&block[*row]);
                table[number] = sum;
            }
        }
        for replicate in &mut replicates {
            let numbers = law.likely(&mut replicate.stream);
            let (mut sum, mut drawn) = (replicate.sum, replicate.drawn);
            for (table, number) in tables.iter().zip(numbers) {
                drawn += u32::from(law.totals[number]);
                // Nothing, where the pattern is none of the likely ones.
                sum.add(&table[number]);
            }
            (replicate.sum, replicate.drawn) = (sum, drawn);
            for (block, number) in blocks.iter().zip(numbers) {
                if number == LIKELY {
                    let counts = law.other(&mut replicate.stream);
                    replicate.sum.add(&Sum::weighted(block, &counts));
                    replicate.drawn += counts.iter().map(|count| u32::from(*count)).sum::<u32>();
                }
            }
        }
    }
    replicates.iter_mut().for_each(|replicate| replicate.finish(rows, last, law));
    replicates.into_iter().map(|replicate| replicate.sum).collect()
}

impl Replicate {
    /// Draws for the rows that fill no group, and then singly as many as are lacking.
    fn finish(&mut self, rows: &[Sum], last: &[Sum], law: &Law) {
        for row in last {
            let count = law.one(&mut self.stream);
            self.sum.add(&Sum::weighted(std::slice::from_ref(row), &[count]));
            self.drawn += u32::from(count);
        }
        let draws = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        if self.drawn > draws {
            (self.sum, self.drawn) = (Sum::ZERO, 0);
        }
        for _ in self.drawn..draws {
            self.sum.add(&rows[self.stream.below(draws) as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_has_its_chance() {
        let mean: f64 = 0.95;
        let law = Law::new(mean);
        let left = law.by_bits.iter().filter(|number| usize::from(**number) == LIKELY).count() as f64 / 4096.0;
        let chance = |count: u8| (1..=count).fold((-mean).exp(), |chance, k| chance * mean / f64::from(k));
        let mut before = 0.0;
        for (cumulated, counts) in &law.rest {
            let number = law.likely.iter().position(|likely| likely == counts);
            let cells = number.map_or(0, |n| law.by_bits.iter().filter(|at| usize::from(**at) == n).count());
            let made = cells as f64 / 4096.0 + left * (cumulated - before);
            let wanted: f64 = counts.iter().map(|count| chance(*count)).product();
            assert!((made - wanted).abs() < 1e-12, "{counts:?}: {made} for {wanted}");
            before = *cumulated;
        }
        assert!(left < 0.05, "{left}");
    }

    #[test]
    fn counts_are_those_of_single_draws() {
        // A column for each of some rows holds how often that is drawn: mean 1, variance 1 - 1/n, and as many as rows.
        let (n, width, replicates) = (1_003, 14, 2_000);
        let watched = [0, 1, 2, 5, 6, 500, 501, 998, 999, 1_000, 1_001, 1_002];
        let mut values = vec![0.0; n * width];
        for (column, row) in watched.into_iter().enumerate() {
            values[row * width + column] = 1.0;
        }
        values.chunks_exact_mut(width).for_each(|row| row[12] = 1.0);
        let made = sums(Rows { values: &values, width }, 0..replicates, &Purpose::new(1, "test"));
        let rows = || made.chunks_exact(width);
        assert!(rows().all(|row| row[12] == n as f64 && row[13] == 0.0));
        let mean = |of: &dyn Fn(&[f64]) -> f64| rows().map(of).sum::<f64>() / replicates as f64;
        for column in 0..12 {
            let (average, square) = (mean(&|row| row[column]), mean(&|row| row[column] * row[column]));
            // Five standard errors.
            assert!((average - 1.0).abs() < 0.12, "{column}: {average}");
            assert!((square - average * average - 1.0).abs() < 0.2, "{column}: {square}");
        }
        // Two rows' counts have the covariance -1/n, as good as none here.
        assert!((mean(&|row| row[0] * row[1]) - 1.0).abs() < 0.2);
        assert!((mean(&|row| row[8] * row[11]) - 1.0).abs() < 0.2);
    }
}
