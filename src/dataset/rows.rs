//! Rows: what every format is read into, one after another, before columns are given a meaning.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::error::{DatasetError, Place, Problem, listed};
use super::spec::Fields;
use super::{delimited, folder, json, jsonl};

/// One record of a file: columns by name, in file order.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it begins.
    pub place: Place,
    /// Its columns.
    pub cells: Map<String, Value>,
}

impl Row {
    /// The names of its columns, as a message lists them.
    pub(super) fn columns(&self) -> String {
        listed(self.cells.keys().map(String::as_str))
    }
}

/// A stream of rows.
pub type Rows = Box<dyn Iterator<Item = Result<Row, DatasetError>> + Send>;

/// The formats of data files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// A JSON array of objects, or an object that holds one.
    Json,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Markdown with TOML front matter: one article a file.
    Markdown,
    /// Plain text: one article a file.
    Text,
}

impl Format {
    /// The format that a file's name says, compression set aside.
    pub fn of(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        Some(match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Format::Jsonl,
            "json" => Format::Json,
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "parquet" => Format::Parquet,
            "md" => Format::Markdown,
            "txt" => Format::Text,
            _ => return None,
        })
    }
}

/// A file's name without the extensions of its compression and format: the id of what it holds.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let unpacked = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).map_or(lower.len(), str::len);
    let name = name.get(..unpacked).unwrap_or(&name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// Streams the rows of a data file, or of all files of a folder in the order of their names.
pub fn open(path: &Path, encoding: Option<&str>, fields: &Fields) -> Result<Rows, DatasetError> {
    if path.is_dir() {
        return folder::open(path, encoding, fields);
    }
    if !path.exists() {
        return Err(DatasetError::new(Place::file(path), Problem::NotFound));
    }
    open_file(path, encoding)
}

pub(super) fn open_file(path: &Path, encoding: Option<&str>) -> Result<Rows, DatasetError> {
    match Format::of(path) {
        Some(Format::Jsonl) => jsonl::rows(path, encoding),
        Some(Format::Json) => json::rows(path, encoding),
        Some(Format::Csv) => delimited::rows(path, encoding, delimited::Dialect::Csv),
        Some(Format::Tsv) => delimited::rows(path, encoding, delimited::Dialect::Tsv),
        Some(Format::Parquet) => parquet(path),
        Some(Format::Markdown | Format::Text) | None => {
            Err(DatasetError::new(Place::file(path), Problem::UnknownFormat(".jsonl, .json, .csv, .tsv or .parquet")))
        }
    }
}

#[cfg(feature = "parquet")]
use super::parquet::rows as parquet;

#[cfg(not(feature = "parquet"))]
fn parquet(path: &Path) -> Result<Rows, DatasetError> {
    Err(DatasetError::new(Place::file(path), Problem::ParquetDisabled))
}

/// The visible files of a folder, sorted by name, and its visible subfolders.
pub(super) fn listing(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), DatasetError> {
    let failed = |e: std::io::Error| DatasetError::io(folder, &e);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in folder.read_dir().map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() { folders.push(path) } else { files.push(path) }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}
