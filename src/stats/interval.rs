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

/// A table of which figures with intervals are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a, F> {
    /// One row an article.
    pub rows: Rows<'a>,
    /// Whether the fields are means of the rows' own first columns (in order), for which samples under [`SMALL`] get
    /// Student's t interval; otherwise the percentile bootstrap (Efron 1979; Koehn 2004 for pooled metrics).
    pub means: bool,
    /// What bounds the ends, one a field.
    pub ranges: &'a [Range],
    /// Turns a sum of n rows into fields, or says that they define none.
    pub score: F,
}

/// Figures with intervals, one a field; `None` where there is no row, or the rows define no figure. The arguments are
/// those of [`Asked`].
pub fn intervals(
    rows: Rows<'_>,
    means: bool,
    ranges: &[Range],
    options: &Options,
    score: impl Fn(&[f64], f64, &mut [f64]) -> Option<()> + Sync,
) -> Option<Vec<Interval>> {
    intervals_together(&[Asked { rows, means, ranges, score }], options).pop().flatten()
}

/// The [`intervals`] of several tables. Those of equally many rows share their draws, as they would have the same ones
/// alone, and so most of the cost.
pub fn intervals_together<F>(asked: &[Asked<'_, F>], options: &Options) -> Vec<Option<Vec<Interval>>>
where
    F: Fn(&[f64], f64, &mut [f64]) -> Option<()> + Sync,
{
    let mut made: Vec<Option<Vec<Interval>>> = asked.iter().map(|_| None).collect();
    let mut drawn: Vec<(usize, Vec<f64>)> = Vec::new();
    for (index, Asked { rows, means, ranges, score }) in asked.iter().enumerate() {
        let n = rows.len();
        let mut values = vec![0.0; ranges.len()];
        if n == 0 || score(&rows.sum(), n as f64, &mut values).is_none() {
            continue;
        }
        if n < 2 {
            made[index] = Some(bounded(&values, &vec![None; ranges.len()], ranges));
        } else if *means && n < SMALL {
            let ends: Vec<_> = (0..ranges.len()).map(|field| student_ends(*rows, field, values[field])).collect();
            made[index] = Some(bounded(&values, &ends, ranges));
        } else {
            drawn.push((index, values));
        }
    }
    drawn.sort_by_key(|(index, _)| asked[*index].rows.len());
    for group in drawn.chunk_by(|(a, _), (b, _)| asked[*a].rows.len() == asked[*b].rows.len()) {
        let tables: Vec<_> = group.iter().map(|(index, _)| &asked[*index]).collect();
        for ((index, values), ends) in group.iter().zip(percentile_ends(&tables, options)) {
            made[*index] = Some(bounded(values, &ends, asked[*index].ranges));
        }
    }
    made
}

/// Figures with the ends of their intervals, which never leave the ranges nor shut out the figures.
fn bounded(values: &[f64], ends: &[Option<(f64, f64)>], ranges: &[Range]) -> Vec<Interval> {
    let bounded = values.iter().zip(ends).zip(ranges).map(|((&value, ends), &(least, most))| Interval {
        value,
        low: ends.map(|(low, _)| low.max(least.unwrap_or(f64::NEG_INFINITY)).min(value)),
        high: ends.map(|(_, high)| high.min(most.unwrap_or(f64::INFINITY)).max(value)),
    });
    bounded.collect()
}

/// The ends of the percentile bootstrap's intervals, by table and field. All have equally many rows.
fn percentile_ends<F>(tables: &[&Asked<'_, F>], options: &Options) -> Vec<Vec<Option<(f64, f64)>>>
where
    F: Fn(&[f64], f64, &mut [f64]) -> Option<()> + Sync,
{
    let n = tables.first().map_or(0, |table| table.rows.len());
    let width = tables.iter().map(|table| table.rows.width).sum();
    let row = |at: usize| {
        tables.iter().flat_map(move |table| &table.rows.values[at * table.rows.width..][..table.rows.width])
    };
    let beside: Vec<f64> = (0..n).flat_map(row).copied().collect();
    let draws = bootstrap(
        Rows { values: &beside, width },
        options.replicates,
        &Purpose::new(options.seed, "interval"),
        |mut sum| {
            let of_table = |table: &&Asked<'_, F>| {
                let (own, rest) = sum.split_at(table.rows.width);
                sum = rest;
                let mut fields = vec![0.0; table.ranges.len()];
                (table.score)(own, n as f64, &mut fields).map(|()| fields)
            };
            tables.iter().map(of_table).collect::<Vec<_>>()
        },
    );
    let ends = |(at, table): (usize, &&Asked<'_, F>)| {
        let of_field = |field: usize| {
            let mut column: Vec<f64> = draws.iter().filter_map(|draw| Some(draw[at].as_ref()?[field])).collect();
            column.sort_unstable_by(f64::total_cmp);
            Some((percentile(&column, 0.025)?, percentile(&column, 0.975)?))
        };
        (0..table.ranges.len()).map(of_field).collect()
    };
    tables.iter().enumerate().map(ends).collect()
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
    fn tables_together_have_the_intervals_that_each_has_alone() {
        for n in [1, 20, 40, 1_100] {
            let value = |i: usize| ((i * 7919) % 101) as f64;
            let (one, two): (Vec<f64>, Vec<f64>) = ((0..n).map(value).collect(), (0..2 * n + 14).map(value).collect());
            let range = [(None, None)];
            let tables = [(&one[..], 1), (&two[..2 * n], 2), (&two[..], 2), (&[][..], 1), (&one[..], 1)];
            let asked = tables.map(|(values, width)| Asked {
                rows: Rows { values, width },
                means: true,
                ranges: &range,
                score: mean,
            });
            let alone =
                asked.each_ref().map(|Asked { rows, .. }| intervals(*rows, true, &range, &Options::default(), mean));
            assert_eq!(intervals_together(&asked, &Options::default()), alone, "{n}");
        }
    }

    #[test]
    fn one_article_has_no_interval() {
        let made = intervals(Rows { values: &[0.3], width: 1 }, true, &[(None, None)], &Options::default(), mean);
        assert_eq!(made.expect("a row")[0], Interval { value: 0.3, low: None, high: None });
    }
}
