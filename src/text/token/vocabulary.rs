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
    /// Tokens of less than [`PADDING`] bytes, open-addressed.
    slots: Vec<Slot>,
    /// Slots taken.
    taken: usize,
    /// Longer tokens, by their place in `long_numbers`.
    long: HashMap<Box<[u8]>, usize>,
    long_numbers: Vec<Numbers>,
    /// Numbers given so far.
    given: u32,
    stemmer: Option<Stemmer>,
}

const NONE: u32 = u32::MAX;
const FIRST_SLOTS: usize = 1 << 12;
/// Beyond so many tokens a vocabulary is emptied before the next pair.
const LARGE: usize = 1 << 16;
/// Shorter tokens are not stemmed (rouge-score's rule).
const STEMMED_BYTES: usize = 4;

/// The numbers that belong to a token.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    /// Its own.
    token: u32,
    /// What [`Vocabulary::number`] answers: its own or its stem's; [`NONE`] where that was not asked for yet.
    answer: u32,
}

/// A token of less than [`PADDING`] bytes: these, and in the last place how many, as bytes may be zero.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Key {
    low: u64,
    high: u64,
}

/// One place of the table. Its size is what scoring waits for: a vocabulary is to fit a processor's own cache.
#[derive(Debug, Clone, Copy)]
struct Slot {
    key: Key,
    numbers: Numbers,
}

const FREE: Slot = Slot { key: Key { low: 0, high: 0 }, numbers: Numbers { token: NONE, answer: NONE } };

/// For each length of a token the bits of its first eight bytes, and of those after them.
const MASKS: [(u64, u64); PADDING] = {
    let mut masks = [(u64::MAX, 0); PADDING];
    let mut len = 0;
    while len < PADDING {
        masks[len] = if len < 8 { ((1 << (8 * len)) - 1, 0) } else { (u64::MAX, (1 << (8 * (len - 8))) - 1) };
        len += 1;
    }
    masks
};

impl Key {
    /// The key of `bytes[start..end]`, after whose start [`PADDING`] bytes can be read; `None` where it is longer.
    fn new(bytes: &[u8], start: usize, end: usize) -> Option<Key> {
        let len = end - start;
        let &(low, high) = MASKS.get(len)?;
        let padded: &[u8; PADDING] = bytes.get(start..)?.first_chunk()?;
        let (words, _) = padded.as_chunks::<8>();
        Some(Key {
            low: u64::from_le_bytes(words[0]) & low,
            high: u64::from_le_bytes(words[1]) & high | (len as u64) << 56,
        })
    }

    /// Its place in a table of so many, a power of two: the highest bits of a product.
    fn place(&self, places: usize) -> usize {
        let product = self.low.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.high.wrapping_mul(0xd6e8_feb8_6659_fd93);
        (product >> (places.leading_zeros() + 1)) as usize
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
            long_numbers: Vec::new(),
            given: 0,
            stemmer: stem.then(|| Stemmer::new(Variant::Nltk)),
        }
    }

    /// Empties the vocabulary where it has grown large. To be called between pairs only: numbers given before mean
    /// nothing afterwards.
    pub fn tidy(&mut self) {
        if self.len() > LARGE {
            *self = Vocabulary::new(self.stemmer.is_some());
        }
    }

    /// One more than the greatest number given so far.
    pub fn len(&self) -> usize {
        self.given as usize
    }

    /// Whether no token has a number.
    pub fn is_empty(&self) -> bool {
        self.given == 0
    }

    /// Replaces `numbers` by those of a text's tokens.
    pub fn number(&mut self, tokens: &Tokens, numbers: &mut Vec<u32>) {
        let (bytes, ranges) = tokens.raw();
        numbers.clear();
        numbers.extend(ranges.iter().map(|&(start, end)| {
            let known = Key::new(bytes, start, end).map_or(NONE, |key| self.slots[self.find(&key)].numbers.answer);
            if known == NONE { self.meet(&bytes[start..end]) } else { known }
        }));
    }

    /// The slot of a key, or the free one where it belongs.
    fn find(&self, key: &Key) -> usize {
        let last = self.slots.len() - 1;
        let mut at = key.place(self.slots.len());
        while self.slots[at].key != *key && self.slots[at].numbers.token != NONE {
            at = (at + 1) & last;
        }
        at
    }

    /// Answers for a token that is long, or that nobody asked for before.
    #[inline(never)]
    fn meet(&mut self, token: &[u8]) -> u32 {
        let Numbers { token: own, answer } = *self.numbers(token);
        if answer != NONE {
            return answer;
        }
        let answer = match &mut self.stemmer {
            Some(stemmer) if token.len() >= STEMMED_BYTES => {
                let stem = stemmer.stem(token).to_vec();
                self.numbers(&stem).token
            }
            _ => own,
        };
        // Only now, as the stem may have moved it.
        self.numbers(token).answer = answer;
        answer
    }

    /// The numbers of a token, which gets one of its own where it has none.
    fn numbers(&mut self, token: &[u8]) -> &mut Numbers {
        let next = Numbers { token: self.given, answer: NONE };
        let mut padded = [0; PADDING];
        let key = padded.get_mut(..token.len()).map(|start| start.copy_from_slice(token));
        let Some(key) = key.and_then(|()| Key::new(&padded, 0, token.len())) else {
            let place = self.long.get(token).copied().unwrap_or_else(|| {
                self.given += 1;
                self.long.insert(token.into(), self.long_numbers.len());
                self.long_numbers.push(next);
                self.long_numbers.len() - 1
            });
            return &mut self.long_numbers[place];
        };
        let mut at = self.find(&key);
        if self.slots[at].numbers.token == NONE {
            // A text of 2^32 distinct tokens would be larger than any memory this is run on.
            self.given += 1;
            self.slots[at] = Slot { key, numbers: next };
            self.taken += 1;
            if self.taken * 4 > self.slots.len() * 3 {
                self.grow();
                at = self.find(&key);
            }
        }
        &mut self.slots[at].numbers
    }

    fn grow(&mut self) {
        let larger = vec![FREE; self.slots.len() * 2];
        let mut old = std::mem::replace(&mut self.slots, larger);
        old.retain(|slot| slot.numbers.token != NONE);
        // Common tokens come early. They are put where they are looked for first, however full the table gets.
        old.sort_unstable_by_key(|slot| slot.numbers.token);
        for slot in old {
            let at = self.find(&slot.key);
            self.slots[at] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::find;

    #[test]
    fn equal_tokens_and_only_they_have_equal_numbers() {
        let text = "a b ab abcdefgh abcdefghi abcdefghabcdefg abcdefghabcdefgh abcdefghabcdefghx a\0 a abcdefghabcdefg abcdefghabcdefghx \0 \0\0";
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
