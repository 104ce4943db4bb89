//! `--help`, as people see it.

use super::Sandbox;

const COMMANDS: &[&str] = &[
    "run",
    "merge",
    "score",
    "explain",
    "facts",
    "compare",
    "gate",
    "accept",
    "review",
    "reject",
    "rescore",
    "correlate",
    "audit",
    "add",
    "noise",
    "trend",
    "report",
    "list",
    "init",
    "schema",
    "cache",
    "runs",
    "completions",
];

#[test]
fn help_of_every_command_has_an_example_and_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let mut shown = String::new();
    for command in std::iter::once(&[][..]).chain(COMMANDS.iter().map(std::slice::from_ref)) {
        let args: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let ended = sandbox.epitome(&args);
        assert_eq!(ended.code, Some(0));
        if !command.is_empty() {
            assert!(ended.stdout.contains("epitome "), "{command:?} has no example");
            assert!(ended.stdout.contains("Example"), "{command:?} has no example");
        }
        shown.push_str(&format!("$ epitome {}\n{}\n\n", args.join(" "), ended.stdout.trim_end()));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_command_of_help_is_held_here() {
    let help = Sandbox::new().epitome(&["--help"]).stdout;
    let listed = help.lines().skip_while(|l| !l.starts_with("Commands:")).skip(1).take_while(|l| !l.trim().is_empty());
    let names: Vec<&str> = listed.filter_map(|l| l.strip_prefix("  ")?.split_whitespace().next()).collect();
    for name in names.into_iter().filter(|n| *n != "help" && !n.is_empty()) {
        assert!(
            COMMANDS.contains(&name) || help.contains(&format!("          {name}")),
            "`{name}` has no snapshot of its help"
        );
    }
}

#[test]
fn schemas_and_lists_are_printed() {
    let sandbox = Sandbox::new();
    for format in ["suite", "article", "reference", "fact", "output", "run", "item", "baseline"] {
        let ended = sandbox.epitome(&["schema", format]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let schema: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
        assert!(schema["properties"].is_object(), "{format}");
        if format == "suite" {
            assert_eq!(
                schema["required"],
                serde_json::json!(["version", "suite"]),
                "what has a default is not required"
            );
        }
    }
    for what in ["metrics", "backends", "tokenizers"] {
        let ended = sandbox.epitome(&["list", what, "--format", "json"]);
        let list: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
        let entries = list.as_array().expect("a list");
        assert!(!entries.is_empty());
        assert!(entries.iter().all(|e| e["about"].as_str().is_some_and(|a| !a.is_empty())), "{what}");
    }
}

#[test]
fn tokenizers_are_listed_with_what_they_make_of_an_example() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.epitome(&["list", "tokenizers"]).stdout);
    let ended = sandbox.epitome(&["list", "tokenizers", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    for entry in list.as_array().expect("a list") {
        let examples = entry["examples"].as_array().expect("examples");
        assert!(!examples.is_empty(), "{}", entry["name"]);
        assert!(examples.iter().all(|e| e["tokens"].as_array().is_some_and(|t| !t.is_empty())), "{}", entry["name"]);
    }
}
