//! Hashes of what was read, which do not depend on the order or the format of files.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A hash over many parts, each known by its article: the same whatever order they come in.
#[derive(Debug, Default)]
pub(super) struct Unordered(Vec<[u8; 32]>);

impl Unordered {
    /// Adds an article's part. Parts that differ in anything that serializes are told apart.
    pub fn add(&mut self, part: &impl Serialize) -> Result<(), serde_json::Error> {
        self.0.push(Sha256::digest(serde_json::to_vec(part)?).into());
        Ok(())
    }

    /// The hash as 64 hexadecimal digits.
    pub fn finish(mut self) -> String {
        self.0.sort_unstable();
        let mut hash = Sha256::new();
        for part in &self.0 {
            hash.update(part);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
