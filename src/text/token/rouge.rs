//! The default tokenizer of rouge-score 0.1.2: lowercase, then runs of ASCII letters and digits.
//!
//! Its quirks are kept: `don't` is two tokens, `3.5` is two, `café` is `caf`, and since lowercasing comes first, the
//! Kelvin sign U+212A is a `k` and U+0130 is an `i` that ends its token. Text in other scripts has no token at all.

use super::{PADDING, Sink, Tokenizer, Tokens, letters_and_digits};

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

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// A bit for each of 64 bytes below 0x80: whether it is not 0.
fn bits(bytes: &[u8; BLOCK]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().rev().fold(0, |bits, word| {
        let set = (u64::from_le_bytes(*word) + 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101;
        bits << 8 | set.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// Adds the tokens of a text of any number of lines, which stand in the buffer as they do in the text. Returns false,
/// and adds nothing, where one of the two characters beyond ASCII that become letters is in it.
pub(super) fn fill(text: &str, tokens: &mut Tokens) -> bool {
    let Some(beyond) = letters_beyond_ascii(text) else { return false };
    let base = tokens.bytes.len();
    // To whole blocks, the last of which ends in a 0 that ends the last token.
    let end = base + (text.len() / BLOCK + 1) * BLOCK;
    tokens.bytes.reserve(end - base + PADDING);
    tokens.bytes.extend(text.bytes().map(kept));
    tokens.bytes.resize(end, 0);
    let (blocks, _) = tokens.bytes[base..].as_chunks::<BLOCK>();
    let (mut at, mut letters, mut open) = (base, 0, false);
    for block in blocks {
        let whole = bits(block);
        let mut inside = whole;
        letters += whole.count_ones() as usize;
        if open && inside & 1 == 1 {
            // The last token goes on.
            let more = inside.trailing_ones() as usize;
            if let Some((_, end)) = tokens.ranges.last_mut() {
                *end = at + more;
            }
            inside &= inside.wrapping_add(1);
        }
        open = whole >> 63 == 1;
        while inside != 0 {
            let first = inside.trailing_zeros() as usize;
            let length = (inside >> first).trailing_ones() as usize;
            tokens.ranges.push((at + first, at + first + length));
            // Without its lowest run of ones.
            inside &= inside.wrapping_add(inside & inside.wrapping_neg());
        }
        at += BLOCK;
    }
    tokens.bytes.truncate(base + text.len());
    tokens.seen += letters + beyond;
    tokens.kept += letters;
    true
}

/// Letters and digits beyond ASCII, none of which stays; `None` where one becomes an ASCII letter in lower case.
fn letters_beyond_ascii(text: &str) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    if text.is_ascii() {
        return Some(0);
    }
    let mut letters = 0;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let lead = |byte: u8| byte >= 0xc0;
    let mut count = |at: usize| {
        let c = text[at..].chars().next()?;
        // General punctuation is the commonest by far, and holds no letter.
        letters += usize::from(!matches!(c, '\u{2000}'..='\u{206f}') && c.is_alphanumeric());
        (!matches!(c, '\u{212a}' | '\u{130}')).then_some(())
    };
    for (index, word) in words.iter().enumerate() {
        let mut beyond = u64::from_le_bytes(*word) & HIGH;
        while beyond != 0 {
            let byte = beyond.trailing_zeros() as usize / 8;
            if lead(word[byte]) {
                count(8 * index + byte)?;
            }
            beyond &= beyond - 1;
        }
    }
    for (byte, _) in rest.iter().enumerate().filter(|(_, byte)| lead(**byte)) {
        count(8 * words.len() + byte)?;
    }
    Some(letters)
}

fn cut(line: &str, sink: &mut Sink<'_>) {
    if !fill(line, sink.tokens) {
        cut_any(line, sink);
    }
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

#[cfg(test)]
mod tests {
    use super::super::letters_and_digits;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_equals_naive(text in "([a-cA-C0 .\n]{0,90}|[éK“ı漢İ]|[a-z]{0,150}){0,5}") {
            let mut tokens = Tokens::default();
            tokens.fill(&TOKENIZER, &text);
            let lower = text.to_lowercase();
            let naive = |text: &str| -> Vec<String> {
                let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
                parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
            };
            prop_assert_eq!(tokens.iter().collect::<Vec<_>>(), naive(&lower));
            let ends = lower.split('\n').filter(|line| !line.is_empty()).scan(0, |tokens, line| {
                *tokens += naive(line).len();
                Some(*tokens)
            });
            prop_assert_eq!(tokens.lines(), ends.collect::<Vec<_>>());
            let kept = text.chars().filter(|c| c.to_lowercase().any(|c| c.is_ascii_alphanumeric())).count();
            let all = letters_and_digits(&text);
            let loss = if all == 0 { 0.0 } else { (all - kept) as f64 / all as f64 };
            prop_assert_eq!(tokens.loss(), loss);
        }
    }
}
