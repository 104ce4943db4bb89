//! BLEU: clipped n-gram precision with a brevity penalty, pooled over a corpus.
//!
//! K. Papineni et al., "Bleu: a method for automatic evaluation of machine translation", ACL 2002, as sacreBLEU 2.6
//! computes it, 0 to 100. A pair gives [statistics](BleuSession::statistics) that are summed over a corpus and then
//! [scored](Bleu::score). Quirks kept: without any matching word the score is 0 before all smoothing; an order without
//! n-grams ends the product, which without effective order makes a short text 0 even against itself; add-k leaves the
//! first order alone; of several references the closest length counts, the shorter on ties.
//!
//! Single texts are scored with effective order, as sacreBLEU's `sentence_bleu` does. Linear in the tokens.
//!
//! ```
//! use epitome::metric::bleu::Bleu;
//!
//! let bleu = Bleu::new();
//! let mut session = bleu.session();
//! let row = session.statistics(["The cat sat on the mat."], "The cat sat on a mat.");
//! assert_eq!(row[..4], [7.0, 7.0, 6.0, 4.0]); // lengths of both, matching words, matching pairs of words
//! let score = bleu.score(row, true);
//! assert!((score.score - 48.892302243490086).abs() < 1e-12);
//! ```

mod explain;
mod family;

use crate::metric::ngram::{Grams, Numbering};
use crate::metric::places::{Places, Word};
use crate::text::token::plain::is_python_space;
use crate::text::token::vocabulary::Vocabulary;
use crate::text::token::{self, Tokenizer, Tokens};

pub use family::FAMILY;

/// The longest n-grams that can be asked for.
pub const MAX_ORDER: usize = 9;

/// What stands in for an order's precision where nothing matched (Chen and Cherry, WMT 2014).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Smoothing {
    /// Nothing: the score is 0.
    None,
    /// NIST's: 1 / 2^k for the k-th order that matched nothing.
    Exp,
    /// This many matches.
    Floor(f64),
    /// This many added to matches and totals of every order from 2.
    AddK(f64),
}

/// A BLEU scorer, prepared once.
#[derive(Debug, Clone)]
pub struct Bleu {
    tokenizer: &'static Tokenizer,
    lowercase: bool,
    smoothing: Smoothing,
    order: usize,
}

/// A score with its parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BleuScore {
    /// 0 to 100.
    pub score: f64,
    /// By order from 1, 0 to 100, smoothed; 0 beyond the last that counts.
    pub precisions: [f64; MAX_ORDER],
    /// The factor for candidates shorter than their references.
    pub brevity_penalty: f64,
}

impl Default for Bleu {
    fn default() -> Self {
        Bleu::new()
    }
}

impl Bleu {
    /// sacreBLEU's default: 13a, case kept, exp smoothing, up to four words.
    pub fn new() -> Self {
        Bleu { tokenizer: token::MTEVAL_13A, lowercase: false, smoothing: Smoothing::Exp, order: 4 }
    }

    /// With another tokenizer.
    #[must_use]
    pub fn with_tokenizer(mut self, tokenizer: &'static Tokenizer) -> Self {
        self.tokenizer = tokenizer;
        self
    }

    /// With texts in lower case.
    #[must_use]
    pub fn with_lowercase(mut self, lowercase: bool) -> Self {
        self.lowercase = lowercase;
        self
    }

    /// With another smoothing.
    #[must_use]
    pub fn with_smoothing(mut self, smoothing: Smoothing) -> Self {
        self.smoothing = smoothing;
        self
    }

    /// With n-grams up to another length, from 1 to [`MAX_ORDER`].
    #[must_use]
    pub fn with_order(mut self, order: usize) -> Self {
        self.order = order.clamp(1, MAX_ORDER);
        self
    }

    /// How many numbers [`BleuSession::statistics`] gives.
    pub fn columns(&self) -> usize {
        2 + 2 * self.order
    }

    /// Opens the state that one thread scores with.
    pub fn session(&self) -> BleuSession<'_> {
        BleuSession { bleu: self, counter: Counter::default() }
    }

    /// Scores statistics, of one pair or summed over many. With `effective_order`, orders that the candidates are too
    /// short for leave the mean.
    pub fn score(&self, statistics: &[f64], effective_order: bool) -> BleuScore {
        let (sys_len, ref_len) = (statistics[0], statistics[1]);
        let (correct, total) = statistics[2..].split_at(self.order);
        let brevity_penalty = match () {
            () if sys_len >= ref_len => 1.0,
            () if sys_len > 0.0 => (1.0 - ref_len / sys_len).exp(),
            () => 0.0,
        };
        let mut made = BleuScore { score: 0.0, precisions: [0.0; MAX_ORDER], brevity_penalty };
        if correct.iter().all(|count| *count == 0.0) {
            return made;
        }
        let (mut halvings, mut effective) = (1.0, self.order);
        for (index, (correct, total)) in correct.iter().zip(total).enumerate() {
            let added = match self.smoothing {
                Smoothing::AddK(k) if index > 0 => k,
                _ => 0.0,
            };
            let (correct, total) = (correct + added, total + added);
            if total == 0.0 {
                break;
            }
            if effective_order {
                effective = index + 1;
            }
            made.precisions[index] = if correct > 0.0 {
                100.0 * correct / total
            } else {
                match self.smoothing {
                    Smoothing::Exp => {
                        halvings *= 2.0;
                        100.0 / (halvings * total)
                    }
                    Smoothing::Floor(floor) => 100.0 * floor / total,
                    Smoothing::None | Smoothing::AddK(_) => 0.0,
                }
            };
        }
        // sacreBLEU's logarithm of 0.
        let log = |p: f64| if p == 0.0 { -9_999_999_999.0 } else { p.ln() };
        let sum: f64 = made.precisions[..effective].iter().map(|p| log(*p)).sum();
        made.score = brevity_penalty * (sum / effective as f64).exp();
        made
    }
}

/// One thread's state for a [`Bleu`].
#[derive(Debug)]
pub struct BleuSession<'a> {
    bleu: &'a Bleu,
    counter: Counter,
}

impl BleuSession<'_> {
    /// A pair's statistics: length of the candidate, length of the reference closest to it, then by order from 1 the
    /// matching n-grams, then by order all n-grams of the candidate.
    pub fn statistics<'r>(&mut self, references: impl IntoIterator<Item = &'r str>, candidate: &str) -> &[f64] {
        let Bleu { tokenizer, lowercase, order, .. } = *self.bleu;
        self.counter.candidate(tokenizer, lowercase, candidate);
        for reference in references {
            self.counter.reference(tokenizer, lowercase, reference);
        }
        self.counter.count(order)
    }
}

/// Tokenizes, numbers and counts, in buffers kept from pair to pair.
#[derive(Debug, Default)]
struct Counter {
    tokens: Tokens,
    vocabulary: Vocabulary,
    candidate: Vec<u32>,
    /// The references, of which `filled` are of this pair.
    references: Vec<Vec<u32>>,
    filled: usize,
    short: Places<u64>,
    medium: Places<u128>,
    long: Long,
    hits: Vec<usize>,
    row: Vec<f64>,
}

/// Counts for references of any length and number.
#[derive(Debug, Default)]
struct Long {
    numbering: Numbering,
    grams: Grams,
    /// The candidate, numbered from 0 in order of first appearance, and how often each token is in it.
    candidate: Vec<u32>,
    in_candidate: Vec<u32>,
    /// The references, likewise numbered.
    references: Vec<Vec<u32>>,
    in_reference: Vec<u32>,
    /// For each token of the candidate how often the reference that holds it most does.
    in_any: Vec<u32>,
}

impl Long {
    /// Adds the n-grams of the candidate that the references hold, none more often than the one that holds it most.
    fn count(&mut self, candidate: &[u32], references: &[Vec<u32>], vocabulary: usize, hits: &mut [usize]) {
        self.numbering.base(candidate, vocabulary, &mut self.candidate, &mut self.in_candidate);
        self.in_any.clear();
        self.in_any.resize(self.in_candidate.len(), 0);
        self.references.resize_with(references.len().max(self.references.len()), Vec::new);
        for (tokens, reference) in references.iter().zip(&mut self.references) {
            self.numbering.other(tokens, self.in_candidate.len(), reference, &mut self.in_reference);
            self.in_any.iter_mut().zip(&self.in_reference).for_each(|(most, here)| *most = (*most).max(*here));
        }
        hits[0] = self.in_candidate.iter().zip(&self.in_any).map(|(c, r)| *c.min(r) as usize).sum();
        match &self.references[..references.len()] {
            [] => {}
            [reference] => self.grams.shared(&self.candidate, reference, hits),
            several => {
                let several: Vec<&[u32]> = several.iter().map(Vec::as_slice).collect();
                self.grams.shared_by_any(&self.candidate, &several, hits);
            }
        }
    }
}

impl Counter {
    /// Takes the candidate of the next pair. Returns the share of its letters and digits that stand in no token.
    fn candidate(&mut self, tokenizer: &Tokenizer, lowercase: bool, text: &str) -> f64 {
        self.vocabulary.tidy();
        self.filled = 0;
        self.take(tokenizer, lowercase, text);
        self.vocabulary.number(&self.tokens, &mut self.candidate);
        self.tokens.loss()
    }

    /// Takes one of its references. Returns the share that it loses, likewise.
    fn reference(&mut self, tokenizer: &Tokenizer, lowercase: bool, text: &str) -> f64 {
        self.take(tokenizer, lowercase, text);
        if self.filled == self.references.len() {
            self.references.push(Vec::new());
        }
        self.vocabulary.number(&self.tokens, &mut self.references[self.filled]);
        self.filled += 1;
        self.tokens.loss()
    }

    fn take(&mut self, tokenizer: &Tokenizer, lowercase: bool, text: &str) {
        let lower = lowercase.then(|| text.to_lowercase());
        let text = lower.as_deref().unwrap_or(text).trim_end_matches(is_python_space);
        self.tokens.fill_parts(tokenizer, [text]);
    }

    fn count(&mut self, order: usize) -> &[f64] {
        let (candidate, vocabulary) = (&self.candidate[..], self.vocabulary.len());
        let references = &self.references[..self.filled];
        self.hits.clear();
        self.hits.resize(order, 0);
        match references {
            [one] if one.len() <= u64::PLACES => self.short.count(one, candidate, vocabulary, &mut self.hits),
            [one] if one.len() <= u128::PLACES => self.medium.count(one, candidate, vocabulary, &mut self.hits),
            _ => self.long.count(candidate, references, vocabulary, &mut self.hits),
        }
        let length = candidate.len();
        let closest = references.iter().map(Vec::len).min_by_key(|r| (r.abs_diff(length), *r)).unwrap_or(0);
        self.row.clear();
        self.row.extend([length as f64, closest as f64]);
        self.row.extend(self.hits.iter().map(|hits| *hits as f64));
        self.row.extend((1..=order).map(|n| (length + 1).saturating_sub(n) as f64));
        &self.row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn one_reference_twice_is_counted_as_it_is_once(candidate in "([ab] ){0,150}", reference in "([abc] ){0,150}") {
            let bleu = Bleu::new().with_order(MAX_ORDER);
            let once = bleu.session().statistics([&*reference], &candidate).to_vec();
            let twice = bleu.session().statistics([&*reference; 2], &candidate).to_vec();
            prop_assert_eq!(twice, once);
        }
    }
}
