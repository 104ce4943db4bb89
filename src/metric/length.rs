//! How long the output is, and how much shorter than its source.
//!
//! `length` counts characters (Unicode scalar values but white space) and tokens; `compression` is source tokens to
//! output tokens (Grusky et al. 2018). Neither judges: they are read beside the others. Tokens are those of the
//! language's default tokenizer unless one is named, a stratum each, as words and characters are no common measure.
//! Linear in the texts.

use serde::Deserialize;

use super::overlap::{self, Cut, TokenizerChoice};
use super::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::{Aggregation, FieldSpec, Lang, MetricSpec, Outcome, Reason, ReasonCode, Signature};
use crate::text::lang;
use crate::text::token::Tokens;

/// Entry.
pub static FAMILY: Family = Family {
    name: "length",
    about: "characters and tokens of the output, and how many times shorter than the source it is",
    source: "compression: Grusky et al. 2018 (Newsroom)",
    names: &["length", "compression"],
    answers: |name| matches!(name, "length" | "compression"),
    build,
};

const REV: u32 = 1;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// A tokenizer's name, or `auto`: by the text's language.
    tokenizer: TokenizerChoice,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Length,
    Compression,
}

struct LengthMetric {
    kind: Kind,
    tokenizer: TokenizerChoice,
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(LengthMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl LengthMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let Options { tokenizer } = request.options()?;
        tokenizer.check(request)?;
        let (kind, fields) = match request.uses.as_str() {
            "length" => (Kind::Length, vec![FieldSpec::neutral("chars", None), FieldSpec::neutral("tokens", None)]),
            _ => (Kind::Compression, vec![FieldSpec::neutral("score", None)]),
        };
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: fields.iter().map(|f| f.name.clone()).collect(),
            fields,
            headline: Some(0),
            aggregation: Aggregation::Mean,
            strata: tokenizer.strata(&overlap::WORDS, &Signature::new(&request.uses, REV), |_, signature| signature),
        };
        Ok(LengthMetric { kind, tokenizer, specs: vec![spec] })
    }
}

impl Metric for LengthMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(LengthSession { metric: self, tokens: Tokens::default() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct LengthSession<'a> {
    metric: &'a LengthMetric,
    tokens: Tokens,
}

impl Session for LengthSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let observed = match self.metric.kind {
            Kind::Length => Ok(self.length(item, &mut rows.values)),
            Kind::Compression => self.compression(item, &mut rows.values),
        };
        rows.observed.push(match observed {
            Ok(stratum) => Outcome::Scored(stratum),
            Err(reason) => Outcome::NotApplicable(reason),
        });
    }
}

impl LengthSession<'_> {
    fn length(&mut self, item: &Item<'_>, row: &mut [f64]) -> usize {
        let Cut { tokenizer, stratum } = self.metric.tokenizer.resolve(&overlap::WORDS, &language(item));
        self.tokens.fill(tokenizer, item.candidate);
        row[0] = item.candidate.chars().filter(|c| !c.is_whitespace()).count() as f64;
        row[1] = self.tokens.len() as f64;
        stratum
    }

    fn compression(&mut self, item: &Item<'_>, row: &mut [f64]) -> Result<usize, Reason> {
        let article = overlap::source(item)?;
        let Cut { tokenizer, stratum } = self.metric.tokenizer.resolve(&overlap::WORDS, &language(item));
        self.tokens.fill(tokenizer, &article.source);
        let source = self.tokens.len();
        self.tokens.fill(tokenizer, item.candidate);
        if self.tokens.is_empty() {
            return Err(Reason::new(ReasonCode::NothingToScore, "the output holds no word"));
        }
        row[0] = source as f64 / self.tokens.len() as f64;
        Ok(stratum)
    }
}

fn language(item: &Item<'_>) -> Lang {
    item.candidate_lang.cloned().unwrap_or_else(|| lang::detect(item.candidate))
}
