//! `epitome schema`: JSON schemas of what epitome reads and writes.

use std::io::Write;

use clap::{Args, ValueEnum};
use epitome::config::file::SuiteFile;
use epitome::model::baseline::Snapshot;
use epitome::model::record::{ItemRecord, RunRecord};
use epitome::model::{Article, Decision, Fact, Output, Reference};
use epitome::report::View;
use schemars::{Schema, schema_for};

use super::{Exit, Global};

/// Print the JSON schema of a format that epitome reads or writes
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome schema suite > epitome.schema.json")]
pub struct SchemaArgs {
    /// The format
    #[arg(value_enum, default_value_t)]
    format: Document,
}

/// The formats that have a schema.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Document {
    /// epitome.toml
    #[default]
    Suite,
    /// A row of articles
    Article,
    /// A row of references
    Reference,
    /// A fact of a checklist
    Fact,
    /// A decision: a person's ruling in place of the matcher's
    Decision,
    /// A line of outputs, as `replay` reads them
    Output,
    /// run.json
    Run,
    /// A line of items.jsonl
    Item,
    /// baseline.json
    Baseline,
    /// report.json
    Report,
}

/// Carries the command out.
pub fn run(args: &SchemaArgs, _global: &Global) -> anyhow::Result<Exit> {
    let schema: Schema = match args.format {
        Document::Suite => schema_for!(SuiteFile),
        Document::Article => schema_for!(Article),
        Document::Reference => schema_for!(Reference),
        Document::Fact => schema_for!(Fact),
        Document::Decision => schema_for!(Decision),
        Document::Output => schema_for!(Output),
        Document::Run => schema_for!(RunRecord),
        Document::Item => schema_for!(ItemRecord),
        Document::Baseline => schema_for!(Snapshot),
        Document::Report => schema_for!(View),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    writeln!(out)?;
    Ok(Exit::Done)
}
