//! Placeholder until its slice lands.
use super::Family;
/// Entry.
pub static FAMILY: Family =
    Family { name: "facts", about: "", source: "", names: &[], answers: |_| false, build: |_| Ok(Vec::new()) };
/// Entry.
pub static GROUNDING: Family =
    Family { name: "grounding", about: "", source: "", names: &[], answers: |_| false, build: |_| Ok(Vec::new()) };
