//! Configuration: what a user wrote ([`file`](mod@file)), and what it means ([`plan`](mod@plan)).
//!
//! Every error names file, line and column, and the nearest thing that would have been right.

pub mod document;
pub mod file;
pub mod judge;
pub mod plan;

pub use document::ConfigError;
pub use plan::Plan;
