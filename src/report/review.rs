//! One item of a review: the old output beside the new, the diff, facts, figures and scores.

use owo_colors::Style;

use super::clean::{clip, line};
use super::comparison::fact_line;
use super::layout::{left, wrap};
use super::terminal::Surface;
use super::view::nearby;
use crate::compare::changes::Turn;
use crate::compare::diff::Change;
use crate::compare::review::Changed;

/// Renders an item; `at` of `all`.
pub fn render(item: &Changed, at: usize, all: usize, surface: Surface) -> String {
    let mut out = String::new();
    let mut put = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let state = match (item.new, &item.failure, item.source_changed) {
        (true, _, _) => "  new",
        (_, Some(_), _) => "  failed",
        (_, _, true) => "  the source text changed",
        _ => "",
    };
    put(&surface.paint(&format!("{at} of {all}  {}  {}{state}", line(&item.system), line(&item.article)), bold));
    if let Some(failure) = &item.failure {
        put(&format!("  no output: {}", line(failure)));
    }
    for fact in &item.facts {
        let style = match fact.turn {
            Turn::Contradicted | Turn::Lost => Style::new().red(),
            Turn::Withdrawn => Style::new().yellow(),
            Turn::Gained => Style::new().green(),
        };
        for (i, text) in wrap(&fact_line(fact), surface.width.saturating_sub(6)).iter().enumerate() {
            put(&format!("  {}{}", if i == 0 { "" } else { "    " }, surface.paint(text, style)));
        }
    }
    for (figure, reason) in &item.figures {
        let text = format!("unsupported  “{}”  {}", clip(figure, 60), clip(reason, 200));
        for text in wrap(&text, surface.width.saturating_sub(4)) {
            put(&format!("  {}", surface.paint(&text, Style::new().red())));
        }
    }
    for figure in &item.gone {
        put(&format!(
            "  {}",
            surface.paint(&format!("no longer unsupported  “{}”", clip(figure, 60)), Style::new().green())
        ));
    }
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.4}"));
    for score in &item.scores {
        let style = if score.worse == Some(true) { Style::new().red() } else { Style::new().green() };
        let text = format!("{}  {} → {}", score.score, number(score.before), number(score.now));
        put(&format!("  {}", surface.paint(&text, style)));
    }
    match (&item.before, &item.now) {
        (Some(old), Some(new)) if old == new => put("  the output is the same"),
        (Some(old), Some(new)) => {
            put("");
            let half = (surface.width.saturating_sub(5) / 2).max(20);
            put(&surface.paint(&format!("  {} │ {}", left("accepted", half), "now"), dim));
            let (old, new) = (paragraphs(old, half), paragraphs(new, half));
            for row in 0..old.len().max(new.len()) {
                let cell = |column: &[String]| column.get(row).cloned().unwrap_or_default();
                put(&format!("  {} │ {}", left(&cell(&old), half), cell(&new)));
            }
            put("");
            for text in changes(item, surface) {
                put(&format!("  {text}"));
            }
        }
        (None, Some(new)) => {
            put("");
            for text in paragraphs(new, surface.width.saturating_sub(4)) {
                put(&format!("  {text}"));
            }
        }
        (Some(old), None) => {
            put("");
            put(&surface.paint("  accepted", dim));
            for text in paragraphs(old, surface.width.saturating_sub(4)) {
                put(&format!("  {text}"));
            }
        }
        (None, None) => {}
    }
    out
}

/// A text on lines of a width, its own line breaks kept.
fn paragraphs(text: &str, most: usize) -> Vec<String> {
    text.lines().flat_map(|paragraph| wrap(&line(paragraph), most)).collect()
}

/// The passages that differ, each with a little of what stands around it.
fn changes(item: &Changed, surface: Surface) -> Vec<String> {
    const AROUND: usize = 12;
    let mut text = String::new();
    for (change, piece) in nearby(&item.diff, AROUND) {
        text += &match change {
            Change::Kept => piece,
            Change::Removed => format!("[-{piece}-]"),
            Change::Added => format!("{{+{piece}+}}"),
        };
    }
    wrap(&line(&text), surface.width.saturating_sub(4))
}
