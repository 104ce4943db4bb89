//! Accepted baselines over time: the mean of every score at each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Verdict;
use crate::model::baseline::Snapshot;

/// A baseline as it was accepted.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Accepted {
    /// The commit; empty for the one that is not committed yet.
    pub commit: String,
    /// When, in ISO 8601.
    pub date: String,
    /// Why, in the words of whoever accepted it, or the commit's subject.
    pub message: String,
    /// Systems by name without version.
    pub systems: BTreeMap<String, Figures>,
}

/// A system's figures at one baseline.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Figures {
    /// The system's full name then.
    pub id: String,
    /// Articles with an entry.
    pub articles: usize,
    /// The mean of each score over the articles that have it.
    pub scores: BTreeMap<String, f64>,
    /// Facts covered, missing and contradicted.
    pub facts: (usize, usize, usize),
    /// Scores that were computed otherwise than at the baseline before, so that the two are not to be compared.
    pub broken: BTreeSet<String>,
}

/// A baseline's figures; `before` is the one accepted before it.
pub fn accepted(commit: &str, date: &str, subject: &str, snapshot: &Snapshot, before: Option<&Snapshot>) -> Accepted {
    let changed = |score: &str| {
        let metric = score.rsplit_once('.').map_or(score, |(metric, _)| metric);
        before.is_some_and(|b| b.signatures.get(metric).is_some_and(|old| Some(old) != snapshot.signatures.get(metric)))
    };
    let of = |(id, system): (&String, &crate::model::baseline::SystemSnapshot)| {
        let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let mut facts = (0, 0, 0);
        for article in system.articles.values() {
            for (score, value) in &article.scores {
                let (sum, n) = sums.entry(score.clone()).or_default();
                *sum += value;
                *n += 1.0;
            }
            for verdict in article.facts.values() {
                match verdict {
                    Verdict::Covered => facts.0 += 1,
                    Verdict::Missing => facts.1 += 1,
                    Verdict::Contradicted => facts.2 += 1,
                }
            }
        }
        let name = id.rsplit_once('@').map_or(id.as_str(), |(name, _)| name);
        // Two versions of one system stand apart, by their full names.
        let alone =
            snapshot.systems.keys().filter(|k| k.rsplit_once('@').map_or(k.as_str(), |(n, _)| n) == name).count() == 1;
        let broken = sums.keys().filter(|score| changed(score)).cloned().collect();
        let scores = sums.into_iter().map(|(score, (sum, n))| (score, sum / n)).collect();
        let figures = Figures { id: id.clone(), articles: system.articles.len(), scores, facts, broken };
        (if alone { name.to_owned() } else { id.clone() }, figures)
    };
    Accepted {
        commit: commit.to_owned(),
        date: date.to_owned(),
        message: snapshot.message.clone().unwrap_or_else(|| subject.to_owned()),
        systems: snapshot.systems.iter().map(of).collect(),
    }
}
