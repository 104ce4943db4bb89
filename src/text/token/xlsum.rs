//! The tokenizers of XL-Sum's multilingual ROUGE.
//!
//! T. Hasan et al., "XL-Sum: Large-Scale Multilingual Abstractive Summarization for 44 Languages", Findings of ACL 2021,
//! scored with `multilingual_rouge_scoring`, a changed rouge-score that the papers on that dataset report. What it does
//! before counting: lower case; controls, unassigned characters and U+FFFD removed; punctuation (Unicode's class P and
//! all ASCII marks) removed, which parts words. Then:
//!
//! - `xlsum`, where it has no segmenter for the language (or is told none): letters, digits and each symbol parted from
//!   each other (OpenNMT's `aggressive` tokenizer), every Han character a token. Combining marks stay with what
//!   they follow.
//! - `xlsum-zh`, its `lang="chinese"`: jieba on the text without punctuation, unfolded. The spaces that are left where
//!   punctuation and white space stood are tokens, too, and count in its scores; so they do here.
//!
//! Not reproduced: `thai` (PyThaiNLP's newmm), `japanese` (MeCab with UniDic) and `burmese`, which need dictionaries
//! that are not here; its stemmers of other languages; its rougeLsum, which forgets the tokenizer and cuts at
//! punctuation only. A text is cut line by line, so that with `xlsum-zh` a line feed leaves no space of its own. Of
//! several references we take the best; it knows only one.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::plain::is_python_space;
use super::{Sink, Tokenizer, jieba, letters_and_digits};

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "xlsum",
    about: "XL-Sum's multilingual ROUGE, any language: words without punctuation, numbers apart, Han by character",
    source: "csebuetnlp/xl-sum, multilingual_rouge_scoring without a language",
    examples: &["The G20's €3.5bn plan", "ঢাকায় ২০টি বাস চালু", "上合峰會2025年"],
    depends: || None,
    cut,
};

/// Entry.
pub(super) static CHINESE: Tokenizer = Tokenizer {
    name: "xlsum-zh",
    about: "XL-Sum's multilingual ROUGE for Chinese: jieba's words, a space for each run of punctuation",
    source: "csebuetnlp/xl-sum, multilingual_rouge_scoring with lang=\"chinese\"",
    examples: &["上合峰会，2025年举行"],
    depends: jieba::TOKENIZER.depends,
    cut: cut_chinese,
};

/// What a character is to the original's sanitizer.
#[derive(PartialEq)]
enum Kind {
    Kept,
    Removed,
    Parts,
}

fn kind(c: char) -> Kind {
    let category = c.general_category();
    match c {
        '\t' | '\n' | '\r' => Kind::Parts,
        '\u{fffd}' => Kind::Removed,
        c if c.is_ascii_punctuation() => Kind::Parts,
        _ if category == GeneralCategory::SpaceSeparator => Kind::Parts,
        _ => match c.general_category_group() {
            GeneralCategoryGroup::Other => Kind::Removed,
            GeneralCategoryGroup::Punctuation => Kind::Parts,
            // Line and paragraph separators, which Python's split takes for white space.
            _ if is_python_space(c) => Kind::Parts,
            _ => Kind::Kept,
        },
    }
}

/// What a character is to OpenNMT's tokenizer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Number,
    Other,
}

fn cut(line: &str, sink: &mut Sink<'_>) {
    let lower = line.to_lowercase();
    let mut token = String::new();
    // The class of the character just before, where nothing parts this one from it.
    let mut before: Option<Class> = None;
    for c in lower.chars() {
        match kind(c) {
            Kind::Removed => continue,
            Kind::Parts => {
                sink.token(&token);
                token.clear();
                before = None;
                continue;
            }
            Kind::Kept => {}
        }
        let group = c.general_category_group();
        let here = match (group, before) {
            (GeneralCategoryGroup::Letter, _) => Class::Letter,
            (GeneralCategoryGroup::Number, _) => Class::Number,
            (GeneralCategoryGroup::Mark, Some(before)) => before,
            _ => Class::Other,
        };
        let joins = match group {
            GeneralCategoryGroup::Mark => before.is_some(),
            _ => before == Some(here) && here != Class::Other,
        };
        if !joins || is_chinese(c) {
            sink.token(&token);
            token.clear();
        }
        if is_chinese(c) {
            sink.token(c.encode_utf8(&mut [0; 4]));
        } else {
            token.push(substitute(c));
        }
        before = Some(here);
    }
    sink.token(&token);
    let letters = letters_and_digits(line);
    sink.count(letters, letters);
}

/// OpenNMT's own marks, for which it puts other characters where a text holds them.
fn substitute(c: char) -> char {
    match c {
        '￭' => '■',
        '￨' => '│',
        '▁' => '_',
        c => c,
    }
}

/// The original's ranges of characters that are parted, after BERT's.
fn is_chinese(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}' | '\u{2b820}'..='\u{2ceaf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

fn cut_chinese(line: &str, sink: &mut Sink<'_>) {
    let mut text = String::with_capacity(line.len());
    let mut parted = false;
    for c in line.to_lowercase().chars() {
        match kind(c) {
            Kind::Removed => {}
            Kind::Parts => parted = true,
            Kind::Kept => {
                if std::mem::take(&mut parted) && !text.is_empty() {
                    text.push(' ');
                }
                text.push(c);
            }
        }
    }
    for word in jieba::segmenter().cut(&text, true) {
        sink.token(word.word);
    }
    let letters = letters_and_digits(line);
    sink.count(letters, letters);
}

#[cfg(test)]
mod tests {
    use super::super::{Tokens, find};

    fn cut(name: &str, text: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.fill(find(name).expect("its name"), text);
        assert_eq!(tokens.loss(), 0.0);
        tokens.iter().map(str::to_owned).collect()
    }

    #[test]
    fn punctuation_parts_and_symbols_and_digits_stand_apart() {
        assert_eq!(cut("xlsum", "The G20's €3.5bn, co-op"), ["the", "g", "20", "s", "€", "3", "5", "bn", "co", "op"]);
        assert_eq!(cut("xlsum", "上合SCO2025年。"), ["上", "合", "sco", "2025", "年"]);
        assert_eq!(cut("xlsum", "C++ a_b $5 ½"), ["c", "a", "b", "5", "½"]);
    }

    #[test]
    fn marks_stay_with_their_letter_and_controls_vanish_without_parting() {
        assert_eq!(cut("xlsum", "ঢাকায় ২০টি"), ["ঢাকায়", "২০", "টি"]);
        assert_eq!(
            cut("xlsum", "e\u{301}te\u{301} a\u{200d}b\u{85}c \u{301}"),
            ["e\u{301}te\u{301}", "abc", "\u{301}"]
        );
        assert_eq!(
            cut("xlsum", "€\u{301}a 上\u{301}b 1\u{301}a"),
            ["€\u{301}", "a", "上", "\u{301}b", "1\u{301}", "a"]
        );
        assert_eq!(cut("xlsum", "a\u{2028}b\u{3000}c\u{fffd}d"), ["a", "b", "cd"]);
    }

    #[test]
    fn the_chinese_one_keeps_a_space_for_punctuation() {
        assert_eq!(cut("xlsum-zh", "《峰会》，在天津举行。"), ["峰会", " ", "在", "天津", "举行"]);
        assert_eq!(cut("xlsum-zh", "GDP增长2.3%"), ["gdp", "增长", "2", " ", "3"]);
    }
}
