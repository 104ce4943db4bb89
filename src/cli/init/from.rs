//! `epitome init --from FILE`: what an export holds, guessed, checked by loading it, and shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use epitome::dataset::infer::{Given, Guess, infer};
use epitome::dataset::rows::{self, Row};
use epitome::dataset::{self, Dataset, Entry, Fields, Problem, Spec};
use owo_colors::OwoColorize as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::InitArgs;

/// So many rows are looked at for the mapping.
const SAMPLE: usize = 500;

/// So many rows are shown as understood.
const SHOWN: usize = 3;

/// An export as it was understood.
pub struct Understood {
    /// The file as it was named.
    pub file: PathBuf,
    /// The dataset as the suite will have it.
    pub spec: Spec,
    /// How the columns were read.
    pub guess: Guess,
    /// Whether the encoding was guessed.
    pub encoding_guessed: bool,
    /// The whole of it, checked.
    pub dataset: Dataset,
}

/// Guesses an export's encoding and columns, and loads it to see that they hold.
pub fn understand(file: &Path, args: &InitArgs) -> anyhow::Result<Understood> {
    let given = Given { id: args.id.clone(), source: args.source.clone(), references: args.references.clone() };
    let first = match &args.encoding {
        Some(label) => label.clone(),
        None => encoding(file)?,
    };
    match attempt(file, &first, &given, args.encoding.is_none()) {
        // The first bytes may be ASCII alone, and what follows them not.
        Err(error) if args.encoding.is_none() => match later_guess(&error) {
            Some(label) => attempt(file, &label, &given, true).map_err(|_| error),
            None => Err(error),
        },
        understood => understood,
    }
}

/// The encoding that the first bytes look like, as suites write it.
fn encoding(file: &Path) -> anyhow::Result<String> {
    if !file.exists() {
        return Err(anyhow!("{}: no such file or folder", file.display()));
    }
    let label = dataset::guess_encoding(file)?.with_context(|| {
        format!("{}: cannot tell the encoding; name it with --encoding, such as --encoding big5", file.display())
    })?;
    Ok(label.to_ascii_lowercase())
}

/// The encoding that malformed bytes met later look like.
fn later_guess(error: &anyhow::Error) -> Option<String> {
    match &*error.downcast_ref::<dataset::DatasetError>()?.problem {
        Problem::Malformed(malformed) => malformed.guess.map(str::to_ascii_lowercase),
        _ => None,
    }
}

fn attempt(file: &Path, encoding: &str, given: &Given, encoding_guessed: bool) -> anyhow::Result<Understood> {
    // What was guessed to be UTF-8 is read as files are that say nothing, so that errors do not speak of `encoding`.
    let declared = Some(encoding).filter(|encoding| !(encoding_guessed && *encoding == "utf-8"));
    let sample: Vec<Row> = rows::open(file, declared, &Fields::default())?.take(SAMPLE).collect::<Result<_, _>>()?;
    if sample.is_empty() {
        return Err(anyhow!("{}: holds no article", file.display()));
    }
    let guess = infer(&sample, given).map_err(|unclear| {
        anyhow!("{}: {unclear}; name the right one with --{} COLUMN", file.display(), unclear.field)
    })?;
    let mut spec = Spec {
        name: name_of(file),
        articles: Some(file.to_owned()),
        encoding: declared.map(str::to_owned),
        fields: guess.fields.clone(),
        strip_html: guess.strip_html,
        date_format: guess.date_format.clone(),
        ..Spec::default()
    };
    let dataset = Dataset::open(&spec, Path::new(""))?;
    spec.encoding = Some(encoding.to_owned());
    Ok(Understood { file: file.to_owned(), spec, guess, encoding_guessed, dataset })
}

/// A dataset's name from its file's: what stands before the first dot.
fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "articles".to_owned() } else { name.to_lowercase() }
}

/// Shows how the export was understood: its encoding, its columns, and the first rows.
pub fn print(understood: &Understood) -> anyhow::Result<()> {
    let Understood { file, spec, guess, encoding_guessed, dataset } = understood;
    let mut out = anstream::stdout().lock();
    let summary = dataset.summary();
    let encoding = spec.encoding.as_deref().unwrap_or("utf-8");
    let guessed = if *encoding_guessed && encoding != "utf-8" { " (guessed)" } else { "" };
    let languages: Vec<String> = summary.languages.iter().map(|(tag, n)| format!("{n} {tag}")).collect();
    writeln!(
        out,
        "{}: {} {}, {} {}, {encoding}{guessed}; by language: {}",
        file.display().bold(),
        summary.articles,
        plural(summary.articles, "article"),
        summary.references,
        plural(summary.references, "reference"),
        languages.join(", "),
    )?;
    let mut fields: Vec<&str> = guess.roles.iter().map(|(field, _)| *field).collect();
    fields.dedup();
    for field in fields {
        let columns: Vec<&str> =
            guess.roles.iter().filter(|(role, _)| *role == field).map(|(_, column)| column.as_str()).collect();
        let note = match field {
            "source" if guess.strip_html => ", HTML, of which the text is taken".to_owned(),
            "date" => guess.date_format.as_ref().map(|f| format!(", written as {f}")).unwrap_or_default(),
            _ => String::new(),
        };
        let by_content = if guess.by_content.contains(&field) { ", by its content" } else { "" };
        writeln!(out, "  {field:<12}{}{note}{by_content}", columns.join(", "))?;
    }
    if !guess.unread.is_empty() {
        writeln!(out, "  {:<12}{}", "unread", guess.unread.join(", ").dimmed())?;
    }
    if !guess.date_formats.is_empty() {
        writeln!(out, "  dates may be {}: say which in the suite", guess.date_formats.join(" or "))?;
    }
    writeln!(out)?;
    for entry in dataset.entries()?.take(SHOWN) {
        show(&mut out, &entry?)?;
    }
    for warning in dataset.warnings() {
        crate::cli::output::warning(warning);
    }
    Ok(())
}

fn show(out: &mut impl std::io::Write, entry: &Entry) -> std::io::Result<()> {
    let Entry { article, references, .. } = entry;
    let lang = article.lang.as_ref().map(ToString::to_string).unwrap_or_default();
    let head: Vec<&str> = [Some(lang.as_str()), article.date.as_deref()].into_iter().flatten().collect();
    writeln!(out, "{}  {}", article.id.bold(), head.join("  "))?;
    if let Some(title) = &article.title {
        writeln!(out, "  {:<12}{}", "title", shortened(title))?;
    }
    let length = article.source.chars().count();
    writeln!(out, "  {:<12}{} ({length} characters)", "source", shortened(&article.source))?;
    for reference in references {
        let annotator = reference.annotator.as_deref().unwrap_or("reference");
        let gap = " ".repeat(12usize.saturating_sub(annotator.width()).max(1));
        writeln!(out, "  {annotator}{gap}{}", shortened(&reference.summary))?;
    }
    Ok(())
}

/// The beginning of a text, in one line of at most 60 terminal cells.
fn shortened(text: &str) -> String {
    const CELLS: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.width() <= CELLS {
        return line;
    }
    let mut cells = 0;
    let mut short: String = line
        .chars()
        .take_while(|c| {
            cells += c.width().unwrap_or(0);
            cells < CELLS
        })
        .collect();
    short.push('…');
    short
}

fn plural(n: u64, noun: &str) -> String {
    if n == 1 { noun.to_owned() } else { format!("{noun}s") }
}
