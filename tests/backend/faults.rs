//! A whole run against a server and programs that misbehave: nothing is lost, nothing doubled, nobody asked too often.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use super::server::{Deed, Server};
use crate::cli::{Sandbox, record};

const RETRIES: u32 = 3;

/// What the server does with an article, how often, and what must come of it.
fn fault(i: usize) -> Option<(Deed, u32, Option<&'static str>)> {
    const ALWAYS: u32 = u32::MAX;
    let status = |status, body: &str| Deed::Status(status, vec![], body.into());
    // Of 400, what takes its time or much room comes up once.
    Some(match (i % 20, i % 400) {
        (1, _) => (Deed::Status(429, vec![("Retry-After", "0.01".into())], String::new()), 1, None),
        (2, _) => (status(500, "oops"), 2, None),
        (3, _) => (Deed::Reset, 1, None),
        (4, _) => (Deed::HalfBody, 2, None),
        (5, _) => (Deed::HalfJson, ALWAYS, Some("malformed")),
        (6, _) => (status(400, r#"{"error":"maximum context length is 10"}"#), ALWAYS, Some("context_exceeded")),
        (7, 7) => (status(503, ""), ALWAYS, Some("status")),
        (8, 8) => (Deed::Silence(Duration::from_secs(60)), ALWAYS, Some("timeout")),
        (9, 9) => (Deed::SlowBody(Duration::from_millis(50)), ALWAYS, Some("timeout")),
        (10, 10) => (Deed::SlowHeaders(Duration::from_millis(50)), ALWAYS, Some("timeout")),
        (11, 11 | 211) => (Deed::Huge(50_000_000), ALWAYS, Some("too_large")),
        (12, _) => (Deed::Completion(json!({"choices": []})), ALWAYS, Some("malformed")),
        (13, _) => {
            let cut = json!({"choices": [{"message": {"content": "half"}, "finish_reason": "length"}]});
            (Deed::Completion(cut), ALWAYS, Some("truncated"))
        }
        (14, _) => {
            let declined = json!({"choices": [{"message": {"content": null, "refusal": "no"}}]});
            (Deed::Completion(declined), ALWAYS, Some("refused"))
        }
        _ => return None,
    })
}

/// The most memory that a process had, in kB, as far as it still lives.
fn high_water(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn articles_end_as_they_should(n: usize) {
    let server = Server::start(move |id, attempt| match id.parse().ok().and_then(fault) {
        Some((deed, times, _)) if attempt <= times => deed,
        _ => Deed::Answer(Duration::ZERO),
    });
    let sandbox = Sandbox::new();
    let body = "It was said at length, and then it was said again. ".repeat(40);
    let line = |i| format!("{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"Article {i} says a thing. {body}\"}}\n");
    sandbox.write("articles.jsonl", (0..n).map(line).collect::<String>()).write("p.md", "{{ id }}\n{{ source }}");
    let url = &server.url;
    sandbox.write(
        "epitome.toml",
        format!(
            "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"news\"\narticles = \"articles.jsonl\"\n[[system]]\n\
             name = \"llm\"\nbackend = \"http\"\nurl = \"{url}\"\nmodel = \"m\"\nprompt = \"p.md\"\nretries = {RETRIES}\n\
             backoff = \"5ms\"\ntimeout = \"3s\"\nlimits = {{ in_flight = 32 }}\n[metrics]\nuse = [\"length\"]\n[failures]\n\
             max = \"50%\"\n"
        ),
    );
    let mut child = sandbox.command(&["run", "--quiet"]).stdout(Stdio::null()).spawn().expect("epitome starts");
    let mut most = 0;
    let code = loop {
        most = high_water(child.id()).unwrap_or_default().max(most);
        if let Some(status) = child.try_wait().expect("a status") {
            break status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(code, Some(0));
    if cfg!(target_os = "linux") {
        assert!((1..150_000).contains(&most), "{most} kB");
    }
    let (_, items) = record(&sandbox.runs("news")[0]);
    let by_id: BTreeMap<&str, &serde_json::Value> =
        items.iter().map(|item| (item["id"].as_str().expect("an id"), item)).collect();
    assert_eq!((items.len(), by_id.len()), (n, n), "none is lost, none doubled");
    let seen = server.seen();
    for i in 0..n {
        let (id, item) = (i.to_string(), by_id[i.to_string().as_str()]);
        let asked = seen.asked[&id];
        assert!((1..=RETRIES + 1).contains(&asked), "{id} was asked {asked} times");
        match fault(i).and_then(|(_, _, kind)| kind) {
            Some(kind) => assert_eq!(item["failure"]["kind"], kind, "{id}: {}", item["failure"]),
            None => assert_eq!(item["summary"], format!("summary of {id}"), "{id}: {}", item["failure"]),
        }
    }
    assert!(server.most_in_flight() <= 32);
}

#[test]
fn articles_end_as_they_should_whatever_the_server_does() {
    articles_end_as_they_should(60);
}

#[test]
#[ignore = "takes its time; `.ci/run full` runs it"]
fn two_thousand_articles_end_as_they_should_within_150_mb() {
    articles_end_as_they_should(2000);
}

/// A suite of one article and a system that runs a shell script.
fn program(script: &str, options: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "articles.jsonl",
        "{\"id\":\"a\",\"lang\":\"en\",\"source\":\"A thing was said. It was said again.\"}\n",
    );
    sandbox.write("summarize.sh", script);
    sandbox.write(
        "epitome.toml",
        format!(
            "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"news\"\narticles = \"articles.jsonl\"\n[[system]]\n\
             name = \"own\"\nbackend = \"command\"\nrun = [\"sh\", \"summarize.sh\"]\n{options}\n[metrics]\nuse = [\"length\"]\n"
        ),
    );
    sandbox
}

fn failure(sandbox: &Sandbox) -> String {
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let (_, items) = record(&sandbox.runs("news")[0]);
    items[0]["failure"]["kind"].as_str().expect("a failure").to_owned()
}

/// Whether a process still runs; one that ended and waits to be noticed does not.
fn runs(process: &str) -> bool {
    let status = fs::read_to_string(Path::new("/proc").join(process).join("status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z') && !line.contains('X'))
}

#[test]
fn a_summarizer_that_forks_and_hangs_is_gone_with_its_children() {
    let script =
        "for i in 1 2 3; do (sleep 600 & echo $! >> pids; wait) & echo $! >> pids; done\necho $$ >> pids\nwait\n";
    for mode in ["once", "worker"] {
        let startup = if mode == "worker" { "startup = \"100ms\"\n" } else { "" };
        let sandbox = program(script, &format!("mode = \"{mode}\"\ntimeout = \"3s\"\n{startup}"));
        assert_eq!(failure(&sandbox), "timeout");
        let pids = fs::read_to_string(sandbox.path("pids")).expect("it began");
        assert_eq!(pids.lines().count(), 7);
        if cfg!(target_os = "linux") {
            assert!(!pids.lines().any(runs), "{mode}");
        }
    }
}

#[test]
fn a_summarizer_that_writes_a_gigabyte_is_cut() {
    let gigabyte = "yes 'and so on' | head -c 1000000000\n";
    assert_eq!(failure(&program(gigabyte, "mode = \"once\"")), "too_large");
    assert_eq!(failure(&program("yes | tr -d '\\n' | head -c 1000000000\n", "mode = \"worker\"")), "too_large");
}
