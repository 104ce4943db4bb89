//! Folders: one article a file (.md with TOML front matter, .txt), or data files of one format, in the order of names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use toml::Spanned;

use super::decode::read_text;
use super::error::{DatasetError, Place, Problem, toml_error};
use super::rows::{self, Format, Row, Rows, listing, stem};
use super::spec::Fields;

/// The line that opens and closes TOML front matter.
const FENCE: &str = "+++";

/// Streams a folder's rows.
pub(super) fn open(folder: &Path, encoding: Option<&str>, fields: &Fields) -> Result<Rows, DatasetError> {
    let mut files: Vec<(Format, PathBuf)> =
        listing(folder)?.0.into_iter().filter_map(|path| Some((Format::of(&path)?, path))).collect();
    let Some((format, first)) = files.first().cloned() else {
        return Err(DatasetError::new(Place::file(folder), Problem::NoArticles));
    };
    let single = |format| matches!(format, Format::Markdown | Format::Text);
    if let Some((_, other)) = files.iter().find(|(f, _)| if single(format) { !single(*f) } else { *f != format }) {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let problem = Problem::MixedFolder { first: name(&first), second: name(other) };
        return Err(DatasetError::new(Place::file(folder), problem));
    }
    let encoding = encoding.map(str::to_owned);
    if single(format) {
        // `a.b.md` sorts before `a.md` by name and after it by id; the order is that of ids.
        files.sort_by_cached_key(|(_, path)| stem(path));
        let known = known_keys(fields);
        return Ok(Box::new(
            files.into_iter().map(move |(format, path)| article(&path, format, encoding.as_deref(), &known)),
        ));
    }
    Ok(Box::new(files.into_iter().flat_map(move |(_, path)| -> Rows {
        match rows::open_file(&path, encoding.as_deref()) {
            Ok(rows) => rows,
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    })))
}

/// What a folder of articles holds that is not read, for a warning.
pub(super) fn unread(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let (files, folders) = listing(folder)?;
    Ok(files.into_iter().filter(|path| Format::of(path).is_none()).chain(folders).collect())
}

/// The keys that front matter may have: an article's own, and those that the suite gives a meaning.
fn known_keys(fields: &Fields) -> Vec<String> {
    let own = ["id", "lang", "title", "date", "story", "tags", "meta"].map(str::to_owned);
    own.into_iter().chain(fields.named().map(|(_, column)| column.to_owned())).collect()
}

/// An article's file as a row: its front matter's keys, `source`, and `id` (the file's name) unless it has one.
fn article(path: &Path, format: Format, encoding: Option<&str>, known: &[String]) -> Result<Row, DatasetError> {
    let text = read_text(path, encoding)?.replace("\r\n", "\n");
    let place = Place::file(path);
    let (mut cells, body) = match format {
        Format::Markdown => front_matter(path, &text, known)?,
        _ if text.starts_with("---\n") || text.starts_with("+++\n") => front_matter(path, &text, known)?,
        _ => (Map::new(), text.as_str()),
    };
    if !cells.contains_key("id") {
        cells.insert("id".to_owned(), Value::String(stem(path)));
    }
    cells.insert("source".to_owned(), Value::String(body.trim_start_matches('\n').trim_end().to_owned()));
    Ok(Row { place, cells })
}

/// Splits a text into its front matter, as a row's cells, and its body.
fn front_matter<'t>(
    path: &Path,
    text: &'t str,
    known: &[String],
) -> Result<(Map<String, Value>, &'t str), DatasetError> {
    let error = |line, problem| DatasetError::new(Place::file(path).line(line), problem);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end() {
        FENCE => {}
        "---" => return Err(error(1, Problem::YamlFrontMatter)),
        _ => return Err(error(1, Problem::NoFrontMatter)),
    }
    let mut length = 0;
    let closing = rest.split_inclusive('\n').find(|line| {
        let closes = line.trim_end() == FENCE;
        length += if closes { 0 } else { line.len() };
        closes
    });
    let Some(closing) = closing else {
        return Err(error(1, Problem::OpenFrontMatter));
    };
    let (front, body) = (&rest[..length], &rest[length + closing.len()..]);
    let table: BTreeMap<Spanned<String>, toml::Value> =
        toml::from_str(front).map_err(|e| toml_error(path, front, 2, &e))?;
    let mut cells = Map::new();
    for (key, value) in table {
        if !known.contains(key.get_ref()) {
            let place = Place::file(path).offset(front, key.span().start, 2);
            return Err(DatasetError::new(
                place,
                Problem::unknown_key(key.get_ref(), known.iter().map(String::as_str)),
            ));
        }
        cells.insert(key.into_inner(), json(value));
    }
    Ok((cells, body))
}

/// A TOML value as JSON; dates become their text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(k, v)| (k, json(v))).collect()),
    }
}
