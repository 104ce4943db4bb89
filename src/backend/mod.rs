//! Summarizer backends.
//!
//! A [`Kind`] is a registry entry. Built from a system's options it gives a [`Summarizer`], which is asked once an
//! article and sample, from several threads at once.

pub mod centrality;
pub mod clean;
pub mod command;
pub mod excerpt;
pub mod extract;
pub mod http;
pub mod judge;
pub mod lead;
pub mod lexrank;
pub mod measure;
pub mod oracle;
pub mod random;
pub mod replay;
pub mod secret;
pub mod terms;
pub mod textrank;
pub mod trace;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::{Article, Failure, Lang, Reason, ReasonCode, Reference};

use secret::Secrets;
pub use trace::{Estimate, Trace, Usage};

/// What a summarizer is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// The article; its language is known.
    pub article: &'a Article,
    /// The references; empty unless the summarizer declares that it sees them.
    pub references: &'a [Reference],
    /// Which of several samples, from 0.
    pub sample: u32,
    /// A seed of this item's own, derived from the run's seed, the system and the item.
    pub seed: u64,
    /// Set when the run is to end: what only waits (for its turn, for a retry) gives up.
    pub stop: Option<&'a AtomicBool>,
}

impl Request<'_> {
    /// Whether the run is to end.
    pub fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// What an item comes to that the end of the run came before.
    pub fn interrupted() -> Reason {
        Reason::new(ReasonCode::Interrupted, "the run was interrupted before an answer came")
    }
}

/// What a summarizer wrote.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// The summary.
    pub text: String,
    /// Its language, where the summarizer says; else the system's, else detected.
    pub lang: Option<Lang>,
    /// The text before cleaning, where that differs.
    pub raw: Option<String>,
    /// The names of the cleaning steps that changed it, in order.
    pub cleaned: Vec<&'static str>,
    /// How many characters (Unicode scalar values) of the article it was shown, where that was not all of it.
    pub shown: Option<usize>,
    /// How it came about.
    pub trace: Box<Trace>,
}

/// Why there is no summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Unwritten {
    /// The cause.
    pub cause: Cause,
    /// What was tried.
    pub trace: Box<Trace>,
}

/// Why a summarizer wrote nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It was asked and failed.
    Failed(Failure),
    /// It was not asked (no key), or the answer was not waited for (interrupted).
    NotAsked(Reason),
}

impl Cause {
    /// The cause, without the secrets that its message may hold.
    pub fn redacted(self, secrets: &Secrets) -> Self {
        match self {
            Cause::Failed(failure) => Cause::Failed(Failure { message: secrets.redact(failure.message), ..failure }),
            Cause::NotAsked(reason) => Cause::NotAsked(Reason { message: secrets.redact(reason.message), ..reason }),
        }
    }
}

impl From<Failure> for Unwritten {
    fn from(failure: Failure) -> Self {
        Unwritten { cause: Cause::Failed(failure), trace: Box::default() }
    }
}

impl From<Reason> for Unwritten {
    fn from(reason: Reason) -> Self {
        Unwritten { cause: Cause::NotAsked(reason), trace: Box::default() }
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Failed(failure) => failure.fmt(f),
            Cause::NotAsked(reason) => reason.fmt(f),
        }
    }
}

/// A summarizer under test.
pub trait Summarizer: Send + Sync {
    /// Summarizes one article. Never panics; whatever goes wrong is a failure of a kind.
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten>;

    /// How many requests it wants at once, where it spends its time waiting (for a server, for processes); `None`
    /// where it computes, and a thread a core is best.
    fn in_flight(&self) -> Option<usize> {
        None
    }

    /// Everything that shapes an output but the program's own version, as the key under which it is kept: the
    /// configuration, what is sent, the files that a command runs. No secret is in it. `None` where writing again
    /// costs less than keeping.
    fn identity(&self, _request: &Request<'_>) -> Option<serde_json::Value> {
        None
    }

    /// Whether its outputs are kept at all.
    fn keeps(&self) -> bool {
        true
    }

    /// Cleans an output that was kept as it came: the summary, and the names of the steps that changed it. Cleaning is no
    /// part of the identity, so that a changed step asks nobody again.
    fn clean(&self, raw: &str) -> (String, Vec<&'static str>) {
        (raw.to_owned(), Vec::new())
    }

    /// Why no request can be made at all (its key is not set), though outputs that were kept can be used.
    fn unavailable(&self) -> Option<Reason> {
        None
    }

    /// What its user should know of how it is set up, in a line that names the system.
    fn remark(&self) -> Option<String> {
        None
    }

    /// What a request is likely to take, where it costs something.
    fn estimate(&self, _request: &Request<'_>) -> Option<Estimate> {
        None
    }

    /// What shapes its outputs besides what the suite says, by content: hashes of the prompt and of the files that a
    /// command runs, so that a comparison can tell which was changed. Null where there is nothing.
    fn shape(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Whether it is shown the references (`oracle`). Such a system is left out of ranking and gates.
    fn sees_references(&self) -> bool {
        false
    }
}

/// What a backend is built from.
pub struct Setup<'a> {
    /// The system's full name, `name@version`.
    pub system: &'a str,
    /// Its options, as the suite writes them, without those that every system has.
    pub options: &'a toml::Table,
    /// The suite's folder, to which paths are relative.
    pub root: &'a Path,
}

impl Setup<'_> {
    /// Reads the options as a type that denies unknown fields.
    pub fn options<T: serde::de::DeserializeOwned>(&self) -> Result<T, SetupError> {
        serde_path_to_error::deserialize(self.options.clone())
            .map_err(|e| SetupError { path: e.path().to_string(), message: e.into_inner().message().to_owned() })
    }
}

/// A backend that cannot be built from its options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SetupError {
    /// The option, as a path within the system's table; empty or `.` for the whole.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl SetupError {
    /// An error about one option.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        SetupError { path: path.into(), message: message.into() }
    }
}

/// A registry entry: a kind of summarizer.
pub struct Kind {
    /// What a suite writes as `backend = "…"`.
    pub name: &'static str,
    /// One line on what it does.
    pub about: &'static str,
    /// The paper or program that defines it.
    pub source: &'static str,
    /// A system table that works, for help and `epitome list backends`.
    pub example: &'static str,
    /// Builds a summarizer.
    pub build: fn(&Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError>,
}

/// Every backend, in the order of help, docs and `epitome list backends`.
pub static KINDS: &[&Kind] = &[
    &lead::KIND,
    &textrank::KIND,
    &lexrank::KIND,
    &oracle::KIND,
    &random::KIND,
    &command::KIND,
    &http::KIND,
    &replay::KIND,
];

/// The backend of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|k| k.name == name)
}

/// The damping option of the backends that walk a graph: the share of steps along its edges, 0.85 where not given.
fn damping(option: Option<f64>) -> Result<f64, SetupError> {
    match option {
        None => Ok(0.85),
        Some(damping) if damping > 0.0 && damping < 1.0 => Ok(damping),
        Some(damping) => Err(SetupError {
            path: "damping".into(),
            message: format!("damping is a share between 0 and 1, exclusive, not {damping}"),
        }),
    }
}

#[cfg(test)]
mod tests;
