//! `epitome accept`: make a run, or a part of it, the baseline.

use std::collections::BTreeSet;

use anyhow::bail;
use clap::Args;
use epitome::compare::delta::difference;
use epitome::config::Plan;
use epitome::engine::filter::Filter;
use epitome::model::baseline::Snapshot;
use epitome::model::record::RunRecord;
use epitome::model::{count, split_version};
use epitome::store::{Reports, RunFolder};

use super::suite::SuiteArg;
use super::{Exit, Global, output, suite};

/// Accept a run as the baseline that gates hold later runs against
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  epitome accept --message \"v7 keeps the loan pledge\"\n  \
    epitome accept --only system=desk@v7 --only id=sco-2025.en\n\n\
    Writes reports/<suite>/baseline.json and baseline.outputs.jsonl, made to be committed and reviewed. A run of a part \
    of the suite, and --only, update their own articles and leave the others.")]
pub struct AcceptArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// Accept only what matches: id=…, dataset=… or system=…, each a glob; may be repeated
    #[arg(long, value_name = "WHAT=GLOB")]
    only: Vec<String>,
    /// Why, for those who read the baseline later
    #[arg(long, short, value_name = "TEXT")]
    message: Option<String>,
}

/// Carries the command out.
pub fn run(args: &AcceptArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    let complete = &record.complete;
    let only = only(&args.only)?;
    suite::warn_of_versions(&args.only, &record);
    if complete.finished < complete.planned {
        bail!(
            "{} holds {} of {} items; a baseline is made of a complete run, so run the suite again",
            folder.path().display(),
            complete.finished,
            complete.planned
        );
    }
    let before = reports.baseline()?;
    let path = reports.baseline_path();
    let said = if only.is_active() || complete.filtered.is_some() {
        let wanted = |system: &str, article: &str| {
            let (dataset, id) = article.split_once('/').unwrap_or(("", article));
            only.takes_item(dataset, id, system)
        };
        let taken = part(&plan, &reports, &folder, &record, before, &wanted, args.message.as_deref())?;
        format!("accepted {} into the baseline", count(taken, "item"))
    } else {
        let mut snapshot = suite::snapshot(&plan, &folder, &record)?;
        snapshot.message.clone_from(&args.message);
        let outputs = reports.baseline_outputs()?;
        reports.accept(&snapshot, &folder)?;
        match before {
            None => "accepted the first baseline".to_owned(),
            Some(old) if old.systems == snapshot.systems => {
                match besides(&old, &snapshot, outputs == reports.baseline_outputs()?).as_slice() {
                    [] => "the baseline is as it was".to_owned(),
                    parts => {
                        format!("scores, facts and figures are as they were accepted; {} changed", parts.join(", "))
                    }
                }
            }
            Some(old) => format!("accepted a new baseline{}", gone(&old, &snapshot)),
        }
    };
    if !global.quiet {
        output::remark(&format!("{said}: {} (commit it with baseline.outputs.jsonl)", path.display()));
    }
    Ok(Exit::Done)
}

/// A choice of items by what a baseline knows of them.
pub fn only(texts: &[String]) -> anyhow::Result<Filter> {
    let mut only = Filter::default();
    for text in texts {
        if !["id=", "dataset=", "system="].iter().any(|known| text.starts_with(known)) {
            bail!("`--only {text}`: items are chosen by id=, dataset= or system=");
        }
        only.only(text)?;
    }
    Ok(only)
}

/// What of a baseline is another though its systems' scores, facts and figures are the same.
fn besides(old: &Snapshot, new: &Snapshot, same_outputs: bool) -> Vec<&'static str> {
    let parts = [
        ("the message", old.message == new.message),
        ("how metrics are computed", old.signatures == new.signatures),
        ("the data", old.datasets == new.datasets && old.articles == new.articles),
        ("the tokenizers kept of articles", old.strata == new.strata),
        ("outputs", same_outputs),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect()
}

/// What an old baseline had that a new one has no more, in words.
fn gone(old: &Snapshot, new: &Snapshot) -> String {
    let systems: Vec<&str> =
        old.systems.keys().filter(|id| new.system(id, split_version(id).0).is_none()).map(String::as_str).collect();
    let articles = old.articles.keys().filter(|name| !new.articles.contains_key(*name)).count();
    let mut said = String::new();
    if !systems.is_empty() {
        said += &format!("; without {}, which the suite no longer has", systems.join(", "));
    }
    if articles > 0 {
        let are = if articles == 1 { "is" } else { "are" };
        said += &format!("; without {} that {are} gone", count(articles, "article"));
    }
    said
}

/// Takes items of a run over into the baseline, by system and `dataset/id`, and says how many.
pub fn part(
    plan: &Plan,
    reports: &Reports,
    folder: &RunFolder,
    record: &RunRecord,
    before: Option<Snapshot>,
    wanted: &dyn Fn(&str, &str) -> bool,
    message: Option<&str>,
) -> anyhow::Result<usize> {
    let newer = suite::snapshot(plan, folder, record)?;
    let Some(mut snapshot) = before else {
        bail!("there is no baseline to update a part of; accept a run of the whole suite first: `epitome accept`");
    };
    for (metric, strata) in &newer.signatures {
        for (stratum, signature) in strata {
            let old = snapshot.signatures.get(metric).and_then(|strata| strata.get(stratum));
            if let Some((field, was, is)) = difference(old.map_or("", String::as_str), signature) {
                bail!(
                    "the baseline's {metric} was computed otherwise ({field}: {was} then, {is} now), so a part cannot be \
                     updated; `epitome rescore baseline` first, or accept a whole run"
                );
            }
        }
    }
    let all =
        newer.systems.iter().flat_map(|(id, s)| s.articles.keys().map(move |article| (id.as_str(), article.as_str())));
    let picked: BTreeSet<(&str, &str)> = all.filter(|(id, article)| wanted(id, article)).collect();
    let wanted = |id: &str, article: &str| picked.contains(&(id, article));
    let taken = picked.len();
    if taken == 0 {
        bail!("nothing of the run is to be accepted: no item matches");
    }
    let renamed = snapshot.take(&newer, wanted);
    // The old message is of what was accepted then.
    snapshot.message = message.map(str::to_owned);
    reports.accept_part(&snapshot, folder, &renamed, wanted)?;
    Ok(taken)
}
