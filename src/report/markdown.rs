//! `report.md`: for a pull request comment or a job summary. The verdict in the first line, the table, facts by
//! group, the worst findings folded, within [`LIMIT`] characters whatever the run.

pub mod comparison;
mod since;

use std::io;

use super::ui::Ui;
use super::view::{Cell, Class, Finding, GateLine, Groups, SliceBy, SliceRow, Slices, Table, View, alike};
use super::{Format, RenderError, Report, terminal};
use crate::model::record::SystemKind;

/// The registry entry.
pub static FORMAT: Format = Format {
    name: "markdown",
    about: "for a pull request comment or a job summary, within 60,000 characters",
    file: "report.md",
    render,
};

/// Scalar values that a report never exceeds: GitHub refuses comments of more than 65,536.
pub const LIMIT: usize = 60_000;

/// Columns that stand in the open; the rest is folded.
const OPEN_COLUMNS: usize = 8;

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    Ok(out.write_all(text(report.view, report.options.ui).as_bytes())?)
}

/// Renders a view as GitHub-flavoured Markdown.
pub fn text(view: &View, ui: &Ui) -> String {
    let mut page = Page { out: String::new(), used: 0, shortened: false, ui };
    page.add(&format!("**{}**\n\n", escape(&view.verdict.join(ui.text("join.sentence")))));
    page.add(&format!("{}\n", escape(&view.context)));
    page.gates(view);
    page.since(view);
    page.table(&view.table);
    page.groups(&view.groups);
    page.findings(view);
    page.decisions(view);
    page.failures(view);
    page.warnings(view);
    page.slices(&view.slices);
    page.more_columns(&view.table);
    page.end()
}

struct Page<'a> {
    out: String,
    used: usize,
    shortened: bool,
    ui: &'a Ui,
}

impl Page<'_> {
    /// Adds a part whole, or leaves it out and notes that something is missing.
    fn add(&mut self, part: &str) -> bool {
        let length = part.chars().count();
        // Room for the note that says so.
        let fits = self.used + length <= LIMIT - 500;
        if fits {
            self.used += length;
            self.out += part;
        } else {
            self.shortened = true;
        }
        fits
    }

    /// The whole text, with a note where parts were left out.
    fn end(mut self) -> String {
        if self.shortened {
            let note = format!("\n<sub>{}</sub>\n", escape(self.ui.text("markdown.shortened")));
            self.out += &note;
        }
        self.out
    }

    fn title(&mut self, name: &str) {
        let title = format!("\n#### {}\n\n", escape(self.ui.text(name)));
        self.add(&title);
    }

    fn gates(&mut self, view: &View) {
        if view.gates.is_empty() {
            return;
        }
        self.title("gates.title");
        let cells = |gate: &GateLine| {
            let state = escape(self.ui.text(gate.phrase()));
            let state = if gate.fails { format!("**{state}**") } else { state };
            let mut why = escape(&self.ui.gate(&gate.message));
            if gate.phrase() != "gates.holds" {
                for (article, drop) in gate.articles.iter().take(5) {
                    let drop = format!("{drop:+.4}");
                    why += "<br>";
                    why += &escape(&self.ui.fill("gates.worse", &[("article", article), ("drop", &drop)]));
                }
            }
            vec![state, escape(&gate.system), escape(&self.ui.gate(&gate.rule)), why]
        };
        let rows: Vec<Vec<String>> = view.gates.iter().map(cells).collect();
        self.grid(&vec![String::new(); 4], &[false; 4], &rows, "gates.more");
    }

    fn table(&mut self, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        let open = table.columns.iter().take_while(|c| c.class != Class::Neutral).count().min(OPEN_COLUMNS);
        self.add("\n");
        self.columns(table, 0..open, true);
        let remarks = table.legend.iter().chain(&table.notes).map(|line| escape(line)).collect::<Vec<_>>();
        if !remarks.is_empty() {
            self.add(&format!("\n<sub>{}</sub>\n", remarks.join("<br>")));
        }
    }

    fn more_columns(&mut self, table: &Table) {
        let open = table.columns.iter().take_while(|c| c.class != Class::Neutral).count().min(OPEN_COLUMNS);
        if open == table.columns.len() {
            return;
        }
        let summary = html(self.ui.text("markdown.more_columns"));
        if self.add(&format!("\n<details><summary>{summary}</summary>\n\n")) {
            self.columns(table, open..table.columns.len(), false);
            // The closing tag always fits in the room kept for the last note.
            self.out += "\n</details>\n";
        }
    }

    /// A table of some columns; of rows as many as fit.
    fn columns(&mut self, table: &Table, columns: std::ops::Range<usize>, failures: bool) {
        let ui = self.ui;
        let failed = failures && table.failed();
        let mut head = vec![String::new(), escape(ui.text("table.system"))];
        if failed {
            head.push(escape(ui.text("table.failed")));
        }
        for column in &table.columns[columns.clone()] {
            let n = if column.articles < table.articles { format!("<br>n={}", column.articles) } else { String::new() };
            head.push(format!("{}{}{n}", escape(&column.label), terminal::arrow(column.direction)));
        }
        let mut rows = Vec::new();
        for row in &table.rows {
            let mark = match row.kind {
                SystemKind::Candidate => String::new(),
                SystemKind::Oracle => format!(" {}", ui.text("table.oracle_mark")),
                SystemKind::Human => format!(" {}", ui.text("table.human_mark")),
            };
            let mut cells = vec![row.rank.map(|r| r.to_string()).unwrap_or_default()];
            cells.push(format!("{}{}", escape(&row.system), escape(&mark)));
            if failed {
                cells
                    .push(row.items.filter(|_| row.failed > 0).map_or("0".into(), |of| format!("{}/{of}", row.failed)));
            }
            for cell in &row.cells[columns.clone()] {
                let mut text = if cell.best { format!("**{}**", cell.text) } else { cell.text.clone() };
                if !cell.interval.is_empty() {
                    text += &format!("\u{a0}{}", escape(&cell.interval));
                }
                if cell.partial {
                    text += &format!("\u{a0}n={}", cell.articles);
                }
                cells.push(text);
            }
            rows.push(cells);
        }
        let aligned: Vec<bool> = (0..head.len()).map(|at| at > 1).collect();
        self.grid(&head, &aligned, &rows, "markdown.more_rows");
    }

    /// A table; where it does not fit, its head with as many rows as do.
    fn grid(&mut self, head: &[String], right: &[bool], rows: &[Vec<String>], more: &str) {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> = right.iter().map(|r| if *r { "---:" } else { "---" }.to_owned()).collect();
        if !self.add(&format!("{}{}", line(head), line(&rule))) {
            return;
        }
        for (at, row) in rows.iter().enumerate() {
            if !self.add(&line(row)) {
                let more = self.ui.fill(more, &[("n", &(rows.len() - at).to_string())]);
                self.out += &format!("\n{}\n", escape(&more));
                return;
            }
        }
    }

    fn slices(&mut self, slices: &[Slices]) {
        for slice in slices {
            let name = match slice.by {
                SliceBy::Language => "slices.language",
                SliceBy::Dataset => "slices.dataset",
            };
            let summary = html(&self.ui.fill(name, &[("figure", &slice.figure)]));
            if !self.add(&format!("\n<details><summary>{summary}</summary>\n\n")) {
                return;
            }
            let mut head = vec![escape(self.ui.text("table.system"))];
            head.extend(slice.parts.iter().map(|(part, n)| format!("{}<br>n={n}", escape(part))));
            let cell =
                |cell: &Cell| format!("{} {}", cell.text, escape(&cell.interval)).trim_end().replace(' ', "\u{a0}");
            let row = |row: &SliceRow| {
                std::iter::once(escape(&row.system)).chain(row.cells.iter().map(cell)).collect::<Vec<_>>()
            };
            let rows: Vec<Vec<String>> = slice.rows.iter().map(row).collect();
            let right: Vec<bool> = (0..head.len()).map(|at| at > 0).collect();
            self.grid(&head, &right, &rows, "markdown.more_rows");
            self.out += "\n</details>\n";
        }
    }

    fn groups(&mut self, groups: &Groups) {
        if groups.rows.is_empty() {
            return;
        }
        self.title(if groups.rows.len() > 2 { "groups.title_worst" } else { "groups.title" });
        let mut head = vec![String::new()];
        head.extend(groups.systems.iter().map(|s| escape(&s.id)));
        let cell = |cell: &Option<super::view::GroupCell>| {
            cell.map_or("–".to_owned(), |cell| format!("{}{}", cell.kept(), cell.wrong()).replace(' ', "\u{a0}"))
        };
        let rows: Vec<Vec<String>> = groups
            .rows
            .iter()
            .map(|row| std::iter::once(escape(&row.label)).chain(row.cells.iter().map(cell)).collect())
            .collect();
        let right: Vec<bool> = (0..head.len()).map(|at| at > 0).collect();
        self.grid(&head, &right, &rows, "groups.more");
        let mut legend =
            self.ui.text(if groups.samples { "groups.legend_samples" } else { "groups.legend" }).to_owned();
        if groups.more > 0 {
            legend += self.ui.text("join.clause");
            legend += &self.ui.fill("groups.more", &[("n", &groups.more.to_string())]);
        }
        self.add(&format!("\n<sub>{}</sub>\n", escape(&legend)));
    }

    fn findings(&mut self, view: &View) {
        let findings = &view.findings;
        if !findings.judged {
            return;
        }
        self.title("findings.title");
        if findings.shown.is_empty() && findings.more == 0 {
            let none = format!("{}\n", escape(self.ui.text("findings.none")));
            self.add(&none);
        }
        for (at, finding) in findings.shown.iter().enumerate() {
            let part = self.finding(at + 1, finding);
            self.add(&part);
        }
        if findings.more > 0 {
            let more = self.ui.fill("findings.more", &[("n", &findings.more.to_string())]);
            self.add(&format!("\n{}\n", escape(&more)));
        }
    }

    fn finding(&self, number: usize, finding: &Finding) -> String {
        let ui = self.ui;
        let mut what = ui.text(finding.kind.phrase()).to_owned();
        if let Some(error) = &finding.error {
            what += &format!(" ({})", ui.error(error));
        }
        let mut places = vec![finding.fact.clone().unwrap_or_else(|| finding.claim.clone())];
        places.push(format!("{}/{}", finding.dataset, finding.article));
        let mut systems: Vec<String> = finding.seen.iter().map(|s| s.system.clone()).collect();
        if finding.more_systems > 0 {
            systems.push(ui.fill("findings.seen_more", &[("n", &finding.more_systems.to_string())]));
        }
        places.push(ui.list(&systems));
        places.retain(|place| !place.is_empty());
        let summary = format!("<b>{number}. {}</b> · {}", html(&what), html(&places.join(" · ")));
        let mut part = format!("<details><summary>{summary}</summary>\n\n");
        if finding.fact.is_some() && !finding.claim.is_empty() {
            part += &format!("> {}\n\n", escape(&finding.claim));
        }
        for (systems, seen) in alike(&finding.seen, ui) {
            let mut said = Vec::new();
            if let Some(quote) = &seen.quote {
                let (before, text, after) = (escape(&quote.before), escape(&quote.text), escape(&quote.after));
                said.push(format!("{before}<b>{text}</b>{after}"));
            }
            if !seen.reason.is_empty() {
                said.push(format!("<i>{}</i>", escape(&ui.reason(&seen.reason))));
            }
            if let Some(source) = &seen.source {
                said.push(format!("{}: {}", escape(ui.text("findings.source")), escape(source)));
            }
            if let Some((by, matcher)) = &seen.ruled {
                said.push(escape(&ui.ruled(by, matcher)));
            }
            part += &format!("- {}", escape(&systems));
            for line in said {
                part += &format!("<br>{line}");
            }
            part.push('\n');
        }
        part + "\n</details>\n"
    }

    fn decisions(&mut self, view: &View) {
        let Some(decided) = &view.decisions else { return };
        self.title("decisions.title");
        self.add(&format!("{}\n\n", escape(&decided.summary)));
        for line in decided.figures.iter().chain(&decided.stale) {
            self.add(&format!("- {}\n", escape(line)));
        }
    }

    fn failures(&mut self, view: &View) {
        if view.failures.is_empty() {
            return;
        }
        self.title("failures.title");
        for failure in &view.failures {
            let places = [
                ("system", failure.system.as_str()),
                ("failed", &failure.failed.to_string()),
                ("items", &failure.items.to_string()),
                ("kind", &failure.kind),
                ("example", &failure.example),
            ];
            let line = format!("- {}\n", escape(&self.ui.fill("failures.line", &places)));
            self.add(&line);
        }
    }

    fn warnings(&mut self, view: &View) {
        if view.warnings.is_empty() && view.not_reached.is_none() {
            return;
        }
        self.title("warnings.title");
        for warning in view.not_reached.iter().chain(&view.warnings) {
            self.add(&format!("- {}\n", escape(warning)));
        }
        if view.more_warnings > 0 {
            let more = self.ui.fill("warnings.more", &[("n", &view.more_warnings.to_string())]);
            self.add(&format!("- {}\n", escape(&more)));
        }
    }
}

/// Text as it is to be read, whatever it holds: no markup, no link, no mention, no second table cell.
///
/// Expects one line ([`super::clean::line`]).
pub fn escape(text: &str) -> String {
    each(text, |out, before, c, after| match c {
        '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => true,
        '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
        // What would begin a heading, list or rule at the start of a line.
        '#' | '+' | '-' | '=' => out.is_empty(),
        '.' | ')' => !out.is_empty() && out.bytes().all(|b| b.is_ascii_digit()) && after == ' ',
        _ => false,
    })
}

/// Text inside an HTML block, where Markdown is not read but mentions and addresses still are.
fn html(text: &str) -> String {
    each(text, |_, _, _, _| false)
}

/// Writes a text with HTML's own characters as entities, and a backslash before those that `escaped` names (given
/// what is written so far, the character before, the character, the one after).
fn each(text: &str, escaped: impl Fn(&str, char, char, char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied().unwrap_or(' ');
        if escaped(&out, before, c, after) {
            out.push('\\');
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
        // A comment between them keeps `@name`, `#12`, `https://…` and `www.…` from becoming mentions and links.
        let links = match c {
            '@' => !before.is_alphanumeric(),
            '#' => after.is_ascii_digit(),
            ':' => after == '/',
            '.' => before.eq_ignore_ascii_case(&'w') && after.is_alphanumeric(),
            _ => false,
        };
        if links {
            out.push_str("<!-- -->");
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape("a|b `c` <script>"), "a\\|b \\`c\\` &lt;script&gt;");
        assert_eq!(escape("draft@v2 missing_output"), "draft@v2 missing_output");
        assert_eq!(escape("@team see #12 https://x"), "@<!-- -->team see #<!-- -->12 https:<!-- -->//x");
        assert_eq!(escape("# no heading"), "\\# no heading");
        assert_eq!(html("<b> @team"), "&lt;b&gt; @<!-- -->team");
        assert_eq!(escape("1. no list"), "1\\. no list");
        assert_eq!(escape("_em_ *strong*"), "\\_em\\_ \\*strong\\*");
    }
}
