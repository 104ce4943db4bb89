//! Chinese words, as jieba segments them.
//!
//! A text is segmented in its Simplified form, the only one that jieba's dictionary knows, and the tokens are cut out of
//! the text as it stands: Traditional stays Traditional unless the metric folds. Numbers are found before segmenting,
//! as jieba would split `2.3` and glue `萬億元`: `2.3萬億` and `三百二十` are one token, `1,200` is `1200`. Letters and
//! kana are cut as `han` cuts them, punctuation is dropped.
//!
//! The dictionary and the model for words that it lacks are those of jieba 0.42, but for one entry (`B超`); loading takes half a second, once a
//! process, and about 60 MB. Cost: linear in the characters.

use std::sync::LazyLock;

use jieba_rs::Jieba;

use super::han::{joins, stands_alone};
use super::{Sink, Tokenizer, letters_and_digits};
use crate::text::script::{self, is_han};

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "jieba",
    about: "Chinese words by jieba's dictionary, in either script; numbers whole, lowercased",
    source: "jieba 0.42, as jieba-rs 0.11 has it",
    examples: &["峰會宣布2025年援助20億元人民幣", "经济增长2.3%，达到三百二十万亿"],
    depends: || Some(format!("0.11-dict.{DICTIONARY}")),
    cut,
};

/// The first twelve hexadecimal digits of the SHA-256 of the dictionary that is built in.
pub(super) const DICTIONARY: &str = "139519822fe8";

/// The segmenter, loaded once.
pub(super) fn segmenter() -> &'static Jieba {
    static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);
    &JIEBA
}

fn cut(line: &str, sink: &mut Sink<'_>) {
    let folded = script::fold(line);
    let text = Text {
        line,
        starts: line.char_indices().map(|(at, _)| at).chain([line.len()]).collect(),
        folded: folded.chars().collect(),
    };
    let mut at = 0;
    while at < text.folded.len() {
        at = if let Some(end) = number(&text.folded, at) {
            text.number(at..end, sink);
            end
        } else if is_word(text.folded[at]) {
            let end = text.end(at, |at| is_word(text.folded[at]) && number(&text.folded, at).is_none());
            text.words(at..end, sink);
            end
        } else if stands_alone(text.folded[at]) {
            sink.token(text.part(at..at + 1));
            at + 1
        } else if text.folded[at].is_alphanumeric() {
            let end = text.end(at, |at| joins(text.folded[at]) && !stands_alone(text.folded[at]));
            sink.lowercase(text.part(at..end));
            end
        } else {
            at + 1
        };
    }
    let letters = letters_and_digits(line);
    sink.count(letters, letters);
}

/// Whether a character is the segmenter's to place.
fn is_word(c: char) -> bool {
    is_han(c) || c == '々'
}

/// A line with its characters, as they stand and folded.
struct Text<'a> {
    line: &'a str,
    /// Where each character starts, and the line's end.
    starts: Vec<usize>,
    folded: Vec<char>,
}

impl Text<'_> {
    /// The text of some characters, as it stands.
    fn part(&self, characters: std::ops::Range<usize>) -> &str {
        &self.line[self.starts[characters.start]..self.starts[characters.end]]
    }

    /// The first place after `at` for which something does not hold.
    fn end(&self, at: usize, holds: impl Fn(usize) -> bool) -> usize {
        (at + 1..self.folded.len()).find(|at| !holds(*at)).unwrap_or(self.folded.len())
    }

    /// Segments a run of Han characters.
    fn words(&self, characters: std::ops::Range<usize>, sink: &mut Sink<'_>) {
        let run: String = self.folded[characters.clone()].iter().collect();
        for word in segmenter().cut(&run, true) {
            sink.token(self.part(characters.start + word.start..characters.start + word.end));
        }
    }

    /// Adds a number: digits of full width as ASCII, without the commas that group them.
    fn number(&self, characters: std::ops::Range<usize>, sink: &mut Sink<'_>) {
        let plain = |c: char| match c {
            ',' | '，' => None,
            '\u{ff10}'..='\u{ff19}' | '．' => char::from_u32(u32::from(c) - 0xfee0),
            c => Some(c),
        };
        sink.token(&self.part(characters).chars().filter_map(plain).collect::<String>());
    }
}

fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '\u{ff10}'..='\u{ff19}')
}

/// A Chinese digit, in Simplified.
fn is_numeral(c: char) -> bool {
    matches!(c, '〇' | '零' | '一' | '二' | '两' | '三' | '四' | '五' | '六' | '七' | '八' | '九')
}

/// A Chinese power of ten, in Simplified.
fn is_power(c: char) -> bool {
    matches!(c, '十' | '百' | '千' | '万' | '亿' | '兆')
}

/// The end of the number that begins at a place, if one does. Characters are Simplified.
fn number(text: &[char], at: usize) -> Option<usize> {
    let first = *text.get(at)?;
    let run = |from: usize, holds: fn(char) -> bool| {
        text[from..].iter().position(|c| !holds(*c)).map_or(text.len(), |length| from + length)
    };
    if is_digit(first) {
        // A digit within a word (G20) is part of that.
        if at > 0 && text[at - 1].is_alphanumeric() && !is_word(text[at - 1]) && !stands_alone(text[at - 1]) {
            return None;
        }
        let mut end = run(at, is_digit);
        loop {
            let digits = run((end + 1).min(text.len()), is_digit);
            match text.get(end) {
                Some('.' | '．') if digits > end + 1 => end = digits,
                Some(',') if digits == end + 4 => end = digits,
                _ => break,
            }
        }
        return Some(run(end, is_power));
    }
    if !is_numeral(first) && first != '十' {
        return None;
    }
    let end = run(at, |c| is_numeral(c) || is_power(c));
    let number = &text[at..end];
    let powers = number.iter().any(|c| is_power(*c));
    // Digits in a row are a number where a zero is among them, or where a year follows: not 三三两两.
    let year = number.len() == 4 && text.get(end) == Some(&'年');
    let named = number.len() > 2 && number.iter().any(|c| matches!(c, '〇' | '零'));
    (number.len() > 1 && (powers || year || named)).then_some(end)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use sha2::{Digest, Sha256};

    use super::super::{Tokens, find};
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.fill(find("jieba").expect("jieba"), text);
        assert_eq!(tokens.loss(), 0.0);
        tokens.iter().map(str::to_owned).collect()
    }

    #[test]
    fn either_script_is_cut_alike_and_stays_as_it_is() {
        let hant = cut("上合組織理事會會議在天津舉行，頭髮乾燥");
        let hans = cut("上合组织理事会会议在天津举行，头发干燥");
        assert_eq!(hant, ["上合", "組織", "理事會", "會議", "在", "天津", "舉行", "頭髮", "乾燥"]);
        assert_eq!(hant.iter().map(|token| script::fold(token)).collect::<Vec<_>>(), hans);
    }

    #[test]
    fn numbers_are_found_before_words() {
        assert_eq!(cut("增长2.3萬億元，共1,200人"), ["增长", "2.3萬億", "元", "共", "1200", "人"]);
        assert_eq!(cut("三百二十名代表"), ["三百二十", "名", "代表"]);
        assert_eq!(cut("一九九七年与二〇二五年"), ["一九九七", "年", "与", "二〇二五", "年"]);
        assert_eq!(cut("三三两两"), ["三三两两"]);
        assert_eq!(cut("万一"), ["万一"]);
        assert_eq!(cut("G20峰会，20km，３．５％"), ["g20", "峰会", "20", "km", "3.5"]);
        assert_eq!(cut("第1,2,345名 1.2.3 5."), ["第", "1", "2345", "名", "1.2.3", "5"]);
    }

    #[test]
    fn the_rest_is_cut_as_han_cuts_it() {
        assert_eq!(cut("GDP和カラ！Ünited"), ["gdp", "和", "カ", "ラ", "ünited"]);
        assert_eq!(cut(" 。\u{0}"), [""; 0]);
    }

    #[test]
    fn the_hash_is_that_of_the_dictionary_built_in() {
        let tool = |variable, name: &str| Command::new(std::env::var_os(variable).unwrap_or_else(|| name.into()));
        let version = tool("RUSTC", "rustc").arg("-vV").output().expect("rustc");
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
        let mut command = tool("CARGO", "cargo");
        // Only this platform's crates are there where nothing but a build has downloaded any.
        command.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host]);
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo metadata");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let packages = metadata["packages"].as_array().expect("packages");
        let jieba = packages.iter().find(|p| p["name"] == "jieba-rs").expect("jieba-rs");
        let manifest = std::path::Path::new(jieba["manifest_path"].as_str().expect("a path"));
        let dictionary = std::fs::read(manifest.with_file_name("src/data/dict.txt")).expect("the dictionary");
        let hash: String = Sha256::digest(&dictionary).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(&hash[..DICTIONARY.len()], DICTIONARY);
    }
}
