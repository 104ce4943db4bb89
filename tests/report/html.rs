//! The HTML report: well formed, self-contained, and deaf to what its texts hold.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

use epitome::model::Support;
use epitome::model::fact::Overridden;
use epitome::report::terminal::Surface;
use epitome::report::terminal::item::{self, Item};
use epitome::report::{Pages, Redact, Report, Ui, View, ViewOptions};

use super::records::{self, Made};
use super::{Repository, rendered, viewed};

/// Elements without an end tag.
const VOID: [&str; 5] = ["meta", "input", "wbr", "br", "link"];

/// A tag as it stands, without its brackets.
pub struct Tag<'a> {
    pub name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

/// Goes through a document strictly: tags nest, attributes are quoted and occur once, and nothing but entities and
/// tags holds `&` and `<`. Gives every tag.
pub fn strictly(html: &str) -> Result<Vec<Tag<'_>>, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut tags = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    while let Some(at) = rest.find('<') {
        entities(&rest[..at])?;
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let (name, tail) = end.split_once('>').ok_or("an end tag without an end")?;
            let expected = open.pop();
            if expected != Some(name) {
                return Err(format!("</{name}> where {expected:?} is open"));
            }
            rest = tail;
            continue;
        }
        let (tag, tail) = tag(rest)?;
        rest = tail;
        let name = tag.name;
        tags.push(tag);
        if ["style", "script"].contains(&name) {
            let end = format!("</{name}>");
            rest = rest.split_once(end.as_str()).ok_or("text that does not end")?.1;
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    entities(rest)?;
    if open.is_empty() { Ok(tags) } else { Err(format!("left open: {open:?}")) }
}

fn tag(text: &str) -> Result<(Tag<'_>, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).ok_or("a tag without an end")?;
    let (name, mut rest) = text.split_at(end);
    if name.is_empty() {
        return Err(format!("no tag: <{}", &text[..text.len().min(40)]));
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(tail) = rest.strip_prefix('>') {
            let once: BTreeSet<&str> = attributes.iter().map(|(name, _)| *name).collect();
            if once.len() != attributes.len() {
                return Err(format!("an attribute twice in <{name}>: {attributes:?}"));
            }
            return Ok((Tag { name, attributes }, tail));
        }
        let end = rest.find(['=', ' ', '>']).ok_or("an attribute without an end")?;
        let (attribute, tail) = rest.split_at(end);
        match tail.strip_prefix("=\"") {
            Some(value) => {
                let (value, tail) = value.split_once('"').ok_or("a value without an end")?;
                entities(value)?;
                attributes.push((attribute, value));
                rest = tail;
            }
            None => {
                attributes.push((attribute, ""));
                rest = tail;
            }
        }
    }
}

fn entities(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        if !["amp;", "lt;", "gt;", "quot;"].iter().any(|known| part.starts_with(known)) {
            return Err(format!("a bare & before {:?}", part.chars().take(20).collect::<String>()));
        }
    }
    match text.chars().find(|c| (c.is_control() && !"\n\t".contains(*c)) || ('\u{202a}'..='\u{202e}').contains(c)) {
        Some(c) => Err(format!("{c:?} in the text")),
        None => Ok(()),
    }
}

fn checked(made: &Made, options: &ViewOptions) -> String {
    let html = rendered(made, "html", options);
    let tags = strictly(&html).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = tags.iter().flat_map(|t| &t.attributes).filter(|a| a.0 == "id").map(|a| a.1).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id occurs once");
    for tag in &tags {
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on") && *name != "style" && *name != "src", "{} {name}", tag.name);
            if *name == "href" {
                let target = value.strip_prefix('#').unwrap_or_else(|| panic!("{value} leads out of the file"));
                assert!(ids.contains(&target), "no {target}");
            }
        }
    }
    assert_eq!(tags.iter().filter(|tag| tag.name == "script").count(), 1);
    html
}

#[test]
fn every_kind_of_run_is_well_formed() {
    for (name, made) in records::kinds() {
        let html = checked(&made, &ViewOptions::default());
        for sentence in &viewed(&made, &ViewOptions::default()).verdict {
            let words = sentence.split(['<', '&', '>', '"']).next().unwrap_or_default();
            assert!(html.contains(words), "{name}: {sentence}");
        }
        for item in &made.items {
            assert!(html.contains(&item.key.id), "{name}: {}", item.key.id);
        }
    }
}

#[test]
fn hostile_text_neither_runs_nor_breaks_the_page() {
    let html = checked(&records::hostile(), &ViewOptions::default());
    assert!(html.contains("&lt;script&gt;alert(1)"));
    assert_eq!(html.matches("<script").count(), 1);
}

#[test]
fn evidence_is_marked_and_tied_to_its_fact() {
    let html = checked(&records::five(), &ViewOptions::default());
    assert!(html.contains(r#"<mark class="unsupported contradicted" data-k="q0 f0">人民幣100億元</mark>"#), "overlap");
    assert!(html.contains(r#"<mark class="contradicted" data-k="f0">無償援助</mark>"#), "the rest of the evidence");
    assert!(html.contains("<del>in Shanghai</del>") || html.contains("<del>Shanghai</del>"), "the diff of versions");
}

#[test]
fn a_redacted_page_holds_no_text() {
    let html = checked(&records::five(), &ViewOptions { redact: Redact::All, ..ViewOptions::default() });
    for private in ["無償援助", "Tianjin", "6500", "10000000000"] {
        assert!(!html.contains(private), "{private}");
    }
    assert!(html.contains("pledge-grants") && html.contains("characters; texts are left out"));
}

/// Pages kept in memory.
#[derive(Default)]
struct Kept(RefCell<Vec<(String, String)>>);

impl Pages for Kept {
    fn write(&self, name: &str, page: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().push((name.to_owned(), String::from_utf8_lossy(page).into_owned()));
        Ok(())
    }
}

#[test]
fn many_articles_go_to_pages() {
    let mut made = records::one();
    let pattern = made.items.clone();
    made.items.clear();
    for n in 0..310 {
        for item in pattern.iter().take(1) {
            let mut item = item.clone();
            item.key.id = format!("article-{n:04}");
            made.items.push(item);
        }
    }
    made.run.datasets[1].articles = 310;
    let options = ViewOptions::default();
    let view = View::build(&made.run, made.items.iter().cloned(), &options);
    let kept = Kept::default();
    let report = Report {
        run: &made.run,
        items: &made.items,
        view: &view,
        options: &options,
        beside: &Repository,
        pages: Some(&kept),
    };
    let mut bytes = Vec::new();
    (epitome::report::html::FORMAT.render)(&report, &mut bytes).expect("what is in memory renders");
    let summary = String::from_utf8(bytes).expect("reports are UTF-8");
    let pages = kept.0.into_inner();
    assert_eq!(pages.len(), 7);
    let mut found = 0;
    for tag in strictly(&summary).unwrap_or_else(|error| panic!("{error}")) {
        let href = tag.attributes.iter().find(|(name, _)| *name == "href").map(|(_, value)| *value);
        let Some((page, anchor)) = href.and_then(|href| href.split_once('#')).filter(|(page, _)| !page.is_empty())
        else {
            continue;
        };
        let (_, text) = pages.iter().find(|(name, _)| name == page).unwrap_or_else(|| panic!("no page {page}"));
        assert!(text.contains(&format!("id=\"{anchor}\"")), "{page}#{anchor}");
        found += 1;
    }
    assert!(found >= 300, "{found}");
    for (_, page) in &pages {
        strictly(page).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_persons_rulings_are_told_of_facts_and_of_figures() {
    let mut made = records::failures();
    let ruled = |matcher: &str| {
        let (by, reason, date) = ("王|W".into(), String::new(), String::new());
        Some(Overridden { by, matcher: matcher.into(), reason, date })
    };
    let mut supported = 0;
    for item in &mut made.items {
        for fact in item.facts.iter_mut().flatten() {
            fact.judgement.overridden = ruled("missing");
        }
        for figure in item.quantities.iter_mut().flatten() {
            supported += usize::from(figure.verdict == Support::Supported);
            figure.overridden = ruled("unsupported");
        }
    }
    assert!(supported > 0);
    let page = super::rendered(&made, "html", &ViewOptions::default());
    let of = |class: &str| -> Vec<&str> {
        let items = page.split("<li class=\"").filter(|part| part.starts_with(class));
        items.map(|part| part.split("</li>").next().unwrap_or_default()).collect()
    };
    for (class, matcher) in
        [("contradicted\" data-k", "missing"), ("unsupported\" data-k", "unsupported"), ("supported", "unsupported")]
    {
        assert!(!of(class).is_empty(), "{class}");
        assert!(
            of(class)
                .iter()
                .all(|li| li.contains("ruled by 王|W") && li.contains(&format!("the matcher said {matcher}"))),
            "{class}"
        );
    }
    let chinese = ViewOptions { ui: Ui::find("zh-Hant").expect("a language"), ..ViewOptions::default() };
    let page = super::rendered(&made, "html", &chinese);
    assert!(page.contains("王|W 裁定；比對原判為無依據") && page.contains("王|W 裁定；比對原判為遺漏"));
    let overview = page.split("id=\"articles\"").next().unwrap_or_default();
    assert!(overview.contains("王|W 裁定"), "the worst findings tell it, too");
    let items: Vec<_> = made.items.iter().filter(|i| i.key.id == "sco-2025.zh-Hant").cloned().collect();
    let one = Item { run: &made.run, items: &items, article: None, redact: Redact::Nothing };
    let text = item::render(&one, Ui::english(), Surface { width: 120, colour: false });
    assert!(text.contains("✎ pledge-grants: ruled by 王|W"), "{text}");
}
