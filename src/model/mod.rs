//! The domain's nouns, and the wire types that carry them.
//!
//! Nothing here computes a score. Domain types ([`Article`], [`Fact`], [`Outcome`], …) are what the rest of
//! the program speaks; [`record`] holds the versioned documents a run leaves behind.

pub mod article;
pub mod baseline;
pub mod count;
pub mod decision;
pub mod fact;
pub mod gate;
pub mod lang;
pub mod outcome;
pub mod output;
pub mod record;
pub mod reference;
pub mod score;
pub mod shard;
pub mod signature;
pub mod span;

pub use article::Article;
pub use count::count;
pub use decision::{Decision, Ruling};
pub use fact::{
    Fact, FactJudgement, FactKind, FactReport, NameJudgement, Quantity, QuantityJudgement, Support, Verdict,
};
pub use gate::{Gate, InSamples, OnInconclusive};
pub use lang::Lang;
pub use outcome::{Failure, FailureKind, Outcome, Reason, ReasonCode};
pub use output::{ItemKey, Output, split_version};
pub use reference::Reference;
pub use score::{Aggregation, Direction, FieldSpec, MetricSpec};
pub use signature::Signature;
pub use span::Span;
