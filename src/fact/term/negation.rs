//! Denials right before a word: `not`, 不, a figure of zero.

use std::sync::LazyLock;

use crate::fact::forms::{Forms, Keyed, cell, rows};
use crate::fact::page::Page;

/// What a word before another does to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It denies it.
    Not,
    /// It denies it with `to` between the two.
    To,
    /// It stands between a denial and what that denies.
    Over,
}

/// The table of words that deny the one behind them.
#[derive(Debug)]
struct Negations {
    /// Chinese forms that deny.
    forms: Forms<()>,
    /// Chinese characters that may stand between.
    over: Vec<char>,
    /// English words.
    words: Keyed<&'static str, Kind>,
}

static NEGATIONS: LazyLock<Negations> = LazyLock::new(|| {
    let (mut forms, mut over, mut words) = (Vec::new(), Vec::new(), Keyed::default());
    for row in rows(include_str!("../data/negations.tsv")) {
        let kind = match row[0] {
            "not" => Kind::Not,
            "to" => Kind::To,
            _ => Kind::Over,
        };
        match kind {
            Kind::Over => over.extend(cell(&row, 1).flat_map(str::chars)),
            _ => forms.extend(cell(&row, 1).map(|form| (form, ()))),
        }
        words.extend(cell(&row, 2).map(|word| (word, kind)));
    }
    Negations { forms: Forms::new(forms), over, words }
});

impl Page {
    /// Whether a figure of zero stands right before a place: `0 deaths` are none.
    pub(super) fn none_of(&self, at: usize) -> bool {
        let next = self.mentions.partition_point(|m| m.core.0 < at);
        let before = next.checked_sub(1).map(|i| &self.mentions[i]);
        before.is_some_and(|m| {
            m.base_value().is_some_and(|n| n.is_zero())
                && self.text[m.core.1.min(at)..at].iter().all(|c| *c == ' ')
                && !matches!(m.unit.kind, "temperature" | "time" | "score")
        })
    }

    /// Whether 不, 未, 沒有, 拒絕 deny the word that begins here, over auxiliaries and adverbs (不得再, 並未能).
    pub(super) fn negated_han(&self, at: usize) -> bool {
        let before = &self.text[at.saturating_sub(6)..at];
        let over = before.iter().rev().take_while(|c| NEGATIONS.over.contains(c)).count();
        NEGATIONS.forms.before(before, before.len() - over).is_some()
    }

    /// Whether `not`, `no`, `never`, `failed to` deny the word that begins here, over auxiliaries and articles.
    pub(super) fn negated_latin(&self, at: usize) -> bool {
        let before: String = self.text[at.saturating_sub(32)..at].iter().collect();
        let before = before.rsplit([',', '.', ';', ':']).next().unwrap_or("");
        if before.ends_with("non-") {
            return true;
        }
        let mut to = false;
        for word in before.trim_end().rsplit(' ').take(5) {
            match NEGATIONS.words.get(word) {
                Some(Kind::Not) => return true,
                Some(Kind::To) => return to,
                Some(Kind::Over) => {}
                None if word == "to" => to = true,
                None => return word.ends_with("n't"),
            }
        }
        false
    }
}
