//! epitome: a summarization evaluation harness.

pub mod backend;
pub mod compare;
pub mod config;
pub mod dataset;
pub mod engine;
pub mod fact;
pub mod metric;
pub mod model;
pub mod report;
pub mod stats;
pub mod store;
pub mod text;
