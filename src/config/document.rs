//! A TOML document that knows where its parts stand.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthStr;

/// A parsed TOML document with its text and its name.
#[derive(Debug, Clone)]
pub struct Document {
    path: PathBuf,
    text: String,
    /// The document as plain values.
    pub table: toml::Table,
}

impl Document {
    /// Parses a text that was read from `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let unparsed = Document { path: path.to_owned(), text: text.to_owned(), table: toml::Table::new() };
        match toml::from_str(text) {
            Ok(table) => Ok(Document { table, ..unparsed }),
            Err(error) => Err(unparsed.error(error.span(), error.message())),
        }
    }

    /// Reads the part of the document at `at` as a type; errors point to the place.
    pub fn read<T: DeserializeOwned>(&self, value: toml::Value, at: &[Step]) -> Result<T, ConfigError> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let mut steps = at.to_vec();
            steps.extend(error.path().iter().filter_map(|segment| match segment {
                Segment::Map { key } => Some(Step::Key(key.clone())),
                Segment::Seq { index } => Some(Step::Index(*index)),
                Segment::Enum { .. } | Segment::Unknown => None,
            }));
            self.error_at(&steps, error.into_inner().message())
        })
    }

    /// An error about the part at `steps`, or the innermost part around it that exists.
    pub fn error_at(&self, steps: &[Step], message: &str) -> ConfigError {
        let mut steps = steps.to_vec();
        // serde names an unknown key in its message only.
        if let Some(key) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next())
            && !matches!(steps.last(), Some(Step::Key(last)) if last == key)
        {
            steps.push(Step::Key(key.to_owned()));
        }
        self.error(self.locate(&steps), message)
    }

    fn error(&self, span: Option<Range<usize>>, message: &str) -> ConfigError {
        let place = span.map(|span| Place::new(&self.text, span));
        ConfigError { path: self.path.clone(), place, message: with_nearest(message) }
    }

    /// The bytes of the key or value at `steps`, or of the innermost part around it that exists.
    fn locate(&self, steps: &[Step]) -> Option<Range<usize>> {
        let table = DeTable::parse(&self.text).ok()?;
        let mut span = None;
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for (depth, step) in steps.iter().enumerate() {
            let table = if depth == 0 { Some(table.get_ref()) } else { value.and_then(|v| v.get_ref().as_table()) };
            let found = match step {
                Step::Key(key) => table.and_then(|t| t.iter().find(|(k, _)| k.get_ref() == key)).map(|(k, v)| {
                    // A key stands for a table; a scalar stands for itself.
                    let whole = v.get_ref().is_table() || v.get_ref().is_array() || depth + 1 == steps.len();
                    (v, if whole { k.span() } else { v.span() })
                }),
                Step::Index(index) => {
                    value.and_then(|v| v.get_ref().as_array()).and_then(|a| a.get(*index)).map(|v| (v, v.span()))
                }
            };
            let Some((inner, place)) = found else { break };
            value = Some(inner);
            span = Some(place);
        }
        span
    }
}

/// A step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a table.
    Key(String),
    /// Into an array.
    Index(usize),
}

impl Step {
    /// The steps of a path such as `params.stop[1]`.
    pub fn parse(path: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        for part in path.split('.').filter(|p| !p.is_empty()) {
            let mut pieces = part.split('[');
            if let Some(key) = pieces.next().filter(|k| !k.is_empty()) {
                steps.push(Step::Key(key.to_owned()));
            }
            steps.extend(pieces.filter_map(|p| p.trim_end_matches(']').parse().ok()).map(Step::Index));
        }
        steps
    }
}

/// A place in a text, as an editor counts: from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
    source: String,
    /// Terminal cells before the part, and of the part.
    cells: (usize, usize),
}

impl Place {
    fn new(text: &str, span: Range<usize>) -> Self {
        let from = (0..=span.start.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        let to = (span.end.min(text.len())..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
        let start = text[..from].rfind('\n').map_or(0, |i| i + 1);
        let end = text[from..].find('\n').map_or(text.len(), |i| from + i);
        let part = &text[from..to.clamp(from, end)];
        Place {
            line: text[..from].matches('\n').count() + 1,
            column: text[start..from].chars().count() + 1,
            source: text[start..end].trim_end().to_owned(),
            cells: (text[start..from].width(), part.width().max(1)),
        }
    }
}

/// Adds the nearest of the names that serde lists as expected.
fn with_nearest(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))
    else {
        return message.to_owned();
    };
    let Some((wrong, expected)) = rest.split_once('`') else { return message.to_owned() };
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let what = if message.starts_with("unknown field") { "key" } else { "value" };
    match nearest(wrong, names.iter().copied()) {
        Some(name) => format!("unknown {what} `{wrong}`; did you mean `{name}`?"),
        None if names.is_empty() => format!("unknown {what} `{wrong}`; none is expected here"),
        None => format!("unknown {what} `{wrong}`; expected one of {}", names.join(", ")),
    }
}

/// The name most like a misspelt one, where one is like it at all.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| {
            (strsim::normalized_damerau_levenshtein(wrong, name).max(strsim::jaro_winkler(wrong, name) - 0.2), name)
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// An error in a configuration file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    path: PathBuf,
    place: Option<Place>,
    message: String,
}

impl ConfigError {
    /// An error about a file as a whole.
    pub fn whole(path: &Path, message: impl Into<String>) -> Self {
        ConfigError { path: path.to_owned(), place: None, message: message.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let Some(place) = &self.place else { return write!(f, "{path}: {}", self.message) };
        let Place { line, column, source, cells } = place;
        let margin = line.to_string().len();
        write!(f, "{path}:{line}:{column}: {}", self.message)?;
        let carets = format!("{}{}", " ".repeat(cells.0), "^".repeat(cells.1));
        write!(f, "\n{:margin$} |\n{line} | {source}\n{:margin$} | {carets}", "", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its type matters")]
        timeout: u32,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its type matters")]
        system: Vec<Inner>,
    }

    fn error(text: &str) -> String {
        let document = Document::parse(Path::new("epitome.toml"), text).expect("well-formed");
        document.read::<Outer>(document.table.clone().into(), &[]).expect_err("an error").to_string()
    }

    #[test]
    fn errors_point_to_the_place_and_name_the_nearest_key() {
        insta::assert_snapshot!(error("[[system]]\ntimeout = 1\n[[system]]\ntimeuot = 2\n"), @r"
        epitome.toml:4:1: unknown key `timeuot`; did you mean `timeout`?
          |
        4 | timeuot = 2
          | ^^^^^^^
        ");
        insta::assert_snapshot!(error("'系統' = 1\n"), @r"
        epitome.toml:1:1: unknown key `系統`; expected one of system
          |
        1 | '系統' = 1
          | ^^^^^^
        ");
        insta::assert_snapshot!(error("[[system]]\ntimeout = '三十秒'\n"), @r#"
        epitome.toml:2:1: invalid type: string "三十秒", expected u32
          |
        2 | timeout = '三十秒'
          | ^^^^^^^
        "#);
    }
}
