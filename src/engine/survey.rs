//! What a run would ask, before it asks: `--dry-run`.

use serde::Serialize;

use super::filter::Part;
use super::{Context, EngineError, fill, generate};
use crate::config::Plan;
use crate::dataset::Dataset;

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
    /// Requests that would be made of a server or a process, at most; 0 for what is computed here.
    pub calls: u64,
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
    let items: u64 = surveys.iter().map(|survey| survey.items).sum();
    for judge in plan.judges.iter().filter(|judge| judge.judge.in_flight().is_some()) {
        let human: u64 = if plan.human { parts.iter().map(Part::references).sum() } else { 0 };
        surveys.push(Survey {
            system: judge.name().to_owned(),
            items: items + human,
            kept: 0,
            oldest: None,
            // How many are kept shows when there are outputs.
            calls: items + human,
            cost: None,
            unavailable: None,
        });
    }
    Ok(surveys)
}
