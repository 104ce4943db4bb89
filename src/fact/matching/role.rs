//! What a figure is said of: the terms around it, weighted by how near they stand, and the facets that narrow it.

use crate::fact::date::Day;
use crate::fact::forms::Keyed;
use crate::fact::lexicon::{LEXICON, hash};
use crate::fact::page::Page;
use crate::fact::quantity::{Change, Direction, Mention, Value, movement};
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
}

/// The surroundings of one figure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    /// The terms around it, by id.
    pub(crate) terms: Vec<Near>,
    /// The terms of the counted noun.
    pub(crate) noun: Vec<u64>,
    /// Facets and the value each has here.
    pub(crate) facets: Vec<(u8, u32)>,
    /// What it is per.
    pub(crate) per: Option<Per>,
    /// Whether it is called a total (共, `in all`).
    pub(crate) total: bool,
    /// The date or period that it is told for, where its clause or the one before names one.
    pub(crate) period: Option<Day>,
    /// The names its clause gives before it, or at all.
    pub(crate) names: Vec<u64>,
}

/// The base of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    Head,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
    Other,
}

/// Reads the base of a rate.
fn per(page: &Page, range: (usize, usize)) -> Per {
    let text: String = page.text[range.0..range.1].iter().collect();
    const BASES: [(&str, Per); 21] = [
        ("十年", Per::Decade),
        ("decade", Per::Decade),
        ("人均", Per::Head),
        ("户均", Per::Head),
        ("人", Per::Head),
        ("名", Per::Head),
        ("户", Per::Head),
        ("person", Per::Head),
        ("head", Per::Head),
        ("capita", Per::Head),
        ("时", Per::Hour),
        ("hour", Per::Hour),
        ("日", Per::Day),
        ("天", Per::Day),
        ("day", Per::Day),
        ("周", Per::Week),
        ("week", Per::Week),
        ("月", Per::Month),
        ("month", Per::Month),
        ("年", Per::Year),
        ("year", Per::Year),
    ];
    BASES.iter().find(|(form, _)| text.contains(form)).map_or(Per::Other, |(_, per)| *per)
}

/// Whether the clause calls its figure a total.
fn total(page: &Page, mention: &Mention, clause: usize) -> bool {
    let place = page.clauses[clause];
    let before: String = page.text[place.start..mention.core.0].iter().rev().take(6).collect();
    let after: String = page.text[mention.core.1..place.end].iter().take(14).collect();
    before.contains(['共', '总'])
        || before.contains("计合")
        || before.chars().rev().collect::<String>().ends_with("al of ")
        || ["in all", "in total", "altogether"].iter().any(|w| after.contains(w))
}

impl Role {
    /// Takes over what another role of the same figure has.
    pub(crate) fn enrich(&mut self, other: &Role) {
        for term in &other.terms {
            match self.terms.binary_search_by_key(&term.id, |t| t.id) {
                Ok(at) => self.terms[at].near = self.terms[at].near.max(term.near),
                Err(at) => self.terms.insert(at, *term),
            }
        }
        self.noun.extend(&other.noun);
        self.names.extend(&other.names);
        self.period = self.period.or(other.period);
        for (facet, value) in &other.facets {
            if !self.facets.iter().any(|(f, _)| f == facet) {
                self.facets.push((*facet, *value));
            }
        }
    }
}

/// A figure with the direction that a verb farther off in its clause gives it (`edged up again, by 1%`).
pub(crate) fn moved(page: &Page, mention: &Mention) -> Mention {
    let mut mention = mention.clone();
    if mention.change == Change::To
        && mention.unit.dimension == "ratio"
        && let Some(direction) = rate_of_change(page, &mention)
    {
        mention.change = Change::By;
        mention.direction = Some(direction);
        return mention;
    }
    let plain = mention.direction.is_none() && mention.change == Change::Level;
    if !plain || matches!(mention.unit.kind, "date" | "time" | "ordinal" | "score" | "age" | "duration") {
        return mention;
    }
    let clause = page.clause_at(mention.core.0);
    let Some(place) = page.clauses.get(clause) else { return mention };
    let before = page.mentions.partition_point(|m| m.core.0 < mention.core.0).checked_sub(1);
    let figure = before.map_or(0, |i| page.mentions[i].core.1);
    let from = place.start.max(figure);
    let near = |from: usize| movement(&page.text, from, mention.start.max(from));
    let by = page.text[..mention.start].iter().rev().take(3).rev().copied().eq(['b', 'y', ' ']);
    let direction = near(from).or_else(|| {
        // `, by 1%`: the verb stands in the clause before.
        let earlier = by.then(|| clause.checked_sub(1)).flatten().and_then(|c| page.clauses.get(c));
        earlier.filter(|c| c.sentence == place.sentence).and_then(|c| near(c.start.max(figure)))
    });
    mention.direction = direction;
    let ratio = mention.unit.dimension == "ratio";
    if by && direction.is_some() || ratio && compares(page, place.start, place.end, clause) {
        mention.change = Change::By;
    }
    mention
}

/// Which way the change goes whose rate a clause tells (跌幅收窄至0.1%: it fell by that much).
fn rate_of_change(page: &Page, mention: &Mention) -> Option<Direction> {
    const RATES: [(&str, Direction); 8] = [
        ("跌幅", Direction::Down),
        ("降幅", Direction::Down),
        ("减幅", Direction::Down),
        ("涨幅", Direction::Up),
        ("增幅", Direction::Up),
        ("升幅", Direction::Up),
        ("增速", Direction::Up),
        ("growth", Direction::Up),
    ];
    let place = page.clauses.get(page.clause_at(mention.core.0))?;
    let before: String = page.text.get(place.start..mention.core.0)?.iter().collect();
    RATES.iter().find(|(form, _)| before.contains(form)).map(|(_, direction)| *direction)
}

/// Whether a clause holds its figure against that of another period, so that a percentage in it is a change.
fn compares(page: &Page, start: usize, end: usize, clause: usize) -> bool {
    let first = page.terms.partition_point(|t| t.clause < clause);
    let facet = page.terms[first..]
        .iter()
        .take_while(|t| t.clause == clause && t.start >= start && t.end <= end)
        .any(|t| t.known().is_some_and(|c| c.facet == Some(BASIS)));
    let text: String = page.text[start..end].iter().collect();
    facet || ["增速", "增幅", "降幅", "跌幅", "涨幅", "增长率", "成长率", "growth"].iter().any(|w| text.contains(w))
}

/// The first group of `facets.tsv`: against which period a figure is held.
const BASIS: u8 = 0;

/// The date nearest to a figure: in its clause, before it in the sentence, or behind it.
fn period(page: &Page, mention: &Mention, sentence: usize) -> Option<Day> {
    if matches!(mention.unit.kind, "date" | "time") {
        return None;
    }
    let at = page.mentions.partition_point(|m| m.core.0 < mention.core.0);
    let day = |m: &Mention| match m.value {
        Some(Value::Date(day)) if day.says() => Some(day),
        _ => None,
    };
    let here = |m: &&Mention| page.clauses[page.clause_at(m.core.0)].sentence == sentence;
    let clause = page.clause_at(mention.core.0);
    let own = |m: &&Mention| page.clause_at(m.core.0) == clause;
    let before = page.mentions[..at].iter().rev().take(6);
    let after = page.mentions.get(at + 1..).unwrap_or(&[]).iter().take(3);
    before
        .clone()
        .take_while(own)
        .find_map(day)
        .or_else(|| after.take_while(own).find_map(day))
        .or_else(|| before.take_while(here).find_map(day))
}

/// How many characters off a term may stand: what keeps a text without stops linear.
const REACH: usize = 400;

/// How near a term stands to a figure.
fn nearness(page: &Page, mention: &Mention, clause: usize, term: &Term, bare: bool) -> f32 {
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

/// Gathers a figure's surroundings.
pub(crate) fn role(page: &Page, mention: &Mention) -> Role {
    let clause = page.clause_at(mention.core.0);
    let mut role = Role::default();
    let Some(place) = page.clauses.get(clause) else { return role };
    role.per = mention.per.map(|range| per(page, range));
    role.total = role.per.is_none() && total(page, mention, clause);
    let sentence = place.sentence;
    let first = page.clauses.partition_point(|c| c.sentence + 1 < sentence);
    let far = mention.core.0.saturating_sub(REACH);
    let from = page.terms.partition_point(|t| t.clause < first || t.start < far);
    let own = |t: &Term| t.clause == clause && t.known().is_none_or(|c| c.facet.is_none() && c.opposite.is_none());
    let opening = page.text[place.start..place.end].iter().find(|c| !c.is_whitespace());
    let compares = matches!(opening, Some('较' | '比' | '增' | '减' | '升' | '降'));
    let rate = matches!(mention.unit.dimension, "ratio" | "factor" | "points") || mention.change == Change::By;
    // A clause without a subject of its own: nothing before its figure and, where that is no rate, nothing behind it.
    let bare = compares
        || !page.terms[from..]
            .iter()
            .take_while(|t| if rate { t.start < mention.core.0 } else { t.start < place.end })
            .any(own);
    for term in &page.terms[from..] {
        if page.clauses[term.clause].sentence > sentence || term.start > mention.core.1 + REACH {
            break;
        }
        let mut near = nearness(page, mention, clause, term, bare);
        let counted = mention.of.is_some_and(|(a, b)| term.start >= a && term.end <= b.max(a + 1));
        if counted {
            near = 1.5;
            role.noun.push(term.id);
        }
        if near <= 0.0 {
            continue;
        }
        let facet = term.known().and_then(|c| c.facet);
        for (facet, value) in term.facets().filter(|_| near >= 0.7) {
            if !role.facets.iter().any(|(f, _)| *f == facet) {
                role.facets.push((facet, value));
            }
        }
        let weight = if facet.is_some() { term.weight * 0.5 } else { term.weight };
        let (shared, negated) = (term.shared, term.negated);
        role.terms.push(Near { id: term.id, near, weight, shared, negated, figure: false, name: is_name(page, term) });
    }
    if let Some(sum) = first_months(page, place.start, mention)
        && !role.facets.iter().any(|(f, _)| *f == sum.0)
    {
        role.facets.push(sum);
    }
    if let Some(basis) = compared_with(page, mention, clause)
        && !role.facets.iter().any(|(f, _)| *f == basis.0)
    {
        role.facets.push(basis);
    }
    role.period = period(page, mention, sentence);
    let named = |t: &&Term| t.clause == clause && is_name(page, t);
    let first = page.terms.partition_point(|t| t.clause < clause);
    role.names = page.terms[first..].iter().take_while(|t| t.clause == clause).filter(named).map(|t| t.id).collect();
    // Other figures of the clause narrow it too.
    let lo = page.mentions.partition_point(|m| m.core.0 < place.start);
    for other in page.mentions[lo..].iter().take_while(|m| m.core.0 < place.end).take(8) {
        if other.core != mention.core
            && !matches!(other.unit.kind, "date" | "ordinal")
            && let Some(value) = other.base_value()
        {
            let id = figure_id(value, other.unit.dimension);
            role.terms.push(Near {
                id,
                near: 0.7,
                weight: 2.5,
                shared: true,
                negated: false,
                figure: true,
                name: false,
            });
        }
    }
    role.terms.sort_by(|a, b| a.id.cmp(&b.id).then(b.near.total_cmp(&a.near)));
    role.terms.dedup_by_key(|t| t.id);
    role
}

/// What stands for a figure among the terms of another.
fn figure_id(value: rust_decimal::Decimal, dimension: &str) -> u64 {
    hash(value.normalize().to_string().chars().chain(dimension.chars())) | 3 << 61
}

/// Whether a term is a name: one of the tables, or a word with a capital inside a sentence.
pub(crate) fn is_name(page: &Page, term: &Term) -> bool {
    match term.known() {
        Some(concept) => concept.name.is_some(),
        None => {
            term.shared && {
                let opens = page.clauses[term.clause].start;
                page.text[opens..term.start].iter().any(|c| c.is_alphanumeric())
            }
        }
    }
}

/// A span of months before a figure that is summed up over them: 首八個月, `the first eight months`.
fn first_months(page: &Page, from: usize, mention: &Mention) -> Option<(u8, u32)> {
    let at = page.mentions.partition_point(|m| m.core.0 < from);
    let spans = page.mentions[at..].iter().take_while(|m| m.core.0 < mention.core.0).take(4);
    let first = spans.filter(|m| m.unit.code == "month" && m.unit.kind == "duration").any(|m| {
        let head: String = page.text[m.core.0.saturating_sub(6)..m.core.0].iter().collect();
        ["首", "前", "头", "first "].iter().any(|w| head.ends_with(w))
    });
    first.then(|| LEXICON.facet("span", "cumulative")).flatten()
}

/// The basis that a date in a comparison gives: 比7月 and `than in June` are of the month before, `than in 2023` of
/// the year.
fn compared_with(page: &Page, mention: &Mention, clause: usize) -> Option<(u8, u32)> {
    if mention.unit.dimension != "ratio" {
        return None;
    }
    let place = page.clauses[clause];
    let from = page.mentions.partition_point(|m| m.core.0 < place.start);
    let inside = page.mentions[from..].iter().take(6).take_while(|m| m.core.0 < place.end);
    let base = inside.filter_map(|m| match m.value {
        Some(Value::Date(day)) => Some((m, day)),
        _ => None,
    });
    let value = base.filter_map(|(m, day)| {
        let before: String = page.text[m.core.0.saturating_sub(14)..m.core.0].iter().collect();
        let lead = before.trim_end();
        let compares = ["比", "较", "than in", "than", "compared with", "on"].iter().any(|w| lead.ends_with(w));
        (compares && day.day.is_none() && day.weekday.is_none()).then_some(())?;
        match (day.month, day.quarter, day.year) {
            (Some(_), _, None) => Some("seq-month"),
            (None, Some(_), None) => Some("seq-quarter"),
            (None, None, Some(_)) => Some("yoy"),
            _ => None,
        }
    });
    LEXICON.facet("basis", value.last()?)
}

/// How many roles hold each term, for discounting what all share.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    counts: Keyed<u64, f32>,
    n: f32,
}

impl Spread {
    /// Counts over roles.
    pub(crate) fn of<'a>(roles: impl Iterator<Item = &'a Role>) -> Spread {
        let mut spread = Spread::default();
        for role in roles {
            spread.n += 1.0;
            for term in &role.terms {
                *spread.counts.entry(term.id).or_insert(0.0) += term.near.min(1.0);
            }
        }
        spread
    }

    /// How well a term tells one figure from another; `None` where no role holds it.
    fn telling(&self, id: u64) -> Option<f32> {
        let df = self.counts.get(&id)?;
        Some(0.15 + ((self.n + 1.0) / df.max(0.5)).ln().max(0.0) / (self.n + 1.0).ln().max(1.0))
    }
}

/// How much two roles have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overlap {
    /// Of all that the first says, the share that the second says too.
    pub(crate) share: f32,
    /// Of what the first says that any role holds, the share.
    pub(crate) contrast: f32,
}

/// Holds one role against another. With `other`, only what another language could share counts.
pub(crate) fn overlap(told: &Role, slot: &Role, spread: &Spread, other: bool) -> Overlap {
    let (mut shared, mut all, mut known) = (0.0, 0.0, 0.0);
    let mut at = 0;
    for term in told.terms.iter().filter(|t| !other || t.shared) {
        let telling = spread.telling(term.id);
        let value = term.weight * term.near * telling.unwrap_or(0.9);
        all += value;
        if telling.is_some() {
            known += value;
        }
        while slot.terms.get(at).is_some_and(|s| s.id < term.id) {
            at += 1;
        }
        if let Some(s) = slot.terms.get(at)
            && s.id == term.id
        {
            shared += value * s.near.min(1.0);
        }
    }
    let part = |whole: f32| if whole > 0.0 { (shared / whole).min(1.0) } else { 0.0 };
    Overlap { share: part(all), contrast: part(known) }
}

/// Whether two roles disagree on a facet.
pub(crate) fn facets_conflict(a: &Role, b: &Role) -> bool {
    a.facets.iter().any(|(facet, value)| b.facets.iter().any(|(f, v)| f == facet && unlike(*v, *value)))
}

/// Whether two values of one facet exclude each other: 環比 is 月增 or 季增, and none of them 年增.
pub(crate) fn unlike(a: u32, b: u32) -> bool {
    let (x, y) = (LEXICON.concept(a).facet_value, LEXICON.concept(b).facet_value);
    !(x.starts_with(y) || y.starts_with(x))
}
