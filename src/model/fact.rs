//! Facts of a checklist, quantities in text, and what is said of both.
//!
//! The shapes are those of the contract; `docs` of the verdicts' meaning stand in [`crate::fact`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Span;

/// The kinds of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A number with what it is said of.
    Quantity,
    /// A date or time.
    Date,
    /// A party, place or other name in a role.
    Entity,
    /// A proposal or other enumerated point.
    Point,
    /// Any other statement.
    Statement,
}

impl FactKind {
    /// As checklists spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            FactKind::Quantity => "quantity",
            FactKind::Date => "date",
            FactKind::Entity => "entity",
            FactKind::Point => "point",
            FactKind::Statement => "statement",
        }
    }
}

/// One atomic claim that a good summary of an article may preserve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The article it belongs to; implied where the file is the article's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub article: String,
    /// Unique within its article.
    pub id: String,
    /// What kind of head the claim has.
    pub kind: FactKind,
    /// The claim, one sentence in the article's language. Enough by itself.
    pub claim: String,
    /// A label by which facts are counted together (`proposals`, `pledges`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How much it counts; 1 by default.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: f64,
    /// A fact no acceptable summary leaves out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must: bool,
    /// `draft` facts are reported and gate nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FactStatus>,
    /// Other names of the claim's head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Phrases that cover the fact outright.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
    /// At least one must be present.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<String>,
    /// All must be present.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<String>,
    /// Any present contradicts the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<String>,
    /// The head's value, where the claim's own reading is to be overruled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<FactValue>,
    /// The head's unit, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The claim in other languages, by tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
}

/// Whether a person has checked a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactStatus {
    /// Proposed by `facts draft`, not yet read by a person.
    Draft,
    /// Read and accepted.
    Checked,
}

/// A value given as a number or as text (`a/b`, `lo..hi`, an ISO date).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum FactValue {
    /// A plain number.
    Number(serde_json::Number),
    /// Anything else, as the contract writes values.
    Text(String),
}

impl Fact {
    /// Whether the fact takes part in figures and gates, that is, is no draft.
    pub fn counts(&self) -> bool {
        self.status != Some(FactStatus::Draft)
    }
}

fn one() -> f64 {
    1.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(weight: &f64) -> bool {
    *weight == 1.0
}

/// What a summary does with a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A careful reader of the summary would assert the claim.
    Covered,
    /// The summary leaves it open.
    Missing,
    /// The summary says something incompatible of the same subject and relation.
    Contradicted,
}

impl Verdict {
    /// The verdict as records write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Covered => "covered",
            Verdict::Missing => "missing",
            Verdict::Contradicted => "contradicted",
        }
    }
}

/// A fact's verdict on one summary, with what shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FactJudgement {
    /// The fact's id.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How near the summary comes to the claim, 0 to 1: at least 0.5 where covered, below where missing, 0
    /// where contradicted.
    pub score: f64,
    /// The words that show it.
    pub evidence: Option<Span>,
    /// Why, in a line that a person accepts.
    pub reason: String,
    /// The person who overruled the matcher, and the matcher's own verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// A person's ruling that stands in place of the matcher's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Overridden {
    /// Who ruled.
    pub by: String,
    /// What the matcher had said.
    pub matcher: String,
    /// Why the matcher had said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When the person ruled (ISO 8601).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
}

/// A quantity found in running text, normalized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Quantity {
    /// The words, exactly as they stand.
    pub surface: String,
    /// Index of the first scalar value.
    pub start: usize,
    /// Index just past the last scalar value.
    pub end: usize,
    /// `money`, `count`, `percent`, `date`, ….
    pub kind: String,
    /// A plain decimal without exponent or trailing zeros, `a/b`, `lo..hi`, `a-b`, a partial ISO date or a
    /// time; null where the words name no value (數百).
    pub value: Option<String>,
    /// ISO 4217, `%`, `pp`, `bp`, `x`, `fraction`, `date`, `time`, `score`, a UCUM code, or a counted thing as
    /// an English singular.
    pub unit: Option<String>,
    /// The counted noun as written.
    pub of: Option<String>,
    /// What the value is per (人均, per gram).
    pub per: Option<String>,
    /// `by` or `to` where it is a change or the level reached.
    pub change: Option<String>,
    /// nearly, under, over, about, at_least or at_most.
    pub modifier: Option<String>,
}

/// Whether the source bears a figure or name out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The source states it, or strictly entails it, of this measured thing.
    Supported,
    /// Anything else.
    Unsupported,
}

/// A quantity of a summary, held against the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct QuantityJudgement {
    /// The quantity.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// Whether the source bears it out.
    pub verdict: Support,
    /// The class of error (`magnitude`, `swap`, `unit`, …); null where supported, and where a person alone says it is not.
    pub error: Option<String>,
    /// The words of the source that show it.
    pub evidence: Option<Span>,
    /// Why, in a line that a person accepts.
    pub reason: String,
    /// The person who overruled the matcher, and the matcher's own verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// A known name in a summary, held against the source. Advisory: it counts in no score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NameJudgement {
    /// The words, exactly as they stand.
    pub surface: String,
    /// Index of the first scalar value.
    pub start: usize,
    /// Index just past the last scalar value.
    pub end: usize,
    /// The fullest name of the thing.
    #[serde(default)]
    pub canonical: String,
    /// Whether the source names it.
    pub verdict: Support,
    /// The words of the source that show it.
    pub evidence: Option<Span>,
    /// Why, in a line that a person accepts.
    pub reason: String,
}

/// All that is said of one summary's facts and figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FactReport {
    /// One a fact of the checklist, in its order; empty where there is no checklist.
    pub facts: Vec<FactJudgement>,
    /// One a quantity of the summary, in text order; `None` where there is no source to hold them against.
    pub quantities: Option<Vec<QuantityJudgement>>,
    /// One a known name of the summary, in text order.
    pub names: Vec<NameJudgement>,
}
