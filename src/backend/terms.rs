//! What a sentence is about, for the backends that compare sentences.
//!
//! English and whatever else is written with spaces: lowercased words, without function words
//! (`src/text/lang/en.stopwords.txt`). Chinese: pairs of neighbouring Han characters, cut at punctuation and at
//! function characters (`zh.function-characters.txt`); a character that stands alone between two cuts is a term by itself.
//! Pairs rather than dictionary words, because they need no dictionary, serve both scripts alike and do as well as
//! words in retrieval. Japanese, Thai and other languages: words by Unicode's rules.
//!
//! [`Words`] holds every word of a text, for comparison with references as ROUGE makes it: lowercased words, Han
//! characters one by one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use unicode_segmentation::UnicodeSegmentation;

use crate::model::Lang;
use crate::text::script::is_han;

/// The terms of a text's sentences, as numbers.
#[derive(Debug, Default)]
pub struct Terms {
    /// For each sentence its distinct terms in order of number, each with its count.
    pub sentences: Vec<Vec<(u32, u32)>>,
    /// How many distinct terms there are: every number is below it.
    pub distinct: usize,
}

impl Terms {
    /// The terms of sentences of a text in a language.
    pub fn of(text: &str, sentences: &[Range<usize>], lang: Option<&Lang>) -> Self {
        let mut numbers = Numbers::default();
        let by_runs = lang.is_none_or(|lang| matches!(lang.language().as_str(), "en" | "zh" | "und"));
        let mut terms = Vec::new();
        let sentences = sentences
            .iter()
            .map(|range| {
                terms.clear();
                let sentence = &text[range.clone()];
                if by_runs {
                    content(sentence, &mut numbers, &mut terms)
                } else {
                    segmented(sentence, &mut numbers, &mut terms)
                }
                counted(&mut terms)
            })
            .collect();
        Terms { sentences, distinct: numbers.len() }
    }

    /// For each term the sentences that hold it, in order, each with the term's count.
    pub fn postings(&self) -> Vec<Vec<(u32, u32)>> {
        let mut postings = vec![Vec::new(); self.distinct];
        for (index, sentence) in self.sentences.iter().enumerate() {
            for &(term, count) in sentence {
                postings[term as usize].push((index as u32, count));
            }
        }
        postings
    }
}

/// The words of several texts, as numbers that are equal where the words are.
#[derive(Debug, Default)]
pub struct Words {
    numbers: Numbers,
}

impl Words {
    /// The words of a text, in order.
    pub fn of(&mut self, text: &str) -> Vec<u32> {
        let mut words = Vec::new();
        runs(text, |run| match run {
            Run::Han(characters) => words.extend(characters.iter().map(|&c| self.numbers.pair(c, c))),
            Run::Word(word) => words.push(self.numbers.word(word)),
        });
        words
    }
}

static STOPWORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| entries(include_str!("../text/lang/en.stopwords.txt")).collect());
static FUNCTION_CHARACTERS: LazyLock<HashSet<char>> = LazyLock::new(|| {
    entries(include_str!("../text/lang/zh.function-characters.txt")).filter_map(|entry| entry.chars().next()).collect()
});

fn entries(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// Numbers for terms, in order of first appearance.
#[derive(Debug, Default)]
struct Numbers {
    words: HashMap<Box<str>, u32>,
    pairs: HashMap<(char, char), u32>,
    lowered: String,
}

impl Numbers {
    fn len(&self) -> usize {
        self.words.len() + self.pairs.len()
    }

    fn word(&mut self, word: &str) -> u32 {
        self.lower(word);
        let next = self.len() as u32;
        match self.words.get(self.lowered.as_str()) {
            Some(number) => *number,
            None => {
                self.words.insert(self.lowered.as_str().into(), next);
                next
            }
        }
    }

    fn pair(&mut self, a: char, b: char) -> u32 {
        let next = self.len() as u32;
        *self.pairs.entry((a, b)).or_insert(next)
    }

    fn is_stopword(&mut self, word: &str) -> bool {
        self.lower(word);
        STOPWORDS.contains(self.lowered.as_str())
    }

    fn lower(&mut self, word: &str) {
        self.lowered.clear();
        if word.is_ascii() {
            self.lowered.push_str(word);
            self.lowered.make_ascii_lowercase();
        } else {
            self.lowered.push_str(&word.to_lowercase());
        }
    }
}

/// A stretch of text without a break in it.
enum Run<'a> {
    Han(&'a [char]),
    Word(&'a str),
}

/// Calls `take` with the runs of Han characters and of other letters and digits, in order.
fn runs(text: &str, mut take: impl FnMut(Run<'_>)) {
    let mut han = Vec::new();
    let mut word: Option<usize> = None;
    for (at, c) in text.char_indices() {
        let of_han = is_han(c);
        // A combining mark goes on a word; alone it begins none.
        let of_word =
            !of_han && (c.is_alphanumeric() || (word.is_some() && unicode_normalization::char::is_combining_mark(c)));
        if !of_han && !han.is_empty() {
            take(Run::Han(&han));
            han.clear();
        }
        match (word, of_word) {
            (Some(start), false) => {
                take(Run::Word(&text[start..at]));
                word = None;
            }
            (None, true) => word = Some(at),
            _ => {}
        }
        if of_han {
            han.push(c);
        }
    }
    if !han.is_empty() {
        take(Run::Han(&han));
    }
    if let Some(start) = word {
        take(Run::Word(&text[start..]));
    }
}

fn content(sentence: &str, numbers: &mut Numbers, terms: &mut Vec<u32>) {
    runs(sentence, |run| match run {
        Run::Han(characters) => {
            for part in characters.split(|c| FUNCTION_CHARACTERS.contains(c)) {
                match part {
                    [] => {}
                    [alone] => terms.push(numbers.pair(*alone, '\0')),
                    _ => terms.extend(part.windows(2).map(|pair| numbers.pair(pair[0], pair[1]))),
                }
            }
        }
        Run::Word(word) => {
            if !numbers.is_stopword(word) {
                terms.push(numbers.word(word));
            }
        }
    });
}

fn segmented(sentence: &str, numbers: &mut Numbers, terms: &mut Vec<u32>) {
    terms.extend(sentence.unicode_words().map(|word| numbers.word(word)));
}

fn counted(terms: &mut [u32]) -> Vec<(u32, u32)> {
    terms.sort_unstable();
    terms.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sentence;

    fn terms(text: &str) -> Terms {
        Terms::of(text, &sentence::split(text), None)
    }

    #[test]
    fn function_words_are_no_terms() {
        let terms = terms("The Cat sat. A cat and the CAT! It is.");
        assert_eq!(terms.sentences, [vec![(0, 1), (1, 1)], vec![(0, 2)], vec![]]);
        assert_eq!(terms.distinct, 2);
    }

    #[test]
    fn chinese_terms_are_pairs_between_function_characters() {
        // 貿易 易額, 突破, 2, 3, 兆 | 貿易 易額 增長
        let terms = terms("貿易額的突破，2.3兆。貿易額和增長。");
        assert_eq!(terms.sentences[0].len(), 6);
        assert_eq!(terms.sentences[1].iter().map(|t| t.0).collect::<Vec<_>>(), [0, 1, 6]);
        assert_eq!(terms.postings()[0], [(0, 1), (1, 1)]);
    }

    #[test]
    fn words_are_equal_across_texts() {
        let mut words = Words::default();
        assert_eq!(words.of("The 峰會 cafe\u{301}"), words.of("the 峰會 CAFE\u{301}"));
        assert_eq!(words.of("a b a").len(), 3);
    }
}
