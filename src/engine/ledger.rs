//! What asking has taken so far, and whether asking further makes sense.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Context;
use crate::backend::Trace;
use crate::config::Plan;
use crate::model::{Reason, ReasonCode, count};

/// A lock on what every step leaves whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The calls of all systems and judges together, held against the suite's `[budget]`.
pub(super) struct Ledger {
    max_calls: Option<u64>,
    max_cost: Option<f64>,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    calls: u64,
    cost: f64,
}

impl Ledger {
    pub fn new(plan: &Plan) -> Self {
        Ledger { max_calls: plan.max_calls, max_cost: plan.max_cost, spent: Mutex::default() }
    }

    /// Whether there is a budget.
    pub fn is_limited(&self) -> bool {
        self.max_calls.is_some() || self.max_cost.is_some()
    }

    /// Counts a call that is about to be made, unless the budget is spent.
    pub fn spend(&self) -> Option<Reason> {
        let mut spent = lock(&self.spent);
        let reason = match (self.max_calls, self.max_cost) {
            (Some(limit), _) if spent.calls >= limit => {
                format!("the suite's [budget] allows {}", count(limit, "call"))
            }
            (_, Some(limit)) if spent.cost >= limit => format!("the suite's [budget] allows a cost of {limit}"),
            _ => {
                spent.calls += 1;
                return None;
            }
        };
        Some(Reason::new(ReasonCode::Budget, format!("{reason}, and that is spent")))
    }

    /// Adds what a call has cost.
    pub fn pay(&self, trace: &Trace) {
        lock(&self.spent).cost += trace.cost.unwrap_or(0.0);
    }
}

/// So many failures before the first answer, and nobody asks further.
const HOPELESS: u64 = 16;

/// How a system or judge began: whether anything came of it yet.
#[derive(Default)]
pub(super) struct Start(Mutex<Began>);

#[derive(Default)]
struct Began {
    succeeded: bool,
    failed: u64,
    first: Option<String>,
}

impl Start {
    /// Notes how an answer came out: as a failure, or well.
    pub fn note(&self, failure: Option<String>) {
        let mut began = lock(&self.0);
        match failure {
            None => began.succeeded = true,
            Some(failure) => {
                began.failed += 1;
                began.first.get_or_insert(failure);
            }
        }
    }

    /// Why nobody (`who`, as the subject of a sentence) may be asked, whatever the item.
    pub fn refusal(&self, who: &str, context: &Context<'_>) -> Option<Reason> {
        if context.stopped() {
            return Some(crate::backend::Request::interrupted());
        }
        if context.offline {
            return Some(Reason::new(ReasonCode::Offline, "not in the store, and the run is --offline"));
        }
        let began = lock(&self.0);
        (!began.succeeded && began.failed >= HOPELESS).then(|| {
            let (failed, first) = (began.failed, began.first.as_deref().unwrap_or_default());
            let message = format!("{who} failed on all of its first {failed} items, the first with: {first}");
            Reason::new(ReasonCode::GaveUp, message)
        })
    }
}
