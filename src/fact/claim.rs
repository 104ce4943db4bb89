//! Compiled claims: a fact in the languages that it is given in, the figures that it turns on, its phrases.

use crate::model::fact::FactValue;
use crate::model::{Fact, FactKind};

use super::date::Base;
use super::forms::fold;
use super::matching::Slot;
use super::matching::fit::{Fit, fit};
use super::matching::role::{Spread, moved, overlap, role};
use super::matching::statement::Content;
use super::page::Page;
use super::quantity::{Mention, Unit, Value};

/// A fact made ready.
#[derive(Debug)]
pub(super) struct Claim {
    /// The claim, then the same in other languages.
    pub(super) versions: Vec<Version>,
    /// Other names of its head.
    pub(super) aliases: Vec<Vec<char>>,
    pub(super) accept: Vec<Vec<char>>,
    pub(super) any_of: Vec<Vec<char>>,
    pub(super) all_of: Vec<Vec<char>>,
    pub(super) none_of: Vec<Vec<char>>,
}

/// A claim in one language.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) page: Page,
    pub(super) content: Content,
    /// The figures that it turns on, each with its slot.
    pub(super) heads: Vec<(usize, usize)>,
    /// Figures that narrow it: their mention and slot.
    pub(super) qualifiers: Vec<(usize, usize)>,
}

impl Claim {
    /// The claim in the language of a summary, and whether it is given in another only.
    pub(super) fn version(&self, han: bool) -> (&Version, bool) {
        let own = self.versions.iter().find(|v| v.page.is_han() == han);
        (own.unwrap_or(&self.versions[0]), own.is_none())
    }

    /// The slots of all its figures.
    pub(super) fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.versions.iter().flat_map(|v| v.heads.iter().chain(&v.qualifiers)).map(|(_, slot)| *slot)
    }

    /// Compiles a fact whose pages are read: the claim's own first.
    pub(super) fn new(
        fact: &Fact,
        pages: Vec<(Page, Content)>,
        slots: &mut Vec<Slot>,
        from_source: usize,
        spread: &Spread,
    ) -> Claim {
        let mut versions: Vec<Version> = Vec::new();
        for (mut page, content) in pages {
            let heads = heads(&mut page, fact);
            let (mut turns, mut narrows) = (Vec::new(), Vec::new());
            for (i, mention) in page.mentions.iter().enumerate() {
                let slot = claim_slot(&page, mention, slots, from_source, spread, &versions);
                if heads.contains(&i) { turns.push((i, slot)) } else { narrows.push((i, slot)) }
            }
            versions.push(Version { page, content, heads: turns, qualifiers: narrows });
        }
        Claim {
            versions,
            aliases: folded(&fact.aliases),
            accept: folded(&fact.accept),
            any_of: folded(&fact.any_of),
            all_of: folded(&fact.all_of),
            none_of: folded(&fact.none_of),
        }
    }
}

/// Which figures of a claim it turns on; the value and unit that the fact itself gives stand in place of what its claim
/// reads as.
fn heads(page: &mut Page, fact: &Fact) -> Vec<usize> {
    let mut heads = amounts(page, fact.kind);
    let value = fact.value.as_ref().and_then(parse);
    let unit = fact.unit.as_deref().and_then(Unit::by_code);
    if value.is_none() && unit.is_none() {
        return heads;
    }
    let at = match heads.as_slice() {
        [only] => *only,
        [] if value.is_some() && !page.text.is_empty() => {
            page.mentions.push(Mention::whole(page.text.len()));
            page.mentions.len() - 1
        }
        _ => return heads,
    };
    let head = &mut page.mentions[at];
    if let Some(value) = value {
        head.value = Some(value);
        if matches!(value, Value::Date(_)) {
            head.unit = Unit::DATE;
        }
    }
    if let Some((unit, noun)) = unit {
        (head.unit, head.noun) = (unit, noun);
    }
    heads = vec![at];
    heads
}

/// Reads a value as the contract writes it: a number, `a/b`, `lo..hi`, an ISO date.
fn parse(value: &FactValue) -> Option<Value> {
    let text = match value {
        FactValue::Number(n) => n.to_string(),
        FactValue::Text(text) => text.trim().to_owned(),
    };
    let number = |t: &str| t.trim().parse::<rust_decimal::Decimal>().ok();
    if let Some((low, high)) = text.split_once("..") {
        return Some(Value::Range(number(low)?, number(high)?));
    }
    if let Some((a, b)) = text.split_once('/') {
        return Some(Value::Fraction(number(a)?, number(b)?));
    }
    if let Some(n) = number(&text) {
        return Some(Value::Number(n));
    }
    let day = Base::parse(&text)?;
    Some(Value::Date(day.into()))
}

/// Which figures of a claim it turns on by its own words: its amounts, else its periods, else its dates; a date fact's dates.
fn amounts(page: &Page, kind: FactKind) -> Vec<usize> {
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
    for kind in ["age", "duration", "time", "ordinal", "date"] {
        // 與去年持平 turns on what is told, not on the year.
        let found = of(&|m| m.unit.kind == kind && (kind != "date" || m.listed));
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The slot of a claim's figure: the source's own where it states it, enriched with the claim's words; else a new one.
fn claim_slot(
    page: &Page,
    mention: &Mention,
    slots: &mut Vec<Slot>,
    from_source: usize,
    spread: &Spread,
    others: &[Version],
) -> usize {
    let role = role(page, mention);
    // The same figure of the claim in another language.
    let known = others
        .iter()
        .flat_map(|v| v.heads.iter().chain(&v.qualifiers))
        .find(|(_, slot)| fit(&slots[*slot].mention, mention) == Fit::Same);
    if let Some((_, slot)) = known {
        slots[*slot].role.enrich(&role);
        return *slot;
    }
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

#[cfg(test)]
mod tests {
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Verdict};

    const SOURCE: &str = "The council of Port Arlen will spend 4 million euros on a bridge, Mayor Anna Weber said.";

    fn verdict(fact: serde_json::Value, summary: &str) -> Verdict {
        let fact: Fact = serde_json::from_value(fact).expect("a fact");
        let context = Context { source: Some(SOURCE), ..Context::default() };
        Prepared::new(&context, &[fact]).check(summary, None).facts[0].verdict
    }

    #[test]
    fn the_facts_own_value_and_unit_stand_before_what_its_claim_reads_as() {
        let fact = |value: serde_json::Value| {
            serde_json::json!({"id": "cost", "kind": "quantity", "claim": "The bridge will cost a fortune.",
                "value": value, "unit": "EUR"})
        };
        let told = "A bridge for 4 million euros is planned; the cost falls on the council.";
        assert_eq!(verdict(fact(serde_json::json!(4_000_000)), told), Verdict::Covered);
        let wrong = told.replace('4', "7");
        assert_eq!(verdict(fact(serde_json::json!("4000000")), &wrong), Verdict::Contradicted);
    }

    #[test]
    fn a_claim_in_the_summarys_language_is_the_one_that_is_held_against_it() {
        let with = serde_json::json!({"id": "who", "kind": "statement", "claim": "Mayor Anna Weber spoke.",
            "claims": {"zh-Hant": "市長韋伯安娜發言"}});
        let without = serde_json::json!({"id": "who", "kind": "statement", "claim": "Mayor Anna Weber spoke."});
        assert_eq!(verdict(with, "市长韦伯安娜发言。"), Verdict::Covered);
        assert_eq!(verdict(without, "韦伯安娜到场。"), Verdict::Missing);
    }

    #[test]
    fn an_alias_stands_for_the_claims_name() {
        let fact = |aliases: &[&str]| {
            serde_json::json!({"id": "who", "kind": "entity", "claim": "Anna Weber is mayor of Port Arlen.",
                "aliases": aliases})
        };
        let told = "Frau W. is mayor of the town.";
        assert_eq!(verdict(fact(&[]), told), Verdict::Missing);
        assert_eq!(verdict(fact(&["Frau W."]), told), Verdict::Covered);
    }
}
