//! Characters and white space, as Python cuts them: the two custom tokenizers most often given to rouge-score.
//!
//! Nothing is lowercased or dropped but white space. Python counts U+001C to U+001F as white space, which Unicode's
//! property (and Rust) does not.

use super::{Sink, Tokenizer};

/// Entry.
pub(super) static CHAR: Tokenizer = Tokenizer {
    name: "char",
    about: "every character that is no white space, as it stands",
    source: "Python: [c for c in text if not c.isspace()]",
    examples: &["上合峰會, OK!"],
    depends: || None,
    cut: cut_chars,
};

/// Entry.
pub(super) static WHITESPACE: Tokenizer = Tokenizer {
    name: "whitespace",
    about: "runs of what is no white space, as they stand; for text that is segmented already",
    source: "Python: text.split()",
    examples: &["上合 峰會 開幕 ."],
    depends: || None,
    cut: cut_words,
};

/// Python's `str.isspace`, for one character.
pub(crate) fn is_python_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

fn cut_chars(line: &str, sink: &mut Sink<'_>) {
    for (at, c) in line.char_indices() {
        if !is_python_space(c) {
            sink.token(&line[at..at + c.len_utf8()]);
        }
    }
}

fn cut_words(line: &str, sink: &mut Sink<'_>) {
    for word in line.split(is_python_space) {
        sink.token(word);
    }
}

/// chrF++'s words: parted by white space, then from one ASCII punctuation mark at the end, else from one at the start.
pub(crate) static CHRF_WORDS: Tokenizer = Tokenizer {
    name: "chrf-words",
    about: "words parted from one punctuation mark at the end, else at the start",
    source: "chrF++.py, as sacreBLEU 2.6",
    examples: &["(hi)"],
    depends: || None,
    cut: cut_chrf_words,
};

fn cut_chrf_words(line: &str, sink: &mut Sink<'_>) {
    for word in line.split(is_python_space) {
        let bytes = word.as_bytes();
        match bytes {
            [_, .., last] if last.is_ascii_punctuation() => {
                sink.token(&word[..bytes.len() - 1]);
                sink.token(&word[bytes.len() - 1..]);
            }
            [first, _, ..] if first.is_ascii_punctuation() => {
                sink.token(&word[..1]);
                sink.token(&word[1..]);
            }
            _ => sink.token(word),
        }
    }
}
