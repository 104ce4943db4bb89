//! `epitome gate`: do the suite's conditions hold?

use std::io::Write;

use clap::Args;
use epitome::compare::gate::{Evidence, Judged, Status, judge};
use epitome::config::Plan;
use epitome::model::baseline::Snapshot;
use epitome::model::record::RunRecord;
use epitome::store::{Reports, RunFolder};
use owo_colors::OwoColorize;
use serde_json::json;

use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, named, output, suite};

/// Hold a run against the suite's gates and the accepted baseline
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome gate\n  epitome gate latest~1 --suite news/epitome.toml\n  epitome gate --baseline git:origin/main\n\n\
    Exits 0 when every gate holds, 1 when one fails. A gate that can be neither shown to hold nor excluded is \
    inconclusive: it is listed first, and fails only where the suite says `on_inconclusive = \"fail\"`."
)]
pub struct GateArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// The baseline to hold it against: `baseline`, or `git:REF` for the one committed there
    #[arg(long, value_name = "BASELINE", default_value = "baseline")]
    baseline: String,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// Carries the command out.
pub fn run(args: &GateArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    if plan.gates.is_empty() {
        output::remark("the suite has no [[gate]], so nothing is held");
    }
    let baseline = named::baseline_named(&reports, &plan.root, &args.baseline)?;
    let judged = against(&plan, &folder, &record, true, baseline.as_ref())?;
    show(&judged, args.format)?;
    if record.complete.finished < record.complete.planned {
        output::warning("the run is not complete, so this is no full gate");
    }
    if let Some(filtered) = &record.complete.filtered {
        output::warning(&format!("the run took a part of the suite ({filtered}), so this is no full gate"));
    }
    Ok(exit(&judged))
}

/// Judges a suite's gates for a run; against the baseline only where asked.
pub fn all(
    plan: &Plan,
    reports: &Reports,
    folder: &RunFolder,
    record: &RunRecord,
    against_baseline: bool,
) -> anyhow::Result<Vec<Judged>> {
    let baseline = if against_baseline { reports.baseline()? } else { None };
    against(plan, folder, record, against_baseline, baseline.as_ref())
}

fn against(
    plan: &Plan,
    folder: &RunFolder,
    record: &RunRecord,
    against_baseline: bool,
    baseline: Option<&Snapshot>,
) -> anyhow::Result<Vec<Judged>> {
    if plan.gates.is_empty() {
        return Ok(Vec::new());
    }
    let current = suite::snapshot(plan, folder, record)?;
    let evidence = Evidence { record, current: &current, baseline, against_baseline, seed: plan.seed };
    let mut judged = judge(&plan.gates, &evidence);
    // What could not be told comes first, then what failed.
    judged.sort_by_key(|j| match j.status {
        Status::Inconclusive => 0,
        Status::Failed => 1,
        Status::Passed => 2,
    });
    Ok(judged)
}

/// How a command ends whose gates ended so.
pub fn exit(judged: &[Judged]) -> Exit {
    if judged.iter().any(|j| j.fails) { Exit::GateFailed } else { Exit::Done }
}

fn show(judged: &[Judged], format: TableFormat) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    if format == TableFormat::Json {
        let holds = !judged.iter().any(|j| j.fails);
        serde_json::to_writer_pretty(
            &mut out,
            &json!({ "schema": "epitome.gate/1", "holds": holds, "gates": judged }),
        )?;
        writeln!(out)?;
        return Ok(());
    }
    if judged.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", "Gates".bold())?;
    for gate in judged {
        let status = match gate.status {
            Status::Passed => "holds".green().to_string(),
            Status::Failed => "FAILS".red().bold().to_string(),
            Status::Inconclusive => "cannot tell".yellow().to_string(),
        };
        writeln!(out, "  {status}  {}  {}: {}", gate.system, gate.rule, gate.message)?;
        for (article, drop) in gate.articles.iter().filter(|_| gate.status != Status::Passed).take(5) {
            writeln!(out, "           {article} {drop:+.4} worse")?;
        }
    }
    Ok(())
}
