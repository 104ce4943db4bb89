//! What is kept of a server's answers, and what a later run makes of it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::server::{Deed, Server, completion};
use crate::cli::{Sandbox, record};

const SOURCE: &str =
    "The council approved 48 new buses on Tuesday. They will cost 21 million dollars. They run from May.";

fn sandbox(server: &Server, n: usize, options: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let line = |i| format!("{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"{SOURCE}\"}}\n");
    sandbox.write("articles.jsonl", (0..n).map(line).collect::<String>()).write("p.md", "{{ id }}\n{{ source }}");
    let url = &server.url;
    sandbox.write(
        "epitome.toml",
        format!(
            "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"news\"\narticles = \"articles.jsonl\"\n[[system]]\n\
             name = \"llm\"\nbackend = \"http\"\nurl = \"{url}\"\nmodel = \"m\"\nprompt = \"p.md\"\nretries = 0\n{options}\n\
             [metrics]\nuse = [\"length\"]\n[failures]\nmax = \"100%\"\n"
        ),
    );
    sandbox
}

fn items(sandbox: &Sandbox) -> Vec<Value> {
    // Runs of one second are told apart by when they ended.
    let ended = |run: &PathBuf| fs::metadata(run.join("run.json")).and_then(|file| file.modified()).ok();
    record(&sandbox.runs("news").into_iter().max_by_key(ended).expect("a run")).1
}

fn asked(server: &Server) -> u32 {
    server.seen().asked.values().sum()
}

#[test]
fn a_changed_cleaning_step_cleans_again_without_asking() {
    let server = Server::start(|_, _| Deed::Completion(completion("<think>Hm.</think>**Summary:** Buses come.")));
    let sandbox = sandbox(&server, 2, "clean = [\"think\"]");
    sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(items(&sandbox)[0]["summary"], "**Summary:** Buses come.");
    sandbox.edit("epitome.toml", "[\"think\"]", "[\"think\", \"label\"]");
    assert_eq!(sandbox.epitome(&["run", "--quiet", "--offline"]).code, Some(0));
    let item = &items(&sandbox)[0];
    assert_eq!((&item["summary"], &item["cleaned"]), (&"Buses come.".into(), &serde_json::json!(["think", "label"])));
    sandbox.edit("epitome.toml", "clean = [\"think\", \"label\"]", "");
    sandbox.epitome(&["run", "--quiet"]);
    let item = &items(&sandbox)[0];
    assert_eq!((&item["summary"], item.get("raw")), (&"<think>Hm.</think>**Summary:** Buses come.".into(), None));
    assert_eq!(asked(&server), 2);
}

#[test]
fn another_models_name_is_a_warning() {
    let renamed = Arc::new(AtomicBool::new(false));
    let now = renamed.clone();
    let server = Server::start(move |id, _| {
        let mut value = completion(&format!("summary of {id}"));
        value["model"] = if now.load(Ordering::Relaxed) { "m-2".into() } else { "m-1".into() };
        Deed::Completion(value)
    });
    let sandbox = sandbox(&server, 4, "");
    let ended = sandbox.epitome(&["run", "--limit", "2"]);
    assert!(!ended.stderr.contains("answers as"), "{}", ended.stderr);
    renamed.store(true, Ordering::Relaxed);
    let ended = sandbox.epitome(&["run"]);
    let said =
        "llm: the server now answers as `m-2` (2 outputs), and what was kept is by `m-1` (2 outputs); --refresh asks";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    let ended = sandbox.epitome(&["run", "--refresh"]);
    assert!(ended.stderr.contains("now answers as `m-2` (4 outputs)"), "{}", ended.stderr);
    assert!(!sandbox.epitome(&["run"]).stderr.contains("answers as"));
}

#[test]
fn rerun_failed_tries_failures_and_nothing_else() {
    let mended = Arc::new(AtomicBool::new(false));
    let now = mended.clone();
    let server = Server::start(move |id, _| match id {
        "1" | "3" if !now.load(Ordering::Relaxed) => Deed::Status(400, vec![], "no".into()),
        _ => Deed::Answer(Duration::ZERO),
    });
    let sandbox = sandbox(&server, 5, "");
    // A program of no known files, of which nothing is kept.
    let own =
        "[[system]]\nname = \"own\"\nbackend = \"command\"\nrun = [\"sh\", \"-c\", \"echo x >> own; head -c 20\"]\n";
    sandbox.edit("epitome.toml", "[metrics]", &format!("{own}[metrics]"));
    let ended = sandbox.epitome(&["run", "--rerun", "failed"]);
    assert!(ended.code == Some(2) && ended.stderr.contains("no run"), "{}", ended.stderr);
    sandbox.epitome(&["run", "--quiet", "--limit", "4"]);
    assert_eq!(asked(&server), 4);
    mended.store(true, Ordering::Relaxed);
    let ended = sandbox.epitome(&["run", "--rerun", "failed", "--allow-not-evaluated"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("2 items failed in"), "{}", ended.stderr);
    assert_eq!(asked(&server), 6);
    assert_eq!(fs::read_to_string(sandbox.path("own")).expect("it ran").lines().count(), 4);
    let items = items(&sandbox);
    let of = |system: &str, id: &str| items.iter().find(|i| i["system"] == system && i["id"] == id).expect("an item");
    assert_eq!(of("llm", "1")["summary"], "summary of 1");
    assert_eq!(of("llm", "4")["not_evaluated"]["code"], "filtered");
    assert_eq!(of("own", "0")["summary"], &SOURCE[..20]);
    assert_eq!(of("own", "4")["not_evaluated"]["code"], "filtered");
}

#[test]
fn facts_beyond_the_cut_are_marked() {
    let server = Server::start(|_, _| Deed::Answer(Duration::ZERO));
    let sandbox = sandbox(&server, 1, "max_source = 50");
    sandbox.edit("epitome.toml", "articles.jsonl\"", "articles.jsonl\"\nfacts = \"facts.jsonl\"");
    sandbox.edit("epitome.toml", "\"length\"", "\"facts\"");
    let fact = |id: &str, claim: &str| {
        format!("{{\"article\":\"0\",\"id\":\"{id}\",\"kind\":\"quantity\",\"claim\":\"{claim}\"}}\n")
    };
    let facts = fact("buses", "The council approved 48 new buses") + &fact("cost", "They will cost 21 million dollars");
    sandbox.write("facts.jsonl", facts);
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let item = &items(&sandbox)[0];
    assert_eq!(item["shown"], 45);
    let beyond: Vec<bool> = item["facts"].as_array().expect("facts").iter().map(|f| f["beyond_cut"] == true).collect();
    assert_eq!(beyond, [false, true]);
}

#[test]
fn a_missing_key_is_not_a_failure() {
    let server = Server::start(|_, _| Deed::Answer(Duration::ZERO));
    let sandbox = sandbox(&server, 2, "key_env = \"NO_SUCH_KEY\"");
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`NO_SUCH_KEY` is not set; --allow-not-evaluated accepts that"), "{}", ended.stderr);
    let ended = sandbox.epitome(&["run", "--allow-not-evaluated"]);
    assert!(ended.code == Some(0) && ended.stderr.contains("2 of 2 items were not evaluated"), "{}", ended.stderr);
    assert_eq!(asked(&server), 0);
}

#[test]
fn two_processes_ask_for_no_item_twice_and_what_verify_sets_aside_comes_again() {
    let server = Server::start(|_, _| Deed::Answer(Duration::from_millis(5)));
    let sandbox = sandbox(&server, 30, "");
    let start = || sandbox.command(&["run", "--quiet"]).stdout(Stdio::null()).spawn().expect("a start");
    let mut children = [start(), start()];
    assert!(children.iter_mut().all(|child| child.wait().expect("an end").code() == Some(0)));
    assert!(server.seen().asked.values().all(|n| *n == 1));
    let runs = sandbox.runs("news");
    assert_eq!(record(&runs[0]), record(&runs[1]));
    let folder = fs::read_dir(sandbox.path(".epitome/store/outputs")).expect("entries").flatten().next();
    let entry =
        fs::read_dir(folder.expect("a folder").path()).expect("entries").flatten().next().expect("an entry").path();
    fs::write(&entry, &fs::read(&entry).expect("an entry")[..100]).expect("damage");
    let ended = sandbox.epitome(&["cache", "verify"]);
    assert!(ended.code == Some(1) && ended.stderr.contains("is damaged; set aside as"), "{}", ended.stderr);
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert_eq!(asked(&server), 31);
    assert_eq!(sandbox.epitome(&["cache", "verify"]).code, Some(0));
}
