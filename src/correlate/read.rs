//! Lines of scores and of ratings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// Why a line cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not of the form.
    #[error("{0}")]
    Form(String),
    /// Two datasets have an article of one id, and the rating does not say which it means.
    #[error("article `{0}` is in several datasets of the scores ({1}); add \"dataset\" to the ratings")]
    Ambiguous(String, String),
}

/// Sum and number of what was read of one item.
type Sums = BTreeMap<(String, String), (f64, f64)>;

/// Scores by column, system and article.
#[derive(Debug, Default)]
pub struct Scores {
    columns: BTreeMap<String, BTreeMap<(String, String), f64>>,
    sums: BTreeMap<String, Sums>,
    /// The datasets of each article id.
    datasets: BTreeMap<String, BTreeSet<String>>,
    items: BTreeSet<(String, String)>,
}

#[derive(Deserialize)]
struct ScoreLine {
    #[serde(default)]
    dataset: Option<String>,
    id: Id,
    system: String,
    #[serde(default)]
    annotator: Option<String>,
    scores: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    strata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    fn text(self) -> String {
        match self {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        }
    }
}

/// An article's name: its id, with its dataset where there is one.
fn article(dataset: Option<&str>, id: &str) -> String {
    dataset.map_or_else(|| id.to_owned(), |dataset| format!("{dataset}/{id}"))
}

/// The fields of a metric that are correlated: its headline where it has one by name, else all.
fn headline(fields: &serde_json::Map<String, serde_json::Value>) -> Vec<(&str, f64)> {
    let all = || fields.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?)));
    for name in ["f1", "score"] {
        if let Some(value) = fields.get(name).and_then(serde_json::Value::as_f64) {
            return vec![(name, value)];
        }
    }
    all().collect()
}

impl Scores {
    /// Reads a line: of `items.jsonl`, or `{"id", "system", "scores": {}}` with numbers or objects of fields. The row of the
    /// annotators is passed over, as is an item without scores.
    pub fn line(&mut self, line: &str) -> Result<(), ReadError> {
        let read: ScoreLine =
            serde_json::from_str(line).map_err(|e| ReadError::Form(format!("not a line of scores: {e}")))?;
        if read.annotator.is_some() || read.system == "human" {
            return Ok(());
        }
        let id = read.id.text();
        let datasets = self.datasets.entry(id.clone()).or_default();
        datasets.extend(read.dataset.clone());
        let key = (read.system, article(read.dataset.as_deref(), &id));
        for (metric, value) in read.scores {
            let stratum = read.strata.get(&metric).map(|s| format!(" [{s}]")).unwrap_or_default();
            let fields: Vec<(String, f64)> = match &value {
                serde_json::Value::Null => continue,
                serde_json::Value::Number(number) => {
                    number.as_f64().map(|value| (format!("{metric}{stratum}"), value)).into_iter().collect()
                }
                serde_json::Value::Object(fields) => {
                    let of = |(field, value)| (format!("{metric}.{field}{stratum}"), value);
                    headline(fields).into_iter().map(of).collect()
                }
                other => return Err(ReadError::Form(format!("`scores.{metric}` is {other}, and should be a number"))),
            };
            for (column, value) in fields {
                let (sum, n) = self.sums.entry(column).or_default().entry(key.clone()).or_insert((0.0, 0.0));
                *sum += value;
                *n += 1.0;
                self.items.insert(key.clone());
            }
        }
        Ok(())
    }

    /// Averages samples; to be called when all lines are read. `only` names the columns that are kept; all where empty.
    pub fn finish(&mut self, only: &[String]) {
        let wanted = |name: &str| {
            let bare = name.split(" [").next().unwrap_or(name);
            only.is_empty() || only.iter().any(|o| o == name || o == bare || bare.split('.').next() == Some(o))
        };
        let sums = std::mem::take(&mut self.sums);
        self.columns =
            sums.into_iter().filter(|(name, _)| wanted(name)).map(|(name, sums)| (name, means(sums))).collect();
    }

    /// The columns, by name.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &BTreeMap<(String, String), f64>)> {
        self.columns.iter().map(|(name, values)| (name.as_str(), values))
    }

    /// Every system and article with a score.
    pub fn items(&self) -> BTreeSet<&(String, String)> {
        self.items.iter().collect()
    }
}

fn means(sums: Sums) -> BTreeMap<(String, String), f64> {
    sums.into_iter().map(|(key, (sum, n))| (key, sum / n)).collect()
}

/// What people said, by what they judged, system and article.
#[derive(Debug, Default)]
pub struct Ratings {
    columns: BTreeMap<String, BTreeMap<(String, String), f64>>,
    sums: BTreeMap<String, Sums>,
    items: BTreeSet<(String, String)>,
    /// Those who judged, by name.
    pub annotators: BTreeSet<String>,
}

#[derive(Deserialize)]
struct RatingLine {
    #[serde(default)]
    dataset: Option<String>,
    id: Id,
    system: String,
    #[serde(default)]
    annotator: Option<String>,
    ratings: BTreeMap<String, Option<f64>>,
}

impl Ratings {
    /// Reads a line `{"id", "system", "annotator"?, "ratings": {}}`; `scores` tell which dataset an id is of.
    pub fn line(&mut self, line: &str, scores: &Scores) -> Result<(), ReadError> {
        let read: RatingLine =
            serde_json::from_str(line).map_err(|e| ReadError::Form(format!("not a line of ratings: {e}")))?;
        let id = read.id.text();
        let known = scores.datasets.get(&id);
        let dataset = match (read.dataset, known) {
            (Some(dataset), Some(known)) => Some(dataset).filter(|d| known.contains(d)),
            (None, Some(known)) if known.len() > 1 => {
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                return Err(ReadError::Ambiguous(id, names.join(", ")));
            }
            (None, Some(known)) => known.iter().next().cloned(),
            (dataset, None) => dataset,
        };
        self.annotators.extend(read.annotator);
        let key = (read.system, article(dataset.as_deref(), &id));
        for (name, value) in read.ratings {
            let Some(value) = value else { continue };
            let (sum, n) = self.sums.entry(name).or_default().entry(key.clone()).or_insert((0.0, 0.0));
            *sum += value;
            *n += 1.0;
            self.items.insert(key.clone());
        }
        Ok(())
    }

    /// Averages annotators; to be called when all lines are read.
    pub fn finish(&mut self) {
        self.columns = std::mem::take(&mut self.sums).into_iter().map(|(name, sums)| (name, means(sums))).collect();
    }

    /// The columns, by name.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &BTreeMap<(String, String), f64>)> {
        self.columns.iter().map(|(name, values)| (name.as_str(), values))
    }

    /// Every system and article with a rating.
    pub fn items(&self) -> BTreeSet<&(String, String)> {
        self.items.iter().collect()
    }
}
