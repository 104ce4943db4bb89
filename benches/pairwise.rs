//! Twenty systems, ten thousand articles, six metrics, every pair compared with ten thousand resamples.
//!
//! `cargo bench --bench pairwise [-- ARTICLES RESAMPLES]` prints seconds. The goal is 20 seconds on two cores.

use std::time::Instant;

use epitome::stats::paired::Options;
use epitome::stats::pairwise::{Columns, pairwise};
use epitome::stats::rng::Stream;

const SYSTEMS: usize = 20;
const METRICS: usize = 6;

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn main() {
    let mut numbers = std::env::args().filter_map(|a| a.parse::<usize>().ok());
    let articles = numbers.next().unwrap_or(10_000);
    let replicates = numbers.next().unwrap_or(10_000);
    let mut stream = Stream::from_seed(7);
    let mut unit = || (stream.next() >> 11) as f64 / (1u64 << 53) as f64;
    // An article is easy or hard for every system; systems differ a little; every score has its own luck.
    let values: Vec<f64> = (0..articles)
        .flat_map(|_| {
            let easy = unit();
            (0..SYSTEMS * METRICS)
                .map(|column| 0.6 * easy + 0.001 * (column / METRICS) as f64 + 0.3 * unit())
                .collect::<Vec<_>>()
        })
        .collect();
    let mut pairs = Vec::new();
    for metric in 0..METRICS {
        for a in 0..SYSTEMS {
            pairs.extend((a + 1..SYSTEMS).map(|b| (a * METRICS + metric, b * METRICS + metric)));
        }
    }
    let options = Options { replicates, ..Options::default() };
    let began = Instant::now();
    let made = pairwise(Columns { values: &values, width: SYSTEMS * METRICS }, &pairs, &options);
    let seconds = began.elapsed().as_secs_f64();
    let told = made.iter().flatten().filter(|p| p.test.p_value <= 0.05).count();
    println!(
        "{SYSTEMS} systems x {articles} articles x {METRICS} metrics, {} pairs, {replicates} resamples: {seconds:.1} s, {} threads \
         ({told} pairs differ)",
        pairs.len(),
        rayon::current_num_threads()
    );
}
