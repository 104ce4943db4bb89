//! What became of people's decisions over a whole run: applied, stale, or of something that the run did not take.

use std::collections::BTreeMap;

use crate::dataset::{Dataset, Entry};
use crate::fact::decision::{Fate, Stale};
use crate::model::Decision;
use crate::model::record::{DecisionsRecord, StaleDecision};

/// Where a decision stands; the greater says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Its article was taken, its system or sample was not, or has no output.
    Elsewhere,
    /// What it was made on has changed.
    Stale(Stale),
    /// It rules an output.
    Applied { agreed: bool },
}

/// The decisions met so far, by dataset and index.
#[derive(Debug, Default)]
pub(super) struct Docket(BTreeMap<(usize, usize), Standing>);

impl Docket {
    /// Takes in what became of an article's decisions on one output; of an item without one there is nothing.
    pub(super) fn take(
        &mut self,
        dataset: usize,
        entry: &Entry,
        (system, sample): (&str, u32),
        fates: &[(usize, Fate)],
    ) {
        let mine = |d: &Decision| {
            d.system.as_deref().is_none_or(|s| s == system) && d.sample.is_none_or(|made| made == sample)
        };
        for (at, (index, decision)) in entry.decisions.iter().enumerate() {
            let standing = match fates.get(at) {
                Some((_, Fate::Applied { agreed })) => Standing::Applied { agreed: *agreed },
                Some((_, Fate::Stale(stale))) => Standing::Stale(*stale),
                Some((_, Fate::Elsewhere)) if mine(decision) => Standing::Stale(Stale::Output),
                _ => Standing::Elsewhere,
            };
            let known = self.0.entry((dataset, *index)).or_insert(standing);
            *known = match (*known, standing) {
                // The matcher agrees where it does on every output that the decision rules.
                (Standing::Applied { agreed: a }, Standing::Applied { agreed: b }) => {
                    Standing::Applied { agreed: a && b }
                }
                (Standing::Stale(Stale::Output), Standing::Stale(other)) => Standing::Stale(other),
                (a, Standing::Stale(Stale::Output)) if a > Standing::Elsewhere => a,
                (a, b) => a.max(b),
            };
        }
    }

    /// The record of all decisions; `None` where there are none.
    pub(super) fn record(&self, datasets: &[Dataset]) -> Option<DecisionsRecord> {
        let mut record = DecisionsRecord::default();
        for (at, dataset) in datasets.iter().enumerate() {
            for (index, written) in dataset.decisions().iter().enumerate() {
                record.made += 1;
                let standing =
                    self.0.get(&(at, index)).copied().unwrap_or(match dataset.has_article(&written.decision.article) {
                        true => Standing::Elsewhere,
                        false => Standing::Stale(Stale::Article),
                    });
                match standing {
                    Standing::Applied { agreed } => {
                        record.applied += 1;
                        record.agreed += u64::from(agreed);
                    }
                    Standing::Elsewhere => record.elsewhere += 1,
                    Standing::Stale(stale) => record.stale.push(StaleDecision {
                        dataset: dataset.name().to_owned(),
                        place: dataset.shown(&written.place),
                        article: written.decision.article.clone(),
                        subject: written.decision.subject().to_owned(),
                        reason: stale.reason().to_owned(),
                    }),
                }
            }
        }
        (record.made > 0).then_some(record)
    }
}

/// The decisions of a run from those of its shards, each of which tells of all: an article is of one shard alone.
pub(super) fn join(shards: &[DecisionsRecord], datasets: &[String]) -> Option<DecisionsRecord> {
    let mut joined = DecisionsRecord { made: shards.first()?.made, ..DecisionsRecord::default() };
    for shard in shards {
        joined.applied += shard.applied;
        joined.agreed += shard.agreed;
        joined.stale.extend(shard.stale.iter().cloned());
    }
    // The order of the suite and the files.
    let order = |s: &StaleDecision| {
        let (file, line) = s.place.rsplit_once(':').unwrap_or((&s.place, ""));
        (datasets.iter().position(|d| *d == s.dataset), file.to_owned(), line.parse::<u64>().ok())
    };
    joined.stale.sort_by_key(order);
    joined.stale.dedup();
    joined.elsewhere = joined.made.saturating_sub(joined.applied + joined.stale.len() as u64);
    Some(joined)
}
