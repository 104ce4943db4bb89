//! Pearson's and Spearman's correlation, with scipy's p-values.
//!
//! ```
//! use epitome::stats::correlation::{Coefficient, Undefined};
//! let made = Coefficient::Spearman.of(&[1.0, 2.5, 3.0, 4.25, 5.5], &[2.0, 1.0, 4.0, 3.0, 5.0])?;
//! assert!((made.value - 0.8).abs() < 1e-12);
//! # Ok::<(), Undefined>(())
//! ```

use super::distribution::{Alternative, normal_quantile, student_upper};
use super::kendall;

/// A correlation and its p-value against "no association".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// From -1 to 1.
    pub value: f64,
    /// The p-value; `None` where so few points define none.
    pub p_value: Option<f64>,
}

/// Why two lists have no correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// One list is longer.
    #[error("the two lists differ in length")]
    Lengths,
    /// Fewer than two points.
    #[error("fewer than two points")]
    TooFew,
    /// All values of a list are the same.
    #[error("all values of a list are the same")]
    Constant,
    /// A value is not finite.
    #[error("a value is not a finite number")]
    NotFinite,
}

/// The coefficients that metrics are compared with people by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coefficient {
    /// Linear association.
    Pearson,
    /// Pearson of average ranks.
    Spearman,
    /// Concordant less discordant pairs, corrected for ties.
    KendallB,
    /// Likewise, for tables of unlike numbers of classes (Stuart's c).
    KendallC,
}

impl Coefficient {
    /// All of them, in the order they are shown.
    pub const ALL: [Coefficient; 4] =
        [Coefficient::Pearson, Coefficient::Spearman, Coefficient::KendallB, Coefficient::KendallC];

    /// The name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Coefficient::Pearson => "Pearson r",
            Coefficient::Spearman => "Spearman rho",
            Coefficient::KendallB => "Kendall tau-b",
            Coefficient::KendallC => "Kendall tau-c",
        }
    }

    /// The correlation of two lists with its two-sided p-value.
    pub fn of(self, x: &[f64], y: &[f64]) -> Result<Correlation, Undefined> {
        match self {
            Coefficient::Pearson => pearson(x, y, Alternative::TwoSided),
            Coefficient::Spearman => spearman(x, y, Alternative::TwoSided),
            Coefficient::KendallB => {
                kendall::kendall(x, y, kendall::Variant::B, kendall::Method::Auto, Alternative::TwoSided)
            }
            Coefficient::KendallC => {
                kendall::kendall(x, y, kendall::Variant::C, kendall::Method::Auto, Alternative::TwoSided)
            }
        }
    }

    /// The correlation alone, for resampling.
    pub fn value(self, x: &[f64], y: &[f64]) -> Result<f64, Undefined> {
        match self {
            Coefficient::Pearson => linear(x, y),
            Coefficient::Spearman => {
                check(x, y)?;
                linear(&ranks(x), &ranks(y))
            }
            Coefficient::KendallB => Ok(kendall::Pairs::count(x, y)?.value(kendall::Variant::B)),
            Coefficient::KendallC => Ok(kendall::Pairs::count(x, y)?.value(kendall::Variant::C)),
        }
    }
}

/// Refuses lists that have no correlation.
pub(super) fn check(x: &[f64], y: &[f64]) -> Result<(), Undefined> {
    if x.len() != y.len() {
        return Err(Undefined::Lengths);
    }
    if x.len() < 2 {
        return Err(Undefined::TooFew);
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let constant = |values: &[f64]| values.iter().all(|v| *v == values[0]);
    if constant(x) || constant(y) { Err(Undefined::Constant) } else { Ok(()) }
}

fn linear(x: &[f64], y: &[f64]) -> Result<f64, Undefined> {
    check(x, y)?;
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let centred: Vec<f64> = values.iter().map(|v| v - mean).collect();
        // Scaled by the largest first, so that no square under- or overflows.
        let most = centred.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let norm = most * centred.iter().map(|v| (v / most).powi(2)).sum::<f64>().sqrt();
        centred.iter().map(|v| v / norm).collect()
    };
    let product: f64 = centred(x).iter().zip(centred(y)).map(|(a, b)| a * b).sum();
    if product.is_nan() { Err(Undefined::Constant) } else { Ok(product.clamp(-1.0, 1.0)) }
}

fn student(r: f64, n: usize, alternative: Alternative) -> f64 {
    let df = (n - 2) as f64;
    let t = r * (df / ((1.0 - r) * (1.0 + r))).sqrt();
    alternative.p_value(t, |t| student_upper(t, df))
}

/// Pearson's r (scipy's `pearsonr`). With two points the p-value is 1.
pub fn pearson(x: &[f64], y: &[f64], alternative: Alternative) -> Result<Correlation, Undefined> {
    let value = linear(x, y)?;
    let p_value = match (x.len(), alternative) {
        (2, _) => 1.0,
        (n, _) => student(value, n, alternative),
    };
    Ok(Correlation { value, p_value: Some(p_value) })
}

/// Spearman's rho (scipy's `spearmanr`): Pearson of average ranks, Student's t with n - 2 degrees of freedom.
pub fn spearman(x: &[f64], y: &[f64], alternative: Alternative) -> Result<Correlation, Undefined> {
    check(x, y)?;
    let value = linear(&ranks(x), &ranks(y))?;
    Ok(Correlation { value, p_value: (x.len() > 2).then(|| student(value, x.len(), alternative)) })
}

/// Fisher's interval of Pearson's r at a confidence level; nothing under four points.
pub fn pearson_interval(r: f64, n: usize, level: f64) -> Option<(f64, f64)> {
    if n < 4 {
        return None;
    }
    let half = normal_quantile(0.5 + level / 2.0) / ((n - 3) as f64).sqrt();
    let z = r.atanh();
    Some(((z - half).tanh(), (z + half).tanh()))
}

/// Ranks from 1, equal values sharing the mean of theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].partial_cmp(&values[b]).unwrap_or(std::cmp::Ordering::Equal));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = from as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|&i| ranks[i] = mean);
        from += tied.len();
    }
    ranks
}
