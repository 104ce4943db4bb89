//! ROUGE as a family of metrics: options, strata, sharing of tokens.

use serde::Deserialize;

use super::explain::{self, Cutting};
use super::{Engine, Kind, Prf, Split, keep_best, rouge155};
use crate::metric::explain::Explanation;
use crate::metric::overlap::{self, Cut, Lossy, TokenizerChoice};
use crate::metric::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::{Aggregation, FieldSpec, MetricSpec, Outcome, Signature};
use crate::text::token;

/// Entry.
pub static FAMILY: Family = Family {
    name: "rouge",
    about: "n-grams and longest common subsequences shared with the references",
    source: "Lin 2004, as rouge-score 0.1.2 computes it; with `profile = \"rouge155\"`, and for W, S and SU, as ROUGE-1.5.5",
    names: &[
        "rouge1",
        "rouge2",
        "rouge3",
        "rouge4",
        "rougeN",
        "rougeL",
        "rougeLsum",
        "rougeW",
        "rougeS4",
        "rougeSU4",
        "rougeS*",
        "rougeSU*",
    ],
    answers: |name| Kind::from_name(name).is_some() || rouge155::answers(name),
    build,
};

/// Revision of the definition: rises when a number changes.
const REV: u32 = 1;

/// What a suite may say of a ROUGE metric.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// `google`; `rouge155` has options of its own.
    profile: Profile,
    /// A tokenizer's name, or `auto`: by the reference's language.
    tokenizer: TokenizerChoice,
    /// Porter's stems in place of words, for the `rouge` tokenizer.
    stem: bool,
    /// Traditional folded onto Simplified on both sides.
    fold: bool,
    /// What becomes of pairs that the tokenizer would lose more than 5 % of.
    lossy: Lossy,
    /// Where `rougeLsum` divides texts.
    split: Split,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Profile {
    #[default]
    Google,
    /// Never met here; known so that a misspelt profile is told what there is.
    Rouge155,
}

/// Metrics that share tokens, and so a pass.
struct Group {
    options: Options,
    kinds: Vec<Kind>,
    /// For each kind the spec that it fills.
    specs: Vec<usize>,
}

struct RougeMetric {
    specs: Vec<MetricSpec>,
    groups: Vec<Group>,
    /// For each spec its group.
    group_of: Vec<usize>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    let is_155 = |request: &MetricRequest| {
        let profile = request.options.get("profile").and_then(toml::Value::as_str);
        profile == Some("rouge155") || Kind::from_name(&request.uses).is_none()
    };
    let mut metrics: Vec<Box<dyn Metric>> = Vec::new();
    // Columns keep the order of the requests, so that only neighbours of one profile share a pass.
    for run in requests.chunk_by(|a, b| is_155(a) == is_155(b)) {
        if is_155(&run[0]) {
            for request in run {
                metrics.push(rouge155::build_one(request)?);
            }
        } else {
            metrics.push(Box::new(RougeMetric::new(run)?));
        }
    }
    Ok(metrics)
}

impl RougeMetric {
    fn new(requests: &[MetricRequest]) -> Result<Self, OptionsError> {
        let mut metric = RougeMetric { specs: Vec::new(), groups: Vec::new(), group_of: Vec::new() };
        for (index, request) in requests.iter().enumerate() {
            let kind = Kind::from_name(&request.uses).ok_or_else(|| OptionsError::unknown_metric(request))?;
            let options: Options = request.options()?;
            options.tokenizer.check(request)?;
            if let TokenizerChoice::Named(tokenizer) = &options.tokenizer
                && options.stem
                && *tokenizer != token::ROUGE.name
            {
                let message = format!(
                    "stemming is English and goes with the `rouge` tokenizer, not with `{tokenizer}`; \
                     leave out one of them"
                );
                return Err(OptionsError::new(request, "stem", message));
            }
            metric.specs.push(spec(request, kind, &options));
            let group = match metric.groups.iter().position(|g| g.options == options) {
                Some(group) => group,
                None => {
                    metric.groups.push(Group { options, kinds: Vec::new(), specs: Vec::new() });
                    metric.groups.len() - 1
                }
            };
            metric.groups[group].kinds.push(kind);
            metric.groups[group].specs.push(index);
            metric.group_of.push(group);
        }
        Ok(metric)
    }
}

fn spec(request: &MetricRequest, kind: Kind, options: &Options) -> MetricSpec {
    let names = ["precision", "recall", "f1"];
    let mut signature = Signature::new(&request.uses, REV)
        .with("profile", "google")
        .with("refs", "best-f")
        .with("script", if options.fold { "folded" } else { "raw" });
    if kind == Kind::Lsum {
        let split = if options.split == Split::Newlines { "newlines" } else { "sentences" };
        signature = signature.with("split", split);
    }
    if options.lossy == Lossy::Allow {
        signature = signature.with("lossy", "allow");
    }
    MetricSpec {
        name: request.name.clone(),
        columns: names.iter().map(|n| (*n).to_owned()).collect(),
        fields: names.iter().map(|n| FieldSpec::higher(n, 1.0)).collect(),
        headline: Some(2),
        aggregation: Aggregation::Mean,
        strata: options.tokenizer.strata(&overlap::WORDS, &signature, |tokenizer, signature| {
            signature.with("stem", if options.stem && tokenizer == token::ROUGE { "porter-nltk" } else { "none" })
        }),
    }
}

impl Metric for RougeMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        let session = |group: &Group| GroupSession { engine: Engine::new(group.options.stem), best: Vec::new() };
        let sessions = self.groups.iter().map(session).collect();
        Box::new(RougeMetricSession { metric: self, sessions, outcomes: Vec::new() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }

    fn explain(&self, spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let Group { options, kinds, specs } = &self.groups[self.group_of[spec]];
        let kind = kinds[specs.iter().position(|s| *s == spec)?];
        let pairs = overlap::pairs(item).ok()?;
        let Cut { tokenizer, .. } = options.tokenizer.resolve(&overlap::WORDS, &pairs.lang);
        let cutting = Cutting { tokenizer, stem: options.stem, fold: options.fold, split: options.split };
        explain::explain(kind, &cutting, item.candidate, &pairs)
    }
}

struct RougeMetricSession<'a> {
    metric: &'a RougeMetric,
    sessions: Vec<GroupSession>,
    outcomes: Vec<Outcome<usize>>,
}

struct GroupSession {
    engine: Engine,
    best: Vec<Prf>,
}

impl Session for RougeMetricSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        self.outcomes.clear();
        for (group, session) in self.metric.groups.iter().zip(&mut self.sessions) {
            let outcome = session.observe(group, item);
            if outcome.scored().is_some() {
                for (spec, score) in group.specs.iter().zip(&session.best) {
                    rows.values[3 * spec..3 * spec + 3].copy_from_slice(&[score.precision, score.recall, score.f1]);
                }
            }
            self.outcomes.push(outcome);
        }
        rows.observed.extend(self.metric.group_of.iter().map(|group| self.outcomes[*group].clone()));
    }
}

impl GroupSession {
    fn observe(&mut self, group: &Group, item: &Item<'_>) -> Outcome<usize> {
        let Options { tokenizer, fold, lossy, split, .. } = &group.options;
        let pairs = match overlap::pairs(item) {
            Ok(pairs) => pairs,
            Err(reason) => return Outcome::NotApplicable(reason),
        };
        let Cut { tokenizer, stratum } = tokenizer.resolve(&overlap::WORDS, &pairs.lang);
        let loss = self.engine.candidate(tokenizer, *split, &overlap::folded(item.candidate, *fold));
        if let Some(reason) = lossy.refuses(tokenizer, loss, "the output") {
            return Outcome::NotApplicable(reason);
        }
        self.best.clear();
        self.best.resize(group.kinds.len(), Prf::default());
        for (index, reference) in pairs.references().enumerate() {
            let loss = self.engine.reference(tokenizer, *split, &overlap::folded(&reference.summary, *fold));
            if let Some(reason) = lossy.refuses(tokenizer, loss, "a reference") {
                return Outcome::NotApplicable(reason);
            }
            keep_best(&mut self.best, self.engine.compare(&group.kinds), index == 0);
        }
        Outcome::Scored(stratum)
    }
}
