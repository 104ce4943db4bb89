//! Outputs are scored: every metric on every output of a chunk, in parallel.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::fold::Account;
use super::{HUMAN, Made};
use crate::backend::Cause;
use crate::config::Plan;
use crate::dataset::Entry;
use crate::fact::decision::{self, Fate};
use crate::fact::{self, Prepared};
use crate::metric::external::Given;
use crate::metric::{Item, Metric, Rows, Session};
use crate::model::record::{ArticleTraits, ItemFact, ItemRecord, Unscored};
use crate::model::shard::GroupTally;
use crate::model::{
    Aggregation, Article, Decision, Fact, FactReport, Failure, FailureKind, ItemKey, MetricSpec, Outcome, Reason,
    ReasonCode, Reference, Verdict,
};

/// An item, scored: its line of the record, and what the fold needs.
pub(super) struct Scored {
    /// Index of the system, the human row being one past the plan's.
    pub system: usize,
    pub sample: u32,
    /// The line of `items.jsonl`, with its line feed.
    pub line: Vec<u8>,
    /// The rows of all metrics, one after the other; zeros where a metric scored nothing.
    pub values: Vec<f64>,
    /// One a metric: its stratum, or why there is no score.
    pub observed: Vec<Outcome<usize>>,
    /// Fact verdicts counted, and how the item ended.
    pub account: Account,
    /// What became of the article's decisions on this output, by their index in the dataset.
    pub fates: Vec<(usize, Fate)>,
}

/// Scores what was made of each article, article by article in the chunk's order.
pub(super) fn chunk(
    plan: &Plan,
    dataset: &str,
    chunk: &[Entry],
    made: Vec<Vec<Made>>,
    given: &[Vec<Given>],
    run_id: &str,
) -> Vec<Vec<Scored>> {
    chunk
        .par_iter()
        .zip(made)
        .zip(given)
        .map_init(
            || Scorer::new(plan, dataset, run_id),
            |scorer, ((entry, made), given)| scorer.article(entry, made, given),
        )
        .collect()
}

/// What an output is held against: the references, but for an annotator's own.
pub(super) fn references<'a>(plan: &Plan, entry: &'a Entry, made: &Made) -> Cow<'a, [Reference]> {
    if made.system < plan.systems.len() {
        return Cow::Borrowed(&entry.references);
    }
    let others = entry.references.iter().enumerate().filter(|(i, _)| *i != made.sample as usize);
    Cow::Owned(others.map(|(_, reference)| reference.clone()).collect())
}

/// A thread's state: a session a metric, and the row they fill.
struct Scorer<'a> {
    plan: &'a Plan,
    dataset: &'a str,
    run_id: &'a str,
    sessions: Vec<(&'a dyn Metric, Box<dyn Session + 'a>)>,
    rows: Rows,
    /// What the metrics noted of the item at hand, by metric.
    notes: BTreeMap<String, String>,
}

impl<'a> Scorer<'a> {
    fn new(plan: &'a Plan, dataset: &'a str, run_id: &'a str) -> Self {
        let sessions = plan.metrics.iter().map(|m| (m.as_ref(), m.session())).collect();
        Scorer { plan, dataset, run_id, sessions, rows: Rows::default(), notes: BTreeMap::new() }
    }

    fn article(&mut self, entry: &Entry, made: Vec<Made>, given: &[Given]) -> Vec<Scored> {
        let context = fact::Context {
            source: Some(&entry.article.source),
            source_lang: entry.article.lang.as_ref(),
            date: entry.article.date.as_deref(),
        };
        let prepared = Prepared::new(&context, &entry.facts);
        let traits = traits(&entry.article);
        made.into_iter().zip(given).map(|(made, given)| self.item(entry, &traits, &prepared, made, given)).collect()
    }

    fn item(
        &mut self,
        entry: &Entry,
        traits: &ArticleTraits,
        prepared: &Prepared,
        made: Made,
        given: &Given,
    ) -> Scored {
        let system = self.plan.systems.get(made.system);
        let expected = system.and_then(|s| s.output_lang.as_ref()).or(entry.article.lang.as_ref());
        let references = references(self.plan, entry, &made);
        let mut report = made.text.as_ref().ok().map(|text| prepared.check(text, made.lang.as_ref()));
        let (mut fates, mut alone, mut matcher) = (Vec::new(), None, None);
        if let (Ok(text), Some(report)) = (&made.text, &mut report)
            && !entry.decisions.is_empty()
        {
            let before = report.clone();
            fates = self.rule(entry, text, report);
            let overruled = fates.iter().any(|(_, fate)| *fate == Fate::Applied { agreed: false });
            alone = overruled.then_some(before);
        }
        let (values, observed) = match (&made.text, &report) {
            (Ok(text), Some(report)) => {
                let item = Item {
                    candidate: text,
                    candidate_lang: made.lang.as_ref(),
                    expected_lang: expected,
                    references: &references,
                    article: Some(&entry.article),
                    facts: &entry.facts,
                    report: Some(report),
                    given: Some(given),
                };
                matcher = alone.as_ref().map(|alone| self.observe(&Item { report: Some(alone), ..item }).0);
                self.observe(&item)
            }
            (text, _) => self.without(text.as_ref().err()),
        };
        let notes = std::mem::take(&mut self.notes);
        let mut record = ItemRecord {
            key: ItemKey {
                dataset: self.dataset.to_owned(),
                id: entry.article.id.clone(),
                system: system.map_or(HUMAN, |s| &s.id).to_owned(),
                sample: made.sample,
            },
            annotator: made.annotator,
            lang: made.lang,
            article: Some(traits.clone()),
            summary: None,
            raw: made.raw,
            cleaned: made.cleaned,
            shown: made.shown,
            failure: None,
            not_evaluated: None,
            scores: BTreeMap::new(),
            unscored: BTreeMap::new(),
            notes,
            strata: BTreeMap::new(),
            statistics: BTreeMap::new(),
            facts: None,
            quantities: None,
            names: Vec::new(),
            environment: made.trace,
        };
        if let Some(fields) = record.environment.as_object_mut() {
            fields.insert("run".to_owned(), self.run_id.into());
        }
        let mut failure = None;
        match made.text {
            Ok(text) => record.summary = Some(text),
            Err(Cause::Failed(cause)) => {
                record.failure = Some(cause.clone());
                failure = Some(cause);
            }
            Err(Cause::NotAsked(reason)) => record.not_evaluated = Some(reason),
        }
        let finished = record.not_evaluated.is_none();
        self.scores(&values, &observed, &mut record);
        let tally = |of: fn(&Fact) -> &str| report.as_ref().map(|r| tally(&entry.facts, r, of)).unwrap_or_default();
        let groups = tally(|fact| fact.group.as_deref().unwrap_or_default());
        let kinds = tally(|fact| fact.kind.as_str());
        if let Some(report) = report {
            let beyond = made.shown.map(|shown| beyond(entry, prepared, shown)).unwrap_or_default();
            keep(&entry.facts, report, &beyond, &mut record);
        }
        let mut line = serde_json::to_vec(&record).unwrap_or_default();
        line.push(b'\n');
        let Made { system, sample, .. } = made;
        let account = Account { groups, kinds, matcher, failure, finished };
        Scored { system, sample, line, values, observed, account, fates }
    }

    /// Puts people's rulings in place of the matcher's verdicts on an output.
    fn rule(&self, entry: &Entry, text: &str, report: &mut FactReport) -> Vec<(usize, Fate)> {
        let decisions: Vec<&Decision> = entry.decisions.iter().map(|(_, decision)| decision).collect();
        let fates = decision::apply(report, &entry.facts, &entry.article.source, text, &decisions);
        entry.decisions.iter().map(|(index, _)| *index).zip(fates).collect()
    }

    fn observe(&mut self, item: &Item<'_>) -> (Vec<f64>, Vec<Outcome<usize>>) {
        let (mut values, mut observed) = (Vec::new(), Vec::new());
        for (metric, session) in &mut self.sessions {
            self.rows.reset(metric.specs());
            session.observe(item, &mut self.rows);
            for (spec, note) in self.rows.notes.drain(..) {
                self.notes.insert(metric.specs()[spec].name.clone(), note);
            }
            values.extend_from_slice(&self.rows.values);
            observed.append(&mut self.rows.observed);
        }
        (values, observed)
    }

    /// What every metric says of an item without an output.
    fn without(&self, cause: Option<&Cause>) -> (Vec<f64>, Vec<Outcome<usize>>) {
        let outcome = match cause {
            Some(Cause::Failed(failure)) => Outcome::Failed(failure.clone()),
            Some(Cause::NotAsked(reason)) => Outcome::NotEvaluated(reason.clone()),
            None => Outcome::Failed(Failure::new(FailureKind::Internal, "no output and no failure")),
        };
        let specs = self.plan.specs();
        let (columns, observed) = specs.fold((0, Vec::new()), |(columns, mut observed), spec| {
            observed.push(outcome.clone());
            (columns + spec.columns.len(), observed)
        });
        (vec![0.0; columns], observed)
    }

    /// The item's own scores, from its rows.
    fn scores(&self, values: &[f64], observed: &[Outcome<usize>], record: &mut ItemRecord) {
        let mut at = 0;
        let specs = self.plan.metrics.iter().flat_map(|m| m.specs().iter().enumerate().map(move |(i, s)| (m, i, s)));
        for ((metric, index, spec), observed) in specs.zip(observed) {
            let row = &values[at..at + spec.columns.len()];
            at += spec.columns.len();
            let unscored = match observed {
                Outcome::Scored(stratum) => match fields(metric.as_ref(), index, spec, row) {
                    Some(fields) => {
                        record.scores.insert(spec.name.clone(), Some(fields));
                        for (at, field) in spec.fields.iter().enumerate() {
                            if let Some(reason) = metric.absent(index, at, row) {
                                let name = format!("{}.{}", spec.name, field.name);
                                record.unscored.insert(name, Unscored::not_applicable(&reason));
                            }
                        }
                        if spec.strata.len() > 1 {
                            record.strata.insert(spec.name.clone(), spec.strata[*stratum].name.clone());
                        }
                        if spec.aggregation == Aggregation::Pooled {
                            record.statistics.insert(spec.name.clone(), row.to_vec());
                        }
                        continue;
                    }
                    None => Unscored::not_applicable(&nothing_to_score()),
                },
                Outcome::NotApplicable(reason) => Unscored::not_applicable(reason),
                Outcome::Failed(failure) => Unscored::failed(failure),
                Outcome::NotEvaluated(reason) => Unscored::not_evaluated(reason),
            };
            record.scores.insert(spec.name.clone(), None);
            record.unscored.insert(spec.name.clone(), unscored);
        }
    }
}

/// What the record keeps of an article.
fn traits(article: &Article) -> ArticleTraits {
    let hash = Sha256::digest(article.source.as_bytes());
    ArticleTraits {
        lang: article.lang.clone(),
        story: article.story.clone(),
        tags: article.tags.clone(),
        source: hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The reason where an item's counts define no score.
fn nothing_to_score() -> Reason {
    Reason::new(ReasonCode::NothingToScore, "the text holds nothing that this metric counts")
}

fn fields(metric: &dyn Metric, index: usize, spec: &MetricSpec, row: &[f64]) -> Option<BTreeMap<String, f64>> {
    let mut numbers = vec![0.0; spec.fields.len()];
    metric.item_fields(index, row, &mut numbers)?;
    let fields = spec.fields.iter().zip(numbers).enumerate();
    let present = fields.filter(|(at, _)| metric.absent(index, *at, row).is_none());
    Some(present.map(|(_, (field, number))| (field.name.clone(), number)).collect())
}

/// Counts verdicts by what `of` gives, a group or a kind; draft facts count in none.
fn tally<'f>(facts: &'f [Fact], report: &FactReport, of: fn(&'f Fact) -> &'f str) -> Vec<GroupTally> {
    let mut groups: BTreeMap<&str, GroupTally> = BTreeMap::new();
    for (fact, judgement) in facts.iter().zip(&report.facts).filter(|(fact, _)| fact.counts()) {
        let name = of(fact);
        let tally = groups.entry(name).or_insert_with(|| GroupTally {
            group: name.to_owned(),
            covered: 0,
            missing: 0,
            contradicted: 0,
            weight: 0.0,
            weight_covered: 0.0,
            soft: 0.0,
        });
        tally.weight += fact.weight;
        tally.soft += fact.weight * judgement.score;
        match judgement.verdict {
            Verdict::Covered => {
                tally.covered += 1;
                tally.weight_covered += fact.weight;
            }
            Verdict::Missing => tally.missing += 1,
            Verdict::Contradicted => tally.contradicted += 1,
        }
    }
    groups.into_values().collect()
}

/// Whether each fact stands in the article, but not in its first `shown` characters.
fn beyond(entry: &Entry, prepared: &Prepared, shown: usize) -> Vec<bool> {
    let source = &entry.article.source;
    let cut = source.char_indices().nth(shown).map_or(source.len(), |(at, _)| at);
    let covers = |text: &str| {
        let report = prepared.check(text, entry.article.lang.as_ref());
        report.facts.into_iter().map(|judgement| judgement.verdict == Verdict::Covered)
    };
    covers(source).zip(covers(&source[..cut])).map(|(whole, part)| whole && !part).collect()
}

/// Puts verdicts into the record, each with what a reader needs of its fact.
fn keep(facts: &[Fact], report: FactReport, beyond: &[bool], record: &mut ItemRecord) {
    let of = |(i, (fact, judgement)): (usize, (&Fact, _))| ItemFact {
        beyond_cut: beyond.get(i).copied().unwrap_or_default(),
        judgement,
        claim: fact.claim.clone(),
        kind: Some(fact.kind),
        group: fact.group.clone(),
        weight: fact.weight,
        must: fact.must,
        draft: !fact.counts(),
    };
    if !facts.is_empty() {
        record.facts = Some(facts.iter().zip(report.facts).enumerate().map(of).collect());
    }
    record.quantities = report.quantities;
    record.names = report.names;
}
