//! ROUGE: overlap of n-grams and of longest common subsequences with references.
//!
//! C.-Y. Lin, "ROUGE: A package for automatic evaluation of summaries", 2004. The profile `google` computes what
//! rouge-score 0.1.2 computes, to the last digit, quirks included:
//!
//! - F = 2PR / (P + R), 0 where P + R is 0; n-gram denominators are at least 1.
//! - `rougeL` reads the whole text as one sequence. `rougeLsum` splits at `\n` and at nothing else, leaves empty lines
//!   out, and counts the union of each reference line's LCS with every candidate line, no token more often than
//!   either side holds it. Among equally long subsequences it takes the same as rouge-score.
//! - Of several references, each kind takes the one with the largest F, the first on ties.
//! - Stemming is NLTK's Porter, on tokens of more than three letters, with the `rouge` tokenizer only.
//!
//! Cost: linear in the tokens for n-grams; for LCS reference tokens × candidate tokens / 64.
//!
//! ```
//! use epitome::metric::rouge::{Kind, Rouge};
//!
//! let rouge = Rouge::new([Kind::N(1), Kind::L]).with_stemmer(true);
//! let mut session = rouge.session(); // one a thread; keeps its buffers from pair to pair
//! let [rouge1, rouge_l] = session.score("the cats sat on the mat", "the cat was sitting on the mat") else { panic!() };
//! assert_eq!((rouge1.precision, rouge1.recall), (5.0 / 7.0, 5.0 / 6.0));
//! assert_eq!(rouge_l.recall, 5.0 / 6.0);
//! ```

mod explain;
mod family;
mod lcs;
mod pair;
pub mod rouge155;
mod short;

use crate::text::sentence;
use crate::text::token::vocabulary::Vocabulary;
use crate::text::token::{self, Tokenizer, Tokens};

pub use family::FAMILY;

use pair::{Comparer, Side};

/// A member of the ROUGE family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// N-grams of an order from 1 to 9.
    N(u8),
    /// Longest common subsequence of the whole texts.
    L,
    /// Union of longest common subsequences, line by line.
    Lsum,
}

impl Kind {
    /// Reads a name as the field writes it: `rouge1` to `rouge9`, `rougeL`, `rougeLsum`.
    pub fn from_name(name: &str) -> Option<Kind> {
        match name.strip_prefix("rouge")? {
            "L" => Some(Kind::L),
            "Lsum" => Some(Kind::Lsum),
            order => match order.as_bytes() {
                [digit @ b'1'..=b'9'] => Some(Kind::N(digit - b'0')),
                _ => None,
            },
        }
    }

    /// The n-gram order that it needs; 0 for LCS.
    fn order(self) -> usize {
        if let Kind::N(order) = self { order.into() } else { 0 }
    }
}

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prf {
    /// Share of the candidate that the reference holds.
    pub precision: f64,
    /// Share of the reference that the candidate holds.
    pub recall: f64,
    /// 2PR / (P + R), 0 where both are 0.
    pub f1: f64,
}

impl Prf {
    /// From matches and the units of either side; a side without units counts as one of one.
    pub fn from_counts(hits: usize, candidate: usize, reference: usize) -> Prf {
        let precision = hits as f64 / candidate.max(1) as f64;
        let recall = hits as f64 / reference.max(1) as f64;
        let sum = precision + recall;
        Prf { precision, recall, f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 } }
    }
}

/// Where `rougeLsum` divides a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// At `\n`, as rouge-score does.
    #[default]
    Newlines,
    /// At the sentences of [`crate::text::sentence`].
    Sentences,
}

/// A ROUGE scorer, prepared once. [`Rouge::session`] scores with it.
#[derive(Debug, Clone)]
pub struct Rouge {
    kinds: Vec<Kind>,
    tokenizer: &'static Tokenizer,
    stem: bool,
    split: Split,
}

impl Rouge {
    /// A scorer of some kinds, with the `rouge` tokenizer and without stemming. An order outside 1 to 9 is brought
    /// within.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Self {
        let within = |kind| if let Kind::N(n) = kind { Kind::N(n.clamp(1, 9)) } else { kind };
        Rouge {
            kinds: kinds.into_iter().map(within).collect(),
            tokenizer: token::ROUGE,
            stem: false,
            split: Split::Newlines,
        }
    }

    /// With another tokenizer.
    #[must_use]
    pub fn with_tokenizer(mut self, tokenizer: &'static Tokenizer) -> Self {
        self.tokenizer = tokenizer;
        self
    }

    /// With or without the stemmer. Like rouge-score's it serves its own tokenizer only; with others nothing is
    /// stemmed.
    #[must_use]
    pub fn with_stemmer(mut self, stem: bool) -> Self {
        self.stem = stem;
        self
    }

    /// With `rougeLsum` dividing texts elsewhere than at newlines.
    #[must_use]
    pub fn with_split(mut self, split: Split) -> Self {
        self.split = split;
        self
    }

    /// The kinds, in the order of scores.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Opens the state that one thread scores with.
    pub fn session(&self) -> RougeSession<'_> {
        RougeSession { rouge: self, engine: Engine::new(self.stem), best: Vec::new() }
    }
}

/// One thread's state for a [`Rouge`].
#[derive(Debug)]
pub struct RougeSession<'a> {
    rouge: &'a Rouge,
    engine: Engine,
    best: Vec<Prf>,
}

impl RougeSession<'_> {
    /// Scores a candidate against a reference, by each kind in order.
    pub fn score(&mut self, reference: &str, candidate: &str) -> &[Prf] {
        self.score_multi([reference], candidate)
    }

    /// Scores a candidate against several references: each kind by the reference with the largest F, the first on
    /// ties. Without a reference all is 0.
    pub fn score_multi<'r>(&mut self, references: impl IntoIterator<Item = &'r str>, candidate: &str) -> &[Prf] {
        let Rouge { kinds, tokenizer, split, .. } = self.rouge;
        self.engine.candidate(tokenizer, *split, candidate);
        self.best.clear();
        self.best.resize(kinds.len(), Prf::default());
        for (index, reference) in references.into_iter().enumerate() {
            self.engine.reference(tokenizer, *split, reference);
            let scores = self.engine.compare(kinds);
            keep_best(&mut self.best, scores, index == 0);
        }
        &self.best
    }
}

/// Takes over, kind by kind, the scores with the larger F.
fn keep_best(best: &mut [Prf], scores: &[Prf], first: bool) {
    for (best, score) in best.iter_mut().zip(scores) {
        if first || score.f1 > best.f1 {
            *best = *score;
        }
    }
}

/// Tokenizes, numbers and compares, in buffers kept from pair to pair.
#[derive(Debug)]
struct Engine {
    tokens: Tokens,
    plain: Vocabulary,
    stemmed: Option<Vocabulary>,
    candidate: Sequence,
    reference: Sequence,
    comparer: Comparer,
    scores: Vec<Prf>,
    /// Whether the pair in hand is numbered by stems.
    by_stems: bool,
}

#[derive(Debug, Default)]
struct Sequence {
    numbers: Vec<u32>,
    sentences: Vec<usize>,
}

impl Engine {
    fn new(stem: bool) -> Self {
        Engine {
            tokens: Tokens::default(),
            plain: Vocabulary::new(false),
            stemmed: stem.then(|| Vocabulary::new(true)),
            candidate: Sequence::default(),
            reference: Sequence::default(),
            comparer: Comparer::default(),
            scores: Vec::new(),
            by_stems: false,
        }
    }

    /// Takes the candidate of the next pairs. Returns the share of its letters and digits that stand in no token.
    fn candidate(&mut self, tokenizer: &Tokenizer, split: Split, text: &str) -> f64 {
        self.by_stems = self.stemmed.is_some() && tokenizer == token::ROUGE;
        self.vocabulary().tidy();
        let mut sequence = std::mem::take(&mut self.candidate);
        let loss = self.take(tokenizer, split, text, &mut sequence);
        self.candidate = sequence;
        loss
    }

    /// Takes a reference, cut by the candidate's tokenizer. Returns the share it loses, likewise.
    fn reference(&mut self, tokenizer: &Tokenizer, split: Split, text: &str) -> f64 {
        let mut sequence = std::mem::take(&mut self.reference);
        let loss = self.take(tokenizer, split, text, &mut sequence);
        self.reference = sequence;
        loss
    }

    fn take(&mut self, tokenizer: &Tokenizer, split: Split, text: &str, sequence: &mut Sequence) -> f64 {
        match split {
            Split::Newlines => self.tokens.fill(tokenizer, text),
            Split::Sentences => {
                let sentences = sentence::split(text);
                self.tokens.fill_parts(tokenizer, sentences.into_iter().map(|range| &text[range]));
            }
        }
        let Engine { tokens, plain, stemmed, by_stems, .. } = self;
        let vocabulary = stemmed.as_mut().filter(|_| *by_stems).unwrap_or(plain);
        vocabulary.number(tokens, &mut sequence.numbers);
        sequence.sentences.clear();
        sequence.sentences.extend_from_slice(tokens.lines());
        tokens.loss()
    }

    fn vocabulary(&mut self) -> &mut Vocabulary {
        self.stemmed.as_mut().filter(|_| self.by_stems).unwrap_or(&mut self.plain)
    }

    /// Scores the pair in hand.
    fn compare(&mut self, kinds: &[Kind]) -> &[Prf] {
        let vocabulary = self.vocabulary().len();
        fn side(sequence: &Sequence) -> Side<'_> {
            Side { tokens: &sequence.numbers, sentences: &sequence.sentences }
        }
        let (reference, candidate) = (side(&self.reference), side(&self.candidate));
        self.comparer.compare(kinds, reference, candidate, vocabulary, &mut self.scores);
        &self.scores
    }
}
