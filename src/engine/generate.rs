//! Systems write: every system on every article of a chunk, in parallel.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::event::Event;
use super::{Context, HUMAN, Made};
use crate::backend::{Cause, Request, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::model::{Failure, FailureKind, Lang};
use crate::stats::rng::Purpose;
use crate::text::lang;

/// What each system wrote of each article of a chunk, article by article in the chunk's order. Items that a stop
/// came before are left out.
pub(super) fn chunk(plan: &Plan, dataset: &str, chunk: &[Entry], human: bool, context: &Context<'_>) -> Vec<Vec<Made>> {
    let tasks: Vec<(usize, usize, u32)> = (0..chunk.len())
        .flat_map(|entry| {
            let systems = plan.systems.iter().enumerate().filter(|(_, s)| s.datasets.iter().any(|d| d == dataset));
            systems.flat_map(move |(system, s)| (0..s.samples).map(move |sample| (entry, system, sample)))
        })
        .collect();
    let made: Vec<Option<Made>> = tasks
        .par_iter()
        .map(|&(entry, system, sample)| {
            (!context.stopped()).then(|| one(plan, system, dataset, &chunk[entry], sample, context)).flatten()
        })
        .collect();
    let mut by_entry: Vec<Vec<Made>> = (0..chunk.len()).map(|_| Vec::new()).collect();
    for ((entry, _, _), made) in tasks.into_iter().zip(made) {
        by_entry[entry].extend(made);
    }
    if human && !context.stopped() {
        for (entry, made) in chunk.iter().zip(&mut by_entry) {
            made.extend(annotators(entry, plan.systems.len()));
            entry.references.iter().for_each(|_| context.observer.on(&Event::Item { system: HUMAN, ok: true }));
        }
    }
    by_entry
}

/// What a system makes of one article; `None` where it was not asked.
fn one(plan: &Plan, index: usize, dataset: &str, entry: &Entry, sample: u32, context: &Context<'_>) -> Option<Made> {
    let system = &plan.systems[index];
    let purpose = format!("sample/{}/{dataset}/{}", system.id, entry.article.id);
    let request = Request {
        dataset,
        article: &entry.article,
        references: if system.summarizer.sees_references() { &entry.references } else { &[] },
        sample,
        seed: Purpose::new(plan.seed, &purpose).number(u64::from(sample)),
        stop: Some(context.stop),
    };
    let began = (context.clock)();
    // A summarizer of ours that panics is a failed item, not the end of the run.
    let written = catch_unwind(AssertUnwindSafe(|| system.summarizer.summarize(&request))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned());
        Err(Failure::new(FailureKind::Internal, said).into())
    });
    let seconds = (context.clock)().saturating_sub(began).as_secs_f64();
    let written = match written {
        Ok(written) => Ok(written),
        Err(Unwritten { cause: Cause::Failed(failure), .. }) => Err(failure),
        Err(Unwritten { cause: Cause::NotAsked(_), .. }) => return None,
    };
    let made = finish(index, system, entry, sample, written, seconds);
    context.observer.on(&Event::Item { system: &system.id, ok: made.text.is_ok() });
    Some(made)
}

fn finish(
    index: usize,
    system: &System,
    entry: &Entry,
    sample: u32,
    written: Result<Written, Failure>,
    seconds: f64,
) -> Made {
    let blank =
        Made { system: index, sample, annotator: None, lang: None, text: Ok(String::new()), raw: None, seconds };
    match written {
        Err(failure) => Made { text: Err(failure), ..blank },
        Ok(written) if written.text.trim().is_empty() => {
            let failure = Failure::new(FailureKind::EmptyOutput, "the system answered with no text");
            Made { text: Err(failure), raw: written.raw, ..blank }
        }
        Ok(written) => {
            let declared = written.lang.or_else(|| system.output_lang.clone());
            let lang = declared.unwrap_or_else(|| language(&written.text, entry));
            Made { lang: Some(lang), text: Ok(written.text), raw: written.raw, ..blank }
        }
    }
}

/// The language of a text that nobody declares: detected, and the article's where nothing tells.
fn language(text: &str, entry: &Entry) -> Lang {
    let detected = lang::detect(text);
    match &entry.article.lang {
        Some(article) if detected.as_str() == "und" => article.clone(),
        _ => detected,
    }
}

/// The article's references, as outputs of the human row.
fn annotators(entry: &Entry, index: usize) -> impl Iterator<Item = Made> {
    entry.references.iter().enumerate().map(move |(sample, reference)| Made {
        system: index,
        sample: u32::try_from(sample).unwrap_or(u32::MAX),
        annotator: reference.annotator.clone(),
        lang: reference.lang.clone().or_else(|| entry.article.lang.clone()),
        text: Ok(reference.summary.clone()),
        raw: None,
        seconds: 0.0,
    })
}
