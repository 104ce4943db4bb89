//! What stands behind a METEOR score: which words match, and how.

use super::{Meteor, MeteorScore, Stage};
use crate::metric::explain::{Explanation, number};

/// Explains the score of an output's words against the best of its references.
pub(super) fn explain(meteor: &Meteor, candidate: Vec<String>, references: Vec<Vec<String>>) -> Option<Explanation> {
    let mut session = meteor.session();
    let scores: Vec<MeteorScore> = references.iter().map(|words| session.score(&candidate, words)).collect();
    let mut best = 0;
    for (index, score) in scores.iter().enumerate() {
        if score.score > scores[best].score {
            best = index;
        }
    }
    let (score, reference) = (scores.get(best)?, references.into_iter().nth(best)?);
    let mut arithmetic = Vec::new();
    if scores.len() > 1 {
        arithmetic.push(format!("reference {} of {} has the best score", best + 1, scores.len()));
    }
    for (stage, name) in [(Stage::Exact, "form"), (Stage::Stem, "stem"), (Stage::Synonym, "synonym")] {
        let found = session.align(&candidate, &reference).iter().filter(|found| found.stage == stage);
        let shown: Vec<String> = found
            .map(|found| {
                let (ours, theirs) = (&candidate[found.candidate], &reference[found.reference]);
                let words = if ours == theirs { ours.clone() } else { format!("{ours} = {theirs}") };
                format!("{words} ({}, {})", found.candidate + 1, found.reference + 1)
            })
            .collect();
        if !shown.is_empty() {
            arithmetic.push(format!("matched by {name}, with places: {}", shown.join(", ")));
        }
    }
    let MeteorScore { matches, chunks, .. } = *score;
    if matches == 0 {
        arithmetic.push("score = 0, as nothing matches: = 0".to_owned());
    } else {
        let (p, r, mean) = (number(score.precision), number(score.recall), number(score.mean));
        let (alpha, rest) = (number(meteor.alpha), number(1.0 - meteor.alpha));
        let (gamma, beta, penalty) = (number(meteor.gamma), number(meteor.beta), number(score.penalty));
        arithmetic.push(format!("precision = {matches} / {} = {p}", candidate.len()));
        arithmetic.push(format!("recall = {matches} / {} = {r}", reference.len()));
        arithmetic.push(format!("mean = {p} × {r} / ({alpha} × {p} + {rest} × {r}) = {mean}"));
        arithmetic.push(format!("penalty = {gamma} × ({chunks} chunks / {matches})^{beta} = {penalty}"));
        arithmetic.push(format!("score = (1 - {penalty}) × {mean} = {}", number(score.score)));
    }
    Some(Explanation {
        candidate,
        references_used: vec![best],
        references: vec![reference],
        arithmetic,
        ..Explanation::default()
    })
}
