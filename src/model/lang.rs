//! Language tags as data carry them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A BCP 47 language tag, kept as it was written (`zh-TW`, `zh-Hans`, `en`), region and all.
///
/// Only the shape of the tag is read here; what a language *means* (its script, its tokenizer, its
/// currency) is the business of [`crate::text::lang`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Lang(String);

impl Lang {
    /// Wraps a tag. An underscore (`zh_TW`) is read as the hyphen it stands for.
    pub fn new(tag: impl AsRef<str>) -> Self {
        Lang(tag.as_ref().trim().replace('_', "-"))
    }

    /// The tag as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language subtag in lower case: `zh` of `zh-Hant-TW`.
    pub fn language(&self) -> String {
        self.0.split('-').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The script subtag (`Hant`) where the tag states one, in title case.
    pub fn script(&self) -> Option<String> {
        let part = self.0.split('-').skip(1).find(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_alphabetic()))?;
        let mut script = part.to_ascii_lowercase();
        script[..1].make_ascii_uppercase();
        Some(script)
    }

    /// The region subtag (`TW`) where the tag states one, in upper case.
    pub fn region(&self) -> Option<String> {
        self.0
            .split('-')
            .skip(1)
            .find(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_alphabetic()))
            .map(str::to_ascii_uppercase)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Lang {
    fn from(tag: &str) -> Self {
        Lang::new(tag)
    }
}
