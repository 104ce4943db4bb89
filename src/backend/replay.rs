//! `replay`: what a system wrote earlier, read from files.
//!
//! For summaries that come from elsewhere: another team, a finished run, a model that is gone. Costs a look-up; the
//! outputs are held in memory.
//!
//! Lines are JSON objects with `id` and `summary`, and where needed `system`, `dataset`, `sample` and `lang`
//! ([`crate::model::Output`]); anything else in them is ignored, so that a run's `items.jsonl` can be read. A line counts
//! where its `system` is the one asked for, or absent. Blank lines are skipped; any other line that cannot be read is
//! an error, with file and line. Files may end in `.gz` or `.zst`.
//!
//! An article that no line answers for is a failure (`missing_output`) that says where it was looked for; so is one
//! whose line has `"summary": null`, with that line's own cause.
//!
//! Options: `outputs`, a path or a list of paths relative to the suite (by default every
//! `references/<dataset>/outputs/<system>.jsonl`, whose lines belong to that dataset); `system`, the name to look for in
//! the lines (by default the system's own).
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! let folder = tempfile::tempdir().unwrap();
//! std::fs::write(folder.path().join("old.jsonl"), r#"{"id": 7, "system": "desk@v1", "summary": "Rates rose."}"#).unwrap();
//! let options = toml::toml! { outputs = "old.jsonl" };
//! let setup = Setup { system: "desk@v1", options: &options, root: folder.path() };
//! let replay = (kind("replay").unwrap().build)(&setup).unwrap();
//! let article: Article = serde_json::from_str(r#"{"id": "7", "source": "The bank raised its rates."}"#).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 1, stop: None };
//! assert_eq!(replay.summarize(&request).unwrap().text, "Rates rose.");
//! ```

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written};
use crate::model::{Failure, FailureKind, Lang};

/// Entry.
pub static KIND: Kind = Kind {
    name: "replay",
    about: "summaries written earlier, read from JSON lines",
    source: "epitome",
    example: "[[system]]\nname = \"desk@v1\"\nbackend = \"replay\"\noutputs = \"outputs/desk.jsonl\"\n",
    build,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    outputs: Option<Paths>,
    system: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`outputs` is a path or a list of paths")]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let system = options.system.as_deref().unwrap_or(setup.system);
    let mut replay = Replay::default();
    match options.outputs {
        Some(paths) => {
            let paths = match paths {
                Paths::One(path) => vec![path],
                Paths::Several(paths) => paths,
            };
            if paths.is_empty() {
                return Err(setup_error("the list of outputs is empty; name at least one file"));
            }
            for path in paths {
                replay.read(setup.root, &path, None, system)?;
            }
        }
        None => {
            for (dataset, path) in default_paths(setup.root, system) {
                replay.read(setup.root, &path, Some(&dataset), system)?;
            }
            if replay.files.is_empty() {
                return Err(setup_error(format!(
                    "no file references/<dataset>/outputs/{system}.jsonl beside the suite; write one, or name another with \
                     `outputs`"
                )));
            }
        }
    }
    if replay.entries == 0 {
        let held = match replay.others.as_slice() {
            [] => "they hold no line at all".to_owned(),
            names => format!("they hold {}; pick one with `system = \"…\"`", quoted(names)),
        };
        return Err(setup_error(format!("no line of {} is by `{system}`: {held}", replay.files.join(", "))));
    }
    Ok(Box::new(replay))
}

fn setup_error(message: impl Into<String>) -> SetupError {
    SetupError { path: "outputs".into(), message: message.into() }
}

fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// The files `references/<dataset>/outputs/<system>.jsonl` that there are, with their datasets, by dataset.
fn default_paths(root: &Path, system: &str) -> Vec<(String, PathBuf)> {
    let Ok(folders) = std::fs::read_dir(root.join("references")) else { return Vec::new() };
    let mut found: Vec<(String, PathBuf)> = folders
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter_map(|dataset| {
            ["jsonl", "jsonl.gz", "jsonl.zst"]
                .map(|extension| PathBuf::from(format!("references/{dataset}/outputs/{system}.{extension}")))
                .into_iter()
                .find(|path| root.join(path).is_file())
                .map(|path| (dataset, path))
        })
        .collect();
    found.sort();
    found
}

/// The outputs of one system.
#[derive(Debug, Default)]
struct Replay {
    /// Dataset (none: any), article and sample, to what was written.
    outputs: HashMap<Option<Box<str>>, ById>,
    entries: usize,
    /// The files read, as the suite names them.
    files: Vec<String>,
    /// The systems whose lines were left out, in the order of the files.
    others: Vec<String>,
}

/// What was written for an article, by sample.
type ById = HashMap<Box<str>, Vec<Entry>>;

#[derive(Debug)]
struct Entry {
    sample: u32,
    /// Index of its file, and its line there.
    place: (usize, usize),
    content: Result<Kept, String>,
}

/// What a line says was written.
#[derive(Debug)]
struct Kept {
    text: String,
    lang: Option<Lang>,
    raw: Option<String>,
}

/// A line, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Line {
    dataset: Option<Box<str>>,
    #[serde(deserialize_with = "id")]
    id: Box<str>,
    system: Option<String>,
    #[serde(default)]
    sample: u32,
    #[serde(deserialize_with = "Option::deserialize")]
    summary: Option<String>,
    lang: Option<Lang>,
    raw: Option<String>,
    failure: Option<LineFailure>,
}

/// Why a line has no summary, as records write it.
#[derive(Debug, Deserialize)]
struct LineFailure {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    message: String,
}

/// An id, where an integer stands for its decimal.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "`id` is a string or an integer")]
    enum Id {
        Text(Box<str>),
        Unsigned(u64),
        Signed(i64),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Unsigned(number) => number.to_string().into(),
        Id::Signed(number) => number.to_string().into(),
    })
}

impl Replay {
    /// Takes in the lines of a file that are by `system`.
    fn read(&mut self, root: &Path, path: &Path, dataset: Option<&str>, system: &str) -> Result<(), SetupError> {
        let name = path.display().to_string();
        let file = self.files.len();
        self.files.push(name.clone());
        let mut reader = open(&root.join(path)).map_err(|e| setup_error(format!("{name}: {}", cause(&e))))?;
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let at = |message: String| setup_error(format!("{name}:{number}: {message}"));
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => return Err(at(cause(&error))),
            }
            let text = std::str::from_utf8(&bytes).map_err(|_| at("not UTF-8; convert the file".into()))?;
            let text = if number == 1 { text.trim_start_matches('\u{feff}') } else { text };
            if text.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(text).map_err(|e| at(json_cause(&e)))?;
            match &line.system {
                Some(other) if other != system => {
                    if !self.others.contains(other) {
                        self.others.push(other.clone());
                    }
                }
                _ => self.take(line, dataset, (file, number)).map_err(at)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, line: Line, dataset: Option<&str>, place: (usize, usize)) -> Result<(), String> {
        let content = match (line.summary, line.failure) {
            (Some(text), _) => Ok(Kept { text, lang: line.lang, raw: line.raw }),
            (None, Some(failure)) if failure.kind.is_empty() => Err(failure.message),
            (None, Some(failure)) => Err(format!("{}: {}", failure.kind, failure.message)),
            (None, None) => Err(String::new()),
        };
        let dataset = line.dataset.or_else(|| dataset.map(Into::into));
        let entries = self.outputs.entry(dataset).or_default().entry(line.id.clone()).or_default();
        if let Some(earlier) = entries.iter().find(|entry| entry.sample == line.sample) {
            let (file, number) = earlier.place;
            return Err(format!(
                "article `{}`, sample {} was answered before, at {}:{number}; remove one of the two",
                line.id, line.sample, self.files[file]
            ));
        }
        entries.push(Entry { sample: line.sample, place, content });
        self.entries += 1;
        Ok(())
    }

    fn find(&self, dataset: &str, id: &str, sample: u32) -> Option<&Entry> {
        let within = |dataset: Option<Box<str>>| {
            self.outputs.get(&dataset)?.get(id)?.iter().find(|entry| entry.sample == sample)
        };
        within(Some(dataset.into())).or_else(|| within(None))
    }
}

impl Replay {
    /// What the files hold in the place of an item that they do not, where that explains it.
    fn instead(&self, request: &Request<'_>) -> String {
        let id = request.article.id.as_str();
        let mut named: Vec<String> = self
            .outputs
            .iter()
            .filter(|(dataset, by_id)| dataset.as_deref() != Some(request.dataset) && by_id.contains_key(id))
            .filter_map(|(dataset, _)| dataset.as_deref().map(str::to_owned))
            .collect();
        named.sort();
        let mut hints = Vec::new();
        if !named.is_empty() {
            hints.push(format!("it has one for dataset {}", quoted(&named)));
        } else if !self.outputs.contains_key(&None) && !self.outputs.contains_key(&Some(request.dataset.into())) {
            let mut datasets: Vec<String> = self.outputs.keys().flatten().map(|name| name.to_string()).collect();
            datasets.sort();
            hints.push(format!("its lines are of dataset {}", quoted(&datasets)));
        }
        if !self.others.is_empty() {
            hints.push(format!("lines by {} are left out", quoted(&self.others)));
        }
        hints.into_iter().map(|hint| format!("; {hint}")).collect()
    }
}

impl Summarizer for Replay {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let id = &request.article.id;
        let Some(entry) = self.find(request.dataset, id, request.sample) else {
            let sample = if request.sample > 0 { format!(", sample {}", request.sample) } else { String::new() };
            let message = format!(
                "no line for article `{id}`{sample} of dataset `{}` in {}{}",
                request.dataset,
                self.files.join(", "),
                self.instead(request)
            );
            return Err(Failure::new(FailureKind::MissingOutput, message).into());
        };
        let place = || format!("{}:{}", self.files[entry.place.0], entry.place.1);
        match &entry.content {
            Ok(kept) if kept.text.trim().is_empty() => {
                let message = format!("{} holds an empty summary", place());
                Err(Failure::new(FailureKind::EmptyOutput, message).into())
            }
            Ok(kept) => Ok(Written {
                text: kept.text.clone(),
                lang: kept.lang.clone(),
                raw: kept.raw.clone(),
                ..Written::default()
            }),
            Err(cause) => {
                let colon = if cause.is_empty() { "" } else { ": " };
                let message = format!("{} holds no summary{colon}{cause}", place());
                Err(Failure::new(FailureKind::MissingOutput, message).into())
            }
        }
    }
}

/// Opens a file, decompressed as its name tells.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    Ok(match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))),
        Some("zst") => Box::new(BufReader::new(zstd::Decoder::new(file)?)),
        _ => Box::new(BufReader::new(file)),
    })
}

pub(super) fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file; paths are relative to the suite".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder; name the file in it".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// serde_json's message, with the column alone: every text is line 1 to it.
fn json_cause(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    format!("{message} (column {}); a line is an object with at least `id` and `summary`", error.column())
}

#[cfg(test)]
mod tests;
