//! What changed: a run held against another, and two systems compared, in every format.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use epitome::compare::rank::correct_together;
use epitome::compare::side::Side;
use epitome::compare::{Comparison, compare};
use epitome::model::record::SystemKind;
use epitome::report::comparison::Shown;
use epitome::report::html::comparison;
use epitome::report::terminal::item::{self, Item};
use epitome::report::terminal::{self, Surface};
use epitome::report::view::Since;
use epitome::report::{self, Redact, Report, Ui, View, ViewOptions, layout, markdown};
use epitome::stats::paired::Options;

use super::records::{self, Made};
use super::{Repository, html, snapshot};
use crate::cli::Sandbox;

/// The drafts of a run, the one against the other, as a later run would be held against a baseline.
fn sides(made: &Made) -> Vec<(Side, Side)> {
    let side = |system: &str, label: &str| {
        let items = made.items.iter().cloned().map(Ok::<_, std::convert::Infallible>);
        let mut sides = Side::of_run(label, &made.run, items, |id| id == system).expect("sides");
        sides.remove(0)
    };
    let first = made.run.systems.iter().find(|s| s.id.starts_with("draft@v2")).expect("a draft");
    let second = made.run.systems.iter().find(|s| s.id.starts_with("draft@v1")).expect("a draft");
    let mut pair = (side(&first.id, "the baseline"), side(&second.id, "now"));
    pair.0.label = "the baseline".into();
    pair.1.label = second.id.clone();
    vec![pair]
}

fn held(made: &Made, options: &ViewOptions) -> View {
    let mut view = View::build(&made.run, made.items.iter().cloned(), options);
    let hidden: BTreeSet<&str> = options.redact.datasets(&made.run);
    view.hold_against(&sides(made), &hidden, options);
    view.hold(&made.gates, options.ui);
    view
}

fn rendered(made: &Made, format: &str, options: &ViewOptions) -> String {
    let view = held(made, options);
    let mut bytes = Vec::new();
    let report = Report { run: &made.run, items: &made.items, view: &view, options, beside: &Repository, pages: None };
    (report::format(format).expect("a format").render)(&report, &mut bytes).expect("what is in memory renders");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

#[test]
fn every_format_tells_what_changed() {
    for (name, made) in [("since", records::five()), ("since_failures", records::failures())] {
        let options = ViewOptions::default();
        for format in ["markdown", "json"] {
            snapshot(&format!("{format}_{name}"), &rendered(&made, format, &options));
        }
        let page = rendered(&made, "html", &options);
        let part = page.split("<section class=\"since\">").nth(1).and_then(|rest| rest.split("</section>").next());
        snapshot(&format!("html_{name}"), &part.expect("the section").replace("><", ">\n<"));
        let view = held(&made, &options);
        for width in [60, 80, 120] {
            let text = terminal::render(&view, options.ui, Surface { width, colour: false });
            assert!(text.lines().all(|line| layout::width(line) <= width), "{name} at {width}");
            let part = text.split("What changed").nth(1).and_then(|rest| rest.split("\n\n  system").next());
            snapshot(&format!("terminal_{name}_{width}"), part.expect("the section"));
        }
    }
}

/// Two systems compared, as `epitome compare` does.
fn compared(made: &Made) -> Vec<(Comparison, Since)> {
    let options = Options { replicates: 500, seed: 1, alpha: 0.05 };
    let sides = sides(made);
    let mut comparisons: Vec<Comparison> =
        sides.iter().map(|(first, second)| compare(first, second, &made.run.metrics, None, &options)).collect();
    correct_together(&mut comparisons, options.alpha);
    let since = |(first, second): &(Side, Side)| Since::between(first, second, &BTreeSet::new(), 50, Ui::english());
    comparisons.into_iter().zip(sides.iter().map(since)).collect()
}

#[test]
fn every_format_of_a_comparison() {
    for (name, made) in [("comparison", records::five()), ("comparison_failures", records::failures())] {
        let pairs = compared(&made);
        let page = comparison::page(&pairs, &made.run.metrics, Ui::english());
        html::strictly(&page).unwrap_or_else(|error| panic!("{error}"));
        snapshot(&format!("html_{name}"), &super::shortened(&page));
        let comment = markdown::comparison::text(&pairs, &made.run.metrics, Ui::english());
        snapshot(&format!("markdown_{name}"), &comment);
        let comparisons: Vec<Comparison> = pairs.into_iter().map(|(comparison, _)| comparison).collect();
        let json = serde_json::to_string_pretty(&comparisons).expect("a comparison is JSON");
        snapshot(&format!("json_{name}"), &json);
        for width in [60, 80, 120] {
            let shown = Shown { full: width == 120, many: 10 };
            let surface = Surface { width, colour: false };
            let text = report::comparison::render(&comparisons, &[], &made.run.metrics, shown, surface);
            assert!(text.lines().all(|line| layout::width(line) <= width), "{name} at {width}");
            snapshot(&format!("terminal_{name}_{width}"), &text);
        }
        // The other formats are of a run, which may be held against another.
        for format in ["csv", "junit", "github"] {
            let text = rendered(&made, format, &ViewOptions::default());
            snapshot(&format!("{format}_{name}"), &text.replace("\r\n", "\n"));
        }
    }
}

#[test]
fn a_page_held_against_another_is_strict_and_deaf() {
    for made in [records::failures(), records::hostile()] {
        let page = rendered(&made, "html", &ViewOptions::default());
        assert!(page.contains("<section class=\"since\">"));
        html::strictly(&page).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn nothing_private_is_in_what_changed() {
    let options = ViewOptions { redact: Redact::All, ..ViewOptions::default() };
    for format in super::texts_of() {
        let text = rendered(&records::failures(), format.name, &options);
        for private in ["無償援助", "Tianjin", "6500", "CNY 1"] {
            assert!(!text.contains(private), "{private} in {}", format.name);
        }
    }
}

#[test]
fn a_huge_run_keeps_within_the_limit_of_a_comment() {
    let mut made = records::five();
    let pattern = made.items.clone();
    for n in 0..400 {
        for item in &pattern {
            let mut item = item.clone();
            item.key.id = format!("{}-{n:03}", item.key.id);
            item.summary =
                item.summary.map(|s| format!("{} {s} {n}", "a long summary, told again and again ".repeat(40)));
            made.items.push(item);
        }
    }
    made.items.sort_by(|a, b| a.key.cmp(&b.key));
    let options = ViewOptions { worst: 1_000, ..ViewOptions::default() };
    let text = rendered(&made, "markdown", &options);
    assert!(text.chars().count() <= markdown::LIMIT, "{}", text.chars().count());
    assert!(text.chars().count() > markdown::LIMIT / 2, "it is filled, not emptied: {}", text.chars().count());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.starts_with("**") && text.contains("more articles changed"));
}

#[test]
fn one_article_is_shown_with_why_at_every_width() {
    let made = records::failures();
    for width in [60, 80, 120] {
        for id in ["sco-2025.zh-Hant", "sco-2025.en"] {
            let items: Vec<_> = made.items.iter().filter(|i| i.key.id == id).cloned().collect();
            let one = Item { run: &made.run, items: &items, article: None, redact: Redact::Private };
            let text = item::render(&one, Ui::english(), Surface { width, colour: false });
            assert!(text.lines().all(|line| layout::width(line) <= width), "{width}\n{text}");
            snapshot(&format!("item_{id}_{width}"), &text);
            let coloured = item::render(&one, Ui::english(), Surface { width, colour: true });
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text);
        }
    }
    let hidden = Item { run: &made.run, items: &made.items, article: None, redact: Redact::All };
    let text = item::render(&hidden, Ui::english(), Surface { width: 80, colour: false });
    assert!(!text.contains("無償援助") && text.contains("characters; texts are left out"), "{text}");
}

/// What an element may hold by the schema that Jenkins publishes (junit-10.xsd of its xUnit plugin).
struct Form {
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [&'static str],
}

fn form(element: &str) -> Form {
    let of = |required, optional, children| Form { required, optional, children };
    match element {
        "testsuites" => of(&[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        "testsuite" => of(
            &["name", "tests", "failures", "errors"],
            &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
            &["testsuite", "properties", "testcase", "system-out", "system-err"],
        ),
        "testcase" => {
            of(&["name"], &["time", "classname", "group"], &["skipped", "error", "failure", "system-out", "system-err"])
        }
        "failure" | "error" | "skipped" => of(&[], &["type", "message"], &[]),
        other => panic!("<{other}> is not of the form"),
    }
}

#[test]
fn junit_has_the_form_that_ci_systems_read_also_by_article() {
    for made in [records::five(), records::gates(), records::failures(), records::hostile(), records::empty()] {
        for per_article in [false, true] {
            let options = ViewOptions { per_article, ..ViewOptions::default() };
            let view = super::viewed(&made, &options);
            let mut bytes = Vec::new();
            let report =
                Report { run: &made.run, items: &made.items, view: &view, options: &options, beside: &(), pages: None };
            (report::junit::FORMAT.render)(&report, &mut bytes).expect("what is in memory renders");
            let xml = String::from_utf8(bytes).expect("UTF-8");
            let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
            let mut cases = 0;
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                let form = form(node.tag_name().name());
                let known = |name: &str| form.required.contains(&name) || form.optional.contains(&name);
                assert!(node.attributes().all(|a| known(a.name())), "{node:?}");
                assert!(form.required.iter().all(|name| node.has_attribute(*name)), "{node:?}");
                let mut inner = node.children().filter(roxmltree::Node::is_element);
                assert!(inner.all(|child| form.children.contains(&child.tag_name().name())), "{node:?}");
                // Text stands in what tells of a failure alone.
                let text =
                    node.children().any(|child| child.is_text() && !child.text().unwrap_or("").trim().is_empty());
                assert!(!text || form.children.is_empty(), "{node:?}");
                if node.has_tag_name("testsuite") {
                    let of = |name: &str| node.descendants().filter(|n| n.has_tag_name(name)).count().to_string();
                    for (attribute, element) in
                        [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
                    {
                        assert_eq!(node.attribute(attribute), Some(of(element).as_str()), "{attribute}");
                    }
                }
                cases += usize::from(node.has_tag_name("testcase"));
            }
            let candidates: Vec<&str> =
                made.run.systems.iter().filter(|s| s.kind == SystemKind::Candidate).map(|s| s.id.as_str()).collect();
            let outputs = made.items.iter().filter(|i| candidates.contains(&i.key.system.as_str())).count();
            assert_eq!(cases, made.gates.len() + candidates.len() + if per_article { outputs } else { 0 });
        }
    }
}

#[test]
fn a_comparison_is_a_page_and_a_comment() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compared = |more: &[&str]| {
        let ended = sandbox.epitome(&[&["compare", "draft@v2", "draft@v1", "--resamples", "200"], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    };
    let page = compared(&["--format", "html"]);
    let tags = html::strictly(&page).unwrap_or_else(|error| panic!("{error}"));
    assert!(tags.iter().filter(|tag| tag.name == "details").count() > 5);
    let (worse, better) = (page.find("newly contradicted"), page.find("<del>"));
    assert!(worse.is_some() && better.is_some());
    let comment = compared(&["--format", "markdown"]);
    assert!(comment.starts_with("**latest::draft@v1 against latest::draft@v2: newly contradicted"), "{comment}");
    assert!(comment.contains("| facts.recall |") && comment.contains("<del>") && comment.contains("<ins>"));
    let chinese = compared(&["--format", "markdown", "--ui-lang", "zh-Hant"]);
    assert!(chinese.contains("新的牴觸") && chinese.contains("而事實為「"), "{chinese}");
    let redacted = compared(&["--format", "html", "--redact", "text"]);
    assert!(!redacted.contains("無償援助") && redacted.contains("pledge-grants"));
    assert!(compared(&["--format", "markdown", "--redact", "text"]).contains("pledge-grants"));

    // The same is told of a run against what was accepted.
    sandbox.epitome(&["accept", "--message", "as it is"]);
    let outputs = sandbox.path("references/summit/outputs/draft@v2.jsonl");
    let text = fs::read_to_string(&outputs)?;
    assert!(text.contains("20億元"));
    fs::write(&outputs, text.replace("20億元", "90億元"))?;
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert!(ended.stdout.contains("draft@v2 against the baseline: newly contradicted 1"), "{}", ended.stdout);
    let report = sandbox.epitome(&["report", "latest", "--format", "markdown", "--out", "-"]).stdout;
    let first = report.lines().next().unwrap_or_default();
    assert!(first.contains("newly contradicted 1"), "{first}");
    assert!(report.contains("<del>20</del><ins>90</ins>億元"), "{report}");
    let item = sandbox.epitome(&["report", "latest", "--item", "sco-2025.zh-Han"]);
    assert_eq!(item.code, Some(2));
    assert!(item.stderr.contains("the nearest are summit/sco-2025.zh-Han"), "{}", item.stderr);
    let item = sandbox.epitome(&["report", "latest", "--item", "sco-2025.zh-Hant", "--width", "80"]);
    assert!(item.stdout.contains("[✗人民幣90億元]"), "{}", item.stdout);
    Ok(())
}
