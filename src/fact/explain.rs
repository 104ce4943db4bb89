//! What verdicts and error classes mean, with an example each: `epitome list facts`.

/// A verdict or class of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// `fact`, `quantity` or `error`.
    pub of: &'static str,
    /// As answers spell it.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// A claim or source, and a summary that gets it.
    pub example: &'static str,
}

const fn entry(of: &'static str, name: &'static str, meaning: &'static str, example: &'static str) -> Entry {
    Entry { of, name, meaning, example }
}

/// Every verdict and error class, in the order of help and docs.
pub static ENTRIES: &[Entry] = &[
    entry(
        "fact",
        "covered",
        "a careful reader of the summary would assert the claim",
        "claim: tolls rise to $3; summary: tolls go up to $3",
    ),
    entry(
        "fact",
        "missing",
        "the summary leaves it open; vague words and silence are missing",
        "claim: tolls rise to $3; summary: tolls go up",
    ),
    entry(
        "fact",
        "contradicted",
        "the same subject and relation, with another head",
        "claim: tolls rise to $3; summary: tolls rise to $5",
    ),
    entry(
        "quantity",
        "supported",
        "the source states or strictly entails the value for this measured thing",
        "source: 40 from Oslo, 20 from Rome; summary: 60 in all",
    ),
    entry(
        "quantity",
        "unsupported",
        "anything else, also a value that the source has in another role",
        "source: 40 from Oslo, 20 from Rome; summary: 20 from Oslo",
    ),
    entry("error", "magnitude", "the right digits at the wrong scale, or a zero lost inside", "2億 told as 2萬"),
    entry("error", "transposition", "digits in another order", "128 told as 182"),
    entry("error", "unit", "another currency or unit", "$5 million told as 5 million euros"),
    entry("error", "swap", "the value of another thing in the source", "revenue 9, profit 2 told as profit 9"),
    entry(
        "error",
        "period",
        "the value before told as the value after, or of another period",
        "fell to 3 from 4, told as reached 4",
    ),
    entry("error", "level_change", "a change told as the level reached, or the other way", "增至600 told as 增加600"),
    entry("error", "multiple", "another factor of change", "doubled told as tripled"),
    entry("error", "pp_percent", "percentage points told as percent", "2 percentage points told as 2%"),
    entry("error", "bound", "below told as above, at least as at most", "近3萬 told as 逾3萬"),
    entry("error", "direction", "a rise told as a fall", "rose 5% told as fell 5%"),
    entry("error", "calendar", "another date", "3 May told as 5 May"),
    entry("error", "part_total", "a rate told of another base, or as a total", "人均1萬元 told as 共1萬元"),
    entry("error", "polarity", "the contrary of what the source says it of", "92% unvaccinated told as 92% vaccinated"),
    entry("error", "precision", "more digits than the source has", "2.3萬億 told as 2.34萬億"),
    entry("error", "value", "another value, for no class above", "7 told as 9"),
    entry(
        "error",
        "fabricated",
        "the source has no figure of this kind",
        "no sum of money in the source; summary: $4 million",
    ),
];
