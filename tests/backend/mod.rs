//! Backends against real servers and processes.

#[cfg(unix)]
mod documents;
#[cfg(unix)]
mod faults;
mod http;
#[cfg(unix)]
mod judge;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod secrets;
pub mod server;
#[cfg(unix)]
mod store;
