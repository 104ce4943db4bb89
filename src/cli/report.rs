//! `epitome report`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use epitome::report::{FORMATS, Format, Ui, ViewOptions, ui};
use epitome::store::RunFolder;

use super::render::Rendering;
use super::suite::SuiteArg;
use super::{Exit, Global, suite};

/// Render the record of a run again: the table, or files in other formats
#[derive(Debug, Args)]
#[command(after_help = "\
Without --format the table is printed. A RUN is a run id or the beginning of one, a path, `latest` or `latest~1`.

Examples:
  epitome report latest
  epitome report latest --format markdown --out - > comment.md
  epitome report reports/news/20260101-120000-ab12 --format markdown --out public/")]
pub struct ReportArgs {
    /// The run
    #[arg(default_value = "latest")]
    run: String,
    /// The formats, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = formats())]
    format: Vec<String>,
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
    /// Columns of the printed table [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// Leave out claims, quotes and reasons: scores, ids and counts only
    #[arg(long)]
    redact: bool,
}

fn formats() -> PossibleValuesParser {
    let value = |f: &&Format| clap::builder::PossibleValue::new(f.name).help(f.about);
    PossibleValuesParser::new(FORMATS.iter().map(value))
}

fn languages() -> PossibleValuesParser {
    PossibleValuesParser::new(ui::LANGUAGES.iter().map(Ui::tag))
}

/// Renders the record.
pub fn run(args: &ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let (folder, suite_worst) = find(args, global)?;
    let ui = Ui::find(&args.ui_lang).unwrap_or_else(Ui::english);
    let worst = args.worst.or(suite_worst);
    let options = ViewOptions { redact: args.redact, ui, ..ViewOptions::default() };
    let options = ViewOptions { worst: worst.unwrap_or(options.worst), ..options };
    let record = folder.record()?;
    let rendering = Rendering::of(&folder, &record, &options)?;
    if args.format.is_empty() {
        rendering.print(args.width)?;
        return Ok(Exit::Done);
    }
    if args.out.as_deref() == Some(Path::new("-")) {
        let [only] = args.format.as_slice() else {
            bail!("`--out -` prints one format, and {} are asked for; name a folder instead", args.format.len());
        };
        let bytes = rendering.bytes(only)?;
        io::stdout().lock().write_all(&bytes)?;
        return Ok(Exit::Done);
    }
    let out = args.out.as_deref().unwrap_or(folder.path());
    for path in rendering.write(&args.format, out)? {
        writeln!(io::stdout(), "{}", path.display())?;
    }
    Ok(Exit::Done)
}

/// The run of a name, and how many findings its suite wants listed where the suite was read to find it.
fn find(args: &ReportArgs, global: &Global) -> anyhow::Result<(RunFolder, Option<usize>)> {
    let path = Path::new(&args.run);
    if path.join("run.json").is_file() {
        return Ok((RunFolder::new(path), None));
    }
    let place = || format!("no run is at the path `{}`, and the suite that could name it fails", args.run);
    let plan = suite::load(&args.suite.suite, global).with_context(place)?;
    let folder = suite::reports(&plan).find(&args.run)?;
    Ok((folder, Some(plan.worst)))
}
