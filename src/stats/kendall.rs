//! Kendall's tau, b and c, with scipy's p-values (`kendalltau`).
//!
//! b and c differ in how they mend ties and share one p-value. Without ties it is exact for 33 points and fewer (and for
//! nearly perfect orders), otherwise normal with the variance corrected for ties. O(n log n): discordant pairs are
//! counted while sorting (Knight 1966).

use super::correlation::{Correlation, Undefined, check};
use super::distribution::{Alternative, normal_upper};

/// How ties are mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// By the pairs untied on either side.
    B,
    /// By the smaller number of distinct values (Stuart 1953).
    C,
}

/// How the p-value is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Exact where scipy's "auto" is.
    Auto,
    /// Exact; there is none with ties.
    Exact,
    /// By the normal distribution; there is none for two points.
    Asymptotic,
}

/// What there is to know of a side's ties: sums over its groups of t equal values.
#[derive(Debug, Clone, Copy, Default)]
struct Ties {
    /// Σ t(t-1)/2.
    pairs: f64,
    /// Σ t(t-1)(t-2).
    triples: f64,
    /// Σ t(t-1)(2t+5).
    variance: f64,
    classes: usize,
}

impl Ties {
    fn of(groups: impl Iterator<Item = usize>) -> Ties {
        groups.fold(Ties::default(), |mut ties, t| {
            let t = t as f64;
            ties.pairs += t * (t - 1.0) / 2.0;
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.variance += t * (t - 1.0) * (2.0 * t + 5.0);
            ties.classes += 1;
            ties
        })
    }
}

/// The pairs of two lists, counted.
#[derive(Debug, Clone, Copy)]
pub struct Pairs {
    n: usize,
    x: Ties,
    y: Ties,
    both: f64,
    discordant: f64,
}

impl Pairs {
    /// Counts concordant, discordant and tied pairs.
    pub fn count(x: &[f64], y: &[f64]) -> Result<Pairs, Undefined> {
        check(x, y)?;
        // -0 and 0 are one value.
        let mut points: Vec<(f64, f64)> = x.iter().zip(y).map(|(a, b)| (a + 0.0, b + 0.0)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let x = Ties::of(points.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len));
        let both = Ties::of(points.chunk_by(|a, b| a == b).map(<[_]>::len)).pairs;
        let mut order: Vec<f64> = points.iter().map(|p| p.1).collect();
        let mut buffer = order.clone();
        let discordant = inversions(&mut order, &mut buffer) as f64;
        let y = Ties::of(order.chunk_by(|a, b| a == b).map(<[_]>::len));
        Ok(Pairs { n: points.len(), x, y, both, discordant })
    }

    fn total(&self) -> f64 {
        let n = self.n as f64;
        n * (n - 1.0) / 2.0
    }

    /// Concordant less discordant pairs.
    fn surplus(&self) -> f64 {
        self.total() - self.x.pairs - self.y.pairs + self.both - 2.0 * self.discordant
    }

    /// Tau.
    pub fn value(&self, variant: Variant) -> f64 {
        let tau = match variant {
            Variant::B => self.surplus() / (self.total() - self.x.pairs).sqrt() / (self.total() - self.y.pairs).sqrt(),
            Variant::C => {
                let classes = self.x.classes.min(self.y.classes) as f64;
                2.0 * self.surplus() / ((self.n * self.n) as f64 * (classes - 1.0) / classes)
            }
        };
        tau.clamp(-1.0, 1.0)
    }

    fn tied(&self) -> bool {
        self.x.pairs > 0.0 || self.y.pairs > 0.0
    }

    /// The p-value; `None` where the method gives none.
    pub fn p_value(&self, method: Method, alternative: Alternative) -> Option<f64> {
        let few = self.discordant.min(self.total() - self.discordant);
        let exact = match method {
            Method::Exact if self.tied() => return None,
            Method::Exact => true,
            Method::Auto => !self.tied() && (self.n <= 33 || few <= 1.0),
            Method::Asymptotic => false,
        };
        if exact { Some(self.exact(few, alternative)) } else { self.normal(alternative) }
    }

    fn normal(&self, alternative: Alternative) -> Option<f64> {
        let n = self.n as f64;
        let m = n * (n - 1.0);
        if self.n < 3 {
            return None;
        }
        let variance = (m * (2.0 * n + 5.0) - self.x.variance - self.y.variance) / 18.0
            + 2.0 * self.x.pairs * self.y.pairs / m
            + self.x.triples * self.y.triples / (9.0 * m * (n - 2.0));
        Some(alternative.p_value(self.surplus() / variance.sqrt(), normal_upper))
    }

    /// The exact p-value from the number of orders of n that have so few inversions.
    fn exact(&self, few: f64, alternative: Alternative) -> f64 {
        let (below, at) = inversion_chances(self.n, few as usize);
        let high = self.total() - self.discordant >= self.discordant;
        match alternative {
            Alternative::TwoSided => (2.0 * below).min(1.0),
            Alternative::Greater if high => below,
            Alternative::Less if !high => below,
            _ => (1.0 - below + at).clamp(0.0, 1.0),
        }
    }
}

/// Kendall's tau of two lists.
pub fn kendall(
    x: &[f64],
    y: &[f64],
    variant: Variant,
    method: Method,
    alternative: Alternative,
) -> Result<Correlation, Undefined> {
    let pairs = Pairs::count(x, y)?;
    Ok(Correlation { value: pairs.value(variant), p_value: pairs.p_value(method, alternative) })
}

/// The chances that a random order of n has at most k, and exactly k, inversions.
fn inversion_chances(n: usize, k: usize) -> (f64, f64) {
    // chances[i]: that an order of the first j has i inversions; the j-th adds 0 to j - 1, each as likely.
    let mut chances = vec![0.0; k + 1];
    chances[0] = 1.0;
    for j in 2..=n {
        let before = chances.clone();
        let mut window = 0.0;
        for i in 0..=k {
            window += before[i];
            if i >= j {
                window -= before[i - j];
            }
            chances[i] = window / j as f64;
        }
    }
    (chances.iter().sum(), chances[k])
}

/// Sorts, and counts the pairs that stood in falling order.
fn inversions(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(n / 2);
    let (left_buffer, right_buffer) = buffer.split_at_mut(n / 2);
    let mut count = inversions(left, left_buffer) + inversions(right, right_buffer);
    let (mut i, mut j) = (0, 0);
    for place in buffer.iter_mut() {
        let from_left = j >= right.len() || (i < left.len() && left[i] <= right[j]);
        if from_left {
            *place = left[i];
            i += 1;
        } else {
            *place = right[j];
            j += 1;
            count += (left.len() - i) as u64;
        }
    }
    values.copy_from_slice(buffer);
    count
}
