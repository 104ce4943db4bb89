//! CSV and TSV with a header line, after RFC 4180, strictly.
//!
//! Our own reader, as the csv crate mends malformed quoting without a word: an unclosed quotation mark swallows the
//! rest of the file, and `"a"b` reads as `ab`. Here both are errors with their line. Line breaks within quoted fields
//! are kept; rows end in LF, CRLF or CR; blank lines are passed over.

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value};

use super::decode::open_text;
use super::error::{DatasetError, Place, Problem};
use super::rows::{Row, Rows};

/// What stands between fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Csv,
    Tsv,
}

impl Dialect {
    fn delimiter(self) -> u8 {
        match self {
            Dialect::Csv => b',',
            Dialect::Tsv => b'\t',
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Dialect::Csv => ("a comma", "commas"),
            Dialect::Tsv => ("a tab", "tabs"),
        }
    }
}

/// A field longer than this is a quotation mark that was never closed.
const LONGEST_FIELD: usize = 64 << 20;

/// Streams a CSV or TSV file's rows. Every cell is a text.
pub(super) fn rows(path: &Path, encoding: Option<&str>, dialect: Dialect) -> Result<Rows, DatasetError> {
    let mut records = Records::new(open_text(path, encoding)?, path, dialect);
    let Some(header) = records.next().transpose()? else {
        return Err(DatasetError::new(records.file.clone().line(1), Problem::NoHeader));
    };
    let names: Vec<String> = header.fields.iter().map(|name| name.trim().to_owned()).collect();
    check_header(&names, dialect).map_err(|problem| DatasetError::new(header.place, problem))?;
    Ok(Box::new(records.map(move |record| {
        let Record { place, fields } = record?;
        if fields.len() != names.len() {
            let problem =
                Problem::FieldCount { found: fields.len(), expected: names.len(), delimiter: dialect.names().0 };
            return Err(DatasetError::new(place, problem));
        }
        let cells: Map<String, Value> = names.iter().cloned().zip(fields.into_iter().map(Value::String)).collect();
        Ok(Row { place, cells })
    })))
}

fn check_header(names: &[String], dialect: Dialect) -> Result<(), Problem> {
    if let [only] = names {
        for (mark, by) in [(';', "semicolons"), ('\t', "tabs"), (',', "commas"), ('|', "bars")] {
            if only.contains(mark) {
                let expected = dialect.names().1;
                return Err(Problem::WrongDelimiter { header: only.clone(), by, expected });
            }
        }
    }
    for (i, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(Problem::UnnamedColumn(i + 1));
        }
        if names[..i].contains(name) {
            return Err(Problem::DuplicateColumn(name.clone()));
        }
    }
    Ok(())
}

struct Record {
    place: Place,
    fields: Vec<String>,
}

/// Splits a text into records.
struct Records<R> {
    reader: R,
    file: Place,
    delimiter: u8,
    /// The line that the next byte stands on.
    line: u64,
    /// Whether the byte before was a CR that ended a record, of which a LF is the rest.
    after_cr: bool,
    done: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Bare,
    Quoted,
    /// Just past a quotation mark within a quoted field: its end, or the first half of a doubled one.
    Quote,
}

impl<R: BufRead> Records<R> {
    fn new(reader: R, path: &Path, dialect: Dialect) -> Self {
        Records {
            reader,
            file: Place::file(path),
            delimiter: dialect.delimiter(),
            line: 1,
            after_cr: false,
            done: false,
        }
    }

    /// The next record that is no blank line.
    fn record(&mut self) -> Result<Option<Record>, DatasetError> {
        let mut fields: Vec<String> = Vec::new();
        let mut field: Vec<u8> = Vec::new();
        let mut state = State::FieldStart;
        let mut begins = self.line;
        let mut quote_line = self.line;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) => return Err(DatasetError::io(&self.file.path, &error)),
            };
            let at_end = chunk.is_empty();
            let open_quote =
                |line: u64, field: usize| DatasetError::new(self.file.clone().line(line), Problem::OpenQuote { field });
            if at_end {
                return match state {
                    State::Quoted => Err(open_quote(quote_line, fields.len() + 1)),
                    State::FieldStart if fields.is_empty() => Ok(None),
                    _ => {
                        fields.push(self.text(field)?);
                        Ok(Some(Record { place: self.file.clone().line(begins), fields }))
                    }
                };
            }
            if state == State::Quoted && field.len() > LONGEST_FIELD {
                return Err(open_quote(quote_line, fields.len() + 1));
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in chunk {
                used += 1;
                if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                    continue;
                }
                if byte == b'\n' || (byte == b'\r' && state != State::Quoted) {
                    self.line += 1;
                }
                if state == State::Quoted {
                    if byte == b'"' {
                        state = State::Quote
                    } else {
                        field.push(byte)
                    }
                    continue;
                }
                match byte {
                    b'"' if state == State::FieldStart => {
                        state = State::Quoted;
                        quote_line = self.line;
                    }
                    b'"' if state == State::Quote => {
                        field.push(b'"');
                        state = State::Quoted;
                    }
                    b'\n' | b'\r' => {
                        self.after_cr = byte == b'\r';
                        if fields.is_empty() && state == State::FieldStart {
                            begins = self.line;
                            continue;
                        }
                        ended = true;
                        break;
                    }
                    byte if byte == self.delimiter => {
                        fields.push(into_text(std::mem::take(&mut field), &self.file)?);
                        state = State::FieldStart;
                    }
                    _ if state == State::Quote => {
                        let problem = Problem::TextAfterQuote { field: fields.len() + 1 };
                        return Err(DatasetError::new(self.file.clone().line(self.line), problem));
                    }
                    byte => {
                        field.push(byte);
                        state = State::Bare;
                    }
                }
            }
            self.reader.consume(used);
            if ended {
                fields.push(self.text(field)?);
                return Ok(Some(Record { place: self.file.clone().line(begins), fields }));
            }
        }
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, DatasetError> {
        into_text(bytes, &self.file)
    }
}

/// A field's bytes as the text they are: the reader has decoded them, and delimiters are ASCII.
fn into_text(bytes: Vec<u8>, file: &Place) -> Result<String, DatasetError> {
    String::from_utf8(bytes).map_err(|e| DatasetError::new(file.clone(), Problem::Unreadable(e.to_string())))
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let record = self.record();
        self.done = !matches!(record, Ok(Some(_)));
        record.transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, dialect: Dialect) -> Result<Vec<Vec<String>>, String> {
        let records = Records::new(text.as_bytes(), Path::new("a"), dialect);
        records.map(|record| record.map(|r| r.fields).map_err(|e| e.to_string())).collect()
    }

    proptest! {
        /// What the csv crate writes reads back as it was, whatever the line ends.
        #[test]
        fn what_was_written_is_read(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\t\r\n 中\u{0}]{0,6}", 3), 1..6),
            tabs: bool,
            crlf: bool,
        ) {
            let (dialect, delimiter) = if tabs { (Dialect::Tsv, b'\t') } else { (Dialect::Csv, b',') };
            let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(end).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("written");
            }
            let text = String::from_utf8(writer.into_inner().expect("written")).expect("text");
            prop_assert_eq!(read(&text, dialect), Ok(rows));
        }

        /// No text makes the reader panic, and small buffers read as large ones.
        #[test]
        fn buffers_make_no_difference(text in "[a,\"\r\n]{0,40}", size in 1usize..5) {
            let small = std::io::BufReader::with_capacity(size, text.as_bytes());
            let records = Records::new(small, Path::new("a"), Dialect::Csv);
            let small: Result<Vec<Vec<String>>, String> =
                records.map(|record| record.map(|r| r.fields).map_err(|e| e.to_string())).collect();
            prop_assert_eq!(small, read(&text, Dialect::Csv));
        }
    }
}
