//! Other names that an article itself introduces: `World Health Organization (WHO)`, 上海合作組織（上合組織）,
//! 世界衛生組織（WHO）, 上海合作組織，簡稱上合組織.

use crate::fact::forms::is_latin;
use crate::fact::lexicon::LEXICON;
use crate::fact::page::Page;
use crate::text::script::is_han;

/// A name and another one for it, as places in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Introduced {
    pub(super) full: (usize, usize),
    pub(super) other: (usize, usize),
}

/// The longest name, and the longest text in brackets that is looked at, in characters.
const LONGEST: usize = 60;

/// Words that may stand before the other name in brackets.
const LEADS: [&str; 14] = [
    "以下简称",
    "下称",
    "简称",
    "又称",
    "亦称",
    "即",
    "英文",
    "缩写为",
    "hereinafter",
    "also known as",
    "known as",
    "abbreviated",
    "or",
    "formerly",
];

/// All names that a text introduces, in order.
pub(super) fn introduced(page: &Page) -> Vec<Introduced> {
    let text = &page.text;
    let mut out = Vec::new();
    for at in 0..text.len() {
        if text[at] == '(' {
            let Some(close) = text[at + 1..].iter().take(LONGEST).position(|c| matches!(c, ')' | '\n')) else {
                continue;
            };
            if text[at + 1 + close] == ')' {
                for part in parts(page, at + 1, at + 1 + close) {
                    out.extend(pair(page, at, part).map(|full| Introduced { full, other: part }));
                }
            }
        } else if matches!(text[at], ',' | '，') {
            // Without brackets only what is called a short name is one.
            let from = at + 1 + text[at + 1..].iter().take_while(|c| **c == ' ').count();
            for lead in ["以下简称", "下称", "简称"] {
                let n = lead.chars().count();
                if text[from..].iter().take(n).copied().eq(lead.chars()) {
                    let run = text[from + n..].iter().take(LONGEST).take_while(|c| !ends_name(**c)).count();
                    let part = unquoted(page, from + n, from + n + run);
                    out.extend(pair(page, at, part).map(|full| Introduced { full, other: part }));
                }
            }
        }
    }
    out
}

fn ends_name(c: char) -> bool {
    matches!(c, ',' | '，' | '。' | '；' | ';' | '.' | '\n' | ')' | '(' | '、' | '：' | ':')
}

/// The names within brackets: `World Health Organization, WHO` are two.
fn parts(page: &Page, start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = start;
    for at in start..=end {
        if at == end || matches!(page.text[at], ',' | '，' | ';' | '；' | '/' | '、') {
            let part = unquoted(page, from, at);
            if part.0 < part.1 {
                out.push(part);
            }
            from = at + 1;
        }
    }
    out
}

/// A range without leading words, blanks and quotation marks.
fn unquoted(page: &Page, mut start: usize, mut end: usize) -> (usize, usize) {
    let mark =
        |c: char| c.is_whitespace() || matches!(c, '「' | '」' | '『' | '』' | '“' | '”' | '"' | '\'' | '：' | ':');
    loop {
        let before = (start, end);
        while start < end && mark(page.text[start]) {
            start += 1;
        }
        while start < end && mark(page.text[end - 1]) {
            end -= 1;
        }
        for lead in LEADS.into_iter().chain(["the", "as"]) {
            let n = lead.chars().count();
            let whole = !lead.is_ascii() || page.text.get(start + n).is_some_and(|c| !is_latin(*c));
            if end - start > n && whole && page.text[start..end].iter().take(n).copied().eq(lead.chars()) {
                start += n;
            }
        }
        if (start, end) == before {
            return (start, end);
        }
    }
}

/// The name before `at` that stands for the same as what a range holds.
fn pair(page: &Page, at: usize, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    if end <= start + 1 {
        return None;
    }
    let mut stop = at;
    while stop > 0 && (page.text[stop - 1] == ' ' || matches!(page.text[stop - 1], '」' | '』' | '”' | '"')) {
        stop -= 1;
    }
    let before = *page.text.get(stop.checked_sub(1)?)?;
    let other = &page.text[start..end];
    let han = other.iter().all(|c| is_han(*c));
    let capitals = page.raw[start..end].iter().filter(|c| c.is_uppercase()).count();
    let acronym = other.iter().all(|c| is_latin(*c)) && capitals >= 2 && other.len() <= 10;
    let latin = other.iter().any(|c| is_latin(*c)) && !other.iter().any(|c| is_han(*c)) && capitals >= 1;
    let full = match (is_latin(before), is_han(before)) {
        (true, _) if acronym => spelt(page, stop, other),
        (true, _) if han => titled(page, stop),
        // The short name first: `WHO (World Health Organization)`.
        (true, _) if latin => {
            let from = stop - page.text[..stop].iter().rev().take_while(|c| is_latin(**c)).count();
            let initials: Vec<char> = initials(&page.text[start..end]);
            (initials == page.text[from..stop]).then_some((from, stop))
        }
        (_, true) if han => shortened(page, stop, other),
        (_, true) if latin => run(page, stop),
        _ => None,
    };
    full.filter(|(from, to)| to - from >= 2)
}

/// The first letters of a name's words, small words left out.
fn initials(text: &[char]) -> Vec<char> {
    let words = text.split(|c| !is_latin(*c)).filter(|w| !w.is_empty() && !small(w));
    words.map(|w| w[0]).collect()
}

fn small(word: &[char]) -> bool {
    let word: String = word.iter().collect();
    matches!(word.as_str(), "of" | "the" | "and" | "for" | "on" | "in" | "to" | "de" | "a" | "an" | "s")
}

/// The words before a place whose initials spell an acronym.
fn spelt(page: &Page, stop: usize, acronym: &[char]) -> Option<(usize, usize)> {
    let least = stop.saturating_sub(LONGEST + 20);
    let mut at = stop;
    while at > least && (is_latin(page.text[at - 1]) || matches!(page.text[at - 1], ' ' | '-' | '\'' | '&')) {
        at -= 1;
        let starts = is_latin(page.text[at]) && (at == 0 || !is_latin(page.text[at - 1]));
        if starts && page.text[at] == acronym[0] && initials(&page.text[at..stop]) == acronym {
            return Some((at, stop));
        }
    }
    None
}

/// The capitalized words before a place.
fn titled(page: &Page, stop: usize) -> Option<(usize, usize)> {
    let (mut from, mut at) = (None, stop);
    while at > 0 && stop - at < LONGEST {
        let start = at - page.text[..at].iter().rev().take_while(|c| is_latin(**c) || **c == '-').count();
        if start == at {
            break;
        }
        if page.raw[start].is_uppercase() {
            from = Some(start);
        } else if !small(&page.text[start..at]) {
            break;
        }
        if start == 0 || page.text[start - 1] != ' ' {
            break;
        }
        at = start - 1;
    }
    let mut from = from?;
    // An article is no part of the name.
    if page.text[from..stop].starts_with(&['t', 'h', 'e', ' ']) {
        from += 4;
    }
    Some((from, stop))
}

/// The nearest Chinese words before a place of which the short name's characters are some, in order.
fn shortened(page: &Page, stop: usize, short: &[char]) -> Option<(usize, usize)> {
    let least = stop.saturating_sub(24);
    let from = (least..stop).rev().take_while(|&at| is_han(page.text[at])).find(|&at| {
        let mut rest = page.text[at..stop].iter();
        page.text[at] == short[0] && stop - at > short.len() && short.iter().all(|c| rest.any(|r| r == c))
    })?;
    // 世界衛生組織 may be cut short by a chance 衛 before it: a name that the tables hold counts whole.
    Some((known(page, stop).filter(|at| *at < from).unwrap_or(from), stop))
}

/// The beginning of the longest name in the tables that ends at a place.
fn known(page: &Page, stop: usize) -> Option<usize> {
    (stop.saturating_sub(24)..stop).find(|&at| {
        LEXICON
            .chinese(&page.text[..stop], at)
            .is_some_and(|(end, senses)| end == stop && super::name_among(senses).is_some())
    })
}

/// The Chinese name that ends at a place: one of the tables; else the longest that the text holds elsewhere too; else
/// the whole run of characters.
fn run(page: &Page, stop: usize) -> Option<(usize, usize)> {
    if let Some(from) = known(page, stop) {
        return Some((from, stop));
    }
    let breaks =
        |c: char| !is_han(c) || matches!(c, '在' | '的' | '是' | '将' | '向' | '由' | '对' | '据' | '被' | '称' | '说');
    let from = stop - page.text[..stop].iter().rev().take(20).take_while(|c| !breaks(**c)).count();
    let elsewhere = (from..stop.saturating_sub(2)).find(|&at| {
        let name = &page.text[at..stop];
        page.text.windows(name.len()).enumerate().any(|(other, w)| other != at && w == name)
    });
    Some((elsewhere.unwrap_or(from), stop)).filter(|(from, to)| from < to)
}
