//! METEOR: words aligned by form, stem and synonym, with a penalty for scattered matches.
//!
//! A. Lavie and A. Agarwal, "METEOR: An automatic metric for MT evaluation with high levels of correlation with human
//! judgments", WMT 2007, as nltk 3.10 computes it, 0 to 1. It differs from the Java program (METEOR 1.5), which has
//! paraphrases and weighs function words. Quirks kept: each stage takes words from the end of the output and gives each
//! the last free place in the reference, so that chunks are not the fewest possible; synonyms are looked up for the stem
//! of the output's word, and compared with the stem of the reference's; an identical text stays below 1, as one chunk
//! costs `gamma / m³`; of several references the best score counts.
//!
//! Synonyms come from a [`WordNet`] folder; without one that stage finds equal stems only, of which none are left.
//! Linear in the words, but for synonyms.
//!
//! ```
//! use epitome::metric::meteor::Meteor;
//!
//! let meteor = Meteor::new();
//! let mut session = meteor.session();
//! let hypothesis = ["the", "cat", "sat", "on", "the", "mat"];
//! let score = session.score(&hypothesis, &["on", "the", "mat", "sat", "the", "cat"]);
//! assert_eq!((score.matches, score.chunks), (6, 6)); // matched greedily from the end, so no two stay neighbours
//! assert!((session.score(&hypothesis, &hypothesis).score - (1.0 - 0.5 / 216.0)).abs() < 1e-12);
//! ```

mod explain;
mod family;
mod wordnet;

use std::collections::HashMap;
use std::sync::Arc;

use crate::text::token::porter::{Stemmer, Variant};

pub use family::FAMILY;
pub use wordnet::{WordNet, WordNetError};

/// A METEOR scorer, prepared once.
#[derive(Debug, Clone)]
pub struct Meteor {
    alpha: f64,
    beta: f64,
    gamma: f64,
    wordnet: Option<Arc<WordNet>>,
}

impl Default for Meteor {
    fn default() -> Self {
        Meteor::new()
    }
}

impl Meteor {
    /// nltk's default parameters, without synonyms.
    pub fn new() -> Self {
        Meteor { alpha: 0.9, beta: 3.0, gamma: 0.5, wordnet: None }
    }

    /// With other parameters: the weight of precision in the mean (0 to 1), the exponent of the penalty, its greatest
    /// value (0 to 1).
    #[must_use]
    pub fn with_parameters(mut self, alpha: f64, beta: f64, gamma: f64) -> Self {
        (self.alpha, self.beta, self.gamma) = (alpha, beta, gamma);
        self
    }

    /// With synonyms.
    #[must_use]
    pub fn with_wordnet(mut self, wordnet: Arc<WordNet>) -> Self {
        self.wordnet = Some(wordnet);
        self
    }

    /// Opens the state that one thread scores with.
    pub fn session(&self) -> MeteorSession<'_> {
        MeteorSession {
            meteor: self,
            stemmer: Stemmer::new(Variant::Nltk),
            stems: HashMap::new(),
            alignment: Vec::new(),
        }
    }
}

/// A score with its parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeteorScore {
    /// 0 to 1.
    pub score: f64,
    /// Words aligned.
    pub matches: usize,
    /// Runs of aligned words that stand together on both sides.
    pub chunks: usize,
    /// Matches by the words of the output.
    pub precision: f64,
    /// Matches by the words of the reference.
    pub recall: f64,
    /// Their weighted harmonic mean.
    pub mean: f64,
    /// What scattered matches cost, 0 to 1.
    pub penalty: f64,
}

/// How two words were found to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Equal in lower case.
    Exact,
    /// Equal stems.
    Stem,
    /// A synonym of the other.
    Synonym,
}

/// Words that match: a place in the output, one in the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// In the output.
    pub candidate: usize,
    /// In the reference.
    pub reference: usize,
    /// How it was found.
    pub stage: Stage,
}

/// Distinct words whose stems a session keeps.
const MOST_STEMS: usize = 1 << 16;

/// One thread's state for a [`Meteor`].
#[derive(Debug)]
pub struct MeteorSession<'a> {
    meteor: &'a Meteor,
    stemmer: Stemmer,
    stems: HashMap<String, String>,
    alignment: Vec<Match>,
}

impl MeteorSession<'_> {
    /// Scores the words of an output against those of a reference. Case is folded here.
    pub fn score<S: AsRef<str>, R: AsRef<str>>(&mut self, candidate: &[S], reference: &[R]) -> MeteorScore {
        self.align(candidate, reference);
        let Meteor { alpha, beta, gamma, .. } = *self.meteor;
        let matches = self.alignment.len();
        if matches == 0 {
            return MeteorScore::default();
        }
        let precision = matches as f64 / candidate.len() as f64;
        let recall = matches as f64 / reference.len() as f64;
        let mean = (precision * recall) / (alpha * precision + (1.0 - alpha) * recall);
        let together =
            |pair: &[Match]| pair[1].candidate == pair[0].candidate + 1 && pair[1].reference == pair[0].reference + 1;
        let chunks = 1 + self.alignment.windows(2).filter(|pair| !together(pair)).count();
        let penalty = gamma * (chunks as f64 / matches as f64).powf(beta);
        MeteorScore { score: (1.0 - penalty) * mean, matches, chunks, precision, recall, mean, penalty }
    }

    /// The words that match, in the order of the output.
    pub fn align<S: AsRef<str>, R: AsRef<str>>(&mut self, candidate: &[S], reference: &[R]) -> &[Match] {
        self.alignment.clear();
        let lower = |word: &str| word.to_lowercase();
        let mut candidate: Vec<(usize, String)> = candidate.iter().map(|w| lower(w.as_ref())).enumerate().collect();
        let mut reference: Vec<(usize, String)> = reference.iter().map(|w| lower(w.as_ref())).enumerate().collect();
        self.pair(&mut candidate, &mut reference, Stage::Exact);
        if self.stems.len() > MOST_STEMS {
            self.stems.clear();
        }
        for (_, word) in candidate.iter_mut().chain(&mut reference) {
            *word = match self.stems.get(word) {
                Some(stem) => stem.clone(),
                None => {
                    let stem = stem(&mut self.stemmer, word);
                    self.stems.insert(word.clone(), stem.clone());
                    stem
                }
            };
        }
        self.pair(&mut candidate, &mut reference, Stage::Stem);
        if self.meteor.wordnet.is_some() {
            self.pair(&mut candidate, &mut reference, Stage::Synonym);
        }
        self.alignment.sort_unstable_by_key(|found| found.candidate);
        &self.alignment
    }

    /// Takes the output's words from the end, gives each the last free place in the reference that it matches, and takes
    /// both out.
    fn pair(&mut self, candidate: &mut Vec<(usize, String)>, reference: &mut Vec<(usize, String)>, stage: Stage) {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, word) in reference.iter() {
            places.entry(word).or_default().push(*place);
        }
        let before = self.alignment.len();
        for (at, word) in candidate.iter().rev() {
            let mut last: Option<(usize, &str)> = None;
            let mut consider = |word: &str| {
                if let Some((word, places)) = places.get_key_value(word)
                    && let Some(place) = places.last()
                    && last.is_none_or(|(last, _)| *place > last)
                {
                    last = Some((*place, word));
                }
            };
            consider(word);
            if stage == Stage::Synonym
                && let Some(wordnet) = &self.meteor.wordnet
            {
                wordnet.synonyms(word, consider);
            }
            if let Some((place, word)) = last {
                places.get_mut(word).and_then(Vec::pop);
                self.alignment.push(Match { candidate: *at, reference: place, stage });
            }
        }
        let found = &self.alignment[before..];
        let (mut ours, mut theirs): (Vec<_>, Vec<_>) = found.iter().map(|m| (m.candidate, m.reference)).unzip();
        ours.sort_unstable();
        theirs.sort_unstable();
        candidate.retain(|(place, _)| ours.binary_search(place).is_err());
        reference.retain(|(place, _)| theirs.binary_search(place).is_err());
    }
}

/// A word's stem. The stemmer works on bytes and changes ASCII endings only; characters beyond count as one consonant
/// each, as they do in the original.
fn stem(stemmer: &mut Stemmer, word: &str) -> String {
    if word.is_ascii() {
        return String::from_utf8_lossy(stemmer.stem(word.as_bytes())).into_owned();
    }
    let plain: Vec<u8> = word.chars().map(|c| if c.is_ascii() { c as u8 } else { 0x80 }).collect();
    let mut characters = word.chars();
    let restored = stemmer.stem(&plain).iter().map(|byte| {
        let character = characters.next();
        if *byte == 0x80 { character.unwrap_or_default() } else { char::from(*byte) }
    });
    restored.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_ascii_are_one_consonant_each() {
        let mut stemmer = Stemmer::new(Variant::Nltk);
        for (word, expected) in
            [("és", "és"), ("cafés", "café"), ("naïvely", "naïv"), ("跑ing", "跑ing"), ("loans", "loan")]
        {
            assert_eq!(stem(&mut stemmer, word), expected);
        }
    }

    #[test]
    fn words_are_taken_from_the_end() {
        let meteor = Meteor::new();
        let mut session = meteor.session();
        let found = session.align(&["The", "loans", "the"], &["the", "loan", "x", "the"]);
        let places: Vec<_> = found.iter().map(|m| (m.candidate, m.reference, m.stage)).collect();
        assert_eq!(places, [(0, 0, Stage::Exact), (1, 1, Stage::Stem), (2, 3, Stage::Exact)]);
    }

    #[test]
    fn without_a_match_it_is_0() {
        let meteor = Meteor::new();
        assert_eq!(meteor.session().score(&["a"], &["b"]), MeteorScore::default());
        assert_eq!(meteor.session().score::<&str, &str>(&[], &[]), MeteorScore::default());
    }
}
