//! Systems that wait (for a server, for a process) are asked, while what has come is scored.
//!
//! Each has as many requests under way as it wants ([`super::asker`]); what they write goes straight to the output store, from which the
//! scoring pass reads it, chunk by chunk, as soon as all of a chunk has come. So a run that is killed loses nothing that had
//! come, the next one asks only for the rest, and neither asking nor scoring waits for the other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::json;

use super::asker::{Asker, Turns};
use super::event::Event;
use super::filter::Part;
use super::ledger::{Ledger, Start, lock};
use super::models::Models;
use super::{CHUNK, Context, EngineError};
use crate::backend::{Cause, Request, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::model::{Failure, Reason};
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

impl Filled {
    /// The names by which a system's model answers.
    pub fn models(&mut self, system: &str) -> &mut Models {
        self.models.entry(system.to_owned()).or_default()
    }
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

/// Asking that is under way.
pub(super) struct Filling<'a> {
    plan: &'a Plan,
    context: &'a Context<'a>,
    ledger: &'a Ledger,
    /// How each of the plan's systems began.
    starts: Vec<Start>,
    progress: Mutex<Progress>,
    changed: Condvar,
    /// Set when what comes is wanted no more.
    abandoned: AtomicBool,
}

#[derive(Default)]
struct Progress {
    filled: Filled,
    /// Items that are done, by dataset and chunk.
    done: HashMap<(usize, usize), u64>,
    /// The chunk that is waited for, and how many items it has.
    awaited: Option<((usize, usize), u64)>,
    /// Threads that still ask, or bring what is to be asked for.
    running: usize,
    failed: Option<EngineError>,
}

/// An item to be asked for.
struct Order {
    dataset: usize,
    /// Which of the dataset's chunks it belongs to.
    chunk: usize,
    entry: Arc<Entry>,
    sample: u32,
}

/// Asks every waiting system for all that the store does not hold, and does `meanwhile` what can be done with what has come.
pub(super) fn fill<T>(
    plan: &Plan,
    parts: &[Part<'_>],
    ledger: &Ledger,
    context: &Context<'_>,
    meanwhile: impl FnOnce(&Filling<'_>) -> Result<T, EngineError>,
) -> Result<(T, Filled), EngineError> {
    let filling = Filling::new(plan, context, ledger);
    let made = thread::scope(|scope| {
        for (index, system) in plan.systems.iter().enumerate().filter(|(_, s)| waits(s)) {
            let at_once = system.summarizer.in_flight().unwrap_or(1).max(1);
            let turns = Arc::new(Turns::new(at_once));
            let (send, receive) = sync_channel::<Order>(at_once);
            let receive = Arc::new(Mutex::new(receive));
            for _ in 0..at_once + ahead(at_once) {
                let (receive, running) = (receive.clone(), Running::new(&filling));
                let asker = Asker { plan, index, system, context, filling: &filling, turns: turns.clone() };
                scope.spawn(move || running.until(|filling| filling.ask(&asker, &receive)));
            }
            let running = Running::new(&filling);
            scope.spawn(move || running.until(|filling| filling.bring(system, parts, &send)));
        }
        let made = meanwhile(&filling);
        filling.abandoned.store(made.is_err(), Ordering::Relaxed);
        made
    });
    let progress = filling.progress.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = progress.failed {
        return Err(error);
    }
    let (made, filled) = (made?, progress.filled);
    context.settle()?;
    let warnings = filled.models.iter().filter_map(|(system, models)| models.warning(system, context.refresh));
    warnings.for_each(|warning| context.observer.on(&Event::Warning(warning)));
    Ok((made, filled))
}

/// How many items are made ready while `at_once` are asked for, so that a turn which comes free is taken at once.
fn ahead(at_once: usize) -> usize {
    at_once.min(thread::available_parallelism().map_or(1, usize::from))
}

/// Counts a thread as running, however it ends.
struct Running<'a>(&'a Filling<'a>);

impl<'a> Running<'a> {
    fn new(filling: &'a Filling<'a>) -> Self {
        filling.lock().running += 1;
        Running(filling)
    }

    /// Does a thread's work, and notes the error that it may end with.
    fn until(self, work: impl FnOnce(&Filling<'_>) -> Result<(), EngineError>) {
        if let Err(error) = work(self.0) {
            self.0.lock().failed.get_or_insert(error);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.changed.notify_all();
    }
}

impl<'a> Filling<'a> {
    /// Of nothing so far.
    pub(super) fn new(plan: &'a Plan, context: &'a Context<'a>, ledger: &'a Ledger) -> Self {
        let (progress, changed) = (Mutex::default(), Condvar::new());
        let starts = plan.systems.iter().map(|_| Start::default()).collect();
        Filling { plan, context, ledger, starts, progress, changed, abandoned: AtomicBool::new(false) }
    }

    /// Why a system may not be asked; where it may, the call counts as made.
    pub(super) fn refuses(&self, index: usize) -> Option<Reason> {
        self.refusal(index).or_else(|| self.ledger.spend())
    }

    /// Why a system may not be asked, but for the budget.
    pub(super) fn refusal(&self, index: usize) -> Option<Reason> {
        let refusal = self.starts[index].refusal("the system", self.context);
        refusal.or_else(|| self.plan.systems[index].summarizer.unavailable())
    }

    /// Takes note of what a call came to.
    pub(super) fn note(&self, index: usize, answer: &Result<Written, Unwritten>) {
        self.ledger.pay(answer.as_ref().map_or_else(|unwritten| &unwritten.trace, |written| &written.trace));
        match answer {
            Ok(_) => self.starts[index].note(None),
            Err(Unwritten { cause: Cause::Failed(failure), .. }) => self.note_failure(index, failure),
            Err(_) => {}
        }
    }

    /// Takes note of a failure that a killed run had met.
    pub(super) fn note_failure(&self, index: usize, failure: &Failure) {
        self.starts[index].note(Some(failure.to_string()));
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }

    /// What asking has come to so far, to be read or added to.
    pub(super) fn with<T>(&self, of: impl FnOnce(&mut Filled) -> T) -> T {
        of(&mut self.lock().filled)
    }

    /// Asks for what is ordered, until nothing more comes.
    fn ask(&self, asker: &Asker<'_>, orders: &Mutex<Receiver<Order>>) -> Result<(), EngineError> {
        let next = || lock(orders).recv().ok().filter(|_| !self.abandoned.load(Ordering::Relaxed));
        while let Some(Order { dataset, chunk, entry, sample }) = next() {
            asker.item(dataset, &entry, sample)?;
            let mut progress = self.lock();
            let done = progress.done.entry((dataset, chunk)).or_default();
            *done += 1;
            if Some(((dataset, chunk), *done)) == progress.awaited {
                self.changed.notify_all();
            }
        }
        Ok(())
    }

    /// Orders a system's items, in the order of the data.
    fn bring(&self, system: &System, parts: &[Part<'_>], orders: &SyncSender<Order>) -> Result<(), EngineError> {
        for (dataset, part) in parts.iter().enumerate() {
            if !system.datasets.contains(&self.plan.datasets[dataset].name) {
                continue;
            }
            for (at, entry) in part.entries()?.enumerate() {
                let entry = Arc::new(entry?);
                for sample in 0..system.samples {
                    let order = Order { dataset, chunk: at / CHUNK, entry: entry.clone(), sample };
                    // Nobody listens any more once all askers have given up.
                    if self.context.stopped() || orders.send(order).is_err() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Waits until all that is asked for of a dataset's n-th chunk, of so many articles, is in the store, or has come to
    /// nothing; or until nothing more comes.
    pub(super) fn wait(&self, dataset: usize, chunk: usize, articles: usize) -> Result<(), EngineError> {
        let name = &self.plan.datasets[dataset].name;
        let systems = self.plan.systems.iter().filter(|s| waits(s) && s.datasets.contains(name));
        let items: u64 = systems.map(|system| u64::from(system.samples) * articles as u64).sum();
        self.until(Some(((dataset, chunk), items)))
    }

    /// Waits until nothing more comes.
    pub(super) fn wait_for_all(&self) -> Result<(), EngineError> {
        self.until(None)
    }

    fn until(&self, awaited: Option<((usize, usize), u64)>) -> Result<(), EngineError> {
        let mut progress = self.lock();
        progress.awaited = awaited;
        let has_come = |progress: &Progress| {
            awaited.is_some_and(|(chunk, items)| progress.done.get(&chunk).copied().unwrap_or(0) >= items)
        };
        while progress.failed.is_none() && progress.running > 0 && !has_come(&progress) {
            progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        let failed = progress.failed.take();
        drop(progress);
        failed.map_or(Ok(()), Err)?;
        Ok(self.context.settle()?)
    }
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
pub(super) fn find(store: &OutputStore, key: &Key, context: &Context<'_>) -> Result<Option<Box<Kept>>, EngineError> {
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

pub(super) fn is_young(kept: &Kept, max_age: Option<u64>, context: &Context<'_>) -> bool {
    let age = (context.now)().saturating_sub(kept.made);
    max_age.is_none_or(|limit| age <= limit)
}
