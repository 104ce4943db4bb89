//! `kill -9` at any moment: the run that follows goes on from there, and its record does not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::server::{Deed, Server};
use crate::cli::Sandbox;

/// A suite over `n` articles with a system of every backend, and a judge; each notes what it is asked.
fn sandbox(n: usize, server: &Server) -> Sandbox {
    let sandbox = Sandbox::new();
    let article = |i| {
        format!(
            "{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"Article {i} says that 20 buses run. It says more of them. And it \
             ends there.\",\"references\":[\"In article {i} 20 buses run.\",\"Buses run.\"]}}\n"
        )
    };
    sandbox.write("articles.jsonl", (0..n).map(article).collect::<String>());
    let output = |i| format!("{{\"id\":\"{i}\",\"system\":\"old\",\"summary\":\"Old summary of {i}.\"}}\n");
    sandbox.write("old.jsonl", (0..n).map(output).collect::<String>()).write("p.md", "{{ id }}\n{{ source }}");
    // Every seventh article is too much for it.
    sandbox.write(
        "once.sh",
        "echo \"once $EPITOME_ARTICLE\" >> asked\nsleep 0.01\n[ $((EPITOME_ARTICLE % 7)) != 6 ] || exit 5\nhead -c 40\n",
    );
    sandbox.write(
        "worker.sh",
        r#"while IFS= read -r line; do
  id=${line#*\"id\":}; id=${id%%,*}
  article=${line#*\"article\":\{\"id\":\"}; article=${article%%\"*}
  echo "worker $article" >> asked
  printf '{"id":%s,"summary":"Article %s, says the worker: 20 buses."}\n' "$id" "$article"
done
"#,
    );
    sandbox.write(
        "judge.sh",
        r#"while IFS= read -r line; do
  id=${line#*\"id\":}; id=${id%%,*}
  echo "judge" >> judged
  printf '{"id":%s,"scores":{"tone":0.5}}\n' "$id"
done
"#,
    );
    let url = &server.url;
    let builtin = |name: &str| format!("[[system]]\nname = \"{name}\"\nbackend = \"{name}\"\n");
    let builtins: String = ["lead", "textrank", "lexrank", "oracle", "random"].into_iter().map(builtin).collect();
    sandbox.write(
        "epitome.toml",
        format!(
            r#"version = 1
[suite]
name = "news"
[[dataset]]
name = "news"
articles = "articles.jsonl"
fields = {{ references = "references" }}
{builtins}
[[system]]
name = "old"
backend = "replay"
outputs = "old.jsonl"
[[system]]
name = "once"
backend = "command"
run = ["sh", "once.sh"]
processes = 2
[[system]]
name = "worker"
backend = "command"
mode = "worker"
run = ["sh", "worker.sh"]
[[system]]
name = "llm"
backend = "http"
url = "{url}"
model = "m"
prompt = "p.md"
limits = {{ in_flight = 4 }}
[metrics]
use = ["rouge1", "length"]
[[metric]]
name = "judge"
backend = "command"
run = ["sh", "judge.sh"]
fields = {{ tone = {{ direction = "higher", range = [0, 1] }} }}
[failures]
max = "50%"
"#
        ),
    );
    sandbox
}

fn server() -> Server {
    Server::start(|id, _| match id.parse::<usize>() {
        Ok(i) if i % 5 == 4 => Deed::Status(400, vec![], "no".into()),
        _ => Deed::Answer(Duration::from_millis(10)),
    })
}

/// How often each system was asked for each article.
fn asked(sandbox: &Sandbox, server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in fs::read_to_string(sandbox.path("asked")).unwrap_or_default().lines() {
        *counts.entry(line.to_owned()).or_insert(0) += 1;
    }
    counts.extend(server.seen().asked.iter().map(|(id, n)| (format!("llm {id}"), *n as usize)));
    counts
}

/// The items that were safe: the lines of journals and the entries of the store, as `system article`. A failure's line holds
/// no more than its entry's name, so that all of a system's are counted.
fn journaled(sandbox: &Sandbox) -> BTreeSet<String> {
    let mut items = BTreeSet::new();
    let mut take = |text: &str| {
        for line in text.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
            let key = &entry["key"];
            let system = match (key["backend"].as_str(), key["identity"]["mode"].as_str()) {
                (Some("http"), _) => "llm",
                (_, Some(mode)) => mode,
                _ => continue,
            };
            // Judges are told of no system, so that one answer may serve several items.
            if key["metric"].is_null() {
                items.insert(format!("{system} {}", key["article"]["id"].as_str().unwrap_or_default()));
            }
        }
    };
    for path in sandbox.files(".epitome/store") {
        if path.extension().is_some_and(|e| e == "json" || e == "jsonl" || e == "ended") {
            take(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    items
}

/// A run's record, byte for byte but for the environment.
fn bytes(sandbox: &Sandbox) -> String {
    let finished =
        sandbox.runs("news").into_iter().rfind(|run| run.join("run.json").is_file()).expect("a finished run");
    let read = |name: &str| fs::read_to_string(finished.join(name)).expect("a file");
    let without = |text: &str| {
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        value.as_object_mut().expect("an object").shift_remove("environment").expect("an environment");
        value.to_string()
    };
    let items = read("items.jsonl");
    std::iter::once(without(&read("run.json"))).chain(items.lines().map(without)).collect::<Vec<_>>().join("\n")
}

fn kills_do_not_show(articles: usize, kills: u32) {
    let server = server();
    let undisturbed = sandbox(articles, &server);
    let began = Instant::now();
    let ended = undisturbed.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let length = began.elapsed();
    let expected = bytes(&undisturbed);
    assert!(asked(&undisturbed, &server).values().all(|n| *n == 1));
    let mut met = 0;
    for kill in 0..kills {
        server.seen().asked.clear();
        let sandbox = sandbox(articles, &server);
        let mut child =
            sandbox.command(&["run", "--quiet"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a start");
        // Spread over the run by the golden ratio; what the machine makes of it is chance enough.
        let moment = length.mul_f64((f64::from(kill) * 0.618_034).fract());
        std::thread::sleep(moment);
        child.kill().expect("a kill");
        met += u32::from(child.wait().expect("an end").code().is_none());
        // What a killed process had started ends by itself, and may note itself late.
        std::thread::sleep(Duration::from_millis(50));
        let (safe, before) = (journaled(&sandbox), asked(&sandbox, &server));
        let ended = sandbox.epitome(&["run", "--quiet"]);
        assert_eq!(ended.code, Some(0), "killed after {moment:?}: {}", ended.stderr);
        assert_eq!(bytes(&sandbox), expected, "killed after {moment:?}");
        let after = asked(&sandbox, &server);
        for (item, n) in &after {
            assert!(*n <= 2, "killed after {moment:?}: {item} was asked for {n} times");
            if safe.contains(item) {
                assert_eq!(Some(n), before.get(item), "killed after {moment:?}: {item} was safe");
            }
        }
        assert_eq!(after.len(), 3 * articles);
    }
    assert!(met > 0, "no kill met a run");
}

#[test]
fn a_few_kills_do_not_show() {
    kills_do_not_show(10, 3);
}

#[test]
#[ignore = "takes its time; `.ci/run full` runs it"]
fn fifty_kills_do_not_show() {
    kills_do_not_show(40, 50);
}
