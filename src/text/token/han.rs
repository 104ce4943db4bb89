//! Characters for Chinese: a Han character a token, everything else by runs.
//!
//! The usual granularity of Chinese ROUGE, and the default for Chinese references. Numbers and Latin words stay
//! whole (`2025`, `gdp`), punctuation is dropped, kana and hangul count by the character.

use super::{Sink, Tokenizer, letters_and_digits};
use crate::text::script::is_han;

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "han",
    about: "a Han character a token, runs of digits and letters whole, lowercased; the default for Chinese",
    source: "epitome",
    examples: &["上合峰會2025年援助20億元", "GDP增长2.3%"],
    depends: || None,
    cut,
};

/// Whether a character is a token of its own.
pub(super) fn stands_alone(c: char) -> bool {
    is_han(c) || matches!(c, '々' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a character goes on a run that a letter or digit has begun: combining marks do.
pub(super) fn joins(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

fn cut(line: &str, sink: &mut Sink<'_>) {
    let mut run: Option<usize> = None;
    let mut seen = 0;
    for (at, c) in line.char_indices() {
        let letter = c.is_alphanumeric();
        seen += usize::from(letter);
        if letter && stands_alone(c) {
            if let Some(start) = run.take() {
                sink.lowercase(&line[start..at]);
            }
            sink.token(&line[at..at + c.len_utf8()]);
        } else if let Some(start) = run {
            if !joins(c) {
                sink.lowercase(&line[start..at]);
                run = None;
            }
        } else if letter {
            run = Some(at);
        }
    }
    if let Some(start) = run {
        sink.lowercase(&line[start..]);
    }
    debug_assert_eq!(seen, letters_and_digits(line));
    sink.count(seen, seen);
}
