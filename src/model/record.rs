//! The documents a run leaves behind: wire types, versioned.
//!
//! Every document carries `"schema": "epitome.<kind>/1"`. What differs between two runs of the same suite, seed
//! and outputs stands under `environment` and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Aggregation, FactJudgement, FactKind, Failure, FieldSpec, ItemKey, Lang, NameJudgement, QuantityJudgement, Reason,
    Signature,
};

/// `run.json`: a whole run, but for its items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RunRecord {
    /// Always [`RUN_SCHEMA`].
    pub schema: String,
    /// The suite's name.
    pub suite: String,
    /// Whether every item was reached; if not, why (interrupted, filtered).
    pub complete: Completeness,
    /// The suite as resolved.
    pub plan: serde_json::Value,
    /// The datasets, in suite order.
    pub datasets: Vec<DatasetRecord>,
    /// The systems, in suite order; the human row last.
    pub systems: Vec<SystemRecord>,
    /// The metrics, in column order.
    pub metrics: Vec<MetricRecord>,
    /// Corpus figures: system by metric, stratum and slice.
    pub aggregates: Vec<Aggregate>,
    /// Fact verdicts counted by group: system by group.
    pub groups: Vec<GroupCount>,
    /// Fact verdicts counted by the kind of fact, which stands in place of the group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<GroupCount>,
    /// Failures counted by system and kind.
    pub failures: Vec<FailureCount>,
    /// What became of people's decisions; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<DecisionsRecord>,
    /// What does not make the record: where, when, how fast.
    pub environment: serde_json::Value,
}

/// The schema name of [`RunRecord`].
pub const RUN_SCHEMA: &str = "epitome.run/1";

/// How much of the plan was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Completeness {
    /// Items of the plan.
    pub planned: u64,
    /// Items that ended, as an output or a failure.
    pub finished: u64,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// What was chosen of the suite's articles and systems, where that is not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filtered: Option<String>,
    /// What the reader should know of the input: warnings that loading gave, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A dataset as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DatasetRecord {
    /// Its name.
    pub name: String,
    /// Number of articles.
    pub articles: u64,
    /// Number of references.
    pub references: u64,
    /// Number of facts that count.
    pub facts: u64,
    /// Number of facts that are drafts.
    pub draft_facts: u64,
    /// Articles by language tag.
    pub languages: BTreeMap<String, u64>,
    /// Hash of the articles, as read.
    pub source_hash: String,
    /// Hash of the references, as read.
    pub reference_hash: String,
    /// Hash of the checklists, as read.
    pub fact_hash: String,
    /// Hash of people's decisions, as read; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_hash: Option<String>,
}

/// What a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    /// A summarizer under test: ranked and gated.
    Candidate,
    /// Shown the references: a ceiling, out of ranking and gates.
    Oracle,
    /// The annotators, each held against the others: a yardstick, out of ranking and gates. Its samples are the
    /// article's annotators, in order.
    Human,
}

/// A system of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SystemRecord {
    /// Its full name, `name@version`; `human` for the annotators.
    pub id: String,
    /// The part before the last `@`.
    pub name: String,
    /// The part after the last `@`, where there is one.
    pub version: Option<String>,
    /// What the row is.
    pub kind: SystemKind,
    /// Its backend's name; `human` for the annotators.
    pub backend: String,
}

/// A metric of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MetricRecord {
    /// Its name in the suite.
    pub name: String,
    /// Its fields, in order.
    pub fields: Vec<FieldSpec>,
    /// The field that the bare name means.
    pub headline: Option<String>,
    /// How items make a corpus figure.
    pub aggregation: Aggregation,
    /// Signature by stratum (`""` for the only one).
    pub signatures: BTreeMap<String, Signature>,
}

impl MetricRecord {
    /// The spec of a field.
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|f| f.name == name)
    }
}

/// A corpus figure of one system, metric, stratum and slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Aggregate {
    /// The system's full name.
    pub system: String,
    /// The metric's name.
    pub metric: String,
    /// The metric's stratum; absent where it has one only, or for what no stratum could score.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stratum: String,
    /// The part of the corpus: `dataset:NAME` or `lang:TAG`; absent for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// Articles with at least one scored item: the n of the interval.
    pub articles: u64,
    /// What became of the items.
    pub counts: Counts,
    /// The fields; empty where nothing was scored.
    pub fields: BTreeMap<String, Interval>,
    /// Why items were not scored: how many for each reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CountedReason>,
}

/// Items counted by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Counts {
    /// With a score.
    pub scored: u64,
    /// Where the question does not arise.
    pub not_applicable: u64,
    /// Where the system, or the metric, failed.
    pub failed: u64,
    /// Not reached.
    pub not_evaluated: u64,
}

/// A figure with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Interval {
    /// The figure over all scored articles.
    pub value: f64,
    /// Lower end of the 95 % interval; null with fewer than two articles.
    pub low: Option<f64>,
    /// Upper end, likewise.
    pub high: Option<f64>,
}

/// A reason and how often it held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountedReason {
    /// `not_applicable`, `failed` or `not_evaluated`.
    pub status: String,
    /// The reason's code.
    pub code: String,
    /// How many items.
    pub items: u64,
    /// The message of the first of them.
    pub message: String,
}

/// Fact verdicts of one system in one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GroupCount {
    /// The system's full name.
    pub system: String,
    /// The dataset's name.
    pub dataset: String,
    /// The group; empty for facts without one.
    pub group: String,
    /// Items that have facts of this group.
    pub items: u64,
    /// Facts judged covered.
    pub covered: u64,
    /// Facts judged missing.
    pub missing: u64,
    /// Facts judged contradicted.
    pub contradicted: u64,
    /// Mean over those items of the weighted share covered.
    pub recall: f64,
    /// Mean over those items of the weighted mean score.
    #[serde(default)]
    pub soft: f64,
}

/// Failures of one system and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FailureCount {
    /// The system's full name.
    pub system: String,
    /// Items the system was asked for.
    pub items: u64,
    /// The kind.
    pub kind: String,
    /// How many.
    pub failed: u64,
    /// The first one's message, and its article.
    pub example: String,
}

/// What became of people's decisions in a run, and what the matcher alone would have scored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DecisionsRecord {
    /// Decisions of the files; of several on one matter the last.
    pub made: u64,
    /// Of these, applied to at least one output.
    pub applied: u64,
    /// Of the applied, those with which the matcher agrees.
    pub agreed: u64,
    /// Decisions on systems, articles or samples that this run did not take.
    pub elsewhere: u64,
    /// Decisions whose output, fact or article has changed; none of them is applied.
    pub stale: Vec<StaleDecision>,
    /// Corpus figures by the matcher alone, for the systems and metrics that decisions touch.
    pub without: Vec<Aggregate>,
}

/// A decision that is not applied, because what it was made on has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StaleDecision {
    /// The dataset's name.
    pub dataset: String,
    /// File and line.
    pub place: String,
    /// The article's id.
    pub article: String,
    /// The fact's id, or the figure as written.
    pub subject: String,
    /// What has changed.
    pub reason: String,
}

/// Why a metric of an item has no score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Unscored {
    /// `not_applicable`, `failed` or `not_evaluated`.
    pub status: String,
    /// The reason's code.
    pub code: String,
    /// The reason in words.
    pub message: String,
}

impl Unscored {
    /// The wire form of a reason for which a question does not arise.
    pub fn not_applicable(reason: &Reason) -> Self {
        Unscored { status: "not_applicable".into(), code: reason.code.as_str().into(), message: reason.message.clone() }
    }

    /// The wire form of a failure.
    pub fn failed(failure: &Failure) -> Self {
        Unscored { status: "failed".into(), code: failure.kind.as_str().into(), message: failure.message.clone() }
    }

    /// The wire form of a reason for which a question was not put.
    pub fn not_evaluated(reason: &Reason) -> Self {
        Unscored { status: "not_evaluated".into(), code: reason.code.as_str().into(), message: reason.message.clone() }
    }
}

/// A line of `items.jsonl`: one output with all that is said of it. A superset of [`super::Output`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ItemRecord {
    /// Which item.
    #[serde(flatten)]
    pub key: ItemKey,
    /// The annotator, for an item of the human row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotator: Option<String>,
    /// The output's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// What the article is, as far as items are told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleTraits>,
    /// The output; null where the system failed or was not asked.
    pub summary: Option<String>,
    /// The output before cleaning, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The cleaning steps that changed it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleaned: Vec<String>,
    /// How many characters of the article the system was shown, where that was not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<usize>,
    /// Why there is no output, where the system was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Why the system was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_evaluated: Option<Reason>,
    /// Scores by metric and field; null for a metric without a score.
    pub scores: BTreeMap<String, Option<BTreeMap<String, f64>>>,
    /// Why a metric has no score.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unscored: BTreeMap<String, Unscored>,
    /// What a reader should know of a score: which rule a check broke.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, String>,
    /// The stratum of metrics that have several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub strata: BTreeMap<String, String>,
    /// The counts of pooled metrics, from which a corpus figure can be made again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub statistics: BTreeMap<String, Vec<f64>>,
    /// Fact verdicts, where the article has a checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Vec<ItemFact>>,
    /// The figures, held against the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<Vec<QuantityJudgement>>,
    /// Known names, held against the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<NameJudgement>,
    /// What does not make the record.
    pub environment: serde_json::Value,
}

/// What a record keeps of an article with each of its items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ArticleTraits {
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// What ties it to its translations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The beginning of the SHA-256 of its source text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A fact's verdict in a record, with what a reader needs of the fact itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ItemFact {
    /// The verdict.
    #[serde(flatten)]
    pub judgement: FactJudgement,
    /// The claim.
    pub claim: String,
    /// What kind of head it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FactKind>,
    /// The fact's group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its weight.
    pub weight: f64,
    /// Whether no acceptable summary leaves it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must: bool,
    /// Whether it is a draft, which counts in no figure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// Whether the article says it only beyond what the system was shown of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_cut: bool,
}
