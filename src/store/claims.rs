//! Who may ask for what: claims, within a process and between processes that share a store.
//!
//! A claim is exact within a process. Between processes it is a lock on one of a few thousand files that stay where they are, by
//! the beginning of the entry's name: a file of its own for each claim, made and taken away again, costs more than all the
//! rest of keeping an output (some file systems look through all that was deleted in the last seconds for each file they
//! make). So now and then two processes wait for each other that need not. The system gives back what a dead process held.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::StoreError;
use super::outputs::{in_folder, same_file};

/// So many digits of an entry's name choose the file that is locked.
const DIGITS: usize = 3;

/// The claims of a process on one store.
#[derive(Debug, Default)]
pub(super) struct Claims {
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    /// The names of entries.
    names: HashSet<String>,
    /// The files that are locked for them.
    locks: HashMap<PathBuf, Lock>,
}

#[derive(Debug)]
enum Lock {
    /// Another process may have it.
    Awaited,
    /// This process has it, for so many claims; closing the file gives it back.
    Taken { _file: File, claims: usize },
}

/// The right to write an entry; given back when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Claim {
    claims: Arc<Claims>,
    name: String,
    path: PathBuf,
}

impl Claims {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the claim on an entry's name, waiting for whoever has it. Locked files lie in `folder`.
    pub fn take(self: &Arc<Self>, folder: &Path, name: &str) -> Result<Claim, StoreError> {
        let path = folder.join(&name[..DIGITS]);
        let claim = || Claim { claims: self.clone(), name: name.to_owned(), path: path.clone() };
        let mut held = self.lock();
        loop {
            if !held.names.contains(name) {
                match held.locks.get_mut(&path) {
                    None => break,
                    Some(Lock::Taken { claims, .. }) => {
                        *claims += 1;
                        held.names.insert(name.to_owned());
                        return Ok(claim());
                    }
                    Some(Lock::Awaited) => {}
                }
            }
            held = self.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.locks.insert(path.clone(), Lock::Awaited);
        drop(held);
        let file = lock_file(folder, &path);
        let mut held = self.lock();
        held.locks.remove(&path);
        let taken = file.map(|file| {
            held.locks.insert(path.clone(), Lock::Taken { _file: file, claims: 1 });
            held.names.insert(name.to_owned());
            claim()
        });
        drop(held);
        self.changed.notify_all();
        taken
    }
}

/// Opens and locks a file, waiting for other processes.
fn lock_file(folder: &Path, path: &Path) -> Result<File, StoreError> {
    loop {
        let file = in_folder(folder, || File::options().create(true).truncate(false).write(true).open(path))?;
        let file = file.map_err(StoreError::io("cannot write", path))?;
        file.lock().map_err(StoreError::io("cannot lock", path))?;
        // Somebody may have taken the store away meanwhile; a lock on what nobody finds keeps nobody out.
        if same_file(&file, path) {
            return Ok(file);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut held = self.claims.lock();
        held.names.remove(&self.name);
        let last = match held.locks.get_mut(&self.path) {
            Some(Lock::Taken { claims, .. }) => {
                *claims -= 1;
                *claims == 0
            }
            _ => false,
        };
        if last {
            held.locks.remove(&self.path);
        }
        drop(held);
        self.claims.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn names_of_one_file_do_not_wait_for_each_other_within_a_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let claims = Arc::new(Claims::default());
        let first = claims.take(folder.path(), "abc1").expect("a claim");
        let second = claims.take(folder.path(), "abc2").expect("a claim");
        drop(first);
        let again = claims.take(folder.path(), "abc1").expect("a claim");
        drop((second, again));
        assert!(claims.lock().locks.is_empty() && claims.lock().names.is_empty());
    }

    #[test]
    fn another_process_waits_until_the_last_claim_on_a_file_is_given_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let (claims, others) = (Arc::new(Claims::default()), Arc::new(Claims::default()));
        let first = claims.take(folder.path(), "abc1").expect("a claim");
        let second = claims.take(folder.path(), "abc2").expect("a claim");
        let given_back = AtomicBool::new(false);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let _claim = others.take(folder.path(), "abc1").expect("a claim");
                assert!(given_back.load(Ordering::SeqCst), "it did not wait");
            });
            drop(first);
            // Nothing tells when it waits; whenever it comes, the file is locked.
            thread::yield_now();
            given_back.store(true, Ordering::SeqCst);
            drop(second);
            waiting.join().expect("it was let in");
        });
    }
}
