//! `epitome explain`: the tokens, matches and arithmetic behind a value of a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use epitome::config::Plan;
use epitome::dataset::{Dataset, Entry};
use epitome::engine::HUMAN;
use epitome::fact::{self, Prepared};
use epitome::metric::explain::{Explained, Explanation, Gram, Grams, Moved, explain, moved, number};
use epitome::metric::external::{Given, Scores};
use epitome::metric::{Item, Metric};
use epitome::model::record::{ItemRecord, RunRecord};
use epitome::model::{ItemKey, MetricSpec, Outcome, Output, Reference, split_version};
use epitome::store::RunFolder;
use epitome::text::lang;
use serde_json::json;

use super::suite::SuiteArg;
use super::{Exit, Global, named, output, suite};

/// Show the tokens, matches and arithmetic behind a value
#[derive(Debug, Args)]
#[command(after_help = "RUN is a run id or the beginning of one, a path, `latest` or `latest~1`.\n\nExamples:\n  \
    epitome explain latest draft@v2 sco-2025.en rouge2\n  \
    epitome explain latest draft@v2 sco-2025.en rougeL --against latest::draft@v1\n  \
    epitome explain latest draft@v2 sco-2025.en facts --against baseline\n  \
    epitome explain latest lead sco-2025.zh-Hant bleu --against latest~1 --format json")]
pub struct ExplainArgs {
    /// The run
    run: String,
    /// The system, as `name@version` or by a name that only one has
    system: String,
    /// The article's id
    article: String,
    /// The metric's name in the suite
    metric: String,
    /// Another run, `baseline` or `git:REF`, whose output for the article is held against this one; `RUN::SYSTEM` takes another
    /// system's
    #[arg(long, value_name = "RUN")]
    against: Option<String>,
    /// The article's dataset, where several have one of that id
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// Which of several samples, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    sample: u32,
    /// N-grams shown of an order; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: ExplainFormat,
    #[command(flatten)]
    suite: SuiteArg,
}

/// How an explanation is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Text for people
    #[default]
    Text,
    /// One JSON document
    Json,
}

/// Carries the command out.
pub fn run(args: &ExplainArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    // A field of it may be named; all of them are shown.
    let name = args.metric.split_once('.').map_or(args.metric.as_str(), |(name, _)| name);
    let (metric, spec) = metric(&plan, name)?;
    let (folder, record) = suite::find(&reports, &args.run)?;
    let item = find(args, &folder, &record, &args.system)?;
    let entry = entry(&plan, &item)?;
    let now = explain_item(&plan, metric, spec, &entry, &item);
    remark_on(&record, &item, &now);
    let before = match &args.against {
        Some(against) => {
            let (run, system) = against.rsplit_once("::").unwrap_or((against, &item.key.system));
            let (other, record) = if run == "baseline" || run.starts_with("git:") {
                let accepted = named::baseline_named(&reports, &plan.root, run)?;
                let none = "there is no baseline yet; `epitome accept` makes one of a run";
                (of_accepted(accepted.context(none)?.1, run, &item, system)?, None)
            } else {
                let (folder, record) = suite::find(&reports, if run.is_empty() { &args.run } else { run })?;
                (find(args, &folder, &record, system)?, Some(record))
            };
            let explained = explain_item(&plan, metric, spec, &entry, &other);
            if let Some(record) = &record {
                remark_on(record, &other, &explained);
            }
            Some((other, explained))
        }
        None => None,
    };
    let movements = before.as_ref().and_then(|(_, before)| {
        let (was, is) = (before.behind.as_ref()?, now.behind.as_ref()?);
        let matches = |e: &Explanation| !e.grams.is_empty() || !e.subsequences.is_empty();
        (matches(was) || matches(is)).then(|| moved(was, is))
    });
    let mut out = std::io::stdout().lock();
    if args.format == ExplainFormat::Json {
        let side = |item: &ItemRecord, explained: &Explained| {
            let recorded = item.scores.get(&explained.metric);
            json!({ "system": item.key.system, "summary": item.summary, "recorded": recorded, "explained": explained })
        };
        let mut document = json!({
            "schema": "epitome.explanation/1",
            "dataset": item.key.dataset,
            "id": item.key.id,
            "sample": item.key.sample,
            "metric": now.metric,
            "output": side(&item, &now),
        });
        if let Some((other, before)) = &before {
            document["against"] = side(other, before);
            document["moved"] = json!(movements);
        }
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    let title = format!("{} on {} of {}", item.key.system, item.key.id, item.key.dataset);
    write!(out, "{}", text(&title, &now, args.limit))?;
    if let (Some((other, before)), Some(against)) = (&before, &args.against) {
        write!(
            out,
            "\n{}",
            difference(&format!("against {against} ({})", other.key.system), before, &now, movements, args.limit)
        )?;
    }
    Ok(Exit::Done)
}

/// The metric of a name, with its place among those that share a pass.
fn metric<'p>(plan: &'p Plan, name: &str) -> anyhow::Result<(&'p dyn Metric, usize)> {
    for metric in &plan.metrics {
        if let Some(spec) = metric.specs().iter().position(|spec| spec.name == name) {
            return Ok((metric.as_ref(), spec));
        }
    }
    let known: Vec<&str> = plan.specs().map(|spec| spec.name.as_str()).collect();
    bail!("the suite has no metric `{name}`; it has {}", known.join(", "))
}

/// The accepted output of a system, by name whatever the version, for an item's article.
fn of_accepted(
    mut outputs: Vec<Output>,
    baseline: &str,
    item: &ItemRecord,
    system: &str,
) -> anyhow::Result<ItemRecord> {
    let key = &item.key;
    outputs.retain(|o| {
        let dataset = o.dataset.as_ref().is_none_or(|dataset| *dataset == key.dataset);
        dataset && o.id == key.id && o.sample == key.sample && split_version(&o.system).0 == split_version(system).0
    });
    let exact = outputs.iter().position(|o| o.system == system).unwrap_or(0);
    let Some(output) = (!outputs.is_empty()).then(|| outputs.swap_remove(exact)) else {
        bail!("{baseline} has no output of {system} for article `{}`, sample {}", key.id, key.sample)
    };
    let lang = output.lang.clone().or_else(|| output.summary.as_deref().map(lang::detect));
    let key = ItemKey { system: output.system, ..key.clone() };
    // What the run knows of its own output does not hold of this one.
    let (scores, notes) = (BTreeMap::new(), BTreeMap::new());
    Ok(ItemRecord { key, lang, summary: output.summary, scores, notes, ..item.clone() })
}

/// The item of a run that is meant.
fn find(args: &ExplainArgs, folder: &RunFolder, record: &RunRecord, system: &str) -> anyhow::Result<ItemRecord> {
    let bare = |id| split_version(id).0;
    let named: Vec<&str> = match record.systems.iter().find(|s| s.id == system) {
        Some(exact) => vec![exact.id.as_str()],
        None => record.systems.iter().map(|s| s.id.as_str()).filter(|id| bare(id) == bare(system)).collect(),
    };
    let system = match named.as_slice() {
        [one] => *one,
        [] => {
            let known: Vec<&str> = record.systems.iter().map(|s| s.id.as_str()).collect();
            bail!("{} has no system `{system}`; it has {}", folder.path().display(), known.join(", "))
        }
        several if system.contains('@') => {
            bail!("{} has no `{system}`, but {}; say which", folder.path().display(), several.join(" and "))
        }
        several => bail!("`{system}` could be {}; say which", several.join(" or ")),
    };
    let mut found: Option<ItemRecord> = None;
    for item in folder.items()? {
        let item = item?;
        let meant = item.key.id == args.article
            && item.key.system == system
            && item.key.sample == args.sample
            && args.dataset.as_ref().is_none_or(|dataset| *dataset == item.key.dataset);
        if !meant {
            continue;
        }
        if let Some(other) = &found {
            let (one, two) = (&other.key.dataset, &item.key.dataset);
            bail!("`{}` is an article of {one} and of {two}; say which with --dataset", args.article);
        }
        found = Some(item);
    }
    let Some(item) = found else {
        bail!(
            "{} has no output of {system} for article `{}`, sample {}",
            folder.path().display(),
            args.article,
            args.sample
        )
    };
    if let Some(failure) = &item.failure {
        bail!("{system} failed on `{}`: {failure}", args.article);
    }
    if let (None, Some(reason)) = (&item.summary, &item.not_evaluated) {
        bail!("{system} was not asked for `{}`: {reason}", args.article);
    }
    Ok(item)
}

/// The article of an item, with its references and facts, as the suite has them today.
fn entry(plan: &Plan, item: &ItemRecord) -> anyhow::Result<Entry> {
    let Some(spec) = plan.datasets.iter().find(|spec| spec.name == item.key.dataset) else {
        bail!("the suite has no dataset `{}` any more", item.key.dataset)
    };
    let dataset = Dataset::open(spec, &plan.root)?;
    for entry in dataset.entries()? {
        let entry = entry?;
        if entry.article.id == item.key.id {
            return Ok(entry);
        }
    }
    bail!("dataset `{}` has no article `{}` any more", item.key.dataset, item.key.id)
}

/// Scores and explains an item's output as the engine scores it.
fn explain_item(plan: &Plan, metric: &dyn Metric, spec: usize, entry: &Entry, record: &ItemRecord) -> Explained {
    let human = record.key.system == HUMAN;
    let system = plan.systems.iter().find(|system| system.id == record.key.system);
    // An annotator is held against the others.
    let own = |index: usize| human && index == record.key.sample as usize;
    let references: Vec<Reference> =
        entry.references.iter().enumerate().filter(|(i, _)| !own(*i)).map(|(_, r)| r.clone()).collect();
    let context = fact::Context {
        source: Some(&entry.article.source),
        source_lang: entry.article.lang.as_ref(),
        date: entry.article.date.as_deref(),
    };
    let summary = record.summary.as_deref().unwrap_or_default();
    let report = Prepared::new(&context, &entry.facts).check(summary, record.lang.as_ref());
    let given = given(metric, record);
    let item = Item {
        candidate: summary,
        candidate_lang: record.lang.as_ref(),
        expected_lang: system.and_then(|s| s.output_lang.as_ref()).or(entry.article.lang.as_ref()),
        references: &references,
        article: Some(&entry.article),
        facts: &entry.facts,
        report: Some(&report),
        given: Some(&given),
    };
    explain(metric, spec, &item)
}

/// What came from outside is what the run recorded: nobody is asked again.
fn given(metric: &dyn Metric, record: &ItemRecord) -> Given {
    let scores = |spec: &MetricSpec| {
        let recorded = record.scores.get(&spec.name)?.as_ref()?;
        let fields = spec.fields.iter().map(|field| recorded.get(&field.name).copied()).collect::<Option<_>>()?;
        let note = record.notes.get(&spec.name).cloned();
        Some((spec.name.clone(), Outcome::Scored(Scores { fields, note })))
    };
    metric.specs().iter().filter_map(scores).collect()
}

/// Says where the value explained is not the one recorded: references, or the metric, have changed since.
fn remark_on(record: &RunRecord, item: &ItemRecord, explained: &Explained) {
    let Some(recorded) = item.scores.get(&explained.metric) else {
        return output::warning(&format!("that run did not score `{}`; this is today's value", explained.metric));
    };
    let now: Option<BTreeMap<_, _>> = explained.fields.clone().map(|fields| fields.into_iter().collect());
    if *recorded == now {
        return;
    }
    let signatures = record.metrics.iter().filter(|m| m.name == explained.metric).flat_map(|m| m.signatures.values());
    let signed = explained.signature.as_ref();
    let like = signed.is_some_and(|now| signatures.clone().any(|signature| signature == now));
    let difference = signed.and_then(|now| signatures.clone().find_map(|signature| signature.difference(now)));
    let why = match (like, difference) {
        (false, Some((key, was, is))) => format!("its `{key}` was {was} and is {is}"),
        _ => "references or facts have changed since".to_owned(),
    };
    output::warning(&format!("the run recorded another value of `{}`: {why}; this is today's", explained.metric));
}

/// An explanation as text for people.
pub fn text(title: &str, explained: &Explained, limit: usize) -> String {
    let mut out = format!("{} of {title}\n", explained.metric);
    let mut line = |line: String| {
        out.push_str("  ");
        out.push_str(&line);
        out.push('\n');
    };
    match (&explained.fields, &explained.unscored) {
        (Some(fields), _) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} {}", number(*value))).collect();
            line(fields.join("  "));
        }
        (None, Some(why)) => line(format!("no score ({}): {}", why.code, why.message)),
        (None, None) => line("no score: the counts define none".to_owned()),
    }
    if let Some(signature) = &explained.signature {
        line(format!("signature  {signature}"));
    }
    let Some(behind) = &explained.behind else {
        for (name, value) in explained.counts.iter().flatten() {
            line(format!("{name} = {}", number(*value)));
        }
        return out;
    };
    // What came from outside was cut into none.
    if behind.tokenizer.is_some() || !behind.candidate.is_empty() {
        line(format!("output, {} tokens", behind.candidate.len()));
        line(format!("  {}", behind.candidate.join(" | ")));
    }
    for (index, reference) in behind.references_used.iter().zip(&behind.references) {
        line(format!("reference {}, {} tokens", index + 1, reference.len()));
        line(format!("  {}", reference.join(" | ")));
    }
    for grams in &behind.grams {
        gram_lines(grams, limit, &mut line);
    }
    for (index, subsequence) in behind.subsequences.iter().enumerate() {
        let count = subsequence.common().count();
        let of = if behind.subsequences.len() > 1 { format!(", line {}", index + 1) } else { String::new() };
        line(format!("common subsequence{of}: {count} of {} tokens of the reference", subsequence.tokens.len()));
        let shown = subsequence.tokens.iter().zip(&subsequence.counted);
        let shown = shown.map(|(token, counted)| if *counted { format!("[{token}]") } else { token.clone() });
        line(format!("  {}", shown.collect::<Vec<_>>().join(" ")));
    }
    line("arithmetic".to_owned());
    for step in &behind.arithmetic {
        line(format!("  {step}"));
    }
    out
}

/// The n-grams of an order: those that match with their counts, then those that one side alone has.
fn gram_lines(grams: &Grams, limit: usize, line: &mut impl FnMut(String)) {
    let limit = if limit == 0 { usize::MAX } else { limit };
    line(format!(
        "{}-grams of {}s: {} matched, of {} in the output and {} in the reference",
        grams.order, grams.unit, grams.matched, grams.candidate, grams.reference
    ));
    let matched: Vec<_> = grams.grams.iter().filter(|gram| gram.matched > 0).collect();
    for gram in matched.iter().take(limit) {
        let counts = if (gram.candidate, gram.reference) == (1, 1) {
            String::new()
        } else {
            format!("  (output {}, reference {})", gram.candidate, gram.reference)
        };
        line(format!("  {} × {}{counts}", gram.matched, gram.text));
    }
    if matched.len() > limit {
        line(format!("  and {} more (--limit 0 shows all)", matched.len() - limit));
    }
    let mut alone = |side: &str, count: fn(&Gram) -> usize| {
        let alone = grams.grams.iter().filter(|gram| count(gram) > gram.matched);
        let alone: Vec<_> = alone.map(|gram| (gram.text.clone(), count(gram) - gram.matched)).collect();
        if !alone.is_empty() {
            line(format!("  only in the {side}: {}", listed(&alone, limit)));
        }
    };
    alone("output", |gram| gram.candidate);
    alone("reference", |gram| gram.reference);
}

/// N-grams on one line, with their counts where above one.
fn listed(grams: &[(String, usize)], limit: usize) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let one = |(text, count): &(String, usize)| if *count > 1 { format!("{text} × {count}") } else { text.clone() };
    let mut shown: Vec<String> = grams.iter().take(limit).map(one).collect();
    if grams.len() > limit {
        shown.push(format!("and {} more", grams.len() - limit));
    }
    shown.join(", ")
}

/// What moved between two explanations, as text for people.
fn difference(title: &str, before: &Explained, now: &Explained, moved: Option<Vec<Moved>>, limit: usize) -> String {
    let mut out = format!("{title}\n");
    match (&before.fields, &now.fields) {
        (Some(before), Some(now)) => {
            for ((name, before), (_, now)) in before.iter().zip(now) {
                let _ = writeln!(out, "  {name} {} -> {} ({:+.4})", number(*before), number(*now), now - before);
            }
        }
        (None, _) => out.push_str("  no score there\n"),
        (_, None) => out.push_str("  no score here\n"),
    }
    let Some(moved) = moved else {
        if let (Some(before), Some(now)) = (&before.behind, &now.behind) {
            let (was, is) = (&before.arithmetic, &now.arithmetic);
            was.iter().filter(|line| !is.contains(line)).for_each(|line| out += &format!("  - {line}\n"));
            is.iter().filter(|line| !was.contains(line)).for_each(|line| out += &format!("  + {line}\n"));
            return out;
        }
        for ((name, before), (_, now)) in before.counts.iter().flatten().zip(now.counts.iter().flatten()) {
            if before != now {
                let _ = writeln!(out, "  {name} = {} -> {}", number(*before), number(*now));
            }
        }
        return out;
    };
    if let (Some(before), Some(now)) = (&before.behind, &now.behind) {
        if before.candidate.len() != now.candidate.len() {
            let _ = writeln!(out, "  tokens of the output {} -> {}", before.candidate.len(), now.candidate.len());
        }
        if before.references_used != now.references_used {
            let place = |used: &[usize]| used.iter().map(|i| (i + 1).to_string()).collect::<Vec<_>>().join(", ");
            let (was, is) = (place(&before.references_used), place(&now.references_used));
            let _ = writeln!(out, "  reference {was} -> {is}");
        }
    }
    if moved.is_empty() {
        out.push_str("  no match gained or lost\n");
    }
    for moved in moved {
        let what = match moved.unit {
            "subsequence" => "common subsequence".to_owned(),
            unit => format!("{}-grams of {unit}s", moved.order),
        };
        for (how, grams) in [("gained", &moved.gained), ("lost", &moved.lost)] {
            if !grams.is_empty() {
                let total: usize = grams.iter().map(|(_, count)| count).sum();
                let _ = writeln!(out, "  {what} {how}, {total}: {}", listed(grams, limit));
            }
        }
    }
    out
}

/// One explanation as a line of JSON, for `score --explain=json`.
pub fn json_line(id: &str, explained: &[Explained]) -> anyhow::Result<Vec<u8>> {
    let document = json!({ "schema": "epitome.explanation/1", "id": id, "explained": explained });
    let mut line = serde_json::to_vec(&document).context("cannot write the explanation")?;
    line.push(b'\n');
    Ok(line)
}
