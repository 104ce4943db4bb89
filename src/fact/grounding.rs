//! Grounding: every figure of a summary held against the source, with its role, not by look-up.
//!
//! A figure that the source states is called wrong only on positive evidence: another figure of the source owns the
//! place it is told for, or its own role cannot be what is told. A figure that the source does not state must follow
//! from what it does.

use std::collections::HashSet;

use crate::model::{QuantityJudgement, Span, Support};

use super::date::Day;
use super::entail::{entailed, says_rest};
use super::matching::fit::{Error, Fit, fit};
use super::matching::pick::Pick;
use super::matching::rate_lost;
use super::page::Page;
use super::quantity::{Change, Mention, Modifier, Value};
use super::rival::{Bond, Side, Weight, bonds, facet_opposed, has_facet, other_base, polarity, rate_added, weigh};

/// What a source's figures are held against, made ready once.
#[derive(Debug)]
pub(crate) struct Ground {
    bonds: Vec<Bond>,
    pick: Pick,
    /// Its sentences, for what a summary takes over word for word.
    sentences: HashSet<String>,
}

impl Ground {
    /// Makes a source ready.
    pub(crate) fn new(source: &Page) -> Ground {
        let bonds = bonds(source);
        let pick = Pick::new(source.mentions.iter().zip(bonds.iter().map(|b| &b.role)));
        let sentences = sentences(source).collect();
        Ground { bonds, pick, sentences }
    }
}

/// The sentences of a page, without white space around them.
fn sentences(page: &Page) -> impl Iterator<Item = String> + '_ {
    page.clauses.chunk_by(|a, b| a.sentence == b.sentence).map(|clauses| {
        let (start, end) = (clauses[0].start, clauses[clauses.len() - 1].end);
        let (start, end) = super::matching::statement::trim(page, start, end);
        page.text[start..end].iter().collect()
    })
}

/// A figure told in another's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// The figure of the source that owns the place.
    pub(crate) owner: usize,
    /// The figure of the source that has the value.
    pub(crate) value: usize,
    /// What went wrong.
    pub(crate) error: Error,
}

/// What the source says of a figure told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It states it: the figure.
    States(usize),
    /// It states nothing of the kind, but what it states entails it.
    Entails,
    /// It does not bear it out, or was not asked.
    Not,
}

/// What a summary's figures are found to be.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The listed ones, in text order.
    pub(crate) quantities: Vec<QuantityJudgement>,
    /// For each figure of the summary, whose place it takes.
    pub(crate) taken: Vec<Option<Taken>>,
    /// For each figure of the summary, what the source says of it.
    pub(crate) standing: Vec<Standing>,
    /// For each sentence of the summary, whether the source has it word for word.
    pub(crate) verbatim: Vec<bool>,
}

/// Judges the quantities of a summary. `other` says that the languages differ.
pub(crate) fn judge(page: &Page, source: &Page, ground: &Ground, other: bool) -> Findings {
    let own = bonds(page);
    let sentences: Vec<String> = sentences(page).collect();
    let court = Court {
        told: Side { page, bonds: &own },
        source: Side { page: source, bonds: &ground.bonds },
        pick: &ground.pick,
        other,
    };
    let mut taken = vec![None; page.mentions.len()];
    let mut standing = vec![Standing::Not; page.mentions.len()];
    let listed = page.mentions.iter().enumerate().filter(|(_, m)| m.listed);
    let quantities = listed
        .map(|(i, m)| {
            let mut ruling = court.rule(i);
            if ruling.error.is_some() {
                let sentence = page.clauses[page.clause_at(m.core.0)].sentence;
                if sentences.get(sentence).is_some_and(|s| ground.sentences.contains(s)) {
                    let reason = "the source says it word for word";
                    ruling = Ruling { error: None, figure: None, reason, taken: None, entailed: false, near: false };
                }
            }
            taken[i] = ruling.taken.or_else(|| ruling.slipped());
            standing[i] = ruling.standing();
            let evidence = ruling.figure.map(|i| {
                let m = &source.mentions[i];
                Span { start: m.start, end: m.end, text: source.slice(m.start, m.end) }
            });
            QuantityJudgement {
                quantity: m.to_quantity(&page.raw),
                verdict: if ruling.error.is_none() { Support::Supported } else { Support::Unsupported },
                error: ruling.error.map(|e| e.name().to_owned()),
                reason: ruling.reason.to_owned(),
                evidence,
                overridden: None,
            }
        })
        .collect();
    let verbatim = sentences.iter().map(|s| ground.sentences.contains(s)).collect();
    Findings { quantities, taken, standing, verbatim }
}

struct Ruling {
    error: Option<Error>,
    figure: Option<usize>,
    reason: &'static str,
    taken: Option<Taken>,
    /// Whether it follows from what the source states without standing there.
    entailed: bool,
    /// Whether it is a date that the source has with another day of the month, or with day and month exchanged.
    near: bool,
}

impl Ruling {
    fn entailed((figure, reason): (usize, &'static str)) -> Ruling {
        Ruling { error: None, figure: Some(figure), reason, taken: None, entailed: true, near: false }
    }

    fn standing(&self) -> Standing {
        match (self.error, self.figure) {
            (None, _) if self.entailed => Standing::Entails,
            (None, Some(figure)) => Standing::States(figure),
            _ => Standing::Not,
        }
    }

    /// A figure that has the digits of one of the source and is otherwise wrong takes its place.
    fn slipped(&self) -> Option<Taken> {
        let (error, owner) = (self.error?, self.figure?);
        (error.is_slip() || error == Error::Multiple || error == Error::Calendar && self.near).then_some(Taken {
            owner,
            value: owner,
            error,
        })
    }

    fn wrong(error: Error, figure: Option<usize>, reason: &'static str) -> Ruling {
        Ruling { error: Some(error), figure, reason, taken: None, entailed: false, near: false }
    }
}

/// A summary before its source.
struct Court<'p> {
    told: Side<'p>,
    source: Side<'p>,
    pick: &'p Pick,
    other: bool,
}

/// Whether a date of the source is narrow enough to bear out one told.
fn bears(source: &Mention, told: &Mention) -> bool {
    match (source.value, told.value) {
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.bears(&b),
        _ => true,
    }
}

/// Whether a figure is told as a rise or fall where the source has it as a level: a price of $4 that `rose $4`, 383 stations
/// built that are 383 more.
fn climbs(told: &Mention, page: &Page, source: &Mention, there: &Page) -> bool {
    const VERBS: [&str; 20] = [
        "上涨",
        "下跌",
        "上升",
        "下降",
        "涨了",
        "跌了",
        "上扬",
        "净增",
        "净减",
        "增加",
        "减少",
        "rose",
        "fell",
        "climbed",
        "dropped",
        "gained",
        "up by",
        "by",
        "净增加",
        "增加了",
    ];
    // What was added is new by itself.
    const NEW: [&str; 16] = [
        "新",
        "另",
        "加",
        "增",
        "扩",
        "减",
        "裁",
        "缩",
        "降",
        "new",
        "extra",
        "additional",
        "more",
        "add",
        "cut",
        "further",
    ];
    let lead = |m: &Mention, page: &Page, n: usize| -> String {
        page.text[m.start.saturating_sub(n)..m.start].iter().collect()
    };
    let modifies = |m: &Mention| m.direction.is_none() && m.change == Change::Level;
    let before = lead(told, page, 10);
    let verb = |before: &str| VERBS.iter().any(|v| before.trim_end().ends_with(v));
    let direct =
        || {
            verb(&before)
                || before.char_indices().rev().take(4).any(|(at, _)| {
                    verb(&before[..at]) && before[at..].chars().all(|c| "逾约近超过了至少达".contains(c))
                })
        };
    let clause = there.clauses[there.clause_at(source.core.0)];
    let said: String = there.text[clause.start..clause.end].iter().collect();
    matches!(told.unit.kind, "money" | "count")
        && told.change == Change::By
        && modifies(source)
        && direct()
        && (told.unit.kind == "money" || !NEW.iter().any(|w| said.contains(w)))
}

/// Whether a date is told with another day or part of its month, or with day and month exchanged.
fn misdated(source: &Mention, told: &Mention) -> bool {
    let (Some(Value::Date(a)), Some(Value::Date(b))) = (source.value, told.value) else { return false };
    let exact = |d: &Day| d.month.is_some() && (d.day.is_some() || d.part.is_some());
    let exchanged = a.month.is_some() && a.month == b.day && a.day == b.month;
    exact(&a) && exact(&b) && (a.month == b.month || exchanged)
}

/// How much evidence it takes to give a figure of the right value to another owner: alone, and where the other
/// owner's figure is told in its place.
const ALONE: f32 = 3.0;
const CROSSED: f32 = 2.1;
/// What must speak for each of two figures' exchange, and how much where it speaks for one only.
const EITHER: f32 = 0.7;
const ONE_SIDED: f32 = 6.0;
/// The same where nearly all that is told speaks for the other.
const WHOLLY: f32 = 1.5;
/// How much more a small count takes.
const SMALL: f32 = 1.5;

/// Whether a figure counts a few things.
fn is_small(m: &Mention) -> bool {
    let few = |n: rust_decimal::Decimal| n <= rust_decimal::Decimal::TEN;
    m.unit.kind == "count" && m.value.as_ref().and_then(Value::number).is_some_and(few)
}

/// How much what speaks for another owner must outweigh what speaks against it.
const OUTWEIGHS: f32 = 2.0;

impl Court<'_> {
    fn rule(&self, i: usize) -> Ruling {
        let told = &self.told.page.mentions[i];
        let bond = &self.told.bonds[i];
        let (mut same, mut differing): (Vec<usize>, Vec<(usize, Error)>) = (Vec::new(), Vec::new());
        for j in self.pick.of(told, &bond.role) {
            let there = &self.source.bonds[j];
            match fit(&self.source.page.mentions[j], told) {
                Fit::Same if rate_lost(&there.role, &bond.role) || rate_added(bond, there) => {
                    differing.push((j, Error::PartTotal));
                }
                Fit::Same | Fit::Coarser if !bears(&self.source.page.mentions[j], told) => {}
                Fit::Same | Fit::Coarser => same.push(j),
                Fit::Differs(error) => differing.push((j, error)),
                Fit::Unrelated => {}
            }
        }
        let mut same = same.into_iter();
        let Some(first) = same.next() else { return self.absent(i, &differing) };
        let best = same.fold(first, |best, j| if self.weigh(i, j, best).net() > 0.0 { j } else { best });
        if let Some((owner, error)) = self.owner(i, best, &differing) {
            // A number that is only about that of the source may be one that it entails exactly.
            let exact = self.source.page.mentions[best].base_value() == told.base_value();
            let place = self.told.page.clauses[self.told.page.clause_at(told.core.0)];
            let clause: String = self.told.page.text[place.start..place.end].iter().collect();
            if (!exact || says_rest(&clause))
                && let Some(found) = entailed(self.told, i, self.source)
            {
                return Ruling::entailed(found);
            }
            let taken = Some(Taken { owner, value: best, error });
            return Ruling { taken, ..Ruling::wrong(error, Some(owner), "the source says it of something else") };
        }
        if matches!(told.modifier, Some(Modifier::Over)) && has_facet(&self.source.bonds[best], "average", "peak") {
            return Ruling::wrong(Error::Bound, Some(best), "the source says that it is the most");
        }
        if climbs(told, self.told.page, &self.source.page.mentions[best], self.source.page) {
            return Ruling::wrong(Error::LevelChange, Some(best), "the source has it as a level, not as a change");
        }
        if !self.other && polarity(bond, &self.source.bonds[best]) {
            return Ruling::wrong(Error::Polarity, Some(best), "the source says the contrary of it");
        }
        if !self.other && other_base(bond, &self.source.bonds[best]) {
            return Ruling::wrong(Error::PartTotal, Some(best), "the source says it of another whole");
        }
        let reason = "the source says it of the same thing";
        Ruling { error: None, figure: Some(best), reason, taken: None, entailed: false, near: false }
    }

    fn weigh(&self, i: usize, first: usize, second: usize) -> Weight {
        weigh(self.told, i, self.source, first, second, self.other)
    }

    /// The figure of the source that owns the place which a right value is told for, where it is not `best`.
    fn owner(&self, i: usize, best: usize, differing: &[(usize, Error)]) -> Option<(usize, Error)> {
        let bond = &self.told.bonds[i];
        let opposed = facet_opposed(bond, &self.source.bonds[best]);
        match opposed {
            Some("basis") => return Some((best, Error::Period)),
            // A peak told as an average.
            Some("average") => return Some((best, Error::PartTotal)),
            _ => {}
        }
        let mut owner: Option<(usize, f32)> = None;
        let told = &self.told.page.mentions[i];
        for &(rival, error) in differing {
            let (there, here) = (&self.source.page.mentions[rival], &self.source.page.mentions[best]);
            if matches!(error, Error::PartTotal)
                || self.equal(rival, best)
                || !bears(there, here)
                || !bears(here, there)
            {
                continue;
            }
            let mut weight = self.weigh(i, rival, best);
            let date = self.source.page.mentions[best].unit.kind == "date";
            // What stands around a date says little of whose it is: it takes the other one told in its place.
            let crossed = self.teller(i, rival);
            if date && crossed.is_none() {
                continue;
            }
            // `four of the 14` tells both.
            if crossed.is_some_and(|k| self.parts(i, k)) {
                continue;
            }
            let mut enough = if weight.is_whole() { WHOLLY } else { ALONE };
            // A small number of things stands everywhere.
            if is_small(told) {
                enough += SMALL;
            }
            // The rival's own figure may be told too: then the two are swapped, or each stands where it belongs.
            if let Some(k) = crossed {
                let back = self.weigh(k, best, rival);
                let both = weight.net().min(back.net()) >= EITHER;
                weight.for_first += back.for_first;
                weight.for_second += back.for_second;
                enough = match both {
                    true => CROSSED.min(enough),
                    // What speaks for one of the two alone says only that they stand near each other.
                    false => ONE_SIDED,
                };
            }
            let net = weight.net();
            if net >= enough
                && weight.for_first > 0.0
                && weight.for_first >= OUTWEIGHS * weight.for_second
                && owner.is_none_or(|(_, most)| net > most)
            {
                owner = Some((rival, net));
            }
        }
        let (owner, _) = owner?;
        let calendar = self.source.page.mentions[best].unit.kind == "date";
        Some(match opposed {
            _ if calendar => (owner, Error::Calendar),
            Some("basis" | "span" | "year" | "quarter" | "half") => (owner, Error::Period),
            Some("average") => (owner, Error::PartTotal),
            _ => (owner, Error::Swap),
        })
    }

    /// Whether one of two figures told side by side is a part of the other: `four of the 14`.
    fn parts(&self, i: usize, k: usize) -> bool {
        let page = self.told.page;
        let (a, b) = (&page.mentions[i.min(k)], &page.mentions[i.max(k)]);
        let between: String = page.text.get(a.core.1..b.core.0).unwrap_or(&[]).iter().collect();
        between.len() < 14 && between.starts_with(" of ")
    }

    /// Whether two figures of the source are one and the same.
    fn equal(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.source.page.mentions[a], &self.source.page.mentions[b]);
        fit(a, b) == Fit::Same && a.change == b.change
    }

    /// The figure of the summary near another that tells one of the source.
    fn teller(&self, i: usize, figure: usize) -> Option<usize> {
        let mentions = &self.told.page.mentions;
        let range = i.saturating_sub(6)..(i + 7).min(mentions.len());
        range.filter(|k| *k != i).find(|&k| fit(&self.source.page.mentions[figure], &mentions[k]) == Fit::Same)
    }

    /// A value that the source does not state: entailed, or wrong for a reason.
    fn absent(&self, i: usize, differing: &[(usize, Error)]) -> Ruling {
        // What is said of the very figure in another role, no sum makes right.
        let open = |error: Error| {
            matches!(
                error,
                Error::Value
                    | Error::Fabricated
                    | Error::Multiple
                    | Error::Magnitude
                    | Error::Transposition
                    | Error::Direction
                    | Error::Precision
                    | Error::Bound
                    | Error::Swap
            )
        };
        let told = &self.told.page.mentions[i];
        let points = told.unit.dimension == "points";
        // The very number, told with another bound or the other way, is what it is.
        let itself = |&(j, error): &(usize, Error)| {
            matches!(error, Error::Bound | Error::Direction)
                && self.source.page.mentions[j].base_value() == told.base_value()
        };
        if !differing.iter().any(itself)
            && differing.iter().all(|(_, e)| {
                open(*e) || points && *e == Error::PercentPoint || told.unit.kind == "date" && *e == Error::Calendar
            })
            && let Some(found) = entailed(self.told, i, self.source)
        {
            return Ruling::entailed(found);
        }
        let named = |m: &Mention| !matches!(m.change, Change::From);
        let mut best: Option<(usize, Error)> = None;
        for &(j, error) in differing {
            let better = match best {
                None => true,
                Some((k, known)) => {
                    let net = self.weigh(i, j, k).net();
                    // The same number in another guise says more than a number alike.
                    let telling =
                        |e: Error| u8::from(!open(e)) * 2 + u8::from(e != Error::Value && e != Error::Direction);
                    let (x, y) = (telling(error), telling(known));
                    x > y
                        || x == y
                            && (net > 0.0
                                || net == 0.0
                                    && named(&self.source.page.mentions[j])
                                    && !named(&self.source.page.mentions[k]))
                }
            };
            if better {
                best = Some((j, error));
            }
        }
        match best {
            Some((j, error)) => Ruling {
                near: misdated(&self.source.page.mentions[j], told),
                ..Ruling::wrong(error, Some(j), "the source has another figure for this")
            },
            None => Ruling::wrong(Error::Fabricated, None, "the source has no figure of this kind"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Support, Verdict};

    const SOURCE: &str = "Revenue was $9 million and profit was $2 million.";

    #[test]
    fn a_value_told_of_another_measure_is_not_borne_out_and_contradicts() {
        let claim = serde_json::json!({"id": "a", "kind": "quantity", "claim": "Profit was $2 million."});
        let fact: Fact = serde_json::from_value(claim).expect("a fact");
        let context = Context { source: Some(SOURCE), ..Context::default() };
        let prepared = Prepared::new(&context, &[fact]);
        for (told, support, verdict) in [
            ("Profit was $9 million.", Support::Unsupported, Verdict::Contradicted),
            ("Profit came to $2 million.", Support::Supported, Verdict::Covered),
        ] {
            let report = prepared.check(told, None);
            assert_eq!(report.quantities.expect("figures")[0].verdict, support, "{told}");
            assert_eq!(report.facts[0].verdict, verdict, "{told}");
        }
    }
}
