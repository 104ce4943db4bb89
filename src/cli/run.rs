//! `epitome run`: load, summarize, score, record, report, judge.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use epitome::config::Plan;
use epitome::config::file::Limit;
use epitome::dataset::Dataset;
use epitome::engine::filter::Filter;
use epitome::engine::rerun::Rerun;
use epitome::engine::shard::Shard;
use epitome::engine::{self, Context};
use epitome::model::count;
use epitome::model::record::{DatasetRecord, RunRecord};
use epitome::report::ViewOptions;
use epitome::store::{OutputStore, Reports, RunFolder, RunWriter};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::beside::Repository;
use super::exit::unless_closed;
use super::progress::Progress;
use super::render::{self, Rendering, TableFormat};
use super::suite::SuiteArg;
use super::{Exit, Global, gate, output, since, suite};

/// Evaluate a suite: summarize in parallel, score, record, report, judge its gates
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome run\n  epitome run news/epitome.toml --threads 4\n  epitome run --format json > run.json\n  epitome run --shard 3/16"
)]
pub struct RunArgs {
    /// The suite, or the folder that holds its epitome.toml [default: epitome.toml]
    suite: Option<PathBuf>,
    /// The suite, as the other commands take it
    #[arg(long = "suite", value_name = "FILE", conflicts_with = "suite")]
    named: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    /// Take only what matches: id=…, dataset=…, lang=…, tag=…, story=… or system=…, each a glob; may be repeated
    #[arg(long, value_name = "WHAT=GLOB")]
    only: Vec<String>,
    /// Take the first N articles of each dataset
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Take N articles of each dataset, drawn by the seed
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Take one shard of all that, such as 3/16, for `epitome merge` to join
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Print what would be asked, how much is kept and what it may cost, and ask nothing
    #[arg(long)]
    dry_run: bool,
    /// Ask again for what is kept
    #[arg(long, conflicts_with = "offline")]
    refresh: bool,
    /// Try again what failed in the latest run, and ask for nothing else
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with_all = ["refresh", "offline", "dry_run"])]
    rerun: Option<RerunWhat>,
    /// Ask nobody: score what is kept, and say what is missing
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    lenience: Lenience,
}

/// What may be wrong with a run that is still as it should be.
#[derive(Debug, Args)]
pub struct Lenience {
    /// Failures that a system may have: a count, or a share such as 1% [default: the suite's]
    #[arg(long, value_name = "LIMIT", value_parser = limit)]
    pub max_failures: Option<Limit>,
    /// Exit 0 though a system was not asked (no key, --offline, budget spent)
    #[arg(long)]
    pub allow_not_evaluated: bool,
}

/// Articles up to which a run writes pages, which hold every one of them.
const PAGED: u64 = 20_000;

/// What of an earlier run is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RerunWhat {
    /// Items without an output because their system failed
    Failed,
}

fn limit(text: &str) -> Result<Limit, String> {
    text.parse()
}

impl RunArgs {
    fn filter(&self) -> anyhow::Result<Filter> {
        let mut filter = Filter::default();
        for text in &self.only {
            filter.only(text)?;
        }
        filter.limit = self.limit;
        filter.sample = self.sample;
        filter.shard = self.shard;
        Ok(filter)
    }
}

/// Carries the command out.
pub fn run(args: &RunArgs, global: &Global) -> anyhow::Result<Exit> {
    let filter = args.filter()?;
    let path = args.suite.clone().or_else(|| args.named.clone()).unwrap_or_else(|| PathBuf::from("epitome.toml"));
    let mut plan = suite::load(&path, global)?;
    plan.max_failures = args.lenience.max_failures.unwrap_or(plan.max_failures);
    let all: Vec<String> = plan.systems.iter().map(|system| system.id.clone()).collect();
    plan.systems.retain(|system| filter.takes_system(&system.id));
    let versions = suite::versions(&args.only, all.iter().map(String::as_str));
    anyhow::ensure!(!plan.systems.is_empty(), "no system of the suite matches `{}`{versions}", filter.describe());
    let mut reports = suite::reports(&plan);
    let datasets: Vec<Dataset> =
        plan.datasets.iter().map(|d| Dataset::open(d, &plan.root)).collect::<Result<_, _>>()?;
    let whole = filter.whole();
    if whole.is_active() && engine::items(&plan, &datasets, &whole)? == 0 {
        anyhow::bail!("no article matches `{}`", whole.describe());
    }
    if args.dry_run {
        return survey(&plan, &datasets, &filter, args);
    }
    if args.shard.is_some() {
        reports = reports.shards();
    }
    let (folder, record) = evaluate(&plan, &datasets, &reports, &filter, args, global)?;
    match args.shard {
        Some(shard) => {
            tell(shard, &reports, &folder, &record, args.format)?;
            Ok(ending(&record, args.lenience.allow_not_evaluated, Exit::Done))
        }
        None => {
            let suite = SuiteArg { suite: path };
            conclude(&plan, &suite, global, &folder, &record, args.format, args.lenience.allow_not_evaluated)
        }
    }
}

/// Reports a whole run, judges it, and says how the command ends. The report has every gate; how the command ends is for
/// those alone that need no baseline, and `epitome gate` holds the others.
pub fn conclude(
    plan: &Plan,
    suite: &SuiteArg,
    global: &Global,
    folder: &RunFolder,
    record: &RunRecord,
    format: TableFormat,
    allow_not_evaluated: bool,
) -> anyhow::Result<Exit> {
    let options = ViewOptions { worst: plan.worst, ..ViewOptions::default() };
    let reports = suite::reports(plan);
    let absolute = gate::absolute(plan, folder, record)?;
    let complete = &record.complete;
    let whole = complete.filtered.is_none() && complete.finished == complete.planned;
    let judged = if whole { gate::all(plan, suite, global, folder, record)? } else { absolute.clone() };
    let repository = Repository::new(plan, record);
    let earlier = since::baseline(&reports, folder, record, options.ui)?;
    let rendering = Rendering::of(folder, record, &options)?.beside(&repository).against(&earlier).hold(&judged);
    let articles: u64 = record.datasets.iter().map(|d| d.articles).sum();
    let mut formats = plan.formats.clone();
    if articles > PAGED && formats.iter().any(|format| format == "html") {
        formats.retain(|format| format != "html");
        output::remark(&format!(
            "no page is written for more than {PAGED} articles; `epitome report --format html` writes it all the same"
        ));
    }
    let written = rendering.write(&formats, folder.path())?;
    let print = || -> anyhow::Result<()> {
        match format {
            TableFormat::Json => render::json(record),
            TableFormat::Table => {
                rendering.print(None)?;
                render::paths(folder, &written)
            }
        }
    };
    unless_closed(print())?;
    let mut exit = gate::exit(&absolute);
    if exit == Exit::Done && gate::exit(&judged) == Exit::GateFailed {
        output::warning(
            "a gate against the baseline fails; `epitome gate` exits with 1 on it, and names what stands behind",
        );
    }
    for failed in too_many_failures(plan, record) {
        output::error(&failed);
        exit = exit.worst(Exit::TooManyFailures);
    }
    Ok(ending(record, allow_not_evaluated, exit))
}

/// Says where a shard's run is, and what to do with it. Only all shards together can be judged.
fn tell(
    shard: Shard,
    reports: &Reports,
    folder: &RunFolder,
    record: &RunRecord,
    format: TableFormat,
) -> anyhow::Result<()> {
    if format == TableFormat::Json {
        return render::json(record);
    }
    let (items, path, all) = (record.complete.finished, folder.path().display(), reports.folder().display());
    let mut out = std::io::stdout().lock();
    writeln!(out, "Shard {shard}: {}, in {path}", count(items, "item"))?;
    writeln!(out, "When all {} are there: epitome merge {all}", shard.of())?;
    Ok(())
}

/// How a run ends that was interrupted, or in which not everybody was asked.
fn ending(record: &RunRecord, allow_not_evaluated: bool, mut exit: Exit) -> Exit {
    if record.complete.interrupted {
        let left = record.complete.planned - record.complete.finished;
        output::warning(&format!("interrupted: {left} of {} items were not reached", record.complete.planned));
        exit = exit.worst(Exit::Interrupted);
    } else if let Some(said) = not_evaluated(record) {
        if allow_not_evaluated {
            output::warning(&said);
        } else {
            output::error(&format!("{said}; --allow-not-evaluated accepts that"));
            exit = exit.worst(Exit::Usage);
        }
    }
    exit
}

/// Runs the plan and leaves its record in a new folder.
fn evaluate(
    plan: &Plan,
    datasets: &[Dataset],
    reports: &Reports,
    filter: &Filter,
    args: &RunArgs,
    global: &Global,
) -> anyhow::Result<(RunFolder, RunRecord)> {
    let rerun = args.rerun.map(|RerunWhat::Failed| rerun(plan, reports)).transpose()?;
    let stop = interrupts()?;
    let started = jiff::Timestamp::now();
    let began = Instant::now();
    let summaries: Vec<DatasetRecord> = datasets.iter().map(|dataset| dataset.summary().clone()).collect();
    let mut writer = create(plan, &summaries, reports, started, args.shard)?;
    let run_id = writer.folder().file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let progress = Progress::new(global.quiet);
    let clock = || began.elapsed();
    let store = OutputStore::new(&plan.store);
    let group = engine::asks(plan).then(|| store.group()).transpose()?;
    let context = Context {
        observer: &progress,
        stop: &stop,
        clock: &clock,
        now: &now,
        run_id: &run_id,
        store: &store,
        filter,
        refresh: args.refresh,
        offline: args.offline,
        rerun: rerun.as_ref(),
        group: group.as_ref(),
    };
    let mut record = engine::run(plan, datasets, &mut writer, &context)?;
    if !global.quiet {
        kept(plan, &record);
    }
    surround(&mut record, plan, &run_id, started);
    let folder = writer.finish(&record)?;
    // The next run goes on from an interrupted one, and begins anew after one that came to its end.
    if let Some(group) = group.filter(|_| !record.complete.interrupted) {
        group.end()?;
    }
    Ok((RunFolder::new(&folder), record))
}

/// Adds to a record's environment where and how it came about.
pub fn surround(record: &mut RunRecord, plan: &Plan, run_id: &str, started: jiff::Timestamp) {
    let mut environment = json!({ "run": run_id });
    let own = json!({
        "started": started.to_string(),
        "seconds": started.duration_until(jiff::Timestamp::now()).as_secs_f64(),
        "threads": rayon::current_num_threads(),
        "epitome": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "suite": plan.root.display().to_string(),
    });
    for given in [&record.environment, &own] {
        for (key, value) in given.as_object().into_iter().flatten() {
            environment[key.as_str()] = value.clone();
        }
    }
    record.environment = environment;
}

/// Makes the run's folder, named by UTC time and a hash of the plan and its data, a shard's also by its number.
pub fn create(
    plan: &Plan,
    datasets: &[DatasetRecord],
    reports: &Reports,
    started: jiff::Timestamp,
    shard: Option<Shard>,
) -> anyhow::Result<RunWriter> {
    let hash = Sha256::digest(serde_json::to_vec(&(&plan.resolved, datasets))?);
    let mut hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    if let Some(shard) = shard {
        hash.push_str(&format!("-{}of{}", shard.number(), shard.of()));
    }
    let time = started.strftime("%Y%m%dT%H%M%SZ");
    // Two runs of one second, perhaps by two processes, get a number each.
    let ids = std::iter::once(format!("{time}-{hash}")).chain((2..100).map(|n| format!("{time}-{hash}-{n:02}")));
    for id in ids {
        match RunWriter::create(&reports.folder().join(id)) {
            Err(error) if error.is_already_there() => {}
            made => return Ok(made?),
        }
    }
    anyhow::bail!("there are a hundred runs of this second in {}", reports.folder().display())
}

/// Set by the first Ctrl-C; the second leaves at once.
fn interrupts() -> anyhow::Result<Arc<AtomicBool>> {
    static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let stop = STOP.get_or_init(|| Arc::new(AtomicBool::new(false))).clone();
    let seen = stop.clone();
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted as i32);
        }
        output::remark("finishing what is in flight; press Ctrl-C again to leave at once");
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(stop)
}

/// The failures of the suite's latest run.
fn rerun(plan: &Plan, reports: &Reports) -> anyhow::Result<Rerun> {
    let latest = reports.find("latest")?;
    let rerun = Rerun::new(plan, latest.items()?)?;
    output::remark(&format!("{} failed in {}", count(rerun.failures(), "item"), latest.path().display()));
    Ok(rerun)
}

/// Says how much of what was to be asked was kept, and how old that is.
fn kept(plan: &Plan, record: &RunRecord) {
    for system in &plan.systems {
        let share = &record.environment["kept"][&system.id];
        let number = |name: &str| share[name].as_u64().unwrap_or(0);
        if number("items") > 0 {
            let (items, of, days) = (number("items"), number("of"), number("oldest") / 86_400);
            let percent = 100 * items / of.max(1);
            let message =
                format!("{}: {items} of {of} outputs ({percent} %) were kept, at most {days} days old", system.id);
            output::remark(&message);
        }
    }
}

/// Prints what a run would ask.
fn survey(plan: &Plan, datasets: &[Dataset], filter: &Filter, args: &RunArgs) -> anyhow::Result<Exit> {
    let stop = AtomicBool::new(false);
    let store = OutputStore::new(&plan.store);
    let context = Context {
        observer: &(),
        stop: &stop,
        clock: &std::time::Duration::default,
        now: &now,
        run_id: "",
        store: &store,
        filter,
        refresh: args.refresh,
        offline: args.offline,
        rerun: None,
        group: None,
    };
    let surveys = engine::survey::survey(plan, datasets, &context)?;
    let mut out = std::io::stdout().lock();
    if args.format == TableFormat::Json {
        serde_json::to_writer_pretty(&mut out, &surveys)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    for survey in &surveys {
        write!(out, "{}: {}", survey.system, count(survey.items, "item"))?;
        if survey.kept > 0 {
            let share = 100.0 * survey.kept as f64 / survey.items as f64;
            let days = survey.oldest.unwrap_or(0) / 86_400;
            write!(out, ", {} kept ({share:.0} %, at most {days} days old)", survey.kept)?;
        }
        match (survey.calls, survey.more) {
            (0, 0) => {}
            (calls, 0) => write!(out, ", {}", count(calls, "call"))?,
            (calls, more) => {
                write!(out, ", {}, and at most {more} more for outputs that are yet to come", count(calls, "call"))?
            }
        }
        if let Some(cost) = survey.cost {
            let digits = if cost < 1.0 { 4 } else { 2 };
            write!(out, ", about {cost:.digits$} to pay")?;
        }
        match &survey.unavailable {
            Some(reason) if survey.calls > 0 => writeln!(out, "; cannot be asked: {reason}")?,
            _ => writeln!(out)?,
        }
    }
    if let Some(limit) = plan.max_calls {
        writeln!(out, "[budget] allows {}", count(limit, "call"))?;
    }
    if let Some(limit) = plan.max_cost {
        writeln!(out, "[budget] allows a cost of {limit}")?;
    }
    Ok(Exit::Done)
}

/// Seconds since 1970.
fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// What to say of items that were not asked for, if there are any.
fn not_evaluated(record: &RunRecord) -> Option<String> {
    let left = record.complete.planned - record.complete.finished;
    let mut reasons = record.aggregates.iter().filter(|a| a.slice.is_none()).flat_map(|a| &a.reasons);
    let reason = reasons.find(|r| r.status == "not_evaluated").map(|r| format!(": {}", r.message)).unwrap_or_default();
    (left > 0).then(|| format!("{left} of {} items were not evaluated{reason}", record.complete.planned))
}

/// A line for each system that failed on more items than the suite allows.
fn too_many_failures(plan: &Plan, record: &RunRecord) -> Vec<String> {
    let mut lines = Vec::new();
    for system in &record.systems {
        let failures: Vec<_> = record.failures.iter().filter(|f| f.system == system.id).collect();
        let failed: u64 = failures.iter().map(|f| f.failed).sum();
        let items = failures.first().map_or(0, |f| f.items);
        if failed > 0 && !plan.max_failures.allows(failed, items) {
            let kinds: Vec<String> = failures.iter().map(|f| format!("{} {}", f.failed, f.kind)).collect();
            let example = failures.first().map(|f| f.example.as_str()).unwrap_or_default();
            let limit = serde_json::to_string(&plan.max_failures).unwrap_or_default();
            lines.push(format!(
                "{} failed on {failed} of {items} items ({}), and the suite allows {limit}; the first: {example}",
                system.id,
                kinds.join(", ")
            ));
        }
    }
    lines
}
