//! `epitome runs`: the runs that are there.

use std::io::Write;

use clap::{Args, Subcommand};
use epitome::model::count;
use serde_json::json;

use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// List the suite's runs, or take old ones away
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome runs list\n  epitome runs prune --keep 10")]
pub struct RunsArgs {
    #[command(flatten)]
    suite: SuiteArg,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the runs, newest first
    List {
        /// What to print
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Take away all but the newest, and what killed runs left
    Prune {
        /// How many to keep
        #[arg(long, value_name = "N")]
        keep: usize,
    },
}

/// Carries the command out.
pub fn run(args: &RunsArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let mut ids = reports.ids()?;
    ids.reverse();
    match args.action {
        Action::Prune { keep } => {
            for id in ids.iter().skip(keep) {
                std::fs::remove_dir_all(reports.folder().join(id))?;
            }
            let removed = ids.len().saturating_sub(keep);
            output::remark(&format!("took away {removed} run{}", if removed == 1 { "" } else { "s" }));
            let abandoned = reports.abandoned()?;
            for folder in &abandoned {
                std::fs::remove_dir_all(folder)?;
            }
            if !abandoned.is_empty() {
                output::remark(&format!("and what {} that came to no record had left", abandoned.len()));
            }
        }
        Action::List { format } => {
            let mut out = std::io::stdout().lock();
            let mut listed = Vec::new();
            for (back, id) in ids.iter().enumerate() {
                let record = reports.find(id)?.record()?;
                let complete = &record.complete;
                let part = match (&complete.filtered, complete.finished < complete.planned) {
                    (Some(filtered), _) => format!("part: {filtered}"),
                    (None, true) => format!("{} of {} items", complete.finished, complete.planned),
                    (None, false) => count(complete.finished, "item"),
                };
                if format == TableFormat::Table {
                    let name = if back == 0 { "latest".to_owned() } else { format!("latest~{back}") };
                    let names: Vec<&str> = record.systems.iter().map(|s| s.id.as_str()).collect();
                    writeln!(out, "{name:<10} {id}  {}; {part}", names.join(", "))?;
                }
                let (planned, finished) = (complete.planned, complete.finished);
                listed
                    .push(json!({ "id": id, "planned": planned, "finished": finished, "filtered": complete.filtered }));
            }
            if format == TableFormat::Json {
                serde_json::to_writer_pretty(&mut out, &listed)?;
                writeln!(out)?;
            } else if ids.is_empty() {
                output::remark("there is no run yet; `epitome run` makes one");
            }
        }
    }
    Ok(Exit::Done)
}
