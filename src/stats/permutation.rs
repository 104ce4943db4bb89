//! Permutation tests of paired differences, one an article.
//!
//! Under "the two systems are alike" an article's two scores could as well be exchanged. [`sign_flip`] exchanges them for
//! means, [`swap`] for figures that are not means (approximate randomization; Noreen 1989, Riezler & Maxwell 2005). Both
//! count arrangements *at least* as far out as the one observed, ties and the observed one included. Under [`SMALL`] articles
//! ties count whole, so that p is valid at any number; from there on by half (Lancaster's mid-p), as whole ties make the
//! test of scores with few values (shares of facts) reject 3.7 % where it says 5 %. With at most [`EXACT`] articles that
//! differ, every arrangement is counted.
//!
//! ```
//! use epitome::stats::permutation::sign_flip;
//! // One article differs: both arrangements are as far out, so nothing is shown.
//! assert_eq!(sign_flip(&[0.0, 0.0, 0.3, 0.0], 10_000, 1).p_value, 1.0);
//! ```

use rayon::prelude::*;

use super::interval::SMALL;
use super::resample::Rows;
use super::rng::{Purpose, Stream};

/// Up to so many differing articles every arrangement of a mean is counted: 2^30 of them, by halves.
pub const EXACT: usize = 30;

/// Sums closer than this share of the total are ties: floating point puts equal sums so far apart.
const TIE: f64 = 1e-12;

/// What a permutation test says.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Permutation {
    /// Two-sided.
    pub p_value: f64,
    /// The share of arrangements just as far out as the observed one.
    pub ties: f64,
    /// Whether every arrangement was counted; otherwise so many were drawn at random as were asked for.
    pub exact: bool,
}

/// The purpose that all sign flips of a seed are drawn for, so that tests of many systems share their draws.
pub(super) fn purpose(seed: u64) -> Purpose {
    Purpose::new(seed, "permutation")
}

/// Arrangements counted by how far out they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    farther: usize,
    equal: usize,
}

impl Count {
    /// Counts one arrangement; `bounds` are the ends of what is a tie.
    pub(super) fn add(mut self, statistic: f64, bounds: (f64, f64)) -> Count {
        if statistic > bounds.1 {
            self.farther += 1;
        } else if statistic >= bounds.0 {
            self.equal += 1;
        }
        self
    }

    pub(super) fn join(self, other: Count) -> Count {
        Count { farther: self.farther + other.farther, equal: self.equal + other.equal }
    }

    /// The p-value of so many drawn arrangements of so many articles, the observed one among those as far out.
    pub(super) fn drawn(self, replicates: usize, articles: usize) -> Permutation {
        let ties = if articles < SMALL { 1.0 } else { 0.5 };
        let all = (replicates + 1) as f64;
        let p_value = (self.farther as f64 + 1.0 + ties * self.equal as f64) / all;
        Permutation { p_value, ties: (self.equal + 1) as f64 / all, exact: false }
    }
}

/// A p-value from the shares of all arrangements farther out and as far.
fn counted(farther: f64, equal: f64, articles: usize) -> Permutation {
    let ties = if articles < SMALL { 1.0 } else { 0.5 };
    Permutation { p_value: (farther + ties * equal).min(1.0), ties: equal, exact: true }
}

/// What is said where nothing differs.
const SAME: Permutation = Permutation { p_value: 1.0, ties: 1.0, exact: true };

/// The bounds within which a statistic is as far out as the observed one.
pub(super) fn tie(differences: &[f64]) -> Option<(f64, f64)> {
    let observed = differences.iter().sum::<f64>().abs();
    let slack = TIE * differences.iter().map(|d| d.abs()).sum::<f64>();
    (observed > slack).then_some((observed - slack, observed + slack))
}

/// Tests that differences are symmetric about 0, by their mean. Without a difference other than 0, p is 1.
///
/// Cost: replicates × articles additions, or 2^(k/2) where k ≤ [`EXACT`] articles differ.
pub fn sign_flip(differences: &[f64], replicates: usize, seed: u64) -> Permutation {
    let differing: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let Some(bounds) = tie(&differing) else { return SAME };
    if differing.len() <= EXACT {
        let share = |least| exactly(&differing, least);
        let farther = share(bounds.1);
        return counted(farther, share(bounds.0) - farther, differences.len());
    }
    let purpose = purpose(seed);
    let one = |count: Count, replicate: usize| {
        count.add(signed_sum(differences, &mut purpose.stream(replicate as u64)).abs(), bounds)
    };
    let count = if replicates * differences.len() < 50_000 {
        (0..replicates).fold(Count::default(), one)
    } else {
        (0..replicates).into_par_iter().fold(Count::default, one).reduce(Count::default, Count::join)
    };
    count.drawn(replicates, differences.len())
}

/// The sum of differences under random signs: article i takes bit i mod 64 of word i / 64.
fn signed_sum(differences: &[f64], stream: &mut Stream) -> f64 {
    let chunk = |chunk: &[f64]| {
        let bits = stream.next();
        chunk.iter().enumerate().map(|(i, d)| if bits >> i & 1 == 1 { *d } else { -*d }).sum::<f64>()
    };
    differences.chunks(64).map(chunk).sum()
}

/// The share of all sign patterns whose sum is at least `least` away from 0: every pattern is one of each half, and
/// sorted halves are counted against each other in one sweep.
fn exactly(differences: &[f64], least: f64) -> f64 {
    let (left, right) = differences.split_at(differences.len() / 2);
    let (left, right) = (all_sums(left), all_sums(right));
    // Of a left sum, the right sums that reach up to `least` are those from some place on; it falls as the left rises.
    let mut from = right.len();
    let mut above = 0u64;
    for sum in &left {
        while from > 0 && sum + right[from - 1] >= least {
            from -= 1;
        }
        above += (right.len() - from) as u64;
    }
    // Sign patterns come in opposite pairs: as many sums lie as far below.
    (2.0 * above as f64 / (left.len() as f64 * right.len() as f64)).min(1.0)
}

/// All sums of ± each value, sorted.
fn all_sums(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for value in values {
        let mut next = Vec::with_capacity(2 * sums.len());
        next.extend(sums.iter().map(|s| s - value));
        next.extend(sums.iter().map(|s| s + value));
        sums = next;
    }
    sums.sort_unstable_by(f64::total_cmp);
    sums
}

/// Tests that two systems are alike by a figure of summed rows, an article a row on each side.
///
/// Articles whose rows are the same on both sides cannot matter. Exact where all arrangements of the others are no more
/// than `replicates`. `score` says `None` where sums define no figure; such an arrangement counts as far out, which can
/// only weaken the claim of a difference.
pub fn swap(
    a: Rows<'_>,
    b: Rows<'_>,
    replicates: usize,
    seed: u64,
    score: impl Fn(&[f64]) -> Option<f64> + Sync,
) -> Permutation {
    let width = a.width;
    let pairs = a.values.chunks_exact(width).zip(b.values.chunks_exact(width));
    let differing: Vec<(&[f64], &[f64])> = pairs.filter(|(a, b)| a != b).collect();
    let (first, second) = (a.sum(), b.sum());
    let total: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a + b).collect();
    let difference = |first: &[f64]| {
        let second: Vec<f64> = total.iter().zip(first).map(|(all, part)| all - part).collect();
        Some((score(first)? - score(&second)?).abs())
    };
    let Some(observed) = score(&first).zip(score(&second)).map(|(a, b)| (a - b).abs()) else { return SAME };
    // Scores come out of logarithms and roots: equal ones differ by more than equal sums do.
    let scale = score(&first).unwrap_or(0.0).abs().max(score(&second).unwrap_or(0.0).abs());
    let slack = 1e-10 * scale;
    if differing.is_empty() || observed <= slack {
        return SAME;
    }
    let bounds = (observed - slack, observed + slack);
    let moved = |swapped: &mut dyn FnMut(usize) -> bool| -> f64 {
        let mut sum = first.clone();
        for (i, (a, b)) in differing.iter().enumerate() {
            if swapped(i) {
                sum.iter_mut().zip(a.iter().zip(*b)).for_each(|(total, (a, b))| *total += b - a);
            }
        }
        difference(&sum).unwrap_or(f64::INFINITY)
    };
    if differing.len() < usize::BITS as usize - 1 && 1usize << differing.len() <= replicates {
        let all = 1usize << differing.len();
        let one = |count: Count, pattern| count.add(moved(&mut |i| pattern >> i & 1 == 1), bounds);
        let count = (0..all).fold(Count::default(), one);
        return counted(count.farther as f64 / all as f64, count.equal as f64 / all as f64, a.len());
    }
    let purpose = purpose(seed);
    let one = |count: Count, replicate: usize| {
        let mut stream = purpose.stream(replicate as u64);
        let mut bits = 0;
        let statistic = moved(&mut |i| {
            if i % 64 == 0 {
                bits = stream.next();
            }
            bits >> (i % 64) & 1 == 1
        });
        count.add(statistic, bounds)
    };
    let count = (0..replicates).into_par_iter().fold(Count::default, one).reduce(Count::default, Count::join);
    count.drawn(replicates, a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(differences: &[f64]) -> f64 {
        let observed = differences.iter().sum::<f64>().abs();
        let all = 1u32 << differences.len();
        let sum = |pattern: u32| {
            let signed = |(i, d): (usize, &f64)| if pattern >> i & 1 == 1 { *d } else { -d };
            differences.iter().enumerate().map(signed).sum::<f64>()
        };
        (0..all).filter(|p| sum(*p).abs() >= observed - 1e-12).count() as f64 / f64::from(all)
    }

    #[test]
    fn exact_counts_are_those_of_every_pattern() {
        let cases: [&[f64]; 5] = [
            &[0.1, 0.2, 0.3, -0.1, 0.4, 0.15, -0.05, 0.3],
            &[0.1, 0.1, 0.1, -0.1, 0.2, 0.1],
            &[1.0],
            &[0.3, -0.3],
            &[0.25, 0.5, 0.25, 1.0, -0.75, 0.125, 0.5, 0.5, 0.25, 0.375, -1.0],
        ];
        for case in cases {
            let test = sign_flip(case, 100, 1);
            assert!(test.exact && (test.p_value - naive(case)).abs() < 1e-15, "{case:?}: {test:?}, {}", naive(case));
        }
    }

    #[test]
    fn drawn_arrangements_come_near_the_exact_count() {
        // 31 differences are drawn; padded to 31 by a tiny one, 30 are nearly the same test.
        let mut differences: Vec<f64> = (0..30).map(|i| (f64::from(i) * 0.618_034).fract() - 0.43).collect();
        let exact = sign_flip(&differences, 0, 1);
        differences.push(1e-9);
        let drawn = sign_flip(&differences, 40_000, 1);
        assert!(exact.exact && !drawn.exact);
        assert!((exact.p_value - drawn.p_value).abs() < 0.012, "{exact:?} {drawn:?}");
    }

    #[test]
    fn swapping_means_is_flipping_signs() {
        let a = [0.2, 0.5, 0.1, 0.9, 0.4, 0.4, 0.3, 0.8];
        let b = [0.1, 0.5, 0.3, 0.6, 0.2, 0.1, 0.2, 0.4];
        let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        let rows = |values| Rows { values, width: 1 };
        let swapped = swap(rows(&a), rows(&b), 1000, 1, |sum| Some(sum[0] / 8.0));
        assert!((swapped.p_value - sign_flip(&differences, 1000, 1).p_value).abs() < 1e-12);
    }

    #[test]
    fn a_single_differing_article_shows_nothing() {
        let (mut a, b) = ([1.0; 60], [1.0; 60]);
        a[3] = 5.0;
        let rows = |values| Rows { values, width: 1 };
        let test = swap(rows(&a), rows(&b), 1000, 1, |sum| Some(sum[0]));
        // Both arrangements are as far out: of 60 articles they count by half.
        assert_eq!((test.p_value, test.ties), (0.5, 1.0));
        assert_eq!(swap(rows(&a[..9]), rows(&b[..9]), 1000, 1, |sum| Some(sum[0])).p_value, 1.0);
    }
}
