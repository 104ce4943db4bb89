//! Starting a program in a process group of its own, listening to it, and ending all of it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::backend::SetupError;
use crate::backend::excerpt::shorten;
use crate::model::{Failure, FailureKind};

/// How a program is started.
#[derive(Debug, Clone)]
pub struct Launch {
    program: PathBuf,
    arguments: Vec<String>,
    /// The working folder.
    pub cwd: PathBuf,
    environment: Vec<(String, String)>,
}

impl Launch {
    /// From an argument vector; an error where there is no such program.
    pub fn new(run: &[String], cwd: PathBuf, environment: &[(String, String)]) -> Result<Self, SetupError> {
        let Some((program, arguments)) = run.split_first().filter(|(program, _)| !program.is_empty()) else {
            return Err(SetupError::new("run", "`run` is a list: the program, then its arguments"));
        };
        let cwd = std::path::absolute(&cwd).unwrap_or(cwd);
        let path = environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_str());
        let program = find(program, &cwd, path)?;
        Ok(Launch { program, arguments: arguments.to_vec(), cwd, environment: environment.to_vec() })
    }

    /// Starts the program.
    pub fn start(&self, variables: &[(&str, String)]) -> Result<Running, Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.cwd).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn().map_err(|error| {
            Failure::new(FailureKind::Process, format!("cannot start `{}`: {error}", self.program.display()))
        })?;
        let pipes = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Failure::new(FailureKind::Internal, "a process without the pipes it was given"));
        };
        Ok(Running { group: Group { child, status: None }, stdin, stdout, stderr })
    }
}

/// Where a program is: beside the suite where it is written as a path, else on the PATH.
fn find(program: &str, cwd: &Path, path: Option<&str>) -> Result<PathBuf, SetupError> {
    let written = Path::new(program);
    if written.components().count() > 1 || written.is_absolute() {
        let file = cwd.join(written);
        return if file.is_file() {
            Ok(file)
        } else {
            Err(SetupError::new(
                "run[0]",
                format!("there is no program `{program}`; it is looked for in {}", cwd.display()),
            ))
        };
    }
    let names = [OsString::from(program), OsString::from(format!("{program}{}", env::consts::EXE_SUFFIX))];
    let folders = path.map(env::split_paths).into_iter().flatten();
    folders
        .flat_map(|folder| names.clone().map(|name| cwd.join(&folder).join(name)))
        .find(|file| file.is_file())
        .ok_or_else(|| {
            let message =
                format!("there is no program `{program}` on the PATH; install it, or write `./{program}` for a file");
            SetupError::new("run[0]", message)
        })
}

/// A process that was started, with its pipes.
pub struct Running {
    /// The process and what it started.
    pub group: Group,
    /// Its input.
    pub stdin: ChildStdin,
    /// Its output.
    pub stdout: ChildStdout,
    /// Its messages.
    pub stderr: ChildStderr,
}

/// A process and whatever it started that stayed in its group.
#[derive(Debug)]
pub struct Group {
    child: Box<dyn ChildWrapper>,
    status: Option<ExitStatus>,
}

impl Group {
    /// How the process ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status
    }

    /// Waits for the process until a moment.
    pub fn wait(&mut self, until: Instant) -> Option<ExitStatus> {
        let mut pause = Duration::from_micros(50);
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            let now = Instant::now();
            if now >= until {
                return None;
            }
            thread::sleep(pause.min(until - now));
            pause = (pause * 2).min(Duration::from_millis(5));
        }
    }

    /// Ends the process and all in its group, at once.
    pub fn kill(&mut self) {
        // Fails where all have ended already, which is what is wanted.
        let _ = self.child.start_kill();
        self.wait(Instant::now() + Duration::from_secs(1));
    }
}

/// What a process wrote, up to a limit, as far as it has come.
#[derive(Debug, Clone)]
pub struct Collected(Arc<Mutex<Collection>>);

#[derive(Debug, Default)]
struct Collection {
    bytes: Vec<u8>,
    state: Collecting,
}

/// Whether more may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Collecting {
    /// It may.
    #[default]
    Open,
    /// The pipe was closed.
    Ended,
    /// The limit was passed; the pipe is read no further.
    Overflowed,
}

impl Collected {
    /// Collects what comes through a pipe, on a thread of its own, which calls `done` when no more will come.
    pub fn start(mut pipe: impl Read + Send + 'static, limit: usize, done: impl FnOnce() + Send + 'static) -> Self {
        let collected = Collected(Arc::default());
        let shared = collected.clone();
        thread::spawn(move || {
            let mut buffer = vec![0; 16 * 1024];
            let state = loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break Collecting::Ended,
                    Ok(n) => {
                        let mut collection = lock(&shared.0);
                        let room = limit - collection.bytes.len();
                        collection.bytes.extend_from_slice(&buffer[..n.min(room)]);
                        if n > room {
                            break Collecting::Overflowed;
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break Collecting::Ended,
                }
            };
            lock(&shared.0).state = state;
            drop(pipe);
            done();
        });
        collected
    }

    /// Whether more may come.
    pub fn state(&self) -> Collecting {
        lock(&self.0).state
    }

    /// Takes what has come.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut lock(&self.0).bytes)
    }
}

/// The end of what a process writes to stderr.
#[derive(Debug, Clone)]
pub struct Tail(Arc<(Mutex<TailState>, Condvar)>);

#[derive(Debug, Default)]
struct TailState {
    bytes: VecDeque<u8>,
    /// Bytes that came so far.
    total: u64,
    /// Whether the pipe was closed.
    ended: bool,
}

/// So much of stderr is kept with an item.
const TAIL: usize = 4096;

/// How long stderr is waited for once its process has ended.
const SETTLING: Duration = Duration::from_millis(200);

impl Tail {
    /// Reads a pipe to its end, on a thread of its own.
    pub fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let tail = Tail(Arc::default());
        let shared = tail.clone();
        thread::spawn(move || {
            let mut buffer = vec![0; 8 * 1024];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(n) => {
                        let mut state = lock(&shared.0.0);
                        state.total += n as u64;
                        state.bytes.extend(&buffer[..n]);
                        let excess = state.bytes.len().saturating_sub(TAIL);
                        state.bytes.drain(..excess);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            lock(&shared.0.0).ended = true;
            shared.0.1.notify_all();
        });
        tail
    }

    /// Waits for the end of what a process wrote that has ended; not long, as one it started may hold the pipe.
    pub fn settle(&self) {
        let (state, ended) = &*self.0;
        let wait = ended.wait_timeout_while(lock(state), SETTLING, |state| !state.ended);
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    /// A mark to ask from later.
    pub fn mark(&self) -> u64 {
        lock(&self.0.0).total
    }

    /// The end of what came since a mark, in whole characters.
    pub fn since(&self, mark: u64) -> String {
        let state = lock(&self.0.0);
        let wanted = usize::try_from(state.total.saturating_sub(mark)).unwrap_or(usize::MAX).min(state.bytes.len());
        let cut = state.total.saturating_sub(mark) > wanted as u64;
        let bytes: Vec<u8> = state.bytes.iter().skip(state.bytes.len() - wanted).copied().collect();
        // A character that the cut went through is left out.
        let start = if cut { bytes.iter().position(|byte| byte & 0xc0 != 0x80).unwrap_or(bytes.len()) } else { 0 };
        String::from_utf8_lossy(&bytes[start..]).trim_end().to_owned()
    }
}

/// A lock that a thread which panicked leaves usable: what it guards is whole after every step.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a process ended, with the last line of its stderr.
pub fn ending(status: Option<ExitStatus>, stderr: &str) -> String {
    let ended = match status {
        None => "it closed its output".to_owned(),
        Some(status) => match status.code() {
            Some(code) => format!("it exited with status {code}"),
            None => format!("it was ended by {status}"),
        },
    };
    match stderr.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{ended}: {}", shorten(line)),
        None => format!("{ended} and wrote nothing to stderr"),
    }
}
