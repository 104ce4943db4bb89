//! Rules on a figure as it is: `min`, `max`, `min_scored`.

use super::super::changes::shown;
use super::figure::{Valued, behind, by_stratum};
use super::{Culprit, Judged, NAMED, Rule, Status};
use crate::model::Aggregation;
use crate::stats::interval::percentile;
use crate::stats::paired::{Options, interval_of_mean};
use crate::stats::resample::{Rows, bootstrap};
use crate::stats::rng::Purpose;

/// Figures closer to a bound than this are at it: sums in another order differ so much.
const AT: f64 = 1e-12;

impl Rule<'_> {
    /// Judges `min` (`least`) or `max`, once a stratum.
    pub(super) fn bounded(&self, bound: f64, least: bool) -> Vec<Judged> {
        let sign = if least { ">=" } else { "<=" };
        let sure = self.gate.min_confidence.map(|c| format!(" ({} % sure)", percent(c))).unwrap_or_default();
        let rule = |stratum: &str| format!("{} {sign} {bound}{sure}", self.figure_name(stratum));
        let Some((metric, field)) = self.metric else { return Vec::new() };
        let strata = by_stratum(self.side, metric, field, self.scope);
        let mut judged = Vec::new();
        for (stratum, valued) in &strata {
            let Some(value) = self.value(valued) else { continue };
            let name = self.figure_name(stratum);
            let holds = |value: f64| if least { value >= bound - AT } else { value <= bound + AT };
            let (status, message) = match (holds(value), self.gate.min_confidence) {
                (false, _) => (Status::Failed, format!("{name} is {value:.4}")),
                (true, None) => (Status::Passed, format!("{name} is {value:.4}")),
                (true, Some(confidence)) => match self.end(valued, value, confidence, least) {
                    Some(end) if holds(end) => {
                        let beyond = if least { "at least" } else { "at most" };
                        (Status::Passed, format!("{name} is {value:.4}, surely {beyond} {end:.4}"))
                    }
                    Some(end) => {
                        let as_low = if least { "as low as" } else { "as high as" };
                        (
                            Status::Inconclusive,
                            format!("{name} is {value:.4}, but could be {as_low} {end:.4} over other such articles"),
                        )
                    }
                    None => (Status::Inconclusive, format!("{name} is {value:.4}, of too few articles to be sure")),
                },
            };
            let mut made = self.judged(status, rule(stratum), Some(value), bound, message);
            if status != Status::Passed {
                made.items = behind(self.side, metric, field, self.scope, valued);
            }
            judged.push(made);
        }
        if judged.is_empty() {
            let message = "nothing was scored, so the gate could not be judged".to_owned();
            judged.push(self.judged(Status::Failed, rule(""), None, bound, message));
        }
        judged
    }

    /// The corpus figure: a mean over articles, or the score of all counts together.
    fn value(&self, valued: &[Valued<'_>]) -> Option<f64> {
        let (metric, field) = self.metric?;
        if metric.aggregation == Aggregation::Pooled && self.scope.group.is_none() {
            let (sum, width) = joined(valued)?;
            let rows = Rows { values: &sum, width };
            return self.evidence.pools.score(&metric.name, field)?(&rows.sum(), rows.len() as f64);
        }
        (!valued.is_empty()).then(|| valued.iter().map(|v| v.value).sum::<f64>() / valued.len() as f64)
    }

    /// Up to where (`least`: down to where) the figure could be, with a confidence on that one side.
    fn end(&self, valued: &[Valued<'_>], value: f64, confidence: f64, least: bool) -> Option<f64> {
        let (metric, field) = self.metric?;
        let alpha = 2.0 * (1.0 - confidence);
        let options = Options { seed: self.evidence.seed, alpha, ..Options::default() };
        if valued.len() < 2 {
            return None;
        }
        if metric.aggregation == Aggregation::Pooled && self.scope.group.is_none() {
            let (values, width) = joined(valued)?;
            let score = self.evidence.pools.score(&metric.name, field)?;
            let n = valued.len() as f64;
            let purpose = Purpose::new(options.seed, "interval");
            let draws = bootstrap(Rows { values: &values, width }, options.replicates, &purpose, |sum| score(sum, n));
            let mut draws: Vec<f64> = draws.into_iter().flatten().collect();
            draws.sort_unstable_by(f64::total_cmp);
            let at = if least { 1.0 - confidence } else { confidence };
            return percentile(&draws, at).map(|end| if least { end.min(value) } else { end.max(value) });
        }
        let values: Vec<f64> = valued.iter().map(|v| v.value).collect();
        let (interval, _) = interval_of_mean(&values, &options);
        if least { interval.low } else { interval.high }
    }

    /// Judges `min_scored`.
    pub(super) fn scored(&self, bound: f64) -> Judged {
        let name = self.metric.map_or("outputs".to_owned(), |(m, _)| format!("{} scored", m.name));
        let name = self.name(&name, "");
        let rule = format!("{name} >= {} %", percent(bound));
        let (mut scored, mut asked) = (0.0, 0.0);
        let mut without = Vec::new();
        for (key, article) in self.scope.articles(self.side) {
            let all = article.samples.len() as f64;
            let mine = match self.metric {
                Some((metric, _)) => {
                    article.scores.iter().filter(|((m, _), _)| *m == metric.name).map(|(_, s)| s.samples).sum()
                }
                None => article.samples.iter().filter(|s| s.failure.is_none() && !s.not_asked).count() as f64,
            };
            scored += mine;
            asked += all;
            if mine < all && without.len() < NAMED {
                let failure = article.samples.iter().find_map(|s| s.failure.clone());
                let why = failure.map_or_else(|| "not scored".to_owned(), |kind| format!("failed: {kind}"));
                without.push(Culprit { article: shown(key), why, ..Culprit::default() });
            }
        }
        if self.scope.is_whole() {
            // What an interrupted run did not reach has no line, and was asked for all the same.
            let mut of = self.evidence.record.aggregates.iter().filter(|a| {
                a.system == self.side.system && a.slice.is_none() && self.metric.is_none_or(|(m, _)| m.name == a.metric)
            });
            let counted = of.next().map(|first| {
                let strata = of.filter(|a| a.metric == first.metric).map(|a| a.counts.scored).sum::<u64>();
                let c = first.counts;
                c.scored + strata + c.not_applicable + c.failed + c.not_evaluated
            });
            asked = counted.map_or(asked, |counted| asked.max(counted as f64));
        }
        if asked == 0.0 {
            return self.judged(Status::Failed, rule, None, bound, "there is no item to judge it by".to_owned());
        }
        let share = scored / asked;
        let status = if share >= bound - AT { Status::Passed } else { Status::Failed };
        let message = format!("{scored} of {asked} items, {} %", percent(share));
        let mut judged = self.judged(status, rule, Some(share), bound, message);
        if status == Status::Failed {
            judged.items = without;
        }
        judged
    }
}

/// The counts of all articles, row after row, with their width; nothing where one keeps none.
pub(super) fn joined(valued: &[Valued<'_>]) -> Option<(Vec<f64>, usize)> {
    let width = valued.first()?.counts.len();
    if width == 0 || valued.iter().any(|v| v.counts.len() != width) {
        return None;
    }
    Some((valued.iter().flat_map(|v| v.counts.iter().copied()).collect(), width))
}

/// A share as people write it, without needless digits.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.2}", 100.0 * share);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
