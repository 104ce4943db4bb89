//! Corpus figures of given pairs, outside any run.
//!
//! Pairs are observed anywhere and in any order, each to a [`Row`] of numbers. [`Observations`] takes the rows in one
//! order and makes the figures that a run's fold would make of them. Where there are too many rows for one fold, a
//! [`Partial`] adds them up exactly, whatever the order, and resamples as it goes.

use serde_json::{Map, Value, json};

use crate::metric::pair::PairScorer;
use crate::metric::{Metric, Rows};
use crate::model::record::Interval;
use crate::model::{Aggregation, MetricSpec, Outcome};
use crate::stats::interval::{Asked, Options, Range, intervals_together};
use crate::stats::poisson::Sums;
use crate::stats::resample;

pub use crate::stats::poisson::Sampling;

/// The schema of the answer.
const SCHEMA: &str = "epitome.aggregate/1";

/// What a pair adds: for each spec of each metric, in order, its stratum and numbers, or that it has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Seen>);

#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Scored(usize, Vec<f64>),
    NotApplicable,
    Failed,
}

impl Row {
    /// The row as bytes: for each spec its code and how many numbers follow (little-endian, 16 bits each), and the numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 36);
        for seen in &self.0 {
            let (code, values): (u16, &[f64]) = match seen {
                Seen::Scored(stratum, values) => (*stratum as u16, values),
                Seen::NotApplicable => (u16::MAX, &[]),
                Seen::Failed => (u16::MAX - 1, &[]),
            };
            bytes.extend(code.to_le_bytes());
            bytes.extend((values.len() as u16).to_le_bytes());
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Row::to_bytes`] wrote; `None` for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Row> {
        let mut reader = Reader(bytes);
        let mut row = Vec::new();
        while !reader.0.is_empty() {
            let (code, width) = (u16::from_le_bytes(reader.array()?), u16::from_le_bytes(reader.array()?));
            let values = (0..width).map(|_| reader.array().map(f64::from_le_bytes)).collect::<Option<Vec<f64>>>()?;
            row.push(match code {
                u16::MAX => Seen::NotApplicable,
                code if code == u16::MAX - 1 => Seen::Failed,
                stratum => Seen::Scored(stratum.into(), values),
            });
        }
        Some(Row(row))
    }
}

/// Bytes, from the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

/// A metric's spec, with what turns its rows into fields.
#[derive(Clone, Copy)]
struct Measure<'a> {
    metric: &'a dyn Metric,
    index: usize,
}

impl<'a> Measure<'a> {
    fn all(scorer: &'a PairScorer) -> impl Iterator<Item = Measure<'a>> {
        let metrics = scorer.metrics().iter().map(AsRef::as_ref);
        metrics.flat_map(|metric: &'a dyn Metric| (0..metric.specs().len()).map(move |index| Measure { metric, index }))
    }

    fn spec(self) -> &'a MetricSpec {
        &self.metric.specs()[self.index]
    }

    fn fits(self, seen: &Seen) -> bool {
        let spec = self.spec();
        match seen {
            Seen::Scored(stratum, values) => *stratum < spec.strata.len() && values.len() == spec.columns.len(),
            _ => true,
        }
    }

    fn ranges(self) -> Vec<Range> {
        self.spec().fields.iter().map(|field| field.range).collect()
    }

    /// The metric's name with its figures by stratum: at the top where one stratum scored, else under `strata`.
    fn told(self, strata: Vec<(String, Value)>, not_applicable: u64, failed: u64) -> (String, Value) {
        let mut figures = Map::new();
        match strata.as_slice() {
            [] => {
                figures.insert("n".to_owned(), 0.into());
            }
            [(name, Value::Object(only))] => {
                if !name.is_empty() {
                    figures.insert("stratum".to_owned(), name.as_str().into());
                }
                figures.extend(only.clone());
            }
            _ => {
                figures.insert("strata".to_owned(), Value::Object(strata.into_iter().collect()));
            }
        }
        figures.insert("not_applicable".to_owned(), not_applicable.into());
        figures.insert("failed".to_owned(), failed.into());
        (self.spec().name.clone(), Value::Object(figures))
    }

    /// One stratum's figures.
    fn figures(self, n: u64, made: &[Option<Interval>], signature: Value) -> Value {
        let spec = self.spec();
        let mut figures = Map::from_iter([("n".to_owned(), n.into())]);
        // What is pooled is no mean of anything.
        let value = if spec.aggregation == Aggregation::Mean { "mean" } else { "pooled" };
        // A field that no row speaks of is left out.
        for (field, made) in spec.fields.iter().zip(made).filter_map(|(field, made)| Some((field, (*made)?))) {
            let interval = made.low.zip(made.high).map(|(low, high)| [low, high]);
            figures.insert(field.name.clone(), json!({value: made.value, "interval": interval}));
        }
        figures.insert("signature".to_owned(), signature);
        Value::Object(figures)
    }
}

/// The rows of all pairs, in one order.
pub struct Observations<'a> {
    columns: Vec<Column<'a>>,
    pairs: u64,
}

/// All pairs' rows of one spec.
struct Column<'a> {
    measure: Measure<'a>,
    /// For each stratum the rows, one after the other.
    strata: Vec<Vec<f64>>,
    not_applicable: u64,
    failed: u64,
}

impl<'a> Observations<'a> {
    /// No rows, for some metrics.
    pub fn new(scorer: &'a PairScorer) -> Self {
        let column = |measure: Measure<'a>| Column {
            measure,
            strata: vec![Vec::new(); measure.spec().strata.len()],
            not_applicable: 0,
            failed: 0,
        };
        Observations { columns: Measure::all(scorer).map(column).collect(), pairs: 0 }
    }

    /// What the metrics observed of one pair.
    pub fn row(&self, rows: &[Rows]) -> Row {
        let mut metrics = rows.iter();
        let (mut current, mut at) = (None, 0);
        let seen = self.columns.iter().map(|column| {
            let Measure { index, .. } = column.measure;
            if index == 0 {
                (current, at) = (metrics.next(), 0);
            }
            let width = column.measure.spec().columns.len();
            let start = at;
            at += width;
            match current.map(|rows: &Rows| (&rows.observed[index], &rows.values[start..start + width])) {
                Some((Outcome::Scored(stratum), values)) => Seen::Scored(*stratum, values.to_vec()),
                Some((Outcome::Failed(_), _)) => Seen::Failed,
                _ => Seen::NotApplicable,
            }
        });
        Row(seen.collect())
    }

    /// Whether a row is one of these metrics.
    pub fn fits(&self, row: &Row) -> bool {
        row.0.len() == self.columns.len() && row.0.iter().zip(&self.columns).all(|(seen, c)| c.measure.fits(seen))
    }

    /// Adds the row of a further pair.
    pub fn push(&mut self, Row(row): Row) {
        self.pairs += 1;
        for (column, seen) in self.columns.iter_mut().zip(row) {
            match seen {
                Seen::Scored(stratum, values) => column.strata[stratum].extend(values),
                Seen::NotApplicable => column.not_applicable += 1,
                Seen::Failed => column.failed += 1,
            }
        }
    }

    /// The answer. `broken` pairs were passed over.
    pub fn aggregate(&self, seed: u64, replicates: usize, broken: u64) -> Value {
        let options = Options { seed, replicates };
        let ranges: Vec<Vec<Range>> = self.columns.iter().map(|column| column.measure.ranges()).collect();
        // A stratum each.
        let asked: Vec<_> = self
            .columns
            .iter()
            .zip(&ranges)
            .flat_map(|(column, ranges)| {
                let Measure { metric, index } = column.measure;
                let spec = column.measure.spec();
                column.strata.iter().map(move |rows| Asked {
                    rows: resample::Rows { values: rows, width: spec.columns.len() },
                    means: spec.aggregation == Aggregation::Mean,
                    ranges,
                    score: move |sum: &[f64], n: f64, fields: &mut [f64]| metric.fields(index, sum, n, fields),
                })
            })
            .collect();
        let mut made = intervals_together(&asked, &options).into_iter();
        let scores: Map<String, Value> =
            self.columns.iter().map(|column| column.aggregate(&options, &mut made)).collect();
        json!({"schema": SCHEMA, "pairs": self.pairs, "broken": broken, "scores": scores})
    }
}

impl Column<'_> {
    /// `made` holds the intervals of each stratum in turn.
    fn aggregate(&self, options: &Options, made: &mut impl Iterator<Item = Option<Vec<Interval>>>) -> (String, Value) {
        let spec = self.measure.spec();
        let strata = self.strata.iter().zip(&spec.strata).zip(made).filter(|((rows, _), _)| !rows.is_empty());
        let told = strata.map(|((rows, stratum), made)| {
            let n = (rows.len() / spec.columns.len()) as u64;
            let table = resample::Rows { values: rows, width: spec.columns.len() };
            let made = super::figures::asked(self.measure.metric, self.measure.index, table, options, made);
            let figures = self.measure.figures(n, &made, json!(stratum.signature));
            (stratum.name.clone(), figures)
        });
        self.measure.told(told.collect(), self.not_applicable, self.failed)
    }
}

/// Rows added up, and added up again for each Poisson resample. Partial sums of any parts in any order join to the same
/// bits. Where one fold's intervals come from drawing rows, these come from weighting each by its id, and say so in the
/// signature: `resampling:poisson`, `sum:fixed64`.
pub struct Partial<'a> {
    columns: Vec<Added<'a>>,
    pairs: u64,
    sampling: Sampling,
}

/// What is added up of one spec.
struct Added<'a> {
    measure: Measure<'a>,
    strata: Vec<Option<Sums>>,
    not_applicable: u64,
    failed: u64,
}

impl<'a> Partial<'a> {
    /// Nothing yet, for some metrics.
    pub fn new(scorer: &'a PairScorer, sampling: Sampling) -> Self {
        let column = |measure: Measure<'a>| Added {
            measure,
            strata: vec![None; measure.spec().strata.len()],
            not_applicable: 0,
            failed: 0,
        };
        Partial { columns: Measure::all(scorer).map(column).collect(), pairs: 0, sampling }
    }

    /// Whether a row is one of these metrics.
    pub fn fits(&self, row: &Row) -> bool {
        row.0.len() == self.columns.len() && row.0.iter().zip(&self.columns).all(|(seen, c)| c.measure.fits(seen))
    }

    /// Adds the row of the pair with an id. The same id twice is two pairs of like weight: ids should be unique.
    pub fn add(&mut self, id: &str, Row(row): &Row) {
        self.pairs += 1;
        let weights = self.sampling.weights(id);
        for (column, seen) in self.columns.iter_mut().zip(row) {
            match seen {
                Seen::Scored(stratum, values) => {
                    let sums = column.strata[*stratum].get_or_insert_with(|| Sums::new(values.len(), weights.len()));
                    sums.add(values, &weights);
                }
                Seen::NotApplicable => column.not_applicable += 1,
                Seen::Failed => column.failed += 1,
            }
        }
    }

    /// The partial sums as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.pairs.to_le_bytes().to_vec();
        for column in &self.columns {
            bytes.extend(column.not_applicable.to_le_bytes());
            bytes.extend(column.failed.to_le_bytes());
            for sums in &column.strata {
                let body = sums.as_ref().map(Sums::to_bytes).unwrap_or_default();
                bytes.extend((body.len() as u64).to_le_bytes());
                bytes.extend(body);
            }
        }
        bytes
    }

    /// Adds what another [`Partial::to_bytes`] wrote. `None`, and nothing is to be used further, for other bytes.
    pub fn join(&mut self, bytes: &[u8]) -> Option<()> {
        let mut reader = Reader(bytes);
        self.pairs += reader.number()?;
        for column in &mut self.columns {
            column.not_applicable += reader.number()?;
            column.failed += reader.number()?;
            let width = column.measure.spec().columns.len();
            for slot in &mut column.strata {
                let length = usize::try_from(reader.number()?).ok()?;
                let (body, rest) = reader.0.split_at_checked(length)?;
                reader.0 = rest;
                if !body.is_empty() {
                    let other = Sums::from_bytes(body, width, self.sampling.replicates)?;
                    match slot {
                        Some(sums) => sums.join(&other),
                        None => *slot = Some(other),
                    }
                }
            }
        }
        reader.0.is_empty().then_some(())
    }

    /// The answer.
    pub fn aggregate(&self) -> Value {
        let told = |column: &Added<'_>| {
            let measure = column.measure;
            let scored = column.strata.iter().zip(&measure.spec().strata).filter_map(|(s, d)| Some((s.as_ref()?, d)));
            let strata = scored.map(|(sums, declared)| {
                let signature = declared.signature.clone().with("resampling", "poisson").with("sum", "fixed64");
                let score = |sum: &[f64], n: f64, to: &mut [f64]| measure.metric.fields(measure.index, sum, n, to);
                let made = sums.intervals(&measure.ranges(), score).unwrap_or_default();
                let asked = |at: usize| match measure.metric.present(measure.index, at) {
                    Some((column, _)) => sums.total(column) > 0.0,
                    None => true,
                };
                let made: Vec<_> = made.into_iter().enumerate().map(|(at, made)| asked(at).then_some(made)).collect();
                (declared.name.clone(), measure.figures(sums.rows(), &made, json!(signature)))
            });
            measure.told(strata.collect(), column.not_applicable, column.failed)
        };
        let scores: Map<String, Value> = self.columns.iter().map(told).collect();
        json!({"schema": SCHEMA, "pairs": self.pairs, "broken": 0, "scores": scores})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricRequest;
    use crate::metric::pair::Pair;

    fn scorer() -> PairScorer {
        PairScorer::new(&["rouge1", "bleu"].map(MetricRequest::plain)).expect("metrics")
    }

    fn rows(scorer: &PairScorer) -> Vec<(String, Row)> {
        let (all, mut session) = (Observations::new(scorer), scorer.session());
        let texts = ["the cat sat on the mat", "a dog ran far away from here", "", "捷運新線明年三月通車"];
        let one = |i: usize| {
            let (candidate, reference) = (texts[i % 4], texts[(i * 7 + i / 5) % 4]);
            session.score(&Pair::new(candidate, (i % 11 != 3).then_some(reference)));
            (format!("pair {i}"), all.row(session.rows()))
        };
        (0..60).map(one).collect()
    }

    #[test]
    fn rows_go_through_bytes_unchanged() {
        let scorer = scorer();
        for (_, row) in rows(&scorer) {
            assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        }
        assert_eq!(Row::from_bytes(&[1, 2, 3]), None);
    }

    #[test]
    fn partial_sums_join_to_the_same_bits_whatever_the_parts() {
        let scorer = scorer();
        let rows = rows(&scorer);
        let sampling = Sampling { seed: 3, replicates: 50 };
        let whole = |order: &mut dyn Iterator<Item = usize>, parts: usize| {
            let mut made: Vec<Partial<'_>> = (0..parts).map(|_| Partial::new(&scorer, sampling)).collect();
            for (turn, at) in order.enumerate() {
                made[turn % parts].add(&rows[at].0, &rows[at].1);
            }
            let mut all = Partial::new(&scorer, sampling);
            made.iter().for_each(|part| all.join(&part.to_bytes()).expect("bytes of a part"));
            all.aggregate()
        };
        let forward = whole(&mut (0..rows.len()), 1);
        assert_eq!(forward, whole(&mut (0..rows.len()).rev(), 7));
        assert_eq!(forward["scores"]["rouge1"]["strata"]["rouge"]["signature"]["resampling"], "poisson");
        let mut folded = Observations::new(&scorer);
        rows.into_iter().for_each(|(_, row)| folded.push(row));
        let (one, other) = (folded.aggregate(3, 50, 0), &forward);
        for stratum in ["rouge", "han"] {
            let mean = |answer: &Value| answer["scores"]["rouge1"]["strata"][stratum]["f1"]["mean"].as_f64();
            let (a, b) = (mean(&one).expect("a mean"), mean(other).expect("a mean"));
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }
}
