//! A dictionary of English and Chinese, for words that the lexicon does not hold.
//!
//! The lexicon says what words *stand for*, and serves both languages by themselves. The dictionary is wider and looser: it
//! says which words of one language *may* be told for which of the other. It is asked only where a text is read in the light
//! of one in the other language, and then only for words that stand in both.

use std::sync::LazyLock;

use super::forms::{Keyed, cell, rest, rows};
use super::lexicon::{hash, stem};

/// The longest Chinese word in it.
const LONGEST: usize = 4;

/// Words of two languages, by the hash of the Chinese and that of the English stem.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    chinese: Keyed<u64, Vec<u64>>,
    english: Keyed<u64, Vec<u64>>,
}

/// The one dictionary.
pub(crate) static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut it = Dictionary::default();
    for row in rows(include_str!("data/dictionary_en_zh.tsv")) {
        let english = stem(row[0].chars());
        for word in cell(&row, 1) {
            let chinese = hash(word.chars());
            it.chinese.entry(chinese).or_default().push(english);
            it.english.entry(english).or_default().push(chinese);
        }
    }
    it
});

impl Dictionary {
    /// Where the longest Chinese word that begins at a place ends.
    pub(crate) fn word(&self, text: &[char], at: usize) -> Option<usize> {
        let rest = rest(text, at);
        (2..=LONGEST.min(rest.len()))
            .rev()
            .find(|&n| self.chinese.contains_key(&hash(rest[..n].iter().copied())))
            .map(|n| at + n)
    }

    /// The stems of the English words for a Chinese one, by its hash.
    pub(crate) fn english_of(&self, word: u64) -> &[u64] {
        self.chinese.get(&word).map_or(&[], Vec::as_slice)
    }

    /// The Chinese words for an English one, by its stem.
    pub(crate) fn chinese_of(&self, stem: u64) -> &[u64] {
        self.english.get(&stem).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_both_ways_and_the_longest_first() {
        let text: Vec<char> = "水库大坝".chars().collect();
        assert_eq!(DICTIONARY.word(&text, 0), Some(2));
        assert!(DICTIONARY.english_of(hash("水库".chars())).contains(&stem("reservoirs".chars())));
        assert!(DICTIONARY.chinese_of(stem("orchards".chars())).contains(&hash("果园".chars())));
        assert_eq!(DICTIONARY.word(&text, 4), None);
    }
}
