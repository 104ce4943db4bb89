//! `epitome accept`: make a run the baseline.

use anyhow::bail;
use clap::Args;

use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Accept a run as the baseline that gates hold later runs against
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome accept --message \"v7 keeps the loan pledge\"\n\n\
    Writes reports/<suite>/baseline.json and baseline.outputs.jsonl, made to be committed and reviewed.")]
pub struct AcceptArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// Why, for those who read the baseline later
    #[arg(long, short, value_name = "TEXT")]
    message: Option<String>,
}

/// Carries the command out.
pub fn run(args: &AcceptArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    let complete = &record.complete;
    if let Some(filtered) = &complete.filtered {
        bail!("{} holds a part of the suite ({filtered}); a baseline is made of a whole run", folder.path().display());
    }
    if complete.finished < complete.planned {
        bail!(
            "{} holds {} of {} items; a baseline is made of a complete run, so run the suite again",
            folder.path().display(),
            complete.finished,
            complete.planned
        );
    }
    let mut snapshot = suite::snapshot(&plan, &folder, &record)?;
    snapshot.message.clone_from(&args.message);
    let before = reports.baseline()?;
    reports.accept(&snapshot, &folder)?;
    let path = reports.baseline_path();
    let what = match before {
        None => "accepted the first baseline",
        Some(old) if old.systems == snapshot.systems => "the baseline is as it was",
        Some(_) => "accepted a new baseline",
    };
    if !global.quiet {
        output::remark(&format!("{what}: {} (commit it with baseline.outputs.jsonl)", path.display()));
    }
    Ok(Exit::Done)
}
