//! What runs leave on disk: atomic writes, schema versions, names for runs.
//!
//! A run's folder is `reports/<suite>/<run-id>/`. While it runs, items go line by line to a journal in that folder;
//! at the end they are put in canonical order and the journal goes away.

pub mod baseline;
mod claims;
pub mod group;
pub mod journal;
pub mod outputs;
pub mod runs;
pub mod shard;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub use group::Group;
pub use journal::{Line, RunWriter};
pub use outputs::OutputStore;
pub use runs::{Reports, RunFolder};

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system said no.
    #[error("{}: {action}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A document is not what it should be.
    #[error("{}{}: {message}", path.display(), line.map(|l| format!(":{l}")).unwrap_or_default())]
    Document {
        /// Which file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: Option<usize>,
        /// What is wrong and what to do.
        message: String,
    },
    /// No run answers to a name.
    #[error("{0}")]
    NoRun(String),
}

impl StoreError {
    /// Whether a file or folder could not be made because it is there already.
    pub fn is_already_there(&self) -> bool {
        matches!(self, StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists)
    }

    fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
        let path = path.to_owned();
        move |source| StoreError::Io { action, path, source }
    }
}

/// Writes a file whole or not at all: to a neighbour first, then renamed over the old one.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(StoreError::io("cannot make the folder", folder))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(StoreError::io("cannot write beside", path))?;
    file.write_all(contents).map_err(StoreError::io("cannot write", path))?;
    readable(file.path());
    file.persist(path).map_err(|error| StoreError::Io {
        action: "cannot replace",
        path: path.to_owned(),
        source: error.error,
    })?;
    Ok(())
}

/// Gives a temporary file, which is made for its owner alone, an ordinary file's permissions.
fn readable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// A JSON document as it is kept: indented, with a line feed at the end.
pub fn pretty(value: &impl serde::Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Refuses a document of another kind, or of a major version that this program does not know.
fn check_schema(path: &Path, value: &serde_json::Value, expected: &str) -> Result<(), StoreError> {
    let found = value.get("schema").and_then(serde_json::Value::as_str).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    let (kind, _) = expected.split_once('/').unwrap_or((expected, ""));
    let message = match found.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')) {
        Some(version) => format!("its schema version is {version}, which this epitome does not read; use a newer one"),
        None if found.is_empty() => format!("it has no \"schema\"; expected {expected}"),
        None => format!("it is a `{found}`, not a `{expected}`"),
    };
    Err(StoreError::Document { path: path.to_owned(), line: None, message })
}
