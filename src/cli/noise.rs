//! `epitome noise`: how far does a system move by itself?

use std::io::Write;

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::compare::noise::{noise, unsteady};
use epitome::compare::side::Side;
use epitome::model::record::RunRecord;
use epitome::report::layout::{left, right, width};
use owo_colors::OwoColorize;
use serde_json::json;

use super::render::TableFormat;
use super::suite::SuiteArg;
use super::{Exit, Global, suite};

/// How far a system's figures move by themselves: over its samples, or over repeated runs
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome noise desk@v7\n  epitome noise desk@v7 --runs 5\n\n\
    A difference between two versions that is smaller than this says nothing. Give the system `samples = 3` in the suite, or run\n\
    it several times (`epitome run --refresh` asks again for what is kept) and name how many runs to take.")]
pub struct NoiseArgs {
    /// The system, by full name, or by name where it has one version
    system: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// Take the system's outputs of the last N runs that had it as it is now
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    runs: u16,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// Carries the command out.
pub fn run(args: &NoiseArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (_, latest) = suite::find(&reports, "latest")?;
    let named: Vec<&str> =
        latest.systems.iter().filter(|s| s.id == args.system || s.name == args.system).map(|s| s.id.as_str()).collect();
    let id = match named.as_slice() {
        [only] => (*only).to_owned(),
        several if several.contains(&args.system.as_str()) => args.system.clone(),
        [] => {
            let known: Vec<&str> = latest.systems.iter().map(|s| s.id.as_str()).collect();
            bail!("the latest run has no system `{}`; it has {}", args.system, known.join(", "))
        }
        several => bail!("`{}` could be {}; say which", args.system, several.join(" or ")),
    };
    let mut runs: Vec<Side> = Vec::new();
    for name in reports.ids()?.iter().rev() {
        if runs.len() >= usize::from(args.runs) {
            break;
        }
        let (folder, record) = suite::find(&reports, name)?;
        if !alike(&latest, &record, &id) {
            continue;
        }
        let place = || format!("failed to read the items of {}", folder.path().display());
        runs.extend(Side::of_run(name, &record, folder.items()?, |system| system == id).with_context(place)?);
    }
    let made = noise(&runs, &latest.metrics);
    let (facts, asked) = unsteady(&runs);
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let document = json!({ "schema": "epitome.noise/1", "system": id, "runs": runs.len(), "scores": made,
            "facts": asked, "unsteady": facts });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    if made.is_empty() {
        bail!(
            "`{id}` has one output an article in {} run{}: give it `samples = 3` in the suite, or take several runs with \
             --runs after `epitome run --refresh`",
            runs.len(),
            if runs.len() == 1 { "" } else { "s" }
        );
    }
    writeln!(out, "{}", format!("{id} against itself, {} run(s)", runs.len()).bold())?;
    let mut rows = vec![["", "articles", "outputs", "mean", "one article ±", "the figure ±"].map(str::to_owned)];
    for n in &made {
        rows.push([
            n.score.clone(),
            n.articles.to_string(),
            format!("{:.1}", n.outputs),
            format!("{:.4}", n.mean),
            format!("{:.4}", n.article),
            format!("{:.4}", n.figure),
        ]);
    }
    let wide = |c: usize| rows.iter().map(|row| width(&row[c])).max().unwrap_or(0);
    for (at, row) in rows.iter().enumerate() {
        let mut text = left(&row[0], wide(0));
        for (c, cell) in row.iter().enumerate().skip(1) {
            text += &format!("  {}", right(cell, wide(c)));
        }
        if at == 0 { writeln!(out, "  {}", text.dimmed())? } else { writeln!(out, "  {text}")? }
    }
    writeln!(
        out,
        "  one article ±: standard deviation of its score over outputs; the figure ±: two runs of the same system differ by less \
         in 19 of 20 cases"
    )?;
    if asked > 0 {
        writeln!(out, "\n{} of {asked} facts are not judged alike in every output", facts.len())?;
        for fact in facts.iter().take(10) {
            let (covered, missing, contradicted) = fact.verdicts;
            let line = format!(
                "{} {}: covered {covered}, missing {missing}, contradicted {contradicted}",
                fact.article, fact.fact
            );
            writeln!(out, "  {}", epitome::report::clean::line(&line))?;
        }
    }
    Ok(Exit::Done)
}

/// Whether a run had the system as the latest has it: its table in the suite, the data, the metrics.
fn alike(latest: &RunRecord, record: &RunRecord, id: &str) -> bool {
    let table = |record: &RunRecord| {
        let tables = record.plan.get("system").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        tables.into_iter().find(|t| t.get("name").and_then(serde_json::Value::as_str) == Some(id))
    };
    let signatures = |record: &RunRecord| record.metrics.iter().map(|m| m.signatures.clone()).collect::<Vec<_>>();
    let hashes = |record: &RunRecord| record.datasets.iter().map(|d| d.source_hash.clone()).collect::<Vec<_>>();
    table(record).is_some()
        && table(record) == table(latest)
        && signatures(record) == signatures(latest)
        && hashes(record) == hashes(latest)
}
