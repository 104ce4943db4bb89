//! Records of invented runs, as a run would leave them, for what reports show of each kind of run.

use std::collections::BTreeMap;

use epitome::compare::gate::{Judged, Status};
use epitome::model::record::{
    Aggregate, Completeness, CountedReason, Counts, DatasetRecord, FailureCount, GroupCount, Interval, ItemRecord,
    MetricRecord, RUN_SCHEMA, RunRecord, SystemKind, SystemRecord, Unscored,
};
use epitome::model::{Aggregation, Failure, FailureKind, FieldSpec, ItemKey, Lang, Reason, ReasonCode, Signature};

use super::texts::{self, Text};

/// A record with its items.
#[derive(Clone)]
pub struct Made {
    pub run: RunRecord,
    pub items: Vec<ItemRecord>,
    /// How its gates ended.
    pub gates: Vec<Judged>,
}

/// What the datasets of a run hold.
#[derive(Clone, Copy, PartialEq)]
pub struct Holds {
    pub references: bool,
    pub facts: bool,
}

const ALL: Holds = Holds { references: true, facts: true };

/// A system with how good it is, from 0 to 1, which all its figures follow.
type Quality = (&'static str, SystemKind, f64);

const DRAFTS: [Quality; 2] = [("draft@v1", SystemKind::Candidate, 0.81), ("draft@v2", SystemKind::Candidate, 0.88)];

/// One system under test.
pub fn one() -> Made {
    made(&DRAFTS[1..], ALL)
}

/// Five systems, the ceiling and the annotators.
pub fn five() -> Made {
    let systems = [
        ("lead", SystemKind::Candidate, 0.52),
        ("textrank", SystemKind::Candidate, 0.44),
        DRAFTS[0],
        DRAFTS[1],
        ("random", SystemKind::Candidate, 0.31),
        ("oracle", SystemKind::Oracle, 0.72),
        ("human", SystemKind::Human, 0.63),
    ];
    made(&systems, ALL)
}

/// Two systems, of which one times out and answers with nothing.
pub fn failures() -> Made {
    let mut made = made(&DRAFTS, ALL);
    let failed = |kind: FailureKind, failed, example: &str| FailureCount {
        system: "draft@v1".into(),
        items: 15,
        kind: kind.as_str().into(),
        failed,
        example: example.into(),
    };
    made.run.failures = vec![
        failed(FailureKind::Timeout, 2, "summit/sco-2025.en: no answer within 60 s"),
        failed(FailureKind::EmptyOutput, 1, "invented/typhoon-meifeng: the answer is white space only"),
    ];
    for aggregate in made.run.aggregates.iter_mut().filter(|a| a.system == "draft@v1") {
        let lost = aggregate.articles.min(3);
        aggregate.articles -= lost;
        aggregate.counts.scored -= lost;
        aggregate.counts.failed = lost;
        let reason = |code: &str, items| CountedReason {
            status: "failed".into(),
            code: code.into(),
            items,
            message: "no answer within 60 s".into(),
        };
        aggregate.reasons = vec![reason("timeout", 2), reason("empty_output", 1)];
    }
    for item in made.items.iter_mut().filter(|i| i.key.system == "draft@v1" && i.key.id == "sco-2025.en") {
        item.summary = None;
        item.facts = None;
        item.quantities = None;
        item.failure = Some(Failure::new(FailureKind::Timeout, "no answer within 60 s"));
        item.scores.values_mut().for_each(|fields| *fields = None);
        let why = Unscored::failed(&Failure::new(FailureKind::Timeout, "no answer within 60 s"));
        item.unscored = item.scores.keys().map(|metric| (metric.clone(), why.clone())).collect();
    }
    made
}

/// Checklists and no references.
pub fn no_references() -> Made {
    made(&DRAFTS, Holds { references: false, facts: true })
}

/// References and no checklists.
pub fn no_facts() -> Made {
    let systems = [DRAFTS[0], DRAFTS[1], ("oracle", SystemKind::Oracle, 0.72), ("human", SystemKind::Human, 0.63)];
    made(&systems, Holds { references: true, facts: false })
}

/// Neither references nor checklists.
pub fn neither() -> Made {
    made(&DRAFTS, Holds { references: false, facts: false })
}

/// A run that was interrupted at two thirds.
pub fn interrupted() -> Made {
    let mut made = made(&DRAFTS, ALL);
    made.run.complete.interrupted = true;
    made.run.complete.finished = 21;
    made.run.complete.warnings =
        vec!["references/invented/harvest-songyuan.toml: fact `yield` has no group; it counts under none".into()];
    for aggregate in &mut made.run.aggregates {
        let lost = (aggregate.articles * 3) / 10;
        aggregate.articles -= lost;
        aggregate.counts.scored -= lost;
        aggregate.counts.not_evaluated = lost;
        aggregate.reasons.push(CountedReason {
            status: "not_evaluated".into(),
            code: ReasonCode::Interrupted.as_str().into(),
            items: lost,
            message: "the run was interrupted".into(),
        });
    }
    made
}

/// Gates that hold, that fail, and that cannot be told.
pub fn gates() -> Made {
    let mut made = made(&DRAFTS, ALL);
    let gate = |status, system: &str, rule: &str, figure, bound, message: &str| Judged {
        items: Vec::new(),
        status,
        fails: status == Status::Failed,
        system: system.into(),
        rule: rule.into(),
        figure,
        bound,
        message: message.into(),
        articles: Vec::new(),
    };
    let lower = "facts.recall drops by at most 0.02";
    made.gates = vec![
        gate(Status::Passed, "draft@v2", "facts.recall >= 0.8", Some(0.88), 0.8, "facts.recall is 0.8800"),
        gate(Status::Failed, "draft@v1", "facts.contradicted <= 0", Some(0.0097), 0.0, "facts.contradicted is 0.0097"),
        Judged {
            articles: vec![("summit/sco-2025.zh-Hant".into(), 0.25), ("invented/typhoon-meifeng".into(), 0.1)],
            ..gate(
                Status::Inconclusive,
                "draft@v1",
                lower,
                Some(0.03),
                0.02,
                "the drop is 0.03, anything from -0.01 to 0.07",
            )
        },
    ];
    made
}

/// A plan without items.
pub fn empty() -> Made {
    let mut made = made(&[], ALL);
    made.run.complete =
        Completeness { planned: 0, finished: 0, interrupted: false, filtered: None, warnings: Vec::new() };
    made.run.datasets.clear();
    made.run.aggregates.clear();
    made.run.groups.clear();
    made.items.clear();
    made
}

/// Names, claims, reasons and messages that try to break out of whatever they stand in.
pub fn hostile() -> Made {
    let evil = "a|b `c` <script>alert(1)</script> \u{202e}evil\u{202c}\n\n# h\n| x | y |\n]]> =cmd()\0\u{1b}[31m @team https://x.example";
    let mut made = failures();
    made.gates = gates().gates;
    for gate in &mut made.gates {
        gate.rule = evil.into();
        gate.message = evil.into();
        gate.articles.push((evil.into(), 0.5));
    }
    made.run.suite = evil.into();
    made.run.complete.warnings = vec![evil.into(), "x".repeat(1_000_000)];
    for failure in &mut made.run.failures {
        failure.example = evil.into();
    }
    for group in &mut made.run.groups {
        group.group = format!("{evil} {}", group.group);
    }
    for item in &mut made.items {
        item.key.id = format!("={evil}{}", item.key.id);
        item.summary = item.summary.take().map(|summary| format!("=cmd() {summary}{evil}"));
        for fact in item.facts.iter_mut().flatten() {
            fact.claim = evil.into();
            fact.judgement.reason = evil.repeat(200);
            fact.judgement.id = format!("{evil}{}", fact.judgement.id);
        }
        for figure in item.quantities.iter_mut().flatten() {
            figure.reason = evil.into();
        }
    }
    let rename = |id: &mut String| *id = format!("{id}<b>|x|</b>@v9");
    made.run.systems.iter_mut().for_each(|s| rename(&mut s.id));
    made.run.aggregates.iter_mut().for_each(|a| rename(&mut a.system));
    made.run.groups.iter_mut().for_each(|g| rename(&mut g.system));
    made.run.failures.iter_mut().for_each(|f| rename(&mut f.system));
    made.items.iter_mut().for_each(|i| rename(&mut i.key.system));
    made
}

/// Every kind of run, by name.
pub fn kinds() -> Vec<(&'static str, Made)> {
    vec![
        ("one", one()),
        ("five", five()),
        ("failures", failures()),
        ("no_references", no_references()),
        ("no_facts", no_facts()),
        ("neither", neither()),
        ("interrupted", interrupted()),
        ("gates", gates()),
        ("empty", empty()),
    ]
}

fn made(systems: &[Quality], holds: Holds) -> Made {
    let candidates = systems.iter().filter(|s| s.1 != SystemKind::Human).count() as u64;
    let run = RunRecord {
        schema: RUN_SCHEMA.into(),
        suite: "bundled".into(),
        complete: Completeness {
            planned: candidates * 15,
            finished: candidates * 15,
            interrupted: false,
            filtered: None,
            warnings: Vec::new(),
        },
        plan: serde_json::json!({ "version": 1 }),
        datasets: vec![dataset("summit", 3, [1, 1, 1], holds), dataset("invented", 12, [4, 4, 4], holds)],
        systems: systems.iter().map(|(id, kind, _)| system(id, *kind)).collect(),
        metrics: metrics(),
        aggregates: systems.iter().flat_map(|system| aggregates(system, holds)).collect(),
        groups: systems.iter().filter(|_| holds.facts).flat_map(groups).collect(),
        kinds: Vec::new(),
        failures: Vec::new(),
        decisions: None,
        environment: serde_json::json!({}),
    };
    let mut items: Vec<ItemRecord> = systems.iter().flat_map(|system| items(system, holds)).collect();
    items.sort_by(|a, b| a.key.cmp(&b.key));
    Made { run, items, gates: Vec::new() }
}

fn dataset(name: &str, articles: u64, languages: [u64; 3], holds: Holds) -> DatasetRecord {
    let tags = ["zh-TW", "zh-CN", "en"];
    DatasetRecord {
        name: name.into(),
        articles,
        references: if holds.references { articles * 3 } else { 0 },
        facts: if !holds.facts {
            0
        } else if name == "summit" {
            72
        } else {
            134
        },
        draft_facts: 0,
        languages: tags.iter().zip(languages).map(|(tag, n)| ((*tag).to_owned(), n)).collect(),
        source_hash: "3b1f".into(),
        reference_hash: "92aa".into(),
        fact_hash: "07cd".into(),
        decision_hash: None,
    }
}

fn system(id: &str, kind: SystemKind) -> SystemRecord {
    let (name, version) = id.split_once('@').map_or((id, None), |(name, version)| (name, Some(version.to_owned())));
    let backend = if name == "draft" { "replay" } else { name };
    SystemRecord { id: id.into(), name: name.into(), version, kind, backend: backend.into() }
}

fn metrics() -> Vec<MetricRecord> {
    let metric = |name: &str, fields: Vec<FieldSpec>, headline: Option<&str>, aggregation, strata: &[&str]| {
        let signature = |stratum: &&str| ((*stratum).to_owned(), Signature::new(name, 1));
        MetricRecord {
            name: name.into(),
            fields,
            headline: headline.map(str::to_owned),
            aggregation,
            signatures: strata.iter().map(signature).collect(),
        }
    };
    let prf = || ["precision", "recall", "f1"].map(|field| FieldSpec::higher(field, 1.0)).to_vec();
    let facts = vec![
        FieldSpec::higher("recall", 1.0),
        FieldSpec::higher("soft", 1.0),
        FieldSpec::higher("must", 1.0),
        FieldSpec::lower("contradicted", Some(1.0)),
    ];
    let grounding = vec![FieldSpec::lower("unsupported", None), FieldSpec::higher("precision", 1.0)];
    let both = ["han", "rouge"];
    vec![
        metric("rouge1", prf(), Some("f1"), Aggregation::Mean, &both),
        metric("rougeL", prf(), Some("f1"), Aggregation::Mean, &both),
        metric("facts", facts, None, Aggregation::Mean, &[""]),
        metric("grounding", grounding, None, Aggregation::Pooled, &[""]),
        metric("length", vec![FieldSpec::neutral("score", None)], Some("score"), Aggregation::Mean, &[""]),
        metric("compression", vec![FieldSpec::neutral("score", None)], Some("score"), Aggregation::Mean, &[""]),
        metric("script.match", vec![FieldSpec::higher("score", 1.0)], Some("score"), Aggregation::Mean, &[""]),
    ]
}

fn aggregates((id, _, q): &Quality, holds: Holds) -> Vec<Aggregate> {
    let around = |value: f64, half: f64| {
        let round = |v: f64| (v * 1e4).round() / 1e4;
        Interval { value: round(value), low: Some(round(value - half)), high: Some(round(value + half)) }
    };
    let aggregate = |metric: &str, stratum: &str, articles, fields: &[(&str, Interval)]| Aggregate {
        system: (*id).into(),
        metric: metric.into(),
        stratum: stratum.into(),
        slice: None,
        articles,
        counts: Counts { scored: articles, ..Counts::default() },
        fields: fields.iter().map(|(name, figure)| ((*name).to_owned(), *figure)).collect(),
        reasons: Vec::new(),
    };
    let absent = |metric: &str, code: ReasonCode, message: &str| Aggregate {
        counts: Counts { not_applicable: 15, ..Counts::default() },
        reasons: vec![CountedReason {
            status: "not_applicable".into(),
            code: code.as_str().into(),
            items: 15,
            message: message.into(),
        }],
        ..aggregate(metric, "", 0, &[])
    };
    let mut all = Vec::new();
    for (metric, factor) in [("rouge1", 0.58), ("rougeL", 0.47)] {
        if !holds.references {
            all.push(absent(metric, ReasonCode::NoReference, "the article has no reference"));
            continue;
        }
        for (stratum, articles, shift) in [("han", 10, 0.03), ("rouge", 5, -0.02)] {
            let f1 = around(q * factor + shift, 0.04);
            let fields =
                [("f1", f1), ("precision", around(f1.value + 0.05, 0.05)), ("recall", around(f1.value - 0.04, 0.05))];
            all.push(aggregate(metric, stratum, articles, &fields));
        }
    }
    if holds.facts {
        // As in the groups: two of 206.
        let contradicted = if *id == "draft@v1" { 2.0 / 206.0 } else { 0.0 };
        let fields = [
            ("recall", around(*q, 0.045)),
            ("soft", around(q - 0.03, 0.04)),
            ("must", around(q + 0.04, 0.06)),
            ("contradicted", Interval { value: contradicted, low: Some(0.0), high: Some(contradicted * 2.0) }),
        ];
        all.push(aggregate("facts", "", 15, &fields));
    } else {
        all.push(absent("facts", ReasonCode::NoChecklist, "the article has no fact checklist"));
    }
    let unsupported = Interval { value: (1.0 - q) * 1.5, low: Some((1.0 - q) * 0.8), high: Some((1.0 - q) * 2.4) };
    all.push(aggregate(
        "grounding",
        "",
        15,
        &[("unsupported", unsupported), ("precision", around(0.8 + q / 6.0, 0.03))],
    ));
    if holds.facts {
        for (tag, shift) in [("en", 0.02), ("zh-CN", 0.01), ("zh-TW", -0.03)] {
            let part = aggregate("facts", "", 5, &[("recall", around(q + shift, 0.09))]);
            all.push(Aggregate { slice: Some(format!("lang:{tag}")), ..part });
        }
    }
    all.push(aggregate("length", "", 15, &[("score", around(140.0 + q * 80.0, 18.0))]));
    all.push(aggregate("compression", "", 15, &[("score", around(0.1 + q / 8.0, 0.02))]));
    all.push(aggregate("script.match", "", 15, &[("score", Interval { value: 1.0, low: Some(1.0), high: Some(1.0) })]));
    all
}

fn groups((id, kind, q): &Quality) -> Vec<GroupCount> {
    let asked = [
        ("summit", "event", 9),
        ("summit", "proposals", 15),
        ("summit", "pledges", 18),
        ("summit", "figures", 30),
        ("invented", "results", 58),
        ("invented", "dates", 31),
        ("invented", "", 45),
    ];
    let annotators = if *kind == SystemKind::Human { 3 } else { 1 };
    asked
        .into_iter()
        .map(|(dataset, group, facts)| {
            let asked = facts * annotators;
            let share = if group == "pledges" { q - 0.1 } else { *q };
            let covered = (asked as f64 * share).round() as u64;
            let contradicted = u64::from(*id == "draft@v1" && group == "pledges") * 2;
            GroupCount {
                system: (*id).into(),
                dataset: dataset.into(),
                group: group.into(),
                items: if dataset == "summit" { 3 } else { 12 } * annotators,
                covered,
                missing: asked - covered - contradicted,
                contradicted,
                recall: covered as f64 / asked as f64,
                soft: covered as f64 / asked as f64,
            }
        })
        .collect()
}

fn items((id, kind, _): &Quality, holds: Holds) -> Vec<ItemRecord> {
    let texts = match *id {
        "draft@v1" => vec![texts::hant_swapped(), texts::hans_invented(), texts::english(true), texts::typhoon(false)],
        "draft@v2" => vec![texts::hant(), texts::hans(), texts::english(false), texts::typhoon(true)],
        _ => vec![texts::lead()],
    };
    let record = |text: Text| {
        let score = |field: &str| Some(BTreeMap::from([(field.to_owned(), 0.4)]));
        let mut scores =
            BTreeMap::from([("grounding".to_owned(), score("precision")), ("length".to_owned(), score("score"))]);
        let mut unscored = BTreeMap::new();
        if holds.facts {
            let covered = text.facts.iter().filter(|f| f.judgement.score > 0.0).count() as f64;
            let recall = covered / text.facts.len() as f64;
            scores.insert("facts".into(), Some(BTreeMap::from([("recall".to_owned(), recall)])));
        }
        if holds.references {
            scores.insert("rouge1".into(), score("f1"));
        } else {
            scores.insert("rouge1".into(), None);
            let reason = Reason::new(ReasonCode::NoReference, "the article has no reference");
            unscored.insert("rouge1".into(), Unscored::not_applicable(&reason));
        }
        ItemRecord {
            key: ItemKey { dataset: text.dataset.into(), id: text.id.into(), system: (*id).into(), sample: 0 },
            annotator: (*kind == SystemKind::Human).then(|| "wang".to_owned()),
            lang: Some(Lang::new(text.lang)),
            article: None,
            summary: Some(text.summary.into()),
            raw: None,
            cleaned: Vec::new(),
            shown: None,
            not_evaluated: None,
            failure: None,
            scores,
            unscored,
            notes: BTreeMap::new(),
            strata: BTreeMap::new(),
            statistics: BTreeMap::new(),
            facts: holds.facts.then_some(text.facts),
            quantities: Some(text.quantities),
            names: Vec::new(),
            environment: serde_json::json!({}),
        }
    };
    texts.into_iter().map(record).collect()
}
