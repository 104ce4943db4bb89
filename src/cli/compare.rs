//! `epitome compare`: is the one better than the other, where, and by more than chance?

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use epitome::compare::changes::Turn;
use epitome::compare::delta::Judgement;
use epitome::compare::rank::{Ranking, correct_together, rank};
use epitome::compare::side::Side;
use epitome::compare::{COMPARISON_SCHEMA, Comparison, compare};
use epitome::model::count;
use epitome::model::record::MetricRecord;
use epitome::report::clean::line;
use epitome::report::comparison::{Shown, render};
use epitome::report::layout::wrap;
use epitome::report::view::Since;
use epitome::report::{Redact, Ui, html, markdown};
use epitome::stats::paired::Options;
use epitome::store::Reports;
use serde_json::json;

use super::exit::unless_closed;
use super::named::{self, NAMES, Named};
use super::render::surface;
use super::report::{RedactArg, languages};
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Compare runs, or systems of a run: differences with paired tests, facts gained and lost, diffs
#[derive(Debug, Args)]
#[command(after_help = format!("{NAMES}\n\n\
    Two whole runs are compared system by system, by name, whatever the version. Every verdict is of a permutation test by \
    article, corrected by Holm over the table: better, worse, or inconclusive, which says how large a difference so many \
    articles could have shown.\n\n\
    Examples:\n  epitome compare draft@v1 draft@v2\n  epitome compare baseline latest --fail-on worse\n  \
    epitome compare git:main::desk latest::desk --format json\n  \
    epitome compare draft@v1 draft@v2 --format html > compare.html"))]
pub struct CompareArgs {
    /// The runs; the first is what the others are held against
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    runs: Vec<String>,
    #[command(flatten)]
    suite: SuiteArg,
    /// How much of the statistics to show
    #[arg(long, value_enum, default_value_t)]
    stats: Stats,
    /// What makes the command exit 1
    #[arg(long, value_enum, value_name = "VERDICT")]
    fail_on: Option<FailOn>,
    /// Resamples, and random arrangements of a test
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..))]
    resamples: u32,
    /// How many entries of a list to show
    #[arg(long, value_name = "N", default_value_t = 5)]
    many: usize,
    /// Columns of the text [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The language that HTML and Markdown speak
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = languages())]
    ui_lang: String,
    /// What HTML and Markdown leave out: texts or nothing [default: texts of private datasets]
    #[arg(long, value_enum)]
    redact: Option<RedactArg>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// A page that opens from disk: every article that changed, both versions side by side
    Html,
    /// For a pull request comment, within 60,000 characters
    Markdown,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Stats {
    /// Difference, interval, corrected p, verdict
    #[default]
    Plain,
    /// Every test, effect sizes, what could have been shown, and slices
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A figure is worse by more than chance, or a fact newly contradicted
    Worse,
    /// That, or a figure is inconclusive; one that is the same in every article is not
    Inconclusive,
}

/// Carries the command out.
pub fn run(args: &CompareArgs, global: &Global) -> anyhow::Result<Exit> {
    let paths = args.runs.iter().all(|r| Path::new(r.rsplit_once("::").map_or(r.as_str(), |(run, _)| run)).is_dir());
    let plan = if paths { None } else { Some(suite::load(&args.suite.suite, global)?) };
    let root = plan.as_ref().map_or_else(PathBuf::new, |p| p.root.clone());
    let reports = plan.as_ref().map_or_else(|| Reports::new(&root, ""), suite::reports);
    let named: Vec<Named> =
        args.runs.iter().map(|name| named::find(&reports, &root, name)).collect::<Result<_, _>>()?;
    let mut metrics = named.iter().rev().map(|n| n.metrics.clone()).find(|m| !m.is_empty()).unwrap_or_default();
    if let (true, Some(plan)) = (metrics.is_empty(), &plan) {
        metrics = named::declared(plan);
    }
    let resolved = named.iter().rev().find_map(|n| n.plan.clone());
    let seed = global.seed.or(plan.as_ref().map(|p| p.seed)).unwrap_or(1);
    let options = Options { replicates: args.resamples as usize, seed, alpha: 0.05 };
    let sides = pairs(&named, &args.runs)?;
    let mut comparisons: Vec<Comparison> =
        sides.iter().map(|(first, second)| compare(first, second, &metrics, resolved.as_ref(), &options)).collect();
    correct_together(&mut comparisons, options.alpha);
    let rankings = rankings(&named, &metrics, &options);
    let asked = args.fail_on.and_then(|fail_on| Some((fail_on, fail_on.to_possible_value()?.get_name().to_owned())));
    let failed = asked.and_then(|(fail_on, name)| {
        let why: Vec<String> = comparisons.iter().filter_map(|c| failure(c, fail_on, &metrics)).collect();
        (!why.is_empty()).then(|| format!("fails (--fail-on {name}): {}", why.join("; ")))
    });
    let print = || -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match args.format {
            Format::Html | Format::Markdown => {
                let ui = Ui::find(&args.ui_lang).unwrap_or_else(Ui::english);
                let suite = resolved.or_else(|| plan.as_ref().map(|p| p.resolved.clone())).unwrap_or_default();
                let redact = args.redact.map_or(Redact::Private, Redact::from);
                let most = if args.format == Format::Html { html::comparison::LISTED } else { args.many.max(10) };
                let since = |(first, second): &(Side, Side)| {
                    let hidden = redact.among(second.datasets.keys().map(String::as_str), &suite);
                    Since::between(first, second, &hidden, most, ui)
                };
                let changed: Vec<Since> = sides.iter().map(since).collect();
                let shown: Vec<(Comparison, Since)> = comparisons.iter().cloned().zip(changed).collect();
                let page = match args.format {
                    Format::Html => html::comparison::page(&shown, &metrics, ui),
                    _ => markdown::comparison::text(&shown, &metrics, ui),
                };
                out.write_all(page.as_bytes())?;
            }
            Format::Json => {
                let document = json!({ "schema": COMPARISON_SCHEMA, "seed": seed, "resamples": args.resamples,
                "comparisons": comparisons, "rankings": rankings });
                serde_json::to_writer_pretty(&mut out, &document)?;
                writeln!(out)?;
            }
            Format::Table => {
                let shown = Shown { full: args.stats == Stats::Full, many: args.many };
                write!(out, "{}", render(&comparisons, &rankings, &metrics, shown, surface(args.width)))?;
                if let Some(said) = &failed {
                    writeln!(out)?;
                    wrap(said, surface(args.width).width).iter().try_for_each(|line| writeln!(out, "{line}"))?;
                }
            }
        }
        Ok(())
    };
    // Who stops reading, stops no verdict.
    unless_closed(print())?;
    let Some(said) = failed else { return Ok(Exit::Done) };
    if args.format != Format::Table {
        // A document is to stay one.
        output::remark(&said);
    }
    Ok(Exit::GateFailed)
}

/// Why a comparison fails, with the facts and figures behind it; nothing where it does not.
fn failure(comparison: &Comparison, fail_on: FailOn, metrics: &[MetricRecord]) -> Option<String> {
    let contradicted: Vec<String> = comparison
        .facts
        .iter()
        .filter(|fact| fact.turn == Turn::Contradicted)
        .map(|fact| line(&format!("{} {}", fact.article, fact.fact)))
        .collect();
    let figures = |verdict: Judgement| -> Vec<String> {
        let all = comparison.deltas.iter().filter(|d| d.slice.is_none() && d.verdict == Some(verdict));
        all.filter(|d| !d.is_identical()).map(|d| line(&d.name(metrics))).collect()
    };
    let mut parts = Vec::new();
    let mut part = |what: String, behind: &[String]| {
        const NAMED: usize = 8;
        let more = if behind.len() > NAMED { ", …" } else { "" };
        if !behind.is_empty() {
            parts.push(format!("{what} ({}{more})", behind[..behind.len().min(NAMED)].join(", ")));
        }
    };
    part(format!("{} newly contradicted", count(contradicted.len(), "fact")), &contradicted);
    let worse = figures(Judgement::Worse);
    part(format!("{} worse", count(worse.len(), "figure")), &worse);
    if fail_on == FailOn::Inconclusive {
        let open = figures(Judgement::Inconclusive);
        part(format!("{} inconclusive", count(open.len(), "figure")), &open);
    }
    let sides = format!("{} → {}", line(&comparison.first), line(&comparison.second));
    (!parts.is_empty()).then(|| format!("{}, in {sides}", parts.join(", ")))
}

/// The systems to hold against each other: of two single ones those, of whole runs those of one name.
fn pairs(named: &[Named], names: &[String]) -> anyhow::Result<Vec<(Side, Side)>> {
    let Some((first, others)) = named.split_first() else { return Ok(Vec::new()) };
    let mut pairs = Vec::new();
    for (other, name) in others.iter().zip(&names[1..]) {
        let before = pairs.len();
        for side in &other.sides {
            let partner = match (first.sides.as_slice(), other.sides.as_slice()) {
                ([only], [_]) => Some(only),
                (sides, _) => partner(sides, side),
            };
            if let Some(partner) = partner {
                let (mut a, mut b) = (partner.clone(), side.clone());
                a.adopt(&b);
                b.adopt(&a);
                if a.is_baseline() || b.is_baseline() {
                    a.round();
                    b.round();
                }
                pairs.push((a, b));
            }
        }
        if pairs.len() == before {
            let list = |n: &Named| n.sides.iter().map(|s| s.system.as_str()).collect::<Vec<_>>().join(", ");
            bail!(
                "`{}` and `{name}` have no system of one name ({} and {}); pick one of each with RUN::SYSTEM",
                names[0],
                list(first),
                list(other)
            );
        }
    }
    Ok(pairs)
}

/// The system of the same full name, or else the only one of the same name.
pub(super) fn partner<'a>(sides: &'a [Side], wanted: &Side) -> Option<&'a Side> {
    sides.iter().find(|s| s.system == wanted.system).or_else(|| {
        let mut named = sides.iter().filter(|s| s.name() == wanted.name());
        named.next().filter(|_| named.next().is_none())
    })
}

/// Ranks, where three single systems or more are compared.
fn rankings(named: &[Named], metrics: &[MetricRecord], options: &Options) -> Vec<Ranking> {
    let single: Option<Vec<Side>> =
        named.iter().map(|n| if let [only] = n.sides.as_slice() { Some(only.clone()) } else { None }).collect();
    match single {
        Some(sides) if sides.len() > 2 => rank(&sides, metrics, options),
        _ => Vec::new(),
    }
}
