//! `epitome facts judge`: a person overrules the matcher.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use epitome::config::Plan;
use epitome::dataset::Dataset;
use epitome::fact::decision::hash;
use epitome::model::record::{ItemRecord, RunRecord};
use epitome::model::{Decision, Ruling};
use epitome::report::csv::unguard;
use epitome::store::{RunFolder, write_atomically};
use serde_json::json;

use super::super::render::TableFormat;
use super::super::suite::{self, SuiteArg};
use super::super::{Exit, Global, output};

/// Rule on a fact or figure of an output, in place of the matcher
///
/// Appends a decision to `<dataset>.decisions.jsonl` beside the checklist, which is kept in the repository. The next `run`
/// or `rescore` applies it to that output and fact alone, shows it as ruled, and gives the figures with and without. A
/// decision whose output, claim or (for a figure) article has changed is listed as stale and never applied.
#[derive(Debug, Args)]
#[command(
    override_usage = "epitome facts judge [OPTIONS] SYSTEM ARTICLE FACT VERDICT --by WHO --why WHY\n       \
        epitome facts judge [OPTIONS] SYSTEM ARTICLE VERDICT --quantity SURFACE --by WHO --why WHY\n       \
        epitome facts judge [OPTIONS] --import FILE.csv\n       \
        epitome facts judge [OPTIONS] --list",
    after_help = "Examples:\n  \
        epitome facts judge draft@v2 sco-2025.en event-host covered --by wang --why \"said in other words\"\n  \
        epitome facts judge draft@v2 sco-2025.en supported --quantity \"26 countries\" --by wang --why \"line 9\"\n  \
        epitome facts judge --import rulings.csv\n  \
        epitome facts judge --list\n\n\
        VERDICT: covered, missing or contradicted of a fact; supported or unsupported of a figure.\n\
        The CSV has the columns system, article, fact or quantity, verdict, by, why, and may have dataset, sample, start \
        and date.\n\
        The last of several decisions on one matter counts."
)]
pub struct JudgeArgs {
    /// SYSTEM ARTICLE FACT VERDICT, or with --quantity SYSTEM ARTICLE VERDICT
    #[arg(num_args = 0..=4, value_name = "SYSTEM ARTICLE FACT VERDICT", hide = true)]
    words: Vec<String>,
    /// Rule on a figure: exactly as the output writes it
    #[arg(long, value_name = "SURFACE")]
    quantity: Option<String>,
    /// Where that figure begins in the output, in characters from 0, if it stands there more than once
    #[arg(long, value_name = "N", requires = "quantity")]
    start: Option<usize>,
    /// Who rules
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY")]
    why: Option<String>,
    /// The run whose output is meant: an id, a path, `latest` or `latest~1`
    #[arg(long, value_name = "RUN", default_value = "latest")]
    run: String,
    /// The dataset, where several hold the article
    #[arg(long, value_name = "D")]
    dataset: Option<String>,
    /// Which of the system's samples, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    sample: u32,
    /// Take the rulings from a CSV file; nothing is written unless every row holds
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "quantity"])]
    import: Option<PathBuf>,
    /// List the decisions there are, and what became of each in RUN
    #[arg(long, conflicts_with_all = ["words", "quantity", "import"])]
    list: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    #[command(flatten)]
    suite: SuiteArg,
}

/// Carries the command out.
pub fn run(args: &JudgeArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let datasets: Vec<Dataset> =
        plan.datasets.iter().map(|d| Dataset::open(d, &plan.root)).collect::<Result<_, _>>()?;
    if args.list {
        return list(args, &plan, &datasets);
    }
    let asked = match &args.import {
        Some(path) => imported(path, args)?,
        None => vec![(String::new(), given(args)?)],
    };
    let (folder, record) = suite::find(&suite::reports(&plan), &args.run)?;
    let mut desk = Desk::new(&datasets, &folder, &record, &asked)?;
    let mut written: Vec<(usize, Decision)> = Vec::new();
    for (place, asked) in &asked {
        let decided = desk.decide(asked);
        written.push(if place.is_empty() { decided? } else { decided.with_context(|| place.clone())? });
    }
    let files = append(&datasets, &written)?;
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let decisions: Vec<_> = written.iter().map(|(_, decision)| decision).collect();
        let document = json!({ "schema": "epitome.decisions/1", "files": files, "decisions": decisions });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    for ((_, decision), matcher) in written.iter().zip(&desk.matcher) {
        let (article, subject) = (&decision.article, decision.subject());
        writeln!(out, "{article}, {subject}: {}; the matcher says {matcher}", decision.verdict.as_str())?;
    }
    for file in files {
        writeln!(out, "written to {file}")?;
    }
    output::remark("`epitome run` applies it to kept outputs");
    Ok(Exit::Done)
}

/// A ruling as it is asked for.
struct Asked {
    system: String,
    article: String,
    dataset: Option<String>,
    sample: u32,
    fact: Option<String>,
    quantity: Option<String>,
    start: Option<usize>,
    verdict: Ruling,
    by: String,
    why: String,
    date: String,
}

fn given(args: &JudgeArgs) -> anyhow::Result<Asked> {
    let (system, article, fact, verdict) = match (args.words.as_slice(), &args.quantity) {
        ([system, article, fact, verdict], None) => (system, article, Some(fact.clone()), verdict),
        ([system, article, verdict], Some(_)) => (system, article, None, verdict),
        ([], _) => bail!("say SYSTEM ARTICLE FACT VERDICT, or --import FILE, or --list; see --help"),
        (_, None) => bail!("say SYSTEM ARTICLE FACT VERDICT (four words), or name a figure with --quantity"),
        (_, Some(_)) => bail!("with --quantity say SYSTEM ARTICLE VERDICT (three words)"),
    };
    let need = |value: &Option<String>, flag: &str, what: &str| match value {
        Some(text) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(anyhow::anyhow!("{flag} is missing: a decision says {what}")),
    };
    Ok(Asked {
        system: system.clone(),
        article: article.clone(),
        dataset: args.dataset.clone(),
        sample: args.sample,
        fact,
        quantity: args.quantity.clone(),
        start: args.start,
        verdict: ruling(verdict)?,
        by: need(&args.by, "--by", "who ruled")?,
        why: need(&args.why, "--why", "why")?,
        date: today(),
    })
}

fn ruling(word: &str) -> anyhow::Result<Ruling> {
    let lower = word.trim().to_lowercase();
    Ruling::ALL.into_iter().find(|ruling| ruling.as_str() == lower).with_context(|| {
        format!("`{word}` is no verdict; a fact is covered, missing or contradicted, a figure supported or unsupported")
    })
}

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// The rows of a CSV file, each with its place.
fn imported(path: &Path, args: &JudgeArgs) -> anyhow::Result<Vec<(String, Asked)>> {
    const KNOWN: [&str; 11] =
        ["system", "article", "dataset", "sample", "fact", "quantity", "start", "verdict", "by", "why", "date"];
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {file}"))?;
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().with_context(|| format!("{file}:1"))?.clone();
    if let Some(unknown) = header.iter().find(|column| !KNOWN.contains(column)) {
        bail!("{file}:1: unknown column `{unknown}`; known are {}", KNOWN.join(", "));
    }
    let mut asked = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("failed to read {file}"))?;
        let place = format!("{file}:{}", row.position().map_or(0, csv::Position::line));
        let cell = |column: &str| {
            let at = header.iter().position(|name| name == column)?;
            // The report guards what a spreadsheet would take for a formula.
            row.get(at).filter(|text| !text.is_empty()).map(|text| unguard(text).to_owned())
        };
        let read = || -> anyhow::Result<Asked> {
            let need = |column: &str| cell(column).with_context(|| format!("`{column}` is empty or missing"));
            let number = |column: &str| {
                cell(column)
                    .map(|n| n.parse().with_context(|| format!("`{column}` is `{n}`, not a number")))
                    .transpose()
            };
            let (fact, quantity) = (cell("fact"), cell("quantity"));
            ensure!(fact.is_some() != quantity.is_some(), "a row names a `fact` or a `quantity`, one of them");
            Ok(Asked {
                system: need("system")?,
                article: need("article")?,
                dataset: cell("dataset").or_else(|| args.dataset.clone()),
                sample: number("sample")?.map_or(args.sample, |n: usize| u32::try_from(n).unwrap_or(u32::MAX)),
                fact,
                quantity,
                start: number("start")?,
                verdict: ruling(&need("verdict")?)?,
                by: cell("by")
                    .or_else(|| args.by.clone())
                    .context("`by` is empty or missing; --by gives it for all")?,
                why: cell("why")
                    .or_else(|| args.why.clone())
                    .context("`why` is empty or missing; --why gives it for all")?,
                date: cell("date").unwrap_or_else(today),
            })
        };
        asked.push((place.clone(), read().with_context(|| place)?));
    }
    ensure!(!asked.is_empty(), "{file}: holds no ruling");
    Ok(asked)
}

/// The outputs ruled on, and what is needed to rule.
struct Desk<'a> {
    datasets: &'a [Dataset],
    record: &'a RunRecord,
    run: String,
    /// Items of the articles asked for.
    items: Vec<ItemRecord>,
    /// Hashes of the articles' texts, by dataset and id.
    sources: BTreeMap<(usize, String), String>,
    /// What the matcher had said, a decision each.
    matcher: Vec<String>,
}

impl<'a> Desk<'a> {
    fn new(
        datasets: &'a [Dataset],
        folder: &RunFolder,
        record: &'a RunRecord,
        asked: &[(String, Asked)],
    ) -> anyhow::Result<Self> {
        let wanted = |id: &str| asked.iter().any(|(_, asked)| asked.article == id);
        let mut items = Vec::new();
        for item in folder.items()? {
            let item = item?;
            if wanted(&item.key.id) {
                items.push(item);
            }
        }
        let mut sources = BTreeMap::new();
        for (at, dataset) in datasets.iter().enumerate() {
            for entry in dataset.entries()? {
                let entry = entry?;
                if wanted(&entry.article.id) {
                    sources.insert((at, entry.article.id.clone()), hash(&entry.article.source));
                }
            }
        }
        let run = folder.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Desk { datasets, record, run, items, sources, matcher: Vec::new() })
    }

    /// The decision asked for, with the dataset that it belongs to.
    fn decide(&mut self, asked: &Asked) -> anyhow::Result<(usize, Decision)> {
        let system = self.system(&asked.system)?;
        let mut found = self.items.iter().filter(|item| {
            item.key.system == system
                && item.key.id == asked.article
                && item.key.sample == asked.sample
                && asked.dataset.as_ref().is_none_or(|dataset| *dataset == item.key.dataset)
        });
        let item = found.next().with_context(|| {
            let (article, sample) = (&asked.article, asked.sample);
            format!("run {} has no output of {system} for article `{article}`, sample {sample}", self.run)
        })?;
        if let Some(other) = found.next() {
            bail!("both `{}` and `{}` hold `{}`; say --dataset", item.key.dataset, other.key.dataset, asked.article);
        }
        let dataset = self
            .datasets
            .iter()
            .position(|d| d.name() == item.key.dataset)
            .with_context(|| format!("the suite has no dataset `{}` any more", item.key.dataset))?;
        let summary = item.summary.as_deref().with_context(|| {
            format!("{system} has no output for `{}`, so there is nothing to rule on", asked.article)
        })?;
        let (claim, matcher) = match (&asked.fact, &asked.quantity) {
            (Some(fact), _) => {
                let judged = item.facts.iter().flatten().find(|f| f.judgement.id == *fact);
                let judged = judged.with_context(|| unknown_fact(item, fact))?;
                let said = judged.judgement.overridden.as_ref().map(|o| o.matcher.clone());
                let said = said.unwrap_or_else(|| Ruling::from(judged.judgement.verdict).as_str().to_owned());
                (Some(judged.claim.clone()), said)
            }
            (None, quantity) => (None, figure(item, quantity.as_deref().unwrap_or_default(), asked.start)?),
        };
        let source = asked.quantity.as_ref().and_then(|_| self.sources.get(&(dataset, asked.article.clone())).cloned());
        let decision = Decision {
            article: asked.article.clone(),
            fact: asked.fact.clone(),
            quantity: asked.quantity.clone(),
            start: asked.start,
            output: hash(summary),
            verdict: asked.verdict,
            by: asked.by.clone(),
            why: asked.why.clone(),
            date: asked.date.clone(),
            claim,
            source,
            system: Some(system),
            sample: (asked.sample > 0).then_some(asked.sample),
        };
        if let Some(fault) = decision.fault() {
            bail!("{fault}");
        }
        self.matcher.push(matcher);
        Ok((dataset, decision))
    }

    /// A system of the run by its full name, or by its name alone where only one version has it.
    fn system(&self, name: &str) -> anyhow::Result<String> {
        let systems = &self.record.systems;
        if let Some(system) = systems.iter().find(|s| s.id == name) {
            return Ok(system.id.clone());
        }
        let named: Vec<&str> = systems.iter().filter(|s| s.name == name).map(|s| s.id.as_str()).collect();
        match named.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => {
                let known: Vec<&str> = systems.iter().map(|s| s.id.as_str()).collect();
                bail!("run {} has no system `{name}`; it has {}", self.run, known.join(", "))
            }
            several => bail!("`{name}` could be {}; say which", several.join(" or ")),
        }
    }
}

/// What the matcher said of a figure.
fn figure(item: &ItemRecord, surface: &str, start: Option<usize>) -> anyhow::Result<String> {
    let figures = || item.quantities.iter().flatten();
    let found = figures().find(|q| q.quantity.surface == surface && start.is_none_or(|at| at == q.quantity.start));
    let Some(found) = found else {
        let known: Vec<String> =
            figures().map(|q| format!("\"{}\" at {}", q.quantity.surface, q.quantity.start)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        bail!("the output has no figure \"{surface}\"; it has {known}")
    };
    let matcher = found.overridden.as_ref().map(|o| o.matcher.clone());
    Ok(matcher.unwrap_or_else(|| Ruling::from(found.verdict).as_str().to_owned()))
}

fn unknown_fact(item: &ItemRecord, fact: &str) -> String {
    let known: Vec<&str> = item.facts.iter().flatten().map(|f| f.judgement.id.as_str()).collect();
    if known.is_empty() {
        return format!("article `{}` has no checklist in that run", item.key.id);
    }
    format!("article `{}` has no fact `{fact}`; it has {}", item.key.id, known.join(", "))
}

/// Appends decisions to the files of their datasets; each file is written whole or not at all.
fn append(datasets: &[Dataset], decisions: &[(usize, Decision)]) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    for (at, dataset) in datasets.iter().enumerate() {
        let mine = || decisions.iter().filter(|(of, _)| *of == at);
        if mine().next().is_none() {
            continue;
        }
        let path = dataset.decisions_path();
        let mut bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| format!("failed to read {}", path.display())),
        };
        if bytes.last().is_some_and(|byte| *byte != b'\n') {
            bytes.push(b'\n');
        }
        for (_, decision) in mine() {
            serde_json::to_writer(&mut bytes, decision)?;
            bytes.push(b'\n');
        }
        write_atomically(path, &bytes)?;
        files.push(path.strip_prefix(".").unwrap_or(path).display().to_string());
    }
    Ok(files)
}

/// Lists all decisions, and how the run took each.
fn list(args: &JudgeArgs, plan: &Plan, datasets: &[Dataset]) -> anyhow::Result<Exit> {
    let found = suite::find(&suite::reports(plan), &args.run);
    let stale: BTreeMap<String, String> = match &found {
        Ok((_, record)) => {
            let stale = record.decisions.iter().flat_map(|d| &d.stale);
            stale.map(|s| (s.place.clone(), s.reason.clone())).collect()
        }
        Err(error) => {
            output::remark(&format!("{error}; what became of decisions is not known"));
            BTreeMap::new()
        }
    };
    let mut out = anstream::stdout().lock();
    let all = datasets.iter().flat_map(|d| d.decisions().iter().map(move |written| (d, written)));
    let rows: Vec<_> = all.map(|(dataset, written)| (dataset, written, dataset.shown(&written.place))).collect();
    if args.format == TableFormat::Json {
        let line = |(dataset, written, place): &(&Dataset, &epitome::dataset::WrittenDecision, String)| json!({ "dataset": dataset.name(), "place": place, "stale": stale.get(place), "decision": written.decision });
        let document =
            json!({ "schema": "epitome.decisions/1", "decisions": rows.iter().map(line).collect::<Vec<_>>() });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        output::remark("there is no decision yet; `epitome facts judge` writes one");
    }
    for (_, written, place) in &rows {
        let d = &written.decision;
        let (system, verdict) = (d.system.as_deref().unwrap_or("any system"), d.verdict.as_str());
        writeln!(
            out,
            "{place}: {system}, {}, {}: {verdict} ({}, {}: {})",
            d.article,
            d.subject(),
            d.by,
            d.date,
            d.why
        )?;
        if let Some(reason) = stale.get(place) {
            writeln!(out, "  stale, not applied: {reason}")?;
        }
    }
    Ok(Exit::Done)
}
