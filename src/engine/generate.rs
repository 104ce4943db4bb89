//! Systems write: every system on every article of a chunk, in parallel.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use serde_json::json;

use super::event::Event;
use super::fill::{self, Filling};
use super::{Context, EngineError, HUMAN, Made};
use crate::backend::{Cause, Request, Unwritten, Written};
use crate::config::Plan;
use crate::config::plan::System;
use crate::dataset::Entry;
use crate::model::record::ItemRecord;
use crate::model::{Failure, FailureKind, Lang, Reason, ReasonCode};
use crate::stats::rng::Purpose;
use crate::store::outputs::Key;
use crate::text::lang;

/// What each system wrote of each article of a chunk, article by article in the chunk's order. Items that a stop
/// came before are left out.
pub(super) fn chunk(
    plan: &Plan,
    (dataset, name): (usize, &str),
    chunk: &[Entry],
    human: bool,
    filling: &Filling<'_>,
    context: &Context<'_>,
) -> Result<Vec<Vec<Made>>, EngineError> {
    let tasks: Vec<(usize, usize, u32)> = (0..chunk.len())
        .flat_map(|entry| {
            let systems = plan.systems.iter().enumerate().filter(|(_, s)| s.datasets.iter().any(|d| d == name));
            systems.flat_map(move |(system, s)| (0..s.samples).map(move |sample| (entry, system, sample)))
        })
        .collect();
    let made: Vec<Option<Made>> = tasks
        .par_iter()
        .map(|&(entry, system, sample)| {
            let task = Task { plan, index: system, dataset, name, entry: &chunk[entry], sample, context };
            task.made(filling)
        })
        .collect::<Result<_, _>>()?;
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
    Ok(by_entry)
}

/// What a system is asked.
pub(super) fn request<'a>(
    plan: &Plan,
    index: usize,
    dataset: &'a str,
    entry: &'a Entry,
    sample: u32,
    context: &Context<'a>,
) -> Request<'a> {
    let system = &plan.systems[index];
    let purpose = format!("sample/{}/{dataset}/{}", system.id, entry.article.id);
    Request {
        dataset,
        article: &entry.article,
        references: if system.summarizer.sees_references() { &entry.references } else { &[] },
        sample,
        seed: Purpose::new(plan.seed, &purpose).number(u64::from(sample)),
        stop: Some(context.stop),
    }
}

/// Asks a system. A summarizer of ours that panics is a failed item, not the end of the run.
pub(super) fn ask(system: &System, request: &Request<'_>) -> Result<Written, Unwritten> {
    catch_unwind(AssertUnwindSafe(|| system.summarizer.summarize(request))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned());
        Err(Failure::new(FailureKind::Internal, said).into())
    })
}

/// One item to be made.
struct Task<'a> {
    plan: &'a Plan,
    index: usize,
    dataset: usize,
    name: &'a str,
    entry: &'a Entry,
    sample: u32,
    context: &'a Context<'a>,
}

impl Task<'_> {
    /// What the system makes of the article; `None` where a stop came before.
    fn made(&self, filling: &Filling<'_>) -> Result<Option<Made>, EngineError> {
        let system = &self.plan.systems[self.index];
        let request = request(self.plan, self.index, self.name, self.entry, self.sample, self.context);
        if fill::waits(system)
            && let Some(key) = fill::key(system, &request)
        {
            return self.kept(system, &key, filling);
        }
        if self.context.stopped() {
            return Ok(None);
        }
        if fill::waits(system) && self.context.offline {
            let reason = Reason::new(ReasonCode::Offline, "its outputs are not kept, and the run is --offline");
            return Ok(Some(self.without(&reason.into())));
        }
        if fill::waits(system)
            && let Some(rerun) = self.context.rerun
        {
            let slot = (self.index, self.dataset, self.entry.article.id.clone(), self.sample);
            if let Some(made) = rerun.written(self.plan, &slot).map(|item| self.again(item)) {
                return Ok(Some(made));
            }
            if let Some(reason) = rerun.leaves_out(self.plan, &slot) {
                return Ok(Some(self.without(&reason.into())));
            }
        }
        if fill::waits(system)
            && let Some(reason) = filling.refuses(self.index)
        {
            return Ok((reason.code != ReasonCode::Interrupted).then(|| self.without(&reason.into())));
        }
        let began = (self.context.clock)();
        let written = ask(system, &request);
        if fill::waits(system) {
            filling.note(self.index, &written);
        }
        let seconds = (self.context.clock)().saturating_sub(began).as_secs_f64();
        let made = match written {
            Ok(written) => {
                let trace = json!({ "seconds": seconds });
                let cleaned = written.cleaned.iter().map(|step| (*step).to_owned()).collect();
                let (lang, raw, shown) = (written.lang, written.raw, written.shown);
                self.finish(Made { lang, raw, shown, cleaned, trace, ..self.blank(Ok(written.text)) })
            }
            Err(unwritten) if matches!(&unwritten.cause, Cause::NotAsked(r) if r.code == ReasonCode::Interrupted) => {
                return Ok(None);
            }
            Err(unwritten) => self.without(&unwritten),
        };
        self.context.observer.on(&Event::Item { system: &system.id, ok: made.text.is_ok() });
        Ok(Some(made))
    }

    /// What a waiting system made: in the store, or why there is nothing.
    fn kept(&self, system: &System, key: &Key, filling: &Filling<'_>) -> Result<Option<Made>, EngineError> {
        let slot = (self.index, self.dataset, self.entry.article.id.clone(), self.sample);
        let (unwritten, asked) =
            filling.with(|filled| (filled.without.get(&slot).cloned(), filled.asked.contains(&slot)));
        if let Some(unwritten) = unwritten {
            let stopped = matches!(&unwritten.cause, Cause::NotAsked(r) if r.code == ReasonCode::Interrupted);
            return Ok((!stopped).then(|| self.without(&unwritten)));
        }
        let Some(kept) = fill::look(self.context.store, key, system.max_age, self.context)? else { return Ok(None) };
        let mut trace = kept.trace;
        if let Some(fields) = trace.as_object_mut() {
            fields.insert("made".to_owned(), kept.made.into());
            fields.insert("kept".to_owned(), (!asked).into());
        }
        // Cleaned as the suite says now, which may not be what it said when the answer came.
        let came = kept.raw.unwrap_or(kept.summary);
        let (text, steps) = system.summarizer.clean(&came);
        let cleaned = steps.iter().map(|step| (*step).to_owned()).collect();
        let raw = (!steps.is_empty()).then_some(came);
        let text = match text.trim().is_empty() && raw.is_some() {
            true => Err(Cause::Failed(Failure::new(FailureKind::EmptyOutput, "cleaning left nothing of the answer"))),
            false => Ok(text),
        };
        let (lang, shown) = (kept.lang, kept.shown);
        Ok(Some(self.finish(Made { lang, raw, cleaned, shown, trace, ..self.blank(text) })))
    }

    /// What the system had made in an earlier run.
    fn again(&self, item: &ItemRecord) -> Made {
        let ItemRecord { lang, raw, cleaned, shown, environment, .. } = item.clone();
        let text = item.summary.clone().unwrap_or_default();
        self.finish(Made { lang, raw, cleaned, shown, trace: environment, ..self.blank(Ok(text)) })
    }

    fn blank(&self, text: Result<String, Cause>) -> Made {
        Made {
            system: self.index,
            sample: self.sample,
            annotator: None,
            lang: None,
            text,
            raw: None,
            cleaned: Vec::new(),
            shown: None,
            trace: json!({}),
        }
    }

    fn without(&self, unwritten: &Unwritten) -> Made {
        let trace = serde_json::to_value(&unwritten.trace).unwrap_or_default();
        Made { trace, ..self.blank(Err(unwritten.cause.clone())) }
    }

    /// An answer of white space is a failure; another text has a language.
    fn finish(&self, mut made: Made) -> Made {
        match &made.text {
            Ok(text) if text.trim().is_empty() => {
                let failure = Failure::new(FailureKind::EmptyOutput, "the system answered with no text");
                made.text = Err(Cause::Failed(failure));
                made.lang = None;
            }
            Ok(text) if made.lang.is_none() => {
                let declared = self.plan.systems[self.index].output_lang.clone();
                made.lang = Some(declared.unwrap_or_else(|| language(text, self.entry)));
            }
            _ => {}
        }
        made
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
pub(super) fn annotators(entry: &Entry, index: usize) -> impl Iterator<Item = Made> {
    entry.references.iter().enumerate().map(move |(sample, reference)| Made {
        system: index,
        sample: u32::try_from(sample).unwrap_or(u32::MAX),
        annotator: reference.annotator.clone(),
        lang: reference.lang.clone().or_else(|| entry.article.lang.clone()),
        text: Ok(reference.summary.clone()),
        raw: None,
        cleaned: Vec::new(),
        shown: None,
        trace: json!({}),
    })
}
