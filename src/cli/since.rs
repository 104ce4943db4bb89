//! What a run's systems are held against in its report: the accepted baseline.

use std::path::Path;

use epitome::compare::side::Side;
use epitome::model::record::{RunRecord, SystemKind};
use epitome::report::Ui;
use epitome::store::{Reports, RunFolder};

use super::compare::partner;

/// The systems under test of a run, each with its earlier self in the baseline; none where there is no baseline.
pub fn baseline(
    reports: &Reports,
    folder: &RunFolder,
    record: &RunRecord,
    ui: &Ui,
) -> anyhow::Result<Vec<(Side, Side)>> {
    let path = reports.baseline_path();
    if !Path::new(&path).is_file() {
        return Ok(Vec::new());
    }
    let Some(snapshot) = reports.baseline()? else { return Ok(Vec::new()) };
    let before = Side::of_baseline("baseline", &snapshot, &reports.baseline_outputs()?, |_| true);
    let wanted = |id: &str| record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate);
    let now = Side::of_run("run", record, folder.items()?, wanted)?;
    let pair = |now: Side| {
        let mut before = partner(&before, &now)?.clone();
        let same = before.system == now.system;
        before.label = ui.text("since.baseline").to_owned();
        if !same {
            before.label += &format!(" ({})", before.system);
        }
        let label = now.system.clone();
        Some((before, Side { label, ..now }))
    };
    Ok(now.into_iter().filter_map(pair).collect())
}
