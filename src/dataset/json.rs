//! JSON: an array of objects, or an object one of whose members is. Streamed: one element is held at a time.
//!
//! The text is cut into elements here by brackets and quotation marks alone; each element is then parsed as JSON.

use std::io::BufRead;
use std::path::Path;

use serde_json::Value;

use super::decode::open_text;
use super::error::{At, DatasetError, Place, Problem};
use super::jsonl::{column_offset, row, without_position};
use super::rows::{Row, Rows};

/// The members under which an object may hold its rows.
const MEMBERS: [&str; 5] = ["articles", "references", "facts", "data", "rows"];

/// Streams the rows of a JSON file.
pub(super) fn rows(path: &Path, encoding: Option<&str>) -> Result<Rows, DatasetError> {
    let mut elements = Elements {
        reader: open_text(path, encoding)?,
        file: Place::file(path),
        line: 1,
        column: 1,
        at: Position::Before,
    };
    elements.enter()?;
    Ok(Box::new(elements))
}

/// Where the reader stands in the array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Before,
    First,
    Later,
    Done,
}

struct Elements<R> {
    reader: R,
    file: Place,
    line: u64,
    column: u64,
    at: Position,
}

impl<R: BufRead> Elements<R> {
    /// Goes into the array of rows.
    fn enter(&mut self) -> Result<(), DatasetError> {
        match self.peek_past_space()? {
            Some(b'[') => self.advance()?,
            Some(b'{') => self.enter_member()?,
            other => return Err(self.shape("`[`", other)),
        }
        self.at = Position::First;
        Ok(())
    }

    /// From the start of an object, goes into the array that a member of a known name holds.
    fn enter_member(&mut self) -> Result<(), DatasetError> {
        self.advance()?;
        loop {
            match self.peek_past_space()? {
                Some(b'"') => {}
                Some(b',') => {
                    self.advance()?;
                    continue;
                }
                Some(b'}') | None => return Err(self.shape("a member `articles`", None)),
                other => return Err(self.shape("a member's name", other)),
            }
            let (place, name) = self.element()?;
            let name: Value = self.parse(&place, &name)?;
            match self.peek_past_space()? {
                Some(b':') => self.advance()?,
                other => return Err(self.shape("`:`", other)),
            }
            let wanted = name.as_str().is_some_and(|name| MEMBERS.contains(&name));
            match self.peek_past_space()? {
                Some(b'[') if wanted => return self.advance(),
                _ => self.element().map(drop)?,
            }
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>, DatasetError> {
        match (self.peek_past_space()?, self.at) {
            (Some(b']'), Position::First | Position::Later) => {
                // What follows the array is of no interest, but that the file goes on being text is.
                self.at = Position::Done;
                return Ok(None);
            }
            (Some(b','), Position::Later) => {
                self.advance()?;
                self.peek_past_space()?;
            }
            (Some(_), Position::First) => {}
            (other, _) => return Err(self.shape("`,` or `]`", other)),
        }
        self.at = Position::Later;
        let (place, text) = self.element()?;
        let value = self.parse(&place, &text)?;
        row(Place { at: At::Line(line_of(&place)), ..place }, value).map(Some)
    }

    fn parse(&self, place: &Place, text: &str) -> Result<Value, DatasetError> {
        serde_json::from_str(text).map_err(|error| {
            let line = text.split_inclusive('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
            let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let mut at = place.clone().offset(text, before + column_offset(line, error.column()), line_of(place));
            if let (At::Column(line, column), At::Column(first, start)) = (at.at, place.at)
                && line == first
            {
                at.at = At::Column(line, column + start - 1);
            }
            DatasetError::new(at, Problem::Json(without_position(&error)))
        })
    }

    /// The text of the value that begins here, and where it begins.
    fn element(&mut self) -> Result<(Place, String), DatasetError> {
        let place = Place { at: At::Column(self.line, self.column), ..self.file.clone() };
        let mut bytes = Vec::new();
        let mut cut = Cut::default();
        while !cut.done {
            let chunk = self.reader.fill_buf().map_err(|error| DatasetError::io(&self.file.path, &error))?;
            if chunk.is_empty() {
                break;
            }
            let used = cut.take(chunk);
            bytes.extend_from_slice(&chunk[..used]);
            self.reader.consume(used);
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return Err(DatasetError::new(place, Problem::Unreadable(error.to_string()))),
        };
        match text.rsplit_once('\n') {
            None => self.column += text.chars().count() as u64,
            Some((before, last)) => {
                self.line += before.matches('\n').count() as u64 + 1;
                self.column = last.chars().count() as u64 + 1;
            }
        }
        Ok((place, text))
    }

    fn peek(&mut self) -> Result<Option<u8>, DatasetError> {
        match self.reader.fill_buf() {
            Ok(chunk) => Ok(chunk.first().copied()),
            Err(error) => Err(DatasetError::io(&self.file.path, &error)),
        }
    }

    fn peek_past_space(&mut self) -> Result<Option<u8>, DatasetError> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.advance()?;
        }
        Ok(None)
    }

    /// Goes one byte on, counting lines and columns (in characters).
    fn advance(&mut self) -> Result<(), DatasetError> {
        match self.peek()? {
            Some(b'\n') => {
                self.line += 1;
                self.column = 1;
            }
            Some(byte) if byte & 0xc0 != 0x80 => self.column += 1,
            _ => {}
        }
        self.reader.consume(1);
        Ok(())
    }

    fn shape(&self, expected: &'static str, found: Option<u8>) -> DatasetError {
        let found = match found {
            Some(byte) if byte.is_ascii() => format!("`{}`", char::from(byte)),
            Some(_) => "text".to_owned(),
            None => "the end".to_owned(),
        };
        let place = Place { at: At::Column(self.line, self.column), ..self.file.clone() };
        DatasetError::new(place, Problem::JsonShape { expected, found })
    }
}

/// Finds the end of a JSON value by its brackets and quotation marks.
#[derive(Default)]
struct Cut {
    depth: usize,
    in_string: bool,
    escaped: bool,
    begun: bool,
    done: bool,
}

impl Cut {
    /// How many bytes of a chunk belong to the value; `done` once it has ended.
    fn take(&mut self, chunk: &[u8]) -> usize {
        for (at, &byte) in chunk.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else {
                // A number or a word ends where what follows it begins.
                if self.begun && self.depth == 0 && matches!(byte, b',' | b']' | b'}' | b':') {
                    self.done = true;
                    return at;
                }
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
            self.begun = true;
            if self.depth == 0 && !self.in_string && matches!(byte, b'}' | b']' | b'"') {
                self.done = true;
                return at + 1;
            }
        }
        chunk.len()
    }
}

fn line_of(place: &Place) -> u64 {
    match place.at {
        At::Line(line) | At::Column(line, _) => line,
        _ => 1,
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = Result<Row, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == Position::Done {
            return None;
        }
        let row = self.next_row();
        if row.is_err() {
            self.at = Position::Done;
        }
        row.transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str, buffer: usize) -> Result<Vec<Value>, String> {
        let reader = std::io::BufReader::with_capacity(buffer, text.as_bytes());
        let mut elements =
            Elements { reader, file: Place::file(Path::new("a")), line: 1, column: 1, at: Position::Before };
        elements.enter().map_err(|e| e.to_string())?;
        elements.map(|row| row.map(|row| Value::Object(row.cells)).map_err(|e| e.to_string())).collect()
    }

    proptest! {
        /// The cut elements are those that serde_json finds, compact or pretty, bare or as a member.
        #[test]
        fn elements_are_cut_where_json_says(
            texts in prop::collection::vec("[a\"\\\\{}\\[\\],: \n中]{0,8}", 0..6),
            pretty: bool,
            member: bool,
            buffer in 1usize..9,
        ) {
            let rows: Vec<Value> =
                texts.iter().map(|text| json!({ "id": text, "n": [{ "x": text }, 1.5, null], text.as_str(): true })).collect();
            let document = if member { json!({ "n": 7, "t": "]", "articles": rows, "z": {} }) } else { json!(rows) };
            let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
            prop_assert_eq!(read(&text.expect("written"), buffer), Ok(rows));
        }

        /// No text makes the reader panic or go on forever.
        #[test]
        fn any_text_ends(text in "[a\"\\\\{}\\[\\],: \n1]{0,40}") {
            let _ = read(&text, 3);
        }
    }
}
