//! Human reference summaries.

use serde::{Deserialize, Serialize};

use super::Lang;

/// A summary of an article written by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reference {
    /// The article it summarizes.
    pub id: String,
    /// The summary; never empty once loaded.
    pub summary: String,
    /// Who wrote it, where the data says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotator: Option<String>,
    /// Its language; the article's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
}
