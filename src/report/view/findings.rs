//! What was lost or wrong: facts and figures of the systems under test, worst first.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ViewOptions;
use super::columns::Ranking;
use crate::model::fact::Overridden;
use crate::model::record::{ItemFact, ItemRecord, RunRecord, SystemKind};
use crate::model::{Lang, QuantityJudgement, Ruling, Span, Support, Verdict};
use crate::report::clean;
use crate::report::ui::Ui;

/// Scalar values of context that a quote keeps on either side.
const CONTEXT: usize = 32;
/// Scalar values of a claim, quote or reason.
const TEXT: usize = 240;
/// Systems told of one finding.
const SEEN: usize = 8;

/// The worst findings, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Findings {
    /// The worst of them.
    pub shown: Vec<Finding>,
    /// How many there are of each kind, a finding counted once however many systems share it.
    pub counts: BTreeMap<FindingKind, u64>,
    /// How many are not shown.
    pub more: u64,
    /// Whether anything was looked at: a checklist, or figures against a source.
    pub judged: bool,
}

/// The kinds of finding, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A `must` fact contradicted.
    ContradictedMust,
    /// Another fact contradicted.
    Contradicted,
    /// A figure that the source does not bear out.
    Unsupported,
    /// A `must` fact left out.
    MissingMust,
    /// Another fact left out.
    Missing,
}

impl FindingKind {
    /// The name of the phrase that tells it.
    pub fn phrase(self) -> &'static str {
        match self {
            FindingKind::ContradictedMust => "findings.contradicted_must",
            FindingKind::Contradicted => "findings.contradicted",
            FindingKind::Unsupported => "findings.unsupported",
            FindingKind::MissingMust => "findings.missing_must",
            FindingKind::Missing => "findings.missing",
        }
    }
}

/// Something lost or wrong in one article, with the systems that share it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The dataset's name.
    pub dataset: String,
    /// The article's id.
    pub article: String,
    /// The outputs' language, where the record says.
    pub lang: Option<Lang>,
    /// The fact's id; null for a figure.
    pub fact: Option<String>,
    /// The fact's group.
    pub group: Option<String>,
    /// The fact's claim, or the figure as written; empty where texts are left out.
    pub claim: String,
    /// The class of error, where one is known (`magnitude`, `swap`).
    pub error: Option<String>,
    /// The fact's weight; 1 for a figure.
    pub weight: f64,
    /// The systems, in the order of the table.
    pub seen: Vec<Seen>,
    /// Systems that are not told of.
    pub more_systems: u64,
}

/// A finding in one system's output.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Seen {
    /// The system's full name.
    pub system: String,
    /// In how many of its samples.
    pub samples: u64,
    /// The words of the output that show it.
    pub quote: Option<Quote>,
    /// The words of the source that show it.
    pub source: Option<String>,
    /// Why, as judged.
    pub reason: String,
    /// The person who ruled so, and what the matcher had said.
    pub ruled: Option<(String, String)>,
}

/// Words of an output in their context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Quote {
    /// What stands before.
    pub before: String,
    /// The words.
    pub text: String,
    /// What stands after.
    pub after: String,
}

/// How many verdicts people ruled on, and how often the matcher had said the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Verdicts that people ruled on.
    pub made: u64,
    /// Of these, how many agree with the matcher.
    pub agreed: u64,
}

/// Goes through items in canonical order and keeps the worst findings only.
pub struct Collector<'a> {
    /// The systems under test with their places in the table.
    candidates: BTreeMap<&'a str, usize>,
    options: &'a ViewOptions,
    redacted: BTreeSet<&'a str>,
    article: Option<(String, String)>,
    /// Findings of the article at hand, by kind and fact or figure.
    open: BTreeMap<(FindingKind, String), Finding>,
    kept: Vec<Finding>,
    counts: BTreeMap<FindingKind, u64>,
    decisions: Decisions,
    judged: bool,
}

impl<'a> Collector<'a> {
    pub fn new(run: &'a RunRecord, ranking: &Ranking<'_>, options: &'a ViewOptions) -> Self {
        let systems = ranking.order.iter().map(|at| &run.systems[*at]);
        let candidates = systems.filter(|s| s.kind == SystemKind::Candidate).enumerate();
        Collector {
            candidates: candidates.map(|(place, s)| (s.id.as_str(), place)).collect(),
            options,
            redacted: options.redact.datasets(run),
            article: None,
            open: BTreeMap::new(),
            kept: Vec::new(),
            counts: BTreeMap::new(),
            decisions: Decisions::default(),
            judged: false,
        }
    }

    pub fn push(&mut self, item: &ItemRecord) {
        let here = (&item.key.dataset, &item.key.id);
        if self.article.as_ref().map(|(d, i)| (d, i)) != Some(here) {
            self.close();
            self.article = Some((item.key.dataset.clone(), item.key.id.clone()));
        }
        let facts = item.facts.as_deref().unwrap_or_default();
        let of_facts = facts.iter().map(|f| (&f.judgement.overridden, Ruling::from(f.judgement.verdict)));
        let of_figures = item.quantities.iter().flatten().map(|q| (&q.overridden, Ruling::from(q.verdict)));
        for (overridden, ruling) in of_facts.chain(of_figures) {
            if let Some(overridden) = overridden {
                self.decisions.made += 1;
                self.decisions.agreed += u64::from(overridden.matcher == ruling.as_str());
            }
        }
        if !self.candidates.contains_key(item.key.system.as_str()) {
            return;
        }
        self.judged |= item.facts.is_some() || item.quantities.is_some();
        for fact in facts.iter().filter(|f| !f.draft) {
            let kind = match (fact.judgement.verdict, fact.must) {
                (Verdict::Contradicted, true) => FindingKind::ContradictedMust,
                (Verdict::Contradicted, false) => FindingKind::Contradicted,
                (Verdict::Missing, true) => FindingKind::MissingMust,
                (Verdict::Missing, false) => FindingKind::Missing,
                (Verdict::Covered, _) => continue,
            };
            self.note(
                kind,
                &fact.judgement.id,
                item,
                |finding| fact_details(fact, finding),
                |quoted| Seen {
                    system: item.key.system.clone(),
                    samples: 1,
                    quote: fact.judgement.evidence.as_ref().filter(|_| quoted).map(|e| quote(item, e)),
                    source: None,
                    reason: if quoted { clean::clip(&fact.judgement.reason, TEXT) } else { String::new() },
                    ruled: ruled(fact.judgement.overridden.as_ref()),
                },
            );
        }
        for figure in item.quantities.iter().flatten().filter(|q| q.verdict == Support::Unsupported) {
            if contradicts(facts, figure) {
                continue;
            }
            let span =
                Span { start: figure.quantity.start, end: figure.quantity.end, text: figure.quantity.surface.clone() };
            self.note(
                FindingKind::Unsupported,
                &figure.quantity.surface,
                item,
                |finding| figure_details(figure, finding),
                |quoted| Seen {
                    system: item.key.system.clone(),
                    samples: 1,
                    quote: quoted.then(|| quote(item, &span)),
                    source: figure.evidence.as_ref().filter(|_| quoted).map(|e| clean::clip(&e.text, TEXT)),
                    reason: if quoted { clean::clip(&figure.reason, TEXT) } else { String::new() },
                    ruled: ruled(figure.overridden.as_ref()),
                },
            );
        }
    }

    fn note(
        &mut self,
        kind: FindingKind,
        name: &str,
        item: &ItemRecord,
        details: impl FnOnce(&mut Finding),
        seen: impl FnOnce(bool) -> Seen,
    ) {
        let redact = self.redacted.contains(item.key.dataset.as_str());
        let finding = self.open.entry((kind, name.to_owned())).or_insert_with(|| {
            let mut finding = Finding {
                kind,
                dataset: clean::clip(&item.key.dataset, 80),
                article: clean::clip(&item.key.id, 80),
                lang: item.lang.clone(),
                fact: None,
                group: None,
                claim: String::new(),
                error: None,
                weight: 1.0,
                seen: Vec::new(),
                more_systems: 0,
            };
            details(&mut finding);
            if redact {
                finding.claim.clear();
            }
            finding
        });
        let known = finding.seen.iter().position(|s| s.system == item.key.system);
        match known {
            Some(at) => finding.seen[at].samples += 1,
            None if finding.seen.len() < SEEN => finding.seen.push(seen(!redact)),
            None => finding.more_systems += 1,
        }
    }

    /// Ends an article: counts its findings, and keeps those among the worst.
    fn close(&mut self) {
        let mut closed: Vec<Finding> = std::mem::take(&mut self.open).into_values().collect();
        for finding in &mut closed {
            *self.counts.entry(finding.kind).or_default() += 1;
            finding.seen.sort_by_key(|s| self.candidates.get(s.system.as_str()).copied());
        }
        self.kept.extend(closed);
        let candidates = &self.candidates;
        // What the best systems got wrong is news; a stable sort keeps the canonical order of articles among equals.
        self.kept.sort_by(|a, b| {
            let best = |f: &Finding| f.seen.iter().filter_map(|s| candidates.get(s.system.as_str())).min().copied();
            a.kind.cmp(&b.kind).then(b.weight.total_cmp(&a.weight)).then(best(a).cmp(&best(b)))
        });
        self.kept.truncate(self.options.worst);
    }

    pub fn finish(mut self) -> (Findings, Decisions) {
        self.close();
        let total: u64 = self.counts.values().sum();
        let more = total - self.kept.len() as u64;
        for seen in self.kept.iter_mut().flat_map(|finding| &mut finding.seen) {
            seen.system = clean::clip(&seen.system, 60);
        }
        let findings = Findings { shown: self.kept, counts: self.counts, more, judged: self.judged };
        (findings, self.decisions)
    }
}

/// Findings in several outputs, told once where they read the same.
pub fn alike<'a>(seen: &'a [Seen], ui: &Ui) -> Vec<(String, &'a Seen)> {
    let mut groups: Vec<(Vec<String>, &Seen)> = Vec::new();
    for one in seen {
        let name = if one.samples > 1 {
            format!("{} ({})", one.system, ui.fill("findings.samples", &[("n", &one.samples.to_string())]))
        } else {
            one.system.clone()
        };
        let same = |other: &Seen| {
            // The same words in another context are the same finding.
            let words = |seen: &Seen| seen.quote.as_ref().map(|q| q.text.clone());
            words(other) == words(one)
                && (&other.source, &other.reason, &other.ruled) == (&one.source, &one.reason, &one.ruled)
        };
        match groups.iter_mut().find(|(_, other)| same(other)) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], one)),
        }
    }
    groups.into_iter().map(|(names, one)| (ui.list(&names), one)).collect()
}

fn fact_details(fact: &ItemFact, finding: &mut Finding) {
    finding.fact = Some(clean::clip(&fact.judgement.id, 80));
    finding.group = fact.group.as_deref().map(|g| clean::clip(g, 60));
    finding.claim = clean::clip(&fact.claim, TEXT);
    finding.weight = fact.weight;
}

fn figure_details(figure: &QuantityJudgement, finding: &mut Finding) {
    finding.claim = clean::clip(&figure.quantity.surface, 80);
    finding.error = figure.error.as_deref().map(|e| clean::clip(e, 60));
}

/// Whether a figure is the evidence that a fact is contradicted: told there, and not twice.
fn contradicts(facts: &[ItemFact], figure: &QuantityJudgement) -> bool {
    let contradicted = facts.iter().filter(|f| !f.draft && f.judgement.verdict == Verdict::Contradicted);
    contradicted
        .filter_map(|f| f.judgement.evidence.as_ref())
        .any(|e| e.start < figure.quantity.end && figure.quantity.start < e.end)
}

/// Who ruled, and what the matcher had said.
fn ruled(overridden: Option<&Overridden>) -> Option<(String, String)> {
    overridden.map(|o| (clean::clip(&o.by, 60), clean::clip(&o.matcher, 60)))
}

/// A span of an item's summary with the words around it; the span alone where the summary does not hold it.
fn quote(item: &ItemRecord, span: &Span) -> Quote {
    let text = clean::clip(&span.text, TEXT);
    let summary: Vec<char> = item.summary.iter().flat_map(|s| s.chars()).collect();
    let held = summary.get(span.start..span.end).is_some_and(|words| words.iter().copied().eq(span.text.chars()));
    if !held {
        return Quote { before: String::new(), text, after: String::new() };
    }
    let (from, to) = (context_start(&summary, span.start), context_end(&summary, span.end));
    let lead = if from > 0 { "…" } else { "" };
    let tail = if to < summary.len() { "…" } else { "" };
    let before: String = summary[from..span.start].iter().collect();
    let after: String = summary[span.end..to].iter().collect();
    Quote { before: format!("{lead}{}", spaced(&before)), text, after: format!("{}{tail}", spaced(&after)) }
}

/// Where the words before a quote begin: after a mark or space, so that no figure or word is shown by half.
fn context_start(text: &[char], quote: usize) -> usize {
    let least = quote.saturating_sub(CONTEXT);
    if least == 0 {
        return 0;
    }
    (least..quote).find(|at| parts(text, *at)).unwrap_or(quote)
}

/// Where the words after a quote end, likewise.
fn context_end(text: &[char], quote: usize) -> usize {
    let most = text.len().min(quote + CONTEXT);
    if most == text.len() {
        return most;
    }
    (quote + 1..=most).rev().find(|at| parts(text, *at)).unwrap_or(quote)
}

/// Whether a text may be cut before its character `at`: after white space, or after a mark that is not within a figure.
fn parts(text: &[char], at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(at - 1), text.get(at)) else { return true };
    before.is_whitespace()
        || "，。；：、！？」』）".contains(*before)
        || (",.;:!?".contains(*before) && !after.is_alphanumeric())
}

/// [`clean::line`], but with the space at an end that leans on the quoted words.
fn spaced(text: &str) -> String {
    let line = clean::line(text);
    let lead = if text.starts_with(char::is_whitespace) { " " } else { "" };
    let tail = if !line.is_empty() && text.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{lead}{line}{tail}")
}
