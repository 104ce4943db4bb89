//! A run and the baseline made ready for gates: scored alike, anew where they were not.

use anyhow::Context as _;
use epitome::compare::side::Side;
use epitome::config::Plan;
use epitome::dataset::Dataset;
use epitome::model::baseline::Snapshot;
use epitome::model::record::{DatasetRecord, ItemRecord, RunRecord, SystemKind};
use epitome::model::{Gate, MetricSpec, Output, split_version};
use epitome::store::RunFolder;

use super::progress::Progress;
use super::rescore::{Anew, Changed, changed, open};
use super::suite::SuiteArg;
use super::{Global, output, suite};

/// What gates are judged by, as far as it comes from disk.
pub struct Held {
    /// The run, where its outputs were scored anew.
    anew: Option<Anew>,
    /// The run's candidates that gates speak of.
    pub sides: Vec<Side>,
    /// The baseline's systems, scored as the run is.
    pub baseline: Option<Vec<Side>>,
    /// The baseline's systems as they were accepted.
    pub accepted: Option<Vec<Side>>,
    /// Verdicts of accepted outputs that are others now, though the outputs are the same.
    pub changed: Changed,
    /// Why something was scored anew.
    pub why: Option<String>,
}

impl Held {
    /// A run by itself.
    pub fn alone(gates: &[Gate], folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Held> {
        let sides = spoken_of(gates, folder, record)?;
        Ok(Held { anew: None, sides, baseline: None, accepted: None, changed: Vec::new(), why: None })
    }

    /// A run and the baseline. Where metrics, checklists, references or decisions are not those that the baseline was accepted with,
    /// the baseline's outputs are scored by today's, and so are the run's where they were scored by others.
    pub fn against(
        plan: &Plan,
        arg: &SuiteArg,
        global: &Global,
        folder: &RunFolder,
        record: &RunRecord,
        (snapshot, outputs): (Snapshot, Vec<Output>),
    ) -> anyhow::Result<Held> {
        let snapshot = &snapshot;
        let mut held = Held::alone(&plan.gates, folder, record)?;
        let accepted = Side::of_baseline("baseline", snapshot, &[], |_| true);
        held.accepted = Some(accepted.clone());
        let compares = plan.gates.iter().any(|gate| gate.compares() && gate.against.is_none());
        let Some(why) = compares.then(|| differs(&plan.gates, record, snapshot)).flatten() else {
            held.baseline = Some(accepted);
            return Ok(held);
        };
        if outputs.is_empty() {
            output::warning(&format!("{why}; the baseline keeps no outputs to score anew, so compare with care"));
            held.baseline = Some(accepted);
            return Ok(held);
        }
        let datasets = open(plan)?;
        let progress = Progress::new(true);
        let load = || suite::load(&arg.suite, global);
        let anew = Anew::of_baseline(load()?, &datasets, snapshot, outputs, &progress)?;
        let mut baseline = anew.sides("baseline")?;
        held.changed = changed(&accepted, &baseline);
        as_accepted(&mut baseline, snapshot);
        if outdated(plan, &datasets, record) {
            let anew = Anew::of_run(load()?, &datasets, folder, record, &progress)?;
            held.sides = spoken_of(&plan.gates, &anew.folder, &anew.record)?;
            held.anew = Some(anew);
        }
        held.baseline = Some(baseline);
        held.why = Some(why);
        Ok(held)
    }

    /// The record that gates are judged by: the run's, or that of its outputs scored anew.
    pub fn record<'a>(&'a self, run: &'a RunRecord) -> &'a RunRecord {
        self.anew.as_ref().map_or(run, |anew| &anew.record)
    }
}

/// The candidates of a run that gates speak of.
fn spoken_of(gates: &[Gate], folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Vec<Side>> {
    let wanted = |id: &str| {
        let name = split_version(id).0;
        let candidate = record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate);
        candidate
            && gates.iter().any(|gate| {
                let against = gate.against.as_ref().is_some_and(|against| against == id || against == name);
                against || epitome::compare::gate::speaks_of(gate, id, name)
            })
    };
    // Gates read verdicts and scores; texts would only fill the memory.
    let items = folder.items()?.map(|item| item.map(|item| ItemRecord { summary: None, raw: None, ..item }));
    let place = || format!("failed to read the items of {}", folder.path().display());
    Side::of_run("run", record, items, wanted).with_context(place)
}

/// The first thing by which a run was scored otherwise than the baseline, in words.
fn differs(gates: &[Gate], record: &RunRecord, snapshot: &Snapshot) -> Option<String> {
    let gated = gates.iter().filter_map(|gate| epitome::compare::gate::address(gate, &record.metrics));
    for (metric, _) in gated {
        for (stratum, signature) in &metric.signatures {
            let old = snapshot.signatures.get(&metric.name)?.get(stratum)?;
            if let Some((field, was, is)) = epitome::compare::delta::difference(old, &signature.to_string()) {
                return Some(format!("{} is computed otherwise ({field}: {was} then, {is} now)", metric.name));
            }
        }
    }
    for (name, now) in Snapshot::hashes(record) {
        let Some(old) = snapshot.datasets.get(&name) else { continue };
        let parts = [
            ("checklists", old.facts == now.facts),
            ("references", old.references == now.references),
            ("decisions", old.decisions == now.decisions),
        ];
        if let Some((what, _)) = parts.iter().find(|(_, same)| !same) {
            return Some(format!("the {what} of {name} are others than those accepted"));
        }
    }
    None
}

/// Whether a run was scored by other metrics, checklists, references or decisions than today's.
fn outdated(plan: &Plan, datasets: &[Dataset], record: &RunRecord) -> bool {
    let today = |spec: &MetricSpec| {
        let Some(metric) = record.metrics.iter().find(|m| m.name == spec.name) else { return true };
        spec.strata.iter().all(|s| metric.signatures.get(&s.name) == Some(&s.signature))
    };
    let data = |dataset: &Dataset| {
        let (now, then) = (dataset.summary(), record.datasets.iter().find(|d| d.name == dataset.name()));
        let inputs =
            |data: &DatasetRecord| (data.fact_hash.clone(), data.reference_hash.clone(), data.decision_hash.clone());
        then.is_some_and(|then| inputs(then) == inputs(now))
    };
    !(plan.specs().all(today) && datasets.iter().all(data))
}

/// Leaves a baseline that was scored anew the facts that were accepted, and the source texts it was accepted with: what
/// was added since is new.
fn as_accepted(sides: &mut [Side], snapshot: &Snapshot) {
    for side in sides {
        let Some(system) = snapshot.systems.get(&side.system) else { continue };
        for ((dataset, id), article) in &mut side.articles {
            let name = format!("{dataset}/{id}");
            if let Some(accepted) = system.articles.get(&name) {
                article.samples.iter_mut().for_each(|s| s.facts.retain(|fact, _| accepted.facts.contains_key(fact)));
            }
            article.source = snapshot.articles.get(&name).cloned().unwrap_or_default();
        }
    }
}
