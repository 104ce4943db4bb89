//! Power: the smallest difference that so many articles could have shown.
//!
//! Without it "inconclusive" means nothing. The paired t test's power under a true mean difference follows from the
//! noncentral t distribution, here by the normal approximation of Johnson & Welch (1940), good to about 0.002.

use super::distribution::{normal_upper, student_quantile};

/// The chance that a two-sided paired test at level `alpha` notices a true mean difference, where single articles' differences
/// have the standard deviation `sd`. 0 under two articles; 1 where nothing varies.
pub fn power(difference: f64, sd: f64, n: usize, alpha: f64) -> f64 {
    if n < 2 {
        return 0.0;
    }
    if sd <= 0.0 {
        return if difference == 0.0 { alpha } else { 1.0 };
    }
    let df = (n - 1) as f64;
    let critical = student_quantile(1.0 - alpha / 2.0, df);
    let shift = difference.abs() / sd * (n as f64).sqrt();
    let beyond = |t: f64| normal_upper((t * (1.0 - 1.0 / (4.0 * df)) - shift) / (1.0 + t * t / (2.0 * df)).sqrt());
    (beyond(critical) + 1.0 - beyond(-critical)).clamp(0.0, 1.0)
}

/// The smallest true mean difference that is noticed with the chance `wanted` (0.8 by custom). Nothing under three
/// articles, or where nothing varies.
pub fn detectable(sd: f64, n: usize, alpha: f64, wanted: f64) -> Option<f64> {
    if n < 3 || sd <= 0.0 || !sd.is_finite() {
        return None;
    }
    let (mut low, mut high) = (0.0, sd);
    while power(high, sd, n, alpha) < wanted {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if power(middle, sd, n, alpha) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

/// How many articles it takes to notice a true mean difference with the chance `wanted`; nothing where that is more than
/// a million, or there is no difference to notice.
pub fn articles(difference: f64, sd: f64, alpha: f64, wanted: f64) -> Option<usize> {
    const MOST: usize = 1_000_000;
    if difference == 0.0 || power(difference, sd, MOST, alpha) < wanted {
        return None;
    }
    let (mut low, mut high) = (1, MOST);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if power(difference, sd, middle, alpha) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_textbooks() {
        // Cohen's tables and R's power.t.test(type = "paired"): d = .5, n = 34 gives .808; n = 20 gives .565.
        assert!((power(0.5, 1.0, 34, 0.05) - 0.808).abs() < 0.004);
        assert!((power(0.5, 1.0, 20, 0.05) - 0.565).abs() < 0.005);
        assert!((power(0.0, 1.0, 50, 0.05) - 0.05).abs() < 0.002);
        assert_eq!(articles(0.5, 1.0, 0.05, 0.8), Some(34));
        let least = detectable(1.0, 34, 0.05, 0.8).expect("a difference");
        assert!((least - 0.495).abs() < 0.005, "{least}");
    }
}
