//! What the documents show works: each block of TOML is a part of a suite, each line of shell a command.

use std::fs;

use crate::cli::Sandbox;

/// The blocks of a language in a document.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = document.split(&fence).skip(1);
    parts.map(|part| part.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// A suite, with the files that the documents name beside it and programs that are called as they say.
fn sandbox(part: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let article =
        "{\"id\":\"a\",\"lang\":\"en\",\"tags\":[\"politics\"],\"source\":\"A thing was said. It was said again.\"}\n";
    for name in ["articles.jsonl", "embargoed.jsonl"] {
        sandbox.write(name, article);
    }
    for name in ["summarize.py", "worker.py", "judge.py"] {
        sandbox.write(name, "");
    }
    sandbox.write("prompts/p3.md", "{{ source }}");
    sandbox.write("scores/bertscore.jsonl", "{\"id\":\"a\",\"system\":\"lead\",\"scores\":{\"f1\":0.5}}\n");
    let mut suite = String::from(
        "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"cms\"\narticles = \"articles.jsonl\"\n[[system]]\n\
         name = \"lead\"\nbackend = \"lead\"\n",
    );
    if !part.contains("[[metric]]") {
        suite += "[metrics]\nuse = [\"length\"]\n";
    }
    sandbox.write("epitome.toml", suite + part);
    // Python need not be here: nothing of it is run.
    sandbox.write("bin/python3", "#!/bin/sh\nexit 1\n");
    sandbox
}

#[test]
fn each_part_of_a_suite_is_one() {
    for document in [include_str!("../../docs/backends.md"), include_str!("../../docs/worker-protocol.md")] {
        let parts = blocks(document, "toml");
        assert!(parts.len() > 2);
        for part in parts {
            let sandbox = sandbox(&part);
            let path = std::env::var("PATH").unwrap_or_default();
            let path = format!("{}:{path}", sandbox.path("bin").display());
            let output = sandbox.command(&["run", "--dry-run"]).env("PATH", path).output().expect("epitome starts");
            assert_eq!(output.status.code(), Some(0), "{part}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn each_command_is_one() {
    let document = include_str!("../../docs/backends.md");
    let sandbox = sandbox("");
    let mut commands = 0;
    for line in blocks(document, "sh").iter().flat_map(|block| block.lines()) {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let args = words.strip_prefix(&["epitome"]).expect("a command of ours");
        let ended = sandbox.epitome(args);
        // A choice may match nothing here; what clap does not know is a usage error that shows how it is used.
        assert!(!ended.stderr.contains("Usage:") && !ended.stderr.contains("unexpected"), "{line}\n{}", ended.stderr);
        commands += 1;
    }
    assert!(commands > 10);
    assert!(fs::read_dir(sandbox.path("reports/news")).expect("runs").count() > 2);
}
