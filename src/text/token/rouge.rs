//! The default tokenizer of rouge-score 0.1.2: lowercase, then runs of ASCII letters and digits.
//!
//! Its quirks are kept: `don't` is two tokens, `3.5` is two, `café` is `caf`, and since lowercasing comes first, the
//! Kelvin sign U+212A is a `k` and U+0130 is an `i` that ends its token. Text in other scripts has no token at all.

use super::{PADDING, Sink, Tokenizer, letters_and_digits};

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "rouge",
    about: "lowercase, then runs of ASCII letters and digits; the default for English",
    source: "rouge-score 0.1.2, DefaultTokenizer",
    examples: &["Don't pay 3.5% more."],
    depends: || None,
    cut,
};

/// For each byte its lowercase form where it belongs to a token, else 0.
static LOWER: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

fn cut(line: &str, sink: &mut Sink<'_>) {
    if !line.is_ascii() {
        return cut_any(line, sink);
    }
    let tokens = &mut *sink.tokens;
    let base = tokens.bytes.len();
    tokens.bytes.reserve(line.len() + PADDING);
    tokens.bytes.extend(line.bytes().map(|b| LOWER[usize::from(b)]));
    tokens.bytes.push(0);
    let mut start = base;
    let mut letters = 0;
    for at in base..tokens.bytes.len() {
        if tokens.bytes[at] == 0 {
            if start < at {
                tokens.ranges.push((start, at));
                letters += at - start;
            }
            start = at + 1;
        }
    }
    sink.count(letters, letters);
}

fn cut_any(line: &str, sink: &mut Sink<'_>) {
    let mut start = sink.tokens.bytes.len();
    let mut kept = 0;
    for c in line.chars() {
        let (byte, ends) = match c {
            '\u{212a}' => (b'k', false),
            '\u{130}' => (b'i', true),
            c if c.is_ascii_alphanumeric() => (c.to_ascii_lowercase() as u8, false),
            _ => (0, true),
        };
        if byte != 0 {
            sink.tokens.bytes.push(byte);
            kept += 1;
        }
        if ends {
            sink.end(start);
            start = sink.tokens.bytes.len();
        }
    }
    sink.end(start);
    sink.count(letters_and_digits(line), kept);
}
