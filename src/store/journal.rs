//! A run while it is being written.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::{StoreError, pretty, write_atomically};
use crate::model::record::RunRecord;

/// The journal's name, in the run's folder.
pub(super) const JOURNAL: &str = "items.partial.jsonl";

/// A line of the journal: where it begins, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    offset: u64,
    length: u32,
}

/// Writes one run's folder.
#[derive(Debug)]
pub struct RunWriter {
    folder: PathBuf,
    journal: BufWriter<File>,
    offset: u64,
}

impl RunWriter {
    /// Makes the folder, which must not exist, and opens its journal.
    pub fn create(folder: &Path) -> Result<Self, StoreError> {
        let parent = folder.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(StoreError::io("cannot make the folder", parent))?;
        fs::create_dir(folder).map_err(StoreError::io("cannot make the folder", folder))?;
        let path = folder.join(JOURNAL);
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path);
        let file = file.map_err(StoreError::io("cannot write", &path))?;
        // Tells that the run is alive (`Reports::abandoned`); where the file system has no locks, nothing does.
        let _ = file.try_lock();
        let journal = BufWriter::new(file);
        Ok(RunWriter { folder: folder.to_owned(), journal, offset: 0 })
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn journal_path(&self) -> PathBuf {
        self.folder.join(JOURNAL)
    }

    /// Appends a line, with its line feed, to the journal.
    pub fn append(&mut self, line: &[u8]) -> Result<Line, StoreError> {
        self.journal.write_all(line).map_err(StoreError::io("cannot write", &self.journal_path()))?;
        let at = Line { offset: self.offset, length: u32::try_from(line.len()).unwrap_or(u32::MAX) };
        self.offset += line.len() as u64;
        Ok(at)
    }

    /// Writes `items.jsonl`: lines of the journal in the order given.
    pub fn write_items(&mut self, order: impl Iterator<Item = Line>) -> Result<(), StoreError> {
        let journal = self.journal_path();
        let path = self.folder.join("items.jsonl");
        self.journal.flush().map_err(StoreError::io("cannot write", &journal))?;
        let file = self.journal.get_mut();
        file.rewind().map_err(StoreError::io("cannot read", &journal))?;
        let mut from = BufReader::with_capacity(1 << 16, file);
        let temporary =
            tempfile::NamedTempFile::new_in(&self.folder).map_err(StoreError::io("cannot write beside", &path))?;
        let mut into = BufWriter::new(temporary);
        let (mut position, mut buffer) = (0u64, Vec::new());
        for line in order {
            // Lines mostly stand in the wanted order already; a short seek keeps the buffer.
            let step = line.offset.cast_signed() - position.cast_signed();
            from.seek_relative(step).map_err(StoreError::io("cannot read", &journal))?;
            buffer.resize(line.length as usize, 0);
            from.read_exact(&mut buffer).map_err(StoreError::io("cannot read", &journal))?;
            into.write_all(&buffer).map_err(StoreError::io("cannot write", &path))?;
            position = line.offset + u64::from(line.length);
        }
        let temporary = into.into_inner().map_err(|e| StoreError::io("cannot write", &path)(e.into_error()))?;
        super::readable(temporary.path());
        temporary.persist(&path).map_err(|e| StoreError::io("cannot replace", &path)(e.error))?;
        Ok(())
    }

    /// Writes `run.json`, and takes the journal away.
    pub fn finish(self, record: &RunRecord) -> Result<PathBuf, StoreError> {
        let path = self.folder.join("run.json");
        let bytes = pretty(record).map_err(|error| StoreError::Document {
            path: path.clone(),
            line: None,
            message: format!("cannot be written: {error}"),
        })?;
        write_atomically(&path, &bytes)?;
        let journal = self.journal_path();
        fs::remove_file(&journal).map_err(StoreError::io("cannot remove", &journal))?;
        Ok(self.folder)
    }
}
