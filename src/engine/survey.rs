//! What a run would ask, before it asks: `--dry-run`.

use std::collections::HashSet;

use serde::Serialize;

use super::fill::{self, Filling};
use super::filter::Part;
use super::judge::Bench;
use super::ledger::Ledger;
use super::{CHUNK, Context, EngineError, HUMAN, generate};
use crate::backend::Cause;
use crate::config::Plan;
use crate::config::judge::Judge;
use crate::dataset::{Dataset, Entry};

/// What one system would be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Survey {
    /// The system's full name, or the name of a metric that is judged outside.
    pub system: String,
    /// Its items.
    pub items: u64,
    /// Items whose output is kept, and young enough.
    pub kept: u64,
    /// The age of the oldest of these, in seconds.
    pub oldest: Option<u64>,
    /// Requests that would be made of a server or a process; 0 for what is computed here.
    pub calls: u64,
    /// Requests that a judge may be asked on top of these, one each at most: for outputs that have yet to be written.
    pub more: u64,
    /// What they are likely to cost, where the suite gives prices.
    pub cost: Option<f64>,
    /// Why none can be made.
    pub unavailable: Option<String>,
}

/// Looks through all items without asking for any.
pub fn survey(plan: &Plan, datasets: &[Dataset], context: &Context<'_>) -> Result<Vec<Survey>, EngineError> {
    let part = |(spec, dataset): (&crate::dataset::Spec, _)| Part::new(plan, context.filter, &spec.name, dataset);
    let parts: Vec<Part<'_>> = plan.datasets.iter().zip(datasets).map(part).collect::<Result<_, _>>()?;
    let mut surveys = Vec::new();
    for (index, system) in plan.systems.iter().enumerate() {
        let mut survey = Survey {
            system: system.id.clone(),
            items: 0,
            kept: 0,
            oldest: None,
            calls: 0,
            more: 0,
            cost: None,
            unavailable: system.summarizer.unavailable().map(|reason| reason.message),
        };
        for (spec, part) in plan.datasets.iter().zip(&parts).filter(|(spec, _)| system.datasets.contains(&spec.name)) {
            if !fill::waits(system) {
                survey.items += part.articles() * u64::from(system.samples);
                continue;
            }
            for entry in part.entries()? {
                let entry = entry?;
                for sample in 0..system.samples {
                    let request = generate::request(plan, index, &spec.name, &entry, sample, context);
                    survey.items += 1;
                    let kept = match fill::key(system, &request) {
                        Some(key) if !context.refresh => fill::look(context.store, &key, system.max_age, context)?,
                        _ => None,
                    };
                    if let Some(kept) = kept {
                        survey.kept += 1;
                        survey.oldest = survey.oldest.max(Some((context.now)().saturating_sub(kept.made)));
                        continue;
                    }
                    survey.calls += 1;
                    if let Some(cost) = system.summarizer.estimate(&request).and_then(|estimate| estimate.cost) {
                        survey.cost = Some(survey.cost.unwrap_or(0.0) + cost);
                    }
                }
            }
        }
        surveys.push(survey);
    }
    for judge in plan.judges.iter().filter(|judge| judge.judge.in_flight().is_some()) {
        surveys.push(of_judge(plan, judge, &parts, context)?);
    }
    Ok(surveys)
}

/// What a judge would be asked. What its system keeps, or computes here, is known; of what is yet to be written only
/// the number is.
fn of_judge(plan: &Plan, judge: &Judge, parts: &[Part<'_>], context: &Context<'_>) -> Result<Survey, EngineError> {
    let name = judge.name().to_owned();
    let mut survey =
        Survey { system: name, items: 0, kept: 0, oldest: None, calls: 0, more: 0, cost: None, unavailable: None };
    let ledger = Ledger::new(plan);
    let bench = Bench::new(plan, context, &ledger);
    let nobody = Context { offline: true, ..*context };
    let nothing = Filling::new(plan, &nobody, &ledger);
    let human = plan.human && context.filter.takes_system(HUMAN);
    let mut known = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let dataset = &plan.datasets[index].name;
        if !judge.datasets.contains(dataset) {
            continue;
        }
        let on = plan.systems.iter().filter(|system| system.datasets.contains(dataset));
        let samples: u64 = on.map(|system| u64::from(system.samples)).sum();
        let mut entries = part.entries()?;
        loop {
            let chunk: Vec<Entry> = entries.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
            if chunk.is_empty() {
                break;
            }
            let mut made = generate::chunk(plan, (index, dataset), &chunk, human, &nothing, &nobody)?;
            // An output that is asked for (again) may be another.
            for made in &mut made {
                made.retain(|made| {
                    let waits = plan.systems.get(made.system).is_some_and(fill::waits);
                    !(waits && context.refresh || matches!(made.text, Err(Cause::NotAsked(_))))
                });
            }
            let there: usize =
                made.iter().map(|made| made.iter().filter(|m| m.system < plan.systems.len()).count()).sum();
            let to_come = (samples * chunk.len() as u64).saturating_sub(there as u64);
            let texts: usize = made.iter().map(|made| made.iter().filter(|m| m.text.is_ok()).count()).sum();
            let (kept, oldest, calls) = bench.survey(judge, dataset, &chunk, &made, &mut known)?;
            survey.items += texts as u64 + to_come;
            survey.kept += kept;
            survey.oldest = survey.oldest.max(oldest);
            survey.calls += calls;
            survey.more += to_come;
        }
    }
    Ok(survey)
}
