//! The engine: a plan and its data make a record.
//!
//! Systems that wait for a server or a process are asked, and what they write goes to the output store (`fill`).
//! Meanwhile articles stream through in chunks, each as soon as all of it has come. For each chunk every other system writes (`generate`), judges outside are asked
//! (`judge`), every output is scored (`score`), and the results go to the journal and into the fold (`fold`), which at the end restores the
//! canonical order and makes the corpus figures. Work is parallel; the fold is not: what comes out never depends on
//! the number of threads or the order of arrival.

pub mod aggregate;
mod asker;
mod docket;
pub mod event;
pub mod figures;
mod fill;
pub mod filter;
mod fold;
mod generate;
mod judge;
mod ledger;
pub mod merge;
mod models;
pub mod rerun;
pub mod rescore;
mod score;
pub mod shard;
pub mod survey;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use event::{Event, Observer};
use filter::{Filter, Part};
use rerun::Rerun;

use crate::backend::Cause;
use crate::config::Plan;
use crate::dataset::{Dataset, DatasetError, Entry};
use crate::model::record::{
    Completeness, DecisionsRecord, MetricRecord, RUN_SCHEMA, RunRecord, SystemKind, SystemRecord,
};
use crate::model::{Lang, MetricSpec};
use crate::store::outputs::{Claim, Kept, Key};
use crate::store::{Group, OutputStore, RunWriter, StoreError};

/// Articles that are in memory at once.
const CHUNK: usize = 128;

/// The name of the human row.
pub const HUMAN: &str = "human";

/// What a run needs from outside.
pub struct Context<'a> {
    /// Hears what happens.
    pub observer: &'a dyn Observer,
    /// Set when the user interrupts: what is in flight is finished, the rest is left.
    pub stop: &'a AtomicBool,
    /// Time since some fixed moment, for latencies.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
    /// Seconds since 1970, for the age of kept outputs.
    pub now: &'a (dyn Fn() -> u64 + Sync),
    /// The run's id, which each line's environment names.
    pub run_id: &'a str,
    /// Where outputs of waiting systems are kept.
    pub store: &'a OutputStore,
    /// Which articles are taken.
    pub filter: &'a Filter,
    /// Whether kept outputs are asked for again.
    pub refresh: bool,
    /// Whether nothing may be asked: what is not kept is not evaluated.
    pub offline: bool,
    /// What an earlier run came to, where only its failures are to be tried again.
    pub rerun: Option<&'a Rerun>,
    /// What brings outputs to disk in groups, and knows what a killed run had noted; each by itself where there is none.
    pub group: Option<&'a Group>,
}

impl Context<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Keeps what came under a key, and gives back the claim on it. It is safe after [`Context::settle`].
    fn keep(&self, key: &Key, kept: &Kept, claim: Claim) -> Result<(), StoreError> {
        match self.group {
            Some(group) => group.put(key, kept, claim),
            None => self.store.put(key, kept),
        }
    }

    /// Waits until all that came is safe.
    fn settle(&self) -> Result<(), StoreError> {
        self.group.map_or(Ok(()), Group::settle)
    }
}

/// Why a run came to no record.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The data could not be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One output, or why there is none, before scoring.
struct Made {
    /// Index of the system: of the plan's, or one past them for the human row.
    system: usize,
    sample: u32,
    annotator: Option<String>,
    /// The language of the text.
    lang: Option<Lang>,
    text: Result<String, Cause>,
    raw: Option<String>,
    cleaned: Vec<String>,
    shown: Option<usize>,
    /// How it came about, for the line's `environment`.
    trace: serde_json::Value,
}

/// The number of items that a run would have, the human row included.
pub fn items(plan: &Plan, datasets: &[Dataset], filter: &Filter) -> Result<u64, EngineError> {
    let part = |(spec, dataset): (&crate::dataset::Spec, _)| Part::new(plan, filter, &spec.name, dataset);
    let parts: Vec<Part<'_>> = plan.datasets.iter().zip(datasets).map(part).collect::<Result<_, _>>()?;
    Ok(planned(plan, &parts, plan.human).iter().map(|(_, items)| items).sum())
}

/// Whether a run may ask a server, a process or a judge for anything.
pub fn asks(plan: &Plan) -> bool {
    plan.systems.iter().any(fill::waits) || plan.judges.iter().any(|judge| judge.judge.in_flight().is_some())
}

/// Runs a plan over its data, opened already and in the plan's order.
///
/// Items are written through `writer`; the returned record's `environment` holds what was kept already, and the caller adds to it.
pub fn run(
    plan: &Plan,
    datasets: &[Dataset],
    writer: &mut RunWriter,
    context: &Context<'_>,
) -> Result<RunRecord, EngineError> {
    let part = |(spec, dataset): (&crate::dataset::Spec, _)| Part::new(plan, context.filter, &spec.name, dataset);
    let parts: Vec<Part<'_>> = plan.datasets.iter().zip(datasets).map(part).collect::<Result<_, _>>()?;
    let human = plan.human && context.filter.takes_system(HUMAN) && parts.iter().any(Part::has_references);
    let planned = planned(plan, &parts, human);
    let items: u64 = planned.iter().map(|(_, n)| n).sum();
    let mut warnings: Vec<String> = datasets.iter().flat_map(|d| d.warnings().iter().cloned()).collect();
    warnings.extend(refusals(plan));
    warnings.extend(plan.systems.iter().filter_map(|system| system.summarizer.remark()));
    warnings.extend(plan.judges.iter().filter_map(|judge| judge.judge.remark()));
    for warning in &warnings {
        context.observer.on(&Event::Warning(warning.clone()));
    }
    // A judge is asked about every item, which takes its time as well.
    let judges = plan.judges.iter().map(|judge| (judge.name().to_owned(), items));
    let shown: Vec<(String, u64)> = planned.iter().cloned().chain(judges).collect();
    let all = shown.iter().map(|(_, items)| items).sum();
    context.observer.on(&Event::Started { systems: shown, items: all });
    let ledger = ledger::Ledger::new(plan);
    let (fold, filled) = fill::fill(plan, &parts, &ledger, context, |filling| {
        stream(plan, &parts, human, writer, context, &ledger, filling)
    })?;
    context.observer.on(&Event::Finished);
    let sharding = context.filter.shard.map(|shard| {
        let whole = context.filter.whole();
        fold::Sharding { shard, filtered: whole.is_active().then(|| whole.describe()) }
    });
    let folded = fold.finish(&planned, writer, sharding)?;
    let complete = Completeness {
        planned: items,
        finished: folded.finished,
        interrupted: context.stopped() && folded.finished < items,
        filtered: context.filter.is_active().then(|| context.filter.describe()),
        warnings,
    };
    let environment = serde_json::json!({ "kept": filled.kept, "models": filled.models });
    Ok(record(plan, datasets, human, complete, folded, environment))
}

/// The record of what was folded.
fn record(
    plan: &Plan,
    datasets: &[Dataset],
    human: bool,
    complete: Completeness,
    folded: fold::Folded,
    environment: serde_json::Value,
) -> RunRecord {
    let without = folded.without;
    let decisions = folded.docket.record(datasets).map(|record| DecisionsRecord { without, ..record });
    RunRecord {
        schema: RUN_SCHEMA.to_owned(),
        suite: plan.name.clone(),
        complete,
        plan: plan.resolved.clone(),
        datasets: datasets.iter().map(|d| d.summary().clone()).collect(),
        systems: describe_systems(plan, human),
        metrics: plan.specs().map(describe_metric).collect(),
        aggregates: folded.aggregates,
        groups: folded.groups,
        kinds: folded.kinds,
        failures: folded.failures,
        decisions,
        environment,
    }
}

/// Scores chunk after chunk of what systems write.
fn stream<'a>(
    plan: &'a Plan,
    parts: &[Part<'_>],
    human: bool,
    writer: &mut RunWriter,
    context: &Context<'_>,
    ledger: &ledger::Ledger,
    filling: &fill::Filling<'_>,
) -> Result<fold::Fold<'a>, EngineError> {
    let bench = judge::Bench::new(plan, context, ledger);
    let mut fold = fold::Fold::new(plan, human);
    if bench.spends() {
        filling.wait_for_all()?;
    }
    for (index, part) in parts.iter().enumerate() {
        let mut entries = part.entries()?;
        for number in 0.. {
            let chunk: Vec<Entry> = entries.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
            if chunk.is_empty() {
                break;
            }
            filling.wait(index, number, chunk.len())?;
            let name = &plan.datasets[index].name;
            let made = generate::chunk(plan, (index, name), &chunk, human, filling, context)?;
            let given = bench.chunk(name, &chunk, &made)?;
            let scored = score::chunk(plan, name, &chunk, made, &given, context.run_id);
            fold.take(index, &chunk, scored, writer)?;
            // What waiting systems wrote before a stop is still scored.
            if context.stopped() && !plan.systems.iter().any(fill::waits) {
                return Ok(fold);
            }
        }
    }
    Ok(fold)
}

/// A line for each private dataset and system that does not name it.
fn refusals(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    let private = plan.datasets.iter().filter(|dataset| dataset.private);
    private.flat_map(|dataset| {
        let without = plan.systems.iter().filter(|system| !system.datasets.contains(&dataset.name));
        without.map(|system| {
            let (name, id) = (&dataset.name, &system.id);
            format!("dataset `{name}` is private and is not sent to `{id}`, which does not name it in `datasets`")
        })
    })
}

/// Each row of the table with the number of its items.
fn planned(plan: &Plan, parts: &[Part<'_>], human: bool) -> Vec<(String, u64)> {
    let articles = |system: &crate::config::plan::System| -> u64 {
        let on = |name: &String| system.datasets.contains(name);
        plan.datasets.iter().zip(parts).filter(|(spec, _)| on(&spec.name)).map(|(_, part)| part.articles()).sum()
    };
    let mut planned: Vec<(String, u64)> =
        plan.systems.iter().map(|s| (s.id.clone(), articles(s) * u64::from(s.samples))).collect();
    if human {
        planned.push((HUMAN.to_owned(), parts.iter().map(Part::references).sum()));
    }
    planned
}

fn describe_systems(plan: &Plan, human: bool) -> Vec<SystemRecord> {
    let system = |id: &str, kind, backend: &str| {
        let (name, version) = crate::model::split_version(id);
        SystemRecord {
            id: id.to_owned(),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            kind,
            backend: backend.to_owned(),
        }
    };
    let mut systems: Vec<SystemRecord> = plan.systems.iter().map(|s| system(&s.id, s.kind(), &s.backend)).collect();
    if human {
        systems.push(system(HUMAN, SystemKind::Human, HUMAN));
    }
    systems
}

fn describe_metric(spec: &MetricSpec) -> MetricRecord {
    MetricRecord {
        name: spec.name.clone(),
        fields: spec.fields.clone(),
        headline: spec.headline.map(|h| spec.fields[h].name.clone()),
        aggregation: spec.aggregation,
        signatures: spec.strata.iter().map(|s| (s.name.clone(), s.signature.clone())).collect(),
    }
}
