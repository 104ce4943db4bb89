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

/// The lowercase form of a byte that belongs to a token, else 0. Without branches, so that it runs on many at once.
fn kept(byte: u8) -> u8 {
    let lower = byte | 0x20;
    let letter = u8::from(lower.wrapping_sub(b'a') < 26).wrapping_neg();
    let digit = u8::from(byte.wrapping_sub(b'0') < 10).wrapping_neg();
    lower & letter | byte & digit
}

/// A bit for each of 64 bytes below 0x80: whether it is not 0.
fn bits(bytes: &[u8; 64]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().rev().fold(0, |bits, word| {
        let set = (u64::from_le_bytes(*word) + 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101;
        bits << 8 | set.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

fn cut(line: &str, sink: &mut Sink<'_>) {
    if !line.is_ascii() {
        return cut_any(line, sink);
    }
    let tokens = &mut *sink.tokens;
    let base = tokens.bytes.len();
    tokens.bytes.reserve(line.len() + 64 + PADDING);
    tokens.bytes.extend(line.bytes().map(kept));
    // To whole blocks, the last of which ends in a 0 that ends the last token.
    tokens.bytes.resize(base + (line.len() / 64 + 1) * 64, 0);
    let (blocks, _) = tokens.bytes[base..].as_chunks::<64>();
    let (mut at, mut letters, mut before, mut start) = (base, 0, 0, base);
    for block in blocks {
        let inside = bits(block);
        letters += inside.count_ones() as usize;
        let mut edges = inside ^ (inside << 1 | before);
        before = inside >> 63;
        while edges != 0 {
            let edge = at + edges.trailing_zeros() as usize;
            // An edge into a token, or out of it.
            if inside >> (edge - at) & 1 == 1 {
                start = edge;
            } else {
                tokens.ranges.push((start, edge));
            }
            edges &= edges - 1;
        }
        at += 64;
    }
    tokens.bytes.truncate(base + line.len());
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
