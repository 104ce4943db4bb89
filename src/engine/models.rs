//! The names by which a system's model answers.

use std::collections::{BTreeMap, BTreeSet};

/// The names by which a system's model answered: kept before, and in this run, each with the number of outputs.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Models {
    kept: BTreeMap<String, u64>,
    now: BTreeMap<String, u64>,
}

impl Models {
    /// Counts an output that was kept, by the name given.
    pub fn had_answered(&mut self, name: &str) {
        *self.kept.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts an answer by the name given.
    pub fn answered(&mut self, name: &str) {
        *self.now.entry(name.to_owned()).or_default() += 1;
    }

    /// What to say where there is more than one name.
    pub fn warning(&self, system: &str, refresh: bool) -> Option<String> {
        let names: BTreeSet<&String> = self.kept.keys().chain(self.now.keys()).collect();
        if names.len() < 2 {
            return None;
        }
        let list = |names: &BTreeMap<String, u64>| {
            names.iter().map(|(name, n)| format!("`{name}` ({n} outputs)")).collect::<Vec<_>>().join(", ")
        };
        let remedy = if refresh { "" } else { "; --refresh asks for all of them again" };
        Some(match (self.kept.is_empty(), self.now.is_empty()) {
            (false, false) => format!(
                "{system}: the server now answers as {}, and what was kept is by {}{remedy}",
                list(&self.now),
                list(&self.kept)
            ),
            (false, true) => format!("{system}: what was kept is by several models, {}{remedy}", list(&self.kept)),
            (true, _) => format!("{system}: the server answers as several models, {}", list(&self.now)),
        })
    }
}
