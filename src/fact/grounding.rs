//! Grounding: every figure of a summary held against the source, with its role, not by look-up.

use crate::model::{QuantityJudgement, Span, Support};

use super::entail::entailed;
use super::matching::fit::{Error, Fit};
use super::matching::{Aligned, MARGIN, Slot};
use super::page::Page;

/// Judges the listed quantities of a summary, in text order.
pub(crate) fn judge(page: &Page, source: &Page, aligned: &[Aligned], slots: &[Slot]) -> Vec<QuantityJudgement> {
    page.mentions
        .iter()
        .zip(aligned)
        .filter(|(m, _)| m.listed)
        .map(|(m, aligned)| {
            let mut ruling = rule(aligned, slots);
            // What the source says of something else, or the other way round, no sum makes right.
            let open = matches!(
                ruling.error,
                Some(Error::Value | Error::Fabricated | Error::Multiple | Error::Magnitude | Error::Transposition)
            );
            if open && let Some((i, reason)) = entailed(m, page, source) {
                let slot = slots.iter().position(|s| s.source == Some(i));
                ruling = Ruling { error: None, slot, reason };
            }
            if ruling.error.is_some() && verbatim(page, source, m.core.0) {
                ruling = Ruling { error: None, slot: None, reason: "the source says it word for word" };
            }
            let evidence = ruling.slot.and_then(|s| slots[s].source).map(|i| {
                let m = &source.mentions[i];
                Span { start: m.start, end: m.end, text: source.slice(m.start, m.end) }
            });
            QuantityJudgement {
                quantity: m.to_quantity(&page.raw),
                verdict: if ruling.error.is_none() { Support::Supported } else { Support::Unsupported },
                error: ruling.error.map(|e| e.name().to_owned()),
                reason: ruling.reason.to_owned(),
                evidence,
            }
        })
        .collect()
}

/// Whether the sentence that holds a place stands in the source as it is.
fn verbatim(page: &Page, source: &Page, at: usize) -> bool {
    let sentence = page.clauses[page.clause_at(at)].sentence;
    let clauses = || page.clauses.iter().filter(|c| c.sentence == sentence);
    let (Some(start), Some(end)) = (clauses().map(|c| c.start).min(), clauses().map(|c| c.end).max()) else {
        return false;
    };
    let (start, end) = super::matching::statement::trim(page, start, end);
    let words: String = page.text[start..end].iter().collect();
    let source: String = source.text.iter().collect();
    source.contains(&words)
}

struct Ruling {
    error: Option<Error>,
    slot: Option<usize>,
    reason: &'static str,
}

fn rule(aligned: &Aligned, slots: &[Slot]) -> Ruling {
    let sourced = || aligned.candidates.iter().filter(|c| slots[c.slot].source.is_some());
    let Some(best) = sourced().next() else {
        return Ruling { error: Some(Error::Fabricated), slot: None, reason: "the source has no figure of this kind" };
    };
    let same = sourced().find(|c| matches!(c.fit, Fit::Same | Fit::Coarser));
    let (error, slot, reason) = match (same, best.fit) {
        (Some(same), _) if best.score - same.score <= MARGIN => {
            (None, Some(same.slot), "the source says it of the same thing")
        }
        (Some(_), Fit::Differs(Error::Calendar)) => {
            (Some(Error::Calendar), Some(best.slot), "the source has another date for this")
        }
        (Some(_), _) => (Some(Error::Swap), Some(best.slot), "the source says it of something else"),
        (None, Fit::Differs(error)) => (Some(error), Some(best.slot), "the source has another figure for this"),
        (None, _) => (Some(Error::Fabricated), None, "the source has no such figure"),
    };
    Ruling { error, slot, reason }
}
