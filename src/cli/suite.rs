//! What commands that speak of a suite have in common: finding it, and finding its runs.

use epitome::model::split_version;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use epitome::config::Plan;
use epitome::config::plan::Overrides;
use epitome::model::baseline::Snapshot;
use epitome::model::record::RunRecord;
use epitome::store::{Reports, RunFolder};

use super::{Global, output};

/// Names the suite.
#[derive(Debug, Clone, Args)]
pub struct SuiteArg {
    /// The suite whose runs are meant
    #[arg(long, value_name = "FILE", default_value = "epitome.toml")]
    pub suite: PathBuf,
}

/// The suite's file: a folder stands for the epitome.toml in it.
pub fn file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("epitome.toml") } else { path.to_owned() }
}

/// Loads a suite.
pub fn load(path: &Path, global: &Global) -> anyhow::Result<Plan> {
    Ok(Plan::load(&file(path), Overrides { seed: global.seed })?)
}

/// Warns of `--only` that name a system without its version, and so match nothing of a run.
pub fn warn_of_versions(only: &[String], record: &RunRecord) {
    let said = versions(only, record.systems.iter().map(|system| system.id.as_str()));
    if !said.is_empty() {
        output::warning(&format!("--only names no system of the run{said}"));
    }
}

/// What to say where `--only system=draft` matches nothing, because systems go by their full names.
pub fn versions<'a>(only: &[String], systems: impl Iterator<Item = &'a str> + Clone) -> String {
    let bare = only.iter().filter_map(|text| text.strip_prefix("system="));
    let versioned = |name: &&str| {
        let mut systems = systems.clone();
        !systems.clone().any(|id| id == *name) && systems.any(|id| id != *name && split_version(id).0 == *name)
    };
    let meant: Vec<String> = bare.filter(versioned).map(|name| format!("`system={name}@*`")).collect();
    if meant.is_empty() { String::new() } else { format!("; did you mean {}?", meant.join(" and ")) }
}

/// The reports of a loaded suite.
pub fn reports(plan: &Plan) -> Reports {
    Reports::new(&plan.root, &plan.name)
}

/// A finished run, with its record.
pub fn find(reports: &Reports, name: &str) -> anyhow::Result<(RunFolder, RunRecord)> {
    let folder = reports.find(name)?;
    let record = folder.record()?;
    Ok((folder, record))
}

/// The snapshot of a run, with every field that the suite's gates speak of.
pub fn snapshot(plan: &Plan, folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Snapshot> {
    let address = |gate| epitome::compare::gate::address(gate, &record.metrics);
    let gated: Vec<(String, String)> =
        plan.gates.iter().filter_map(address).map(|(metric, field)| (metric.name.clone(), field.to_owned())).collect();
    let place = || format!("failed to read the items of {}", folder.path().display());
    Snapshot::of(record, folder.items()?, &gated).with_context(place)
}
