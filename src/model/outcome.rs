//! A score is never a bare number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What came of an attempt to score something.
///
/// There is no NaN, no -1 and no silent 0: what is not a score says why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// The score.
    Scored(T),
    /// The question does not arise for this item (no reference, another language, …).
    NotApplicable(Reason),
    /// The question arose and the system failed to answer it.
    Failed(Failure),
    /// The question was not put (no key, budget spent, interrupted).
    NotEvaluated(Reason),
}

impl<T> Outcome<T> {
    /// The score, where there is one.
    pub fn scored(&self) -> Option<&T> {
        match self {
            Outcome::Scored(value) => Some(value),
            _ => None,
        }
    }

    /// Applies a function to the score, where there is one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Scored(value) => Outcome::Scored(f(value)),
            Outcome::NotApplicable(reason) => Outcome::NotApplicable(reason),
            Outcome::Failed(failure) => Outcome::Failed(failure),
            Outcome::NotEvaluated(reason) => Outcome::NotEvaluated(reason),
        }
    }
}

/// Why something has no score, for programs (`code`) and for people (`message`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// One line for a person, with what to do where something can be done.
    pub message: String,
}

impl Reason {
    /// A reason of a kind, in words.
    pub fn new(code: ReasonCode, message: impl Into<String>) -> Self {
        Reason { code, message: message.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

/// The kinds of reason for which something has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The article has no reference (or, for a human, no other reference) to compare with.
    NoReference,
    /// The article has no fact checklist.
    NoChecklist,
    /// There is no source text to compare with.
    NoSource,
    /// The tokenizer would drop more than 5 % of the letters and digits of a side.
    TokenizerLossy,
    /// The reference is in another language than the output.
    Language,
    /// The text gives the metric nothing to work on (no word, no figure).
    NothingToScore,
    /// The item was not reached before the run was interrupted.
    Interrupted,
    /// Left out by a filter.
    Filtered,
    /// An API key or another prerequisite of the system is absent.
    MissingKey,
    /// Not in the store, and the run was told not to ask (`--offline`).
    Offline,
    /// The budget was spent.
    Budget,
    /// The system failed on all of its first items, and was not asked further.
    GaveUp,
    /// No score came from outside, as nobody was asked, or the file holds none.
    NoScore,
    /// The data is private and does not go there.
    Private,
}

impl ReasonCode {
    /// The code as records spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            ReasonCode::NoReference => "no_reference",
            ReasonCode::NoChecklist => "no_checklist",
            ReasonCode::NoSource => "no_source",
            ReasonCode::TokenizerLossy => "tokenizer_lossy",
            ReasonCode::Language => "language",
            ReasonCode::NothingToScore => "nothing_to_score",
            ReasonCode::Interrupted => "interrupted",
            ReasonCode::Filtered => "filtered",
            ReasonCode::MissingKey => "missing_key",
            ReasonCode::Offline => "offline",
            ReasonCode::Budget => "budget",
            ReasonCode::GaveUp => "gave_up",
            ReasonCode::NoScore => "no_score",
            ReasonCode::Private => "private",
        }
    }
}

/// A system's failure on one item: a cell of the record, apart from scores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// One line for a person: the first words of the cause.
    pub message: String,
}

impl Failure {
    /// A failure of a kind, in words.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.message)
    }
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// `replay` holds no output for the item.
    MissingOutput,
    /// The system answered with nothing but white space.
    EmptyOutput,
    /// The time limit passed.
    Timeout,
    /// A process exited with an error, or died.
    Process,
    /// The network or the server failed.
    Transport,
    /// The server refused the request (an HTTP status that no retry mends).
    Status,
    /// The answer was not of the agreed form.
    Malformed,
    /// The model declined to answer.
    Refused,
    /// The answer was cut off.
    Truncated,
    /// The article does not fit the model's context.
    ContextExceeded,
    /// The answer was larger than allowed.
    TooLarge,
    /// A defect of epitome itself met on this item.
    Internal,
}

impl FailureKind {
    /// The kind as records spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureKind::MissingOutput => "missing_output",
            FailureKind::EmptyOutput => "empty_output",
            FailureKind::Timeout => "timeout",
            FailureKind::Process => "process",
            FailureKind::Transport => "transport",
            FailureKind::Status => "status",
            FailureKind::Malformed => "malformed",
            FailureKind::Refused => "refused",
            FailureKind::Truncated => "truncated",
            FailureKind::ContextExceeded => "context_exceeded",
            FailureKind::TooLarge => "too_large",
            FailureKind::Internal => "internal",
        }
    }
}
