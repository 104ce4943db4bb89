//! `epitome facts draft`: checklists proposed from articles.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use epitome::config::Plan;
use epitome::dataset::{Dataset, Entry};
use epitome::fact::{self, Context, Drafted};
use epitome::model::{Fact, Lang, count};
use epitome::store::write_atomically;

use super::super::suite::{self, SuiteArg};
use super::super::{Exit, Global, output};

/// Propose a checklist from an article's text, or for every article of a dataset that has none
///
/// Enumerated points, figures with what they are said of, dates and parties, as the article words them. Prints the
/// checklist as TOML, each fact marked as a draft and with the article's line beside it. Read it, mend it, and remove
/// `status` from what you keep: drafts are reported and gate nothing.
///
/// With --dataset and --missing the checklists go where the suite reads them. What stands there is never overwritten: an
/// article that has any fact is passed over, and drafts are added behind what a file holds. Facts weigh as many
/// references as keep them, the heaviest first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome facts draft article.txt > references/news/article.toml\n  \
        epitome facts draft --dataset news --missing")]
pub struct DraftArgs {
    /// The articles: text or Markdown, front matter allowed; `-` is stdin
    #[arg(required_unless_present = "dataset")]
    articles: Vec<PathBuf>,
    /// Draft for a dataset of the suite
    #[arg(long, value_name = "D", requires = "missing", conflicts_with = "articles")]
    dataset: Option<String>,
    /// For its articles without a checklist
    #[arg(long, requires = "dataset")]
    missing: bool,
    /// The articles' language, region and all (zh-TW)
    #[arg(long, value_name = "L", conflicts_with = "dataset")]
    lang: Option<String>,
    /// The day of writing (YYYY-MM-DD), which anchors relative dates
    #[arg(long, value_name = "DAY", conflicts_with = "dataset")]
    date: Option<String>,
    /// At most this many facts an article
    #[arg(long, value_name = "N", alias = "limit", default_value_t = fact::MOST)]
    max: usize,
    #[command(flatten)]
    suite: SuiteArg,
}

/// Carries the command out.
pub fn run(args: &DraftArgs, global: &Global) -> anyhow::Result<Exit> {
    match &args.dataset {
        Some(dataset) => missing(args, dataset, global),
        None => articles(args),
    }
}

fn articles(args: &DraftArgs) -> anyhow::Result<Exit> {
    let lang = args.lang.as_ref().map(Lang::new);
    let mut out = io::stdout().lock();
    for path in &args.articles {
        let text = if path == Path::new("-") {
            io::read_to_string(io::stdin()).context("failed to read stdin")?
        } else {
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?
        };
        let text = text.trim_start_matches('\u{feff}');
        let (skipped, body) = body(text);
        ensure!(!body.trim().is_empty(), "{}: the article is empty", path.display());
        let context = Context { source: Some(body), source_lang: lang.as_ref(), date: args.date.as_deref() };
        let drafted = fact::draft(&context, &[], args.max);
        if drafted.is_empty() {
            output::warning(&format!("{}: nothing to propose was found", path.display()));
        }
        writeln!(out, "# Drafted from {}; not yet read by a person.", path.display())?;
        write!(out, "{}", tables(&drafted, 0, skipped, None)?)?;
    }
    Ok(Exit::Done)
}

/// The text behind the front matter of the folder form, and how many lines stand before it.
fn body(text: &str) -> (usize, &str) {
    let Some(rest) = text.strip_prefix("+++\n") else { return (0, text) };
    match rest.split_once("\n+++\n") {
        Some((matter, body)) => (matter.lines().count() + 2, body),
        None => (0, text),
    }
}

/// Drafted facts as TOML, each below the line of the article that it comes from.
fn tables(drafted: &[Drafted], references: usize, skipped: usize, article: Option<&str>) -> anyhow::Result<String> {
    let mut text = String::new();
    for draft in drafted {
        let sentence: String = draft.sentence.chars().take(200).collect();
        write!(text, "\n# line {}: {sentence}", draft.line + skipped)?;
        if references > 0 {
            write!(text, "\n# kept by {} of {references} references", draft.kept)?;
        }
        let table = toml::to_string(&belonging(draft, article))?;
        writeln!(text, "\n[[fact]]\n{}", table.trim_end())?;
    }
    Ok(text)
}

fn belonging(draft: &Drafted, article: Option<&str>) -> Fact {
    Fact { article: article.unwrap_or_default().to_owned(), ..draft.fact.clone() }
}

/// Where a dataset's drafts go.
enum Target {
    /// A folder of `<id>.toml`.
    Folder(PathBuf),
    /// One file of all checklists, with its extension.
    File(PathBuf, &'static str),
}

fn target(plan: &Plan, dataset: &Dataset) -> anyhow::Result<Target> {
    let places = dataset.spec().resolve(&plan.root);
    let default = plan.root.join("references").join(dataset.name());
    let place = match (places.facts, places.references) {
        (Some(facts), _) => facts,
        (None, Some(references)) if references.is_dir() || ends(&references, "toml") => references,
        (None, None) => default,
        (None, Some(references)) => bail!(
            "the references of `{0}` are in {1}, where no checklist can stand; write `facts = \"facts/\"` in the dataset's \
             table, make that folder, and draft again",
            dataset.name(),
            references.display()
        ),
    };
    if place.is_dir() || !place.exists() && place.extension().is_none() {
        return Ok(Target::Folder(place));
    }
    for extension in ["toml", "jsonl", "csv", "tsv"] {
        if ends(&place, extension) {
            return Ok(Target::File(place, extension));
        }
    }
    bail!("{}: drafts can be added to a folder, .toml, .jsonl, .csv or .tsv", place.display())
}

fn ends(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

fn missing(args: &DraftArgs, name: &str, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let spec = plan.datasets.iter().find(|d| d.name == name).with_context(|| {
        let known: Vec<&str> = plan.datasets.iter().map(|d| d.name.as_str()).collect();
        format!("the suite has no dataset `{name}`; it has {}", known.join(", "))
    })?;
    let dataset = Dataset::open(spec, &plan.root)?;
    let target = target(&plan, &dataset)?;
    let (mut drafted, mut facts, mut passed) = (0, 0, 0);
    let mut added = String::new();
    for entry in dataset.entries()? {
        let entry = entry?;
        if !entry.facts.is_empty() {
            passed += 1;
            continue;
        }
        let references: Vec<&str> = entry.references.iter().map(|r| r.summary.as_str()).collect();
        let context = Context {
            source: Some(&entry.article.source),
            source_lang: entry.article.lang.as_ref(),
            date: entry.article.date.as_deref(),
        };
        let proposed = fact::draft(&context, &references, args.max);
        if proposed.is_empty() {
            output::warning(&format!("{}: nothing to propose was found", entry.article.id));
            continue;
        }
        drafted += 1;
        facts += proposed.len();
        match &target {
            Target::Folder(folder) => into_folder(folder, &entry, &proposed)?,
            Target::File(path, extension) => added += &lines(path, extension, &entry, &proposed)?,
        }
    }
    let place = match &target {
        Target::Folder(folder) => folder,
        Target::File(path, _) => {
            append(path, &added)?;
            path
        }
    };
    let mut out = io::stdout().lock();
    let articles = count(drafted, "article");
    let place = place.strip_prefix(".").unwrap_or(place).display();
    writeln!(out, "{} drafted for {articles} in {place}", count(facts, "fact"))?;
    match passed {
        0 => {}
        1 => writeln!(out, "1 article has a checklist and was passed over")?,
        n => writeln!(out, "{n} articles have a checklist and were passed over")?,
    }
    if drafted > 0 {
        output::remark(
            "read them, mend them, and remove `status` from what you keep; `epitome facts lint` looks them over",
        );
        if !plan.specs().any(|spec| spec.name == "facts") {
            output::remark("the suite does not ask for facts yet: add \"facts\" to `use` of [metrics]");
        }
    }
    Ok(Exit::Done)
}

/// Adds an article's drafts to its own file, behind what stands there.
fn into_folder(folder: &Path, entry: &Entry, proposed: &[Drafted]) -> anyhow::Result<()> {
    let id = &entry.article.id;
    ensure!(
        !id.contains(['/', '\\']) && !id.starts_with('.'),
        "article `{id}` cannot have a file of its name; keep its checklist in one file: `facts = \"facts.toml\"`"
    );
    let tables = tables(proposed, entry.references.len(), 0, None)?;
    append(&folder.join(format!("{id}.toml")), &format!("# Drafted from {id}; not yet read by a person.\n{tables}"))
}

/// An article's drafts as they stand in one file of all checklists.
fn lines(path: &Path, extension: &str, entry: &Entry, proposed: &[Drafted]) -> anyhow::Result<String> {
    let id = entry.article.id.as_str();
    match extension {
        "toml" => tables(proposed, entry.references.len(), 0, Some(id)),
        "jsonl" => {
            let line = |draft| Ok(serde_json::to_string(&belonging(draft, Some(id)))? + "\n");
            proposed.iter().map(line).collect()
        }
        _ => rows(path, if extension == "tsv" { b'\t' } else { b',' }, id, proposed),
    }
}

/// An article's drafts as rows under the file's own header.
fn rows(path: &Path, delimiter: u8, article: &str, proposed: &[Drafted]) -> anyhow::Result<String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_path(path)
        .with_context(|| format!("failed to read {}", path.display()))?;
    let header: Vec<String> =
        reader.headers()?.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    for column in ["article", "id", "kind", "claim", "weight", "status"] {
        ensure!(header.iter().any(|name| name == column), "{}:1: add a column `{column}` first", path.display());
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for draft in proposed {
        let value = serde_json::to_value(&draft.fact)?;
        let cell = |name: &String| match name.as_str() {
            "article" => article.to_owned(),
            "weight" => draft.fact.weight.to_string(),
            other => value.get(other).and_then(|v| v.as_str()).unwrap_or_default().to_owned(),
        };
        writer.write_record(header.iter().map(cell))?;
    }
    Ok(String::from_utf8(writer.into_inner().context("failed to write rows")?)?)
}

/// Adds text behind what a file holds; the file is written whole or not at all.
fn append(path: &Path, added: &str) -> anyhow::Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let mut text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", path.display())),
    };
    if !text.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        if ends(path, "toml") {
            text.push('\n');
        }
    }
    text += added;
    Ok(write_atomically(path, text.as_bytes())?)
}
