//! Accepted baselines over time: the mean of every score at each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::baseline::Snapshot;
use crate::model::{Verdict, split_version};

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
    /// The mean of each score over the articles that have it: of `metric.field`, with the stratum (the tokenizer) in brackets
    /// where the metric has several.
    pub scores: BTreeMap<String, f64>,
    /// Facts covered, missing and contradicted.
    pub facts: (usize, usize, usize),
    /// Scores that were computed otherwise than at the baseline before, so that the two are not to be compared.
    pub broken: BTreeSet<String>,
    /// Scores left out: the baseline does not say which of their articles are of which tokenizer, and those are never averaged
    /// with each other.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub untold: BTreeSet<String>,
}

/// The stratum of each metric by article.
pub type Strata = BTreeMap<String, BTreeMap<String, String>>;

/// When and by whom a baseline was accepted.
#[derive(Debug, Clone, Copy)]
pub struct Commit<'a> {
    /// Its hash; empty for what is not committed yet.
    pub hash: &'a str,
    /// When, in ISO 8601.
    pub date: &'a str,
    /// Its subject.
    pub subject: &'a str,
}

/// A baseline's figures; `before` is the one accepted before it, and `strata` what any baseline of the suite says of
/// articles: a tokenizer follows an article's references, so it was the same before it was kept.
pub fn accepted(commit: Commit<'_>, snapshot: &Snapshot, before: Option<&Snapshot>, strata: &Strata) -> Accepted {
    let changed = |metric: &str, stratum: &str| {
        let of = |snapshot: &Snapshot| {
            let strata = snapshot.signatures.get(metric)?;
            Some(strata.get(stratum).map_or_else(|| strata.values().cloned().collect(), |s| vec![s.clone()]))
        };
        let old: Option<Vec<String>> = before.and_then(of);
        old.is_some() && old != of(snapshot)
    };
    let of = |(id, system): (&String, &crate::model::baseline::SystemSnapshot)| {
        let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let mut facts = (0, 0, 0);
        let (mut broken, mut untold) = (BTreeSet::new(), BTreeSet::new());
        for (name, article) in &system.articles {
            for (score, value) in &article.scores {
                let metric = score.rsplit_once('.').map_or(score.as_str(), |(metric, _)| metric);
                let told = |strata: &Strata| strata.get(name).and_then(|of| of.get(metric)).cloned();
                let stratum = told(&snapshot.strata).or_else(|| told(strata));
                let several = snapshot.signatures.get(metric).is_some_and(|strata| strata.len() > 1);
                if several && stratum.is_none() {
                    untold.insert(score.clone());
                    continue;
                }
                let score = stratum.as_ref().map_or_else(|| score.clone(), |stratum| format!("{score} [{stratum}]"));
                if changed(metric, stratum.as_deref().unwrap_or_default()) {
                    broken.insert(score.clone());
                }
                let (sum, n) = sums.entry(score).or_default();
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
        let name = split_version(id).0;
        // Two versions of one system stand apart, by their full names.
        let alone = snapshot.systems.keys().filter(|k| split_version(k).0 == name).count() == 1;
        let scores = sums.into_iter().map(|(score, (sum, n))| (score, sum / n)).collect();
        let figures = Figures { id: id.clone(), articles: system.articles.len(), scores, facts, broken, untold };
        (if alone { name.to_owned() } else { id.clone() }, figures)
    };
    Accepted {
        commit: commit.hash.to_owned(),
        date: commit.date.to_owned(),
        message: snapshot.message.clone().unwrap_or_else(|| commit.subject.to_owned()),
        systems: snapshot.systems.iter().map(of).collect(),
    }
}
