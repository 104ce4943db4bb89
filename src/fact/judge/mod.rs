//! Verdicts: one fact held against one summary.

mod head;
mod ruling;

use ruling::{Ruling, soft};

use super::claim::Claim;
use super::grounding::{Standing, Taken};
use super::matching::fit::{Fit, fit};
use super::matching::name::{Naming, naming};
use super::matching::order::displaced;
use super::matching::role::Spread;
use super::matching::statement::{Told, find, tell};
use super::matching::turn::{Denied, Turn};
use super::matching::{Aligned, Slot};
use super::page::Page;
use super::quantity::Mention;
use crate::model::{Fact, FactJudgement, FactKind, Span, Verdict};

/// Shares of a claim's content from which it is taken as told.
const STATED: f32 = 0.45;
const STATED_OTHER: f32 = 0.42;
/// How much of that suffices where both deny the same.
const DENIED_TOO: f32 = 0.72;
/// How much of that suffices for a claim to be spoken of that one side denies.
const DENIED: f32 = 0.75;
/// The share of a claim's other content from which what turns it round is said of it.
const REST: f32 = 0.45;

/// A summary being judged.
pub(super) struct Telling<'p> {
    pub(super) page: &'p Page,
    pub(super) aligned: &'p [Aligned],
    /// Whose place each of its figures takes, by what the source says of it.
    pub(super) taken: &'p [Option<Taken>],
    /// What the source says of each of its figures.
    pub(super) standing: &'p [Standing],
    /// For each of its sentences, whether the source has it word for word.
    pub(super) verbatim: &'p [bool],
    /// Its figures, each with the direction that its clause gives it.
    pub(super) figures: Vec<Mention>,
    /// Whether it is in another language than the article.
    pub(super) other: bool,
    pub(super) slots: &'p [Slot],
    pub(super) spread: &'p Spread,
}

impl Telling<'_> {
    /// Judges one fact.
    pub(super) fn judge(&self, fact: &Fact, claim: &Claim) -> FactJudgement {
        let ruling = self.literal(claim).unwrap_or_else(|| self.borne_out(self.weigh(fact, claim)));
        FactJudgement {
            id: fact.id.clone(),
            verdict: ruling.verdict,
            score: ruling.score,
            evidence: ruling.evidence.map(|(start, end)| Span { start, end, text: self.page.slice(start, end) }),
            reason: ruling.reason,
            overridden: None,
        }
    }

    /// What the source says word for word contradicts no fact of it.
    fn borne_out(&self, ruling: Ruling) -> Ruling {
        let sentence =
            |(start, _): (usize, usize)| self.page.clauses.get(self.page.clause_at(start)).map(|c| c.sentence);
        let says = |at| sentence(at).and_then(|s| self.verbatim.get(s).copied()).unwrap_or(false);
        match ruling.evidence {
            Some(at) if ruling.verdict == Verdict::Contradicted && says(at) => {
                Ruling::missing(0.3, "what comes nearest the source says word for word".to_owned())
            }
            _ => ruling,
        }
    }

    /// What the checklist's own phrases decide.
    fn literal(&self, claim: &Claim) -> Option<Ruling> {
        let find = |phrase: &Vec<char>| find(&self.page.text, phrase).map(|at| (at, at + phrase.len()));
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
        let whole = claim.versions[0].page.text.iter().collect::<String>();
        let whole: Vec<char> = whole.trim().trim_end_matches(['。', '.']).chars().collect();
        // Its figures must read the same there: 900萬元 may go on as 900萬元人民幣.
        let same = |&(start, end): &(usize, usize)| {
            claim.versions[0].page.mentions.iter().all(|m| {
                let mut inside = self.page.mentions.iter().filter(|t| t.core.0 >= start && t.core.0 < end);
                inside.any(|t| matches!(fit(m, t), Fit::Same | Fit::Coarser))
            })
        };
        if let Some(at) = (!whole.is_empty()).then(|| find(&whole)).flatten().filter(same) {
            return Some(Ruling::covered(1.0, Some(at), "the claim stands there word for word"));
        }
        if !claim.any_of.is_empty() && !claim.any_of.iter().any(|p| find(p).is_some()) {
            return Some(Ruling::missing(0.0, "none of the words the checklist asks for is there".to_owned()));
        }
        None
    }

    fn weigh(&self, fact: &Fact, claim: &Claim) -> Ruling {
        let (version, other) = claim.version(self.page.is_han());
        let said =
            tell(&version.page, &version.content, &claim.aliases, self.page, (other, fact.kind == FactKind::Entity));
        let mut stated = if other { STATED_OTHER } else { STATED };
        if said.denial == Denied::Both {
            stated *= DENIED_TOO;
        }
        let ruling = self.weigh_told(fact, claim, &said, (other, stated));
        if ruling.verdict == Verdict::Covered
            && let Some((start, end)) = displaced(&version.page, self.page, said.window)
        {
            let words = self.page.slice(start, end);
            return Ruling::contradicted(Some((start, end)), &format!("another place in the order: \"{words}\""));
        }
        ruling
    }

    /// Weighs what is told of a claim, but for places in an order. `stated`: the share of its content from which on it counts
    /// as told.
    fn weigh_told(&self, fact: &Fact, claim: &Claim, said: &Told, (other, stated): (bool, f32)) -> Ruling {
        let (version, _) = claim.version(self.page.is_han());
        let numeric = matches!(fact.kind, FactKind::Quantity | FactKind::Date) && !version.heads.is_empty();
        if numeric {
            let ruling = self.told_with(version, said.share);
            // 淨投放 where the claim has 淨回籠: the figure stands beside the opposite.
            if let (Verdict::Covered, Some((start, end)), Some(turned)) = (ruling.verdict, ruling.evidence, said.turned)
                && turned.turn == Turn::Stance
                && said.denial != Denied::Both
                && turned.rest >= REST
                && self.page.clause_at(turned.at.0) == self.page.clause_at(end.saturating_sub(1).max(start))
            {
                let (start, end) = turned.at;
                let words = self.page.slice(start, end);
                return Ruling::contradicted(Some((start, end)), &format!("told the other way: \"{words}\""));
            }
            return ruling;
        }
        let score = soft(said.share, stated);
        if said.mass <= 0.0 {
            return Ruling::missing(0.0, "nothing of the claim can be recognized in this language".to_owned());
        }
        if let Denied::One(start, end) = said.denial
            && said.share >= if other { stated } else { DENIED * stated }
        {
            let words = self.page.slice(start, end);
            return Ruling::contradicted(Some((start, end)), &format!("denied on one side only: \"{words}\""));
        }
        if let Some(turned) = said.turned
            && said.denial != Denied::Both
            && turned.rest >= REST
        {
            let (start, end) = turned.at;
            let words = self.page.slice(start, end);
            let reason = match turned.turn {
                Turn::Stance => format!("told the other way: \"{words}\""),
                Turn::Name => format!("told of another: \"{words}\""),
            };
            return Ruling::contradicted(Some((start, end)), &reason);
        }
        if !version.heads.is_empty() {
            let figures = self.told_with(version, said.share);
            if figures.verdict == Verdict::Contradicted || said.share < stated {
                return match figures.verdict {
                    Verdict::Covered if said.share < stated * 0.8 => {
                        Ruling::missing(score.min(0.49), "the figure is there, the statement is not".to_owned())
                    }
                    Verdict::Missing => Ruling { score: score.min(0.49), ..figures },
                    _ => figures,
                };
            }
        }
        if said.share >= stated && said.against {
            return Ruling::missing(
                score.min(0.49),
                "its matter is there, its stance the other way elsewhere".to_owned(),
            );
        }
        if said.share >= stated && fact.kind == FactKind::Entity && !other && claim.aliases.is_empty() {
            match naming(&version.page, self.page, said.window) {
                Some(Naming::Lacking(name)) => {
                    return Ruling::missing(score.min(0.49), format!("its words are there, \"{name}\" is not"));
                }
                Some(Naming::Altered(start, end)) => {
                    let words = self.page.slice(start, end);
                    return Ruling::contradicted(Some((start, end)), &format!("told of another: \"{words}\""));
                }
                None => {}
            }
        }
        if said.share >= stated {
            return Ruling::covered(score, Some(said.window), "its content words stand together");
        }
        Ruling::missing(score.min(0.49), format!("{:.0} % of its content stands together at most", said.share * 100.0))
    }
}
