//! Chinese scripts: which one a text is in, and folding one onto the other.
//!
//! Script is not content: Traditional against Simplified is a finding of its own ([`detect`]), and everything
//! that compares content can do so on [`fold`]ed text.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// The script of a text's Han characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Traditional.
    Hant,
    /// Simplified.
    Hans,
    /// Characters of both, neither prevailing.
    Mixed,
    /// Nothing that tells (no Han character, or only shared ones).
    Common,
}

impl Script {
    /// The ISO 15924 code, where the script has one.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Script::Hant => Some("Hant"),
            Script::Hans => Some("Hans"),
            Script::Mixed | Script::Common => None,
        }
    }
}

/// Whether a character is a Han ideograph (any CJK unified or compatibility block, or 〇).
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' | '\u{f900}'..='\u{faff}' | '〇')
}

/// The script a character belongs to: [`Script::Common`] where it is written alike in both, or is not Han.
pub fn of_char(c: char) -> Script {
    TABLE.script(c)
}

/// Counts of characters that only one script writes: (Traditional, Simplified).
pub fn evidence(text: &str) -> (usize, usize) {
    text.chars().fold((0, 0), |(hant, hans), c| match of_char(c) {
        Script::Hant => (hant + 1, hans),
        Script::Hans => (hant, hans + 1),
        Script::Mixed | Script::Common => (hant, hans),
    })
}

/// The script of a text. It is [`Script::Mixed`] where each script has more than a tenth of the telling
/// characters.
pub fn detect(text: &str) -> Script {
    let (hant, hans) = evidence(text);
    match (hant, hans) {
        (0, 0) => Script::Common,
        _ if hans * 10 <= hant + hans => Script::Hant,
        _ if hant * 10 <= hant + hans => Script::Hans,
        _ => Script::Mixed,
    }
}

/// Folds Traditional onto Simplified, by phrase where a character alone would not tell (OpenCC's `t2s`).
///
/// The result has as many scalar values as the text, so that a span of one is a span of the other. Text without
/// a Traditional character comes back as it was.
pub fn fold(text: &str) -> String {
    if !text.chars().any(|c| TABLE.fold(c) != c) {
        return text.to_owned();
    }
    let folded = T2S.convert(text);
    if folded.chars().count() == text.chars().count() { folded } else { text.chars().map(fold_char).collect() }
}

/// Folds one character, without regard to its phrase.
pub fn fold_char(c: char) -> char {
    TABLE.fold(c)
}

/// Converts to Traditional, by phrase (OpenCC's `s2t`).
pub fn to_traditional(text: &str) -> String {
    static S2T: LazyLock<OpenCC> = LazyLock::new(|| converter(BuiltinConfig::S2t));
    S2T.convert(text)
}

static T2S: LazyLock<OpenCC> = LazyLock::new(|| converter(BuiltinConfig::T2s));
static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

#[expect(clippy::expect_used, reason = "the dictionaries are compiled into the program")]
fn converter(config: BuiltinConfig) -> OpenCC {
    OpenCC::from_config(config).expect("OpenCC's built-in dictionaries load")
}

const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

/// Folding and script of every character of the basic CJK block.
struct Table {
    folded: Vec<char>,
    script: Vec<Script>,
}

impl Table {
    fn build() -> Table {
        let chars: Vec<char> = (FIRST..=LAST).filter_map(char::from_u32).collect();
        let lines: String = chars.iter().flat_map(|&c| [c, '\n']).collect();
        let alone = |converted: String| -> Vec<char> { converted.lines().filter_map(|l| l.chars().next()).collect() };
        let simplified = alone(T2S.convert(&lines));
        let traditional = alone(converter(BuiltinConfig::S2t).convert(&lines));
        let script = chars.iter().enumerate().map(|(i, &c)| {
            // A form that the other script's own standard set holds too (后, 里, 著) tells nothing.
            if simplified[i] != c && !in_gb2312(c) {
                Script::Hant
            } else if traditional[i] != c && !in_big5_frequent(c) {
                Script::Hans
            } else {
                Script::Common
            }
        });
        Table { script: script.collect(), folded: simplified }
    }

    fn index(c: char) -> Option<usize> {
        (FIRST..=LAST).contains(&u32::from(c)).then(|| (u32::from(c) - FIRST) as usize)
    }

    fn fold(&self, c: char) -> char {
        Table::index(c).map_or(c, |i| self.folded[i])
    }

    fn script(&self, c: char) -> Script {
        Table::index(c).map_or(Script::Common, |i| self.script[i])
    }
}

/// Whether a character is one of GB 2312's hanzi, the set of ordinary Simplified text.
fn in_gb2312(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, lossy) = encoding_rs::GBK.encode(c.encode_utf8(&mut buffer));
    !lossy && matches!(*bytes, [0xb0..=0xf7, 0xa1..=0xfe])
}

/// Whether a character is one of Big5's frequent hanzi, the set of ordinary Traditional text.
fn in_big5_frequent(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, lossy) = encoding_rs::BIG5.encode(c.encode_utf8(&mut buffer));
    !lossy && matches!(*bytes, [0xa4..=0xc6, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_told_apart_by_the_characters_that_tell() {
        assert_eq!(detect("無償援助與貸款"), Script::Hant);
        assert_eq!(detect("无偿援助与贷款"), Script::Hans);
        assert_eq!(detect("皇后住在里弄，台上有面"), Script::Common);
        assert_eq!(detect("無償援助与贷款"), Script::Mixed);
        assert_eq!(detect("2.3 trillion"), Script::Common);
    }

    #[test]
    fn folding_is_by_phrase_and_keeps_the_number_of_characters() {
        assert_eq!(fold("臺灣的乾隆年間，頭髮乾燥"), "台湾的乾隆年间，头发干燥");
        assert_eq!(fold("already plain 文字"), "already plain 文字");
    }
}
