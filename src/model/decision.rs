//! What people ruled in place of the matcher.

use serde::{Deserialize, Serialize};

use super::{Support, Verdict};

/// A person's ruling on one fact or figure of one output: a line of `<dataset>.decisions.jsonl`.
///
/// It holds for the output whose text has the hash, and for no other. Fields beyond the contract's say what it was made
/// on, so that it can be called stale when that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Decision {
    /// The article's id.
    pub article: String,
    /// The fact's id. Either this or `quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The figure, exactly as the output writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// Where the figure begins in the output, in scalar values; where absent, every figure of that spelling is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// SHA-256 of the output's text (UTF-8), in hexadecimal; at least its first 8 digits.
    pub output: String,
    /// The ruling.
    pub verdict: Ruling,
    /// Who ruled.
    pub by: String,
    /// Why.
    pub why: String,
    /// When (ISO 8601).
    pub date: String,
    /// The claim ruled on; another claim under the same id makes the decision stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// SHA-256 of the article's text that a figure was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The system that wrote the output, for a reader; the hash alone decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Which of its samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<u32>,
}

impl Decision {
    /// What is wrong with a decision by itself: `None` where nothing is.
    pub fn fault(&self) -> Option<&'static str> {
        match (&self.fact, &self.quantity, self.verdict) {
            (None, None, _) => Some("a decision names a `fact` or a `quantity`"),
            (Some(_), Some(_), _) => Some("a decision names a `fact` or a `quantity`, not both"),
            (Some(_), None, Ruling::Supported | Ruling::Unsupported) => {
                Some("a fact is covered, missing or contradicted")
            }
            (None, Some(_), Ruling::Covered | Ruling::Missing | Ruling::Contradicted) => {
                Some("a quantity is supported or unsupported")
            }
            _ if self.start.is_some() && self.quantity.is_none() => Some("`start` belongs to a `quantity`"),
            _ if self.output.len() < 8 || !self.output.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Some("`output` is the SHA-256 of the output's text in hexadecimal, or at least its first 8 digits")
            }
            _ if self.by.trim().is_empty() => Some("`by` is empty; say who ruled"),
            _ => None,
        }
    }

    /// Whether two decisions are about the same thing, so that the later one counts.
    pub fn same_matter(&self, other: &Decision) -> bool {
        let matter = |d: &Decision| (d.article.clone(), d.fact.clone(), d.quantity.clone(), d.start);
        let (a, b) = (self.output.to_ascii_lowercase(), other.output.to_ascii_lowercase());
        matter(self) == matter(other) && (a.starts_with(&b) || b.starts_with(&a))
    }

    /// The fact's id, or the figure as written.
    pub fn subject(&self) -> &str {
        self.fact.as_deref().or(self.quantity.as_deref()).unwrap_or_default()
    }
}

/// What a person can rule: on a fact the first three, on a figure the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// See [`Verdict::Covered`].
    Covered,
    /// See [`Verdict::Missing`].
    Missing,
    /// See [`Verdict::Contradicted`].
    Contradicted,
    /// See [`Support::Supported`].
    Supported,
    /// See [`Support::Unsupported`].
    Unsupported,
}

impl Ruling {
    /// All of them, in the order of help.
    pub const ALL: [Ruling; 5] =
        [Ruling::Covered, Ruling::Missing, Ruling::Contradicted, Ruling::Supported, Ruling::Unsupported];

    /// As files spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Ruling::Covered => "covered",
            Ruling::Missing => "missing",
            Ruling::Contradicted => "contradicted",
            Ruling::Supported => "supported",
            Ruling::Unsupported => "unsupported",
        }
    }

    /// The verdict on a fact that it is, if it is one.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Ruling::Covered => Some(Verdict::Covered),
            Ruling::Missing => Some(Verdict::Missing),
            Ruling::Contradicted => Some(Verdict::Contradicted),
            Ruling::Supported | Ruling::Unsupported => None,
        }
    }

    /// The verdict on a figure that it is, if it is one.
    pub fn support(self) -> Option<Support> {
        match self {
            Ruling::Supported => Some(Support::Supported),
            Ruling::Unsupported => Some(Support::Unsupported),
            Ruling::Covered | Ruling::Missing | Ruling::Contradicted => None,
        }
    }
}

impl From<Verdict> for Ruling {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Covered => Ruling::Covered,
            Verdict::Missing => Ruling::Missing,
            Verdict::Contradicted => Ruling::Contradicted,
        }
    }
}

impl From<Support> for Ruling {
    fn from(support: Support) -> Self {
        match support {
            Support::Supported => Ruling::Supported,
            Support::Unsupported => Ruling::Unsupported,
        }
    }
}
