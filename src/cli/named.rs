//! The names that runs, and systems in them, go by: `latest~1`, `baseline`, `git:main`, `latest::desk@v7`, `desk@v7`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use epitome::compare::side::Side;
use epitome::config::Plan;
use epitome::model::baseline::Snapshot;
use epitome::model::record::{MetricRecord, RunRecord, SystemKind};
use epitome::model::{Output, split_version};
use epitome::store::{Reports, RunFolder};

/// What a name stands for.
pub struct Named {
    /// Its systems.
    pub sides: Vec<Side>,
    /// The run's metrics; none of a baseline's, which declares no fields.
    pub metrics: Vec<MetricRecord>,
    /// The run's suite as resolved, where it is a run.
    pub plan: Option<serde_json::Value>,
}

/// How people write names, for help.
pub const NAMES: &str = "A RUN is a run id or the beginning of one, a path, `latest`, `latest~1`, `baseline` or `git:REF` (the\n\
    baseline committed there). `RUN::SYSTEM` picks one system; a bare system name means `latest::SYSTEM`.";

/// Finds what a name stands for. Only candidates are taken where no system is named.
pub fn find(reports: &Reports, root: &Path, name: &str) -> anyhow::Result<Named> {
    let (run, system) = match name.rsplit_once("::") {
        Some((run, system)) => (run, Some(system)),
        None => (name, None),
    };
    if run == "baseline" {
        let snapshot = reports.baseline()?.context("there is no baseline yet; `epitome accept` makes one of a run")?;
        return baseline(name, run, &snapshot, &reports.baseline_outputs()?, system);
    }
    if let Some(reference) = run.strip_prefix("git:") {
        let (snapshot, outputs) = committed(reports, root, reference)?;
        return baseline(name, run, &snapshot, &outputs, system);
    }
    match reports.find(run) {
        Ok(folder) => of_run(name, run, &folder, &folder.record()?, system),
        Err(error) if system.is_none() => {
            // A bare name that is no run's may be a system of the latest run.
            let Ok(folder) = reports.find("latest") else {
                bail!(
                    "{error}; nor can it be a system of the latest run, as there is none yet: `epitome run` makes one"
                );
            };
            let record = folder.record()?;
            if !record.systems.iter().any(|s| s.id == name || s.name == name) {
                let known: Vec<&str> = record.systems.iter().map(|s| s.id.as_str()).collect();
                bail!("{error}; nor is it a system of the latest run, which has {}", known.join(", "));
            }
            of_run(name, "latest", &folder, &record, Some(name))
        }
        Err(error) => Err(error.into()),
    }
}

fn of_run(
    name: &str,
    run: &str,
    folder: &RunFolder,
    record: &RunRecord,
    system: Option<&str>,
) -> anyhow::Result<Named> {
    let ids: Vec<(&str, &str)> = record.systems.iter().map(|s| (s.id.as_str(), s.name.as_str())).collect();
    let picked = system.map(|system| pick(name, &ids, system)).transpose()?;
    let wanted = |id: &str| match picked {
        Some(picked) => id == picked,
        None => record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate),
    };
    let place = || format!("failed to read the items of {}", folder.path().display());
    let sides = Side::of_run(run, record, folder.items()?, wanted).with_context(place)?;
    Ok(Named { sides, metrics: record.metrics.clone(), plan: Some(record.plan.clone()) })
}

fn baseline(
    name: &str,
    run: &str,
    snapshot: &Snapshot,
    outputs: &[Output],
    system: Option<&str>,
) -> anyhow::Result<Named> {
    let ids: Vec<(&str, &str)> = snapshot.systems.keys().map(|id| (id.as_str(), split_version(id).0)).collect();
    let picked = system.map(|system| pick(name, &ids, system)).transpose()?;
    let sides = Side::of_baseline(run, snapshot, outputs, |id| picked.is_none_or(|picked| id == picked));
    Ok(Named { sides, metrics: Vec::new(), plan: None })
}

/// The system of a full name, or the only one of a name.
fn pick<'a>(name: &str, systems: &[(&'a str, &'a str)], wanted: &str) -> anyhow::Result<&'a str> {
    if let Some((id, _)) = systems.iter().find(|(id, _)| *id == wanted) {
        return Ok(id);
    }
    let named: Vec<&str> = systems.iter().filter(|(_, name)| *name == wanted).map(|(id, _)| *id).collect();
    match named.as_slice() {
        [only] => Ok(only),
        [] => {
            let known: Vec<&str> = systems.iter().map(|(id, _)| *id).collect();
            bail!("`{name}`: there is no system `{wanted}`; there are {}", known.join(", "))
        }
        several => bail!("`{name}`: `{wanted}` could be {}; say which", several.join(" or ")),
    }
}

/// The baseline of a name, with its outputs: `baseline`, which there need not be yet, or `git:REF`.
pub fn baseline_named(reports: &Reports, root: &Path, name: &str) -> anyhow::Result<Option<(Snapshot, Vec<Output>)>> {
    match name.strip_prefix("git:") {
        Some(reference) => committed(reports, root, reference).map(Some),
        None if name == "baseline" => match reports.baseline()? {
            Some(snapshot) => Ok(Some((snapshot, reports.baseline_outputs()?))),
            None => Ok(None),
        },
        None => bail!("`{name}` is no baseline; say `baseline`, or `git:REF` for the one committed there"),
    }
}

/// The baseline that stands in a commit, with its outputs.
fn committed(reports: &Reports, root: &Path, reference: &str) -> anyhow::Result<(Snapshot, Vec<Output>)> {
    let show = |file: &Path| -> anyhow::Result<Vec<u8>> {
        let within = file.strip_prefix(root).unwrap_or(file);
        let object = format!("{reference}:./{}", within.display());
        let folder = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let shown = Command::new("git").arg("-C").arg(folder).args(["show", "--end-of-options", &object]).output();
        let shown = shown.context("failed to ask git, which `git:REF` needs")?;
        if !shown.status.success() {
            bail!("git has no `{object}`: {}", String::from_utf8_lossy(&shown.stderr).trim());
        }
        Ok(shown.stdout)
    };
    let path = reports.baseline_path();
    let snapshot = Reports::parse_baseline(&path, &show(&path)?)?;
    // An older baseline may stand alone.
    let outputs = show(&reports.folder().join("baseline.outputs.jsonl")).unwrap_or_default();
    Ok((snapshot, Reports::parse_outputs(&path, &outputs)?))
}

/// What a suite's metrics declare, where no run is at hand to say it.
pub fn declared(plan: &Plan) -> Vec<MetricRecord> {
    let declare = |spec: &epitome::model::MetricSpec| MetricRecord {
        name: spec.name.clone(),
        fields: spec.fields.clone(),
        headline: spec.headline.map(|h| spec.fields[h].name.clone()),
        aggregation: spec.aggregation,
        signatures: spec.strata.iter().map(|s| (s.name.clone(), s.signature.clone())).collect(),
    };
    plan.specs().map(declare).collect()
}
