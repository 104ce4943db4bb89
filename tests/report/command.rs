//! `epitome report` as its users meet it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

use super::records::{self, Made};

/// Leaves a record in a folder as a run would.
fn leave(made: &Made, folder: &Path) {
    fs::write(folder.join("run.json"), serde_json::to_vec_pretty(&made.run).unwrap()).unwrap();
    let lines: Vec<String> = made.items.iter().map(|item| serde_json::to_string(item).unwrap() + "\n").collect();
    fs::write(folder.join("items.jsonl"), lines.concat()).unwrap();
}

fn epitome(folder: &Path, args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_epitome"));
    command.current_dir(folder).env_clear().args(args).assert()
}

fn stdout(assert: assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn stderr(assert: assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn the_table_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    leave(&records::five(), folder.path());
    let text = stdout(epitome(folder.path(), &["report", ".", "--width", "80"]).success());
    assert_eq!(text, super::plain(&super::view(&records::five()), 80));
    let mandarin = stdout(epitome(folder.path(), &["report", ".", "--ui-lang", "zh-Hans", "--worst", "1"]).success());
    assert!(mandarin.contains("保留了大部分要点") && mandarin.contains("另有 9 条"), "{mandarin}");
}

#[test]
fn files_are_written_beside_the_record_or_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    leave(&records::one(), folder.path());
    let named = stdout(epitome(folder.path(), &["report", ".", "--format", "markdown"]).success());
    assert_eq!(named, "./report.md\n");
    let beside = fs::read_to_string(folder.path().join("report.md")).unwrap();
    epitome(folder.path(), &["report", ".", "--format", "markdown", "--out", "public/today"]).success();
    assert_eq!(fs::read_to_string(folder.path().join("public/today/report.md")).unwrap(), beside);
    let printed = stdout(epitome(folder.path(), &["report", ".", "--format", "markdown", "--out", "-"]).success());
    assert_eq!(printed, beside);
}

#[test]
fn what_cannot_be_rendered_is_said() {
    let folder = tempfile::tempdir().unwrap();
    leave(&records::one(), folder.path());
    let items = folder.path().join("items.jsonl");
    let mut broken = fs::read_to_string(&items).unwrap();
    broken.push_str("{\"dataset\":\n");
    fs::write(&items, broken).unwrap();
    let message = stderr(epitome(folder.path(), &["report", "."]).code(2));
    assert!(message.contains("items.jsonl:5: it is not an item"), "{message}");
    let message = stderr(epitome(folder.path(), &["report", "nowhere"]).code(2));
    assert!(message.contains("no run is at the path `nowhere`") && message.contains("epitome.toml"), "{message}");
    let message = stderr(epitome(folder.path(), &["report", ".", "--format", "pdf"]).code(2));
    assert!(message.contains("[possible values: markdown"), "{message}");
}
