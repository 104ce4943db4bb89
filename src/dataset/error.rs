//! What can be wrong with a dataset, and where.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::decode::{Malformed, Misdeclared};
use super::spec::SpecError;

/// A dataset that cannot be used as it is: where, what is wrong, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct DatasetError {
    /// Where.
    pub place: Place,
    /// What is wrong, and what to do.
    pub problem: Box<Problem>,
}

impl DatasetError {
    /// An error at a place.
    pub fn new(place: Place, problem: Problem) -> Self {
        DatasetError { place, problem: Box::new(problem) }
    }

    /// What reading a file ran into: malformed bytes with their line, or the system's own words.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        if let Some(malformed) = error.get_ref().and_then(|e| e.downcast_ref::<Malformed>()) {
            return DatasetError::new(Place::file(path).line(malformed.line), Problem::Malformed(malformed.clone()));
        }
        if let Some(misdeclared) = error.get_ref().and_then(|e| e.downcast_ref::<Misdeclared>()) {
            return DatasetError::new(Place::file(path), Problem::Misdeclared(misdeclared.clone()));
        }
        DatasetError::new(Place::file(path), Problem::of_io(error))
    }
}

/// A place in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file or folder.
    pub path: Arc<Path>,
    /// Where in it.
    pub at: At,
}

/// A place in a file. Lines, columns and rows count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// The file as a whole.
    File,
    /// A line.
    Line(u64),
    /// A line and a column in characters.
    Column(u64, u64),
    /// A row of a format without lines.
    Row(u64),
}

impl Place {
    /// A file as a whole.
    pub fn file(path: &Path) -> Self {
        Place { path: Arc::from(path), at: At::File }
    }

    /// A line of the same file.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.at = At::Line(line);
        self
    }

    /// The place of a byte offset in a text that begins on a given line.
    #[must_use]
    pub fn offset(mut self, text: &str, offset: usize, first_line: u64) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = first_line + before.matches('\n').count() as u64;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
        self.at = At::Column(line, column);
        self
    }

    /// The same place with its path relative to a folder, so that it reads alike wherever that folder lies.
    pub(super) fn relative_to(&self, root: &Path) -> Self {
        match self.path.strip_prefix(root) {
            Ok(path) => Place { path: Arc::from(path), at: self.at },
            Err(_) => self.clone(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.strip_prefix(".").unwrap_or(&self.path);
        write!(f, "{}", path.display())?;
        match self.at {
            At::File => Ok(()),
            At::Line(line) => write!(f, ":{line}"),
            At::Column(line, column) => write!(f, ":{line}:{column}"),
            At::Row(row) => write!(f, ": row {row}"),
        }
    }
}

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says what the variant means")]
pub enum Problem {
    #[error("no such file or folder; paths are relative to the suite's folder")]
    NotFound,
    #[error("no such folder; write `articles = \"…\"` in dataset `{0}`, or put its articles there")]
    NoDefaultFolder(String),
    #[error("`{key}` of dataset `{dataset}`: {error}", key = error.key)]
    Spec { dataset: String, error: SpecError },
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("{}", .0.without_line())]
    Malformed(Malformed),
    #[error("{0}")]
    Misdeclared(Misdeclared),
    #[error("encoding `{0}` is not known; use a WHATWG label such as utf-8, big5, gb18030, shift_jis or windows-1252")]
    UnknownEncoding(String),
    #[error("not a format that is read here; {0}")]
    UnknownFormat(&'static str),
    #[error(
        "this build does not read Parquet; build it with `cargo install --path . --features parquet`, \
         or export the data as JSONL"
    )]
    ParquetDisabled,
    #[error("{0}; a line of JSONL is one whole JSON object; a file that is one JSON array is named .json")]
    JsonLine(String),
    #[error("{0}")]
    Json(String),
    #[error(
        "expected {expected}, found {found}; a .json file is an array of articles, or an object whose `articles` is"
    )]
    JsonShape { expected: &'static str, found: String },
    #[error("expected an object, found {0}")]
    NotAnObject(&'static str),
    #[error("{0}")]
    Toml(String),
    #[error("{0} not UTF-8, which TOML always is, whatever `encoding` says; save the file as UTF-8")]
    TomlEncoding(String),
    #[error("unknown key `{key}`{hint}")]
    UnknownKey { key: String, hint: String },
    #[error("the header is empty; the first line names the columns")]
    NoHeader,
    #[error("column {0} of the header has no name")]
    UnnamedColumn(usize),
    #[error("the header names column `{0}` twice")]
    DuplicateColumn(String),
    #[error(
        "the header has one column, `{header}`, and looks separated by {by}; save the file with {expected} between columns"
    )]
    WrongDelimiter { header: String, by: &'static str, expected: &'static str },
    #[error(
        "row has {found} fields, the header has {expected}; a field that holds {delimiter}, a quotation mark or a line \
         break must stand in \"…\""
    )]
    FieldCount { found: usize, expected: usize, delimiter: &'static str },
    #[error(
        "the quotation mark that opens field {field} is never closed; double every quotation mark inside a quoted field"
    )]
    OpenQuote { field: usize },
    #[error(
        "text follows the closing quotation mark of field {field}; double every quotation mark inside a quoted field"
    )]
    TextAfterQuote { field: usize },
    #[error(
        "no column `{column}` for the {field}; there are {columns}; name the right one with `fields = {{ {field} = \"…\" }}`, \
         or let `epitome init --from` write the mapping"
    )]
    NoColumn { field: &'static str, column: String, columns: String },
    #[error(
        "no row has the column `{column}` that `fields.{field}` names; there are {columns}; correct the name or leave it out"
    )]
    ColumnNeverSeen { field: &'static str, column: String, columns: String },
    #[error("`{column}` is {found}, where {expected} is expected")]
    WrongType { column: String, found: &'static str, expected: &'static str },
    #[error("`{column}` is `{text}`, where {expected} is expected")]
    WrongText { column: String, text: String, expected: &'static str },
    #[error("the id is empty; every article needs one")]
    EmptyId,
    #[error("id `{id}` stands at {first} already; ids are unique within a dataset")]
    DuplicateId { id: String, first: Place },
    #[error("the source of `{0}` is empty; give it its text or take the article out")]
    EmptySource(String),
    #[error("holds no article")]
    NoArticles,
    #[error("`{0}` is not a BCP 47 language tag such as zh-TW, zh-Hans or en")]
    Lang(String),
    #[error("date `{date}` is not ISO 8601{hint}")]
    Date { date: String, hint: String },
    #[error("date `{date}` does not follow date_format = \"{format}\": {why}")]
    DateFormat { date: String, format: String, why: String },
    #[error("reference to article `{id}`, which no article file holds{more}; correct the id or take the reference out")]
    ReferenceWithoutArticle { id: String, more: String },
    #[error("fact for article `{id}`, which no article file holds{more}; correct the id or take the fact out")]
    FactWithoutArticle { id: String, more: String },
    #[error(
        "a reference needs `{missing}`; there are {columns}; name the right column with `fields = {{ {field} = \"…\" }}`"
    )]
    ReferenceIncomplete { missing: String, field: &'static str, columns: String },
    #[error("{0}")]
    Fact(String),
    #[error("{0}")]
    Decision(&'static str),
    #[error(
        "{0}; a decision has `article`, `fact` or `quantity`, `output`, `verdict`, `by`, `why` and `date`; \
         `epitome facts judge` writes one"
    )]
    NoDecision(String),
    #[error("key `{key}` is missing; {hint}")]
    MissingKey { key: String, hint: &'static str },
    #[error("fact names no article; add `article = \"…\"`")]
    FactNamesNoArticle,
    #[error("reference names no article; add `id = \"…\"`")]
    ReferenceNamesNoArticle,
    #[error("the claim of fact `{0}` is empty; a fact is a claim")]
    EmptyClaim(String),
    #[error("fact `{id}` has weight {weight}; a weight is a number above 0")]
    Weight { id: String, weight: String },
    #[error("fact `{id}` of article `{article}` stands at {first} already; fact ids are unique within an article")]
    DuplicateFact { id: String, article: String, first: Place },
    #[error("names article `{named}`, but the file is that of `{stem}`; correct it, or leave it out")]
    OtherArticle { named: String, stem: String },
    #[error("begins with YAML front matter (`---`); write it as TOML between two lines of `+++`: `title = \"…\"`")]
    YamlFrontMatter,
    #[error(
        "has no front matter; begin it with TOML between two lines of `+++` (which may be empty), or name it .txt if it \
         is text alone"
    )]
    NoFrontMatter,
    #[error("the front matter is never closed; end it with a line of `+++`")]
    OpenFrontMatter,
    #[error("the folder holds both {first} and {second}; a folder holds articles of one format")]
    MixedFolder { first: String, second: String },
    #[error("changed while it was read; run again")]
    Changed,
}

impl Problem {
    /// A key that is not among the known ones, with the nearest of them.
    pub(super) fn unknown_key<'a>(key: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let hint = match nearest(key, known.clone()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!("; known are {}", listed(known)),
        };
        Problem::UnknownKey { key: key.to_owned(), hint }
    }

    /// The system's words for a file that cannot be read.
    pub fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Problem::NotFound,
            _ => Problem::Unreadable(error.to_string()),
        }
    }
}

/// A list of names as a message shows it: `a`, `b` and `c`, cut after twelve.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        many if many.len() > SHOWN => format!("{} and {} more", many[..SHOWN].join(", "), many.len() - SHOWN),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The nearest of some names to one that is not among them, as a hint.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = |known: &str| {
        // `must_have` is as near to `must` as a slip of one letter.
        if name.starts_with(known) || known.starts_with(name) { 1 } else { strsim::damerau_levenshtein(name, known) }
    };
    known
        .into_iter()
        .map(|k| (far(k), k))
        .filter(|(distance, k)| *distance <= k.chars().count().max(name.chars().count()) / 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Turns a TOML error in a text that begins on a given line of a file into one with its place.
pub(super) fn toml_error(path: &Path, text: &str, first_line: u64, error: &toml::de::Error) -> DatasetError {
    let place = match error.span() {
        Some(span) => Place::file(path).offset(text, span.start, first_line),
        None => Place::file(path),
    };
    let message = error.message().trim();
    DatasetError::new(place, serde_problem(message).unwrap_or_else(|| Problem::Toml(message.replace('\n', "; "))))
}

/// serde's words for an unknown field, with the nearest known one in place of the whole list, or for a missing one.
pub(super) fn serde_problem(message: &str) -> Option<Problem> {
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let hint = match key {
            "summary" => "a reference is at least a `summary`",
            _ => "a fact is at least an `id`, a `kind` and a `claim`",
        };
        return Some(Problem::MissingKey { key: key.to_owned(), hint });
    }
    let rest = message.strip_prefix("unknown field `")?;
    let (key, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    Some(Problem::unknown_key(key, known))
}

/// A JSON value's kind, as messages name it.
pub(super) fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "true or false",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a text",
        serde_json::Value::Array(_) => "a list",
        serde_json::Value::Object(_) => "an object",
    }
}
