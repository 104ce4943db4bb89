//! What a user writes in `epitome.toml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset;
use crate::model::{Gate, Lang};

/// A suite: what is evaluated, how, and what must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct SuiteFile {
    /// The version of this format: 1.
    pub version: u32,
    /// The suite's name and what holds for all of it.
    pub suite: SuiteSection,
    /// Articles with references and checklists; one table a dataset.
    #[serde(default)]
    pub dataset: Vec<dataset::Spec>,
    /// Summarizers under test; one table a system.
    #[serde(default)]
    #[schemars(with = "Vec<SystemHead>")]
    pub system: Vec<toml::Table>,
    /// Metrics with options or under names of their own.
    #[serde(default)]
    #[schemars(with = "Vec<MetricHead>")]
    pub metric: Vec<toml::Table>,
    /// House rules on outputs; one table a check.
    #[serde(default)]
    #[schemars(with = "Vec<CheckHead>")]
    pub check: Vec<toml::Table>,
    /// Metrics by bare name.
    #[serde(default)]
    pub metrics: MetricsSection,
    /// What must hold for a change to be merged.
    #[serde(default)]
    pub gate: Vec<Gate>,
    /// What asking may cost.
    #[serde(default)]
    pub budget: BudgetSection,
    /// Where outputs are kept.
    pub store: StoreSection,
    /// How many failures a system may have.
    pub failures: FailuresSection,
    /// How intervals are made.
    pub statistics: StatisticsSection,
    /// What is written beside the record.
    pub report: ReportSection,
}

/// Leaves as required what the built-in defaults do not give.
fn with_defaults(schema: &mut schemars::Schema) {
    if let Some(serde_json::Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| matches!(name.as_str(), Some("version" | "suite" | "name")));
    }
}

/// `[suite]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct SuiteSection {
    /// The suite's name, which is also its folder under `reports/`.
    pub name: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether a row holds each annotator against the others.
    pub human: bool,
}

/// What every `[[system]]` has; its other keys are its backend's options.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("additionalProperties" = true))]
pub struct SystemHead {
    /// `name@version`, split at the last `@`.
    pub name: String,
    /// The kind of summarizer; `epitome list backends` shows them.
    pub backend: String,
    /// The datasets it is run on; all that are not private where left out.
    pub datasets: Option<Vec<String>>,
    /// The language it writes; the article's where left out.
    pub output_lang: Option<Lang>,
    /// Outputs an article.
    pub samples: Option<u32>,
    /// A kept output older than this (`"30d"`, `"12h"`) is asked for again.
    pub max_age: Option<Age>,
}

impl SystemHead {
    /// The keys that belong to the system and not to its backend.
    pub const KEYS: [&str; 6] = ["name", "backend", "datasets", "output_lang", "samples", "max_age"];
}

/// A length of time in seconds, written with a unit: `"90s"`, `"15m"`, `"12h"`, `"30d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
pub struct Age(#[schemars(with = "String")] pub u64);

impl std::str::FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
        let read = units.iter().find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(*unit)?.trim().parse().ok()?;
            number.checked_mul(*seconds)
        });
        let wrong = || format!("`{text}` is no length of time; write \"90s\", \"15m\", \"12h\" or \"30d\"");
        read.map(Age).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What every `[[metric]]` has; its other keys are the metric's options.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct MetricHead {
    /// The built-in that it is, or is a variant of. Either this or `backend`.
    #[serde(rename = "use")]
    pub uses: Option<String>,
    /// A variant's own name.
    pub name: Option<String>,
    /// Where scores of one's own come from: `command`, a judge by the worker protocol, or `import`, a file of them.
    pub backend: Option<String>,
    /// What scores of one's own hold: by field its `direction` (`higher`, `lower`, `neutral`) and `range` (`[0, 1]`).
    pub fields: Option<std::collections::BTreeMap<String, serde_json::Value>>,
    /// The version of what computes them, which stands in the signature.
    pub version: Option<String>,
}

/// A `[[check]]`: a name and at least one rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckHead {
    /// The name under which its share of passes stands.
    pub name: String,
    /// Words that may not stand in an output.
    #[serde(default)]
    pub forbid: Vec<String>,
    /// Words that must.
    #[serde(default)]
    pub require: Vec<String>,
    /// A pattern that must match.
    pub regex: Option<String>,
    /// The most characters.
    pub max_chars: Option<usize>,
    /// `"Hant"` or `"Hans"`.
    pub script: Option<String>,
}

/// `[metrics]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsSection {
    /// Bare names, in the order of columns.
    #[serde(rename = "use", default)]
    pub uses: Vec<String>,
}

/// `[budget]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSection {
    /// Cost at which no further call begins, in the currency of the systems' prices.
    pub max_cost: Option<f64>,
    /// Calls of all systems together.
    pub max_calls: Option<u64>,
}

/// `[store]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct StoreSection {
    /// The folder, relative to the suite.
    pub path: std::path::PathBuf,
}

/// `[failures]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct FailuresSection {
    /// Failed items that a system may have: a count, or a share of its items such as `"1%"`.
    pub max: Limit,
}

/// A count, or a share of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Limit {
    /// So many.
    Count(u64),
    /// Such a share, 0 to 1, written as a percentage.
    #[schemars(with = "String")]
    Share(#[serde(serialize_with = "percentage")] f64),
}

fn percentage<S: serde::Serializer>(share: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{}%", share * 100.0))
}

impl Limit {
    /// Whether `part` of `whole` is within the limit.
    pub fn allows(self, part: u64, whole: u64) -> bool {
        match self {
            Limit::Count(count) => part <= count,
            Limit::Share(share) => part as f64 <= share * whole as f64,
        }
    }
}

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let share = |number: &str| number.trim().parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share));
        let read = match text.strip_suffix('%') {
            Some(number) => share(number).map(|share| Limit::Share(share / 100.0)),
            None => text.trim().parse().ok().map(Limit::Count),
        };
        read.ok_or_else(|| format!("`{text}` is no limit; write a count or a percentage such as \"1%\""))
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `[statistics]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct StatisticsSection {
    /// Bootstrap replicates of an interval.
    pub replicates: usize,
}

/// `[report]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_defaults)]
pub struct ReportSection {
    /// The formats written beside the record.
    pub formats: Vec<String>,
    /// How many of the worst changes a report shows.
    pub worst: usize,
}
