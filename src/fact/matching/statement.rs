//! Statements: the weighted share of a claim's content words in the best one or two sentences, and its stance.

use crate::fact::forms::{Keyed, is_latin};
use crate::fact::page::Page;
use crate::fact::term::Term;

use super::fit::{Fit, fit};
use super::role::is_name;
use super::turn::{Denied, Turn, Turned, denied, turned};

/// A claim's content, ready to be looked for.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(super) terms: Vec<Weighted>,
    /// What a figure tells, as a rare word that no other claim holds.
    pub(super) figure: f32,
}

impl Content {
    /// The content with the words marked as shared by both languages that the other text is found to have.
    fn known(&self, has: impl Fn(u64) -> bool) -> Content {
        let mut known = self.clone();
        known.terms.iter_mut().for_each(|t| t.term.shared |= has(t.term.id));
        known
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Weighted {
    pub(super) term: Term,
    pub(super) weight: f32,
}

/// What a summary says of a claim.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// The weighted share of the claim's content in the best window.
    pub(crate) share: f32,
    /// The window, in characters.
    pub(crate) window: (usize, usize),
    /// How much content there was to look for.
    pub(crate) mass: f32,
    /// Whether a stance of the claim stands only the other way round in the window.
    pub(crate) against: bool,
    /// What turns the statement round.
    pub(crate) turned: Option<Turned>,
    /// Whether what it denies is told so.
    pub(crate) denial: Denied,
}

/// What the claim's own word counts for beside its synonyms.
const OWN_WORD: f32 = 0.35;
/// What the opposite of the claim's word counts for: the same matter, told the other way.
pub(super) const OPPOSITE: f32 = 0.7;
/// What a word counts for that the dictionary has, but the other text in none of its words.
const LISTED: f32 = 0.25;
/// The root of a figure's inverse frequency.
const FIGURE: f32 = 3.3;

/// Weighs the terms of all claims of a checklist: the root of the inverse frequency, times the log of how few claims
/// hold the term.
pub(crate) fn contents(pages: &[Page]) -> Vec<Content> {
    let mut holders: Keyed<u64, u32> = Keyed::default();
    for page in pages {
        let mut ids: Vec<u64> = page.terms.iter().map(|t| t.id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            *holders.entry(id).or_insert(0) += 1;
        }
    }
    let m = pages.len() as f32;
    pages
        .iter()
        .map(|page| {
            let mut terms: Vec<Weighted> = Vec::new();
            for term in &page.terms {
                if terms.iter().any(|t| t.term.id == term.id) {
                    continue;
                }
                let held = holders.get(&term.id).copied().unwrap_or(1) as f32;
                terms.push(Weighted { term: *term, weight: term.weight * ((m + 1.0) / held).ln().max(0.1) });
            }
            Content { terms, figure: FIGURE * (m + 1.0).ln() }
        })
        .collect()
}

/// Looks for a claim in a page. `other` says that the page is in another language than the claim, `entity` that the claim
/// turns on a name.
pub(crate) fn tell(
    claim: &Page,
    content: &Content,
    aliases: &[Vec<char>],
    page: &Page,
    (other, entity): (bool, bool),
) -> Told {
    let figures: Vec<_> = claim.mentions.iter().filter(|m| m.value.is_some()).collect();
    let figure_weight = content.figure;
    let mut best =
        Told { share: 0.0, window: (0, 0), mass: 0.0, against: false, turned: None, denial: Denied::Neither };
    if page.clauses.is_empty() {
        return best;
    }
    let sentence_of = |at: usize| page.clauses[page.clause_at(at)].sentence;
    let mut places: Keyed<u64, Vec<usize>> = Keyed::default();
    let mut words: Keyed<u64, Vec<usize>> = Keyed::default();
    for term in &page.terms {
        let s = page.clauses[term.clause].sentence;
        let note = |places: &mut Keyed<u64, Vec<usize>>, id: u64| {
            let list = places.entry(id).or_default();
            if list.last() != Some(&s) {
                list.push(s);
            }
        };
        note(&mut places, term.id);
        if !other {
            note(&mut words, term.word);
        }
    }
    let known = if other { Some(content.known(|id| places.contains_key(&id))) } else { None };
    let content = known.as_ref().unwrap_or(content);
    let share = |t: &Weighted| match (other, t.term.shared, t.term.listed) {
        (false, ..) | (_, true, _) => t.weight,
        // A dictionary does not have every word for it.
        (.., true) => LISTED * t.weight,
        _ => 0.0,
    };
    let mass: f32 = content.terms.iter().map(share).sum();
    let total = mass + figures.len() as f32 * figure_weight;
    best.mass = total;
    if total <= 0.0 {
        return best;
    }
    // For each term, the sentences that hold it; for each figure likewise.
    let mut bits = vec![0.0f32; page.sentences * 2];
    let mut add = |weight: f32, sentences: &[usize]| {
        // A window is one sentence (even places) or it with the next (odd places).
        let mut seen: Vec<usize> = Vec::new();
        for &s in sentences {
            for window in [Some(2 * s), Some(2 * s + 1), s.checked_sub(1).map(|p| 2 * p + 1)].into_iter().flatten() {
                if window < bits.len() && !seen.contains(&window) {
                    bits[window] += weight;
                    seen.push(window);
                }
            }
        }
    };
    for t in content.terms.iter().filter(|t| !other || t.term.shared) {
        if let Some(sentences) = places.get(&t.term.id) {
            // In English the word itself tells more than another for the same thing; Chinese words part in other places.
            let latin = claim.text[t.term.start].is_ascii();
            let own = if latin && !other { OWN_WORD } else { 0.0 };
            let word = words.get(&t.term.word);
            add(t.weight * (1.0 - own), sentences);
            if let Some(sentences) = word {
                add(t.weight * own, sentences);
            }
        } else if let Some(opposite) = t.term.opposite()
            && let Some(sentences) = places.get(&opposite)
        {
            add(t.weight * OPPOSITE, sentences);
        }
    }
    // An alias stands for the claim's names, or for the words that no table knows.
    let alias: Vec<usize> = aliases.iter().filter_map(|a| find(&page.text, a)).map(sentence_of).collect();
    if !alias.is_empty() {
        let named = |t: &&Weighted| is_name(claim, &t.term) && !places.contains_key(&t.term.id);
        let unknown = |t: &&Weighted| t.term.concept.is_none() && !places.contains_key(&t.term.id);
        let names: f32 = content.terms.iter().filter(named).map(|t| t.weight).sum();
        let words: f32 = content.terms.iter().filter(unknown).map(|t| t.weight).sum();
        add(if names > 0.0 { names } else { words }, &alias);
    }
    for figure in &figures {
        let sentences: Vec<usize> =
            page.mentions.iter().filter(|m| fit(figure, m) == Fit::Same).map(|m| sentence_of(m.core.0)).collect();
        add(figure_weight, &sentences);
    }
    let mut at = 0;
    for (i, share) in bits.iter().enumerate() {
        // Two sentences must bring clearly more than one.
        if *share > bits[at] + if i % 2 == 1 { 0.1 * total } else { 0.0 } {
            at = i;
        }
    }
    best.share = (bits[at] / total).min(1.0);
    let (first, last) = (at / 2, at / 2 + at % 2);
    let inside = |c: &&crate::fact::page::Clause| (first..=last).contains(&c.sentence);
    let start = page.clauses.iter().filter(inside).map(|c| c.start).min().unwrap_or(0);
    let end = page.clauses.iter().filter(inside).map(|c| c.end).max().unwrap_or(0);
    best.window = trim(page, start, end);
    let here = |id: u64| page.terms.iter().any(|t| t.id == id && t.start >= start && t.end <= end);
    let turned_back = |id: u64| page.terms.iter().any(|t| t.id == id && t.negated && t.start >= start && t.end <= end);
    best.against = content
        .terms
        .iter()
        .any(|t| !here(t.term.id) && t.term.opposite().is_some_and(|o| here(o) && turned_back(o) == t.term.negated));
    best.denial = denied(content, claim, page, (start, end), other);
    let named = |turn: Turn| turn == Turn::Name && !alias.is_empty();
    if let Some(found) = turned(claim, content, page, (start, end), (other, entity))
        && !named(found.turn)
    {
        let rest = ((bits[at] - found.counted) / (total - found.weight).max(0.01)).clamp(0.0, 1.0);
        best.turned = Some(Turned { at: found.at, turn: found.turn, rest });
    }
    best
}

/// Where a phrase stands in a text, whole: no letter or digit goes on at either end, nor a number over its point or comma
/// (`5 billion` does not stand in `1.5 billion`).
pub(crate) fn find(text: &[char], phrase: &[char]) -> Option<usize> {
    let joins = |a: char, b: char| is_latin(a) && is_latin(b);
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(char::is_ascii_digit);
    let (first, last) = (*phrase.first()?, *phrase.last()?);
    let whole = |at: usize| {
        let end = at + phrase.len();
        let before = at.checked_sub(1).map(|i| text[i]);
        let grouped = |mark: Option<char>| matches!(mark, Some('.' | ','));
        let goes_before = before.is_some_and(|c| joins(c, first))
            || first.is_ascii_digit() && grouped(before) && digit(at.checked_sub(2));
        let after = text.get(end).copied();
        let goes_on =
            after.is_some_and(|c| joins(last, c)) || last.is_ascii_digit() && grouped(after) && digit(Some(end + 1));
        !goes_before && !goes_on
    };
    (0..(text.len() + 1).saturating_sub(phrase.len())).find(|&at| text[at..].starts_with(phrase) && whole(at))
}

/// Without white space at either end.
pub(crate) fn trim(page: &Page, mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && page.raw[start].is_whitespace() {
        start += 1;
    }
    while end > start && page.raw[end - 1].is_whitespace() {
        end -= 1;
    }
    (start, end)
}
