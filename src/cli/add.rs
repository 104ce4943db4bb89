//! `epitome add`: from a complaint to a test.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::config::Plan;
use epitome::fact::{Context, Prepared, quantities};
use epitome::model::record::SystemKind;
use epitome::model::{Fact, Lang, Verdict, count};
use epitome::store::write_atomically;
use epitome::text::lang::detect;
use serde_json::json;

use super::incident::SYSTEM;
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Store a bad summary that someone complained of in the corpus, with the fact that it got wrong
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  epitome add --article complaint/article.txt --bad complaint/summary.txt \\\n      \
    --fact \"中方今年內提供三萬個獎學金名額\"\n\n\
    Writes datasets/incidents/<id>.md, references/incidents/<id>.toml and a line of \
    references/incidents/outputs/incident.jsonl, and adds the dataset to the suite where it is not there.\n\
    `epitome audit` then shows whether a gate would stop it; every later run writes a summary of the article."
)]
pub struct AddArgs {
    /// The article: its text, or Markdown with front matter as in datasets/
    #[arg(long, value_name = "FILE")]
    article: PathBuf,
    /// The bad summary
    #[arg(long, value_name = "FILE")]
    bad: PathBuf,
    /// A good summary of it, kept as a reference
    #[arg(long, value_name = "FILE")]
    good: Option<PathBuf>,
    /// What a good summary says, in a sentence of the article's language; may be repeated
    #[arg(long, value_name = "CLAIM", required = true)]
    fact: Vec<String>,
    /// The article's id [default: the file's name]
    #[arg(long)]
    id: Option<String>,
    /// The dataset that it goes to
    #[arg(long, value_name = "NAME", default_value = "incidents")]
    dataset: String,
    /// The article's language [default: detected]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// The article's date, which relative dates count from
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    #[command(flatten)]
    suite: SuiteArg,
}

/// Carries the command out.
pub fn run(args: &AddArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let article = text(&args.article)?;
    let bad = text(&args.bad)?.trim().to_owned();
    let stem = || args.article.file_stem().map(|s| s.to_string_lossy().into_owned());
    let id = args.id.clone().or_else(stem).unwrap_or_default();
    if id.is_empty() || id.starts_with('.') || id.contains(['/', '\\']) {
        bail!("`{id}` is no id for an article: it is a file's name; say another with --id");
    }
    if args.dataset.is_empty() || args.dataset.starts_with('.') || args.dataset.contains(['/', '\\', '"']) {
        bail!("`{}` is no name for a dataset: it is a folder's name", args.dataset);
    }
    let folder = plan.root.join("datasets").join(&args.dataset);
    let references = plan.root.join("references").join(&args.dataset);
    let place = folder.join(format!("{id}.md"));
    if place.exists() {
        bail!("{} is there already; say another id with --id", place.display());
    }
    if let Some(dataset) = plan.datasets.iter().find(|d| d.name == args.dataset)
        && (dataset.articles.is_some() || dataset.facts.is_some() || dataset.references.is_some())
    {
        bail!("dataset `{}` is not kept in datasets/{0}; say another with --dataset", args.dataset);
    }
    let (document, body) = match article.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n")) {
        Some((_, body)) => (article.clone(), body.trim().to_owned()),
        None => {
            let body = article.trim().to_owned();
            let lang = args.lang.clone().unwrap_or_else(|| detect(&body).to_string());
            let date = args.date.as_ref().map(|date| format!("date = {}\n", quoted(date))).unwrap_or_default();
            (format!("+++\nlang = {}\n{date}tags = [\"incident\"]\n+++\n\n{body}\n", quoted(&lang)), body)
        }
    };
    let lang = args.lang.as_ref().map_or_else(|| detect(&body), Lang::new);
    if args.fact.iter().any(|claim| claim.trim().is_empty()) {
        bail!("--fact says nothing; write what a good summary must say, as a sentence");
    }
    let facts = facts(args, &lang)?;
    let known = known(&facts, &body, &lang, args.date.as_deref(), &bad);
    let reference = match &args.good {
        Some(path) => format!("\n[[reference]]\nsummary = {}\n", quoted(text(path)?.trim())),
        None => String::new(),
    };
    let checklist: String = reference + &facts.iter().map(as_toml).collect::<String>();
    let outputs = references.join("outputs").join(format!("{SYSTEM}.jsonl"));
    let mut lines = fs::read_to_string(&outputs).unwrap_or_default();
    if !lines.is_empty() && !lines.ends_with('\n') {
        lines.push('\n');
    }
    lines += &format!("{}\n", json!({ "id": id, "system": SYSTEM, "summary": bad }));
    write_atomically(&place, document.as_bytes())?;
    write_atomically(&references.join(format!("{id}.toml")), checklist.trim_start().as_bytes())?;
    write_atomically(&outputs, lines.as_bytes())?;
    enter(&plan, args)?;
    for said in known {
        output::warning(&said);
    }
    if !global.quiet {
        output::remark(&format!(
            "written: {} with {}; `epitome audit` shows what would stop it",
            place.display(),
            count(facts.len(), "fact")
        ));
    }
    for system in plan.systems.iter().filter(|s| s.backend == "replay") {
        output::warning(&format!(
            "`{}` replays outputs, and has none of this article, which a run counts as a failure: add one to \
             references/{}/outputs/{0}.jsonl, or name its `datasets` in the suite",
            system.id, args.dataset
        ));
    }
    if args.good.is_none() {
        for system in plan.systems.iter().filter(|s| s.kind() == SystemKind::Oracle) {
            output::warning(&format!(
                "`{}` chooses by references, and this article has none: give one with --good, or name its `datasets` in the suite",
                system.id
            ));
        }
    }
    Ok(Exit::Done)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    if text.trim().is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The claims as facts that no acceptable summary leaves out; the kind by what a claim holds.
fn facts(args: &AddArgs, lang: &Lang) -> anyhow::Result<Vec<Fact>> {
    let of = |(i, claim): (usize, &String)| {
        let figures = quantities(claim, Some(lang), args.date.as_deref());
        let dated = figures.iter().all(|q| matches!(q.unit.as_deref(), Some("date" | "time")));
        let kind = match (figures.is_empty(), dated) {
            (true, _) => "statement",
            (false, true) => "date",
            (false, false) => "quantity",
        };
        let fact = json!({ "id": format!("incident-{}", i + 1), "kind": kind, "claim": claim.trim(), "group": "incidents",
            "must": true });
        serde_json::from_value(fact).context("the claim makes no fact")
    };
    args.fact.iter().enumerate().map(of).collect()
}

fn as_toml(fact: &Fact) -> String {
    let kind = serde_json::to_value(fact.kind).ok().and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default();
    format!(
        "\n[[fact]]\nid = {}\nkind = {}\nclaim = {}\ngroup = \"incidents\"\nmust = true\n",
        quoted(&fact.id),
        quoted(&kind),
        quoted(&fact.claim)
    )
}

/// What the person should know: a claim that the article does not bear out, or that the bad summary satisfies.
fn known(facts: &[Fact], article: &str, lang: &Lang, date: Option<&str>, bad: &str) -> Vec<String> {
    let prepared = Prepared::new(&Context { source: Some(article), source_lang: Some(lang), date }, facts);
    let (source, bad) = (prepared.check(article, Some(lang)), prepared.check(bad, Some(&detect(bad))));
    let mut said = Vec::new();
    for ((fact, source), bad) in facts.iter().zip(&source.facts).zip(&bad.facts) {
        if source.verdict != Verdict::Covered {
            said.push(format!(
                "the article does not seem to say “{}” ({}); check the claim",
                fact.claim, source.reason
            ));
        }
        if bad.verdict == Verdict::Covered {
            said.push(format!(
                "the bad summary seems to say “{}” ({}), so this fact would not catch it; make the claim more exact, or name \
                 what must not stand there in `none_of`",
                fact.claim, bad.reason
            ));
        }
    }
    said
}

/// Enters the dataset into the suite, where it is not there.
fn enter(plan: &Plan, args: &AddArgs) -> anyhow::Result<()> {
    if plan.datasets.iter().any(|d| d.name == args.dataset) {
        return Ok(());
    }
    let path = suite::file(&args.suite.suite);
    let mut text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text += &format!(
        "\n[[dataset]]                       # summaries that someone complained of; `epitome add` writes them\nname = {}\n",
        quoted(&args.dataset)
    );
    write_atomically(&path, text.as_bytes())?;
    output::remark(&format!("{}: dataset `{}` was added", path.display(), args.dataset));
    Ok(())
}
