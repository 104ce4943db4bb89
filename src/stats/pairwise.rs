//! Many columns on the same articles, every pair of them compared.
//!
//! Means are linear: under one resample, or one pattern of signs, the difference of two columns is the difference of
//! their sums. So every replicate sums each *column* once, and pairs cost a subtraction: columns × articles × replicates
//! instead of pairs × articles × replicates. Draws are those of [`super::paired`], of which this is the fast form.

use rayon::prelude::*;

use super::paired::{LARGE, Options, Paired, describe, interval_of_mean, percentile_ends};
use super::permutation::{Count, EXACT, Permutation, purpose, sign_flip, tie};
use super::rng::Purpose;

/// Replicates that share a pass over the table; their sums fit the first-level cache.
const BLOCK: usize = 8;

/// Scores: a row an article, a column a system (or a system's metric).
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// The scores, row after row.
    pub values: &'a [f64],
    /// Columns.
    pub width: usize,
}

/// Compares pairs of columns by their means, second less first, in the order of `pairs` (indices of columns). Nothing
/// for a pair where there is no row.
pub fn pairwise(columns: Columns<'_>, pairs: &[(usize, usize)], options: &Options) -> Vec<Option<Paired>> {
    let n = columns.values.len().checked_div(columns.width).unwrap_or(0);
    if n == 0 {
        return vec![None; pairs.len()];
    }
    let transposed: Vec<Vec<f64>> =
        (0..columns.width).map(|c| columns.values.iter().skip(c).step_by(columns.width).copied().collect()).collect();
    let signs = (n > EXACT).then(|| signed_sums(columns, n, options));
    let resampled = (n >= LARGE).then(|| resampled_sums(columns, n, options));
    let compare = |&(first, second): &(usize, usize)| {
        let (a, b) = (&transposed[first], &transposed[second]);
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
        let test = match &signs {
            Some(sums) if differences.iter().filter(|d| **d != 0.0).count() > EXACT => {
                flipped(&differences, sums, columns.width, (first, second))
            }
            _ => sign_flip(&differences, options.replicates, options.seed),
        };
        let interval = match &resampled {
            Some(sums) if differences.iter().any(|d| *d != differences[0]) => {
                let count = n as f64;
                let draws = sums.chunks_exact(columns.width).map(|sum| (sum[second] - sum[first]) / count).collect();
                percentile_ends(differences.iter().sum::<f64>() / count, draws, options)
            }
            _ => interval_of_mean(&differences, options),
        };
        Some(describe(a, b, &differences, interval, test, options))
    };
    pairs.par_iter().map(compare).collect()
}

fn flipped(differences: &[f64], sums: &[f64], width: usize, (first, second): (usize, usize)) -> Permutation {
    let Some(bounds) = tie(differences) else { return sign_flip(&[], 0, 0) };
    let one = |count: Count, sum: &[f64]| count.add((sum[second] - sum[first]).abs(), bounds);
    sums.chunks_exact(width).fold(Count::default(), one).drawn(sums.len() / width, differences.len())
}

/// Each replicate's sums of all columns, weighted by what `weights` fills in: one weight an article and replicate of the
/// block, article-major.
fn sums(columns: Columns<'_>, n: usize, replicates: usize, weights: impl Fn(usize, &mut [f64]) + Sync) -> Vec<f64> {
    let width = columns.width;
    let mut sums = vec![0.0; replicates * width];
    let block = |weight: &mut Vec<f64>, (block, into): (usize, &mut [f64])| {
        weight.clear();
        weight.resize(n * BLOCK, 0.0);
        for (lane, _) in into.chunks_exact(width).enumerate() {
            weights(block * BLOCK + lane, &mut weight[lane * n..(lane + 1) * n]);
        }
        let lanes = into.len() / width;
        for (article, row) in columns.values.chunks_exact(width).enumerate() {
            for lane in 0..lanes {
                let w = weight[lane * n + article];
                if w != 0.0 {
                    let total = &mut into[lane * width..(lane + 1) * width];
                    total.iter_mut().zip(row).for_each(|(total, value)| *total += w * value);
                }
            }
        }
    };
    sums.par_chunks_mut(BLOCK * width).enumerate().for_each_init(Vec::new, block);
    sums
}

fn signed_sums(columns: Columns<'_>, n: usize, options: &Options) -> Vec<f64> {
    let purpose = purpose(options.seed);
    sums(columns, n, options.replicates, |replicate, weights| {
        let mut stream = purpose.stream(replicate as u64);
        for chunk in weights.chunks_mut(64) {
            let bits = stream.next();
            chunk.iter_mut().enumerate().for_each(|(i, w)| *w = if bits >> i & 1 == 1 { 1.0 } else { -1.0 });
        }
    })
}

fn resampled_sums(columns: Columns<'_>, n: usize, options: &Options) -> Vec<f64> {
    let purpose = Purpose::new(options.seed, "paired");
    let bound = u32::try_from(n).unwrap_or(u32::MAX);
    sums(columns, n, options.replicates, |replicate, weights| {
        let mut stream = purpose.stream(replicate as u64);
        for _ in 0..n {
            weights[stream.below(bound) as usize] += 1.0;
        }
    })
}

/// Clusters of systems that cannot be told apart, best first: a boundary stands where every system above is
/// significantly better than every one below (as WMT ranks). `order` lists systems from best to worst; `better` says whether
/// the first is significantly better than the second.
pub fn clusters(order: &[usize], better: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    for (at, &system) in order.iter().enumerate() {
        let apart = order[..at].iter().all(|&above| order[at..].iter().all(|&below| better(above, below)));
        match clusters.last_mut() {
            Some(last) if !apart => last.push(system),
            _ => clusters.push(vec![system]),
        }
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::super::paired::means;
    use super::super::rng::Stream;
    use super::*;

    #[test]
    fn the_fast_form_says_what_the_plain_one_says() {
        for n in [8, 45, 700] {
            let mut stream = Stream::from_seed(n as u64);
            let mut unit = || f64::from(stream.below(1000)) / 1000.0;
            let values: Vec<f64> = (0..n)
                .flat_map(|_| {
                    let easy = unit();
                    [easy, easy + 0.05 * unit(), unit()]
                })
                .collect();
            let options = Options { replicates: 500, ..Options::default() };
            let column = |c: usize| values.iter().skip(c).step_by(3).copied().collect::<Vec<_>>();
            let pairs = [(0, 1), (1, 2), (2, 2)];
            let fast = pairwise(Columns { values: &values, width: 3 }, &pairs, &options);
            for ((a, b), fast) in pairs.iter().zip(fast) {
                let (fast, plain) = (fast.expect("rows"), means(&column(*a), &column(*b), &options).expect("rows"));
                assert_eq!((fast.test, fast.articles), (plain.test, plain.articles), "{n} {a} {b}");
                let ends =
                    |p: &Paired| [p.first, p.second, p.difference.low.expect("low"), p.difference.high.expect("high")];
                let near = ends(&fast).iter().zip(ends(&plain)).all(|(x, y)| (x - y).abs() < 1e-9);
                assert!(near, "{n} {a} {b}: {fast:?} {plain:?}");
            }
        }
    }

    #[test]
    fn clusters_part_where_all_above_beat_all_below() {
        let better = |a: usize, b: usize| a + 1 < b || a == 2 && b == 3;
        assert_eq!(clusters(&[0, 1, 2, 3, 4], better), [vec![0, 1, 2], vec![3, 4]]);
        assert_eq!(clusters(&[2, 0, 1], |_, _| false), [vec![2, 0, 1]]);
    }
}
