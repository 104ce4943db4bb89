//! A comparison for a pull request comment: the verdict, figures with tests, what changed with its diff.

use super::super::comparison::{number, p_value};
use super::super::html::comparison::{GROUPED, incomparable, judged, left_out, ordered, said};
use super::super::ui::Ui;
use super::super::view::Since;
use super::{Page, escape};
use crate::compare::Comparison;
use crate::compare::delta::Judgement;
use crate::model::record::MetricRecord;
use crate::report::clean;

/// Renders comparisons, each with what changed article by article, within [`super::LIMIT`] characters.
pub fn text(pairs: &[(Comparison, Since)], metrics: &[MetricRecord], ui: &Ui) -> String {
    let mut page = Page { out: String::new(), used: 0, shortened: false, ui };
    for (comparison, since) in pairs {
        page.comparison(comparison, since, metrics);
    }
    page.end()
}

impl Page<'_> {
    fn comparison(&mut self, c: &Comparison, since: &Since, metrics: &[MetricRecord]) {
        let ui = self.ui;
        let sentences: Vec<String> = std::iter::once(since.summary.clone()).chain(said(c, metrics, ui)).collect();
        self.add(&format!("**{}**\n\n", escape(&sentences.join(ui.text("join.sentence")))));
        let context = ui.count("compare.articles", c.articles as u64);
        self.add(&format!("{}\n\n", escape(&format!("{context}{}", left_out(c, ui)))));
        self.deltas(c, metrics);
        for i in &c.incomparable {
            let line = format!("\n{}\n", escape(&incomparable(i, ui)));
            self.add(&line);
        }
        self.by_group(c);
        if !c.plan.is_empty() {
            self.title("compare.plan");
            for change in &c.plan {
                let (place, first, second) = (&change.place, &change.first, &change.second);
                let clip = |text: &str| escape(&clean::clip(text, 200));
                self.add(&format!("- {}: {} → {}\n", clip(place), clip(first), clip(second)));
            }
        }
        self.title("compare.changed");
        if since.changes.is_empty() {
            let nothing = format!("{}\n", escape(ui.text("compare.nothing")));
            self.add(&nothing);
        }
        self.changes(since);
        self.add("\n");
    }

    fn deltas(&mut self, c: &Comparison, metrics: &[MetricRecord]) {
        let ui = self.ui;
        let deltas = ordered(c);
        if deltas.is_empty() {
            return;
        }
        let head = ["figure", "first", "second", "difference", "interval"]
            .map(|h| ui.text(&format!("compare.{h}")).to_owned());
        let mut head: Vec<String> = head.to_vec();
        head.extend(["p (Holm)".to_owned(), ui.text("compare.verdict").to_owned()]);
        let rows: Vec<Vec<String>> = deltas
            .iter()
            .map(|d| {
                let difference = &d.paired.difference;
                let ends = difference.low.zip(difference.high);
                let verdict = judged(d.verdict).map(|(phrase, _)| ui.text(phrase)).unwrap_or("–");
                let verdict = if matches!(d.verdict, Some(Judgement::Better | Judgement::Worse)) {
                    format!("**{verdict}**")
                } else {
                    verdict.to_owned()
                };
                vec![
                    escape(&d.name(metrics)),
                    number(d, d.paired.first, false),
                    number(d, d.paired.second, false),
                    number(d, difference.value, true),
                    ends.map_or("–".to_owned(), |(low, high)| {
                        format!("{}\u{a0}…\u{a0}{}", number(d, low, true), number(d, high, true))
                    }),
                    if d.verdict.is_some() { escape(&p_value(d.holm)) } else { "–".to_owned() },
                    verdict,
                ]
            })
            .collect();
        let right: Vec<bool> = (0..head.len()).map(|at| at > 0 && at < 6).collect();
        self.grid(&head, &right, &rows, "markdown.more_rows");
        let legend = format!("\n<sub>{}</sub>\n", escape(ui.text("compare.legend")));
        self.add(&legend);
    }

    fn by_group(&mut self, c: &Comparison) {
        let ui = self.ui;
        let moved: Vec<_> =
            c.groups.iter().filter(|(_, g)| g.gained + g.lost + g.contradicted + g.withdrawn > 0).collect();
        if moved.is_empty() {
            return;
        }
        self.title("compare.groups");
        let mut head = vec![ui.text("html.group").to_owned()];
        head.extend(GROUPED.iter().map(|kind| ui.text(&kind.phrase()).to_owned()));
        head.push(ui.text("compare.as_before").to_owned());
        let rows: Vec<Vec<String>> = moved
            .iter()
            .map(|(group, g)| {
                let name =
                    if group.is_empty() { ui.text("groups.ungrouped").to_owned() } else { clean::clip(group, 80) };
                let counts = [g.contradicted, g.lost, g.withdrawn, g.gained, g.same];
                std::iter::once(escape(&name)).chain(counts.iter().map(u64::to_string)).collect()
            })
            .collect();
        let right: Vec<bool> = (0..head.len()).map(|at| at > 0).collect();
        self.grid(&head, &right, &rows, "groups.more");
    }
}
