//! Judges: where the scores of `[[metric]] backend = "…"` come from.
//!
//! A [`JudgeKind`] is a registry entry. Built from a metric's options it gives a [`Judge`], which is asked once an output. What it
//! answers is held to the metric's declaration by [`crate::metric::external`].

pub mod import;

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

use super::{Setup, SetupError, Trace, Unwritten};
use crate::model::{Article, Fact, Lang, Reference};

/// An output with what it is held against: what a judge is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The metric's name.
    pub metric: &'a str,
    /// The dataset's name.
    pub dataset: &'a str,
    /// The article.
    pub article: &'a Article,
    /// The system that wrote the output. A program is not told, so that it judges blind.
    pub system: &'a str,
    /// Which of the system's outputs for the article; a program is not told.
    pub sample: u32,
    /// The output.
    pub candidate: &'a str,
    /// Its language.
    pub lang: Option<&'a Lang>,
    /// The references.
    pub references: &'a [Reference],
    /// The article's checklist.
    pub facts: &'a [Fact],
    /// A seed of this article's own, derived from the run's seed and the metric.
    pub seed: u64,
    /// Set when the run is to end.
    pub stop: Option<&'a AtomicBool>,
}

impl Pair<'_> {
    /// Whether the run is to end.
    pub fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// What a judge answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// Scores, as they came: by field, or by metric and field.
    pub scores: Map<String, Value>,
    /// Why the question does not arise for this output, where it does not.
    pub not_applicable: Option<String>,
    /// Why, in its own words.
    pub note: Option<String>,
    /// How it came about.
    pub trace: Box<Trace>,
}

/// A source of scores.
pub trait Judge: Send + Sync {
    /// Scores one output. Never panics; whatever goes wrong is a failure of a kind.
    fn judge(&self, pair: &Pair<'_>) -> Result<Judged, Unwritten>;

    /// How many requests it wants at once, where it waits for an answer; `None` where it looks up.
    fn in_flight(&self) -> Option<usize> {
        None
    }

    /// Everything that shapes an answer, as the key under which it is kept. `None` where nothing is kept.
    fn identity(&self, _pair: &Pair<'_>) -> Option<Value> {
        None
    }

    /// A hash of what computes the scores (a program's files), where there is such a thing: what stands in the signature
    /// of a metric that declares no version.
    fn content(&self) -> Option<String> {
        None
    }

    /// What its user should know of how it is set up, in a line that names the metric.
    fn remark(&self) -> Option<String> {
        None
    }
}

/// A registry entry: a kind of judge.
pub struct JudgeKind {
    /// What a suite writes as `backend = "…"`.
    pub name: &'static str,
    /// Builds a judge; [`Setup::system`] is the metric's name.
    pub build: fn(&Setup<'_>) -> Result<Box<dyn Judge>, SetupError>,
}

/// Every kind of judge.
pub static KINDS: &[&JudgeKind] = &[&super::command::judge::KIND, &import::KIND];

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static JudgeKind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}
