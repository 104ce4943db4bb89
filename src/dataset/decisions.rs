//! Decisions: what people ruled in place of the matcher, in `<dataset>.decisions.jsonl` beside the checklist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{DatasetError, Place, Problem};
use super::hash::Unordered;
use super::jsonl;
use super::spec::{Resolved, Spec};
use crate::model::Decision;

/// A decision, and where it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenDecision {
    /// Its line.
    pub place: Place,
    /// The decision.
    pub decision: Decision,
}

/// A dataset's decisions, in file order; of several on one matter the last.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    pub all: Vec<WrittenDecision>,
    by_article: BTreeMap<String, Vec<usize>>,
}

impl Decisions {
    /// Reads what there is; a dataset without the file has none.
    pub fn read(spec: &Spec, root: &Path, places: &Resolved) -> Result<Decisions, DatasetError> {
        let mut decisions = Decisions::default();
        for path in places_of(spec, root, places) {
            if path.is_file() {
                decisions.read_file(&path)?;
            }
        }
        for (index, written) in decisions.all.iter().enumerate() {
            decisions.by_article.entry(written.decision.article.clone()).or_default().push(index);
        }
        Ok(decisions)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), DatasetError> {
        for line in jsonl::lines::<serde_json::Value>(path, None)? {
            let (line, value) = line?;
            let place = Place::file(path).line(line);
            let decision: Decision = serde_json::from_value(value)
                .map_err(|error| DatasetError::new(place.clone(), Problem::NoDecision(error.to_string())))?;
            if let Some(fault) = decision.fault() {
                return Err(DatasetError::new(place, Problem::Decision(fault)));
            }
            self.all.retain(|earlier| !earlier.decision.same_matter(&decision));
            self.all.push(WrittenDecision { place, decision });
        }
        Ok(())
    }

    /// A hash of all of them; none where there are none.
    pub fn hash(&self) -> Option<String> {
        let mut hash = Unordered::default();
        for written in &self.all {
            // Texts and enums always make JSON.
            let _ = hash.add(&written.decision);
        }
        (!self.all.is_empty()).then(|| hash.finish())
    }

    /// The decisions on an article, each with its index.
    pub fn of(&self, article: &str) -> Vec<(usize, Decision)> {
        let indices = self.by_article.get(article).map(Vec::as_slice).unwrap_or_default();
        indices.iter().map(|&index| (index, self.all[index].decision.clone())).collect()
    }
}

/// Where a dataset's decisions may stand, the file that new ones go to first: in the folder of its checklists, or beside
/// the file (or folder) that holds them.
pub(super) fn places_of(spec: &Spec, root: &Path, places: &Resolved) -> Vec<PathBuf> {
    let name = format!("{}.decisions.jsonl", spec.name);
    let folder = || root.join("references").join(&spec.name);
    let checklist = places.facts.clone().or_else(|| places.references.clone()).unwrap_or_else(folder);
    let beside = checklist.parent().unwrap_or(Path::new("")).join(&name);
    // A folder may not be there yet.
    if checklist.is_file() { vec![beside] } else { vec![checklist.join(&name), beside] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(facts: Option<&str>) -> Spec {
        Spec { name: "news".into(), facts: facts.map(PathBuf::from), ..Spec::default() }
    }

    #[test]
    fn decisions_stand_with_the_checklist() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::write(root.join("facts.toml"), "").expect("a file");
        let of = |spec: &Spec| places_of(spec, root, &spec.resolve(root));
        assert_eq!(of(&spec(Some("facts.toml"))), [root.join("news.decisions.jsonl")]);
        let within = root.join("references/news/news.decisions.jsonl");
        assert_eq!(of(&spec(None)), [within, root.join("references/news.decisions.jsonl")]);
    }
}
