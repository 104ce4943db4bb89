//! Where a mention is put together: modifiers, rates, span.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::cue;
use super::modifier::{self, Modifier};
use super::numeral;
use super::scan::Scanner;
use super::unit::Unit;
use super::value::Value;
use super::{Change, Direction, Mention};
use crate::fact::forms::{Forms, is_latin, rest};

/// Coins of several countries, told by the name alone once the country is known.
static COINS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("coin"));
/// Words that speak of the size of a change.
static OF_CHANGE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("of_change"));
/// What a rate told with an article is per.
static PER_ARTICLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("per_article"));
/// What a rate told behind the noun is per.
static PER_LATER: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("per_later"));

/// From where a number is so large that it is written with `million` or 萬.
const LARGE: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(10_000, 0, 0, false, 0);
/// How many figures back a unit carries.
const CARRIES: usize = 3;

impl Scanner<'_> {
    /// `over three years` is during them.
    pub(super) fn during(&self, from: usize, unit: Unit) -> bool {
        let lead = self.text.get(from..from + 5);
        unit.kind == "duration" && lead == Some(&['o', 'v', 'e', 'r', ' '])
    }

    pub(super) fn modifier_before(&self, start: usize) -> (usize, Option<Modifier>) {
        let over = |from: usize| {
            self.text[from..start].starts_with(&['o', 'v', 'e', 'r']) && modifier::carried(self.text, from)
        };
        match modifier::before(self.text, start).filter(|(from, _)| !over(*from)) {
            Some((from, modifier)) if from >= self.clause && self.out.last().is_none_or(|m| m.end <= from) => {
                (from, Some(modifier))
            }
            _ => (start, None),
        }
    }

    pub(super) fn push(
        &mut self,
        start: usize,
        end: usize,
        value: Value,
        unit: Unit,
        noun: &'static str,
        listed: bool,
    ) {
        let (from, modifier) = if unit.code == "date" { (start, None) } else { self.modifier_before(start) };
        self.push_full(start, end, (from, modifier), value, unit, noun, None, (Change::Level, None), listed);
    }

    #[expect(clippy::too_many_arguments, reason = "one place where a mention is put together")]
    pub(super) fn push_full(
        &mut self,
        start: usize,
        end: usize,
        (from, before): (usize, Option<Modifier>),
        value: Value,
        unit: Unit,
        noun: &'static str,
        of: Option<(usize, usize)>,
        (change, direction): (Change, Option<Direction>),
        listed: bool,
    ) {
        let (from, before) = if self.during(from, unit) { (start, None) } else { (from, before) };
        // The noun belongs to the span where it is a word apart; Chinese runs on without a mark.
        let noun_end = of.filter(|o| self.text[o.0].is_ascii_alphabetic()).map_or(end, |o| o.1.max(end));
        let (mut stop, mut modifier) = (noun_end, before);
        if modifier.is_none()
            && unit.code != "date"
            && let Some((past, after)) = modifier::after(self.text, end)
        {
            modifier = Some(after);
            stop = stop.max(past);
        }
        let per = self.per(start, end).or_else(|| self.per_later(start, noun_end));
        self.out.push(Mention {
            start: from,
            end: stop,
            core: (start, end),
            value: Some(value),
            unit,
            noun,
            of,
            per,
            modifier,
            change,
            direction,
            of_change: self.of_change(from),
            listed,
        });
    }

    /// Whether the clause speaks, before a place, of how much something changed rather than of its level.
    fn of_change(&self, at: usize) -> bool {
        let words: String = self.text[self.clause.min(at).max(at.saturating_sub(44))..at].iter().collect();
        let latin = |form: &str| form.starts_with(|c: char| c.is_ascii_alphabetic());
        // `dropped by` is no drop.
        let stands = |form: &&str| {
            words.match_indices(*form).any(|(at, _)| {
                let open = |c: Option<char>| c.is_some_and(is_latin);
                !latin(form) || !open(words[..at].chars().next_back()) && !open(words[at + form.len()..].chars().next())
            })
        };
        OF_CHANGE.iter().any(stands)
    }

    /// Gives points told beside a percentage the unit of percentage points: `up 2.4 points to 11.9%`.
    pub(super) fn points(&mut self) {
        for i in 0..self.out.len() {
            let m = &self.out[i];
            let Some((a, b)) = m.of else { continue };
            let word: String = self.text[a..b].iter().collect();
            if m.unit != Unit::COUNT || !matches!(word.as_str(), "point" | "points") {
                continue;
            }
            let core = m.core;
            let apart = |from: usize, to: usize| (from..to).any(|at| super::sentence::ends_sentence(self.text, at));
            let near = |o: &Mention| o.unit.kind == "percent" && !apart(o.core.1.min(core.1), o.core.0.max(core.0));
            let beside = self.out[i.saturating_sub(2)..(i + 3).min(self.out.len())].iter().any(near);
            if beside {
                let m = &mut self.out[i];
                (m.unit, m.noun, m.of) = (Unit::POINTS, "", None);
            }
        }
    }

    /// Gives a number the noun of the whole that it is part of: `four of its 14 farms`.
    pub(super) fn partitives(&mut self) {
        const OF: [&str; 9] =
            ["of", "of the", "of its", "of their", "of his", "of her", "of our", "of those", "of these"];
        for i in 1..self.out.len() {
            let (part, whole) = (&self.out[i - 1], &self.out[i]);
            let between: String = self.text.get(part.core.1..whole.core.0).unwrap_or(&[]).iter().collect();
            let plain =
                part.unit == Unit::COUNT && whole.unit == Unit::COUNT && part.of.is_none() && whole.of.is_some();
            if plain && OF.contains(&between.trim()) {
                let (noun, of) = (whole.noun, whole.of);
                let m = &mut self.out[i - 1];
                (m.noun, m.of) = (noun, of);
            }
        }
    }

    /// Gives a large number without a unit the unit of the measure told before it: `$310 million, from 420 million`.
    pub(super) fn carry_units(&mut self) {
        for i in 1..self.out.len() {
            let m = &self.out[i];
            let written = &self.text[m.core.0..m.core.1];
            // Its own measure word ends it where it has one.
            let open = written.last().is_some_and(|c| c.is_ascii_alphanumeric() || numeral::big(*c));
            // Only a number written with its magnitude leaves its measure out.
            let written_large = |c: &char| c.is_ascii_alphabetic() || matches!(c, '.' | '万' | '亿' | '兆');
            let large = open
                && written.iter().any(written_large)
                && m.value.and_then(|v| v.number()).is_some_and(|n| n.abs() >= LARGE);
            // `crowns` alone are those named before.
            // 成員人數約475萬 says what it counts.
            let counted = self.text[m.start.saturating_sub(2)..m.start].iter().any(|c| matches!(c, '数' | '口'));
            let coin = m.of.is_some_and(|(a, b)| COINS.at(self.text, a).is_some_and(|(end, ())| end <= b));
            if m.unit != Unit::COUNT
                || !m.noun.is_empty()
                || m.of.is_some() && !coin
                || !large
                || counted
                || m.per.is_some()
            {
                continue;
            }
            let before = self.out[..i].iter().rev().take(CARRIES).find(|b| {
                let large = b.value.and_then(|v| v.number()).is_some_and(|n| n.abs() >= LARGE);
                let measure = !matches!(
                    b.unit.kind,
                    "date"
                        | "time"
                        | "ordinal"
                        | "percent"
                        | "pp"
                        | "bp"
                        | "fraction"
                        | "multiple"
                        | "duration"
                        | "age"
                        | "score"
                );
                large && measure && (!coin || b.unit.kind == "money")
            });
            let Some(before) = before.filter(|b| m.core.0.saturating_sub(b.core.1) <= 160) else {
                // Money of a country that the text leaves out.
                if coin {
                    self.out[i].of = None;
                }
                continue;
            };
            let (unit, noun) = (before.unit, before.noun);
            if unit.kind != "count" || !noun.is_empty() {
                let m = &mut self.out[i];
                (m.unit, m.noun) = (unit, noun);
                if coin {
                    m.of = None;
                }
            }
        }
    }

    /// A rate told behind the noun (`24,000 vehicles a day`, `vehicles cross every year`) or before all (`each family`).
    fn per_later(&self, start: usize, noun_end: usize) -> Option<(usize, usize)> {
        if noun_end <= start
            || !self.text[noun_end - 1].is_ascii_alphabetic() && !self.text[noun_end - 1].is_ascii_digit()
        {
            return None;
        }
        let word = |at: usize| at + self.text[at.min(self.text.len())..].iter().take_while(|c| is_latin(**c)).count();
        for at in [noun_end, word(noun_end + 1)] {
            // `3.4 points in a month` tells how long it took.
            let span: String = self.text.get(noun_end..at).unwrap_or(&[]).iter().collect();
            if matches!(span.trim(), "in" | "within" | "over" | "for" | "after" | "during") {
                continue;
            }
            for lead in [" a ", " per ", " every ", " each "] {
                let n = lead.chars().count();
                let here = self.text.get(at..at + n).is_some_and(|t| t.iter().copied().eq(lead.chars()));
                let end = word(at + n);
                let base: String = self.text.get(at + n..end).unwrap_or(&[]).iter().collect();
                if here && !self.runs_on(end) && PER_LATER.contains(base.as_str()) {
                    return Some((at + 1, end));
                }
            }
        }
        let from = self.clause.max(start.saturating_sub(48));
        let before: String = self.text[from..start].iter().collect();
        let each = before.find("each ").filter(|at| *at == 0 || before[..*at].ends_with(' '))?;
        let at = from + before[..each].chars().count();
        self.out.last().is_none_or(|m| m.core.0 < at || m.unit.kind == "count").then_some((at, at + 4))
    }

    /// Whether `a year` goes on as `a year earlier` or `a year-on-year rise`, and is no rate.
    fn runs_on(&self, at: usize) -> bool {
        let after: String = rest(self.text, at).iter().take(9).collect();
        after.starts_with('-')
            || ["ago", "earlier", "before", "later", "after", "prior", "on year", "previous"]
                .iter()
                .any(|w| after.strip_prefix(' ').is_some_and(|a| a.starts_with(w)))
    }

    /// What a value is per: 每股, 人均, `a share`, `per year`.
    pub(super) fn per(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let rest = self.text.get(end..).unwrap_or(&[]);
        let spaced = usize::from(rest.first() == Some(&' '));
        for lead in ["per ", "a ", "an ", "each ", "every "] {
            let lead: Vec<char> = lead.chars().collect();
            if rest.get(spaced..).is_some_and(|r| r.starts_with(&lead)) {
                let from = end + spaced + lead.len();
                let to = from + self.text[from.min(self.text.len())..].iter().take_while(|c| is_latin(**c)).count();
                let word: String = self.text[from..to].iter().collect();
                let rate = lead[0] != 'a' || PER_ARTICLE.contains(word.as_str());
                if rate && to > from && !self.runs_on(to) {
                    return Some((end + spaced, to));
                }
            }
        }
        if rest.first() == Some(&'/') && rest.get(1).is_some_and(|c| c.is_alphabetic()) {
            let to = end + 1 + self.text[end + 1..].iter().take_while(|c| c.is_alphabetic()).take(4).count();
            return Some((end, to));
        }
        let from = self.clause.max(start.saturating_sub(14));
        let before = &self.text[from..start];
        for lead in ["人均", "户均", "平均每", "每", "日均", "年均", "月均", "均"] {
            let lead: Vec<char> = lead.chars().collect();
            if let Some(i) = before.windows(lead.len()).rposition(|w| w == lead.as_slice()) {
                let at = from + i;
                // Another number in between has taken the rate, unless it is the rate's own (每十年).
                if let Some(last) = self.out.last().filter(|m| m.core.0 > at) {
                    let own = last.core.0 == at + lead.len() && last.unit.kind == "duration" && last.core.1 <= start;
                    return own.then_some((at, last.core.1));
                }
                let to = (at + lead.len() + usize::from(lead.last() == Some(&'每'))).min(start);
                return Some((at, to.max(at + 1)));
            }
        }
        None
    }
}
