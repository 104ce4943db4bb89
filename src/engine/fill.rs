//! Systems that wait (for a server, for a process) are asked before anything is scored.
//!
//! Each has as many requests under way as it wants; what they write goes straight to the output store, from which the
//! scoring pass reads it. So a run that is killed loses nothing that had come, the next one asks only for the rest, and
//! scoring never waits for a slow answer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::event::Event;
use super::filter::Part;
use super::{Context, EngineError, generate};
use crate::backend::{Cause, Request, Trace, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::model::{Reason, ReasonCode};
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
}

/// What the store held of a system's outputs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Share {
    /// Items whose output was kept.
    pub items: u64,
    /// The age of the oldest of them, in seconds.
    pub oldest: u64,
}

/// So many failures before the first output, and a system is not asked further.
const HOPELESS: u64 = 16;

/// Whether a system is asked here.
pub(super) fn waits(system: &System) -> bool {
    system.summarizer.in_flight().is_some()
}

/// Asks every waiting system for all that the store does not hold.
pub(super) fn fill(plan: &Plan, parts: &[Part<'_>], context: &Context<'_>) -> Result<Filled, EngineError> {
    let filled = Mutex::new(Filled::default());
    let failed: Mutex<Option<EngineError>> = Mutex::new(None);
    let spent = Mutex::new(Spent::default());
    std::thread::scope(|scope| {
        for (index, system) in plan.systems.iter().enumerate().filter(|(_, s)| waits(s)) {
            let workers = system.summarizer.in_flight().unwrap_or(1).max(1);
            let (send, receive) = sync_channel::<(usize, Arc<Entry>, u32)>(workers);
            let receive = Arc::new(Mutex::new(receive));
            let start = Arc::new(Mutex::new(Start::default()));
            let (filled, failed, spent) = (&filled, &failed, &spent);
            for _ in 0..workers {
                let receive = receive.clone();
                let asker = Asker { plan, index, system, context, filled, spent, start: start.clone() };
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
        None => Ok(filled.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    system: &System,
    context: &Context<'_>,
) -> Result<Option<Box<Kept>>, EngineError> {
    match store.get(key)? {
        Found::Kept(kept) => {
            let age = (context.now)().saturating_sub(kept.made);
            Ok((system.max_age.is_none_or(|limit| age <= limit)).then_some(kept))
        }
        Found::Nothing => Ok(None),
        Found::Damaged(aside) => {
            let message =
                format!("a kept output is damaged; it was set aside as {} and is asked for again", aside.display());
            context.observer.on(&Event::Warning(message));
            Ok(None)
        }
    }
}

/// One system's worker.
struct Asker<'a> {
    plan: &'a Plan,
    index: usize,
    system: &'a System,
    context: &'a Context<'a>,
    filled: &'a Mutex<Filled>,
    /// What all systems have taken so far.
    spent: &'a Mutex<Spent>,
    /// How the system began.
    start: Arc<Mutex<Start>>,
}

/// How a system began: whether anything came of it yet.
#[derive(Default)]
struct Start {
    succeeded: bool,
    failed: u64,
    first: Option<String>,
}

impl Asker<'_> {
    fn item(&self, dataset: usize, entry: &Entry, sample: u32) -> Result<(), EngineError> {
        let name = &self.plan.datasets[dataset].name;
        let request = generate::request(self.plan, self.index, name, entry, sample, self.context);
        let slot = || (self.index, dataset, entry.article.id.clone(), sample);
        let heard = |ok| self.context.observer.on(&Event::Item { system: &self.system.id, ok });
        let Some(key) = key(self.system, &request) else { return Ok(()) };
        let store = self.context.store;
        if !self.context.refresh
            && let Some(kept) = look(store, &key, self.system, self.context)?
        {
            let mut filled = lock(self.filled);
            let share = filled.kept.entry(self.system.id.clone()).or_default();
            share.items += 1;
            share.oldest = share.oldest.max((self.context.now)().saturating_sub(kept.made));
            drop(filled);
            heard(true);
            return Ok(());
        }
        if let Some(reason) = self.refusal() {
            lock(self.filled).without.insert(slot(), reason.into());
            return Ok(());
        }
        let _claim = store.claim(&key)?;
        // Another process may have asked while this one waited for its turn.
        if !self.context.refresh && look(store, &key, self.system, self.context)?.is_some() {
            heard(true);
            return Ok(());
        }
        if let Some(reason) = self.spend() {
            lock(self.filled).without.insert(slot(), reason.into());
            return Ok(());
        }
        match generate::ask(self.system, &request) {
            Ok(written) => {
                self.pay(&written.trace);
                store.put(&key, &keep(written, (self.context.now)()))?;
                lock(self.filled).asked.insert(slot());
                self.note(None);
                heard(true);
            }
            Err(unwritten) => {
                self.pay(&unwritten.trace);
                if let Cause::Failed(failure) = &unwritten.cause {
                    self.note(Some(failure.to_string()));
                    heard(false);
                }
                lock(self.filled).without.insert(slot(), unwritten);
            }
        }
        Ok(())
    }

    /// Why the system may not be asked at all.
    fn refusal(&self) -> Option<Reason> {
        if self.context.stopped() {
            return Some(Request::interrupted());
        }
        if self.context.offline {
            return Some(Reason::new(ReasonCode::Offline, "not in the store, and the run is --offline"));
        }
        let start = lock(&self.start);
        if !start.succeeded && start.failed >= HOPELESS {
            let first = start.first.as_deref().unwrap_or_default();
            let message =
                format!("the system failed on all of its first {} items, the first with: {first}", start.failed);
            return Some(Reason::new(ReasonCode::GaveUp, message));
        }
        drop(start);
        self.system.summarizer.unavailable()
    }

    /// Notes how an answer came out.
    fn note(&self, failure: Option<String>) {
        let mut start = lock(&self.start);
        match failure {
            None => start.succeeded = true,
            Some(failure) => {
                start.failed += 1;
                start.first.get_or_insert(failure);
            }
        }
    }

    /// Counts a call that is about to be made, unless the budget is spent.
    fn spend(&self) -> Option<Reason> {
        let mut spent = lock(self.spent);
        let reason = match (self.plan.max_calls, self.plan.max_cost) {
            (Some(limit), _) if spent.calls >= limit => format!("the suite's [budget] allows {limit} calls"),
            (_, Some(limit)) if spent.cost >= limit => format!("the suite's [budget] allows a cost of {limit}"),
            _ => {
                spent.calls += 1;
                return None;
            }
        };
        Some(Reason::new(ReasonCode::Budget, format!("{reason}, and that is spent")))
    }

    /// Adds what a call has cost.
    fn pay(&self, trace: &Trace) {
        lock(self.spent).cost += trace.cost.unwrap_or(0.0);
    }
}

/// What a run has taken of its budget.
#[derive(Default)]
struct Spent {
    calls: u64,
    cost: f64,
}

fn keep(written: Written, now: u64) -> Kept {
    Kept {
        summary: written.text,
        raw: written.raw,
        lang: written.lang,
        cleaned: written.cleaned.iter().map(|step| (*step).to_owned()).collect(),
        shown: written.shown,
        trace: serde_json::to_value(&written.trace).unwrap_or_default(),
        made: now,
    }
}
