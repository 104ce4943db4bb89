//! Placeholder until its slice lands.
use super::Family;
/// Entry.
pub static FAMILY: Family =
    Family { name: "length", about: "", source: "", names: &[], answers: |_| false, build: |_| Ok(Vec::new()) };
