//! `epitome rescore`: today's metrics, facts and decisions on outputs that were kept.

use std::io::Write;

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::compare::changes;
use epitome::compare::side::Side;
use epitome::config::Plan;
use epitome::dataset::Dataset;
use epitome::engine::rescore::{KeptOutput, Rescored, rescore};
use epitome::model::Output;
use epitome::model::baseline::Snapshot;
use epitome::model::record::{RunRecord, SystemKind, SystemRecord};
use epitome::report::comparison::fact_line;
use epitome::store::{Reports, RunFolder, RunWriter};
use serde_json::json;

use super::progress::Progress;
use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, output, run, suite};

/// Score the outputs of a run, or of the baseline, anew: today's metrics, facts and decisions
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome rescore latest~1\n  epitome rescore baseline\n\n\
    Of a run, a new record is written, which is `latest` from then on; nothing is generated. Of the baseline, \
    baseline.json is written anew with the same outputs, for you to look at (`git diff`) and commit.")]
pub struct RescoreArgs {
    /// The run: an id, a path, `latest` or `latest~1`; or `baseline`
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// Carries the command out.
pub fn run(args: &RescoreArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let datasets = open(&plan)?;
    let changes = if args.run == "baseline" {
        baseline(plan, &datasets, &reports, args, global)?
    } else {
        of_run(plan, &datasets, &reports, args, global)?
    };
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let document = json!({ "schema": "epitome.rescored/1", "facts": changes });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    match changes.len() {
        0 => writeln!(out, "No verdict changed.")?,
        n => writeln!(out, "Verdicts changed by tool, checklist or decision: {n}")?,
    }
    for (system, change) in &changes {
        writeln!(out, "  {system}  {}", fact_line(change))?;
    }
    Ok(Exit::Done)
}

/// The suite's data, opened in its order.
pub fn open(plan: &Plan) -> anyhow::Result<Vec<Dataset>> {
    Ok(plan.datasets.iter().map(|d| Dataset::open(d, &plan.root)).collect::<Result<_, _>>()?)
}

/// Each fact whose verdict is another, with its system.
pub type Changed = Vec<(String, changes::FactChange)>;

/// What differs between systems before and now, by full name.
pub fn changed(before: &[Side], now: &[Side]) -> Changed {
    let mut all = Vec::new();
    for side in now {
        let Some(old) = before.iter().find(|s| s.system == side.system) else { continue };
        let mut old = old.clone();
        old.adopt(side);
        all.extend(changes::facts(&old, side).0.into_iter().map(|change| (side.system.clone(), change)));
    }
    all
}

fn of_run(
    plan: Plan,
    datasets: &[Dataset],
    reports: &Reports,
    args: &RescoreArgs,
    global: &Global,
) -> anyhow::Result<Changed> {
    let (folder, record) = suite::find(reports, &args.run)?;
    let before = sides(&folder, &record)?;
    let started = jiff::Timestamp::now();
    let summaries: Vec<_> = datasets.iter().map(|d| d.summary().clone()).collect();
    let mut writer = run::create(&plan, &summaries, reports, started, None)?;
    let id = writer.folder().file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut made = of_items(plan, datasets, &folder, &record, &mut writer, &id, &Progress::new(global.quiet))?;
    made.environment = json!({ "run": id, "rescored": folder.path().display().to_string(),
        "started": started.to_string(), "epitome": env!("CARGO_PKG_VERSION") });
    made.complete.warnings.iter().for_each(|warning| output::warning(warning));
    let folder = RunFolder::new(&writer.finish(&made)?);
    if !global.quiet {
        output::remark(&format!("written to {}; `epitome report latest` shows it", folder.path().display()));
    }
    Ok(changed(&before, &sides(&folder, &made)?))
}

fn baseline(
    plan: Plan,
    datasets: &[Dataset],
    reports: &Reports,
    args: &RescoreArgs,
    global: &Global,
) -> anyhow::Result<Changed> {
    let old = reports.baseline()?.context("there is no baseline yet; `epitome accept` makes one of a run")?;
    let outputs = reports.baseline_outputs()?;
    if outputs.is_empty() {
        bail!("the baseline has no baseline.outputs.jsonl beside it, so there is nothing to score anew; accept a run");
    }
    let before = Side::of_baseline("baseline", &old, &outputs, |_| true);
    let anew = Anew::of_baseline(plan, datasets, &old, outputs, &Progress::new(global.quiet))?;
    let plan = suite::load(&args.suite.suite, global)?;
    let mut snapshot = suite::snapshot(&plan, &anew.folder, &anew.record)?;
    snapshot.message.clone_from(&old.message);
    reports.accept(&snapshot, &anew.folder)?;
    if !global.quiet {
        output::remark(&format!("written: {}; look at its diff, and commit it", reports.baseline_path().display()));
    }
    Ok(changed(&before, &anew.sides("baseline")?))
}

fn sides(folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Vec<Side>> {
    let candidate = |id: &str| record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate);
    let place = || format!("failed to read the items of {}", folder.path().display());
    Side::of_run("run", record, folder.items()?, candidate).with_context(place)
}

fn of_items(
    plan: Plan,
    datasets: &[Dataset],
    folder: &RunFolder,
    record: &RunRecord,
    writer: &mut RunWriter,
    id: &str,
    progress: &Progress,
) -> anyhow::Result<RunRecord> {
    let human = |system: &str| record.systems.iter().any(|s| s.id == system && s.kind == SystemKind::Human);
    let mut outputs = Vec::new();
    for item in folder.items()? {
        let item = item?;
        // The annotators' row is made of today's references.
        if !human(&item.key.system) {
            outputs.push(KeptOutput::from(item));
        }
    }
    let rescored = Rescored { systems: &record.systems, outputs, complete: Some(&record.complete) };
    Ok(rescore(plan, datasets, rescored, writer, id, progress)?)
}

/// Outputs scored anew for the moment: the record stands in a folder that goes away with it.
pub struct Anew {
    /// The record.
    pub record: RunRecord,
    /// Its folder.
    pub folder: RunFolder,
    _temporary: tempfile::TempDir,
}

impl Anew {
    /// A run's outputs.
    pub fn of_run(
        plan: Plan,
        datasets: &[Dataset],
        folder: &RunFolder,
        record: &RunRecord,
        progress: &Progress,
    ) -> anyhow::Result<Anew> {
        Anew::write(|writer| of_items(plan, datasets, folder, record, writer, "rescored", progress))
    }

    /// A baseline's outputs.
    pub fn of_baseline(
        plan: Plan,
        datasets: &[Dataset],
        snapshot: &Snapshot,
        outputs: Vec<Output>,
        progress: &Progress,
    ) -> anyhow::Result<Anew> {
        let systems: Vec<SystemRecord> = snapshot
            .systems
            .keys()
            .map(|id| {
                let (name, version) = epitome::model::split_version(id);
                SystemRecord {
                    id: id.clone(),
                    name: name.to_owned(),
                    version: version.map(str::to_owned),
                    kind: SystemKind::Candidate,
                    backend: "kept".to_owned(),
                }
            })
            .collect();
        let kept = |output: Output| {
            let name = format!("{}/{}", output.dataset.as_deref().unwrap_or_default(), output.id);
            let article = snapshot.systems.get(&output.system).and_then(|s| s.articles.get(&name));
            KeptOutput::of_baseline(output, article.and_then(|a| a.failure.as_deref()))
        };
        let outputs = outputs.into_iter().map(kept).collect();
        let rescored = Rescored { systems: &systems, outputs, complete: None };
        Anew::of(plan, datasets, rescored, progress)
    }

    /// Any outputs.
    pub fn of(plan: Plan, datasets: &[Dataset], rescored: Rescored<'_>, progress: &Progress) -> anyhow::Result<Anew> {
        Anew::write(|writer| Ok(rescore(plan, datasets, rescored, writer, "kept", progress)?))
    }

    fn write(make: impl FnOnce(&mut RunWriter) -> anyhow::Result<RunRecord>) -> anyhow::Result<Anew> {
        let temporary = tempfile::tempdir().context("cannot make a temporary folder to score in")?;
        let mut writer = RunWriter::create(&temporary.path().join("run"))?;
        let record = make(&mut writer)?;
        let folder = RunFolder::new(&writer.finish(&record)?);
        Ok(Anew { record, folder, _temporary: temporary })
    }

    /// Its candidates.
    pub fn sides(&self, label: &str) -> anyhow::Result<Vec<Side>> {
        let mut sides = sides(&self.folder, &self.record)?;
        sides.iter_mut().for_each(|side| side.label = format!("{label}::{}", side.system));
        Ok(sides)
    }
}
