//! How two outputs differ: words in languages with spaces, characters in Chinese.

use std::collections::{BTreeMap, HashSet};

use similar::{ChangeTag, TextDiff};
use unicode_segmentation::UnicodeSegmentation;

/// A piece of a diff.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Piece {
    /// On which side it stands.
    pub change: Change,
    /// Its text.
    pub text: String,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// On both sides.
    Kept,
    /// On the first side only.
    Removed,
    /// On the second side only.
    Added,
}

/// The diff of two texts by Unicode words, of which each Han character is one.
///
/// ```
/// use epitome::compare::diff::{Change, diff};
/// let pieces = diff("提供三萬個名額", "提供兩萬個名額");
/// assert_eq!((pieces[1].change, pieces[1].text.as_str()), (Change::Removed, "三"));
/// assert_eq!((pieces[2].change, pieces[2].text.as_str()), (Change::Added, "兩"));
/// ```
pub fn diff(first: &str, second: &str) -> Vec<Piece> {
    let made = TextDiff::from_unicode_words(first, second);
    let mut pieces: Vec<Piece> = Vec::new();
    for part in made.iter_all_changes() {
        let change = match part.tag() {
            ChangeTag::Equal => Change::Kept,
            ChangeTag::Delete => Change::Removed,
            ChangeTag::Insert => Change::Added,
        };
        match pieces.last_mut() {
            Some(last) if last.change == change => last.text.push_str(part.value()),
            _ => pieces.push(Piece { change, text: part.value().to_owned() }),
        }
    }
    pieces
}

/// Word pairs, each with the number of outputs.
pub type Counted = Vec<(String, u64)>;

/// How often word pairs were gained or lost over outputs: in how many outputs a pair stands on the one side only.
#[derive(Debug, Default)]
pub struct Pairs(BTreeMap<String, i64>);

impl Pairs {
    /// Counts the pairs of two outputs of one article.
    pub fn add(&mut self, first: &str, second: &str) {
        let (first, second) = (pairs(first), pairs(second));
        for gained in second.difference(&first) {
            *self.0.entry(gained.clone()).or_insert(0) += 1;
        }
        for lost in first.difference(&second) {
            *self.0.entry(lost.clone()).or_insert(0) -= 1;
        }
    }

    /// The pairs gained and lost in most outputs, in at least two, most first.
    pub fn most(&self, many: usize) -> (Counted, Counted) {
        let pick = |sign: i64| {
            let mut picked: Counted = self
                .0
                .iter()
                .filter(|(_, count)| **count * sign >= 2)
                .map(|(pair, count)| (pair.clone(), count.unsigned_abs()))
                .collect();
            picked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            picked.truncate(many);
            picked
        };
        (pick(1), pick(-1))
    }
}

/// The pairs of neighbouring words; Han characters are joined without a space.
fn pairs(text: &str) -> HashSet<String> {
    let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
    let han = |word: &str| word.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'));
    let join = |pair: &[String]| match pair {
        [a, b] if han(a) && han(b) => format!("{a}{b}"),
        pair => pair.join(" "),
    };
    words.windows(2).map(join).collect()
}
