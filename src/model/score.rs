//! What a metric declares of its numbers.

use serde::{Deserialize, Serialize};

use super::Signature;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
    /// Neither: a description, not a judgement (length, compression).
    Neutral,
}

/// One number that a metric yields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldSpec {
    /// Its name within the metric: `f1`, `score`, `recall`.
    pub name: String,
    /// Which way is better.
    pub direction: Direction,
    /// Least and greatest possible value; `None` where it has no bound on that side.
    pub range: (Option<f64>, Option<f64>),
}

impl FieldSpec {
    /// A field from 0 to `max`, larger being better.
    pub fn higher(name: &str, max: f64) -> Self {
        FieldSpec { name: name.to_owned(), direction: Direction::Higher, range: (Some(0.0), Some(max)) }
    }

    /// A field from 0 up, smaller being better.
    pub fn lower(name: &str, max: Option<f64>) -> Self {
        FieldSpec { name: name.to_owned(), direction: Direction::Lower, range: (Some(0.0), max) }
    }

    /// A field from 0 up that judges nothing.
    pub fn neutral(name: &str, max: Option<f64>) -> Self {
        FieldSpec { name: name.to_owned(), direction: Direction::Neutral, range: (Some(0.0), max) }
    }
}

/// How items make a corpus figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// A row holds the item's own fields; the corpus figure is their mean over articles (samples of one
    /// article averaged first).
    Mean,
    /// A row holds counts; they are summed over the corpus, then scored (BLEU, chrF, TER, grounding).
    Pooled,
}

/// What one named metric of a run declares.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSpec {
    /// Its name in the suite: `rouge1`, or a variant's own name.
    pub name: String,
    /// The names of the numbers in a row, in order.
    pub columns: Vec<String>,
    /// The numbers a sum of rows is turned into, in order.
    pub fields: Vec<FieldSpec>,
    /// The field that a bare metric name means; `None` where fields are always addressed by name.
    pub headline: Option<usize>,
    /// How rows become a corpus figure.
    pub aggregation: Aggregation,
    /// One stratum a way of scoring that is never mixed with another (a tokenizer); most metrics have one,
    /// named `""`.
    pub strata: Vec<Stratum>,
}

/// Scores of one metric that may be averaged with each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// What tells it from the metric's other strata: the tokenizer's name, or nothing.
    pub name: String,
    /// What the numbers depend on.
    pub signature: Signature,
}
