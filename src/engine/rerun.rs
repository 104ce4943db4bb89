//! `--rerun failed`: an earlier run's failures are tried again, and nothing else is asked.

use std::collections::{HashMap, HashSet};

use super::fill::Slot;
use crate::config::Plan;
use crate::model::record::ItemRecord;
use crate::model::{ItemKey, Reason, ReasonCode};

/// What an earlier run came to.
#[derive(Debug, Default)]
pub struct Rerun {
    failed: HashSet<ItemKey>,
    /// Outputs of systems of which the store keeps none.
    written: HashMap<ItemKey, ItemRecord>,
}

impl Rerun {
    /// From an earlier run's items.
    pub fn new<E>(plan: &Plan, items: impl Iterator<Item = Result<ItemRecord, E>>) -> Result<Self, E> {
        let mut rerun = Rerun::default();
        let unkept = |name: &str| plan.systems.iter().any(|s| s.id == name && !s.summarizer.keeps());
        for item in items {
            let item = item?;
            if item.failure.is_some() {
                rerun.failed.insert(item.key);
            } else if item.summary.is_some() && unkept(&item.key.system) {
                rerun.written.insert(item.key.clone(), item);
            }
        }
        Ok(rerun)
    }

    /// How many items failed.
    pub fn failures(&self) -> usize {
        self.failed.len()
    }

    /// What was written for an item, where the store does not keep it.
    pub(super) fn written(&self, plan: &Plan, slot: &Slot) -> Option<&ItemRecord> {
        self.written.get(&key(plan, slot))
    }

    /// Why an item of which nothing is kept is not asked for.
    pub(super) fn leaves_out(&self, plan: &Plan, slot: &Slot) -> Option<Reason> {
        let message = "it did not fail in the run before, and --rerun failed asks for failures alone";
        (!self.failed.contains(&key(plan, slot))).then(|| Reason::new(ReasonCode::Filtered, message))
    }
}

fn key(plan: &Plan, (system, dataset, id, sample): &Slot) -> ItemKey {
    ItemKey {
        dataset: plan.datasets[*dataset].name.clone(),
        id: id.clone(),
        system: plan.systems[*system].id.clone(),
        sample: *sample,
    }
}
