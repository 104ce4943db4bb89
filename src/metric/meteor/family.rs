//! METEOR as a family of metrics.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::{Meteor, MeteorSession, WordNet};
use crate::metric::explain::Explanation;
use crate::metric::overlap::{self, Cut, Lossy, TokenizerChoice};
use crate::metric::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::{Aggregation, FieldSpec, MetricSpec, Outcome, Signature};
use crate::text::token::{Tokenizer, Tokens};

/// Entry.
pub static FAMILY: Family = Family {
    name: "meteor",
    about: "words aligned by form, stem and (with a WordNet folder) synonym, with a penalty for scattered ones",
    source: "Lavie and Agarwal 2007, as nltk 3.10 computes it",
    names: &["meteor"],
    answers: |name| name == "meteor",
    build,
};

const REV: u32 = 1;

/// What a suite may say of METEOR.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// A tokenizer's name, or `auto`: by the reference's language. nltk leaves the choice to its caller.
    tokenizer: TokenizerChoice,
    /// A folder with WordNet's files; a relative path is taken from where epitome is started.
    wordnet: Option<PathBuf>,
    /// The weight of precision in the mean; 0.9 where not said.
    alpha: Option<f64>,
    /// The exponent of the penalty; 3 where not said.
    beta: Option<f64>,
    /// The greatest penalty; 0.5 where not said.
    gamma: Option<f64>,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
    /// What becomes of pairs that the tokenizer would lose more than 5 % of.
    lossy: Lossy,
}

struct MeteorMetric {
    options: Options,
    scorer: Meteor,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(MeteorMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl MeteorMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let options: Options = request.options()?;
        options.tokenizer.check(request)?;
        let within = |name: &str, value: Option<f64>, default: f64, most: f64| match value {
            Some(value) if !(0.0..=most).contains(&value) => {
                Err(OptionsError::new(request, name, format!("`{name}` is 0 to {most}, not {value}")))
            }
            value => Ok(value.unwrap_or(default)),
        };
        let alpha = within("alpha", options.alpha, 0.9, 1.0)?;
        let beta = within("beta", options.beta, 3.0, 100.0)?;
        let gamma = within("gamma", options.gamma, 0.5, 1.0)?;
        let mut scorer = Meteor::new().with_parameters(alpha, beta, gamma);
        let mut signature = Signature::new("meteor", REV)
            .with("alpha", alpha)
            .with("beta", beta)
            .with("gamma", gamma)
            .with("refs", "best")
            .with("script", if options.fold { "folded" } else { "raw" })
            .with("stem", "porter-nltk")
            .with("wordnet", "none");
        if let Some(folder) = &options.wordnet {
            let opened = WordNet::open(folder);
            let wordnet = opened.map_err(|error| OptionsError::new(request, "wordnet", error.to_string()))?;
            signature = signature.with("wordnet", wordnet.hash());
            scorer = scorer.with_wordnet(Arc::new(wordnet));
        }
        if options.lossy == Lossy::Allow {
            signature = signature.with("lossy", "allow");
        }
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: vec!["score".to_owned()],
            fields: vec![FieldSpec::higher("score", 1.0)],
            headline: Some(0),
            aggregation: Aggregation::Mean,
            strata: options.tokenizer.strata(&overlap::WORDS, &signature, |_, signature| signature),
        };
        Ok(MeteorMetric { options, scorer, specs: vec![spec] })
    }
}

impl Metric for MeteorMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(MeteorMetricSession { metric: self, session: self.scorer.session(), tokens: Tokens::default() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let pairs = overlap::pairs(item).ok()?;
        let Cut { tokenizer, .. } = self.options.tokenizer.resolve(&overlap::WORDS, &pairs.lang);
        let (candidate, references) = pairs.folded(self.options.fold);
        let mut tokens = Tokens::default();
        let mut words = |text: &str| words(&mut tokens, tokenizer, text);
        let candidate = words(&candidate);
        let references: Vec<Vec<String>> = references.iter().map(|text| words(text)).collect();
        let mut explanation = super::explain::explain(&self.scorer, candidate, references)?;
        explanation.tokenizer = Some(tokenizer.name.to_owned());
        Some(explanation)
    }
}

fn words(tokens: &mut Tokens, tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    tokens.fill(tokenizer, text);
    tokens.iter().map(str::to_owned).collect()
}

struct MeteorMetricSession<'a> {
    metric: &'a MeteorMetric,
    session: MeteorSession<'a>,
    tokens: Tokens,
}

impl Session for MeteorMetricSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let observed = self.score(item, &mut rows.values);
        rows.observed.push(observed);
    }
}

impl MeteorMetricSession<'_> {
    fn score(&mut self, item: &Item<'_>, row: &mut [f64]) -> Outcome<usize> {
        let Options { tokenizer, fold, lossy, .. } = &self.metric.options;
        let pairs = match overlap::pairs(item) {
            Ok(pairs) => pairs,
            Err(reason) => return Outcome::NotApplicable(reason),
        };
        let Cut { tokenizer, stratum } = tokenizer.resolve(&overlap::WORDS, &pairs.lang);
        let candidate = words(&mut self.tokens, tokenizer, &overlap::folded(item.candidate, *fold));
        if let Some(reason) = lossy.refuses(tokenizer, self.tokens.loss(), "the output") {
            return Outcome::NotApplicable(reason);
        }
        row[0] = 0.0;
        for reference in pairs.references() {
            let reference = words(&mut self.tokens, tokenizer, &overlap::folded(&reference.summary, *fold));
            if let Some(reason) = lossy.refuses(tokenizer, self.tokens.loss(), "a reference") {
                return Outcome::NotApplicable(reason);
            }
            row[0] = row[0].max(self.session.score(&candidate, &reference).score);
        }
        Outcome::Scored(stratum)
    }
}
