//! The accepted baseline: a snapshot of a run, made to be read in a pull request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{ItemRecord, MetricRecord, RunRecord, SystemKind};
use super::{Direction, FieldSpec, Support, Verdict};

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
    /// Candidates by full name.
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
    /// Fact verdicts by fact id; of several samples the first's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Verdict>,
    /// Figures that the source does not bear out; of several samples the first's.
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
        let mut samples: BTreeMap<(String, String), BTreeMap<String, (f64, f64)>> = BTreeMap::new();
        for item in items {
            let item = item?;
            if !candidate(&item.key.system) {
                continue;
            }
            let name = format!("{}/{}", item.key.dataset, item.key.id);
            let article = systems.entry(item.key.system.clone()).or_default().articles.entry(name.clone()).or_default();
            if item.key.sample == 0 {
                let facts = item.facts.iter().flatten().filter(|f| !f.draft);
                article.facts = facts.map(|f| (f.judgement.id.clone(), f.judgement.verdict)).collect();
                let figures = item.quantities.iter().flatten().filter(|q| q.verdict == Support::Unsupported);
                article.unsupported = figures.map(|q| q.quantity.surface.clone()).collect();
                article.failure = item.failure.as_ref().map(|f| f.kind.as_str().to_owned());
            }
            let sums = samples.entry((item.key.system.clone(), name)).or_default();
            for (metric, field) in &fields {
                let fields = item.scores.get(&metric.name).and_then(Option::as_ref);
                if let Some(value) = fields.and_then(|f| f.get(&field.name)) {
                    let (sum, n) = sums.entry(format!("{}.{}", metric.name, field.name)).or_insert((0.0, 0.0));
                    *sum += value;
                    *n += 1.0;
                }
            }
        }
        for ((system, article), sums) in samples {
            if let Some(article) = systems.get_mut(&system).and_then(|s| s.articles.get_mut(&article)) {
                article.scores = sums.into_iter().map(|(name, (sum, n))| (name, rounded(sum / n))).collect();
            }
        }
        let shown = |m: &MetricRecord| m.signatures.iter().map(|(s, sig)| (s.clone(), sig.to_string())).collect();
        Ok(Snapshot {
            schema: BASELINE_SCHEMA.to_owned(),
            suite: record.suite.clone(),
            message: None,
            signatures: record.metrics.iter().map(|m| (m.name.clone(), shown(m))).collect(),
            datasets: Snapshot::hashes(record),
            systems,
        })
    }

    /// What a run's datasets were.
    pub fn hashes(record: &RunRecord) -> BTreeMap<String, DatasetHashes> {
        record.datasets.iter().map(|d| (d.name.clone(), hashes(d))).collect()
    }

    /// The system of a full name, or else the only one of the same name in another version.
    pub fn system(&self, id: &str, name: &str) -> Option<(&String, &SystemSnapshot)> {
        self.systems.get_key_value(id).or_else(|| {
            let mut named = self
                .systems
                .iter()
                .filter(|(other, _)| other.rsplit_once('@').map_or(other.as_str(), |(n, _)| n) == name);
            named.next().filter(|_| named.next().is_none())
        })
    }
}

fn hashes(dataset: &super::record::DatasetRecord) -> DatasetHashes {
    DatasetHashes {
        articles: dataset.source_hash.clone(),
        references: dataset.reference_hash.clone(),
        facts: dataset.fact_hash.clone(),
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
