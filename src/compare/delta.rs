//! Figures of two sides, metric by metric, over the articles that both scored.

use std::collections::{BTreeMap, BTreeSet};

use super::side::{ArticleKey, Scored, Side};
use crate::metric::{self, Metric, MetricRequest};
use crate::model::record::{Interval, MetricRecord};
use crate::model::{Aggregation, Direction, FieldSpec};
use crate::stats::multiple;
use crate::stats::paired::{Options, Paired, means, pooled};
use crate::stats::resample::Rows;

/// What is to be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judgement {
    /// The second side is better, by more than chance.
    Better,
    /// The second side is worse, by more than chance.
    Worse,
    /// Chance explains it, or too little was compared.
    Inconclusive,
}

/// One figure on both sides.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Delta {
    /// The metric.
    pub metric: String,
    /// Its field.
    pub field: String,
    /// Its stratum, where it has several.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stratum: String,
    /// The part of the corpus: `dataset:NAME` or `lang:TAG`; absent for the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// Which way is better.
    pub direction: Direction,
    /// Least and greatest possible value.
    pub range: (Option<f64>, Option<f64>),
    /// Figures, interval and tests.
    #[serde(flatten)]
    pub paired: Paired,
    /// The test's p-value, corrected by Holm over all figures of the table.
    pub holm: f64,
    /// Likewise by Benjamini and Hochberg.
    pub benjamini_hochberg: f64,
    /// The verdict; null for what judges nothing (length).
    pub verdict: Option<Judgement>,
    /// So far apart, at most, are two figures of these systems by themselves, nineteen times in twenty, as their samples
    /// move; absent where no side has several of every article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
    /// Articles that only the one or the other side scored.
    pub left_out: (usize, usize),
    /// What the reader should know: why it cannot tell, or how it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Delta {
    /// `metric.field`, or the metric alone where the field is its headline.
    pub fn name(&self, metrics: &[MetricRecord]) -> String {
        let headline = metrics.iter().find(|m| m.name == self.metric).and_then(|m| m.headline.as_deref());
        let field = if headline == Some(&self.field) { String::new() } else { format!(".{}", self.field) };
        let stratum = if self.stratum.is_empty() { String::new() } else { format!(" [{}]", self.stratum) };
        format!("{}{field}{stratum}", self.metric)
    }
}

/// A metric that is not compared, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Incomparable {
    /// The metric.
    pub metric: String,
    /// Its stratum, where it has several.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stratum: String,
    /// The field of the signature that differs.
    pub field: String,
    /// Its value on the first side.
    pub first: String,
    /// Its value on the second side.
    pub second: String,
}

/// The first field in which two shown signatures differ, with both values (`-` where absent).
pub fn difference(first: &str, second: &str) -> Option<(String, String, String)> {
    let fields = |shown: &str| -> BTreeMap<String, String> {
        shown.split('|').filter_map(|f| f.split_once(':')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    let (first, second) = (fields(first), fields(second));
    let keys: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let show = |side: &BTreeMap<String, String>, key: &String| side.get(key).cloned().unwrap_or_else(|| "-".to_owned());
    keys.into_iter().find(|k| first.get(*k) != second.get(*k)).map(|k| (k.clone(), show(&first, k), show(&second, k)))
}

/// Metrics made anew from a resolved suite, for those whose counts are pooled.
pub struct Pools(Vec<Box<dyn Metric>>);

impl Pools {
    /// Builds the suite's metrics; without those that cannot be built.
    pub fn new(plan: Option<&serde_json::Value>) -> Pools {
        let described = plan.and_then(|p| p.get("metric")).and_then(serde_json::Value::as_array);
        let request = |described: &serde_json::Value| {
            let mut options = toml::Table::try_from(described).ok()?;
            let name = options.remove("name")?.as_str()?.to_owned();
            let uses = options.remove("use")?.as_str()?.to_owned();
            Some(MetricRequest { uses, name, options })
        };
        let requests = described.into_iter().flatten().filter_map(request);
        Pools(requests.filter_map(|r| metric::build(&[r]).ok()).flatten().collect())
    }

    /// What turns a sum of rows of a metric into one of its fields.
    pub fn score(&self, name: &str, field: &str) -> Option<impl Fn(&[f64], f64) -> Option<f64> + Sync + use<'_>> {
        let find = |m: &'_ dyn Metric| m.specs().iter().position(|s| s.name == name);
        let (metric, spec) = self.0.iter().find_map(|m| find(m.as_ref()).map(|spec| (m, spec)))?;
        let fields = &metric.specs()[spec].fields;
        let at = fields.iter().position(|f| f.name == field)?;
        let many = fields.len();
        Some(move |sum: &[f64], n: f64| {
            let mut values = vec![0.0; many];
            metric.fields(spec, sum, n, &mut values)?;
            Some(values[at])
        })
    }
}

/// Which parts of the corpus are compared, besides the whole.
type Within<'a> = (Option<String>, Box<dyn Fn(&ArticleKey) -> bool + 'a>);

/// The figures of two sides: those over the whole corpus first, then by slice. `metrics` declares fields (the second
/// side's record, as a rule).
pub fn deltas(
    first: &Side,
    second: &Side,
    metrics: &[MetricRecord],
    pools: &Pools,
    options: &Options,
) -> (Vec<Delta>, Vec<Incomparable>) {
    let mut incomparable = Vec::new();
    let mut all = Vec::new();
    for (slice, within) in slices(first, second) {
        let mut made = Vec::new();
        for metric in metrics {
            for stratum in strata(first, second, &metric.name) {
                match signatures(first, second, &metric.name, &stratum) {
                    Some(differing) => {
                        if slice.is_none() {
                            incomparable.push(differing);
                        }
                    }
                    None => {
                        for field in judged(metric) {
                            let table = Table { first, second, metric, stratum: &stratum, within: &within };
                            made.extend(table.compare(field, pools, options, slice.as_deref()));
                        }
                    }
                }
            }
        }
        all.push(made);
    }
    let slices = all.split_off(1.min(all.len()));
    let mut whole = all.pop().unwrap_or_default();
    correct(&mut whole, options.alpha);
    let mut parts: Vec<Delta> = slices.into_iter().flatten().collect();
    correct(&mut parts, options.alpha);
    whole.append(&mut parts);
    (whole, incomparable)
}

/// The fields that are compared: the headline, or all where there is none.
fn judged(metric: &MetricRecord) -> impl Iterator<Item = &FieldSpec> {
    metric.fields.iter().filter(|f| metric.headline.as_ref().is_none_or(|h| *h == f.name))
}

fn strata(first: &Side, second: &Side, metric: &str) -> BTreeSet<String> {
    let of = |side: &Side| -> BTreeSet<String> {
        let scores = side.articles.values().flat_map(|a| a.scores.keys());
        scores.filter(|(name, _)| name == metric).map(|(_, stratum)| stratum.clone()).collect()
    };
    of(first).intersection(&of(second)).cloned().collect()
}

fn signatures(first: &Side, second: &Side, metric: &str, stratum: &str) -> Option<Incomparable> {
    // A metric with one stratum leaves its name out of items; two baselines do not say, and all must agree.
    let of = |side: &'_ Side| -> Vec<String> {
        let Some(strata) = side.signatures.get(metric) else { return vec![String::new()] };
        strata.get(stratum).map_or_else(|| strata.values().cloned().collect(), |signature| vec![signature.clone()])
    };
    let (field, first, second) = of(first).iter().zip(&of(second)).find_map(|(a, b)| difference(a, b))?;
    Some(Incomparable { metric: metric.to_owned(), stratum: stratum.to_owned(), field, first, second })
}

fn slices<'a>(first: &'a Side, second: &'a Side) -> Vec<Within<'a>> {
    let mut slices: Vec<Within<'a>> = vec![(None, Box::new(|_| true))];
    let common = || second.articles.keys().filter(|k| first.articles.contains_key(*k));
    let datasets: BTreeSet<&String> = common().map(|(dataset, _)| dataset).collect();
    if datasets.len() > 1 {
        for dataset in datasets {
            slices.push((Some(format!("dataset:{dataset}")), Box::new(move |key: &ArticleKey| key.0 == *dataset)));
        }
    }
    let tags: BTreeSet<&str> = common().flat_map(|key| &second.articles[key].tags).map(String::as_str).collect();
    for wanted in tags {
        let tagged =
            move |key: &ArticleKey| second.articles.get(key).is_some_and(|a| a.tags.iter().any(|t| t == wanted));
        // A tag of an article or two is no part of a corpus.
        let many = common().filter(|key| tagged(key)).count();
        if many >= 5 && many < common().count() {
            slices.push((Some(format!("tag:{wanted}")), Box::new(tagged)));
        }
    }
    let languages: BTreeSet<&str> = common().filter_map(|key| lang(first, second, key)).collect();
    if languages.len() > 1 {
        for wanted in languages {
            let within = move |key: &ArticleKey| lang(first, second, key) == Some(wanted);
            slices.push((Some(format!("lang:{wanted}")), Box::new(within)));
        }
    }
    slices
}

/// The language that the second side wrote an article's summary in, or else the first.
fn lang<'a>(first: &'a Side, second: &'a Side, key: &ArticleKey) -> Option<&'a str> {
    let of = |side: &'a Side| side.articles.get(key).and_then(|a| a.lang.as_deref());
    of(second).or_else(|| of(first))
}

/// A metric's scores on both sides.
struct Table<'a> {
    first: &'a Side,
    second: &'a Side,
    metric: &'a MetricRecord,
    stratum: &'a str,
    within: &'a dyn Fn(&ArticleKey) -> bool,
}

impl Table<'_> {
    fn scores<'s>(&self, side: &'s Side, field: &str) -> BTreeMap<&'s ArticleKey, (&'s Scored, f64)> {
        let key = (self.metric.name.clone(), self.stratum.to_owned());
        let of = |(article, scores): (&'s ArticleKey, &'s super::side::Article)| {
            let scored = scores.scores.get(&key)?;
            Some((article, (scored, *scored.fields.get(field)?)))
        };
        side.articles.iter().filter(|(k, _)| (self.within)(k)).filter_map(of).collect()
    }

    fn compare(&self, field: &FieldSpec, pools: &Pools, options: &Options, slice: Option<&str>) -> Option<Delta> {
        let (a, b) = (self.scores(self.first, &field.name), self.scores(self.second, &field.name));
        let common: Vec<&ArticleKey> = a.keys().filter(|k| b.contains_key(*k)).copied().collect();
        if common.is_empty() {
            return None;
        }
        let mut note = None;
        let counted = || common.iter().all(|k| !a[k].0.statistics.is_empty() && !b[k].0.statistics.is_empty());
        let score = pools.score(&self.metric.name, &field.name);
        let paired = match score {
            Some(score) if self.metric.aggregation == Aggregation::Pooled && counted() => {
                let flat = |side: &BTreeMap<&ArticleKey, (&Scored, f64)>| -> Vec<f64> {
                    common.iter().flat_map(|k| side[k].0.statistics.iter().copied()).collect()
                };
                let (first, second) = (flat(&a), flat(&b));
                let width = common.first().map_or(0, |k| a[k].0.statistics.len());
                pooled(Rows { values: &first, width }, Rows { values: &second, width }, options, score)?
            }
            _ => {
                if self.metric.aggregation == Aggregation::Pooled {
                    note = Some("means of articles: one side keeps no counts to pool".to_owned());
                }
                let values = |side: &BTreeMap<&ArticleKey, (&Scored, f64)>| -> Vec<f64> {
                    common.iter().map(|k| side[k].1).collect()
                };
                means(&values(&a), &values(&b), options)?
            }
        };
        let mut paired = paired;
        paired.difference = within(paired.difference, field.range);
        let left_out = (a.len() - common.len(), b.len() - common.len());
        let union = common.len() + left_out.0 + left_out.1;
        if (common.len() as f64) < 0.95 * union as f64 {
            note = Some(format!("only {} of {union} articles are scored on both sides", common.len()));
        }
        Some(Delta {
            metric: self.metric.name.clone(),
            field: field.name.clone(),
            stratum: self.stratum.to_owned(),
            slice: slice.map(str::to_owned),
            direction: field.direction,
            range: field.range,
            paired,
            holm: 1.0,
            benjamini_hochberg: 1.0,
            verdict: (field.direction != Direction::Neutral).then_some(Judgement::Inconclusive),
            noise: noise([&a, &b], &common, &field.name),
            left_out,
            note,
        })
    }
}

/// The interval of a difference of two figures, within what their range allows: two shares differ by 1 at most.
pub fn within(difference: Interval, range: (Option<f64>, Option<f64>)) -> Interval {
    let (Some(least), Some(most)) = range else { return difference };
    let widest = most - least;
    Interval {
        low: difference.low.map(|low| low.max(-widest)),
        high: difference.high.map(|high| high.min(widest)),
        ..difference
    }
}

/// How far the difference of two means moves by the systems' samples alone.
fn noise(sides: [&BTreeMap<&ArticleKey, (&Scored, f64)>; 2], common: &[&ArticleKey], field: &str) -> Option<f64> {
    let n = common.len() as f64;
    // The variance of a side's mean: of each article that of the mean of its samples.
    let variance = |side: &BTreeMap<&ArticleKey, (&Scored, f64)>| {
        let of = |key: &&ArticleKey| {
            let scored = side.get(*key)?.0;
            (scored.samples > 1.0).then(|| {
                let squares = scored.deviations.get(field).copied().unwrap_or(0.0);
                squares / (scored.samples - 1.0) / scored.samples
            })
        };
        common.iter().map(of).sum::<Option<f64>>().map(|sum| sum / (n * n))
    };
    let [first, second] = sides.map(variance);
    let both = first.into_iter().chain(second).reduce(|a, b| a + b)?;
    (n > 0.0).then(|| 1.96 * both.sqrt())
}

/// Corrects the p-values of figures that are judged together, and judges them.
pub fn correct<'a>(deltas: impl IntoIterator<Item = &'a mut Delta>, alpha: f64) {
    let mut judged: Vec<&mut Delta> = deltas.into_iter().filter(|d| d.verdict.is_some()).collect();
    let p: Vec<f64> = judged.iter().map(|d| d.paired.test.p_value).collect();
    let corrected = multiple::holm(&p).into_iter().zip(multiple::benjamini_hochberg(&p));
    for (delta, (holm, bh)) in judged.iter_mut().zip(corrected) {
        (delta.holm, delta.benjamini_hochberg) = (holm, bh);
        let enough = delta.left_out_share() < 0.05;
        let moved = delta.paired.difference.value;
        delta.verdict = Some(match delta.direction {
            _ if holm > alpha || !enough || moved == 0.0 => Judgement::Inconclusive,
            Direction::Lower if moved < 0.0 => Judgement::Better,
            Direction::Higher if moved > 0.0 => Judgement::Better,
            _ => Judgement::Worse,
        });
    }
}

impl Delta {
    /// Whether nothing differs in any article, over all that were scored: what is the same is not in doubt.
    pub fn is_identical(&self) -> bool {
        self.paired.same() && self.left_out_share() < 0.05
    }

    /// The share of scored articles that only one side scored.
    fn left_out_share(&self) -> f64 {
        let left = self.left_out.0 + self.left_out.1;
        left as f64 / (self.paired.articles + left).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_shares_differ_by_one_at_most() {
        let wide = Interval { value: 0.5, low: Some(-5.853), high: Some(6.853) };
        let made = within(wide, (Some(0.0), Some(1.0)));
        assert_eq!((made.value, made.low, made.high), (0.5, Some(-1.0), Some(1.0)));
        assert_eq!(within(wide, (Some(0.0), None)), wide, "a length has no bound");
    }
}
