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
        let outputs = outputs(run, |system, _| snapshot.systems.contains_key(system))?;
        self.write_baseline(snapshot, &outputs)
    }

    /// Writes a snapshot of which a part was taken over from a run ([`Snapshot::take`]): the outputs of that part are the
    /// run's, the others stay, under their newer names.
    pub fn accept_part(
        &self,
        snapshot: &Snapshot,
        run: &RunFolder,
        renamed: &[(String, String)],
        wanted: impl Fn(&str, &str) -> bool,
    ) -> Result<(), StoreError> {
        let mut all = self.baseline_outputs()?;
        for output in &mut all {
            if let Some((_, new)) = renamed.iter().find(|(old, _)| *old == output.system) {
                output.system.clone_from(new);
            }
        }
        all.retain(|o| !wanted(&o.system, &named(o)));
        all.extend(outputs(run, |system, article| snapshot.systems.contains_key(system) && wanted(system, article))?);
        all.sort_by(|a, b| key(a).cmp(&key(b)));
        self.write_baseline(snapshot, &all)
    }

    fn write_baseline(&self, snapshot: &Snapshot, outputs: &[Output]) -> Result<(), StoreError> {
        let path = self.baseline_path();
        let broken = |error: serde_json::Error| StoreError::Document {
            path: path.clone(),
            line: None,
            message: format!("cannot be written: {error}"),
        };
        let mut lines = Vec::new();
        for output in outputs {
            serde_json::to_writer(&mut lines, output).map_err(broken)?;
            lines.push(b'\n');
        }
        let bytes = pretty(snapshot).map_err(broken)?;
        write_atomically(&self.folder().join("baseline.outputs.jsonl"), &lines)?;
        write_atomically(&path, &bytes)
    }
}

/// The outputs of a run that `wanted` picks by system and `dataset/id`, in canonical order.
fn outputs(run: &RunFolder, wanted: impl Fn(&str, &str) -> bool) -> Result<Vec<Output>, StoreError> {
    let mut outputs = Vec::new();
    for item in run.items()? {
        let item = item?;
        let output = Output {
            dataset: Some(item.key.dataset),
            id: item.key.id,
            system: item.key.system,
            sample: item.key.sample,
            summary: item.summary,
            lang: item.lang,
        };
        if wanted(&output.system, &named(&output)) {
            outputs.push(output);
        }
    }
    Ok(outputs)
}

fn named(output: &Output) -> String {
    format!("{}/{}", output.dataset.as_deref().unwrap_or_default(), output.id)
}

fn key(output: &Output) -> (Option<&str>, &str, &str, u32) {
    (output.dataset.as_deref(), &output.id, &output.system, output.sample)
}
