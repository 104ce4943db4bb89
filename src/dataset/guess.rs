//! Which encoding some bytes look like: a proposal for a person, never acted upon by itself.
//!
//! Each candidate decodes the bytes strictly; of those that can, the one in whose text the commonest characters of
//! its languages make up the largest share is taken. Text of a paragraph's length is told apart safely, since a
//! wrong double-byte decoding yields rare characters.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The commonest characters of modern Chinese prose, Traditional and Simplified, and of Korean.
const COMMON: &str = include_str!("common_characters.txt");

const CANDIDATES: [&Encoding; 5] = [BIG5, GB18030, SHIFT_JIS, EUC_KR, WINDOWS_1252];

/// The encoding that a file looks like, of which the first bytes are given; they may break off within a character.
/// `None` where nothing fits.
pub(super) fn encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => Some(encoding),
        None => utf_16(bytes).or_else(|| within(bytes)),
    }
}

/// The encoding that bytes from within a file look like.
pub(super) fn within(bytes: &[u8]) -> Option<&'static Encoding> {
    if decoded(UTF_8, bytes).is_some() {
        return Some(UTF_8);
    }
    CANDIDATES
        .into_iter()
        .filter_map(|encoding| Some((encoding, share_common(&decoded(encoding, bytes)?)?)))
        .filter(|(_, share)| *share >= 0.2)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(encoding, _)| encoding)
}

/// Another encoding in which the bytes read as prose, where in the declared one they read as rare characters. Big5 and
/// GB18030 have a character for most pairs of bytes, so that text of one decodes as the other without an error.
pub(super) fn rather(declared: &'static Encoding, bytes: &[u8]) -> Option<&'static Encoding> {
    let share = |encoding| decoded(encoding, bytes).and_then(|text| share_common(&text));
    if share(declared)? >= 0.2 {
        return None;
    }
    CANDIDATES
        .into_iter()
        .filter(|other| *other != declared)
        .filter_map(|other| Some((other, share(other)?)))
        .filter(|(_, share)| *share >= 0.5)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(other, _)| other)
}

/// UTF-16 without a byte order mark, told by the zero halves of its ASCII.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len() / 2;
    if pairs < 8 {
        return None;
    }
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 5 > pairs => Some(UTF_16LE),
        (even, 0) if even * 5 > pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// The bytes as text, if the encoding has them all, but for a character that is cut off at the end.
pub(super) fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len())?);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, false).0 {
        encoding_rs::DecoderResult::InputEmpty => Some(text),
        _ => None,
    }
}

/// The share of characters beyond ASCII that are common ones; `None` where there are none.
fn share_common(text: &str) -> Option<f64> {
    let all = text.chars().filter(|c| !c.is_ascii()).count();
    let western = all * 3 < text.chars().count();
    let common = text.chars().filter(|c| !c.is_ascii() && is_common(*c, western)).count();
    (all > 0).then(|| common as f64 / all as f64)
}

/// Whether prose is full of a character; accented Latin counts only where most of the text is ASCII.
fn is_common(c: char, western: bool) -> bool {
    match c {
        '，' | '。' | '、' | '「' | '」' | '：' | '；' | '（' | '）' | '？' | '！' | '《' | '》' | '\u{3000}' => {
            true
        }
        '\u{3041}'..='\u{30ff}' => true,
        'À'..='ÿ' | '‘' | '’' | '“' | '”' | '–' | '—' | '…' | '€' | '\u{a0}' => western,
        c => COMMON.contains(c),
    }
}
