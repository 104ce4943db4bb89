//! How the suite's gates ended, where they were judged.

use serde::Serialize;

use super::View;
use crate::compare::gate::{Judged, Status};
use crate::report::clean;
use crate::report::ui::Ui;

/// A rule of a gate, judged for one system.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GateLine {
    /// How it ended.
    pub status: Status,
    /// Whether this ending fails the gate.
    pub fails: bool,
    /// The system's full name.
    pub system: String,
    /// The rule, as a person would write it.
    pub rule: String,
    /// The figure held against the bound.
    pub figure: Option<f64>,
    /// The bound.
    pub bound: f64,
    /// One line on why.
    pub message: String,
    /// The articles that moved it most, and by how much each got worse.
    pub articles: Vec<(String, f64)>,
}

impl GateLine {
    /// The name of the phrase that tells how it ended.
    pub fn phrase(&self) -> &'static str {
        match self.status {
            _ if self.fails => "gates.fails",
            Status::Passed => "gates.holds",
            Status::Failed | Status::Inconclusive => "gates.cannot_tell",
        }
    }
}

/// Gates that the verdict names.
const NAMED: usize = 3;

impl View {
    /// Adds how gates ended; the verdict says so before anything else.
    pub fn hold(&mut self, judged: &[Judged], ui: &Ui) {
        let line = |gate: &Judged| GateLine {
            status: gate.status,
            fails: gate.fails,
            system: clean::clip(&gate.system, 60),
            rule: clean::clip(&gate.rule, 120),
            figure: gate.figure,
            bound: gate.bound,
            message: clean::clip(&gate.message, 300),
            articles: gate.articles.iter().map(|(article, drop)| (clean::clip(article, 160), *drop)).collect(),
        };
        self.gates = judged.iter().map(line).collect();
        self.gates.sort_by_key(|gate| match gate.status {
            Status::Inconclusive => 0,
            Status::Failed => 1,
            Status::Passed => 2,
        });
        let mut said = Vec::new();
        let mut say = |name: &str, gates: Vec<&GateLine>| {
            if gates.is_empty() {
                return;
            }
            let mut named: Vec<String> =
                gates.iter().take(NAMED).map(|gate| format!("{} {}", gate.system, ui.gate(&gate.rule))).collect();
            if gates.len() > NAMED {
                named.push("…".to_owned());
            }
            said.push(ui.fill(name, &[("n", &gates.len().to_string()), ("gates", &ui.list(&named))]));
        };
        let unsure = |gate: &&GateLine| gate.status == Status::Inconclusive && !gate.fails;
        // What could not be told comes first: it is no pass.
        say("gates.unsure", self.gates.iter().filter(unsure).collect());
        say("gates.failing", self.gates.iter().filter(|gate| gate.fails).collect());
        if said.is_empty() && !self.gates.is_empty() {
            said.push(ui.fill("gates.holding", &[("n", &self.gates.len().to_string())]));
        }
        self.verdict.splice(0..0, said);
    }
}
