//! Backends against real servers and processes.

mod http;
pub mod server;
