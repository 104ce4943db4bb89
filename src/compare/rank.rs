//! Several systems ranked: clusters that chance cannot part.

use super::delta::Delta;
use super::side::{ArticleKey, Side};
use crate::model::record::MetricRecord;
use crate::model::{Aggregation, Direction, FieldSpec};
use crate::stats::multiple::holm;
use crate::stats::paired::Options;
use crate::stats::pairwise::{Columns, clusters, pairwise};

/// The systems by one figure, in clusters.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Ranking {
    /// The metric.
    pub metric: String,
    /// Its field.
    pub field: String,
    /// Its stratum, where it has several.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stratum: String,
    /// Articles that all systems are scored on.
    pub articles: usize,
    /// Best cluster first; within one, systems in the order of their means, each with it.
    pub clusters: Vec<Vec<(String, f64)>>,
}

/// Ranks sides by every judging figure that all have, means over the articles that all are scored on. A boundary stands
/// where every system above is better than every one below by more than chance (Holm over the pairs).
pub fn rank(sides: &[Side], metrics: &[MetricRecord], options: &Options) -> Vec<Ranking> {
    let mut rankings = Vec::new();
    for metric in metrics.iter().filter(|m| m.aggregation == Aggregation::Mean) {
        let judges = |f: &&FieldSpec| f.direction != Direction::Neutral;
        let fields = metric.fields.iter().filter(judges);
        for field in fields.filter(|f| metric.headline.as_ref().is_none_or(|h| *h == f.name)) {
            let mut strata: Vec<String> = sides
                .iter()
                .flat_map(|s| s.articles.values().flat_map(|a| a.scores.keys()))
                .filter(|(name, _)| *name == metric.name)
                .map(|(_, stratum)| stratum.clone())
                .collect();
            strata.sort_unstable();
            strata.dedup();
            rankings.extend(strata.iter().filter_map(|stratum| ranking(sides, metric, field, stratum, options)));
        }
    }
    rankings
}

fn ranking(
    sides: &[Side],
    metric: &MetricRecord,
    field: &FieldSpec,
    stratum: &str,
    options: &Options,
) -> Option<Ranking> {
    let key = (metric.name.clone(), stratum.to_owned());
    let score = |side: &Side, article: &ArticleKey| {
        side.articles.get(article)?.scores.get(&key)?.fields.get(&field.name).copied()
    };
    let row = |article| sides.iter().map(|side| score(side, article)).collect::<Option<Vec<f64>>>();
    let rows: Vec<Vec<f64>> = sides.first()?.articles.keys().filter_map(row).collect();
    let articles = rows.len();
    if articles == 0 {
        return None;
    }
    let values = rows.concat();
    let width = sides.len();
    let pairs: Vec<(usize, usize)> = (0..width).flat_map(|a| (a + 1..width).map(move |b| (a, b))).collect();
    let made: Vec<_> =
        pairwise(Columns { values: &values, width }, &pairs, options).into_iter().collect::<Option<_>>()?;
    let corrected = holm(&made.iter().map(|p| p.test.p_value).collect::<Vec<_>>());
    let sign = if field.direction == Direction::Lower { -1.0 } else { 1.0 };
    let better = |a: usize, b: usize| {
        let at = pairs.iter().position(|pair| *pair == (a.min(b), a.max(b)));
        at.is_some_and(|at| {
            let gain = made[at].difference.value * sign * if a > b { 1.0 } else { -1.0 };
            gain > 0.0 && corrected[at] <= options.alpha
        })
    };
    let mean = |side: usize| values.iter().skip(side).step_by(width).sum::<f64>() / articles as f64;
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| (mean(b) * sign).total_cmp(&(mean(a) * sign)).then(a.cmp(&b)));
    let name = |cluster: Vec<usize>| cluster.into_iter().map(|s| (sides[s].label.clone(), mean(s))).collect();
    Some(Ranking {
        metric: metric.name.clone(),
        field: field.name.clone(),
        stratum: stratum.to_owned(),
        articles,
        clusters: clusters(&order, better).into_iter().map(name).collect(),
    })
}

/// Corrects the figures of several comparisons together.
pub fn correct_together(comparisons: &mut [super::Comparison], alpha: f64) {
    let whole = |d: &&mut Delta| d.slice.is_none();
    super::delta::correct(comparisons.iter_mut().flat_map(|c| c.deltas.iter_mut()).filter(whole), alpha);
}
