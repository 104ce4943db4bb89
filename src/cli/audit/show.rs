//! What an audit found, in words and tables.

use std::io::Write;

use epitome::audit::Notice;
use epitome::model::count;
use epitome::report::layout::{fit, left, right, width, wrap};
use owo_colors::OwoColorize;

use super::{Audited, Stats};

/// Prints the errors, the tables of who notices them, and what follows.
pub fn all(out: &mut impl Write, audited: &[Audited], stats: Stats, wide: usize) -> std::io::Result<()> {
    for a in audited {
        let example = a.examples.first().map(|(article, what)| format!("; {article}: {what}")).unwrap_or_default();
        let text = format!("{}: {}; in {}{example}", a.error, a.about, count(a.articles, "article"));
        wrap(&text, wide.saturating_sub(2)).iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    metrics(out, audited, wide)?;
    if stats == Stats::Full {
        drops(out, audited, wide)?;
    }
    gates(out, audited, wide)?;
    words(out, audited, wide)
}

/// Prints rows under heads, in blocks as wide as there is room for; the first column stands in each.
fn grid(out: &mut impl Write, rows: &[Vec<String>], most: usize) -> std::io::Result<()> {
    let Some(head) = rows.first() else { return Ok(()) };
    let columns = head.len();
    let wide = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| width(cell)).max().unwrap_or(0);
    let label = wide(0).min(most / 2);
    let mut from = 1;
    while from < columns {
        let (mut to, mut used) = (from, 2 + label);
        while to < columns && (to == from || used + 2 + wide(to) <= most) {
            used += 2 + wide(to);
            to += 1;
        }
        for (at, row) in rows.iter().enumerate() {
            let mut text = format!("  {}", left(&fit(&row[0], label), label));
            for (c, cell) in row.iter().enumerate().take(to).skip(from) {
                text += &format!("  {}", right(cell, wide(c)));
            }
            let text = text.trim_end();
            if at == 0 { writeln!(out, "{}", text.dimmed())? } else { writeln!(out, "{text}")? }
        }
        if to < columns {
            writeln!(out)?;
        }
        from = to;
    }
    Ok(())
}

fn heads(audited: &[Audited]) -> Vec<String> {
    std::iter::once(String::new()).chain(audited.iter().map(|a| a.error.to_owned())).collect()
}

/// Every score that any error has a notice of, in the order of the suite's metrics.
fn scores(audited: &[Audited]) -> Vec<&str> {
    let mut scores: Vec<&str> = Vec::new();
    for notice in audited.iter().flat_map(|a| &a.metrics) {
        if !scores.contains(&notice.score.as_str()) {
            scores.push(&notice.score);
        }
    }
    scores
}

fn cells(audited: &[Audited], score: &str, show: impl Fn(&Notice) -> String) -> Vec<String> {
    let cell = |a: &Audited| a.metrics.iter().find(|n| n.score == score).map_or("-".to_owned(), &show);
    std::iter::once(score.to_owned()).chain(audited.iter().map(cell)).collect()
}

fn metrics(out: &mut impl Write, audited: &[Audited], wide: usize) -> std::io::Result<()> {
    writeln!(out, "\n{}", "Articles it takes a metric to notice (∞: more than a million, or never)".bold())?;
    let mut rows = vec![heads(audited)];
    for score in scores(audited) {
        rows.push(cells(audited, score, |n| n.articles.map_or("∞".to_owned(), thousands)));
    }
    grid(out, &rows, wide)
}

fn drops(out: &mut impl Write, audited: &[Audited], wide: usize) -> std::io::Result<()> {
    writeln!(out, "\n{}", "Texts in which it got worse, and by how much in the mean".bold())?;
    let mut rows = vec![heads(audited)];
    for score in scores(audited) {
        rows.push(cells(audited, score, |n| format!("{}/{} {:+.4}", n.worse, n.texts, n.drop)));
    }
    grid(out, &rows, wide)
}

fn gates(out: &mut impl Write, audited: &[Audited], wide: usize) -> std::io::Result<()> {
    writeln!(out, "\n{}", "Damaged articles at which a gate fails (-: at none; 0: undamaged already)".bold())?;
    let Some(first) = audited.iter().find(|a| !a.gates.is_empty()) else {
        return writeln!(out, "  the suite has no [[gate]] that could fail");
    };
    let mut rows = vec![heads(audited)];
    for (at, gate) in first.gates.iter().enumerate() {
        let cell = |a: &Audited| {
            let fails = a.gates.get(at).and_then(|g| g.fails_at);
            fails.map_or("-".to_owned(), |k| k.to_string())
        };
        let label = format!("{} {}", gate.system, gate.rule);
        rows.push(std::iter::once(label).chain(audited.iter().map(cell)).collect());
    }
    grid(out, &rows, wide)
}

/// What follows: who notices each error, how blind overlap is to it, and what no gate would stop.
fn words(out: &mut impl Write, audited: &[Audited], wide: usize) -> std::io::Result<()> {
    writeln!(out)?;
    for a in audited.iter().filter(|a| a.articles > 0) {
        let named = |n: &&Notice| n.score.starts_with("facts.") || n.score.starts_with("grounding.");
        let sees = |n: &Notice| n.articles.is_some_and(|n| n <= a.articles.max(3));
        let mut by: Vec<&Notice> = a.metrics.iter().filter(|n| sees(n)).collect();
        by.sort_by_key(|n| n.articles);
        let list: Vec<String> = by
            .iter()
            .take(4)
            .map(|n| format!("{} ({})", n.score, n.articles.map(thousands).unwrap_or_default()))
            .collect();
        let noticed = match list.len() {
            0 => "no metric notices it on so many articles".to_owned(),
            _ => format!("noticed by {}", list.join(", ")),
        };
        let overlap = a.metrics.iter().filter(|n| !named(n) && n.score.starts_with("rouge"));
        let blind = overlap.min_by(|x, y| x.score.cmp(&y.score)).map(|n| match n.articles {
            _ if n.drop.abs() < 5e-5 => format!("; {} does not move", n.score),
            _ if n.drop < 0.0 => format!("; {} rises from {:.3} by {:.4}", n.score, n.undamaged, -n.drop),
            None => format!(
                "; {} falls from {:.3} by {:.4}, which no number of articles shows",
                n.score, n.undamaged, n.drop
            ),
            Some(takes) => format!(
                "; {} falls from {:.3} by {:.4}, and would take {} articles",
                n.score,
                n.undamaged,
                n.drop,
                thousands(takes)
            ),
        });
        let hits = ["facts.contradicted", "facts.recall", "grounding.unsupported"].into_iter().filter_map(|score| {
            let n = a.metrics.iter().find(|n| n.score == score)?;
            Some(format!("{score} in {} of {}", n.worse, n.texts))
        });
        let hits: Vec<String> = hits.collect();
        let hits = if hits.is_empty() { String::new() } else { format!("; worse by {} texts", hits.join(", by ")) };
        let stops = a.gates.iter().filter_map(|g| g.fails_at).filter(|k| *k > 0).min();
        let stopped = match stops {
            Some(1) => "; a gate stops it in a single article".to_owned(),
            Some(k) => format!("; a gate stops it from {k} articles on"),
            None if a.gates.is_empty() => String::new(),
            None => "; no gate stops it".to_owned(),
        };
        let text = format!("{}: {noticed}{hits}{}{stopped}.", a.error, blind.unwrap_or_default());
        wrap(&text, wide).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

/// A number with its thousands apart.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut made = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            made.push(',');
        }
        made.push(digit);
    }
    made
}
