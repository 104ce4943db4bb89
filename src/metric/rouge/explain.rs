//! What stands behind a ROUGE value of the profile `google`, counted plainly.

use std::collections::HashMap;

use super::{Kind, Prf, Split};
use crate::metric::explain::{Explanation, Subsequence, grams, number};
use crate::metric::overlap;
use crate::metric::overlap::Pairs;
use crate::text::sentence;
use crate::text::token::porter::{Stemmer, Variant};
use crate::text::token::{self, Tokenizer, Tokens};

/// Cells of an LCS table beyond which it is not drawn up.
const MAX_CELLS: usize = 50_000_000;

/// How texts become tokens.
pub(super) struct Cutting {
    pub tokenizer: &'static Tokenizer,
    pub stem: bool,
    pub fold: bool,
    pub split: Split,
}

impl Cutting {
    /// The tokens of a text, line by line.
    fn lines(&self, text: &str) -> Vec<Vec<String>> {
        let text = overlap::folded(text, self.fold);
        let mut tokens = Tokens::default();
        match self.split {
            Split::Newlines => tokens.fill(self.tokenizer, &text),
            Split::Sentences => {
                tokens.fill_parts(self.tokenizer, sentence::split(&text).into_iter().map(|range| &text[range]));
            }
        }
        let stems = self.stem && self.tokenizer == token::ROUGE;
        let mut stemmer = Stemmer::new(Variant::Nltk);
        let mut word = |token: &str| {
            if stems && token.len() > 3 {
                String::from_utf8_lossy(stemmer.stem(token.as_bytes())).into_owned()
            } else {
                token.to_owned()
            }
        };
        let words: Vec<String> = tokens.iter().map(&mut word).collect();
        let starts = std::iter::once(0).chain(tokens.lines().iter().copied());
        starts.zip(tokens.lines()).map(|(start, end)| words[start..*end].to_vec()).collect()
    }
}

/// Explains one kind's value of a candidate against the best of its references.
pub(super) fn explain(kind: Kind, cutting: &Cutting, candidate: &str, pairs: &Pairs<'_>) -> Option<Explanation> {
    let candidate = cutting.lines(candidate);
    let mut best: Option<(Prf, Explanation)> = None;
    let mut all = Vec::new();
    for (index, reference) in pairs.references().enumerate() {
        let reference = cutting.lines(&reference.summary);
        let (score, mut explanation) = compare(kind, &candidate, &reference)?;
        all.push(score.f1);
        if best.as_ref().is_none_or(|(best, _)| score.f1 > best.f1) {
            explanation.references_used = vec![index];
            explanation.tokenizer = Some(cutting.tokenizer.name.to_owned());
            best = Some((score, explanation));
        }
    }
    let (_, mut explanation) = best?;
    if all.len() > 1 {
        let all: Vec<String> = all.into_iter().map(number).collect();
        let line = format!(
            "reference {} of {} has the largest f1 (they have {})",
            explanation.references_used[0] + 1,
            all.len(),
            all.join(", ")
        );
        explanation.arithmetic.insert(0, line);
    }
    Some(explanation)
}

fn compare(kind: Kind, candidate: &[Vec<String>], reference: &[Vec<String>]) -> Option<(Prf, Explanation)> {
    let mut explanation =
        Explanation { candidate: candidate.concat(), references: vec![reference.concat()], ..Explanation::default() };
    let (hits, units) = match kind {
        Kind::N(order) => {
            let grams = grams("token", order.into(), &explanation.candidate, &explanation.references);
            let counts = (grams.matched, (grams.candidate, grams.reference));
            explanation.grams.push(grams);
            counts
        }
        Kind::L => {
            explanation.subsequences = union(&[explanation.candidate.clone()], &explanation.references)?;
            (0, (explanation.candidate.len(), explanation.references[0].len()))
        }
        Kind::Lsum => {
            explanation.subsequences = union(candidate, reference)?;
            (0, (explanation.candidate.len(), explanation.references[0].len()))
        }
    };
    let common: usize = explanation.subsequences.iter().map(|s| s.common().count()).sum();
    let hits = hits + common;
    let score = Prf::from_counts(hits, units.0, units.1);
    let share = |name, units: usize, value| format!("{name} = {hits} / {} = {}", units.max(1), number(value));
    let (p, r) = (number(score.precision), number(score.recall));
    explanation.arithmetic = vec![
        share("precision", units.0, score.precision),
        share("recall", units.1, score.recall),
        if hits > 0 {
            format!("f1 = 2 × {p} × {r} / ({p} + {r}) = {}", number(score.f1))
        } else {
            "f1 = 0, as precision and recall are = 0".to_owned()
        },
    ];
    Some((score, explanation))
}

/// For each line of the reference the tokens in the union of its LCS with each line of the candidate, none counted more
/// often than either side holds it. `None` where a table would be too large.
fn union(candidate: &[Vec<String>], reference: &[Vec<String>]) -> Option<Vec<Subsequence>> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    candidate.iter().flatten().for_each(|token| *left.entry(token).or_default() += 1);
    let mut made = Vec::new();
    for line in reference {
        let mut counted = vec![false; line.len()];
        for other in candidate {
            for at in lcs(line, other)? {
                counted[at] = true;
            }
        }
        for (counted, token) in counted.iter_mut().zip(line).filter(|(counted, _)| **counted) {
            let left = left.entry(token).or_default();
            *counted = *left > 0;
            *left = left.saturating_sub(1);
        }
        made.push(Subsequence { tokens: line.clone(), counted });
    }
    Some(made)
}

/// The places in `line` of the longest common subsequence that rouge-score takes among equals.
fn lcs(line: &[String], other: &[String]) -> Option<Vec<usize>> {
    let (rows, columns) = (line.len(), other.len());
    if rows.saturating_mul(columns) > MAX_CELLS {
        return None;
    }
    let mut table = vec![vec![0u32; columns + 1]; rows + 1];
    for row in 1..=rows {
        for column in 1..=columns {
            table[row][column] = if line[row - 1] == other[column - 1] {
                table[row - 1][column - 1] + 1
            } else {
                table[row - 1][column].max(table[row][column - 1])
            };
        }
    }
    let (mut row, mut column, mut places) = (rows, columns, Vec::new());
    while row > 0 && column > 0 {
        if line[row - 1] == other[column - 1] {
            places.push(row - 1);
            (row, column) = (row - 1, column - 1);
        } else if table[row][column - 1] > table[row - 1][column] {
            column -= 1;
        } else {
            row -= 1;
        }
    }
    Some(places)
}
