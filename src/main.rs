//! The `epitome` command: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    epitome::cli::main(std::env::args_os()).into()
}
