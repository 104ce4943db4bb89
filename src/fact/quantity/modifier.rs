//! Bounds and approximators before and behind a number.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::cue;
use crate::fact::forms::{Forms, cell, is_latin, rows};

/// How the value stands to the number told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    Nearly,
    Under,
    Over,
    About,
    AtLeast,
    AtMost,
}

impl Modifier {
    /// As the contract writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Modifier::Nearly => "nearly",
            Modifier::Under => "under",
            Modifier::Over => "over",
            Modifier::About => "about",
            Modifier::AtLeast => "at_least",
            Modifier::AtMost => "at_most",
        }
    }

    fn parse(name: &str) -> Modifier {
        match name {
            "nearly" => Modifier::Nearly,
            "under" => Modifier::Under,
            "over" => Modifier::Over,
            "at_least" => Modifier::AtLeast,
            "at_most" => Modifier::AtMost,
            _ => Modifier::About,
        }
    }
}

pub(super) static BEFORE_NUMBER: LazyLock<Forms<Modifier>> = LazyLock::new(|| {
    let forms = rows(include_str!("../data/modifiers.tsv")).flat_map(|row| {
        let class = Modifier::parse(row[0]);
        cell(&row, 1).chain(cell(&row, 3)).map(|f| (f, class)).collect::<Vec<_>>()
    });
    Forms::new(forms)
});

static AFTER: LazyLock<Forms<Modifier>> = LazyLock::new(|| {
    let forms = rows(include_str!("../data/modifiers.tsv")).flat_map(|row| {
        let class = Modifier::parse(row[0]);
        cell(&row, 2).chain(cell(&row, 4)).map(|f| (f, class)).collect::<Vec<_>>()
    });
    Forms::new(forms)
});

/// Words before `at` that make a bound of it.
static CAPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("cap"));
/// Verbs before `up to` that tell where something went.
static WENT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("went"));
/// Verbs that `over` belongs to.
static CARRIES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| cue::words("carries"));

/// A modifier that ends right before a place, over a space or an article.
pub(crate) fn before(text: &[char], at: usize) -> Option<(usize, Modifier)> {
    let mut end = at;
    if end > 0 && text[end - 1] == ' ' {
        end -= 1;
    }
    for article in ["a", "an", "the", "of", "about", "达"] {
        let article: Vec<char> = article.chars().collect();
        if article[0] == 'a' && article.len() > 2 {
            continue;
        }
        if text[..end].ends_with(&article) && end > article.len() {
            let stop = end - article.len();
            if !is_latin(article[0]) {
                if let Some(found) = BEFORE_NUMBER.before(text, stop) {
                    return Some(found);
                }
            } else if text[stop - 1] == ' '
                && let Some(found) = BEFORE_NUMBER.before(text, stop - 1)
            {
                return Some(found);
            }
        }
    }
    // `cap tariffs at 8 percent`.
    if text[..end].ends_with(&['a', 't']) {
        let near: String = text[end.saturating_sub(32)..end].iter().collect();
        let near = near.rsplit([',', '.', ';']).next().unwrap_or("");
        if near.split(' ').any(|w| CAPS.contains(w)) {
            return Some((at, Modifier::AtMost));
        }
    }
    let Some(found) = BEFORE_NUMBER.before(text, end) else { return over_verb(text, end) };
    if text[found.0..end] == ['u', 'p', ' ', 't', 'o'] && moves(text, found.0) {
        return None;
    }
    // 今年以來最高、近年 are no modifiers of what follows; 不超 is.
    let first = text[found.0];
    let denied = found.0 > 0 && matches!(text[found.0 - 1], '不' | '未' | '没' | '非');
    if denied && !is_latin(first) {
        return match found.1 {
            Modifier::Over => Some((found.0 - 1, Modifier::AtMost)),
            Modifier::Under => Some((found.0 - 1, Modifier::AtLeast)),
            _ => None,
        };
    }
    let word: String = text[found.0.saturating_sub(4)..found.0].iter().collect();
    if is_latin(first) && (word.ends_with("not ") || word.ends_with("no ")) {
        return match found.1 {
            Modifier::Over => Some((found.0 - 4, Modifier::AtMost)),
            Modifier::Under => Some((found.0 - 4, Modifier::AtLeast)),
            _ => None,
        };
    }
    Some(found)
}

/// A bound with a short verb between it and its number: 至少救出126人, 最高罰3萬元. 最高 and 最低 bound over verbs of granting and paying
/// alone: 最高溫38度 is no bound. The verb may tell a change, so the span begins behind it.
fn over_verb(text: &[char], end: usize) -> Option<(usize, Modifier)> {
    const LONGEST: usize = 3;
    (1..=LONGEST).find_map(|gap| {
        let stop = end.checked_sub(gap)?;
        let verb = &text[stop..end];
        let (_, modifier) = OVER_VERBS.before(text, stop)?;
        let plain = verb.iter().all(|c| crate::text::script::is_han(*c) && !super::numeral::begins_han(*c));
        let extreme = matches!(text[stop - 1], '高' | '低');
        let grants = verb.iter().any(|c| GRANTS.contains(c));
        (plain && (!extreme || grants)).then_some((end, modifier))
    })
}

/// Bounds that may stand before a verb.
static OVER_VERBS: LazyLock<Forms<Modifier>> = LazyLock::new(|| {
    let least = ["至少", "最少", "最低", "起码"].map(|w| (w, Modifier::AtLeast));
    let most = ["至多", "最多", "最高", "顶多"].map(|w| (w, Modifier::AtMost));
    Forms::new(least.into_iter().chain(most))
});

/// What is granted, paid or used up to a bound.
const GRANTS: [char; 20] = [
    '可', '罚', '享', '获', '得', '赔', '补', '处', '判', '领', '缴', '付', '收', '减', '给', '奖', '借', '贷', '用',
    '扣',
];

/// Whether a verb of motion ends before a place, so that `up to` behind it tells where something went.
fn moves(text: &[char], at: usize) -> bool {
    let before: String = text[at.saturating_sub(14)..at].iter().collect();
    let Some(word) = before.trim_end().rsplit(' ').next() else { return false };
    WENT.contains(word)
}

/// Whether `over` belongs to the verb before it (`handed over 61 jets`).
pub(crate) fn carried(text: &[char], at: usize) -> bool {
    let before: String = text[at.saturating_sub(10)..at].iter().collect();
    before.trim_end().rsplit(' ').next().is_some_and(|word| CARRIES.contains(word))
}

/// A modifier right behind a place.
pub(crate) fn after(text: &[char], at: usize) -> Option<(usize, Modifier)> {
    let spaced = at + usize::from(text.get(at) == Some(&' '));
    // 三分之一強, 四成弱.
    let closes = text.get(at + 1).is_none_or(|c| matches!(c, '的' | '，' | '。' | '、' | '；' | ',' | ' ' | ')'));
    if closes
        && at > 0
        && let Some(c @ ('强' | '弱')) = text.get(at)
    {
        return Some((at + 1, if *c == '强' { Modifier::Over } else { Modifier::Nearly }));
    }
    let found = AFTER.at(text, at).or_else(|| AFTER.at(text, spaced))?;
    // 三年起 and 三十多 are bounds; 100億元起訴 and 300人許願 are not.
    let follows = text.get(found.0).copied().unwrap_or(' ');
    let short = found.0 - at == 1;
    if short && text[at] == '起' && !matches!(follows, '，' | '。' | ' ' | ',' | ')' | '；' | '、') {
        return None;
    }
    if short && matches!(text[at], '许' | '余' | '多') && is_latin(follows) {
        return None;
    }
    Some(found)
}
