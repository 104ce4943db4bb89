//! The fold: items in canonical order make corpus figures.
//!
//! While articles stream through, each item leaves its row of numbers here and its line in the journal. At the end
//! the canonical order (dataset, id, system, sample) is restored, and one sequential pass makes every figure.

use std::collections::{BTreeMap, BTreeSet};

use super::score::{GroupTally, Scored};
use super::{EngineError, HUMAN};
use crate::config::Plan;
use crate::dataset::{Dataset, Entry};
use crate::metric::Metric;
use crate::model::record::{Aggregate, CountedReason, Counts, FailureCount, GroupCount, Interval};
use crate::model::{Aggregation, Failure, MetricSpec, Outcome};
use crate::stats::interval::{self, Range, intervals};
use crate::stats::resample::Rows;
use crate::store::{Line, RunWriter};

/// What the fold makes of all items.
pub(super) struct Folded {
    pub finished: u64,
    pub aggregates: Vec<Aggregate>,
    pub groups: Vec<GroupCount>,
    pub failures: Vec<FailureCount>,
}

/// An article, as far as figures need it.
struct ArticleKey {
    dataset: usize,
    id: String,
    lang: String,
}

/// An item, as far as figures need it.
struct ItemKey {
    article: usize,
    system: usize,
    sample: u32,
    line: Line,
    groups: Vec<GroupTally>,
    failure: Option<Failure>,
    finished: bool,
}

/// Why an item has no score, as a counted kind of reason.
type Unscored = (&'static str, &'static str);

/// All items so far.
pub(super) struct Fold<'a> {
    plan: &'a Plan,
    /// Full names, the human row last.
    systems: Vec<String>,
    /// The metrics' specs with what turns their rows into fields, in column order.
    specs: Vec<(&'a dyn Metric, usize, &'a MetricSpec)>,
    /// Numbers an item.
    width: usize,
    articles: Vec<ArticleKey>,
    items: Vec<ItemKey>,
    values: Vec<f64>,
    /// One an item and spec: the stratum, or an index into `reasons` from the top down.
    observed: Vec<u16>,
    /// Kinds of reason met, with the first message of each.
    reasons: Vec<(Unscored, String)>,
}

impl<'a> Fold<'a> {
    pub(super) fn new(plan: &'a Plan, human: bool) -> Self {
        let mut systems: Vec<String> = plan.systems.iter().map(|s| s.id.clone()).collect();
        if human {
            systems.push(HUMAN.to_owned());
        }
        let of = |m: &'a dyn Metric| m.specs().iter().enumerate().map(move |(i, s)| (m, i, s));
        let specs: Vec<_> = plan.metrics.iter().flat_map(|m| of(m.as_ref())).collect();
        let width = specs.iter().map(|(_, _, s)| s.columns.len()).sum();
        let (articles, items, values) = (Vec::new(), Vec::new(), Vec::new());
        Fold { plan, systems, specs, width, articles, items, values, observed: Vec::new(), reasons: Vec::new() }
    }

    /// Takes the scored items of a chunk, in the chunk's order, and writes their lines to the journal.
    pub(super) fn take(
        &mut self,
        dataset: usize,
        chunk: &[Entry],
        scored: Vec<Vec<Scored>>,
        writer: &mut RunWriter,
    ) -> Result<(), EngineError> {
        for (entry, items) in chunk.iter().zip(scored) {
            let article = self.articles.len();
            let lang = entry.article.lang.as_ref().map(ToString::to_string).unwrap_or_default();
            self.articles.push(ArticleKey { dataset, id: entry.article.id.clone(), lang });
            for item in items {
                let line = writer.append(&item.line)?;
                self.values.extend_from_slice(&item.values);
                for observed in item.observed {
                    let code = self.code(observed);
                    self.observed.push(code);
                }
                let Scored { system, sample, groups, failure, finished, .. } = item;
                self.items.push(ItemKey { article, system, sample, line, groups, failure, finished });
            }
        }
        Ok(())
    }

    fn code(&mut self, observed: Outcome<usize>) -> u16 {
        let (kind, message): (Unscored, String) = match observed {
            Outcome::Scored(stratum) => return stratum as u16,
            Outcome::NotApplicable(reason) => (("not_applicable", reason.code.as_str()), reason.message),
            Outcome::Failed(failure) => (("failed", failure.kind.as_str()), failure.message),
            Outcome::NotEvaluated(reason) => (("not_evaluated", reason.code.as_str()), reason.message),
        };
        let index = self.reasons.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.reasons.push((kind, message));
            self.reasons.len() - 1
        });
        u16::MAX - index as u16
    }

    /// Restores the canonical order, writes the items in it, and makes the figures.
    pub(super) fn finish(
        self,
        plan: &Plan,
        datasets: &[Dataset],
        planned: &[(String, u64)],
        writer: &mut RunWriter,
    ) -> Result<Folded, EngineError> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        let key = |i: &usize| {
            let item = &self.items[*i];
            let article = &self.articles[item.article];
            (plan.datasets[article.dataset].name.as_str(), article.id.as_str(), &self.systems[item.system], item.sample)
        };
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        writer.write_items(order.iter().map(|&i| self.items[i].line))?;
        let mut aggregates = Vec::new();
        let slices = self.slices(datasets);
        for (system, (_, asked)) in planned.iter().enumerate() {
            let mine: Vec<usize> = order.iter().copied().filter(|&i| self.items[i].system == system).collect();
            for (name, slice) in &slices {
                let items: Vec<usize> = mine.iter().copied().filter(|&i| self.within(i, slice)).collect();
                let left = match slice {
                    Slice::All => asked.saturating_sub(mine.len() as u64),
                    _ => 0,
                };
                if items.is_empty() && left == 0 {
                    continue;
                }
                self.aggregate(system, name.as_deref(), &items, left, &mut aggregates);
            }
        }
        Ok(Folded {
            finished: self.items.iter().filter(|i| i.finished).count() as u64,
            aggregates,
            groups: self.groups(&order),
            failures: self.failures(&order),
        })
    }

    /// The whole, and its parts by dataset and by language where there are several.
    fn slices(&self, datasets: &[Dataset]) -> Vec<(Option<String>, Slice)> {
        let mut slices = vec![(None, Slice::All)];
        if datasets.len() > 1 {
            let part =
                |(i, spec): (usize, &crate::dataset::Spec)| (Some(format!("dataset:{}", spec.name)), Slice::Dataset(i));
            slices.extend(self.plan.datasets.iter().enumerate().map(part));
        }
        let languages: BTreeSet<&str> = self.articles.iter().map(|a| a.lang.as_str()).collect();
        if languages.len() > 1 {
            slices.extend(languages.into_iter().map(|l| (Some(format!("lang:{l}")), Slice::Language(l.to_owned()))));
        }
        slices
    }

    fn within(&self, item: usize, slice: &Slice) -> bool {
        let article = &self.articles[self.items[item].article];
        match slice {
            Slice::All => true,
            Slice::Dataset(index) => article.dataset == *index,
            Slice::Language(lang) => article.lang == *lang,
        }
    }

    /// Adds the figures of one system over some items (in canonical order), metric by metric.
    fn aggregate(&self, system: usize, slice: Option<&str>, items: &[usize], left: u64, into: &mut Vec<Aggregate>) {
        let mut column = 0;
        for (s, (metric, index, spec)) in self.specs.iter().enumerate() {
            let columns = column..column + spec.columns.len();
            column = columns.end;
            let code = |i: usize| self.observed[i * self.specs.len() + s];
            let (mut counts, mut reasons) = (Counts { not_evaluated: left, ..Counts::default() }, BTreeMap::new());
            for &i in items {
                let Some((kind, message)) = self.reasons.get((u16::MAX - code(i)) as usize) else { continue };
                match kind.0 {
                    "not_applicable" => counts.not_applicable += 1,
                    "failed" => counts.failed += 1,
                    _ => counts.not_evaluated += 1,
                }
                reasons.entry(*kind).or_insert((0, message)).0 += 1;
            }
            let counted = |((status, code), (items, message)): (&Unscored, &(u64, &String))| CountedReason {
                status: (*status).to_owned(),
                code: (*code).to_owned(),
                items: *items,
                message: (*message).clone(),
            };
            let blank = Aggregate {
                system: self.systems[system].clone(),
                metric: spec.name.clone(),
                stratum: String::new(),
                slice: slice.map(str::to_owned),
                articles: 0,
                counts,
                fields: BTreeMap::new(),
                reasons: reasons.iter().map(counted).collect(),
            };
            let before = into.len();
            for (stratum, declared) in spec.strata.iter().enumerate() {
                let of: Vec<usize> = items.iter().copied().filter(|&i| code(i) as usize == stratum).collect();
                if of.is_empty() {
                    continue;
                }
                let rows = self.cluster(&of, columns.clone());
                let made = Rows { values: &rows, width: spec.columns.len() };
                let name = if spec.strata.len() > 1 { declared.name.clone() } else { String::new() };
                into.push(Aggregate {
                    stratum: name,
                    articles: made.len() as u64,
                    counts: Counts { scored: of.len() as u64, ..counts },
                    fields: self.figures(*metric, *index, spec, made),
                    ..blank.clone()
                });
            }
            if into.len() == before {
                into.push(blank);
            }
        }
    }

    /// One row an article: the mean over its samples.
    fn cluster(&self, items: &[usize], columns: std::ops::Range<usize>) -> Vec<f64> {
        let mut rows = Vec::with_capacity(items.len() * columns.len());
        for samples in items.chunk_by(|&a, &b| self.items[a].article == self.items[b].article) {
            for column in columns.clone() {
                let sum: f64 = samples.iter().map(|i| self.values[i * self.width + column]).sum();
                rows.push(sum / samples.len() as f64);
            }
        }
        rows
    }

    fn figures(
        &self,
        metric: &dyn Metric,
        index: usize,
        spec: &MetricSpec,
        rows: Rows<'_>,
    ) -> BTreeMap<String, Interval> {
        let ranges: Vec<Range> = spec.fields.iter().map(|f| f.range).collect();
        let options = interval::Options { replicates: self.plan.replicates, seed: self.plan.seed };
        let means = spec.aggregation == Aggregation::Mean && spec.columns.len() >= spec.fields.len();
        let score = |sum: &[f64], n: f64, fields: &mut [f64]| metric.fields(index, sum, n, fields);
        let made = intervals(rows, means, &ranges, &options, score).unwrap_or_default();
        spec.fields.iter().map(|f| f.name.clone()).zip(made).collect()
    }

    /// Fact verdicts by system, dataset and group.
    fn groups(&self, order: &[usize]) -> Vec<GroupCount> {
        let mut groups: BTreeMap<(usize, usize, &str), GroupCount> = BTreeMap::new();
        for &i in order {
            let item = &self.items[i];
            let dataset = self.articles[item.article].dataset;
            for tally in &item.groups {
                let group = groups.entry((item.system, dataset, &tally.group)).or_insert_with(|| GroupCount {
                    system: self.systems[item.system].clone(),
                    dataset: self.plan.datasets[dataset].name.clone(),
                    group: tally.group.clone(),
                    items: 0,
                    covered: 0,
                    missing: 0,
                    contradicted: 0,
                    recall: 0.0,
                });
                group.items += 1;
                group.covered += tally.covered;
                group.missing += tally.missing;
                group.contradicted += tally.contradicted;
                if tally.weight > 0.0 {
                    group.recall += tally.weight_covered / tally.weight;
                }
            }
        }
        let mean = |mut group: GroupCount| {
            group.recall /= group.items as f64;
            group
        };
        groups.into_values().map(mean).collect()
    }

    /// Failures by system and kind, each with the first in canonical order as an example.
    fn failures(&self, order: &[usize]) -> Vec<FailureCount> {
        let mut failures: BTreeMap<(usize, &'static str), FailureCount> = BTreeMap::new();
        for &i in order {
            let item = &self.items[i];
            let Some(failure) = &item.failure else { continue };
            let count = failures.entry((item.system, failure.kind.as_str())).or_insert_with(|| FailureCount {
                system: self.systems[item.system].clone(),
                items: self.items.iter().filter(|other| other.system == item.system).count() as u64,
                kind: failure.kind.as_str().to_owned(),
                failed: 0,
                example: format!("{}: {}", self.articles[item.article].id, failure.message),
            });
            count.failed += 1;
        }
        failures.into_values().collect()
    }
}

/// A part of the corpus.
enum Slice {
    All,
    Dataset(usize),
    Language(String),
}
