//! The averages and intervals that ROUGE-1.5.5 prints: means over its own resamples.
//!
//! What the script calls the average of a figure is not its mean over evaluations: it draws as many evaluations as there
//! are, with replacement, 1,000 times, and prints the mean of the means. Resample i seeds Perl's generator with i. On
//! some sixty pairs the two differ by up to 4e-4. Cost: resamples × evaluations.

use super::five_decimals;
use crate::metric::rouge::Prf;

/// An average with its interval, each figure rounded to five decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Averages {
    /// The script's average.
    pub value: Prf,
    /// Lower ends.
    pub low: Prf,
    /// Upper ends.
    pub high: Prf,
}

/// Averages evaluations as the script does (`-r resamples -c confidence`, 1,000 and 95 by default). `evaluations` holds
/// the id of each, `<evaluation>.<peer>`, by whose bytes they are ordered (`10.X` before `2.X`), and its rounded
/// figures. `None` without evaluations or resamples.
pub fn averages(evaluations: &[(String, Prf)], resamples: u32, confidence: f64) -> Option<Averages> {
    if evaluations.is_empty() || resamples == 0 {
        return None;
    }
    let mut ordered: Vec<&(String, Prf)> = evaluations.iter().collect();
    ordered.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let n = ordered.len();
    let mut means: [Vec<f64>; 3] = Default::default();
    for resample in 0..resamples {
        let mut random = Drand48::new(resample);
        let mut sums = [0.0; 3];
        for draw in 0..n {
            let Prf { precision, recall, f1 } = ordered[random.below(n)].1;
            for (sum, value) in sums.iter_mut().zip([precision, recall, f1]) {
                *sum = if draw == 0 { value } else { *sum + value };
            }
        }
        means.iter_mut().zip(sums).for_each(|(means, sum)| means.push(sum / n as f64));
    }
    let r = f64::from(resamples);
    let tail = r * ((100.0 - confidence) / 2.0) / 100.0;
    let last = r - tail - 1.0;
    let (low, high) = (tail as usize, last.max(0.0) as usize);
    let fraction = last - last.floor();
    let figures = means.map(|mut means| {
        means.sort_by(f64::total_cmp);
        let value = means.iter().sum::<f64>() / r;
        let end = |at: usize| {
            let (a, b) = (means[at.min(means.len() - 1)], means[(at + 1).min(means.len() - 1)]);
            a + (b - a) * fraction
        };
        [value, end(low), end(high)].map(five_decimals)
    });
    let pick = |at: usize| Prf { precision: figures[0][at], recall: figures[1][at], f1: figures[2][at] };
    Some(Averages { value: pick(0), low: pick(1), high: pick(2) })
}

/// The generator behind Perl's `rand` since 5.20: that of `drand48`.
struct Drand48(u64);

impl Drand48 {
    fn new(seed: u32) -> Self {
        Drand48((u64::from(seed) << 16) + 0x330e)
    }

    /// `int(rand($n))`.
    fn below(&mut self, n: usize) -> usize {
        const MODULUS: u64 = 1 << 48;
        self.0 = self.0.wrapping_mul(25_214_903_917).wrapping_add(11) % MODULUS;
        (self.0 as f64 / MODULUS as f64 * n as f64) as usize
    }
}
