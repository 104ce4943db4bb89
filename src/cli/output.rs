//! Where words go: results to stdout, everything else to stderr, colour only on a terminal.

use std::io::Write;

use owo_colors::OwoColorize;

/// Prints an error to stderr.
pub fn error(message: &str) {
    let _ = writeln!(anstream::stderr(), "{} {message}", "error:".red().bold());
}

/// Prints a warning to stderr.
pub fn warning(message: &str) {
    let _ = writeln!(anstream::stderr(), "{} {message}", "warning:".yellow().bold());
}

/// Prints a remark to stderr.
pub fn remark(message: &str) {
    let _ = writeln!(anstream::stderr(), "{message}");
}
