//! `epitome audit`: would this suite notice?

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::{Context as _, bail};
use clap::Args;
use epitome::audit::seed::names;
use epitome::audit::{AUDIT_SCHEMA, Case, ERRORS, ErrorKind, Notice, measure};
use epitome::compare::delta::Pools;
use epitome::compare::gate::{Evidence, Judged, judge, speaks_of};
use epitome::compare::side::Side;
use epitome::config::Plan;
use epitome::dataset::Dataset;
use epitome::engine::HUMAN;
use epitome::engine::rescore::{KeptOutput, Rescored};
use epitome::fact::{Context, Prepared};
use epitome::model::record::{ItemRecord, RunRecord, SystemKind, SystemRecord};
use epitome::model::{Gate, ItemKey, Lang, Output, count, split_version};
use epitome::stats::rng::Purpose;
use serde_json::json;

use super::incident;
use super::progress::Progress;
use super::render::{TableFormat, surface};
use super::rescore::{Anew, open};
use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

mod show;

/// Put errors into good texts on purpose, and see which metric and which gate notices
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome audit\n  epitome audit --into draft@v2 --stats full\n\n\
    Errors are put into the references (each is scored against the others), or into what a system wrote in the latest run. \
    The first table says how many articles, each with the error, it would take for a metric to notice, among texts that \
    differ as two people's summaries of one article do; the second at how many damaged articles a gate fails, where \
    the undamaged texts are the baseline. Incidents that `epitome add` stored are shown last.")]
pub struct AuditArgs {
    #[command(flatten)]
    suite: SuiteArg,
    /// What is damaged: `references`, or a system of the latest run
    #[arg(long, value_name = "TEXTS", default_value = "references")]
    into: String,
    /// Damage the first N articles of each dataset at most
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    stats: Stats,
    /// Columns of the text [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Stats {
    /// How many articles it takes
    #[default]
    Plain,
    /// Also in how many texts each metric got worse, and by how much
    Full,
}

/// A text that may be damaged.
struct Text {
    key: ItemKey,
    lang: Option<Lang>,
    text: String,
}

/// What one kind of error came to.
#[derive(serde::Serialize)]
struct Audited {
    error: &'static str,
    about: &'static str,
    numeric: bool,
    /// Articles with a text that could be damaged so.
    articles: usize,
    /// Three of them, with what was done.
    examples: Vec<(String, String)>,
    metrics: Vec<Notice>,
    gates: Vec<GateNotice>,
}

/// How a rule of a gate took one kind of error.
#[derive(Debug, Clone, serde::Serialize)]
struct GateNotice {
    system: String,
    rule: String,
    /// Damaged articles at which it fails; 0 where it fails undamaged; `null` where it never does.
    fails_at: Option<usize>,
}

/// Carries the command out.
pub fn run(args: &AuditArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let datasets = open(&plan)?;
    let (texts, system) = texts(&plan, &datasets, args)?;
    if texts.is_empty() {
        bail!("there is no text to damage: no article has a reference; name a system of the latest run with --into");
    }
    let bench = Bench { args, global, datasets: &datasets, system: &system };
    let undamaged = bench.score(&texts)?;
    let mut audited = Vec::new();
    for (error, damaged) in damage(&plan, &datasets, &texts)? {
        if !global.quiet {
            output::remark(&format!("{}: {} damaged", error.name, count(damaged.len(), "text")));
        }
        let examples = damaged.iter().take(3).map(|(text, what)| (shown(&text.key), what.clone())).collect();
        let damaged: Vec<Text> = damaged.into_iter().map(|(text, _)| text).collect();
        let scored = if damaged.is_empty() { None } else { Some(bench.score(&damaged)?) };
        let items = scored.as_ref().map_or(&[][..], |s| s.items.as_slice());
        audited.push(Audited {
            error: error.name,
            about: error.about,
            numeric: error.numeric,
            articles: damaged.len(),
            examples,
            metrics: measure(&undamaged.items, items, &undamaged.record.metrics),
            gates: scored.as_ref().map(|scored| gates(&plan, &undamaged, scored)).transpose()?.unwrap_or_default(),
        });
    }
    let anyway: BTreeSet<String> = audited
        .iter()
        .flat_map(|a| &a.gates)
        .filter(|gate| gate.fails_at == Some(0))
        .map(|gate| gate.rule.clone())
        .collect();
    let incidents = incident::judge(&plan, &datasets, &args.suite, global, &anyway)?;
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let document = json!({ "schema": AUDIT_SCHEMA, "into": args.into, "texts": texts.len(), "errors": audited,
            "incidents": incidents });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    let wide = surface(args.width).width;
    let of: BTreeSet<(&str, &str)> = texts.iter().map(|t| (t.key.dataset.as_str(), t.key.id.as_str())).collect();
    writeln!(out, "Errors put into {}: {} of {}\n", args.into, count(texts.len(), "text"), count(of.len(), "article"))?;
    show::all(&mut out, &audited, args.stats, wide)?;
    incident::show(&mut out, &incidents)?;
    Ok(Exit::Done)
}

fn shown(key: &ItemKey) -> String {
    format!("{}/{}", key.dataset, key.id)
}

/// The texts that are damaged, and the system they stand for.
fn texts(plan: &Plan, datasets: &[Dataset], args: &AuditArgs) -> anyhow::Result<(Vec<Text>, SystemRecord)> {
    if args.into == "references" {
        let mut texts = Vec::new();
        for dataset in datasets {
            for entry in dataset.entries()?.take(args.limit) {
                let entry = entry?;
                for (sample, reference) in entry.references.into_iter().enumerate() {
                    let (dataset, id) = (dataset.name().to_owned(), entry.article.id.clone());
                    let sample = u32::try_from(sample).unwrap_or(u32::MAX);
                    let key = ItemKey { dataset, id, system: HUMAN.to_owned(), sample };
                    texts.push(Text { key, lang: reference.lang, text: reference.summary });
                }
            }
        }
        let system = SystemRecord {
            id: HUMAN.to_owned(),
            name: HUMAN.to_owned(),
            version: None,
            kind: SystemKind::Human,
            backend: HUMAN.to_owned(),
        };
        return Ok((texts, system));
    }
    let (folder, record) = suite::find(&suite::reports(plan), "latest")
        .context("texts of a system are those of the latest run, and there is none")?;
    let Some(system) = record.systems.iter().find(|s| s.id == args.into || s.name == args.into) else {
        let known: Vec<&str> = record.systems.iter().map(|s| s.id.as_str()).collect();
        bail!("--into {}: say `references`, or a system of the latest run: {}", args.into, known.join(", "));
    };
    let mut texts = Vec::new();
    let mut taken: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in folder.items()? {
        let item = item?;
        let Some(text) = item.summary.filter(|_| item.key.system == system.id) else { continue };
        let of = taken.entry(item.key.dataset.clone()).or_default();
        if of.len() < args.limit || of.contains(&item.key.id) {
            of.insert(item.key.id.clone());
            texts.push(Text { key: item.key, lang: item.lang, text });
        }
    }
    Ok((texts, system.clone()))
}

/// Each kind of error with the texts it damaged, one an article: the first that it can damage.
type Damaged = Vec<(&'static ErrorKind, Vec<(Text, String)>)>;

fn damage(plan: &Plan, datasets: &[Dataset], texts: &[Text]) -> anyhow::Result<Damaged> {
    let mut by_article: BTreeMap<(&str, &str), Vec<&Text>> = BTreeMap::new();
    for text in texts {
        by_article.entry((&text.key.dataset, &text.key.id)).or_default().push(text);
    }
    // Two passes: a name is exchanged for one of the whole corpus.
    let mut pool: BTreeSet<String> = BTreeSet::new();
    let mut damaged: Damaged = ERRORS.iter().map(|error| (error, Vec::new())).collect();
    for seeding in [false, true] {
        let all: Vec<String> = pool.iter().cloned().collect();
        for dataset in datasets {
            for entry in dataset.entries()? {
                let entry = entry?;
                let Some(texts) = by_article.get(&(dataset.name(), entry.article.id.as_str())) else { continue };
                let (source, date) = (Some(entry.article.source.as_str()), entry.article.date.as_deref());
                let context = Context { source, source_lang: entry.article.lang.as_ref(), date };
                let prepared = Prepared::new(&context, &entry.facts);
                let reports: Vec<_> = texts.iter().map(|t| prepared.check(&t.text, t.lang.as_ref())).collect();
                let cases = texts.iter().zip(&reports).map(|(text, report)| Case {
                    text: &text.text,
                    lang: text.lang.as_ref(),
                    article: &entry.article,
                    facts: &entry.facts,
                    report,
                    names: &all,
                });
                let cases: Vec<Case<'_>> = cases.collect();
                if !seeding {
                    pool.extend(cases.iter().flat_map(names));
                    continue;
                }
                for (error, into) in &mut damaged {
                    let purpose = format!("audit/{}/{}/{}", error.name, dataset.name(), entry.article.id);
                    let purpose = Purpose::new(plan.seed, &purpose);
                    let seeded =
                        cases.iter().zip(texts).enumerate().find_map(|(i, (case, text))| {
                            Some((text, (error.seed)(case, &mut purpose.stream(i as u64))?))
                        });
                    if let Some((text, seeded)) = seeded {
                        let damaged = Text { key: text.key.clone(), lang: text.lang.clone(), text: seeded.text };
                        into.push((damaged, seeded.what));
                    }
                }
            }
        }
    }
    Ok(damaged)
}

/// Scores texts by the suite.
struct Bench<'a> {
    args: &'a AuditArgs,
    global: &'a Global,
    datasets: &'a [Dataset],
    system: &'a SystemRecord,
}

/// Texts scored.
struct Scored {
    record: RunRecord,
    items: Vec<ItemRecord>,
}

impl Bench<'_> {
    fn score(&self, texts: &[Text]) -> anyhow::Result<Scored> {
        let output = |text: &Text| {
            let key = text.key.clone();
            let (dataset, summary) = (Some(key.dataset), Some(text.text.clone()));
            let output = Output {
                dataset,
                id: key.id,
                system: key.system,
                sample: key.sample,
                summary,
                lang: text.lang.clone(),
            };
            KeptOutput::of_baseline(output, None)
        };
        let outputs = texts.iter().map(output).collect();
        let systems = std::slice::from_ref(self.system);
        let plan = suite::load(&self.args.suite.suite, self.global)?;
        let rescored = Rescored { systems, outputs, complete: None };
        let anew = Anew::of(plan, self.datasets, rescored, &Progress::new(true))?;
        let items = anew.folder.items()?.collect::<Result<Vec<_>, _>>()?;
        Ok(Scored { record: anew.record, items })
    }
}

/// At how many damaged articles each rule of the gates fails, the undamaged texts being the baseline.
fn gates(plan: &Plan, undamaged: &Scored, damaged: &Scored) -> anyhow::Result<Vec<GateNotice>> {
    let gates: Vec<Gate> = plan.gates.iter().filter(|gate| gate.against.is_none()).cloned().collect();
    let mut systems: Vec<&str> =
        plan.systems.iter().filter(|s| s.kind() == SystemKind::Candidate).map(|s| s.id.as_str()).collect();
    systems.retain(|id| gates.iter().any(|gate| gate.system.is_some() && speaks_of(gate, id, split_version(id).0)));
    if systems.is_empty() && !gates.is_empty() {
        // Gates that speak of every system say the same of each: one stands for all.
        systems.extend(plan.systems.iter().find(|s| s.kind() == SystemKind::Candidate).map(|s| s.id.as_str()));
    }
    // The same texts on both sides: of each article the one that was damaged, else its first.
    let of_key = |item: &ItemRecord| (item.key.dataset.clone(), item.key.id.clone());
    let chosen: BTreeMap<(String, String), u32> = damaged.items.iter().map(|i| (of_key(i), i.key.sample)).collect();
    let mut first: BTreeMap<(String, String), u32> = BTreeMap::new();
    for item in &undamaged.items {
        first.entry(of_key(item)).or_insert(item.key.sample);
    }
    let wanted = |item: &&ItemRecord| {
        let key = of_key(item);
        chosen.get(&key).or_else(|| first.get(&key)) == Some(&item.key.sample)
    };
    let side = |record: &RunRecord, items: Vec<ItemRecord>| -> anyhow::Result<Side> {
        let items = items.into_iter().map(Ok::<_, std::convert::Infallible>);
        let mut sides = Side::of_run("audit", record, items, |_| true)?;
        sides.pop().context("the texts of an audit have a system")
    };
    let before = side(&undamaged.record, undamaged.items.iter().filter(wanted).cloned().collect())?;
    let after = side(&damaged.record, damaged.items.clone())?;
    let pools = Pools::new(Some(&undamaged.record.plan));
    let mut notices: Vec<GateNotice> = Vec::new();
    let damaged_articles: Vec<_> = after.articles.keys().cloned().collect();
    let mut steps: Vec<usize> = (0..=damaged_articles.len()).collect();
    if steps.len() > 32 {
        // Every number at first, then in steps that grow.
        steps.retain(|k| *k <= 16 || k.is_power_of_two() || *k == damaged_articles.len());
    }
    for id in systems {
        let name = split_version(id).0;
        let mut record = undamaged.record.clone();
        record.systems = vec![SystemRecord {
            id: id.to_owned(),
            name: name.to_owned(),
            version: None,
            kind: SystemKind::Candidate,
            backend: "audit".to_owned(),
        }];
        record.aggregates.clear();
        let called = |side: &Side| Side { system: id.to_owned(), kind: SystemKind::Candidate, ..side.clone() };
        let baseline = [called(&before)];
        let mut mixed = [called(&before)];
        let mut at = 0;
        let mut known: Vec<GateNotice> = Vec::new();
        for &k in &steps {
            while at < k {
                let key = &damaged_articles[at];
                mixed[0].articles.insert(key.clone(), after.articles[key].clone());
                at += 1;
            }
            let evidence = Evidence {
                record: &record,
                sides: &mixed,
                baseline: Some(&baseline),
                accepted: None,
                against_baseline: true,
                pools: &pools,
                seed: plan.seed,
            };
            let judged: Vec<Judged> = judge(&gates, &evidence);
            if known.is_empty() {
                let notice = |j: &Judged| GateNotice { system: j.system.clone(), rule: j.rule.clone(), fails_at: None };
                known = judged.iter().map(notice).collect();
            }
            for (notice, judged) in known.iter_mut().zip(&judged) {
                if judged.fails && notice.fails_at.is_none() {
                    notice.fails_at = Some(k);
                }
            }
            if known.iter().all(|notice| notice.fails_at.is_some()) {
                break;
            }
        }
        notices.append(&mut known);
    }
    Ok(notices)
}
