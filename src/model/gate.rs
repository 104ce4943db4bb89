//! Conditions that must hold for a change to be merged.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `[[gate]]`: one or more conditions on a figure, or on facts and figures one by one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// `name.field`; a bare name is its headline field. What `min`, `max`, `max_drop` and `min_scored` speak of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// A system by name, whatever the version, or by full name; every candidate where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// A group of facts, for the fields of `facts` and the rules on facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A dataset, instead of the whole corpus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// A language of articles, instead of the whole corpus: `zh` takes `zh-TW` and `zh-CN`, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The figure must be at least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The figure must be at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The figure may be worse than before by at most this, in the metric's own direction and scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_drop: Option<f64>,
    /// At least this share (0 to 1) of the system's items must have a score of the metric; without a metric, an output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_scored: Option<f64>,
    /// No fact may be contradicted that was not before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_new_contradicted: bool,
    /// No figure may stand without support in its source that did not before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_new_unsupported: bool,
    /// Every fact marked `must` must be covered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_facts: bool,
    /// In how many of an article's samples a fact must be covered, or counts as contradicted: `"2 of 3"`. Where left
    /// out, a must fact is covered in all of them, and one contradiction is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_samples: Option<InSamples>,
    /// How sure (0.5 to 1) it must be, over articles, that `min` or `max` holds; where left out, the figure itself
    /// decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_confidence: Option<f64>,
    /// The system of the same run that is held to be "before"; the accepted baseline where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// What a rule that can be neither shown nor excluded means.
    #[serde(default)]
    pub on_inconclusive: OnInconclusive,
}

impl Gate {
    /// Whether a rule of it holds one side against another: a baseline, or a system of the same run.
    pub fn compares(&self) -> bool {
        self.max_drop.is_some() || self.no_new_contradicted || self.no_new_unsupported
    }

    /// Whether a rule of it speaks of facts one by one.
    pub fn on_facts(&self) -> bool {
        self.no_new_contradicted || self.must_facts
    }

    /// Whether it says anything at all.
    pub fn has_rule(&self) -> bool {
        let figure = self.min.or(self.max).or(self.min_scored);
        self.compares() || self.must_facts || figure.is_some()
    }
}

/// So many of so many samples, written `"2 of 3"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct InSamples {
    /// How many.
    pub least: u32,
    /// Of how many.
    pub of: u32,
}

impl fmt::Display for InSamples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.least, self.of)
    }
}

impl FromStr for InSamples {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let read = text.split_once("of").and_then(|(least, of)| Some((number(least)?, number(of)?)));
        match read {
            Some((least, of)) if (1..=of).contains(&least) => Ok(InSamples { least, of }),
            _ => Err(format!("`{text}` is no share of samples; write \"2 of 3\"")),
        }
    }
}

impl<'de> Deserialize<'de> for InSamples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for InSamples {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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
