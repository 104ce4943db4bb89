//! `epitome review`: walk through what a run changed, and accept, reject or skip each.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::compare::review::{Changed, review};
use epitome::compare::side::Side;
use epitome::model::baseline::Snapshot;
use epitome::model::count;
use epitome::model::record::{RunRecord, SystemKind};
use epitome::report::review::render;
use epitome::store::{Reports, RunFolder};
use serde_json::json;

use super::render::{TableFormat, surface};
use super::suite::SuiteArg;
use super::{Exit, Global, accept, output, suite};

/// Walk through what a run changed against the baseline, worst first: accept, reject or skip each
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome review\n  epitome review latest --only system=desk@*\n\n\
    On a terminal, each followed by Enter: a accepts the item shown, r leaves the baseline as it is, s decides later; A, R and S do the same for \
    all the rest, q stops. What was accepted is written at the end. Off a terminal the changes are listed with the \
    commands that do the same.")]
pub struct ReviewArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// Show only what matches: id=…, dataset=… or system=…, each a glob; may be repeated
    #[arg(long, value_name = "WHAT=GLOB")]
    only: Vec<String>,
    /// Why, for those who read the baseline later
    #[arg(long, short, value_name = "TEXT")]
    message: Option<String>,
    /// Columns of the text [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to print, off a terminal
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// What is to become of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
}

/// Carries the command out.
pub fn run(args: &ReviewArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    let only = accept::only(&args.only)?;
    suite::warn_of_versions(&args.only, &record);
    let Some(snapshot) = reports.baseline()? else {
        bail!(
            "there is no baseline to review against; look at the run (`epitome report latest`), then `epitome accept`"
        );
    };
    let mut changed = changes(&reports, &snapshot, &folder, &record)?;
    changed.retain(|c| {
        let (dataset, id) = c.article.split_once('/').unwrap_or(("", &c.article));
        only.takes_item(dataset, id, &c.system)
    });
    super::gate::stale(&snapshot, &record);
    let id = folder.path().file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if args.format == TableFormat::Json {
        let document = json!({ "schema": "epitome.review/1", "run": id, "changed": changed });
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    if changed.is_empty() {
        writeln!(std::io::stdout().lock(), "Nothing changed: the run is as the baseline.")?;
        return Ok(Exit::Done);
    }
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        list(&changed, &id, args)?;
        return Ok(Exit::Done);
    }
    let accepted = walk(&changed, args)?;
    if accepted.is_empty() {
        output::remark("nothing was accepted; the baseline is as it was");
        return Ok(Exit::Done);
    }
    let wanted = |system: &str, article: &str| accepted.contains(&(system.to_owned(), article.to_owned()));
    let before = reports.baseline()?;
    let taken = accept::part(&plan, &reports, &folder, &record, before, &wanted, args.message.as_deref())?;
    output::remark(&format!("accepted {} into {}", count(taken, "item"), reports.baseline_path().display()));
    Ok(Exit::Done)
}

/// What a run changed against a baseline, worst first.
pub fn changes(
    reports: &Reports,
    snapshot: &Snapshot,
    folder: &RunFolder,
    record: &RunRecord,
) -> anyhow::Result<Vec<Changed>> {
    let baseline = Side::of_baseline("baseline", snapshot, &reports.baseline_outputs()?, |_| true);
    let candidate = |id: &str| record.systems.iter().any(|s| s.id == id && s.kind == SystemKind::Candidate);
    let sides = Side::of_run("run", record, folder.items()?, candidate)
        .with_context(|| format!("failed to read the items of {}", folder.path().display()))?;
    Ok(review(&baseline, &sides, &record.metrics))
}

/// All changes, and the commands that accept and reject them.
fn list(changed: &[Changed], run: &str, args: &ReviewArgs) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    let suite = args.suite.suite.display().to_string();
    let suite = if suite == "epitome.toml" { String::new() } else { format!(" --suite {}", quoted(&suite)) };
    for (at, item) in changed.iter().enumerate() {
        writeln!(out, "{}", render(item, at + 1, changed.len(), surface(args.width)))?;
        let (dataset, id) = item.article.split_once('/').unwrap_or(("", &item.article));
        let only = [format!("system={}", item.system), format!("dataset={dataset}"), format!("id={id}")];
        let only: String = only.iter().map(|only| format!(" --only {}", quoted(&literal(only)))).collect();
        writeln!(out, "  accept it: epitome accept {run}{suite}{only}\n")?;
    }
    writeln!(out, "accept all: epitome accept {run}{suite}")?;
    writeln!(out, "reject all: epitome reject {run}{suite}")?;
    Ok(())
}

/// A name as a glob that matches it alone.
fn literal(name: &str) -> String {
    name.chars().flat_map(|c| if "*?[]{}\\".contains(c) { vec!['[', c, ']'] } else { vec![c] }).collect()
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "=@.-_/:,+".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Shows item after item and asks; what was accepted, by system and article.
fn walk(changed: &[Changed], args: &ReviewArgs) -> anyhow::Result<BTreeSet<(String, String)>> {
    let mut accepted = BTreeSet::new();
    let mut rest: Option<Choice> = None;
    let mut lines = std::io::stdin().lock().lines();
    let mut out = anstream::stdout();
    for (at, item) in changed.iter().enumerate() {
        let choice = match rest {
            Some(choice) => choice,
            None => {
                writeln!(out, "\n{}", render(item, at + 1, changed.len(), surface(args.width)))?;
                let Some((choice, all)) = ask(&mut out, &mut lines)? else { break };
                if all {
                    rest = Some(choice);
                }
                choice
            }
        };
        if choice == Choice::Accept {
            accepted.insert((item.system.clone(), item.article.clone()));
        }
    }
    Ok(accepted)
}

/// Asks until an answer is understood; nothing where the reviewer stops.
fn ask(
    out: &mut impl Write,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> anyhow::Result<Option<(Choice, bool)>> {
    loop {
        write!(out, "[a]ccept  [r]eject  [s]kip   for all the rest: [A] [R] [S]   [q]uit, then Enter > ")?;
        out.flush()?;
        let Some(line) = lines.next().transpose()? else { return Ok(None) };
        let answer = match line.trim() {
            "a" => (Choice::Accept, false),
            "r" => (Choice::Reject, false),
            "s" | "" => (Choice::Skip, false),
            "A" => (Choice::Accept, true),
            "R" => (Choice::Reject, true),
            "S" => (Choice::Skip, true),
            "q" => return Ok(None),
            other => {
                writeln!(out, "`{other}` is none of a, r, s, A, R, S and q")?;
                continue;
            }
        };
        return Ok(Some(answer));
    }
}
