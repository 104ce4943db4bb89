//! Incidents: summaries that someone complained of, kept in the corpus, and whether the gates would stop them now.

use std::collections::BTreeSet;
use std::io::Write;

use epitome::compare::delta::Pools;
use epitome::compare::gate::{Evidence, judge as judge_gates, speaks_of};
use epitome::compare::side::Side;
use epitome::config::Plan;
use epitome::dataset::Dataset;
use epitome::engine::rescore::{KeptOutput, Rescored};
use epitome::model::record::{SystemKind, SystemRecord};
use epitome::model::{Gate, Output, Verdict, split_version};
use epitome::store::Reports;
use owo_colors::OwoColorize;

use super::progress::Progress;
use super::rescore::Anew;
use super::suite::SuiteArg;
use super::{Global, suite};

/// The name under which bad outputs are kept: `references/<dataset>/outputs/incident.jsonl`.
pub const SYSTEM: &str = "incident";

/// What the suite says of one incident.
#[derive(Debug, serde::Serialize)]
pub struct Incident {
    /// `dataset/id`.
    article: String,
    /// Facts that the bad summary does not cover, with the verdict and why.
    facts: Vec<(String, Verdict, String)>,
    /// Its figures that the source does not bear out.
    unsupported: Vec<String>,
    /// Rules that fail where a system writes this of this one article, with the system.
    fails: Vec<(String, String)>,
    /// Rules that fail, and do so on undamaged texts as well: they say nothing of the incident.
    fails_anyway: Vec<(String, String)>,
}

/// Judges every incident of a suite's datasets; `anyway` holds the rules that undamaged texts do not hold either.
pub fn judge(
    plan: &Plan,
    datasets: &[Dataset],
    arg: &SuiteArg,
    global: &Global,
    anyway: &BTreeSet<String>,
) -> anyhow::Result<Vec<Incident>> {
    let mut outputs: Vec<Output> = Vec::new();
    for dataset in datasets {
        let path = plan.root.join("references").join(dataset.name()).join("outputs").join(format!("{SYSTEM}.jsonl"));
        if path.is_file() {
            let read = Reports::parse_outputs(&path, &std::fs::read(&path)?)?;
            let of = |o: Output| Output { dataset: Some(dataset.name().to_owned()), system: SYSTEM.to_owned(), ..o };
            outputs.extend(read.into_iter().map(of));
        }
    }
    if outputs.is_empty() {
        return Ok(Vec::new());
    }
    let system = record(SYSTEM);
    let kept = outputs.into_iter().map(|output| KeptOutput::of_baseline(output, None)).collect();
    let rescored = Rescored { systems: std::slice::from_ref(&system), outputs: kept, complete: None };
    let anew = Anew::of(suite::load(&arg.suite, global)?, datasets, rescored, &Progress::new(true))?;
    let Some(side) = anew.sides("incident")?.pop() else { return Ok(Vec::new()) };
    let pools = Pools::new(Some(&anew.record.plan));
    // By how much a figure drops cannot be told of a single summary: there is none to compare it with.
    let alone = |gate: &&Gate| gate.against.is_none();
    let gates: Vec<Gate> =
        plan.gates.iter().filter(alone).map(|g| Gate { max_drop: None, min_scored: None, ..g.clone() }).collect();
    let candidates: Vec<&str> =
        plan.systems.iter().filter(|s| s.kind() == SystemKind::Candidate).map(|s| s.id.as_str()).collect();
    let mut incidents = Vec::new();
    for (key, article) in &side.articles {
        let mut fails = Vec::new();
        for &id in &candidates {
            let own: Vec<Gate> = gates.iter().filter(|g| speaks_of(g, id, split_version(id).0)).cloned().collect();
            let mut now = Side { system: id.to_owned(), ..side.clone() };
            now.articles.retain(|k, _| k == key);
            // Before the incident all was well: every fact covered, every figure borne out.
            let mut before = now.clone();
            for sample in before.articles.values_mut().flat_map(|a| &mut a.samples) {
                sample.unsupported.clear();
                sample.facts.values_mut().for_each(|fact| fact.verdict = Verdict::Covered);
            }
            let mut run = anew.record.clone();
            run.systems = vec![record(id)];
            let evidence = Evidence {
                record: &run,
                sides: &[now],
                baseline: Some(&[before]),
                accepted: None,
                against_baseline: true,
                pools: &pools,
                seed: plan.seed,
            };
            let judged = judge_gates(&own, &evidence);
            // A rule that had nothing to judge by says nothing of the incident.
            let failed = judged.into_iter().filter(|j| j.fails && j.figure.is_some());
            fails.extend(failed.map(|j| (id.to_owned(), j.rule)));
        }
        let (fails_anyway, fails) = fails.into_iter().partition(|(_, rule): &(String, String)| anyway.contains(rule));
        let facts = article.facts().into_iter().filter(|(_, f)| f.verdict != Verdict::Covered);
        incidents.push(Incident {
            article: format!("{}/{}", key.0, key.1),
            facts: facts.map(|(id, f)| (id.to_owned(), f.verdict, f.reason.clone())).collect(),
            unsupported: article.unsupported(None).into_iter().map(|(_, f)| f.surface.clone()).collect(),
            fails,
            fails_anyway,
        });
    }
    Ok(incidents)
}

fn record(id: &str) -> SystemRecord {
    let (name, version) = split_version(id);
    SystemRecord {
        id: id.to_owned(),
        name: name.to_owned(),
        version: version.map(str::to_owned),
        kind: SystemKind::Candidate,
        backend: "kept".to_owned(),
    }
}

/// Prints what became of incidents.
pub fn show(out: &mut impl Write, incidents: &[Incident]) -> std::io::Result<()> {
    if incidents.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", "Incidents".bold())?;
    for incident in incidents {
        let stopped = if incident.fails.is_empty() { "NO GATE STOPS IT" } else { "stopped" };
        writeln!(out, "  {}  {stopped}", incident.article)?;
        for (fact, verdict, why) in &incident.facts {
            let verdict = if *verdict == Verdict::Contradicted { "contradicted" } else { "missing" };
            writeln!(out, "      fact {fact} is {verdict}: {why}")?;
        }
        for figure in &incident.unsupported {
            writeln!(out, "      “{figure}” is not borne out")?;
        }
        let mut rules: Vec<&str> = incident.fails.iter().map(|(_, rule)| rule.as_str()).collect();
        rules.dedup();
        rules.iter().try_for_each(|rule| writeln!(out, "      fails: {rule}"))?;
        let mut rules: Vec<&str> = incident.fails_anyway.iter().map(|(_, rule)| rule.as_str()).collect();
        rules.dedup();
        rules.iter().try_for_each(|rule| writeln!(out, "      fails, as it does on undamaged texts: {rule}"))?;
    }
    Ok(())
}
