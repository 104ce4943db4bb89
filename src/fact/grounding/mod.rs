//! Grounding: every figure of a summary held against the source, with its role, not by look-up.
//!
//! A figure that the source states is called wrong only on positive evidence: another figure of the source owns the
//! place it is told for, or its own role cannot be what is told. A figure that the source does not state must follow
//! from what it does.

mod court;
mod figure;

use std::collections::HashSet;

use court::{Court, Ruling};

use super::matching::fit::Error;
use super::matching::pick::Pick;
use super::matching::statement;
use super::page::Page;
use super::rival::{Bond, Side, bonds};
use crate::model::{QuantityJudgement, Span, Support};

/// What a source's figures are held against, made ready once.
#[derive(Debug)]
pub(crate) struct Ground {
    bonds: Vec<Bond>,
    pick: Pick,
    /// Its sentences, for what a summary takes over word for word.
    sentences: HashSet<String>,
}

impl Ground {
    /// Makes a source ready.
    pub(crate) fn new(source: &Page) -> Ground {
        let bonds = bonds(source);
        let pick = Pick::new(source.mentions.iter().zip(bonds.iter().map(|b| &b.role)));
        let sentences = sentences(source).collect();
        Ground { bonds, pick, sentences }
    }
}

/// The sentences of a page, without white space around them.
fn sentences(page: &Page) -> impl Iterator<Item = String> + '_ {
    page.clauses.chunk_by(|a, b| a.sentence == b.sentence).map(|clauses| {
        let (start, end) = (clauses[0].start, clauses[clauses.len() - 1].end);
        let (start, end) = statement::trim(page, start, end);
        page.text[start..end].iter().collect()
    })
}

/// A figure told in another's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// The figure of the source that owns the place.
    pub(crate) owner: usize,
    /// The figure of the source that has the value.
    pub(crate) value: usize,
    /// What went wrong.
    pub(crate) error: Error,
}

/// What the source says of a figure told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It states it: the figure.
    States(usize),
    /// It states nothing of the kind, but what it states entails it.
    Entails,
    /// It does not bear it out, or was not asked.
    Not,
}

/// What a summary's figures are found to be.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The listed ones, in text order.
    pub(crate) quantities: Vec<QuantityJudgement>,
    /// For each figure of the summary, whose place it takes.
    pub(crate) taken: Vec<Option<Taken>>,
    /// For each figure of the summary, what the source says of it.
    pub(crate) standing: Vec<Standing>,
    /// For each sentence of the summary, whether the source has it word for word.
    pub(crate) verbatim: Vec<bool>,
}

/// Judges the quantities of a summary. `other` says that the languages differ.
pub(crate) fn judge(page: &Page, source: &Page, ground: &Ground, other: bool) -> Findings {
    let own = bonds(page);
    let sentences: Vec<String> = sentences(page).collect();
    let court = Court {
        told: Side { page, bonds: &own },
        source: Side { page: source, bonds: &ground.bonds },
        pick: &ground.pick,
        other,
    };
    let mut taken = vec![None; page.mentions.len()];
    let mut standing = vec![Standing::Not; page.mentions.len()];
    let listed = page.mentions.iter().enumerate().filter(|(_, m)| m.listed);
    let quantities = listed
        .map(|(i, m)| {
            let mut ruling = court.rule(i);
            if ruling.error.is_some() {
                let sentence = page.clauses[page.clause_at(m.core.0)].sentence;
                if sentences.get(sentence).is_some_and(|s| ground.sentences.contains(s)) {
                    let reason = "the source says it word for word";
                    ruling = Ruling { error: None, figure: None, reason, taken: None, entailed: false, near: false };
                }
            }
            taken[i] = ruling.taken.or_else(|| ruling.slipped());
            standing[i] = ruling.standing();
            let evidence = ruling.figure.map(|i| {
                let m = &source.mentions[i];
                Span { start: m.start, end: m.end, text: source.slice(m.start, m.end) }
            });
            QuantityJudgement {
                quantity: m.to_quantity(&page.raw),
                verdict: if ruling.error.is_none() { Support::Supported } else { Support::Unsupported },
                error: ruling.error.map(|e| e.name().to_owned()),
                reason: ruling.reason.to_owned(),
                evidence,
                overridden: None,
            }
        })
        .collect();
    let verbatim = sentences.iter().map(|s| ground.sentences.contains(s)).collect();
    Findings { quantities, taken, standing, verbatim }
}

#[cfg(test)]
mod tests {
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Support, Verdict};

    const SOURCE: &str = "Revenue was $9 million and profit was $2 million.";

    #[test]
    fn a_value_told_of_another_measure_is_not_borne_out_and_contradicts() {
        let claim = serde_json::json!({"id": "a", "kind": "quantity", "claim": "Profit was $2 million."});
        let fact: Fact = serde_json::from_value(claim).expect("a fact");
        let context = Context { source: Some(SOURCE), ..Context::default() };
        let prepared = Prepared::new(&context, &[fact]);
        for (told, support, verdict) in [
            ("Profit was $9 million.", Support::Unsupported, Verdict::Contradicted),
            ("Profit came to $2 million.", Support::Supported, Verdict::Covered),
        ] {
            let report = prepared.check(told, None);
            assert_eq!(report.quantities.expect("figures")[0].verdict, support, "{told}");
            assert_eq!(report.facts[0].verdict, verdict, "{told}");
        }
    }
}
