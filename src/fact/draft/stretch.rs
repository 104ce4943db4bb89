//! The stretches of an article that claims are made of: clauses, cut once more between the figures of a list, and never
//! within a short quotation or a pair of brackets.

use crate::fact::forms::is_latin;
use crate::fact::page::Page;
use crate::fact::quantity::{ends_clause, ends_sentence};

/// A stretch of the article's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Index of its sentence.
    pub(super) sentence: usize,
}

/// Quotations up to this many characters are names and turns of phrase; longer ones are speech, which has clauses.
const QUOTED: usize = 24;

/// The stretches of a page, in order.
pub(super) fn stretches(page: &Page) -> Vec<Stretch> {
    let held = held(&page.raw);
    let figures: Vec<(usize, usize)> = page.mentions.iter().filter(|m| m.listed).map(|m| m.core).collect();
    let (mut out, mut start, mut sentence, mut next) = (Vec::new(), 0, 0, 0);
    for at in 0..page.text.len() {
        while figures.get(next).is_some_and(|f| f.1 <= at) {
            next += 1;
        }
        if held[at] || figures.get(next).is_some_and(|f| f.0 < at) {
            continue;
        }
        if ends_clause(&page.text, at) {
            out.push(Stretch { start, end: at + 1, sentence });
            start = at + 1;
            if ends_sentence(&page.text, at) || matches!(page.text[at], '；' | ';') {
                sentence += 1;
            }
        } else if let Some(end) = joint(&page.text, at)
            && next.checked_sub(1).is_some_and(|last| start <= figures[last].0)
            && figures.get(next).is_some_and(|f| !parted(page, end, f.0, &held))
        {
            out.push(Stretch { start, end: at, sentence });
            start = at;
        }
    }
    out.push(Stretch { start, end: page.text.len(), sentence });
    out.retain(|s| s.start < s.end);
    out
}

/// Whether a clause ends between two places.
fn parted(page: &Page, from: usize, to: usize, held: &[bool]) -> bool {
    (from..to).any(|i| !held[i] && ends_clause(&page.text, i))
}

/// Where a mark or word that joins the members of a list ends, if one begins at a place.
fn joint(text: &[char], at: usize) -> Option<usize> {
    if text[at] == '、' {
        return Some(at + 1);
    }
    let word = [' ', 'a', 'n', 'd', ' '];
    (at + word.len() < text.len() && text[at..].starts_with(&word)).then_some(at + word.len())
}

/// Which characters stand within a short quotation or brackets on one line.
fn held(text: &[char]) -> Vec<bool> {
    let mut held = vec![false; text.len()];
    let mut open: Vec<(char, usize)> = Vec::new();
    for (at, &c) in text.iter().enumerate() {
        if c == '\n' {
            open.clear();
            continue;
        }
        let closes = open.iter().rposition(|(expected, _)| *expected == c);
        if let Some(index) = closes {
            let (_, from) = open[index];
            open.truncate(index);
            if at - from <= QUOTED {
                held[from..=at].fill(true);
            }
            continue;
        }
        let close = match c {
            '「' => '」',
            '『' => '』',
            '“' => '”',
            '《' => '》',
            '（' => '）',
            '(' => ')',
            '"' => '"',
            _ => continue,
        };
        // Apostrophes and inches are no quotation marks: a straight mark opens only before a word.
        if c != '"' || !text.get(at.wrapping_sub(1)).is_some_and(|before| is_latin(*before)) {
            open.push((close, at));
        }
    }
    held
}

/// A stretch without white space, stops and joining words at either end.
pub(super) fn trimmed(page: &Page, start: usize, end: usize) -> (usize, usize) {
    let (mut start, mut end) = (start, end);
    while end > start
        && (page.raw[end - 1].is_whitespace()
            || matches!(page.raw[end - 1], '。' | '，' | '；' | '：' | '、' | '！' | '？' | ',' | ';' | ':' | '.'))
    {
        end -= 1;
    }
    loop {
        let before = start;
        while start < end
            && (page.raw[start].is_whitespace()
                || matches!(page.raw[start], '，' | '。' | '、' | ',' | '；' | '並' | '并' | '和' | '與' | '与' | '及'))
        {
            start += 1;
        }
        for word in ["and ", "while ", "but "] {
            if page.text[start..end].iter().take(word.len()).copied().eq(word.chars()) {
                start += word.len();
            }
        }
        if start == before {
            break;
        }
    }
    (start.min(end), end)
}
