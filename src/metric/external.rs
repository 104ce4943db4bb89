//! Metrics that are computed elsewhere: by a program of one's own, or imported from a file.
//!
//! A suite declares what they yield, so that they are gated, compared and correlated like any other:
//!
//! ```toml
//! [[metric]]
//! name = "house-judge"
//! backend = "command"                  # or "import"
//! run = ["python3", "judge.py"]
//! fields = { tone = { direction = "higher", range = [0, 1] } }
//! version = "2"
//! ```
//!
//! This module holds the declaration and what it makes of an answer: every declared field must be there, a finite number
//! within its range; anything else is a failure of that item, not a score. Who asks is [`crate::backend::judge`]; what came
//! is handed to the metric with the item ([`super::Item::given`]).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::explain::Explanation;
use super::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session, overlap};
use crate::model::score::Stratum;
use crate::model::{
    Aggregation, Direction, Failure, FailureKind, FieldSpec, MetricSpec, Outcome, Reason, ReasonCode, Signature,
};

/// Entry.
pub static FAMILY: Family = Family {
    name: "external",
    about: "scores by a program of one's own, or imported; written as [[metric]] with `backend` and `fields`",
    source: "epitome, docs/worker-protocol.md",
    names: &["command", "import"],
    answers: |name| matches!(name, "command" | "import"),
    build,
};

const REV: u32 = 1;

/// What came from outside for one output, by metric.
pub type Given = BTreeMap<String, Outcome<Scores>>;

/// An answer that holds all that was declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// The fields, in the order declared.
    pub fields: Vec<f64>,
    /// Why, in the judge's own words.
    pub note: Option<String>,
}

/// What a suite says of the fields; the keys of `[[metric]]` that are no options of its backend.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    fields: BTreeMap<String, Field>,
    headline: Option<String>,
    version: Option<Version>,
    /// A hash of what computes the scores, put here by the plan where the suite gives no version.
    content: Option<String>,
}

/// The keys that declare a metric from outside; all others are its backend's.
pub const KEYS: [&str; 3] = ["fields", "headline", "version"];

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    direction: Direction,
    range: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "`version` is a text or a whole number")]
enum Version {
    Text(String),
    Number(u64),
}

/// A metric whose scores come from outside.
#[derive(Debug)]
pub struct External {
    specs: Vec<MetricSpec>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(External::new(request)?) as Box<dyn Metric>)).collect()
}

impl External {
    /// Reads a declaration.
    pub fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let error = |path: &str, message: String| Err(OptionsError::new(request, path, message));
        if !request.options.contains_key("fields") {
            let example = "fields = { score = { direction = \"higher\", range = [0, 1] } }";
            return error("", format!("`{}` scores from outside: declare its fields, as `{example}`", request.name));
        }
        let options: Options = request.options()?;
        if options.fields.is_empty() {
            return error("fields", "declare at least one field".to_owned());
        }
        let mut signature = Signature::new("external", REV).with("backend", &request.uses);
        let mut fields = Vec::new();
        for (name, field) in &options.fields {
            let place = format!("fields.{name}");
            if name.is_empty() || name.contains(['.', ' ']) {
                return error(&place, "a field's name is not empty and has no dot and no space".to_owned());
            }
            let range = match field.range {
                None => (None, None),
                Some((low, high)) if low < high => (Some(low), Some(high)),
                Some((low, high)) => {
                    return error(&place, format!("the range runs from {low} to {high}; write the least value first"));
                }
            };
            let bounded = |bound: Option<f64>| bound.filter(|bound| bound.is_finite());
            let range = (bounded(range.0), bounded(range.1));
            let shown = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            let direction = match field.direction {
                Direction::Higher => "higher",
                Direction::Lower => "lower",
                Direction::Neutral => "neutral",
            };
            signature =
                signature.with(&format!("field.{name}"), format!("{direction}[{},{}]", shown(range.0), shown(range.1)));
            fields.push(FieldSpec { name: name.clone(), direction: field.direction, range });
        }
        let headline = match &options.headline {
            None => (fields.len() == 1).then_some(0),
            Some(name) => match fields.iter().position(|field| field.name == *name) {
                Some(index) => Some(index),
                None => return error("headline", format!("`{name}` is none of its fields")),
            },
        };
        match (options.version, options.content) {
            (Some(Version::Text(version)), _) => signature = signature.with("version", version),
            (Some(Version::Number(version)), _) => signature = signature.with("version", version),
            (None, Some(content)) => signature = signature.with("content", content),
            (None, None) => {}
        }
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: fields.iter().map(|field| field.name.clone()).collect(),
            fields,
            headline,
            aggregation: Aggregation::Mean,
            strata: vec![Stratum { name: String::new(), signature }],
        };
        Ok(External { specs: vec![spec] })
    }

    /// What it declares.
    pub fn spec(&self) -> &MetricSpec {
        &self.specs[0]
    }

    /// Reads an answer's scores: the fields themselves, or under the metric's name; a bare number where there is but one
    /// field. `null` for the whole metric says that the question does not arise.
    pub fn read(&self, scores: &Map<String, Value>) -> Result<Outcome<Vec<f64>>, Failure> {
        let spec = self.spec();
        let malformed = |message: String| Failure::new(FailureKind::Malformed, message);
        let fields = match scores.get(&spec.name) {
            Some(Value::Null) => {
                let reason = Reason::new(ReasonCode::NoScore, "its score is null");
                return Ok(Outcome::NotApplicable(reason));
            }
            Some(Value::Object(fields)) => fields,
            Some(Value::Number(number)) if spec.fields.len() == 1 && !scores.contains_key(&spec.fields[0].name) => {
                let only: Map<String, Value> =
                    [(spec.fields[0].name.clone(), number.clone().into())].into_iter().collect();
                return self.read(&only);
            }
            _ => scores,
        };
        let read = |field: &FieldSpec| {
            let name = &field.name;
            let value = fields.get(name).ok_or_else(|| malformed(format!("the answer lacks the field `{name}`")))?;
            let number = value.as_f64().filter(|number| number.is_finite());
            let number =
                number.ok_or_else(|| malformed(format!("the field `{name}` is {value}, which is no number")))?;
            let (low, high) = field.range;
            if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
                let range = match (low, high) {
                    (Some(low), Some(high)) => format!("{low} to {high}"),
                    (Some(low), None) => format!("{low} or more"),
                    (None, high) => format!("{} or less", high.unwrap_or_default()),
                };
                return Err(malformed(format!("the field `{name}` is {number}, outside its range, {range}")));
            }
            Ok(number)
        };
        Ok(Outcome::Scored(spec.fields.iter().map(read).collect::<Result<_, _>>()?))
    }
}

impl Metric for External {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(ExternalSession(self))
    }

    fn explain(&self, _spec: usize, item: &Item<'_>) -> Option<Explanation> {
        let Some(Outcome::Scored(scores)) = item.given?.get(&self.spec().name) else { return None };
        let backend = self.spec().strata[0].signature.get("backend").unwrap_or_default();
        let note = scores.note.iter().map(|note| format!("in its own words: {note}"));
        let arithmetic = std::iter::once(format!("it came from outside (`{backend}`)")).chain(note).collect();
        Some(Explanation { arithmetic, ..Explanation::default() })
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct ExternalSession<'a>(&'a External);

impl Session for ExternalSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let given = item.given.and_then(|given| given.get(&self.0.spec().name));
        rows.observed.push(match given {
            Some(Outcome::Scored(scores)) => {
                rows.values.copy_from_slice(&scores.fields);
                rows.notes.extend(scores.note.clone().map(|note| (0, note)));
                Outcome::Scored(0)
            }
            Some(other) => other.clone().map(|_| 0),
            None => Outcome::NotEvaluated(Reason::new(ReasonCode::NoScore, "nobody was asked for it here")),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn external(options: &str) -> Result<External, String> {
        let options = options.parse().expect("TOML");
        let request = MetricRequest { uses: "command".into(), name: "judge".into(), options };
        External::new(&request).map_err(|error| format!("{}: {}", error.path, error.message))
    }

    const TONE: &str = "fields = { tone = { direction = 'higher', range = [0, 1] } }\nversion = '2'";

    #[test]
    fn a_declaration_is_a_spec_with_a_signature() {
        let external = external(TONE).expect("it is good");
        let spec = external.spec();
        assert_eq!((spec.headline, spec.fields[0].range), (Some(0), (Some(0.0), Some(1.0))));
        assert_eq!(
            spec.strata[0].signature.to_string(),
            "backend:command|field.tone:higher[0,1]|metric:external|rev:1|version:2"
        );
    }

    #[test]
    fn what_is_no_declaration_is_named() {
        let errors: Vec<String> = [
            "",
            "fields = {}",
            "fields = { a = { direction = 'up' } }",
            "fields = { a = { direction = 'lower', range = [1, 0] } }",
            "fields = { 'a.b' = { direction = 'lower' } }",
            "fields = { a = { direction = 'lower' } }\nheadline = 'b'",
        ]
        .iter()
        .map(|options| external(options).expect_err("it is none"))
        .collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        : `judge` scores from outside: declare its fields, as `fields = { score = { direction = "higher", range = [0, 1] } }`
        fields: declare at least one field
        fields.a.direction: unknown variant `up`, expected one of `higher`, `lower`, `neutral`
        fields.a: the range runs from 1 to 0; write the least value first
        fields.a.b: a field's name is not empty and has no dot and no space
        headline: `b` is none of its fields
        "#);
    }

    #[test]
    fn answers_are_read_in_each_form_and_held_to_the_range() {
        let external = external(TONE).expect("it is good");
        let read = |scores: Value| external.read(scores.as_object().expect("an object"));
        for good in [json!({"tone": 0.5}), json!({"judge": {"tone": 0.5}, "other": {}}), json!({"judge": 0.5})] {
            assert_eq!(read(good), Ok(Outcome::Scored(vec![0.5])));
        }
        assert!(matches!(read(json!({"judge": null})), Ok(Outcome::NotApplicable(_))));
        for (bad, says) in [
            (json!({}), "lacks the field `tone`"),
            (json!({"tone": null}), "is null, which is no number"),
            (json!({"tone": "good"}), "is \"good\", which is no number"),
            (json!({"tone": 1.2}), "is 1.2, outside its range, 0 to 1"),
        ] {
            let failure = read(bad).expect_err("it is bad");
            assert!(failure.kind == FailureKind::Malformed && failure.message.contains(says), "{failure}");
        }
    }
}
