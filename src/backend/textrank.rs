//! `textrank`: the sentences that most others overlap with.
//!
//! Mihalcea & Tarau 2004, *TextRank: Bringing Order into Texts* (<https://aclanthology.org/W04-3252/>), section 4:
//! two sentences are tied by the content words they share, over log |Si| + log |Sj| where |S| counts a sentence's
//! content words (the bare overlap where both have one word); PageRank with damping 0.85 over these ties, run until it
//! settles, gives each sentence its score; of equal scores the earlier sentence wins. What a content word is stands in
//! [`super::terms`].
//!
//! An article of 4,000 characters takes a fraction of a millisecond; time grows with the square of its sentences.
//!
//! Options: `sentences` or `characters`, `separator` (see [`super::extract`]); `damping`, between 0 and 1.
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! let options = toml::toml! { sentences = 1 };
//! let setup = Setup { system: "textrank", options: &options, root: ".".as_ref() };
//! let textrank = (kind("textrank").unwrap().build)(&setup).unwrap();
//! let article: Article = serde_json::from_str(
//!     r#"{"id": "1", "source": "It rained. The bank raised its rate. Markets fell as the bank raised the rate. A bank fell."}"#,
//! ).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 1, stop: None };
//! assert_eq!(textrank.summarize(&request).unwrap().text, "Markets fell as the bank raised the rate.");
//! ```

use std::num::NonZeroUsize;

use serde::Deserialize;

use super::centrality::Graph;
use super::extract::{Extract, Unfit, by_score, sentences};
use super::terms::Terms;
use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written, damping, measure};

/// Entry.
pub static KIND: Kind = Kind {
    name: "textrank",
    about: "the sentences that share most words with the others, by PageRank",
    source: "Mihalcea & Tarau 2004, TextRank: Bringing Order into Texts (https://aclanthology.org/W04-3252/)",
    example: "[[system]]\nname = \"textrank-3\"\nbackend = \"textrank\"\nsentences = 3\n",
    build,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(default, deserialize_with = "measure::count")]
    sentences: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::count")]
    characters: Option<NonZeroUsize>,
    separator: Option<String>,
    damping: Option<f64>,
}

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let extract = Extract::new(options.sentences, options.characters, options.separator)?;
    Ok(Box::new(TextRank { extract, damping: damping(options.damping)? }))
}

struct TextRank {
    extract: Extract,
    damping: f64,
}

impl Summarizer for TextRank {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let text = &request.article.source;
        let sentences = sentences(request)?;
        let mut graph = Graph::new(sentences.len())?;
        let terms = Terms::of(text, &sentences, request.article.lang.as_ref());
        for postings in terms.postings() {
            graph.add_shared(&postings, |_, _| 1.0);
        }
        let length = |terms: &Vec<(u32, u32)>| terms.iter().map(|t| t.1).sum::<u32>().max(1);
        let logs: Vec<f32> = terms.sentences.iter().map(|terms| (length(terms) as f32).ln()).collect();
        graph.mirror(|i, j, overlap| {
            let logs = logs[i] + logs[j];
            if logs > 0.0 { overlap / logs } else { overlap }
        });
        let order = by_score(&graph.scores(self.damping));
        Ok(self.extract.summarize(text, &sentences, order, Unfit::Skip))
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::tests::{ask, build};

    #[test]
    fn the_sentence_that_ties_the_others_is_taken() {
        let textrank = build("textrank", "sentences = 1");
        let text = "今天下雨。央行宣布升息。市場因央行宣布升息而下跌。市場明天休息。";
        assert_eq!(ask(&textrank, text).as_deref(), Ok("市場因央行宣布升息而下跌。"));
    }

    #[test]
    fn sentences_without_ties_are_taken_in_text_order() {
        let textrank = build("textrank", "sentences = 2");
        assert_eq!(ask(&textrank, "Cats sleep. Dogs bark. Birds sing.").as_deref(), Ok("Cats sleep. Dogs bark."));
        assert_eq!(ask(&textrank, "!!! ??? The.").as_deref(), Ok("!!! ???"));
    }
}
