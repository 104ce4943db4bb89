//! An article's checklist and figures, made ready for many summaries.

use crate::model::{Fact, FactJudgement, FactKind, FactReport, Lang, Span, Verdict};

use super::Context;
use super::forms::fold;
use super::grounding;
use super::matching::derive::derived;
use super::matching::fit::{Error, Fit, fit};
use super::matching::role::{Spread, moved, role};
use super::matching::statement::{Content, Turn, contents, tell};
use super::matching::{Aligned, MARGIN, Slot, align};
use super::page::{Page, Senses};
use super::quantity::{Locale, Mention, Value};

/// An article's checklist and figures, made ready for many summaries.
#[derive(Debug)]
pub struct Prepared {
    facts: Vec<Fact>,
    claims: Vec<Claim>,
    contents: Vec<Content>,
    source: Option<Page>,
    slots: Vec<Slot>,
    spread: Spread,
    locale: Locale,
    senses: Senses,
}

/// A compiled claim.
#[derive(Debug)]
struct Claim {
    page: Page,
    /// The claim's figures that it turns on, each with its slot.
    heads: Vec<(usize, usize)>,
    /// Figures that narrow it: their mention and slot.
    qualifiers: Vec<(usize, usize)>,
    accept: Vec<Vec<char>>,
    any_of: Vec<Vec<char>>,
    all_of: Vec<Vec<char>>,
    none_of: Vec<Vec<char>>,
}

/// Shares of a claim's content from which it is taken as told.
const STATED: f32 = 0.56;
const STATED_OTHER: f32 = 0.5;
/// The share of a claim's other content from which what turns it round is said of it.
const REST: f32 = 0.45;

impl Prepared {
    /// Compiles a checklist in its context.
    pub fn new(context: &Context<'_>, facts: &[Fact]) -> Self {
        let ground = context.source.unwrap_or("");
        let locale = if ground.is_empty() {
            let claims: String = facts.iter().map(|f| f.claim.as_str()).collect();
            Locale::of(&claims, context.source_lang, context.date)
        } else {
            Locale::of(ground, context.source_lang, context.date)
        };
        let source = context.source.map(|text| Page::new(text, locale));
        let mut slots: Vec<Slot> = source
            .iter()
            .flat_map(|page| {
                page.mentions.iter().enumerate().map(|(i, m)| Slot {
                    mention: moved(page, m),
                    role: role(page, m),
                    source: Some(i),
                })
            })
            .collect();
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        let mut senses = Senses::default();
        source.iter().for_each(|page| senses.learn(page));
        let pages: Vec<Page> = facts.iter().map(|f| Page::read(&f.claim, locale, &senses)).collect();
        pages.iter().for_each(|page| senses.learn(page));
        let contents = contents(&pages);
        let from_source = slots.len();
        let mut claims = Vec::new();
        for (fact, page) in facts.iter().zip(pages) {
            let mut claim = Claim {
                heads: Vec::new(),
                qualifiers: Vec::new(),
                accept: folded(&fact.accept),
                any_of: folded(&fact.any_of),
                all_of: folded(&fact.all_of),
                none_of: folded(&fact.none_of),
                page,
            };
            let heads = heads(&claim.page, fact.kind);
            for (i, mention) in claim.page.mentions.iter().enumerate() {
                let slot = claim_slot(&claim.page, mention, &mut slots, from_source, &spread);
                if heads.contains(&i) { claim.heads.push((i, slot)) } else { claim.qualifiers.push((i, slot)) }
            }
            claims.push(claim);
        }
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        Prepared { facts: facts.to_vec(), claims, contents, source, slots, spread, locale, senses }
    }

    /// Judges one summary: a verdict a fact, and one a quantity and name of the summary.
    pub fn check(&self, summary: &str, _lang: Option<&Lang>) -> FactReport {
        let page = Page::read(summary, self.locale, &self.senses);
        let other = self.source.as_ref().map_or_else(
            || self.claims.first().is_some_and(|c| c.page.is_han() != page.is_han()),
            |s| s.is_han() != page.is_han(),
        );
        let aligned = align(&page, &self.slots, &self.spread, other);
        let figures = page.mentions.iter().map(|m| moved(&page, m)).collect();
        let told = Telling { page: &page, aligned: &aligned, figures, other };
        let facts = (0..self.facts.len()).map(|i| self.judge(i, &told)).collect();
        let quantities = self.source.as_ref().map(|source| grounding::judge(&page, source, &aligned, &self.slots));
        FactReport { facts, quantities, names: Vec::new() }
    }

    fn judge(&self, i: usize, told: &Telling<'_>) -> FactJudgement {
        let (fact, claim) = (&self.facts[i], &self.claims[i]);
        let ruling = self.literal(claim, told).unwrap_or_else(|| self.weigh(i, told));
        FactJudgement {
            id: fact.id.clone(),
            verdict: ruling.verdict,
            score: ruling.score,
            evidence: ruling.evidence.map(|(start, end)| Span { start, end, text: told.page.slice(start, end) }),
            reason: ruling.reason,
            overridden: None,
        }
    }

    /// What the checklist's own phrases decide.
    fn literal(&self, claim: &Claim, told: &Telling<'_>) -> Option<Ruling> {
        let find = |phrase: &Vec<char>| {
            told.page
                .text
                .windows(phrase.len().max(1))
                .position(|w| w == phrase.as_slice())
                .map(|at| (at, at + phrase.len()))
        };
        if let Some(at) = claim.none_of.iter().find_map(find) {
            return Some(Ruling::contradicted(Some(at), "the checklist rules these words out"));
        }
        if let Some(at) = claim.accept.iter().find_map(find) {
            return Some(Ruling::covered(1.0, Some(at), "a phrase the checklist accepts"));
        }
        if let Some(missing) = claim.all_of.iter().find(|p| find(p).is_none()) {
            let words: String = missing.iter().collect();
            return Some(Ruling::missing(0.0, format!("the checklist asks for \"{words}\", which the summary lacks")));
        }
        // The claim itself, word for word.
        let whole = claim.page.text.iter().collect::<String>();
        let whole: Vec<char> = whole.trim().trim_end_matches(['。', '.']).chars().collect();
        if let Some(at) = (!whole.is_empty()).then(|| find(&whole)).flatten() {
            return Some(Ruling::covered(1.0, Some(at), "the claim stands there word for word"));
        }
        if !claim.any_of.is_empty() && !claim.any_of.iter().any(|p| find(p).is_some()) {
            return Some(Ruling::missing(0.0, "none of the words the checklist asks for is there".to_owned()));
        }
        None
    }

    fn weigh(&self, i: usize, told: &Telling<'_>) -> Ruling {
        let (fact, claim) = (&self.facts[i], &self.claims[i]);
        let said = tell(&claim.page, &self.contents[i], told.page, told.other);
        let stated = if told.other { STATED_OTHER } else { STATED };
        let numeric = matches!(fact.kind, FactKind::Quantity | FactKind::Date) && !claim.heads.is_empty();
        if numeric {
            return self.figures(claim, told, said.share);
        }
        let score = soft(said.share, stated);
        if said.mass <= 0.0 {
            return Ruling::missing(0.0, "nothing of the claim can be recognized in this language".to_owned());
        }
        if let Some(turned) = said.turned
            && turned.rest >= REST
        {
            let (start, end) = turned.at;
            let words = told.page.slice(start, end);
            let reason = match turned.turn {
                Turn::Stance => format!("told the other way: \"{words}\""),
                Turn::Name => format!("told of another: \"{words}\""),
            };
            return Ruling::contradicted(Some((start, end)), &reason);
        }
        if !claim.heads.is_empty() {
            let figures = self.figures(claim, told, said.share);
            if figures.verdict == Verdict::Contradicted || said.share < stated {
                return if figures.verdict == Verdict::Covered && said.share < stated * 0.8 {
                    Ruling::missing(score.min(0.49), "the figure is there, the statement is not".to_owned())
                } else {
                    figures
                };
            }
        }
        if said.share >= stated && said.against {
            return Ruling::missing(
                score.min(0.49),
                "its matter is there, its stance the other way elsewhere".to_owned(),
            );
        }
        if said.share >= stated {
            return Ruling::covered(score, Some(said.window), "its content words stand together");
        }
        Ruling::missing(score.min(0.49), format!("{:.0} % of its content stands together at most", said.share * 100.0))
    }

    /// Whether each head of a claim is told, and with which value.
    fn figures(&self, claim: &Claim, told: &Telling<'_>, share: f32) -> Ruling {
        let mut worst: Option<Ruling> = None;
        for (head, slot) in &claim.heads {
            let ruling = self.head(claim, *head, *slot, told, share);
            let rank = |v: Verdict| match v {
                Verdict::Contradicted => 2,
                Verdict::Missing => 1,
                Verdict::Covered => 0,
            };
            if worst.as_ref().is_none_or(|w| rank(ruling.verdict) > rank(w.verdict)) {
                worst = Some(ruling);
            }
        }
        let ruling = worst.unwrap_or_else(|| Ruling::missing(0.0, "no figure to go by".to_owned()));
        if ruling.verdict != Verdict::Covered {
            return ruling;
        }
        let near = ruling.evidence.map(|(_, end)| told.page.clause_at(end.saturating_sub(1)));
        for (qualifier, slot) in &claim.qualifiers {
            let expected = &claim.page.mentions[*qualifier];
            for (m, aligned) in told.page.mentions.iter().zip(told.aligned) {
                let here = Some(told.page.clause_at(m.core.0)) == near;
                let fills = aligned.best().is_some_and(|b| self.equal(b.slot, *slot));
                if here
                    && fills
                    && !compares_with(&claim.page, expected)
                    && !compares_with(told.page, m)
                    && expected.unit.kind != "ordinal"
                    && let Fit::Differs(error) = fit(expected, m)
                {
                    let words = told.page.slice(m.start, m.end);
                    return Ruling::contradicted(
                        Some((m.start, m.end)),
                        &format!("\"{words}\" is another {} ({})", m.unit.kind, error.name()),
                    );
                }
            }
        }
        ruling
    }

    /// Whether no other figure of source and checklist has the value that fits this slot.
    fn only(&self, aligned: &Aligned, slot: usize) -> bool {
        aligned.candidates.iter().all(|c| c.fit != Fit::Same || self.equal(c.slot, slot))
    }

    /// Whether two slots stand for the same figure.
    fn equal(&self, a: usize, b: usize) -> bool {
        a == b
            || fit(&self.slots[a].mention, &self.slots[b].mention) == Fit::Same
                && self.slots[a].mention.change == self.slots[b].mention.change
    }

    fn head(&self, claim: &Claim, head: usize, slot: usize, told: &Telling<'_>, share: f32) -> Ruling {
        let expected = &moved(&claim.page, &claim.page.mentions[head]);
        let mut covered: Option<(f32, usize, Fit)> = None;
        let mut wrong: Option<(f32, usize, Error)> = None;
        let mut nearest = 0.0f32;
        for (i, (m, aligned)) in told.figures.iter().zip(told.aligned).enumerate() {
            let Some(candidate) = aligned.to(slot) else { continue };
            let Some(best) = aligned.best() else { continue };
            let margin = best.score - candidate.score;
            let same = self.equal(best.slot, slot);
            nearest = nearest.max(candidate.relation);
            if std::env::var("FCH").is_ok() { eprintln!("HEAD {:?} | {:?} fit {:?} cand {:?} rel {:.2} con {:.2} sc {:.2} | best slot {} fit {:?} sc {:.2} con {:.2} same {}", claim.page.slice(0, claim.page.raw.len()), told.page.slice(m.start, m.end), fit(expected, m), candidate.fit, candidate.relation, candidate.contrast, candidate.score, best.slot, best.fit, best.score, best.contrast, same); } // DEBUG
            let fitted = match fit(expected, m) {
                Fit::Same if candidate.fit == Fit::Differs(Error::PartTotal) => candidate.fit,
                fitted => fitted,
            };
            match fitted {
                fit @ (Fit::Same | Fit::Coarser) => {
                    let fills = (same || margin <= MARGIN)
                        && (candidate.relation >= COVER || distinct(m) || told.other && self.only(aligned, slot));
                    let better = |(r, _, known): (f32, usize, Fit)| {
                        (fit == Fit::Same, candidate.relation) > (known == Fit::Same, r)
                    };
                    if fills && covered.is_none_or(better) {
                        covered = Some((candidate.relation, i, fit));
                    }
                }
                Fit::Differs(error) => {
                    // Where the source says the very figure of something near, it is no slip.
                    let elsewhere = aligned.candidates.iter().any(|c| {
                        c.fit == Fit::Same && !self.equal(c.slot, slot) && best.contrast - c.contrast <= ELSEWHERE
                    });
                    let fills = (same && best.fit != Fit::Same || margin <= 0.0) && !elsewhere;
                    let needed = if error.is_slip() && distinct(m) { SLIP } else { CONTRADICT };
                    if fills
                        && candidate.relation.max(0.8 * candidate.contrast) >= needed
                        && wrong.is_none_or(|(r, ..)| candidate.relation > r)
                    {
                        wrong = Some((candidate.relation, i, error));
                    }
                }
                Fit::Unrelated => {}
            }
        }
        let place = |i: usize| (told.page.mentions[i].start, told.page.mentions[i].end);
        let words = |i: usize| told.page.slice(place(i).0, place(i).1);
        let worked_out = || derived(expected, &self.slots[slot].role, told.page, &told.figures, &self.spread, told.other);
        if !covered.is_some_and(|(_, _, fit)| fit == Fit::Same)
            && !wrong.is_some_and(|(relation, i, _)| {
                relation >= CONTRADICT && told.aligned[i].to(slot).is_some_and(|c| c.contrast >= FIRM)
            })
            && let Some(found) = worked_out()
        {
            let (a, b) = found.from;
            return Ruling::covered(
                0.75,
                Some((place(a).0.min(place(b).0), place(a).1.max(place(b).1))),
                &format!("the {} of \"{}\" and \"{}\"", found.how, words(a), words(b)),
            );
        }
        match (covered, wrong) {
            (Some((relation, i, Fit::Coarser)), _) => Ruling {
                evidence: Some(place(i)),
                ..Ruling::missing(
                    0.3 + 0.15 * f64::from(relation),
                    format!("\"{}\" is coarser than the claim", words(i)),
                )
            },
            (Some((relation, i, _)), _) => Ruling::covered(
                0.5 + 0.5 * f64::from(relation.max(share)),
                Some(place(i)),
                &format!("\"{}\" is said of it", words(i)),
            ),
            (None, Some((_, i, error))) => {
                let shown = claim.page.slice(expected.start, expected.end);
                Ruling::contradicted(
                    Some(place(i)),
                    &format!("\"{}\" where the claim has \"{shown}\" ({})", words(i), error.name()),
                )
            }
            (None, None) => {
                let near = f64::from(nearest.max(share * 0.8)).min(0.98) * 0.49;
                Ruling::missing(near, "no figure of the summary is said of this".to_owned())
            }
        }
    }
}

/// How much a figure must be said of the same thing to cover a fact, and to contradict it.
const COVER: f32 = 0.15;
const CONTRADICT: f32 = 0.3;
/// How much a wrong figure must be said of a fact for no sum to put it right.
const FIRM: f32 = 0.7;
/// The same for a figure of the same digits that goes wrong otherwise: the digits are evidence.
const SLIP: f32 = 0.08;

/// How far below the best a place may lie where the source has the very figure, for it to be taken as that.
const ELSEWHERE: f32 = 0.1;

/// Whether a date is one that another is held against (比去年, `than last year`).
fn compares_with(page: &Page, date: &Mention) -> bool {
    let before: String = page.text[date.start.saturating_sub(8)..date.start].iter().collect();
    let before = before.trim_end();
    ["比", "较", "从", "自", "由", "than", "from", "since", "than in"].iter().any(|w| before.ends_with(w))
}

/// Whether a figure's value is one that does not come about by chance: two digits that tell, or a measure.
fn distinct(m: &Mention) -> bool {
    let digits =
        |n: rust_decimal::Decimal| n.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len();
    match m.value {
        Some(Value::Number(n)) => digits(n) >= 2 || !matches!(m.unit.kind, "count" | "duration"),
        Some(Value::Date(day)) => day.day.is_some() || day.month.is_some(),
        Some(_) => true,
        None => false,
    }
}

/// Maps a share onto the score, the threshold being 0.5.
fn soft(share: f32, threshold: f32) -> f64 {
    let (s, t) = (f64::from(share), f64::from(threshold));
    if s < t { 0.5 * s / t } else { 0.5 + 0.5 * (s - t) / (1.0 - t) }
}

/// Which figures of a claim it turns on: its amounts, else its periods, else its dates; a date fact's dates.
fn heads(page: &Page, kind: FactKind) -> Vec<usize> {
    let of = |test: &dyn Fn(&Mention) -> bool| -> Vec<usize> {
        page.mentions.iter().enumerate().filter(|(_, m)| test(m)).map(|(i, _)| i).collect()
    };
    if kind == FactKind::Date {
        let dates = of(&|m| matches!(m.unit.kind, "date" | "time"));
        if !dates.is_empty() {
            return dates;
        }
    }
    let amounts = of(&|m| !matches!(m.unit.kind, "date" | "duration" | "ordinal" | "time" | "age"));
    if !amounts.is_empty() {
        return amounts;
    }
    for kind in ["age", "duration", "time", "date", "ordinal"] {
        let found = of(&|m| m.unit.kind == kind);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The slot of a claim's figure: the source's own where it states it, enriched with the claim's words; else a new one.
fn claim_slot(page: &Page, mention: &Mention, slots: &mut Vec<Slot>, from_source: usize, spread: &Spread) -> usize {
    use super::matching::role::overlap;
    let role = role(page, mention);
    let best = (0..from_source)
        .filter(|&i| matches!(fit(&slots[i].mention, mention), Fit::Same | Fit::Coarser))
        .map(|i| (overlap(&role, &slots[i].role, spread, false).share, i))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    if let Some((_, i)) = best {
        slots[i].role.enrich(&role);
        return i;
    }
    slots.push(Slot { mention: moved(page, mention), role, source: None });
    slots.len() - 1
}

fn folded(phrases: &[String]) -> Vec<Vec<char>> {
    phrases.iter().map(|p| fold(p.trim())).filter(|p| !p.is_empty()).collect()
}

/// A summary being judged.
struct Telling<'p> {
    page: &'p Page,
    aligned: &'p [Aligned],
    /// Its figures, each with the direction that its clause gives it.
    figures: Vec<Mention>,
    other: bool,
}

/// A verdict with what shows it.
struct Ruling {
    verdict: Verdict,
    score: f64,
    evidence: Option<(usize, usize)>,
    reason: String,
}

impl Ruling {
    fn covered(score: f64, evidence: Option<(usize, usize)>, reason: &str) -> Ruling {
        Ruling { verdict: Verdict::Covered, score: score.clamp(0.5, 1.0), evidence, reason: reason.to_owned() }
    }

    fn missing(score: f64, reason: String) -> Ruling {
        Ruling { verdict: Verdict::Missing, score: score.clamp(0.0, 0.499), evidence: None, reason }
    }

    fn contradicted(evidence: Option<(usize, usize)>, reason: &str) -> Ruling {
        Ruling { verdict: Verdict::Contradicted, score: 0.0, evidence, reason: reason.to_owned() }
    }
}
