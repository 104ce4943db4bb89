//! Runs on disk, and the names they go by.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::journal::JOURNAL;
use super::outputs::list;
use super::{StoreError, check_schema};
use crate::model::count;
use crate::model::record::{ItemRecord, RUN_SCHEMA, RunRecord};

/// The reports of one suite: `reports/<suite>/` beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reports {
    folder: PathBuf,
}

impl Reports {
    /// The reports of the suite `name` whose file stands in `root`.
    pub fn new(root: &Path, name: &str) -> Self {
        Reports { folder: root.join("reports").join(name) }
    }

    /// The runs of shards, which are apart so that `latest` is never one of them.
    pub fn shards(&self) -> Reports {
        Reports { folder: self.folder.join("shards") }
    }

    /// Their folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ids of the runs there, oldest first. Ids begin with UTC time, so that their order is that of time.
    pub fn ids(&self) -> Result<Vec<String>, StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::io("cannot read", &self.folder)(error)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(StoreError::io("cannot read", &self.folder))?;
            if let Ok(record) = fs::metadata(entry.path().join("run.json")) {
                let id = entry.file_name().to_string_lossy().into_owned();
                ids.push((id, record.modified().ok()));
            }
        }
        // Runs of one second are told apart by when their records were written.
        let second = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
        ids.sort_by(|a, b| (second(&a.0), a.1, &a.0).cmp(&(second(&b.0), b.1, &b.0)));
        Ok(ids.into_iter().map(|(id, _)| id).collect())
    }

    /// The folders of runs, those of shards among them, that were ended before they had a record: what a killed run leaves.
    pub fn abandoned(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut abandoned = Vec::new();
        for folder in [&self.folder, &self.shards().folder] {
            for path in list(folder)? {
                let Ok(journal) = File::options().read(true).write(true).open(path.join(JOURNAL)) else { continue };
                // Whoever is still writing has it locked.
                if !path.join("run.json").exists() && journal.try_lock().is_ok() {
                    abandoned.push(path);
                }
            }
        }
        Ok(abandoned)
    }

    /// The run of a name: `latest`, `latest~2`, a run id or the beginning of one, or a path.
    pub fn find(&self, name: &str) -> Result<RunFolder, StoreError> {
        let path = Path::new(name);
        if path.join("run.json").is_file() {
            return Ok(RunFolder::new(path));
        }
        if path.file_name().is_some_and(|f| f == "run.json") && path.is_file() {
            return Ok(RunFolder::new(path.parent().unwrap_or(Path::new("."))));
        }
        let ids = self.ids()?;
        let none = |message: String| Err(StoreError::NoRun(message));
        if let Some(back) = name.strip_prefix("latest") {
            let back = match back.strip_prefix('~') {
                None if back.is_empty() => Some(0),
                None => None,
                Some(number) => number.parse::<usize>().ok(),
            };
            if let Some(back) = back {
                return match ids.iter().rev().nth(back) {
                    Some(id) => Ok(RunFolder::new(&self.folder.join(id))),
                    None if ids.is_empty() => {
                        none(format!("there is no run in {} yet; `epitome run` makes one", self.folder.display()))
                    }
                    None => none(format!(
                        "there {} only {} in {}",
                        if ids.len() == 1 { "is" } else { "are" },
                        count(ids.len(), "run"),
                        self.folder.display()
                    )),
                };
            }
        }
        if ids.iter().any(|id| id == name) {
            return Ok(RunFolder::new(&self.folder.join(name)));
        }
        let matching: Vec<&String> = ids.iter().filter(|id| id.starts_with(name)).collect();
        match matching.as_slice() {
            [id] => Ok(RunFolder::new(&self.folder.join(id))),
            [] => none(format!(
                "no run `{name}` in {}, and no run at that path; say a run id, a path, `latest` or `latest~1`",
                self.folder.display()
            )),
            several => none(format!("`{name}` could be {} runs: {}", several.len(), shown(several))),
        }
    }
}

fn shown(ids: &[&String]) -> String {
    let mut shown: Vec<&str> = ids.iter().take(4).map(|id| id.as_str()).collect();
    if ids.len() > shown.len() {
        shown.push("…");
    }
    shown.join(", ")
}

/// A finished run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The run in a folder.
    pub fn new(path: &Path) -> Self {
        RunFolder { path: path.to_owned() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its `run.json`.
    pub fn record(&self) -> Result<RunRecord, StoreError> {
        let path = self.path.join("run.json");
        let bytes = fs::read(&path).map_err(StoreError::io("cannot read", &path))?;
        let broken = |error: serde_json::Error| StoreError::Document {
            path: path.clone(),
            line: Some(error.line()),
            message: format!("it is not a run record: {error}"),
        };
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(broken)?;
        check_schema(&path, &value, RUN_SCHEMA)?;
        serde_json::from_value(value).map_err(broken)
    }

    /// The lines of its `items.jsonl`, one at a time.
    pub fn items(&self) -> Result<Items, StoreError> {
        let path = self.path.join("items.jsonl");
        let file = File::open(&path).map_err(StoreError::io("cannot read", &path))?;
        Ok(Items { path, reader: BufReader::with_capacity(1 << 16, file), line: 0, buffer: String::new() })
    }
}

/// The items of a run, in canonical order.
#[derive(Debug)]
pub struct Items {
    path: PathBuf,
    reader: BufReader<File>,
    line: usize,
    buffer: String,
}

impl Iterator for Items {
    type Item = Result<ItemRecord, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.buffer.clear();
            self.line += 1;
            match self.reader.read_line(&mut self.buffer) {
                Ok(0) => return None,
                Ok(_) if self.buffer.trim().is_empty() => {}
                Ok(_) => break,
                Err(error) => return Some(Err(StoreError::io("cannot read", &self.path)(error))),
            }
        }
        Some(serde_json::from_str(&self.buffer).map_err(|error| StoreError::Document {
            path: self.path.clone(),
            line: Some(self.line),
            message: format!("it is not an item: {error}"),
        }))
    }
}
