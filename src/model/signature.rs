//! What a number depends on, written beside it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Everything that can change a metric's number, after sacreBLEU's signatures.
///
/// An object of strings, shown as `key:value|key:value`, sorted by key. It always holds the metric's own
/// revision `rev`, and never the program's version: two programs that compute the same number sign alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Signature(BTreeMap<String, String>);

impl Signature {
    /// A signature of a metric at a revision of its definition.
    pub fn new(metric: &str, rev: u32) -> Self {
        Signature::default().with("metric", metric).with("rev", rev)
    }

    /// Adds or replaces one field.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.0.insert(key.to_owned(), value.to_string());
        self
    }

    /// One field's value.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The first key on which two signatures differ, with both values (`-` where absent).
    pub fn difference(&self, other: &Signature) -> Option<(String, String, String)> {
        let keys: std::collections::BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        let show = |s: &Signature, k: &str| s.get(k).unwrap_or("-").to_owned();
        keys.into_iter().find(|k| self.0.get(*k) != other.0.get(*k)).map(|k| (k.clone(), show(self, k), show(other, k)))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (key, value)) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("|")?;
            }
            write!(f, "{key}:{value}")?;
        }
        Ok(())
    }
}
