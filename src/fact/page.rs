//! A text made ready for matching: folded characters, sentences, clauses, terms, quantities.

use std::sync::LazyLock;

use super::date::Base;
use super::denial::{Denial, denials};
use super::forms::{Forms, fold, is_latin, word_at};
use super::quantity::{Locale, Mention, Scanner, ends_clause, ends_sentence};
use super::term::{Senses, Term};
use crate::text::script::is_han;

/// A stretch between commas and stops, or between the figures of a coordination.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clause {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Index of its sentence.
    pub(crate) sentence: usize,
}

/// A text made ready.
#[derive(Debug)]
pub(crate) struct Page {
    /// As given.
    pub(crate) raw: Vec<char>,
    /// Folded, one character for one.
    pub(crate) text: Vec<char>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) terms: Vec<Term>,
    pub(crate) denials: Vec<Denial>,
    pub(crate) sentences: usize,
    /// Whether it has capitals at all.
    pub(super) cased: bool,
    /// The day of writing.
    pub(crate) base: Option<Base>,
}

impl Page {
    /// Reads a text by itself.
    pub(crate) fn new(text: &str, locale: Locale) -> Page {
        Page::read(text, locale, &Senses::default())
    }

    /// Reads a text in the light of others.
    pub(crate) fn read(text: &str, locale: Locale, senses: &Senses) -> Page {
        let raw: Vec<char> = text.chars().collect();
        let folded = fold(text);
        let mentions = Scanner::new(&folded, &raw, locale).mentions();
        let (clauses, sentences) = clauses(&folded, &mentions);
        let cased = raw.iter().any(|c| c.is_uppercase());
        let base = locale.base;
        let denials = denials(&folded, &clauses);
        let terms = Vec::new();
        let mut page = Page { raw, text: folded, mentions, clauses, terms, denials, sentences, cased, base };
        page.terms = page.read_terms(senses);
        page
    }

    /// The clause that holds a place.
    pub(crate) fn clause_at(&self, at: usize) -> usize {
        self.clauses.partition_point(|c| c.end <= at).min(self.clauses.len().saturating_sub(1))
    }

    /// Whether what stands at a place is denied: under an odd number of denials.
    pub(crate) fn denied(&self, at: usize) -> bool {
        // More in one clause is no language.
        const MOST: usize = 16;
        let clause = self.clause_at(at);
        let first = self.denials.partition_point(|d| d.clause < clause);
        let here = self.denials[first..].iter().take_while(|d| d.clause == clause).take(MOST);
        here.filter(|d| d.covers(at)).count() % 2 == 1
    }

    /// The text as given of a range.
    pub(crate) fn slice(&self, start: usize, end: usize) -> String {
        self.raw[start..end].iter().collect()
    }

    /// Whether most of it is written in Han characters.
    pub(crate) fn is_han(&self) -> bool {
        let (mut han, mut latin) = (0, 0);
        for c in &self.text {
            if is_han(*c) {
                han += 1;
            } else if c.is_ascii_alphabetic() {
                latin += 1;
            }
        }
        han * 3 > latin
    }
}

/// Clauses by punctuation, cut once more between the figures of a coordination.
fn clauses(text: &[char], mentions: &[Mention]) -> (Vec<Clause>, usize) {
    let (mut out, mut start, mut sentence, mut next) = (Vec::new(), 0, 0, 0);
    let mut at = 0;
    while at <= text.len() {
        while mentions.get(next).is_some_and(|m| m.core.1 <= at) {
            next += 1;
        }
        let inside = mentions.get(next).is_some_and(|m| m.core.0 < at && at < m.core.1);
        let stop = at == text.len() || (!inside && ends_clause(text, at));
        if stop {
            let end = (at + 1).min(text.len());
            coordination(text, mentions, start, end, sentence, &mut out);
            if at < text.len() && (ends_sentence(text, at) || matches!(text[at], '；' | ';')) {
                sentence += 1;
            }
            start = end;
        }
        at += 1;
    }
    (out, sentence + 1)
}

fn coordination(text: &[char], mentions: &[Mention], start: usize, end: usize, sentence: usize, out: &mut Vec<Clause>) {
    if start >= end {
        return;
    }
    let from = mentions.partition_point(|m| m.core.0 < start);
    let to = mentions.partition_point(|m| m.core.0 < end);
    let mut cut = start;
    for pair in mentions[from..to].windows(2) {
        let (a, b) = (pair[0].core.1.max(cut), pair[1].core.0);
        if a >= b {
            continue;
        }
        if let Some(at) = joint(text, a, b) {
            out.push(Clause { start: cut, end: at, sentence });
            cut = at;
        }
    }
    out.push(Clause { start: cut, end, sentence });
}

/// The end of a short quotation that opens at a place.
fn quotation(text: &[char], at: usize) -> Option<usize> {
    const LONGEST: usize = 24;
    let close = match text[at] {
        '「' => '」',
        '『' => '』',
        '“' => '”',
        '《' => '》',
        _ => return None,
    };
    text[at..].iter().take(LONGEST).position(|c| *c == close).map(|length| at + length + 1)
}

/// Words that hold a character that joins, and join nothing.
static HOLDING: LazyLock<Forms<()>> = LazyLock::new(|| {
    let lines = include_str!("data/zh_not_joins.txt").lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    Forms::new(lines.flat_map(str::split_whitespace).map(|w| (w, ())))
});

/// Whether the character at a place stands inside a word of its own (參與, 共和國, 與會).
fn within_word(text: &[char], at: usize) -> bool {
    const LONGEST: usize = 3;
    (at.saturating_sub(LONGEST)..=at).any(|from| HOLDING.at(text, from).is_some_and(|(end, ())| end > at))
}

/// Where a word that joins two figures' clauses begins, between their places.
fn joint(text: &[char], from: usize, to: usize) -> Option<usize> {
    const ENGLISH: [&str; 15] = [
        "and",
        "while",
        "but",
        "with",
        "against",
        "versus",
        "whereas",
        "including",
        "compared",
        "as",
        "when",
        "though",
        "although",
        "after",
        "followed",
    ];
    let mut past = from;
    (from..to).find(|&at| {
        let c = text[at];
        // A turn of phrase in quotation marks (「小而美」) is one word.
        past = past.max(quotation(text, at).unwrap_or(past));
        if at < past {
            return false;
        }
        if matches!(c, '、' | '而' | '及' | '并' | '和' | '与' | '另') {
            // 日、英的五间: a list inside what the figure is of.
            let listed = c == '、' && text[at..to].contains(&'的');
            return !(listed || within_word(text, at));
        }
        if c.is_ascii_alphabetic() && (at == 0 || !is_latin(text[at - 1])) {
            let bound =
                |at: usize| ["much", "many", "of", "few", "low", "high"].iter().any(|w| word_at(text, at, w).is_some());
            return ENGLISH.iter().any(|w| word_at(text, at, w).is_some_and(|end| *w != "as" || !bound(end + 1)));
        }
        false
    })
}
