//! Tercom's normalization, before TER splits at white space, as sacreBLEU 2.6 has it.
//!
//! Of the original's rules for kana none can ever match, as the text has a space at either end by then; they are left
//! out.

use super::mteval::{is_alone, part_stops};
use super::plain::is_python_space;

/// What is done to a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tercom {
    /// Punctuation parted from words.
    pub normalized: bool,
    /// Punctuation removed.
    pub no_punct: bool,
    /// Either, for Chinese and Japanese, too; without the other two it does nothing.
    pub asian_support: bool,
    /// Case kept.
    pub case_sensitive: bool,
}

impl Tercom {
    /// A reference to be split at white space. sacreBLEU takes references through the steps twice, and the second time can
    /// part more: of `g.,14` the first makes `g . ,14`, the second `g . , 14`.
    pub fn normalize_reference(self, text: &str) -> String {
        let once = self.normalize(text);
        if !self.normalized {
            return once;
        }
        let words: Vec<&str> = once.split(is_python_space).filter(|word| !word.is_empty()).collect();
        self.normalize(&words.join(" "))
    }

    /// A candidate to be split at white space.
    pub fn normalize(self, text: &str) -> String {
        let text = text.trim_end_matches(is_python_space);
        let mut text = if self.case_sensitive { text.to_owned() } else { text.to_lowercase() };
        if text.is_empty() {
            return text;
        }
        if self.normalized {
            text = western(&text);
            if self.asian_support {
                let mut parted = String::with_capacity(text.len() * 2);
                for c in text.chars() {
                    let space = if is_asian(c) { " " } else { "" };
                    parted.extend([space, c.encode_utf8(&mut [0; 4]), space]);
                }
                text = parted;
            }
        }
        if self.no_punct {
            text.retain(|c| !matches!(c, '.' | ',' | '?' | ':' | ';' | '!' | '"' | '(' | ')'));
            if self.asian_support {
                text.retain(|c| !is_asian_punctuation(c));
            }
        }
        text
    }
}

fn western(text: &str) -> String {
    let mut text = text.replace("\n-", "").replace('\n', " ");
    for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        text = text.replace(entity, character);
    }
    let mut parted = String::with_capacity(text.len() * 2);
    parted.push(' ');
    for c in text.chars() {
        if c == ' ' || c.is_ascii() && is_alone(c as u8) {
            parted.extend([' ', c, ' ']);
        } else {
            parted.push(c);
        }
    }
    parted.push(' ');
    part_stops(&parted.replace("'s ", " 's "))
}

fn is_asian(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{31c0}'..='\u{31ef}' | '\u{2e80}'..='\u{2eff}'
        | '\u{3300}'..='\u{33ff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{3200}'..='\u{3f22}')
        || is_asian_punctuation(c)
}

fn is_asian_punctuation(c: char) -> bool {
    matches!(c,
        '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{ff61}'..='\u{ff65}'
        | '\u{30fb}' | '\u{ff0e}' | '\u{ff0c}' | '\u{ff1f}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff01}' | '\u{ff02}'
        | '\u{ff08}' | '\u{ff09}')
}
