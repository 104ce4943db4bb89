//! How a summary takes from its source: extractive fragments, novel, repeated and supported n-grams.
//!
//! M. Grusky et al., "Newsroom: a dataset of 1.3 million summaries with diverse extractive strategies", NAACL 2018.
//! *Coverage* is the share of summary words in fragments copied from the source, *density* the mean square length of
//! the fragments that words stand in, *compression* how many times longer the source is. The paper's greedy search is
//! kept: its place in the source jumps past a partial match, so that a longer match beginning inside it is missed.
//! *Novel* and *repeated* n-grams are shares of the summary's distinct n-grams (SummEval's definition): those the
//! source lacks, those that occur more than once. *Support* is the share of all its n-grams that the source holds.
//!
//! None of these judges: a faithful summary may copy or rephrase. Linear in the tokens but for degenerate texts; the
//! search steps over every place of the source that holds a fragment's first word.
//!
//! ```
//! use epitome::metric::fragments::Extraction;
//!
//! let mut extraction = Extraction::default();
//! let found = extraction.measure("the bank of the river rose today".split(' '), "the river rose".split(' ')).unwrap();
//! assert_eq!((found.coverage, found.density), (1.0, 3.0));
//! assert_eq!(extraction.fragments()[0].length, 3);
//! ```

mod family;

use std::collections::HashMap;

use crate::metric::ngram::{Grams, NONE, Numbering};

pub use family::FAMILY;

/// Steps of the fragment search beyond which texts are refused: some ten seconds' worth.
const MAX_STEPS: u64 = 10_000_000_000;

/// A stretch of words copied from the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Its first word in the summary.
    pub summary: usize,
    /// Its first word in the source.
    pub source: usize,
    /// How many words.
    pub length: usize,
}

/// What the fragments come to. All are 0 for an empty summary.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Share of summary words in fragments, 0 to 1.
    pub coverage: f64,
    /// Sum of squared fragment lengths by summary words.
    pub density: f64,
    /// Source words by summary words.
    pub compression: f64,
}

/// N-grams of a summary of one order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Share of the distinct ones that the source lacks.
    pub novel: f64,
    /// Share of the distinct ones that occur more than once.
    pub repeated: f64,
    /// Share of all that the source holds.
    pub support: f64,
}

/// Texts whose words repeat so often that the search would not end in bearable time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the texts repeat their words too often for fragments to be found in bearable time")]
pub struct TooRepetitive;

/// Measures pairs of summary and source, in buffers used again.
#[derive(Debug, Default)]
pub struct Extraction {
    numbering: Numbering,
    grams: Grams,
    summary: Vec<u32>,
    in_summary: Vec<u32>,
    source: Vec<u32>,
    in_source: Vec<u32>,
    /// Places of the source by the summary's words: those of word w from `starts[w]` to `starts[w + 1]`.
    places: Vec<usize>,
    starts: Vec<usize>,
    fragments: Vec<Fragment>,
}

impl Extraction {
    /// Measures a summary against its source, given in words.
    pub fn measure<'a>(
        &mut self,
        source: impl IntoIterator<Item = &'a str>,
        summary: impl IntoIterator<Item = &'a str>,
    ) -> Result<Measures, TooRepetitive> {
        let mut words = HashMap::new();
        let mut number = |word: &'a str| {
            let next = words.len() as u32;
            *words.entry(word).or_insert(next)
        };
        let summary: Vec<u32> = summary.into_iter().map(&mut number).collect();
        let source: Vec<u32> = source.into_iter().map(number).collect();
        self.measure_numbers(&source, &summary, words.len())
    }

    /// Measures token numbers less than `vocabulary`.
    pub(crate) fn measure_numbers(
        &mut self,
        source: &[u32],
        summary: &[u32],
        vocabulary: usize,
    ) -> Result<Measures, TooRepetitive> {
        self.take(source, summary, vocabulary);
        self.find_fragments()?;
        let words = summary.len() as f64;
        if summary.is_empty() {
            return Ok(Measures::default());
        }
        let sum = |of: fn(usize) -> usize| self.fragments.iter().map(|f| of(f.length)).sum::<usize>() as f64;
        Ok(Measures {
            coverage: sum(|length| length) / words,
            density: sum(|length| length * length) / words,
            compression: source.len() as f64 / words,
        })
    }

    /// The fragments of the last summary measured, in its order.
    pub fn fragments(&self) -> &[Fragment] {
        &self.fragments
    }

    /// The n-grams of the last summary measured, by order from 1 to `orders`; `None` where it has none.
    pub fn profiles(&mut self, orders: usize) -> Vec<Option<Profile>> {
        let mut profiles = Vec::with_capacity(orders);
        self.grams.held(&self.summary, &self.source, (&self.in_summary, &self.in_source), orders, |counts, held| {
            let distinct = counts.len() as f64;
            let novel = held.iter().filter(|held| !**held).count() as f64;
            let repeated = counts.iter().filter(|count| **count > 1).count() as f64;
            let all: u64 = counts.iter().map(|count| u64::from(*count)).sum();
            let supported: u64 =
                counts.iter().zip(held).filter(|(_, held)| **held).map(|(count, _)| u64::from(*count)).sum();
            profiles.push((all > 0).then(|| Profile {
                novel: novel / distinct,
                repeated: repeated / distinct,
                support: supported as f64 / all as f64,
            }));
        });
        profiles
    }

    fn take(&mut self, source: &[u32], summary: &[u32], vocabulary: usize) {
        self.numbering.base(summary, vocabulary, &mut self.summary, &mut self.in_summary);
        self.numbering.other(source, self.in_summary.len(), &mut self.source, &mut self.in_source);
        self.starts.clear();
        self.starts.push(0);
        for count in &self.in_source {
            self.starts.push(self.starts.last().unwrap_or(&0) + *count as usize);
        }
        self.places.clear();
        self.places.resize(*self.starts.last().unwrap_or(&0), 0);
        let mut next = self.starts.clone();
        for (place, word) in self.source.iter().enumerate().filter(|(_, word)| **word != NONE) {
            self.places[next[*word as usize]] = place;
            next[*word as usize] += 1;
        }
    }

    fn find_fragments(&mut self) -> Result<(), TooRepetitive> {
        self.fragments.clear();
        let (mut at, mut steps) = (0, 0u64);
        while at < self.summary.len() {
            let word = self.summary[at] as usize;
            let mut best = Fragment { summary: at, source: 0, length: 0 };
            let mut passed = 0;
            for &place in &self.places[self.starts[word]..self.starts[word + 1]] {
                steps += 1;
                if place < passed {
                    continue;
                }
                let same = self.summary[at..].iter().zip(&self.source[place..]).take_while(|(a, b)| a == b).count();
                steps += same as u64;
                passed = place + same;
                if same > best.length {
                    best = Fragment { summary: at, source: place, length: same };
                }
            }
            if steps > MAX_STEPS {
                return Err(TooRepetitive);
            }
            if best.length > 0 {
                self.fragments.push(best);
            }
            at += best.length.max(1);
        }
        Ok(())
    }
}
