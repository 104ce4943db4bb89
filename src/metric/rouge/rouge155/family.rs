//! ROUGE-1.5.5 as metrics of the ROUGE family.

use serde::Deserialize;

use super::{Formula, Kind, Limit, Rouge155};
use crate::metric::overlap::{self, Lossy};
use crate::metric::rouge::Prf;
use crate::metric::{Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::score::Stratum;
use crate::model::{Aggregation, Failure, FailureKind, FieldSpec, MetricSpec, Outcome, Reason, ReasonCode, Signature};
use crate::text::token;

/// Revision of the definition: rises when a number changes.
const REV: u32 = 1;

/// What a suite may say of a ROUGE metric of this profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Always `rouge155`; read before, to come here.
    #[serde(rename = "profile")]
    _profile: String,
    /// `-m`.
    stem: bool,
    /// Whether stemming looks up WordNet's exceptions; `none` is a script with an empty database.
    exceptions: Exceptions,
    /// `-s`.
    stopwords: Stopwords,
    /// `-l`.
    words: Option<usize>,
    /// `-b`.
    bytes: Option<usize>,
    /// `-f`.
    formula: Formula,
    /// `-p`: 1 is recall alone, 0 precision alone.
    alpha: f64,
    /// The weight of `rougeW`.
    weight: f64,
    /// Each reference left out in turn, and the mean taken.
    jackknife: bool,
    /// The script's five decimals.
    round: bool,
    /// What becomes of pairs that lose more than 5 %: only ASCII letters and digits are words to this profile.
    lossy: Lossy,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            _profile: String::new(),
            stem: false,
            exceptions: Exceptions::Wordnet,
            stopwords: Stopwords::Keep,
            words: None,
            bytes: None,
            formula: Formula::Average,
            alpha: 0.5,
            weight: 1.2,
            jackknife: false,
            round: true,
            lossy: Lossy::Refuse,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Exceptions {
    Wordnet,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stopwords {
    Keep,
    Remove,
}

/// Whether a name is one that only this profile has.
pub(in crate::metric::rouge) fn answers(name: &str) -> bool {
    matches!(kind(name, 1.2), Some(Kind::W(_) | Kind::S(_) | Kind::SU(_)))
}

/// Reads a name: those of the other profile, `rougeW`, `rougeS4`, `rougeS*` (also `rougeS`), `rougeSU4`, `rougeSU*`.
fn kind(name: &str, weight: f64) -> Option<Kind> {
    let gap = |rest: &str| match rest {
        "" | "*" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok().map(Some),
        _ => None,
    };
    match name.strip_prefix("rouge")? {
        "L" => Some(Kind::L),
        "W" => Some(Kind::W(weight)),
        rest => {
            if let [order @ b'1'..=b'9'] = rest.as_bytes() {
                return Some(Kind::N(order - b'0'));
            }
            match (rest.strip_prefix("SU"), rest.strip_prefix('S')) {
                (Some(rest), _) => gap(rest).map(Kind::SU),
                (None, Some(rest)) => gap(rest).map(Kind::S),
                (None, None) => None,
            }
        }
    }
}

struct Rouge155Metric {
    rouge: Rouge155,
    options: Options,
    specs: Vec<MetricSpec>,
}

/// Builds one metric.
pub(in crate::metric::rouge) fn build_one(request: &MetricRequest) -> Result<Box<dyn Metric>, OptionsError> {
    let options: Options = request.options()?;
    if !(options.weight.is_finite() && options.weight > 1.0) {
        let message = format!("`weight` is above 1, not {}", options.weight);
        return Err(OptionsError::new(request, "weight", message));
    }
    if !(0.0..=1.0).contains(&options.alpha) {
        return Err(OptionsError::new(request, "alpha", format!("`alpha` is 0 to 1, not {}", options.alpha)));
    }
    let kind = kind(&request.uses, options.weight).ok_or_else(|| {
        let message = format!("the profile `rouge155` has no `{}`; its `rougeL` is line by line", request.uses);
        OptionsError::new(request, "use", message)
    })?;
    let mut rouge = Rouge155::new([kind]).with_formula(options.formula);
    if options.stem {
        rouge = rouge.with_stemmer(options.exceptions == Exceptions::Wordnet);
    }
    if options.stopwords == Stopwords::Remove {
        rouge = rouge.without_stopwords();
    }
    rouge = match (options.words, options.bytes) {
        (Some(_), Some(_)) => return Err(OptionsError::new(request, "bytes", "give `words` or `bytes`, not both")),
        (Some(0), None) | (None, Some(0)) => return Err(OptionsError::new(request, "words", "a limit is at least 1")),
        (Some(words), None) => rouge.with_limit(Limit::Words(words)),
        (None, Some(bytes)) => rouge.with_limit(Limit::Bytes(bytes)),
        (None, None) => rouge,
    };
    let names = ["precision", "recall", "f1"];
    let spec = MetricSpec {
        name: request.name.clone(),
        columns: names.iter().map(|n| (*n).to_owned()).collect(),
        fields: names.iter().map(|n| FieldSpec::higher(n, 1.0)).collect(),
        headline: Some(2),
        aggregation: Aggregation::Mean,
        strata: vec![Stratum { name: String::new(), signature: signature(request, kind, &options) }],
    };
    Ok(Box::new(Rouge155Metric { rouge, options, specs: vec![spec] }))
}

fn signature(request: &MetricRequest, kind: Kind, options: &Options) -> Signature {
    let stem = match (options.stem, options.exceptions) {
        (false, _) => "none",
        (true, Exceptions::Wordnet) => "porter-1.5.5+wordnet-2.0",
        (true, Exceptions::None) => "porter-1.5.5",
    };
    let limit = match (options.words, options.bytes) {
        (Some(words), _) => format!("{words}-words"),
        (_, Some(bytes)) => format!("{bytes}-bytes"),
        _ => "none".to_owned(),
    };
    let refs = match (options.jackknife, options.formula) {
        (true, Formula::Average) => "jackknife-average",
        (true, Formula::Best) => "jackknife-best",
        (false, Formula::Average) => "average",
        (false, Formula::Best) => "best-recall",
    };
    let mut signature = Signature::new(&request.uses, REV)
        .with("alpha", options.alpha)
        .with("limit", limit)
        .with("profile", "rouge155")
        .with("refs", refs)
        .with("round", if options.round { "5" } else { "no" })
        .with("stem", stem)
        .with("stopwords", if options.stopwords == Stopwords::Remove { "smart" } else { "kept" })
        .with("tokenizer", "rouge155");
    if let Kind::W(weight) = kind {
        signature = signature.with("weight", weight);
    }
    if options.lossy == Lossy::Allow {
        signature = signature.with("lossy", "allow");
    }
    signature
}

impl Metric for Rouge155Metric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(Rouge155Session(self))
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct Rouge155Session<'a>(&'a Rouge155Metric);

impl Session for Rouge155Session<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        rows.observed.push(match self.0.score(item) {
            Ok(Some(Prf { precision, recall, f1 })) => {
                rows.values.copy_from_slice(&[precision, recall, f1]);
                Outcome::Scored(0)
            }
            Ok(None) => {
                let message = "the texts are too long for rougeW, rougeS and rougeSU";
                Outcome::Failed(Failure::new(FailureKind::TooLarge, message))
            }
            Err(reason) => Outcome::NotApplicable(reason),
        });
    }
}

impl Rouge155Metric {
    fn score(&self, item: &Item<'_>) -> Result<Option<Prf>, Reason> {
        let pairs = overlap::pairs(item)?;
        let references: Vec<&str> = pairs.references().map(|reference| reference.summary.as_str()).collect();
        let texts =
            std::iter::once((item.candidate, "the output")).chain(references.iter().map(|r| (*r, "a reference")));
        for (text, what) in texts {
            if let Some(reason) = self.options.lossy.refuses(token::ROUGE, loss(text), what) {
                return Err(reason);
            }
        }
        let Options { alpha, jackknife, round, .. } = self.options;
        if let (Kind::W(_), true) = (self.rouge.kinds[0], references.iter().any(|text| !has_word(text))) {
            return Err(Reason::new(ReasonCode::NothingToScore, "a reference without words has no rougeW"));
        }
        if jackknife {
            return Ok(self.rouge.jackknife(&references, item.candidate, alpha)[0]);
        }
        let counts = self.rouge.score(&references, item.candidate)[0];
        Ok(counts.map(|counts| if round { counts.rounded(alpha) } else { counts.exact(alpha) }))
    }
}

/// The share of a text's letters and digits that are not ASCII.
fn loss(text: &str) -> f64 {
    let (mut seen, mut lost) = (0usize, 0usize);
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        seen += 1;
        lost += usize::from(!c.is_ascii());
    }
    if seen == 0 { 0.0 } else { lost as f64 / seen as f64 }
}

fn has_word(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}
