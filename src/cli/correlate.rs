//! `epitome correlate`: which metrics agree with the people who read the summaries?

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use epitome::correlate::{Agreement, CORRELATION_SCHEMA, Correlations, Rating, Ratings, Request, Scores, correlate};
use epitome::dataset::open_text;
use epitome::metric::{MetricRequest, build};
use epitome::model::{Direction, count};
use epitome::report::layout::{left, right, width, wrap};
use epitome::stats::agreement::Over;
use epitome::stats::correlation::Coefficient;
use epitome::stats::levels::Level;
use epitome::stats::paired::Options;
use owo_colors::OwoColorize;
use serde_json::json;

use super::render::{TableFormat, surface};
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Correlate metrics with human judgement: which agree with your editors, and which to gate on
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome correlate --scores latest --human ratings.jsonl\n  \
    epitome correlate --scores scores.jsonl --human ratings.jsonl --stats full\n\n\
    Scores: a run of the suite, or a file as its items.jsonl, of lines {\"id\",\"system\",\"scores\":{\"rouge1\":0.4}}. Ratings: lines \
    {\"id\",\"system\",\"annotator\"?,\"ratings\":{\"overall\":4}}; several annotators of a summary are averaged.\n\n\
    system: do metric and people rank systems alike? summary: do they rank the summaries of one article alike, in the mean over \
    articles? pooled: over all summaries at once. Intervals draw systems and articles anew (Deutsch et al. 2021).")]
pub struct CorrelateArgs {
    /// Scores of summaries by metrics: a file, or a run (an id, `latest` or `latest~1`)
    #[arg(long, value_name = "FILE|RUN")]
    scores: PathBuf,
    #[command(flatten)]
    suite: SuiteArg,
    /// What people said of the same summaries
    #[arg(long, value_name = "FILE")]
    human: PathBuf,
    /// Take only these metrics, or fields (`rouge1`, `facts.recall`)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    metrics: Vec<String>,
    /// Metrics of your own of which less is better; those of epitome's are known
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    lower: Vec<String>,
    /// The coefficient that decides
    #[arg(long, value_enum, default_value_t)]
    by: By,
    /// The level that decides [default: system from eight systems on, else summary]
    #[arg(long, value_enum)]
    level: Option<LevelArg>,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    stats: Stats,
    /// Resamples, and random arrangements of a test
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..))]
    resamples: u32,
    /// Columns of the text [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum By {
    Pearson,
    Spearman,
    #[default]
    KendallB,
    KendallC,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelArg {
    System,
    Summary,
    Pooled,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Stats {
    /// Correlations with intervals over systems and articles
    #[default]
    Plain,
    /// Intervals over systems, over articles and over both, and every pair of metrics
    Full,
}

/// Carries the command out.
pub fn run(args: &CorrelateArgs, global: &Global) -> anyhow::Result<Exit> {
    let mut scores = Scores::default();
    lines(&file_of_scores(args, global)?, |line| scores.line(line))?;
    scores.finish(&args.metrics);
    if scores.columns().next().is_none() {
        let known = if args.metrics.is_empty() { "no score" } else { "none of the metrics asked for" };
        bail!(
            "{}: it has {known}; lines are {{\"id\",\"system\",\"scores\":{{\"rouge1\":0.4}}}}",
            args.scores.display()
        );
    }
    let mut ratings = Ratings::default();
    lines(&args.human, |line| ratings.line(line, &scores))?;
    ratings.finish();
    let lower = lower(&scores, &args.lower)?;
    let level = args.level.map(|level| match level {
        LevelArg::System => Level::System,
        LevelArg::Summary => Level::Summary,
        LevelArg::Pooled => Level::Pooled,
    });
    let coefficient = match args.by {
        By::Pearson => Coefficient::Pearson,
        By::Spearman => Coefficient::Spearman,
        By::KendallB => Coefficient::KendallB,
        By::KendallC => Coefficient::KendallC,
    };
    let full = args.stats == Stats::Full || args.format == TableFormat::Json;
    let over = if full { Over::ALL.to_vec() } else { vec![Over::Both] };
    let options = Options { replicates: args.resamples as usize, seed: global.seed.unwrap_or(1), alpha: 0.05 };
    if !global.quiet && scores.items().len() * scores.columns().count() * args.resamples as usize > 20_000_000 {
        output::remark("correlating; large tables with many resamples take a while");
    }
    let made = correlate(&scores, &ratings, &Request { options, over, coefficient, level, lower });
    if made.items == 0 {
        bail!(
            "{} and {} have no summary in common: `id` and `system` must be the same in both",
            args.scores.display(),
            args.human.display()
        );
    }
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let document = json!({ "schema": CORRELATION_SCHEMA, "seed": options.seed, "resamples": args.resamples,
            "systems": made.systems, "articles": made.articles, "items": made.items, "left_out": made.left_out,
            "annotators": ratings.annotators, "ratings": made.ratings });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        show(&mut out, &made, &ratings, args)?;
    }
    Ok(Exit::Done)
}

/// The file that is named, or the items of the run that is.
fn file_of_scores(args: &CorrelateArgs, global: &Global) -> anyhow::Result<PathBuf> {
    let named = &args.scores;
    if named.exists() && !named.is_dir() {
        return Ok(named.clone());
    }
    let Some(run) = named.to_str().filter(|_| args.suite.suite.is_file()) else {
        bail!("--scores {}: no such file, and no suite here whose run it could be", named.display());
    };
    let reports = suite::reports(&suite::load(&args.suite.suite, global)?);
    let folder = reports.find(run).with_context(|| format!("--scores {run}: no such file"))?;
    Ok(folder.path().join("items.jsonl"))
}

/// Hands each line of a file to `read`; what it refuses is said with its place.
fn lines<E: std::error::Error + Send + Sync + 'static>(
    path: &Path,
    mut read: impl FnMut(&str) -> Result<(), E>,
) -> anyhow::Result<()> {
    if !path.exists() {
        bail!("{}: no such file", path.display());
    }
    for (at, line) in open_text(path, None)?.lines().enumerate() {
        let line = line.with_context(|| format!("failed to read {}", path.display()))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() {
            read(line).with_context(|| format!("{}:{}", path.display(), at + 1))?;
        }
    }
    Ok(())
}

/// The columns of which less is better: those that are said to be, and epitome's own.
fn lower(scores: &Scores, said: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let mut lower = BTreeSet::new();
    let mut used = BTreeSet::new();
    for (column, _) in scores.columns() {
        let bare = column.split(" [").next().unwrap_or(column);
        let (metric, field) = bare.rsplit_once('.').unwrap_or((bare, ""));
        if let Some(name) = said.iter().find(|name| [column, bare, metric].contains(&name.as_str())) {
            used.insert(name);
            lower.insert(column.to_owned());
            continue;
        }
        let built = build(&[MetricRequest::plain(metric)]).unwrap_or_default();
        let mut specs = built.iter().flat_map(|m| m.specs()).filter(|s| s.name == metric);
        let spec = specs.next().and_then(|s| s.fields.iter().find(|f| f.name == field || s.fields.len() == 1));
        if spec.is_some_and(|f| f.direction == Direction::Lower) {
            lower.insert(column.to_owned());
        }
    }
    if let Some(name) = said.iter().find(|name| !used.contains(name)) {
        let known: Vec<&str> = scores.columns().map(|(name, _)| name).collect();
        bail!("--lower {name}: the scores have no such metric; there are {}", known.join(", "));
    }
    Ok(lower)
}

fn show(out: &mut impl Write, made: &Correlations, ratings: &Ratings, args: &CorrelateArgs) -> anyhow::Result<()> {
    let annotators = match ratings.annotators.len() {
        0 => String::new(),
        n => format!(", {}", count(n, "annotator")),
    };
    let (systems, articles) = (count(made.systems, "system"), count(made.articles, "article"));
    writeln!(out, "{}: {systems}, {articles}{annotators}", count(made.items, "summary"))?;
    let (scored, rated) = made.left_out;
    if scored + rated > 0 {
        writeln!(out, "left out: {scored} scored and not rated, {rated} rated and not scored")?;
    }
    for rating in &made.ratings {
        writeln!(out, "\n{}", rating.rating.bold().underline())?;
        for level in Level::ALL {
            table(out, rating, level, args)?;
        }
        if args.stats == Stats::Full {
            pairs(out, rating)?;
        }
        writeln!(out)?;
        for sentence in &rating.verdict.words {
            for line in wrap(sentence, surface(args.width).width) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

fn table(out: &mut impl Write, rating: &Rating, level: Level, args: &CorrelateArgs) -> std::io::Result<()> {
    let of: Vec<&Agreement> = rating.agreements.iter().filter(|a| a.level == level).collect();
    let mut heads = vec![level.name().to_owned()];
    heads.extend(Coefficient::ALL.iter().map(|c| c.name().to_owned()));
    heads.push(if level == Level::Summary { "articles (skipped)".to_owned() } else { "n".to_owned() });
    let mut rows: Vec<Vec<String>> = vec![heads];
    for row in of.chunks(Coefficient::ALL.len()) {
        let Some(first) = row.first() else { continue };
        let counts = match level {
            Level::Summary => format!("{} ({})", first.articles, first.skipped),
            _ => first.n.to_string(),
        };
        let over: Vec<Option<Over>> = match args.stats {
            Stats::Plain => vec![Some(Over::Both)],
            Stats::Full => Over::ALL.into_iter().map(Some).collect(),
        };
        for (i, over) in over.iter().enumerate() {
            let cell = |a: &&Agreement| match (a.value, a.intervals.iter().find(|r| Some(r.over) == *over)) {
                (None, _) => "-".to_owned(),
                (Some(value), Some(r)) => format!("{value:.2} [{:.2}, {:.2}]", r.low, r.high),
                (Some(value), None) => format!("{value:.2}"),
            };
            let name = match args.stats {
                Stats::Plain => first.score.clone(),
                Stats::Full => format!("{} ({})", first.score, over.map_or("", Over::name)),
            };
            let mut cells = vec![name];
            cells.extend(row.iter().map(cell));
            cells.push(if i == 0 { counts.clone() } else { String::new() });
            rows.push(cells);
        }
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|c| rows.iter().map(|r| r.get(c).map_or(0, |cell| width(cell))).max().unwrap_or(0))
        .collect();
    writeln!(out)?;
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(c, (cell, w))| if c == 0 { left(cell, *w) } else { right(cell, *w) })
            .collect();
        let text = cells.join("  ");
        let text = if at == 0 { text.trim_end().dimmed().to_string() } else { text.trim_end().to_owned() };
        writeln!(out, "  {text}")?;
    }
    Ok(())
}

fn pairs(out: &mut impl Write, rating: &Rating) -> std::io::Result<()> {
    let Some(first) = rating.pairs.first() else { return Ok(()) };
    let head =
        format!("{} against the others ({}, {} level)", first.first, first.coefficient.name(), first.level.name());
    writeln!(out, "\n  {}", head.dimmed())?;
    for pair in &rating.pairs {
        let p = |value: Option<f64>| value.map_or("-".to_owned(), |p| format!("{p:.4}"));
        writeln!(
            out,
            "  {}  {:+.3} better, p {} (permutation), {} (Holm){}",
            pair.second,
            pair.difference,
            p(pair.permutation),
            p(pair.holm),
            pair.williams.map(|w| format!(", {w:.4} (Williams)")).unwrap_or_default()
        )?;
    }
    Ok(())
}
