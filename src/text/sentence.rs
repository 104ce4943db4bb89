//! Sentences.

use std::ops::Range;

/// Byte ranges of the sentences of a text, in order, without surrounding white space.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (i, c) in text.char_indices() {
        if matches!(c, '。' | '！' | '？' | '；' | '\n') {
            push(text, start..i + c.len_utf8(), &mut sentences);
            start = i + c.len_utf8();
        }
    }
    push(text, start..text.len(), &mut sentences);
    sentences
}

fn push(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let from = range.start + (slice.len() - slice.trim_start().len());
    let to = from + slice.trim().len();
    if from < to {
        sentences.push(from..to);
    }
}
