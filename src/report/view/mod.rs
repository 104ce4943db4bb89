//! What a report shows, computed once from a record: the sentence, the table, facts by group, what went wrong.
//!
//! Every format renders this and computes nothing of its own, so that no two of them disagree.

mod columns;
mod decisions;
mod findings;
mod gates;
mod groups;
mod notes;
mod reach;
mod since;
mod slices;
mod spread;
mod table;
mod verdict;

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde::Serialize;

use super::clean;
use super::ui::Ui;
use crate::model::record::{ItemRecord, RunRecord};

pub use columns::{Class, Column};
pub use decisions::Decided;
pub use findings::{Finding, FindingKind, Findings, Quote, Seen, alike};
pub use gates::GateLine;
pub use groups::{GroupCell, GroupRow, Groups};
pub use since::{ArticleChange, ChangeKind, Since, TurnLine, nearby};
pub use slices::{SliceBy, SliceRow, Slices};
pub use spread::{Spread, SpreadRow};
pub use table::{Cell, Row, Table};

/// The schema name of a view as JSON.
pub const REPORT_SCHEMA: &str = "epitome.report/1";

/// How much a report shows, and in what language it speaks.
#[derive(Debug, Clone, Copy)]
pub struct ViewOptions {
    /// How many findings it lists, worst first.
    pub worst: usize,
    /// How many groups of facts it lists, worst first.
    pub groups: usize,
    /// How many warnings and failures it lists of each.
    pub warnings: usize,
    /// Which texts (claims, quotes, reasons, outputs) are left out, so that scores, ids and counts remain.
    pub redact: Redact,
    /// Whether formats that show test cases have one an article.
    pub per_article: bool,
    /// The phrases.
    pub ui: &'static Ui,
}

/// Whose texts a report leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redact {
    /// Those of datasets that the suite calls private.
    #[default]
    Private,
    /// All.
    All,
    /// None.
    Nothing,
}

impl Redact {
    /// The datasets of a run whose texts are left out.
    pub fn datasets(self, run: &RunRecord) -> BTreeSet<&str> {
        self.among(run.datasets.iter().map(|d| d.name.as_str()), &run.plan)
    }

    /// Those of some datasets whose texts are left out, by a suite as resolved.
    pub fn among<'a>(self, datasets: impl Iterator<Item = &'a str>, plan: &serde_json::Value) -> BTreeSet<&'a str> {
        let listed = || plan.get("dataset").and_then(|d| d.as_array()).into_iter().flatten();
        let private = |name: &str| {
            listed().any(|d| d.get("name").is_some_and(|n| n == name) && d.get("private").is_some_and(|p| p == true))
        };
        let hidden = |name: &&str| match self {
            Redact::Private => private(name),
            Redact::All => true,
            Redact::Nothing => false,
        };
        datasets.filter(hidden).collect()
    }
}

impl Default for ViewOptions {
    fn default() -> Self {
        ViewOptions {
            worst: 10,
            groups: 16,
            warnings: 20,
            redact: Redact::Private,
            per_article: false,
            ui: Ui::english(),
        }
    }
}

/// What a report shows.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct View {
    /// Always [`REPORT_SCHEMA`].
    pub schema: String,
    /// The suite's name.
    pub suite: String,
    /// The plain words a reader meets first, most important first.
    pub verdict: Vec<String>,
    /// What the run was over: articles, languages, references, facts.
    pub context: String,
    /// How the suite's gates ended, what could not be told first; empty where none were judged.
    pub gates: Vec<GateLine>,
    /// What changed against the baseline, a system each; empty where there is none.
    pub since: Vec<Since>,
    /// Systems by metrics.
    pub table: Table,
    /// How the ranking figure is spread over outputs.
    pub spread: Option<Spread>,
    /// The ranking figure by language and by dataset.
    pub slices: Vec<Slices>,
    /// Facts kept by group and system.
    pub groups: Groups,
    /// What was lost or wrong, worst first.
    pub findings: Findings,
    /// What people's decisions did; null where there are none.
    pub decisions: Option<Decided>,
    /// Failures of systems, by kind.
    pub failures: Vec<FailureLine>,
    /// What is missing of an interrupted run.
    pub not_reached: Option<String>,
    /// What loading warned of.
    pub warnings: Vec<String>,
    /// Warnings that are not listed.
    pub more_warnings: u64,
}

/// Failures of a system and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FailureLine {
    /// The system's full name.
    pub system: String,
    /// The kind.
    pub kind: String,
    /// How many items.
    pub failed: u64,
    /// Of how many.
    pub items: u64,
    /// The first one's message and article.
    pub example: String,
}

impl View {
    /// Computes the view of a record whose items are at hand.
    pub fn build(run: &RunRecord, items: impl IntoIterator<Item = ItemRecord>, options: &ViewOptions) -> View {
        match View::try_build(run, items.into_iter().map(Ok::<_, Infallible>), options) {
            Ok(view) => view,
            Err(never) => match never {},
        }
    }

    /// Computes the view of a record whose items are read one by one; the first that cannot be read ends it.
    pub fn try_build<E>(
        run: &RunRecord,
        items: impl IntoIterator<Item = Result<ItemRecord, E>>,
        options: &ViewOptions,
    ) -> Result<View, E> {
        let ui = options.ui;
        let columns = columns::columns(run);
        let figures = columns::Figures::of(run);
        let ranking = columns::Ranking::of(run, &figures, &columns);
        let mut collector = findings::Collector::new(run, &ranking, options);
        let mut counter = spread::Counter::new(run, &ranking);
        let mut reach = reach::Reach::default();
        for item in items {
            let item = item?;
            collector.push(&item);
            counter.push(&item);
            reach.push(&item);
        }
        let (findings, ruled) = collector.finish();
        let reach = reach.finish(run);
        let warnings = &run.complete.warnings;
        Ok(View {
            schema: REPORT_SCHEMA.to_owned(),
            suite: clean::clip(&run.suite, 200),
            verdict: verdict::verdict(run, &figures, &ranking, ui),
            context: verdict::context(run, reach.as_ref(), ruled, ui),
            gates: Vec::new(),
            since: Vec::new(),
            table: table::table(run, &figures, columns, &ranking, reach.as_ref(), ui),
            spread: counter.finish(run, &ranking, &figures),
            slices: slices::slices(run, &ranking),
            groups: groups::groups(run, &ranking, options),
            findings,
            decisions: decisions::decided(run, ui),
            failures: failures(run, options),
            not_reached: verdict::not_reached(run, ui),
            warnings: warnings.iter().take(options.warnings).map(|w| clean::clip(w, 500)).collect(),
            more_warnings: warnings.len().saturating_sub(options.warnings) as u64,
        })
    }
}

fn failures(run: &RunRecord, options: &ViewOptions) -> Vec<FailureLine> {
    let hidden = !options.redact.datasets(run).is_empty();
    let line = |f: &crate::model::record::FailureCount| FailureLine {
        system: clean::clip(&f.system, 200),
        kind: clean::clip(&f.kind, 60),
        failed: f.failed,
        items: f.items,
        // A message may quote the article, and tells not of which dataset.
        example: if hidden { String::new() } else { clean::clip(&f.example, 300) },
    };
    run.failures.iter().filter(|f| f.failed > 0).map(line).collect()
}
