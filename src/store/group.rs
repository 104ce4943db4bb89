//! Outputs that come fast are brought to disk in groups.
//!
//! To bring a file to disk takes milliseconds, however small it is. So what comes is written, line by line, to a journal of
//! the process's own, which one call brings to disk for all lines that came meanwhile; only then does it get its entry in
//! the store. [`Group::settle`] waits until all that was handed in is safe: nothing counts before.
//!
//! Journals lie in `journal/` and are locked while their process lives. One that a process left which was killed is read by
//! the next [`OutputStore::group`]: entries that are missing are made, and failures that had been noted are known
//! ([`Group::failure`]), so that a run that goes on asks for neither again. After a power loss, which may have taken away entries
//! that were there, every journal of an earlier boot is read so. A journal goes away when its entries are on disk
//! themselves, which is seen to in the background.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::StoreError;
use super::outputs::{Claim, Kept, Key, OutputStore};
use crate::model::Failure;

/// A request that failed, as a journal notes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// The name of the entry that it would have had.
    pub failed: String,
    /// The failure.
    pub failure: Failure,
    /// What was tried.
    #[serde(default)]
    pub trace: Value,
}

/// A journal's first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// Which boot of the machine it was written in; empty where that cannot be told.
    boot: String,
}

/// What waits to be brought to disk.
struct Pending {
    line: Vec<u8>,
    /// Where the line's entry belongs; none for a failure.
    entry: Option<PathBuf>,
    /// Given back once the entry is there.
    _claim: Option<Claim>,
}

/// How far the group is.
#[derive(Debug, Default)]
struct Progress {
    handed_in: u64,
    safe: u64,
    error: Option<StoreError>,
}

/// Brings what a process asked for to disk, in groups.
#[derive(Debug)]
pub struct Group {
    send: Option<SyncSender<Pending>>,
    thread: Option<JoinHandle<()>>,
    progress: Arc<(Mutex<Progress>, Condvar)>,
    /// Failures that killed runs had noted, by entry name.
    failures: HashMap<String, Failed>,
    store: OutputStore,
    journal: PathBuf,
}

/// How many may wait to be brought to disk before those who hand in wait as well.
const QUEUE: usize = 1024;

fn lock(progress: &(Mutex<Progress>, Condvar)) -> MutexGuard<'_, Progress> {
    progress.0.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OutputStore {
    /// Opens a group of this process's own, after taking in what killed ones have left.
    pub fn group(&self) -> Result<Group, StoreError> {
        let folder = self.journals();
        fs::create_dir_all(&folder).map_err(StoreError::io("cannot make the folder", &folder))?;
        let (left, failures) = self.take_in(&folder)?;
        // Locked before it is where others look, so that nobody takes it for one left behind.
        let (file, path) = begin(self.root(), &folder, &head(&failures))
            .map_err(StoreError::io("cannot write a journal in", &folder))?;
        // So that the journal itself is found after a power loss; not every system can do that to a folder.
        let _ = File::open(&folder).and_then(|folder| folder.sync_all());
        let store = self.clone();
        thread::spawn(move || left.into_iter().for_each(|left| left.clear(&store)));
        let (send, receive) = sync_channel(QUEUE);
        let progress = Arc::<(Mutex<Progress>, Condvar)>::default();
        let (shared, store, at) = (progress.clone(), self.clone(), path.clone());
        let thread = thread::spawn(move || commit(&store, file, &at, &receive, &shared));
        Ok(Group { send: Some(send), thread: Some(thread), progress, failures, store: self.clone(), journal: path })
    }

    /// Brings the entries of all journals to disk and takes the journals away, so that no entry removed now comes back.
    pub fn clear_journals(&self) -> Result<(), StoreError> {
        let (left, _) = self.take_in(&self.journals())?;
        left.into_iter().for_each(|left| left.clear(self));
        Ok(())
    }

    fn journals(&self) -> PathBuf {
        self.root().join("journal")
    }

    /// Reads the journals of processes that are gone.
    fn take_in(&self, folder: &Path) -> Result<(Vec<Left>, HashMap<String, Failed>), StoreError> {
        let (mut left, mut failures) = (Vec::new(), HashMap::new());
        for path in super::outputs::list(folder)? {
            let Ok(file) = File::open(&path) else { continue };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(StoreError::io("cannot lock", &path)(error)),
            }
            // Another process may have cleared it just before.
            if !super::outputs::same_file(&file, &path) {
                continue;
            }
            let ended_well = path.extension().is_some_and(|extension| extension == ENDED);
            let mut lines = BufReader::new(&file).split(b'\n').map_while(Result::ok);
            let head: Option<Head> = lines.next().and_then(|line| serde_json::from_slice(&line).ok());
            let same_boot = head.is_some_and(|head| !head.boot.is_empty() && head.boot == boot());
            if ended_well && same_boot {
                // All of its entries are there; which they are can wait.
                left.push(Left { file, path, entries: None });
                continue;
            }
            let mut entries = Vec::new();
            for line in lines {
                if let Ok(failed) = serde_json::from_slice::<Failed>(&line) {
                    if !ended_well {
                        failures.insert(failed.failed.clone(), failed);
                    }
                    continue;
                }
                // A line that was cut off, the last, was never safe.
                let Some(hash) = super::outputs::name(&line) else { continue };
                let entry = self.path(&hash);
                let there = match same_boot {
                    true => entry.exists(),
                    false => fs::read(&entry).is_ok_and(|bytes| super::outputs::is_whole(&bytes, &hash)),
                };
                if !there && !self.set_aside_as(&hash).exists() {
                    self.write(&entry, &line)?;
                }
                entries.push(entry);
            }
            left.push(Left { file, path, entries: Some(entries) });
        }
        Ok((left, failures))
    }
}

/// Makes a journal in `folder`, by way of `root`, and locks it.
fn begin(root: &Path, folder: &Path, head: &[u8]) -> std::io::Result<(File, PathBuf)> {
    let mut journal = tempfile::Builder::new().suffix(".jsonl").tempfile_in(root)?;
    journal.as_file().lock()?;
    journal.write_all(head)?;
    journal.as_file().sync_data()?;
    let path = folder.join(journal.path().file_name().unwrap_or_default());
    let file = journal.persist(&path).map_err(|error| error.error)?;
    Ok((file, path))
}

/// The extension of a journal whose run came to its end.
const ENDED: &str = "ended";

fn head(failures: &HashMap<String, Failed>) -> Vec<u8> {
    let mut lines = serde_json::to_vec(&Head { boot: boot() }).unwrap_or_default();
    lines.push(b'\n');
    for failed in failures.values() {
        lines.extend(serde_json::to_vec(failed).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}

/// What tells one boot of the machine from another, where the system says.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

/// A journal that its process left, locked.
struct Left {
    file: File,
    path: PathBuf,
    /// Where its entries stand, where that is known already.
    entries: Option<Vec<PathBuf>>,
}

impl Left {
    /// Takes the journal away, if all its entries that are still there can be brought to disk.
    fn clear(self, store: &OutputStore) {
        let entries = self.entries.unwrap_or_else(|| {
            let _ = (&self.file).rewind();
            let lines = BufReader::new(&self.file).split(b'\n').map_while(Result::ok);
            lines.filter_map(|line| super::outputs::name(&line)).map(|hash| store.path(&hash)).collect()
        });
        let mut folders: Vec<&Path> = entries.iter().filter_map(|entry| entry.parent()).collect();
        folders.sort_unstable();
        folders.dedup();
        let safe = |path: &Path| match File::open(path) {
            Ok(file) => file.sync_all().is_ok(),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if entries.iter().all(|entry| safe(entry)) && folders.into_iter().all(safe) {
            let _ = fs::remove_file(&self.path);
        }
        drop(self.file);
    }
}

/// Writes what comes to the journal, brings it to disk, and makes its entries; until nothing more comes.
fn commit(
    store: &OutputStore,
    mut journal: File,
    path: &Path,
    receive: &Receiver<Pending>,
    progress: &(Mutex<Progress>, Condvar),
) {
    while let Ok(first) = receive.recv() {
        let batch: Vec<Pending> = std::iter::once(first).chain(receive.try_iter().take(QUEUE)).collect();
        let mut lines = Vec::new();
        for pending in &batch {
            lines.extend_from_slice(&pending.line);
            lines.push(b'\n');
        }
        let written = journal.write_all(&lines).and_then(|()| journal.sync_data());
        let made = written.map_err(StoreError::io("cannot bring to disk", path)).and_then(|()| {
            let mut entries = batch.iter().filter_map(|pending| Some((pending.entry.as_ref()?, &pending.line)));
            entries.try_for_each(|(entry, line)| store.write(entry, line))
        });
        let mut state = lock(progress);
        state.safe += batch.len() as u64;
        if let Err(error) = made {
            state.error.get_or_insert(error);
        }
        progress.1.notify_all();
    }
}

impl Group {
    /// The failure that a killed run noted for a key, which it need not be asked for again.
    pub fn failure(&self, key: &Key) -> Option<&Failed> {
        self.failures.get(key.hash())
    }

    /// Hands in an output. Its claim is given back once its entry is there.
    pub fn put(&self, key: &Key, output: &Kept, claim: Claim) -> Result<(), StoreError> {
        let (entry, line) = self.store.entry(key, output)?;
        self.hand_in(Pending { line, entry: Some(entry), _claim: Some(claim) });
        Ok(())
    }

    /// Notes that asking for a key failed.
    pub fn fail(&self, key: &Key, failure: Failure, trace: Value) {
        let failed = Failed { failed: key.hash().to_owned(), failure, trace };
        let line = serde_json::to_vec(&failed).unwrap_or_default();
        self.hand_in(Pending { line, entry: None, _claim: None });
    }

    fn hand_in(&self, pending: Pending) {
        lock(&self.progress).handed_in += 1;
        if let Some(send) = &self.send {
            // Fails where the thread has panicked, which `settle` tells.
            let _ = send.send(pending);
        }
    }

    /// Waits until all that was handed in is safe, and its entries are there.
    pub fn settle(&self) -> Result<(), StoreError> {
        let mut state = lock(&self.progress);
        let until = state.handed_in;
        while state.safe < until && state.error.is_none() {
            if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
                let message = "the outputs' journal is no longer written; run again".to_owned();
                return Err(StoreError::Document { path: self.journal.clone(), line: None, message });
            }
            let wait = self.progress.1.wait_timeout(state, std::time::Duration::from_millis(100));
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.error.take().map_or(Ok(()), Err)
    }

    /// Ends a run that came to its end: its failures are no more than that, and the next run may ask again.
    pub fn end(self) -> Result<(), StoreError> {
        self.settle()?;
        let ended = self.journal.with_extension(ENDED);
        fs::rename(&self.journal, ended).map_err(StoreError::io("cannot rename", &self.journal))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.send.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::FailureKind;
    use crate::store::outputs::Found;

    fn store() -> (tempfile::TempDir, OutputStore) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = OutputStore::new(folder.path());
        (folder, store)
    }

    fn put(store: &OutputStore, group: &Group, i: usize) -> Key {
        let key = Key::new(json!(i));
        let claim = store.claim(&key).expect("a claim");
        group.put(&key, &Kept::new(format!("summary {i}"), 1), claim).expect("it is handed in");
        key
    }

    fn journals(store: &OutputStore) -> Vec<PathBuf> {
        crate::store::outputs::list(&store.journals()).expect("a folder")
    }

    /// What a killed process leaves: a journal that nobody has locked.
    fn kill(group: Group) {
        drop(group);
    }

    #[test]
    fn what_has_settled_is_there() {
        let (_folder, store) = store();
        let group = store.group().expect("a group");
        let keys: Vec<Key> = (0..100).map(|i| put(&store, &group, i)).collect();
        group.settle().expect("it is safe");
        for key in &keys {
            assert!(matches!(store.get(key), Ok(Found::Kept(_))));
        }
        group.end().expect("it ends");
        assert_eq!(journals(&store)[0].extension().and_then(|e| e.to_str()), Some(ENDED));
    }

    #[test]
    fn what_a_killed_run_had_written_is_taken_in() {
        let (_folder, store) = store();
        let group = store.group().expect("a group");
        let key = put(&store, &group, 1);
        let failed = Key::new(json!("failed"));
        group.fail(&failed, Failure::new(FailureKind::Status, "status 400"), json!({ "attempts": 1 }));
        group.settle().expect("it is safe");
        kill(group);
        // Between the journal and the entry.
        fs::remove_file(store.path(key.hash())).expect("the entry");
        let group = store.group().expect("a group");
        assert!(matches!(store.get(&key), Ok(Found::Kept(kept)) if kept.summary == "summary 1"));
        assert_eq!(group.failure(&failed).map(|f| f.failure.message.as_str()), Some("status 400"));
        kill(group);
        let group = store.group().expect("a group");
        assert!(group.failure(&failed).is_some(), "also after a second kill");
        group.end().expect("it ends");
        assert!(store.group().expect("a group").failure(&failed).is_none(), "a run that ended is over");
    }

    #[test]
    fn a_line_cut_off_and_a_live_journal_are_left_alone() {
        let (_folder, store) = store();
        let group = store.group().expect("a group");
        put(&store, &group, 1);
        group.settle().expect("it is safe");
        let live = journals(&store);
        let text = fs::read_to_string(&live[0]).expect("the journal");
        fs::write(store.journals().join("cut.jsonl"), &text[..text.len() - 20]).expect("it can be written");
        store.clear_journals().expect("cleared");
        assert_eq!(journals(&store), live);
        assert_eq!(store.entries().expect("entries").len(), 1);
    }

    #[test]
    fn after_a_power_loss_entries_that_are_not_whole_are_made_again() {
        let (_folder, store) = store();
        let group = store.group().expect("a group");
        let key = put(&store, &group, 1);
        group.end().expect("it ends");
        fs::write(store.path(key.hash()), "").expect("the entry lost its content");
        assert!(matches!(store.get(&Key::new(json!(2))), Ok(Found::Nothing)));
        let journal = journals(&store).remove(0);
        let text = fs::read_to_string(&journal).expect("the journal");
        let (_, lines) = text.split_once('\n').expect("lines");
        fs::write(&journal, format!("{{\"boot\":\"another\"}}\n{lines}")).expect("it can be written");
        drop(store.group().expect("a group"));
        assert!(matches!(store.get(&key), Ok(Found::Kept(kept)) if kept.summary == "summary 1"));
    }

    #[test]
    fn what_was_removed_or_set_aside_does_not_come_back() {
        let (_folder, store) = store();
        let group = store.group().expect("a group");
        let (removed, damaged) = (put(&store, &group, 1), put(&store, &group, 2));
        group.settle().expect("it is safe");
        kill(group);
        store.clear_journals().expect("cleared");
        fs::remove_file(store.path(removed.hash())).expect("the entry");
        let group = store.group().expect("a group");
        assert!(matches!(store.get(&removed), Ok(Found::Nothing)));
        let claim = store.claim(&damaged).expect("a claim");
        group.put(&damaged, &Kept::new("x".into(), 1), claim).expect("it is handed in");
        group.settle().expect("it is safe");
        fs::write(store.path(damaged.hash()), "{").expect("damage");
        assert!(matches!(store.get(&damaged), Ok(Found::Damaged(_))));
        kill(group);
        drop(store.group().expect("a group"));
        assert!(matches!(store.get(&damaged), Ok(Found::Nothing)));
    }
}
