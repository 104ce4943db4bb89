//! Gates and the baseline: run, accept, change, gate.

use super::{ARTICLES, Sandbox, suite};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let references = "{\"id\":\"a\",\"summary\":\"捷運新線明年三月通車，全長12.4公里。\"}\n\
        {\"id\":\"b\",\"summary\":\"The council approved 48 new buses.\"}\n";
    sandbox.write("articles.jsonl", ARTICLES).write("references.jsonl", references);
    let text = suite("articles = \"articles.jsonl\"\nreferences = \"references.jsonl\"", &["rouge1"]);
    let system = "[[system]]\nname = \"desk@v1\"\nbackend = \"replay\"\noutputs = \"out.jsonl\"\n";
    let gate = "[[gate]]\nmetric = \"rouge1\"\nsystem = \"desk\"\nmin = 0.0\nmax_drop = 0.01\n";
    sandbox.write("epitome.toml", format!("{text}\n{system}\n{gate}"));
    outputs(&sandbox, "desk@v1", "捷運新線明年三月通車，全長12.4公里。");
    sandbox
}

fn outputs(sandbox: &Sandbox, system: &str, a: &str) {
    let line = |id: &str, text: &str| serde_json::json!({ "id": id, "system": system, "summary": text }).to_string();
    sandbox.write("out.jsonl", format!("{}\n{}\n", line("a", a), line("b", "The council approved 48 new buses.")));
}

#[test]
fn a_baseline_gate_without_a_baseline_says_what_to_do() {
    let sandbox = sandbox();
    assert_eq!(sandbox.epitome(&["run"]).code, Some(0), "run judges the absolute gates only");
    let ended = sandbox.epitome(&["gate"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("epitome accept"), "{}", ended.stdout);
}

#[test]
fn what_was_accepted_holds_until_an_output_gets_worse() {
    let sandbox = sandbox();
    sandbox.epitome(&["run", "--quiet"]);
    let accepted = sandbox.epitome(&["accept", "--message", "first"]);
    assert_eq!(accepted.code, Some(0), "{}", accepted.stderr);
    assert!(sandbox.path("reports/news/baseline.json").is_file());
    assert!(sandbox.path("reports/news/baseline.outputs.jsonl").is_file());
    assert_eq!(sandbox.epitome(&["gate"]).code, Some(0));

    outputs(&sandbox, "desk@v1", "今天天氣晴朗。");
    sandbox.epitome(&["run", "--quiet"]);
    let ended = sandbox.epitome(&["gate"]);
    // Two articles cannot show a drop beyond chance; that is said, and is no pass in silence.
    assert!(ended.stdout.contains("cannot tell"), "{}", ended.stdout);
    assert!(ended.stdout.contains("news/a"), "{}", ended.stdout);
    assert_eq!(ended.code, Some(0));
    sandbox.edit("epitome.toml", "max_drop = 0.01", "max_drop = 0.01\non_inconclusive = \"fail\"");
    assert_eq!(sandbox.epitome(&["gate"]).code, Some(1));
}

#[test]
fn a_minimum_that_does_not_hold_fails() {
    let sandbox = sandbox();
    sandbox.edit("epitome.toml", "min = 0.0", "min = 1.5");
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("FAILS"), "{}", ended.stdout);
}

#[test]
fn another_version_of_a_system_is_held_against_the_one_that_was_accepted() {
    let sandbox = sandbox();
    sandbox.epitome(&["run", "--quiet"]);
    sandbox.epitome(&["accept", "--quiet"]);
    sandbox.edit("epitome.toml", "desk@v1", "desk@v2");
    outputs(&sandbox, "desk@v2", "捷運新線明年三月通車，全長12.4公里。");
    sandbox.epitome(&["run", "--quiet"]);
    let ended = sandbox.epitome(&["gate"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("unchanged"), "{}", ended.stdout);
}

#[test]
fn accepting_twice_changes_nothing() {
    let sandbox = sandbox();
    for _ in 0..2 {
        sandbox.epitome(&["run", "--quiet"]);
        sandbox.epitome(&["accept", "--quiet"]);
    }
    let first = std::fs::read(sandbox.path("reports/news/baseline.json")).expect("a baseline");
    sandbox.epitome(&["run", "--quiet", "--threads", "3"]);
    sandbox.epitome(&["accept", "--quiet"]);
    assert_eq!(first, std::fs::read(sandbox.path("reports/news/baseline.json")).expect("a baseline"));
}

#[test]
fn the_table_and_json_say_the_same() {
    let sandbox = sandbox();
    sandbox.epitome(&["run", "--quiet"]);
    let ended = sandbox.epitome(&["gate", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(value["schema"], "epitome.gate/1");
    assert_eq!(value["holds"], false);
}
