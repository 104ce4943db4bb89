//! What people read of a run, by kind of run and by format.

mod command;
mod records;
mod texts;

use epitome::report::layout;
use epitome::report::terminal::{self, Surface};
use epitome::report::{Ui, View, ViewOptions, markdown};

use records::Made;

fn view(made: &Made) -> View {
    View::build(&made.run, made.items.iter().cloned(), &ViewOptions::default())
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

#[test]
fn markdown_by_kind_of_run() {
    for (name, made) in records::kinds() {
        snapshot(&format!("markdown_{name}"), &markdown::text(&view(&made), Ui::english()));
    }
}

#[test]
fn reports_speak_chinese() {
    for tag in ["zh-Hant", "zh-Hans"] {
        let ui = Ui::find(tag).expect("a language that reports speak");
        let made = records::failures();
        let view = View::build(&made.run, made.items.iter().cloned(), &ViewOptions { ui, ..ViewOptions::default() });
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
fn a_redacted_report_holds_no_text() {
    let made = records::five();
    let options = ViewOptions { redact: true, ..ViewOptions::default() };
    let view = View::build(&made.run, made.items.iter().cloned(), &options);
    let text = plain(&view, 80) + &markdown::text(&view, Ui::english());
    assert!(text.contains("pledge-grants"));
    for private in ["無償援助", "Tianjin", "6500", "CNY"] {
        assert!(!text.contains(private), "{private}");
    }
}
