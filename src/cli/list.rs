//! `epitome list`.

use clap::Args;

use super::{Exit, Global};

/// List what there is to choose from
#[derive(Debug, Args)]
pub struct ListArgs {}

/// Placeholder until its slice lands.
pub fn run(_args: &ListArgs, _global: &Global) -> anyhow::Result<Exit> {
    anyhow::bail!("not there yet")
}
