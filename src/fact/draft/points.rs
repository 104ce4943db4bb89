//! Enumerated points: 一是 … 二是 …, 第一，… 第二，…, `First, … Second, …`, each with what leads it.

use super::stretch::{Stretch, trimmed};
use crate::fact::forms::is_latin;
use crate::fact::page::Page;

/// A point of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    /// Where its words begin, behind what numbers it.
    pub(super) start: usize,
    /// Where the clauses end that say what it is.
    pub(super) end: usize,
}

/// A point's first clause alone may be a heading (堅持開放包容): clauses are taken until there are this many characters.
const HAN: usize = 14;
const LATIN: usize = 48;

/// The points of the longest list of an article; none where nothing is enumerated.
pub(super) fn points(page: &Page, stretches: &[Stretch], prose: impl Fn(usize) -> bool) -> Vec<Point> {
    let series = include_str!("../data/enumerations.txt").lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    let starts = series.map(|line| {
        let forms: Vec<Vec<char>> = line.split('|').map(|form| form.replace('_', " ").chars().collect()).collect();
        markers(page, &forms, &prose)
    });
    // Of equally long lists the first series counts.
    let mut best: Vec<(usize, usize)> = Vec::new();
    for found in starts {
        if found.len() >= 2 && found.len() > best.len() {
            best = found;
        }
    }
    let point = |(i, &(_, start)): (usize, &(usize, usize))| {
        let next = best.get(i + 1).map_or(page.text.len(), |next| next.0);
        let (start, end) = trimmed(page, start, lead(page, stretches, start, next));
        (start < end).then_some(Point { start, end })
    };
    best.iter().enumerate().filter_map(point).collect()
}

/// Where each word of a series stands and ends, in order.
fn markers(page: &Page, forms: &[Vec<char>], prose: &impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let text = &page.text;
    let opens = |at: usize| at == 0 || !(is_latin(text[at - 1]) || crate::text::script::is_han(text[at - 1]));
    let find = |form: &[char], from: usize| {
        (from..text.len().saturating_sub(form.len())).find(|&at| text[at..].starts_with(form) && opens(at) && prose(at))
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for form in forms {
        let Some(at) = find(form, from) else { break };
        from = at + form.len();
        found.push((at, from));
    }
    // The first word may stand earlier by chance: the last one before the second counts.
    if let [first, second, ..] = found.as_mut_slice() {
        let mut at = first.0;
        while let Some(later) = find(&forms[0], at + 1).filter(|later| *later < second.0) {
            at = later;
        }
        *first = (at, at + forms[0].len());
    }
    found
}

/// The end of the clauses that say what a point is.
fn lead(page: &Page, stretches: &[Stretch], start: usize, until: usize) -> usize {
    let enough = if page.is_han() { HAN } else { LATIN };
    let mut end = start;
    let mut sentence = None;
    for stretch in stretches.iter().filter(|s| s.end > start && s.start < until) {
        // Another sentence is taken only where the first says next to nothing.
        let sentence = *sentence.get_or_insert(stretch.sentence);
        if end - start >= enough || stretch.sentence != sentence && end - start >= enough / 3 {
            break;
        }
        // A line feed ends a paragraph, and a claim stands on one line.
        if page.raw[start..stretch.end.min(until)]
            .iter()
            .rposition(|c| *c == '\n')
            .is_some_and(|at| at + 1 < stretch.end.min(until) - start)
            && end > start
        {
            break;
        }
        end = stretch.end.min(until);
    }
    end
}
