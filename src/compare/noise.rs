//! How far a system moves by itself: over its samples, or over runs of the same system.

use std::collections::BTreeMap;

use super::changes::shown;
use super::side::{ArticleKey, Side};
use crate::model::record::MetricRecord;
use crate::model::{Direction, Verdict};

/// How one score moves by itself.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Noise {
    /// `metric.field`, with its stratum in brackets where it has several.
    pub score: String,
    /// Articles with two outputs or more.
    pub articles: usize,
    /// Outputs an article, in the mean.
    pub outputs: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation of one article's score over its outputs: the root mean square over articles.
    pub article: f64,
    /// So far apart, at most, are the corpus figures of two runs with one output an article, nineteen times in twenty.
    pub figure: f64,
}

/// A fact that is judged otherwise in one output than in another of the same article.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unsteady {
    /// `dataset/id`.
    pub article: String,
    /// The fact's id.
    pub fact: String,
    /// In how many outputs it is covered, missing and contradicted.
    pub verdicts: (usize, usize, usize),
}

/// Mean, sum of squared deviations and number of values seen so far.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    mean: f64,
    squares: f64,
    n: f64,
}

impl Moments {
    /// Joins two sets of values (Chan, Golub & LeVeque 1983).
    fn join(self, other: Moments) -> Moments {
        let n = self.n + other.n;
        if n == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Moments {
            mean: self.mean + apart * other.n / n,
            squares: self.squares + other.squares + apart * apart * self.n * other.n / n,
            n,
        }
    }
}

/// How every judging score of a system moves over its samples in one run or several.
pub fn noise(runs: &[Side], metrics: &[MetricRecord]) -> Vec<Noise> {
    let mut made = Vec::new();
    for metric in metrics {
        let judging = metric.fields.iter().filter(|f| f.direction != Direction::Neutral);
        for field in judging.filter(|f| metric.headline.as_ref().is_none_or(|h| *h == f.name)) {
            let mut strata: BTreeMap<&str, BTreeMap<&ArticleKey, Moments>> = BTreeMap::new();
            for (key, article) in runs.iter().flat_map(|side| &side.articles) {
                for ((_, stratum), scored) in article.scores.iter().filter(|((name, _), _)| *name == metric.name) {
                    let Some(&mean) = scored.fields.get(&field.name) else { continue };
                    let squares = scored.deviations.get(&field.name).copied().unwrap_or(0.0);
                    let moments = strata.entry(stratum).or_default().entry(key).or_default();
                    *moments = moments.join(Moments { mean, squares, n: scored.samples });
                }
            }
            for (stratum, articles) in strata {
                let several: Vec<Moments> = articles.into_values().filter(|m| m.n > 1.0).collect();
                if several.is_empty() {
                    continue;
                }
                let n = several.len() as f64;
                let variance = several.iter().map(|m| m.squares / (m.n - 1.0)).sum::<f64>() / n;
                let within = if stratum.is_empty() { String::new() } else { format!(" [{stratum}]") };
                made.push(Noise {
                    score: format!("{}.{}{within}", metric.name, field.name),
                    articles: several.len(),
                    outputs: several.iter().map(|m| m.n).sum::<f64>() / n,
                    mean: several.iter().map(|m| m.mean).sum::<f64>() / n,
                    article: variance.sqrt(),
                    // Two means of n articles each: their difference has twice the variance of one.
                    figure: 1.96 * (2.0 * variance / n).sqrt(),
                });
            }
        }
    }
    made
}

/// The facts whose verdict is not the same in every output, those that are contradicted in some first.
pub fn unsteady(runs: &[Side]) -> (Vec<Unsteady>, usize) {
    let mut counts: BTreeMap<(&ArticleKey, &str), [usize; 3]> = BTreeMap::new();
    for (key, article) in runs.iter().flat_map(|side| &side.articles) {
        for (id, fact) in article.samples.iter().flat_map(|sample| &sample.facts) {
            counts.entry((key, id)).or_default()[fact.verdict as usize] += 1;
        }
    }
    let all = counts.len();
    let several = counts.iter().filter(|(_, c)| c.iter().filter(|n| **n > 0).count() > 1);
    let of = |((key, id), c): (&(&ArticleKey, &str), &[usize; 3])| Unsteady {
        article: shown(key),
        fact: (*id).to_owned(),
        verdicts: (c[Verdict::Covered as usize], c[Verdict::Missing as usize], c[Verdict::Contradicted as usize]),
    };
    let mut found: Vec<Unsteady> = several.map(of).collect();
    found.sort_by_key(|u| std::cmp::Reverse(u.verdicts.2));
    (found, all)
}
