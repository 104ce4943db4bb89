//! Systems that wait (for a server, for a process) are asked before anything is scored.
//!
//! Each has as many requests under way as it wants; what they write goes straight to the output store, from which the
//! scoring pass reads it. So a run that is killed loses nothing that had come, the next one asks only for the rest, and
//! scoring never waits for a slow answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::event::Event;
use super::filter::Part;
use super::ledger::{Ledger, Start, lock};
use super::{Context, EngineError, generate};
use crate::backend::{Cause, Request, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::model::Reason;
use crate::store::group::Failed;
use crate::store::outputs::{Found, Kept, Key, OutputStore};

/// An item, by indexes of system and dataset, id and sample.
pub(super) type Slot = (usize, usize, String, u32);

/// What asking came to, apart from the outputs that are in the store.
#[derive(Default)]
pub(super) struct Filled {
    /// Items without an output, and why.
    pub without: HashMap<Slot, Unwritten>,
    /// Items whose output was asked for in this run.
    pub asked: HashSet<Slot>,
    /// By system, what was kept already.
    pub kept: BTreeMap<String, Share>,
    /// By system, its models' names.
    pub models: BTreeMap<String, Models>,
}

/// What the store held of a system's outputs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Share {
    /// Items whose output was kept.
    pub items: u64,
    /// All items that were looked for.
    pub of: u64,
    /// The age of the oldest of them, in seconds.
    pub oldest: u64,
}

/// Whether a system is asked here.
pub(super) fn waits(system: &System) -> bool {
    system.summarizer.in_flight().is_some()
}

/// Asks every waiting system for all that the store does not hold.
pub(super) fn fill(
    plan: &Plan,
    parts: &[Part<'_>],
    ledger: &Ledger,
    context: &Context<'_>,
) -> Result<Filled, EngineError> {
    let filled = Mutex::new(Filled::default());
    let failed: Mutex<Option<EngineError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for (index, system) in plan.systems.iter().enumerate().filter(|(_, s)| waits(s)) {
            let workers = system.summarizer.in_flight().unwrap_or(1).max(1);
            let (send, receive) = sync_channel::<(usize, Arc<Entry>, u32)>(workers);
            let receive = Arc::new(Mutex::new(receive));
            let start = Arc::new(Start::default());
            let (filled, failed) = (&filled, &failed);
            for _ in 0..workers {
                let receive = receive.clone();
                let asker = Asker { plan, index, system, context, filled, ledger, start: start.clone() };
                scope.spawn(move || {
                    while let Some((dataset, entry, sample)) = next(&receive) {
                        if let Err(error) = asker.item(dataset, &entry, sample) {
                            lock(failed).get_or_insert(error);
                            return;
                        }
                    }
                });
            }
            drop(receive);
            scope.spawn(move || {
                for (d, part) in parts.iter().enumerate() {
                    if !system.datasets.contains(&plan.datasets[d].name) {
                        continue;
                    }
                    let entries = match part.entries() {
                        Ok(entries) => entries,
                        Err(error) => {
                            lock(failed).get_or_insert(error);
                            return;
                        }
                    };
                    for entry in entries {
                        let entry = match entry {
                            Ok(entry) => Arc::new(entry),
                            Err(error) => {
                                lock(failed).get_or_insert(error);
                                return;
                            }
                        };
                        for sample in 0..system.samples {
                            // Nobody listens any more once all workers have given up.
                            if context.stopped() || send.send((d, entry.clone(), sample)).is_err() {
                                return;
                            }
                        }
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => {
            context.settle()?;
            let filled = filled.into_inner().unwrap_or_else(PoisonError::into_inner);
            let warnings = filled.models.iter().filter_map(|(system, models)| models.warning(system, context.refresh));
            warnings.for_each(|warning| context.observer.on(&Event::Warning(warning)));
            Ok(filled)
        }
    }
}

fn next<T>(receive: &Mutex<Receiver<T>>) -> Option<T> {
    lock(receive).recv().ok()
}

/// The key under which an item's output is kept; `None` where its backend keeps nothing.
pub(super) fn key(system: &System, request: &Request<'_>) -> Option<Key> {
    let identity = system.summarizer.identity(request)?;
    Some(Key::new(json!({
        "backend": system.backend,
        "identity": identity,
        "article": request.article,
        "sample": request.sample,
    })))
}

/// What the store holds for a key, if it is young enough.
pub(super) fn look(
    store: &OutputStore,
    key: &Key,
    max_age: Option<u64>,
    context: &Context<'_>,
) -> Result<Option<Box<Kept>>, EngineError> {
    Ok(find(store, key, context)?.filter(|kept| is_young(kept, max_age, context)))
}

/// What the store holds for a key, however old.
fn find(store: &OutputStore, key: &Key, context: &Context<'_>) -> Result<Option<Box<Kept>>, EngineError> {
    match store.get(key)? {
        Found::Kept(kept) => Ok(Some(kept)),
        Found::Nothing => Ok(None),
        Found::Damaged(aside) => {
            let message =
                format!("a kept output is damaged; it was set aside as {} and is asked for again", aside.display());
            context.observer.on(&Event::Warning(message));
            Ok(None)
        }
    }
}

fn is_young(kept: &Kept, max_age: Option<u64>, context: &Context<'_>) -> bool {
    let age = (context.now)().saturating_sub(kept.made);
    max_age.is_none_or(|limit| age <= limit)
}

/// The names by which a system's model answered: kept before, and in this run, each with the number of outputs.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Models {
    kept: BTreeMap<String, u64>,
    now: BTreeMap<String, u64>,
}

impl Models {
    /// What to say where there is more than one name.
    fn warning(&self, system: &str, refresh: bool) -> Option<String> {
        let names: BTreeSet<&String> = self.kept.keys().chain(self.now.keys()).collect();
        if names.len() < 2 {
            return None;
        }
        let list = |names: &BTreeMap<String, u64>| {
            names.iter().map(|(name, n)| format!("`{name}` ({n} outputs)")).collect::<Vec<_>>().join(", ")
        };
        let remedy = if refresh { "" } else { "; --refresh asks for all of them again" };
        Some(match (self.kept.is_empty(), self.now.is_empty()) {
            (false, false) => format!(
                "{system}: the server now answers as {}, and what was kept is by {}{remedy}",
                list(&self.now),
                list(&self.kept)
            ),
            (false, true) => format!("{system}: what was kept is by several models, {}{remedy}", list(&self.kept)),
            (true, _) => format!("{system}: the server answers as several models, {}", list(&self.now)),
        })
    }
}

/// One system's worker.
struct Asker<'a> {
    plan: &'a Plan,
    index: usize,
    system: &'a System,
    context: &'a Context<'a>,
    filled: &'a Mutex<Filled>,
    ledger: &'a Ledger,
    start: Arc<Start>,
}

impl Asker<'_> {
    fn item(&self, dataset: usize, entry: &Entry, sample: u32) -> Result<(), EngineError> {
        let name = &self.plan.datasets[dataset].name;
        let request = generate::request(self.plan, self.index, name, entry, sample, self.context);
        let slot = || (self.index, dataset, entry.article.id.clone(), sample);
        let heard = |ok| self.context.observer.on(&Event::Item { system: &self.system.id, ok });
        let Some(key) = key(self.system, &request) else { return Ok(()) };
        lock(self.filled).kept.entry(self.system.id.clone()).or_default().of += 1;
        let store = self.context.store;
        let found = find(store, &key, self.context)?;
        if let Some(model) = found.as_ref().and_then(|kept| kept.trace["model"].as_str()) {
            self.saw(model, |models| &mut models.kept);
        }
        if let Some(kept) = found.filter(|kept| !self.context.refresh && self.is_young(kept)) {
            let mut filled = lock(self.filled);
            let share = filled.kept.entry(self.system.id.clone()).or_default();
            share.items += 1;
            share.oldest = share.oldest.max((self.context.now)().saturating_sub(kept.made));
            drop(filled);
            heard(true);
            return Ok(());
        }
        if let Some(reason) = self.context.rerun.and_then(|rerun| rerun.leaves_out(self.plan, &slot())) {
            lock(self.filled).without.insert(slot(), reason.into());
            return Ok(());
        }
        if let Some(failed) = self.noted(&key) {
            self.start.note(Some(failed.failure.to_string()));
            let trace = serde_json::from_value(failed.trace.clone()).unwrap_or_default();
            let unwritten = Unwritten { trace: Box::new(trace), ..failed.failure.clone().into() };
            lock(self.filled).without.insert(slot(), unwritten);
            heard(false);
            return Ok(());
        }
        if let Some(reason) = self.refusal() {
            lock(self.filled).without.insert(slot(), reason.into());
            return Ok(());
        }
        let claim = store.claim(&key)?;
        // Another process may have asked while this one waited for its turn.
        if !self.context.refresh && look(store, &key, self.system.max_age, self.context)?.is_some() {
            heard(true);
            return Ok(());
        }
        if let Some(reason) = self.ledger.spend() {
            lock(self.filled).without.insert(slot(), reason.into());
            return Ok(());
        }
        match generate::ask(self.system, &request) {
            Ok(written) => {
                self.ledger.pay(&written.trace);
                if let Some(model) = &written.trace.model {
                    self.saw(model, |models| &mut models.now);
                }
                self.context.keep(&key, &keep(written, (self.context.now)()), claim)?;
                lock(self.filled).asked.insert(slot());
                self.start.note(None);
                heard(true);
            }
            Err(unwritten) => {
                self.ledger.pay(&unwritten.trace);
                if let Cause::Failed(failure) = &unwritten.cause {
                    if let Some(group) = self.context.group {
                        let trace = serde_json::to_value(&unwritten.trace).unwrap_or_default();
                        group.fail(&key, failure.clone(), trace);
                    }
                    self.start.note(Some(failure.to_string()));
                    heard(false);
                }
                lock(self.filled).without.insert(slot(), unwritten);
            }
        }
        Ok(())
    }

    fn is_young(&self, kept: &Kept) -> bool {
        is_young(kept, self.system.max_age, self.context)
    }

    /// Counts a model's name.
    fn saw(&self, model: &str, of: impl Fn(&mut Models) -> &mut BTreeMap<String, u64>) {
        let mut filled = lock(self.filled);
        let models = filled.models.entry(self.system.id.clone()).or_default();
        *of(models).entry(model.to_owned()).or_default() += 1;
    }

    /// The failure that a killed run had noted, where this one goes on from there.
    fn noted(&self, key: &Key) -> Option<&Failed> {
        let goes_on = !self.context.refresh && self.context.rerun.is_none();
        self.context.group.filter(|_| goes_on)?.failure(key)
    }

    /// Why the system may not be asked at all.
    fn refusal(&self) -> Option<Reason> {
        self.start.refusal("the system", self.context).or_else(|| self.system.summarizer.unavailable())
    }
}

fn keep(written: Written, now: u64) -> Kept {
    Kept {
        raw: written.raw,
        lang: written.lang,
        cleaned: written.cleaned.iter().map(|step| (*step).to_owned()).collect(),
        shown: written.shown,
        trace: serde_json::to_value(&written.trace).unwrap_or_default(),
        ..Kept::new(written.text, now)
    }
}
