//! Shards are joined: their items go through the one fold in canonical order, as if one machine had made them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::HUMAN;
use super::docket;
use super::fold::{Account, Fold, Place};
use super::shard::Shard;
use crate::config::Plan;
use crate::model::record::{Completeness, DecisionsRecord, RunRecord};
use crate::model::shard::ShardHeader;
use crate::store::shard::ShardItems;
use crate::store::{RunFolder, RunWriter, StoreError};

/// A shard's finished run.
pub struct ShardRun {
    name: String,
    record: RunRecord,
    header: ShardHeader,
    items: ShardItems,
}

impl ShardRun {
    /// The run in a folder; `name` is what errors call it.
    pub fn open(name: &str, folder: &RunFolder) -> Result<Self, StoreError> {
        let (header, items) = ShardItems::open(folder)?;
        Ok(ShardRun { name: name.to_owned(), record: folder.record()?, header, items })
    }

    /// Its record.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    fn title(&self) -> String {
        format!("shard {}/{} ({})", self.header.shard, self.header.of, self.name)
    }
}

/// Why shards cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A file could not be read or written, or is not what it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The shards do not make a whole.
    #[error("{0}")]
    Refused(String),
}

fn refused<T>(message: String) -> Result<T, MergeError> {
    Err(MergeError::Refused(message))
}

/// Joins all shards of a plan's run. The record equals that of the undivided run, but for `environment`.
///
/// `plan` is the shards' suite, its systems being those that were run.
pub fn merge(plan: &Plan, mut shards: Vec<ShardRun>, writer: &mut RunWriter) -> Result<RunRecord, MergeError> {
    check(plan, &shards)?;
    shards.sort_by_key(|shard| shard.header.shard);
    let first = shards.first().map(|shard| (shard.record.clone(), shard.header.clone()));
    let Some((record, header)) = first else { return refused("there is no shard to join".to_owned()) };
    let mut planned: Vec<(String, u64)> = header.planned.iter().map(|(system, _)| (system.clone(), 0)).collect();
    let human = planned.iter().any(|(system, _)| system == HUMAN);
    let mut fold = Fold::new(plan, human);
    let (mut warnings, mut kept, mut runs) = (Vec::new(), BTreeMap::new(), Vec::new());
    let mut items = 0;
    let decisions: Vec<DecisionsRecord> = shards.iter().filter_map(|s| s.record.decisions.clone()).collect();
    for mut shard in shards {
        for ((_, total), (_, of_shard)) in planned.iter_mut().zip(&shard.header.planned) {
            *total += of_shard;
        }
        for warning in shard.record.complete.warnings.drain(..) {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        items += shard.record.complete.planned;
        keep(&mut kept, &shard.record.environment["kept"]);
        runs.push(json!({ "shard": shard.header.shard, "run": shard.record.environment["run"] }));
        take(plan, &mut fold, shard, writer)?;
    }
    let folded = fold.finish(&planned, writer, None)?;
    let names: Vec<String> = plan.datasets.iter().map(|d| d.name.clone()).collect();
    let without = folded.without;
    let decisions = docket::join(&decisions, &names).map(|record| DecisionsRecord { without, ..record });
    Ok(RunRecord {
        complete: Completeness {
            planned: items,
            finished: folded.finished,
            interrupted: false,
            filtered: header.filtered,
            warnings,
        },
        aggregates: folded.aggregates,
        groups: folded.groups,
        kinds: folded.kinds,
        decisions,
        failures: folded.failures,
        environment: json!({ "kept": kept, "shards": runs }),
        ..record
    })
}

/// Puts a shard's items into the fold.
fn take(plan: &Plan, fold: &mut Fold<'_>, mut shard: ShardRun, writer: &mut RunWriter) -> Result<(), MergeError> {
    let this = Shard::new(shard.header.shard, shard.header.of).map_err(|e| MergeError::Refused(e.to_string()))?;
    let systems: Vec<String> = shard.header.planned.iter().map(|(system, _)| system.clone()).collect();
    let mut article: Option<(String, String, usize)> = None;
    let mut last = None;
    let mut count = 0;
    while let Some(item) = shard.items.next() {
        let item = item?;
        let row = item.row;
        let dataset = plan.datasets.iter().position(|spec| spec.name == row.key.dataset);
        let system = systems.iter().position(|id| *id == row.key.system);
        let (Some(dataset), Some(system)) = (dataset, system) else {
            return Err(shard.items.broken("its item is of no dataset or system of the suite").into());
        };
        if !this.takes(&row.key.dataset, &row.key.id) {
            return Err(shard.items.broken(&format!("article `{}` is not of shard {this}", row.key.id)).into());
        }
        if last.as_ref().is_some_and(|last| *last >= row.key) {
            return Err(shard.items.broken("its items are not in canonical order, or one is there twice").into());
        }
        let index = match &article {
            Some((d, id, index)) if *d == row.key.dataset && *id == row.key.id => *index,
            _ => {
                let index = fold.article(dataset, row.key.id.clone(), row.lang);
                article = Some((row.key.dataset.clone(), row.key.id.clone(), index));
                index
            }
        };
        if !fold.fits(&row.values, &row.observed) {
            return Err(shard.items.broken("it has not the numbers that the suite's metrics have").into());
        }
        let line = writer.append(&item.line)?;
        let place = Place { article: index, system, sample: row.key.sample, line };
        let account = Account {
            groups: row.groups,
            kinds: row.kinds,
            matcher: row.matcher,
            failure: row.failure,
            finished: row.finished,
        };
        fold.item(place, &row.values, row.observed, account);
        last = Some(row.key);
        count += 1;
    }
    if count != shard.header.items {
        let message = format!("it holds {count} of {} items; run the shard again", shard.header.items);
        return Err(shard.items.broken(&message).into());
    }
    Ok(())
}

/// Adds up what the shards' stores held.
fn keep(into: &mut BTreeMap<String, Value>, kept: &Value) {
    for (system, share) in kept.as_object().into_iter().flatten() {
        let sum = into.entry(system.clone()).or_insert_with(|| json!({ "items": 0, "oldest": 0 }));
        let number = |value: &Value| value.as_u64().unwrap_or(0);
        *sum = json!({
            "items": number(&sum["items"]) + number(&share["items"]),
            "oldest": number(&sum["oldest"]).max(number(&share["oldest"])),
        });
    }
}

/// Refuses what does not make a whole, by name.
fn check(plan: &Plan, shards: &[ShardRun]) -> Result<(), MergeError> {
    let Some(first) = shards.first() else { return refused("there is no shard to join".to_owned()) };
    if first.record.suite != plan.name {
        let (title, theirs, ours) = (first.title(), &first.record.suite, &plan.name);
        return refused(format!("{title} is of suite `{theirs}`, not `{ours}`; name its suite with --suite"));
    }
    if let Some(at) = difference("", &plan.resolved, &first.record.plan) {
        return refused(format!("{} was run with another suite than the one that is here: {at}", first.title()));
    }
    for other in &shards[1..] {
        if let Some(what) = unlike(first, other) {
            return refused(format!("{} does not belong to {}: {what}", other.title(), first.title()));
        }
    }
    let mut seen: BTreeMap<u32, &ShardRun> = BTreeMap::new();
    for shard in shards {
        if let Some(twin) = seen.insert(shard.header.shard, shard) {
            let (number, of) = (shard.header.shard, shard.header.of);
            return refused(format!(
                "shard {number}/{of} is there twice: {} and {}; leave one out",
                twin.name, shard.name
            ));
        }
    }
    let missing: Vec<String> =
        (1..=first.header.of).filter(|n| !seen.contains_key(n)).map(|n| format!("{n}/{}", first.header.of)).collect();
    if let Some(example) = missing.first() {
        let (noun, verb) = if missing.len() == 1 { ("shard", "is") } else { ("shards", "are") };
        return refused(format!(
            "{noun} {} {verb} missing; make it with `epitome run --shard {example}`",
            missing.join(", ")
        ));
    }
    for shard in shards {
        let complete = &shard.record.complete;
        if complete.interrupted {
            let left = complete.planned - complete.finished;
            let (title, of) = (shard.title(), complete.planned);
            return refused(format!("{title} was interrupted, with {left} of {of} items left; run it again"));
        }
    }
    Ok(())
}

/// In what a shard differs from the first, where they are not parts of one run.
fn unlike(first: &ShardRun, other: &ShardRun) -> Option<String> {
    let (a, b) = (&first.record, &other.record);
    if a.suite != b.suite {
        return Some(format!("its suite is `{}`, not `{}`", b.suite, a.suite));
    }
    if first.header.of != other.header.of {
        return Some(format!("it is one of {} shards, not of {}", other.header.of, first.header.of));
    }
    if let Some(at) = difference("", &a.plan, &b.plan) {
        return Some(format!("its plan differs: {at}"));
    }
    if first.header.filtered != other.header.filtered {
        let said = |header: &ShardHeader| header.filtered.clone().unwrap_or_else(|| "all".to_owned());
        return Some(format!("its choice of items is `{}`, not `{}`", said(&other.header), said(&first.header)));
    }
    for (ours, theirs) in a.datasets.iter().zip(&b.datasets) {
        let hashes = [
            ("articles", Some(&ours.source_hash), Some(&theirs.source_hash)),
            ("references", Some(&ours.reference_hash), Some(&theirs.reference_hash)),
            ("checklists", Some(&ours.fact_hash), Some(&theirs.fact_hash)),
            ("decisions", ours.decision_hash.as_ref(), theirs.decision_hash.as_ref()),
        ];
        if let Some((what, _, _)) = hashes.iter().find(|(_, ours, theirs)| ours != theirs) {
            return Some(format!("its {what} of dataset `{}` are other ones", ours.name));
        }
    }
    if a.datasets != b.datasets {
        return Some("its datasets are other ones".to_owned());
    }
    let names = |run: &ShardRun| run.header.planned.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    if a.systems != b.systems || names(first) != names(other) {
        return Some(format!("its systems are {}, not {}", names(other).join(", "), names(first).join(", ")));
    }
    let unlike = a.metrics.iter().zip(&b.metrics).find(|(a, b)| a != b);
    if let Some((ours, theirs)) = unlike {
        let value = |metric| serde_json::to_value(metric).unwrap_or_default();
        let at = difference("", &value(ours), &value(theirs)).unwrap_or_default();
        return Some(format!("its metric `{}` differs: {at}", ours.name));
    }
    (a.metrics.len() != b.metrics.len()).then(|| "it has other metrics".to_owned())
}

/// Where two documents first differ, and how: `seed: 2, not 1`.
fn difference(path: &str, a: &Value, b: &Value) -> Option<String> {
    let step = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (a, b) {
        _ if a == b => None,
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys());
            let absent = Value::Null;
            keys.into_iter().find_map(|key| {
                let side = |object: &serde_json::Map<String, Value>| object.get(key).cloned();
                let (l, r) = (side(left).unwrap_or_default(), side(right).unwrap_or_default());
                if l == absent && r == absent { None } else { difference(&step(key), &l, &r) }
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(i, (l, r))| difference(&format!("{path}[{i}]"), l, r))
        }
        _ => Some(format!("{path} is {b}, not {a}")),
    }
}
