//! Figures of a part of the corpus: what rules hold against bounds.

use std::collections::{BTreeMap, BTreeSet};

use super::super::changes::shown;
use super::super::side::{Article, ArticleKey, FactSeen, Side};
use super::{Culprit, Evidence};
use crate::model::record::MetricRecord;
use crate::model::{Direction, Gate, Span, Verdict};

/// The part of the corpus that a gate speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub dataset: Option<&'a str>,
    pub lang: Option<&'a str>,
    pub group: Option<&'a str>,
}

impl<'a> Scope<'a> {
    pub fn of(gate: &'a Gate) -> Self {
        Scope { dataset: gate.dataset.as_deref(), lang: gate.lang.as_deref(), group: gate.group.as_deref() }
    }

    /// Whether it is the whole corpus.
    pub fn is_whole(&self) -> bool {
        self.dataset.is_none() && self.lang.is_none()
    }

    /// What to say where the run has no article of its language, or no fact of its group: a misspelt name would hold
    /// nothing, and must not pass for a rule that holds. Of a part of the suite nothing can be told.
    pub fn missing(&self, evidence: &Evidence<'_>) -> Option<String> {
        if evidence.record.complete.filtered.is_some() {
            return None;
        }
        let articles = || evidence.sides.iter().flat_map(|side| side.articles.values());
        let known = |names: BTreeSet<&str>| {
            if names.is_empty() { "none".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") }
        };
        if let Some(lang) = self.lang {
            let spoken: BTreeSet<&str> = articles().filter_map(|article| article.lang.as_deref()).collect();
            if !spoken.iter().any(|tag| is_of(tag, lang)) {
                return Some(format!("no article of the run is in the language `{lang}`; there are {}", known(spoken)));
            }
        }
        let group = self.group?;
        let facts = articles().flat_map(|article| &article.samples).flat_map(|sample| sample.facts.values());
        let groups: BTreeSet<&str> = facts.filter_map(|fact| fact.group.as_deref()).collect();
        let none = !groups.is_empty() && !groups.contains(group);
        none.then(|| format!("no fact of the run is in the group `{group}`; there are {}", known(groups)))
    }

    /// Whether an article is part of it.
    pub fn takes(&self, key: &ArticleKey, article: &Article) -> bool {
        let spoken = article.lang.as_deref().unwrap_or_default();
        self.dataset.is_none_or(|dataset| dataset == key.0) && self.lang.is_none_or(|lang| is_of(spoken, lang))
    }

    /// Whether a fact is part of it.
    pub fn takes_fact(&self, fact: &FactSeen) -> bool {
        self.group.is_none_or(|group| fact.group.as_deref() == Some(group))
    }

    /// The articles of a side that are part of it.
    pub fn articles<'s>(&self, side: &'s Side) -> impl Iterator<Item = (&'s ArticleKey, &'s Article)> {
        let scope = *self;
        side.articles.iter().filter(move |(key, article)| scope.takes(key, article))
    }
}

/// Whether a tag is a language's, or one of its regions' or scripts' (RFC 4647, basic filtering).
fn is_of(tag: &str, wanted: &str) -> bool {
    let (tag, wanted) = (tag.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    tag.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether a metric is of the checklist, so that its fields can be made again from facts.
pub(super) fn of_facts(metric: &MetricRecord) -> bool {
    metric.signatures.values().any(|s| s.get("metric") == Some("facts"))
}

/// Whether a metric counts figures without support.
pub(super) fn of_grounding(metric: &MetricRecord) -> bool {
    metric.signatures.values().any(|s| s.get("metric") == Some("grounding"))
}

/// Whether less of a field is better.
pub(super) fn lower_is_better(metric: &MetricRecord, field: &str) -> bool {
    metric.field(field).is_some_and(|f| f.direction == Direction::Lower)
}

/// A field of the checklist over an article's facts of a scope (and of `among`, where given), averaged over samples:
/// what the metric `facts` says of an item with those facts alone.
pub(super) fn fact_field(
    article: &Article,
    field: &str,
    scope: Scope<'_>,
    among: Option<&BTreeSet<&str>>,
) -> Option<f64> {
    let sample = |facts: &BTreeMap<String, FactSeen>| {
        let wanted = |(id, fact): &(&String, &FactSeen)| {
            scope.takes_fact(fact) && among.is_none_or(|among| among.contains(id.as_str()))
        };
        let facts: Vec<&FactSeen> = facts.iter().filter(wanted).map(|(_, fact)| fact).collect();
        let weight: f64 = facts.iter().map(|f| f.weight).sum();
        if facts.is_empty() || weight <= 0.0 {
            return None;
        }
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let many = |verdict| facts.iter().filter(|f| f.verdict == verdict).count();
        match field {
            "recall" => {
                let covered = facts.iter().filter(|f| f.verdict == Verdict::Covered);
                Some(covered.map(|f| f.weight).sum::<f64>() / weight)
            }
            "soft" => {
                let scores = facts.iter().map(|f| Some(f.weight * f.score?)).sum::<Option<f64>>()?;
                Some(scores / weight)
            }
            "must" => {
                let must: Vec<_> = facts.iter().filter(|f| f.must).collect();
                Some(share(must.iter().filter(|f| f.verdict == Verdict::Covered).count(), must.len()))
            }
            "contradicted" => Some(share(many(Verdict::Contradicted), facts.len())),
            _ => None,
        }
    };
    let made: Vec<f64> = article.samples.iter().filter_map(|s| sample(&s.facts)).collect();
    (!made.is_empty()).then(|| made.iter().sum::<f64>() / made.len() as f64)
}

/// An article's figure, with the counts of a pooled metric.
pub(super) struct Valued<'s> {
    pub key: &'s ArticleKey,
    pub value: f64,
    pub counts: &'s [f64],
}

/// The articles' figures by stratum.
pub(super) fn by_stratum<'s>(
    side: &'s Side,
    metric: &MetricRecord,
    field: &str,
    scope: Scope<'_>,
) -> BTreeMap<String, Vec<Valued<'s>>> {
    let mut strata: BTreeMap<String, Vec<Valued<'s>>> = BTreeMap::new();
    for (key, article) in scope.articles(side) {
        if scope.group.is_some() {
            if let Some(value) = fact_field(article, field, scope, None) {
                strata.entry(String::new()).or_default().push(Valued { key, value, counts: &[] });
            }
            continue;
        }
        for ((name, stratum), scored) in &article.scores {
            if let (true, Some(&value)) = (*name == metric.name, scored.fields.get(field)) {
                let valued = Valued { key, value, counts: &scored.statistics };
                strata.entry(stratum.clone()).or_default().push(valued);
            }
        }
    }
    strata
}

/// A fact of an article as what stands behind a rule.
pub(super) fn fact_culprit(key: &ArticleKey, sample: usize, id: &str, fact: &FactSeen) -> Culprit {
    let reason = if fact.reason.is_empty() { String::new() } else { format!(": {}", fact.reason) };
    let verdict = fact.verdict.as_str();
    Culprit {
        article: shown(key),
        sample: (sample > 0).then_some(sample),
        fact: Some(id.to_owned()),
        claim: Some(fact.claim.clone()).filter(|claim| !claim.is_empty()),
        span: fact.evidence.clone(),
        value: None,
        why: format!("{verdict}{reason}"),
    }
}

/// A figure without support, likewise.
pub(super) fn figure_culprit(key: &ArticleKey, sample: usize, figure: &super::super::side::FigureSeen) -> Culprit {
    let span = figure.place.map(|(start, end)| Span { start, end, text: figure.surface.clone() });
    let reason = if figure.reason.is_empty() { String::new() } else { format!(": {}", figure.reason) };
    let bare = if span.is_none() { format!("{} ", figure.surface) } else { String::new() };
    Culprit {
        article: shown(key),
        sample: (sample > 0).then_some(sample),
        span,
        why: format!("{bare}not borne out{reason}"),
        ..Culprit::default()
    }
}

/// What stands behind a figure as it is: facts not covered or contradicted, figures without support, or the articles
/// with the worst figures.
pub(super) fn behind(
    side: &Side,
    metric: &MetricRecord,
    field: &str,
    scope: Scope<'_>,
    valued: &[Valued<'_>],
) -> Vec<Culprit> {
    let mut found: Vec<(i32, Culprit)> = Vec::new();
    if of_facts(metric) {
        for (key, article) in scope.articles(side) {
            for (i, sample) in article.samples.iter().enumerate() {
                let wanted = |f: &FactSeen| match (field, f.verdict) {
                    (_, Verdict::Contradicted) => true,
                    ("contradicted", _) | (_, Verdict::Covered) => false,
                    ("must", _) => f.must,
                    _ => true,
                };
                for (id, fact) in sample.facts.iter().filter(|(_, f)| scope.takes_fact(f) && wanted(f)) {
                    let grave = i32::from(fact.verdict != Verdict::Contradicted) * 2 + i32::from(!fact.must);
                    found.push((grave, fact_culprit(key, i, id, fact)));
                }
            }
        }
    } else if of_grounding(metric) {
        for (key, article) in scope.articles(side) {
            found.extend(article.unsupported(None).into_iter().map(|(i, f)| (0, figure_culprit(key, i, f))));
        }
    } else {
        let sign = if lower_is_better(metric, field) { -1.0 } else { 1.0 };
        let mut order: Vec<&Valued<'_>> = valued.iter().collect();
        order.sort_by(|a, b| (sign * a.value).total_cmp(&(sign * b.value)).then_with(|| a.key.cmp(b.key)));
        let of = |v: &&Valued<'_>| Culprit { article: shown(v.key), value: Some(v.value), ..Culprit::default() };
        return order.iter().take(super::NAMED).map(of).collect();
    }
    found.sort_by_key(|(grave, _)| *grave);
    found.into_iter().take(super::NAMED).map(|(_, culprit)| culprit).collect()
}
