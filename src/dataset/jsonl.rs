//! JSONL: one JSON object a line. Blank lines are passed over.

use std::io::BufRead;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::decode::open_text;
use super::error::{DatasetError, Place, Problem, kind_of, serde_problem};
use super::rows::{Row, Rows};

/// Streams a JSONL file's lines as values of a type, each with its line number.
///
/// # Errors
///
/// Where the file cannot be opened; each item, where its line is not such a value.
pub fn lines<T: DeserializeOwned>(path: &Path, encoding: Option<&str>) -> Result<Lines<T>, DatasetError> {
    let reader = open_text(path, encoding)?;
    Ok(Lines { reader, place: Place::file(path), line: 0, text: String::new(), done: false, of: PhantomData })
}

/// The lines of a JSONL file; see [`lines`].
pub struct Lines<T> {
    reader: Box<dyn BufRead + Send>,
    place: Place,
    line: u64,
    text: String,
    done: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Iterator for Lines<T> {
    type Item = Result<(u64, T), DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            self.text.clear();
            self.line += 1;
            match self.reader.read_line(&mut self.text) {
                Ok(0) => self.done = true,
                Ok(_) if self.text.trim().is_empty() => {}
                Ok(_) => {
                    let parsed = serde_json::from_str(self.text.trim_end());
                    return Some(parsed.map(|value| (self.line, value)).map_err(|error| self.error(&error)));
                }
                Err(error) => {
                    self.done = true;
                    return Some(Err(DatasetError::io(&self.place.path, &error)));
                }
            }
        }
        None
    }
}

impl<T> Lines<T> {
    fn error(&self, error: &serde_json::Error) -> DatasetError {
        let message = without_position(error);
        if error.is_data() {
            let problem = serde_problem(&message).unwrap_or(Problem::Json(message));
            return DatasetError::new(self.place.clone().line(self.line), problem);
        }
        let place = self.place.clone().offset(&self.text, column_offset(&self.text, error.column()), self.line);
        DatasetError::new(place, Problem::JsonLine(message))
    }
}

/// serde_json's words without its own line and column, which are those of the text it was given.
pub(super) fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rfind(" at line ").map_or(message.as_str(), |at| &message[..at]).to_owned()
}

/// The byte offset in a line of serde_json's column, which counts bytes from 1, moved back to a character's start.
pub(super) fn column_offset(line: &str, column: usize) -> usize {
    let mut offset = column.saturating_sub(1).min(line.trim_end_matches(['\r', '\n']).len());
    while !line.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Streams a JSONL file's rows.
pub(super) fn rows(path: &Path, encoding: Option<&str>) -> Result<Rows, DatasetError> {
    let lines = lines::<Value>(path, encoding)?;
    let file = Place::file(path);
    Ok(Box::new(lines.map(move |line| {
        let (line, value) = line?;
        row(file.clone().line(line), value)
    })))
}

/// A JSON value as a row, which only an object is.
pub(super) fn row(place: Place, value: Value) -> Result<Row, DatasetError> {
    match value {
        Value::Object(cells) => Ok(Row { place, cells }),
        other => Err(DatasetError::new(place, Problem::NotAnObject(kind_of(&other)))),
    }
}
