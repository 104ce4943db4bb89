//! `epitome init`: a suite to start from.

mod from;
mod suite;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{Exit, Global, output};

/// Write a suite to start from
#[derive(Debug, Args)]
#[command(
    long_about = "Write a suite to start from: a commented epitome.toml with two small articles, or, with --from, one \
    that evaluates your own data. The columns of FILE are guessed, shown with three rows as they were understood, and \
    written into the suite, where they can be corrected.",
    after_help = "Examples:\n  epitome init\n  epitome init --from export.csv\n  \
    epitome init --from export.tsv.gz --id nid --source body --references ref_wang,ref_li --encoding big5"
)]
pub struct InitArgs {
    /// An export to evaluate: .jsonl, .json, .csv, .tsv or .parquet, or a folder of texts
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The column of ids, where the guess is wrong
    #[arg(long, value_name = "COLUMN", requires = "from")]
    id: Option<String>,
    /// The column of articles, likewise
    #[arg(long, value_name = "COLUMN", requires = "from")]
    source: Option<String>,
    /// The columns of references, likewise; each is an annotator
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "from")]
    references: Vec<String>,
    /// The encoding of FILE, likewise
    #[arg(long, value_name = "LABEL", requires = "from")]
    encoding: Option<String>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

/// The suite's name.
const SUITE: &str = "epitome.toml";

/// What the starter suite consists of.
const STARTER: &[(&str, &str)] = &[
    (SUITE, include_str!("init/starter/epitome.toml")),
    ("datasets/example/ferry.md", include_str!("init/starter/articles/ferry.md")),
    ("datasets/example/library.md", include_str!("init/starter/articles/library.md")),
    ("references/example/ferry.toml", include_str!("init/starter/references/ferry.toml")),
    ("references/example/library.toml", include_str!("init/starter/references/library.toml")),
];

/// Carries the command out.
pub fn run(args: &InitArgs, global: &Global) -> anyhow::Result<Exit> {
    match &args.from {
        Some(file) => {
            refuse_existing(&[SUITE], args.force)?;
            let understood = from::understand(file, args)?;
            from::print(&understood)?;
            write(&[(SUITE, &suite::text(&understood))], global)?;
        }
        None => {
            let names: Vec<&str> = STARTER.iter().map(|(name, _)| *name).collect();
            refuse_existing(&names, args.force)?;
            write(STARTER, global)?;
        }
    }
    Ok(Exit::Done)
}

/// An error where files would be overwritten that nobody said may be.
fn refuse_existing(names: &[&str], force: bool) -> anyhow::Result<()> {
    let existing: Vec<&str> = names.iter().copied().filter(|name| Path::new(name).exists()).collect();
    if !force && !existing.is_empty() {
        let (verb, it) = if existing.len() == 1 { ("exists", "it") } else { ("exist", "them") };
        bail!("{} {verb} already; --force replaces {it}", existing.join(", "));
    }
    Ok(())
}

/// Writes files, and what is not to be committed into `.gitignore`; says so.
fn write(files: &[(&str, &str)], global: &Global) -> anyhow::Result<()> {
    let mut written = Vec::new();
    for (name, text) in files {
        let path = Path::new(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        fs::write(path, text).with_context(|| format!("cannot write {name}"))?;
        written.push(*name);
    }
    if ignore()? {
        written.push(".gitignore");
    }
    if !global.quiet {
        output::remark(&format!("wrote {}; next: epitome run", written.join(", ")));
    }
    Ok(())
}

/// Adds the lines of our `.gitignore` that the folder's own does not have; whether there were any.
fn ignore() -> anyhow::Result<bool> {
    let ours = include_str!("init/starter/gitignore");
    let existing = match fs::read_to_string(".gitignore") {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context("cannot read .gitignore"),
    };
    let has = |line: &str| existing.lines().any(|other| other.trim() == line);
    if ours.lines().filter(|line| !line.starts_with('#')).all(has) {
        return Ok(false);
    }
    let gap = match existing.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let added: String = ours.lines().filter(|line| !has(line)).map(|line| format!("{line}\n")).collect();
    fs::write(".gitignore", format!("{existing}{gap}{added}")).context("cannot write .gitignore")?;
    Ok(true)
}
