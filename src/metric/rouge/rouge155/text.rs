//! How ROUGE-1.5.5 reads a text: bytes, one sentence a line, cut to a length before anything else.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::{Limit, Rouge155, stem};

static STOPWORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("smart-stopwords.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace).collect()
});

/// A text as numbers, twice: the script cuts it in two ways.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The words, for N and S and for clipping.
    pub words: Vec<u32>,
    /// The words by sentence, for L and W.
    pub sentences: Vec<Vec<u32>>,
}

/// Numbers for words, across the texts of one evaluation.
#[derive(Debug, Default)]
pub(super) struct Words(HashMap<String, u32>);

impl Words {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn number(&mut self, word: String) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(word).or_insert(next)
    }
}

/// Reads a text.
pub(super) fn read(rouge: &Rouge155, text: &str, words: &mut Words) -> Text {
    let sentences: Vec<&[u8]> = text
        .as_bytes()
        .split(|byte| *byte == b'\n')
        // Markup of the SEE format ends a sentence at its first bracket.
        .map(|line| if rouge.see { line.split(|byte| *byte == b'<').next().unwrap_or_default() } else { line })
        .filter(|line| !line.is_empty())
        .collect();
    let mut tokens = |sentence: &[u8]| -> Vec<u32> { tokenize(rouge, sentence, words) };
    Text {
        words: cut(rouge.limit, &sentences, true).iter().flat_map(|sentence| tokens(sentence)).collect(),
        sentences: cut(rouge.limit, &sentences, false).iter().map(|sentence| tokens(sentence)).collect(),
    }
}

/// Cuts sentences to a length. Bytes are summed over sentences for N and S only: for L and W the script forgets to, so
/// that every sentence up to the first that is as long as the limit stays whole.
fn cut(limit: Option<Limit>, sentences: &[&[u8]], sum_bytes: bool) -> Vec<Vec<u8>> {
    let mut kept = Vec::new();
    let mut used = 0;
    for sentence in sentences {
        let (length, most) = match limit {
            None => (0, usize::MAX),
            Some(Limit::Words(most)) => (words(sentence).count(), most),
            Some(Limit::Bytes(most)) => (sentence.len(), most),
        };
        if used + length < most {
            kept.push(sentence.to_vec());
            if sum_bytes || !matches!(limit, Some(Limit::Bytes(_))) {
                used += length;
            }
            continue;
        }
        kept.push(match limit {
            Some(Limit::Words(_)) => words(sentence).take(most - used).collect::<Vec<_>>().join(&b' '),
            _ => sentence[..(most - used).min(sentence.len())].to_vec(),
        });
        break;
    }
    kept
}

/// Perl's `split /\s+/`: a leading space makes an empty word, trailing ones none.
fn words(sentence: &[u8]) -> impl Iterator<Item = &[u8]> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let end = sentence.iter().rposition(|byte| !space(byte)).map_or(0, |last| last + 1);
    let sentence = &sentence[..end];
    let leading = sentence.first().is_some_and(space).then_some(&[][..]);
    leading.into_iter().chain(sentence.split(move |byte| space(byte)).filter(|word| !word.is_empty()))
}

/// Runs of ASCII letters and digits, in lower case, without stopwords and stemmed where asked.
fn tokenize(rouge: &Rouge155, sentence: &[u8], words: &mut Words) -> Vec<u32> {
    sentence
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(|token| String::from_utf8_lossy(token).to_ascii_lowercase())
        .filter(|token| !rouge.stopwords || !STOPWORDS.contains(token.as_str()))
        .map(|token| match rouge.stem {
            Some(exceptions) => stem::stem(&token, exceptions),
            None => token,
        })
        .map(|token| words.number(token))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leading_space_counts_as_a_word() {
        let count = |text: &str| words(text.as_bytes()).count();
        assert_eq!((count("a b "), count(" a b"), count("  "), count("")), (2, 3, 0, 0));
    }

    #[test]
    fn bytes_are_summed_for_n_only() {
        let sentences: [&[u8]; 3] = [b"aaaa", b"bbbb", b"cccccccc"];
        let limit = Some(Limit::Bytes(6));
        assert_eq!(cut(limit, &sentences, true), [b"aaaa".to_vec(), b"bb".to_vec()]);
        assert_eq!(cut(limit, &sentences, false), [b"aaaa".to_vec(), b"bbbb".to_vec(), b"cccccc".to_vec()]);
    }
}
