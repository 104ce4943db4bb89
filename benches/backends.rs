//! What epitome adds to what a server, a process or a worker takes by itself.
//!
//! `cargo bench --bench backends` prints, each with its bound: a whole run of 5,000 articles against a server that takes
//! 50 ms, 64 requests in flight, over a bare client's time against the same server; and what an item of `mode = "once"` and
//! of `mode = "worker"` costs beyond the bare process and the bare pipe. All of it takes turns, three times over, as machines
//! mostly do other work as well: the least of three tells most. `cargo bench --bench backends -- OTHER…` gives other builds of
//! epitome their turns, too.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

const ANSWER: Duration = Duration::from_millis(50);
const IN_FLIGHT: usize = 64;
const ARTICLES: usize = 5000;
const PROCESSES: usize = 400;

/// How often everything is measured.
const ROUNDS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = PathBuf::from(env!("CARGO_BIN_EXE_epitome"));
    // Cargo passes options of its own.
    let others = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let programs: Vec<PathBuf> = std::iter::once(own).chain(others).collect();
    http(folder.path(), &programs);
    once(folder.path(), &programs);
    worker(folder.path(), &programs);
}

fn source(i: usize) -> String {
    format!("Article {i} says one thing. {}", "The council met, and after a while it met again. ".repeat(40))
}

/// Writes a suite over `n` articles with one system.
fn suite(folder: &Path, n: usize, system: &str) {
    let mut lines = String::new();
    for i in 0..n {
        let _ = writeln!(lines, "{}", json!({ "id": i.to_string(), "lang": "en", "source": source(i) }));
    }
    fs::write(folder.join("articles.jsonl"), lines).expect("a file");
    let text = format!(
        "version = 1\n[suite]\nname = \"bench\"\nhuman = false\n[[dataset]]\nname = \"bench\"\narticles = \"articles.jsonl\"\n\
         [[system]]\nname = \"system\"\n{system}\n[metrics]\nuse = [\"length\"]\n[report]\nformats = []\n"
    );
    fs::write(folder.join("epitome.toml"), text).expect("a file");
}

/// How long a run takes that finds nothing kept.
fn run(program: &Path, folder: &Path) -> Duration {
    // Moved, not removed: file systems may take seconds over what was deleted just before.
    let earlier = (0..).map(|n| folder.join(format!("earlier-{n}"))).find(|path| !path.exists()).expect("a name");
    let _ = fs::rename(folder.join(".epitome"), earlier);
    let began = Instant::now();
    let status = Command::new(program).args(["run", "--quiet"]).current_dir(folder).stdout(Stdio::null()).status();
    assert!(status.expect("epitome starts").success());
    began.elapsed()
}

/// Measures the bare way and every program in turns, and prints what `figure` makes of a program's time and the bare one.
#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn in_turns(
    programs: &[PathBuf],
    bare: impl Fn() -> Duration,
    whole: impl Fn(&Path) -> Duration,
    figure: impl Fn(Duration, Duration) -> (f64, String),
) {
    let mut least = vec![f64::INFINITY; programs.len()];
    for round in 1..=ROUNDS {
        let bare = bare();
        for (program, least) in programs.iter().zip(&mut least) {
            let (value, said) = figure(whole(program), bare);
            *least = least.min(value);
            println!("{round}: {said} ({})", program.display());
        }
    }
    for (program, least) in programs.iter().zip(least) {
        println!("   the least: {least:.3} ({})", program.display());
    }
}

fn http(folder: &Path, programs: &[PathBuf]) {
    let url = serve();
    let bodies: Vec<String> = (0..ARTICLES)
        .map(|i| json!({ "model": "m", "messages": [{ "role": "user", "content": source(i) }] }).to_string())
        .collect();
    let bare = || {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_idle_connections(IN_FLIGHT)
            .max_idle_connections_per_host(IN_FLIGHT)
            .build()
            .into();
        let next = AtomicUsize::new(0);
        let began = Instant::now();
        thread::scope(|scope| {
            for _ in 0..IN_FLIGHT {
                scope.spawn(|| {
                    while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut response = agent.post(format!("{url}/chat/completions")).send(body).expect("an answer");
                        response.body_mut().read_to_vec().expect("its body");
                    }
                });
            }
        });
        began.elapsed()
    };
    let system = format!(
        "backend = \"http\"\nurl = \"{url}\"\nmodel = \"m\"\nlimits = {{ in_flight = {IN_FLIGHT} }}\nprompt = \"p.md\"\n"
    );
    fs::write(folder.join("p.md"), "{{ source }}").expect("a file");
    suite(folder, ARTICLES, &system);
    in_turns(
        programs,
        bare,
        |program| run(program, folder),
        |whole, bare| {
            let ratio = whole.as_secs_f64() / bare.as_secs_f64();
            let said = format!(
                "http: {ARTICLES} articles in {whole:.2?}, a bare client {bare:.2?}: {ratio:.3} times (bound 1.15)"
            );
            (ratio, said)
        },
    );
}

/// A server that answers each request after a while; its base URL.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    url
}

fn answer(stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut writer = stream.try_clone().expect("a clone");
    let mut reader = BufReader::new(stream);
    let body = json!({
        "model": "m", "usage": { "prompt_tokens": 500, "completion_tokens": 10 },
        "choices": [{ "message": { "content": "The council met." }, "finish_reason": "stop" }],
    })
    .to_string();
    let whole =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    loop {
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                if line.trim().is_empty() {
                    break;
                }
            } else {
                return;
            }
        }
        let mut request = vec![0; length];
        if reader.read_exact(&mut request).is_err() {
            return;
        }
        thread::sleep(ANSWER);
        if writer.write_all(whole.as_bytes()).is_err() {
            return;
        }
    }
}

fn once(folder: &Path, programs: &[PathBuf]) {
    let bare = || {
        let began = Instant::now();
        for i in 0..PROCESSES {
            let mut child =
                Command::new("head").args(["-c", "40"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
            let child = child.as_mut().expect("head starts");
            let _ = child.stdin.take().expect("a pipe").write_all(source(i).as_bytes());
            let mut text = String::new();
            child.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
            child.wait().expect("an end");
        }
        began.elapsed()
    };
    let system = "backend = \"command\"\nrun = [\"head\", \"-c\", \"40\"]\ninputs = [\"p.md\"]\nprocesses = 1";
    report("once", (folder, programs), PROCESSES, system, bare, 3.0);
}

/// A worker in shell, which does nothing that starts a process.
const WORKER: &str = r#"while IFS= read -r line; do id=${line#*:}; id=${id%%,*}; printf '{"id":%s,"summary":"The council met."}\n' "$id"; done"#;

fn worker(folder: &Path, programs: &[PathBuf]) {
    fs::write(folder.join("worker.sh"), WORKER).expect("a file");
    let bare = || {
        let mut child =
            Command::new("sh").arg(folder.join("worker.sh")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let child = child.as_mut().expect("sh starts");
        let mut input = child.stdin.take().expect("a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let began = Instant::now();
        for i in 0..ARTICLES {
            let article = json!({ "id": i.to_string(), "source": source(i), "lang": "en" });
            let request =
                json!({ "id": i, "task": "summarize", "system": "system", "article": article, "sample": 0, "seed": 1 });
            writeln!(input, "{request}").and_then(|()| input.flush()).expect("it listens");
            let mut line = String::new();
            output.read_line(&mut line).expect("it answers");
            serde_json::from_str::<serde_json::Value>(&line).expect("JSON");
        }
        let bare = began.elapsed();
        drop(input);
        child.wait().expect("an end");
        bare
    };
    let system = "backend = \"command\"\nmode = \"worker\"\nrun = [\"sh\", \"worker.sh\"]";
    report("worker", (folder, programs), ARTICLES, system, bare, 0.2);
}

/// Runs a suite twice, over one article and over all, and prints what an item costs beyond the bare way.
fn report(
    mode: &str,
    (folder, programs): (&Path, &[PathBuf]),
    n: usize,
    system: &str,
    bare: impl Fn() -> Duration,
    bound: f64,
) {
    let each = |time: Duration| 1000.0 * time.as_secs_f64() / n as f64;
    let whole = |program: &Path| {
        suite(folder, 1, system);
        let start = run(program, folder);
        suite(folder, n, system);
        run(program, folder).saturating_sub(start)
    };
    in_turns(programs, bare, whole, |whole, bare| {
        let added = each(whole) - each(bare);
        let said = format!(
            "{mode}: {:.3} ms an item, bare {:.3} ms: {added:.3} ms more (bound {bound}), all of loading, scoring and \
             keeping in it",
            each(whole),
            each(bare)
        );
        (added, said)
    });
}
