//! `report.html`: for people. One file that opens from disk, offline, with scripts blocked.
//!
//! Everything is in the markup: tables, charts as inline SVG, every article with its evidence marked. The script only
//! sorts, filters, steps by key and lights up what belongs together. A content security policy names the one script
//! and the one style sheet by their hashes, so that nothing else in the file can run. With many articles
//! ([`ONE_FILE`]) the articles go to pages in a folder beside the file, where there is one.

mod article;
mod chart;
pub mod comparison;
mod digest;
mod facts;
mod index;
mod mark;
mod overview;
mod policy;
mod since;
mod systems;

use std::io;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::ui::Ui;
use super::{Format, ItemStream, RenderError, Report};
use crate::model::record::ItemRecord;
use digest::Digest;

/// The registry entry.
pub static FORMAT: Format = Format {
    name: "html",
    about: "for people: one file that opens from disk, with every article and its evidence",
    file: "report.html",
    render,
};

/// Articles up to which all stand in one file.
pub const ONE_FILE: u64 = 300;

/// Articles on a page where they do not.
const PAGE: usize = 50;

/// Articles that the one file lists where they stand on pages, worst first.
const LISTED: usize = 300;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    let articles: u64 = report.run.datasets.iter().map(|d| d.articles).sum();
    let mut digests: Vec<Digest> = Vec::new();
    let mut sections: Vec<Markup> = Vec::new();
    let mut pages = report.pages.filter(|_| articles > ONE_FILE).map(|pages| Paging { report, pages, made: 0 });
    let context = article::Context::new(report);
    for items in Articles::of(report)? {
        let items = items?;
        let mut digest = Digest::of(report, &items);
        if articles <= ONE_FILE || pages.is_some() {
            let place = pages.as_ref().map(Paging::name);
            sections.push(context.section(&digest, &items));
            digest.page = place;
        }
        digests.push(digest);
        if let Some(paging) = &mut pages
            && sections.len() == PAGE
        {
            paging.write(&mut sections)?;
        }
    }
    if let Some(paging) = &mut pages {
        paging.write(&mut sections)?;
    }
    let mut order: Vec<usize> = (0..digests.len()).collect();
    // A stable sort: the worst article first, equals in canonical order.
    order.sort_by(|a, b| digests[*b].badness.total_cmp(&digests[*a].badness));
    let listed = if articles <= ONE_FILE { order.len() } else { LISTED.min(order.len()) };
    let body = html! {
        (overview::overview(report, &digests, &order[..listed]))
        @if !sections.is_empty() {
            section #articles aria-labelledby="articles-title" {
                h2 #articles-title { (report.options.ui.text("html.articles")) }
                @for at in &order {
                    @if let Some(section) = sections.get(*at) { (section) }
                }
            }
        }
    };
    out.write_all(document(report.options.ui, &report.view.suite, &body).into_string().as_bytes())?;
    Ok(())
}

/// Items gathered by article, in canonical order.
struct Articles<'a> {
    items: std::iter::Peekable<ItemStream<'a>>,
}

impl<'a> Articles<'a> {
    fn of(report: &Report<'a>) -> Result<Self, RenderError> {
        Ok(Articles { items: report.items.open().map_err(RenderError::Items)?.peekable() })
    }
}

impl Iterator for Articles<'_> {
    type Item = Result<Vec<ItemRecord>, RenderError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = match self.items.next()? {
            Ok(item) => item,
            Err(error) => return Some(Err(RenderError::Items(error))),
        };
        let key = (first.key.dataset.clone(), first.key.id.clone());
        let mut items = vec![first];
        let same = |next: &Result<ItemRecord, _>| {
            next.as_ref().is_ok_and(|item: &ItemRecord| (&item.key.dataset, &item.key.id) == (&key.0, &key.1))
        };
        while let Some(Ok(item)) = self.items.next_if(same) {
            items.push(item);
        }
        Some(Ok(items))
    }
}

/// Pages of articles in a folder beside the file.
struct Paging<'a> {
    report: &'a Report<'a>,
    pages: &'a dyn super::Pages,
    made: usize,
}

impl Paging<'_> {
    /// The page being filled.
    fn name(&self) -> String {
        format!("report/articles-{:04}.html", self.made + 1)
    }

    fn write(&mut self, sections: &mut Vec<Markup>) -> Result<(), RenderError> {
        if sections.is_empty() {
            return Ok(());
        }
        let ui = self.report.options.ui;
        let body = html! {
            header { p { a href="../report.html" { (ui.text("html.back")) } } h1 { (self.report.view.suite) } }
            (index::filter(ui))
            section #articles aria-labelledby="articles-title" {
                h2 #articles-title { (ui.text("html.articles")) }
                @for section in sections.iter() { (section) }
            }
        };
        let page = document(ui, &self.report.view.suite, &body).into_string();
        self.pages.write(&self.name(), page.as_bytes())?;
        self.made += 1;
        sections.clear();
        Ok(())
    }
}

/// A whole document around a body.
fn document(ui: &Ui, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(ui.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="epitome";
                title { (title) " · epitome" }
                style { (PreEscaped(STYLE)) }
            }
            body data-words=(words(ui)) {
                a.skip href="#main" { (ui.text("html.skip")) }
                main #main { (body) }
                footer { p { (ui.text("html.keys")) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// What the script says, in the report's language.
fn words(ui: &Ui) -> String {
    const WORDS: [&str; 17] = [
        "matches",
        "none_match",
        "disagree",
        "rulings",
        "ruled",
        "hand_out",
        "drop",
        "verdict",
        "by",
        "why",
        "take",
        "cancel",
        "covered",
        "missing",
        "contradicted",
        "supported",
        "unsupported",
    ];
    let word = |name: &&str| ((*name).to_owned(), ui.text(&format!("html.{name}")).into());
    serde_json::Value::Object(WORDS.iter().map(word).collect()).to_string()
}

/// A dataset or article as lists of a view name it.
fn name(text: &str) -> String {
    super::clean::clip(text, 80)
}

/// Text with line feeds kept and nothing that steers: one character stays one character, so that offsets hold.
fn shown(c: char) -> char {
    if c == '\n' || c == '\t' { c } else { super::clean::harmless(c) }
}
