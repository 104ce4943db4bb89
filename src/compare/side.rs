//! One system of a run (or of a baseline), article by article: what a comparison compares.

use std::collections::BTreeMap;

use crate::model::baseline::{DatasetHashes, Snapshot};
use crate::model::record::{ItemRecord, MetricRecord, RunRecord, SystemKind};
use crate::model::{Output, Support, Verdict};

/// An article's key: its dataset and its id.
pub type ArticleKey = (String, String);

/// A system with its scores and outputs.
#[derive(Debug, Clone)]
pub struct Side {
    /// How to call it: the run as named, and the system.
    pub label: String,
    /// The system's full name.
    pub system: String,
    /// What the row is.
    pub kind: SystemKind,
    /// Signatures by metric and stratum, as they are shown.
    pub signatures: BTreeMap<String, BTreeMap<String, String>>,
    /// What the data were.
    pub datasets: BTreeMap<String, DatasetHashes>,
    /// The suite as resolved, where the side is a run's.
    pub plan: Option<serde_json::Value>,
    /// The articles.
    pub articles: BTreeMap<ArticleKey, Article>,
}

/// An article of a side.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// Scores by metric and stratum, several samples averaged.
    pub scores: BTreeMap<(String, String), Scored>,
    /// What was written, in the samples' order.
    pub samples: Vec<Sample>,
    /// The language of the first sample, where known.
    pub lang: Option<String>,
}

/// A metric's numbers for an article: means over its scored samples.
#[derive(Debug, Clone, Default)]
pub struct Scored {
    /// The fields.
    pub fields: BTreeMap<String, f64>,
    /// The counts, for a pooled metric; empty where the record keeps none.
    pub statistics: Vec<f64>,
    /// Samples averaged.
    pub samples: f64,
}

impl Scored {
    fn add(&mut self, fields: &BTreeMap<String, f64>, statistics: &[f64]) {
        let before = self.samples;
        self.samples += 1.0;
        let mean = |mean: &mut f64, value: f64| *mean = (*mean * before + value) / (before + 1.0);
        for (name, value) in fields {
            mean(self.fields.entry(name.clone()).or_insert(0.0), *value);
        }
        self.statistics.resize(statistics.len(), 0.0);
        self.statistics.iter_mut().zip(statistics).for_each(|(m, v)| mean(m, *v));
    }
}

/// One output with what is said of its facts and figures.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The output.
    pub summary: Option<String>,
    /// Why there is none.
    pub failure: Option<String>,
    /// Fact verdicts by fact; drafts left out.
    pub facts: BTreeMap<String, FactSeen>,
    /// Figures that the source does not bear out, as they stand in the output, with the reason where the record has it.
    pub unsupported: Vec<(String, String)>,
}

/// A fact's verdict, with what a reader needs.
#[derive(Debug, Clone, PartialEq)]
pub struct FactSeen {
    /// The verdict.
    pub verdict: Verdict,
    /// The claim; empty in a baseline, which keeps verdicts only.
    pub claim: String,
    /// The fact's group.
    pub group: Option<String>,
    /// Whether no acceptable summary leaves it out.
    pub must: bool,
    /// The words that show the verdict.
    pub evidence: Option<String>,
    /// Why.
    pub reason: String,
}

impl Side {
    /// The systems of a run that `wanted` picks, from its record and its items in canonical order.
    pub fn of_run<E>(
        label: &str,
        record: &RunRecord,
        items: impl IntoIterator<Item = Result<ItemRecord, E>>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Side>, E> {
        let shown = |m: &MetricRecord| m.signatures.iter().map(|(s, sig)| (s.clone(), sig.to_string())).collect();
        let signatures: BTreeMap<String, BTreeMap<String, String>> =
            record.metrics.iter().map(|m| (m.name.clone(), shown(m))).collect();
        let mut sides: Vec<Side> = record
            .systems
            .iter()
            .filter(|s| wanted(&s.id))
            .map(|system| Side {
                label: format!("{label}::{}", system.id),
                system: system.id.clone(),
                kind: system.kind,
                signatures: signatures.clone(),
                datasets: Snapshot::hashes(record),
                plan: Some(record.plan.clone()),
                articles: BTreeMap::new(),
            })
            .collect();
        for item in items {
            let item = item?;
            if let Some(side) = sides.iter_mut().find(|s| s.system == item.key.system) {
                side.take(item);
            }
        }
        Ok(sides)
    }

    fn take(&mut self, item: ItemRecord) {
        let article = self.articles.entry((item.key.dataset, item.key.id)).or_default();
        for (metric, fields) in &item.scores {
            let Some(fields) = fields else { continue };
            let stratum = item.strata.get(metric).cloned().unwrap_or_default();
            let statistics = item.statistics.get(metric).map(Vec::as_slice).unwrap_or_default();
            article.scores.entry((metric.clone(), stratum)).or_default().add(fields, statistics);
        }
        let seen = |f: crate::model::record::ItemFact| {
            let seen = FactSeen {
                verdict: f.judgement.verdict,
                claim: f.claim,
                group: f.group,
                must: f.must,
                evidence: f.judgement.evidence.map(|span| span.text),
                reason: f.judgement.reason,
            };
            (f.judgement.id, seen)
        };
        let figures = item.quantities.into_iter().flatten().filter(|q| q.verdict == Support::Unsupported);
        if article.samples.is_empty() {
            article.lang = item.lang.map(|l| l.to_string());
        }
        article.samples.push(Sample {
            summary: item.summary,
            failure: item.failure.map(|f| f.kind.as_str().to_owned()),
            facts: item.facts.into_iter().flatten().filter(|f| !f.draft).map(seen).collect(),
            unsupported: figures.map(|q| (q.quantity.surface, q.reason)).collect(),
        });
    }

    /// The systems of a baseline that `wanted` picks, with the outputs that stand beside it.
    pub fn of_baseline(
        label: &str,
        snapshot: &Snapshot,
        outputs: &[Output],
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<Side> {
        let mut sides = Vec::new();
        for (system, kept) in snapshot.systems.iter().filter(|(id, _)| wanted(id)) {
            let mut side = Side {
                label: format!("{label}::{system}"),
                system: system.clone(),
                kind: SystemKind::Candidate,
                signatures: snapshot.signatures.clone(),
                datasets: snapshot.datasets.clone(),
                plan: None,
                articles: BTreeMap::new(),
            };
            for (name, article) in &kept.articles {
                let Some((dataset, id)) = name.split_once('/') else { continue };
                let mut scores: BTreeMap<(String, String), Scored> = BTreeMap::new();
                for (address, value) in &article.scores {
                    let Some((metric, field)) = address.rsplit_once('.') else { continue };
                    let scored = scores.entry((metric.to_owned(), String::new())).or_default();
                    scored.fields.insert(field.to_owned(), *value);
                    scored.samples = 1.0;
                }
                let seen = |(id, verdict): (&String, &Verdict)| {
                    let (claim, reason) = (String::new(), String::new());
                    let seen = FactSeen { verdict: *verdict, claim, group: None, must: false, evidence: None, reason };
                    (id.clone(), seen)
                };
                let of = |o: &&Output| {
                    o.system == *system && o.id == id && o.dataset.as_deref().is_none_or(|d| d == dataset)
                };
                let output = outputs.iter().find(|o| of(o) && o.sample == 0);
                let sample = Sample {
                    summary: output.and_then(|o| o.summary.clone()),
                    failure: article.failure.clone(),
                    facts: article.facts.iter().map(seen).collect(),
                    unsupported: article.unsupported.iter().map(|s| (s.clone(), String::new())).collect(),
                };
                let lang = output.and_then(|o| o.lang.as_ref()).map(ToString::to_string);
                side.articles
                    .insert((dataset.to_owned(), id.to_owned()), Article { scores, samples: vec![sample], lang });
            }
            sides.push(side);
        }
        sides
    }

    /// Whether this is a baseline, which keeps scores rounded and no counts.
    pub fn is_baseline(&self) -> bool {
        self.plan.is_none()
    }

    /// Rounds scores as a baseline's are, so that rounding is no difference.
    pub fn round(&mut self) {
        let scores = self.articles.values_mut().flat_map(|a| a.scores.values_mut());
        scores.flat_map(|s| s.fields.values_mut()).for_each(|value| *value = crate::model::baseline::rounded(*value));
    }

    /// Takes over which stratum an article was scored in, where this side is a baseline, which does not say: the
    /// tokenizer follows the article's references, so it is the same on both sides.
    pub fn adopt_strata(&mut self, other: &Side) {
        for (key, article) in &mut self.articles {
            let Some(model) = other.articles.get(key) else { continue };
            for (metric, stratum) in model.scores.keys().filter(|(_, stratum)| !stratum.is_empty()) {
                if let Some(scored) = article.scores.remove(&(metric.clone(), String::new())) {
                    article.scores.insert((metric.clone(), stratum.clone()), scored);
                }
            }
        }
    }

    /// The part of the name before the last `@`.
    pub fn name(&self) -> &str {
        self.system.rsplit_once('@').map_or(self.system.as_str(), |(name, _)| name)
    }
}
