//! BLEU as a family of metrics.

use serde::Deserialize;

use super::{Bleu, Counter, MAX_ORDER, Smoothing};
use crate::metric::explain::Explanation;
use crate::metric::overlap::{self, Cut, Defaults, Lossy, TokenizerChoice};
use crate::metric::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::{Aggregation, FieldSpec, MetricSpec, Outcome, Signature};
use crate::text::token;

/// Entry.
pub static FAMILY: Family = Family {
    name: "bleu",
    about: "n-grams of the output that the references hold, with a penalty for brevity; 0 to 100, pooled",
    source: "Papineni et al. 2002, as sacreBLEU 2.6 computes it",
    names: &["bleu"],
    answers: |name| name == "bleu",
    build,
};

const REV: u32 = 1;

/// sacreBLEU's own choice by language; it would use MeCab for Japanese and Korean, which we do not have: characters
/// serve the scripts without spaces.
const DEFAULTS: Defaults = Defaults {
    tokenizers: &[token::MTEVAL_13A, token::ZH, token::CHAR],
    of: |lang| match lang.language().as_str() {
        "zh" | "cmn" | "yue" | "lzh" => token::ZH,
        "ja" | "th" | "lo" | "km" | "my" => token::CHAR,
        _ => token::MTEVAL_13A,
    },
};

/// What a suite may say of BLEU.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// A tokenizer's name, or `auto`: `13a`, `zh` or `char` by the reference's language.
    tokenizer: TokenizerChoice,
    /// Texts in lower case.
    lowercase: bool,
    /// `exp`, `floor`, `add-k` or `none`.
    smoothing: SmoothingName,
    /// What `floor` (0.1) or `add-k` (1) adds.
    smooth_value: Option<f64>,
    /// The longest n-grams, 1 to 9; 4 where not said.
    max_order: Option<usize>,
    /// Effective order for the corpus, too; single texts always have it.
    effective_order: bool,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
    /// What becomes of pairs that the tokenizer would lose more than 5 % of.
    lossy: Lossy,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SmoothingName {
    None,
    #[default]
    Exp,
    Floor,
    AddK,
}

struct BleuMetric {
    options: Options,
    scorer: Bleu,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(BleuMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl BleuMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let options: Options = request.options()?;
        options.tokenizer.check(request)?;
        let smoothing = smoothing(request, &options)?;
        let order = options.max_order.unwrap_or(4);
        if !(1..=MAX_ORDER).contains(&order) {
            return Err(OptionsError::new(
                request,
                "max_order",
                format!("`max_order` is 1 to {MAX_ORDER}, not {order}"),
            ));
        }
        let scorer = Bleu::new().with_smoothing(smoothing).with_order(order);
        let counts = |name: &str| (1..=order).map(|n| format!("{name}{n}")).collect::<Vec<_>>();
        let mut signature = Signature::new("bleu", REV)
            .with("case", if options.lowercase { "lc" } else { "mixed" })
            .with("eff", if options.effective_order { "yes" } else { "no" })
            .with("item_eff", "yes")
            .with("order", order)
            .with("script", if options.fold { "folded" } else { "raw" })
            .with("smooth", smoothing_signature(smoothing));
        if options.lossy == Lossy::Allow {
            signature = signature.with("lossy", "allow");
        }
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: [vec!["sys_len".into(), "ref_len".into()], counts("correct"), counts("total")].concat(),
            fields: vec![FieldSpec::higher("score", 100.0)],
            headline: Some(0),
            aggregation: Aggregation::Pooled,
            strata: options.tokenizer.strata(&DEFAULTS, &signature, |_, signature| signature),
        };
        Ok(BleuMetric { options, scorer, specs: vec![spec] })
    }
}

fn smoothing(request: &MetricRequest, options: &Options) -> Result<Smoothing, OptionsError> {
    let value = options.smooth_value;
    if let Some(value) = value
        && !(value.is_finite() && value > 0.0)
    {
        return Err(OptionsError::new(request, "smooth_value", format!("`smooth_value` is above 0, not {value}")));
    }
    match (options.smoothing, value) {
        (SmoothingName::Floor, value) => Ok(Smoothing::Floor(value.unwrap_or(0.1))),
        (SmoothingName::AddK, value) => Ok(Smoothing::AddK(value.unwrap_or(1.0))),
        (SmoothingName::Exp, None) => Ok(Smoothing::Exp),
        (SmoothingName::None, None) => Ok(Smoothing::None),
        (_, Some(_)) => {
            let message = "`smooth_value` goes with `smoothing = \"floor\"` or `\"add-k\"` only";
            Err(OptionsError::new(request, "smooth_value", message))
        }
    }
}

fn smoothing_signature(smoothing: Smoothing) -> String {
    match smoothing {
        Smoothing::None => "none".to_owned(),
        Smoothing::Exp => "exp".to_owned(),
        Smoothing::Floor(value) => format!("floor[{value}]"),
        Smoothing::AddK(value) => format!("add-k[{value}]"),
    }
}

impl Metric for BleuMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(BleuMetricSession { metric: self, counter: Counter::default() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        fields[0] = self.scorer.score(sum, self.options.effective_order).score;
        (n > 0.0).then_some(())
    }

    fn item_fields(&self, _spec: usize, row: &[f64], fields: &mut [f64]) -> Option<()> {
        fields[0] = self.scorer.score(row, true).score;
        Some(())
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let pairs = overlap::pairs(item).ok()?;
        let Cut { tokenizer, .. } = self.options.tokenizer.resolve(&DEFAULTS, &pairs.lang);
        let scorer = self.scorer.clone().with_tokenizer(tokenizer).with_lowercase(self.options.lowercase);
        let (candidate, references) = pairs.folded(self.options.fold);
        let references: Vec<&str> = references.iter().map(AsRef::as_ref).collect();
        Some(super::explain::explain(&scorer, &references, &candidate))
    }
}

struct BleuMetricSession<'a> {
    metric: &'a BleuMetric,
    counter: Counter,
}

impl Session for BleuMetricSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let observed = self.count(item, &mut rows.values);
        rows.observed.push(observed);
    }
}

impl BleuMetricSession<'_> {
    fn count(&mut self, item: &Item<'_>, row: &mut [f64]) -> Outcome<usize> {
        let Options { tokenizer, lowercase, fold, lossy, .. } = &self.metric.options;
        let pairs = match overlap::pairs(item) {
            Ok(pairs) => pairs,
            Err(reason) => return Outcome::NotApplicable(reason),
        };
        let Cut { tokenizer, stratum } = tokenizer.resolve(&DEFAULTS, &pairs.lang);
        let loss = self.counter.candidate(tokenizer, *lowercase, &overlap::folded(item.candidate, *fold));
        if let Some(reason) = lossy.refuses(tokenizer, loss, "the output") {
            return Outcome::NotApplicable(reason);
        }
        for reference in pairs.references() {
            let loss = self.counter.reference(tokenizer, *lowercase, &overlap::folded(&reference.summary, *fold));
            if let Some(reason) = lossy.refuses(tokenizer, loss, "a reference") {
                return Outcome::NotApplicable(reason);
            }
        }
        row.copy_from_slice(self.counter.count(self.metric.scorer.order));
        Outcome::Scored(stratum)
    }
}
