//! `mode = "worker"`: long-lived processes that answer one JSON line a request, in any order.
//!
//! A worker that dies, or that says what is no answer, is started again; after deaths without a single answer between them
//! with growing pauses, and in the end not at all. What it had not answered is asked again, `retries` times an item. An
//! item that is not answered in time fails, and its worker is ended with its whole group.
//!
//! Each worker has three threads: one writes to it, one reads its answers, one its stderr. A full pipe therefore
//! holds nobody up, and a time limit holds whatever the worker does.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::ChildStdout;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::process::{Group, Launch, Running, Tail, ending, lock};
use super::protocol::Task;
use crate::backend::excerpt::shorten;
use crate::backend::{Cause, Request, Trace, measure};
use crate::model::{Failure, FailureKind};

/// How workers are run.
#[derive(Debug)]
pub struct Settings {
    /// How one is started.
    pub launch: Launch,
    /// How many there are.
    pub processes: usize,
    /// Requests that one holds at once.
    pub in_flight: usize,
    /// Time for an answer.
    pub timeout: Duration,
    /// Time on top of it for a worker's first answer.
    pub startup: Duration,
    /// How often an item is tried again when its worker died.
    pub retries: u32,
    /// The longest line, in bytes.
    pub max_line: usize,
}

/// Deaths in a row without an answer between them after which workers are started no more.
const HOPELESS: u32 = 6;

/// The pause after the first death without an answer; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// How often something that waits looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(50);

/// How long a worker that closed its output may take to end.
const CLOSING: Duration = Duration::from_millis(500);

/// How long workers may take to end after their input was closed.
const FAREWELL: Duration = Duration::from_secs(2);

/// The workers of a system.
#[derive(Debug)]
pub struct Pool {
    settings: Settings,
    slots: Vec<Mutex<Slot>>,
    /// Requests that each slot holds.
    loads: Mutex<Vec<usize>>,
    freed: Condvar,
    next_id: AtomicU64,
    fate: Mutex<Fate>,
}

/// A place for a worker.
#[derive(Debug, Default)]
struct Slot {
    worker: Option<Arc<Worker>>,
}

/// How workers have fared.
#[derive(Debug, Default)]
struct Fate {
    /// Deaths since the last answer.
    barren: u32,
    /// What the last of them left.
    last: String,
}

/// Set when the run is to end.
pub type Stop<'a> = Option<&'a AtomicBool>;

fn stopped(stop: Stop<'_>) -> bool {
    stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
}

impl Pool {
    /// A pool that starts its workers when they are first needed.
    pub fn new(settings: Settings) -> Self {
        let count = settings.processes;
        Pool {
            settings,
            slots: (0..count).map(|_| Mutex::default()).collect(),
            loads: Mutex::new(vec![0; count]),
            freed: Condvar::new(),
            next_id: AtomicU64::new(1),
            fate: Mutex::default(),
        }
    }

    /// How many requests it holds at once.
    pub fn in_flight(&self) -> usize {
        self.settings.processes * self.settings.in_flight
    }

    /// Puts a task to a worker and returns the fields of its answer.
    pub fn ask(&self, task: &Task<'_>, stop: Stop<'_>) -> (Result<Map<String, Value>, Cause>, Trace) {
        let mut trace = Trace::default();
        let answer = self.attempts(task, stop, &mut trace);
        (answer, trace)
    }

    fn attempts(&self, task: &Task<'_>, stop: Stop<'_>, trace: &mut Trace) -> Result<Map<String, Value>, Cause> {
        let permit = self.acquire(stop)?;
        loop {
            let worker = self.worker(permit.slot, stop)?;
            trace.attempts += 1;
            let mark = worker.tail.mark();
            let id = self.next_id.fetch_add(1, Ordering::Relaxed);
            let limit = self.settings.timeout + if worker.is_fresh() { self.settings.startup } else { Duration::ZERO };
            let answer = worker.ask(id, task.line(id), limit);
            let stderr = worker.tail.since(mark);
            trace.stderr = Some(stderr).filter(|stderr| !stderr.is_empty());
            match answer {
                Ok(fields) => {
                    lock(&self.fate).barren = 0;
                    return Ok(fields);
                }
                Err(Unanswered::Late) => {
                    worker.end("another item was not answered in time");
                    self.bury(&worker, || format!("no answer within {}", measure::shown(limit)));
                    let message = format!("no answer within {}; the worker was ended", measure::shown(limit));
                    return Err(Cause::Failed(Failure::new(FailureKind::Timeout, message)));
                }
                Err(Unanswered::Wrong(kind, message)) => {
                    self.bury(&worker, || message.clone());
                    return Err(Cause::Failed(Failure::new(kind, message)));
                }
                Err(Unanswered::Died(ending)) => {
                    self.bury(&worker, || ending.clone());
                    if trace.attempts > self.settings.retries {
                        let times = match trace.attempts {
                            1 => String::new(),
                            n => format!(", {n} times over"),
                        };
                        let message = format!("the worker died before it answered{times}: {ending}");
                        return Err(Cause::Failed(Failure::new(FailureKind::Process, message)));
                    }
                }
            }
        }
    }

    /// Waits for a slot that can take one more request, and takes it.
    fn acquire(&self, stop: Stop<'_>) -> Result<Permit<'_>, Cause> {
        let mut loads = lock(&self.loads);
        loop {
            let least = loads.iter().enumerate().min_by_key(|(_, load)| **load).map(|(slot, load)| (slot, *load));
            if let Some((slot, load)) = least
                && load < self.settings.in_flight
            {
                loads[slot] += 1;
                return Ok(Permit { pool: self, slot });
            }
            if stopped(stop) {
                return Err(Cause::NotAsked(Request::interrupted()));
            }
            loads = self.freed.wait_timeout(loads, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The worker of a slot, started where there is none alive.
    fn worker(&self, slot: usize, stop: Stop<'_>) -> Result<Arc<Worker>, Cause> {
        let mut slot = lock(&self.slots[slot]);
        if let Some(worker) = slot.worker.as_ref().filter(|worker| worker.is_alive()) {
            return Ok(worker.clone());
        }
        slot.worker = None;
        let barren = {
            let fate = lock(&self.fate);
            if fate.barren >= HOPELESS {
                let message =
                    format!("workers died {} times in a row before they answered anything: {}", fate.barren, fate.last);
                return Err(Cause::Failed(Failure::new(FailureKind::Process, message)));
            }
            fate.barren
        };
        if barren > 0 {
            let until = Instant::now() + FIRST_PAUSE * 2u32.pow(barren - 1);
            while Instant::now() < until {
                if stopped(stop) {
                    return Err(Cause::NotAsked(Request::interrupted()));
                }
                thread::sleep(GLANCE.min(until.saturating_duration_since(Instant::now())));
            }
        }
        let worker = Worker::start(&self.settings.launch, self.settings.max_line).map_err(|failure| {
            let mut fate = lock(&self.fate);
            fate.barren += 1;
            fate.last = failure.message.clone();
            Cause::Failed(failure)
        })?;
        slot.worker = Some(worker.clone());
        Ok(worker)
    }

    /// Counts a death, once a worker.
    fn bury(&self, worker: &Worker, ending: impl FnOnce() -> String) {
        if worker.is_fresh() && worker.bury() {
            let mut fate = lock(&self.fate);
            fate.barren += 1;
            fate.last = ending();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let workers: Vec<Arc<Worker>> = self.slots.iter().filter_map(|slot| lock(slot).worker.take()).collect();
        for worker in &workers {
            worker.close();
        }
        let until = Instant::now() + FAREWELL;
        for worker in &workers {
            lock(&worker.group).wait(until);
            lock(&worker.group).kill();
        }
    }
}

/// The right to have one request in flight at a slot.
struct Permit<'a> {
    pool: &'a Pool,
    slot: usize,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        lock(&self.pool.loads)[self.slot] -= 1;
        self.pool.freed.notify_one();
    }
}

/// Why a worker gave no answer.
#[derive(Debug, Clone)]
enum Unanswered {
    /// It ended; how.
    Died(String),
    /// It said what is no answer, and was ended.
    Wrong(FailureKind, String),
    /// The time limit passed.
    Late,
}

type Answered = Result<Map<String, Value>, Unanswered>;

/// A process that answers.
#[derive(Debug)]
struct Worker {
    group: Mutex<Group>,
    /// Lines to be written; closed by taking it.
    lines: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    desk: Mutex<Desk>,
    tail: Tail,
}

/// What a worker has been asked and has answered.
#[derive(Debug, Default)]
struct Desk {
    /// Who waits for which answer.
    waiting: HashMap<u64, mpsc::Sender<Answered>>,
    /// The greatest id asked for.
    newest: u64,
    /// Whether any answer has come.
    answered: bool,
    /// Why none will come any more.
    closed: Option<Unanswered>,
    buried: bool,
}

impl Worker {
    fn start(launch: &Launch, max_line: usize) -> Result<Arc<Self>, Failure> {
        let Running { group, mut stdin, stdout, stderr } = launch.start(&[])?;
        let (lines, to_write) = mpsc::channel::<Vec<u8>>();
        thread::spawn(move || {
            for line in to_write {
                // A worker that reads no more is found out by its silence, or its end.
                if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                    break;
                }
            }
        });
        let worker = Arc::new(Worker {
            group: Mutex::new(group),
            lines: Mutex::new(Some(lines)),
            desk: Mutex::default(),
            tail: Tail::start(stderr),
        });
        let listener = worker.clone();
        thread::spawn(move || listener.listen(stdout, max_line));
        Ok(worker)
    }

    /// Reads answers until there are no more.
    fn listen(&self, stdout: ChildStdout, max_line: usize) {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        let end = loop {
            line.clear();
            match (&mut reader).take(max_line as u64 + 1).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break None,
                Ok(_) if line.len() > max_line => {
                    let message = format!("the worker wrote a line of more than {max_line} bytes; raise `max_output`?");
                    break Some(Unanswered::Wrong(FailureKind::TooLarge, message));
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => {
                    if let Err(message) = self.deliver(&line) {
                        break Some(Unanswered::Wrong(FailureKind::Malformed, message));
                    }
                }
            }
        };
        let end = end.unwrap_or_else(|| {
            let status = lock(&self.group).wait(Instant::now() + CLOSING);
            if status.is_some() {
                self.tail.settle();
            }
            Unanswered::Died(ending(status, &self.tail.since(0)))
        });
        self.shut(end);
        lock(&self.group).kill();
    }

    /// Hands an answer to whom it is for; says what is wrong with a line that is for nobody.
    fn deliver(&self, line: &[u8]) -> Result<(), String> {
        let no_answer = |why: &str| {
            let shown = shorten(&String::from_utf8_lossy(line));
            format!("{why}: `{shown}`; stdout is for answers alone, messages go to stderr")
        };
        let fields = match serde_json::from_slice(line) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(no_answer("the worker wrote a line that is no JSON object")),
            Err(error) => {
                let column = error.column();
                return Err(no_answer(&format!("the worker wrote a line that is no JSON (column {column})")));
            }
        };
        let id = match fields.get("id") {
            Some(Value::Number(id)) => id.as_u64(),
            Some(Value::String(id)) => id.parse().ok(),
            _ => None,
        };
        let mut desk = lock(&self.desk);
        match id {
            Some(id) if id <= desk.newest => {
                desk.answered = true;
                // Nobody waits for an answer that came twice.
                if let Some(waiting) = desk.waiting.remove(&id) {
                    let _ = waiting.send(Ok(fields));
                }
                Ok(())
            }
            _ => Err(no_answer("the worker answered with an `id` that it was not given")),
        }
    }

    /// Sends a request and waits for its answer.
    fn ask(&self, id: u64, line: Vec<u8>, limit: Duration) -> Answered {
        let (sender, answer) = mpsc::channel();
        {
            let mut desk = lock(&self.desk);
            if let Some(end) = &desk.closed {
                return Err(end.clone());
            }
            desk.newest = desk.newest.max(id);
            desk.waiting.insert(id, sender);
        }
        if let Some(lines) = &*lock(&self.lines) {
            // Fails where the worker has ended, which the listener tells.
            let _ = lines.send(line);
        }
        match answer.recv_timeout(limit) {
            Ok(answered) => answered,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                // An answer that came in between counts.
                match lock(&self.desk).waiting.remove(&id) {
                    Some(_) => Err(Unanswered::Late),
                    None => answer.try_recv().unwrap_or(Err(Unanswered::Late)),
                }
            }
        }
    }

    fn is_alive(&self) -> bool {
        lock(&self.desk).closed.is_none()
    }

    /// Whether no answer has come from it yet.
    fn is_fresh(&self) -> bool {
        !lock(&self.desk).answered
    }

    /// Whether it is counted among the dead for the first time.
    fn bury(&self) -> bool {
        !std::mem::replace(&mut lock(&self.desk).buried, true)
    }

    /// Tells all who wait that no answer will come.
    fn shut(&self, end: Unanswered) {
        let mut desk = lock(&self.desk);
        for (_, waiting) in desk.waiting.drain() {
            let _ = waiting.send(Err(end.clone()));
        }
        desk.closed.get_or_insert(end);
        drop(desk);
        self.close();
    }

    /// Closes its input: it has been asked all it will be asked.
    fn close(&self) {
        lock(&self.lines).take();
    }

    /// Ends it with all that it started.
    fn end(&self, why: &str) {
        self.shut(Unanswered::Died(why.to_owned()));
        lock(&self.group).kill();
    }
}
