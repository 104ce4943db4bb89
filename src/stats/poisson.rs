//! The Poisson bootstrap on exact sums, for more rows than one machine folds.
//!
//! Each row enters each resample as often as a Poisson variable of mean 1 says (Hanley & MacGibbon 2006; Chamandy et al.
//! 2012), drawn by the seed and the row's own id. So a row's weights depend on that row alone, and parts may be summed
//! anywhere: the sums are of integers (multiples of 2⁻⁶⁴), and integers add up to the same in any order.
//!
//! Cost: replicates × (one draw + the row's width additions) a row, and replicates × width × 16 bytes.

use super::interval::{Range, percentile};
use super::rng::Purpose;
use crate::model::record::Interval;

/// How resamples are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// The seed.
    pub seed: u64,
    /// The number of resamples.
    pub replicates: usize,
}

impl Sampling {
    /// How often the row with an id is in each resample.
    pub fn weights(&self, id: &str) -> Vec<u8> {
        let mut stream = Purpose::new(self.seed, &format!("poisson/{id}")).stream(0);
        (0..self.replicates).map(|_| poisson(stream.next())).collect()
    }
}

/// A Poisson variable of mean 1, from 64 random bits, by inversion.
fn poisson(bits: u64) -> u8 {
    // The top 53 bits as a number below 1.
    let uniform = (bits >> 11) as f64 / (1u64 << 53) as f64;
    let (mut drawn, mut probability) = (0u8, 1.0 / std::f64::consts::E);
    let mut below = probability;
    while uniform >= below && drawn < 24 {
        drawn += 1;
        probability /= f64::from(drawn);
        below += probability;
    }
    drawn
}

/// A number as a multiple of 2⁻⁶⁴, to the nearest.
fn fixed(value: f64) -> i128 {
    (value * 2f64.powi(64)).round() as i128
}

fn float(fixed: i128) -> f64 {
    fixed as f64 / 2f64.powi(64)
}

/// Sums of rows: of all, and of each resample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    width: usize,
    /// Rows in all, then in each resample.
    rows: Vec<u64>,
    /// Their sums, in the same order, `width` numbers each.
    sums: Vec<i128>,
}

impl Sums {
    /// Sums of nothing.
    pub fn new(width: usize, replicates: usize) -> Self {
        Sums { width, rows: vec![0; replicates + 1], sums: vec![0; (replicates + 1) * width] }
    }

    /// The sum of one column over all rows; 0 for a column that is not there.
    pub fn total(&self, column: usize) -> f64 {
        if column < self.width { float(self.sums[column]) } else { 0.0 }
    }

    /// Adds a row of `width` numbers, weighted in each resample.
    pub fn add(&mut self, row: &[f64], weights: &[u8]) {
        let row: Vec<i128> = row.iter().copied().map(fixed).collect();
        let weights = std::iter::once(1).chain(weights.iter().copied());
        for ((rows, sums), weight) in
            self.rows.iter_mut().zip(self.sums.chunks_exact_mut(self.width.max(1))).zip(weights)
        {
            if weight > 0 {
                *rows += u64::from(weight);
                sums.iter_mut().zip(&row).for_each(|(sum, value)| *sum += i128::from(weight) * value);
            }
        }
    }

    /// Adds the sums of other rows.
    pub fn join(&mut self, other: &Sums) {
        self.rows.iter_mut().zip(&other.rows).for_each(|(rows, more)| *rows += more);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.rows[0]
    }

    /// Figures with 95 % percentile intervals, one a field; as [`super::interval::intervals`] asks for them.
    pub fn intervals(
        &self,
        ranges: &[Range],
        score: impl Fn(&[f64], f64, &mut [f64]) -> Option<()>,
    ) -> Option<Vec<Interval>> {
        let figures = |at: usize| {
            let sum: Vec<f64> = self.sums[at * self.width..(at + 1) * self.width].iter().copied().map(float).collect();
            let mut fields = vec![0.0; ranges.len()];
            if self.rows[at] == 0 {
                return None;
            }
            score(&sum, self.rows[at] as f64, &mut fields).map(|()| fields)
        };
        let values = figures(0)?;
        let drawn: Vec<Vec<f64>> = (1..self.rows.len()).filter_map(figures).collect();
        let one = |(field, (least, most)): (usize, &Range)| {
            let mut column: Vec<f64> = drawn.iter().map(|fields| fields[field]).collect();
            column.sort_unstable_by(f64::total_cmp);
            let value = values[field];
            let end = |p| if self.rows() < 2 { None } else { percentile(&column, p) };
            Interval {
                value,
                low: end(0.025).map(|low| low.max(least.unwrap_or(f64::NEG_INFINITY)).min(value)),
                high: end(0.975).map(|high| high.min(most.unwrap_or(f64::INFINITY)).max(value)),
            }
        };
        Some(ranges.iter().enumerate().map(one).collect())
    }

    /// The sums as bytes, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let rows = self.rows.iter().flat_map(|rows| rows.to_le_bytes());
        rows.chain(self.sums.iter().flat_map(|sum| sum.to_le_bytes())).collect()
    }

    /// Reads what [`Sums::to_bytes`] wrote; `None` for bytes of another length.
    pub fn from_bytes(bytes: &[u8], width: usize, replicates: usize) -> Option<Self> {
        let (rows, sums) = bytes.split_at_checked((replicates + 1) * 8)?;
        let (rows, left) = rows.as_chunks::<8>();
        let (sums, rest) = sums.as_chunks::<16>();
        if !left.is_empty() || !rest.is_empty() || sums.len() != (replicates + 1) * width {
            return None;
        }
        Some(Sums {
            width,
            rows: rows.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect(),
            sums: sums.iter().map(|bytes| i128::from_le_bytes(*bytes)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_poisson_of_mean_one() {
        let sampling = Sampling { seed: 1, replicates: 200 };
        let mut counts = [0u32; 25];
        for id in 0..500 {
            sampling.weights(&id.to_string()).into_iter().for_each(|weight| counts[usize::from(weight)] += 1);
        }
        // 100,000 draws: 1/e, 1/e, 1/2e, 1/6e of them, within five standard errors.
        for (weight, expected) in [(0, 0.367_879), (1, 0.367_879), (2, 0.183_940), (3, 0.061_313)] {
            let share = f64::from(counts[weight]) / 100_000.0;
            assert!(
                (share - expected).abs() < 5.0 * (expected * (1.0 - expected) / 100_000.0).sqrt(),
                "{weight}: {share}"
            );
        }
    }

    #[test]
    fn intervals_agree_with_the_bootstrap_that_draws_rows() {
        use crate::stats::interval::{Options, intervals};
        use crate::stats::resample::Rows;
        let mut stream = Purpose::new(5, "test").stream(0);
        let values: Vec<f64> = (0..2000).map(|_| stream.next() as f64 / u64::MAX as f64).collect();
        let sampling = Sampling { seed: 1, replicates: 1000 };
        let mut sums = Sums::new(1, 1000);
        for (id, value) in values.iter().enumerate() {
            sums.add(&[*value], &sampling.weights(&id.to_string()));
        }
        let mean = |sum: &[f64], n: f64, fields: &mut [f64]| {
            fields[0] = sum[0] / n;
            Some(())
        };
        let range = [(Some(0.0), Some(1.0))];
        let ours = sums.intervals(&range, mean).expect("rows")[0];
        let drawn = intervals(Rows { values: &values, width: 1 }, true, &range, &Options::default(), mean);
        let drawn = drawn.expect("rows")[0];
        assert!((ours.value - drawn.value).abs() < 1e-12);
        let half = |interval: Interval| (interval.high.expect("high") - interval.low.expect("low")) / 2.0;
        // Student's half width of these values is about 0.0126; a thousand resamples tell it to a few percent.
        assert!((half(ours) / half(drawn) - 1.0).abs() < 0.12, "{ours:?} {drawn:?}");
    }
}
