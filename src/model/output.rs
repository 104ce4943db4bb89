//! What summarizers write.

use serde::{Deserialize, Serialize};

use super::Lang;

/// Splits `name@version` at the last `@`.
pub fn split_version(id: &str) -> (&str, Option<&str>) {
    match id.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => (name, Some(version)),
        _ => (id, None),
    }
}

/// The identity of one item of a run: which article, by which system, which sample of it.
///
/// The derived order is the canonical order of records.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ItemKey {
    /// The dataset's name.
    pub dataset: String,
    /// The article's id within it.
    pub id: String,
    /// The system, as `name@version`.
    pub system: String,
    /// Which of several samples, from 0.
    #[serde(default)]
    pub sample: u32,
}

/// A summary by a system, as output files hold it and `replay` reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Output {
    /// The dataset's name; any dataset where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The article's id.
    pub id: String,
    /// The system, as `name@version`.
    pub system: String,
    /// Which of several samples, from 0.
    #[serde(default)]
    pub sample: u32,
    /// The summary; null where the system failed.
    pub summary: Option<String>,
    /// The summary's language, where the data says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
}
