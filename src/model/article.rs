//! Source articles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Lang;

/// A source article, as a dataset gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Article {
    /// Unique within its dataset.
    pub id: String,
    /// The article's text; never empty once loaded.
    pub source: String,
    /// Its language; detected on loading where the data does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// The headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The dateline (ISO 8601), which anchors relative dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Ties together the translations of one article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
    /// Free labels, for filters and slices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whatever else the data holds; carried along, never interpreted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, serde_json::Value>,
}
