//! The direction that a clause gives a figure from farther off.

use crate::fact::page::Page;
use crate::fact::quantity::{Change, Direction, Mention, movement};

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
