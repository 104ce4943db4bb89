//! What every extractive backend shares: how much it may take, and how sentences become a summary.
//!
//! Three options are common to all of them:
//!
//! - `sentences = n`: at most n sentences (3 where neither limit is given).
//! - `characters = n`: at most n characters (Unicode scalar values, what stands between sentences included). Sentences
//!   are taken whole, in the backend's order of preference, where they still fit; only where none fits is the first
//!   choice cut, at the last grapheme within the limit.
//! - `separator = "\n"`: what stands between two sentences. Left out, it is a space, and nothing next to Chinese or
//!   Japanese. `rougeLsum` takes each line as a sentence.
//!
//! A summary keeps its sentences in the order of the article.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

use super::{Request, Setup, SetupError, Written, measure};
use crate::model::{Failure, FailureKind};
use crate::text::sentence;

/// The options of a backend that has no others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(default, deserialize_with = "measure::count")]
    sentences: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::count")]
    characters: Option<NonZeroUsize>,
    separator: Option<String>,
}

/// How much of an article a backend may take, and how it puts it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    limit: Limit,
    separator: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Sentences(usize),
    Characters(usize),
}

/// What a backend does with a sentence that no longer fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is passed over; a later, shorter one may still fit.
    Skip,
    /// The summary ends before it.
    Stop,
}

const DEFAULT_SENTENCES: usize = 3;

impl Extract {
    /// From the options of a backend that has no others.
    pub fn of(setup: &Setup<'_>) -> Result<Self, SetupError> {
        let Options { sentences, characters, separator } = setup.options()?;
        Extract::new(sentences, characters, separator)
    }

    /// From the three options, of which the first two exclude each other.
    pub fn new(
        sentences: Option<NonZeroUsize>,
        characters: Option<NonZeroUsize>,
        separator: Option<String>,
    ) -> Result<Self, SetupError> {
        let limit = match (sentences, characters) {
            (Some(_), Some(_)) => {
                return Err(SetupError {
                    path: "characters".into(),
                    message: "`sentences` and `characters` exclude each other; give one of them".into(),
                });
            }
            (None, Some(n)) => Limit::Characters(n.get()),
            (Some(n), None) => Limit::Sentences(n.get()),
            (None, None) => Limit::Sentences(DEFAULT_SENTENCES),
        };
        Ok(Extract { limit, separator })
    }

    /// No limit at all: whatever the backend prefers is taken.
    pub fn unlimited(mut self) -> Self {
        self.limit = Limit::Sentences(usize::MAX);
        self
    }

    /// Whether a summary of these sentences, in whatever order they were chosen, is within the limit.
    pub fn fits(&self, text: &str, sentences: &[Range<usize>], chosen: &[usize]) -> bool {
        match self.limit {
            Limit::Sentences(n) => chosen.len() <= n,
            Limit::Characters(n) => {
                let mut all = Chosen::new(self, text, sentences);
                chosen.iter().for_each(|&index| all.add(index));
                all.characters <= n
            }
        }
    }

    /// Puts a summary together from the sentences that `preferred` names, best first.
    pub fn summarize(
        &self,
        text: &str,
        sentences: &[Range<usize>],
        preferred: impl IntoIterator<Item = usize>,
        unfit: Unfit,
    ) -> Written {
        let mut chosen = Chosen::new(self, text, sentences);
        let mut first = None;
        for index in preferred {
            first = first.or(Some(index));
            match self.limit {
                Limit::Sentences(n) if chosen.indices.len() >= n => break,
                Limit::Characters(n) if chosen.with(index) > n => match unfit {
                    Unfit::Skip => {}
                    Unfit::Stop => break,
                },
                _ => chosen.add(index),
            }
        }
        let summary = match (self.limit, first) {
            (Limit::Characters(n), Some(first)) if chosen.indices.is_empty() => {
                cut(&text[sentences[first].clone()], n).to_owned()
            }
            _ => chosen.join(),
        };
        Written { text: summary, ..Written::default() }
    }
}

/// The sentences of an article; a failure where it has none.
pub fn sentences(request: &Request<'_>) -> Result<Vec<Range<usize>>, Failure> {
    let sentences = sentence::split(&request.article.source);
    if sentences.is_empty() {
        return Err(Failure::new(FailureKind::EmptyOutput, "the article holds no sentence to extract"));
    }
    Ok(sentences)
}

/// Indices by falling score; of equal ones the earlier first.
pub fn by_score(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
}

/// Sentences chosen so far, with the length of the summary they make.
struct Chosen<'a> {
    extract: &'a Extract,
    text: &'a str,
    sentences: &'a [Range<usize>],
    indices: BTreeSet<usize>,
    characters: usize,
}

impl<'a> Chosen<'a> {
    fn new(extract: &'a Extract, text: &'a str, sentences: &'a [Range<usize>]) -> Self {
        Chosen { extract, text, sentences, indices: BTreeSet::new(), characters: 0 }
    }

    fn sentence(&self, index: usize) -> &'a str {
        &self.text[self.sentences[index].clone()]
    }

    fn gap(&self, before: usize, after: usize) -> &'a str {
        match &self.extract.separator {
            Some(separator) => separator,
            None => sentence::gap(self.sentence(before), self.sentence(after)),
        }
    }

    /// The summary's length in characters with one more sentence.
    fn with(&self, index: usize) -> usize {
        let length = |before, after| self.gap(before, after).chars().count();
        let before = self.indices.range(..index).next_back().copied();
        let after = self.indices.range(index..).next().copied();
        let gaps = before.map_or(0, |b| length(b, index)) + after.map_or(0, |a| length(index, a));
        let closed = before.zip(after).map_or(0, |(b, a)| length(b, a));
        self.characters + self.sentence(index).chars().count() + gaps - closed
    }

    fn add(&mut self, index: usize) {
        self.characters = self.with(index);
        self.indices.insert(index);
    }

    fn join(&self) -> String {
        let mut summary = String::new();
        let mut last = None;
        for &index in &self.indices {
            if let Some(last) = last {
                summary.push_str(self.gap(last, index));
            }
            summary.push_str(self.sentence(index));
            last = Some(index);
        }
        summary
    }
}

/// The beginning of a text that has at most `limit` characters: whole sentences where one fits, else cut as a sentence is.
pub fn beginning(text: &str, limit: usize) -> &str {
    let hard = text.char_indices().nth(limit).map_or(text.len(), |(at, _)| at);
    if hard == text.len() {
        return text;
    }
    // The text up to a little past the limit tells where its sentences end.
    let near = text[hard..].char_indices().nth(NEAR).map_or(text.len(), |(at, _)| hard + at);
    let sentences = sentence::split(&text[..near]);
    let last = sentences.iter().rfind(|range| range.end <= hard);
    last.map_or_else(|| cut(text, limit), |range| &text[..range.end])
}

/// How far past a cut the text is looked at.
const NEAR: usize = 64;

/// The longest beginning of a sentence that has at most `limit` characters and ends with a grapheme; where not even
/// the first grapheme fits, its first characters.
fn cut(sentence: &str, limit: usize) -> &str {
    let hard = sentence.char_indices().nth(limit).map_or(sentence.len(), |(at, _)| at);
    let soft = sentence
        .grapheme_indices(true)
        .map(|(at, grapheme)| at + grapheme.len())
        .take_while(|&end| end <= hard)
        .last()
        .unwrap_or(hard);
    sentence[..soft].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(characters: usize) -> Extract {
        Extract::new(None, NonZeroUsize::new(characters), None).expect("one limit")
    }

    #[test]
    fn a_summary_stays_within_its_characters() {
        let text = "一二三四。五六。 Seven is here. Eight.";
        let sentences = sentence::split(text);
        let best = [2, 0, 1, 3];
        for limit in 1..45 {
            let summary = extract(limit).summarize(text, &sentences, best, Unfit::Skip).text;
            assert!(summary.chars().count() <= limit, "{limit}: {summary}");
            assert!(!summary.is_empty());
        }
        assert_eq!(extract(8).summarize(text, &sentences, best, Unfit::Skip).text, "一二三四。五六。");
        assert_eq!(extract(20).summarize(text, &sentences, [0, 2, 3], Unfit::Skip).text, "一二三四。Seven is here.");
        assert_eq!(extract(18).summarize(text, &sentences, best, Unfit::Skip).text, "五六。Seven is here.");
        assert_eq!(extract(4).summarize(text, &sentences, best, Unfit::Stop).text, "Seve");
    }

    #[test]
    fn a_cut_keeps_graphemes_whole() {
        assert_eq!(cut("👩‍👩‍👧‍👦家", 7), "👩‍👩‍👧‍👦");
        assert_eq!(cut("ae\u{301}x", 2), "a");
        assert_eq!(cut("👩‍👩‍👧‍👦家", 3).chars().count(), 3);
    }

    #[test]
    fn a_beginning_ends_with_a_sentence_where_one_fits() {
        let text = "一二三。四五六。七八";
        assert_eq!(beginning(text, 100), text);
        assert_eq!(beginning(text, 9), "一二三。四五六。");
        assert_eq!(beginning(text, 8), "一二三。四五六。");
        assert_eq!(beginning(text, 7), "一二三。");
        assert_eq!(beginning(text, 2), "一二");
        assert_eq!(beginning("Dr. Lee came. He left.", 18), "Dr. Lee came.");
    }

    #[test]
    fn two_limits_are_an_error() {
        let two = NonZeroUsize::new(2);
        assert!(Extract::new(two, two, None).is_err());
    }

    #[test]
    fn separators_are_the_suites() {
        let text = "One. Two. Three.";
        let extract = Extract::new(None, None, Some("\n".into())).expect("no limit");
        let summary = extract.summarize(text, &sentence::split(text), [2, 0], Unfit::Skip);
        assert_eq!(summary.text, "One.\nThree.");
    }
}
