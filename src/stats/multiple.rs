//! Many tests at once: adjusted p-values, as statsmodels' `multipletests` gives them.
//!
//! [`holm`] (Holm 1979) bounds the chance of any false alarm and is what `compare` shows; [`benjamini_hochberg`] (1995)
//! bounds the expected share of false alarms among the alarms. Sorting dominates the cost, but for Hommel's O(n²).

/// The corrections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Each p times their number.
    Bonferroni,
    /// Step-down Bonferroni; the default.
    Holm,
    /// Step-down Šidák, for independent tests.
    HolmSidak,
    /// Hommel (1988), for independent or positively dependent tests.
    Hommel,
    /// The false discovery rate, for independent or positively dependent tests.
    BenjaminiHochberg,
    /// The false discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// Adjusted p-values, in the order given. A p is significant at level a where its adjusted value is at most a.
pub fn adjust(p: &[f64], correction: Correction) -> Vec<f64> {
    let n = p.len();
    let count = n as f64;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let sorted: Vec<f64> = order.iter().map(|&i| p[i]).collect();
    let left = |i: usize| (n - i) as f64;
    let adjusted = match correction {
        Correction::Bonferroni => sorted.iter().map(|p| p * count).collect(),
        Correction::Holm => rising(sorted.iter().enumerate().map(|(i, p)| p * left(i)).collect()),
        Correction::HolmSidak => {
            // 1 - (1 - p)^k without losing the digits of a small p.
            let one = |(i, p): (usize, &f64)| -((-p).ln_1p() * left(i)).exp_m1();
            rising(sorted.iter().enumerate().map(one).collect())
        }
        Correction::Hommel => hommel(&sorted),
        Correction::BenjaminiHochberg => falling_from_the_end(&sorted, 1.0),
        Correction::BenjaminiYekutieli => falling_from_the_end(&sorted, (1..=n).map(|i| 1.0 / i as f64).sum()),
    };
    let mut restored = vec![0.0; n];
    for (place, value) in order.into_iter().zip(adjusted) {
        restored[place] = value.min(1.0);
    }
    restored
}

/// Holm's adjusted p-values.
pub fn holm(p: &[f64]) -> Vec<f64> {
    adjust(p, Correction::Holm)
}

/// Benjamini and Hochberg's adjusted p-values.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    adjust(p, Correction::BenjaminiHochberg)
}

fn rising(mut values: Vec<f64>) -> Vec<f64> {
    let mut most = 0.0f64;
    for value in &mut values {
        most = most.max(*value);
        *value = most;
    }
    values
}

fn falling_from_the_end(sorted: &[f64], factor: f64) -> Vec<f64> {
    let n = sorted.len() as f64;
    let mut least = f64::INFINITY;
    let mut adjusted = vec![0.0; sorted.len()];
    for (i, p) in sorted.iter().enumerate().rev() {
        least = least.min(p / ((i + 1) as f64 / n) * factor);
        adjusted[i] = least;
    }
    adjusted
}

fn hommel(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let mut adjusted = sorted.to_vec();
    for m in (2..=n).rev() {
        let scaled = |i: usize, rank: usize| m as f64 * sorted[i] / rank as f64;
        let least = (1..=m).map(|rank| scaled(n - m + rank - 1, rank)).fold(f64::INFINITY, f64::min);
        for (i, value) in adjusted.iter_mut().enumerate() {
            let bound = if i >= n - m { least } else { least.min(m as f64 * sorted[i]) };
            *value = value.max(bound);
        }
    }
    adjusted
}
