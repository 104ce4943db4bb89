//! Accepted baselines over time, as a page in one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::clean::{clip, line};
use crate::compare::trend::{Accepted, Figures};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 120.0;
const MARGIN: f64 = 8.0;

/// The page of a suite's accepted baselines, oldest first.
pub fn page(suite: &str, baselines: &[Accepted]) -> String {
    let systems: BTreeSet<&str> = baselines.iter().flat_map(|b| b.systems.keys().map(String::as_str)).collect();
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Baselines of " (line(suite)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Accepted baselines of " (line(suite)) }
                p { (baselines.len()) " baselines, oldest first. A break in a line: the metric was computed otherwise from there on." }
                @for system in &systems {
                    h2 { (line(system)) }
                    @for score in scores(baselines, system) {
                        (chart(baselines, system, score))
                    }
                }
                h2 { "What was accepted" }
                table {
                    tr { th { "when" } th { "commit" } th { "why" } th { "facts covered" } }
                    @for b in baselines.iter().rev() {
                        tr {
                            td { (day(&b.date)) }
                            td { code { (b.commit.chars().take(10).collect::<String>()) } }
                            td { (clip(&b.message, 200)) }
                            td { (facts(b)) }
                        }
                    }
                }
            }
        }
    };
    body.into_string()
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
figure{margin:1rem 0}figcaption{font-size:14px}svg{width:100%;height:auto;border:1px solid #ddd}\
polyline{fill:none;stroke:#0b62a4;stroke-width:2}circle{fill:#0b62a4}text{font-size:11px;fill:#555}\
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #eee}\
@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}svg{border-color:#444}polyline{stroke:#6cb6ff}circle{fill:#6cb6ff}text{fill:#aaa}td,th{border-color:#333}}";

fn day(date: &str) -> String {
    line(date.split('T').next().unwrap_or(date))
}

fn facts(b: &Accepted) -> String {
    let of = |(name, f): (&String, &Figures)| {
        let (covered, missing, contradicted) = f.facts;
        let all = covered + missing + contradicted;
        (all > 0).then(|| format!("{} {covered}/{all}", line(name)))
    };
    b.systems.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}

fn scores<'a>(baselines: &'a [Accepted], system: &str) -> Vec<&'a str> {
    let of = baselines.iter().filter_map(|b| b.systems.get(system));
    let names: BTreeSet<&str> = of.flat_map(|f| f.scores.keys().map(String::as_str)).collect();
    names.into_iter().collect()
}

fn chart(baselines: &[Accepted], system: &str, score: &str) -> Markup {
    let points: Vec<(usize, f64, bool)> = baselines
        .iter()
        .enumerate()
        .filter_map(|(i, b)| {
            let figures = b.systems.get(system)?;
            Some((i, *figures.scores.get(score)?, figures.broken.contains(score)))
        })
        .collect();
    let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let steps = (baselines.len().max(2) - 1) as f64;
    let x = |i: usize| MARGIN + (WIDTH - 2.0 * MARGIN) * i as f64 / steps;
    let y = |value: f64| {
        if high > low { HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (value - low) / span } else { HEIGHT / 2.0 }
    };
    let mut lines: Vec<String> = vec![String::new()];
    for (i, value, broken) in &points {
        if *broken {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            let _ = write!(last, "{:.1},{:.1} ", x(*i), y(*value));
        }
    }
    let first = points.first().map_or(0.0, |p| p.1);
    let last = points.last().map_or(0.0, |p| p.1);
    html! {
        figure {
            figcaption { b { (line(score)) } " " (format!("{first:.4} → {last:.4}")) }
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(format!("{score} over time")) {
                @for points in &lines { polyline points=(points.trim_end()) {} }
                @for (i, value, _) in &points {
                    circle cx=(format!("{:.1}", x(*i))) cy=(format!("{:.1}", y(*value))) r="3" {
                        title { (day(&baselines[*i].date)) ": " (format!("{value:.4}")) " " (clip(&baselines[*i].message, 120)) }
                    }
                }
            }
        }
    }
}

/// The last figures of every system with what they were at the baseline before, for a terminal.
pub fn last_moves(baselines: &[Accepted]) -> BTreeMap<String, Vec<(String, Option<f64>, f64)>> {
    let mut moves = BTreeMap::new();
    let Some((last, before)) = baselines.split_last() else { return moves };
    for (name, figures) in &last.systems {
        let old = before.iter().rev().find_map(|b| b.systems.get(name));
        let of = |(score, value): (&String, &f64)| {
            let old = old.filter(|_| !figures.broken.contains(score)).and_then(|o| o.scores.get(score)).copied();
            (score.clone(), old, *value)
        };
        moves.insert(name.clone(), figures.scores.iter().map(of).collect());
    }
    moves
}
