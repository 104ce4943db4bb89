//! What people read of a run, by kind of run and by format.

mod command;
mod html;
#[cfg(feature = "parquet")]
mod parquet;
mod records;
mod since;
mod texts;

use epitome::model::Article;
use epitome::model::record::SystemKind;
use epitome::report::terminal::{self, Surface};
use epitome::report::{
    self, Beside, FORMATS, Format, Place, Redact, Report, Ui, View, ViewOptions, csv, layout, markdown,
};

use records::Made;

fn view(made: &Made) -> View {
    viewed(made, &ViewOptions::default())
}

fn viewed(made: &Made, options: &ViewOptions) -> View {
    let mut view = View::build(&made.run, made.items.iter().cloned(), options);
    view.hold(&made.gates, options.ui);
    view
}

/// A checklist that is written down in the default place, a fact every ten lines.
struct Repository;

impl Beside for Repository {
    fn fact(&self, dataset: &str, article: &str, fact: &str) -> Option<Place> {
        Some(Place { file: format!("references/{dataset}/{article}.toml"), line: Some(10 * fact.len() as u64) })
    }

    fn article(&self, _dataset: &str, _id: &str) -> Option<&Article> {
        None
    }
}

fn rendered(made: &Made, format: &str, options: &ViewOptions) -> String {
    let format = report::format(format).expect("a format");
    let view = viewed(made, options);
    let mut bytes = Vec::new();
    let report = Report { run: &made.run, items: &made.items, view: &view, options, beside: &Repository, pages: None };
    (format.render)(&report, &mut bytes).expect("what is in memory renders");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

/// The formats that are text.
fn texts_of() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().copied().filter(|format| format.name != "parquet")
}

fn plain(view: &View, width: usize) -> String {
    terminal::render(view, Ui::english(), Surface { width, colour: false })
}

/// Compares with `tests/snapshots/NAME.snap`.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("report_{name}"), text));
}

#[test]
fn terminal_by_kind_of_run() {
    for (name, made) in records::kinds() {
        let view = view(&made);
        for width in [60, 80, 120] {
            snapshot(&format!("terminal_{name}_{width}"), &plain(&view, width));
        }
    }
}

/// A page without the hashes of its style and script, which change with every edit of those.
fn unhashed(page: &str) -> String {
    let mut parts = page.split("'sha256-");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += "'sha256-…";
        text += part.split_once('\'').map_or(part, |(_, rest)| rest);
    }
    text
}

/// A page as a snapshot keeps it: without style and script, which every page has, and a tag a line.
fn shortened(page: &str) -> String {
    let page = page.replace(include_str!("../../src/report/html/style.css"), "…");
    let page = page.replace(include_str!("../../src/report/html/script.js"), "…");
    unhashed(&page).replace("><", ">\n<")
}

#[test]
fn every_format_by_kind_of_run() {
    for (name, made) in records::kinds() {
        for format in texts_of() {
            let text = rendered(&made, format.name, &ViewOptions::default());
            let text = if format.name == "html" { shortened(&text) } else { text };
            snapshot(&format!("{}_{name}", format.name), &text.replace("\r\n", "\n"));
        }
    }
}

#[test]
fn reports_speak_chinese() {
    for tag in ["zh-Hant", "zh-Hans"] {
        let ui = Ui::find(tag).expect("a language that reports speak");
        let made = records::failures();
        let view = viewed(&made, &ViewOptions { ui, ..ViewOptions::default() });
        snapshot(&format!("terminal_{tag}_80"), &terminal::render(&view, ui, Surface { width: 80, colour: false }));
        snapshot(&format!("markdown_{tag}"), &markdown::text(&view, ui));
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, made) in records::kinds().into_iter().chain([("hostile", records::hostile())]) {
        let view = view(&made);
        for width in [40, 60, 80, 120, 200] {
            for line in plain(&view, width).lines() {
                assert!(layout::width(line) <= width, "{name} at {width}: {line}");
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let view = view(&records::failures());
    let coloured = terminal::render(&view, Ui::english(), Surface { width: 80, colour: true });
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain(&view, 80));
}

#[test]
fn hostile_text_does_not_steer_a_terminal() {
    let text = plain(&view(&records::hostile()), 80);
    assert!(text.contains("evil"), "the text itself is still told");
    let steers = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert_eq!(text.chars().find(|c| steers(*c)), None);
}

#[test]
fn hostile_text_does_not_break_markdown() {
    let text = markdown::text(&view(&records::hostile()), Ui::english());
    assert!(text.chars().count() <= markdown::LIMIT);
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script"));
    assert!(!text.contains(" @team") && !text.contains("https://"));
    for table in text.split("\n\n").filter(|part| part.starts_with("| ")) {
        let columns = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let mut lines = table.lines();
        let head = columns(lines.next().unwrap_or_default());
        assert!(head > 2);
        assert!(lines.all(|line| columns(line) == head), "{table}");
    }
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn markdown_keeps_within_its_limit() {
    let mut made = records::five();
    let system = made.run.systems[0].clone();
    let figures: Vec<_> = made.run.aggregates.iter().filter(|a| a.system == system.id).cloned().collect();
    for n in 0..2_000 {
        let id = format!("{}-{n}@v1", "s".repeat(40));
        made.run.systems.push(epitome::model::record::SystemRecord { id: id.clone(), ..system.clone() });
        let renamed = figures.iter().cloned().map(|a| epitome::model::record::Aggregate { system: id.clone(), ..a });
        made.run.aggregates.extend(renamed);
    }
    let text = markdown::text(&view(&made), Ui::english());
    let length = text.chars().count();
    assert!((markdown::LIMIT - 2_000..=markdown::LIMIT).contains(&length), "{length}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.contains("more systems; see run.json"));
}

#[test]
fn hostile_text_does_not_break_xml() {
    for (name, made) in records::kinds().into_iter().chain([("hostile", records::hostile())]) {
        let xml = rendered(&made, "junit", &ViewOptions::default());
        let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{name}: {error}\n{xml}"));
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        let candidates = made.run.systems.iter().filter(|s| s.kind == SystemKind::Candidate).count();
        assert_eq!(cases.count(), made.gates.len() + candidates, "{name}");
        let failing = document.descendants().filter(|node| node.has_tag_name("failure")).count();
        assert_eq!(document.root_element().attribute("failures"), Some(failing.to_string().as_str()), "{name}");
    }
}

#[test]
fn hostile_text_reads_back_equal_from_csv() {
    let made = records::hostile();
    let text = rendered(&made, "csv", &ViewOptions::default());
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().expect("a heading").clone();
    let at = |name: &str| head.iter().position(|column| column == name).expect("a column");
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), made.items.len());
    for (row, item) in rows.iter().zip(&made.items) {
        assert_eq!(csv::unguard(&row[at("id")]), item.key.id);
        assert_eq!(csv::unguard(&row[at("system")]), item.key.system);
        assert_eq!(csv::unguard(&row[at("summary")]), item.summary.as_deref().unwrap_or_default());
        assert!(row.iter().all(|cell| !cell.trim_start().starts_with(['=', '+', '-', '@'])));
    }
}

#[test]
fn hostile_text_stays_in_its_annotation() {
    let text = rendered(&records::hostile(), "github", &ViewOptions::default());
    assert!(text.lines().count() > 3);
    for line in text.lines() {
        let properties = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command").0;
        assert!(["error ", "warning ", "notice "].iter().any(|level| properties.starts_with(level)), "{line}");
    }
}

#[test]
fn json_is_the_view() {
    let made = records::hostile();
    let value: serde_json::Value =
        serde_json::from_str(&rendered(&made, "json", &ViewOptions::default())).expect("a JSON document");
    assert_eq!(value["schema"], "epitome.report/1");
    assert_eq!(value["table"]["rows"].as_array().map(Vec::len), Some(made.run.systems.len()));
}

#[test]
fn a_redacted_report_holds_no_text() {
    let made = records::failures();
    let options = ViewOptions { redact: Redact::All, ..ViewOptions::default() };
    for format in texts_of() {
        let text = rendered(&made, format.name, &options);
        for private in ["無償援助", "Tianjin", "6500", "CNY 1", "white space only"] {
            assert!(!text.contains(private), "{private} in {}", format.name);
        }
    }
    assert!(rendered(&made, "markdown", &options).contains("pledge-grants"));
}

#[test]
fn private_datasets_are_redacted_unless_asked_for() {
    let mut made = records::failures();
    made.run.plan = serde_json::json!({ "dataset": [{ "name": "summit", "private": true }, { "name": "invented" }] });
    let shown = rendered(&made, "csv", &ViewOptions::default()) + &rendered(&made, "markdown", &ViewOptions::default());
    assert!(!shown.contains("無償援助") && !shown.contains("Tianjin"));
    assert!(shown.contains("停電戶數"), "the other dataset is no secret");
    let options = ViewOptions { redact: Redact::Nothing, ..ViewOptions::default() };
    assert!(rendered(&made, "csv", &options).contains("無償援助"));
}
