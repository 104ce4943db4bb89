//! Metrics against people: which of them agree with those who read the summaries, and which to gate on.
//!
//! [`Scores`] and [`Ratings`] are read line by line; [`correlate`] lays them out as systems × articles and correlates every
//! score with every rating at system, summary and pooled level (Louis & Nenkova 2013), by four coefficients, with
//! intervals over systems, articles and both (Deutsch et al. 2021). Two metrics are held against each other by Williams'
//! test and by permutation. Several annotators of an item, and several samples, are averaged first. Scores of unlike
//! strata (tokenizers) are columns of their own and are never mixed.

pub mod read;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::stats::agreement::{Over, Resampled, interval, permutation};
use crate::stats::correlation::Coefficient;
use crate::stats::levels::{Level, Table, correlation, williams};
use crate::stats::multiple::holm;
use crate::stats::paired::Options;

pub use read::{Ratings, ReadError, Scores};
pub use verdict::Verdict;

/// The schema name of `epitome correlate --format json`.
pub const CORRELATION_SCHEMA: &str = "epitome.correlation/1";

/// What agrees with whom.
#[derive(Debug, Clone, Serialize)]
pub struct Correlations {
    /// Systems that both files have.
    pub systems: usize,
    /// Articles that both files have.
    pub articles: usize,
    /// Items (a system's summary of an article) that both files have.
    pub items: usize,
    /// Items of one file only: of the scores, of the ratings.
    pub left_out: (usize, usize),
    /// A table a rating.
    pub ratings: Vec<Rating>,
}

/// One thing that people judged.
#[derive(Debug, Clone, Serialize)]
pub struct Rating {
    /// Its name.
    pub rating: String,
    /// Every score, level and coefficient.
    pub agreements: Vec<Agreement>,
    /// Pairs of scores at the deciding level, the better one first.
    pub pairs: Vec<Pair>,
    /// What follows.
    pub verdict: Verdict,
}

/// How one score agrees with a rating.
#[derive(Debug, Clone, Serialize)]
pub struct Agreement {
    /// `metric.field`, with its stratum in brackets where it has several.
    pub score: String,
    /// At which level.
    pub level: Level,
    /// By which coefficient.
    pub coefficient: Coefficient,
    /// The correlation; `None` where it is not defined, with `why`.
    pub value: Option<f64>,
    /// Why it is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Points: systems, cells, or at summary level systems of the fullest article that counted.
    pub n: usize,
    /// Articles that counted.
    pub articles: usize,
    /// Articles skipped at summary level: constant on a side, or with fewer than two systems.
    pub skipped: usize,
    /// 95 % intervals by what is drawn anew.
    pub intervals: Vec<Resampled>,
}

/// Two scores held against each other.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// The one that agrees better.
    pub first: String,
    /// The other.
    pub second: String,
    /// At which level.
    pub level: Level,
    /// By which coefficient.
    pub coefficient: Coefficient,
    /// The difference of their correlations, each taken in its better direction.
    pub difference: f64,
    /// Permutation, swapping cells at random.
    pub permutation: Option<f64>,
    /// The same, corrected by Holm over the pairs.
    pub holm: Option<f64>,
    /// Williams' test of Pearson's r, two-sided; not at summary level.
    pub williams: Option<f64>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Resamples, seed and level.
    pub options: Options,
    /// What intervals draw anew.
    pub over: Vec<Over>,
    /// The coefficient that decides.
    pub coefficient: Coefficient,
    /// The level that decides; by the number of systems where left out.
    pub level: Option<Level>,
    /// Scores of which less is better.
    pub lower: BTreeSet<String>,
}

/// From so many systems on, the system level decides where nothing else is said: it is what a comparison of versions asks.
const SYSTEMS: usize = 8;

/// Correlates every score with every rating.
pub fn correlate(scores: &Scores, ratings: &Ratings, request: &Request) -> Correlations {
    let (scored, rated) = (scores.items(), ratings.items());
    let both: BTreeSet<&(String, String)> = scored.intersection(&rated).copied().collect();
    let systems: BTreeSet<&str> = both.iter().map(|(system, _)| system.as_str()).collect();
    let articles: BTreeSet<&str> = both.iter().map(|(_, article)| article.as_str()).collect();
    let level = request.level.unwrap_or(if systems.len() >= SYSTEMS { Level::System } else { Level::Summary });
    let lay = |values: &BTreeMap<(String, String), f64>| -> Vec<Option<f64>> {
        let cell = |(system, article): (&&str, &&str)| {
            let key = ((*system).to_owned(), (*article).to_owned());
            values.get(&key).copied().filter(|_| both.contains(&key))
        };
        systems.iter().flat_map(|system| articles.iter().map(move |article| (system, article))).map(cell).collect()
    };
    let columns: Vec<(String, Vec<Option<f64>>)> =
        scores.columns().map(|(name, values)| (name.to_owned(), lay(values))).collect();
    let width = articles.len();
    let made = ratings.columns().map(|(name, values)| {
        let people = lay(values);
        rating(name, &columns, &people, width, level, request)
    });
    Correlations {
        ratings: made.collect(),
        systems: systems.len(),
        articles: width,
        items: both.len(),
        left_out: (scored.len() - both.len(), rated.len() - both.len()),
    }
}

fn rating(
    name: &str,
    columns: &[(String, Vec<Option<f64>>)],
    people: &[Option<f64>],
    articles: usize,
    level: Level,
    request: &Request,
) -> Rating {
    let people = Table { cells: people, articles };
    let mut agreements = Vec::new();
    for (score, cells) in columns {
        let x = Table { cells, articles };
        for level in Level::ALL {
            for coefficient in Coefficient::ALL {
                let blank = Agreement {
                    score: score.clone(),
                    level,
                    coefficient,
                    value: None,
                    why: None,
                    n: 0,
                    articles: 0,
                    skipped: 0,
                    intervals: Vec::new(),
                };
                agreements.push(match correlation(x, people, level, coefficient) {
                    Ok(made) => {
                        let over = request.over.iter();
                        let of = |over: &Over| interval(x, people, level, coefficient, *over, &request.options);
                        let intervals = over.filter_map(of).collect();
                        let (n, articles, skipped) = (made.n, made.articles, made.skipped);
                        Agreement { value: Some(made.value), n, articles, skipped, intervals, ..blank }
                    }
                    Err(error) => Agreement { why: Some(error.to_string()), ..blank },
                });
            }
        }
    }
    let pairs = pairs(columns, people, &agreements, level, request);
    let verdict = verdict::verdict(name, &agreements, &pairs, level, request);
    Rating { rating: name.to_owned(), agreements, pairs, verdict }
}

/// The best score against every other at the deciding level.
fn pairs(
    columns: &[(String, Vec<Option<f64>>)],
    people: Table<'_>,
    agreements: &[Agreement],
    level: Level,
    request: &Request,
) -> Vec<Pair> {
    let coefficient = request.coefficient;
    let sign = |score: &str| if request.lower.contains(score) { -1.0 } else { 1.0 };
    let value = |score: &str| {
        let mut of = agreements.iter().filter(|a| a.score == score && a.level == level);
        of.find(|a| a.coefficient == coefficient)?.value.map(|value| sign(score) * value)
    };
    let mut order: Vec<(&str, &[Option<f64>], f64)> =
        columns.iter().filter_map(|(name, cells)| Some((name.as_str(), cells.as_slice(), value(name)?))).collect();
    order.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(b.0)));
    let Some(((best, cells, top), others)) = order.split_first() else { return Vec::new() };
    let flip = |name: &str, cells: &[Option<f64>]| -> Vec<Option<f64>> {
        cells.iter().map(|cell| cell.map(|value| sign(name) * value)).collect()
    };
    let articles = people.articles;
    let first = flip(best, cells);
    let mut pairs: Vec<Pair> = Vec::new();
    for (other, cells, value) in others {
        let second = flip(other, cells);
        let (x, y) = (Table { cells: &first, articles }, Table { cells: &second, articles });
        let p = permutation(x, y, people, level, coefficient, Over::Both, &request.options);
        let pearson = |a, b| correlation(a, b, level, Coefficient::Pearson).ok();
        let williams = (level != Level::Summary).then(|| {
            let (xz, yz, xy) = (pearson(x, people)?, pearson(y, people)?, pearson(x, y)?);
            williams(xz.value, yz.value, xy.value, xz.n.min(yz.n).min(xy.n)).map(|w| w.two_sided)
        });
        pairs.push(Pair {
            first: (*best).to_owned(),
            second: (*other).to_owned(),
            level,
            coefficient,
            difference: top - value,
            permutation: p,
            holm: None,
            williams: williams.flatten(),
        });
    }
    let tested: Vec<f64> = pairs.iter().map(|pair| pair.permutation.unwrap_or(1.0)).collect();
    for (pair, corrected) in pairs.iter_mut().zip(holm(&tested)) {
        pair.holm = pair.permutation.map(|_| corrected);
    }
    pairs
}

#[cfg(test)]
mod tests;
