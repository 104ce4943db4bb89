//! What a run reached of its articles, for a run that took or finished only a part of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::record::{ItemRecord, RunRecord};

/// Counts of what the items of a record are over, gathered in canonical order.
#[derive(Debug, Default)]
pub struct Reach {
    at: Option<(String, String)>,
    facts_here: BTreeSet<String>,
    drafts_here: BTreeSet<String>,
    people_here: BTreeSet<u32>,
    told: bool,
    /// Articles by dataset.
    pub articles: BTreeMap<String, u64>,
    /// References by people.
    pub references: u64,
    /// Facts that count.
    pub facts: u64,
    /// Draft facts.
    pub drafts: u64,
}

impl Reach {
    /// Takes an item; what was not reached counts nowhere.
    pub fn push(&mut self, item: &ItemRecord) {
        let here = (item.key.dataset.clone(), item.key.id.clone());
        if self.at.as_ref() != Some(&here) {
            self.close();
            self.at = Some(here);
        }
        if item.not_evaluated.is_some() {
            return;
        }
        if item.annotator.is_some() {
            self.people_here.insert(item.key.sample);
            return;
        }
        self.told |= item.summary.is_some() || item.failure.is_some();
        for fact in item.facts.iter().flatten() {
            let ids = if fact.draft { &mut self.drafts_here } else { &mut self.facts_here };
            if !ids.contains(&fact.judgement.id) {
                ids.insert(fact.judgement.id.clone());
            }
        }
    }

    fn close(&mut self) {
        let (facts, drafts) = (std::mem::take(&mut self.facts_here), std::mem::take(&mut self.drafts_here));
        let people = std::mem::take(&mut self.people_here);
        if let Some((dataset, _)) = self.at.take()
            && std::mem::take(&mut self.told)
        {
            *self.articles.entry(dataset).or_default() += 1;
            self.facts += facts.len() as u64;
            self.drafts += drafts.len() as u64;
            self.references += people.len() as u64;
        }
    }

    /// The counts, where they are fewer than the record's datasets hold; `None` for a run over all of them.
    pub fn finish(mut self, run: &RunRecord) -> Option<Reach> {
        self.close();
        let complete = &run.complete;
        let part = complete.filtered.is_some() || complete.interrupted || complete.finished < complete.planned;
        let all: u64 = run.datasets.iter().map(|d| d.articles).sum();
        (part && self.articles.values().sum::<u64>() < all).then_some(self)
    }
}
