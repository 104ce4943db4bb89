//! Corpus figures of one metric, each with its interval.

use crate::metric::Metric;
use crate::model::Aggregation;
use crate::model::record::Interval;
use crate::stats::interval::{Options, Range, intervals};
use crate::stats::resample::Rows;

/// The figures of a spec's rows (one an article), one a field in its order. `None` for a field that no row speaks of, and
/// for all where the rows define no figure.
pub fn figures(metric: &dyn Metric, index: usize, rows: Rows<'_>, options: &Options) -> Vec<Option<Interval>> {
    let spec = &metric.specs()[index];
    let ranges: Vec<Range> = spec.fields.iter().map(|f| f.range).collect();
    let means = spec.aggregation == Aggregation::Mean && spec.columns.len() >= spec.fields.len();
    let score = |sum: &[f64], n: f64, fields: &mut [f64]| metric.fields(index, sum, n, fields);
    let made = intervals(rows, means, &ranges, options, score);
    asked(metric, index, rows, options, made)
}

/// Figures that were made of all rows, with those of fields that not every row speaks of made of the rows that do.
pub(super) fn asked(
    metric: &dyn Metric,
    index: usize,
    rows: Rows<'_>,
    options: &Options,
    made: Option<Vec<Interval>>,
) -> Vec<Option<Interval>> {
    let spec = &metric.specs()[index];
    let ranges: Vec<Range> = spec.fields.iter().map(|f| f.range).collect();
    let means = spec.aggregation == Aggregation::Mean && spec.columns.len() >= spec.fields.len();
    let score = |sum: &[f64], n: f64, fields: &mut [f64]| metric.fields(index, sum, n, fields);
    let of = |rows: Rows<'_>| intervals(rows, means, &ranges, options, score);
    let field = |at: usize| {
        let Some((column, _)) = metric.present(index, at) else { return made.as_ref().map(|made| made[at]) };
        // Only the articles that the field speaks of are drawn from.
        let speaking = rows.values.chunks_exact(rows.width).filter(|row| row[column] > 0.0);
        let values: Vec<f64> = speaking.flatten().copied().collect();
        of(Rows { values: &values, width: rows.width }).map(|made| made[at])
    };
    (0..spec.fields.len()).map(field).collect()
}
