//! Scoring given texts: one candidate with its references, outside any run.
//!
//! A [`PairScorer`] holds the metrics; a [`PairSession`] (one a thread) scores [`Pair`]s with them, reusing its buffers.
//!
//! ```
//! use epitome::metric::MetricRequest;
//! use epitome::metric::pair::{Pair, PairScorer};
//!
//! let scorer = PairScorer::new(&[MetricRequest::plain("rouge1")])?;
//! let mut session = scorer.session();
//! let pair = Pair::read(br#"{"id":"a","candidate":"the cat sat","reference":"the cat sat down"}"#)?;
//! session.score(&pair);
//! let mut line = Vec::new();
//! session.write("a", &mut line);
//! assert!(line.starts_with(br#"{"id":"a","scores":{"rouge1":{"precision":1.0,"recall":0.75,"f1":"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;
use std::fmt;
use std::io::Write;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::explain::{Explained, explain};
use super::{Item, Metric, MetricRequest, OptionsError, Rows, Session, build};
use crate::fact::{Context, Prepared};
use crate::model::record::Unscored;
use crate::model::{Article, Fact, FactReport, Lang, MetricSpec, Outcome, Reference};
use crate::text::lang;

/// A text that borrows from the line where that spells it without escapes.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(Cow::Borrowed(text))
    }
}

/// An id: a string, or an integer, which becomes its decimal.
#[derive(Debug, Clone)]
pub struct Id<'a>(Cow<'a, str>);

impl Id<'_> {
    /// The id as answers hold it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;
        impl<'de> Visitor<'de> for IdVisitor {
            type Value = Id<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id that is a string or an integer")
            }

            fn visit_borrowed_str<E>(self, id: &'de str) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Borrowed(id)))
            }

            fn visit_str<E>(self, id: &str) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(id.to_owned())))
            }

            fn visit_i64<E>(self, id: i64) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(id.to_string())))
            }

            fn visit_u64<E>(self, id: u64) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(id.to_string())))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

/// A candidate with what it is held against: a line of the pairs file. Unknown fields are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct Pair<'a> {
    /// What the answer is called by; the line's number where absent.
    #[serde(borrow, default)]
    pub id: Option<Id<'a>>,
    /// The text to be scored.
    #[serde(borrow)]
    pub candidate: Text<'a>,
    /// Its references. Either this or `reference`.
    #[serde(borrow, default)]
    pub references: Option<Vec<Text<'a>>>,
    /// Its only reference.
    #[serde(borrow, default)]
    pub reference: Option<Text<'a>>,
    /// The article that it summarizes.
    #[serde(borrow, default)]
    pub source: Option<Text<'a>>,
    /// The article's checklist.
    #[serde(default)]
    pub facts: Option<Vec<Fact>>,
    /// The language of references and source; detected where absent.
    #[serde(borrow, default)]
    pub lang: Option<Text<'a>>,
    /// The article's date (ISO 8601).
    #[serde(borrow, default)]
    pub date: Option<Text<'a>>,
}

/// A line that is no pair.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PairError(String);

impl<'a> Pair<'a> {
    /// A candidate with references alone.
    pub fn new(candidate: &'a str, references: impl IntoIterator<Item = &'a str>) -> Self {
        Pair {
            id: None,
            candidate: candidate.into(),
            references: Some(references.into_iter().map(Text::from).collect()),
            reference: None,
            source: None,
            facts: None,
            lang: None,
            date: None,
        }
    }

    /// Reads a line of JSON.
    pub fn read(line: &'a [u8]) -> Result<Self, PairError> {
        let pair: Pair<'a> = serde_json::from_slice(line).map_err(|error| {
            let message = error.to_string();
            // A line is one line: only the column tells something.
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            PairError(match error.column() {
                0 => what.to_owned(),
                column => format!("column {column}: {what}"),
            })
        })?;
        if pair.reference.is_some() && pair.references.is_some() {
            return Err(PairError("both `reference` and `references` are given; keep one of them".to_owned()));
        }
        Ok(pair)
    }

    fn references(&self) -> impl Iterator<Item = &str> {
        self.references.iter().flatten().chain(&self.reference).map(|text| &*text.0)
    }
}

/// Metrics, ready to score pairs.
pub struct PairScorer {
    metrics: Vec<Box<dyn Metric>>,
    /// Whether a metric reads what [`crate::fact`] says of a candidate.
    wants_facts: bool,
    /// For each spec of each metric, its name and fields as JSON keys.
    keys: Vec<Vec<Keys>>,
}

/// A spec's name and fields, as they stand in the answer.
struct Keys {
    name: Vec<u8>,
    fields: Vec<Vec<u8>>,
}

fn key(name: &str) -> Vec<u8> {
    let mut key = serde_json::to_vec(name).unwrap_or_default();
    key.push(b':');
    key
}

impl PairScorer {
    /// Builds the metrics asked for.
    pub fn new(requests: &[MetricRequest]) -> Result<Self, OptionsError> {
        let metrics = build(requests)?;
        let of_facts = |r: &MetricRequest| {
            [&super::facts::FAMILY, &super::facts::GROUNDING].iter().any(|family| (family.answers)(&r.uses))
        };
        let keys = |spec: &MetricSpec| Keys {
            name: key(&spec.name),
            fields: spec.fields.iter().map(|field| key(&field.name)).collect(),
        };
        Ok(PairScorer {
            wants_facts: requests.iter().any(of_facts),
            keys: metrics.iter().map(|metric| metric.specs().iter().map(keys).collect()).collect(),
            metrics,
        })
    }

    /// The metrics, in the order of answers.
    pub fn metrics(&self) -> &[Box<dyn Metric>] {
        &self.metrics
    }

    /// Opens one thread's state.
    pub fn session(&self) -> PairSession<'_> {
        let rows = self.metrics.iter().map(|_| Rows::default());
        PairSession {
            scorer: self,
            sessions: self.metrics.iter().map(|metric| metric.session()).collect(),
            rows: rows.collect(),
            references: Vec::new(),
            fields: Vec::new(),
            lang: Lang::new("und"),
        }
    }
}

/// One thread's state for a [`PairScorer`].
pub struct PairSession<'a> {
    scorer: &'a PairScorer,
    sessions: Vec<Box<dyn Session + 'a>>,
    rows: Vec<Rows>,
    references: Vec<Reference>,
    fields: Vec<f64>,
    /// The last pair's language.
    lang: Lang,
}

impl PairSession<'_> {
    /// Scores a pair; the rows of each metric are then in [`PairSession::rows`].
    pub fn score(&mut self, pair: &Pair<'_>) {
        self.observe(pair, |_| ());
    }

    /// Scores a pair, and says of each metric what stands behind its value.
    pub fn explain(&mut self, pair: &Pair<'_>) -> Vec<Explained> {
        let metrics = &self.scorer.metrics;
        self.observe(pair, |item| {
            let specs = metrics.iter().flat_map(|metric| (0..metric.specs().len()).map(move |spec| (metric, spec)));
            specs.map(|(metric, spec)| explain(metric.as_ref(), spec, item)).collect()
        })
    }

    fn observe<T>(&mut self, pair: &Pair<'_>, then: impl FnOnce(&Item<'_>) -> T) -> T {
        let candidate = &*pair.candidate.0;
        let held_against = pair.references().next().or(pair.source.as_ref().map(|source| &*source.0));
        match &pair.lang {
            Some(tag) if tag.0 == self.lang.as_str() => {}
            Some(tag) => self.lang = Lang::new(&tag.0),
            None => {
                let tag = lang::detect_tag(held_against.unwrap_or(candidate));
                if self.lang.as_str() != tag {
                    self.lang = Lang::new(tag);
                }
            }
        }
        let lang = &self.lang;
        let candidate_lang = lang::of_counterpart(candidate, lang);
        fill_references(&mut self.references, pair, lang);
        let article = pair.source.as_ref().map(|source| Article {
            id: String::new(),
            source: source.0.to_string(),
            lang: Some(lang.clone()),
            title: None,
            date: pair.date.as_ref().map(|date| date.0.to_string()),
            story: None,
            tags: Vec::new(),
            meta: Default::default(),
        });
        let facts = pair.facts.as_deref().unwrap_or_default();
        let report = self.scorer.wants_facts.then(|| report(article.as_ref(), lang, facts, candidate, &candidate_lang));
        let item = Item {
            candidate,
            candidate_lang: Some(&candidate_lang),
            expected_lang: pair.lang.as_ref().map(|_| lang),
            references: &self.references,
            article: article.as_ref(),
            facts,
            report: report.as_ref(),
            given: None,
        };
        for ((metric, session), rows) in self.scorer.metrics.iter().zip(&mut self.sessions).zip(&mut self.rows) {
            rows.reset(metric.specs());
            session.observe(&item, rows);
        }
        then(&item)
    }

    /// What each metric observed of the last pair.
    pub fn rows(&self) -> &[Rows] {
        &self.rows
    }

    /// Hands over, spec by spec, the last pair's fields or why there are none.
    pub fn fields(&mut self, mut take: impl FnMut(&MetricSpec, Result<&[f64], Unscored>)) {
        for (metric, rows) in self.scorer.metrics.iter().zip(&self.rows) {
            let mut at = 0;
            for (index, spec) in metric.specs().iter().enumerate() {
                let row = &rows.values[at..at + spec.columns.len()];
                at += row.len();
                let scored = scored(metric.as_ref(), index, &rows.observed[index], row, &mut self.fields);
                take(spec, scored.map(|()| self.fields.as_slice()));
            }
        }
    }

    /// Writes the last pair's answer as one line of JSON, newline included.
    pub fn write(&mut self, id: &str, line: &mut Vec<u8>) {
        line.extend_from_slice(b"{\"id\":");
        json(line, id);
        line.extend_from_slice(b",\"scores\":{");
        let mut unscored: Vec<(Cow<'_, [u8]>, Unscored)> = Vec::new();
        let mut first = true;
        for ((metric, rows), keys) in self.scorer.metrics.iter().zip(&self.rows).zip(&self.scorer.keys) {
            let mut at = 0;
            for (index, (spec, keys)) in metric.specs().iter().zip(keys).enumerate() {
                let row = &rows.values[at..at + spec.columns.len()];
                at += row.len();
                if !std::mem::take(&mut first) {
                    line.push(b',');
                }
                line.extend_from_slice(&keys.name);
                match scored(metric.as_ref(), index, &rows.observed[index], row, &mut self.fields) {
                    Ok(()) => {
                        let mut opened = false;
                        for (field, (name, value)) in keys.fields.iter().zip(&self.fields).enumerate() {
                            if let Some(reason) = metric.absent(index, field, row) {
                                let whole = format!("{}.{}", spec.name, spec.fields[field].name);
                                unscored.push((Cow::Owned(key(&whole)), Unscored::not_applicable(&reason)));
                                continue;
                            }
                            line.push(if std::mem::replace(&mut opened, true) { b',' } else { b'{' });
                            line.extend_from_slice(name);
                            json(line, value);
                        }
                        line.extend_from_slice(if opened { b"}" } else { b"{}" });
                    }
                    Err(why) => {
                        line.extend_from_slice(b"null");
                        unscored.push((Cow::Borrowed(&keys.name), why));
                    }
                }
            }
        }
        line.push(b'}');
        for (at, (key, why)) in unscored.iter().enumerate() {
            line.extend_from_slice(if at == 0 { b",\"unscored\":{" } else { b"," });
            line.extend_from_slice(key);
            json(line, why);
        }
        line.extend_from_slice(if unscored.is_empty() { b"}\n" } else { b"}}\n" });
    }
}

/// Fills the buffer of references, whose strings are used again.
fn fill_references(references: &mut Vec<Reference>, pair: &Pair<'_>, lang: &Lang) {
    let mut filled = 0;
    for text in pair.references() {
        if filled == references.len() {
            references.push(Reference { id: String::new(), summary: String::new(), annotator: None, lang: None });
        }
        let reference = &mut references[filled];
        reference.summary.clear();
        reference.summary.push_str(text);
        if reference.lang.as_ref() != Some(lang) {
            reference.lang = Some(lang.clone());
        }
        filled += 1;
    }
    references.truncate(filled);
}

fn report(
    article: Option<&Article>,
    source_lang: &Lang,
    facts: &[Fact],
    candidate: &str,
    candidate_lang: &Lang,
) -> FactReport {
    let context = Context {
        source: article.map(|article| article.source.as_str()),
        source_lang: Some(source_lang),
        date: article.and_then(|article| article.date.as_deref()),
    };
    Prepared::new(&context, facts).check(candidate, Some(candidate_lang))
}

/// Leaves a spec's fields in `fields`, or says why there are none.
fn scored(
    metric: &dyn Metric,
    spec: usize,
    observed: &Outcome<usize>,
    row: &[f64],
    fields: &mut Vec<f64>,
) -> Result<(), Unscored> {
    match observed {
        Outcome::Scored(_) => {
            fields.clear();
            fields.resize(metric.specs()[spec].fields.len(), 0.0);
            metric.item_fields(spec, row, fields).ok_or_else(|| Unscored {
                status: "not_applicable".to_owned(),
                code: "nothing_to_score".to_owned(),
                message: "the counts define no score".to_owned(),
            })
        }
        Outcome::NotApplicable(reason) => Err(Unscored::not_applicable(reason)),
        Outcome::Failed(failure) => Err(Unscored::failed(failure)),
        Outcome::NotEvaluated(reason) => Err(Unscored::not_evaluated(reason)),
    }
}

/// Appends a value as JSON. Writing to memory does not fail.
fn json<T: serde::Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(&mut *line, value).map_err(std::io::Error::from).and_then(|()| line.flush());
}
