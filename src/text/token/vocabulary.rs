//! Tokens as numbers: each distinct token has one, and its stem has one.
//!
//! Metrics compare numbers, not words. A [`Vocabulary`] belongs to one thread's session and outlives the pair, so that
//! a surface form is stemmed once; it is emptied between pairs when it has grown large, which changes no score, as
//! nothing depends on the numbers but which of them are equal.

use std::collections::HashMap;

use super::porter::{Stemmer, Variant};
use super::{PADDING, Tokens};

/// Numbers for tokens. See the module's docs.
#[derive(Debug)]
pub struct Vocabulary {
    /// Tokens of up to [`PADDING`] bytes, open-addressed.
    slots: Vec<Slot>,
    /// Slots taken.
    taken: usize,
    /// Longer tokens.
    long: HashMap<Box<[u8]>, u32>,
    /// For each number that of its stem, [`NONE`] where it was not asked for yet.
    stems: Vec<u32>,
    stemmer: Option<Stemmer>,
}

const NONE: u32 = u32::MAX;
const FIRST_SLOTS: usize = 1 << 12;
/// Beyond so many tokens a vocabulary is emptied before the next pair.
const LARGE: usize = 1 << 16;

/// One place of the table: a token's bytes, its length (as bytes may be zero), its number.
#[derive(Debug, Clone, Copy)]
struct Slot {
    low: u64,
    high: u64,
    len: u32,
    number: u32,
}

const FREE: Slot = Slot { low: 0, high: 0, len: 0, number: NONE };

impl Slot {
    /// Its place in a table of so many, a power of two: the highest bits of a product.
    fn place(&self, places: usize) -> usize {
        let product = self.low.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.high.wrapping_mul(0xd6e8_feb8_6659_fd93);
        (product >> (places.leading_zeros() + 1)) as usize
    }

    fn is_same(&self, other: &Slot) -> bool {
        self.low == other.low && self.high == other.high && self.len == other.len
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary::new(false)
    }
}

impl Vocabulary {
    /// An empty vocabulary. With `stem`, tokens of more than three bytes are numbered by their stem (rouge-score's
    /// rule).
    pub fn new(stem: bool) -> Self {
        Vocabulary {
            slots: vec![FREE; FIRST_SLOTS],
            taken: 0,
            long: HashMap::new(),
            stems: Vec::new(),
            stemmer: stem.then(|| Stemmer::new(Variant::Nltk)),
        }
    }

    /// Empties the vocabulary where it has grown large. To be called between pairs only: numbers given before mean
    /// nothing afterwards.
    pub fn tidy(&mut self) {
        if self.stems.len() > LARGE {
            *self = Vocabulary::new(self.stemmer.is_some());
        }
    }

    /// One more than the greatest number given so far.
    pub fn len(&self) -> usize {
        self.stems.len()
    }

    /// Whether no token has a number.
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty()
    }

    /// Replaces `numbers` by those of a text's tokens.
    pub fn number(&mut self, tokens: &Tokens, numbers: &mut Vec<u32>) {
        let (bytes, ranges) = tokens.raw();
        numbers.clear();
        numbers.reserve(ranges.len());
        for &(start, end) in ranges {
            let number = self.intern(bytes, start, end);
            numbers.push(if self.stemmer.is_some() && end - start > 3 {
                match self.stems[number as usize] {
                    NONE => self.stem(number, &bytes[start..end]),
                    stem => stem,
                }
            } else {
                number
            });
        }
    }

    fn stem(&mut self, number: u32, token: &[u8]) -> u32 {
        let Some(stemmer) = &mut self.stemmer else { return number };
        let mut padded = stemmer.stem(token).to_vec();
        let end = padded.len();
        padded.resize(end + PADDING, 0);
        let stem = self.intern(&padded, 0, end);
        self.stems[number as usize] = stem;
        stem
    }

    /// The number of `bytes[start..end]`. [`PADDING`] more bytes can be read after `start`.
    fn intern(&mut self, bytes: &[u8], start: usize, end: usize) -> u32 {
        let len = end - start;
        if len > PADDING {
            return self.intern_long(&bytes[start..end]);
        }
        let (low, high) = (word(bytes, start), word(bytes, start + 8));
        let (low, high) = if len > 8 { (low, high & mask(len - 8)) } else { (low & mask(len), 0) };
        let wanted = Slot { low, high, len: len as u32, number: NONE };
        let last = self.slots.len() - 1;
        let mut at = wanted.place(self.slots.len());
        loop {
            let slot = &mut self.slots[at];
            if slot.number == NONE {
                break;
            }
            if slot.is_same(&wanted) {
                return slot.number;
            }
            at = (at + 1) & last;
        }
        let number = self.next_number();
        self.slots[at] = Slot { number, ..wanted };
        self.taken += 1;
        if self.taken * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn intern_long(&mut self, token: &[u8]) -> u32 {
        if let Some(number) = self.long.get(token) {
            return *number;
        }
        let number = self.next_number();
        self.long.insert(token.into(), number);
        number
    }

    fn next_number(&mut self) -> u32 {
        // A text of 2^32 distinct tokens would be larger than any memory this is run on.
        let number = self.stems.len() as u32;
        self.stems.push(NONE);
        number
    }

    fn grow(&mut self) {
        let last = self.slots.len() * 2 - 1;
        let old = std::mem::replace(&mut self.slots, vec![FREE; last + 1]);
        for slot in old.into_iter().filter(|slot| slot.number != NONE) {
            let mut at = slot.place(last + 1);
            while self.slots[at].number != NONE {
                at = (at + 1) & last;
            }
            self.slots[at] = slot;
        }
    }
}

/// The eight bytes at a place, the first lowest.
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// The lowest `bytes` bytes of a word, 1 to 8.
fn mask(bytes: usize) -> u64 {
    u64::MAX >> (64 - 8 * bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::find;

    #[test]
    fn equal_tokens_and_only_they_have_equal_numbers() {
        let text = "a b ab abcdefgh abcdefghi abcdefghabcdefgh abcdefghabcdefghx a\0 a abcdefghabcdefghx \0 \0\0";
        let mut tokens = Tokens::default();
        tokens.fill(find("whitespace").expect("it is registered"), text);
        let words: Vec<_> = tokens.iter().map(str::to_owned).collect();
        let mut numbers = Vec::new();
        Vocabulary::new(false).number(&tokens, &mut numbers);
        for (i, a) in words.iter().enumerate() {
            for (j, b) in words.iter().enumerate() {
                assert_eq!(a == b, numbers[i] == numbers[j], "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn growing_and_tidying_change_no_equality() {
        let mut tokens = Tokens::default();
        let text: String = (0..70_000).map(|i| format!("w{i} ")).collect();
        tokens.fill(find("rouge").expect("it is registered"), &text);
        let (mut vocabulary, mut numbers, mut again) = (Vocabulary::new(false), Vec::new(), Vec::new());
        vocabulary.number(&tokens, &mut numbers);
        vocabulary.number(&tokens, &mut again);
        assert_eq!(numbers, again);
        assert_eq!(vocabulary.len(), 70_000);
        vocabulary.tidy();
        assert!(vocabulary.is_empty());
    }

    #[test]
    fn stems_share_a_number_with_the_word_they_spell() {
        let mut tokens = Tokens::default();
        tokens.fill(find("rouge").expect("it is registered"), "walking walks walked walk ties tie was wa");
        let mut numbers = Vec::new();
        Vocabulary::new(true).number(&tokens, &mut numbers);
        assert!(numbers[..4].iter().all(|n| *n == numbers[3]));
        assert_eq!(numbers[4], numbers[5]);
        assert_ne!(numbers[6], numbers[7], "words of three letters are not stemmed");
    }
}
