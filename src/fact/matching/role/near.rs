//! How near a term stands to a figure.

use crate::fact::page::Page;
use crate::fact::quantity::{Change, Mention};
use crate::fact::term::Term;

/// A term near a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) id: u64,
    /// How near it stands, 0 to 1.5: the counted noun above all.
    pub(crate) near: f32,
    /// How much the term tells by itself.
    pub(crate) weight: f32,
    /// Whether another language could share it.
    pub(crate) shared: bool,
    /// Whether it is denied there.
    pub(crate) negated: bool,
    /// Whether it stands for a figure told beside.
    pub(crate) figure: bool,
    /// Whether it is a name.
    pub(crate) name: bool,
    /// Whether it is a stance with an opposite (上漲): which way a change went, which the figure tells itself.
    pub(crate) stance: bool,
}

/// How many characters off a term may stand: what keeps a text without stops linear.
pub(super) const REACH: usize = 400;

/// How near a term stands to a figure.
pub(super) fn nearness(page: &Page, mention: &Mention, clause: usize, term: &Term, bare: bool) -> f32 {
    let (a, b) = (page.clauses[clause], page.clauses[term.clause]);
    if clause == term.clause {
        let before = term.end <= mention.core.0;
        // A figure in between takes a term behind it to itself; a subject before both is common to them.
        let (from, to) = if before { (term.end, mention.core.0) } else { (mention.core.1, term.start) };
        let lo = page.mentions.partition_point(|m| m.core.0 < from);
        let between = page
            .mentions
            .get(lo)
            // 由300只恢復到2800只: both are of what stands before the two.
            .filter(|m| !(m.change == Change::From && mention.change == Change::To))
            .is_some_and(|m| m.core.0 < to && !matches!(m.unit.kind, "date" | "duration" | "ordinal"));
        return match (between, before) {
            (true, true) => 0.7,
            (true, false) => 0.35,
            // Of a pair from and to, neither is nearer to what stands before both.
            (false, true) if mention.change == Change::From => 1.0,
            (false, _) if to.saturating_sub(from) <= 2 => 1.25,
            (false, _) => 1.0,
        };
    }
    if a.sentence != b.sentence {
        return if b.sentence + 1 == a.sentence { 0.1 } else { 0.0 };
    }
    let gap = clause.abs_diff(term.clause) as f32;
    let lo = page.mentions.partition_point(|m| m.core.0 < b.start);
    let own = page.mentions[lo..]
        .iter()
        .take_while(|m| m.core.0 < b.end)
        .any(|m| !matches!(m.unit.kind, "date" | "ordinal" | "duration"));
    match (term.clause < clause, own) {
        (true, false) => 0.6 / gap,
        // 營收412億元，年增18.6%: a clause without a subject of its own goes on with the one before.
        (true, true) if bare => 0.6 / (1.0 + 0.3 * (gap - 1.0)),
        (true, true) => 0.12 / gap,
        (false, false) => 0.35 / gap,
        (false, true) => 0.1 / gap,
    }
}
