//! The bootstrap over articles, on rows of sufficient statistics.

mod patterns;

use rayon::prelude::*;

use super::rng::{Purpose, Stream};

/// A table of rows, one an article, each of `width` numbers.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The numbers, row after row.
    pub values: &'a [f64],
    /// Numbers a row; at least 1.
    pub width: usize,
}

impl Rows<'_> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The sum of all rows.
    pub fn sum(&self) -> Vec<f64> {
        let mut sum = vec![0.0; self.width];
        for row in self.values.chunks_exact(self.width) {
            for (total, value) in sum.iter_mut().zip(row) {
                *total += value;
            }
        }
        sum
    }
}

/// From so many rows on, counts are drawn in patterns: cheaper a row, at a price to begin with.
const MANY: usize = 1_000;

/// Draws as many rows as there are, with replacement, `replicates` times, and hands each sum to `score`.
///
/// Replicate r's rows depend on the purpose, r and the number of rows alone; so do results, whatever the number of
/// threads. Cost: replicates × rows × width additions, a third of that from a thousand rows on.
pub fn bootstrap<T: Send>(
    rows: Rows<'_>,
    replicates: usize,
    purpose: &Purpose,
    score: impl Fn(&[f64]) -> T + Sync,
) -> Vec<T> {
    let n = rows.len();
    if n == 0 {
        return Vec::new();
    }
    if n >= MANY {
        return many(rows, replicates, purpose, &score);
    }
    let bound = u32::try_from(n).unwrap_or(u32::MAX);
    let one = |(counts, sum): &mut (Vec<u32>, Vec<f64>), replicate: usize| {
        let mut stream = purpose.stream(replicate as u64);
        counts.clear();
        counts.resize(n, 0);
        for _ in 0..n {
            counts[stream.below(bound) as usize] += 1;
        }
        sum.clear();
        sum.resize(rows.width, 0.0);
        // Row by row in order, weighted by how often it was drawn: memory is read once, front to back.
        for (row, &count) in rows.values.chunks_exact(rows.width).zip(counts.iter()) {
            if count > 0 {
                let weight = f64::from(count);
                for (total, value) in sum.iter_mut().zip(row) {
                    *total += weight * value;
                }
            }
        }
        score(sum)
    };
    // Small tables are done sooner than threads are woken.
    if n * replicates < 50_000 {
        let mut buffers = (Vec::new(), Vec::new());
        return (0..replicates).map(|r| one(&mut buffers, r)).collect();
    }
    (0..replicates).into_par_iter().map_init(|| (Vec::new(), Vec::new()), one).collect()
}

/// The bootstrap of many rows. Each thread takes replicates that follow each other, and works out the patterns once.
fn many<T: Send>(
    rows: Rows<'_>,
    replicates: usize,
    purpose: &Purpose,
    score: &(impl Fn(&[f64]) -> T + Sync),
) -> Vec<T> {
    let each = replicates.div_ceil(rayon::current_num_threads()).max(1);
    let starts: Vec<usize> = (0..replicates).step_by(each).collect();
    let made: Vec<Vec<T>> = starts
        .into_par_iter()
        .map(|start| {
            let range = start as u64..replicates.min(start + each) as u64;
            patterns::sums(rows, range, purpose).chunks_exact(rows.width).map(score).collect()
        })
        .collect();
    made.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bootstrap_does_not_depend_on_threads() {
        let values: Vec<f64> = (0..600).map(f64::from).collect();
        let rows = Rows { values: &values, width: 2 };
        let purpose = Purpose::new(1, "interval");
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| bootstrap(rows, 500, &purpose, |sum| sum.to_vec()))
        };
        assert_eq!(run(1), run(7));
        let values: Vec<f64> = (0..5_200).map(f64::from).collect();
        let rows = Rows { values: &values, width: 4 };
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| bootstrap(rows, 300, &purpose, |sum| sum.to_vec()))
        };
        assert_eq!(run(1), run(7));
    }

    #[test]
    fn each_replicate_holds_as_many_rows_as_the_table() {
        let values = vec![1.0; 40];
        let sums = bootstrap(Rows { values: &values, width: 1 }, 50, &Purpose::new(3, "t"), |sum| sum[0]);
        assert!(sums.iter().all(|&s| s == 40.0));
    }
}
