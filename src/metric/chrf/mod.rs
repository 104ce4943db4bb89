//! chrF and chrF++: F-score of character (and word) n-grams, pooled over a corpus.
//!
//! M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015, and "chrF++: words helping
//! character n-grams", WMT 2017, as sacreBLEU 2.6 computes them, 0 to 100. Quirks kept: white space is dropped before
//! characters are counted; words are parted from one punctuation mark at the end, else from one at the start; orders
//! that either side is too short for leave the mean; of several references the one with the best score of its own
//! counts. Needs no tokenizer, so that it compares Chinese as well as English. Linear in the characters.
//!
//! ```
//! use epitome::metric::chrf::Chrf;
//!
//! let chrf = Chrf::new().with_word_order(2); // chrF++
//! let mut session = chrf.session();
//! let row = session.statistics(["The cat sat on the mat."], "The cat sat on a mat.");
//! assert!((chrf.score(row) - 68.43660265040069).abs() < 1e-12);
//! ```

mod explain;
mod family;

use crate::metric::ngram::{Grams, Numbering, Table};
use crate::text::token::Tokens;
use crate::text::token::plain::{CHRF_WORDS, is_python_space};
use crate::text::token::vocabulary::Vocabulary;

pub use family::FAMILY;

/// A chrF scorer, prepared once.
#[derive(Debug, Clone)]
pub struct Chrf {
    char_order: usize,
    word_order: usize,
    beta: f64,
    lowercase: bool,
    whitespace: bool,
    eps_smoothing: bool,
}

impl Default for Chrf {
    fn default() -> Self {
        Chrf::new()
    }
}

impl Chrf {
    /// sacreBLEU's default, chrF2: up to six characters, no words, recall twice as important as precision.
    pub fn new() -> Self {
        Chrf { char_order: 6, word_order: 0, beta: 2.0, lowercase: false, whitespace: false, eps_smoothing: false }
    }

    /// With n-grams of so many characters.
    #[must_use]
    pub fn with_char_order(mut self, order: usize) -> Self {
        self.char_order = order;
        self
    }

    /// With n-grams of so many words: 2 is chrF++.
    #[must_use]
    pub fn with_word_order(mut self, order: usize) -> Self {
        self.word_order = order;
        self
    }

    /// With recall so many times as important as precision.
    #[must_use]
    pub fn with_beta(mut self, beta: f64) -> Self {
        self.beta = beta;
        self
    }

    /// With texts in lower case.
    #[must_use]
    pub fn with_lowercase(mut self, lowercase: bool) -> Self {
        self.lowercase = lowercase;
        self
    }

    /// With white space as characters.
    #[must_use]
    pub fn with_whitespace(mut self, whitespace: bool) -> Self {
        self.whitespace = whitespace;
        self
    }

    /// With orders that lack n-grams smoothed (as chrF++.py does) and not left out.
    #[must_use]
    pub fn with_eps_smoothing(mut self, eps_smoothing: bool) -> Self {
        self.eps_smoothing = eps_smoothing;
        self
    }

    /// How many numbers [`ChrfSession::statistics`] gives.
    pub fn columns(&self) -> usize {
        3 * (self.char_order + self.word_order)
    }

    /// Opens the state that one thread scores with.
    pub fn session(&self) -> ChrfSession<'_> {
        ChrfSession { chrf: self, counter: Counter::default() }
    }

    /// Scores statistics, of one pair or summed over many: 0 to 100.
    pub fn score(&self, statistics: &[f64]) -> f64 {
        const EPS: f64 = 1e-16;
        let factor = self.beta * self.beta;
        let (mut smoothed, mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0, 0.0);
        for counts in statistics.chunks_exact(3) {
            let [candidate, reference, matched] = [counts[0], counts[1], counts[2]];
            let p = if candidate > 0.0 { matched / candidate } else { EPS };
            let r = if reference > 0.0 { matched / reference } else { EPS };
            let denominator = factor * p + r;
            smoothed += if denominator > 0.0 { (1.0 + factor) * p * r / denominator } else { EPS };
            if candidate > 0.0 && reference > 0.0 {
                precision += p;
                recall += r;
                orders += 1.0;
            }
        }
        if self.eps_smoothing {
            return 100.0 * smoothed / (self.char_order + self.word_order) as f64;
        }
        if orders == 0.0 || precision + recall == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precision / orders, recall / orders);
        100.0 * ((1.0 + factor) * precision * recall / (factor * precision + recall))
    }
}

/// One thread's state for a [`Chrf`].
#[derive(Debug)]
pub struct ChrfSession<'a> {
    chrf: &'a Chrf,
    counter: Counter,
}

impl ChrfSession<'_> {
    /// A pair's statistics against the best of its references: for each order, characters first, the candidate's
    /// n-grams, the reference's, and those in both.
    pub fn statistics<'r>(&mut self, references: impl IntoIterator<Item = &'r str>, candidate: &str) -> &[f64] {
        self.counter.candidate(self.chrf, candidate);
        for reference in references {
            self.counter.reference(self.chrf, reference);
        }
        &self.counter.best
    }
}

/// Numbers and counts, in buffers kept from pair to pair.
#[derive(Debug, Default)]
struct Counter {
    characters: Sequences,
    words: Sequences,
    tokens: Tokens,
    vocabulary: Vocabulary,
    hits: Vec<usize>,
    row: Vec<f64>,
    best: Vec<f64>,
    best_score: f64,
}

/// The candidate and one reference as numbers.
#[derive(Debug, Default)]
struct Sequences {
    /// The text in hand, by code point or vocabulary number.
    text: Vec<u32>,
    numbering: Numbering,
    table: Table,
    grams: Grams,
    candidate: Vec<u32>,
    in_candidate: Vec<u32>,
    reference: Vec<u32>,
    in_reference: Vec<u32>,
}

impl Sequences {
    fn take_candidate(&mut self) {
        let vocabulary = self.text.iter().max().map_or(0, |most| *most as usize + 1);
        self.numbering.base(&self.text, vocabulary, &mut self.candidate, &mut self.in_candidate);
    }

    /// Adds for each order the n-grams of either side and those of both.
    fn count(&mut self, orders: usize, hits: &mut Vec<usize>, row: &mut Vec<f64>) {
        self.numbering.other(&self.text, self.in_candidate.len(), &mut self.reference, &mut self.in_reference);
        hits.clear();
        hits.resize(orders, 0);
        if orders > 0 {
            hits[0] = self.in_candidate.iter().zip(&self.in_reference).map(|(c, r)| *c.min(r) as usize).sum();
        }
        if !self.table.shared(&self.candidate, &self.reference, self.in_candidate.len(), hits) {
            self.grams.shared(&self.candidate, &self.reference, hits);
        }
        for (index, hits) in hits.iter().enumerate() {
            let candidate = self.candidate.len().saturating_sub(index);
            let reference = self.reference.len().saturating_sub(index);
            row.extend([if reference > 0 { candidate } else { 0 }, reference, *hits].map(|count| count as f64));
        }
    }
}

impl Counter {
    fn candidate(&mut self, chrf: &Chrf, text: &str) {
        self.vocabulary.tidy();
        self.take(chrf, text);
        self.characters.take_candidate();
        self.words.take_candidate();
        self.best.clear();
        self.best.resize(chrf.columns(), 0.0);
        self.best_score = -1.0;
    }

    fn reference(&mut self, chrf: &Chrf, text: &str) {
        self.take(chrf, text);
        self.row.clear();
        self.characters.count(chrf.char_order, &mut self.hits, &mut self.row);
        self.words.count(chrf.word_order, &mut self.hits, &mut self.row);
        let score = chrf.score(&self.row);
        if score > self.best_score {
            self.best_score = score;
            std::mem::swap(&mut self.best, &mut self.row);
        }
    }

    fn take(&mut self, chrf: &Chrf, text: &str) {
        let lower = chrf.lowercase.then(|| text.to_lowercase());
        let text = lower.as_deref().unwrap_or(text);
        characters(text, chrf.whitespace, &mut self.characters.text);
        self.words.text.clear();
        if chrf.word_order > 0 {
            self.tokens.fill_parts(&CHRF_WORDS, [text]);
            self.vocabulary.number(&self.tokens, &mut self.words.text);
        }
    }
}

/// For each ASCII character whether it is no white space.
const KEPT: [bool; 128] = {
    let mut kept = [true; 128];
    let mut at = 0;
    while at < kept.len() {
        kept[at] = !matches!(at as u8, b'\t'..=b'\r' | 0x1c..=b' ');
        at += 1;
    }
    kept
};

/// Replaces `into` by the characters of a text, with or without white space.
fn characters(text: &str, whitespace: bool, into: &mut Vec<u32>) {
    into.clear();
    into.resize(text.len(), 0);
    let (mut at, mut filled) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        let (c, kept) = match KEPT.get(usize::from(*byte)) {
            Some(kept) => (char::from(*byte), *kept),
            None => {
                let c = text[at..].chars().next().unwrap_or_default();
                (c, !is_python_space(c))
            }
        };
        // Written over by the next where it is not kept.
        into[filled] = u32::from(c);
        filled += usize::from(kept || whitespace);
        at += c.len_utf8();
    }
    into.truncate(filled);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_pythons_but_for_white_space() {
        let text: String = (0..0x3100).filter_map(char::from_u32).collect();
        let mut made = Vec::new();
        characters(&text, false, &mut made);
        assert_eq!(made, text.chars().filter(|c| !is_python_space(*c)).map(u32::from).collect::<Vec<_>>());
        characters(&text, true, &mut made);
        assert_eq!(made, text.chars().map(u32::from).collect::<Vec<_>>());
    }
}
