//! `lexrank`: the sentences nearest to the centre of the article.
//!
//! Erkan & Radev 2004, *LexRank: Graph-based Lexical Centrality as Salience in Text Summarization*
//! (<https://doi.org/10.1613/jair.1523>): sentences are vectors of tf · idf, tied where their cosine is above a threshold
//! (`mode = "threshold"`, 0.1 by default) or by the cosine itself (`mode = "continuous"`), each tied to itself too; a random
//! walk over these ties gives each sentence its score, and of equal scores the earlier sentence wins. What a term is
//! stands in [`super::terms`].
//!
//! The paper takes idf from a cluster of documents. Here an item's result must depend on that item alone, so
//! idf = ln(N / n) is that of the article's own sentences, as most implementations for single documents have it: N sentences, n of
//! them with the term. A term of every sentence weighs nothing.
//!
//! An article of 4,000 characters takes a fraction of a millisecond; time grows with the square of its sentences.
//!
//! Options: `sentences` or `characters`, `separator` (see [`super::extract`]); `mode`; `threshold`, from 0 to below 1;
//! `damping`, between 0 and 1: the share of steps along ties, 0.85 by default (the paper writes its complement, d = 0.15).
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! let options: toml::Table = "sentences = 1\nmode = 'continuous'".parse().unwrap();
//! let setup = Setup { system: "lexrank", options: &options, root: ".".as_ref() };
//! let lexrank = (kind("lexrank").unwrap().build)(&setup).unwrap();
//! let article: Article = serde_json::from_str(
//!     r#"{"id": "1", "source": "It rained. The bank raised its rate. Markets fell as the bank raised the rate. Markets sank."}"#,
//! ).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 1, stop: None };
//! assert_eq!(lexrank.summarize(&request).unwrap().text, "Markets fell as the bank raised the rate.");
//! ```

use std::num::NonZeroUsize;

use serde::Deserialize;

use super::centrality::Graph;
use super::extract::{Extract, Unfit, by_score, sentences};
use super::terms::Terms;
use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written, damping, measure};

/// Entry.
pub static KIND: Kind = Kind {
    name: "lexrank",
    about: "the sentences most alike the others by tf-idf cosine, by PageRank",
    source: "Erkan & Radev 2004, LexRank (https://doi.org/10.1613/jair.1523)",
    example: "[[system]]\nname = \"lexrank-3\"\nbackend = \"lexrank\"\nsentences = 3\nthreshold = 0.1\n",
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
    #[serde(default)]
    mode: Mode,
    threshold: Option<f64>,
}

/// What ties two sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Threshold,
    Continuous,
}

const THRESHOLD: f64 = 0.1;

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let extract = Extract::new(options.sentences, options.characters, options.separator)?;
    let threshold = match (options.mode, options.threshold) {
        (Mode::Continuous, None) => None,
        (Mode::Continuous, Some(_)) => {
            let message = "`mode = \"continuous\"` takes no threshold; leave one of them out";
            return Err(SetupError { path: "threshold".into(), message: message.into() });
        }
        (Mode::Threshold, threshold) => Some(threshold.unwrap_or(THRESHOLD)),
    };
    if let Some(outside) = threshold.filter(|t| !(0.0..1.0).contains(t)) {
        let message = format!("a cosine threshold is from 0 to below 1, not {outside}");
        return Err(SetupError { path: "threshold".into(), message });
    }
    Ok(Box::new(LexRank { extract, damping: damping(options.damping)?, threshold: threshold.map(|t| t as f32) }))
}

struct LexRank {
    extract: Extract,
    damping: f64,
    threshold: Option<f32>,
}

impl Summarizer for LexRank {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let text = &request.article.source;
        let sentences = sentences(request)?;
        let mut graph = Graph::new(sentences.len())?;
        let terms = Terms::of(text, &sentences, request.article.lang.as_ref());
        let mut norms = vec![0.0f32; sentences.len()];
        for postings in terms.postings() {
            let idf = (sentences.len() as f32 / postings.len() as f32).ln();
            let weighted: Vec<(u32, f32)> = postings.iter().map(|&(i, count)| (i, count as f32 * idf)).collect();
            for &(i, weight) in &weighted {
                norms[i as usize] += weight * weight;
            }
            if idf > 0.0 {
                graph.add_shared(&weighted, |a, b| a * b);
            }
        }
        graph.mirror(|i, j, product| {
            let norm = (norms[i] * norms[j]).sqrt();
            let cosine = if norm > 0.0 { product / norm } else { 0.0 };
            match self.threshold {
                Some(threshold) => f32::from(u8::from(cosine > threshold)),
                None => cosine,
            }
        });
        for i in 0..sentences.len() {
            graph.row_mut(i)[i] = 1.0;
        }
        let order = by_score(&graph.scores(self.damping));
        Ok(self.extract.summarize(text, &sentences, order, Unfit::Skip))
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::tests::{ask, build, setup_error};

    #[test]
    fn the_sentence_nearest_to_the_others_is_taken() {
        let text = "今天下雨。央行宣布升息。市場因央行宣布升息而下跌。市場下跌。";
        for options in ["sentences = 1", "sentences = 1\nmode = \"continuous\""] {
            assert_eq!(ask(&build("lexrank", options), text).as_deref(), Ok("市場因央行宣布升息而下跌。"));
        }
    }

    #[test]
    fn a_threshold_cuts_weak_ties() {
        // The third sentence is tied to both others, weakly; above any threshold it is not.
        let text = "Red apples grow. Green pears fall. Apples, pears, plums, figs, nuts and dates sell well.";
        let best = |options: &str| ask(&build("lexrank", options), text);
        assert!(best("sentences = 1\nthreshold = 0.01").is_ok_and(|s| s.starts_with("Apples")));
        assert!(best("sentences = 1\nthreshold = 0.9").is_ok_and(|s| s.starts_with("Red")));
    }

    #[test]
    fn options_out_of_range_are_errors_that_name_the_option() {
        for (options, path) in [
            ("threshold = 1.5", "threshold"),
            ("threshold = 0.1\nmode = \"continuous\"", "threshold"),
            ("damping = 1.0", "damping"),
            ("damping = nan", "damping"),
            ("sentences = 0", "sentences"),
            ("sentences = 1\ncharacters = 5", "characters"),
        ] {
            assert_eq!(setup_error("lexrank", options).path, path, "{options}");
        }
    }
}
