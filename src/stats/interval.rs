//! 95 % confidence intervals of corpus figures, over articles.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::resample::{Rows, bootstrap};
use super::rng::Purpose;
use crate::model::record::Interval;

/// How an interval is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bootstrap replicates.
    pub replicates: usize,
    /// The run's seed.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { replicates: 1000, seed: 1 }
    }
}

/// Fewer articles than this, and a mean gets Student's interval: the percentile bootstrap covers too little there.
pub const SMALL: usize = 30;

/// Least and greatest possible value of a field, where it has them.
pub type Range = (Option<f64>, Option<f64>);

/// Figures with intervals, one a field.
///
/// `rows` holds one row an article. `score` turns a sum of n rows into fields, or says that they define none. `means`
/// says that the fields are means of the rows' own first columns (in order), for which samples under [`SMALL`] get
/// Student's t interval; otherwise the percentile bootstrap (Efron 1979; Koehn 2004 for pooled metrics). `ranges` bound
/// the ends. `None` where there is no row, or the rows define no figure.
pub fn intervals(
    rows: Rows<'_>,
    means: bool,
    ranges: &[Range],
    options: &Options,
    score: impl Fn(&[f64], f64, &mut [f64]) -> Option<()> + Sync,
) -> Option<Vec<Interval>> {
    let n = rows.len();
    let fields = ranges.len();
    let mut values = vec![0.0; fields];
    if n == 0 {
        return None;
    }
    score(&rows.sum(), n as f64, &mut values)?;
    let ends: Vec<Option<(f64, f64)>> = if n < 2 {
        vec![None; fields]
    } else if means && n < SMALL {
        (0..fields).map(|f| student_ends(rows, f, values[f])).collect()
    } else {
        let purpose = Purpose::new(options.seed, "interval");
        let draws = bootstrap(rows, options.replicates, &purpose, |sum| {
            let mut drawn = vec![0.0; fields];
            score(sum, n as f64, &mut drawn).map(|()| drawn)
        });
        (0..fields)
            .map(|f| {
                let mut column: Vec<f64> = draws.iter().flatten().map(|draw| draw[f]).collect();
                column.sort_unstable_by(f64::total_cmp);
                Some((percentile(&column, 0.025)?, percentile(&column, 0.975)?))
            })
            .collect()
    };
    let made = values.iter().zip(&ends).zip(ranges).map(|((&value, ends), &(least, most))| Interval {
        value,
        low: ends.map(|(low, _)| low.max(least.unwrap_or(f64::NEG_INFINITY)).min(value)),
        high: ends.map(|(_, high)| high.min(most.unwrap_or(f64::INFINITY)).max(value)),
    });
    Some(made.collect())
}

/// Student's 95 % interval of the mean of one column.
fn student_ends(rows: Rows<'_>, column: usize, mean: f64) -> Option<(f64, f64)> {
    let n = rows.len();
    let squares: f64 = rows.values.chunks_exact(rows.width).map(|row| (row[column] - mean).powi(2)).sum();
    let quantile = StudentsT::new(0.0, 1.0, (n - 1) as f64).ok()?.inverse_cdf(0.975);
    let half = quantile * (squares / ((n - 1) * n) as f64).sqrt();
    Some((mean - half, mean + half))
}

/// The p-quantile of sorted values, between neighbours as numpy's default ("linear") does; `None` without values.
pub fn percentile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = p * last as f64;
    let index = position.floor() as usize;
    let fraction = position - index as f64;
    let a = sorted[index];
    let b = sorted[(index + 1).min(last)];
    Some(if fraction < 0.5 { a + (b - a) * fraction } else { b - (b - a) * (1.0 - fraction) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        fields[0] = sum[0] / n;
        Some(())
    }

    #[test]
    fn a_small_sample_gets_students_interval() {
        let values = [0.2, 0.4, 0.5, 0.9];
        let range = [(Some(0.0), Some(1.0))];
        let made = intervals(Rows { values: &values, width: 1 }, true, &range, &Options::default(), mean);
        let interval = made.expect("four rows")[0];
        // 0.5 ± 3.182446305284263 (t, 3 degrees of freedom) × the standard error
        assert!((interval.value - 0.5).abs() < 1e-12);
        assert!((interval.low.expect("low") - 0.031_556_587_696_68).abs() < 1e-9, "{interval:?}");
        assert!((interval.high.expect("high") - 0.968_443_412_303_32).abs() < 1e-9, "{interval:?}");
    }

    #[test]
    fn one_article_has_no_interval() {
        let made = intervals(Rows { values: &[0.3], width: 1 }, true, &[(None, None)], &Options::default(), mean);
        assert_eq!(made.expect("a row")[0], Interval { value: 0.3, low: None, high: None });
    }
}
