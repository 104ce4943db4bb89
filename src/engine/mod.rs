//! The engine: a plan and its data make a record.

pub mod event;
