//! Places in a text.

use serde::{Deserialize, Serialize};

/// A half-open range of Unicode scalar values in the text as given, with the text it covers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Span {
    /// Index of the first scalar value.
    pub start: usize,
    /// Index just past the last scalar value.
    pub end: usize,
    /// The covered text, exactly as it stands.
    pub text: String,
}
