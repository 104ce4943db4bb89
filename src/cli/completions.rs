//! `epitome completions SHELL`.

use std::io;

use clap::Args;
use clap_complete::Shell;

use super::Exit;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome completions bash > ~/.local/share/bash-completion/completions/epitome")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Writes the script to stdout.
pub fn run(args: &CompletionsArgs, command: &mut clap::Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "epitome", &mut script);
    io::Write::write_all(&mut io::stdout(), &script)?;
    Ok(Exit::Done)
}
