//! What the program says to bad input: one message, the place, the remedy, exit code 2.

use super::{ARTICLES, Sandbox, suite};

/// Runs a suite that is wrong, and shows what is said.
fn said(sandbox: &Sandbox) -> String {
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(2), "{}\n{}", ended.stdout, ended.stderr);
    assert_eq!(ended.stdout, "");
    assert!(!sandbox.path("reports").exists(), "nothing is left of a run that could not begin");
    ended.stderr
}

fn sandbox(dataset: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("articles.jsonl", ARTICLES).write("epitome.toml", suite(dataset, &["length"]));
    sandbox
}

#[test]
fn no_suite() {
    insta::assert_snapshot!(said(&Sandbox::new()));
}

#[test]
fn a_misspelt_key() {
    let sandbox = sandbox("articles = \"articles.jsonl\"\nreferencs = \"refs.jsonl\"");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn an_unknown_metric() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.edit("epitome.toml", "\"length\"", "\"lenght\"");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn an_unknown_backend() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.edit("epitome.toml", "backend = \"lead\"", "backend = \"leed\"");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn an_unknown_option_of_a_backend() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.edit("epitome.toml", "sentences = 1", "sentence = 1");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn a_gate_on_a_metric_that_is_not_there() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.edit("epitome.toml", "[metrics]", "[[gate]]\nmetric = \"length.charcters\"\nmin = 1\n\n[metrics]");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn a_broken_line() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    let lines: String = (1..=9)
        .map(|i| {
            if i == 7 {
                "{\"id\": \"7\", \"source\": \"cut\n".to_owned()
            } else {
                format!("{{\"id\":\"{i}\",\"source\":\"Text {i}.\"}}\n")
            }
        })
        .collect();
    sandbox.write("articles.jsonl", lines);
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn a_missing_file() {
    insta::assert_snapshot!(said(&sandbox("articles = \"artikles.jsonl\"")));
}

#[test]
fn a_reference_to_no_article() {
    let sandbox = sandbox("articles = \"articles.jsonl\"\nreferences = \"refs.jsonl\"");
    sandbox.write("refs.jsonl", "{\"id\":\"a\",\"summary\":\"好。\"}\n{\"id\":\"z9\",\"summary\":\"無。\"}\n");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn two_articles_of_one_id() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.write("articles.jsonl", format!("{ARTICLES}{ARTICLES}"));
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn a_suite_of_another_version() {
    let sandbox = sandbox("articles = \"articles.jsonl\"");
    sandbox.edit("epitome.toml", "version = 1", "version = 2");
    insta::assert_snapshot!(said(&sandbox));
}

#[test]
fn a_system_without_its_version() {
    let sandbox = Sandbox::bundled();
    let ended = sandbox.epitome(&["run", "--only", "system=draft"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("no system of the suite matches `system=draft`"), "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean `system=draft@*`?"), "{}", ended.stderr);
}
