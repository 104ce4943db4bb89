//! The accepted baseline of a suite: `baseline.json` and `baseline.outputs.jsonl`, made to be committed.

use std::fs;
use std::path::Path;

use super::{Reports, RunFolder, StoreError, check_schema, pretty, write_atomically};
use crate::model::Output;
use crate::model::baseline::{BASELINE_SCHEMA, Snapshot};

impl Reports {
    /// Where the baseline stands.
    pub fn baseline_path(&self) -> std::path::PathBuf {
        self.folder().join("baseline.json")
    }

    /// The accepted baseline, if there is one.
    pub fn baseline(&self) -> Result<Option<Snapshot>, StoreError> {
        let path = self.baseline_path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("cannot read", &path)(error)),
        };
        Reports::parse_baseline(&path, &bytes).map(Some)
    }

    /// Reads a baseline's bytes; `path` is where they came from.
    pub fn parse_baseline(path: &Path, bytes: &[u8]) -> Result<Snapshot, StoreError> {
        let broken = |error: serde_json::Error| StoreError::Document {
            path: path.to_owned(),
            line: Some(error.line()),
            message: format!("it is not a baseline: {error}; mend it, or make it anew with `epitome accept`"),
        };
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(broken)?;
        check_schema(path, &value, BASELINE_SCHEMA)?;
        serde_json::from_value(value).map_err(broken)
    }

    /// The outputs that stand beside the accepted baseline; none where there is no such file.
    pub fn baseline_outputs(&self) -> Result<Vec<Output>, StoreError> {
        let path = self.folder().join("baseline.outputs.jsonl");
        match fs::read(&path) {
            Ok(bytes) => Reports::parse_outputs(&path, &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(StoreError::io("cannot read", &path)(error)),
        }
    }

    /// Reads lines of outputs; `path` is where they came from.
    pub fn parse_outputs(path: &Path, bytes: &[u8]) -> Result<Vec<Output>, StoreError> {
        let broken = |at: usize, error: serde_json::Error| StoreError::Document {
            path: path.to_owned(),
            line: Some(at + 1),
            message: format!("it is not an output: {error}; make the baseline anew with `epitome accept`"),
        };
        let lines = bytes.split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
        lines.map(|(at, line)| serde_json::from_slice(line).map_err(|error| broken(at, error))).collect()
    }

    /// Writes a snapshot and its run's outputs as the accepted baseline.
    pub fn accept(&self, snapshot: &Snapshot, run: &RunFolder) -> Result<(), StoreError> {
        let mut outputs = Vec::new();
        for item in run.items()? {
            let item = item?;
            if !snapshot.systems.contains_key(&item.key.system) {
                continue;
            }
            let output = Output {
                dataset: Some(item.key.dataset),
                id: item.key.id,
                system: item.key.system,
                sample: item.key.sample,
                summary: item.summary,
                lang: item.lang,
            };
            if let Ok(line) = serde_json::to_string(&output) {
                outputs.extend_from_slice(line.as_bytes());
                outputs.push(b'\n');
            }
        }
        let path = self.baseline_path();
        let bytes = pretty(snapshot).map_err(|error| StoreError::Document {
            path: path.clone(),
            line: None,
            message: format!("cannot be written: {error}"),
        })?;
        write_atomically(&self.folder().join("baseline.outputs.jsonl"), &outputs)?;
        write_atomically(&path, &bytes)
    }
}
