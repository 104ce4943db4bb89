//! An OpenAI-compatible server on loopback that misbehaves as it is told, and counts.
//!
//! A prompt's first line names the article that it is about; [`Server::start`] is told by article and attempt what to do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Answers as it should, after a while.
    Answer(Duration),
    /// Answers with this completion.
    Completion(Value),
    /// Answers with a status, headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection without a word.
    Reset,
    /// Sends its headers a byte at a time, with such pauses.
    SlowHeaders(Duration),
    /// Sends its body a byte at a time, with such pauses.
    SlowBody(Duration),
    /// Sends half of the body that its headers announce, and closes.
    HalfBody,
    /// Sends JSON that ends in the middle.
    HalfJson,
    /// Sends so many bytes.
    Huge(usize),
    /// Says nothing for so long, then closes.
    Silence(Duration),
}

/// What the server has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// How often each article was asked for.
    pub asked: BTreeMap<String, u32>,
    /// When each request came.
    pub times: Vec<Instant>,
    /// The last request's headers, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// The last request's path and query.
    pub path: String,
    /// The last request's body.
    pub body: Value,
}

type Plan = dyn Fn(&str, u32) -> Deed + Send + Sync;

/// A server, until it is dropped.
pub struct Server {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    plan: Box<Plan>,
    seen: Mutex<Seen>,
    now: AtomicUsize,
    most: AtomicUsize,
    ended: AtomicBool,
}

impl Server {
    /// Starts a server that does what `plan` says of an article's n-th request (from 1).
    pub fn start(plan: impl Fn(&str, u32) -> Deed + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("it has an address"));
        let shared = Arc::new(Shared {
            plan: Box::new(plan),
            seen: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        });
        let served = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.ended.load(Ordering::Relaxed) {
                    break;
                }
                let served = served.clone();
                thread::spawn(move || served.serve(stream));
            }
        });
        Server { url, shared }
    }

    pub fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.shared.seen.lock().expect("no thread has panicked")
    }

    /// The most requests that were in flight together.
    pub fn most_in_flight(&self) -> usize {
        self.shared.most.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://").trim_end_matches("/v1"));
    }
}

/// A good completion.
pub fn completion(text: &str) -> Value {
    json!({
        "id": "c1", "object": "chat.completion", "model": "served-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    })
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut reader = BufReader::new(match stream.try_clone() {
            Ok(clone) => clone,
            Err(_) => return,
        });
        let mut writer = stream;
        while let Some((path, headers, body)) = read_request(&mut reader) {
            let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let messages = body["messages"].as_array();
            let prompt = messages.and_then(|m| m.last()).and_then(|m| m["content"].as_str()).unwrap_or_default();
            let article = prompt.lines().next().unwrap_or_default().to_owned();
            let attempt = {
                let mut seen = self.seen.lock().expect("no thread has panicked");
                seen.times.push(Instant::now());
                seen.headers = headers;
                seen.path = path;
                seen.body = body;
                let asked = seen.asked.entry(article.clone()).or_default();
                *asked += 1;
                *asked
            };
            let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
            self.most.fetch_max(now, Ordering::Relaxed);
            let goes_on = act((self.plan)(&article, attempt), &article, &mut writer);
            self.now.fetch_sub(1, Ordering::Relaxed);
            if !goes_on {
                break;
            }
        }
    }
}

/// Path, headers and body of the next request on a connection.
fn read_request(reader: &mut impl BufRead) -> Option<(String, BTreeMap<String, String>, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some((path, headers, body))
}

/// Does a deed; whether the connection goes on.
fn act(deed: Deed, article: &str, to: &mut TcpStream) -> bool {
    let good = completion(&format!("summary of {article}")).to_string();
    let head = |status: u16, length: usize, more: &str| {
        format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n")
    };
    let mut send = |text: &str| to.write_all(text.as_bytes()).is_ok();
    match deed {
        Deed::Answer(after) => {
            thread::sleep(after);
            send(&(head(200, good.len(), "") + &good))
        }
        Deed::Completion(value) => {
            let body = value.to_string();
            send(&(head(200, body.len(), "") + &body))
        }
        Deed::Status(status, headers, body) => {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            send(&(head(status, body.len(), &headers) + &body))
        }
        Deed::Reset => false,
        Deed::SlowHeaders(pause) => {
            let whole = head(200, good.len(), "") + &good;
            whole.chars().all(|c| {
                thread::sleep(pause);
                send(&c.to_string())
            })
        }
        Deed::SlowBody(pause) => {
            send(&head(200, good.len(), ""))
                && good.chars().all(|c| {
                    thread::sleep(pause);
                    send(&c.to_string())
                })
        }
        Deed::HalfBody => {
            send(&(head(200, good.len(), "") + &good[..good.len() / 2]));
            false
        }
        Deed::HalfJson => {
            let half = &good[..good.len() / 2];
            send(&(head(200, half.len(), "") + half))
        }
        Deed::Huge(bytes) => {
            let piece = "x".repeat(64 * 1024);
            let mut left = bytes;
            let mut goes_on = send(&head(200, bytes, ""));
            while goes_on && left > 0 {
                let n = left.min(piece.len());
                goes_on = send(&piece[..n]);
                left -= n;
            }
            goes_on
        }
        Deed::Silence(length) => {
            thread::sleep(length);
            false
        }
    }
}
