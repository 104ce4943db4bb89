//! What stands behind a sentence BLEU, counted plainly.

use super::{Bleu, Smoothing};
use crate::metric::explain::{Explanation, grams, number};
use crate::text::token::Tokens;
use crate::text::token::plain::is_python_space;

/// Explains the score of a candidate against all its references.
pub(super) fn explain(bleu: &Bleu, references: &[&str], candidate: &str) -> Explanation {
    let mut buffer = Tokens::default();
    let mut tokens = |text: &str| -> Vec<String> {
        let lower = bleu.lowercase.then(|| text.to_lowercase());
        let text = lower.as_deref().unwrap_or(text).trim_end_matches(is_python_space);
        buffer.fill_parts(bleu.tokenizer, [text]);
        buffer.iter().map(str::to_owned).collect()
    };
    let candidate = tokens(candidate);
    let references: Vec<Vec<String>> = references.iter().map(|text| tokens(text)).collect();
    let all: Vec<_> = (1..=bleu.order).map(|order| grams("token", order, &candidate, &references)).collect();
    let length = candidate.len();
    let closest = references.iter().map(Vec::len).min_by_key(|r| (r.abs_diff(length), *r)).unwrap_or(0);
    let mut row = vec![length as f64, closest as f64];
    row.extend(all.iter().map(|grams| grams.matched as f64));
    row.extend(all.iter().map(|grams| grams.candidate as f64));
    let score = bleu.score(&row, true);

    let mut arithmetic = Vec::new();
    if references.len() > 1 {
        let lengths: Vec<String> = references.iter().map(|r| r.len().to_string()).collect();
        arithmetic
            .push(format!("of the references' lengths {} the one closest to {length} counts", lengths.join(", ")));
    }
    let penalty = number(score.brevity_penalty);
    arithmetic.push(match () {
        () if length >= closest => format!("brevity penalty = 1, as {length} tokens are no fewer than {closest}"),
        () if length > 0 => format!("brevity penalty = exp(1 - {closest} / {length}) = {penalty}"),
        () => "brevity penalty = 0, as there is no token".to_owned(),
    });
    if all.iter().all(|grams| grams.matched == 0) {
        arithmetic.push("bleu = 0, as nothing matches: score = 0".to_owned());
    } else {
        let counted: Vec<_> =
            all.iter().zip(score.precisions).take_while(|(g, _)| total(bleu, g.order, g.candidate) > 0.0).collect();
        let mut misses = 0;
        for (grams, precision) in &counted {
            let (order, matched) = (grams.order, grams.matched);
            let total = number(total(bleu, order, grams.candidate));
            let precision = number(*precision);
            arithmetic.push(match bleu.smoothing {
                Smoothing::AddK(k) if order > 1 => {
                    format!("p{order} = 100 × ({matched} + {}) / {total} = {precision}", number(k))
                }
                Smoothing::Exp if matched == 0 => {
                    misses += 1;
                    format!("p{order} = 100 / (2^{misses} × {total}) = {precision}, smoothed for want of a match")
                }
                Smoothing::Floor(floor) if matched == 0 => {
                    format!("p{order} = 100 × {} / {total} = {precision}, smoothed for want of a match", number(floor))
                }
                _ => format!("p{order} = 100 × {matched} / {total} = {precision}"),
            });
        }
        let logs: Vec<String> = counted.iter().map(|(g, _)| format!("ln p{}", g.order)).collect();
        let short = if counted.len() < bleu.order { ", longer ones being impossible" } else { "" };
        let mean = format!("exp(({}) / {}{short})", logs.join(" + "), counted.len());
        arithmetic.push(format!("score = {penalty} × {mean} = {}", number(score.score)));
    }
    Explanation {
        tokenizer: Some(bleu.tokenizer.name.to_owned()),
        candidate,
        references_used: (0..references.len()).collect(),
        references,
        grams: all,
        subsequences: Vec::new(),
        arithmetic,
    }
}

/// The denominator of an order's precision.
fn total(bleu: &Bleu, order: usize, grams: usize) -> f64 {
    match bleu.smoothing {
        Smoothing::AddK(k) if order > 1 => grams as f64 + k,
        _ => grams as f64,
    }
}
