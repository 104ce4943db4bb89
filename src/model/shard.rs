//! What the run of a shard leaves beside its record, so that shards can be joined: wire types of `shard.jsonl`.
//!
//! The first line is a [`ShardHeader`]; a [`ShardRow`] follows for each line of `items.jsonl`, in the same order. A row
//! holds the numbers as they were observed, from which the one fold makes the figures of all shards together.

use serde::{Deserialize, Serialize};

use super::{Failure, ItemKey, Outcome};

/// The schema name of `shard.jsonl`.
pub const SHARD_SCHEMA: &str = "epitome.shard/1";

/// The first line of `shard.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardHeader {
    /// Always [`SHARD_SCHEMA`].
    pub schema: String,
    /// Which shard, counted from 1.
    pub shard: u32,
    /// Of how many.
    pub of: u32,
    /// What was chosen of the suite before it was divided; null where that is all.
    pub filtered: Option<String>,
    /// Rows that follow.
    pub items: u64,
    /// Systems in the order of the record, each with the items that it was to make here.
    pub planned: Vec<(String, u64)>,
}

/// What the fold needs of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardRow {
    /// Which item.
    #[serde(flatten)]
    pub key: ItemKey,
    /// The article's language tag; empty where it has none.
    pub lang: String,
    /// Whether the system was asked at all.
    pub finished: bool,
    /// The numbers of all metrics, one after the other.
    pub values: Vec<f64>,
    /// By metric, its stratum or why there is no score.
    pub observed: Vec<Outcome<usize>>,
    /// Fact verdicts by group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupTally>,
    /// Fact verdicts by kind of fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<GroupTally>,
    /// The numbers by the matcher alone, where people ruled otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matcher: Option<Vec<f64>>,
    /// Why the system has no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// One item's fact verdicts in one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupTally {
    /// The group; empty for facts without one.
    pub group: String,
    /// Facts judged covered.
    pub covered: u64,
    /// Facts judged missing.
    pub missing: u64,
    /// Facts judged contradicted.
    pub contradicted: u64,
    /// Sum of the facts' weights.
    pub weight: f64,
    /// Of it, the weight of those covered.
    pub weight_covered: f64,
    /// Sum of the facts' scores, weighted.
    #[serde(default)]
    pub soft: f64,
}
