//! `epitome report`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use epitome::config::Plan;
use epitome::model::record::RunRecord;
use epitome::report::{self, FORMATS, Format, Redact, Ui, ViewOptions, ui};
use epitome::store::RunFolder;

use super::beside::Repository;
use super::render::Rendering;
use super::suite::SuiteArg;
use super::{Exit, Global, gate, since, suite};

/// Render the record of a run again: the table, or files in other formats
#[derive(Debug, Args)]
#[command(after_help = "\
Without --format the table is printed. A RUN is a run id or the beginning of one, a path, `latest` or `latest~1`.

Examples:
  epitome report latest
  epitome report latest --item sco-2025.en
  epitome report latest --format markdown --out - > comment.md
  epitome report reports/news/20260101-120000-ab12 --format markdown --out public/")]
pub struct ReportArgs {
    /// The run
    #[arg(default_value = "latest")]
    run: String,
    /// The formats, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = formats())]
    format: Vec<String>,
    /// Print one article instead: its source, every output with its facts and figures, and why; an id or DATASET/ID
    #[arg(long, value_name = "ID", conflicts_with = "format")]
    item: Option<String>,
    /// Give JUnit a test case an output, which fails where a fact is contradicted or a must fact is missing
    #[arg(long, requires = "format")]
    per_article: bool,
    /// Where the files go; `-` prints the only one [default: the run's folder]
    #[arg(long, value_name = "DIR", requires = "format")]
    out: Option<PathBuf>,
    #[command(flatten)]
    suite: SuiteArg,
    /// How many findings to list, worst first [default: the suite's, else 10]
    #[arg(long, value_name = "N")]
    worst: Option<usize>,
    /// The language that the report speaks
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = languages())]
    ui_lang: String,
    /// Columns of the printed table [default: COLUMNS, the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to leave out: texts (so that scores, ids and counts remain) or nothing [default: texts of private datasets]
    #[arg(long, value_enum)]
    redact: Option<RedactArg>,
}

/// What a report leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RedactArg {
    /// Claims, quotes, reasons, sources and outputs
    Text,
    /// Nothing, not even of private datasets
    None,
}

impl From<RedactArg> for Redact {
    fn from(arg: RedactArg) -> Redact {
        match arg {
            RedactArg::Text => Redact::All,
            RedactArg::None => Redact::Nothing,
        }
    }
}

fn formats() -> PossibleValuesParser {
    let value = |f: &&Format| clap::builder::PossibleValue::new(f.name).help(f.about);
    let absent =
        clap::builder::PossibleValue::new("parquet").help("every item with every score; needs the feature `parquet`");
    let absent = (report::format("parquet").is_none()).then_some(absent);
    PossibleValuesParser::new(FORMATS.iter().map(value).chain(absent))
}

pub(super) fn languages() -> PossibleValuesParser {
    PossibleValuesParser::new(ui::LANGUAGES.iter().map(Ui::tag))
}

/// Renders the record.
pub fn run(args: &ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let Found { folder, record, plan } = find(args, global)?;
    let ui = Ui::find(&args.ui_lang).unwrap_or_else(Ui::english);
    let worst = args.worst.or(plan.as_ref().map(|plan| plan.worst));
    let redact = args.redact.map_or(Redact::Private, Redact::from);
    let options = ViewOptions { redact, ui, per_article: args.per_article, ..ViewOptions::default() };
    let options = ViewOptions { worst: worst.unwrap_or(options.worst), ..options };
    let repository = plan.as_ref().map(|plan| Repository::new(plan, &record));
    let mut rendering = Rendering::of(&folder, &record, &options)?;
    if let Some(repository) = &repository {
        rendering = rendering.beside(repository);
    }
    if let Some(plan) = &plan {
        let reports = suite::reports(plan);
        rendering = rendering.against(&since::baseline(&reports, &folder, &record, ui)?);
        rendering = rendering.hold(&gate::all(plan, &args.suite, global, &folder, &record)?);
    }
    if let Some(id) = &args.item {
        rendering.print_item(id, args.width)?;
        return Ok(Exit::Done);
    }
    if args.format.is_empty() {
        rendering.print(args.width)?;
        return Ok(Exit::Done);
    }
    if args.out.as_deref() == Some(Path::new("-")) {
        let [only] = args.format.as_slice() else {
            bail!("`--out -` prints one format, and {} are asked for; name a folder instead", args.format.len());
        };
        io::stdout().lock().write_all(&rendering.bytes(only)?)?;
        return Ok(Exit::Done);
    }
    let out = args.out.as_deref().unwrap_or(folder.path());
    for path in rendering.write(&args.format, out)? {
        writeln!(io::stdout(), "{}", path.display())?;
    }
    Ok(Exit::Done)
}

/// A run with the suite that it belongs to, where that is at hand.
struct Found {
    folder: RunFolder,
    record: RunRecord,
    plan: Option<Plan>,
}

/// The run of a name. A path needs no suite; where the suite is there and the run is its own, its gates are shown.
fn find(args: &ReportArgs, global: &Global) -> anyhow::Result<Found> {
    let path = Path::new(&args.run);
    let is_path = path.join("run.json").is_file() || (path.ends_with("run.json") && path.is_file());
    if is_path && !suite::file(&args.suite.suite).is_file() {
        let folder = RunFolder::new(if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) });
        let record = folder.record()?;
        return Ok(Found { folder, record, plan: None });
    }
    let place = || format!("no run is at the path `{}`, and the suite that could name it fails", args.run);
    let loaded = suite::load(&args.suite.suite, global);
    let plan = if is_path { loaded? } else { loaded.with_context(place)? };
    let (folder, record) = suite::find(&suite::reports(&plan), &args.run)?;
    let own = plan.name == record.suite;
    Ok(Found { folder, record, plan: own.then_some(plan) })
}
