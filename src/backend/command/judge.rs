//! `[[metric]] backend = "command"`: a judge of one's own, by the worker protocol (`docs/worker-protocol.md`).
//!
//! Its options are those of a summarizer, but that `mode` is `"worker"` unless the suite says otherwise; a process of `once`
//! is sent the same line on stdin, and answers with one on stdout. It is not told whose output it judges.

use serde_json::{Map, Value};

use super::protocol::{self, Task};
use super::{Input, Mode, Options, Program, Runner, inputs, once};
use crate::backend::excerpt::shorten;
use crate::backend::judge::{Judge, JudgeKind, Judged, Pair};
use crate::backend::{Cause, Setup, SetupError, Unwritten};
use crate::model::{Failure, FailureKind};

/// Entry.
pub static KIND: JudgeKind = JudgeKind { name: "command", build };

struct Command {
    metric: String,
    program: Program,
}

fn build(setup: &Setup<'_>) -> Result<Box<dyn Judge>, SetupError> {
    let options: Options = setup.options()?;
    if !options.clean.is_empty() {
        return Err(SetupError::new("clean", "scores are not cleaned; leave `clean` out"));
    }
    if options.input == Input::Text && setup.options.contains_key("input") {
        return Err(SetupError::new("input", "a judge is sent JSON lines; leave `input` out"));
    }
    Ok(Box::new(Command { metric: setup.system.to_owned(), program: Program::new(setup, options, Mode::Worker)? }))
}

impl Judge for Command {
    fn judge(&self, pair: &Pair<'_>) -> Result<Judged, Unwritten> {
        let task = Task::score(pair);
        let Program { launch, runner, secrets, .. } = &self.program;
        let (fields, mut trace) = match runner {
            Runner::Once { timeout, max_output, .. } => {
                let (answer, trace) = once::run(launch, task.line(0), &[], *timeout, *max_output);
                (answer.and_then(|text| object(&text)), trace)
            }
            Runner::Worker(pool) => pool.ask(&task, pair.stop),
        };
        let judged = fields.and_then(|fields| protocol::judged(fields, &mut trace));
        trace.redact(secrets);
        match judged {
            Ok(judged) => {
                let note = judged.note.map(|note| secrets.redact(note));
                Ok(Judged { note, trace: Box::new(trace), ..judged })
            }
            Err(cause) => Err(Unwritten { cause: cause.redacted(secrets), trace: Box::new(trace) }),
        }
    }

    fn in_flight(&self) -> Option<usize> {
        Some(self.program.in_flight())
    }

    fn identity(&self, pair: &Pair<'_>) -> Option<Value> {
        self.program.identity(&Task::score(pair))
    }

    fn content(&self) -> Option<String> {
        let mut hash = inputs::hash(self.program.configuration.to_string().as_bytes());
        hash.truncate(16);
        Some(hash)
    }

    fn remark(&self) -> Option<String> {
        self.program.remark(&self.metric)
    }
}

/// What a process of `once` answered.
fn object(text: &str) -> Result<Map<String, Value>, Cause> {
    serde_json::from_str(text).map_err(|_| {
        let message = format!("the answer is no JSON object: `{}`; messages go to stderr", shorten(text));
        Cause::Failed(Failure::new(FailureKind::Malformed, message))
    })
}
