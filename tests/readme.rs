//! The README's own examples: its commands run, and its suite is read.

use std::path::Path;

use epitome::config::Plan;
use epitome::config::plan::Overrides;

use crate::cli::Sandbox;

const README: &str = include_str!("../README.md");

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    README.split(&open).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn every_command_of_the_readme_works() {
    let sandbox = Sandbox::bundled();
    let pairs = "{\"candidate\":\"捷運明年三月通車\",\"reference\":\"捷運新線明年三月通車\"}\n";
    sandbox.write("pairs.jsonl", pairs);
    let mut run = 0;
    for line in blocks("sh").into_iter().flat_map(str::lines) {
        let Some(args) = line.strip_prefix("epitome ").or_else(|| line.strip_prefix("cargo run --release -- ")) else {
            assert_eq!(line, "cargo test", "a command that no test knows");
            continue;
        };
        // A shell's quotes, as far as the README uses them.
        let mut words: Vec<String> = Vec::new();
        for (i, part) in args.split('"').enumerate() {
            if i % 2 == 1 {
                words.push(part.to_owned())
            } else {
                words.extend(part.split_whitespace().map(str::to_owned))
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = sandbox.epitome(&words);
        assert_eq!(ended.code, Some(0), "{line}\n{}\n{}", ended.stdout, ended.stderr);
        run += 1;
    }
    assert!(run >= 9, "only {run} commands were found");
}

#[test]
fn the_suites_of_the_readme_are_read() {
    let sandbox = Sandbox::bundled();
    sandbox.write("summarize.py", "print('x')\n").write("prompts/p.md", "x\n");
    let suites = blocks("toml");
    assert_eq!(suites.len(), 2);
    for (text, systems) in suites.iter().zip([2, 1]) {
        // A block that shows one table stands in a suite of its own.
        let head = "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"invented\"\n";
        let text = if text.contains("[suite]") { (*text).to_owned() } else { format!("{head}{text}") };
        let plan = Plan::parse(Path::new("README.md"), &text, sandbox.path("."), Overrides::default());
        let plan = plan.map_err(|e| e.to_string()).expect("the README's suite");
        assert_eq!(plan.systems.len(), systems);
    }
}
/// The table in the README is what the first command prints. `INSTA_UPDATE=always cargo test readme` renews it.
#[test]
fn the_output_in_the_readme_is_the_programs() {
    let sandbox = Sandbox::bundled();
    let ended = sandbox.epitome(&["run"]);
    let shown: String = ended.stdout.split("\nLost or wrong").next().unwrap_or_default().trim_end().to_owned();
    let (before, rest) = README.split_once("<!-- output -->\n```text\n").expect("the output's place");
    let (held, after) = rest.split_once("```\n<!-- /output -->").expect("the output's end");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let text = format!("{before}<!-- output -->\n```text\n{shown}\n```\n<!-- /output -->{after}");
        std::fs::write(path, text).expect("the README");
        return;
    }
    assert_eq!(held.trim_end(), shown);
}
