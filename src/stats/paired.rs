//! Two systems on the same articles: is the difference more than chance?
//!
//! [`means`] compares means over articles: the p-value by sign flips ([`super::permutation`]), the interval by Student's t
//! under [`SMALL`] articles, by the symmetric bootstrap-t (Hall 1988) from there to [`LARGE`], and by the percentile
//! bootstrap beyond, where the three agree. [`pooled`] compares figures of summed rows (BLEU, chrF, TER, grounding) by
//! swaps and the percentile bootstrap.
//!
//! ```
//! use epitome::stats::paired::{Options, means};
//! let old = [0.61, 0.42, 0.55, 0.70, 0.48, 0.52, 0.66, 0.59];
//! let new = [0.68, 0.47, 0.61, 0.74, 0.55, 0.50, 0.73, 0.64];
//! let made = means(&old, &new, &Options::default()).expect("eight articles");
//! assert!(made.difference.value > 0.0 && made.test.p_value < 0.05 && made.test.exact);
//! ```

use super::distribution::student_quantile;
use super::interval::{SMALL, percentile};
use super::permutation::{Permutation, sign_flip, swap};
use super::power::detectable;
use super::resample::{Rows, bootstrap};
use super::rng::Purpose;
use crate::model::record::Interval;

/// From so many articles on, a plain bootstrap of the mean is as good as a studentized one.
pub const LARGE: usize = 500;

/// How a comparison is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Resamples of the bootstrap, and random arrangements where not all are counted.
    pub replicates: usize,
    /// The seed of both.
    pub seed: u64,
    /// The level of tests and the complement of intervals' coverage.
    pub alpha: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { replicates: 10_000, seed: 1, alpha: 0.05 }
    }
}

/// What is to be said of two systems on the same articles.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Paired {
    /// Articles.
    pub articles: usize,
    /// The first system's figure.
    pub first: f64,
    /// The second system's figure.
    pub second: f64,
    /// Second less first, with its interval; no ends under two articles.
    pub difference: Interval,
    /// The permutation test.
    pub test: Permutation,
    /// The paired bootstrap's p-value: studentized for means, by the percentile interval's inversion otherwise.
    pub bootstrap_p: Option<f64>,
    /// Cohen's d of paired differences: their mean in units of their standard deviation. Nothing for pooled figures,
    /// or where nothing varies.
    pub effect: Option<f64>,
    /// The smallest difference that would be noticed four times in five.
    pub detectable: Option<f64>,
}

impl Paired {
    /// Whether nothing differs in any article.
    pub fn same(&self) -> bool {
        let Interval { value, low, high } = self.difference;
        value == 0.0 && low.is_none_or(|l| l == 0.0) && high.is_none_or(|h| h == 0.0)
    }
}

/// Compares means; `first` and `second` hold one value an article, in one order. Nothing without articles or with lists of
/// unlike length.
pub fn means(first: &[f64], second: &[f64], options: &Options) -> Option<Paired> {
    let n = first.len();
    if n == 0 || n != second.len() {
        return None;
    }
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| b - a).collect();
    let test = sign_flip(&differences, options.replicates, options.seed);
    let bootstrapped = interval_of_mean(&differences, options);
    Some(describe(first, second, &differences, bootstrapped, test, options))
}

/// Puts a comparison of means together from its tests.
pub(super) fn describe(
    first: &[f64],
    second: &[f64],
    differences: &[f64],
    (difference, bootstrap_p): (Interval, Option<f64>),
    test: Permutation,
    options: &Options,
) -> Paired {
    let n = differences.len();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n as f64;
    let sd = standard_deviation(differences, difference.value);
    let varies = sd.filter(|sd| *sd > 1e-12 * difference.value.abs());
    Paired {
        articles: n,
        first: mean(first),
        second: mean(second),
        difference,
        test,
        bootstrap_p,
        effect: varies.map(|sd| difference.value / sd),
        detectable: varies.and_then(|sd| detectable(sd, n, options.alpha, 0.8)),
    }
}

/// The standard deviation of a sample; nothing under two values.
pub fn standard_deviation(values: &[f64], mean: f64) -> Option<f64> {
    let n = values.len();
    (n > 1).then(|| (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1) as f64).sqrt())
}

/// The interval of a mean of independent values, with the p-value of "the mean is 0" that belongs to it.
pub fn interval_of_mean(values: &[f64], options: &Options) -> (Interval, Option<f64>) {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let Some(sd) = standard_deviation(values, mean) else {
        return (Interval { value: mean, low: None, high: None }, None);
    };
    let error = sd / (n as f64).sqrt();
    let within = |half: f64| Interval { value: mean, low: Some(mean - half), high: Some(mean + half) };
    if sd <= 1e-12 * mean.abs() || sd == 0.0 {
        return (within(0.0), Some(if mean == 0.0 { 1.0 } else { 1.0 / (options.replicates + 1) as f64 }));
    }
    if n < SMALL {
        return (within(student_quantile(1.0 - options.alpha / 2.0, (n - 1) as f64) * error), None);
    }
    let purpose = Purpose::new(options.seed, "paired");
    if n >= LARGE {
        let rows = Rows { values, width: 1 };
        let draws = bootstrap(rows, options.replicates, &purpose, |sum| sum[0] / n as f64);
        return percentile_ends(mean, draws, options);
    }
    // Two columns give each resample's mean and variance.
    let centred: Vec<f64> = values.iter().flat_map(|v| [v - mean, (v - mean).powi(2)]).collect();
    let count = n as f64;
    let studentized = |sum: &[f64]| {
        let shift = sum[0] / count;
        let variance = (sum[1] / count - shift * shift).max(0.0) * count / (count - 1.0);
        if variance > 0.0 { shift.abs() / (variance / count).sqrt() } else { f64::INFINITY }
    };
    let mut draws = bootstrap(Rows { values: &centred, width: 2 }, options.replicates, &purpose, studentized);
    draws.sort_unstable_by(f64::total_cmp);
    let observed = mean.abs() / error;
    let beyond = draws.len() - draws.partition_point(|t| *t < observed * (1.0 - 1e-12));
    // The next draw up: a quantile between draws would interpolate with infinity.
    let at = ((1.0 - options.alpha) * (draws.len() + 1) as f64).ceil() as usize;
    let quantile = draws.get(at.saturating_sub(1)).copied().unwrap_or(f64::INFINITY);
    let quantile =
        if quantile.is_finite() { quantile } else { student_quantile(1.0 - options.alpha / 2.0, count - 1.0) };
    (within(quantile * error), Some((beyond + 1) as f64 / (draws.len() + 1) as f64))
}

/// The percentile interval of drawn differences and the p-value from the share of draws on the other side of 0.
pub(super) fn percentile_ends(value: f64, mut draws: Vec<f64>, options: &Options) -> (Interval, Option<f64>) {
    draws.sort_unstable_by(f64::total_cmp);
    let low = percentile(&draws, options.alpha / 2.0).map(|low| low.min(value));
    let high = percentile(&draws, 1.0 - options.alpha / 2.0).map(|high| high.max(value));
    let below = draws.partition_point(|d| *d <= 0.0);
    let above = draws.len() - draws.partition_point(|d| *d < 0.0);
    let p = 2.0 * (below.min(above) + 1) as f64 / (draws.len() + 1) as f64;
    (Interval { value, low, high }, Some(p.min(1.0)))
}

/// Compares figures of summed rows; row i of both is the same article. `score` turns the sum of n rows into the figure,
/// or says that it defines none. Nothing where either whole defines none.
pub fn pooled(
    first: Rows<'_>,
    second: Rows<'_>,
    options: &Options,
    score: impl Fn(&[f64], f64) -> Option<f64> + Sync,
) -> Option<Paired> {
    let (n, width) = (first.len(), first.width);
    if n == 0 || n != second.len() || width != second.width {
        return None;
    }
    let count = n as f64;
    let (a, b) = (score(&first.sum(), count)?, score(&second.sum(), count)?);
    let test = swap(first, second, options.replicates, options.seed, |sum| score(sum, count));
    let value = b - a;
    let alone = (Interval { value, low: None, high: None }, None);
    let (difference, bootstrap_p) = if n < 2 {
        alone
    } else {
        // Side by side, so that both are resampled alike.
        let pairs = first.values.chunks_exact(width).zip(second.values.chunks_exact(width));
        let joined: Vec<f64> = pairs.flat_map(|(a, b)| a.iter().chain(b).copied()).collect();
        let rows = Rows { values: &joined, width: 2 * width };
        let draws = bootstrap(rows, options.replicates, &Purpose::new(options.seed, "paired"), |sum| {
            Some(score(&sum[width..], count)? - score(&sum[..width], count)?)
        });
        let draws: Vec<f64> = draws.into_iter().flatten().collect();
        if draws.is_empty() { alone } else { percentile_ends(value, draws, options) }
    };
    let detectable = difference.low.zip(difference.high).and_then(|(low, high)| {
        // The interval's width stands for the standard error, which has no formula of its own here.
        let error = (high - low) / (2.0 * 1.96);
        detectable(error * count.sqrt(), n, options.alpha, 0.8)
    });
    Some(Paired { articles: n, first: a, second: b, difference, test, bootstrap_p, effect: None, detectable })
}
