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
        other => other.to_json_value(),
    }
}
