//! TER as a family of metrics.

use serde::Deserialize;

use super::{Ter, TerSession};
use crate::metric::explain::Explanation;
use crate::metric::overlap;
use crate::metric::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::score::Stratum;
use crate::model::{Aggregation, Failure, FailureKind, FieldSpec, MetricSpec, Outcome, Signature};
use crate::text::token::tercom::Tercom;

/// Entry.
pub static FAMILY: Family = Family {
    name: "ter",
    about: "edits that lead from the output to a reference, moved blocks included; lower is better, pooled",
    source: "Snover et al. 2006, as sacreBLEU 2.6 computes it",
    names: &["ter"],
    answers: |name| name == "ter",
    build,
};

const REV: u32 = 2;

/// What a suite may say of TER. Chinese is parted into characters by `normalized` with `asian_support`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Punctuation parted from words.
    normalized: bool,
    /// Punctuation removed.
    no_punct: bool,
    /// Either, for Chinese and Japanese, too.
    asian_support: bool,
    /// Case kept.
    case_sensitive: bool,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
}

struct TerMetric {
    fold: bool,
    scorer: Ter,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(TerMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl TerMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let Options { normalized, no_punct, asian_support, case_sensitive, fold } = request.options()?;
        let yes = |set: bool| if set { "yes" } else { "no" };
        let signature = Signature::new("ter", REV)
            .with("asian", yes(asian_support))
            .with("case", if case_sensitive { "mixed" } else { "lc" })
            .with("norm", yes(normalized))
            .with("punct", yes(!no_punct))
            .with("script", if fold { "folded" } else { "raw" })
            .with("tok", "tercom");
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: vec!["edits".to_owned(), "ref_length".to_owned()],
            fields: vec![FieldSpec::lower("score", None)],
            headline: Some(0),
            aggregation: Aggregation::Pooled,
            strata: vec![Stratum { name: String::new(), signature }],
        };
        let scorer = Ter::new(Tercom { normalized, no_punct, asian_support, case_sensitive });
        Ok(TerMetric { fold, scorer, specs: vec![spec] })
    }
}

impl Metric for TerMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(TerMetricSession { metric: self, session: self.scorer.session() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        fields[0] = self.scorer.score(&[sum[0], sum[1]]);
        (n > 0.0).then_some(())
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let pairs = overlap::pairs(item).ok()?;
        let (candidate, references) = pairs.folded(self.fold);
        let references: Vec<&str> = references.iter().map(AsRef::as_ref).collect();
        super::explain::explain(&self.scorer, &references, &candidate)
    }
}

struct TerMetricSession<'a> {
    metric: &'a TerMetric,
    session: TerSession,
}

impl Session for TerMetricSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let fold = self.metric.fold;
        rows.observed.push(match overlap::pairs(item) {
            Ok(pairs) => {
                let references: Vec<_> = pairs.references().map(|r| overlap::folded(&r.summary, fold)).collect();
                let candidate = overlap::folded(item.candidate, fold);
                match self.session.statistics(references.iter().map(AsRef::as_ref), &candidate) {
                    Ok(statistics) => {
                        rows.values.copy_from_slice(&statistics);
                        Outcome::Scored(0)
                    }
                    Err(error) => Outcome::Failed(Failure::new(FailureKind::TooLarge, error.to_string())),
                }
            }
            Err(reason) => Outcome::NotApplicable(reason),
        });
    }
}
