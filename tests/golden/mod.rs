//! Values from the reference implementations: the oracle of every metric.
//!
//! The data beside the tests comes from the real programs, named with their versions in each file's first line, over
//! inputs written for the purpose (`inputs.jsonl`). It is never made with epitome's own code.

mod facts;
mod fragments;
mod meteor;
mod recognizers;
mod rouge155;
mod rouge_score;
mod sacrebleu;
mod significance;
mod stats;
mod stems;
mod xlsum;

use std::collections::HashMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A row of `inputs.jsonl`.
#[derive(Debug, serde::Deserialize)]
struct Input {
    id: String,
    group: String,
    cand: String,
    refs: Vec<String>,
    src: Option<String>,
}

/// The data lines of a file in `tests/golden`.
fn lines<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with("{\"meta\""))
        .map(|(at, line)| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}:{}: {e}", at + 1)))
        .collect()
}

/// A file in `tests/golden` that is one JSON document.
fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The inputs by id.
fn inputs() -> HashMap<String, Input> {
    lines::<Input>("inputs.jsonl").into_iter().map(|row| (row.id.clone(), row)).collect()
}

/// Equal to 1e-12 of the larger, or both 0.
fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// A number of a golden file.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}
