//! `command`: a summarizer of one's own, as a program.
//!
//! `run` is an argument vector; no shell stands between. With `mode = "once"` (the default) a process is started for
//! each article: the article's text (or, with `input = "json"`, the request as `docs/worker-protocol.md` describes it)
//! comes on stdin, the summary is what it writes to stdout, and an exit status other than 0 is a failure. With
//! `mode = "worker"` a few processes live through the run and answer one JSON line a request ([`worker`]).
//!
//! A process sees few environment variables: [`PASSED`], those that `env` names, those that `vars` gives, and
//! `EPITOME_DATASET`, `EPITOME_ARTICLE`, `EPITOME_SAMPLE` and `EPITOME_SEED` (`once` only). It has a process group of its
//! own, and at the time limit the whole group is killed; a child that left the group (`setsid`) survives. Values of the
//! variables that `env` names are taken out of stderr and messages.
//!
//! Starting a process takes about a millisecond, a worker's answer some tens of microseconds, beside the program's own time.
//!
//! Options, beside `run`:
//!
//! - `mode`: `"once"` or `"worker"`; `input`: `"text"` or `"json"`, for `once`.
//! - `processes`: how many at once (as many as cores for `once`, 1 for `worker`); `in_flight`: requests that a worker holds at
//!   once (1).
//! - `timeout` (`"60s"`) for an answer; `startup` (`"60s"`) for a worker's first answer on top of it.
//! - `retries`: how often an item is tried again when its worker died (2).
//! - `max_output`: the most that stdout may hold, or a worker's line (`"1MB"`).
//! - `cwd`: the working folder, relative to the suite, which is the default.
//! - `env`: names of variables passed on; `vars`: variables with their values.
//! - `inputs`: glob patterns of files, relative to the suite, that shape the output beside the arguments that are files.
//!   Their content is part of the key under which outputs are kept. What a program reads that is not named is not noticed;
//!   where neither an argument is a file nor `inputs` names one (`python3 -m summarizer`), nothing is kept, and the run says so.
//! - `clean`: steps of cleaning ([`super::clean`]).
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! # if cfg!(unix) {
//! let options: toml::Table = "run = ['head', '-n', '1']".parse().unwrap();
//! let setup = Setup { system: "first-line", options: &options, root: ".".as_ref() };
//! let command = (kind("command").unwrap().build)(&setup).unwrap();
//! let article: Article = serde_json::from_str(r#"{"id": "1", "source": "央行升息。\n股市下跌。"}"#).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 1, stop: None };
//! assert_eq!(command.summarize(&request).unwrap().text, "央行升息。");
//! # }
//! ```

pub(super) mod inputs;
pub(super) mod judge;
mod once;
mod process;
pub mod protocol;
pub mod worker;

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::clean::{self, Step};
use super::secret::Secrets;
use super::{Kind, Request, Setup, SetupError, Summarizer, Trace, Unwritten, Written, measure};
use crate::model::{Failure, FailureKind};
use process::Launch;
use worker::Pool;

/// Entry.
pub static KIND: Kind = Kind {
    name: "command",
    about: "a program of one's own: a process an article, or long-lived workers",
    source: "epitome, docs/worker-protocol.md",
    example: "[[system]]\nname = \"desk@v7\"\nbackend = \"command\"\nmode = \"worker\"\n\
              run = [\"python3\", \"summarize.py\"]\ninputs = [\"prompts/*.md\"]\ntimeout = \"60s\"\n",
    build,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(deserialize_with = "arguments")]
    run: Vec<String>,
    mode: Option<Mode>,
    #[serde(default)]
    input: Input,
    #[serde(default, deserialize_with = "measure::count")]
    processes: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::count")]
    in_flight: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::duration")]
    timeout: Option<Duration>,
    #[serde(default, deserialize_with = "measure::duration")]
    startup: Option<Duration>,
    retries: Option<u32>,
    #[serde(default, deserialize_with = "measure::bytes")]
    max_output: Option<usize>,
    #[serde(default)]
    cwd: PathBuf,
    #[serde(default)]
    env: Vec<String>,
    #[serde(default)]
    vars: BTreeMap<String, String>,
    #[serde(default)]
    inputs: Vec<String>,
    #[serde(default)]
    clean: Vec<Step>,
}

/// Reads an argument vector; a command line in one text is answered with the list that it should be.
fn arguments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Arguments;
    impl<'de> Visitor<'de> for Arguments {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts: the program, then its arguments")
        }

        fn visit_str<E: Error>(self, line: &str) -> Result<Self::Value, E> {
            let words: Vec<String> = line.split_whitespace().map(|word| format!("{word:?}")).collect();
            Err(E::custom(format!("`run` is a list, as no shell takes it apart: `run = [{}]`", words.join(", "))))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut arguments = Vec::new();
            while let Some(argument) = list.next_element()? {
                arguments.push(argument);
            }
            Ok(arguments)
        }
    }
    deserializer.deserialize_any(Arguments)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Once,
    Worker,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Input {
    #[default]
    Text,
    Json,
}

/// Environment variables that every process is given where they are set.
pub const PASSED: [&str; 10] =
    ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SystemRoot", "TEMP"];

const TIMEOUT: Duration = Duration::from_secs(60);
const STARTUP: Duration = Duration::from_secs(60);
const RETRIES: u32 = 2;
const MAX_OUTPUT: usize = 1_000_000;

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let steps = options.clean.clone();
    let program = Program::new(setup, options, Mode::Once)?;
    Ok(Box::new(Command { system: setup.system.to_owned(), program, steps }))
}

/// A program, ready to be run: what summarizers and judges have in common.
struct Program {
    launch: Launch,
    runner: Runner,
    secrets: Secrets,
    /// What of the options shapes an answer.
    configuration: serde_json::Value,
    /// Whether any file is known that shapes it.
    has_files: bool,
}

impl Program {
    fn new(setup: &Setup<'_>, options: Options, usual: Mode) -> Result<Self, SetupError> {
        let cwd = setup.root.join(&options.cwd);
        if !cwd.is_dir() {
            let message = format!("there is no folder `{}` beside the suite", options.cwd.display());
            return Err(SetupError::new("cwd", message));
        }
        let mut secrets = Secrets::default();
        let launch = Launch::new(&options.run, cwd, &environment(&options, &mut secrets)?)?;
        inputs::check_script(&launch.cwd, &options.run)?;
        let files = inputs::files(setup.root, &launch.cwd, &options.run, &options.inputs)?;
        let mode = options.mode.unwrap_or(usual);
        let has_files = !files.is_empty();
        let configuration = json!({
            "run": options.run,
            "mode": mode,
            "input": options.input,
            "cwd": options.cwd,
            "env": options.env,
            "vars": options.vars,
            "files": files,
        });
        let runner = Runner::new(setup, &options, mode, &launch)?;
        Ok(Program { launch, runner, secrets, configuration, has_files })
    }

    /// What a user should know whose program's files are not known, in a line that names its system or metric.
    fn remark(&self, name: &str) -> Option<String> {
        (!self.has_files).then(|| {
            format!(
                "{name}: outputs are not kept, as no file is known that would tell when the program changes; name its files in \
                 `inputs`"
            )
        })
    }

    fn in_flight(&self) -> usize {
        match &self.runner {
            Runner::Once { at_once, .. } => *at_once,
            Runner::Worker(pool) => pool.in_flight(),
        }
    }

    /// The key of an answer to a task; `None` where nothing is kept.
    fn identity(&self, task: &protocol::Task<'_>) -> Option<serde_json::Value> {
        self.has_files.then(|| {
            let mut identity = self.configuration.clone();
            identity["request"] = inputs::hash(&task.line(0)).into();
            identity
        })
    }
}

impl Runner {
    fn new(setup: &Setup<'_>, options: &Options, mode: Mode, launch: &Launch) -> Result<Self, SetupError> {
        let timeout = options.timeout.unwrap_or(TIMEOUT);
        let max_output = options.max_output.unwrap_or(MAX_OUTPUT);
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        match mode {
            Mode::Once => {
                for (name, given) in [
                    ("in_flight", options.in_flight.is_some()),
                    ("startup", options.startup.is_some()),
                    ("retries", options.retries.is_some()),
                ] {
                    if given {
                        return Err(SetupError::new(
                            name,
                            format!("`{name}` is for `mode = \"worker\"`; leave it out"),
                        ));
                    }
                }
                let at_once = options.processes.map_or_else(cores, NonZeroUsize::get);
                Ok(Runner::Once { input: options.input, at_once, timeout, max_output })
            }
            Mode::Worker => {
                if options.input == Input::Text && setup.options.contains_key("input") {
                    return Err(SetupError::new("input", "a worker is sent JSON lines; leave `input` out"));
                }
                Ok(Runner::Worker(Box::new(Pool::new(worker::Settings {
                    launch: launch.clone(),
                    processes: options.processes.map_or(1, NonZeroUsize::get),
                    in_flight: options.in_flight.map_or(1, NonZeroUsize::get),
                    timeout,
                    startup: options.startup.unwrap_or(STARTUP),
                    retries: options.retries.unwrap_or(RETRIES),
                    max_line: max_output,
                }))))
            }
        }
    }
}

/// The variables a process is given. Those passed on by name are kept secret.
fn environment(options: &Options, secrets: &mut Secrets) -> Result<Vec<(String, String)>, SetupError> {
    let mut environment = BTreeMap::new();
    for name in PASSED {
        if let Ok(value) = std::env::var(name) {
            environment.insert(name.to_owned(), value);
        }
    }
    for (i, name) in options.env.iter().enumerate() {
        if name.is_empty() || name.contains(['=', '\0']) {
            let message = format!("`{name}` is no variable's name; values stand in `vars`");
            return Err(SetupError::new(format!("env[{i}]"), message));
        }
        if let Ok(value) = std::env::var(name) {
            secrets.add(&value);
            environment.insert(name.clone(), value);
        }
    }
    environment.extend(options.vars.clone());
    Ok(environment.into_iter().collect())
}

/// A summarizer that is a program.
struct Command {
    system: String,
    program: Program,
    steps: Vec<Step>,
}

/// How the program is run.
enum Runner {
    Once { input: Input, at_once: usize, timeout: Duration, max_output: usize },
    Worker(Box<Pool>),
}

impl Summarizer for Command {
    fn shape(&self) -> serde_json::Value {
        if self.program.has_files {
            serde_json::json!({ "files": self.program.configuration["files"] })
        } else {
            serde_json::Value::Null
        }
    }

    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let task = protocol::Task::summarize(&self.system, request);
        let Program { launch, runner, secrets, .. } = &self.program;
        let (answer, mut trace) = match runner {
            Runner::Once { input, timeout, max_output, .. } => {
                let stdin = match input {
                    Input::Text => request.article.source.clone().into_bytes(),
                    Input::Json => task.line(0),
                };
                let (answer, trace) = once::run(launch, stdin, &variables(request), *timeout, *max_output);
                (answer.map(|text| protocol::Answer { summary: text, lang: None }), trace)
            }
            Runner::Worker(pool) => {
                let (answer, mut trace) = pool.ask(&task, request.stop);
                let answer = answer.and_then(|fields| protocol::Answer::read(fields, &mut trace));
                (answer, trace)
            }
        };
        trace.redact(secrets);
        match answer {
            Ok(answer) => self.finish(protocol::Answer { summary: secrets.redact(answer.summary), ..answer }, trace),
            Err(cause) => Err(Unwritten { cause: cause.redacted(secrets), trace: Box::new(trace) }),
        }
    }

    fn remark(&self) -> Option<String> {
        self.program.remark(&self.system)
    }

    fn in_flight(&self) -> Option<usize> {
        Some(self.program.in_flight())
    }

    fn keeps(&self) -> bool {
        self.program.has_files
    }

    fn clean(&self, raw: &str) -> (String, Vec<&'static str>) {
        clean::clean(raw, &self.steps)
    }

    fn identity(&self, request: &Request<'_>) -> Option<serde_json::Value> {
        self.program.identity(&protocol::Task::summarize(&self.system, request))
    }
}

impl Command {
    fn finish(&self, answer: protocol::Answer, mut trace: Trace) -> Result<Written, Unwritten> {
        let (text, cleaned) = self.clean(&answer.summary);
        if text.is_empty() {
            trace.raw = Some(answer.summary).filter(|raw| !raw.trim().is_empty());
            let message =
                if trace.raw.is_some() { "cleaning left nothing of the answer" } else { "it wrote no summary" };
            let failure = Failure::new(FailureKind::EmptyOutput, message);
            return Err(Unwritten { trace: Box::new(trace), ..failure.into() });
        }
        let raw = (!cleaned.is_empty()).then_some(answer.summary);
        Ok(Written { text, lang: answer.lang, raw, cleaned, shown: None, trace: Box::new(trace) })
    }
}

/// What a process of `once` learns of its item beside the article.
fn variables(request: &Request<'_>) -> [(&'static str, String); 4] {
    [
        ("EPITOME_DATASET", request.dataset.to_owned()),
        ("EPITOME_ARTICLE", request.article.id.clone()),
        ("EPITOME_SAMPLE", request.sample.to_string()),
        ("EPITOME_SEED", protocol::seed(request.seed).to_string()),
    ]
}

#[cfg(all(test, unix))]
mod tests;
