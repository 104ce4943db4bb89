//! `epitome facts`.

use clap::Args;

use super::{Exit, Global};

/// Check, find and draft facts
#[derive(Debug, Args)]
pub struct FactsArgs {}

/// Placeholder until its slice lands.
pub fn run(_args: &FactsArgs, _global: &Global) -> anyhow::Result<Exit> {
    anyhow::bail!("not there yet")
}
