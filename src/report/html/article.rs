//! An article: its source with the evidence marked, every output with its figures and facts, what each got wrong.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::super::number::Digits;
use super::super::ui::Ui;
use super::super::{Report, clean};
use super::digest::{Digest, Verdicts};
use super::mark::{Mark, marked};
use super::overview::in_table_order;
use super::shown;
use crate::model::fact::Overridden;
use crate::model::record::{ItemFact, ItemRecord, SystemKind};
use crate::model::{QuantityJudgement, Support, Verdict};

/// Scalar values of a text that is diffed.
const DIFFED: usize = 4_000;

/// What all articles of a report share.
pub struct Context<'a> {
    report: &'a Report<'a>,
    ui: &'static Ui,
    /// For each system, the one before it of the same name.
    earlier: Vec<Option<usize>>,
    /// The systems in the order of the table.
    order: Vec<usize>,
}

/// One output within its article.
struct Output<'a> {
    item: &'a ItemRecord,
    system: usize,
    /// Index of the first of its figures among those of the article.
    first_figure: usize,
}

impl<'a> Context<'a> {
    pub fn new(report: &'a Report<'a>) -> Self {
        let systems = &report.run.systems;
        let earlier = |at: usize| systems[..at].iter().rposition(|s| s.name == systems[at].name);
        Context {
            report,
            ui: report.options.ui,
            earlier: (0..systems.len()).map(earlier).collect(),
            order: in_table_order(report),
        }
    }

    /// The article's section, folded to a line.
    pub fn section(&self, digest: &Digest, items: &[ItemRecord]) -> Markup {
        let redacted = self.report.options.redact.datasets(self.report.run).contains(digest.dataset.as_str());
        let mut figures = 0;
        let mut outputs = Vec::new();
        for item in items {
            let Some(system) = self.report.run.systems.iter().position(|s| s.id == item.key.system) else { continue };
            outputs.push(Output { item, system, first_figure: figures });
            figures += item.quantities.as_ref().map_or(0, Vec::len);
        }
        let human = |output: &&Output<'_>| self.report.run.systems[output.system].kind == SystemKind::Human;
        let mut written: Vec<&Output<'_>> = outputs.iter().filter(|o| !human(o)).collect();
        // Best system first.
        written.sort_by_key(|output| self.order.iter().position(|at| *at == output.system));
        let people: Vec<&Output<'_>> = outputs.iter().filter(human).collect();
        html! {
            details.article #(digest.anchor) data-kinds=(kinds(digest))
                data-dataset=(named(&digest.dataset, 0).unwrap_or_default())
                data-article=(named(&digest.id, 0).unwrap_or_default()) {
                (self.summary(digest))
                div.body {
                    (self.facts(digest))
                    div.sides {
                        (self.source(digest, &outputs, redacted))
                        div.outputs {
                            @for output in &written { (self.output(digest, output, items, redacted)) }
                        }
                    }
                    @if !people.is_empty() {
                        details.people {
                            summary { (self.ui.fill("html.references", &[("n", &people.len().to_string())])) }
                            @for output in &people { (self.output(digest, output, items, redacted)) }
                        }
                    }
                }
            }
        }
    }

    fn summary(&self, digest: &Digest) -> Markup {
        let name = format!("{}/{}", clean::clip(&digest.dataset, 80), clean::clip(&digest.id, 120));
        html! {
            summary {
                h3 {
                    @if let Some(title) = &digest.title {
                        bdi lang=[digest.lang.as_deref()] { (clean::clip(title, 120)) }
                        " "
                        small { bdi { (name) } }
                    } @else {
                        bdi { (name) }
                    }
                    @if let Some(lang) = &digest.lang { " " small.lang { (clean::clip(lang, 20)) } }
                }
                span.stands {
                    @for at in &self.order {
                        @let system = &self.report.run.systems[*at];
                        @if let Some(standing) = &digest.standings[*at] && system.kind == SystemKind::Candidate {
                            span.stand {
                                bdi { (clean::clip(&system.id, 40)) }
                                " "
                                (super::index::standing(standing))
                            }
                            " "
                        }
                    }
                }
            }
        }
    }

    /// Facts by systems.
    fn facts(&self, digest: &Digest) -> Markup {
        if digest.facts.is_empty() {
            return html! {};
        }
        let systems = &self.report.run.systems;
        let held: Vec<usize> =
            self.order.iter().copied().filter(|at| digest.facts.iter().any(|f| f.verdicts[*at].is_some())).collect();
        html! {
            details.checklist open {
                summary { (self.ui.text("html.checklist")) }
                div.scroll tabindex="0" role="group" aria-label=(self.ui.text("html.checklist")) {
                    table.facts {
                    thead {
                        tr {
                            th scope="col" { (self.ui.text("html.fact")) }
                            @for at in &held { th scope="col" { bdi { (clean::clip(&systems[*at].id, 40)) } } }
                        }
                    }
                    tbody {
                        @for (row, fact) in digest.facts.iter().enumerate() {
                            tr data-k=(format!("f{row}")) {
                                th scope="row" {
                                    code { (clean::clip(&fact.id, 80)) }
                                    @if fact.must { " " span.must { (self.ui.text("html.must")) } }
                                    @if fact.draft { " " span.draft { (self.ui.text("html.draft")) } }
                                    @if !fact.claim.is_empty() {
                                        " " bdi.claim lang=[digest.lang.as_deref()] { (clean::clip(&fact.claim, 400)) }
                                    }
                                }
                                @for at in &held { (verdict(fact.verdicts[*at], self.ui)) }
                            }
                        }
                    }
                    }
                }
            }
        }
    }

    fn source(&self, digest: &Digest, outputs: &[Output<'_>], redacted: bool) -> Markup {
        let article = self.report.beside.article(&digest.dataset, &digest.id).filter(|_| !redacted);
        let evidence = |output: &Output<'_>| {
            let of = |(at, judged): (usize, &QuantityJudgement)| {
                let span = judged.evidence.as_ref()?;
                let key = format!("q{}", output.first_figure + at);
                Some(Mark { start: span.start, end: span.end, class: "source", key })
            };
            let figures = output.item.quantities.iter().flatten().enumerate();
            figures.filter_map(of).collect::<Vec<_>>()
        };
        html! {
            div.source {
                h4 { (self.ui.text("html.source")) }
                @match article {
                    Some(article) => {
                        @let marks: Vec<Mark> = outputs.iter().flat_map(evidence).collect();
                        div.text lang=[article.lang.as_ref().map(|l| l.as_str())] dir="auto" tabindex="0" {
                            (marked(&article.source, &marks))
                        }
                    }
                    None => p.note {
                        (self.ui.text(if redacted { "html.redacted" } else { "html.no_source" }))
                    }
                }
            }
        }
    }

    fn output(&self, digest: &Digest, output: &Output<'_>, items: &[ItemRecord], redacted: bool) -> Markup {
        let item = output.item;
        let system = &self.report.run.systems[output.system];
        let facts = item.facts.as_deref().unwrap_or_default();
        html! {
            article.output data-system=[named(&system.id, 0)] data-sample=[(item.key.sample > 0).then_some(item.key.sample)] {
                header {
                    h4 {
                        bdi { (clean::clip(&system.id, 60)) }
                        @if let Some(annotator) = &item.annotator { " · " bdi { (clean::clip(annotator, 60)) } }
                        @else if item.key.sample > 0 { " · " (item.key.sample + 1) }
                    }
                    @if system.kind != SystemKind::Human { p.scores { (self.scores(item)) } }
                }
                @match (&item.summary, &item.failure) {
                    (Some(summary), _) if redacted => p.note {
                        (self.ui.fill("html.length", &[("n", &summary.chars().count().to_string())]))
                    }
                    (Some(summary), _) => {
                        div.text lang=[item.lang.as_ref().map(|l| l.as_str())] dir="auto" {
                            (marked(summary, &marks(digest, output)))
                        }
                        (self.diff(output, summary, items))
                    }
                    (None, Some(failure)) => p.failure {
                        strong { (failure.kind.as_str()) }
                        @if !redacted { ": " bdi { (clean::clip(&failure.message, 400)) } }
                    }
                    (None, None) => p.note { (self.ui.text("html.not_evaluated")) }
                }
                (self.problems(digest, output, facts, redacted))
            }
        }
    }

    /// The item's own figures in the columns of the table.
    fn scores(&self, item: &ItemRecord) -> Markup {
        let mut shown: Vec<(String, String)> = Vec::new();
        for column in &self.report.view.table.columns {
            let fields = item.scores.get(&column.metric).and_then(Option::as_ref);
            let Some(value) = fields.and_then(|f| f.get(&column.field)) else { continue };
            let label = column.label.strip_suffix(&column.stratum).unwrap_or(&column.label).trim_end().to_owned();
            if !shown.iter().any(|(known, _)| *known == label) {
                shown.push((label, Digits::of(column.range, &[(*value, None)]).value(*value)));
            }
        }
        html! {
            @for (nth, (label, value)) in shown.iter().enumerate() {
                @if nth > 0 { " · " }
                (label) " " b { (value) }
            }
        }
    }

    /// What the output lost or got wrong, worst first.
    fn problems(&self, digest: &Digest, output: &Output<'_>, facts: &[ItemFact], redacted: bool) -> Markup {
        let of = |verdict: Verdict, must: Option<bool>| {
            let fits = move |f: &&ItemFact| f.judgement.verdict == verdict && must.is_none_or(|must| f.must == must);
            facts.iter().filter(fits).collect::<Vec<_>>()
        };
        let mut contradicted = of(Verdict::Contradicted, None);
        contradicted.sort_by_key(|f| (!f.must, f.draft));
        let missing = [(true, "findings.missing_must"), (false, "findings.missing")]
            .map(|(must, phrase)| (of(Verdict::Missing, Some(must)), phrase));
        let figures = output.item.quantities.iter().flatten().enumerate();
        let (unsupported, supported): (Vec<_>, Vec<_>) = figures.partition(|(_, q)| q.verdict == Support::Unsupported);
        // A figure borne out is marked in the text; one that a person says is borne out is listed, too.
        let ruled_out: Vec<_> = supported.into_iter().filter(|(_, q)| q.overridden.is_some()).collect();
        let covered = of(Verdict::Covered, None);
        // Of a reference the checklist above tells enough.
        let person = self.report.run.systems[output.system].kind == SystemKind::Human;
        if facts.is_empty() && unsupported.is_empty() && ruled_out.is_empty() {
            return html! {};
        }
        let ruled = |ruling: Option<&Overridden>| {
            let said = ruling.map(|r| self.ui.ruled(&clean::clip(&r.by, 60), &clean::clip(&r.matcher, 60)));
            html! { @if let Some(said) = said { " (" bdi { (said) } ")" } }
        };
        let reason = |fact: &ItemFact| self.ui.reason(&clean::clip(&fact.judgement.reason, 300));
        let id = |fact: &ItemFact| clean::clip(&fact.judgement.id, 80);
        // The script rules on what an element names, or on its text where that is the whole id.
        let chip = |fact: &ItemFact, why: bool| {
            html! {
                " "
                code data-k=[key(digest, &fact.judgement.id)] data-fact=[named(&fact.judgement.id, 80)]
                    title=[(why && fact.must && !redacted).then(|| reason(fact))] { (id(fact)) }
                @if fact.beyond_cut { " (" (self.ui.text("findings.beyond_cut")) ")" }
                (ruled(fact.judgement.overridden.as_ref()))
            }
        };
        html! {
            ul.problems {
                @for fact in contradicted {
                    @let phrase = if fact.must { "findings.contradicted_must" } else { "findings.contradicted" };
                    li.contradicted data-k=[key(digest, &fact.judgement.id)] tabindex="0" data-fact=(named(&fact.judgement.id, 0).unwrap_or_default()) {
                        b { (self.ui.text(phrase)) } " " code { (id(fact)) }
                        @if !redacted && !fact.judgement.reason.is_empty() { ": " bdi { (reason(fact)) } }
                        (ruled(fact.judgement.overridden.as_ref()))
                    }
                }
                @for (class, phrase, figures) in [
                    ("unsupported", "findings.unsupported", unsupported),
                    ("supported", "html.supported", ruled_out),
                ] {
                    @for (at, figure) in figures {
                        li class=(class) data-k=(format!("q{}", output.first_figure + at)) tabindex="0"
                            data-quantity=[(!redacted).then_some(&figure.quantity.surface).filter(|s| exact(s))]
                            data-start=[(!redacted).then_some(figure.quantity.start)] {
                            b { (self.ui.text(phrase)) }
                            @if let Some(error) = &figure.error { " (" (self.ui.error(&clean::clip(error, 60))) ")" }
                            @if !redacted {
                                " " bdi { (clean::clip(&figure.quantity.surface, 80)) }
                                @if !figure.reason.is_empty() {
                                    ": " bdi { (self.ui.reason(&clean::clip(&figure.reason, 300))) }
                                }
                            }
                            (ruled(figure.overridden.as_ref()))
                        }
                    }
                }
                @for (facts, phrase) in &missing {
                    @if !facts.is_empty() && !person {
                        li.missing {
                            b { (self.ui.text(phrase)) }
                            @for fact in facts { (chip(fact, true)) }
                        }
                    }
                }
                @if !covered.is_empty() && !person {
                    li.covered {
                        b { (self.ui.text("html.covered")) }
                        @for fact in covered { (chip(fact, false)) }
                    }
                }
            }
        }
    }

    /// What changed against the version before.
    fn diff(&self, output: &Output<'_>, summary: &str, items: &[ItemRecord]) -> Markup {
        let earlier = self.earlier[output.system].map(|at| &self.report.run.systems[at]);
        let before = earlier.and_then(|system| {
            let same = |i: &&ItemRecord| i.key.system == system.id && i.key.sample == output.item.key.sample;
            Some((system, items.iter().find(same)?.summary.as_deref()?))
        });
        let Some((system, before)) = before.filter(|(system, _)| system.kind == SystemKind::Candidate) else {
            return html! {};
        };
        if before == summary {
            return html! { p.note { (self.ui.fill("html.same", &[("system", &clean::clip(&system.id, 60))])) } };
        }
        let clipped = |text: &str| text.chars().take(DIFFED).map(shown).collect::<String>();
        let (old, new) = (clipped(before), clipped(summary));
        let diff = TextDiff::from_unicode_words(&old, &new);
        html! {
            details.diff {
                summary { (self.ui.fill("html.changes", &[("system", &clean::clip(&system.id, 60))])) }
                p.text lang=[output.item.lang.as_ref().map(|l| l.as_str())] dir="auto" {
                    @for change in diff.iter_all_changes() {
                        @match change.tag() {
                            ChangeTag::Equal => (change.value()),
                            ChangeTag::Delete => del { (change.value()) },
                            ChangeTag::Insert => ins { (change.value()) },
                        }
                    }
                }
            }
        }
    }
}

/// Whether a text stands in an attribute as it is: without characters that markup cannot hold, or that steer a reader.
fn exact(text: &str) -> bool {
    text.chars().all(|c| clean::harmless(c) == c)
}

/// A name for the script; `None` where it is no longer than what is shown of it anyway. One that cannot stand in an
/// attribute is empty, and is not ruled on.
fn named(name: &str, shown: usize) -> Option<&str> {
    if !exact(name) {
        return Some("");
    }
    (shown == 0 || clean::clip(name, shown) != name).then_some(name)
}

/// The kinds of trouble that an article shows, for the filter.
fn kinds(digest: &Digest) -> String {
    let any = |of: fn(&super::digest::Standing) -> u32| digest.standings.iter().flatten().any(|s| of(s) > 0);
    let kinds = [
        ("contradicted", any(|s| s.contradicted)),
        ("missing", any(|s| s.missing)),
        ("unsupported", any(|s| s.unsupported)),
        ("failed", any(|s| s.failed)),
    ];
    kinds.iter().filter(|(_, there)| *there).map(|(kind, _)| *kind).collect::<Vec<_>>().join(" ")
}

/// What ties together all that is said of a fact.
fn key(digest: &Digest, fact: &str) -> Option<String> {
    digest.facts.iter().position(|row| row.id == fact).map(|at| format!("f{at}"))
}

/// The marks of an output: its figures by whether the source bears them out, its facts' evidence, unknown names.
fn marks(digest: &Digest, output: &Output<'_>) -> Vec<Mark> {
    let item = output.item;
    let mut marks = Vec::new();
    for (at, figure) in item.quantities.iter().flatten().enumerate() {
        let class = if figure.verdict == Support::Supported { "supported" } else { "unsupported" };
        let key = format!("q{}", output.first_figure + at);
        marks.push(Mark { start: figure.quantity.start, end: figure.quantity.end, class, key });
    }
    for fact in item.facts.iter().flatten() {
        let Some((evidence, key)) = fact.judgement.evidence.as_ref().zip(key(digest, &fact.judgement.id)) else {
            continue;
        };
        let class = if fact.judgement.verdict == Verdict::Contradicted { "contradicted" } else { "covered" };
        marks.push(Mark { start: evidence.start, end: evidence.end, class, key });
    }
    marks
}

/// Verdicts as a cell: of one output a word that the style sheet shows as a sign, of several how many cover the fact. The
/// commonest cell, covered, is the plain one: a report holds tens of thousands.
pub fn verdict(verdicts: Option<Verdicts>, ui: &Ui) -> Markup {
    let Some(verdicts) = verdicts else { return html! { td.none {} } };
    if verdicts.all() > 1 {
        let wrong = verdicts.contradicted > 0;
        return html! {
            td.n.x[wrong] {
                (verdicts.covered) "/" (verdicts.all())
                @if wrong { " ✗" (verdicts.contradicted) }
            }
        };
    }
    match verdicts.worst() {
        Verdict::Covered => html! { td { (ui.text("html.covered")) } },
        Verdict::Missing => html! { td.m { (ui.text("html.missing")) } },
        Verdict::Contradicted => html! { td.x { (ui.text("html.contradicted")) } },
    }
}
