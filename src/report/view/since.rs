//! What changed against another version or the baseline, the worst first.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{View, ViewOptions};
use crate::compare::article::{self, Changed};
use crate::compare::changes::{self, Turn};
use crate::compare::diff::{Change, Piece, diff};
use crate::compare::side::Side;
use crate::report::clean;
use crate::report::ui::Ui;

/// Scalar values of each output that a diff reads.
const DIFFED: usize = 4_000;
/// Scalar values of a claim, quote or reason.
const TEXT: usize = 240;

/// One system held against an earlier version of it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Since {
    /// What it is held against, as it was named.
    pub first: String,
    /// The system.
    pub second: String,
    /// Articles that both have.
    pub articles: u64,
    /// How many facts and figures turned, by [`ChangeKind`] in its order.
    pub counts: Vec<(ChangeKind, u64)>,
    /// Articles whose wording changed.
    pub reworded: u64,
    /// That in a sentence.
    pub summary: String,
    /// The articles that changed most, what got worse first.
    pub changes: Vec<ArticleChange>,
    /// Articles that changed and are not listed.
    pub more: u64,
}

/// What became of a fact, a figure or an output; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The system fails here now.
    Fails,
    /// A fact is contradicted now, and was not.
    Contradicted,
    /// A fact was covered, and is missing now.
    Lost,
    /// A figure without support that was not there.
    NewFigure,
    /// A fact was contradicted, and is missing now.
    Withdrawn,
    /// A figure without support that is gone.
    GoneFigure,
    /// A fact is covered now, and was not.
    Gained,
    /// The system failed here, and answers now.
    Answers,
}

impl ChangeKind {
    /// All of them, in order.
    pub const ALL: [ChangeKind; 8] = [
        ChangeKind::Fails,
        ChangeKind::Contradicted,
        ChangeKind::Lost,
        ChangeKind::NewFigure,
        ChangeKind::Withdrawn,
        ChangeKind::GoneFigure,
        ChangeKind::Gained,
        ChangeKind::Answers,
    ];

    /// Its name, as JSON and style sheets have it.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Fails => "fails",
            ChangeKind::Contradicted => "contradicted",
            ChangeKind::Lost => "lost",
            ChangeKind::NewFigure => "new_figure",
            ChangeKind::Withdrawn => "withdrawn",
            ChangeKind::GoneFigure => "gone_figure",
            ChangeKind::Gained => "gained",
            ChangeKind::Answers => "answers",
        }
    }

    /// The name of the phrase that tells it of one case.
    pub fn phrase(self) -> String {
        format!("since.{}", self.name())
    }

    /// Whether it is for the worse.
    pub fn is_worse(self) -> bool {
        self <= ChangeKind::NewFigure
    }
}

/// What changed in one article.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ArticleChange {
    /// The dataset's name.
    pub dataset: String,
    /// The article's id.
    pub article: String,
    /// The outputs' language, where known.
    pub lang: Option<String>,
    /// What became of its facts, figures and output, the worst first.
    pub turns: Vec<TurnLine>,
    /// Whether the outputs are at hand, shown, and the same.
    pub same_text: bool,
    /// The outputs' diff; empty where one of them is not at hand, or texts are left out.
    pub diff: Vec<Piece>,
}

/// What became of a fact, a figure or an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct TurnLine {
    /// What.
    pub kind: ChangeKind,
    /// The fact's id, the figure as written, or the failure's kind; empty for a figure where texts are left out.
    pub subject: String,
    /// Whether it is a fact that no acceptable summary leaves out.
    pub must: bool,
    /// The fact's claim; empty where texts are left out.
    pub claim: String,
    /// The words that show it; empty where there are none, or texts are left out.
    pub evidence: String,
    /// Why the verdict is what it is now.
    pub reason: String,
}

impl Since {
    /// Holds two sides against each other. Texts of the datasets that `hidden` names are left out, and no more than
    /// `most` articles are listed.
    pub fn between(first: &Side, second: &Side, hidden: &BTreeSet<&str>, most: usize, ui: &Ui) -> Since {
        let changed = article::changed(first, second);
        let turned = changed.iter().flat_map(|c| turns(c, false));
        let kinds: Vec<ChangeKind> = turned.map(|turn| turn.kind).collect();
        let count = |kind: &ChangeKind| (*kind, kinds.iter().filter(|k| *k == kind).count() as u64);
        let counts: Vec<(ChangeKind, u64)> = ChangeKind::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect();
        let shown = changed.iter().take(most).map(|c| change(c, hidden.contains(c.key.0.as_str())));
        let name = |side: &Side| clean::clip(&side.label, 120);
        let mut since = Since {
            first: name(first),
            second: name(second),
            articles: changes::common(first, second).count() as u64,
            counts,
            reworded: changed.iter().filter(|c| c.reworded()).count() as u64,
            summary: String::new(),
            changes: shown.collect(),
            more: changed.len().saturating_sub(most) as u64,
        };
        since.summary = since.sentence(ui);
        since
    }

    /// Whether anything got worse.
    pub fn is_worse(&self) -> bool {
        self.counts.iter().any(|(kind, _)| kind.is_worse())
    }

    fn sentence(&self, ui: &Ui) -> String {
        let parts: Vec<String> = self
            .counts
            .iter()
            .map(|(kind, n)| ui.fill(&format!("since.{}_n", kind.name()), &[("n", &n.to_string())]))
            .collect();
        let parts = ui.list(&parts);
        let places = [("first", self.first.as_str()), ("second", &self.second), ("parts", &parts)];
        ui.fill(if self.counts.is_empty() { "since.same" } else { "since.sentence" }, &places)
    }
}

fn turns(changed: &Changed, hide: bool) -> Vec<TurnLine> {
    let text = |text: &str| if hide { String::new() } else { clean::clip(text, TEXT) };
    let bare = |kind, subject: String| TurnLine {
        kind,
        subject,
        must: false,
        claim: String::new(),
        evidence: String::new(),
        reason: String::new(),
    };
    let mut lines = Vec::new();
    if changed.fails_now() {
        lines.push(bare(ChangeKind::Fails, clean::clip(changed.failures.1.as_deref().unwrap_or_default(), 60)));
    }
    if changed.answers_now() {
        lines.push(bare(ChangeKind::Answers, clean::clip(changed.failures.0.as_deref().unwrap_or_default(), 60)));
    }
    for fact in &changed.facts {
        let kind = match fact.turn {
            Turn::Contradicted => ChangeKind::Contradicted,
            Turn::Lost => ChangeKind::Lost,
            Turn::Withdrawn => ChangeKind::Withdrawn,
            Turn::Gained => ChangeKind::Gained,
        };
        lines.push(TurnLine {
            kind,
            subject: clean::clip(&fact.fact, 120),
            must: fact.must,
            claim: text(&fact.claim),
            evidence: text(fact.evidence.as_deref().unwrap_or_default()),
            reason: text(&fact.reason),
        });
    }
    for (kind, figures) in [(ChangeKind::NewFigure, &changed.new), (ChangeKind::GoneFigure, &changed.gone)] {
        for figure in figures {
            lines.push(TurnLine { reason: text(&figure.reason), ..bare(kind, text(&figure.surface)) });
        }
    }
    lines.sort_by_key(|line| (line.kind, !line.must));
    lines
}

fn change(changed: &Changed, hide: bool) -> ArticleChange {
    let shown = |text: &str| text.chars().take(DIFFED).map(harmless).collect::<String>();
    let diff = match &changed.outputs {
        (Some(before), Some(now)) if !hide && before != now => diff(&shown(before), &shown(now)),
        _ => Vec::new(),
    };
    ArticleChange {
        dataset: clean::clip(&changed.key.0, 80),
        article: clean::clip(&changed.key.1, 80),
        lang: changed.lang.as_ref().map(|lang| clean::clip(lang, 40)),
        turns: turns(changed, hide),
        same_text: !hide && matches!(&changed.outputs, (Some(before), Some(now)) if before == now),
        diff,
    }
}

fn harmless(c: char) -> char {
    if c == '\n' { c } else { clean::harmless(c) }
}

/// A piece of a diff as a reader needs it: what changed whole, of what both have no more than stands beside a change.
pub fn nearby(pieces: &[Piece], kept: usize) -> Vec<(Change, String)> {
    let last = pieces.len().saturating_sub(1);
    let shortened = |(at, piece): (usize, &Piece)| {
        let text = clean::line(&piece.text);
        // A space at an edge stands between words.
        let edge = |at_start: bool| {
            let c = if at_start { piece.text.chars().next() } else { piece.text.chars().next_back() };
            if c.is_some_and(char::is_whitespace) { " " } else { "" }
        };
        let chars: Vec<char> = text.chars().collect();
        let text = if piece.change == Change::Kept && chars.len() > 2 * kept + 4 {
            let head: String = chars[..kept].iter().collect();
            let tail: String = chars[chars.len() - kept..].iter().collect();
            match (at == 0, at == last) {
                (true, _) => format!("… {tail}"),
                (false, true) => format!("{head} …"),
                (false, false) => format!("{head} … {tail}"),
            }
        } else {
            text
        };
        (piece.change, format!("{}{text}{}", edge(true), edge(false)))
    };
    pieces.iter().enumerate().map(shortened).collect()
}

impl View {
    /// Adds what changed against earlier versions; the verdict says so after the gates.
    pub fn hold_against(&mut self, pairs: &[(Side, Side)], hidden: &BTreeSet<&str>, options: &ViewOptions) {
        let between = |(first, second): &(Side, Side)| Since::between(first, second, hidden, options.worst, options.ui);
        self.since = pairs.iter().map(between).collect();
        let changed = self.since.iter().filter(|since| !since.counts.is_empty());
        let mut said: Vec<String> = changed.take(SAID).map(|since| since.summary.clone()).collect();
        if said.is_empty()
            && let Some(since) = self.since.first()
        {
            said.push(options.ui.fill("since.all_same", &[("first", &since.first)]));
        }
        self.verdict.splice(0..0, said);
    }
}

/// Systems whose changes the verdict tells of.
const SAID: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_is_cut_to_what_stands_beside_a_change() {
        let pieces = diff(&format!("{} three.", "word ".repeat(40)), &format!("{} two.", "word ".repeat(40)));
        let shown = nearby(&pieces, 8);
        assert!(shown[0].1.starts_with("… ") && shown[0].1.chars().count() < 14, "{shown:?}");
        assert_eq!((shown[1].0, shown[1].1.as_str()), (Change::Removed, "three"));
        assert_eq!((shown[2].0, shown[2].1.as_str()), (Change::Added, "two"));
    }
}
