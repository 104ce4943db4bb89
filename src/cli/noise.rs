//! `epitome noise`: how far does a system move by itself?

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::compare::noise::{noise, unsteady};
use epitome::compare::side::{Article, Side};
use epitome::model::count;
use epitome::model::record::RunRecord;
use epitome::report::layout::{left, right, width, wrap};
use owo_colors::OwoColorize;
use serde_json::json;

use super::render::{TableFormat, surface};
use super::suite::SuiteArg;
use super::{Exit, Global, suite};

/// How far a system's figures move by themselves: over its samples, or over repeated runs
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome noise desk@v7\n  epitome noise desk@v7 --runs 5\n\n\
    A difference between two versions that is smaller than this says nothing. Give the system `samples = 3` in the suite, or run \
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
    let mut left_out: Vec<(String, String)> = Vec::new();
    for name in reports.ids()?.iter().rev() {
        if runs.len() >= usize::from(args.runs) {
            break;
        }
        let (folder, record) = suite::find(&reports, name)?;
        if let Some(why) = unlike(&latest, &record, &id) {
            left_out.push((name.clone(), why));
            continue;
        }
        let place = || format!("failed to read the items of {}", folder.path().display());
        let sides = Side::of_run(name, &record, folder.items()?, |system| system == id).with_context(place)?;
        for side in sides {
            // What reads its outputs from a file writes nothing else by itself: someone edited them.
            let read = latest.systems.iter().any(|s| s.id == id && s.backend == "replay");
            match runs.first().filter(|first| read && !same_outputs(first, &side)) {
                Some(_) => left_out.push((name.clone(), "the outputs that it reads were edited".to_owned())),
                None => runs.push(side),
            }
        }
    }
    let made = noise(&runs, &latest.metrics);
    let (facts, asked) = unsteady(&runs);
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let left_out: Vec<_> = left_out.iter().map(|(run, why)| json!({ "run": run, "why": why })).collect();
        let document = json!({ "schema": "epitome.noise/1", "system": id, "asked": args.runs, "runs": runs.len(),
            "left_out": left_out, "scores": made, "facts": asked, "unsteady": facts });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    let wide = surface(None).width;
    let mut said: Vec<String> = left_out.iter().map(|(run, why)| format!("left out: {run}: {why}")).collect();
    if runs.len() < usize::from(args.runs) {
        said.push(format!("{} asked for: there are no more runs that had it as it is now", count(args.runs, "run")));
    }
    if made.is_empty() {
        let said: String = said.iter().map(|said| format!("\n  {said}")).collect();
        bail!(
            "`{id}` has one output an article in {}: give it `samples = 3` in the suite, or take several runs with \
             --runs after `epitome run --refresh`{said}",
            count(runs.len(), "run"),
        );
    }
    writeln!(out, "{}", format!("{id} against itself, {}", count(runs.len(), "run")).bold())?;
    for said in &said {
        wrap(said, wide.saturating_sub(2)).iter().try_for_each(|line| writeln!(out, "  {}", line.yellow()))?;
    }
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

/// Why a run did not have the system as the latest has it: its table in the suite, its prompt and scripts, the data, the
/// metrics. Nothing where all that shaped it and its scores is the same.
fn unlike(latest: &RunRecord, record: &RunRecord, id: &str) -> Option<String> {
    use serde_json::Value;
    let table = |record: &RunRecord| {
        let tables = record.plan.get("system").and_then(Value::as_array).cloned().unwrap_or_default();
        tables.into_iter().find(|t| t.get("name").and_then(Value::as_str) == Some(id))
    };
    if table(record).is_none() {
        return Some("it did not have the system".to_owned());
    }
    if table(record) != table(latest) {
        return Some("the suite described the system otherwise".to_owned());
    }
    let shape = |record: &RunRecord| record.plan.get("shape").and_then(|shape| shape.get(id)).cloned();
    if shape(record) != shape(latest) {
        return Some("its prompt or scripts were others".to_owned());
    }
    let signatures = |record: &RunRecord| {
        record.metrics.iter().map(|m| (m.name.clone(), m.signatures.clone())).collect::<BTreeMap<_, _>>()
    };
    if signatures(record) != signatures(latest) {
        return Some("its metrics were others, or computed otherwise".to_owned());
    }
    for now in &latest.datasets {
        let Some(then) = record.datasets.iter().find(|d| d.name == now.name) else {
            return Some(format!("it did not have the dataset {}", now.name));
        };
        let parts = [
            ("articles", then.source_hash == now.source_hash),
            ("references", then.reference_hash == now.reference_hash),
            ("checklists", then.fact_hash == now.fact_hash),
            ("decisions", then.decision_hash == now.decision_hash),
        ];
        if let Some((what, _)) = parts.iter().find(|(_, same)| !same) {
            return Some(format!("the {what} of {} were others", now.name));
        }
    }
    (record.datasets.len() > latest.datasets.len()).then(|| "it had more datasets".to_owned())
}

/// Whether two runs have the same outputs of the articles that both have.
fn same_outputs(first: &Side, second: &Side) -> bool {
    let written = |article: &Article| article.samples.iter().map(|sample| sample.summary.clone()).collect::<Vec<_>>();
    let both = second.articles.iter().filter_map(|(key, article)| Some((first.articles.get(key)?, article)));
    both.into_iter().all(|(a, b)| written(a) == written(b))
}
