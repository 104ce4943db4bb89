//! `epitome facts`: check, find, draft, lint and overrule facts.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use epitome::fact::{Context, Prepared, quantities};
use epitome::model::{Fact, FactReport, Lang, Quantity};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Exit, Global};

mod draft;
mod judge;
mod lint;

/// Check, find, draft, lint and overrule facts
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome facts check cases.jsonl --out verdicts.jsonl\n  echo '提供20億元援助' | epitome facts quantities --lang zh-TW\n  \
        epitome facts lint"
)]
pub struct FactsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(CheckArgs),
    Quantities(QuantitiesArgs),
    Draft(draft::DraftArgs),
    Lint(lint::LintArgs),
    Judge(judge::JudgeArgs),
}

/// Hold summaries against checklists and sources
///
/// A line of the input is a case: {"id", "lang"?, "source_lang"?, "date"?, "source"?, "facts": [{"id", "kind", "claim", …}],
/// "summary"}. The answer has a verdict for each fact and, where there is a source, for each quantity of the summary, in
/// the order of the input.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome facts check cases.jsonl --out verdicts.jsonl")]
struct CheckArgs {
    /// The cases, one JSON object a line; `-` is stdin
    cases: PathBuf,
    /// Where the answers go; `-` is stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// Find the quantities in texts, one text a line
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  echo '經濟總量接近30兆美元' | epitome facts quantities -")]
struct QuantitiesArgs {
    /// The texts, one a line; `-` is stdin
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The texts' language, region and all (zh-TW); decides what bare 元 is
    #[arg(long, value_name = "L")]
    lang: Option<String>,
}

/// Carries out `epitome facts`.
pub fn run(args: &FactsArgs, global: &Global) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Check(args) => check(args),
        Command::Quantities(args) => find(args),
        Command::Draft(args) => draft::run(args, global),
        Command::Lint(args) => lint::run(args, global),
        Command::Judge(args) => judge::run(args, global),
    }
}

/// An id as text; a whole number becomes its decimal.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

#[derive(Deserialize)]
struct Case {
    id: Option<Id>,
    lang: Option<Lang>,
    source_lang: Option<Lang>,
    date: Option<String>,
    source: Option<String>,
    #[serde(default)]
    facts: Vec<serde_json::Value>,
    summary: String,
}

#[derive(Serialize)]
struct Answer {
    id: String,
    #[serde(flatten)]
    report: FactReport,
}

#[derive(Serialize)]
struct Found<'a> {
    text: &'a str,
    quantities: Vec<Quantity>,
}

fn check(args: &CheckArgs) -> anyhow::Result<Exit> {
    let name = args.cases.display().to_string();
    lines_in_parallel(&args.cases, &args.out, |line, number| answer(line, &format!("{name}:{number}"), number))
}

/// The answer to a case, both as JSON; `place` is where errors say it stands, `number` the id of one that has none.
pub fn answer(line: &str, place: &str, number: usize) -> anyhow::Result<String> {
    let case: Case = serde_json::from_str(line).with_context(|| format!("{place}: not a case"))?;
    let facts = case
        .facts
        .into_iter()
        .enumerate()
        .map(|(i, value)| fact(value).with_context(|| format!("{place}: facts[{i}]")))
        .collect::<anyhow::Result<Vec<Fact>>>()?;
    let context = Context {
        source: case.source.as_deref().filter(|s| !s.trim().is_empty()),
        source_lang: case.source_lang.as_ref().or(case.lang.as_ref()),
        date: case.date.as_deref(),
    };
    let report = Prepared::new(&context, &facts).check(&case.summary, case.lang.as_ref());
    let id = match case.id {
        Some(Id::Text(id)) => id,
        Some(Id::Number(id)) => id.to_string(),
        None => number.to_string(),
    };
    Ok(serde_json::to_string(&Answer { id, report })?)
}

/// A fact as cases hold it: fields that the checklist does not know are passed over.
fn fact(value: serde_json::Value) -> anyhow::Result<Fact> {
    const KNOWN: [&str; 16] = [
        "article", "id", "kind", "claim", "group", "weight", "must", "status", "aliases", "accept", "any_of", "all_of",
        "none_of", "value", "unit", "claims",
    ];
    let serde_json::Value::Object(mut map) = value else {
        anyhow::bail!("a fact is an object with `id`, `kind` and `claim`")
    };
    map.retain(|key, value| KNOWN.contains(&key.as_str()) && !value.is_null());
    let fact: Fact = serde_json::from_value(serde_json::Value::Object(map))?;
    anyhow::ensure!(!fact.claim.trim().is_empty(), "fact `{}` has an empty claim", fact.id);
    Ok(fact)
}

fn find(args: &QuantitiesArgs) -> anyhow::Result<Exit> {
    let lang = args.lang.as_ref().map(Lang::new);
    lines_in_parallel(&args.file, Path::new("-"), |text, _| {
        Ok(serde_json::to_string(&Found { text, quantities: quantities(text, lang.as_ref(), None) })?)
    })
}

/// Answers every line of a file, in parallel by chunks, in the order of the input. Empty lines of JSON are passed over.
fn lines_in_parallel(
    input: &Path,
    output: &Path,
    answer: impl Fn(&str, usize) -> anyhow::Result<String> + Sync,
) -> anyhow::Result<Exit> {
    const CHUNK: usize = 512;
    let stdin = Path::new("-");
    let mut reader: Box<dyn BufRead> = if input == stdin {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(input).with_context(|| format!("failed to open {}", input.display()))?;
        Box::new(BufReader::with_capacity(1 << 16, file))
    };
    let mut writer: Box<dyn Write> = if output == stdin {
        Box::new(BufWriter::new(io::stdout().lock()))
    } else {
        let same = |path: &Path| path.canonicalize().ok();
        anyhow::ensure!(
            input == stdin || same(input).is_none() || same(input) != same(output),
            "`{}` is the input; give `--out` another file",
            output.display()
        );
        let file = File::create(output).with_context(|| format!("failed to create {}", output.display()))?;
        Box::new(BufWriter::new(file))
    };
    let mut number = 0;
    loop {
        let mut chunk: Vec<(usize, String)> = Vec::with_capacity(CHUNK);
        let mut ended = false;
        while chunk.len() < CHUNK {
            let mut bytes = Vec::new();
            if reader.read_until(b'\n', &mut bytes).with_context(|| format!("failed to read {}", input.display()))? == 0
            {
                ended = true;
                break;
            }
            number += 1;
            while matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.pop();
            }
            let line = String::from_utf8(bytes)
                .with_context(|| format!("{}:{number}: not UTF-8; convert the file first", input.display()))?;
            let line = if number == 1 { line.trim_start_matches('\u{feff}').to_owned() } else { line };
            if !line.trim().is_empty() {
                chunk.push((number, line));
            }
        }
        let answers: Vec<anyhow::Result<String>> =
            chunk.par_iter().map(|(number, line)| answer(line, *number)).collect();
        for line in answers {
            writeln!(writer, "{}", line?)?;
        }
        if ended {
            break;
        }
    }
    writer.flush()?;
    Ok(Exit::Done)
}
