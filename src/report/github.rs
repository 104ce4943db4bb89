//! GitHub annotations: the workflow commands that put the worst findings beside the lines of the checklists.
//!
//! Printed in a job (`epitome report latest --format github --out -`), each line becomes a remark on a file of the pull
//! request. GitHub shows ten errors and ten warnings a step.

use std::io;

use super::ui::Ui;
use super::view::{Finding, FindingKind};
use super::{Format, RenderError, Report};

/// The registry entry.
pub static FORMAT: Format = Format {
    name: "github",
    about: "workflow commands that annotate checklists in a pull request",
    file: "annotations.txt",
    render,
};

/// Annotations of a kind that GitHub shows of one step.
const MOST: usize = 10;

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    let (view, ui) = (report.view, report.options.ui);
    let (mut errors, mut warnings) = (0, 0);
    for gate in view.gates.iter().filter(|gate| gate.fails) {
        if errors < MOST {
            let title = format!("{}: {}", ui.text("gates.fails"), ui.gate(&gate.rule));
            let message = format!("{}: {}", gate.system, ui.gate(&gate.message));
            writeln!(out, "{}", command("error", &[("title", &title)], &message))?;
        }
        errors += 1;
    }
    for finding in &view.findings.shown {
        let level = match finding.kind {
            FindingKind::ContradictedMust => "error",
            FindingKind::Missing => "notice",
            _ => "warning",
        };
        let counter = if level == "error" { &mut errors } else { &mut warnings };
        if *counter >= MOST {
            continue;
        }
        *counter += 1;
        writeln!(out, "{}", annotation(level, finding, report, ui))?;
    }
    Ok(())
}

fn annotation(level: &str, finding: &Finding, report: &Report<'_>, ui: &Ui) -> String {
    let mut title = ui.text(finding.kind.phrase()).to_owned();
    if let Some(fact) = &finding.fact {
        title += &format!(" · {fact}");
    }
    let mut lines = vec![format!("{}/{}", finding.dataset, finding.article)];
    if !finding.claim.is_empty() {
        lines.push(finding.claim.clone());
    }
    for (systems, seen) in super::view::alike(&finding.seen, ui) {
        let quote = seen.quote.as_ref().map(|q| format!(" {}[{}]{}", q.before, q.text, q.after)).unwrap_or_default();
        lines.push(format!("{systems}:{quote}"));
        if !seen.reason.is_empty() {
            lines.push(ui.reason(&seen.reason));
        }
    }
    let place = finding.fact.as_ref().and_then(|fact| report.beside.fact(&finding.dataset, &finding.article, fact));
    let line = place.as_ref().and_then(|p| p.line).map(|line| line.to_string());
    let mut properties = Vec::new();
    if let Some(place) = &place {
        properties.push(("file", place.file.as_str()));
    }
    if let Some(line) = &line {
        properties.push(("line", line));
    }
    properties.push(("title", &title));
    command(level, &properties, &lines.join("\n"))
}

/// A workflow command, with what would end it escaped.
fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property =
        |(name, text): &(&str, &str)| format!("{name}={}", data(text).replace(':', "%3A").replace(',', "%2C"));
    let properties: Vec<String> = properties.iter().map(property).collect();
    format!("::{level} {}::{}", properties.join(","), data(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_command_ends_it() {
        let made = command("error", &[("file", "a,b:c"), ("title", "50 %")], "one\r\ntwo::error::");
        assert_eq!(made, "::error file=a%2Cb%3Ac,title=50 %25::one%0D%0Atwo::error::");
    }
}
