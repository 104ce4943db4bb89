//! A checklist proposed from an article: enumerated points, quantities with what they are said of, dates.
//!
//! What is drafted is a start for a person's editing, and gates nothing (`status = "draft"`). Every claim is a stretch
//! of the article's own words, so that a drafted checklist held against its article is covered.

use super::page::Page;
use super::quantity::{Locale, Mention};
use crate::model::fact::FactStatus;
use crate::model::{Fact, FactKind, Lang};

/// A proposed fact with the article's line that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The fact, marked as a draft.
    pub fact: Fact,
    /// The line of the article, from 1.
    pub line: usize,
}

/// Proposes a checklist of at most `limit` facts, the points first, then figures: those promised or repeated before the
/// others.
pub fn draft(source: &str, lang: Option<&Lang>, date: Option<&str>, limit: usize) -> Vec<Drafted> {
    let page = Page::new(source, Locale::of(source, lang, date));
    let lines = Lines::of(&page);
    let mut found: Vec<(i32, usize, Drafted)> = points(&page, &lines);
    let numbered = found.len();
    let mut seen: Vec<(&Mention, usize)> = Vec::new();
    for mention in page.mentions.iter().filter(|m| m.listed) {
        let at = mention.core.0;
        if lines.furniture(at) || found[..numbered].iter().any(|(_, start, _)| *start == page.clause_at(at)) {
            continue;
        }
        // The same figure again is a sign of weight, not another fact.
        let same = |(known, _): &&mut (&Mention, usize)| {
            known.unit == mention.unit && known.value == mention.value && known.noun == mention.noun
        };
        if let Some((_, index)) = seen.iter_mut().find(same) {
            found[*index].0 += 1;
            continue;
        }
        let Some((start, end)) = claim(&page, mention) else { continue };
        let beside = |m: &&Mention| {
            m.core.0 >= start && m.core.1 <= end && !matches!(m.unit.kind, "duration" | "date" | "ordinal")
        };
        let narrows = matches!(mention.unit.kind, "duration" | "date") && page.mentions.iter().any(|m| beside(&m));
        let told = found.iter().any(|(_, _, d)| d.fact.claim == page.slice(start, end));
        if narrows || told {
            continue;
        }
        let kind = if mention.unit.kind == "date" { FactKind::Date } else { FactKind::Quantity };
        seen.push((mention, found.len()));
        let rank = rank(&page, mention, start, end);
        let name = format!("{}-{}", if kind == FactKind::Date { "date" } else { "figure" }, seen.len());
        found.push((rank, at, drafted(name, kind, &page, start, end, &lines)));
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(found[i].0), i));
    order.truncate(limit);
    order.sort_unstable();
    order.into_iter().map(|i| found[i].2.clone()).collect()
}

fn drafted(id: String, kind: FactKind, page: &Page, start: usize, end: usize, lines: &Lines) -> Drafted {
    let fact = Fact {
        article: String::new(),
        id,
        kind,
        claim: page.slice(start, end),
        group: None,
        weight: 1.0,
        must: false,
        status: Some(FactStatus::Draft),
        aliases: Vec::new(),
        accept: Vec::new(),
        any_of: Vec::new(),
        all_of: Vec::new(),
        none_of: Vec::new(),
        value: None,
        unit: None,
        claims: std::collections::BTreeMap::new(),
    };
    Drafted { fact, line: lines.number(start) }
}

/// Enumerated points: 一是 … 二是 …, 第一，… 第二，…, `First, … Second, …`, each with its lead sentence.
fn points(page: &Page, lines: &Lines) -> Vec<(i32, usize, Drafted)> {
    const CHINESE: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    const ENGLISH: [&str; 8] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
    let mut out: Vec<(i32, usize, Drafted)> = Vec::new();
    let find = |form: &str, from: usize| -> Option<usize> {
        let form: Vec<char> = form.chars().collect();
        (from..page.text.len().saturating_sub(form.len())).find(|&at| {
            let opens =
                at == 0 || matches!(page.text[at - 1], '\n' | '。' | '；' | '：' | '，' | ' ' | ':' | ';' | '.');
            opens && page.text[at..].starts_with(&form)
        })
    };
    for series in 0..4 {
        let marker = |n: usize| match series {
            0 => CHINESE.get(n).map(|c| format!("{c}是")),
            1 => CHINESE.get(n).map(|c| format!("第{c}，")),
            2 => ENGLISH.get(n).map(|w| format!("{w}, ")),
            _ => ENGLISH.get(n).map(|w| format!("{w}ly, ")),
        };
        let mut from = 0;
        let mut starts: Vec<(usize, usize)> = Vec::new();
        while let Some(form) = marker(starts.len()) {
            let Some(at) = find(&form, from) else { break };
            starts.push((at, at + form.chars().count()));
            from = at + 1;
        }
        if starts.len() < 2 {
            continue;
        }
        for (i, (_, start)) in starts.iter().enumerate() {
            let sentence = page.clauses[page.clause_at(*start)].sentence;
            let until = starts.get(i + 1).map_or(page.text.len(), |next| next.0);
            let end =
                page.clauses.iter().filter(|c| c.sentence == sentence).map(|c| c.end).max().unwrap_or(until).min(until);
            let (start, end) = closed(page, *start, end);
            if end > start {
                let point = drafted(format!("point-{}", i + 1), FactKind::Point, page, start, end, lines);
                out.push((100, page.clause_at(start), point));
            }
        }
        break;
    }
    out
}

/// The words that say what a figure is of: its clause, with the one before where it has no subject of its own.
fn claim(page: &Page, mention: &Mention) -> Option<(usize, usize)> {
    let at = page.clause_at(mention.core.0);
    let clause = page.clauses.get(at)?;
    let (mut first, last) = (at, at);
    let terms = |i: usize| page.terms.iter().filter(|t| t.clause == i).count();
    let content: usize = (first..=last).map(terms).sum();
    if content < 2 && first > 0 && page.clauses[first - 1].sentence == clause.sentence {
        first -= 1;
    }
    let (start, end) = closed(page, page.clauses[first].start, page.clauses[last].end.max(mention.end));
    (end > start).then_some((start, end))
}

/// Without white space, opening and closing marks at either end.
fn closed(page: &Page, start: usize, end: usize) -> (usize, usize) {
    let (mut start, mut end) = super::matching::statement::trim(page, start, end);
    while end > start && matches!(page.raw[end - 1], '。' | '，' | '；' | ',' | ';' | '、' | ' ' | '\n' | '：') {
        end -= 1;
    }
    if end > start && page.raw[end - 1] == '.' {
        end -= 1;
    }
    while start < end
        && matches!(page.raw[start], '，' | '。' | '、' | ' ' | '\n' | ',' | '並' | '并' | '和' | '與' | '与' | '及')
    {
        start += 1;
    }
    (start, end)
}

/// How much a figure matters, as far as the article shows: promised, money, a clear measure.
fn rank(page: &Page, mention: &Mention, start: usize, end: usize) -> i32 {
    let sentence = page.clauses[page.clause_at(mention.core.0)].sentence;
    let clauses = || page.clauses.iter().filter(|c| c.sentence == sentence);
    let from = clauses().map(|c| c.start).min().unwrap_or(start);
    let to = clauses().map(|c| c.end).max().unwrap_or(end);
    let words: String = page.text[from..to].iter().collect();
    const PROMISES: [&str; 18] = [
        "将",
        "未来",
        "计划",
        "提供",
        "承诺",
        "宣布",
        "年内",
        "明年",
        "will ",
        "pledge",
        "plan",
        "promise",
        "next year",
        "over the next",
        "实施",
        "新增",
        "建设",
        "set up",
    ];
    let promised = PROMISES.iter().filter(|p| words.contains(*p)).count().min(4) as i32;
    let kind = match mention.unit.kind {
        "money" | "multiple" => 3,
        "percent" | "pp" | "bp" => 2,
        "duration" | "date" | "age" => -2,
        _ => 2,
    };
    promised + kind
}

/// Where lines begin, and which of them are page furniture (captions, bylines, photo credits).
struct Lines {
    starts: Vec<usize>,
    furniture: Vec<bool>,
}

impl Lines {
    fn of(page: &Page) -> Lines {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(page.raw.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(i, _)| i + 1))
            .collect();
        let furniture = starts
            .iter()
            .enumerate()
            .map(|(i, &start)| {
                let end = starts.get(i + 1).copied().unwrap_or(page.raw.len());
                let line: String = page.text[start..end].iter().collect();
                let line = line.trim();
                let short = line.chars().count() < 30;
                line.contains('▲')
                    || line.contains("(图")
                    || short
                        && (line.contains("记者")
                            || line.contains("报导")
                            || line.starts_with("by ")
                            || line.starts_with("photo"))
            })
            .collect();
        Lines { starts, furniture }
    }

    fn index(&self, at: usize) -> usize {
        self.starts.partition_point(|s| *s <= at).saturating_sub(1)
    }

    fn number(&self, at: usize) -> usize {
        self.index(at) + 1
    }

    fn furniture(&self, at: usize) -> bool {
        self.furniture.get(self.index(at)).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Context, Prepared};
    use crate::model::Verdict;

    const ARTICLE: &str = "▲市長6日出席典禮。（圖／記者攝）\n\n市長提出三點計畫。一是興建圖書館，讓社區都有書可讀。二是整治河岸。三是鼓勵單車通勤。\n\n市府將撥款3億元興建圖書館，並提供500個實習名額。";

    #[test]
    fn points_and_pledges_are_found_and_covered_by_their_own_article() {
        let drafted = draft(ARTICLE, None, Some("2025-06-06"), 15);
        let claims: Vec<&str> = drafted.iter().map(|d| d.fact.claim.as_str()).collect();
        assert!(claims.iter().any(|c| c.starts_with("興建圖書館")), "{claims:?}");
        assert!(claims.contains(&"整治河岸"), "{claims:?}");
        assert!(claims.iter().any(|c| c.contains("3億元")), "{claims:?}");
        assert!(claims.iter().any(|c| c.contains("500個")), "{claims:?}");
        assert!(!claims.iter().any(|c| c.contains("典禮")), "a caption: {claims:?}");
        let facts: Vec<Fact> = drafted.into_iter().map(|d| d.fact).collect();
        let report =
            Prepared::new(&Context { source: Some(ARTICLE), ..Context::default() }, &facts).check(ARTICLE, None);
        assert!(report.facts.iter().all(|f| f.verdict == Verdict::Covered), "{:?}", report.facts);
    }
}
