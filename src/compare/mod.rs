//! Runs held against each other, and against what was accepted.

pub mod gate;
