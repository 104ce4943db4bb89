//! A key shows nowhere, whatever comes back from where it was sent.

use std::fs;

use serde_json::json;

use super::server::{Deed, Server, completion};
use crate::cli::Sandbox;

const KEY: &str = "sk-test-0123456789abcdefghij";

/// A server that says the key back in every way it can.
fn server() -> Server {
    Server::start(|id, _| match id {
        "1" => Deed::Status(401, vec![], json!({"error": {"message": format!("Incorrect key {KEY}")}}).to_string()),
        "2" => Deed::Status(200, vec![], format!("<html>{}{KEY}", "x".repeat(150))),
        "3" => {
            Deed::Completion(json!({"choices": [{"message": {"content": "", "refusal": format!("not with {KEY}")}}]}))
        }
        "4" => Deed::Completion(
            json!({"model": KEY, "choices": [{"message": {"content": format!("cut {KEY}")}, "finish_reason": "length"}]}),
        ),
        "5" => Deed::Status(302, vec![("Location", format!("/?key={KEY}"))], String::new()),
        // A body that is no UTF-8 is no answer; here, one that is cut within the key.
        "6" => Deed::Status(500, vec![("X-Key", KEY.into())], format!("{}{KEY}", "y".repeat(190))),
        _ => Deed::Completion(completion(&format!("<think>{KEY}</think>The key is {KEY}."))),
    })
}

/// Files that show the key, or its first half, as a text cut short would.
fn leaks(sandbox: &Sandbox) -> Vec<String> {
    let mut found = Vec::new();
    for path in sandbox.files("").iter().filter(|path| path.file_name().is_some_and(|name| name != "key.txt")) {
        let bytes = fs::read(path).expect("a file");
        for part in [KEY, &KEY[..14]] {
            if bytes.windows(part.len()).any(|window| window == part.as_bytes()) {
                found.push(format!("{} holds {part}", path.display()));
            }
        }
    }
    found
}

#[test]
fn a_key_is_in_no_record_report_cache_log_error_or_help() {
    let server = server();
    let sandbox = Sandbox::new();
    let line =
        |i| format!("{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"Article {i} says a thing. It says more.\"}}\n");
    sandbox.write("articles.jsonl", (1..=8).map(line).collect::<String>());
    sandbox.write("p.md", "{{ id }}\n{{ source }}").write("key.txt", KEY);
    sandbox.write(
        "leak.sh",
        "echo \"my key is $LLM_KEY\"; echo \"$LLM_KEY\" >&2; [ \"$EPITOME_ARTICLE\" != 3 ] || exit 1\n",
    );
    let judge = r#"while IFS= read -r line; do id=${line#*\"id\":}; id=${id%%,*}; echo "$LLM_KEY" >&2
case $line in *'Article 2 '*) printf '{"id":%s,"error":"%s"}\n' "$id" "$LLM_KEY";;
*) printf '{"id":%s,"scores":{"tone":1},"note":"%s"}\n' "$id" "$LLM_KEY";; esac; done
"#;
    sandbox.write("judge.sh", judge);
    let url = &server.url;
    sandbox.write(
        "epitome.toml",
        format!(
            r#"version = 1
[suite]
name = "news"
[[dataset]]
name = "news"
articles = "articles.jsonl"
[[system]]
name = "by-variable"
backend = "http"
url = "{url}"
model = "m"
key_env = "LLM_KEY"
headers = {{ X-Other = {{ env = "LLM_KEY", prefix = "Key " }} }}
query = {{ key = {{ env = "LLM_KEY" }} }}
prompt = "p.md"
clean = ["think"]
retries = 1
backoff = "1ms"
[[system]]
name = "by-file"
backend = "http"
url = "{url}"
model = "m"
key_file = "key.txt"
prompt = "p.md"
retries = 0
[[system]]
name = "leak"
backend = "command"
run = ["sh", "leak.sh"]
env = ["LLM_KEY"]
[metrics]
use = ["length"]
[[metric]]
name = "judge"
backend = "command"
run = ["sh", "judge.sh"]
env = ["LLM_KEY"]
fields = {{ tone = {{ direction = "higher", range = [0, 1] }} }}
[failures]
max = "100%"
[report]
formats = ["html", "markdown", "csv", "junit", "json"]
"#
        ),
    );
    let mut said = String::new();
    for args in [
        &["run", "--dry-run"][..],
        &["run"],
        &["run", "--rerun", "failed"],
        &["run", "--format", "json"],
        &["run", "--refresh"],
        &["run", "--help"],
        &["list", "backends"],
        &["cache", "list"],
        &["cache", "export", "export.jsonl"],
        &["explain", "latest", "leak", "1", "length"],
        &["runs", "list"],
        &["report", "latest", "--format", "github", "--out", "-"],
    ] {
        let output = sandbox.command(args).env("LLM_KEY", KEY).output().expect("epitome starts");
        assert_ne!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        said += &String::from_utf8_lossy(&output.stdout);
        said += &String::from_utf8_lossy(&output.stderr);
    }
    sandbox.write("said.txt", &said);
    // The key was sent, and did come back.
    assert!(server.seen().path.contains(KEY) || server.seen().headers.values().any(|value| value.contains(KEY)));
    assert!(said.contains("[secret]"), "{said}");
    let found = leaks(&sandbox);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
