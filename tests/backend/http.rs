//! The `http` backend against a server that misbehaves.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use epitome::backend::{Cause, Request, Setup, Summarizer, Unwritten, Usage, Written, kind};
use epitome::model::{Article, FailureKind, ReasonCode};
use serde_json::json;

use super::server::{Deed, Server, completion};

const FINE: Deed = Deed::Answer(Duration::ZERO);

/// A summarizer whose prompt's first line is the article's id, with options beside.
fn build(server: &Server, options: &str) -> Box<dyn Summarizer> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("p.md"), "+++\nsystem = \"Be brief.\"\n+++\n{{ id }}\n{{ source }}")
        .expect("it can be written");
    build_in(server, folder.path(), &format!("prompt = \"p.md\"\n{options}"))
}

fn build_in(server: &Server, root: &Path, options: &str) -> Box<dyn Summarizer> {
    let options = format!("url = \"{}\"\nmodel = \"m\"\nbackoff = \"5ms\"\n{options}", server.url);
    let options: toml::Table = options.parse().expect("the options are TOML");
    let setup = Setup { system: "s@v1", options: &options, root };
    (kind("http").expect("it is registered").build)(&setup).unwrap_or_else(|error| panic!("{error}"))
}

fn article(id: &str, source: &str) -> Article {
    serde_json::from_value(json!({"id": id, "source": source})).expect("it is an article")
}

fn ask(http: &dyn Summarizer, id: &str) -> Result<Written, Unwritten> {
    ask_about(http, &article(id, "央行升息。股市下跌。"), None)
}

fn ask_about(http: &dyn Summarizer, article: &Article, stop: Option<&AtomicBool>) -> Result<Written, Unwritten> {
    http.summarize(&Request { dataset: "d", article, references: &[], sample: 0, seed: 7, stop })
}

fn failure(result: &Result<Written, Unwritten>) -> (FailureKind, &str) {
    match result.as_ref().map_err(|unwritten| &unwritten.cause) {
        Err(Cause::Failed(failure)) => (failure.kind, &failure.message),
        other => panic!("no failure: {other:?}"),
    }
}

#[test]
fn a_request_is_what_the_suite_says() {
    let server = Server::start(|_, _| FINE);
    let http = build(
        &server,
        "params = { temperature = 0.2, max_tokens = 50, response_format = { type = \"text\" } }\nseed = true\n\
         headers = { X-Team = \"news\" }\nquery = { api-version = \"2 & 3\" }\nprice = { input = 1.0, output = 10.0 }",
    );
    let written = ask(&*http, "a1").expect("it answers");
    assert_eq!(written.text, "summary of a1");
    let trace = &written.trace;
    assert_eq!((trace.attempts, trace.usage), (1, Some(Usage { input: 100, output: 10 })));
    assert_eq!((trace.cost, trace.model.as_deref()), (Some(0.0002), Some("served-1")));
    assert_eq!(trace.finish_reason.as_deref(), Some("stop"));
    let seen = server.seen();
    insta::assert_json_snapshot!(seen.body, @r#"
    {
      "model": "m",
      "messages": [
        {
          "role": "system",
          "content": "Be brief."
        },
        {
          "role": "user",
          "content": "a1\n央行升息。股市下跌。"
        }
      ],
      "max_tokens": 50,
      "response_format": {
        "type": "text"
      },
      "temperature": 0.2,
      "seed": 7
    }
    "#);
    assert_eq!(seen.path, "/v1/chat/completions?api-version=2%20%26%203");
    assert_eq!(seen.headers.get("x-team").map(String::as_str), Some("news"));
    assert!(seen.headers["user-agent"].starts_with("epitome/"));
    assert!(!seen.headers.contains_key("authorization"));
}

#[test]
fn a_key_is_sent_and_shown_nowhere() {
    let key = "sk-0123456789abcdef";
    let echo = format!("{{\"error\":{{\"message\":\"Incorrect key {key}\"}}}}");
    let server = Server::start(move |id, _| match id {
        "good" => FINE,
        "raw" => Deed::Completion(
            json!({"choices": [{"message": {"content": format!("cut {key}")}, "finish_reason": "length"}]}),
        ),
        _ => Deed::Status(401, vec![], echo.clone()),
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("key.txt"), format!("{key}\n")).expect("it can be written");
    std::fs::write(folder.path().join("p.md"), "{{ id }}\n{{ source }}").expect("it can be written");
    let http = build_in(&server, folder.path(), "prompt = \"p.md\"\nkey_file = \"key.txt\"");
    assert!(ask(&*http, "good").is_ok());
    assert_eq!(server.seen().headers["authorization"], format!("Bearer {key}"));
    let refused = ask(&*http, "bad");
    assert_eq!(failure(&refused), (FailureKind::Status, "status 401: Incorrect key [secret]; is the key right?"));
    let raw = ask(&*http, "raw").expect_err("it was cut off");
    assert_eq!(raw.trace.raw.as_deref(), Some("cut [secret]"));
    assert!(!format!("{refused:?}{raw:?}").contains(key));
    let article = article("good", "x");
    let request = Request { dataset: "d", article: &article, references: &[], sample: 0, seed: 7, stop: None };
    assert!(!format!("{:?}", http.identity(&request)).contains(key));
}

#[test]
fn what_may_pass_is_tried_again() {
    for deed in [
        Deed::Status(429, vec![], String::new()),
        Deed::Status(500, vec![], "oops".into()),
        Deed::Status(503, vec![("Retry-After", "0".into())], String::new()),
        Deed::Reset,
        Deed::HalfBody,
        Deed::HalfJson,
        Deed::Status(200, vec![], "<html>bad gateway</html>".into()),
        Deed::Silence(Duration::from_secs(5)),
        Deed::SlowBody(Duration::from_millis(20)),
        Deed::SlowHeaders(Duration::from_millis(20)),
    ] {
        let first = deed.clone();
        let server = Server::start(move |_, attempt| if attempt <= 2 { first.clone() } else { FINE });
        let written =
            ask(&*build(&server, "timeout = \"300ms\""), "a1").unwrap_or_else(|error| panic!("{deed:?}: {error}"));
        assert_eq!((written.text.as_str(), written.trace.attempts), ("summary of a1", 3), "{deed:?}");
    }
}

#[test]
fn what_lasts_is_a_failure_of_its_kind_after_as_many_tries_as_allowed() {
    let silence = Deed::Silence(Duration::from_secs(5));
    let of = |finish: &str, text: &str| {
        Deed::Completion(json!({"choices": [{"message": {"content": text}, "finish_reason": finish}]}))
    };
    let status = |status, body: &str| Deed::Status(status, vec![], body.into());
    for (deed, kind, tries) in [
        (status(500, "oops"), FailureKind::Status, 3),
        (status(429, ""), FailureKind::Status, 3),
        (Deed::Reset, FailureKind::Transport, 3),
        (silence, FailureKind::Timeout, 3),
        (Deed::SlowBody(Duration::from_millis(20)), FailureKind::Timeout, 3),
        (Deed::HalfJson, FailureKind::Malformed, 3),
        (status(200, "[]"), FailureKind::Malformed, 1),
        (status(401, ""), FailureKind::Status, 1),
        (status(302, ""), FailureKind::Status, 1),
        (status(400, r#"{"error":{"code":"context_length_exceeded"}}"#), FailureKind::ContextExceeded, 1),
        (status(400, r#"{"error":{"code":"content_filter"}}"#), FailureKind::Refused, 1),
        (of("length", "half a sum"), FailureKind::Truncated, 1),
        (of("stop", ""), FailureKind::EmptyOutput, 1),
        (of("stop", "<think>hm"), FailureKind::EmptyOutput, 1),
        (of("content_filter", ""), FailureKind::Refused, 1),
        (Deed::Huge(50_000_000), FailureKind::TooLarge, 1),
    ] {
        let always = deed.clone();
        let server = Server::start(move |_, _| always.clone());
        let http = build(&server, "timeout = \"300ms\"\nretries = 2\nclean = [\"think\"]");
        let result = ask(&*http, "a1");
        assert_eq!(failure(&result).0, kind, "{deed:?}: {result:?}");
        assert_eq!(result.expect_err("it failed").trace.attempts, tries, "{deed:?}");
        assert_eq!(server.seen().asked["a1"], tries, "{deed:?}");
    }
}

#[test]
fn nobody_listening_is_a_failure_of_transport() {
    let server = Server::start(|_, _| FINE);
    let url = server.url.clone();
    drop(server);
    let gone = Server::start(|_, _| FINE);
    let options: toml::Table =
        format!("url = \"{url}\"\nmodel = \"m\"\nbackoff = \"1ms\"\nretries = 1").parse().expect("it is TOML");
    let setup = Setup { system: "s", options: &options, root: Path::new(".") };
    let http = (kind("http").expect("it is registered").build)(&setup).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(failure(&ask(&*http, "a1")).0, FailureKind::Transport);
    drop(gone);
}

#[test]
fn a_pause_that_is_asked_for_is_kept_by_all() {
    let server = Server::start(|id, attempt| match (id, attempt) {
        ("first", 1) => Deed::Status(429, vec![("Retry-After", "0.4".into())], String::new()),
        _ => FINE,
    });
    let http = build(&server, "");
    assert_eq!(ask(&*http, "first").map(|w| w.trace.attempts), Ok(2));
    let seen = server.seen();
    assert!(seen.times[1] - seen.times[0] >= Duration::from_millis(400));
    drop(seen);
    let patient = Server::start(|_, _| Deed::Status(429, vec![("Retry-After", "3600".into())], String::new()));
    let began = Instant::now();
    let result = ask(&*build(&patient, "max_wait = \"10s\""), "a1");
    assert_eq!(
        failure(&result),
        (FailureKind::Status, "status 429; it wants a pause of 3600 s, more than `max_wait` (10 s)")
    );
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_end_of_a_run_ends_pauses() {
    let server = Server::start(|_, _| Deed::Status(503, vec![("Retry-After", "60".into())], String::new()));
    let http = build(&server, "");
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask_about(&*http, &article("a1", "x"), Some(&stop)));
        while server.seen().asked.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        let unwritten = waiting.join().expect("no panic").expect_err("it was interrupted");
        assert!(matches!(unwritten.cause, Cause::NotAsked(reason) if reason.code == ReasonCode::Interrupted));
        assert_eq!(unwritten.trace.attempts, 1);
    });
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn outputs_are_cleaned_and_kept_as_they_came() {
    let server = Server::start(|_, _| Deed::Completion(completion("<think>x</think>\n**Summary:** Rates rose.")));
    let http = build(&server, "clean = [\"think\", \"fence\", \"label\"]");
    let written = ask(&*http, "a1").expect("it answers");
    assert_eq!((written.text.as_str(), &written.cleaned[..]), ("Rates rose.", &["think", "label"][..]));
    let raw = written.raw.expect("it differs");
    assert_eq!(raw, "<think>x</think>\n**Summary:** Rates rose.");
    assert_eq!(http.clean(&raw).0, written.text);
}

#[test]
fn a_long_article_is_cut_and_said_to_be() {
    let server = Server::start(|_, _| FINE);
    let http = build(&server, "max_source = 8");
    let written = ask(&*http, "a1").expect("it answers");
    assert_eq!(written.shown, Some(5));
    assert_eq!(server.seen().body["messages"][1]["content"], "a1\n央行升息。");
    let whole = ask_about(&*http, &article("a2", "央行升息。"), None).expect("it answers");
    assert_eq!(whole.shown, None);
}

/// Asks about many articles with as many threads as the summarizer wants; results by article.
fn ask_all(http: &dyn Summarizer, articles: usize) -> BTreeMap<String, Result<Written, Unwritten>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..http.in_flight().expect("it waits") {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= articles {
                        break;
                    }
                    let id = format!("a{i}");
                    let result = ask(http, &id);
                    let twice = results.lock().expect("no thread has panicked").insert(id, result);
                    assert!(twice.is_none());
                }
            });
        }
    });
    results.into_inner().expect("no thread has panicked")
}

#[test]
fn two_thousand_articles_end_as_they_should_whatever_the_server_does() {
    const RETRIES: u32 = 3;
    // Each article has its own fault, some for good and some for a while.
    let fault = |i: usize| match i % 20 {
        1 => Some((Deed::Status(429, vec![("Retry-After", "0.01".into())], String::new()), 1)),
        2 => Some((Deed::Status(500, vec![], "oops".into()), 2)),
        3 => Some((Deed::Reset, 1)),
        4 => Some((Deed::HalfBody, 2)),
        5 => Some((Deed::HalfJson, u32::MAX)),
        6 => Some((Deed::Status(400, vec![], r#"{"error":"maximum context length is 10"}"#.into()), u32::MAX)),
        7 if i < 80 => Some((Deed::Status(503, vec![], String::new()), u32::MAX)),
        8 if i < 80 => Some((Deed::Silence(Duration::from_secs(2)), 1)),
        9 if i < 80 => Some((Deed::SlowBody(Duration::from_millis(50)), u32::MAX)),
        10 if i < 200 => Some((Deed::Huge(50_000_000), u32::MAX)),
        11 => Some((Deed::Completion(json!({"choices": []})), u32::MAX)),
        _ => None,
    };
    let server = Server::start(move |id, attempt| {
        let i: usize = id[1..].parse().expect("ids are numbered");
        match fault(i) {
            Some((deed, times)) if attempt <= times => deed,
            _ => FINE,
        }
    });
    let http = build(&server, &format!("retries = {RETRIES}\ntimeout = \"400ms\"\nlimits = {{ in_flight = 32 }}"));
    let results = ask_all(&*http, 2000);
    assert_eq!(results.len(), 2000);
    let seen = server.seen();
    for i in 0..2000 {
        let id = format!("a{i}");
        let (result, asked) = (&results[&id], seen.asked[&id]);
        assert!(asked <= RETRIES + 1, "{id} was asked {asked} times");
        let attempts = match result {
            Ok(written) => written.trace.attempts,
            Err(unwritten) => unwritten.trace.attempts,
        };
        assert_eq!(attempts, asked, "{id}");
        let lasting = match i % 20 {
            5 | 11 => Some(FailureKind::Malformed),
            6 => Some(FailureKind::ContextExceeded),
            7 if i < 80 => Some(FailureKind::Status),
            9 if i < 80 => Some(FailureKind::Timeout),
            10 if i < 200 => Some(FailureKind::TooLarge),
            _ => None,
        };
        match lasting {
            Some(kind) => assert_eq!(failure(result).0, kind, "{id}"),
            None => assert_eq!(result.as_ref().map(|w| w.text.clone()), Ok(format!("summary of {id}")), "{id}"),
        }
    }
    assert!(server.most_in_flight() <= 32);
}

#[test]
fn requests_are_as_many_at_once_as_the_server_bears() {
    // More than eight at once are too many for it.
    let now = AtomicUsize::new(0);
    let server = Server::start(move |_, _| {
        let busy = now.fetch_add(1, Ordering::SeqCst) >= 8;
        std::thread::sleep(Duration::from_millis(10));
        now.fetch_sub(1, Ordering::SeqCst);
        if busy { Deed::Status(429, vec![], String::new()) } else { FINE }
    });
    let http = build(&server, "limits = { in_flight = 64 }\nretries = 12");
    let results = ask_all(&*http, 600);
    assert!(results.values().all(Result::is_ok));
    let asked: u32 = server.seen().asked.values().sum();
    assert!(asked < 1200, "{asked} requests for 600 answers");
}

#[test]
fn requests_a_minute_are_kept() {
    let server = Server::start(|_, _| FINE);
    let http = build(&server, "limits = { in_flight = 8, rpm = 20 }");
    let stop = AtomicBool::new(false);
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (http, stop, answered) = (&http, &stop, &answered);
            scope.spawn(move || {
                for i in 0..10 {
                    if ask_about(&**http, &article(&format!("a{worker}-{i}"), "x"), Some(stop)).is_ok() {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(700));
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(answered.load(Ordering::Relaxed), 20);
    assert_eq!(server.seen().times.len(), 20);
}
