//! `epitome score`.

use clap::Args;

use super::{Exit, Global};

/// Score given texts
#[derive(Debug, Args)]
pub struct ScoreArgs {}

/// Placeholder until its slice lands.
pub fn run(_args: &ScoreArgs, _global: &Global) -> anyhow::Result<Exit> {
    anyhow::bail!("not there yet")
}
