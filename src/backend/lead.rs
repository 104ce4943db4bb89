//! Placeholder until its slice lands.
use super::{Kind, SetupError};
/// Entry.
pub static KIND: Kind = Kind {
    name: "lead",
    about: "",
    source: "",
    example: "",
    build: |_| Err(SetupError { path: String::new(), message: "not there yet".into() }),
};
