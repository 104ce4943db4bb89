//! Gates: does what a suite demands hold?
//!
//! `min` and `max` bound a figure of the run. `max_drop` holds the run against the accepted baseline, article by
//! article: it passes where the 95 % interval of the mean worsening lies within the bound, fails where it lies beyond,
//! and is inconclusive otherwise. What could not be told is a verdict of its own, and never a pass.

use serde::Serialize;

use crate::model::baseline::{ArticleSnapshot, Snapshot, SystemSnapshot};
use crate::model::record::{Aggregate, Interval, MetricRecord, RunRecord, SystemKind, SystemRecord};
use crate::model::{Direction, Gate, OnInconclusive};
use crate::stats::interval::{Options, intervals};
use crate::stats::resample::Rows;

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
    /// The figure held against the bound: the metric's value, or the mean worsening.
    pub figure: Option<f64>,
    /// The bound.
    pub bound: f64,
    /// One line on why.
    pub message: String,
    /// The articles that moved a `max_drop` most, worst first: `dataset/id` and by how much.
    pub articles: Vec<(String, f64)>,
}

/// What gates are judged by.
pub struct Evidence<'a> {
    /// The run's record.
    pub record: &'a RunRecord,
    /// The run's own snapshot.
    pub current: &'a Snapshot,
    /// The accepted baseline.
    pub baseline: Option<&'a Snapshot>,
    /// Whether rules against the baseline are judged at all.
    pub against_baseline: bool,
    /// The run's seed, for intervals.
    pub seed: u64,
}

/// The field that a gate's `metric` addresses: `name.field`, or a bare name for its headline.
pub fn address<'a>(gate: &Gate, metrics: &'a [MetricRecord]) -> Option<(&'a MetricRecord, &'a str)> {
    if let Some(metric) = metrics.iter().find(|m| m.name == gate.metric) {
        return metric.headline.as_deref().map(|h| (metric, h));
    }
    let (name, field) = gate.metric.rsplit_once('.')?;
    let metric = metrics.iter().find(|m| m.name == name)?;
    metric.field(field).map(|f| (metric, f.name.as_str()))
}

/// Judges every gate for every system it speaks of, in suite order.
pub fn judge(gates: &[Gate], evidence: &Evidence<'_>) -> Vec<Judged> {
    let mut judged = Vec::new();
    for gate in gates {
        let Some((metric, field)) = address(gate, &evidence.record.metrics) else { continue };
        let wanted = |s: &&SystemRecord| {
            s.kind == SystemKind::Candidate && gate.system.as_ref().is_none_or(|name| *name == s.id || *name == s.name)
        };
        for system in evidence.record.systems.iter().filter(wanted) {
            let rule = Rule { gate, metric, field, system, evidence };
            judged.extend(gate.min.iter().flat_map(|&min| rule.bounded(min, true)));
            judged.extend(gate.max.iter().flat_map(|&max| rule.bounded(max, false)));
            if evidence.against_baseline {
                judged.extend(gate.max_drop.map(|drop| rule.drop(drop)));
            }
        }
    }
    judged
}

/// A gate applied to one system.
struct Rule<'a> {
    gate: &'a Gate,
    metric: &'a MetricRecord,
    field: &'a str,
    system: &'a SystemRecord,
    evidence: &'a Evidence<'a>,
}

impl Rule<'_> {
    fn name(&self, stratum: &str) -> String {
        let gate = self.gate;
        let parts = [gate.group.as_deref(), gate.dataset.as_deref(), gate.lang.as_deref(), Some(stratum)];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
        let within = if parts.is_empty() { String::new() } else { format!("[{}]", parts.join(", ")) };
        format!("{}.{}{within}", self.metric.name, self.field)
    }

    /// Judges `min` or `max`, once a stratum.
    fn bounded(&self, bound: f64, least: bool) -> Vec<Judged> {
        let sign = if least { ">=" } else { "<=" };
        let figures = if self.gate.group.is_some() { self.group_figure() } else { self.figures() };
        if figures.is_empty() {
            let message = "nothing was scored, so the gate could not be judged".to_owned();
            return vec![self.judged(
                Status::Failed,
                format!("{} {sign} {bound}", self.name("")),
                None,
                bound,
                message,
            )];
        }
        let judge = |(stratum, value): (String, f64)| {
            let holds = if least { value >= bound } else { value <= bound };
            let status = if holds { Status::Passed } else { Status::Failed };
            let message = format!("{} is {value:.4}", self.name(&stratum));
            self.judged(status, format!("{} {sign} {bound}", self.name(&stratum)), Some(value), bound, message)
        };
        figures.into_iter().map(judge).collect()
    }

    fn slice(&self) -> Option<String> {
        let datasets = self.evidence.record.datasets.len() > 1;
        match (&self.gate.dataset, &self.gate.lang) {
            (Some(dataset), _) if datasets => Some(format!("dataset:{dataset}")),
            (_, Some(lang)) => Some(format!("lang:{lang}")),
            _ => None,
        }
    }

    fn figures(&self) -> Vec<(String, f64)> {
        let slice = self.slice();
        let mine = |a: &&Aggregate| a.system == self.system.id && a.metric == self.metric.name && a.slice == slice;
        let value = |a: &Aggregate| a.fields.get(self.field).map(|i| (a.stratum.clone(), i.value));
        self.evidence.record.aggregates.iter().filter(mine).filter_map(value).collect()
    }

    /// The mean over items of a group's recall, or its share contradicted.
    fn group_figure(&self) -> Vec<(String, f64)> {
        let groups = self.evidence.record.groups.iter().filter(|g| {
            g.system == self.system.id
                && Some(&g.group) == self.gate.group.as_ref()
                && self.gate.dataset.as_ref().is_none_or(|d| *d == g.dataset)
        });
        let (mut sum, mut n) = (0.0, 0.0);
        for group in groups {
            if self.field == "recall" {
                sum += group.recall * group.items as f64;
                n += group.items as f64;
            } else {
                sum += group.contradicted as f64;
                n += (group.covered + group.missing + group.contradicted) as f64;
            }
        }
        if n > 0.0 { vec![(String::new(), sum / n)] } else { Vec::new() }
    }

    /// Judges `max_drop` against the baseline.
    fn drop(&self, bound: f64) -> Judged {
        let rule = format!("{} drops by at most {bound}", self.name(""));
        let cannot = |message: String| self.judged(Status::Failed, rule.clone(), None, bound, message);
        let Some(baseline) = self.evidence.baseline else {
            return cannot("there is no baseline; look at the run, then `epitome accept`".to_owned());
        };
        let name = &self.metric.name;
        let (before, after) = (baseline.signatures.get(name), self.evidence.current.signatures.get(name));
        if before != after {
            return cannot(format!("{name} was computed otherwise for the baseline: {}", difference(before, after)));
        }
        let old = baseline.system(&self.system.id, &self.system.name);
        let new = self.evidence.current.systems.get(&self.system.id);
        let (Some((_, old)), Some(new)) = (old, new) else {
            return cannot(format!("the baseline has no system `{}`; `epitome accept` adds it", self.system.name));
        };
        let drops = self.drops(old, new);
        if drops.is_empty() {
            return cannot("no article is scored both in the run and in the baseline".to_owned());
        }
        let values: Vec<f64> = drops.iter().map(|(_, d)| *d).collect();
        let mean = |sum: &[f64], n: f64, fields: &mut [f64]| {
            fields[0] = sum[0] / n;
            Some(())
        };
        let options = Options { seed: self.evidence.seed, ..Options::default() };
        let made = intervals(Rows { values: &values, width: 1 }, true, &[(None, None)], &options, mean);
        let Some(&[interval]) = made.as_deref() else { return cannot("no difference could be made".to_owned()) };
        let (status, message) = self.conclude(interval, bound, drops.len(), old);
        let mut judged = self.judged(status, rule, Some(interval.value), bound, message);
        judged.articles = drops.into_iter().filter(|(_, d)| *d > 0.0).collect();
        judged.articles.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        judged.articles.truncate(10);
        judged
    }

    fn conclude(&self, drop: Interval, bound: f64, n: usize, old: &SystemSnapshot) -> (Status, String) {
        let (low, high) = (drop.low.unwrap_or(f64::NEG_INFINITY), drop.high.unwrap_or(f64::INFINITY));
        let ends = match (drop.low, drop.high) {
            (Some(low), Some(high)) => format!(" (95 % interval {low:+.4} to {high:+.4}, {n} articles)"),
            _ => format!(" ({n} article, too few for an interval)"),
        };
        let moved = if drop.value > 0.0 { "worse" } else { "better" };
        let shown = match drop.value {
            0.0 => format!("unchanged over {n} articles"),
            value => format!("{:.4} {moved} than the baseline{ends}", value.abs()),
        };
        let before = old.articles.values().filter(|a| !a.scores.is_empty()).count();
        if (n as f64) < 0.95 * before as f64 {
            return (
                Status::Inconclusive,
                format!("{shown}; only {n} of the baseline's {before} articles are in the run"),
            );
        }
        if drop.value == 0.0 && drop.low.is_none_or(|l| l == 0.0) || high <= bound {
            (Status::Passed, shown)
        } else if low > bound {
            (Status::Failed, shown)
        } else {
            (Status::Inconclusive, format!("{shown}: so many articles cannot tell whether that is within the bound"))
        }
    }

    /// By how much each common article is worse (negative: better).
    fn drops(&self, old: &SystemSnapshot, new: &SystemSnapshot) -> Vec<(String, f64)> {
        let field = format!("{}.{}", self.metric.name, self.field);
        let sign = match self.metric.field(self.field).map(|f| f.direction) {
            Some(Direction::Lower) => 1.0,
            _ => -1.0,
        };
        let score = |a: &ArticleSnapshot| a.scores.get(&field).copied();
        let wanted = |name: &str| self.gate.dataset.as_ref().is_none_or(|d| name.split('/').next() == Some(d));
        let drop = |(name, after): (&String, &ArticleSnapshot)| {
            let before = score(old.articles.get(name)?)?;
            Some((name.clone(), sign * (score(after)? - before)))
        };
        new.articles.iter().filter(|(name, _)| wanted(name)).filter_map(drop).collect()
    }

    fn judged(&self, status: Status, rule: String, figure: Option<f64>, bound: f64, message: String) -> Judged {
        let fails = match status {
            Status::Failed => true,
            Status::Inconclusive => self.gate.on_inconclusive == OnInconclusive::Fail,
            Status::Passed => false,
        };
        Judged { status, fails, system: self.system.id.clone(), rule, figure, bound, message, articles: Vec::new() }
    }
}

type Signatures<'a> = Option<&'a std::collections::BTreeMap<String, String>>;

/// The first field in which two metrics' signatures differ, in words.
fn difference(before: Signatures<'_>, after: Signatures<'_>) -> String {
    let (Some(before), Some(after)) = (before, after) else {
        return "only one of the two has it; `epitome accept` starts anew".to_owned();
    };
    let fields = |shown: &str| shown.split('|').map(str::to_owned).collect::<Vec<_>>();
    for (stratum, new) in after {
        let Some(old) = before.get(stratum) else { continue };
        let (old, new) = (fields(old), fields(new));
        if let Some(changed) = new.iter().find(|field| !old.contains(field)) {
            let key = changed.split(':').next().unwrap_or_default();
            let was = old.iter().find(|f| f.split(':').next() == Some(key));
            return format!("{changed} now, {} then", was.map_or("nothing", String::as_str));
        }
    }
    "their strata differ".to_owned()
}
