//! Gates: does what a suite demands hold?
//!
//! `min`, `max` and `min_scored` bound a figure of the run (`bound`). `max_drop` holds it against the accepted baseline,
//! or against another system of the run, article by article ([`drop`]): it passes where the 95 % interval of the worsening
//! lies within the bound, fails where it lies beyond, and is inconclusive otherwise. The other rules look at facts and
//! figures one by one (`single`). What could not be told is a verdict of its own, and never a pass.
//!
//! Articles and facts that the other side has not are new: `min` and `max` apply to them, rules that compare use what both
//! sides have. What the baseline has and the run has not fails the gate until it is accepted (`removed`). An article whose
//! source text changed is left out of comparisons, and named.

mod bound;
mod drop;
mod figure;
mod removed;
mod single;

use std::collections::BTreeMap;

use serde::Serialize;

use super::delta::Pools;
use super::side::Side;
use crate::model::record::{MetricRecord, RunRecord, SystemKind, SystemRecord};
use crate::model::{Gate, OnInconclusive, Span};
use figure::Scope;

/// How a gate ended for one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does not hold, or there was nothing to judge it by.
    Failed,
    /// It can be neither shown nor excluded.
    Inconclusive,
    /// It holds.
    Passed,
}

/// One rule of a gate, judged for one system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// How it ended.
    pub status: Status,
    /// Whether this ending fails the gate: failed, or inconclusive where the suite says so.
    pub fails: bool,
    /// The system's full name.
    pub system: String,
    /// The rule, as a person would write it: `facts.recall[pledges] >= 0.9`.
    pub rule: String,
    /// The figure held against the bound: the metric's value, the worsening, a share, or how many were found.
    pub figure: Option<f64>,
    /// The bound.
    pub bound: f64,
    /// One line on why.
    pub message: String,
    /// The articles that moved a `max_drop` most, worst first: `dataset/id` and by how much.
    pub articles: Vec<(String, f64)>,
    /// What stands behind a rule that does not hold, worst first: articles, with facts and figures where there are such.
    pub items: Vec<Culprit>,
}

/// An article, or a fact or figure of one, that keeps a rule from holding.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Culprit {
    /// `dataset/id`.
    pub article: String,
    /// Which of several samples; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<usize>,
    /// The fact's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The fact's claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The words of the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The article's figure, or by how much it is worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why, in a line.
    pub why: String,
}

/// Items that a rule names at most.
const NAMED: usize = 20;

/// What gates are judged by.
pub struct Evidence<'a> {
    /// The run's record.
    pub record: &'a RunRecord,
    /// The run's candidates.
    pub sides: &'a [Side],
    /// The accepted baseline's systems, scored as the run is.
    pub baseline: Option<&'a [Side]>,
    /// Likewise as they were accepted, with what has been removed since.
    pub accepted: Option<&'a [Side]>,
    /// Whether rules against the baseline are judged at all.
    pub against_baseline: bool,
    /// What makes pooled figures.
    pub pools: &'a Pools,
    /// The run's seed, for intervals.
    pub seed: u64,
}

/// The field that a gate's `metric` addresses: `name.field`, or a bare name for its headline.
pub fn address<'a>(gate: &Gate, metrics: &'a [MetricRecord]) -> Option<(&'a MetricRecord, &'a str)> {
    let wanted = gate.metric.as_deref()?;
    if let Some(metric) = metrics.iter().find(|m| m.name == wanted) {
        return metric.headline.as_deref().map(|h| (metric, h));
    }
    let (name, field) = wanted.rsplit_once('.')?;
    let metric = metrics.iter().find(|m| m.name == name)?;
    metric.field(field).map(|f| (metric, f.name.as_str()))
}

/// Whether a gate speaks of a system.
pub fn speaks_of(gate: &Gate, id: &str, name: &str) -> bool {
    gate.system.as_ref().is_none_or(|wanted| *wanted == id || *wanted == name)
}

/// Judges every gate for every system it speaks of, in suite order.
pub fn judge(gates: &[Gate], evidence: &Evidence<'_>) -> Vec<Judged> {
    let mut judged = Vec::new();
    let mut before = Befores::default();
    let mut compared: Vec<&str> = Vec::new();
    for gate in gates {
        let addressed = address(gate, &evidence.record.metrics);
        if gate.metric.is_some() && addressed.is_none() {
            continue;
        }
        let wanted = |s: &&SystemRecord| s.kind == SystemKind::Candidate && speaks_of(gate, &s.id, &s.name);
        for system in evidence.record.systems.iter().filter(wanted) {
            if gate.against.as_deref().is_some_and(|other| other == system.id) {
                continue;
            }
            let Some(side) = evidence.sides.iter().find(|s| s.system == system.id) else {
                judged.push(unjudged(gate, &system.id, "the system has no item in this run"));
                continue;
            };
            if let Some(message) = Scope::of(gate).missing(evidence) {
                judged.push(unjudged(gate, &system.id, &message));
                continue;
            }
            let rule = Rule { gate, metric: addressed, side, scope: Scope::of(gate), evidence };
            judged.extend(gate.min.iter().flat_map(|&min| rule.bounded(min, true)));
            judged.extend(gate.max.iter().flat_map(|&max| rule.bounded(max, false)));
            judged.extend(gate.min_scored.map(|share| rule.scored(share)));
            if gate.must_facts {
                judged.push(rule.must_facts());
            }
            if !gate.compares() || gate.against.is_none() && !evidence.against_baseline {
                continue;
            }
            if gate.against.is_none() && evidence.baseline.is_some() && !compared.contains(&system.id.as_str()) {
                compared.push(&system.id);
            }
            let pair = before.pair(&rule);
            judged.extend(gate.max_drop.iter().flat_map(|&drop| rule.drop(drop, pair)));
            if gate.no_new_contradicted {
                judged.push(rule.no_new_contradicted(pair));
            }
            if gate.no_new_unsupported {
                judged.push(rule.no_new_unsupported(pair));
            }
        }
    }
    for id in compared {
        let Some(side) = evidence.sides.iter().find(|s| s.system == id) else { continue };
        if let Some(before) = evidence.accepted.and_then(|sides| named(sides, side)) {
            judged.extend(removed::judge(before, side, evidence.record));
        }
    }
    judged
}

/// The side of the same full name, or else the only one of the same name in another version.
fn named<'a>(sides: &'a [Side], wanted: &Side) -> Option<&'a Side> {
    sides.iter().find(|s| s.system == wanted.system).or_else(|| only(sides, wanted.name()))
}

fn only<'a>(sides: &'a [Side], name: &str) -> Option<&'a Side> {
    let mut of_name = sides.iter().filter(|s| s.name() == name);
    of_name.next().filter(|_| of_name.next().is_none())
}

/// A gate that nothing could be said of.
fn unjudged(gate: &Gate, system: &str, message: &str) -> Judged {
    Judged {
        status: Status::Failed,
        fails: true,
        system: system.to_owned(),
        rule: gate.metric.clone().unwrap_or_else(|| "facts".to_owned()),
        figure: None,
        bound: gate.min.or(gate.max).or(gate.max_drop).or(gate.min_scored).unwrap_or(0.0),
        message: message.to_owned(),
        articles: Vec::new(),
        items: Vec::new(),
    }
}

/// Two sides made ready to be held against each other.
struct Pair {
    /// What was before.
    before: Side,
    /// What is now: rounded where the other is a baseline, whose scores are.
    now: Side,
    /// How to call what was before.
    called: String,
    /// Articles of both whose source text is not the same, taken out of both.
    changed: Vec<String>,
}

/// Pairs made so far, by the names of their systems, or why there is none.
#[derive(Default)]
struct Befores(BTreeMap<(String, Option<String>), Result<Pair, String>>);

impl Befores {
    fn pair(&mut self, rule: &Rule<'_>) -> Result<&Pair, &str> {
        let key = (rule.side.system.clone(), rule.gate.against.clone());
        self.0.entry(key).or_insert_with(|| make(rule)).as_ref().map_err(String::as_str)
    }
}

fn make(rule: &Rule<'_>) -> Result<Pair, String> {
    let (side, evidence) = (rule.side, rule.evidence);
    let (before, called) = match &rule.gate.against {
        Some(name) => {
            let sides = evidence.sides;
            let other = sides.iter().find(|s| s.system == *name).or_else(|| only(sides, name));
            (other.ok_or_else(|| format!("the run has no one system `{name}` to hold it against"))?, name.clone())
        }
        None => {
            let none = "there is no baseline; look at the run, then `epitome accept`";
            let baseline = evidence.baseline.ok_or(none)?;
            let none = || format!("the baseline has no system `{}`; `epitome accept` adds it", side.name());
            (named(baseline, side).ok_or_else(none)?, "the baseline".to_owned())
        }
    };
    let (mut before, mut now) = (before.clone(), side.clone());
    before.adopt(&now);
    if before.is_baseline() {
        now.round();
    }
    let mut changed = Vec::new();
    before.articles.retain(|key, article| {
        let same = now
            .articles
            .get(key)
            .is_none_or(|n| n.source == article.source || n.source.is_empty() || article.source.is_empty());
        if !same {
            changed.push(super::changes::shown(key));
        }
        same
    });
    Ok(Pair { before, now, called, changed })
}

/// A gate applied to one system.
struct Rule<'a> {
    gate: &'a Gate,
    metric: Option<(&'a MetricRecord, &'a str)>,
    side: &'a Side,
    scope: Scope<'a>,
    evidence: &'a Evidence<'a>,
}

impl Rule<'_> {
    /// The figure's name with the part of the corpus it is of: `facts.recall[pledges, zh-TW]`.
    fn name(&self, figure: &str, stratum: &str) -> String {
        let gate = self.gate;
        let parts = [gate.group.as_deref(), gate.dataset.as_deref(), gate.lang.as_deref(), Some(stratum)];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
        let within = if parts.is_empty() { String::new() } else { format!("[{}]", parts.join(", ")) };
        format!("{figure}{within}")
    }

    fn figure_name(&self, stratum: &str) -> String {
        let figure = self.metric.map_or_else(|| "outputs".to_owned(), |(m, field)| format!("{}.{field}", m.name));
        self.name(&figure, stratum)
    }

    fn judged(&self, status: Status, rule: String, figure: Option<f64>, bound: f64, message: String) -> Judged {
        let fails = match status {
            Status::Failed => true,
            Status::Inconclusive => self.gate.on_inconclusive == OnInconclusive::Fail,
            Status::Passed => false,
        };
        let system = self.side.system.clone();
        Judged { status, fails, system, rule, figure, bound, message, articles: Vec::new(), items: Vec::new() }
    }
}
