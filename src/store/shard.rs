//! `shard.jsonl`: the rows that a shard's run leaves beside its record.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{RunFolder, StoreError, check_schema};
use crate::model::ItemKey;
use crate::model::shard::{SHARD_SCHEMA, ShardHeader, ShardRow};

/// The file's name in a run's folder.
const FILE: &str = "shard.jsonl";

/// Writes the rows of a shard into its run's folder, whole or not at all.
pub fn write(folder: &Path, header: &ShardHeader, rows: impl Iterator<Item = ShardRow>) -> Result<(), StoreError> {
    let path = folder.join(FILE);
    let failed = |action| StoreError::io(action, &path);
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed("cannot write beside"))?;
    let mut into = BufWriter::new(temporary);
    let mut line = serde_json::to_vec(header).unwrap_or_default();
    line.push(b'\n');
    into.write_all(&line).map_err(failed("cannot write"))?;
    for row in rows {
        line.clear();
        serde_json::to_writer(&mut line, &row).map_err(|error| failed("cannot write")(error.into()))?;
        line.push(b'\n');
        into.write_all(&line).map_err(failed("cannot write"))?;
    }
    let temporary = into.into_inner().map_err(|error| failed("cannot write")(error.into_error()))?;
    super::readable(temporary.path());
    temporary.persist(&path).map_err(|error| failed("cannot replace")(error.error))?;
    Ok(())
}

/// A shard's items, each with its row.
#[derive(Debug)]
pub struct ShardItems {
    rows: Lines,
    items: Lines,
}

/// An item of a shard.
#[derive(Debug)]
pub struct ShardItem {
    /// Its row.
    pub row: ShardRow,
    /// Its line of `items.jsonl`, with the line feed.
    pub line: Vec<u8>,
}

impl ShardItems {
    /// Opens the shard in a run's folder, and reads its header.
    pub fn open(folder: &RunFolder) -> Result<(ShardHeader, Self), StoreError> {
        let path = folder.path().join(FILE);
        if !path.is_file() {
            let message = "it is the run of a whole suite, not of a shard; `epitome run --shard 1/16` makes one";
            return Err(StoreError::Document {
                path: folder.path().to_owned(),
                line: None,
                message: message.to_owned(),
            });
        }
        let mut rows = Lines::open(path)?;
        let items = Lines::open(folder.path().join("items.jsonl"))?;
        if !rows.next()? {
            return Err(rows.broken("it is empty; run the shard again"));
        }
        let value: serde_json::Value = rows.parse("a shard's header")?;
        check_schema(&rows.path, &value, SHARD_SCHEMA)?;
        let header: ShardHeader = rows.parse("a shard's header")?;
        if header.of == 0 || header.shard == 0 || header.shard > header.of {
            return Err(rows.broken(&format!("there is no shard {}/{}", header.shard, header.of)));
        }
        Ok((header, ShardItems { rows, items }))
    }

    /// An error at the row last read.
    pub fn broken(&self, message: &str) -> StoreError {
        self.rows.broken(message)
    }

    fn read(&mut self) -> Result<Option<ShardItem>, StoreError> {
        match (self.rows.next()?, self.items.next()?) {
            (false, false) => Ok(None),
            (true, true) => {
                let row: ShardRow = self.rows.parse("a shard's row")?;
                let Key(key) = self.items.parse("an item")?;
                if key != row.key {
                    return Err(self.rows.broken("it is not the row of the same line's item; run the shard again"));
                }
                Ok(Some(ShardItem { row, line: self.items.buffer.clone() }))
            }
            (true, false) => Err(self.items.broken("items are missing at its end; run the shard again")),
            (false, true) => Err(self.rows.broken("rows are missing at its end; run the shard again")),
        }
    }
}

impl Iterator for ShardItems {
    type Item = Result<ShardItem, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// An item's key, the rest of its line being passed over.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key(ItemKey);

/// A file's lines, one at a time.
#[derive(Debug)]
struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    line: usize,
    buffer: Vec<u8>,
}

impl Lines {
    fn open(path: PathBuf) -> Result<Self, StoreError> {
        let file = File::open(&path).map_err(StoreError::io("cannot read", &path))?;
        Ok(Lines { path, reader: BufReader::with_capacity(1 << 16, file), line: 0, buffer: Vec::new() })
    }

    /// Reads the next line; `false` at the end.
    fn next(&mut self) -> Result<bool, StoreError> {
        self.buffer.clear();
        self.line += 1;
        let read = self.reader.read_until(b'\n', &mut self.buffer);
        Ok(read.map_err(StoreError::io("cannot read", &self.path))? > 0)
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self, what: &str) -> Result<T, StoreError> {
        serde_json::from_slice(&self.buffer).map_err(|error| self.broken(&format!("it is not {what}: {error}")))
    }

    fn broken(&self, message: &str) -> StoreError {
        StoreError::Document { path: self.path.clone(), line: Some(self.line), message: message.to_owned() }
    }
}
