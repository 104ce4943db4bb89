//! The output store: what summarizers wrote, kept under everything that shaped it.
//!
//! An entry is a file of its own, named by the SHA-256 of its key (the backend's whole configuration, what was sent, the
//! files that a command runs, the article, the sample). It is written beside its place, brought to disk, and renamed, so
//! that it is there whole or not at all; it carries a hash of its content, so that damage is seen. Several processes
//! share a store: whoever is about to ask takes the entry's [`Claim`] first, and the next one finds what came.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::StoreError;
pub use super::claims::Claim;
use super::claims::Claims;
use crate::model::Lang;

/// The schema name of an entry.
const SCHEMA: &str = "epitome.output/1";

/// Under what an output is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    shape: Value,
    hash: String,
}

impl Key {
    /// The key of everything that shapes an output. Objects count by their content, not by the order of their fields.
    pub fn new(shape: Value) -> Self {
        let mut canonical = String::new();
        write_canonical(&shape, &mut canonical);
        Key { hash: hex(&Sha256::digest(canonical.as_bytes())), shape }
    }

    /// The name of its entry.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a value with its objects' fields sorted.
fn write_canonical(value: &Value, into: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            into.push('{');
            for name in names {
                into.push_str(&Value::String(name.clone()).to_string());
                into.push(':');
                write_canonical(&fields[name], into);
                into.push(',');
            }
            into.push('}');
        }
        Value::Array(values) => {
            into.push('[');
            for value in values {
                write_canonical(value, into);
                into.push(',');
            }
            into.push(']');
        }
        scalar => into.push_str(&scalar.to_string()),
    }
}

/// What is kept of an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The summary, cleaned.
    pub summary: String,
    /// The answer before cleaning, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The summary's language, where the summarizer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// The cleaning steps that changed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleaned: Vec<String>,
    /// How many characters of the article the summarizer was shown, where that was not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<usize>,
    /// A judge's scores by field, where the entry is no output but what was said of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<serde_json::Map<String, Value>>,
    /// Why a judge has no score for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<String>,
    /// What the judge said beside its scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How it came about: attempts, tokens, cost, the model's own name.
    #[serde(default)]
    pub trace: Value,
    /// When it was written, in seconds since 1970.
    pub made: u64,
}

impl Kept {
    /// A summary that was written at a moment (seconds since 1970), and nothing else.
    pub fn new(summary: String, made: u64) -> Self {
        Kept {
            summary,
            raw: None,
            lang: None,
            cleaned: Vec::new(),
            shown: None,
            scores: None,
            not_applicable: None,
            note: None,
            trace: Value::Null,
            made,
        }
    }
}

/// An entry as it stands on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    schema: String,
    key: Value,
    sha256: String,
    output: Kept,
}

impl Entry {
    fn hash(output: &Kept) -> Result<String, serde_json::Error> {
        Ok(hex(&Sha256::digest(serde_json::to_vec(output)?)))
    }
}

/// What a look at the store found.
#[derive(Debug)]
pub enum Found {
    /// An output.
    Kept(Box<Kept>),
    /// None.
    Nothing,
    /// A damaged entry, which has been set aside under the path given.
    Damaged(PathBuf),
}

/// A folder of outputs, shared by runs and processes.
#[derive(Debug, Clone)]
pub struct OutputStore {
    root: PathBuf,
    claims: Arc<Claims>,
}

impl OutputStore {
    /// The store in a folder, which is made when the first output comes.
    pub fn new(root: &Path) -> Self {
        OutputStore { root: root.to_owned(), claims: Arc::default() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the entry of a name stands.
    pub(super) fn path(&self, hash: &str) -> PathBuf {
        self.root.join("outputs").join(&hash[..2]).join(format!("{hash}.json"))
    }

    /// Looks for an output.
    pub fn get(&self, key: &Key) -> Result<Found, StoreError> {
        let path = self.path(&key.hash);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(StoreError::io("cannot read", &path)(error)),
        };
        match check(&bytes, Some(&key.hash)) {
            Some(output) => Ok(Found::Kept(Box::new(output))),
            None => {
                let aside = self.aside(&path, &key.hash)?;
                Ok(Found::Damaged(aside))
            }
        }
    }

    /// Keeps an output. It is on disk when this returns.
    pub fn put(&self, key: &Key, output: &Kept) -> Result<(), StoreError> {
        let (path, bytes) = self.entry(key, output)?;
        let file = self.beside(&path, &bytes)?;
        file.as_file().sync_data().map_err(StoreError::io("cannot bring to disk", &path))?;
        file.persist(&path).map_err(|error| StoreError::io("cannot replace", &path)(error.error))?;
        Ok(())
    }

    /// An output's entry: where it belongs, and its bytes, which are one line.
    pub(super) fn entry(&self, key: &Key, output: &Kept) -> Result<(PathBuf, Vec<u8>), StoreError> {
        let path = self.path(&key.hash);
        let unwritable = |error: serde_json::Error| StoreError::Document {
            path: path.clone(),
            line: None,
            message: format!("the output cannot be written: {error}"),
        };
        let sha256 = Entry::hash(output).map_err(unwritable)?;
        let entry = Entry { schema: SCHEMA.to_owned(), key: key.shape.clone(), sha256, output: output.clone() };
        let bytes = serde_json::to_vec(&entry).map_err(unwritable)?;
        Ok((path, bytes))
    }

    /// Writes an entry's bytes whole or not at all. A power loss may take them away again.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let file = self.beside(path, bytes)?;
        file.persist(path).map_err(|error| StoreError::io("cannot replace", path)(error.error))?;
        Ok(())
    }

    fn beside(&self, path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, StoreError> {
        let folder = path.parent().unwrap_or(&self.root);
        let file = in_folder(folder, || tempfile::NamedTempFile::new_in(folder))?;
        let mut file = file.map_err(StoreError::io("cannot write beside", path))?;
        file.write_all(bytes).map_err(StoreError::io("cannot write", path))?;
        Ok(file)
    }

    /// Takes the right to write an entry, waiting for whoever has it. After a wait, look again: it may have come.
    pub fn claim(&self, key: &Key) -> Result<Claim, StoreError> {
        self.claims.take(&self.root.join("claims"), &key.hash)
    }

    /// Every entry, sorted by name.
    pub fn entries(&self) -> Result<Vec<Listed>, StoreError> {
        let mut entries = Vec::new();
        for folder in list(&self.root.join("outputs"))? {
            for path in list(&folder)? {
                if path.extension().is_none_or(|extension| extension != "json") {
                    continue;
                }
                let bytes = fs::read(&path).map_err(StoreError::io("cannot read", &path))?;
                let hash = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let entry: Option<Entry> = serde_json::from_slice(&bytes).ok();
                let of =
                    |name: &str| entry.as_ref().and_then(|e| e.key.pointer(name)?.as_str()).unwrap_or("?").to_owned();
                let (backend, article) = (of("/backend"), of("/article/id"));
                let output = check(&bytes, Some(&hash));
                entries.push(Listed { hash, bytes: bytes.len() as u64, backend, article, output, path });
            }
        }
        Ok(entries)
    }

    /// Takes an entry away.
    pub fn remove(&self, entry: &Listed) -> Result<(), StoreError> {
        fs::remove_file(&entry.path).map_err(StoreError::io("cannot remove", &entry.path))
    }

    /// Sets a damaged entry aside, and says where.
    pub fn set_aside(&self, entry: &Listed) -> Result<PathBuf, StoreError> {
        self.aside(&entry.path, &entry.hash)
    }

    fn aside(&self, path: &Path, hash: &str) -> Result<PathBuf, StoreError> {
        let aside = self.set_aside_as(hash);
        let folder = aside.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(StoreError::io("cannot make the folder", folder))?;
        fs::rename(path, &aside).map_err(StoreError::io("cannot set aside", path))?;
        Ok(aside)
    }

    /// Where a damaged entry of a name is set aside.
    pub(super) fn set_aside_as(&self, hash: &str) -> PathBuf {
        self.root.join("damaged").join(format!("{hash}.json"))
    }

    /// Writes every whole entry as a line of JSON, and says how many.
    pub fn export(&self, into: &mut dyn Write) -> Result<u64, StoreError> {
        let mut written = 0;
        for entry in self.entries()?.into_iter().filter(|entry| entry.output.is_some()) {
            let mut bytes = fs::read(&entry.path).map_err(StoreError::io("cannot read", &entry.path))?;
            bytes.push(b'\n');
            into.write_all(&bytes).map_err(StoreError::io("cannot export", &entry.path))?;
            written += 1;
        }
        Ok(written)
    }

    /// Takes in one line of an export. False where the store has that entry already; an error where it is damaged.
    pub fn import(&self, line: &str, from: &Path, number: usize) -> Result<bool, StoreError> {
        let damaged = |message: String| StoreError::Document { path: from.to_owned(), line: Some(number), message };
        let entry: Entry =
            serde_json::from_str(line).map_err(|error| damaged(format!("it is not an entry of a store: {error}")))?;
        let output = check(line.as_bytes(), None).ok_or_else(|| damaged("the entry is damaged".to_owned()))?;
        let key = Key::new(entry.key);
        if matches!(self.get(&key)?, Found::Kept(_)) {
            return Ok(false);
        }
        self.put(&key, &output)?;
        Ok(true)
    }
}

/// Opens a file in a folder, which is made where it is missing: mostly it is there.
pub(super) fn in_folder<T>(folder: &Path, open: impl Fn() -> io::Result<T>) -> Result<io::Result<T>, StoreError> {
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(StoreError::io("cannot make the folder", folder))?;
            Ok(open())
        }
        opened => Ok(opened),
    }
}

/// An entry of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its name: the hash of its key.
    pub hash: String,
    /// The size of its file.
    pub bytes: u64,
    /// The kind of summarizer that wrote it.
    pub backend: String,
    /// The article's id.
    pub article: String,
    /// What it holds; `None` where it is damaged.
    pub output: Option<Kept>,
    path: PathBuf,
}

/// The paths in a folder, sorted; none where there is no folder.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("cannot read", folder)(error)),
    };
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|e| e.path())).collect();
    let mut paths = paths.map_err(StoreError::io("cannot read", folder))?;
    paths.sort_unstable();
    Ok(paths)
}

/// What an entry holds, if it is whole and stands under its own name.
fn check(bytes: &[u8], hash: Option<&str>) -> Option<Kept> {
    let entry: Entry = serde_json::from_slice(bytes).ok()?;
    let named = hash.is_none_or(|hash| Key::new(entry.key).hash == hash);
    let whole = entry.schema == SCHEMA && Entry::hash(&entry.output).ok()? == entry.sha256;
    (named && whole).then_some(entry.output)
}

/// Whether an entry's bytes are what was written under a name.
pub(super) fn is_whole(bytes: &[u8], hash: &str) -> bool {
    check(bytes, Some(hash)).is_some()
}

/// The name of an entry, from its bytes, if they are whole.
pub(super) fn name(bytes: &[u8]) -> Option<String> {
    check(bytes, None)?;
    let entry: Entry = serde_json::from_slice(bytes).ok()?;
    Some(Key::new(entry.key).hash)
}

/// Whether an open file is still the one that its path leads to.
pub(super) fn same_file(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
        open.ino() == there.ino() && open.dev() == there.dev()
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use serde_json::json;

    use super::*;

    fn kept(summary: &str) -> Kept {
        Kept { trace: json!({ "attempts": 1 }), ..Kept::new(summary.into(), 1_700_000_000) }
    }

    #[test]
    fn what_is_put_is_found_under_its_key_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = OutputStore::new(folder.path());
        let key = Key::new(json!({ "a": 1, "b": [2, 3] }));
        assert!(matches!(store.get(&key), Ok(Found::Nothing)));
        store.put(&key, &kept("摘要")).expect("kept");
        let same = Key::new(json!({ "b": [2, 3], "a": 1 }));
        assert!(matches!(store.get(&same), Ok(Found::Kept(output)) if output.summary == "摘要"));
        let other = Key::new(json!({ "a": 1, "b": [3, 2] }));
        assert!(matches!(store.get(&other), Ok(Found::Nothing)));
    }

    #[test]
    fn damage_is_seen_and_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = OutputStore::new(folder.path());
        let key = Key::new(json!("k"));
        store.put(&key, &kept("twenty billion")).expect("kept");
        let path = store.path(key.hash());
        let text = fs::read_to_string(&path).expect("the entry").replace("twenty", "thirty");
        fs::write(&path, text).expect("damage");
        assert!(store.entries().expect("entries")[0].output.is_none());
        let Ok(Found::Damaged(aside)) = store.get(&key) else { panic!("the damage was not seen") };
        assert!(aside.is_file());
        assert!(matches!(store.get(&key), Ok(Found::Nothing)));
    }

    #[test]
    fn an_export_taken_in_elsewhere_is_the_same_store() {
        let (from, into) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (from, into) = (OutputStore::new(from.path()), OutputStore::new(into.path()));
        for i in 0..3 {
            from.put(&Key::new(json!(i)), &kept("x")).expect("kept");
        }
        let mut lines = Vec::new();
        assert_eq!(from.export(&mut lines).expect("an export"), 3);
        let lines = String::from_utf8(lines).expect("UTF-8");
        let place = Path::new("export.jsonl");
        assert!(lines.lines().all(|line| into.import(line, place, 1).expect("taken in")));
        assert!(lines.lines().all(|line| !into.import(line, place, 1).expect("there already")));
        assert!(into.import(&lines.lines().next().expect("a line").replace("\"x\"", "\"y\""), place, 7).is_err());
        assert_eq!(into.entries().expect("entries").len(), 3);
    }

    #[test]
    fn a_claim_lets_one_in_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = OutputStore::new(folder.path());
        let asked = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for item in 0..20 {
                        let key = Key::new(json!(item));
                        let _claim = store.claim(&key).expect("a claim");
                        if matches!(store.get(&key), Ok(Found::Nothing)) {
                            asked.fetch_add(1, Ordering::SeqCst);
                            store.put(&key, &kept("x")).expect("kept");
                        }
                    }
                });
            }
        });
        assert_eq!(asked.load(Ordering::SeqCst), 20);
    }
}
