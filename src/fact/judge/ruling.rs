//! A verdict in the making.

use crate::model::Verdict;

/// A verdict with what shows it.
pub(super) struct Ruling {
    pub(super) verdict: Verdict,
    pub(super) score: f64,
    pub(super) evidence: Option<(usize, usize)>,
    pub(super) reason: String,
}

impl Ruling {
    pub(super) fn covered(score: f64, evidence: Option<(usize, usize)>, reason: &str) -> Ruling {
        Ruling { verdict: Verdict::Covered, score: score.clamp(0.5, 1.0), evidence, reason: reason.to_owned() }
    }

    pub(super) fn missing(score: f64, reason: String) -> Ruling {
        Ruling { verdict: Verdict::Missing, score: score.clamp(0.0, 0.499), evidence: None, reason }
    }

    pub(super) fn contradicted(evidence: Option<(usize, usize)>, reason: &str) -> Ruling {
        Ruling { verdict: Verdict::Contradicted, score: 0.0, evidence, reason: reason.to_owned() }
    }
}

/// Maps a share onto the score, the threshold being 0.5. Some of a claim's words stand in any text on its matter: below the
/// threshold the score falls off with the square.
pub(super) fn soft(share: f32, threshold: f32) -> f64 {
    let (s, t) = (f64::from(share), f64::from(threshold));
    if s < t { 0.5 * (s / t).powi(2) } else { 0.5 + 0.5 * (s - t) / (1.0 - t) }
}
