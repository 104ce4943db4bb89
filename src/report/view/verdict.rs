//! The plain words first: who is best and by how much, or why that cannot be said.

use std::collections::BTreeMap;

use super::columns::{Figures, Ranking, whole};
use super::findings::Decisions;
use super::reach::Reach;
use crate::model::Direction;
use crate::model::record::{Interval, RunRecord, SystemKind};
use crate::report::clean;
use crate::report::number::{Digits, percent};
use crate::report::ui::Ui;

/// The sentences a reader meets first, most important first.
pub fn verdict(run: &RunRecord, figures: &Figures<'_>, ranking: &Ranking<'_>, ui: &Ui) -> Vec<String> {
    let mut said = Vec::new();
    let planned = run.complete.planned;
    if planned == 0 {
        said.push(ui.text("verdict.empty").to_owned());
        return said;
    }
    let facts: u64 = run.datasets.iter().map(|d| d.facts).sum();
    let references: u64 = run.datasets.iter().map(|d| d.references).sum();
    let drafts: u64 = run.datasets.iter().map(|d| d.draft_facts).sum();
    let blind = facts == 0 && references == 0;
    if blind && drafts > 0 {
        said.push(ui.fill("verdict.nothing_judges_drafts", &[("drafts", &drafts.to_string())]));
    } else if blind {
        said.push(ui.text("verdict.nothing_judges").to_owned());
    }
    said.extend(failed(run, ui));
    if run.complete.finished < planned || run.complete.interrupted {
        let name = if run.complete.interrupted { "verdict.interrupted" } else { "verdict.unfinished" };
        let (finished, planned) = (run.complete.finished.to_string(), planned.to_string());
        said.push(ui.fill(name, &[("finished", &finished), ("planned", &planned)]));
    }
    if !run.systems.iter().any(|s| s.kind == SystemKind::Candidate) {
        said.push(ui.text("verdict.no_candidate").to_owned());
    } else if !ranking.ranked.is_empty() {
        said.push(best(run, ranking, ui));
        said.extend(yardstick(run, figures, ranking, ui));
        if !ranking.by_facts && facts == 0 {
            said.push(ui.text("verdict.overlap_aside").to_owned());
        }
    } else if !blind {
        said.push(ui.text("verdict.none_scored").to_owned());
    }
    said
}

fn failed(run: &RunRecord, ui: &Ui) -> Option<String> {
    let mut systems: Vec<(&str, u64, u64, Vec<String>)> = Vec::new();
    for failure in run.failures.iter().filter(|f| f.failed > 0) {
        let kind = format!("{} {}", failure.failed, clean::clip(&failure.kind, 60));
        match systems.iter_mut().find(|s| s.0 == failure.system) {
            Some(system) => {
                system.1 += failure.failed;
                system.3.push(kind);
            }
            None => systems.push((&failure.system, failure.failed, failure.items, vec![kind])),
        }
    }
    let places = |(system, failed, items, kinds): &(&str, u64, u64, Vec<String>)| {
        [
            ("system", clean::clip(system, 80)),
            ("failed", failed.to_string()),
            ("items", items.to_string()),
            ("kinds", ui.list(kinds)),
        ]
    };
    let fill = |name: &str, system| {
        let places: [(&str, String); 4] = places(system);
        ui.fill(name, &places.each_ref().map(|(place, value)| (*place, value.as_str())))
    };
    match systems.as_slice() {
        [] => None,
        [system] => Some(fill("verdict.failed_one", system)),
        many => {
            let entries: Vec<String> = many.iter().take(5).map(|s| fill("verdict.failed_entry", s)).collect();
            let more = if many.len() > 5 { "…" } else { "" };
            Some(ui.fill("verdict.failed_many", &[("systems", &format!("{}{more}", ui.list(&entries)))]))
        }
    }
}

/// The best candidate, and how far the next one is behind.
fn best(run: &RunRecord, ranking: &Ranking<'_>, ui: &Ui) -> String {
    let (Some((system, first)), Some(by)) = (ranking.ranked.first(), &ranking.by) else { return String::new() };
    let digits = Digits::of(by.range, &ranking.ranked.iter().map(|(_, i)| (i.value, None)).collect::<Vec<_>>());
    let show = |value: f64| if ranking.by_facts { percent(value) } else { digits.value(value) };
    let name = clean::clip(system, 80);
    let mut said = if ranking.by_facts {
        facts(run, system, &name, first.value, ui)
    } else {
        let places = [("system", name.as_str()), ("metric", &by.label), ("value", &show(first.value))];
        ui.fill("verdict.overlap", &places)
    };
    if let Some((next, second)) = ranking.ranked.get(1) {
        let next = clean::clip(next, 80);
        said += ui.text("join.clause");
        if show(first.value) == show(second.value) {
            said += &ui.fill("verdict.tie", &[("system", &next)]);
        } else {
            said += &ui.fill("verdict.next", &[("system", &next), ("value", &show(second.value))]);
            said += doubt(first, second, by.direction, ui);
        }
    }
    said + ui.text("join.stop")
}

fn facts(run: &RunRecord, system: &str, name: &str, recall: f64, ui: &Ui) -> String {
    let groups = run.groups.iter().filter(|g| g.system == system);
    let (mut asked, mut contradicted) = (0, 0);
    for group in groups {
        asked += group.covered + group.missing + group.contradicted;
        contradicted += group.contradicted;
    }
    let listed: u64 = run.datasets.iter().map(|d| d.facts).sum();
    let keeps = match recall {
        r if r >= 0.9 => "verdict.keeps_nearly_all",
        r if r >= 0.7 => "verdict.keeps_most",
        r if r >= 0.5 => "verdict.keeps_half",
        _ => "verdict.keeps_little",
    };
    let places = [
        ("keeps", ui.fill(keeps, &[("system", name)])),
        ("share", percent(recall)),
        ("facts", asked.min(listed).to_string()),
        ("contradicted", contradicted.to_string()),
    ];
    let phrase = if asked > listed { "verdict.facts_samples" } else { "verdict.facts" };
    ui.fill(phrase, &places.each_ref().map(|(place, value)| (*place, value.as_str())))
}

/// Whether the order of two systems might be chance, as their intervals tell.
fn doubt<'a>(first: &Interval, second: &Interval, direction: Direction, ui: &'a Ui) -> &'a str {
    let ends = match direction {
        Direction::Lower => first.high.zip(second.low).map(|(worst, best)| worst >= best),
        _ => first.low.zip(second.high).map(|(worst, best)| worst <= best),
    };
    match ends {
        Some(true) => ui.text("verdict.chance"),
        Some(false) => "",
        None => ui.text("verdict.few"),
    }
}

/// What people reach in the ranking column.
fn yardstick(run: &RunRecord, figures: &Figures<'_>, ranking: &Ranking<'_>, ui: &Ui) -> Option<String> {
    let by = ranking.by.as_ref()?;
    let human = run.systems.iter().find(|s| s.kind == SystemKind::Human)?;
    let reached = figures.value(&human.id, by)?.value;
    if ranking.by_facts {
        return Some(ui.fill("verdict.human", &[("share", &percent(reached))]));
    }
    let digits = Digits::of(by.range, &[(reached, None)]);
    Some(ui.fill("verdict.human_overlap", &[("value", &digits.value(reached))]))
}

/// What the run was over, on a line.
///
/// Of a run over a part of its articles, that part; `reach` holds its counts.
pub fn context(run: &RunRecord, reach: Option<&Reach>, decisions: Decisions, ui: &Ui) -> String {
    let count = |name: &str, n: u64| (n > 0).then(|| ui.count(name, n));
    let sum = |of: fn(&crate::model::record::DatasetRecord) -> u64| run.datasets.iter().map(of).sum::<u64>();
    let mut parts = vec![clean::clip(&run.suite, 80)];
    let articles = sum(|d| d.articles);
    let mut all = match reach {
        Some(reach) => {
            let reached: u64 = reach.articles.values().sum();
            ui.fill("context.articles_of", &[("n", &reached.to_string()), ("all", &articles.to_string())])
        }
        None => ui.count("context.articles", articles),
    };
    if run.datasets.len() > 1 {
        let of = |d: &crate::model::record::DatasetRecord| match reach {
            Some(reach) => reach.articles.get(&d.name).copied().unwrap_or(0),
            None => d.articles,
        };
        let each: Vec<String> =
            run.datasets.iter().take(8).map(|d| format!("{} {}", clean::clip(&d.name, 40), of(d))).collect();
        let more = if run.datasets.len() > 8 { "…" } else { "" };
        all += &format!(" ({}{more})", ui.list(&each));
    }
    parts.push(all);
    let mut languages: BTreeMap<&str, u64> = BTreeMap::new();
    for dataset in &run.datasets {
        for (tag, articles) in &dataset.languages {
            *languages.entry(tag).or_default() += articles;
        }
    }
    let languages: Vec<String> =
        languages.iter().take(12).map(|(tag, n)| format!("{} {n}", clean::clip(tag, 40))).collect();
    // Which languages a part is in, the record does not say.
    if !languages.is_empty() && reach.is_none() {
        parts.push(ui.list(&languages));
    }
    let part = reach.map(|reach| (reach.references, reach.facts, reach.drafts));
    let whole = || (sum(|d| d.references), sum(|d| d.facts), sum(|d| d.draft_facts));
    let (references, facts, drafts) = part.unwrap_or_else(whole);
    parts.extend(count("context.references", references));
    parts.extend(count("context.facts", facts));
    parts.extend(count("context.drafts", drafts));
    if let Some(filtered) = &run.complete.filtered {
        parts.push(ui.fill("context.filtered", &[("filter", &clean::clip(filtered, 120))]));
    }
    if decisions.made > 0 {
        #[expect(clippy::cast_precision_loss, reason = "counts of decisions are small")]
        let share = percent(decisions.agreed as f64 / decisions.made as f64);
        parts.push(ui.fill("context.decisions", &[("n", &decisions.made.to_string()), ("share", &share)]));
    }
    parts.join(" · ")
}

/// The systems and how many of their items a run did not reach, where it did not reach all.
pub fn not_reached(run: &RunRecord, ui: &Ui) -> Option<String> {
    let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
    for aggregate in whole(run) {
        // Every metric and stratum tells of the same items.
        let most = missing.entry(&aggregate.system).or_default();
        *most = (*most).max(aggregate.counts.not_evaluated);
    }
    let most = |system: &str| missing.get(system).copied().unwrap_or(0);
    let systems: Vec<String> = run
        .systems
        .iter()
        .map(|s| (s, most(&s.id)))
        .filter(|(_, n)| *n > 0)
        .map(|(s, n)| format!("{} {n}", clean::clip(&s.id, 80)))
        .collect();
    (!systems.is_empty()).then(|| ui.fill("warnings.missing_items", &[("systems", &ui.list(&systems))]))
}
