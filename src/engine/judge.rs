//! Judges are asked: the scores that come from outside, for every output of a chunk.
//!
//! Each judge has as many requests under way as it wants. What it answers goes to the output store first, so that no output
//! is judged twice, whoever wrote it and in whichever run.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::event::Event;
use super::ledger::{Ledger, Start, lock};
use super::{Context, EngineError, HUMAN, Made, fill, score};
use crate::backend::judge::{Judged, Pair};
use crate::backend::{Cause, Unwritten};
use crate::config::Plan;
use crate::config::judge::Judge;
use crate::dataset::Entry;
use crate::metric::external::{Given, Scores};
use crate::model::{Failure, Outcome, Reason, ReasonCode, Reference};
use crate::stats::rng::Purpose;
use crate::store::outputs::{Kept, Key};

/// The judges of a run.
pub(super) struct Bench<'a> {
    plan: &'a Plan,
    context: &'a Context<'a>,
    ledger: &'a Ledger,
    /// How each judge began, in the plan's order.
    starts: Vec<Start>,
}

/// An output to be judged: its article and its place among what was made of it.
struct Task<'a> {
    place: (usize, usize),
    entry: &'a Entry,
    made: &'a Made,
    candidate: &'a str,
    references: Vec<Reference>,
}

impl<'a> Bench<'a> {
    pub fn new(plan: &'a Plan, context: &'a Context<'a>, ledger: &'a Ledger) -> Self {
        Bench { plan, context, ledger, starts: plan.judges.iter().map(|_| Start::default()).collect() }
    }

    /// Whether judges may spend what the budget allows. Systems go first, so that which of them it cuts does not depend on
    /// how fast anybody answers.
    pub fn spends(&self) -> bool {
        self.ledger.is_limited() && self.plan.judges.iter().any(|judge| judge.judge.in_flight().is_some())
    }

    /// What the judges say of each output, in the shape of `made`.
    pub fn chunk(&self, dataset: &str, chunk: &[Entry], made: &[Vec<Made>]) -> Result<Vec<Vec<Given>>, EngineError> {
        let mut given: Vec<Vec<Given>> = made.iter().map(|made| vec![Given::new(); made.len()]).collect();
        if self.plan.judges.is_empty() {
            return Ok(given);
        }
        let tasks = self.tasks(chunk, made);
        for (index, judge) in self.plan.judges.iter().enumerate() {
            let answers = self.all(index, judge, dataset, &tasks)?;
            for (task, answer) in tasks.iter().zip(answers) {
                given[task.place.0][task.place.1].insert(judge.name().to_owned(), answer);
            }
            // What has no output is done with, too.
            let outputs: usize = made.iter().map(Vec::len).sum();
            for _ in tasks.len()..outputs {
                self.context.observer.on(&Event::Item { system: judge.name(), ok: true });
            }
        }
        self.context.settle()?;
        Ok(given)
    }

    /// Each output of a chunk.
    fn tasks<'t>(&self, chunk: &'t [Entry], made: &'t [Vec<Made>]) -> Vec<Task<'t>> {
        let mut tasks = Vec::new();
        for (e, (entry, made)) in chunk.iter().zip(made).enumerate() {
            for (m, made) in made.iter().enumerate() {
                if let Ok(candidate) = &made.text {
                    let references = score::references(self.plan, entry, made).into_owned();
                    tasks.push(Task { place: (e, m), entry, made, candidate, references });
                }
            }
        }
        tasks
    }

    /// Looks at what the store holds of a judge's answers on a chunk, without asking: how many are kept, with the age of the
    /// oldest in seconds, and how many it would be asked for. `known` are the keys asked for before, to which this adds.
    pub fn survey(
        &self,
        judge: &Judge,
        dataset: &str,
        chunk: &[Entry],
        made: &[Vec<Made>],
        known: &mut HashSet<String>,
    ) -> Result<(u64, Option<u64>, u64), EngineError> {
        let (mut kept, mut oldest, mut calls) = (0, None, 0);
        for task in self.tasks(chunk, made) {
            let key = key(judge, &self.pair(judge, dataset, &task));
            let found = match &key {
                Some(key) if !self.context.refresh => self.look(judge, key)?,
                _ => None,
            };
            match (found, key) {
                (Some((_, made)), _) => {
                    kept += 1;
                    oldest = oldest.max(Some((self.context.now)().saturating_sub(made)));
                }
                // One answer serves all outputs of the same words.
                (None, Some(key)) => calls += u64::from(known.insert(key.hash().to_owned())),
                (None, None) => calls += 1,
            }
        }
        Ok((kept, oldest, calls))
    }

    fn all(
        &self,
        index: usize,
        judge: &Judge,
        dataset: &str,
        tasks: &[Task<'_>],
    ) -> Result<Vec<Outcome<Scores>>, EngineError> {
        let next = AtomicUsize::new(0);
        let answers: Mutex<BTreeMap<usize, Result<Outcome<Scores>, EngineError>>> = Mutex::default();
        let workers = judge.judge.in_flight().unwrap_or(1).clamp(1, tasks.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some((at, task)) = {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        tasks.get(at).map(|task| (at, task))
                    } {
                        let answer = self.one(index, judge, dataset, task);
                        let ok = !matches!(answer, Ok(Outcome::Failed(_)));
                        self.context.observer.on(&Event::Item { system: judge.name(), ok });
                        lock(&answers).insert(at, answer);
                    }
                });
            }
        });
        answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
    }

    fn one(&self, index: usize, judge: &Judge, dataset: &str, task: &Task<'_>) -> Result<Outcome<Scores>, EngineError> {
        if !judge.datasets.iter().any(|name| name == dataset) {
            let message = format!("dataset `{dataset}` is not among the `datasets` of `{}`", judge.name());
            return Ok(Outcome::NotEvaluated(Reason::new(ReasonCode::Private, message)));
        }
        let pair = self.pair(judge, dataset, task);
        let Some(key) = key(judge, &pair) else {
            return Ok(self.ask(index, judge, &pair).map_or_else(std::convert::identity, |(outcome, _)| outcome));
        };
        let refresh = self.context.refresh;
        let look = || Ok::<_, EngineError>(self.look(judge, &key)?.map(|(outcome, _)| outcome));
        if !refresh && let Some(outcome) = look()? {
            return Ok(outcome);
        }
        if let Some(reason) = self.starts[index].refusal(&format!("`{}`", judge.name()), self.context) {
            return Ok(Outcome::NotEvaluated(reason));
        }
        let claim = self.context.store.claim(&key)?;
        // Another process, or another output of the same words, may have been judged meanwhile.
        if !refresh && let Some(outcome) = look()? {
            return Ok(outcome);
        }
        match self.ask(index, judge, &pair) {
            Ok((outcome, judged)) => {
                self.context.keep(&key, &keep(judge, &outcome, judged, (self.context.now)()), claim)?;
                Ok(outcome)
            }
            Err(outcome) => Ok(outcome),
        }
    }

    /// What a judge is told of an output.
    fn pair<'t>(&'t self, judge: &'t Judge, dataset: &'t str, task: &'t Task<'_>) -> Pair<'t> {
        let system = self.plan.systems.get(task.made.system).map_or(HUMAN, |system| &system.id);
        let purpose = format!("judge/{}/{dataset}/{}", judge.name(), task.entry.article.id);
        Pair {
            metric: judge.name(),
            dataset,
            article: &task.entry.article,
            system,
            sample: task.made.sample,
            candidate: task.candidate,
            lang: task.made.lang.as_ref(),
            references: &task.references,
            facts: &task.entry.facts,
            seed: Purpose::new(self.plan.seed, &purpose).number(0),
            stop: Some(self.context.stop),
        }
    }

    /// What is kept of a judge's answer, and when it was given. What no longer fits the declaration is asked for again.
    fn look(&self, judge: &Judge, key: &Key) -> Result<Option<(Outcome<Scores>, u64)>, EngineError> {
        let kept = fill::look(self.context.store, key, judge.max_age, self.context)?;
        Ok(kept.and_then(|kept| {
            let read = read(judge, kept.scores.as_ref(), kept.not_applicable.as_ref(), kept.note.clone());
            Some((read.ok()?, kept.made))
        }))
    }

    /// Asks a judge; what is not to be kept is an error.
    fn ask(&self, index: usize, judge: &Judge, pair: &Pair<'_>) -> Result<(Outcome<Scores>, Judged), Outcome<Scores>> {
        let start = &self.starts[index];
        let asks = judge.judge.in_flight().is_some();
        if asks {
            let refusal = start.refusal(&format!("`{}`", judge.name()), self.context).or_else(|| self.ledger.spend());
            if let Some(reason) = refusal {
                return Err(Outcome::NotEvaluated(reason));
            }
        }
        let judged = judge.judge.judge(pair).map_err(|Unwritten { cause, trace }| {
            self.ledger.pay(&trace);
            cause
        });
        let read = judged.and_then(|judged| {
            self.ledger.pay(&judged.trace);
            let outcome = read(judge, Some(&judged.scores), judged.not_applicable.as_ref(), judged.note.clone());
            outcome.map(|outcome| (outcome, judged)).map_err(Cause::Failed)
        });
        match read {
            Ok(read) => {
                start.note(None);
                Ok(read)
            }
            Err(Cause::NotAsked(reason)) => Err(Outcome::NotEvaluated(reason)),
            Err(Cause::Failed(failure)) => {
                start.note(Some(failure.to_string()));
                Err(Outcome::Failed(failure))
            }
        }
    }
}

/// The key under which an answer is kept; `None` where its judge keeps nothing.
fn key(judge: &Judge, pair: &Pair<'_>) -> Option<Key> {
    let identity = judge.judge.identity(pair)?;
    let version = judge.external.spec().strata[0].signature.get("version");
    Some(Key::new(json!({
        "backend": judge.backend,
        "metric": judge.name(),
        "version": version,
        "identity": identity,
        "article": { "id": pair.article.id },
    })))
}

/// Holds an answer to the declaration.
fn read(
    judge: &Judge,
    scores: Option<&serde_json::Map<String, serde_json::Value>>,
    not_applicable: Option<&String>,
    note: Option<String>,
) -> Result<Outcome<Scores>, Failure> {
    if let Some(reason) = not_applicable {
        return Ok(Outcome::NotApplicable(Reason::new(ReasonCode::NoScore, reason)));
    }
    let read = judge.external.read(scores.unwrap_or(&serde_json::Map::new()))?;
    Ok(read.map(|fields| Scores { fields, note }))
}

fn keep(judge: &Judge, outcome: &Outcome<Scores>, judged: Judged, now: u64) -> Kept {
    let names = judge.external.spec().fields.iter().map(|field| field.name.clone());
    let values = |scores: &Scores| names.zip(scores.fields.iter().map(|value| (*value).into())).collect();
    Kept {
        scores: outcome.scored().map(values),
        not_applicable: judged.not_applicable,
        note: judged.note,
        trace: serde_json::to_value(&judged.trace).unwrap_or_default(),
        ..Kept::new(String::new(), now)
    }
}
