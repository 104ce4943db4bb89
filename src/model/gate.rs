//! Conditions that must hold for a change to be merged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[[gate]]`: a condition on a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// `name.field`; a bare name is its headline field.
    pub metric: String,
    /// A system by name, whatever the version, or by full name; every candidate where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// A group of facts, for `facts.recall` and `facts.contradicted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A dataset, instead of the whole corpus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// A language of articles, instead of the whole corpus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The figure must be at least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The figure must be at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The figure may be worse than the baseline's by at most this, in the metric's own direction and scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_drop: Option<f64>,
    /// What a drop that can be neither shown nor excluded means.
    #[serde(default)]
    pub on_inconclusive: OnInconclusive,
}

/// What an inconclusive gate means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnInconclusive {
    /// It is shown first, and passes.
    #[default]
    Warn,
    /// It fails.
    Fail,
}
