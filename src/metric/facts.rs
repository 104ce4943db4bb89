//! Facts preserved and figures borne out: [`crate::fact`]'s report as numbers.
//!
//! `facts` holds an output against its article's checklist, after the pyramid method (Nenkova and Passonneau 2004): the
//! weighted share of facts covered (`recall`), their mean score (`soft`), the share of `must` facts covered (`must`, over
//! articles that have any), the share contradicted. `grounding` is the other direction: how many figures of an output its
//! source does not bear out (`unsupported`, a mean over outputs) and the share that it does (`precision`, pooled over the
//! corpus). Draft facts count in nothing. Costs nothing beyond the report; read both, as either alone can be gamed.

use serde::Deserialize;

use super::explain::{Explanation, number};
use super::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::score::Stratum;
use crate::model::{
    Aggregation, Fact, FactJudgement, FactReport, FieldSpec, MetricSpec, Outcome, QuantityJudgement, Reason,
    ReasonCode, Signature, Support, Verdict,
};

/// Entry: facts of the checklist.
pub static FAMILY: Family = Family {
    name: "facts",
    about: "facts of the checklist that the output covers, must-have facts, contradictions",
    source: "pyramid method: Nenkova and Passonneau 2004; the matcher is epitome's own",
    names: &["facts"],
    answers: |name| name == "facts",
    build: |requests| build(requests, Kind::Facts),
};

/// Entry: figures held against the source.
pub static GROUNDING: Family = Family {
    name: "grounding",
    about: "figures and dates of the output that the source does not bear out",
    source: "epitome's own",
    names: &["grounding"],
    answers: |name| name == "grounding",
    build: |requests| build(requests, Kind::Grounding),
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Facts,
    Grounding,
}

struct FactMetric {
    kind: Kind,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest], kind: Kind) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests
        .iter()
        .map(|request| {
            let Options {} = request.options()?;
            Ok(Box::new(FactMetric { kind, specs: vec![spec(&request.name, kind)] }) as Box<dyn Metric>)
        })
        .collect()
}

fn spec(name: &str, kind: Kind) -> MetricSpec {
    let signature = |metric: &str| Signature::new(metric, crate::fact::REV);
    match kind {
        Kind::Facts => MetricSpec {
            name: name.to_owned(),
            columns: ["recall", "soft", "must", "contradicted", "has_must"].map(str::to_owned).to_vec(),
            fields: vec![
                FieldSpec::higher("recall", 1.0),
                FieldSpec::higher("soft", 1.0),
                FieldSpec::higher("must", 1.0),
                FieldSpec::lower("contradicted", Some(1.0)),
            ],
            headline: None,
            aggregation: Aggregation::Mean,
            strata: vec![Stratum { name: String::new(), signature: signature("facts") }],
        },
        Kind::Grounding => MetricSpec {
            name: name.to_owned(),
            columns: ["unsupported", "figures"].map(str::to_owned).to_vec(),
            fields: vec![FieldSpec::lower("unsupported", None), FieldSpec::higher("precision", 1.0)],
            headline: None,
            aggregation: Aggregation::Pooled,
            strata: vec![Stratum { name: String::new(), signature: signature("grounding") }],
        },
    }
}

impl Metric for FactMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(FactSession { kind: self.kind })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        if n <= 0.0 {
            return None;
        }
        match self.kind {
            Kind::Facts => {
                for (field, sum) in fields.iter_mut().zip(sum) {
                    *field = sum / n;
                }
                // Over the articles that have such a fact; of none nobody asks (`present`).
                fields[MUST] = if sum[HAS_MUST] > 0.0 { sum[MUST] / sum[HAS_MUST] } else { 0.0 };
            }
            Kind::Grounding => {
                // Outputs without a figure count among the outputs; without any figure at all there is no precision.
                let [unsupported, figures] = *sum else { return None };
                if figures <= 0.0 {
                    return None;
                }
                fields[0] = unsupported / n;
                fields[1] = (1.0 - unsupported / figures).clamp(0.0, 1.0);
            }
        }
        Some(())
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let report = item.report?;
        let arithmetic = match self.kind {
            Kind::Facts => facts_explained(item.facts, report),
            Kind::Grounding => grounding_explained(report.quantities.as_ref()?),
        };
        Some(Explanation { arithmetic, ..Explanation::default() })
    }

    fn present(&self, _spec: usize, field: usize) -> Option<(usize, &'static str)> {
        (self.kind == Kind::Facts && field == MUST).then_some((HAS_MUST, "the checklist has no `must` fact"))
    }
}

/// Columns of `facts`: the share of `must` facts covered, and whether there are any.
const MUST: usize = 2;
const HAS_MUST: usize = 4;

struct FactSession {
    kind: Kind,
}

impl Session for FactSession {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let outcome = match self.kind {
            Kind::Facts => facts(item.facts, item.report, &mut rows.values),
            Kind::Grounding => grounding(item.report, &mut rows.values),
        };
        rows.observed.push(outcome);
    }
}

fn none(code: ReasonCode, message: &str) -> Outcome<usize> {
    Outcome::NotApplicable(Reason::new(code, message))
}

fn facts(facts: &[Fact], report: Option<&FactReport>, row: &mut [f64]) -> Outcome<usize> {
    let judged: Vec<(&Fact, &FactJudgement)> = match report {
        Some(report) => facts.iter().zip(&report.facts).filter(|(fact, _)| fact.counts()).collect(),
        None => Vec::new(),
    };
    let weight: f64 = judged.iter().map(|(fact, _)| fact.weight).sum();
    if judged.is_empty() || weight <= 0.0 {
        let drafts = facts.iter().any(|f| !f.counts());
        return if drafts {
            none(ReasonCode::NoChecklist, "the article's checklist holds drafts only; review them and remove `status`")
        } else {
            none(ReasonCode::NoChecklist, "the article has no checklist; `epitome facts draft` proposes one")
        };
    }
    let covered = |j: &FactJudgement| j.verdict == Verdict::Covered;
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let must: Vec<_> = judged.iter().filter(|(fact, _)| fact.must).collect();
    row[0] = judged.iter().filter(|(_, j)| covered(j)).map(|(fact, _)| fact.weight).sum::<f64>() / weight;
    row[1] = judged.iter().map(|(fact, j)| fact.weight * j.score).sum::<f64>() / weight;
    row[MUST] = share(must.iter().filter(|(_, j)| covered(j)).count(), must.len());
    row[HAS_MUST] = f64::from(!must.is_empty());
    let contradicted = judged.iter().filter(|(_, j)| j.verdict == Verdict::Contradicted).count();
    row[3] = share(contradicted, judged.len());
    Outcome::Scored(0)
}

fn grounding(report: Option<&FactReport>, row: &mut [f64]) -> Outcome<usize> {
    let Some(quantities) = report.and_then(|r| r.quantities.as_ref()) else {
        return none(ReasonCode::NoSource, "there is no source text to hold the figures against");
    };
    row[0] = quantities.iter().filter(|q| q.verdict == Support::Unsupported).count() as f64;
    row[1] = quantities.len() as f64;
    Outcome::Scored(0)
}

/// A line a fact that counts, with its weight and verdict, and the shares they come to.
fn facts_explained(facts: &[Fact], report: &FactReport) -> Vec<String> {
    let judged: Vec<_> = facts.iter().zip(&report.facts).filter(|(fact, _)| fact.counts()).collect();
    let mut lines: Vec<String> = judged
        .iter()
        .map(|(fact, j)| {
            let must = if fact.must { ", must" } else { "" };
            let words = j.evidence.as_ref().map(|span| format!(" “{}”", beginning(&span.text))).unwrap_or_default();
            let (verdict, score) = (j.verdict.as_str(), number(j.score));
            format!("{}: weight {}{must}, {verdict}, score {score}{words}: {}", j.id, number(fact.weight), j.reason)
        })
        .collect();
    let weight: f64 = judged.iter().map(|(fact, _)| fact.weight).sum();
    let of = |verdict: Verdict| judged.iter().filter(move |(_, j)| j.verdict == verdict);
    let covered: f64 = of(Verdict::Covered).map(|(fact, _)| fact.weight).sum();
    let soft: f64 = judged.iter().map(|(fact, j)| fact.weight * j.score).sum();
    let must = judged.iter().filter(|(fact, _)| fact.must).count();
    let kept = of(Verdict::Covered).filter(|(fact, _)| fact.must).count();
    let wrong = of(Verdict::Contradicted).count();
    let shares = [
        ("recall", "weight covered, of all", covered, weight),
        ("soft", "weight by score, of all", soft, weight),
        ("must", "must facts covered, of all such", kept as f64, must as f64),
        ("contradicted", "facts contradicted, of all", wrong as f64, judged.len() as f64),
    ];
    lines.extend(shares.into_iter().filter(|(_, _, _, whole)| *whole > 0.0).map(|(field, what, part, whole)| {
        format!("{field} = {} / {} = {} ({what})", number(part), number(whole), number(part / whole))
    }));
    lines
}

/// As much of a text as a line has room for.
fn beginning(text: &str) -> String {
    const ROOM: usize = 40;
    match text.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A line a figure, and what they come to.
fn grounding_explained(quantities: &[QuantityJudgement]) -> Vec<String> {
    let mut lines: Vec<String> = quantities
        .iter()
        .map(|q| {
            let error = q.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
            let verdict = if q.verdict == Support::Unsupported { "unsupported" } else { "supported" };
            format!("“{}”: {verdict}{error}: {}", q.quantity.surface, q.reason)
        })
        .collect();
    let wrong = quantities.iter().filter(|q| q.verdict == Support::Unsupported).count();
    lines.push(format!("unsupported = {wrong}, of {} figures", quantities.len()));
    if !quantities.is_empty() {
        let share = 1.0 - wrong as f64 / quantities.len() as f64;
        lines.push(format!("precision = 1 - {wrong} / {} = {}", quantities.len(), number(share)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str, weight: f64, must: bool, draft: bool) -> Fact {
        let status = if draft { "draft" } else { "checked" };
        serde_json::from_value(serde_json::json!({
            "id": id, "kind": "statement", "claim": id, "weight": weight, "must": must, "status": status
        }))
        .expect("a fact")
    }

    fn judged(id: &str, verdict: Verdict, score: f64) -> FactJudgement {
        FactJudgement { id: id.into(), verdict, score, evidence: None, reason: String::new(), overridden: None }
    }

    #[test]
    fn shares_are_weighted_and_drafts_count_in_nothing() {
        let checklist = [fact("a", 2.0, true, false), fact("b", 1.0, false, false), fact("c", 9.0, true, true)];
        let report = FactReport {
            facts: vec![
                judged("a", Verdict::Covered, 0.8),
                judged("b", Verdict::Contradicted, 0.0),
                judged("c", Verdict::Missing, 0.1),
            ],
            ..FactReport::default()
        };
        let mut row = [0.0; 5];
        assert_eq!(facts(&checklist, Some(&report), &mut row), Outcome::Scored(0));
        assert_eq!(row[0], 2.0 / 3.0);
        assert!((row[1] - 1.6 / 3.0).abs() < 1e-12);
        assert_eq!(row[2], 1.0);
        assert_eq!(row[3], 0.5);
    }

    #[test]
    fn what_cannot_be_told_is_not_applicable() {
        let mut row = [0.0; 5];
        let reason = |outcome: Outcome<usize>| match outcome {
            Outcome::NotApplicable(reason) => reason.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(facts(&[], None, &mut row)), ReasonCode::NoChecklist);
        assert_eq!(reason(grounding(Some(&FactReport::default()), &mut row)), ReasonCode::NoSource);
    }

    #[test]
    fn must_speaks_of_articles_with_such_facts_only() {
        let metric = FactMetric { kind: Kind::Facts, specs: vec![spec("facts", Kind::Facts)] };
        let report = FactReport { facts: vec![judged("a", Verdict::Covered, 1.0)], ..FactReport::default() };
        let mut row = [0.0; 5];
        facts(&[fact("a", 1.0, false, false)], Some(&report), &mut row);
        assert_eq!(metric.absent(0, MUST, &row).map(|reason| reason.code), Some(ReasonCode::NothingToScore));
        assert_eq!(metric.absent(0, 0, &row), None);
        // One article without such a fact, one with one that is dropped, two with one that is kept.
        let mut fields = [0.0; 4];
        metric.fields(0, &[3.0, 3.0, 2.0, 0.0, 3.0], 4.0, &mut fields).expect("fields");
        assert_eq!(fields, [0.75, 0.75, 2.0 / 3.0, 0.0]);
    }

    #[test]
    fn outputs_without_figures_count_among_the_outputs_only() {
        let metric = FactMetric { kind: Kind::Grounding, specs: vec![spec("grounding", Kind::Grounding)] };
        let mut fields = [0.0; 2];
        assert_eq!(metric.fields(0, &[0.0, 0.0], 1.0, &mut fields), None);
        // One output with 4 figures, 1 of them wrong; one without any.
        metric.fields(0, &[1.0, 4.0], 2.0, &mut fields).expect("fields");
        assert_eq!(fields, [0.5, 0.75]);
    }
}
