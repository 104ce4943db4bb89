//! What metrics of word overlap agree on: which references a candidate is held against, by which tokenizer, and when
//! they decline.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Item, MetricRequest, OptionsError};
use crate::model::score::Stratum;
use crate::model::{Article, Lang, Reason, ReasonCode, Reference, Signature};
use crate::text::token::{self, TOKENIZERS, Tokenizer};
use crate::text::{lang, script};

/// Which tokenizer a metric cuts with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) enum TokenizerChoice {
    /// By the reference's language, a stratum each.
    #[default]
    Auto,
    /// One for all.
    Named(String),
}

impl From<String> for TokenizerChoice {
    fn from(name: String) -> Self {
        if name == "auto" { TokenizerChoice::Auto } else { TokenizerChoice::Named(name) }
    }
}

/// What [`TokenizerChoice::Auto`] chooses from.
pub(crate) struct Defaults {
    /// The tokenizers, in the order of strata.
    pub tokenizers: &'static [&'static Tokenizer],
    /// The one for a language.
    pub of: fn(&Lang) -> &'static Tokenizer,
}

/// The contract's defaults: `rouge` for English, `han` for Chinese, `unicode` elsewhere.
pub(crate) const WORDS: Defaults = Defaults { tokenizers: &token::DEFAULTS, of: token::default_for };

/// A tokenizer with the stratum of its scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub tokenizer: &'static Tokenizer,
    pub stratum: usize,
}

impl TokenizerChoice {
    /// Refuses a name that no tokenizer has.
    pub fn check(&self, request: &MetricRequest) -> Result<(), OptionsError> {
        match self {
            TokenizerChoice::Named(name) if token::find(name).is_none() => {
                let names: Vec<_> = TOKENIZERS.iter().map(|t| format!("`{}`", t.name)).collect();
                let message = format!("there is no tokenizer `{name}`; there are `auto`, {}", names.join(", "));
                Err(OptionsError::new(request, "tokenizer", message))
            }
            _ => Ok(()),
        }
    }

    /// The strata of a metric with a signature, which `finish` completes for each tokenizer.
    pub fn strata(
        &self,
        defaults: &Defaults,
        signature: &Signature,
        finish: impl Fn(&'static Tokenizer, Signature) -> Signature,
    ) -> Vec<Stratum> {
        let stratum = |tokenizer: &'static Tokenizer| Stratum {
            name: if *self == TokenizerChoice::Auto { tokenizer.name.to_owned() } else { String::new() },
            signature: finish(tokenizer, signature.clone().with("tokenizer", tokenizer.signature())),
        };
        match self {
            TokenizerChoice::Auto => defaults.tokenizers.iter().copied().map(stratum).collect(),
            TokenizerChoice::Named(name) => token::find(name).map(stratum).into_iter().collect(),
        }
    }

    /// The tokenizer for text of a language, with its stratum.
    pub fn resolve(&self, defaults: &Defaults, lang: &Lang) -> Cut {
        let named = match self {
            TokenizerChoice::Auto => None,
            TokenizerChoice::Named(name) => token::find(name),
        };
        match named {
            Some(tokenizer) => Cut { tokenizer, stratum: 0 },
            None => {
                let tokenizer = (defaults.of)(lang);
                let stratum = defaults.tokenizers.iter().position(|t| *t == tokenizer).unwrap_or(0);
                Cut { tokenizer, stratum }
            }
        }
    }
}

/// What becomes of a pair that the tokenizer would lose more than 5 % of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lossy {
    /// It is not applicable.
    #[default]
    Refuse,
    /// It is scored all the same.
    Allow,
}

impl Lossy {
    /// The reason to decline a text of which a tokenizer loses a share.
    pub fn refuses(self, tokenizer: &Tokenizer, loss: f64, what: &str) -> Option<Reason> {
        (self == Lossy::Refuse && loss > token::TOLERATED_LOSS).then(|| {
            let message = format!(
                "tokenizer `{}` drops {:.0} % of the letters and digits of {what}; take a tokenizer of its language, \
                 or allow the loss (`lossy = \"allow\"`, `--lossy allow`)",
                tokenizer.name,
                loss * 100.0
            );
            Reason::new(ReasonCode::TokenizerLossy, message)
        })
    }
}

/// The references that an item's candidate can be held against.
pub(crate) struct Pairs<'a> {
    item: &'a Item<'a>,
    /// The language of the references that take part.
    pub lang: Cow<'a, Lang>,
}

/// Finds the references in the candidate's language; declines where there is none.
pub(crate) fn pairs<'a>(item: &'a Item<'a>) -> Result<Pairs<'a>, Reason> {
    let Some(first) = item.references.first() else {
        let message = "no reference to compare with; add references, or leave the metric out";
        return Err(Reason::new(ReasonCode::NoReference, message));
    };
    let Some(reference) = item.references.iter().find(|reference| comparable(item, reference)) else {
        let of = |lang: Option<&Lang>| lang.map_or("und", Lang::as_str).to_owned();
        let message = format!(
            "the output is in `{}`, the reference in `{}`; overlap of words between languages means nothing",
            of(item.candidate_lang),
            of(reference_lang(item, first))
        );
        return Err(Reason::new(ReasonCode::Language, message));
    };
    let lang = match reference_lang(item, reference).or(item.candidate_lang) {
        Some(lang) => Cow::Borrowed(lang),
        None => Cow::Owned(lang::detect(&reference.summary)),
    };
    Ok(Pairs { item, lang })
}

impl<'a> Pairs<'a> {
    /// The references that take part, in order.
    pub fn references(&self) -> impl Iterator<Item = &'a Reference> {
        let item = self.item;
        item.references.iter().filter(move |reference| comparable(item, reference))
    }

    /// The candidate and the references that take part, folded onto Simplified where asked.
    pub fn folded(&self, fold: bool) -> (Cow<'a, str>, Vec<Cow<'a, str>>) {
        let references = self.references().map(|reference| folded(&reference.summary, fold)).collect();
        (folded(self.item.candidate, fold), references)
    }
}

fn reference_lang<'a>(item: &Item<'a>, reference: &'a Reference) -> Option<&'a Lang> {
    reference.lang.as_ref().or_else(|| item.article.and_then(|article| article.lang.as_ref()))
}

/// Whether candidate and reference are in one language, as far as is known.
fn comparable(item: &Item<'_>, reference: &Reference) -> bool {
    match (item.candidate_lang, reference_lang(item, reference)) {
        (Some(a), Some(b)) => same(a, b),
        _ => true,
    }
}

/// Whether two tags may name one language, as far as is known.
fn same(a: &Lang, b: &Lang) -> bool {
    let unknown = |lang: &Lang| matches!(lang.as_str(), "und" | "");
    a == b || unknown(a) || unknown(b) || lang::same_language(a, b)
}

/// The article, where the candidate can be held against its source.
pub(crate) fn source<'a>(item: &Item<'a>) -> Result<&'a Article, Reason> {
    let Some(article) = item.article else {
        return Err(Reason::new(ReasonCode::NoSource, "no source text to compare with"));
    };
    match (item.candidate_lang, article.lang.as_ref()) {
        (Some(a), Some(b)) if !same(a, b) => {
            let message = format!("the output is in `{a}`, the source in `{b}`");
            Err(Reason::new(ReasonCode::Language, message))
        }
        _ => Ok(article),
    }
}

/// A text, folded onto Simplified where asked.
pub(crate) fn folded(text: &str, fold: bool) -> Cow<'_, str> {
    if fold { Cow::Owned(script::fold(text)) } else { Cow::Borrowed(text) }
}

/// The fields of a metric whose rows hold them: their mean.
pub(crate) fn mean(sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
    if n <= 0.0 {
        return None;
    }
    for (field, sum) in fields.iter_mut().zip(sum) {
        *field = sum / n;
    }
    Some(())
}
