//! What people's decisions did: how many hold, what the figures would be without them, which are stale.

use serde::Serialize;

use super::columns::whole;
use crate::model::record::{DecisionsRecord, RunRecord};
use crate::report::clean;
use crate::report::number::{Digits, percent};
use crate::report::ui::Ui;

/// Stale decisions that a report lists.
const STALE: usize = 20;
/// Figures that it shows with and without decisions.
const FIGURES: usize = 24;

/// People's decisions, as a report shows them.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Decided {
    /// How many are applied, and with how many of them the matcher agrees.
    pub summary: String,
    /// Figures with decisions and without, where they differ.
    pub figures: Vec<String>,
    /// Decisions that are not applied, because what they were made on has changed.
    pub stale: Vec<String>,
}

/// Lays out a run's decisions; `None` where there are none.
pub fn decided(run: &RunRecord, ui: &Ui) -> Option<Decided> {
    let record = run.decisions.as_ref()?;
    let mut summary = vec![applied(record, ui)];
    if record.elsewhere > 0 {
        summary.push(ui.fill("decisions.elsewhere", &[("n", &record.elsewhere.to_string())]));
    }
    let line = |stale: &crate::model::record::StaleDecision| {
        let places = [
            ("place", clean::clip(&stale.place, 120)),
            ("article", clean::clip(&stale.article, 80)),
            ("subject", clean::clip(&stale.subject, 80)),
            ("reason", clean::clip(&stale.reason, 120)),
        ];
        ui.fill("decisions.stale", &places.each_ref().map(|(place, value)| (*place, value.as_str())))
    };
    let mut stale: Vec<String> = record.stale.iter().take(STALE).map(line).collect();
    if record.stale.len() > STALE {
        stale.push(ui.fill("warnings.more", &[("n", &(record.stale.len() - STALE).to_string())]));
    }
    Some(Decided { summary: summary.join(ui.text("join.clause")), figures: figures(run, record, ui), stale })
}

fn applied(record: &DecisionsRecord, ui: &Ui) -> String {
    let n = [("n", record.applied.to_string()), ("made", record.made.to_string())];
    let mut places = n.each_ref().map(|(place, value)| (*place, value.as_str())).to_vec();
    if record.applied == 0 {
        return ui.fill("decisions.none_applied", &places);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of decisions are small")]
    let share = percent(record.agreed as f64 / record.applied as f64);
    places.push(("share", &share));
    ui.fill("decisions.applied", &places)
}

/// A line for each figure that decisions move.
fn figures(run: &RunRecord, record: &DecisionsRecord, ui: &Ui) -> Vec<String> {
    let mut lines = Vec::new();
    for without in &record.without {
        let with = whole(run)
            .find(|a| a.system == without.system && a.metric == without.metric && a.stratum == without.stratum);
        let Some((with, metric)) = with.zip(run.metrics.iter().find(|m| m.name == without.metric)) else { continue };
        for field in &metric.fields {
            let (Some(with), Some(without_them)) = (with.fields.get(&field.name), without.fields.get(&field.name))
            else {
                continue;
            };
            if with.value == without_them.value {
                continue;
            }
            let digits = Digits::of(field.range, &[(with.value, None), (without_them.value, None)]);
            let label = format!("{}.{}", metric.name, field.name);
            let places = [
                ("system", clean::clip(&without.system, 60)),
                ("figure", clean::clip(&label, 60)),
                ("with", digits.value(with.value)),
                ("without", digits.value(without_them.value)),
            ];
            lines.push(ui.fill("decisions.figure", &places.each_ref().map(|(place, value)| (*place, value.as_str()))));
        }
    }
    if lines.len() > FIGURES {
        let more = lines.len() - FIGURES;
        lines.truncate(FIGURES);
        lines.push(ui.fill("warnings.more", &[("n", &more.to_string())]));
    }
    lines
}
