//! One item of a waiting system: found in the store, or asked for.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::event::Event;
use super::fill::{Filling, find, is_young, key, look};
use super::ledger::lock;
use super::{Context, EngineError, generate};
use crate::backend::{Cause, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::store::group::Failed;
use crate::store::outputs::{Kept, Key};

/// How many may ask a system at once. Whoever has made an item ready waits here, so that no turn is lost over that.
pub(super) struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// The right to ask, given back when dropped.
struct Turn<'a>(&'a Turns);

impl Turns {
    pub fn new(at_once: usize) -> Self {
        Turns { free: Mutex::new(at_once), given_back: Condvar::new() }
    }

    fn take(&self) -> Turn<'_> {
        let none_free = |free: &mut usize| *free == 0;
        let free = self.given_back.wait_while(lock(&self.free), none_free);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.given_back.notify_one();
    }
}

/// One of those who ask a system.
pub(super) struct Asker<'a> {
    pub plan: &'a Plan,
    /// The system's place in the plan.
    pub index: usize,
    pub system: &'a System,
    pub context: &'a Context<'a>,
    /// Where it is noted what asking came to.
    pub filling: &'a Filling<'a>,
    pub turns: Arc<Turns>,
}

impl Asker<'_> {
    /// Asks for an item that the store does not hold, as far as that may be.
    pub(super) fn item(&self, dataset: usize, entry: &Entry, sample: u32) -> Result<(), EngineError> {
        let name = &self.plan.datasets[dataset].name;
        let request = generate::request(self.plan, self.index, name, entry, sample, self.context);
        let slot = || (self.index, dataset, entry.article.id.clone(), sample);
        let heard = |ok| self.context.observer.on(&Event::Item { system: &self.system.id, ok });
        let without = |unwritten: Unwritten| self.filling.with(|filled| filled.without.insert(slot(), unwritten));
        let Some(key) = key(self.system, &request) else { return Ok(()) };
        let store = self.context.store;
        let found = find(store, &key, self.context)?;
        let fits = |kept: &Kept| !self.context.refresh && is_young(kept, self.system.max_age, self.context);
        self.looked(found.as_deref(), fits);
        if found.as_deref().is_some_and(fits) {
            heard(true);
            return Ok(());
        }
        if let Some(reason) = self.context.rerun.and_then(|rerun| rerun.leaves_out(self.plan, &slot())) {
            without(reason.into());
            return Ok(());
        }
        if let Some(failed) = self.noted(&key) {
            self.filling.note_failure(self.index, &failed.failure);
            let trace = serde_json::from_value(failed.trace.clone()).unwrap_or_default();
            without(Unwritten { trace: Box::new(trace), ..failed.failure.clone().into() });
            heard(false);
            return Ok(());
        }
        if let Some(reason) = self.filling.refusal(self.index) {
            without(reason.into());
            return Ok(());
        }
        let claim = store.claim(&key)?;
        // Another process may have asked while this one waited for its turn.
        if !self.context.refresh && look(store, &key, self.system.max_age, self.context)?.is_some() {
            heard(true);
            return Ok(());
        }
        let turn = self.turns.take();
        // What was asked for meanwhile may have shown that it makes no sense, or spent the budget.
        if let Some(reason) = self.filling.refuses(self.index) {
            without(reason.into());
            return Ok(());
        }
        let answer = generate::ask(self.system, &request);
        self.filling.note(self.index, &answer);
        drop(turn);
        match answer {
            Ok(written) => {
                let model = written.trace.model.clone();
                self.context.keep(&key, &keep(written, (self.context.now)()), claim)?;
                self.filling.with(|filled| {
                    filled.asked.insert(slot());
                    if let Some(model) = model {
                        filled.models(&self.system.id).answered(&model);
                    }
                });
                heard(true);
            }
            Err(unwritten) => {
                if let Cause::Failed(failure) = &unwritten.cause {
                    if let Some(group) = self.context.group {
                        let trace = serde_json::to_value(&unwritten.trace).unwrap_or_default();
                        group.fail(&key, failure.clone(), trace);
                    }
                    heard(false);
                }
                without(unwritten);
            }
        }
        Ok(())
    }

    /// Counts what a look at the store found.
    fn looked(&self, found: Option<&Kept>, fits: impl Fn(&Kept) -> bool) {
        self.filling.with(|filled| {
            let share = filled.kept.entry(self.system.id.clone()).or_default();
            share.of += 1;
            let Some(kept) = found else { return };
            if fits(kept) {
                share.items += 1;
                share.oldest = share.oldest.max((self.context.now)().saturating_sub(kept.made));
            }
            if let Some(model) = kept.trace["model"].as_str() {
                filled.models(&self.system.id).had_answered(model);
            }
        });
    }

    /// The failure that a killed run had noted, where this one goes on from there.
    fn noted(&self, key: &Key) -> Option<&Failed> {
        let goes_on = !self.context.refresh && self.context.rerun.is_none();
        self.context.group.filter(|_| goes_on)?.failure(key)
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
