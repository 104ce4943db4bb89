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
            other => return Err(self.shape("[", other)),
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
                other => return Err(self.shape(":", other)),
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
        let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
        while let Some(byte) = self.peek()? {
            if !in_string && depth == 0 && matches!(byte, b',' | b']' | b'}' | b':') && !bytes.is_empty() {
                break;
            }
            bytes.push(byte);
            self.advance()?;
            if in_string {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 && !in_string && matches!(byte, b'}' | b']' | b'"') {
                break;
            }
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok((place, text)),
            Err(error) => Err(DatasetError::new(place, Problem::Unreadable(error.to_string()))),
        }
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
