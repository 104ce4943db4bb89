//! Kept outputs scored anew: today's metrics, facts and decisions on what was written before.
//!
//! Nothing is generated: the systems are those that wrote the outputs, whether or not the suite still has them. All kept
//! outputs sit in memory at once; articles stream as in a run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::json;

use super::event::{Event, Observer};
use super::filter::{Filter, Part};
use super::{Context, EngineError, HUMAN, Made, fold, generate, judge, ledger, score};
use crate::backend::{Cause, Request, Summarizer, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::{Dataset, Entry};
use crate::model::record::{Completeness, ItemRecord, RunRecord, SystemKind, SystemRecord};
use crate::model::{Failure, FailureKind, ItemKey, Lang, Output, Reason, ReasonCode, split_version};
use crate::store::{OutputStore, RunWriter};

/// An output as it was kept, or why there is none.
#[derive(Debug, Clone)]
pub struct KeptOutput {
    /// Which item.
    pub key: ItemKey,
    lang: Option<Lang>,
    text: Result<String, Cause>,
    raw: Option<String>,
    cleaned: Vec<String>,
    shown: Option<usize>,
    trace: serde_json::Value,
}

impl From<ItemRecord> for KeptOutput {
    fn from(item: ItemRecord) -> Self {
        let text = match (item.summary, item.failure, item.not_evaluated) {
            (Some(text), _, _) => Ok(text),
            (None, Some(failure), _) => Err(Cause::Failed(failure)),
            (None, None, Some(reason)) => Err(Cause::NotAsked(reason)),
            (None, None, None) => Err(Cause::Failed(nothing())),
        };
        let (lang, raw, cleaned, shown) = (item.lang, item.raw, item.cleaned, item.shown);
        KeptOutput { key: item.key, lang, text, raw, cleaned, shown, trace: item.environment }
    }
}

impl KeptOutput {
    /// An output of a baseline, which keeps the kind of a failure apart.
    pub fn of_baseline(output: Output, failure: Option<&str>) -> Self {
        let kind = failure.and_then(|kind| serde_json::from_value(kind.into()).ok());
        let failure = kind.map_or_else(nothing, |kind| Failure::new(kind, "as the baseline has it"));
        let dataset = output.dataset.unwrap_or_default();
        KeptOutput {
            key: ItemKey { dataset, id: output.id, system: output.system, sample: output.sample },
            lang: output.lang,
            text: output.summary.ok_or(Cause::Failed(failure)),
            raw: None,
            cleaned: Vec::new(),
            shown: None,
            trace: json!({}),
        }
    }
}

fn nothing() -> Failure {
    Failure::new(FailureKind::MissingOutput, "no output was kept")
}

/// Stands in the place of a summarizer: its outputs are there already.
struct Gone {
    sees_references: bool,
}

impl Summarizer for Gone {
    fn summarize(&self, _: &Request<'_>) -> Result<Written, Unwritten> {
        Err(Reason::new(ReasonCode::Offline, "outputs are scored again, not written").into())
    }

    fn sees_references(&self) -> bool {
        self.sees_references
    }
}

/// What is scored anew.
pub struct Rescored<'a> {
    /// The systems that wrote the outputs; a human row among them is made of today's references.
    pub systems: &'a [SystemRecord],
    /// What they wrote; under the name `human`, texts that stand in the place of the annotators' own.
    pub outputs: Vec<KeptOutput>,
    /// Where it comes from, for the record: what was filtered, whether it was interrupted.
    pub complete: Option<&'a Completeness>,
}

/// Scores kept outputs by a plan's metrics over its data, opened already and in the plan's order. The record is written
/// as a run's is, and its `environment` is left to the caller.
pub fn rescore(
    mut plan: Plan,
    datasets: &[Dataset],
    rescored: Rescored<'_>,
    writer: &mut RunWriter,
    run_id: &str,
    observer: &dyn Observer,
) -> Result<RunRecord, EngineError> {
    let human = rescored.systems.iter().any(|s| s.kind == SystemKind::Human);
    // Texts under the annotators' name stand in their place, each held against the references of the others.
    let stand_ins = human && rescored.outputs.iter().any(|output| output.key.system == HUMAN);
    let known = std::mem::take(&mut plan.systems);
    let candidates = rescored.systems.iter().filter(|s| s.kind != SystemKind::Human);
    plan.systems = candidates.map(|system| stand_in(system, &known)).collect();
    let mut index: HashMap<String, usize> = plan.systems.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect();
    if stand_ins {
        index.insert(HUMAN.to_owned(), plan.systems.len());
    }
    let mut kept: HashMap<(String, String), Vec<KeptOutput>> = HashMap::new();
    for output in rescored.outputs.into_iter().filter(|output| index.contains_key(&output.key.system)) {
        kept.entry((output.key.dataset.clone(), output.key.id.clone())).or_default().push(output);
    }
    let mut warnings: Vec<String> = datasets.iter().flat_map(|d| d.warnings().iter().cloned()).collect();
    let articles: HashSet<(String, String)> = kept.keys().cloned().collect();
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    for output in kept.values().flatten() {
        *told.entry(&output.key.system).or_default() += 1;
    }
    let systems: Vec<(String, u64)> = told.into_iter().map(|(id, n)| (id.to_owned(), n)).collect();
    let items = systems.iter().map(|(_, n)| n).sum();
    observer.on(&Event::Started { systems, items });
    let mut planned: BTreeMap<usize, u64> = BTreeMap::new();
    let mut fold = fold::Fold::new(&plan, human);
    let filter = Filter::default();
    // Judges are asked for nothing new: what they said is in the store, or imported.
    let (stop, store) = (AtomicBool::new(false), OutputStore::new(&plan.store));
    let context = Context {
        observer: &(),
        stop: &stop,
        clock: &Duration::default,
        now: &|| 0,
        run_id,
        store: &store,
        filter: &filter,
        refresh: false,
        offline: true,
        rerun: None,
        group: None,
    };
    let ledger = ledger::Ledger::new(&plan);
    let bench = judge::Bench::new(&plan, &context, &ledger);
    for (at, dataset) in datasets.iter().enumerate() {
        let name = &plan.datasets[at].name;
        let part = Part::new(&plan, &filter, name, dataset)?;
        let mut entries = part.entries()?;
        loop {
            let chunk: Vec<Entry> = entries.by_ref().take(super::CHUNK).collect::<Result<_, _>>()?;
            if chunk.is_empty() {
                break;
            }
            let mut scored: Vec<Entry> = Vec::new();
            let mut made: Vec<Vec<Made>> = Vec::new();
            for entry in chunk {
                let Some(outputs) = kept.remove(&(name.clone(), entry.article.id.clone())) else { continue };
                let mut of: Vec<Made> = outputs.into_iter().filter_map(|output| as_made(output, &index)).collect();
                if human && !stand_ins {
                    of.extend(generate::annotators(&entry, plan.systems.len()));
                }
                for made in &of {
                    *planned.entry(made.system).or_default() += 1;
                    if let Some(system) = plan.systems.get(made.system) {
                        observer.on(&Event::Item { system: &system.id, ok: made.text.is_ok() });
                    }
                }
                made.push(of);
                scored.push(entry);
            }
            let given = bench.chunk(name, &scored, &made)?;
            let lines = score::chunk(&plan, name, &scored, made, &given, run_id);
            fold.take(at, &scored, lines, writer)?;
        }
    }
    observer.on(&Event::Finished);
    if !kept.is_empty() {
        let (gone, all) = (kept.len(), articles.len());
        warnings
            .push(format!("outputs of {gone} of {all} articles are left out: the suite no longer has these articles"));
    }
    let row = |(i, id): (usize, &str)| (id.to_owned(), planned.get(&i).copied().unwrap_or(0));
    let rows: Vec<(String, u64)> =
        plan.systems.iter().map(|s| s.id.as_str()).chain(human.then_some(HUMAN)).enumerate().map(row).collect();
    let items: u64 = rows.iter().map(|(_, n)| n).sum();
    let folded = fold.finish(&rows, writer, None)?;
    let complete = Completeness {
        planned: items,
        finished: folded.finished,
        interrupted: rescored.complete.is_some_and(|c| c.interrupted),
        filtered: rescored.complete.and_then(|c| c.filtered.clone()),
        warnings,
    };
    Ok(super::record(&plan, datasets, human, complete, folded, json!({})))
}

/// A system as far as scoring asks: its name, its kind, and the language it is to write in, by today's suite.
fn stand_in(system: &SystemRecord, known: &[System]) -> System {
    let named = known.iter().find(|s| s.id == system.id);
    let named = named.or_else(|| known.iter().find(|s| split_version(&s.id).0 == system.name));
    System {
        id: system.id.clone(),
        backend: system.backend.clone(),
        datasets: Vec::new(),
        output_lang: named.and_then(|s| s.output_lang.clone()),
        samples: 1,
        max_age: None,
        summarizer: Box::new(Gone { sees_references: system.kind == SystemKind::Oracle }),
    }
}

fn as_made(output: KeptOutput, index: &HashMap<String, usize>) -> Option<Made> {
    let KeptOutput { key, lang, text, raw, cleaned, shown, trace } = output;
    let system = *index.get(&key.system)?;
    Some(Made { system, sample: key.sample, annotator: None, lang, text, raw, cleaned, shown, trace })
}
