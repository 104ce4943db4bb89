//! What is said to a program and what it says back: `docs/worker-protocol.md`, as types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::backend::excerpt::shorten;
use crate::backend::judge::{Judged, Pair};
use crate::backend::{Cause, Request, Trace, Usage};
use crate::model::{Article, Fact, Failure, FailureKind, Lang};

/// What a program is asked, but for the request's id.
#[derive(Debug, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task<'a> {
    /// Summarize an article.
    Summarize {
        /// The system's full name.
        system: &'a str,
        /// The dataset's name.
        dataset: &'a str,
        /// The article.
        article: &'a Article,
        /// Which of several samples, from 0.
        sample: u32,
        /// A seed of this item's own, 0 to 2^31 - 1.
        seed: u32,
    },
    /// Score an output.
    Score {
        /// The metric's name.
        metric: &'a str,
        /// The dataset's name.
        dataset: &'a str,
        /// The article, but for its text.
        article: About<'a>,
        /// The output.
        candidate: &'a str,
        /// Its language.
        #[serde(skip_serializing_if = "Option::is_none")]
        candidate_lang: Option<&'a Lang>,
        /// The references.
        references: Vec<&'a str>,
        /// The article's text.
        source: &'a str,
        /// The article's language.
        #[serde(skip_serializing_if = "Option::is_none")]
        lang: Option<&'a Lang>,
        /// The article's checklist.
        #[serde(skip_serializing_if = "<[Fact]>::is_empty")]
        facts: &'a [Fact],
        /// A seed of this article's own, 0 to 2^31 - 1.
        seed: u32,
    },
}

/// What a judge is told of an article beside its text.
#[derive(Debug, Serialize)]
pub struct About<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    meta: &'a BTreeMap<String, Value>,
}

impl<'a> Task<'a> {
    /// The task of a request to a system.
    pub fn summarize(system: &'a str, request: &Request<'a>) -> Self {
        Task::Summarize {
            system,
            dataset: request.dataset,
            article: request.article,
            sample: request.sample,
            seed: seed(request.seed),
        }
    }

    /// The task of scoring a pair.
    pub fn score(pair: &Pair<'a>) -> Self {
        let Article { id, source, lang, title, date, tags, meta, .. } = pair.article;
        let (title, date) = (title.as_deref(), date.as_deref());
        Task::Score {
            metric: pair.metric,
            dataset: pair.dataset,
            article: About { id, title, date, tags, meta },
            candidate: pair.candidate,
            candidate_lang: pair.lang,
            references: pair.references.iter().map(|reference| reference.summary.as_str()).collect(),
            source,
            lang: lang.as_ref(),
            facts: pair.facts,
            seed: seed(pair.seed),
        }
    }

    /// The task as a line of JSON, its line break included.
    pub fn line(&self, id: u64) -> Vec<u8> {
        #[derive(Serialize)]
        struct Line<'a> {
            id: u64,
            #[serde(flatten)]
            task: &'a Task<'a>,
        }
        // Strings, numbers and maps with text keys always make JSON.
        let mut line = serde_json::to_vec(&Line { id, task: self }).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// A seed that every language's generators take: the low 31 bits.
pub fn seed(seed: u64) -> u32 {
    (seed & 0x7fff_ffff) as u32
}

/// A summary as a program gives it.
#[derive(Debug)]
pub struct Answer {
    /// The summary, as it came.
    pub summary: String,
    /// Its language.
    pub lang: Option<Lang>,
}

/// The fields of a worker's answer to any task.
#[derive(Debug, Deserialize)]
struct Fields {
    summary: Option<String>,
    scores: Option<Map<String, Value>>,
    note: Option<String>,
    not_applicable: Option<String>,
    lang: Option<Lang>,
    error: Option<String>,
    kind: Option<FailureKind>,
    usage: Option<Usage>,
    cost: Option<f64>,
    model: Option<String>,
    finish_reason: Option<String>,
    raw: Option<String>,
}

impl Fields {
    /// Reads an answer; what it says of how it came about goes to `trace`, and its `error` is the failure that it is.
    fn read(fields: &Map<String, Value>, trace: &mut Trace) -> Result<Fields, Cause> {
        let mut read: Fields = serde_path_to_error::deserialize(Value::Object(fields.clone()))
            .map_err(|e| malformed(format!("the answer's `{}`: {}", e.path(), e.inner()), fields))?;
        trace.usage = read.usage;
        trace.cost = read.cost.filter(|cost| cost.is_finite() && *cost >= 0.0);
        trace.model = read.model.take();
        trace.finish_reason = read.finish_reason.take();
        match read.error.take() {
            Some(error) => {
                trace.raw = read.raw;
                Err(Cause::Failed(Failure::new(read.kind.unwrap_or(FailureKind::Process), shorten(&error))))
            }
            None => Ok(read),
        }
    }
}

fn malformed(message: String, fields: &Map<String, Value>) -> Cause {
    let shown = shorten(&Value::Object(fields.clone()).to_string());
    Cause::Failed(Failure::new(FailureKind::Malformed, format!("{message}; it was {shown}")))
}

impl Answer {
    /// Reads the answer to [`Task::Summarize`]; what it says of how it came about goes to `trace`.
    pub fn read(fields: Map<String, Value>, trace: &mut Trace) -> Result<Answer, Cause> {
        let read = Fields::read(&fields, trace)?;
        match read.summary {
            Some(summary) => Ok(Answer { summary, lang: read.lang }),
            None => Err(malformed("the answer has neither `summary` nor `error`".to_owned(), &fields)),
        }
    }
}

/// Reads the answer to [`Task::Score`]: `scores`, or the declared fields beside the `id`.
pub fn judged(fields: Map<String, Value>, trace: &mut Trace) -> Result<Judged, Cause> {
    let read = Fields::read(&fields, trace)?;
    let short = |text: &Option<String>| text.as_deref().map(shorten);
    let (not_applicable, note) = (short(&read.not_applicable), short(&read.note));
    Ok(Judged { scores: read.scores.unwrap_or(fields), not_applicable, note, trace: Box::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::article;

    fn read(json: &str) -> (Result<String, String>, Trace) {
        let mut trace = Trace::default();
        let Ok(Value::Object(fields)) = serde_json::from_str(json) else { panic!("no object: {json}") };
        let answer = Answer::read(fields, &mut trace);
        let answer = answer.map(|a| a.summary).map_err(|cause| match cause {
            Cause::Failed(failure) => failure.to_string(),
            Cause::NotAsked(reason) => reason.to_string(),
        });
        (answer, trace)
    }

    #[test]
    fn a_request_is_one_line() {
        let article = article("first\nsecond");
        let request =
            Request { dataset: "d", article: &article, references: &[], sample: 2, seed: u64::MAX, stop: None };
        let line = String::from_utf8(Task::summarize("s@v1", &request).line(7)).expect("JSON is UTF-8");
        insta::assert_snapshot!(line.trim_end(), @r#"{"id":7,"task":"summarize","system":"s@v1","dataset":"d","article":{"id":"a1","source":"first\nsecond"},"sample":2,"seed":2147483647}"#);
        assert_eq!(line.matches('\n').count(), 1);
    }

    #[test]
    fn answers_are_summaries_or_failures_of_a_kind() {
        assert_eq!(read(r#"{"id":1,"summary":"s","more":1}"#).0, Ok("s".into()));
        let (answer, trace) = read(r#"{"summary":"s","usage":{"input":3,"output":4},"cost":0.5,"model":"m"}"#);
        assert_eq!(answer, Ok("s".into()));
        assert_eq!((trace.usage, trace.cost), (Some(Usage { input: 3, output: 4 }), Some(0.5)));
        assert_eq!(read(r#"{"error":"no memory"}"#).0, Err("process: no memory".into()));
        assert_eq!(read(r#"{"error":"no","kind":"refused","summary":"x"}"#).0, Err("refused: no".into()));
        for wrong in [r#"{"id":1}"#, r#"{"summary":null}"#, r#"{"summary":3}"#, r#"{"error":"x","kind":"tired"}"#] {
            let message = read(wrong).0.expect_err("it is malformed");
            assert!(message.starts_with("malformed: the answer"), "{message}");
        }
    }
}
