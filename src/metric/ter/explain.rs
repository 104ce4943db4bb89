//! What stands behind a TER: the words of each side, the edits to each reference, and the sum.

use super::Ter;
use crate::metric::explain::{Explanation, number};
use crate::text::token::plain::is_python_space;

/// Explains the score of a candidate against its references; `None` for texts that are too long.
pub(super) fn explain(ter: &Ter, references: &[&str], candidate: &str) -> Option<Explanation> {
    let words = |text: String| -> Vec<String> {
        text.split(is_python_space).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut session = ter.session();
    let mut arithmetic = Vec::new();
    let (mut fewest, mut lengths) = (f64::INFINITY, 0.0);
    for (index, reference) in references.iter().enumerate() {
        let [edits, length] = session.statistics([*reference], candidate).ok()?;
        arithmetic.push(format!("to reference {}: {edits} edits, of {length} words", index + 1));
        fewest = fewest.min(edits);
        lengths += length;
    }
    if references.is_empty() {
        return None;
    }
    let length = lengths / references.len() as f64;
    if references.len() > 1 {
        arithmetic.push(format!("fewest edits: {fewest}; mean length of the references: {}", number(length)));
    }
    let score = number(ter.score(&[fewest, length]));
    arithmetic.push(if length > 0.0 {
        format!("score = 100 × {fewest} / {} = {score}", number(length))
    } else {
        format!("score = {score}, as the references are empty: = {score}")
    });
    Some(Explanation {
        tokenizer: None,
        candidate: words(ter.normalization.normalize(candidate)),
        references_used: (0..references.len()).collect(),
        references: references.iter().map(|text| words(ter.normalization.normalize_reference(text))).collect(),
        grams: Vec::new(),
        subsequences: Vec::new(),
        arithmetic,
    })
}
