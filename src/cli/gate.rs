//! `epitome gate`: do the suite's conditions hold?

use std::io::Write;

use clap::Args;
use epitome::compare::delta::Pools;
use epitome::compare::gate::{Culprit, Evidence, Judged, Status, judge};
use epitome::config::Plan;
use epitome::model::baseline::Snapshot;
use epitome::model::record::RunRecord;
use epitome::model::{count, split_version};
use epitome::report::clean::clip;
use epitome::report::comparison::fact_line;
use epitome::report::layout::{left, width, wrap};
use epitome::store::RunFolder;
use owo_colors::OwoColorize;
use serde_json::json;

use super::exit::unless_closed;
use super::held::Held;
use super::render::{TableFormat, surface};
use super::suite::SuiteArg;
use super::{Exit, Global, named, output, suite};

/// Hold a run against the suite's gates and the accepted baseline
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  epitome gate\n  epitome gate latest~1 --suite news/epitome.toml\n  epitome gate --baseline git:origin/main\n\n\
    Exits 0 when every gate holds, 1 when one fails. A gate that can be neither shown to hold nor excluded is \
    inconclusive: it is listed first, and fails only where the suite says `on_inconclusive = \"fail\"`."
)]
pub struct GateArgs {
    /// The run: an id, a path, `latest` or `latest~1`
    #[arg(default_value = "latest")]
    run: String,
    #[command(flatten)]
    suite: SuiteArg,
    /// The baseline to hold it against: `baseline`, or `git:REF` for the one committed there
    #[arg(long, value_name = "BASELINE", default_value = "baseline")]
    baseline: String,
    /// Columns of the text [default: the terminal's, else 100]
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// Carries the command out.
pub fn run(args: &GateArgs, global: &Global) -> anyhow::Result<Exit> {
    let plan = suite::load(&args.suite.suite, global)?;
    let reports = suite::reports(&plan);
    let (folder, record) = suite::find(&reports, &args.run)?;
    if plan.gates.is_empty() {
        output::remark("the suite has no [[gate]], so nothing is held");
    }
    let against;
    let held = match named::baseline_named(&reports, &plan.root, &args.baseline)? {
        Some(accepted) => {
            against = called(&args.baseline, &accepted.0);
            stale(&accepted.0, &record);
            Held::against(&plan, &args.suite, global, &folder, &record, accepted)?
        }
        None => {
            against = "there is no baseline".to_owned();
            Held::alone(&plan.gates, &folder, &record)?
        }
    };
    let judged = judged(&plan, &held, &record, true);
    unless_closed(show(&judged, &held, &against, args))?;
    if record.complete.finished < record.complete.planned {
        output::warning("the run is not complete, so this is no full gate");
    }
    if let Some(filtered) = &record.complete.filtered {
        output::warning(&format!("the run took a part of the suite ({filtered}), so this is no full gate"));
    }
    Ok(exit(&judged))
}

/// Judges all gates of a suite for a run, against the baseline where there is one.
pub fn all(
    plan: &Plan,
    arg: &SuiteArg,
    global: &Global,
    folder: &RunFolder,
    record: &RunRecord,
) -> anyhow::Result<Vec<Judged>> {
    match named::baseline_named(&suite::reports(plan), &plan.root, "baseline")? {
        Some(accepted) if !plan.gates.is_empty() => {
            let held = Held::against(plan, arg, global, folder, record, accepted)?;
            Ok(judged(plan, &held, record, true))
        }
        _ => absolute(plan, folder, record),
    }
}

/// Says which systems of a baseline the run no longer has.
pub fn stale(snapshot: &Snapshot, record: &RunRecord) {
    if record.complete.filtered.is_some() {
        return;
    }
    let gone = |id: &&String| {
        let name = split_version(id).0;
        !record.systems.iter().any(|s| s.id == **id || s.name == name)
    };
    let stale: Vec<&str> = snapshot.systems.keys().filter(gone).map(String::as_str).collect();
    if !stale.is_empty() {
        let names = stale.join(", ");
        output::warning(&format!("stale: the baseline has {names}, which the run has not; `epitome accept` drops it"));
    }
}

/// Judges the gates of a suite that need no baseline.
pub fn absolute(plan: &Plan, folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Vec<Judged>> {
    if plan.gates.is_empty() {
        return Ok(Vec::new());
    }
    Ok(judged(plan, &Held::alone(&plan.gates, folder, record)?, record, false))
}

fn judged(plan: &Plan, held: &Held, record: &RunRecord, against_baseline: bool) -> Vec<Judged> {
    let record = held.record(record);
    let pools = Pools::new(Some(&record.plan));
    let evidence = Evidence {
        record,
        sides: &held.sides,
        baseline: held.baseline.as_deref(),
        accepted: held.accepted.as_deref(),
        against_baseline,
        pools: &pools,
        seed: plan.seed,
    };
    let mut judged = judge(&plan.gates, &evidence);
    // What could not be told comes first, then what failed.
    judged.sort_by_key(|j| match j.status {
        Status::Inconclusive => 0,
        Status::Failed => 1,
        Status::Passed => 2,
    });
    judged
}

/// How a command ends whose gates ended so.
pub fn exit(judged: &[Judged]) -> Exit {
    if judged.iter().any(|j| j.fails) { Exit::GateFailed } else { Exit::Done }
}

/// How to call a baseline: as it was named, and why it was accepted.
fn called(name: &str, snapshot: &Snapshot) -> String {
    let name = if name == "baseline" { "the baseline" } else { name };
    let why = snapshot.message.as_ref().map(|message| format!(" “{}”", clip(message, 80))).unwrap_or_default();
    format!("held against {name}{why}")
}

fn show(judged: &[Judged], held: &Held, against: &str, args: &GateArgs) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    if args.format == TableFormat::Json {
        let holds = !judged.iter().any(|j| j.fails);
        let changed: Vec<_> =
            held.changed.iter().map(|(system, fact)| json!({ "system": system, "fact": fact })).collect();
        let document = json!({ "schema": "epitome.gate/1", "holds": holds, "against": args.baseline, "gates": judged,
            "rescored": held.why, "changed_by_tool_or_checklist": changed });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(());
    }
    if judged.is_empty() {
        return Ok(());
    }
    let wide = surface(args.width).width;
    writeln!(out, "{}", "Gates".bold())?;
    let word = |status: Status| match status {
        Status::Passed => "holds",
        Status::Failed => "FAILS",
        Status::Inconclusive => "cannot tell",
    };
    let widest = judged.iter().map(|gate| width(word(gate.status))).max().unwrap_or(0);
    // Prose hanging from what stands in the margin of its first line.
    let mut hang = |lead: &str, indent: usize, text: &str| {
        wrap(text, wide.saturating_sub(indent)).iter().enumerate().try_for_each(|(at, line)| {
            let margin = if at == 0 { lead.to_owned() } else { " ".repeat(indent) };
            writeln!(out, "{margin}{line}")
        })
    };
    for gate in judged {
        let status = left(word(gate.status), widest);
        let status = match gate.status {
            Status::Passed => status.green().to_string(),
            Status::Failed => status.red().bold().to_string(),
            Status::Inconclusive => status.yellow().to_string(),
        };
        let indent = widest + 4;
        hang(&format!("  {status}  "), indent, &format!("{} · {}: {}", gate.system, gate.rule, gate.message))?;
        for item in gate.items.iter().take(NAMED) {
            // What stands behind a rule is set in, and its further lines once more.
            hang(&" ".repeat(indent + 2), indent + 4, &shown(item))?;
        }
        if gate.items.len() > NAMED {
            hang(&" ".repeat(indent + 2), indent + 4, "and more; --format json names them")?;
        }
    }
    show_rescored(&mut out, held)?;
    let fails = judged.iter().filter(|gate| gate.fails).count();
    let open = judged.iter().filter(|gate| gate.status == Status::Inconclusive && !gate.fails).count();
    let ends = match (fails, judged.len()) {
        (0, 1) => "the one rule holds".to_owned(),
        (0, all) => format!("none of {all} fails"),
        (1, all) => format!("1 of {all} fails"),
        (fails, all) => format!("{fails} of {all} fail"),
    };
    let ends = match open {
        0 => ends,
        open if judged.len() == 1 => format!("none fails, {open} cannot be told"),
        open => format!("{ends}, {open} cannot be told"),
    };
    writeln!(out)?;
    wrap(&format!("{ends}; {against}"), wide).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(())
}

/// Says what was scored anew, and which verdicts changed though the outputs did not.
fn show_rescored(out: &mut impl Write, held: &Held) -> std::io::Result<()> {
    let Some(why) = &held.why else { return Ok(()) };
    writeln!(
        out,
        "\nScored anew: {why}, so the accepted outputs were scored by today's. `epitome rescore baseline` keeps that."
    )?;
    if held.changed.is_empty() {
        return writeln!(out, "  no verdict on an accepted output changed");
    }
    writeln!(
        out,
        "  {} changed by tool, checklist or decision, not by an output:",
        count(held.changed.len(), "verdict")
    )?;
    for (system, change) in held.changed.iter().take(NAMED) {
        writeln!(out, "    {system}  {}", fact_line(change))?;
    }
    if held.changed.len() > NAMED {
        writeln!(out, "    and {} more; --format json names them", held.changed.len() - NAMED)?;
    }
    Ok(())
}

/// Items of a rule that the table names.
const NAMED: usize = 8;

/// What stands behind a rule, in a line: article, fact, the words, and why.
fn shown(item: &Culprit) -> String {
    let mut line = item.article.clone();
    if let Some(sample) = item.sample {
        line += &format!(", sample {sample}");
    }
    if let Some(fact) = &item.fact {
        line += &format!("  fact {fact}");
    }
    if let Some(claim) = &item.claim {
        line += &format!(" “{claim}”");
    }
    if !item.why.is_empty() {
        line += &format!("  {}", item.why);
    }
    if let Some(span) = &item.span {
        line += &format!("  [{}..{}] “{}”", span.start, span.end, span.text);
    }
    if let (Some(value), None) = (item.value, &item.fact) {
        line += &format!("  {value:+.4}");
    }
    epitome::report::clean::line(&line)
}
