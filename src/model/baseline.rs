//! The accepted baseline: a snapshot of a run, made to be read in a pull request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{ItemRecord, MetricRecord, RunRecord, SystemKind};
use super::{Direction, FieldSpec, Support, Verdict, split_version};

/// The schema name of [`Snapshot`].
pub const BASELINE_SCHEMA: &str = "epitome.baseline/1";

/// `baseline.json`: per system and article the scores and fact verdicts of a run, in a stable order.
///
/// Scores are rounded to four decimals, so that a change of the last bit makes no line of a diff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Snapshot {
    /// Always [`BASELINE_SCHEMA`].
    pub schema: String,
    /// The suite's name.
    pub suite: String,
    /// Why it was accepted, in the words of whoever accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Signatures by metric and stratum, as they are shown.
    pub signatures: BTreeMap<String, BTreeMap<String, String>>,
    /// Hash of each dataset's articles, references and checklists.
    pub datasets: BTreeMap<String, DatasetHashes>,
    /// The beginning of the hash of each article's source text, by `dataset/id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub articles: BTreeMap<String, String>,
    /// By `dataset/id`, the stratum (the tokenizer) that each metric with several was scored in: what differs in it is never
    /// averaged. Absent of baselines accepted before it was kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub strata: BTreeMap<String, BTreeMap<String, String>>,
    /// Candidates by full name: all that are ranked, not only those that a gate names, so that a gate written later, a
    /// comparison and the trend find what they ask for.
    pub systems: BTreeMap<String, SystemSnapshot>,
}

/// What a dataset was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DatasetHashes {
    /// Hash of the articles.
    pub articles: String,
    /// Hash of the references.
    pub references: String,
    /// Hash of the checklists.
    pub facts: String,
    /// Hash of people's decisions; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<String>,
}

/// One system of a baseline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SystemSnapshot {
    /// Articles by `dataset/id`.
    pub articles: BTreeMap<String, ArticleSnapshot>,
}

/// One article of a system of a baseline; several samples are averaged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ArticleSnapshot {
    /// Scores by `metric.field`: headline fields, all fields of metrics without one, and gated ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, f64>,
    /// Fact verdicts by fact id; of several samples contradicted where one contradicts, else covered where half cover.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Verdict>,
    /// Figures that the source does not bear out, in any of the samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<String>,
    /// Why there is no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Snapshot {
    /// The snapshot of a run: its record, its items in canonical order, and the `(metric, field)` pairs that gates
    /// speak of.
    pub fn of<E>(
        record: &RunRecord,
        items: impl IntoIterator<Item = Result<ItemRecord, E>>,
        gated: &[(String, String)],
    ) -> Result<Snapshot, E> {
        let fields: Vec<(&MetricRecord, &FieldSpec)> = record
            .metrics
            .iter()
            .flat_map(|m| m.fields.iter().map(move |f| (m, f)))
            .filter(|(m, f)| kept(m, f) || gated.iter().any(|(metric, field)| *metric == m.name && *field == f.name))
            .collect();
        let candidate = |id: &str| record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate);
        let mut systems: BTreeMap<String, SystemSnapshot> = BTreeMap::new();
        let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
        let mut articles = BTreeMap::new();
        let mut strata: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for item in items {
            let item = item?;
            if !candidate(&item.key.system) {
                continue;
            }
            let name = format!("{}/{}", item.key.dataset, item.key.id);
            if let Some(traits) = item.article.as_ref().filter(|traits| !traits.source.is_empty()) {
                articles.insert(name.clone(), traits.source.clone());
            }
            let article = systems.entry(item.key.system.clone()).or_default().articles.entry(name.clone()).or_default();
            if article.failure.is_none() {
                article.failure = item.failure.as_ref().map(|f| f.kind.as_str().to_owned());
            }
            let figures = item.quantities.iter().flatten().filter(|q| q.verdict == Support::Unsupported);
            join(&mut article.unsupported, figures.map(|q| q.quantity.surface.as_str()));
            for (metric, stratum) in &item.strata {
                if fields.iter().any(|(m, _)| m.name == *metric) {
                    strata.entry(name.clone()).or_default().insert(metric.clone(), stratum.clone());
                }
            }
            let tally = tallies.entry((item.key.system.clone(), name)).or_default();
            for fact in item.facts.iter().flatten().filter(|f| !f.draft) {
                let verdicts = tally.facts.entry(fact.judgement.id.clone()).or_default();
                verdicts[fact.judgement.verdict as usize] += 1;
            }
            for (metric, field) in &fields {
                let fields = item.scores.get(&metric.name).and_then(Option::as_ref);
                if let Some(value) = fields.and_then(|f| f.get(&field.name)) {
                    let (sum, n) = tally.scores.entry(format!("{}.{}", metric.name, field.name)).or_insert((0.0, 0.0));
                    *sum += value;
                    *n += 1.0;
                }
            }
        }
        for ((system, article), tally) in tallies {
            if let Some(article) = systems.get_mut(&system).and_then(|s| s.articles.get_mut(&article)) {
                article.facts = tally.facts.iter().map(|(id, verdicts)| (id.clone(), verdict(*verdicts))).collect();
                article.scores = tally.scores.into_iter().map(|(name, (sum, n))| (name, rounded(sum / n))).collect();
            }
        }
        let shown = |m: &MetricRecord| m.signatures.iter().map(|(s, sig)| (s.clone(), sig.to_string())).collect();
        Ok(Snapshot {
            schema: BASELINE_SCHEMA.to_owned(),
            suite: record.suite.clone(),
            message: None,
            signatures: record.metrics.iter().map(|m| (m.name.clone(), shown(m))).collect(),
            datasets: Snapshot::hashes(record),
            articles,
            strata,
            systems,
        })
    }

    /// What a run's datasets were.
    pub fn hashes(record: &RunRecord) -> BTreeMap<String, DatasetHashes> {
        record.datasets.iter().map(|d| (d.name.clone(), hashes(d))).collect()
    }

    /// Takes over what `wanted` picks (by system and `dataset/id`) of a newer snapshot, and leaves the rest. A system that
    /// both have in another version goes by its newer name from then on; the renamed are returned, old name first.
    pub fn take(&mut self, newer: &Snapshot, wanted: impl Fn(&str, &str) -> bool) -> Vec<(String, String)> {
        let mut renamed = Vec::new();
        for (id, system) in &newer.systems {
            let any = system.articles.keys().any(|article| wanted(id, article));
            let name = split_version(id).0;
            let old = self.system(id, name).map(|(old, _)| old.clone()).filter(|old| old != id);
            if let (true, Some(old)) = (any, old.filter(|old| !newer.systems.contains_key(old)))
                && let Some(entry) = self.systems.remove(&old)
            {
                self.systems.insert(id.clone(), entry);
                renamed.push((old, id.clone()));
            }
            for (article, entry) in system.articles.iter().filter(|(article, _)| wanted(id, article)) {
                let kept = self.systems.entry(id.clone()).or_default();
                kept.articles.insert(article.clone(), entry.clone());
                if let Some(hash) = newer.articles.get(article) {
                    self.articles.insert(article.clone(), hash.clone());
                }
                if let Some(strata) = newer.strata.get(article) {
                    self.strata.insert(article.clone(), strata.clone());
                }
            }
        }
        for (name, hashes) in &newer.datasets {
            self.datasets.entry(name.clone()).or_insert_with(|| hashes.clone());
        }
        renamed
    }

    /// The system of a full name, or else the only one of the same name in another version.
    pub fn system(&self, id: &str, name: &str) -> Option<(&String, &SystemSnapshot)> {
        self.systems.get_key_value(id).or_else(|| {
            let mut named = self.systems.iter().filter(|(other, _)| split_version(other).0 == name);
            named.next().filter(|_| named.next().is_none())
        })
    }
}

/// What is counted of an article's samples.
#[derive(Default)]
struct Tally {
    /// Sum and number of each score.
    scores: BTreeMap<String, (f64, f64)>,
    /// How many samples have each verdict, in the order of [`Verdict`].
    facts: BTreeMap<String, [u32; 3]>,
}

/// The verdict of several samples: contradicted where one is, else covered where at least half are.
fn verdict([covered, missing, contradicted]: [u32; 3]) -> Verdict {
    match () {
        () if contradicted > 0 => Verdict::Contradicted,
        () if covered >= missing => Verdict::Covered,
        () => Verdict::Missing,
    }
}

/// Adds what a further sample has more than those before; the second of two alike is another.
fn join<'a>(known: &mut Vec<String>, more: impl Iterator<Item = &'a str>) {
    let mut open: Vec<usize> = (0..known.len()).collect();
    for surface in more {
        match open.iter().position(|&k| known[k] == surface) {
            Some(at) => {
                open.swap_remove(at);
            }
            None => known.push(surface.to_owned()),
        }
    }
}

fn hashes(dataset: &super::record::DatasetRecord) -> DatasetHashes {
    DatasetHashes {
        articles: dataset.source_hash.clone(),
        references: dataset.reference_hash.clone(),
        facts: dataset.fact_hash.clone(),
        decisions: dataset.decision_hash.clone(),
    }
}

/// Whether a field belongs in a baseline for its own sake: it judges, and it is the headline or there is none.
fn kept(metric: &MetricRecord, field: &FieldSpec) -> bool {
    field.direction != Direction::Neutral && metric.headline.as_ref().is_none_or(|h| *h == field.name)
}

/// A score as a baseline keeps it: four decimals, no negative zero.
pub fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e4).round() / 1e4;
    if rounded == 0.0 { 0.0 } else { rounded }
}
