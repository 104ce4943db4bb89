//! Who owns a place: which of a source's figures a telling is said of, weighed by what tells two of them apart.
//!
//! What two figures of a source share says nothing about which of them is told. What stands beside the one and not
//! beside the other does: a word, a name, the counted noun, a period, the figure told next to it. A telling of the
//! right value is called another's only where such evidence is there, and outweighs what speaks for the value.

use super::date::Day;
use super::forms::{is_latin, rest};
use super::lexicon::LEXICON;
use super::matching::fit::{Fit, fit};
use super::matching::role::{Per, Role, facets_conflict, role, unlike};
use super::page::Page;
use super::quantity::{Change, Mention, Value};

/// What a figure is bound to where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Bond {
    pub(crate) role: Role,
    /// The period told for it.
    period: Option<Day>,
    /// The figures told beside it, with how near.
    beside: Vec<(usize, f32)>,
    /// What a share is a share of: the terms between 占 or `of` and it.
    base: Vec<u64>,
    /// The figures of the list that it is an item of, before it: what they say of theirs, it leaves out.
    heads: Vec<usize>,
}

/// The bonds of all figures of a page.
pub(crate) fn bonds(page: &Page) -> Vec<Bond> {
    (0..page.mentions.len()).map(|i| bond(page, i)).collect()
}

/// How far off, in figures, another one may stand to count as told beside.
const BESIDE: usize = 3;

fn bond(page: &Page, i: usize) -> Bond {
    let mention = &page.mentions[i];
    let clause = page.clause_at(mention.core.0);
    let sentence = page.clauses.get(clause).map_or(0, |c| c.sentence);
    let near = |at: usize| {
        let c = page.clause_at(at);
        let place = page.clauses[c];
        (place.sentence == sentence).then(|| c.abs_diff(clause))
    };
    let mut period = None;
    let mut beside = Vec::new();
    let amount = |m: &Mention| !matches!(m.unit.kind, "date" | "time" | "ordinal" | "duration");
    // Before it: the last period, and the figures that lead up to it.
    for j in (i.saturating_sub(BESIDE)..i).rev() {
        let other = &page.mentions[j];
        let Some(gap) = near(other.core.0) else { break };
        if let Some(Value::Date(day)) = other.value {
            if period.is_none() && !compared(page, other) && gap <= 2 {
                period = Some(day);
            }
        } else if amount(other) {
            beside.push((j, if gap <= 1 { 1.0 } else { 0.5 } / (1.0 + beside.len() as f32)));
        }
    }
    let behind = i + 1..(i + 1 + BESIDE).min(page.mentions.len());
    let mut met = 0.0;
    for j in behind {
        let other = &page.mentions[j];
        let Some(gap) = near(other.core.0) else { break };
        if let Some(Value::Date(day)) = other.value {
            // `rose 3% in July`, behind it in its own clause and with no other figure in between.
            if gap == 0 && met == 0.0 && !compared(page, other) && page.text[other.core.0].is_ascii() {
                period = Some(day);
            }
        } else if amount(other) {
            met += 1.0;
            beside.push((j, if gap <= 1 { 0.7 } else { 0.4 } / met));
        }
    }
    Bond { role: role(page, mention), period, beside, base: base(page, mention, clause), heads: heads(page, i, clause) }
}

/// The figures of the same measure before one that has little but a name before it: 關西鎮最低溫7.1度，淡水8.4度.
fn heads(page: &Page, i: usize, clause: usize) -> Vec<usize> {
    const LITTLE: usize = 10;
    const WORDS: usize = 26;
    let mention = &page.mentions[i];
    let place = page.clauses[clause];
    let lead = &page.text[place.start..mention.start.max(place.start)];
    let short = lead.len() <= if lead.iter().any(|c| is_latin(*c)) { WORDS } else { LITTLE };
    let alike = |m: &Mention| {
        m.unit.dimension == mention.unit.dimension
            && (mention.unit.kind != "count" || m.noun == mention.noun)
            && m.core.0 < place.start
            && page.clauses[page.clause_at(m.core.0)].sentence == place.sentence
    };
    if !short {
        return Vec::new();
    }
    (i.saturating_sub(BESIDE)..i).filter(|&j| alike(&page.mentions[j])).collect()
}

/// Whether a date is what something is compared with (比7月, `than in 2023`) rather than when it was.
fn compared(page: &Page, date: &Mention) -> bool {
    let before: String = page.text[date.core.0.saturating_sub(14)..date.core.0].iter().collect();
    let trimmed = before.trim_end();
    ["比", "较", "从", "由", "自", "than in", "than", "from", "since", "compared with", "until", "by"]
        .iter()
        .any(|w| trimmed.ends_with(w))
}

/// What a share is of: 占歲出的3.32%, `28% of purchases`.
fn base(page: &Page, mention: &Mention, clause: usize) -> Vec<u64> {
    if mention.unit.dimension != "ratio" || mention.change == Change::By {
        return Vec::new();
    }
    let place = page.clauses[clause];
    let before = &page.text[place.start..mention.core.0.max(place.start)];
    let marks = ['占', '佔'];
    let range = if let Some(at) =
        before.iter().rposition(|c| marks.contains(c)).filter(|at| before.get(at + 1) != Some(&'比'))
    {
        (place.start + at + 1, mention.core.0)
    } else if rest(&page.text, mention.core.1).starts_with(&[' ', 'o', 'f', ' ']) {
        let from = mention.core.1 + 4;
        let words = rest(&page.text, from).iter().take_while(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '-'));
        let words: String = words.take(28).collect();
        // `of the vote against 45 % for` is of the vote.
        let ends =
            [" against ", " for ", " in ", " from ", " by ", " to ", " on ", " with ", " at ", " and ", " after "];
        let end = ends.iter().filter_map(|w| words.find(w)).min().unwrap_or(words.len());
        (from, from + end)
    } else {
        return Vec::new();
    };
    let inside = page.terms.iter().skip(page.terms.partition_point(|t| t.start < range.0));
    inside.take_while(|t| t.end <= range.1).map(|t| t.id).collect()
}

/// A page's figures with their bonds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'p> {
    pub(crate) page: &'p Page,
    pub(crate) bonds: &'p [Bond],
}

/// How much speaks for one figure of the source and against another as what a telling is of: positive where the
/// first has more.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weight {
    pub(crate) for_first: f32,
    pub(crate) for_second: f32,
    /// All that the words near the telling weigh.
    pub(crate) words: f32,
    /// What of them speaks for the first.
    pub(crate) words_for_first: f32,
}

impl Weight {
    /// What is left of it for the first.
    pub(crate) fn net(self) -> f32 {
        self.for_first - self.for_second
    }

    /// Whether nearly all words near the telling speak for the first, and next to nothing for the second.
    pub(crate) fn is_whole(self) -> bool {
        self.words > 0.0 && self.words_for_first >= WHOLE * self.words && self.for_second <= SCANT * self.for_first
    }
}

/// Weighs two figures of a source as what a telling is said of. `other` says that the languages differ.
pub(crate) fn weigh(told: Side<'_>, i: usize, source: Side<'_>, first: usize, second: usize, other: bool) -> Weight {
    let (t, a, b) = (&told.bonds[i], &source.bonds[first], &source.bonds[second]);
    let mut weight = Weight::default();
    let (mut x, mut y) = (0, 0);
    let figures = [&told.page.mentions[i], &source.page.mentions[first], &source.page.mentions[second]];
    let changes = figures.iter().all(|m| m.change == Change::By);
    for term in &t.role.terms {
        // 聯發科上漲3% of 台積電上漲3%、聯發科下跌2%: the way it went is the figure's own.
        let own_way = term.stance && changes;
        if other && !term.shared || term.figure || own_way {
            continue;
        }
        while a.role.terms.get(x).is_some_and(|s| s.id < term.id) {
            x += 1;
        }
        while b.role.terms.get(y).is_some_and(|s| s.id < term.id) {
            y += 1;
        }
        let near = |role: &Role, at: usize| role.terms.get(at).filter(|s| s.id == term.id).map_or(0.0, |s| s.near);
        let gap = near(&a.role, x).min(1.2) - near(&b.role, y).min(1.2);
        let own = term.weight * term.near.min(1.2) * if term.name { NAME } else { 1.0 };

        let worth = own * gap.abs();
        if term.near >= 0.6 {
            weight.words += own;
        }
        if gap > 0.0 {
            weight.for_first += worth;
            weight.words_for_first += worth;
        } else {
            // What the first of a list says, its items leave out.
            weight.for_second += worth * if a.heads.contains(&second) { LEFT_OUT } else { 1.0 };
        }
    }
    let mut add = |first: bool, second: bool, worth: f32| match (first, second) {
        (true, false) => weight.for_first += worth,
        (false, true) => weight.for_second += worth,
        _ => {}
    };
    // The period.
    if let Some(told) = t.period {
        let agrees = |b: &Bond| b.period.is_some_and(|p| same_period(&p, &told));
        // 首八個月累計 is of no single month.
        let summed = |b: &Bond| has_facet(b, "span", "cumulative");
        let differs = |b: &Bond| {
            b.period.is_some_and(|p| !same_period(&p, &told)) || told.month.is_some() && summed(b) && !summed(t)
        };
        add(agrees(a) && differs(b), agrees(b) && differs(a), PERIOD);
    }
    // What narrows the measure.
    add(
        facets_conflict(&b.role, &t.role) && facets_agree(&a.role, &t.role),
        facets_conflict(&a.role, &t.role) && facets_agree(&b.role, &t.role),
        FACET,
    );
    // Change or level, which way, what is counted.
    let (m, p, q) = (&told.page.mentions[i], &source.page.mentions[first], &source.page.mentions[second]);
    let moves = |m: &Mention| m.change == Change::By;
    if moves(m) && m.direction.is_some() {
        add(moves(p) && p.direction == m.direction, moves(q) && q.direction == m.direction, CHANGE);
    }
    // A change told with the number of the level it led to: 30分，增加1分 told as 增加30分.
    let steps = |bond: &Bond, k: usize, there: &Mention, level: &Mention| {
        moves(m)
            && m.direction.is_some()
            && moves(there)
            && !moves(level)
            && there.unit.dimension == level.unit.dimension
            && bond.beside.iter().any(|(j, near)| *j == k && *near >= 0.5)
    };
    add(steps(a, second, p, q), steps(b, first, q, p), STEP);
    // What it is per: 每股3.5元 and 90.7億元 are told of one dividend.
    let per = |bond: &Bond| bond.role.per;
    add(
        per(t).is_some() && per(a) == per(t) && per(b).is_none(),
        per(t).is_some() && per(b) == per(t) && per(a).is_none(),
        PER,
    );
    let sum = |bond: &Bond| per(t).is_none() && per(bond).is_none();
    add(sum(a) && per(b).is_some(), sum(b) && per(a).is_some(), PER / 2.0);
    add(!m.noun.is_empty() && p.noun == m.noun, !m.noun.is_empty() && q.noun == m.noun, NOUN);
    // The figures beside it.
    let beside = |bond: &Bond, own: usize| -> f32 {
        let mut most = 0.0f32;
        for &(j, near) in &t.beside {
            let told = &told.page.mentions[j];
            for &(k, close) in &bond.beside {
                let there = &source.page.mentions[k];
                // A figure that is itself one of the two says nothing.
                if k != first && k != second && k != own && fit(there, told) == Fit::Same {
                    most = most.max(near * close);
                }
            }
        }
        most
    };
    // Who is counted: 60歲以上 beside the one, 80歲以上 beside the other.
    let aged = |bond: &Bond, page: &Page| -> Vec<rust_decimal::Decimal> {
        let ages = bond.beside.iter().map(|(j, _)| &page.mentions[*j]).filter(|m| m.unit.kind == "age");
        ages.filter_map(Mention::base_value).collect()
    };
    let (told_ages, here, there) = (aged(t, told.page), aged(a, source.page), aged(b, source.page));
    let meets = |ages: &[rust_decimal::Decimal]| ages.iter().any(|age| told_ages.contains(age));
    let apart = |ages: &[rust_decimal::Decimal]| !ages.is_empty() && !meets(ages);
    add(meets(&here) && apart(&there), meets(&there) && apart(&here), AGE);
    let gap = beside(a, first) - beside(b, second);
    if gap > 0.0 {
        weight.for_first += gap * BESIDES
    } else {
        weight.for_second -= gap * BESIDES
    }
    weight
}

/// The share of a telling's words that must speak for one figure to be nearly all of them, and what may speak for the
/// other beside them.
const WHOLE: f32 = 0.6;
const SCANT: f32 = 0.1;

/// How much more a name tells of whose a figure is than another word.
const NAME: f32 = 1.4;
/// What a word of a list's first figure is worth against an item of it.
const LEFT_OUT: f32 = 0.4;

/// What each kind of evidence is worth, a rare word beside the figure being 2 to 3.5.
const PERIOD: f32 = 3.0;
const FACET: f32 = 3.0;
const CHANGE: f32 = 1.0;
const NOUN: f32 = 1.5;
const STEP: f32 = 4.0;
const PER: f32 = 4.0;
const AGE: f32 = 3.0;
const BESIDES: f32 = 1.5;

fn same_period(a: &Day, b: &Day) -> bool {
    use super::date::DateMatch;
    a.told_as(b) != DateMatch::Differs && (a.month.is_none() == b.month.is_none() || a.month.is_none())
}

/// The facet that a telling and a figure give unlike values, by name.
pub(crate) fn facet_opposed(told: &Bond, source: &Bond) -> Option<&'static str> {
    told.role.facets.iter().find_map(|(facet, value)| {
        let there = source.role.facets.iter().find(|(f, _)| f == facet)?.1;
        unlike(*value, there).then(|| LEXICON.concept(*value).facet_name)
    })
}

/// Whether a figure has a value of a facet.
pub(crate) fn has_facet(bond: &Bond, name: &str, value: &str) -> bool {
    bond.role.facets.iter().map(|(_, id)| LEXICON.concept(*id)).any(|c| c.facet_name == name && c.facet_value == value)
}

fn facets_agree(a: &Role, b: &Role) -> bool {
    a.facets.iter().any(|(facet, value)| b.facets.contains(&(*facet, *value)))
}

/// Whether two shares are of different wholes, both named. Only words of one language can tell.
pub(crate) fn other_base(told: &Bond, source: &Bond) -> bool {
    !told.base.is_empty() && !source.base.is_empty() && !told.base.iter().any(|t| source.base.contains(t))
}

/// Whether what a figure is said of is denied on one side only. Only words of one language can tell.
pub(crate) fn polarity(told: &Bond, source: &Bond) -> bool {
    told.role.terms.iter().filter(|t| t.near >= 1.0 && t.weight > 1.6).any(|t| {
        source.role.terms.binary_search_by_key(&t.id, |s| s.id).is_ok_and(|at| {
            let there = &source.role.terms[at];
            there.near >= 1.0 && there.negated != t.negated
        })
    })
}

/// Whether a figure is told per something, where the source has it without a rate, or the other way round by its words.
pub(crate) fn rate_added(told: &Bond, source: &Bond) -> bool {
    let timed = |per: Option<Per>| matches!(per, Some(Per::Hour | Per::Day | Per::Week | Per::Month | Per::Year));
    let spanned = source.role.facets.iter().any(|(_, id)| LEXICON.concept(*id).facet_name == "span");
    timed(told.role.per) && source.role.per.is_none() && !spanned
}
