//! `--aggregate`: one object for all pairs.

use epitome::metric::pair::PairScorer;
use epitome::metric::{Metric, Rows};
use epitome::model::{Aggregation, Outcome};
use epitome::stats::interval::{Options, intervals};
use epitome::stats::resample;
use serde_json::{Map, Value, json};

/// The schema of the answer.
const SCHEMA: &str = "epitome.aggregate/1";

/// What a pair adds: for each spec of each metric, in order, its stratum and numbers, or that it has none.
pub struct Row(Vec<Seen>);

enum Seen {
    Scored(usize, Vec<f64>),
    NotApplicable,
    Failed,
}

/// The rows of all pairs.
pub struct Table<'a> {
    columns: Vec<Column<'a>>,
    pairs: u64,
}

/// All pairs' rows of one spec.
struct Column<'a> {
    metric: &'a dyn Metric,
    spec: usize,
    /// For each stratum the rows, one after the other.
    strata: Vec<Vec<f64>>,
    not_applicable: u64,
    failed: u64,
}

impl<'a> Table<'a> {
    /// An empty table for some metrics.
    pub fn new(scorer: &'a PairScorer) -> Self {
        let of_metric = |metric: &'a dyn Metric| {
            metric.specs().iter().enumerate().map(move |(spec, declared)| Column {
                metric,
                spec,
                strata: vec![Vec::new(); declared.strata.len()],
                not_applicable: 0,
                failed: 0,
            })
        };
        Table { columns: scorer.metrics().iter().map(AsRef::as_ref).flat_map(of_metric).collect(), pairs: 0 }
    }

    /// What the metrics observed of one pair.
    pub fn row(&self, rows: &[Rows]) -> Row {
        let mut metrics = rows.iter();
        let (mut current, mut at) = (None, 0);
        let seen = self.columns.iter().map(|column| {
            if column.spec == 0 {
                (current, at) = (metrics.next(), 0);
            }
            let width = column.metric.specs()[column.spec].columns.len();
            let start = at;
            at += width;
            match current.map(|rows: &Rows| (&rows.observed[column.spec], &rows.values[start..start + width])) {
                Some((Outcome::Scored(stratum), values)) => Seen::Scored(*stratum, values.to_vec()),
                Some((Outcome::Failed(_), _)) => Seen::Failed,
                _ => Seen::NotApplicable,
            }
        });
        Row(seen.collect())
    }

    /// Adds the rows of further pairs, in input order.
    pub fn extend(&mut self, rows: Vec<Row>) {
        for Row(row) in rows {
            self.pairs += 1;
            for (column, seen) in self.columns.iter_mut().zip(row) {
                match seen {
                    Seen::Scored(stratum, values) => column.strata[stratum].extend(values),
                    Seen::NotApplicable => column.not_applicable += 1,
                    Seen::Failed => column.failed += 1,
                }
            }
        }
    }

    /// The answer.
    pub fn aggregate(&self, seed: u64, broken: u64) -> Value {
        let scores: Map<String, Value> = self.columns.iter().map(|column| column.aggregate(seed)).collect();
        json!({"schema": SCHEMA, "pairs": self.pairs, "broken": broken, "scores": scores})
    }
}

impl Column<'_> {
    /// The metric's name with its figures: at the top where one stratum scored, else under `strata`.
    fn aggregate(&self, seed: u64) -> (String, Value) {
        let spec = &self.metric.specs()[self.spec];
        let mut figures = Map::new();
        let mut strata = Map::new();
        for (rows, stratum) in self.strata.iter().zip(&spec.strata) {
            if !rows.is_empty() {
                strata.insert(stratum.name.clone(), self.figures(rows, seed, &stratum.signature));
            }
        }
        if strata.len() == 1
            && let Some((name, Value::Object(only))) = strata.iter().next()
        {
            if !name.is_empty() {
                figures.insert("stratum".to_owned(), name.as_str().into());
            }
            figures.extend(only.clone());
        } else if strata.is_empty() {
            figures.insert("n".to_owned(), 0.into());
        } else {
            figures.insert("strata".to_owned(), Value::Object(strata));
        }
        figures.insert("not_applicable".to_owned(), self.not_applicable.into());
        figures.insert("failed".to_owned(), self.failed.into());
        (spec.name.clone(), Value::Object(figures))
    }

    fn figures(&self, rows: &[f64], seed: u64, signature: &epitome::model::Signature) -> Value {
        let spec = &self.metric.specs()[self.spec];
        let rows = resample::Rows { values: rows, width: spec.columns.len() };
        let ranges: Vec<_> = spec.fields.iter().map(|field| field.range).collect();
        let mean = spec.aggregation == Aggregation::Mean;
        let options = Options { seed, ..Options::default() };
        let fields = |sum: &[f64], n: f64, fields: &mut [f64]| self.metric.fields(self.spec, sum, n, fields);
        let mut figures = Map::from_iter([("n".to_owned(), rows.len().into())]);
        for (field, made) in
            spec.fields.iter().zip(intervals(rows, mean, &ranges, &options, fields).unwrap_or_default())
        {
            let interval = made.low.zip(made.high).map(|(low, high)| [low, high]);
            // What is pooled is no mean of anything.
            let value = if mean { "mean" } else { "pooled" };
            figures.insert(field.name.clone(), json!({value: made.value, "interval": interval}));
        }
        figures.insert("signature".to_owned(), json!(signature));
        Value::Object(figures)
    }
}
