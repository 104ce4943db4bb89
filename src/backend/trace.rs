//! How an output came about: what the record's `environment` keeps of it.

use serde::{Deserialize, Serialize};

use super::secret::Secrets;

/// What asking for one output took, whether it came or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// How often the system was asked for it.
    pub attempts: u32,
    /// Tokens, as the system counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What it cost, in the currency of the suite's prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The model's name, as the answer gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Why the model stopped, as the answer gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// The end of what a process wrote to stderr for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
    /// What came, where no summary could be made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl Trace {
    /// Takes secrets out of all that a program or server wrote.
    pub fn redact(&mut self, secrets: &Secrets) {
        for text in [&mut self.model, &mut self.finish_reason, &mut self.stderr, &mut self.raw] {
            *text = text.take().map(|text| secrets.redact(text));
        }
    }
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the answer.
    pub output: u64,
}

/// What a request is likely to take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Tokens.
    pub usage: Usage,
    /// Its cost, where the suite gives prices.
    pub cost: Option<f64>,
}

/// Prices per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of a prompt's tokens.
    pub input: f64,
    /// Of an answer's tokens.
    pub output: f64,
}

impl Price {
    /// What tokens cost.
    pub fn of(&self, usage: Usage) -> f64 {
        (self.input * usage.input as f64 + self.output * usage.output as f64) / 1e6
    }
}
