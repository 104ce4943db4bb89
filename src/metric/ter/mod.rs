//! TER: edits to the output, moved blocks included, by the references' length; pooled over a corpus.
//!
//! M. Snover et al., "A study of translation edit rate with targeted human annotation", AMTA 2006, as sacreBLEU 2.6
//! computes it (after Tercom): 0 is best, more than 100 is possible. Words are compared in lower case unless told
//! otherwise. Quirks kept: an empty reference with an output is 100, both empty 0; of several references the fewest
//! edits count, over the mean of their lengths; references are normalized twice; Asian support does nothing unless texts
//! are normalized or stripped of punctuation.
//!
//! Cost: up to 1,000 moves tried, each with words × 50 steps; texts of more than [`MAX_WORDS`] are refused.
//!
//! ```
//! use epitome::metric::ter::Ter;
//!
//! let ter = Ter::default();
//! let mut session = ter.session();
//! let row = session.statistics(["The cat sat on the mat."], "On the mat the cat sat.").unwrap();
//! assert_eq!(row, [4.0, 6.0]); // edits, words of the reference
//! assert!((ter.score(&row) - 66.66666666666666).abs() < 1e-12);
//! ```

mod explain;
mod family;
mod shift;

use crate::text::token::tercom::Tercom;
use crate::text::token::vocabulary::Vocabulary;
use crate::text::token::{self, Tokens};

pub use family::FAMILY;

use shift::Search;

/// Words of a text beyond which it is refused: the search would take minutes.
pub const MAX_WORDS: usize = 100_000;

/// A text of more than [`MAX_WORDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text of {0} words; TER takes up to {MAX_WORDS}")]
pub struct TooLong(pub usize);

/// A TER scorer, prepared once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ter {
    normalization: Tercom,
}

impl Ter {
    /// A scorer whose words come from a normalization.
    pub fn new(normalization: Tercom) -> Self {
        Ter { normalization }
    }

    /// Opens the state that one thread scores with.
    pub fn session(&self) -> TerSession {
        TerSession {
            ter: *self,
            tokens: Tokens::default(),
            vocabulary: Vocabulary::default(),
            search: Search::default(),
        }
    }

    /// Scores statistics, of one pair or summed over many: 0 and up.
    pub fn score(&self, statistics: &[f64; 2]) -> f64 {
        let [edits, length] = *statistics;
        100.0
            * match () {
                () if length > 0.0 => edits / length,
                () if edits > 0.0 => 1.0,
                () => 0.0,
            }
    }
}

/// One thread's state for a [`Ter`].
#[derive(Debug)]
pub struct TerSession {
    ter: Ter,
    tokens: Tokens,
    vocabulary: Vocabulary,
    search: Search,
}

impl TerSession {
    /// A pair's statistics: the fewest edits that lead to a reference, and the references' mean length in words.
    pub fn statistics<'r>(
        &mut self,
        references: impl IntoIterator<Item = &'r str>,
        candidate: &str,
    ) -> Result<[f64; 2], TooLong> {
        self.vocabulary.tidy();
        let normalization = self.ter.normalization;
        let (mut words, mut other) = (Vec::new(), Vec::new());
        self.take(&normalization.normalize(candidate), &mut words)?;
        let (mut fewest, mut lengths, mut count) = (usize::MAX, 0, 0);
        for reference in references {
            self.take(&normalization.normalize_reference(reference), &mut other)?;
            fewest = fewest.min(self.search.edits(&words, &other));
            lengths += other.len();
            count += 1;
        }
        Ok(if count == 0 { [0.0, 0.0] } else { [fewest as f64, lengths as f64 / f64::from(count)] })
    }

    fn take(&mut self, text: &str, words: &mut Vec<u32>) -> Result<(), TooLong> {
        self.tokens.fill_parts(token::WHITESPACE, [text]);
        if self.tokens.len() > MAX_WORDS {
            return Err(TooLong(self.tokens.len()));
        }
        self.vocabulary.number(&self.tokens, words);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of sacreBLEU 2.6.0, whose second normalization of references parts more than the first.
    #[test]
    fn references_are_normalized_twice() {
        let mut session = Ter::new(Tercom { normalized: true, ..Tercom::default() }).session();
        let mut statistics =
            |candidate: &str, reference: &str| session.statistics([reference], candidate).expect("short texts");
        assert_eq!(statistics("e.g. 14 z", "e.g.,14 z"), [1.0, 7.0]);
        assert_eq!(statistics("e.g.,14 z", "e.g. 14 z"), [1.0, 6.0]);
        assert_eq!(statistics("a & b", "a &amp;amp; b"), [2.0, 5.0]);
        assert_eq!(statistics("a &amp;amp; b", "a & b"), [2.0, 3.0]);
    }
}
