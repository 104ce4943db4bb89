//! The fold: items in canonical order make corpus figures.
//!
//! While articles stream through, each item leaves its row of numbers here and its line in the journal. At the end
//! the canonical order (dataset, id, system, sample) is restored, and one sequential pass makes every figure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::docket::Docket;
use super::figures::figures;
use super::score::Scored;
use super::shard::Shard;
use super::{EngineError, HUMAN};
use crate::config::Plan;
use crate::dataset::Entry;
use crate::metric::Metric;
use crate::model::record::{Aggregate, CountedReason, Counts, FailureCount, GroupCount, Interval};
use crate::model::shard::{GroupTally, SHARD_SCHEMA, ShardHeader, ShardRow};
use crate::model::{Failure, ItemKey, MetricSpec, Outcome};
use crate::stats::interval;
use crate::stats::resample::Rows;
use crate::store::{Line, RunWriter, StoreError, shard};

/// What the fold makes of all items.
pub(super) struct Folded {
    pub finished: u64,
    pub aggregates: Vec<Aggregate>,
    pub groups: Vec<GroupCount>,
    pub kinds: Vec<GroupCount>,
    pub failures: Vec<FailureCount>,
    /// Figures by the matcher alone, where they are others.
    pub without: Vec<Aggregate>,
    /// What became of people's decisions.
    pub docket: Docket,
}

/// An article, as far as figures need it.
struct ArticleKey {
    dataset: usize,
    id: String,
    lang: String,
}

/// Where an item belongs: the index of its article, that of its system, its sample, and its line of the journal.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub article: usize,
    pub system: usize,
    pub sample: u32,
    pub line: Line,
}

/// An item, as far as figures need it.
struct FoldItem {
    place: Place,
    account: Account,
}

/// What is kept of an item beside its numbers.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Fact verdicts by group.
    pub groups: Vec<GroupTally>,
    /// Fact verdicts by kind of fact.
    pub kinds: Vec<GroupTally>,
    /// The numbers by the matcher alone, where people ruled otherwise.
    pub matcher: Option<Vec<f64>>,
    /// Why the system has no output.
    pub failure: Option<Failure>,
    /// Whether the system was asked at all.
    pub finished: bool,
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
    items: Vec<FoldItem>,
    values: Vec<f64>,
    /// One an item and spec: an index into `outcomes`.
    observed: Vec<u32>,
    /// The unlike outcomes met.
    outcomes: Vec<Outcome<usize>>,
    known: HashMap<Outcome<usize>, u32>,
    /// What became of people's decisions.
    docket: Docket,
}

/// What a shard's rows are headed with.
pub(super) struct Sharding {
    /// Which shard this is.
    pub shard: Shard,
    /// What was chosen before the division.
    pub filtered: Option<String>,
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
        let (observed, outcomes, known) = (Vec::new(), Vec::new(), HashMap::new());
        let docket = Docket::default();
        Fold { plan, systems, specs, width, articles, items, values, observed, outcomes, known, docket }
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
            let lang = entry.article.lang.as_ref().map(ToString::to_string).unwrap_or_default();
            let article = self.article(dataset, entry.article.id.clone(), lang);
            for item in items {
                let line = writer.append(&item.line)?;
                let Scored { system, sample, values, observed, account, fates, .. } = item;
                self.docket.take(dataset, entry, (&self.systems[system], sample), &fates);
                self.item(Place { article, system, sample, line }, &values, observed, account);
            }
        }
        Ok(())
    }

    /// Takes an article, whose items follow, and says its index.
    pub(super) fn article(&mut self, dataset: usize, id: String, lang: String) -> usize {
        self.articles.push(ArticleKey { dataset, id, lang });
        self.articles.len() - 1
    }

    /// Whether an item has as many numbers and outcomes as the metrics declare.
    pub(super) fn fits(&self, values: &[f64], observed: &[Outcome<usize>]) -> bool {
        values.len() == self.width && observed.len() == self.specs.len()
    }

    /// Takes an item, whose line is in the journal.
    pub(super) fn item(&mut self, place: Place, values: &[f64], observed: Vec<Outcome<usize>>, account: Account) {
        self.values.extend_from_slice(values);
        for outcome in observed {
            let code = self.code(outcome);
            self.observed.push(code);
        }
        self.items.push(FoldItem { place, account });
    }

    fn code(&mut self, outcome: Outcome<usize>) -> u32 {
        if let Some(code) = self.known.get(&outcome) {
            return *code;
        }
        let code = u32::try_from(self.outcomes.len()).unwrap_or(u32::MAX);
        self.outcomes.push(outcome.clone());
        self.known.insert(outcome, code);
        code
    }

    /// What a metric observed of an item.
    fn outcome(&self, item: usize, spec: usize) -> &Outcome<usize> {
        &self.outcomes[self.observed[item * self.specs.len() + spec] as usize]
    }

    /// What `merge` needs of an item.
    fn row(&self, item: usize) -> ShardRow {
        let FoldItem { place, account } = &self.items[item];
        let article = &self.articles[place.article];
        ShardRow {
            key: ItemKey {
                dataset: self.plan.datasets[article.dataset].name.clone(),
                id: article.id.clone(),
                system: self.systems[place.system].clone(),
                sample: place.sample,
            },
            lang: article.lang.clone(),
            finished: account.finished,
            values: self.values[item * self.width..(item + 1) * self.width].to_vec(),
            observed: (0..self.specs.len()).map(|spec| self.outcome(item, spec).clone()).collect(),
            groups: account.groups.clone(),
            kinds: account.kinds.clone(),
            matcher: account.matcher.clone(),
            failure: account.failure.clone(),
        }
    }

    /// Restores the canonical order, writes the items in it (of a shard their rows, too), and makes the figures.
    pub(super) fn finish(
        self,
        planned: &[(String, u64)],
        writer: &mut RunWriter,
        sharding: Option<Sharding>,
    ) -> Result<Folded, StoreError> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        let key = |i: &usize| {
            let item = &self.items[*i];
            let article = &self.articles[item.place.article];
            let dataset = self.plan.datasets[article.dataset].name.as_str();
            (dataset, article.id.as_str(), &self.systems[item.place.system], item.place.sample)
        };
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        writer.write_items(order.iter().map(|&i| self.items[i].place.line))?;
        if let Some(Sharding { shard: this, filtered }) = sharding {
            let header = ShardHeader {
                schema: SHARD_SCHEMA.to_owned(),
                shard: this.number(),
                of: this.of(),
                filtered,
                items: order.len() as u64,
                planned: planned.to_vec(),
            };
            shard::write(writer.folder(), &header, order.iter().map(|&i| self.row(i)))?;
        }
        let mut aggregates = Vec::new();
        let slices = self.slices();
        for (system, (_, asked)) in planned.iter().enumerate() {
            let mine: Vec<usize> = order.iter().copied().filter(|&i| self.items[i].place.system == system).collect();
            for (name, slice) in &slices {
                let items: Vec<usize> = mine.iter().copied().filter(|&i| self.within(i, slice)).collect();
                let left = match slice {
                    Slice::All => asked.saturating_sub(mine.len() as u64),
                    _ => 0,
                };
                if items.is_empty() && left == 0 {
                    continue;
                }
                self.aggregate(system, name.as_deref(), &items, left, &self.values, &mut aggregates);
            }
        }
        let without = self.without(&order, &aggregates);
        Ok(Folded {
            finished: self.items.iter().filter(|i| i.account.finished).count() as u64,
            aggregates,
            groups: self.groups(&order, |item| &item.account.groups),
            kinds: self.groups(&order, |item| &item.account.kinds),
            failures: self.failures(&order),
            without,
            docket: self.docket,
        })
    }

    /// The figures of the whole by the matcher alone, where they differ from those with people's rulings.
    fn without(&self, order: &[usize], with: &[Aggregate]) -> Vec<Aggregate> {
        let mut values = self.values.clone();
        let ruled = || self.items.iter().enumerate().filter_map(|(i, item)| Some((i, item.account.matcher.as_ref()?)));
        for (item, row) in ruled() {
            values[item * self.width..(item + 1) * self.width].copy_from_slice(row);
        }
        let ruled: BTreeSet<usize> = ruled().map(|(item, _)| self.items[item].place.system).collect();
        let mut without = Vec::new();
        for system in ruled {
            let items: Vec<usize> = order.iter().copied().filter(|&i| self.items[i].place.system == system).collect();
            self.aggregate(system, None, &items, 0, &values, &mut without);
        }
        let same = |a: &Aggregate| {
            with.iter().any(|w| {
                (&w.system, &w.metric, &w.stratum, &w.slice) == (&a.system, &a.metric, &a.stratum, &a.slice)
                    && w.fields == a.fields
            })
        };
        without.retain(|aggregate| !same(aggregate));
        without
    }

    /// The whole, and its parts by dataset and by language where there are several.
    fn slices(&self) -> Vec<(Option<String>, Slice)> {
        let mut slices = vec![(None, Slice::All)];
        if self.plan.datasets.len() > 1 {
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
        let article = &self.articles[self.items[item].place.article];
        match slice {
            Slice::All => true,
            Slice::Dataset(index) => article.dataset == *index,
            Slice::Language(lang) => article.lang == *lang,
        }
    }

    /// Adds the figures of one system over some items (in canonical order), metric by metric.
    fn aggregate(
        &self,
        system: usize,
        slice: Option<&str>,
        items: &[usize],
        left: u64,
        values: &[f64],
        into: &mut Vec<Aggregate>,
    ) {
        let mut column = 0;
        for (s, (metric, index, spec)) in self.specs.iter().enumerate() {
            let columns = column..column + spec.columns.len();
            column = columns.end;
            let (mut counts, mut reasons) = (Counts { not_evaluated: left, ..Counts::default() }, BTreeMap::new());
            for &i in items {
                let (kind, message): (Unscored, &String) = match self.outcome(i, s) {
                    Outcome::Scored(_) => continue,
                    Outcome::NotApplicable(reason) => {
                        counts.not_applicable += 1;
                        (("not_applicable", reason.code.as_str()), &reason.message)
                    }
                    Outcome::Failed(failure) => {
                        counts.failed += 1;
                        (("failed", failure.kind.as_str()), &failure.message)
                    }
                    Outcome::NotEvaluated(reason) => {
                        counts.not_evaluated += 1;
                        (("not_evaluated", reason.code.as_str()), &reason.message)
                    }
                };
                // In canonical order, so that the message is that of the first whatever order they came in.
                reasons.entry(kind).or_insert((0, message)).0 += 1;
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
                let scored = |i: &usize| matches!(self.outcome(*i, s), Outcome::Scored(by) if *by == stratum);
                let of: Vec<usize> = items.iter().copied().filter(scored).collect();
                if of.is_empty() {
                    continue;
                }
                let rows = self.cluster(values, &of, columns.clone());
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
    fn cluster(&self, values: &[f64], items: &[usize], columns: std::ops::Range<usize>) -> Vec<f64> {
        let mut rows = Vec::with_capacity(items.len() * columns.len());
        for samples in items.chunk_by(|&a, &b| self.items[a].place.article == self.items[b].place.article) {
            for column in columns.clone() {
                let sum: f64 = samples.iter().map(|i| values[i * self.width + column]).sum();
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
        let options = interval::Options { replicates: self.plan.replicates, seed: self.plan.seed };
        let made = figures(metric, index, rows, &options);
        let named = spec.fields.iter().zip(made);
        named.filter_map(|(field, figure)| Some((field.name.clone(), figure?))).collect()
    }

    /// Fact verdicts by system, dataset and group (or kind, as `of` says).
    fn groups(&self, order: &[usize], of: fn(&FoldItem) -> &[GroupTally]) -> Vec<GroupCount> {
        let mut groups: BTreeMap<(usize, usize, &str), GroupCount> = BTreeMap::new();
        for &i in order {
            let item = &self.items[i];
            let dataset = self.articles[item.place.article].dataset;
            for tally in of(item) {
                let group = groups.entry((item.place.system, dataset, &tally.group)).or_insert_with(|| GroupCount {
                    system: self.systems[item.place.system].clone(),
                    dataset: self.plan.datasets[dataset].name.clone(),
                    group: tally.group.clone(),
                    items: 0,
                    covered: 0,
                    missing: 0,
                    contradicted: 0,
                    recall: 0.0,
                    soft: 0.0,
                });
                group.items += 1;
                group.covered += tally.covered;
                group.missing += tally.missing;
                group.contradicted += tally.contradicted;
                if tally.weight > 0.0 {
                    group.recall += tally.weight_covered / tally.weight;
                    group.soft += tally.soft / tally.weight;
                }
            }
        }
        let mean = |mut group: GroupCount| {
            group.recall /= group.items as f64;
            group.soft /= group.items as f64;
            group
        };
        groups.into_values().map(mean).collect()
    }

    /// Failures by system and kind, each with the first in canonical order as an example.
    fn failures(&self, order: &[usize]) -> Vec<FailureCount> {
        let mut failures: BTreeMap<(usize, &'static str), FailureCount> = BTreeMap::new();
        for &i in order {
            let item = &self.items[i];
            let Some(failure) = &item.account.failure else { continue };
            let count = failures.entry((item.place.system, failure.kind.as_str())).or_insert_with(|| FailureCount {
                system: self.systems[item.place.system].clone(),
                items: self.items.iter().filter(|other| other.place.system == item.place.system).count() as u64,
                kind: failure.kind.as_str().to_owned(),
                failed: 0,
                example: format!("{}: {}", self.articles[item.place.article].id, failure.message),
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
