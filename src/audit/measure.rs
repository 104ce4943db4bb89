//! How far a metric moves by an error, and how many articles it takes to notice that.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::Direction;
use crate::model::record::{ItemRecord, MetricRecord};
use crate::stats::power;

/// What one field of a metric makes of one kind of error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// `metric.field`, with its stratum in brackets where it has several.
    pub score: String,
    /// Texts that are scored damaged and undamaged.
    pub texts: usize,
    /// Those in which it got worse.
    pub worse: usize,
    /// Its mean undamaged.
    pub undamaged: f64,
    /// Its mean worsening, in the field's own scale; negative where it got better.
    pub drop: f64,
    /// How far two people's summaries of one article differ by it: the root mean square. 0 where no article has two.
    pub noise: f64,
    /// Articles, each with this error, at which a paired test would notice it four times in five among texts that differ
    /// by that noise; `None` where it never would, or more than a million.
    pub articles: Option<usize>,
}

/// An item: dataset, article, sample.
type Key<'a> = (&'a str, &'a str, u32);

fn key(item: &ItemRecord) -> Key<'_> {
    (&item.key.dataset, &item.key.id, item.key.sample)
}

/// The score of an item by a field, with its stratum.
fn score<'i>(item: &'i ItemRecord, metric: &str, field: &str) -> Option<(&'i str, f64)> {
    let value = *item.scores.get(metric)?.as_ref()?.get(field)?;
    Some((item.strata.get(metric).map_or("", String::as_str), value))
}

/// Every judging field's notice of one kind of error. `undamaged` holds all texts, several an article where there are; each
/// of `damaged` is one of them with the error in it, under the same key.
pub fn measure(undamaged: &[ItemRecord], damaged: &[ItemRecord], metrics: &[MetricRecord]) -> Vec<Notice> {
    let whole: BTreeMap<Key<'_>, &ItemRecord> = undamaged.iter().map(|item| (key(item), item)).collect();
    let mut notices = Vec::new();
    for metric in metrics {
        let judging = metric.fields.iter().filter(|f| f.direction != Direction::Neutral);
        for field in judging.filter(|f| metric.headline.as_ref().is_none_or(|h| *h == f.name)) {
            let sign = if field.direction == Direction::Lower { 1.0 } else { -1.0 };
            let mut strata: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
            for item in damaged {
                let Some((stratum, now)) = score(item, &metric.name, &field.name) else { continue };
                let before = whole.get(&key(item)).and_then(|item| score(item, &metric.name, &field.name));
                if let Some((_, before)) = before {
                    strata.entry(stratum).or_default().push((before, sign * (now - before)));
                }
            }
            for (stratum, pairs) in strata {
                let n = pairs.len() as f64;
                let drop = pairs.iter().map(|(_, drop)| drop).sum::<f64>() / n;
                let spread = pairs.iter().map(|(_, d)| (d - drop).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
                let noise = noise(&whole, &metric.name, &field.name, stratum);
                let sd = (noise * noise + spread).sqrt();
                let within = if stratum.is_empty() { String::new() } else { format!(" [{stratum}]") };
                notices.push(Notice {
                    score: format!("{}.{}{within}", metric.name, field.name),
                    texts: pairs.len(),
                    worse: pairs.iter().filter(|(_, drop)| *drop > 1e-12).count(),
                    undamaged: pairs.iter().map(|(before, _)| before).sum::<f64>() / n,
                    drop,
                    noise,
                    articles: (drop > 1e-12).then(|| power::articles(drop, sd, 0.05, 0.8)).flatten(),
                });
            }
        }
    }
    notices
}

/// The root mean square of the differences between neighbouring texts of one article.
fn noise(items: &BTreeMap<Key<'_>, &ItemRecord>, metric: &str, field: &str, stratum: &str) -> f64 {
    let scored: Vec<(Key<'_>, f64)> = items
        .iter()
        .filter_map(|(key, item)| Some((*key, score(item, metric, field).filter(|(s, _)| *s == stratum)?.1)))
        .collect();
    let pairs = scored.windows(2).filter(|pair| (pair[0].0.0, pair[0].0.1) == (pair[1].0.0, pair[1].0.1));
    let squares: Vec<f64> = pairs.map(|pair| (pair[1].1 - pair[0].1).powi(2)).collect();
    if squares.is_empty() { 0.0 } else { (squares.iter().sum::<f64>() / squares.len() as f64).sqrt() }
}
