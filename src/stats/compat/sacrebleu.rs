//! The paired tests of sacreBLEU 2.6.0 (`significance.py`), draw by draw.
//!
//! Statistics are cast to 32-bit floats and summed there before a bootstrap, as sacreBLEU does. p-values count differences
//! *strictly* greater than the observed one: in approximate randomization a system that differs from the baseline in a
//! single segment gets p = 1/(trials + 1), "significant". epitome's own test counts ties and gives 1 there
//! ([`crate::stats::permutation`]).

use super::pcg64::Pcg64;
use crate::stats::resample::Rows;

/// The seed that sacreBLEU uses where the environment names none.
pub const SEED: u64 = 12345;

/// Turns a sum of rows into the metric's score.
pub type Score<'a> = &'a (dyn Fn(&[f64]) -> f64 + Sync);

/// What a paired test says of one system against the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// (greater + 1) / (samples + 1).
    pub p_value: f64,
    /// Mean of the bootstrapped scores, where there was a bootstrap.
    pub mean: Option<f64>,
    /// Half the width of the 95 % interval, likewise.
    pub half_width: Option<f64>,
}

/// Mean and half-width of the 95 % interval of bootstrapped scores. Nothing without scores.
pub fn estimate_ci(scores: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let (low, high) = (sorted.get(n / 40)?, sorted.get(n.checked_sub(n / 40 + 1)?)?);
    Some((sorted.iter().sum::<f64>() / n as f64, 0.5 * (high - low)))
}

/// Indices of bootstrap samples: `rng.choice(n, size=(samples, n))`.
fn indices(stream: &mut Pcg64, n: usize, samples: usize) -> Vec<Vec<usize>> {
    let bound = n as u32;
    (0..samples).map(|_| (0..n).map(|_| stream.below(bound) as usize).collect()).collect()
}

/// The score of each bootstrap sample.
fn resampled(rows: Rows<'_>, drawn: &[Vec<usize>], score: Score<'_>) -> Vec<f64> {
    let mut sum = vec![0f32; rows.width];
    let mut wide = vec![0f64; rows.width];
    let mut one = |sample: &Vec<usize>| {
        sum.fill(0.0);
        for &i in sample {
            let row = &rows.values[i * rows.width..(i + 1) * rows.width];
            sum.iter_mut().zip(row).for_each(|(total, value)| *total += *value as f32);
        }
        wide.iter_mut().zip(&sum).for_each(|(wide, total)| *wide = f64::from(*total));
        score(&wide)
    };
    drawn.iter().map(&mut one).collect()
}

/// Mean and half-width of one system by bootstrap (`corpus_score(…, n_bootstrap=samples)`). Nothing without rows.
pub fn bootstrap(rows: Rows<'_>, samples: usize, seed: u64, score: Score<'_>) -> Option<(f64, f64)> {
    let drawn = indices(&mut Pcg64::new(seed), rows.len(), samples);
    estimate_ci(&resampled(rows, &drawn, score))
}

fn p_value(statistics: impl Iterator<Item = f64>, observed: f64, samples: usize) -> f64 {
    let greater = statistics.filter(|s| *s > observed).count();
    (greater + 1) as f64 / (samples + 1) as f64
}

/// Paired bootstrap resampling of a system against a baseline (`--paired-bs`). Rows are segments, alike in both.
pub fn paired_bootstrap(baseline: Rows<'_>, system: Rows<'_>, samples: usize, seed: u64, score: Score<'_>) -> Paired {
    let drawn = indices(&mut Pcg64::new(seed), baseline.len(), samples);
    let (base, other) = (resampled(baseline, &drawn, score), resampled(system, &drawn, score));
    let observed = (score(&baseline.sum()) - score(&system.sum())).abs();
    let differences: Vec<f64> = base.iter().zip(&other).map(|(a, b)| (b - a).abs()).collect();
    let mean = differences.iter().sum::<f64>() / samples as f64;
    let interval = estimate_ci(&other);
    Paired {
        p_value: p_value(differences.iter().map(|d| d - mean), observed, samples),
        mean: interval.map(|i| i.0),
        half_width: interval.map(|i| i.1),
    }
}

/// Paired approximate randomization (`--paired-ar`); `confidence` bootstrap samples for mean and interval, 0 for none.
pub fn approximate_randomization(
    baseline: Rows<'_>,
    system: Rows<'_>,
    trials: usize,
    confidence: usize,
    seed: u64,
    score: Score<'_>,
) -> Paired {
    let (n, width) = (baseline.len(), baseline.width);
    let mut stream = Pcg64::new(seed);
    let chosen = stream.booleans(trials * n);
    let total: Vec<f64> = baseline.sum().iter().zip(system.sum()).map(|(a, b)| a + b).collect();
    let trial = |keep: &[bool]| {
        let mut sum = vec![0.0; width];
        for (i, &keep) in keep.iter().enumerate() {
            let from = if keep { baseline.values } else { system.values };
            let row = &from[i * width..(i + 1) * width];
            sum.iter_mut().zip(row).for_each(|(total, value)| *total += value);
        }
        let rest: Vec<f64> = total.iter().zip(&sum).map(|(all, part)| all - part).collect();
        (score(&sum) - score(&rest)).abs()
    };
    let observed = (score(&baseline.sum()) - score(&system.sum())).abs();
    let p = p_value(chosen.chunks_exact(n.max(1)).map(trial), observed, trials);
    let interval = (confidence > 0)
        .then(|| estimate_ci(&resampled(system, &indices(&mut stream, n, confidence), score)))
        .flatten();
    Paired { p_value: p, mean: interval.map(|i| i.0), half_width: interval.map(|i| i.1) }
}
