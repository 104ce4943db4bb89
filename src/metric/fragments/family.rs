//! Extractive measures as a family of metrics: `fragments`, and `novelN`, `repeatedN`, `supportN`.

use serde::Deserialize;

use super::{Extraction, Measures, Profile};
use crate::metric::overlap::{self, Cut, Lossy, TokenizerChoice};
use crate::metric::{Family, Item, Metric, MetricRequest, Observed, OptionsError, Rows, Session};
use crate::model::{Aggregation, Failure, FailureKind, FieldSpec, MetricSpec, Outcome, Reason, ReasonCode, Signature};
use crate::text::token::Tokens;
use crate::text::token::vocabulary::Vocabulary;

/// Entry.
pub static FAMILY: Family = Family {
    name: "fragments",
    about: "how much is copied from the source, in how long stretches; novel, repeated and supported n-grams",
    source: "Grusky et al. 2018 (Newsroom); SummEval's data statistics",
    names: &["fragments", "novel1", "novel2", "novel3", "repeated1", "repeated2", "repeated3", "support1", "support2"],
    answers: |name| Kind::from_name(name).is_some(),
    build,
};

const REV: u32 = 1;

/// What a suite may say of an extractive measure.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// A tokenizer's name, or `auto`: by the output's language.
    tokenizer: TokenizerChoice,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
    /// What becomes of pairs that the tokenizer would lose more than 5 % of.
    lossy: Lossy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fragments,
    Novel(usize),
    Repeated(usize),
    Support(usize),
}

impl Kind {
    fn from_name(name: &str) -> Option<Kind> {
        if name == "fragments" {
            return Some(Kind::Fragments);
        }
        let (kind, order) = name.split_at(name.len().checked_sub(1)?);
        let order = order.parse().ok().filter(|order| *order > 0)?;
        match kind {
            "novel" => Some(Kind::Novel(order)),
            "repeated" => Some(Kind::Repeated(order)),
            "support" => Some(Kind::Support(order)),
            _ => None,
        }
    }

    fn order(self) -> usize {
        match self {
            Kind::Fragments => 0,
            Kind::Novel(order) | Kind::Repeated(order) | Kind::Support(order) => order,
        }
    }
}

/// Metrics of one set of options, which share tokens and so a pass.
struct ExtractionMetric {
    options: Options,
    kinds: Vec<Kind>,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    let mut metrics: Vec<ExtractionMetric> = Vec::new();
    for request in requests {
        let kind = Kind::from_name(&request.uses).ok_or_else(|| OptionsError::unknown_metric(request))?;
        let options: Options = request.options()?;
        options.tokenizer.check(request)?;
        let spec = spec(request, kind, &options);
        // Only neighbours share, so that columns keep the order of the requests.
        match metrics.last_mut().filter(|metric| metric.options == options) {
            Some(metric) => {
                metric.kinds.push(kind);
                metric.specs.push(spec);
            }
            None => metrics.push(ExtractionMetric { options, kinds: vec![kind], specs: vec![spec] }),
        }
    }
    Ok(metrics.into_iter().map(|metric| Box::new(metric) as Box<dyn Metric>).collect())
}

fn spec(request: &MetricRequest, kind: Kind, options: &Options) -> MetricSpec {
    let fields = match kind {
        Kind::Fragments => vec![FieldSpec::neutral("coverage", Some(1.0)), FieldSpec::neutral("density", None)],
        Kind::Novel(_) | Kind::Repeated(_) | Kind::Support(_) => vec![FieldSpec::neutral("score", Some(1.0))],
    };
    let mut signature = Signature::new(&request.uses, REV).with("script", if options.fold { "folded" } else { "raw" });
    if options.lossy == Lossy::Allow {
        signature = signature.with("lossy", "allow");
    }
    MetricSpec {
        name: request.name.clone(),
        columns: fields.iter().map(|field| field.name.clone()).collect(),
        headline: (kind != Kind::Fragments).then_some(0),
        fields,
        aggregation: Aggregation::Mean,
        strata: options.tokenizer.strata(&overlap::WORDS, &signature, |_, signature| signature),
    }
}

impl Metric for ExtractionMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(ExtractionSession {
            metric: self,
            tokens: Tokens::default(),
            vocabulary: Vocabulary::default(),
            summary: Vec::new(),
            source: Vec::new(),
            extraction: Extraction::default(),
        })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct ExtractionSession<'a> {
    metric: &'a ExtractionMetric,
    tokens: Tokens,
    vocabulary: Vocabulary,
    summary: Vec<u32>,
    source: Vec<u32>,
    extraction: Extraction,
}

impl Session for ExtractionSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        match self.measure(item) {
            Ok((stratum, measures)) => {
                let orders = self.metric.kinds.iter().map(|kind| kind.order()).max().unwrap_or(0);
                let profiles = self.extraction.profiles(orders);
                let mut at = 0;
                for kind in &self.metric.kinds {
                    let profile = |of: fn(&Profile) -> f64, order: usize| profiles[order - 1].as_ref().map(of);
                    let score = match *kind {
                        Kind::Fragments => {
                            rows.values[at..at + 2].copy_from_slice(&[measures.coverage, measures.density]);
                            at += 2;
                            rows.observed.push(Outcome::Scored(stratum));
                            continue;
                        }
                        Kind::Novel(order) => profile(|p| p.novel, order),
                        Kind::Repeated(order) => profile(|p| p.repeated, order),
                        Kind::Support(order) => profile(|p| p.support, order),
                    };
                    rows.observed.push(match score {
                        Some(score) => {
                            rows.values[at] = score;
                            Outcome::Scored(stratum)
                        }
                        None => Outcome::NotApplicable(Reason::new(
                            ReasonCode::NothingToScore,
                            format!("the output has fewer than {} tokens", kind.order()),
                        )),
                    });
                    at += 1;
                }
            }
            Err(outcome) => rows.observed.extend(self.metric.kinds.iter().map(|_| outcome.clone())),
        }
    }
}

impl ExtractionSession<'_> {
    fn measure(&mut self, item: &Item<'_>) -> Result<(usize, Measures), Observed> {
        let Options { tokenizer, fold, lossy } = &self.metric.options;
        let article = overlap::source(item).map_err(Outcome::NotApplicable)?;
        let lang = item.candidate_lang.or(article.lang.as_ref()).cloned();
        let lang = lang.unwrap_or_else(|| crate::text::lang::detect(&article.source));
        let Cut { tokenizer, stratum } = tokenizer.resolve(&overlap::WORDS, &lang);
        self.vocabulary.tidy();
        for (text, what, numbers) in
            [(item.candidate, "the output", &mut self.summary), (&article.source, "the source", &mut self.source)]
        {
            self.tokens.fill(tokenizer, &overlap::folded(text, *fold));
            if let Some(reason) = lossy.refuses(tokenizer, self.tokens.loss(), what) {
                return Err(Outcome::NotApplicable(reason));
            }
            self.vocabulary.number(&self.tokens, numbers);
        }
        if self.summary.is_empty() {
            let reason = Reason::new(ReasonCode::NothingToScore, "the output holds no word");
            return Err(Outcome::NotApplicable(reason));
        }
        self.extraction
            .measure_numbers(&self.source, &self.summary, self.vocabulary.len())
            .map(|measures| (stratum, measures))
            .map_err(|error| Outcome::Failed(Failure::new(FailureKind::TooLarge, error.to_string())))
    }
}
