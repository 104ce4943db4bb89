//! Do tests reject as often as they say, do intervals cover, is power as predicted?
//!
//! `cargo bench --bench calibration [-- TRIALS ROW]` simulates fixed scenarios (10,000 trials each) and prints a table, or the
//! rows whose name has ROW in it (`clustered/200`). Under no difference the permutation test is to reject 5 % ± 0.8 at .05,
//! and 95 % intervals are to cover 95 % ± 0.8. sacreBLEU's tests are shown beside ours, and not held to that.

use epitome::stats::compat::sacrebleu;
use epitome::stats::paired::{Options, means};
use epitome::stats::power;
use epitome::stats::resample::Rows;
use epitome::stats::rng::{Purpose, Stream};
use rayon::prelude::*;

const TRIALS: usize = 10_000;
const REPLICATES: usize = 999;

/// How an article's difference comes about; every one has mean 0.
type Draw = fn(&mut Stream) -> f64;

fn unit(stream: &mut Stream) -> f64 {
    ((stream.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

fn normal(stream: &mut Stream) -> f64 {
    (-2.0 * unit(stream).ln()).sqrt() * (std::f64::consts::TAU * unit(stream)).cos()
}

/// A gamma variable of shape 4 less its mean: skewness 1, as where a few articles gain much and most lose a little.
fn skewed(stream: &mut Stream) -> f64 {
    -(0..4).map(|_| unit(stream).ln()).sum::<f64>() - 4.0
}

/// Most articles alike, the others better or worse by a fact of five: differences of shares.
fn tied(stream: &mut Stream) -> f64 {
    [-0.4, -0.2, -0.2, 0.0, 0.0, 0.0, 0.0, 0.2, 0.2, 0.4][stream.below(10) as usize]
}

/// Three samples an article that share most of their luck, averaged as every comparison averages them.
fn clustered(stream: &mut Stream) -> f64 {
    let article = normal(stream);
    (0..3).map(|_| article + 0.5 * normal(stream)).sum::<f64>() / 3.0
}

const SCENARIOS: [(&str, Draw, f64); 4] =
    [("normal", normal, 1.0), ("skewed", skewed, 2.0), ("tied", tied, 0.219_089), ("clustered", clustered, 1.040_833)];

#[derive(Default, Clone, Copy)]
struct Tally {
    permutation: u32,
    bootstrap: u32,
    covered: u32,
    noticed: u32,
    sacrebleu_ar: u32,
    sacrebleu_bs: u32,
}

fn add(a: Tally, b: Tally) -> Tally {
    Tally {
        permutation: a.permutation + b.permutation,
        bootstrap: a.bootstrap + b.bootstrap,
        covered: a.covered + b.covered,
        noticed: a.noticed + b.noticed,
        sacrebleu_ar: a.sacrebleu_ar + b.sacrebleu_ar,
        sacrebleu_bs: a.sacrebleu_bs + b.sacrebleu_bs,
    }
}

fn trial(draw: Draw, n: usize, shift: f64, trial: usize, compat: bool) -> Tally {
    let mut stream = Purpose::new(2024, "calibration").stream((trial * 1000 + n) as u64);
    let first: Vec<f64> = (0..n).map(|_| 3.0 + normal(&mut stream)).collect();
    let differences: Vec<f64> = (0..n).map(|_| draw(&mut stream)).collect();
    let second: Vec<f64> = first.iter().zip(&differences).map(|(a, d)| a + d).collect();
    let options = Options { replicates: REPLICATES, seed: trial as u64, alpha: 0.05 };
    let made = means(&first, &second, &options).expect("articles");
    let (low, high) = (made.difference.low.expect("low"), made.difference.high.expect("high"));
    let moved: Vec<f64> = second.iter().map(|b| b + shift).collect();
    let noticed = means(&first, &moved, &options).expect("articles").test.p_value <= 0.05;
    let mut tally = Tally {
        permutation: u32::from(made.test.p_value <= 0.05),
        bootstrap: u32::from(made.bootstrap_p.is_some_and(|p| p <= 0.05)),
        covered: u32::from(low <= 0.0 && 0.0 <= high),
        noticed: u32::from(noticed),
        ..Tally::default()
    };
    if compat {
        let rows = |values| Rows { values, width: 1 };
        let (a, b) = (rows(&first[..]), rows(&second[..]));
        let score = |sum: &[f64]| sum[0] / n as f64;
        let seed = trial as u64;
        let ar = sacrebleu::approximate_randomization(a, b, REPLICATES, 0, seed, &score);
        let bs = sacrebleu::paired_bootstrap(a, b, REPLICATES, seed, &score);
        tally.sacrebleu_ar = u32::from(ar.p_value <= 0.05);
        tally.sacrebleu_bs = u32::from(bs.p_value <= 0.05);
    }
    tally
}

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn main() {
    let (numbers, rows): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).filter(|a| !a.starts_with('-')).partition(|a| a.parse::<usize>().is_ok());
    let trials = numbers.first().and_then(|a| a.parse().ok()).unwrap_or(TRIALS);
    let asked = |row: &str| rows.is_empty() || rows.iter().any(|part| row.contains(part.as_str()));
    println!("{trials} trials a row, {REPLICATES} resamples a test; shares in %");
    println!("scenario     n   permutation  bootstrap  covered  power (predicted)  sacreBLEU ar, bs");
    let mut wrong = Vec::new();
    for (name, draw, sd) in SCENARIOS {
        for n in [10, 25, 50, 200] {
            if !asked(&format!("{name}/{n}")) {
                continue;
            }
            let shift = power::detectable(sd, n, 0.05, 0.8).expect("a difference");
            let predicted = 100.0 * power::power(shift, sd, n, 0.05);
            let compat = n >= 50;
            let tally = (0..trials).into_par_iter().map(|t| trial(draw, n, shift, t, compat));
            let tally = tally.reduce(Tally::default, add);
            let share = |count: u32| 100.0 * f64::from(count) / trials as f64;
            let (rejected, covered) = (share(tally.permutation), share(tally.covered));
            let bootstrap = if n < 30 { "    -".to_owned() } else { format!("{:5.2}", share(tally.bootstrap)) };
            let beside = if compat {
                format!("{:.2}, {:.2}", share(tally.sacrebleu_ar), share(tally.sacrebleu_bs))
            } else {
                String::new()
            };
            println!(
                "{name:<10} {n:>3}   {rejected:>11.2}  {bootstrap:>9}  {covered:>7.2}  {:>5.1} ({predicted:.1})       {beside}",
                share(tally.noticed)
            );
            if n >= 50 && ((rejected - 5.0).abs() > 0.8 || (covered - 95.0).abs() > 0.8) {
                wrong.push(format!("{name}, n = {n}"));
            }
        }
    }
    assert!(trials < TRIALS || wrong.is_empty(), "out of bounds: {}", wrong.join("; "));
}
