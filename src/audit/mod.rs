//! Does a suite notice? Errors are put into good texts on purpose, and what notices them is counted.
//!
//! [`ERRORS`] are the kinds of error, each of which damages a text where it can ([`seed`]). [`measure()`] holds the scores of
//! damaged texts against those of the same texts undamaged, and says of every metric how far it moved, in how many texts, and
//! how many articles it would take to notice the error among texts that differ anyway: two people's good summaries of one
//! article differ, and a metric notices what stands out from that.

pub mod measure;
pub mod seed;

pub use measure::{Notice, measure};
pub use seed::{Case, ERRORS, ErrorKind, Seeded};

/// The schema name of `epitome audit --format json`.
pub const AUDIT_SCHEMA: &str = "epitome.audit/1";
