//! chrF and chrF++ as a family of metrics.

use serde::Deserialize;

use super::{Chrf, Counter};
use crate::metric::explain::Explanation;
use crate::metric::overlap;
use crate::metric::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::score::Stratum;
use crate::model::{Aggregation, FieldSpec, MetricSpec, Outcome, Signature};

/// Entry.
pub static FAMILY: Family = Family {
    name: "chrf",
    about: "F-score of character n-grams, chrf++ with words and pairs of words; 0 to 100, pooled",
    source: "Popović 2015 and 2017, as sacreBLEU 2.6 computes it",
    names: &["chrf", "chrf++"],
    answers: |name| matches!(name, "chrf" | "chrf++"),
    build,
};

const REV: u32 = 1;

/// What a suite may say of chrF.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Longest character n-grams; 6 where not said.
    char_order: Option<usize>,
    /// Longest word n-grams; 0 for `chrf`, 2 for `chrf++` where not said.
    word_order: Option<usize>,
    /// How many times as important recall is; 2 where not said.
    beta: Option<f64>,
    /// Texts in lower case.
    lowercase: bool,
    /// White space counted as characters.
    whitespace: bool,
    /// chrF++.py's smoothing in place of effective order.
    eps_smoothing: bool,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
}

/// Longer n-grams than this say nothing.
const MAX_ORDER: usize = 20;

struct ChrfMetric {
    fold: bool,
    scorer: Chrf,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(ChrfMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl ChrfMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let options: Options = request.options()?;
        let char_order = options.char_order.unwrap_or(6);
        let word_order = options.word_order.unwrap_or(if request.uses == "chrf++" { 2 } else { 0 });
        let beta = options.beta.unwrap_or(2.0);
        if !(1..=MAX_ORDER).contains(&char_order) || word_order > MAX_ORDER {
            let message = format!("`char_order` is 1 to {MAX_ORDER} and `word_order` 0 to {MAX_ORDER}");
            return Err(OptionsError::new(request, "char_order", message));
        }
        if !(beta.is_finite() && beta > 0.0) {
            return Err(OptionsError::new(request, "beta", format!("`beta` is above 0, not {beta}")));
        }
        let scorer = Chrf { char_order, word_order, beta, ..Chrf::new() }
            .with_lowercase(options.lowercase)
            .with_whitespace(options.whitespace)
            .with_eps_smoothing(options.eps_smoothing);
        let signature = Signature::new("chrf", REV)
            .with("beta", beta)
            .with("case", if options.lowercase { "lc" } else { "mixed" })
            .with("eff", if options.eps_smoothing { "no" } else { "yes" })
            .with("nc", char_order)
            .with("nw", word_order)
            .with("script", if options.fold { "folded" } else { "raw" })
            .with("space", if options.whitespace { "yes" } else { "no" });
        let columns = |kind: &str, orders: usize| {
            let names = ["candidate", "reference", "both"];
            (1..=orders).flat_map(|n| names.map(|name| format!("{kind}{n}_{name}"))).collect::<Vec<_>>()
        };
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: [columns("char", char_order), columns("word", word_order)].concat(),
            fields: vec![FieldSpec::higher("score", 100.0)],
            headline: Some(0),
            aggregation: Aggregation::Pooled,
            strata: vec![Stratum { name: String::new(), signature }],
        };
        Ok(ChrfMetric { fold: options.fold, scorer, specs: vec![spec] })
    }
}

impl Metric for ChrfMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(ChrfMetricSession { metric: self, counter: Counter::default() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        fields[0] = self.scorer.score(sum);
        (n > 0.0).then_some(())
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let pairs = overlap::pairs(item).ok()?;
        let (candidate, references) = pairs.folded(self.fold);
        let references: Vec<&str> = references.iter().map(AsRef::as_ref).collect();
        super::explain::explain(&self.scorer, &references, &candidate)
    }
}

struct ChrfMetricSession<'a> {
    metric: &'a ChrfMetric,
    counter: Counter,
}

impl Session for ChrfMetricSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let ChrfMetric { fold, scorer, .. } = self.metric;
        rows.observed.push(match overlap::pairs(item) {
            Ok(pairs) => {
                self.counter.candidate(scorer, &overlap::folded(item.candidate, *fold));
                for reference in pairs.references() {
                    self.counter.reference(scorer, &overlap::folded(&reference.summary, *fold));
                }
                rows.values.copy_from_slice(&self.counter.best);
                Outcome::Scored(0)
            }
            Err(reason) => Outcome::NotApplicable(reason),
        });
    }
}
