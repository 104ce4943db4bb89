//! `lead`: the article's first sentences.
//!
//! The classic baseline of news summarization (Lead-3), hard to beat where articles open with what matters. Costs
//! nothing.
//!
//! Options: `sentences` or `characters`, `separator` (see [`super::extract`]). With `characters` the summary ends with
//! the last sentence that fits whole; a first sentence that is too long is cut at the limit.
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! let options = toml::toml! { characters = 24 };
//! let setup = Setup { system: "lead", options: &options, root: ".".as_ref() };
//! let lead = (kind("lead").unwrap().build)(&setup).unwrap();
//! let article: Article =
//!     serde_json::from_str(r#"{"id": "1", "source": "峰會今天登場。「援助2.3億元。」主席說。各國歡迎。"}"#).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 1, stop: None };
//! assert_eq!(lead.summarize(&request).unwrap().text, "峰會今天登場。「援助2.3億元。」主席說。");
//! ```

use super::extract::{Extract, Unfit, sentences};
use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written};

/// Entry.
pub static KIND: Kind = Kind {
    name: "lead",
    about: "the article's first sentences",
    source: "Lead-3, the baseline of Nallapati et al. 2016 (https://arxiv.org/abs/1602.06023) and others",
    example: "[[system]]\nname = \"lead-3\"\nbackend = \"lead\"\nsentences = 3\n",
    build,
};

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    Ok(Box::new(Lead { extract: Extract::of(setup)? }))
}

struct Lead {
    extract: Extract,
}

impl Summarizer for Lead {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let sentences = sentences(request)?;
        Ok(self.extract.summarize(&request.article.source, &sentences, 0..sentences.len(), Unfit::Stop))
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::tests::{ask, build};

    #[test]
    fn it_takes_the_first_sentences() {
        let lead = build("lead", "sentences = 2");
        assert_eq!(ask(&lead, "一。二。三。").as_deref(), Ok("一。二。"));
        assert_eq!(ask(&lead, "Mr. A came. He saw. He left.").as_deref(), Ok("Mr. A came. He saw."));
        assert_eq!(ask(&lead, "no stop").as_deref(), Ok("no stop"));
    }

    #[test]
    fn it_stops_before_the_sentence_that_does_not_fit() {
        let lead = build("lead", "characters = 6");
        assert_eq!(ask(&lead, "一二。三四五六七八。九。").as_deref(), Ok("一二。"));
        assert_eq!(ask(&lead, "一二三四五六七八。九。").as_deref(), Ok("一二三四五六"));
    }
}
