//! The bootstrap aggregator of rouge-score 0.1.2 (`scoring.BootstrapAggregator`).
//!
//! Its `mid` is the median of the resampled means, not the mean of the scores, though its documentation says mean.

use super::mt19937::Mt19937;
use crate::stats::interval::percentile;

/// Low, mid and high of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aggregate {
    /// The (1 - c)/2 quantile of the resampled means.
    pub low: f64,
    /// Their median.
    pub mid: f64,
    /// Their 1 - (1 - c)/2 quantile.
    pub high: f64,
}

/// Resampled means of rows (all of one length), column by column, in the order drawn. The stream goes on where the last
/// call left it, as rouge-score's does from type to type.
pub fn resampled_means(rows: &[Vec<f64>], samples: usize, stream: &mut Mt19937) -> Vec<Vec<f64>> {
    let (n, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    let mut means = Vec::with_capacity(samples);
    for _ in 0..samples {
        let mut sum = vec![0.0; width];
        for _ in 0..n {
            let row = &rows[stream.below(n as u32) as usize];
            sum.iter_mut().zip(row).for_each(|(total, value)| *total += value);
        }
        sum.iter_mut().for_each(|total| *total /= n as f64);
        means.push(sum);
    }
    means
}

/// Percentiles of resampled means, one a column; `confidence` from 0 to 1. Empty without resamples.
pub fn aggregate(means: &[Vec<f64>], confidence: f64) -> Vec<Aggregate> {
    let width = means.first().map_or(0, Vec::len);
    let tail = (1.0 - confidence) / 2.0;
    let column = |i: usize| {
        let mut sorted: Vec<f64> = means.iter().map(|row| row[i]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |p: f64| percentile(&sorted, p).unwrap_or_default();
        Aggregate { low: at(tail), mid: at(0.5), high: at(1.0 - tail) }
    };
    (0..width).map(column).collect()
}
