//! `epitome cache`: the outputs that are kept.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use epitome::config::file::Age;
use epitome::model::count;
use epitome::store::OutputStore;
use epitome::store::outputs::Kept;
use serde_json::json;

use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// List, check and move the outputs that are kept of command and http systems
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome cache list\n  epitome cache verify\n  epitome cache prune --older-than 90d\n  epitome cache export kept.jsonl"
)]
pub struct CacheArgs {
    #[command(flatten)]
    suite: SuiteArg,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print what is kept, and how much of it
    List {
        /// What to print
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Take away what is older than an age
    Prune {
        /// The age: 12h, 30d
        #[arg(long, value_name = "AGE", value_parser = age)]
        older_than: Age,
    },
    /// Check every entry against its hash, and set damaged ones aside
    Verify,
    /// Write every entry as a line of JSON
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Take in what `export` wrote
    Import {
        /// The file to read
        file: PathBuf,
    },
}

fn age(text: &str) -> Result<Age, String> {
    text.parse()
}

/// Carries the command out.
pub fn run(args: &CacheArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let store = OutputStore::new(&plan.store);
    match &args.action {
        Action::List { format } => list(&store, *format)?,
        Action::Prune { older_than } => prune(&store, *older_than)?,
        Action::Verify => return verify(&store),
        Action::Export { file } => {
            let place = || format!("failed to write {}", file.display());
            let mut into = BufWriter::new(File::create(file).with_context(place)?);
            let written = store.export(&mut into)?;
            into.flush().with_context(place)?;
            output::remark(&format!("wrote {} to {}", count(written, "entry"), file.display()));
        }
        Action::Import { file } => import(&store, file)?,
    }
    Ok(Exit::Done)
}

fn list(store: &OutputStore, format: TableFormat) -> anyhow::Result<()> {
    let entries = store.entries()?;
    let mut out = std::io::stdout().lock();
    let age = |kept: &Kept| now().saturating_sub(kept.made);
    if format == TableFormat::Json {
        let entry = |e: &epitome::store::outputs::Listed| json!({ "entry": e.hash, "backend": e.backend, "article": e.article, "bytes": e.bytes, "age_seconds": e.output.as_ref().map(age), "damaged": e.output.is_none() });
        serde_json::to_writer_pretty(&mut out, &entries.iter().map(entry).collect::<Vec<_>>())?;
        writeln!(out)?;
        return Ok(());
    }
    for entry in &entries {
        let what = match &entry.output {
            Some(kept) => {
                let time = jiff::Timestamp::from_second(kept.made.cast_signed()).unwrap_or_default();
                let opening: String = match &kept.scores {
                    Some(scores) => scores.iter().map(|(field, value)| format!("{field} {value} ")).collect(),
                    None => kept.summary.chars().take(24).chain(['…']).collect(),
                };
                format!("{time}  {:<8} {}  {}", entry.backend, entry.article, opening.trim_end())
            }
            None => "damaged; `epitome cache verify` sets it aside".to_owned(),
        };
        writeln!(out, "{}  {what}", &entry.hash[..16.min(entry.hash.len())])?;
    }
    let bytes: u64 = entries.iter().map(|e| e.bytes).sum();
    writeln!(out, "{}, {} KB, in {}", count(entries.len(), "output"), bytes / 1000, store.root().display())?;
    Ok(())
}

fn prune(store: &OutputStore, older_than: Age) -> anyhow::Result<()> {
    store.clear_journals()?;
    let mut removed = 0;
    for entry in store.entries()? {
        if entry.output.as_ref().is_some_and(|kept| now().saturating_sub(kept.made) > older_than.0) {
            store.remove(&entry)?;
            removed += 1;
        }
    }
    output::remark(&format!("took away {}", count(removed, "output")));
    Ok(())
}

fn verify(store: &OutputStore) -> anyhow::Result<Exit> {
    let entries = store.entries()?;
    let damaged: Vec<_> = entries.iter().filter(|entry| entry.output.is_none()).collect();
    for entry in &damaged {
        let aside = store.set_aside(entry)?;
        output::warning(&format!("{} is damaged; set aside as {}", entry.hash, aside.display()));
    }
    output::remark(&format!("{}, {} damaged", count(entries.len(), "output"), damaged.len()));
    Ok(if damaged.is_empty() { Exit::Done } else { Exit::GateFailed })
}

fn import(store: &OutputStore, file: &PathBuf) -> anyhow::Result<()> {
    let place = || format!("failed to read {}", file.display());
    let (mut taken, mut there) = (0, 0);
    for (number, line) in BufReader::new(File::open(file).with_context(place)?).lines().enumerate() {
        if store.import(&line.with_context(place)?, file, number + 1)? { taken += 1 } else { there += 1 }
    }
    output::remark(&format!("took in {}; {there} there already", count(taken, "entry")));
    Ok(())
}

/// Seconds since 1970.
fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}
