//! What verdicts and error classes mean, with an example each that the matcher really judges so: `epitome list facts`.

/// A verdict or class of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// `fact`, `quantity` or `error`.
    pub of: &'static str,
    /// As answers spell it.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// An article.
    pub source: &'static str,
    /// A claim of its checklist; empty where figures are held against the article.
    pub claim: &'static str,
    /// A summary that gets the verdict.
    pub summary: &'static str,
}

const TOLLS: &str = "The council voted to raise bridge tolls to $3 from May.";
const CLAIM: &str = "Bridge tolls rise to $3.";
const MONEY: &str = "The town spent $40 million on roads and $20 million on parks.";

const fn fact(name: &'static str, meaning: &'static str, summary: &'static str) -> Entry {
    Entry { of: "fact", name, meaning, source: TOLLS, claim: CLAIM, summary }
}

const fn figure(
    of: &'static str,
    name: &'static str,
    meaning: &'static str,
    source: &'static str,
    summary: &'static str,
) -> Entry {
    Entry { of, name, meaning, source, claim: "", summary }
}

const fn error(name: &'static str, meaning: &'static str, source: &'static str, summary: &'static str) -> Entry {
    figure("error", name, meaning, source, summary)
}

/// Every verdict and error class, in the order of help and docs.
pub static ENTRIES: &[Entry] = &[
    fact("covered", "a careful reader of the summary would assert the claim", "Tolls on the bridge go up to $3."),
    fact("missing", "the summary leaves it open; vague words and silence are missing", "Tolls on the bridge go up."),
    fact("contradicted", "the same subject and relation, with another head", "Tolls on the bridge go up to $5."),
    figure(
        "quantity",
        "supported",
        "the source states or strictly entails the value for this measured thing",
        "The trail is 10 km long.",
        "The trail runs for 6.2 miles.",
    ),
    figure(
        "quantity",
        "unsupported",
        "anything else, also a value that the source has in another role",
        MONEY,
        "The town spent $20 million on roads.",
    ),
    error(
        "magnitude",
        "the right digits at the wrong scale, or a zero lost inside",
        "市府將撥款2億元興建圖書館。",
        "市府將撥款2萬元興建圖書館。",
    ),
    error("transposition", "digits in another order", "The city will buy 128 buses.", "The city will buy 182 buses."),
    error("unit", "another currency or unit", "The bridge cost $5 million.", "The bridge cost 5 million euros."),
    error(
        "swap",
        "the value of another thing in the source",
        "The company sold 40 cars in Oslo and 20 cars in Rome.",
        "The company sold 20 cars in Oslo.",
    ),
    error(
        "period",
        "the value before told as the value after, or the other way",
        "Profit fell from $4 million to $3 million.",
        "Profit fell to $4 million.",
    ),
    error("level_change", "a change told as the level reached, or the other way", "床位增至600張。", "床位增加600張。"),
    error("multiple", "another factor of change", "Sales doubled last year.", "Sales tripled last year."),
    error(
        "pp_percent",
        "percentage points told as percent, or the other way",
        "The rate rose by 2 percentage points.",
        "The rate rose by 2%.",
    ),
    error("bound", "below told as above, at least as at most", "近3萬人參加路跑。", "逾3萬人參加路跑。"),
    error("direction", "a rise told as a fall", "Sales rose 5% last year.", "Sales fell 5% last year."),
    error("calendar", "another date", "The museum opens on 3 May 2025.", "The museum opens on 5 May 2025."),
    error(
        "part_total",
        "a rate told of another base, or as a total",
        "每名員工獲發1萬元獎金。",
        "員工共獲發1萬元獎金。",
    ),
    error(
        "polarity",
        "the contrary of what the source says it of",
        "入院者中92%未接種疫苗。",
        "入院者中92%已接種疫苗。",
    ),
    error(
        "precision",
        "more digits than the source has",
        "Sales reached $2.3 billion.",
        "Sales reached $2.34 billion.",
    ),
    error("value", "another value, for no class above", "The town will open 7 parks.", "The town will open 9 parks."),
    error(
        "fabricated",
        "the source has no figure of this kind",
        "The council approved the new bridge on Tuesday.",
        "The council approved the new bridge, which will cost $4 million.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Ruling};

    #[test]
    fn every_example_gets_the_verdict_that_it_shows() {
        for entry in ENTRIES {
            let fact = serde_json::json!({"id": "a", "kind": "quantity", "claim": entry.claim});
            let facts: Vec<Fact> = match entry.claim {
                "" => Vec::new(),
                _ => vec![serde_json::from_value(fact).expect("a fact")],
            };
            let context = Context { source: Some(entry.source), ..Context::default() };
            let report = Prepared::new(&context, &facts).check(entry.summary, None);
            let figures = report.quantities.as_deref().unwrap_or_default();
            let shown = match entry.of {
                "fact" => report.facts.iter().any(|f| Ruling::from(f.verdict).as_str() == entry.name),
                "quantity" => {
                    !figures.is_empty() && figures.iter().all(|q| Ruling::from(q.verdict).as_str() == entry.name)
                }
                _ => figures.iter().any(|q| q.error.as_deref() == Some(entry.name)),
            };
            assert!(shown, "{}: {:#?}", entry.name, report);
        }
    }

    #[test]
    fn every_verdict_is_explained() {
        for ruling in Ruling::ALL {
            assert!(ENTRIES.iter().any(|e| e.name == ruling.as_str() && e.of != "error"), "{ruling:?}");
        }
    }
}
