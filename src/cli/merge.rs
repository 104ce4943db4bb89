//! `epitome merge`: join the runs of all shards.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use epitome::config::Plan;
use epitome::config::plan::Overrides;
use epitome::engine::merge::{ShardRun, merge};
use epitome::store::{Reports, RunFolder};

use super::render::TableFormat;
use super::run::{self, Lenience};
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Join the runs of all shards to the run of the whole suite
///
/// The record is that of the undivided run, byte for byte but for "environment". Each shard is needed once, all of one
/// suite, plan and data; what does not fit is named. A run that did not finish is passed over. Report, gates and exit code
/// are those of `epitome run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome run --shard 1/2; epitome run --shard 2/2\n  epitome merge reports/news/shards"
)]
pub struct MergeArgs {
    /// The shards' runs: folders, folders of such, or ids in the suite's reports
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    suite: SuiteArg,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    #[command(flatten)]
    lenience: Lenience,
}

/// Carries the command out.
pub fn run(args: &MergeArgs, global: &Global) -> anyhow::Result<Exit> {
    let started = jiff::Timestamp::now();
    let mut plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let mut shards = Vec::new();
    for name in &args.runs {
        for (name, folder) in find(&reports, name)? {
            shards.push(ShardRun::open(&name, &folder)?);
        }
    }
    anyhow::ensure!(!shards.is_empty(), "no shard is finished; `epitome run --shard 1/16` makes the first of sixteen");
    let record = shards[0].record();
    if let (None, Some(seed)) = (global.seed, record.plan["seed"].as_u64()) {
        // The shards may have been run under a seed that is not the suite's.
        plan = Plan::load(&suite::file(&args.suite.suite), Overrides { seed: Some(seed) })?;
    }
    plan.max_failures = args.lenience.max_failures.unwrap_or(plan.max_failures);
    plan.systems.retain(|system| record.systems.iter().any(|s| s.id == system.id));
    let mut writer = run::create(&plan, &record.datasets, &reports, started, None)?;
    let folder = writer.folder().to_owned();
    let merged = merge(&plan, shards, &mut writer);
    if merged.is_err() {
        // Nothing was joined, and nothing is to be left that looks like a run.
        let _ = std::fs::remove_dir_all(&folder);
    }
    let mut record = merged?;
    let run_id = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    run::surround(&mut record, &plan, &run_id, started);
    let folder = RunFolder::new(&writer.finish(&record)?);
    run::conclude(&plan, &args.suite, global, &folder, &record, args.format, args.lenience.allow_not_evaluated)
}

/// The finished runs that a name stands for, each with what to call it. Runs that were killed are passed over.
fn find(reports: &Reports, name: &str) -> anyhow::Result<Vec<(String, RunFolder)>> {
    let path = Path::new(name);
    let is_run = |path: &Path| ["run.json", "items.partial.jsonl"].iter().any(|file| path.join(file).is_file());
    let within = reports.shards().folder().join(name);
    let mut paths: Vec<PathBuf> = if is_run(path) {
        vec![path.to_owned()]
    } else if is_run(&within) {
        vec![within]
    } else if !path.is_dir() {
        vec![reports.shards().find(name)?.path().to_owned()]
    } else {
        let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {name}"))?;
        entries.flatten().map(|entry| entry.path()).filter(|path| is_run(path)).collect()
    };
    paths.sort();
    let finished = |path: &PathBuf| {
        let finished = path.join("run.json").is_file();
        if !finished {
            output::warning(&format!("{} was not finished, and is passed over", path.display()));
        }
        finished
    };
    Ok(paths.into_iter().filter(finished).map(|path| (path.display().to_string(), RunFolder::new(&path))).collect())
}
