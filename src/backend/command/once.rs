//! `mode = "once"`: a process an article.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::process::{Collected, Collecting, Launch, Running, Tail, ending};
use crate::backend::{Cause, Trace, measure};
use crate::model::{Failure, FailureKind};

/// How often a process is looked at whose output is still open.
const GLANCE: Duration = Duration::from_millis(20);

/// How long what a process started may hold its output open after it ended; then all of its group is ended.
const GRACE: Duration = Duration::from_millis(200);

/// How long it may still be open then, as one that left the group may hold it. Long, as on a machine with much to do
/// what was written may not have been read yet.
const ESCAPED: Duration = Duration::from_secs(5);

/// Starts the program, gives it `stdin`, and returns what it wrote to stdout.
pub fn run(
    launch: &Launch,
    stdin: Vec<u8>,
    variables: &[(&str, String)],
    timeout: Duration,
    max_output: usize,
) -> (Result<String, Cause>, Trace) {
    let mut trace = Trace { attempts: 1, ..Trace::default() };
    let deadline = Instant::now() + timeout;
    let failed = |kind, message: String| Err(Cause::Failed(Failure::new(kind, message)));
    let Running { mut group, stdin: mut input, stdout, stderr } = match launch.start(variables) {
        Ok(running) => running,
        Err(failure) => return (Err(Cause::Failed(failure)), trace),
    };
    // A program need not read all of its input: a pipe that it closes is no failure.
    thread::spawn(move || _ = input.write_all(&stdin));
    let tail = Tail::start(stderr);
    let (done, finished) = mpsc::channel();
    let collected = Collected::start(stdout, max_output, move || _ = done.send(()));

    let (mut ended, mut killed): (Option<Instant>, bool) = (None, false);
    let in_time = loop {
        let now = Instant::now();
        if now >= deadline {
            break false;
        }
        match finished.recv_timeout(GLANCE.min(deadline - now)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => {
                if group.ended().is_some() {
                    let since = ended.get_or_insert_with(Instant::now).elapsed();
                    if since > ESCAPED {
                        break true;
                    }
                    if since > GRACE && !std::mem::replace(&mut killed, true) {
                        group.kill();
                    }
                }
            }
        }
    };
    let overflowed = collected.state() == Collecting::Overflowed;
    let status = if in_time && !overflowed { group.wait(deadline) } else { None };
    // Also after a good end: what the process left behind in its group ends with its item.
    group.kill();
    tail.settle();
    let stderr = tail.since(0);
    let output = collected.take();
    let result = match status {
        _ if overflowed => {
            let message = format!("it wrote more than {max_output} bytes to stdout and was ended; raise `max_output`?");
            failed(FailureKind::TooLarge, message)
        }
        None => failed(FailureKind::Timeout, format!("no answer within {}; it was ended", measure::shown(timeout))),
        Some(status) if !status.success() => failed(FailureKind::Process, ending(Some(status), &stderr)),
        Some(_) => match String::from_utf8(output) {
            Ok(text) => Ok(text),
            Err(error) => {
                let message = format!("stdout is not UTF-8: byte {} is wrong", error.utf8_error().valid_up_to());
                failed(FailureKind::Malformed, message)
            }
        },
    };
    trace.stderr = Some(stderr).filter(|stderr| !stderr.is_empty());
    (result, trace)
}
