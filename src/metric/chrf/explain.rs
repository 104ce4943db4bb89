//! What stands behind a sentence's chrF, counted plainly.

use super::Chrf;
use crate::metric::explain::{Explanation, grams, number};
use crate::text::token::Tokens;
use crate::text::token::plain::{CHRF_WORDS, is_python_space};

/// Explains the score of a candidate against the best of its references.
pub(super) fn explain(chrf: &Chrf, references: &[&str], candidate: &str) -> Option<Explanation> {
    let mut best: Option<(f64, Explanation)> = None;
    for (index, reference) in references.iter().enumerate() {
        let (score, mut explanation) = compare(chrf, reference, candidate);
        if best.as_ref().is_none_or(|(best, _)| score > *best) {
            explanation.references_used = vec![index];
            best = Some((score, explanation));
        }
    }
    let (_, mut explanation) = best?;
    if references.len() > 1 {
        let line =
            format!("reference {} of {} has the best score", explanation.references_used[0] + 1, references.len());
        explanation.arithmetic.insert(0, line);
    }
    Some(explanation)
}

fn compare(chrf: &Chrf, reference: &str, candidate: &str) -> (f64, Explanation) {
    let case = |text: &str| if chrf.lowercase { text.to_lowercase() } else { text.to_owned() };
    let (candidate, reference) = (case(candidate), case(reference));
    let characters = |text: &str| -> Vec<String> {
        text.chars().filter(|c| chrf.whitespace || !is_python_space(*c)).map(String::from).collect()
    };
    let words = |text: &str| -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.fill_parts(&CHRF_WORDS, [text]);
        tokens.iter().map(str::to_owned).collect()
    };
    let mut all = Vec::new();
    let mut count = |unit, orders, candidate: &[String], reference: Vec<String>| {
        let reference = [reference];
        all.extend((1..=orders).map(|order| grams(unit, order, candidate, &reference)));
    };
    count("character", chrf.char_order, &characters(&candidate), characters(&reference));
    count("word", chrf.word_order, &words(&candidate), words(&reference));

    // The reference's counts stand as sacreBLEU's statistics have them: no candidate where there is no reference.
    let row: Vec<f64> = all
        .iter()
        .flat_map(|g| [if g.reference > 0 { g.candidate } else { 0 }, g.reference, g.matched].map(|count| count as f64))
        .collect();
    let score = chrf.score(&row);
    let mut arithmetic = Vec::new();
    let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
    for grams in &all {
        let name = format!("{}{}", if grams.unit == "word" { "w" } else { "c" }, grams.order);
        if grams.candidate == 0 || grams.reference == 0 {
            arithmetic.push(format!("{name}: left out, as a side has none of them"));
            continue;
        }
        let (p, r) = (grams.matched as f64 / grams.candidate as f64, grams.matched as f64 / grams.reference as f64);
        arithmetic.push(format!(
            "{name}: precision = {} / {} = {}, recall = {} / {} = {}",
            grams.matched,
            grams.candidate,
            number(p),
            grams.matched,
            grams.reference,
            number(r)
        ));
        precisions.push(p);
        recalls.push(r);
    }
    let factor = number(chrf.beta * chrf.beta);
    let shown = number(score);
    let last = if chrf.eps_smoothing {
        format!("score = 100 × mean over all orders of (1 + {factor}) × P × R / ({factor} × P + R) = {shown}")
    } else if recalls.iter().all(|recall| *recall == 0.0) {
        "score = 0, as nothing matches: = 0".to_owned()
    } else {
        let mean = |values: &[f64]| number(values.iter().sum::<f64>() / values.len() as f64);
        let (p, r) = (mean(&precisions), mean(&recalls));
        arithmetic.push(format!("means over the orders: P = {p}, R = {r}"));
        format!("score = 100 × (1 + {factor}) × {p} × {r} / ({factor} × {p} + {r}) = {shown}")
    };
    arithmetic.push(last);
    let explanation = Explanation {
        tokenizer: None,
        candidate: words(&candidate),
        references_used: Vec::new(),
        references: vec![words(&reference)],
        grams: all,
        subsequences: Vec::new(),
        arithmetic,
    };
    (score, explanation)
}
