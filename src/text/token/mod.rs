//! Tokenizers, by name.
//!
//! A tokenizer cuts one line of text into tokens (words, characters); [`Tokens::fill`] runs it line by line, counts
//! the letters and digits it lets fall, and keeps everything in one buffer that is used again for the next text.
//! [`TOKENIZERS`] is the registry; [`default_for`] is the choice where nobody made one.
//!
//! ```
//! use epitome::text::token::{self, Tokens};
//!
//! let mut tokens = Tokens::default();
//! tokens.fill(token::find("han").unwrap(), "上合峰會於2025年在天津舉行");
//! assert_eq!(tokens.iter().take(6).collect::<Vec<_>>(), ["上", "合", "峰", "會", "於", "2025"]);
//! assert_eq!(tokens.loss(), 0.0);
//! ```

mod han;
mod intl;
mod jieba;
mod mteval;
pub(crate) mod plain;
pub mod porter;
mod rouge;
pub mod tercom;
mod unicode;
pub mod vocabulary;
mod xlsum;

use crate::model::Lang;

/// A registry entry: a way of cutting text into tokens.
pub struct Tokenizer {
    /// Its name in suites, on the command line and in signatures.
    pub name: &'static str,
    /// One line on what it does.
    pub about: &'static str,
    /// The program or standard that defines it.
    pub source: &'static str,
    /// Texts that show it at work.
    pub examples: &'static [&'static str],
    /// What else, beside its name, its tokens depend on (a dictionary's hash), for signatures.
    pub depends: fn() -> Option<String>,
    /// Cuts one part of a text, mostly a line. A `\n` within it is white space.
    cut: fn(&str, &mut Sink<'_>),
}

impl Tokenizer {
    /// Its name with what else its tokens depend on, as signatures hold it.
    pub fn signature(&self) -> String {
        match (self.depends)() {
            Some(depends) => format!("{}-{depends}", self.name),
            None => self.name.to_owned(),
        }
    }
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tokenizer").field(&self.name).finish()
    }
}

impl PartialEq for Tokenizer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Tokenizer {}

/// Every tokenizer, in the order of help, docs and `epitome list tokenizers`.
pub static TOKENIZERS: &[&Tokenizer] = &[
    &rouge::TOKENIZER,
    &han::TOKENIZER,
    &jieba::TOKENIZER,
    &unicode::TOKENIZER,
    &xlsum::TOKENIZER,
    &xlsum::CHINESE,
    &plain::CHAR,
    &plain::WHITESPACE,
    &mteval::MTEVAL_13A,
    &mteval::ZH,
    &intl::TOKENIZER,
];

/// The tokenizer of a name. sacreBLEU's `none` is `whitespace`.
pub fn find(name: &str) -> Option<&'static Tokenizer> {
    let name = if name == "none" { WHITESPACE.name } else { name };
    TOKENIZERS.iter().copied().find(|t| t.name == name)
}

/// rouge-score's own, the only one that stemming goes with.
pub const ROUGE: &Tokenizer = &rouge::TOKENIZER;

/// BLEU's default.
pub const MTEVAL_13A: &Tokenizer = &mteval::MTEVAL_13A;

/// BLEU's default for Chinese.
pub const ZH: &Tokenizer = &mteval::ZH;

/// Characters, as they stand.
pub const CHAR: &Tokenizer = &plain::CHAR;

/// What is parted by white space already.
pub const WHITESPACE: &Tokenizer = &plain::WHITESPACE;

/// What [`default_for`] may answer.
pub static DEFAULTS: [&Tokenizer; 3] = [&rouge::TOKENIZER, &han::TOKENIZER, &unicode::TOKENIZER];

/// The tokenizer for text of a language where none is asked for: `rouge` for English, `han` for Chinese, `unicode`
/// elsewhere.
pub fn default_for(lang: &Lang) -> &'static Tokenizer {
    let language = lang.as_str().split('-').next().unwrap_or_default();
    let is = |codes: &[&str]| codes.iter().any(|code| language.eq_ignore_ascii_case(code));
    match () {
        () if is(&["en"]) => &rouge::TOKENIZER,
        () if is(&["zh", "cmn", "yue", "lzh"]) => &han::TOKENIZER,
        () => &unicode::TOKENIZER,
    }
}

/// The share of letters and digits that a tokenizer may let fall before its scores mean nothing (the contract's 5 %).
pub const TOLERATED_LOSS: f64 = 0.05;

/// The tokens of one text, in a buffer that is used again from text to text.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The tokens' bytes, padded at the end so that 16 bytes can be read at the start of each.
    bytes: Vec<u8>,
    /// Where each token stands in `bytes`.
    ranges: Vec<(usize, usize)>,
    /// For each line of the text that is not empty, the number of tokens up to its end.
    lines: Vec<usize>,
    /// Letters and digits of the text.
    seen: usize,
    /// Those of them that stand in a token.
    kept: usize,
    /// Where tokenizers put text that they are working on.
    scratch: [Vec<u8>; 2],
}

/// Bytes that may be read past a token's start, whatever its length.
pub(crate) const PADDING: usize = 16;

impl Tokens {
    /// Replaces the tokens by those of a text. Lines end at `\n`; no token crosses a line.
    pub fn fill(&mut self, tokenizer: &Tokenizer, text: &str) {
        self.clear();
        if std::ptr::eq(tokenizer, ROUGE) && rouge::fill(text, self) {
            // Its tokens stand where they do in the text, and no line bears on another.
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
                if start < end {
                    let before = self.lines.last().copied().unwrap_or(0);
                    self.lines.push(before + self.ranges[before..].partition_point(|(at, _)| *at < end));
                }
                start = end + 1;
            }
            self.bytes.extend_from_slice(&[0; PADDING]);
            return;
        }
        self.fill_parts(tokenizer, text.split('\n'));
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ranges.clear();
        self.lines.clear();
        (self.seen, self.kept) = (0, 0);
    }

    /// Replaces the tokens by those of a text given in parts (its lines, its sentences). Empty parts are left out.
    pub fn fill_parts<'a>(&mut self, tokenizer: &Tokenizer, parts: impl IntoIterator<Item = &'a str>) {
        self.clear();
        for part in parts {
            if !part.is_empty() {
                (tokenizer.cut)(part, &mut Sink { tokens: self });
                self.lines.push(self.ranges.len());
            }
        }
        self.bytes.extend_from_slice(&[0; PADDING]);
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The tokens, in text order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|&(start, end)| std::str::from_utf8(&self.bytes[start..end]).unwrap_or_default())
    }

    /// For each line that is not empty, the number of tokens up to its end.
    pub fn lines(&self) -> &[usize] {
        &self.lines
    }

    /// The share of the text's letters and digits that stand in no token, 0 to 1.
    pub fn loss(&self) -> f64 {
        if self.seen == 0 { 0.0 } else { (self.seen - self.kept) as f64 / self.seen as f64 }
    }

    /// The padded bytes and the tokens' places in them.
    pub(crate) fn raw(&self) -> (&[u8], &[(usize, usize)]) {
        (&self.bytes, &self.ranges)
    }
}

/// Where a tokenizer puts what it cuts.
pub struct Sink<'a> {
    tokens: &'a mut Tokens,
}

impl Sink<'_> {
    /// Adds a token as it stands in the text. An empty one is left out.
    pub fn token(&mut self, token: &str) {
        let start = self.tokens.bytes.len();
        self.tokens.bytes.extend_from_slice(token.as_bytes());
        self.end(start);
    }

    /// Adds a token in lower case.
    pub fn lowercase(&mut self, token: &str) {
        let start = self.tokens.bytes.len();
        if token.is_ascii() {
            self.tokens.bytes.extend(token.bytes().map(|b| b.to_ascii_lowercase()));
        } else {
            self.tokens.bytes.extend_from_slice(token.to_lowercase().as_bytes());
        }
        self.end(start);
    }

    /// Puts a text where parts of it can be made tokens. Returns where it stands.
    fn text(&mut self, text: &str) -> usize {
        let base = self.tokens.bytes.len();
        self.tokens.bytes.extend_from_slice(text.as_bytes());
        base
    }

    /// Adds a token that stands between two places, of [`Sink::text`]. An empty one is left out.
    fn part(&mut self, start: usize, end: usize) {
        if start < end {
            self.tokens.ranges.push((start, end));
        }
    }

    /// Counts letters and digits of the text: all, and those that stand in a token.
    pub fn count(&mut self, seen: usize, kept: usize) {
        self.tokens.seen += seen;
        self.tokens.kept += kept;
    }

    /// Adds a token by its bytes, which must be UTF-8.
    fn bytes(&mut self, token: &[u8]) {
        let start = self.tokens.bytes.len();
        self.tokens.bytes.extend_from_slice(token);
        self.end(start);
    }

    /// Lends two buffers, to be given back.
    fn scratch(&mut self) -> [Vec<u8>; 2] {
        std::mem::take(&mut self.tokens.scratch)
    }

    /// Takes lent buffers back.
    fn give_back(&mut self, first: Vec<u8>, second: Vec<u8>) {
        self.tokens.scratch = [first, second];
    }

    fn end(&mut self, start: usize) {
        self.part(start, self.tokens.bytes.len());
    }
}

/// Letters and digits of a text.
pub fn letters_and_digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(name: &str, text: &str) -> (Vec<String>, f64) {
        let mut tokens = Tokens::default();
        tokens.fill(find(name).expect("a tokenizer of that name"), text);
        (tokens.iter().map(str::to_owned).collect(), tokens.loss())
    }

    #[test]
    fn rouge_keeps_ascii_and_counts_what_it_lets_fall() {
        assert_eq!(cut("rouge", "Don't PAY 3.5%").0, ["don", "t", "pay", "3", "5"]);
        assert_eq!(cut("rouge", "\u{212a}elvin \u{130}x"), (vec!["kelvin".into(), "i".into(), "x".into()], 0.0));
        assert_eq!(cut("rouge", "café"), (vec!["caf".into()], 0.25));
        assert_eq!(cut("rouge", "2019年"), (vec!["2019".into()], 0.2));
        assert_eq!(cut("rouge", "— “…” !"), (vec![], 0.0));
    }

    #[test]
    fn han_takes_characters_of_han_and_runs_of_the_rest() {
        let (tokens, loss) = cut("han", "上合峰會（SCO）2025年：援助20億元，GDP增2.3%，カラオケ Ünited");
        assert_eq!(
            tokens,
            [
                "上", "合", "峰", "會", "sco", "2025", "年", "援", "助", "20", "億", "元", "gdp", "增", "2", "3", "カ",
                "ラ", "オ", "ケ", "ünited"
            ]
        );
        assert_eq!(loss, 0.0);
    }

    #[test]
    fn unicode_words_need_no_spaces() {
        assert_eq!(cut("unicode", "L'été à 3.5 °C — Où ?").0, ["l'été", "à", "3.5", "c", "où"]);
        assert_eq!(cut("unicode", "ภาษาไทย").0, ["ภาษา", "ไทย"]);
        let ja = cut("unicode", "首脳会議は2025年に天津で開かれた。").0;
        assert_eq!(ja, ["首脳", "会議", "は", "2025", "年", "に", "天津", "で", "開", "か", "れた"]);
        assert_eq!(
            cut("unicode", "정상회의가 9월 1일 톈진에서 열렸다.").0,
            ["정상회의가", "9월", "1일", "톈진에서", "열렸다"]
        );
        let th = cut("unicode", "นายกรัฐมนตรีเดินทางไปกรุงเทพ");
        assert_eq!(th, (["นายก", "รัฐมนตรี", "เดินทาง", "ไป", "กรุง", "เทพ"].map(str::to_owned).to_vec(), 0.0));
        assert_eq!(cut("unicode", "東京都に住む").1, 0.0);
    }

    #[test]
    fn plain_tokenizers_are_pythons() {
        assert_eq!(cut("char", "a\u{1c}你 B!").0, ["a", "你", "B", "!"]);
        assert_eq!(cut("whitespace", "a\u{1f}b\u{3000}c\u{200b}d").0, ["a", "b", "c\u{200b}d"]);
    }
}
