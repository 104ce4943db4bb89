//! Whether a number is a level or a change, and which way it went.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::cue;
use crate::fact::forms::{Forms, cell, is_latin, rows};

/// Whether a number is a change, the level reached, the level before, or a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    Level,
    By,
    To,
    From,
}

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    Up,
    Down,
    Held,
}

/// What a verb of change says.
#[derive(Debug, Clone, Copy)]
enum Verb {
    Moves(Direction),
    /// 至, 到, `to` behind a verb: the level reached.
    To,
}

static VERBS: LazyLock<Forms<Verb>> = LazyLock::new(|| {
    let forms = rows(include_str!("../data/changes.tsv")).flat_map(|row| {
        let verb = match row[0] {
            "up" => Verb::Moves(Direction::Up),
            "down" => Verb::Moves(Direction::Down),
            "held" => Verb::Moves(Direction::Held),
            _ => Verb::To,
        };
        cell(&row, 1).chain(cell(&row, 2)).map(|f| (f, verb)).collect::<Vec<_>>()
    });
    Forms::new(forms)
});

/// Names of an earlier time.
static FORMER: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("former"));
/// Words that add to what there is.
static ADDITIONAL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("additional"));
/// What may stand between a verb of change and the change.
static GAPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("change_gap"));
/// Verbs that `up` or `down` belongs to.
static PHRASAL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("phrasal"));

/// Whether a number that stands at `start..end`, its modifiers included, in the stretch that begins at `from` is
/// a change or a level, and which way. `until` ends the stretch behind it; `ratio` says that it is a percentage or the like.
pub(crate) fn change(
    text: &[char],
    from: usize,
    start: usize,
    end: usize,
    until: usize,
    ratio: bool,
) -> (Change, Option<Direction>) {
    let mut at = start;
    while at > from && text[at - 1] == ' ' {
        at -= 1;
    }
    // 由每一萬人0.48宗升至每一萬人0.71宗: the base of a rate stands between.
    if let Some(base) = text[at.saturating_sub(6).max(from.min(at))..at].iter().rposition(|c| *c == '每') {
        let base = at.saturating_sub(6).max(from.min(at)) + base;
        if last_verb(text, base, at).is_none() {
            at = base;
        }
    }
    let ends = |form: &str| {
        let form: Vec<char> = form.chars().collect();
        at >= form.len()
            && text[from.min(at)..at].ends_with(&form)
            && !(is_latin(form[0]) && at > form.len() && is_latin(text[at - form.len() - 1]))
    };
    let chinese_from = ["由", "从", "自"].iter().any(|f| ends(f));
    let english_from = ends("from") || ends("from the");
    if chinese_from || english_from {
        let direction = scan_back(text, from, at).or_else(|| scan_forward(text, end, until));
        return (Change::From, direction);
    }
    // `the cuts amount to 8%` reaches no level.
    let head: String = text[from.min(at)..at].iter().rev().take(16).rev().collect();
    let equals = ["amount to", "amounts to", "amounted to", "comes to", "came to", "equal to", "equivalent to"];
    let reached = !equals.iter().any(|w| head.trim_end().ends_with(w))
        && (["至", "到", "为", "成"].iter().any(|f| ends(f))
            || ends("to")
            || ends("to a")
            || ends("to an")
            || ends("at"));
    let near = &text[at.saturating_sub(8).max(from.min(at))..at];
    let of_former = at >= 2
        && text[at - 1] == '的'
        && (near.iter().any(|c| matches!(c, '至' | '到'))
            || near.iter().any(|c| matches!(c, '为' | '是' | '有' | '当' | '剩'))
                && FORMER.iter().any(|f| near.iter().collect::<String>().contains(f)));
    let reached = reached || of_former;
    let held_at = ends("at") || ends("为");
    // 比去年的1342萬人減少, `up from last year's 40`: what the level is held against.
    if at > from
        && text[at - 1] == '的'
        && text[at.saturating_sub(12).max(from)..at].iter().any(|c| matches!(c, '比' | '较'))
        && scan_forward(text, end, until.min(end + 4)).is_some()
    {
        return (Change::From, scan_forward(text, end, until.min(end + 4)));
    }
    if ADDITIONAL.iter().any(|w| ends(w)) {
        return (Change::By, Some(scan_back(text, from, at).unwrap_or(Direction::Up)));
    }
    if of_former {
        return (Change::To, scan_back(text, from, at));
    }
    let direction = scan_back(text, from, at);
    if reached {
        return match direction {
            Some(direction) => (Change::To, Some(direction)),
            None if ends("to")
                && text[at.saturating_sub(48).max(from)..at].windows(5).any(|w| w == ['b', 'r', 'i', 'n', 'g']) =>
            {
                (Change::To, None)
            }
            None if !held_at && at >= 2 && matches!(text[at - 1], '至' | '到') && set_to(text, at - 1) => {
                (Change::To, None)
            }
            None => (Change::Level, None),
        };
    }
    if let Some(direction) = direction {
        let near = last_verb(text, from, at).is_some_and(|stop| gap(text, stop, at) || ratio && object(text, stop, at));
        if direction == Direction::Held {
            return (Change::Level, Some(direction));
        }
        if near || ends("by") || ends("by a") || ends("by an") || ends("by another") {
            return (Change::By, Some(direction));
        }
        return (Change::Level, Some(direction));
    }
    // `1.5 million below the average`, `30% off`.
    let behind: String = text[end..until.min(end + 14).max(end)].iter().collect();
    let side = [
        (" below the ", Direction::Down),
        (" above the ", Direction::Up),
        (" below its ", Direction::Down),
        (" above its ", Direction::Up),
        (" below av", Direction::Down),
        (" above av", Direction::Up),
    ];
    if let Some((_, direction)) = side.iter().find(|(form, _)| behind.starts_with(form)) {
        return (Change::By, Some(*direction));
    }
    if ratio && (behind.starts_with(" off ") || behind.trim_end() == " off" || behind.starts_with(" off,")) {
        return (Change::By, Some(Direction::Down));
    }
    // `a 20% increase`, `12 percent higher`.
    if let Some(direction) = scan_forward(text, end, until.min(end + 14)) {
        let by =
            first_verb(text, end, until).is_some_and(|s| text[end..s].iter().collect::<String>().trim().is_empty());
        if by {
            return (Change::By, Some(direction));
        }
    }
    (Change::Level, None)
}

/// Whether the verb before 至 or 到 sets a level without saying which way: 調至, 改至, 來到.
fn set_to(text: &[char], at: usize) -> bool {
    at > 0 && matches!(text[at - 1], '调' | '改' | '变' | '来' | '修' | '订' | '推' | '拉' | '抬' | '压')
}

/// Whether only the verb's object stands between it and its number (調降學費兩成, `grew sales 5%`).
fn object(text: &[char], verb_end: usize, at: usize) -> bool {
    let between = &text[verb_end..at];
    let words = between.iter().filter(|c| **c == ' ').count();
    between.len() <= if words > 0 { 16 } else { 5 }
        && !between.iter().any(|c| matches!(c, '至' | '到' | '占' | '为' | '达' | '的' | ',' | '，'))
}

/// Whether little stands between a verb of change and its number (增長了約, `rose by some`).
fn gap(text: &[char], verb_end: usize, at: usize) -> bool {
    let between: String = text[verb_end..at].iter().collect();
    let between = between.trim();
    between.is_empty() || GAPS.contains(between)
}

/// Whether `up` or `down` belongs to the verb before it (`set up ten`).
fn phrasal(text: &[char], start: usize, stop: usize) -> bool {
    let word: String = text[start..stop].iter().collect();
    let before: String = text[start.saturating_sub(10)..start].iter().collect();
    matches!(word.as_str(), "up" | "down") && before.trim_end().rsplit(' ').next().is_some_and(|w| PHRASAL.contains(w))
}

/// Which way the verb of change nearest before a place goes, in the stretch that begins at `from`.
pub(crate) fn movement(text: &[char], from: usize, at: usize) -> Option<Direction> {
    scan_back(text, from, at)
}

fn scan_back(text: &[char], from: usize, at: usize) -> Option<Direction> {
    let stop = last_verb(text, from, at)?;
    match VERBS.before(text, stop)?.1 {
        Verb::Moves(direction) => Some(direction),
        Verb::To => None,
    }
}

/// Where the last verb of change before a place ends.
fn last_verb(text: &[char], from: usize, at: usize) -> Option<usize> {
    let from = from.max(at.saturating_sub(60));
    (from + 1..=at).rev().find(|&stop| {
        let Some((start, Verb::Moves(_))) = VERBS.before(text, stop) else { return false };
        // A single character (多, 高, 降) is a verb of change only right before its number.
        let alone = stop - start == 1 && !is_latin(text[start]);
        start >= from
            && !phrasal(text, start, stop)
            && !(alone && start > 0 && text[start - 1] == '新')
            && !(stop < text.len() && is_latin(text[stop - 1]) && is_latin(text[stop]))
            && (!alone
                || gap(text, stop, at)
                || matches!(text[stop..at], ['至' | '到' | '为' | '成', ..] if at - stop <= 3))
    })
}

/// Whether a verb of change of two characters or more ends at a place.
pub(crate) fn verb_ends(text: &[char], at: usize) -> bool {
    VERBS.before(text, at).is_some_and(|(start, verb)| matches!(verb, Verb::Moves(_)) && at - start > 1)
}

fn first_verb(text: &[char], from: usize, until: usize) -> Option<usize> {
    (from..until.min(text.len())).find(|&at| {
        let Some((end, Verb::Moves(_))) = VERBS.at(text, at) else { return false };
        (end - at > 1 || is_latin(text[at])) && !(at > 0 && is_latin(text[at]) && is_latin(text[at - 1]))
    })
}

fn scan_forward(text: &[char], from: usize, until: usize) -> Option<Direction> {
    let at = first_verb(text, from, until)?;
    match VERBS.at(text, at)?.1 {
        Verb::Moves(direction) => Some(direction),
        Verb::To => None,
    }
}
