//! The accepted baseline of a suite: `baseline.json` and `baseline.outputs.jsonl`, made to be committed.

use std::fs;

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
        let broken = |error: serde_json::Error| StoreError::Document {
            path: path.clone(),
            line: Some(error.line()),
            message: format!("it is not a baseline: {error}; mend it, or make it anew with `epitome accept`"),
        };
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(broken)?;
        check_schema(&path, &value, BASELINE_SCHEMA)?;
        serde_json::from_value(value).map(Some).map_err(broken)
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
