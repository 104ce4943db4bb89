//! Apache Parquet, by row groups: one page of each column is held at a time. Behind the feature `parquet`.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row as Record};
use serde_json::{Map, Value};

use super::decode::open_bytes;
use super::error::{At, DatasetError, Place, Problem};
use super::rows::{Row, Rows};

/// Streams a Parquet file's rows, which are numbered from 1 as the format has no lines.
pub(super) fn rows(path: &Path) -> Result<Rows, DatasetError> {
    let io = |e: std::io::Error| DatasetError::io(path, &e);
    let place = Place::file(path);
    let unreadable = |e: ParquetError| DatasetError::new(Place::file(path), Problem::Unreadable(e.to_string()));
    let packed = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz") || e.eq_ignore_ascii_case("zst"));
    let file = if packed {
        // Parquet is read from its end, so what is packed is first unpacked to a file that vanishes by itself.
        let mut unpacked = tempfile::tempfile().map_err(io)?;
        std::io::copy(&mut open_bytes(path)?, &mut unpacked).map_err(io)?;
        unpacked.seek(SeekFrom::Start(0)).map_err(io)?;
        unpacked
    } else {
        File::open(path).map_err(io)?
    };
    let rows = RowIter::from_file_into(Box::new(SerializedFileReader::new(file).map_err(unreadable)?));
    Ok(Box::new(rows.zip(1u64..).map(move |(record, number)| {
        let place = Place { at: At::Row(number), ..place.clone() };
        match record {
            Ok(record) => Ok(Row { place, cells: cells(&record) }),
            Err(error) => Err(DatasetError::new(place, Problem::Unreadable(error.to_string()))),
        }
    })))
}

fn cells(record: &Record) -> Map<String, Value> {
    record.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect()
}

/// A field as JSON. Bytes that are not marked as text are text if they are UTF-8 (older writers mark none), else null.
fn json(field: &Field) -> Value {
    match field {
        Field::Bytes(bytes) => std::str::from_utf8(bytes.data()).map_or(Value::Null, Value::from),
        Field::Group(record) => Value::Object(cells(record)),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        Field::Date(days) => date(*days).map_or(Value::Null, Value::from),
        Field::TimestampMillis(t) => moment(jiff::Timestamp::from_millisecond(*t)),
        Field::TimestampMicros(t) => moment(jiff::Timestamp::from_microsecond(*t)),
        other => other.to_json_value(),
    }
}

/// The day that is so many days after 1970-01-01.
fn date(days: i32) -> Option<String> {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|date| date.to_string())
}

fn moment(moment: Result<jiff::Timestamp, jiff::Error>) -> Value {
    moment.map_or(Value::Null, |moment| Value::String(moment.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::dataset::{Dataset, Spec};

    /// A file of `groups` row groups of three rows each, with text, bytes, numbers, dates and lists.
    fn written(groups: i64) -> Vec<u8> {
        let schema = "message rows {
            required int64 id;
            required binary source (UTF8);
            optional binary title;
            required int32 day (DATE);
            required int64 date (TIMESTAMP_MILLIS);
            optional group references (LIST) { repeated group list { required binary element (UTF8); } }
        }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("a writer");
        for group in 0..groups {
            let mut columns = file.next_row_group().expect("a group");
            let text = |s: &str| ByteArray::from(s.as_bytes().to_vec());
            let mut column = columns.next_column().expect("a column").expect("id");
            let ids = [group * 3, group * 3 + 1, group * 3 + 2];
            column.typed::<Int64Type>().write_batch(&ids, None, None).expect("written");
            column.close().expect("closed");
            let mut column = columns.next_column().expect("a column").expect("source");
            let sources = [text("颱風"), text("B"), text("C")];
            column.typed::<ByteArrayType>().write_batch(&sources, None, None).expect("written");
            column.close().expect("closed");
            let mut column = columns.next_column().expect("a column").expect("title");
            column.typed::<ByteArrayType>().write_batch(&[text("T")], Some(&[1, 0, 0]), None).expect("written");
            column.close().expect("closed");
            let mut column = columns.next_column().expect("a column").expect("day");
            column.typed::<Int32Type>().write_batch(&[20332, 20332, 20332], None, None).expect("written");
            column.close().expect("closed");
            let mut column = columns.next_column().expect("a column").expect("date");
            let moment = 1_756_693_800_000;
            column.typed::<Int64Type>().write_batch(&[moment, moment, moment], None, None).expect("written");
            column.close().expect("closed");
            let mut column = columns.next_column().expect("a column").expect("references");
            let references = [text("R1"), text("R2"), text("R3")];
            column
                .typed::<ByteArrayType>()
                .write_batch(&references, Some(&[2, 2, 0, 2]), Some(&[0, 1, 0, 0]))
                .expect("written");
            column.close().expect("closed");
            columns.close().expect("closed");
        }
        file.into_inner().expect("closed")
    }

    fn open(name: &str, content: &[u8]) -> (tempfile::TempDir, Result<Dataset, DatasetError>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), content).expect("written");
        let spec = Spec { name: "d".into(), articles: Some(name.into()), ..Spec::default() };
        let dataset = Dataset::open(&spec, folder.path());
        (folder, dataset)
    }

    #[test]
    fn rows_of_every_group_are_articles() {
        let packed = zstd::encode_all(written(2).as_slice(), 1).expect("packed");
        for (name, content) in [("a.parquet", written(2)), ("a.parquet.zst", packed)] {
            let (_folder, dataset) = open(name, &content);
            let dataset = dataset.expect("in order");
            let entries: Vec<_> = dataset.entries().expect("opens").map(|e| e.expect("in order")).collect();
            let ids: Vec<&str> = entries.iter().map(|e| e.article.id.as_str()).collect();
            assert_eq!(ids, ["0", "1", "2", "3", "4", "5"]);
            assert_eq!(entries[3].article.source, "颱風");
            assert_eq!(entries[3].article.title.as_deref(), Some("T"));
            assert_eq!(entries[4].article.title, None);
            assert_eq!(entries[0].article.date.as_deref(), Some("2025-09-01T02:30:00Z"));
            let counts: Vec<usize> = entries.iter().map(|e| e.references.len()).collect();
            assert_eq!(counts, [2, 0, 1, 2, 0, 1]);
        }
    }

    #[test]
    fn a_day_may_be_the_date() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.parquet"), written(1)).expect("written");
        let spec: Spec =
            toml::from_str("name = 'd'\narticles = 'a.parquet'\nfields = { date = 'day' }").expect("a table");
        let dataset = Dataset::open(&spec, folder.path()).expect("in order");
        let entry = dataset.entries().expect("opens").next().expect("an entry").expect("in order");
        assert_eq!(entry.article.date.as_deref(), Some("2025-09-01"));
    }

    #[test]
    fn what_is_no_parquet_is_said_so() {
        let (_folder, error) = open("a.parquet", b"id,source\n");
        let error = error.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("a.parquet: cannot be read: "), "{error}");
    }
}
