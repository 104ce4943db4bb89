//! `junit.xml`: a test case a gate, for CI systems that show test results.
//!
//! Without gates there is one case a system under test, which fails where the system failed on an item, so that a job
//! never shows an empty report. A gate that could not be judged is skipped, or failed where the suite says so. The
//! form is that of the Jenkins schema.

use std::fmt::Write as _;
use std::io;

use super::ui::Ui;
use super::view::{GateLine, View};
use super::{Format, RenderError, Report, clean};
use crate::compare::gate::Status;
use crate::model::Verdict;
use crate::model::record::{ItemRecord, SystemKind, SystemRecord};

/// The registry entry.
pub static FORMAT: Format =
    Format { name: "junit", about: "a test case a gate, for CI systems", file: "junit.xml", render };

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    let mut articles = Vec::new();
    if report.options.per_article {
        let redacted = report.options.redact.datasets(report.run);
        for item in report.items.open().map_err(RenderError::Items)? {
            let item = item.map_err(RenderError::Items)?;
            let candidate = |s: &SystemRecord| s.id == item.key.system && s.kind == SystemKind::Candidate;
            if report.run.systems.iter().any(candidate) {
                let redact = redacted.contains(item.key.dataset.as_str());
                articles.push(article(&item, redact, report.options.ui));
            }
        }
    }
    Ok(out.write_all(document(report.view, report.options.ui, &articles).as_bytes())?)
}

/// A case an output: it fails where a fact is contradicted, or one that no acceptable summary leaves out is missing, and
/// is in error where there is no output.
fn article(item: &ItemRecord, redact: bool, ui: &Ui) -> Case {
    let mut name = format!("{}/{}", clean::clip(&item.key.dataset, 80), clean::clip(&item.key.id, 120));
    if item.key.sample > 0 {
        let _ = write!(name, " · {}", item.key.sample + 1);
    }
    let facts = || item.facts.iter().flatten().filter(|fact| !fact.draft);
    let mut detail = String::new();
    for fact in facts() {
        let phrase = match (fact.judgement.verdict, fact.must) {
            (Verdict::Contradicted, true) => "findings.contradicted_must",
            (Verdict::Contradicted, false) => "findings.contradicted",
            (Verdict::Missing, true) => "findings.missing_must",
            _ => continue,
        };
        let _ =
            write!(detail, "{}{} {}", if detail.is_empty() { "" } else { "\n" }, ui.text(phrase), fact.judgement.id);
        if !redact {
            let reason = ui.reason(&clean::clip(&fact.judgement.reason, 300));
            let _ = write!(detail, ": {} ({reason})", clean::clip(&fact.claim, 300));
        }
    }
    let (state, inner) = match (&item.summary, &item.failure) {
        (None, Some(failure)) => {
            let message = if redact { String::new() } else { clean::clip(&failure.message, 300) };
            (State::Errored, within("error", failure.kind.as_str(), Some(&message)))
        }
        (None, None) => (State::Skipped, within("skipped", ui.text("html.not_evaluated"), None)),
        _ if !detail.is_empty() => {
            let first = detail.lines().next().unwrap_or_default().to_owned();
            (State::Failed, within("failure", &first, Some(&detail)))
        }
        _ => (State::Passed, String::new()),
    };
    Case { class: clean::clip(&item.key.system, 60), name, inner, state }
}

/// A test case.
struct Case {
    class: String,
    name: String,
    /// What stands within it: nothing where it passed.
    inner: String,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Passed,
    Failed,
    Errored,
    Skipped,
}

/// The document.
pub fn text(view: &View, ui: &Ui) -> String {
    document(view, ui, &[])
}

/// The document, with a case an article where those are given.
fn document(view: &View, ui: &Ui, articles: &[Case]) -> String {
    let mut suites = Vec::new();
    if !view.gates.is_empty() {
        suites.push(("gates", view.gates.iter().map(|line| gate(line, ui)).collect::<Vec<_>>()));
    }
    suites.push(("systems", systems(view, ui)));
    let suites: Vec<(&str, &[Case])> = suites
        .iter()
        .map(|(name, cases)| (*name, cases.as_slice()))
        .chain((!articles.is_empty()).then_some(("articles", articles)))
        .collect();
    let all = || suites.iter().flat_map(|(_, cases)| cases.iter());
    let count = |state: State| all().filter(|case| case.state == state).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        escape(&view.suite),
        all().count(),
        count(State::Failed),
        count(State::Errored),
    );
    for (name, cases) in &suites {
        suite(&mut xml, &format!("{}.{name}", view.suite), cases);
    }
    xml + "</testsuites>\n"
}

fn suite(xml: &mut String, name: &str, cases: &[Case]) {
    let count = |state: State| cases.iter().filter(|case| case.state == state).count();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        escape(name),
        cases.len(),
        count(State::Failed),
        count(State::Errored),
        count(State::Skipped),
    );
    for case in cases {
        let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escape(&case.class), escape(&case.name));
        if case.inner.is_empty() {
            let _ = writeln!(xml, "{head}/>");
        } else {
            let _ = writeln!(xml, "{head}>\n      {}\n    </testcase>", case.inner);
        }
    }
    xml.push_str("  </testsuite>\n");
}

/// A case a gate. Its name stays as the suite has it, whatever the report's language: CI systems follow a case by name.
fn gate(gate: &GateLine, ui: &Ui) -> Case {
    let message = ui.gate(&gate.message);
    let mut detail = message.clone();
    for (article, drop) in &gate.articles {
        let worse = ui.fill("gates.worse", &[("article", article), ("drop", &format!("{drop:+.4}"))]);
        let _ = write!(detail, "\n{worse}");
    }
    let (state, inner) = if gate.fails {
        (State::Failed, within("failure", &message, Some(&detail)))
    } else if gate.status == Status::Inconclusive {
        (State::Skipped, within("skipped", &message, None))
    } else {
        (State::Passed, String::new())
    };
    Case { class: gate.system.clone(), name: gate.rule.clone(), inner, state }
}

/// A case a system under test: whether it answered.
fn systems(view: &View, ui: &Ui) -> Vec<Case> {
    let candidates = view.table.rows.iter().filter(|row| row.kind == SystemKind::Candidate);
    let case = |row: &super::view::Row| {
        let failures: Vec<_> = view.failures.iter().filter(|f| f.system == row.system).collect();
        let line = |f: &&super::view::FailureLine| format!("{} {}: {}", f.failed, f.kind, f.example);
        let detail = failures.iter().map(line).collect::<Vec<_>>().join("\n");
        let message = format!("{} {}/{}", ui.text("table.failed"), row.failed, row.items.unwrap_or(row.failed));
        let failed = row.failed > 0;
        Case {
            class: row.system.clone(),
            name: "answers".to_owned(),
            inner: if failed { within("error", &message, Some(&detail)) } else { String::new() },
            state: if failed { State::Errored } else { State::Passed },
        }
    };
    candidates.map(case).collect()
}

fn within(tag: &str, message: &str, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => {
            format!("<{tag} message=\"{}\" type=\"{tag}\">{}</{tag}>", escape(message), escape(detail))
        }
        None => format!("<{tag} message=\"{}\"/>", escape(message)),
    }
}

/// Text for an attribute or element: line feeds stay, other characters that XML or a log cannot bear are replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(clean::harmless(c)),
        }
    }
    out
}
