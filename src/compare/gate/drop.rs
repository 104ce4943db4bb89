//! `max_drop`: is it worse than before by more than a bound?

use std::collections::{BTreeMap, BTreeSet};

use super::super::changes::{only, shown};
use super::super::delta::within;
use super::super::side::{Article, ArticleKey, Scored};
use super::figure::{fact_culprit, fact_field, figure_culprit, lower_is_better, of_facts, of_grounding};
use super::{Culprit, Judged, NAMED, Pair, Rule, Status};
use crate::model::record::{Interval, MetricRecord};
use crate::model::{Aggregation, Verdict, count};
use crate::stats::interval::{self, intervals};
use crate::stats::paired::{Options, interval_of_mean};
use crate::stats::resample::Rows;

/// An article that both sides have, with its figures.
struct Common<'p> {
    key: &'p ArticleKey,
    /// The stratum it was scored in: figures of two tokenizers are never averaged.
    stratum: &'p str,
    before: &'p Article,
    now: &'p Article,
    /// By how much it is worse; negative: better.
    drop: f64,
    /// The counts on both sides, of a pooled metric.
    counts: Option<(&'p [f64], &'p [f64])>,
}

impl Rule<'_> {
    /// Judges `max_drop`, once a stratum.
    pub(super) fn drop(&self, bound: f64, pair: Result<&Pair, &str>) -> Vec<Judged> {
        let against = self.gate.against.as_ref().map(|a| format!(" against {a}")).unwrap_or_default();
        let rule = |stratum: &str| format!("{} drops by at most {bound}{against}", self.figure_name(stratum));
        let cannot = |message: String| vec![self.judged(Status::Failed, rule(""), None, bound, message)];
        let Some((metric, field)) = self.metric else { return cannot("it names no metric".to_owned()) };
        let pair = match pair {
            Ok(pair) => pair,
            Err(message) => return cannot(message.to_owned()),
        };
        let signatures = |side: &super::Side| side.signatures.get(&metric.name).cloned();
        let (old, new) = (signatures(&pair.before), signatures(&pair.now));
        if old != new {
            let differs = difference(old.as_ref(), new.as_ref());
            return cannot(format!("{} was computed otherwise for {}: {differs}", metric.name, pair.called));
        }
        let mut strata: BTreeMap<&str, Vec<Common<'_>>> = BTreeMap::new();
        for common in self.common(pair, metric, field) {
            strata.entry(common.stratum).or_default().push(common);
        }
        if strata.is_empty() {
            return cannot(format!("no article is scored both in the run and in {}", pair.called));
        }
        let range = metric.field(field).map_or((None, None), |f| f.range);
        let mut judged = Vec::new();
        for (stratum, common) in &strata {
            match self.worsening(common, metric, field).map(|drop| within(drop, range)) {
                Some(drop) => judged.push(self.dropped(rule(stratum), drop, bound, pair, (stratum, common))),
                None => {
                    let message = "no difference could be made".to_owned();
                    judged.push(self.judged(Status::Failed, rule(stratum), None, bound, message));
                }
            }
        }
        judged
    }

    /// What a worsening of one stratum comes to, with the articles behind it.
    fn dropped(
        &self,
        rule: String,
        drop: Interval,
        bound: f64,
        pair: &Pair,
        (stratum, common): (&str, &[Common<'_>]),
    ) -> Judged {
        let Some((metric, field)) = self.metric else {
            return self.judged(Status::Failed, rule, None, bound, "it names no metric".to_owned());
        };
        let before = self.scored_before(pair, metric, field, stratum);
        let (status, message) = conclude(drop, bound, common.len(), before, pair);
        let mut judged = self.judged(status, rule, Some(drop.value), bound, message);
        let mut worse: Vec<&Common<'_>> = common.iter().filter(|c| c.drop > 0.0).collect();
        worse.sort_by(|a, b| b.drop.total_cmp(&a.drop).then_with(|| a.key.cmp(b.key)));
        judged.articles = worse.iter().take(10).map(|c| (shown(c.key), c.drop)).collect();
        if status != Status::Passed {
            judged.items = worse.iter().flat_map(|c| self.what(c, metric)).take(NAMED).collect();
        }
        judged
    }

    /// The articles that both sides have a figure of. Where an article's checklist is not the same on both, its figure
    /// is made anew of the facts that both have.
    fn common<'p>(&self, pair: &'p Pair, metric: &MetricRecord, field: &str) -> Vec<Common<'p>> {
        let sign = if lower_is_better(metric, field) { 1.0 } else { -1.0 };
        let of = |(key, now): (&'p ArticleKey, &'p Article)| {
            let before = pair.before.articles.get(key)?;
            let (old, new) = (ids(before), ids(now));
            if of_facts(metric) && (self.scope.group.is_some() || old != new) {
                let both: BTreeSet<&str> = old.intersection(&new).copied().collect();
                let figure = |article| fact_field(article, field, self.scope, Some(&both));
                let drop = sign * (figure(now)? - figure(before)?);
                return Some(Common { key, stratum: "", before, now, drop, counts: None });
            }
            let scored = |article: &'p Article| -> Option<(&'p str, &'p Scored, f64)> {
                let mut of = article.scores.iter().filter(|((name, _), _)| *name == metric.name);
                of.find_map(|((_, stratum), scored)| Some((stratum.as_str(), scored, *scored.fields.get(field)?)))
            };
            let ((_, old, a), (stratum, new, b)) = (scored(before)?, scored(now)?);
            let counts = Some((old.statistics.as_slice(), new.statistics.as_slice()));
            let counts = counts.filter(|(old, new)| !old.is_empty() && old.len() == new.len());
            Some(Common { key, stratum, before, now, drop: sign * (b - a), counts })
        };
        self.scope.articles(&pair.now).filter_map(of).collect()
    }

    /// How many articles had the figure before, in a stratum; a baseline that does not say counts in each.
    fn scored_before(&self, pair: &Pair, metric: &MetricRecord, field: &str, stratum: &str) -> usize {
        let of = |known: &str| known == stratum || known.is_empty() || stratum.is_empty();
        let has = |article: &Article| {
            let mut scores = article.scores.iter();
            scores.any(|((name, known), s)| *name == metric.name && of(known) && s.fields.contains_key(field))
        };
        self.scope.articles(&pair.before).filter(|(_, article)| has(article)).count()
    }

    /// How much worse the corpus figure is, with its interval.
    fn worsening(&self, common: &[Common<'_>], metric: &MetricRecord, field: &str) -> Option<Interval> {
        let pools = self.evidence.pools.score(&metric.name, field);
        let counts: Option<Vec<_>> = common.iter().map(|c| c.counts).collect();
        if let (Aggregation::Pooled, Some(score), Some(counts)) = (metric.aggregation, pools, counts) {
            let width = counts.first()?.0.len();
            let rows: Vec<f64> = counts.iter().flat_map(|(a, b)| a.iter().chain(*b).copied()).collect();
            let sign = if lower_is_better(metric, field) { 1.0 } else { -1.0 };
            let options = interval::Options { replicates: 10_000, seed: self.evidence.seed };
            let rows = Rows { values: &rows, width: 2 * width };
            let made = intervals(rows, false, &[(None, None)], &options, |sum, n, fields| {
                fields[0] = sign * (score(&sum[width..], n)? - score(&sum[..width], n)?);
                Some(())
            });
            return made?.first().copied();
        }
        let values: Vec<f64> = common.iter().map(|c| c.drop).collect();
        let options = Options { seed: self.evidence.seed, ..Options::default() };
        Some(interval_of_mean(&values, &options).0)
    }

    /// What got worse in an article: facts, figures, or the article as a whole.
    fn what(&self, c: &Common<'_>, metric: &MetricRecord) -> Vec<Culprit> {
        let mut found = Vec::new();
        if of_facts(metric) {
            for (id, fact) in c.now.facts().into_iter().filter(|(_, f)| self.scope.takes_fact(f)) {
                let Some(before) = c.before.fact(id) else { continue };
                let worse = before.verdict != fact.verdict
                    && (fact.verdict == Verdict::Contradicted || before.verdict == Verdict::Covered);
                if worse {
                    found.push(Culprit { value: Some(c.drop), ..fact_culprit(c.key, 0, id, fact) });
                }
            }
        } else if of_grounding(metric) {
            let (old, new) = (c.before.unsupported(None), c.now.unsupported(None));
            let of = |(i, figure)| Culprit { value: Some(c.drop), ..figure_culprit(c.key, i, figure) };
            found.extend(only(&new, &old).map(of));
        }
        if found.is_empty() {
            found.push(Culprit { article: shown(c.key), value: Some(c.drop), ..Culprit::default() });
        }
        found
    }
}

fn ids(article: &Article) -> BTreeSet<&str> {
    article.samples.iter().flat_map(|s| s.facts.keys()).map(String::as_str).collect()
}

fn conclude(drop: Interval, bound: f64, n: usize, before: usize, pair: &Pair) -> (Status, String) {
    let called = &pair.called;
    let (low, high) = (drop.low.unwrap_or(f64::NEG_INFINITY), drop.high.unwrap_or(f64::INFINITY));
    let ends = match (drop.low, drop.high) {
        (Some(low), Some(high)) => format!(" (95 % interval {low:+.4} to {high:+.4}, {n} articles)"),
        _ => format!(" ({n} article, too few for an interval)"),
    };
    let moved = if drop.value > 0.0 { "worse" } else { "better" };
    let mut shown = match drop.value {
        0.0 => format!("unchanged over {}", count(n, "article")),
        value => format!("{:.4} {moved} than {called}{ends}", value.abs()),
    };
    let new = pair.now.articles.keys().filter(|key| !pair.before.articles.contains_key(*key)).count();
    let new = new - pair.changed.len().min(new);
    if new > 0 {
        shown += &format!("; {new} new");
    }
    shown += &named(&pair.changed);
    if (n as f64) < 0.95 * before as f64 {
        return (
            Status::Inconclusive,
            format!("{shown}; only {n} of the {before} articles that {called} has are in the run"),
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

/// What to say of articles left out because their text changed.
pub(super) fn named(changed: &[String]) -> String {
    let some: Vec<&str> = changed.iter().take(5).map(String::as_str).collect();
    let more = if changed.len() > some.len() { ", …" } else { "" };
    match changed.len() {
        0 => String::new(),
        n => format!("; {n} left out, whose source text changed: {}{more}", some.join(", ")),
    }
}

type Signatures<'a> = Option<&'a std::collections::BTreeMap<String, String>>;

/// The first field in which two metrics' signatures differ, in words.
fn difference(before: Signatures<'_>, after: Signatures<'_>) -> String {
    let (Some(before), Some(after)) = (before, after) else {
        return "only one of the two has it; `epitome accept` starts anew".to_owned();
    };
    for (stratum, new) in after {
        let Some(old) = before.get(stratum) else { continue };
        if let Some((field, was, is)) = super::super::delta::difference(old, new) {
            let shown = |value: &str| if value == "-" { "nothing".to_owned() } else { format!("{field}:{value}") };
            return format!("{} now, {} then", shown(&is), shown(&was));
        }
    }
    "their strata differ".to_owned()
}
