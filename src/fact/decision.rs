//! People overrule the matcher: a decision is applied to the output and fact it was made on, and to nothing else.
//!
//! ```
//! use epitome::fact::decision::{Fate, apply, hash};
//! use epitome::fact::{Context, Prepared};
//! use epitome::model::{Decision, Fact, Verdict};
//!
//! let fact: Fact = serde_json::from_str(r#"{"id": "tone", "kind": "statement", "claim": "The mood was tense."}"#)?;
//! let output = "Nobody smiled, and the doors stayed shut.";
//! let mut report = Prepared::new(&Context::default(), &[fact.clone()]).check(output, None);
//! assert_eq!(report.facts[0].verdict, Verdict::Missing);
//!
//! let decision = format!(
//!     r#"{{"article": "7", "fact": "tone", "output": "{}", "verdict": "covered", "by": "wang",
//!         "why": "that is what a tense mood looks like", "date": "2025-09-02"}}"#, hash(output));
//! let decision: Decision = serde_json::from_str(&decision)?;
//! let fates = apply(&mut report, &[fact], "", output, &[&decision]);
//! assert_eq!(fates, [Fate::Applied { agreed: false }]);
//! assert_eq!(report.facts[0].verdict, Verdict::Covered);
//! assert_eq!(report.facts[0].overridden.as_ref().map(|o| o.matcher.as_str()), Some("missing"));
//! # Ok::<(), serde_json::Error>(())
//! ```

use sha2::{Digest, Sha256};

use crate::model::fact::Overridden;
use crate::model::{Decision, Fact, FactReport, Ruling, Support, Verdict};

/// The hash by which a decision names an output: SHA-256 of its UTF-8 bytes, in hexadecimal.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What becomes of a decision on one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stands in place of the matcher's verdict.
    Applied {
        /// Whether the matcher says the same.
        agreed: bool,
    },
    /// It is of this output, but what it was made on has changed.
    Stale(Stale),
    /// It is of another output.
    Elsewhere,
}

/// What has changed since a decision was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    /// The checklist has no fact of that id any more.
    Fact,
    /// The fact has another claim.
    Claim,
    /// The output has no such figure.
    Figure,
    /// The article has another text.
    Source,
    /// No output of that system has that text.
    Output,
    /// The dataset has no such article.
    Article,
}

impl Stale {
    /// In words, for a list.
    pub fn reason(self) -> &'static str {
        match self {
            Stale::Fact => "the checklist has no such fact any more",
            Stale::Claim => "the fact has another claim now",
            Stale::Figure => "the output holds no such figure",
            Stale::Source => "the article's text has changed",
            Stale::Output => "the output has changed",
            Stale::Article => "the dataset has no such article any more",
        }
    }
}

/// Applies an article's decisions to the report on one output, the later of two on one matter. Gives the fate of each,
/// in their order.
pub fn apply(
    report: &mut FactReport,
    facts: &[Fact],
    source: &str,
    output: &str,
    decisions: &[&Decision],
) -> Vec<Fate> {
    if decisions.is_empty() {
        return Vec::new();
    }
    let (output, source) = (hash(output), hash(source));
    let names = |hash: &str, given: &str| hash.starts_with(&given.to_ascii_lowercase());
    let one = |decision: &&Decision| {
        if !names(&output, &decision.output) {
            return Fate::Elsewhere;
        }
        match (&decision.fact, decision.verdict.verdict(), decision.verdict.support()) {
            (Some(id), Some(verdict), _) => rule_fact(report, facts, id, verdict, decision),
            (None, _, Some(_)) if decision.source.as_ref().is_some_and(|s| !names(&source, s)) => {
                Fate::Stale(Stale::Source)
            }
            (None, _, Some(support)) => rule_figure(report, support, decision),
            // A ruling of the wrong kind is refused where decisions are read.
            _ => Fate::Elsewhere,
        }
    };
    decisions.iter().map(one).collect()
}

fn rule_fact(report: &mut FactReport, facts: &[Fact], id: &str, verdict: Verdict, decision: &Decision) -> Fate {
    let Some(fact) = facts.iter().find(|fact| fact.id == id) else { return Fate::Stale(Stale::Fact) };
    if decision.claim.as_ref().is_some_and(|claim| *claim != fact.claim) {
        return Fate::Stale(Stale::Claim);
    }
    let Some(judged) = report.facts.iter_mut().find(|judged| judged.id == id) else {
        return Fate::Stale(Stale::Fact);
    };
    let matcher = Ruling::from(judged.verdict).as_str();
    let overridden = overridden(judged.overridden.take(), matcher, &judged.reason, decision);
    let agreed = overridden.matcher == decision.verdict.as_str();
    if judged.verdict != verdict {
        judged.score = if verdict == Verdict::Covered { 1.0 } else { 0.0 };
        if verdict == Verdict::Missing {
            judged.evidence = None;
        }
        judged.verdict = verdict;
    }
    judged.reason.clone_from(&decision.why);
    judged.overridden = Some(overridden);
    Fate::Applied { agreed }
}

fn rule_figure(report: &mut FactReport, support: Support, decision: &Decision) -> Fate {
    let wanted = decision.quantity.as_deref().unwrap_or_default();
    let mut fate = Fate::Stale(Stale::Figure);
    for judged in report.quantities.iter_mut().flatten() {
        let quantity = &judged.quantity;
        if quantity.surface != wanted || decision.start.is_some_and(|start| start != quantity.start) {
            continue;
        }
        let matcher = Ruling::from(judged.verdict).as_str();
        let overridden = overridden(judged.overridden.take(), matcher, &judged.reason, decision);
        let agreed = overridden.matcher == decision.verdict.as_str();
        if support == Support::Supported {
            judged.error = None;
        }
        judged.verdict = support;
        judged.reason.clone_from(&decision.why);
        judged.overridden = Some(overridden);
        // Of several figures of one spelling the matcher must be right on all.
        fate = match fate {
            Fate::Applied { agreed: before } => Fate::Applied { agreed: before && agreed },
            _ => Fate::Applied { agreed },
        };
    }
    fate
}

/// The note that a person ruled; a second ruling leaves what the matcher had said.
fn overridden(before: Option<Overridden>, matcher: &str, reason: &str, decision: &Decision) -> Overridden {
    let (matcher, reason) = match before {
        Some(before) => (before.matcher, before.reason),
        None => (matcher.to_owned(), reason.to_owned()),
    };
    Overridden { by: decision.by.clone(), matcher, reason, date: decision.date.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Context, Prepared};

    const SOURCE: &str = "The board will spend $4 million on two new cranes.";
    const OUTPUT: &str = "Two cranes, for $5 million.";

    fn facts() -> Vec<Fact> {
        let fact = r#"{"id": "cost", "kind": "quantity", "claim": "The cranes will cost $4 million."}"#;
        vec![serde_json::from_str(fact).expect("a fact")]
    }

    fn report() -> FactReport {
        Prepared::new(&Context { source: Some(SOURCE), ..Context::default() }, &facts()).check(OUTPUT, None)
    }

    fn decision(extra: serde_json::Value) -> Decision {
        let mut value = serde_json::json!({
            "article": "a", "output": hash(OUTPUT), "by": "li", "why": "as I read it", "date": "2025-01-02",
        });
        value.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        serde_json::from_value(value).expect("a decision")
    }

    #[test]
    fn a_ruling_stands_in_place_of_the_matchers() {
        let mut report = report();
        assert_eq!(report.facts[0].verdict, Verdict::Contradicted);
        let fact = decision(serde_json::json!({"fact": "cost", "verdict": "covered"}));
        let figure = decision(serde_json::json!({"quantity": "$5 million", "verdict": "supported"}));
        let fates = apply(&mut report, &facts(), SOURCE, OUTPUT, &[&fact, &figure]);
        assert_eq!(fates, [Fate::Applied { agreed: false }; 2]);
        let (fact, figures) = (&report.facts[0], report.quantities.expect("figures"));
        assert_eq!((fact.verdict, fact.score, fact.reason.as_str()), (Verdict::Covered, 1.0, "as I read it"));
        assert_eq!(fact.overridden.as_ref().map(|o| o.matcher.as_str()), Some("contradicted"));
        let figure = figures.iter().find(|q| q.quantity.surface == "$5 million").expect("the sum");
        assert_eq!((figure.verdict, figure.error.as_deref()), (Support::Supported, None));
    }

    #[test]
    fn the_later_ruling_counts_and_the_matchers_word_is_kept() {
        let mut report = report();
        let first = decision(serde_json::json!({"fact": "cost", "verdict": "covered"}));
        let second = decision(serde_json::json!({"fact": "cost", "verdict": "contradicted", "by": "wang"}));
        let fates = apply(&mut report, &facts(), SOURCE, OUTPUT, &[&first, &second]);
        assert_eq!(fates[1], Fate::Applied { agreed: true });
        assert_eq!(report.facts[0].verdict, Verdict::Contradicted);
        let overridden = report.facts[0].overridden.as_ref().expect("a ruling");
        assert_eq!((overridden.by.as_str(), overridden.matcher.as_str()), ("wang", "contradicted"));
    }

    #[test]
    fn what_has_changed_is_stale_and_changes_nothing() {
        let cases = [
            (serde_json::json!({"fact": "price", "verdict": "covered"}), Fate::Stale(Stale::Fact)),
            (
                serde_json::json!({"fact": "cost", "verdict": "covered", "claim": "It costs $3 million."}),
                Fate::Stale(Stale::Claim),
            ),
            (serde_json::json!({"quantity": "$9", "verdict": "supported"}), Fate::Stale(Stale::Figure)),
            (
                serde_json::json!({"quantity": "$5 million", "verdict": "supported", "source": hash("other")}),
                Fate::Stale(Stale::Source),
            ),
            (serde_json::json!({"fact": "cost", "verdict": "covered", "output": hash("other")}), Fate::Elsewhere),
        ];
        for (extra, expected) in cases {
            let mut changed = report();
            let fates = apply(&mut changed, &facts(), SOURCE, OUTPUT, &[&decision(extra.clone())]);
            assert_eq!(fates, [expected], "{extra}");
            assert_eq!(changed, report(), "{extra}");
        }
    }
}
