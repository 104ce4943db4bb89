//! What a stated part leaves of its whole.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::{Case, Figure, distinct, ratio};
use crate::fact::forms::rest;
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Direction, Mention, cue};

/// What is left of a whole, named.
static NAMED: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("rest_named"));
/// One of two figures as a part of the other.
static PARTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("part_of"));

impl Case<'_> {
    /// The complement of a stated part; what a change leaves of the level before.
    pub(super) fn complement(&self, figures: &[Figure<'_>]) -> Option<(usize, &'static str)> {
        if !ratio(self.mention) {
            return None;
        }
        let told_of_former = self.mention.change == Change::To;
        figures.iter().find_map(|f| {
            (ratio(f.m) && self.is(Decimal::ONE.checked_sub(f.n))).then_some(())?;
            let left = f.m.change == Change::By && f.m.direction == Some(Direction::Down);
            if left && told_of_former {
                return Some((f.i, "what a stated change leaves"));
            }
            let falls = self.mention.change == Change::By && self.mention.direction == Some(Direction::Down);
            if falls && f.m.change != Change::By && of_former(self.source.page, f.m) {
                return Some((f.i, "the fall to a stated part of what was"));
            }
            let level = f.m.change != Change::By && self.mention.change != Change::By;
            (level && self.of_the_rest(f.i)).then_some((f.i, "the rest of a stated part"))
        })
    }

    /// Whether the telling is of the rest of a part rather than of the part itself.
    pub(super) fn of_the_rest(&self, part: usize) -> bool {
        let page = self.told.page;
        if self.says_rest() || self.named_rest(part) {
            return true;
        }
        if page.is_han() != self.source.page.is_han() && !distinct(self.value) {
            return false;
        }
        let (told, there) = (&self.told.bonds[self.i].role, &self.source.bonds[part].role);
        let (mut shared, mut all) = (0.0, 0.0);
        for term in told.terms.iter().filter(|t| t.near >= 0.9) {
            let worth = term.weight * term.near;
            all += worth;
            if let Ok(at) = there.terms.binary_search_by_key(&term.id, |t| t.id)
                && there.terms[at].near >= 0.6
            {
                shared += worth;
            }
        }
        all == 0.0 || shared < 0.5 * all
    }

    /// Whether the source itself speaks of the rest beside a part: `40% in cash and the rest in shares`.
    pub(super) fn named_rest(&self, part: usize) -> bool {
        let page = self.source.page;
        let at = page.mentions[part].core.1;
        let sentence = page.clauses[page.clause_at(at.saturating_sub(1))].sentence;
        let end = page.clauses.iter().rev().find(|c| c.sentence == sentence).map_or(at, |c| c.end);
        let words: String = rest(&page.text, at).iter().take(end.saturating_sub(at)).collect();
        NAMED.iter().any(|w| words.contains(w))
    }

    /// Whether the source, or the telling, speaks of what a part leaves of a whole, beside the two figures.
    pub(super) fn leaves(&self, x: &Figure<'_>, y: &Figure<'_>) -> bool {
        let page = self.source.page;
        let (from, to) = (x.m.core.0.min(y.m.core.0), x.m.core.1.max(y.m.core.1));
        let end = page.clauses.get(page.clause_at(to.saturating_sub(1)) + 1).map_or(to, |c| c.end);
        let words: String = page.text.get(from..end.max(to)).unwrap_or(&[]).iter().collect();
        NAMED.iter().any(|w| words.contains(w)) || self.says_rest()
    }

    /// Whether the telling's clause speaks of a rest.
    pub(super) fn says_rest(&self) -> bool {
        let page = self.told.page;
        let place = page.clauses[page.clause_at(self.mention.core.0)];
        says_rest(&page.text[place.start..place.end].iter().collect::<String>())
    }

    /// Whether the source says that one of two figures is part of the other (64人受傷，其中9人重傷).
    pub(super) fn holds(&self, x: &Figure<'_>, y: &Figure<'_>) -> bool {
        let (from, to) = (x.m.core.1.min(y.m.core.1), x.m.core.0.max(y.m.core.0));
        let between: String = self.source.page.text.get(from..to).unwrap_or(&[]).iter().collect();
        PARTS.iter().any(|p| between.contains(p))
    }
}

/// Whether a share is one of what was before: 僅為上一代的四分之一, `a quarter of its predecessor's`.
pub(super) fn of_former(page: &Page, m: &Mention) -> bool {
    let behind: String = rest(&page.text, m.core.1).iter().take(6).collect();
    page.text[..m.start].ends_with(&['的']) || behind.starts_with(" of ")
}

/// Whether words speak of what is left of a whole.
pub(crate) fn says_rest(words: &str) -> bool {
    REST.iter().any(|cue| {
        words.match_indices(cue).any(|(at, _)| {
            let word = cue.starts_with(|c: char| c.is_ascii_alphabetic());
            !(word && words[..at].ends_with(|c: char| c.is_ascii_alphabetic()))
        })
    })
}

/// Words for what is left of a whole, and denials, which tell of it too (`did not vote`).
static REST: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../data/rest.txt").lines().filter(|l| !l.starts_with('#')).flat_map(|l| l.split(',')).collect()
});
