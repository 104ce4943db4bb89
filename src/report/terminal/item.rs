//! One article on a terminal: its source, every output with its figures and facts coloured by verdict, and why.

use owo_colors::Style;

use super::super::layout::{left, right, width, wrap};
use super::super::number::Digits;
use super::super::ui::Ui;
use super::super::{Redact, clean};
use super::{Page, Surface};
use crate::model::record::{ItemRecord, RunRecord, SystemKind};
use crate::model::{Article, Support, Verdict};

/// Scalar values of a text that is shown.
const TEXT: usize = 20_000;

/// What one article's page is made from.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// The record.
    pub run: &'a RunRecord,
    /// The article's items, in canonical order.
    pub items: &'a [ItemRecord],
    /// The article, where it is at hand.
    pub article: Option<&'a Article>,
    /// Whose texts are left out.
    pub redact: Redact,
}

/// A stretch of a text that is shown in a way of its own.
struct Stretch {
    start: usize,
    end: usize,
    look: Look,
}

/// How a stretch looks; the later wins over the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    Plain,
    Evidence,
    Supported,
    Covered,
    Unsupported,
    Contradicted,
}

impl Look {
    fn style(self) -> Style {
        match self {
            Look::Plain => Style::new(),
            Look::Evidence => Style::new().yellow(),
            Look::Supported => Style::new().underline(),
            Look::Covered => Style::new().cyan(),
            Look::Unsupported => Style::new().magenta().bold(),
            Look::Contradicted => Style::new().red().bold(),
        }
    }

    /// What stands around it, so that it is told without colour too.
    fn brackets(self) -> (&'static str, &'static str) {
        match self {
            Look::Unsupported => ("[?", "]"),
            Look::Contradicted => ("[✗", "]"),
            _ => ("", ""),
        }
    }
}

/// Renders an article as text that ends in a newline.
pub fn render(item: &Item<'_>, ui: &Ui, surface: Surface) -> String {
    let mut page = Page { out: String::new(), surface: Surface { width: surface.width.max(40), ..surface }, ui };
    page.item(item);
    page.out
}

impl Page<'_> {
    fn item(&mut self, item: &Item<'_>) {
        let Some(first) = item.items.first() else { return };
        let hidden = item.redact.datasets(item.run).contains(first.key.dataset.as_str());
        let article = item.article.filter(|_| !hidden);
        let name = format!("{}/{}", clean::clip(&first.key.dataset, 80), clean::clip(&first.key.id, 120));
        if let Some(title) = article.and_then(|a| a.title.as_deref()) {
            self.prose(&clean::clip(title, 200), Style::new().bold());
        }
        self.prose(&name, Style::new().dimmed());
        self.checklist(item, hidden);
        self.title(self.ui.text("html.source"));
        self.blank();
        match article {
            Some(article) => {
                let figures = item.items.iter().flat_map(|i| i.quantities.iter().flatten());
                let evidence: Vec<Stretch> = figures
                    .filter_map(|q| q.evidence.as_ref())
                    .map(|span| Stretch { start: span.start, end: span.end, look: Look::Evidence })
                    .collect();
                self.marked(&article.source, &evidence);
            }
            None => self.note(if hidden { "html.redacted" } else { "html.no_source" }),
        }
        for system in &item.run.systems {
            for output in item.items.iter().filter(|i| i.key.system == system.id) {
                self.output(output, system.kind, hidden);
            }
        }
    }

    fn note(&mut self, phrase: &str) {
        let text = self.ui.text(phrase).to_owned();
        self.hanging("", 2, &text, Style::new().dimmed());
    }

    /// Facts by systems: a sign each, and the number of samples where there are several.
    fn checklist(&mut self, item: &Item<'_>, hidden: bool) {
        let mut facts: Vec<(&str, bool, &str)> = Vec::new();
        for fact in item.items.iter().flat_map(|i| i.facts.iter().flatten()) {
            if !facts.iter().any(|(id, ..)| *id == fact.judgement.id) {
                facts.push((&fact.judgement.id, fact.must, if hidden { "" } else { &fact.claim }));
            }
        }
        if facts.is_empty() {
            return;
        }
        self.title(self.ui.text("html.checklist"));
        self.blank();
        let systems: Vec<&str> = item
            .run
            .systems
            .iter()
            .map(|s| s.id.as_str())
            .filter(|id| item.items.iter().any(|i| i.key.system == *id && i.facts.is_some()))
            .collect();
        for (at, system) in systems.iter().enumerate() {
            self.line(&format!("  {} {}", number(at), clean::clip(system, 60)));
        }
        self.blank();
        let heads: String = (0..systems.len()).map(|at| right(&number(at), 3)).collect();
        let lead = width(&heads) + 4;
        self.line(&format!("  {heads}"));
        for (id, must, claim) in facts {
            let cells: String = systems
                .iter()
                .map(|system| {
                    let judged = item.items.iter().filter(|i| i.key.system == **system);
                    let verdicts = judged.flat_map(|i| i.facts.iter().flatten());
                    let verdicts: Vec<Verdict> =
                        verdicts.filter(|f| f.judgement.id == id).map(|f| f.judgement.verdict).collect();
                    self.sign(&verdicts)
                })
                .collect();
            let must = if must { format!(" ({})", self.ui.text("html.must")) } else { String::new() };
            let text = format!("{}{must} {}", clean::clip(id, 80), clean::clip(claim, 240));
            for (at, line) in wrap(text.trim_end(), self.surface.width.saturating_sub(lead)).iter().enumerate() {
                let margin = if at == 0 { format!("  {cells}  ") } else { " ".repeat(lead) };
                self.line(&format!("{margin}{line}"));
            }
        }
    }

    /// A sign three cells wide: the worst of the verdicts.
    fn sign(&self, verdicts: &[Verdict]) -> String {
        let any = |verdict: Verdict| verdicts.contains(&verdict);
        let (sign, style) = if verdicts.is_empty() {
            ("–", Style::new().dimmed())
        } else if any(Verdict::Contradicted) {
            ("✗", Look::Contradicted.style())
        } else if any(Verdict::Missing) && any(Verdict::Covered) {
            ("◐", Style::new().yellow())
        } else if any(Verdict::Missing) {
            ("○", Style::new().dimmed())
        } else {
            ("●", Look::Covered.style())
        };
        format!("{}{}", " ".repeat(3usize.saturating_sub(width(sign))), self.surface.paint(sign, style))
    }

    fn output(&mut self, output: &ItemRecord, kind: SystemKind, hidden: bool) {
        let mut title = clean::clip(&output.key.system, 80);
        if let Some(annotator) = &output.annotator {
            title += &format!(" · {}", clean::clip(annotator, 60));
        } else if output.key.sample > 0 {
            title += &format!(" · {}", output.key.sample + 1);
        }
        self.title(&title);
        if kind != SystemKind::Human {
            let scores = self.scores(output);
            self.prose(&scores, Style::new().dimmed());
        }
        self.blank();
        match (&output.summary, &output.failure) {
            (Some(summary), _) if hidden => {
                let length = self.ui.fill("html.length", &[("n", &summary.chars().count().to_string())]);
                self.hanging("", 2, &length, Style::new().dimmed());
            }
            (Some(summary), _) => self.marked(summary, &stretches(output)),
            (None, Some(failure)) => {
                let message = if hidden { String::new() } else { format!(": {}", clean::clip(&failure.message, 400)) };
                let why = format!("{}{message}", failure.kind.as_str());
                let text = self.ui.fill("item.failed", &[("why", &why)]);
                self.hanging("", 2, &text, Look::Contradicted.style());
            }
            (None, None) => self.note("html.not_evaluated"),
        }
        self.why(output, hidden);
    }

    fn scores(&self, output: &ItemRecord) -> String {
        let mut shown = Vec::new();
        for (metric, fields) in &output.scores {
            for (field, value) in fields.iter().flatten() {
                let name = if field == "score" || field == "f1" { metric.clone() } else { format!("{metric}.{field}") };
                let most = if (0.0..=1.0).contains(value) { Some(1.0) } else { None };
                shown.push(format!("{name} {}", Digits::of((Some(0.0), most), &[(*value, None)]).value(*value)));
            }
        }
        shown.join(" · ")
    }

    /// What is wrong and why, then the ids of what is missing.
    fn why(&mut self, output: &ItemRecord, hidden: bool) {
        let reason = |said: &str| if hidden { String::new() } else { self.ui.reason(&clean::clip(said, 300)) };
        let mut lines: Vec<(String, Look)> = Vec::new();
        let facts = || output.facts.iter().flatten();
        for fact in facts().filter(|f| f.judgement.verdict == Verdict::Contradicted) {
            let phrase = if fact.must { "findings.contradicted_must" } else { "findings.contradicted" };
            let (what, id) = (self.ui.text(phrase), clean::clip(&fact.judgement.id, 80));
            lines.push((format!("✗ {what} {id}: {}", reason(&fact.judgement.reason)), Look::Contradicted));
        }
        for figure in output.quantities.iter().flatten().filter(|q| q.verdict == Support::Unsupported) {
            let what = self.ui.text("findings.unsupported");
            let surface = if hidden { String::new() } else { clean::clip(&figure.quantity.surface, 80) };
            let error = figure.error.as_deref().map(|e| format!(" ({})", self.ui.error(e))).unwrap_or_default();
            lines.push((format!("? {what} {surface}{error}: {}", reason(&figure.reason)), Look::Unsupported));
        }
        for (must, phrase) in [(true, "findings.missing_must"), (false, "findings.missing")] {
            let missing = facts().filter(|f| f.judgement.verdict == Verdict::Missing && f.must == must);
            let ids: Vec<String> = missing.map(|f| clean::clip(&f.judgement.id, 80)).collect();
            if !ids.is_empty() {
                lines.push((format!("○ {}: {}", self.ui.text(phrase), self.ui.list(&ids)), Look::Plain));
            }
        }
        let of_facts = facts().map(|f| (Some(&f.judgement.id), f.judgement.overridden.as_ref()));
        let figures = output.quantities.iter().flatten();
        let of_figures = figures.map(|q| (Some(&q.quantity.surface).filter(|_| !hidden), q.overridden.as_ref()));
        for (what, ruling) in of_facts.chain(of_figures) {
            let Some(ruling) = ruling else { continue };
            let what = what.map(|what| format!("{}: ", clean::clip(what, 80))).unwrap_or_default();
            let ruled = self.ui.ruled(&clean::clip(&ruling.by, 60), &clean::clip(&ruling.matcher, 60));
            lines.push((format!("✎ {what}{ruled}"), Look::Plain));
        }
        if !lines.is_empty() {
            self.blank();
        }
        for (text, look) in lines {
            let text = text.trim_end_matches([' ', ':']).to_owned();
            self.hanging("", 4, &text, look.style());
        }
    }

    /// A text on wrapped lines, its stretches in their looks.
    fn marked(&mut self, text: &str, stretches: &[Stretch]) {
        let mut looks: Vec<(char, Look)> =
            text.chars().take(TEXT).map(|c| (if c == '\n' { c } else { clean::harmless(c) }, Look::Plain)).collect();
        for stretch in stretches {
            for (_, look) in looks.get_mut(stretch.start..stretch.end).into_iter().flatten() {
                *look = (*look).max(stretch.look);
            }
        }
        if text.chars().nth(TEXT).is_some() {
            looks.push(('…', Look::Plain));
        }
        for paragraph in bracketed(&looks).split(|(c, _)| *c == '\n') {
            let plain: String = paragraph.iter().map(|(c, _)| *c).collect();
            let mut at = 0;
            for line in wrap(&plain, self.surface.width.saturating_sub(2)) {
                let mut painted = String::new();
                let mut run: (String, Look) = (String::new(), Look::Plain);
                for c in line.chars() {
                    // Wrapping drops white space at the ends of lines and nothing else.
                    while paragraph.get(at).is_some_and(|(other, _)| *other != c) {
                        at += 1;
                    }
                    let look = paragraph.get(at).map_or(Look::Plain, |(_, look)| *look);
                    at += 1;
                    if look != run.1 && !run.0.is_empty() {
                        painted += &self.surface.paint(&run.0, run.1.style());
                        run.0.clear();
                    }
                    run.1 = look;
                    run.0.push(c);
                }
                painted += &self.surface.paint(&run.0, run.1.style());
                self.line(&left(&format!("  {painted}"), 0));
            }
        }
    }
}

/// A letter or number for a system in a narrow column.
fn number(at: usize) -> String {
    (at + 1).to_string()
}

/// Brackets around what is to be told without colour.
fn bracketed(looks: &[(char, Look)]) -> Vec<(char, Look)> {
    let mut out: Vec<(char, Look)> = Vec::with_capacity(looks.len());
    let mut open = Look::Plain;
    for (c, look) in looks.iter().copied().chain([('\0', Look::Plain)]) {
        if look != open {
            out.extend(open.brackets().1.chars().map(|b| (b, open)));
            if c != '\0' {
                out.extend(look.brackets().0.chars().map(|b| (b, look)));
            }
            open = look;
        }
        if c != '\0' {
            out.push((c, look));
        }
    }
    out
}

fn stretches(output: &ItemRecord) -> Vec<Stretch> {
    let facts = output.facts.iter().flatten().filter_map(|fact| {
        let span = fact.judgement.evidence.as_ref()?;
        let wrong = fact.judgement.verdict == Verdict::Contradicted;
        Some(Stretch { start: span.start, end: span.end, look: if wrong { Look::Contradicted } else { Look::Covered } })
    });
    let figures = output.quantities.iter().flatten().map(|figure| Stretch {
        start: figure.quantity.start,
        end: figure.quantity.end,
        look: if figure.verdict == Support::Supported { Look::Supported } else { Look::Unsupported },
    });
    figures.chain(facts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_stands_in_brackets_and_wraps_in_width() {
        let mut page = Page { out: String::new(), surface: Surface { width: 24, colour: false }, ui: Ui::english() };
        let text = "今年內提供人民幣100億元無償援助，三年內新增貸款。\nThe end.";
        page.marked(text, &[Stretch { start: 5, end: 13, look: Look::Contradicted }]);
        assert!(page.out.replace("\n  ", "").contains("[✗人民幣100億元]無償援助"), "{}", page.out);
        assert!(page.out.lines().all(|line| width(line) <= 24), "{}", page.out);
        assert!(page.out.ends_with("  The end.\n"));
    }
}
