//! `epitome init`.

use clap::Args;

use super::{Exit, Global};

/// Write a suite to start from
#[derive(Debug, Args)]
pub struct InitArgs {}

/// Placeholder until its slice lands.
pub fn run(_args: &InitArgs, _global: &Global) -> anyhow::Result<Exit> {
    anyhow::bail!("not there yet")
}
