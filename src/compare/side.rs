//! One system of a run (or of a baseline), article by article: what a comparison compares.

use std::collections::BTreeMap;

use crate::model::baseline::{DatasetHashes, Snapshot};
use crate::model::record::{ItemRecord, MetricRecord, RunRecord, SystemKind};
use crate::model::{InSamples, Output, Span, Support, Verdict, split_version};

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
    /// Its language; that of the first output where the record does not say.
    pub lang: Option<String>,
    /// What ties it to its translations.
    pub story: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The beginning of the hash of its source text; empty where not known.
    pub source: String,
}

impl Article {
    /// Each fact as a baseline keeps it: of several samples the verdict is contradicted where one of them contradicts the
    /// fact, else covered where at least half cover it, and is shown by the first sample that says so.
    pub fn facts(&self) -> BTreeMap<&str, &FactSeen> {
        let ids = self.samples.iter().flat_map(|s| s.facts.keys());
        ids.filter_map(|id| Some((id.as_str(), self.fact(id)?))).collect()
    }

    /// One fact, likewise.
    pub fn fact(&self, id: &str) -> Option<&FactSeen> {
        let seen = || self.samples.iter().filter_map(|s| s.facts.get(id));
        let of = |verdict| seen().find(|f| f.verdict == verdict);
        let covered = seen().filter(|f| f.verdict == Verdict::Covered).count();
        let half = 2 * covered >= seen().count() && covered > 0;
        of(Verdict::Contradicted)
            .or_else(|| of(Verdict::Covered).filter(|_| half))
            .or_else(|| of(Verdict::Missing))
            .or_else(|| seen().next())
    }

    /// A fact with a verdict that it has in enough samples: in so many as asked for, or else in one.
    pub fn fact_with(&self, id: &str, verdict: Verdict, rule: Option<InSamples>) -> Option<(usize, &FactSeen)> {
        let mut seen = self.samples.iter().enumerate().filter_map(|(i, s)| Some((i, s.facts.get(id)?)));
        let mut of = seen.by_ref().filter(|(_, f)| f.verdict == verdict);
        let first = of.next()?;
        (1 + of.count() >= rule.map_or(1, |r| r.least as usize)).then_some(first)
    }

    /// Figures that stand without support in enough samples, with the first sample that has each.
    pub fn unsupported(&self, rule: Option<InSamples>) -> Vec<(usize, &FigureSeen)> {
        let mut found: Vec<(usize, &FigureSeen, usize)> = Vec::new();
        for (i, sample) in self.samples.iter().enumerate() {
            // The second of two alike in one sample is another figure than the first.
            let mut taken = vec![false; found.len()];
            for figure in &sample.unsupported {
                let known = (0..taken.len()).find(|&k| !taken[k] && found[k].1.surface == figure.surface);
                match known {
                    Some(k) => {
                        taken[k] = true;
                        found[k].2 += 1;
                    }
                    None => found.push((i, figure, 1)),
                }
            }
        }
        let least = rule.map_or(1, |r| r.least as usize);
        found.into_iter().filter(|(_, _, times)| *times >= least).map(|(i, f, _)| (i, f)).collect()
    }
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
    /// The sum of squared deviations of the samples from each field's mean; absent where there is one sample.
    pub deviations: BTreeMap<String, f64>,
}

impl Scored {
    fn add(&mut self, fields: &BTreeMap<String, f64>, statistics: &[f64]) {
        let before = self.samples;
        self.samples += 1.0;
        let mean = |mean: &mut f64, value: f64| *mean = (*mean * before + value) / (before + 1.0);
        for (name, value) in fields {
            let known = self.fields.entry(name.clone()).or_insert(0.0);
            let apart = *value - *known;
            mean(known, *value);
            if before > 0.0 {
                *self.deviations.entry(name.clone()).or_default() += apart * (*value - *known);
            }
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
    /// Why there is none, where the system failed.
    pub failure: Option<String>,
    /// Whether the system was not asked.
    pub not_asked: bool,
    /// Fact verdicts by fact; drafts left out.
    pub facts: BTreeMap<String, FactSeen>,
    /// Figures that the source does not bear out.
    pub unsupported: Vec<FigureSeen>,
}

/// A figure that the source does not bear out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureSeen {
    /// As it stands in the output.
    pub surface: String,
    /// Where in the output; `None` in a baseline.
    pub place: Option<(usize, usize)>,
    /// Why; empty in a baseline.
    pub reason: String,
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
    /// How much it counts; 1 in a baseline, which does not say.
    pub weight: f64,
    /// How near the output comes to the claim, 0 to 1; `None` in a baseline.
    pub score: Option<f64>,
    /// The words that show the verdict.
    pub evidence: Option<Span>,
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
                weight: f.weight,
                score: Some(f.judgement.score),
                evidence: f.judgement.evidence,
                reason: f.judgement.reason,
            };
            (f.judgement.id, seen)
        };
        let figures = item.quantities.into_iter().flatten().filter(|q| q.verdict == Support::Unsupported);
        if article.samples.is_empty() {
            let traits = item.article.unwrap_or_default();
            article.lang = traits.lang.or(item.lang).map(|l| l.to_string());
            (article.story, article.tags, article.source) = (traits.story, traits.tags, traits.source);
        }
        article.samples.push(Sample {
            summary: item.summary,
            failure: item.failure.map(|f| f.kind.as_str().to_owned()),
            not_asked: item.not_evaluated.is_some(),
            facts: item.facts.into_iter().flatten().filter(|f| !f.draft).map(seen).collect(),
            unsupported: figures
                .map(|q| FigureSeen {
                    place: Some((q.quantity.start, q.quantity.end)),
                    surface: q.quantity.surface,
                    reason: q.reason,
                })
                .collect(),
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
            let mut by_id: BTreeMap<&str, Vec<&Output>> = BTreeMap::new();
            for output in outputs.iter().filter(|o| o.system == *system && o.sample == 0) {
                by_id.entry(&output.id).or_default().push(output);
            }
            let of = |id: &str| by_id.get(id).into_iter().flatten().copied();
            for (name, article) in &kept.articles {
                let Some((dataset, id)) = name.split_once('/') else { continue };
                let mut scores: BTreeMap<(String, String), Scored> = BTreeMap::new();
                for (address, value) in &article.scores {
                    let Some((metric, field)) = address.rsplit_once('.') else { continue };
                    let stratum = snapshot.strata.get(name).and_then(|of| of.get(metric)).cloned();
                    let scored = scores.entry((metric.to_owned(), stratum.unwrap_or_default())).or_default();
                    scored.fields.insert(field.to_owned(), *value);
                    scored.samples = 1.0;
                }
                let seen = |(id, verdict): (&String, &Verdict)| {
                    let (claim, reason) = (String::new(), String::new());
                    let (weight, score) = (1.0, None);
                    let seen = FactSeen {
                        verdict: *verdict,
                        claim,
                        group: None,
                        must: false,
                        weight,
                        score,
                        evidence: None,
                        reason,
                    };
                    (id.clone(), seen)
                };
                let output = of(id).find(|o| o.dataset.as_deref().is_none_or(|d| d == dataset));
                let figure =
                    |surface: &String| FigureSeen { surface: surface.clone(), place: None, reason: String::new() };
                let sample = Sample {
                    summary: output.and_then(|o| o.summary.clone()),
                    failure: article.failure.clone(),
                    not_asked: false,
                    facts: article.facts.iter().map(seen).collect(),
                    unsupported: article.unsupported.iter().map(figure).collect(),
                };
                let lang = output.and_then(|o| o.lang.as_ref()).map(ToString::to_string);
                let source = snapshot.articles.get(name).cloned().unwrap_or_default();
                let (samples, tags, story) = (vec![sample], Vec::new(), None);
                let key = (dataset.to_owned(), id.to_owned());
                side.articles.insert(key, Article { scores, samples, lang, story, tags, source });
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

    /// Takes over what a baseline does not say of an article and its facts, where this side is one: the stratum it was
    /// scored in (the tokenizer follows the article's references, so it is the same on both sides), the article's language,
    /// story and tags, the facts' claims, groups and weights.
    pub fn adopt(&mut self, other: &Side) {
        for (key, article) in &mut self.articles {
            let Some(model) = other.articles.get(key) else { continue };
            if article.tags.is_empty() && article.story.is_none() {
                article.tags.clone_from(&model.tags);
                article.story.clone_from(&model.story);
                article.lang = model.lang.clone().or(article.lang.take());
            }
            for (id, fact) in article.samples.iter_mut().flat_map(|s| &mut s.facts) {
                if let (true, Some(known)) = (fact.claim.is_empty(), model.fact(id)) {
                    fact.claim.clone_from(&known.claim);
                    fact.group.clone_from(&known.group);
                    (fact.must, fact.weight) = (known.must, known.weight);
                }
            }
            for (metric, stratum) in model.scores.keys().filter(|(_, stratum)| !stratum.is_empty()) {
                if let Some(scored) = article.scores.remove(&(metric.clone(), String::new())) {
                    article.scores.insert((metric.clone(), stratum.clone()), scored);
                }
            }
        }
    }

    /// The part of the name before the last `@`.
    pub fn name(&self) -> &str {
        split_version(&self.system).0
    }
}
