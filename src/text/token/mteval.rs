//! The tokenizers of machine translation's BLEU, as sacreBLEU 2.6 has them: `13a` (mteval-v13a) and `zh`.
//!
//! Both part ASCII punctuation from words, but a full stop or comma between digits; `zh` first parts every character
//! of Chinese ranges. Their definition is four substitutions in turn over the whole text; here a word is taken through
//! the last three only where it holds a character they speak of. Quirks kept: a full stop or comma in a run may stay
//! with the next one, `zh` leaves a final full stop after a digit, and two of its ranges, misspelt in the original,
//! split all of U+2001 to U+2A6D and leave extension B whole. Neither lowercases; no letter is lost.

use super::plain::is_python_space;
use super::{Sink, Tokenizer};

/// Entry.
pub(super) static MTEVAL_13A: Tokenizer = Tokenizer {
    name: "13a",
    about: "words parted from punctuation; BLEU's default",
    source: "mteval-v13a.pl, as sacreBLEU 2.6",
    examples: &["It rose 3.5%, to $1,200."],
    depends: || None,
    cut: cut_13a,
};

/// Entry.
pub(super) static ZH: Tokenizer = Tokenizer {
    name: "zh",
    about: "Chinese characters one by one, the rest as 13a; BLEU's default for Chinese",
    source: "sacreBLEU 2.6, TokenizerZh",
    examples: &["上合峰會2025年援助20億元，增2.3%。"],
    depends: || None,
    cut: cut_zh,
};

/// What a byte does to a text.
#[derive(Clone, Copy, PartialEq)]
enum Byte {
    /// Belongs to a word.
    Word,
    /// Is a word of its own.
    Alone,
    /// Ends a word and is dropped.
    Space,
    /// Belongs to a word and may break it: full stop, comma, hyphen.
    Breaker,
    /// Begins or goes on a character beyond ASCII.
    Beyond,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Word; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'.' | b',' | b'-' => Byte::Breaker,
            b'\t'..=b'\r' | b' ' | 0x1c..=0x1f => Byte::Space,
            b'{'..=b'~' | b'['..=b'`' | b'!'..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/' => Byte::Alone,
            0x80.. => Byte::Beyond,
            _ => Byte::Word,
        };
        byte += 1;
    }
    table
};

fn cut_13a(text: &str, sink: &mut Sink<'_>) {
    let joined;
    let mut text = text;
    // Hyphens are common, lines that end in one are not.
    let marked = memchr::memchr2(b'<', b'&', text.as_bytes()).is_some();
    if marked && (text.contains('&') || text.contains("<skipped>")) || hyphenated(text) {
        let plain = text.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
        joined = plain.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        text = &joined;
    }
    cut(text, |_| false, true, sink);
}

/// Whether a line ends in a hyphen and another follows.
fn hyphenated(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\n', bytes).any(|at| at > 0 && bytes[at - 1] == b'-')
}

fn cut_zh(text: &str, sink: &mut Sink<'_>) {
    cut(text.trim_matches(is_python_space), is_chinese, false, sink);
}

/// The ranges that `zh` parts, the misspelt ones as they work.
fn is_chinese(c: char) -> bool {
    matches!(c,
        '\u{2001}'..='\u{2a6d}' | '\u{2e80}'..='\u{2eff}' | '\u{2f00}'..='\u{2fdf}' | '\u{2ff0}'..='\u{2fff}'
        | '\u{3000}'..='\u{303f}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31c0}'..='\u{31ef}'
        | '\u{3200}'..='\u{33ff}' | '\u{3400}'..='\u{4db5}' | '\u{4e00}'..='\u{9fbb}' | '\u{f900}'..='\u{fa2d}'
        | '\u{fa30}'..='\u{fa6a}' | '\u{fa70}'..='\u{fad9}' | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}')
}

/// Cuts a text at spaces, at what stands alone, and within words that hold a breaker. `framed` says that a space is
/// thought before the text's start and after its end.
fn cut(text: &str, alone: fn(char) -> bool, framed: bool, sink: &mut Sink<'_>) {
    let bytes = text.as_bytes();
    let mut word = Word { text, base: sink.text(text), framed, start: 0, breaks: false };
    let mut at = 0;
    while at < bytes.len() {
        let (width, is_alone) = match BYTES[usize::from(bytes[at])] {
            Byte::Word => {
                at += 1;
                while bytes.get(at).is_some_and(|byte| BYTES[usize::from(*byte)] == Byte::Word) {
                    at += 1;
                }
                continue;
            }
            Byte::Breaker => {
                word.breaks = true;
                at += 1;
                continue;
            }
            Byte::Alone => (1, true),
            Byte::Space => (1, false),
            Byte::Beyond => {
                let c = text[at..].chars().next().unwrap_or(' ');
                if !is_python_space(c) && !alone(c) {
                    at += c.len_utf8();
                    continue;
                }
                (c.len_utf8(), !is_python_space(c))
            }
        };
        word.end(at, sink);
        if is_alone {
            word.part(at, at + width, sink);
        }
        at += width;
        word.start = at;
    }
    word.end(at, sink);
}

/// A run of a text that no space parts.
struct Word<'a> {
    text: &'a str,
    /// Where the text stands in the sink.
    base: usize,
    framed: bool,
    start: usize,
    /// Whether it holds a breaker.
    breaks: bool,
}

fn is_stop(byte: u8) -> bool {
    matches!(byte, b'.' | b',')
}

impl Word<'_> {
    /// Adds a part of the text.
    fn part(&self, start: usize, end: usize, sink: &mut Sink<'_>) {
        sink.part(self.base + start, self.base + end);
    }

    fn end(&mut self, end: usize, sink: &mut Sink<'_>) {
        if std::mem::take(&mut self.breaks) {
            self.broken(end, sink);
        } else {
            self.part(self.start, end, sink);
        }
    }

    /// Parts full stops, commas and hyphens. Where no two stops meet, the substitutions come to this: a stop is parted
    /// where it has a neighbour that is no digit, a hyphen where a digit is before it.
    fn broken(&self, end: usize, sink: &mut Sink<'_>) {
        let (text, before, after) = (self.text, self.framed || self.start > 0, self.framed || end < self.text.len());
        let word = &text.as_bytes()[self.start..end];
        if word.windows(2).any(|pair| is_stop(pair[0]) && is_stop(pair[1])) {
            return substituted(before, &text[self.start..end], after, sink);
        }
        let mut start = self.start;
        for (index, byte) in word.iter().enumerate() {
            let previous = if index > 0 { Some(word[index - 1]) } else { before.then_some(b' ') };
            let parted = if is_stop(*byte) {
                let next = word.get(index + 1).copied().or(after.then_some(b' '));
                [previous, next].into_iter().flatten().any(|beside| !beside.is_ascii_digit())
            } else {
                *byte == b'-' && previous.is_some_and(|byte| byte.is_ascii_digit())
            };
            if parted {
                let at = self.start + index;
                self.part(start, at, sink);
                self.part(at, at + 1, sink);
                start = at + 1;
            }
        }
        self.part(start, end, sink);
    }
}

/// Takes a word, with a space before and after it or not, through the substitutions that part its full stops, commas
/// and hyphens. Each reads from left to right and never a byte twice.
fn substituted(before: bool, word: &str, after: bool, sink: &mut Sink<'_>) {
    let [mut from, mut to] = sink.scratch();
    from.clear();
    from.extend(before.then_some(b' '));
    from.extend_from_slice(word.as_bytes());
    from.extend(after.then_some(b' '));
    passes(&mut from, &mut to);
    for token in to.split(|byte| *byte == b' ') {
        sink.bytes(token);
    }
    sink.give_back(from, to);
}

/// The substitutions in turn: a stop after what is no digit; a stop before what is no digit; a hyphen after a digit.
fn passes(from: &mut Vec<u8>, to: &mut Vec<u8>) {
    pass(from, to, |a, b| !a.is_ascii_digit() && is_stop(b), |to, a, b| to.extend([a, b' ', b, b' ']));
    pass(to, from, |a, b| is_stop(a) && !b.is_ascii_digit(), |to, a, b| to.extend([b' ', a, b' ', b]));
    pass(from, to, |a, b| a.is_ascii_digit() && b == b'-', |to, a, b| to.extend([a, b' ', b, b' ']));
}

/// A whole text taken through the same substitutions.
pub(super) fn part_stops(text: &str) -> String {
    let (mut from, mut to) = (text.as_bytes().to_vec(), Vec::with_capacity(text.len() * 2));
    passes(&mut from, &mut to);
    // Only ASCII was put in, and never within a character.
    String::from_utf8_lossy(&to).into_owned()
}

/// Whether an ASCII character is parted from its word wherever it stands.
pub(super) fn is_alone(byte: u8) -> bool {
    BYTES[usize::from(byte)] == Byte::Alone
}

/// One substitution of pairs of bytes.
fn pass(from: &[u8], to: &mut Vec<u8>, matches: impl Fn(u8, u8) -> bool, write: impl Fn(&mut Vec<u8>, u8, u8)) {
    to.clear();
    let mut at = 0;
    while at < from.len() {
        match from.get(at + 1) {
            Some(next) if matches(from[at], *next) => {
                write(to, from[at], *next);
                at += 2;
            }
            _ => {
                to.push(from[at]);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tokens;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn words_are_parted_as_by_the_substitutions(text in "[a7é., -]{0,12}", framed: bool) {
            let mut tokens = Tokens::default();
            let cutter = if framed { &MTEVAL_13A } else { &ZH };
            tokens.fill_parts(cutter, [&*text]);
            let frame = |text: &str| if framed { format!(" {text} ") } else { text.trim().to_owned() };
            let whole = part_stops(&frame(&text));
            let naive: Vec<_> = whole.split(' ').filter(|token| !token.is_empty()).collect();
            prop_assert_eq!(tokens.iter().collect::<Vec<_>>(), naive);
        }
    }
}
