//! The marks between and around sentences.

use crate::text::script;

/// What kind of thing a pair of marks encloses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enclosure {
    /// Direct speech, a term, a slogan.
    Quote,
    /// An aside.
    Bracket,
    /// The title of a work.
    Title,
}

/// Opening mark, closing mark, what they enclose.
pub const PAIRS: [(char, char, Enclosure); 16] = [
    ('「', '」', Enclosure::Quote),
    ('『', '』', Enclosure::Quote),
    ('“', '”', Enclosure::Quote),
    ('｢', '｣', Enclosure::Quote),
    ('﹁', '﹂', Enclosure::Quote),
    ('〝', '〞', Enclosure::Quote),
    ('«', '»', Enclosure::Quote),
    ('《', '》', Enclosure::Title),
    ('〈', '〉', Enclosure::Title),
    ('（', '）', Enclosure::Bracket),
    ('(', ')', Enclosure::Bracket),
    ('[', ']', Enclosure::Bracket),
    ('［', '］', Enclosure::Bracket),
    ('【', '】', Enclosure::Bracket),
    ('〔', '〕', Enclosure::Bracket),
    ('{', '}', Enclosure::Bracket),
];

/// The pair that a mark opens, as an index into [`PAIRS`].
pub fn opener(c: char) -> Option<usize> {
    (!c.is_ascii_alphanumeric()).then(|| PAIRS.iter().position(|p| p.0 == c)).flatten()
}

/// The pair that a mark closes.
pub fn closer(c: char) -> Option<usize> {
    (!c.is_ascii_alphanumeric()).then(|| PAIRS.iter().position(|p| p.1 == c)).flatten()
}

/// Whether a mark may end a sentence.
pub fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '⋯' | '；') || is_full_stop(c)
}

/// Whether a mark ends a sentence whatever stands around it, but for enclosures.
pub fn is_full_stop(c: char) -> bool {
    matches!(
        c,
        '。' | '！'
            | '？'
            | '｡'
            | '．'
            | '︒'
            | '﹒'
            | '﹗'
            | '﹖'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
            | '।'
            | '॥'
            | '؟'
            | '۔'
            | '።'
            | '፧'
            | '។'
            | '៕'
            | '။'
            | '։'
            | '᠃'
            | '᠉'
    )
}

/// Whether a character is of a script that sets no space after its stops.
pub fn is_spaceless(c: char) -> bool {
    script::is_han(c)
        || matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}' | '\u{ff00}'..='\u{ffef}')
}

/// Whether a sentence goes on after a mark that is followed by this one.
pub fn goes_on(c: char) -> bool {
    matches!(c, '，' | '、' | '：' | ',' | ':' | ';' | '；' | '﹐' | '﹑')
}

/// Quotes that open and close alike.
pub fn is_straight(c: char) -> bool {
    matches!(c, '"' | '＂')
}

/// Whether a character is a letter of a script without spaces between words.
pub fn is_unspaced_letter(c: char) -> bool {
    script::is_han(c) || matches!(c, '\u{3040}'..='\u{30ff}')
}
