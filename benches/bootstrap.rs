//! Percentile intervals of 12 columns × 11,490 rows by 1,000 bootstrap replicates, what `score --aggregate` does for the
//! four ROUGEs of a test set.
//!
//! `cargo bench --bench bootstrap [-- REPEATS]` prints the first interval; `benches/overlap.py` takes its time beside that
//! of rouge-score's aggregator.

use epitome::stats::interval::{Asked, Options, intervals_together};
use epitome::stats::resample::Rows;
use epitome::stats::rng::Stream;

const ROWS: usize = 11_490;

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn main() {
    let repeats = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(1);
    let mut stream = Stream::from_seed(1);
    let mut metric = || -> Vec<f64> { (0..3 * ROWS).map(|_| stream.next() as f64 / u64::MAX as f64).collect() };
    let metrics = [metric(), metric(), metric(), metric()];
    let ranges = [(Some(0.0), Some(1.0)); 3];
    let mean = |sum: &[f64], n: f64, fields: &mut [f64]| {
        fields.iter_mut().zip(sum).for_each(|(field, sum)| *field = sum / n);
        Some(())
    };
    for repeat in 0..repeats {
        let asked = metrics.each_ref().map(|values| Asked {
            rows: Rows { values, width: 3 },
            means: true,
            ranges: &ranges,
            score: mean,
        });
        let made = intervals_together(&asked, &Options { seed: repeat, ..Options::default() });
        if repeat == 0 {
            println!("{:?}", made[0].as_ref().map(|fields| fields[0]));
        }
    }
}
