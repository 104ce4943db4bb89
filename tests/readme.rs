//! The examples of the README and of the pages under docs/: commands run, and suites are read.

use std::path::Path;

use epitome::config::Plan;
use epitome::config::plan::Overrides;

use crate::cli::Sandbox;

const README: &str = include_str!("../README.md");

/// The fenced blocks of a language, in order.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    page.split(&open).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn every_command_of_the_readme_works() {
    let sandbox = clone();
    let pairs = "{\"candidate\":\"捷運明年三月通車\",\"reference\":\"捷運新線明年三月通車\"}\n";
    sandbox.write("pairs.jsonl", pairs);
    let run = carry_out(&sandbox, README);
    assert!(run >= 9, "only {run} commands were found");
}

/// What a clone has: the bundled suite with its accepted baseline.
fn clone() -> Sandbox {
    let sandbox = Sandbox::bundled();
    for name in ["reports/bundled/baseline.json", "reports/bundled/baseline.outputs.jsonl"] {
        let accepted = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the baseline");
        sandbox.write(name, accepted);
    }
    sandbox
}

/// Runs the commands of a page in order, each of which must succeed, and says how many there were.
fn carry_out(sandbox: &Sandbox, page: &'static str) -> usize {
    let mut run = 0;
    for line in blocks(page, "sh").into_iter().flat_map(str::lines) {
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
    run
}

#[test]
fn the_page_on_comparing_does_what_it_says() {
    const PAGE: &str = include_str!("../docs/comparing.md");
    let sandbox = Sandbox::bundled();
    let suite = std::fs::read_to_string(sandbox.path("epitome.toml")).expect("the bundled suite");
    let gates = blocks(PAGE, "toml").concat();
    assert_eq!(gates.matches("[[gate]]").count(), 3);
    let lines = |of: fn(usize, usize) -> serde_json::Value| -> String {
        let all = (0..4).flat_map(|system| (0..6).map(move |article| (system, article)));
        all.map(|(system, article)| format!("{}\n", of(system, article))).collect()
    };
    sandbox.write(
        "scores.jsonl",
        lines(
            |s, a| serde_json::json!({ "id": a, "system": s.to_string(), "scores": { "rouge1": (s * 3 + a * 5) % 7 } }),
        ),
    );
    sandbox.write(
        "ratings.jsonl",
        lines(|s, a| serde_json::json!({ "id": a, "system": s.to_string(), "ratings": { "overall": s + a % 2 } })),
    );
    sandbox.write("complaint/article.txt", "中方宣布，今年內向上合組織成員國提供三萬個獎學金名額。會議在天津舉行。");
    sandbox.write("complaint/summary.txt", "中方今年內提供兩萬個獎學金名額。");
    assert!(carry_out(&sandbox, PAGE) >= 12);
    // Its gates are read, and judged without one that finds nothing to judge.
    sandbox.write("epitome.toml", suite + &gates);
    let ended = sandbox.epitome(&["gate", "--format", "json"]);
    let judged: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.stderr));
    let judged = judged["gates"].as_array().expect("gates");
    assert!(judged.len() >= 13, "{judged:#?}");
    assert!(judged.iter().all(|g| g["figure"].is_number()), "{judged:#?}");
}

#[test]
fn the_suites_of_the_readme_are_read() {
    let sandbox = Sandbox::bundled();
    sandbox.write("summarize.py", "print('x')\n").write("prompts/p.md", "x\n").write("prompts/p3.md", "{{ source }}\n");
    let suites = blocks(README, "toml");
    assert_eq!(suites.len(), 3);
    for (text, systems) in suites.iter().zip([2, 1, 1]) {
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
    let ended = clone().epitome(&["run"]);
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

#[test]
fn the_page_on_facts_does_what_it_says() {
    const PAGE: &str = include_str!("../docs/facts.md");
    let sandbox = Sandbox::bundled();
    sandbox.write("article.txt", "The council approved 48 new buses. They will cost $21 million.\n");
    // A block under `<!-- file: NAME -->` is that file.
    for part in PAGE.split("<!-- file: ").skip(1) {
        let (name, rest) = part.split_once(" -->\n```").expect("a file's name and block");
        let text = rest.split_once('\n').and_then(|(_, text)| text.split("```").next()).expect("a block");
        sandbox.write(name, text);
    }
    assert!(carry_out(&sandbox, PAGE) >= 9);
    let decisions = std::fs::read_to_string(sandbox.path("references/summit/summit.decisions.jsonl"));
    assert_eq!(decisions.expect("the file that the page names").lines().count(), 2);
    let table: toml::Table = blocks(PAGE, "toml")[0].parse().expect("TOML");
    let fact: epitome::model::Fact = table["fact"][0].clone().try_into().expect("a fact");
    assert_eq!(fact.weight, 2.0);
}
