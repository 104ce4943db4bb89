//! A comparison on a terminal: the verdicts, then what moved them.

mod figures;

use owo_colors::Style;

use super::clean::{clip, line};
use super::layout::{fit, left, right, width, wrap};
use super::terminal::Surface;
use crate::compare::Comparison;
use crate::compare::changes::{Across, ArticleMove, FactChange, FigureChange, Turn};
use crate::compare::delta::{Delta, Judgement};
use crate::compare::diff::{Change, Piece};
use crate::compare::rank::Ranking;
use crate::model::count;
use crate::model::record::MetricRecord;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// The rest of the statistics: test, effect size, bootstrap and false-discovery p-values, slices.
    pub full: bool,
    /// Entries of a list.
    pub many: usize,
}

/// Renders comparisons, and the ranking of three systems and more.
pub fn render(
    comparisons: &[Comparison],
    rankings: &[Ranking],
    metrics: &[MetricRecord],
    shown: Shown,
    surface: Surface,
) -> String {
    let mut page = Page { out: String::new(), surface, shown, metrics };
    for comparison in comparisons {
        page.comparison(comparison);
    }
    page.rankings(rankings);
    page.out.trim_start_matches('\n').to_owned()
}

/// A fact whose verdict changed, in a line: what became of it, article and fact, the claim, the words, and why.
pub fn fact_line(fact: &FactChange) -> String {
    let word = match fact.turn {
        Turn::Contradicted => "contradicted",
        Turn::Lost => "lost",
        Turn::Withdrawn => "withdrawn",
        Turn::Gained => "gained",
    };
    let must = if fact.must { ", must" } else { "" };
    let mut text = format!("{word}  {} {}{must}", line(&fact.article), line(&fact.fact));
    if !fact.claim.is_empty() {
        text += &format!("  {}", clip(&fact.claim, 120));
    }
    if let Some(evidence) = &fact.evidence {
        text += &format!("  “{}”", clip(evidence, 120));
    }
    if !fact.reason.is_empty() {
        text += &format!("  {}", clip(&fact.reason, 160));
    }
    text
}

struct Page<'a> {
    out: String,
    surface: Surface,
    shown: Shown,
    metrics: &'a [MetricRecord],
}

fn bold() -> Style {
    Style::new().bold()
}

fn dim() -> Style {
    Style::new().dimmed()
}

fn style(verdict: Option<Judgement>) -> Style {
    match verdict {
        Some(Judgement::Better) => Style::new().green(),
        Some(Judgement::Worse) => Style::new().red().bold(),
        _ => dim(),
    }
}

/// A figure of a field: four digits where it runs to 1, two where it runs to 100.
pub(super) fn number(delta: &Delta, value: f64, signed: bool) -> String {
    let digits = match delta.range.1 {
        Some(most) if most <= 1.0 => 3,
        Some(most) if most <= 100.0 => 2,
        _ if delta.paired.first.abs() >= 10.0 => 1,
        _ => 3,
    };
    let text = if signed { format!("{value:+.digits$}") } else { format!("{value:.digits$}") };
    let zero = text.bytes().all(|b| !matches!(b, b'1'..=b'9'));
    if zero { text.replace('-', if signed { "+" } else { "" }) } else { text }
}

/// A p-value: never rounded to 0 or past a common bound.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "<.0001".to_owned()
    } else if p < 0.1 {
        format!("{p:.4}").trim_start_matches('0').to_owned()
    } else if p >= 0.995 {
        "1".to_owned()
    } else {
        format!("{p:.2}").trim_start_matches('0').to_owned()
    }
}

impl Page<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn prose(&mut self, indent: usize, text: &str, style: Style) {
        let margin = " ".repeat(indent);
        for line in wrap(text, self.surface.width.saturating_sub(indent)) {
            let painted = self.surface.paint(&line, style);
            self.put(&format!("{margin}{painted}"));
        }
    }

    fn title(&mut self, text: &str) {
        self.out.push('\n');
        self.prose(0, text, bold());
    }

    fn comparison(&mut self, c: &Comparison) {
        self.out.push('\n');
        self.prose(0, &format!("{}  →  {}", line(&c.first), line(&c.second)), bold().underline());
        self.prose(0, &self.scope(c), Style::new());
        self.plan(c);
        self.figures(c);
        self.facts(c);
        self.across(c);
        self.grounding(c);
        self.movers(c);
        self.wording(c);
    }

    fn scope(&self, c: &Comparison) -> String {
        let mut parts = vec![format!("{} on both sides", count(c.articles, "article"))];
        let listed = |what: &str, names: &[String]| {
            let mut some: Vec<String> = names.iter().take(3).map(|n| line(n)).collect();
            if names.len() > some.len() {
                some.push("…".to_owned());
            }
            format!("{} {what}: {}", names.len(), some.join(", "))
        };
        for (what, names) in [("only in the first", &c.only.0), ("only in the second", &c.only.1)] {
            if !names.is_empty() {
                parts.push(listed(what, names));
            }
        }
        for (what, names) in [("failed in the first", &c.failed.0), ("failed in the second", &c.failed.1)] {
            if !names.is_empty() {
                parts.push(listed(what, names));
            }
        }
        parts.join("; ")
    }

    fn plan(&mut self, c: &Comparison) {
        if c.plan.is_empty() {
            return;
        }
        self.title("Changed in the suite");
        for change in &c.plan {
            let text = format!("{}: {} → {}", line(&change.place), clip(&change.first, 200), clip(&change.second, 200));
            self.prose(2, &text, Style::new());
        }
    }

    fn figures(&mut self, c: &Comparison) {
        let shown = |d: &&Delta| d.slice.is_none() || self.shown.full;
        let deltas: Vec<&Delta> = c.deltas.iter().filter(shown).collect();
        if !deltas.is_empty() {
            self.title("Figures");
            self.table(&deltas);
            self.explain(&deltas);
        }
        for i in &c.incomparable {
            let text = format!(
                "{} is not compared: its signatures differ in `{}`, {} and {}; score both sides alike with `epitome rescore`",
                i.metric, i.field, i.first, i.second
            );
            self.prose(2, &text, Style::new().yellow());
        }
    }

    /// What "inconclusive" means here, and what stands beside figures.
    fn explain(&mut self, deltas: &[&Delta]) {
        let open: Vec<String> = deltas
            .iter()
            .filter(|d| d.slice.is_none() && d.verdict == Some(Judgement::Inconclusive) && d.note.is_none())
            .filter_map(|d| Some(format!("{} {}", d.name(self.metrics), number(d, d.paired.detectable?, false))))
            .collect();
        if !open.is_empty() {
            let text = format!(
                "Inconclusive: chance explains it. Four times in five, so many articles would have shown a true difference of {}.",
                open.join(", ")
            );
            self.prose(2, &text, dim());
        }
        let same = |d: &&&Delta| d.slice.is_none() && d.note.is_none() && d.paired.same();
        let same: Vec<String> = deltas.iter().filter(same).map(|d| d.name(self.metrics)).collect();
        if !same.is_empty() {
            self.prose(2, &format!("The same in every article: {}.", same.join(", ")), dim());
        }
        for d in deltas {
            if let Some(note) = &d.note {
                self.prose(2, &format!("{}: {note}", d.name(self.metrics)), Style::new().yellow());
            }
        }
    }

    fn facts(&mut self, c: &Comparison) {
        if c.groups.is_empty() {
            return;
        }
        self.title("Facts");
        let name = |group: &str| if group.is_empty() { "(no group)".to_owned() } else { line(group) };
        if c.facts.is_empty() {
            let same: u64 = c.groups.values().map(|g| g.same).sum();
            let all = if same == 1 {
                "the one verdict is as it was".to_owned()
            } else {
                format!("all {same} verdicts are as they were")
            };
            return self.prose(2, &all, Style::new());
        }
        let moved = c.groups.iter().filter(|(_, g)| g.gained + g.lost + g.contradicted + g.withdrawn > 0);
        let label = moved.map(|(g, _)| width(&name(g))).max().unwrap_or(0).min(self.surface.width / 3);
        let head = format!("  {}  gained  lost  contradicted  withdrawn  same", left("", label));
        let head = self.surface.paint(&head, dim());
        self.put(&head);
        let mut still = (0u64, 0u64);
        for (group, count) in &c.groups {
            if count.gained + count.lost + count.contradicted + count.withdrawn == 0 {
                still = (still.0 + 1, still.1 + count.same);
                continue;
            }
            let cells =
                [(count.gained, 6), (count.lost, 4), (count.contradicted, 12), (count.withdrawn, 9), (count.same, 4)];
            let cells: String = cells.iter().map(|(n, w)| format!("  {}", right(&n.to_string(), *w))).collect();
            self.put(&format!("  {}{cells}", left(&fit(&name(group), label), label)));
        }
        if still.0 > 0 {
            let are = if still.1 == 1 { "is as it was" } else { "are as they were" };
            let text = format!("  {} in {} {are}", count(still.1, "fact"), count(still.0, "other group"));
            let text = self.surface.paint(&text, dim());
            self.put(&text);
        }
        for turn in [Turn::Contradicted, Turn::Lost, Turn::Withdrawn, Turn::Gained] {
            let of: Vec<&FactChange> = c.facts.iter().filter(|f| f.turn == turn).collect();
            let (word, style) = match turn {
                Turn::Contradicted => ("contradicted", Style::new().red().bold()),
                Turn::Lost => ("lost", Style::new().red()),
                Turn::Withdrawn => ("withdrawn", Style::new().yellow()),
                Turn::Gained => ("gained", Style::new().green()),
            };
            for fact in of.iter().take(self.shown.many) {
                self.fact(word, style, fact);
            }
            self.rest(of.len(), word);
        }
    }

    fn across(&mut self, c: &Comparison) {
        if c.across.is_empty() {
            return;
        }
        let new = c.across.iter().filter(|a| !a.before).count();
        self.title(&format!("Kept in one language and lost in another: {}, {new} of them new", c.across.len()));
        for Across { story, fact, kept, lost, before, .. } in c.across.iter().take(self.shown.many) {
            let lost: Vec<String> = lost.iter().map(|(lang, _)| line(lang)).collect();
            let new = if *before { "" } else { "new  " };
            let text =
                format!("{new}{} {}: in {}, not in {}", line(story), line(fact), kept.join(", "), lost.join(", "));
            self.prose(2, &text, Style::new());
        }
        self.rest(c.across.len(), "facts");
    }

    fn fact(&mut self, word: &str, style: Style, fact: &FactChange) {
        let must = if fact.must { ", must" } else { "" };
        let word = self.surface.paint(word, style);
        self.put(&format!("  {word}  {} {}{must}", line(&fact.article), line(&fact.fact)));
        if !fact.claim.is_empty() {
            self.prose(6, &clip(&fact.claim, 200), Style::new());
        }
        let evidence = fact.evidence.as_ref().map(|e| format!("“{}”", clip(e, 160)));
        let reason = (!fact.reason.is_empty()).then(|| clip(&fact.reason, 200));
        let why: Vec<String> = evidence.into_iter().chain(reason).collect();
        if !why.is_empty() {
            self.prose(6, &why.join(": "), dim());
        }
    }

    fn rest(&mut self, all: usize, word: &str) {
        if all > self.shown.many {
            let text = format!("  and {} more {word}", all - self.shown.many);
            let text = self.surface.paint(&text, dim());
            self.put(&text);
        }
    }

    fn grounding(&mut self, c: &Comparison) {
        let (new, gone) = &c.figures;
        if new.is_empty() && gone.is_empty() {
            return;
        }
        self.title("Figures that the source does not bear out");
        for (word, style, figures) in [("new", Style::new().red(), new), ("gone", Style::new().green(), gone)] {
            for FigureChange { article, surface, reason } in figures.iter().take(self.shown.many) {
                let word = self.surface.paint(word, style);
                self.put(&format!("  {word}  {} “{}”", line(article), clip(surface, 60)));
                if !reason.is_empty() {
                    self.prose(6, &clip(reason, 200), dim());
                }
            }
            self.rest(figures.len(), word);
        }
    }

    fn movers(&mut self, c: &Comparison) {
        let Some(by) = c.moved_by.as_ref().filter(|_| !c.movers.is_empty()) else { return };
        self.title(&format!("What moved {by} most"));
        for ArticleMove { article, first, second, diff } in c.movers.iter().take(self.shown.many) {
            self.put(&format!("  {}  {first:.3} → {second:.3}", line(article)));
            self.diff(diff);
        }
    }

    /// A diff on wrapped lines: what was removed and added in colour, or in brackets; long common stretches cut.
    fn diff(&mut self, pieces: &[Piece]) {
        const KEPT: usize = 16;
        let mut lines: Vec<(String, usize)> = vec![(String::new(), 0)];
        let most = self.surface.width.saturating_sub(6).max(20);
        for (at, piece) in pieces.iter().enumerate() {
            let text = line(&piece.text);
            let chars: Vec<char> = text.chars().collect();
            let text = match piece.change {
                Change::Kept if chars.len() > 2 * KEPT + 4 => {
                    let head: String = chars[..KEPT].iter().collect();
                    let tail: String = chars[chars.len() - KEPT..].iter().collect();
                    match (at == 0, at + 1 == pieces.len()) {
                        (true, true) => format!("{head} …"),
                        (true, false) => format!("… {tail}"),
                        (false, true) => format!("{head} …"),
                        (false, false) => format!("{head} … {tail}"),
                    }
                }
                _ => text,
            };
            let (open, close, style) = match piece.change {
                Change::Kept => ("", "", Style::new()),
                Change::Removed => ("[-", "-]", Style::new().red().strikethrough()),
                Change::Added => ("{+", "+}", Style::new().green()),
            };
            let (open, close) = if self.surface.colour { ("", "") } else { (open, close) };
            for (i, part) in wrap(&text, most.saturating_sub(6)).iter().enumerate() {
                let shown = format!("{open}{part}{close}");
                let cells = width(&shown);
                let space = if i == 0 && piece.text.starts_with(' ') { " " } else { "" };
                let Some(last) = lines.last_mut() else { return };
                if last.1 > 0 && last.1 + cells + space.len() > most {
                    lines.push((String::new(), 0));
                }
                let Some(last) = lines.last_mut() else { return };
                let painted = if piece.change == Change::Kept { shown } else { self.surface.paint(&shown, style) };
                last.0 += &format!("{space}{painted}");
                last.1 += cells + space.len();
            }
            if piece.text.ends_with(' ')
                && let Some(last) = lines.last_mut()
            {
                last.0.push(' ');
                last.1 += 1;
            }
        }
        for (text, _) in lines.iter().filter(|(text, _)| !text.is_empty()) {
            self.put(&format!("      {}", text.trim_start()));
        }
    }

    fn wording(&mut self, c: &Comparison) {
        let w = &c.wording;
        if w.articles == 0 {
            return;
        }
        self.title("Wording");
        let text = format!(
            "{} of {} are the same; {:.0} characters in the mean, {:.0} before",
            w.identical,
            count(w.articles, "output"),
            w.characters.1,
            w.characters.0
        );
        self.prose(2, &text, Style::new());
        for (what, pairs) in [("gained", &w.gained), ("lost", &w.lost)] {
            if !pairs.is_empty() {
                let pairs: Vec<String> = pairs.iter().map(|(p, n)| format!("“{}” in {n}", line(p))).collect();
                self.prose(2, &format!("{what}: {}", pairs.join(", ")), Style::new());
            }
        }
    }

    fn rankings(&mut self, rankings: &[Ranking]) {
        if rankings.is_empty() {
            return;
        }
        self.title("Ranks: systems of one rank cannot be told apart");
        for ranking in rankings {
            let stratum = if ranking.stratum.is_empty() { String::new() } else { format!(" [{}]", ranking.stratum) };
            let text =
                format!("  {}.{}{stratum}, {}", ranking.metric, ranking.field, count(ranking.articles, "article"));
            self.put(&text);
            let mut place = 1;
            for cluster in &ranking.clusters {
                let members: Vec<String> =
                    cluster.iter().map(|(name, mean)| format!("{} {mean:.3}", line(name))).collect();
                self.prose(4, &format!("{place}. {}", members.join(", ")), Style::new());
                place += cluster.len();
            }
        }
    }
}
