//! The script of the CI action, run as the action runs it: in a clone, on a branch, against the merge base's baseline.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use super::Sandbox;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/actions/evaluate/evaluate.sh");

/// Whether the machine has what the action runs on; says so where it has not.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn possible() -> bool {
    let there = |tool: &str| Command::new(tool).arg("--version").output().is_ok_and(|o| o.status.success());
    let missing: Vec<&str> = ["bash", "git"].into_iter().filter(|tool| !there(tool)).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: the CI action's script was not run, there is no {}", missing.join(" and no "));
    }
    missing.is_empty()
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args([
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@localhost",
        "-c",
        "commit.gpgsign=false",
    ]);
    let ended = command.args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git");
    assert!(ended.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// Runs the script against `main`; its exit code and the job summary.
fn evaluate(sandbox: &Sandbox, offline: bool) -> (Option<i32>, String) {
    let summary = sandbox.path("summary.md");
    let _ = std::fs::remove_file(&summary);
    let mut command = Command::new("bash");
    command.arg(SCRIPT).current_dir(sandbox.path("")).env("BASE", "main").env("EPITOME", cargo_bin!("epitome"));
    command.env("GITHUB_STEP_SUMMARY", &summary).env("OFFLINE", if offline { "true" } else { "false" });
    command.env_remove("GITHUB_OUTPUT").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let ended = command.output().expect("bash");
    let text =
        std::fs::read_to_string(&summary).unwrap_or_else(|_| String::from_utf8_lossy(&ended.stderr).into_owned());
    (ended.status.code(), text)
}

fn outputs(pledge: &str) -> String {
    let line = serde_json::json!({ "id": "a", "system": "desk@v1", "summary": pledge });
    format!("{line}\n")
}

/// A repository with a suite whose baseline is accepted and committed on `main`.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "articles.jsonl",
        "{\"id\":\"a\",\"lang\":\"zh-TW\",\"source\":\"中方宣布今年內向成員國提供20億元人民幣無償援助。\"}\n",
    );
    sandbox.write(
        "facts.jsonl",
        "{\"article\":\"a\",\"id\":\"grant\",\"kind\":\"quantity\",\"claim\":\"中方今年內提供20億元人民幣無償援助\"}\n",
    );
    sandbox.write("out.jsonl", outputs("中方宣布今年內提供20億元人民幣無償援助。"));
    sandbox.write(
        "epitome.toml",
        "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"d\"\narticles = \"articles.jsonl\"\nfacts = \"facts.jsonl\"\n\
         [[system]]\nname = \"desk@v1\"\nbackend = \"replay\"\noutputs = \"out.jsonl\"\n[metrics]\nuse = [\"facts\"]\n\
         [[gate]]\nmetric = \"facts.recall\"\nsystem = \"desk\"\nmin = 0.9\n",
    );
    sandbox.write(".gitignore", "/reports/*/*/\n/.epitome/\n/epitome-report/\n/summary.md\n");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert_eq!(sandbox.epitome(&["accept", "--quiet"]).code, Some(0));
    git(&sandbox.path(""), &["init", "--quiet", "--initial-branch=main"]);
    git(&sandbox.path(""), &["add", "."]);
    git(&sandbox.path(""), &["commit", "--quiet", "--message", "accepted"]);
    git(&sandbox.path(""), &["switch", "--quiet", "--create", "change"]);
    sandbox
}

#[test]
fn the_action_holds_a_branch_against_its_merge_base() {
    if !possible() {
        return;
    }
    let sandbox = repository();
    let (code, summary) = evaluate(&sandbox, false);
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.starts_with("**Gates that hold: all"), "the verdict stands first: {summary}");
    for file in ["report.html", "report.md", "junit.xml", "gate.json", "summary.md"] {
        assert!(sandbox.path("epitome-report").join(file).is_file(), "{file} is missing");
    }

    sandbox.write("out.jsonl", outputs("中方宣布今年內提供200億元人民幣無償援助。"));
    let (code, summary) = evaluate(&sandbox, false);
    assert_eq!(code, Some(1), "{summary}");
    assert!(summary.contains("200億元"), "the words that did it are shown: {summary}");
}

#[test]
fn a_change_of_the_baseline_itself_is_said_first_and_does_not_move_the_line() {
    if !possible() {
        return;
    }
    let sandbox = repository();
    sandbox.write("out.jsonl", outputs("中方宣布今年內提供200億元人民幣無償援助。"));
    sandbox.epitome(&["run", "--quiet"]);
    sandbox.epitome(&["accept", "--quiet"]);
    git(&sandbox.path(""), &["commit", "--quiet", "--all", "--message", "a lower bar"]);
    let (code, summary) = evaluate(&sandbox, true);
    assert_eq!(code, Some(1), "{summary}");
    assert!(
        summary.starts_with("> **This change moves the baseline itself**: reports/news/baseline.json"),
        "{summary}"
    );
    assert!(summary.contains("nobody was asked anew"), "{summary}");
}
