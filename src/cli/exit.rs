//! Exit codes, all in one place.

use std::io;
use std::process::ExitCode;

/// How a command ended. The contract's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, every gate holds; also a closed pipe.
    Done = 0,
    /// A gate failed, or what `--fail-on` named was found.
    GateFailed = 1,
    /// A usage, suite or input error.
    Usage = 2,
    /// A system failed on more items than `[failures]` allows.
    TooManyFailures = 3,
    /// A defect of epitome.
    Internal = 4,
    /// Interrupted; what had finished is kept.
    Interrupted = 130,
}

impl Exit {
    /// Of two endings, the one that wins: 130, 4, 2, 3, 1, 0.
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        const ORDER: [Exit; 6] =
            [Exit::Interrupted, Exit::Internal, Exit::Usage, Exit::TooManyFailures, Exit::GateFailed, Exit::Done];
        ORDER.into_iter().find(|e| *e == self || *e == other).unwrap_or(self)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// An error that is epitome's fault, not the user's: exit code 4.
#[derive(Debug, thiserror::Error)]
#[error("internal error: {0}\nthis is a defect of epitome; please report it with the command that led here")]
pub struct Internal(pub String);

/// Whether something failed as nobody reads what it prints any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<serde_json::Error>() {
        Some(json) => json.io_error_kind(),
        None => cause.downcast_ref::<io::Error>().map(io::Error::kind),
    };
    error.chain().any(|cause| kind(cause) == Some(io::ErrorKind::BrokenPipe))
}

/// What was printed, or could not be as nobody reads on: a verdict stands all the same, and so does its exit code.
pub fn unless_closed(printed: anyhow::Result<()>) -> anyhow::Result<()> {
    printed.or_else(|error| if is_closed_pipe(&error) { Ok(()) } else { Err(error) })
}

/// Prints an error with its causes to stderr, and says which exit code it means.
pub fn report(error: &anyhow::Error) -> Exit {
    if is_closed_pipe(error) {
        return Exit::Done;
    }
    super::output::error(&format!("{error:#}"));
    if error.downcast_ref::<Internal>().is_some() { Exit::Internal } else { Exit::Usage }
}
