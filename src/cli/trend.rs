//! `epitome trend`: the accepted baselines over time, from the repository's history.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::compare::trend::{Accepted, Commit, Strata, accepted};
use epitome::model::baseline::Snapshot;
use epitome::report::trend::{last_moves, page};
use epitome::store::{Reports, write_atomically};
use owo_colors::OwoColorize;
use serde_json::json;

use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// The accepted baselines over time, from the repository's history: a table, or a page
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome trend\n  epitome trend --html trend.html\n\n\
    Every commit that changed reports/<suite>/baseline.json is one point; a baseline that is not committed yet is the last.")]
pub struct TrendArgs {
    #[command(flatten)]
    suite: SuiteArg,
    /// Write a page with a chart of every score
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Take the last N baselines
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// Carries the command out.
pub fn run(args: &TrendArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let baselines = history(&reports, &plan.root, args.limit)?;
    if baselines.is_empty() {
        bail!("no commit and no file holds {}; `epitome accept` makes the first", reports.baseline_path().display());
    }
    if let Some(path) = &args.html {
        write_atomically(path, page(&plan.name, &baselines).as_bytes())?;
        if !global.quiet {
            output::remark(&format!("written: {}", path.display()));
        }
    }
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        serde_json::to_writer_pretty(
            &mut out,
            &json!({ "schema": "epitome.trend/1", "suite": plan.name, "baselines": baselines }),
        )?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    for b in &baselines {
        let commit: String =
            if b.commit.is_empty() { "not committed".to_owned() } else { b.commit.chars().take(10).collect() };
        let day = b.date.split('T').next().unwrap_or_default();
        let systems: Vec<&str> = b.systems.values().map(|f| f.id.as_str()).collect();
        let line = format!("{day}  {commit}  {}  ({})", b.message, systems.join(", "));
        writeln!(out, "{}", epitome::report::clean::line(&line))?;
    }
    for (system, scores) in last_moves(&baselines) {
        writeln!(out, "\n{}", system.bold())?;
        for (score, before, now) in scores {
            let moved = match before {
                Some(before) if before != now => format!("{before:.4} → {now:.4}  {:+.4}", now - before),
                Some(_) => format!("{now:.4}  as before"),
                None => format!("{now:.4}"),
            };
            writeln!(out, "  {score}  {moved}")?;
        }
    }
    let untold: BTreeSet<&str> =
        baselines.iter().flat_map(|b| b.systems.values()).flat_map(|f| &f.untold).map(String::as_str).collect();
    if !untold.is_empty() {
        let names = untold.into_iter().collect::<Vec<_>>().join(", ");
        output::warning(&format!(
            "{names}: left out where a baseline does not say which articles are of which tokenizer, for these are never averaged \
             with each other; `epitome accept` keeps it from now on"
        ));
    }
    Ok(Exit::Done)
}

/// The baselines that were committed, oldest first, and the one that is not yet.
fn history(reports: &Reports, root: &Path, limit: usize) -> anyhow::Result<Vec<Accepted>> {
    let path = reports.baseline_path();
    let within = path.strip_prefix(root).unwrap_or(&path).display().to_string();
    let folder = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let git = |args: &[&str]| -> anyhow::Result<std::process::Output> {
        let made = Command::new("git").arg("-C").arg(folder).args(args).output();
        made.context("failed to ask git, whose history the trend is made of")
    };
    let count = format!("--max-count={limit}");
    let log = git(&["log", &count, "--format=%H%x09%cI%x09%s", "--", &within])?;
    let mut snapshots: Vec<(String, String, String, Snapshot)> = Vec::new();
    if log.status.success() {
        let text = String::from_utf8_lossy(&log.stdout).into_owned();
        for line in text.lines().rev() {
            let mut cells = line.splitn(3, '\t');
            let (Some(commit), Some(date)) = (cells.next(), cells.next()) else { continue };
            let subject = cells.next().unwrap_or_default();
            let shown = git(&["show", &format!("{commit}:./{within}")])?;
            if !shown.status.success() {
                // The commit that took it away.
                continue;
            }
            match Reports::parse_baseline(&path, &shown.stdout) {
                Ok(snapshot) => snapshots.push((commit.to_owned(), date.to_owned(), subject.to_owned(), snapshot)),
                Err(error) => output::warning(&format!("{commit} is left out: {error}")),
            }
        }
    } else if let Some(said) = String::from_utf8_lossy(&log.stderr).lines().next() {
        output::warning(&format!("no history: {said}"));
    }
    if let Some(now) = reports.baseline()?
        && snapshots.last().is_none_or(|(_, _, _, last)| *last != now)
    {
        let (date, why) = (jiff::Timestamp::now().to_string(), "(no message)".to_owned());
        snapshots.push((String::new(), date, why, now));
    }
    let mut strata = Strata::new();
    for (_, _, _, snapshot) in &snapshots {
        strata.extend(snapshot.strata.iter().map(|(article, of)| (article.clone(), of.clone())));
    }
    let mut made = Vec::new();
    for (i, (commit, date, subject, snapshot)) in snapshots.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|before| snapshots.get(before)).map(|(_, _, _, s)| s);
        made.push(accepted(Commit { hash: commit, date, subject }, snapshot, before, &strata));
    }
    Ok(made)
}
