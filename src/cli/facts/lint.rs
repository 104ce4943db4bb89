//! `epitome facts lint`: what is wrong with the checklists of a suite.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use epitome::dataset::Dataset;
use epitome::fact::Context;
use epitome::fact::lint::{Kind, lint};
use epitome::model::count;
use owo_colors::OwoColorize;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::super::render::TableFormat;
use super::super::{Exit, Global, output, suite};

/// Look through checklists: facts that their article does not say, duplicates, what annotators drop
///
/// Each fact is held against its own article and references as a summary would be. What is found stands with file and
/// line:
///
///   unborne       the fact's own article does not say it, or says otherwise
///   duplicate     another fact of the article says the same
///   must-dropped  a `must` fact that a reference leaves out
///   unkept        no reference keeps it
///   draft         nobody has read it yet; it counts in no figure
///   stale         a decision on a fact or article that is no more
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  epitome facts lint\n  epitome facts lint --fail-on unborne,duplicate\n\n\
        Exits 0 whatever is found, 1 where --fail-on names a kind that was, 2 where the input cannot be read (a fact of an \
        unknown article, two facts of one id)."
)]
pub struct LintArgs {
    /// The suite, or the folder that holds its epitome.toml
    #[arg(default_value = "epitome.toml")]
    suite: PathBuf,
    /// The suite, as the other commands take it
    #[arg(long = "suite", value_name = "FILE", conflicts_with = "suite")]
    named: Option<PathBuf>,
    /// Only this dataset; may be repeated
    #[arg(long, value_name = "D")]
    dataset: Vec<String>,
    /// Fail where something of these kinds is found
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND")]
    fail_on: Vec<FailOn>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Any,
    Unborne,
    Duplicate,
    MustDropped,
    Unkept,
    Draft,
    Stale,
}

impl FailOn {
    fn names(self, kind: &str) -> bool {
        match self {
            FailOn::Any => true,
            other => other.to_possible_value().is_some_and(|value| value.get_name() == kind),
        }
    }
}

/// A finding with its place.
struct Line {
    kind: &'static str,
    dataset: String,
    place: String,
    article: String,
    fact: String,
    message: String,
}

/// Carries the command out.
pub fn run(args: &LintArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(args.named.as_ref().unwrap_or(&args.suite), global)?;
    if let Some(unknown) = args.dataset.iter().find(|name| !plan.datasets.iter().any(|d| d.name == **name)) {
        let known: Vec<&str> = plan.datasets.iter().map(|d| d.name.as_str()).collect();
        anyhow::bail!("the suite has no dataset `{unknown}`; it has {}", known.join(", "));
    }
    let (mut lines, mut facts, mut broken) = (Vec::new(), 0, false);
    for spec in plan.datasets.iter().filter(|d| args.dataset.is_empty() || args.dataset.contains(&d.name)) {
        // What cannot be read at all is told of one dataset, and the others are looked through all the same.
        match Dataset::open(spec, &plan.root) {
            Ok(dataset) => facts += look(&dataset, &mut lines)?,
            Err(error) => {
                output::error(&error.to_string());
                broken = true;
            }
        }
    }
    print(args, &lines, facts)?;
    let named = lines.iter().any(|line| args.fail_on.iter().any(|fail| fail.names(line.kind)));
    let found = if named { Exit::GateFailed } else { Exit::Done };
    Ok(if broken { found.worst(Exit::Usage) } else { found })
}

/// Looks through a dataset's checklists, and says how many facts they hold.
fn look(dataset: &Dataset, lines: &mut Vec<Line>) -> anyhow::Result<usize> {
    const CHUNK: usize = 128;
    let mut facts = 0;
    let mut entries = dataset.entries()?;
    loop {
        let chunk: Vec<_> = entries.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        facts += chunk.iter().map(|entry| entry.facts.len()).sum::<usize>();
        let found: Vec<Vec<Line>> = chunk.par_iter().map(|entry| of_article(dataset, entry)).collect();
        lines.extend(found.into_iter().flatten());
    }
    for written in dataset.decisions() {
        let decision = &written.decision;
        let reason = match &decision.fact {
            _ if !dataset.has_article(&decision.article) => "a decision on an article that the dataset does not hold",
            Some(fact) if dataset.fact_place(&decision.article, fact).is_none() => {
                "a decision on a fact that the checklist does not hold"
            }
            _ => continue,
        };
        lines.push(Line {
            kind: "stale",
            dataset: dataset.name().to_owned(),
            place: dataset.shown(&written.place),
            article: decision.article.clone(),
            fact: decision.subject().to_owned(),
            message: reason.to_owned(),
        });
    }
    Ok(facts)
}

fn of_article(dataset: &Dataset, entry: &epitome::dataset::Entry) -> Vec<Line> {
    let context = Context {
        source: Some(&entry.article.source),
        source_lang: entry.article.lang.as_ref(),
        date: entry.article.date.as_deref(),
    };
    let references: Vec<&str> = entry.references.iter().map(|r| r.summary.as_str()).collect();
    let id = &entry.article.id;
    let place = |fact: usize| {
        let place = dataset.fact_place(id, &entry.facts[fact].id);
        place.map(|place| dataset.shown(place)).unwrap_or_default()
    };
    let line = |found: epitome::fact::lint::Finding| Line {
        kind: found.kind.as_str(),
        dataset: dataset.name().to_owned(),
        place: place(found.fact),
        article: id.clone(),
        fact: entry.facts[found.fact].id.clone(),
        message: match found.other {
            Some(other) => format!("{} ({})", found.message, place(other)),
            None => found.message,
        },
    };
    lint(&context, &entry.facts, &references).into_iter().map(line).collect()
}

fn print(args: &LintArgs, lines: &[Line], facts: usize) -> anyhow::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        *counts.entry(line.kind).or_default() += 1;
    }
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let finding = |line: &Line| -> Value {
            let Line { kind, dataset, place, article, fact, message } = line;
            json!({ "kind": kind, "dataset": dataset, "place": place, "article": article, "fact": fact, "message": message })
        };
        let findings: Vec<Value> = lines.iter().map(finding).collect();
        let document = json!({ "schema": "epitome.lint/1", "facts": facts, "counts": counts, "findings": findings });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(());
    }
    for line in lines {
        let kind = match line.kind {
            kind if kind == Kind::Unborne.as_str() => kind.red().to_string(),
            kind => kind.yellow().to_string(),
        };
        writeln!(out, "{}: {kind}: {}: {}", line.place, line.fact, line.message)?;
    }
    let known = Kind::ALL.iter().map(|kind| kind.as_str()).chain(["stale"]);
    let counted: Vec<String> =
        known.filter_map(|kind| counts.get(kind).map(|count| format!("{count} {kind}"))).collect();
    let found = if counted.is_empty() { "nothing found".to_owned() } else { counted.join(", ") };
    writeln!(out, "{}: {found}", count(facts, "fact"))?;
    Ok(())
}
