//! The report on a terminal: plain text of a given width, coloured where asked.

pub mod item;
mod since;

use owo_colors::{OwoColorize, Style};

use super::layout::{blocks, fit, left, right, width, wrap};
use super::ui::Ui;
use super::view::{Cell, Column, Finding, FindingKind, Groups, Quote, Row, SliceBy, Slices, Table, View, alike};
use crate::model::Direction;
use crate::model::record::{Interval, SystemKind};

/// Spaces between columns.
const GAP: usize = 2;

/// What the report is written to.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// Cells a line.
    pub width: usize,
    /// Whether to use colour.
    pub colour: bool,
}

impl Surface {
    pub(super) fn paint(self, text: &str, style: Style) -> String {
        if self.colour { text.style(style).to_string() } else { text.to_owned() }
    }
}

/// Renders a view as text that ends in a newline.
pub fn render(view: &View, ui: &Ui, surface: Surface) -> String {
    let mut page = Page { out: String::new(), surface: Surface { width: surface.width.max(40), ..surface }, ui };
    page.prose(&view.verdict.join(ui.text("join.sentence")), Style::new().bold());
    page.blank();
    page.prose(&view.context, Style::new().dimmed());
    page.gates(view);
    page.since(view);
    page.table(&view.table);
    page.spread(view);
    page.groups(&view.groups);
    page.slices(&view.slices);
    page.findings(view);
    page.decisions(view);
    page.failures(view);
    page.warnings(view);
    page.out
}

/// A heading of one or two lines, the lower one first to be read.
type Heading = Vec<String>;

/// A column as laid out: its heading, and a line a row.
struct Laid {
    heading: Heading,
    lines: Vec<(String, Style)>,
    width: usize,
}

impl Laid {
    fn new(heading: Heading, lines: Vec<(String, Style)>) -> Laid {
        let widest = heading.iter().map(|h| width(h)).chain(lines.iter().map(|(l, _)| width(l))).max();
        Laid { heading, lines, width: widest.unwrap_or(0) }
    }
}

struct Page<'a> {
    out: String,
    surface: Surface,
    ui: &'a Ui,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn blank(&mut self) {
        self.out.push('\n');
    }

    fn prose(&mut self, text: &str, style: Style) {
        for line in wrap(text, self.surface.width) {
            let painted = self.surface.paint(&line, style);
            self.line(&painted);
        }
    }

    /// Prose hanging from a lead that stands in the margin of its first line.
    fn hanging(&mut self, lead: &str, indent: usize, text: &str, style: Style) {
        for (at, line) in wrap(text, self.surface.width.saturating_sub(indent)).iter().enumerate() {
            let margin = if at == 0 { left(lead, indent) } else { " ".repeat(indent) };
            let painted = self.surface.paint(line, style);
            self.line(&format!("{margin}{painted}"));
        }
    }

    fn title(&mut self, text: &str) {
        self.blank();
        self.prose(text, Style::new().bold().underline());
    }

    fn label_width(&self, corner: &str, labels: &[(String, Style)]) -> usize {
        let widest = labels.iter().map(|(l, _)| width(l)).chain([width(corner)]).max().unwrap_or(0);
        widest.min(self.surface.width / 2).min(self.surface.width - 24)
    }

    /// Which columns stand side by side.
    fn blocks(&self, corner: &str, labels: &[(String, Style)], columns: &[Laid]) -> Vec<std::ops::Range<usize>> {
        let widths: Vec<usize> = columns.iter().map(|c| c.width).collect();
        blocks(self.label_width(corner, labels), &widths, GAP, self.surface.width)
    }

    /// Columns under row labels, in as many blocks as the width asks for.
    fn grid(&mut self, corner: &str, labels: &[(String, Style)], columns: &[Laid]) {
        let label_width = self.label_width(corner, labels);
        for block in self.blocks(corner, labels, columns) {
            let block = &columns[block];
            self.blank();
            let height = block.iter().map(|c| c.heading.len()).max().unwrap_or(1);
            for level in 0..height {
                let corner = if level + 1 == height { corner } else { "" };
                let mut line = left(corner, label_width);
                for column in block {
                    // Headings stand on the line above the figures.
                    let at = (level + column.heading.len()).checked_sub(height);
                    let text = at.and_then(|at| column.heading.get(at)).map_or("", String::as_str);
                    line += &format!("{}{}", " ".repeat(GAP), right(text, column.width));
                }
                let painted = self.surface.paint(line.trim_end(), Style::new().dimmed());
                self.line(&painted);
            }
            for (row, (label, style)) in labels.iter().enumerate() {
                let label = left(&fit(label, label_width), label_width);
                let mut line = self.surface.paint(&label, *style);
                for column in block {
                    let Some((text, style)) = column.lines.get(row) else { continue };
                    line += &" ".repeat(GAP);
                    line += &self.surface.paint(&right(text, column.width), *style);
                }
                self.line(&line);
            }
        }
    }

    fn gates(&mut self, view: &View) {
        if view.gates.is_empty() {
            return;
        }
        self.title(self.ui.text("gates.title"));
        self.blank();
        let widest = view.gates.iter().map(|gate| width(self.ui.text(gate.phrase()))).max().unwrap_or(0);
        for gate in &view.gates {
            let style = match gate.phrase() {
                "gates.holds" => Style::new().green(),
                "gates.fails" => Style::new().red().bold(),
                _ => Style::new().yellow(),
            };
            let state = left(self.ui.text(gate.phrase()), widest);
            let lead = format!("  {}  ", self.surface.paint(&state, style));
            // What colours the lead is not as wide as it is long.
            let indent = widest + 4;
            let text = format!("{} · {}: {}", gate.system, self.ui.gate(&gate.rule), self.ui.gate(&gate.message));
            let lines = wrap(&text, self.surface.width.saturating_sub(indent));
            for (at, line) in lines.iter().enumerate() {
                let margin = if at == 0 { lead.clone() } else { " ".repeat(indent) };
                self.line(&format!("{margin}{line}"));
            }
            if gate.phrase() != "gates.holds" {
                for (article, drop) in gate.articles.iter().take(5) {
                    let drop = format!("{drop:+.4}");
                    let text = self.ui.fill("gates.worse", &[("article", article), ("drop", &drop)]);
                    self.hanging("", indent, &text, Style::new().dimmed());
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        let (corner, labels, columns) = self.systems_down(table);
        let (metrics, turned) = self.systems_across(table);
        // One block is read at a glance, whichever way it stands.
        if self.blocks(&corner, &labels, &columns).len() > 1 && self.blocks("", &metrics, &turned).len() == 1 {
            self.grid("", &metrics, &turned);
        } else {
            self.grid(&corner, &labels, &columns);
        }
        self.blank();
        for line in table.legend.iter().chain(&table.notes) {
            self.hanging("", 2, line, Style::new().dimmed());
        }
    }

    /// The table with a row a system.
    fn systems_down(&self, table: &Table) -> (String, Vec<(String, Style)>, Vec<Laid>) {
        let label = |row: &Row| {
            let rank = row.rank.map_or_else(|| " ".to_owned(), |r| r.to_string());
            match self.mark(row.kind) {
                "" => (format!("{rank} {}", row.system), Style::new()),
                mark => (format!("  {} {mark}", row.system), Style::new().dimmed()),
            }
        };
        let mut columns = Vec::new();
        if table.failed() {
            let lines = table.rows.iter().map(failed).collect();
            columns.push(Laid::new(vec![self.ui.text("table.failed").to_owned()], lines));
        }
        for (at, column) in table.columns.iter().enumerate() {
            let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.cells.get(at)).collect();
            columns.push(Laid::new(heading(column, table.articles), figures(&cells)));
        }
        (format!("  {}", self.ui.text("table.system")), table.rows.iter().map(label).collect(), columns)
    }

    /// The table with a column a system.
    fn systems_across(&self, table: &Table) -> (Vec<(String, Style)>, Vec<Laid>) {
        let label = |column: &Column| {
            let n = if column.articles < table.articles { format!(" n={}", column.articles) } else { String::new() };
            (format!("{}{}{n}", fit(&column.label, 40), arrow(column.direction)), Style::new())
        };
        let mut labels: Vec<(String, Style)> = table.columns.iter().map(label).collect();
        if table.failed() {
            labels.insert(0, (self.ui.text("table.failed").to_owned(), Style::new()));
        }
        let columns = table.rows.iter().map(|row| {
            let mut lines = figures(&row.cells.iter().collect::<Vec<_>>());
            if table.failed() {
                lines.insert(0, failed(row));
            }
            let mark = self.mark(row.kind);
            let name = row.rank.map_or_else(|| row.system.clone(), |rank| format!("{rank} {}", row.system));
            let heading = if mark.is_empty() { vec![fit(&name, 24)] } else { vec![fit(&name, 24), mark.to_owned()] };
            Laid::new(heading, lines)
        });
        (labels, columns.collect())
    }

    /// The ranking figure drawn: how outputs are spread over its range, and the interval.
    fn spread(&mut self, view: &View) {
        let Some(spread) = view.spread.as_ref().filter(|spread| spread.rows.len() > 1) else { return };
        let title = self.ui.fill("spread.title", &[("figure", &spread.figure)]);
        self.title(&title);
        self.blank();
        let name = spread.rows.iter().map(|row| width(&row.system)).max().unwrap_or(0).min(self.surface.width / 3);
        let plot = self.surface.width.saturating_sub(name + 10 + 3 * GAP).clamp(10, 60);
        for row in &spread.rows {
            let style = if row.kind == SystemKind::Candidate { Style::new() } else { Style::new().dimmed() };
            let system = self.surface.paint(&left(&fit(&row.system, name), name), style);
            let bars = self.surface.paint(&bars(row.tenths), Style::new().cyan());
            let line = plotted(&row.figure, (spread.least, spread.most), plot);
            let gap = " ".repeat(GAP);
            self.line(&format!("{system}{gap}{bars}{gap}{line}"));
        }
        let (least, most) = (spread.least.to_string(), spread.most.to_string());
        let ends = |room: usize| format!("{least}{}", right(&most, room.saturating_sub(width(&least))));
        let axis = format!("{}{}{}{}", " ".repeat(name + GAP), ends(10), " ".repeat(GAP), ends(plot));
        let axis = self.surface.paint(&axis, Style::new().dimmed());
        self.line(&axis);
    }

    fn slices(&mut self, slices: &[Slices]) {
        // Datasets have their facts by group just above.
        for slice in slices.iter().filter(|slice| slice.by == SliceBy::Language) {
            let title = self.ui.fill("slices.language", &[("figure", &slice.figure)]);
            self.title(&title);
            let labels: Vec<(String, Style)> =
                slice.rows.iter().map(|row| (row.system.clone(), Style::new())).collect();
            let column = |(at, (part, articles)): (usize, &(String, u64))| {
                let cells: Vec<&Cell> = slice.rows.iter().filter_map(|row| row.cells.get(at)).collect();
                Laid::new(vec![fit(part, 24), format!("n={articles}")], figures(&cells))
            };
            let columns: Vec<Laid> = slice.parts.iter().enumerate().map(column).collect();
            self.grid("", &labels, &columns);
        }
    }

    fn mark(&self, kind: SystemKind) -> &str {
        match kind {
            SystemKind::Candidate => "",
            SystemKind::Oracle => self.ui.text("table.oracle_mark"),
            SystemKind::Human => self.ui.text("table.human_mark"),
        }
    }

    fn groups(&mut self, groups: &Groups) {
        if groups.rows.is_empty() {
            return;
        }
        let several = groups.rows.len() > 2;
        self.title(self.ui.text(if several { "groups.title_worst" } else { "groups.title" }));
        let labels: Vec<(String, Style)> = groups
            .rows
            .iter()
            .map(|row| (row.label.clone(), if row.group.is_none() { Style::new().bold() } else { Style::new() }))
            .collect();
        let columns: Vec<Laid> = groups
            .systems
            .iter()
            .enumerate()
            .map(|(at, system)| {
                let cells: Vec<_> = groups.rows.iter().map(|row| row.cells.get(at).copied().flatten()).collect();
                let marks = cells.iter().flatten().map(|c| width(&c.wrong())).max().unwrap_or(0);
                let lines = cells.iter().map(|cell| match cell {
                    // The marks of contradiction stand in a column of their own, so that counts align.
                    Some(cell) => {
                        let style = if cell.contradicted > 0 { Style::new().red() } else { Style::new() };
                        (format!("{}{}", cell.kept(), left(&cell.wrong(), marks)), style)
                    }
                    None => ("–".to_owned(), Style::new().dimmed()),
                });
                let name = fit(&system.id, 24);
                Laid::new(vec![name], lines.collect())
            })
            .collect();
        self.grid("", &labels, &columns);
        self.blank();
        let legend = self.ui.text(if groups.samples { "groups.legend_samples" } else { "groups.legend" });
        self.hanging("", 2, legend, Style::new().dimmed());
        if groups.more > 0 {
            let more = self.ui.fill("groups.more", &[("n", &groups.more.to_string())]);
            self.hanging("", 2, &more, Style::new().dimmed());
        }
    }

    fn findings(&mut self, view: &View) {
        let findings = &view.findings;
        if !findings.judged {
            return;
        }
        self.title(self.ui.text("findings.title"));
        if findings.shown.is_empty() && findings.more == 0 {
            self.blank();
            self.hanging("", 2, self.ui.text("findings.none"), Style::new());
        }
        for (at, finding) in findings.shown.iter().enumerate() {
            self.blank();
            self.finding(at + 1, finding);
        }
        if findings.more > 0 {
            self.blank();
            let more = self.ui.fill("findings.more", &[("n", &findings.more.to_string())]);
            self.hanging("", 2, &more, Style::new().dimmed());
        }
    }

    fn finding(&mut self, number: usize, finding: &Finding) {
        let style = match finding.kind {
            FindingKind::ContradictedMust | FindingKind::Contradicted => Style::new().red().bold(),
            FindingKind::Unsupported => Style::new().magenta().bold(),
            FindingKind::MissingMust | FindingKind::Missing => Style::new().yellow().bold(),
        };
        let mut what = self.ui.text(finding.kind.phrase()).to_owned();
        if let Some(error) = &finding.error {
            what += &format!(" ({})", self.ui.error(error));
        }
        let place = format!("{}/{}", finding.dataset, finding.article);
        let name = finding.fact.as_ref().map_or(place.clone(), |fact| format!("{fact} · {place}"));
        self.hanging(&right(&number.to_string(), 2), 3, &format!("{what} · {name}"), style);
        if !finding.claim.is_empty() {
            self.hanging("", 5, &finding.claim, Style::new());
        }
        for (systems, seen) in alike(&finding.seen, self.ui) {
            self.hanging("", 5, &systems, Style::new().cyan());
            if let Some(quote) = &seen.quote {
                self.quote(quote);
            }
            if !seen.reason.is_empty() {
                self.hanging("", 7, &self.ui.reason(&seen.reason), Style::new().dimmed());
            }
            if let Some(source) = &seen.source {
                let text = format!("{}: {source}", self.ui.text("findings.source"));
                self.hanging("", 7, &text, Style::new().dimmed());
            }
            if let Some((by, matcher)) = &seen.ruled {
                let text = self.ui.ruled(by, matcher);
                self.hanging("", 7, &text, Style::new().dimmed());
            }
        }
        if finding.more_systems > 0 {
            let more = self.ui.fill("findings.seen_more", &[("n", &finding.more_systems.to_string())]);
            self.hanging("", 5, &more, Style::new().dimmed());
        }
    }

    fn quote(&mut self, quote: &Quote) {
        let text = format!("{}[{}]{}", quote.before, quote.text, quote.after);
        self.hanging("", 7, &text, Style::new());
    }

    fn decisions(&mut self, view: &View) {
        let Some(decided) = &view.decisions else { return };
        self.title(self.ui.text("decisions.title"));
        self.blank();
        self.hanging("", 2, &decided.summary, Style::new());
        for line in &decided.figures {
            self.hanging("", 2, line, Style::new());
        }
        for line in &decided.stale {
            self.hanging("", 2, line, Style::new().yellow());
        }
    }

    fn failures(&mut self, view: &View) {
        if view.failures.is_empty() {
            return;
        }
        self.title(self.ui.text("failures.title"));
        self.blank();
        for failure in &view.failures {
            let places = [
                ("system", failure.system.as_str()),
                ("failed", &failure.failed.to_string()),
                ("items", &failure.items.to_string()),
                ("kind", &failure.kind),
                ("example", &failure.example),
            ];
            let line = self.ui.fill("failures.line", &places);
            self.hanging("", 2, &line, Style::new().red());
        }
    }

    fn warnings(&mut self, view: &View) {
        if view.warnings.is_empty() && view.not_reached.is_none() {
            return;
        }
        self.title(self.ui.text("warnings.title"));
        self.blank();
        for warning in view.not_reached.iter().chain(&view.warnings) {
            self.hanging("", 2, warning, Style::new().yellow());
        }
        if view.more_warnings > 0 {
            let more = self.ui.fill("warnings.more", &[("n", &view.more_warnings.to_string())]);
            self.hanging("", 2, &more, Style::new().dimmed());
        }
    }
}

/// Counts as bars of a cell each.
fn bars(tenths: [u64; 10]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = tenths.iter().copied().max().unwrap_or(0).max(1);
    // The smallest bar is for one output, not for none.
    let bar = |n: u64| if n == 0 { ' ' } else { BARS[usize::try_from((n * 8).div_ceil(most) - 1).unwrap_or(7).min(7)] };
    tenths.map(bar).iter().collect()
}

/// An interval on an axis of so many cells: `···├──●──┤···`.
fn plotted(figure: &Interval, (least, most): (f64, f64), cells: usize) -> String {
    let span = if most > least { most - least } else { 1.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the axis, which is short"
    )]
    let cell = |value: f64| (((value - least) / span).clamp(0.0, 1.0) * (cells - 1) as f64).round() as usize;
    let mut line = vec!['·'; cells];
    if let (Some(low), Some(high)) = (figure.low.map(cell), figure.high.map(cell)) {
        line[low..=high].fill('─');
        line[low] = '├';
        line[high] = '┤';
    }
    line[cell(figure.value)] = '●';
    line.into_iter().collect()
}

/// The sign of a direction.
pub fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => " ↑",
        Direction::Lower => " ↓",
        Direction::Neutral => "",
    }
}

fn heading(column: &Column, articles: u64) -> Heading {
    let field = column.label.strip_prefix(&column.metric).unwrap_or_default().trim_start_matches(['.', ' ']);
    let arrow = arrow(column.direction);
    let mut lines = if field.is_empty() {
        vec![format!("{}{arrow}", fit(&column.metric, 24))]
    } else {
        vec![fit(&column.metric, 24), format!("{}{arrow}", fit(field, 24))]
    };
    if column.articles < articles {
        lines.push(format!("n={}", column.articles));
    }
    lines
}

fn failed(row: &Row) -> (String, Style) {
    match row.items {
        Some(items) if row.failed > 0 => (format!("{}/{items}", row.failed), Style::new().red()),
        _ => ("0".to_owned(), Style::new().dimmed()),
    }
}

/// Figures of a column: values, intervals and counts each in line.
fn figures(cells: &[&Cell]) -> Vec<(String, Style)> {
    let note = |cell: &Cell| if cell.partial { format!("n={}", cell.articles) } else { String::new() };
    let widest = |of: &dyn Fn(&Cell) -> usize| cells.iter().map(|c| of(c)).max().unwrap_or(0);
    let intervals = widest(&|c| width(&c.interval));
    let notes = widest(&|c| width(&note(c)));
    let line = |cell: &&Cell| {
        let mut text = cell.text.clone();
        if intervals > 0 {
            text += &format!(" {}", left(&cell.interval, intervals));
        }
        if notes > 0 {
            text += &format!(" {}", left(&note(cell), notes));
        }
        let style = if cell.best { Style::new().bold() } else { Style::new() };
        (text, style)
    };
    cells.iter().map(line).collect()
}
