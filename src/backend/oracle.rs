//! `oracle`: the sentences that score best against the references: the ceiling of extraction.
//!
//! The greedy selection of Nallapati et al. 2017, *SummaRuNNer* (<https://arxiv.org/abs/1611.04230>), section 3: sentences are
//! added one at a time, each the one that raises ROUGE-1 + ROUGE-2 most, until none raises it or the limit is
//! reached. With several references a selection is made against each, and the one that scores highest stands.
//! Words are lowercased and not stemmed, Chinese counts by the character, bigrams do not cross sentences. Where no sentence
//! shares a word with a reference the first one is taken.
//!
//! It is shown the references, so it is no summarizer: it is left out of ranking and gates. An article without references
//! is a failure. An article of 4,000 characters takes about a millisecond.
//!
//! Options: `sentences` or `characters` (no limit by default), `separator` (see [`super::extract`]); `objective`,
//! `"f1"` (the default) or `"recall"`.
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::{Article, Reference}};
//! let options = toml::toml! { sentences = 2 };
//! let setup = Setup { system: "oracle", options: &options, root: ".".as_ref() };
//! let oracle = (kind("oracle").unwrap().build)(&setup).unwrap();
//! assert!(oracle.sees_references());
//! let article: Article = serde_json::from_str(r#"{"id": "1", "source": "天氣晴朗。央行升息一碼。股市下跌。"}"#).unwrap();
//! let references = [Reference { id: "1".into(), summary: "央行升息。".into(), annotator: None, lang: None }];
//! let request = Request { dataset: "news", article: &article, references: &references, sample: 0, seed: 1, stop: None };
//! assert_eq!(oracle.summarize(&request).unwrap().text, "央行升息一碼。");
//! ```

use std::collections::HashMap;
use std::num::NonZeroUsize;

use serde::Deserialize;

use super::extract::{Extract, Unfit, sentences};
use super::terms::Words;
use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written, measure};
use crate::model::{Failure, FailureKind};

/// Entry.
pub static KIND: Kind = Kind {
    name: "oracle",
    about: "the sentences that score best against the references: extraction's ceiling, never ranked or gated",
    source: "Nallapati et al. 2017, SummaRuNNer (https://arxiv.org/abs/1611.04230), greedy on ROUGE-1 + ROUGE-2",
    example: "[[system]]\nname = \"oracle\"\nbackend = \"oracle\"\nsentences = 3\nobjective = \"f1\"\n",
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
    #[serde(default)]
    objective: Objective,
}

/// What a selection is to raise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Objective {
    #[default]
    F1,
    Recall,
}

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let limited = options.sentences.is_some() || options.characters.is_some();
    let extract = Extract::new(options.sentences, options.characters, options.separator)?;
    let extract = if limited { extract } else { extract.unlimited() };
    Ok(Box::new(Oracle { extract, objective: options.objective }))
}

struct Oracle {
    extract: Extract,
    objective: Objective,
}

impl Summarizer for Oracle {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let text = &request.article.source;
        let ranges = sentences(request)?;
        if request.references.is_empty() {
            let message = "the article has no reference to choose sentences by";
            return Err(Failure::new(FailureKind::MissingOutput, message).into());
        }
        let mut words = Words::default();
        let numbered: Vec<Vec<u32>> = ranges.iter().map(|range| words.of(&text[range.clone()])).collect();
        let fits = |chosen: &[usize]| self.extract.fits(text, &ranges, chosen);
        let best = request
            .references
            .iter()
            .map(|reference| Greedy::new(&words.of(&reference.summary), &numbered, self.objective).run(fits))
            .reduce(|best, next| if next.score > best.score { next } else { best });
        let chosen = best.map(|selection| selection.chosen).filter(|chosen| !chosen.is_empty());
        Ok(self.extract.summarize(text, &ranges, chosen.unwrap_or_else(|| vec![0]), Unfit::Skip))
    }

    fn sees_references(&self) -> bool {
        true
    }
}

/// Sentences chosen against one reference, in the order of choice, and how well they score.
#[derive(Debug, Default)]
struct Selection {
    chosen: Vec<usize>,
    score: f64,
}

/// The n-grams of one reference and what each sentence holds of them.
struct Greedy {
    objective: Objective,
    /// How often the reference holds each of its n-grams (unigrams first), and where the bigrams begin.
    wanted: Vec<u32>,
    /// Total n-grams of the reference, by order.
    totals: [u32; 2],
    sentences: Vec<Held>,
}

/// What a sentence holds.
struct Held {
    /// The reference's n-grams in it: index, order (0 or 1), count.
    shared: Vec<(usize, usize, u32)>,
    /// All of its n-grams, by order.
    totals: [u32; 2],
}

impl Greedy {
    fn new(reference: &[u32], sentences: &[Vec<u32>], objective: Objective) -> Self {
        let mut index: HashMap<(u32, Option<u32>), usize> = HashMap::new();
        let mut wanted = Vec::new();
        for gram in grams(reference) {
            let at = *index.entry(gram).or_insert_with(|| {
                wanted.push(0);
                wanted.len() - 1
            });
            wanted[at] += 1;
        }
        let sentences = sentences
            .iter()
            .map(|words| {
                let mut shared: Vec<(usize, usize)> = grams(words)
                    .filter_map(|gram| index.get(&gram).map(|&at| (at, usize::from(gram.1.is_some()))))
                    .collect();
                shared.sort_unstable();
                let counted = shared.chunk_by(|a, b| a == b).map(|same| (same[0].0, same[0].1, same.len() as u32));
                Held { shared: counted.collect(), totals: totals(words) }
            })
            .collect();
        Greedy { objective, wanted, totals: totals(reference), sentences }
    }

    /// Adds the best sentence until none raises the score or fits.
    fn run(&self, fits: impl Fn(&[usize]) -> bool) -> Selection {
        let mut selection = Selection::default();
        let mut covered = vec![0u32; self.wanted.len()];
        let mut matched = [0u32; 2];
        let mut written = [0u32; 2];
        loop {
            let mut best: Option<(usize, f64)> = None;
            for (i, held) in self.sentences.iter().enumerate() {
                if held.shared.is_empty() || selection.chosen.contains(&i) {
                    continue;
                }
                let mut with = matched;
                for &(at, order, count) in &held.shared {
                    with[order] += count.min(self.wanted[at] - covered[at]);
                }
                let score = self.score(with, [written[0] + held.totals[0], written[1] + held.totals[1]]);
                if score > best.map_or(selection.score, |(_, score)| score) {
                    selection.chosen.push(i);
                    if fits(&selection.chosen) {
                        best = Some((i, score));
                    }
                    selection.chosen.pop();
                }
            }
            let Some((i, score)) = best else { return selection };
            for &(at, order, count) in &self.sentences[i].shared {
                let added = count.min(self.wanted[at] - covered[at]);
                covered[at] += added;
                matched[order] += added;
            }
            for (total, more) in written.iter_mut().zip(self.sentences[i].totals) {
                *total += more;
            }
            selection.chosen.push(i);
            selection.score = score;
        }
    }

    /// ROUGE-1 + ROUGE-2 of n-grams matched among those written.
    fn score(&self, matched: [u32; 2], written: [u32; 2]) -> f64 {
        (0..2)
            .map(|order| {
                let (matched, wanted, written) =
                    (f64::from(matched[order]), f64::from(self.totals[order]), f64::from(written[order]));
                match self.objective {
                    _ if matched == 0.0 => 0.0,
                    Objective::F1 => 2.0 * matched / (wanted + written),
                    Objective::Recall => matched / wanted,
                }
            })
            .sum()
    }
}

/// The unigrams and bigrams of a text.
fn grams(words: &[u32]) -> impl Iterator<Item = (u32, Option<u32>)> {
    let bigrams = words.windows(2).map(|pair| (pair[0], Some(pair[1])));
    words.iter().map(|&word| (word, None)).chain(bigrams)
}

/// How many unigrams and bigrams a text has.
fn totals(words: &[u32]) -> [u32; 2] {
    [words.len() as u32, words.len().saturating_sub(1) as u32]
}

#[cfg(test)]
mod tests {
    use crate::backend::tests::{ask_referenced, build};
    use crate::model::FailureKind;

    #[test]
    fn it_takes_what_the_reference_says_and_then_stops() {
        let oracle = build("oracle", "");
        let text = "It rained all day. The bank raised rates by 2.3%. Cats slept. Markets fell sharply.";
        let summary = ask_referenced(&oracle, text, &["Markets fell as the bank raised rates by 2.3%."]);
        assert_eq!(summary.as_deref(), Ok("The bank raised rates by 2.3%. Markets fell sharply."));
    }

    #[test]
    fn limits_hold() {
        let text = "央行升息。股市下跌。銀行歡迎。";
        let reference = ["央行升息，股市下跌，銀行歡迎。"];
        assert_eq!(ask_referenced(&build("oracle", ""), text, &reference).as_deref(), Ok(text));
        let two = build("oracle", "sentences = 2\nobjective = \"recall\"");
        assert_eq!(ask_referenced(&two, text, &reference).as_deref(), Ok("央行升息。股市下跌。"));
        let short = build("oracle", "characters = 7");
        assert_eq!(ask_referenced(&short, text, &reference).as_deref(), Ok("央行升息。"));
    }

    #[test]
    fn of_several_references_the_best_served_one_decides() {
        let oracle = build("oracle", "sentences = 1");
        let text = "Cats sleep all day. Dogs bark at night.";
        let references = ["Birds sing, cats perhaps.", "Dogs bark at night."];
        assert_eq!(ask_referenced(&oracle, text, &references).as_deref(), Ok("Dogs bark at night."));
    }

    #[test]
    fn without_a_reference_it_fails_and_without_overlap_it_leads() {
        let oracle = build("oracle", "");
        assert_eq!(ask_referenced(&oracle, "One.", &[]).map_err(|f| f.kind), Err(FailureKind::MissingOutput));
        assert_eq!(ask_referenced(&oracle, "One. Two.", &["three"]).as_deref(), Ok("One."));
    }

    #[test]
    fn more_sentences_never_lower_the_objective() {
        // A repeated word counts once more only while the reference has more of it.
        let oracle = build("oracle", "");
        let text = "Rates rose. Rates rose. Rates rose.";
        assert_eq!(ask_referenced(&oracle, text, &["rates rose"]).as_deref(), Ok("Rates rose."));
    }
}
