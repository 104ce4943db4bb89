//! `epitome reject`: throw a run away; the baseline stays as it is.

use anyhow::{Context as _, bail};
use clap::Args;

use super::suite::SuiteArg;
use super::{Exit, Global, output, review, suite};

/// Reject a run: its record is removed, the baseline stays as it is, and nothing else is left
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome reject latest\n\n\
    A run in which nothing changed against the baseline stays: there is nothing to reject. Outputs that were asked for \
    stay in the store, so that running again asks nobody.")]
pub struct RejectArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
}

/// Carries the command out.
pub fn run(args: &RejectArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    if record.suite != plan.name {
        bail!("{} is a run of the suite `{}`, not of `{}`", folder.path().display(), record.suite, plan.name);
    }
    if let Some(snapshot) = reports.baseline()?
        && review::changes(&reports, &snapshot, &folder, &record)?.is_empty()
    {
        let run = folder.path().display();
        output::remark(&format!(
            "nothing to reject: {run} is as the baseline, and stays (`epitome runs` can remove it)"
        ));
        return Ok(Exit::Done);
    }
    std::fs::remove_dir_all(folder.path()).with_context(|| format!("cannot remove {}", folder.path().display()))?;
    if !global.quiet {
        output::remark(&format!("removed {}; the baseline is as it was", folder.path().display()));
    }
    Ok(Exit::Done)
}
