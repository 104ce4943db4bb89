//! `epitome report` as its users meet it.

use std::error::Error;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

use super::records::{self, Made};

/// Leaves a record in a folder as a run would.
fn leave(made: &Made, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(folder.join("run.json"), serde_json::to_vec_pretty(&made.run)?)?;
    let mut lines = Vec::new();
    for item in &made.items {
        serde_json::to_writer(&mut lines, item)?;
        lines.push(b'\n');
    }
    Ok(fs::write(folder.join("items.jsonl"), lines)?)
}

fn epitome(folder: &Path, args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_epitome"));
    command.current_dir(folder).env_clear().args(args).assert()
}

fn stdout(assert: assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

fn stderr(assert: assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

#[test]
fn the_table_is_printed() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    leave(&records::five(), folder.path())?;
    let text = stdout(epitome(folder.path(), &["report", ".", "--width", "80"]).success());
    assert_eq!(text, super::plain(&super::view(&records::five()), 80));
    let mandarin = stdout(epitome(folder.path(), &["report", ".", "--ui-lang", "zh-Hans", "--worst", "1"]).success());
    assert!(mandarin.contains("保留了大部分要点") && mandarin.contains("另有 9 条"), "{mandarin}");
    Ok(())
}

#[test]
fn columns_are_honoured_where_no_width_is_asked_for() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    leave(&records::five(), folder.path())?;
    let printed = |columns: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_epitome"));
        stdout(command.current_dir(folder.path()).env_clear().env("COLUMNS", columns).args(args).assert().success())
    };
    let view = super::view(&records::five());
    assert_eq!(printed("60", &["report", "."]), super::plain(&view, 60));
    assert_eq!(printed("60", &["report", ".", "--width", "120"]), super::plain(&view, 120));
    assert_eq!(printed("many", &["report", "."]), super::plain(&view, 100));
    Ok(())
}

#[test]
fn an_absent_format_names_the_feature_that_has_it() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    leave(&records::one(), folder.path())?;
    let ended = epitome(folder.path(), &["report", ".", "--format", "parquet"]);
    if cfg!(feature = "parquet") {
        ended.success();
        assert!(fs::read(folder.path().join("items.parquet"))?.starts_with(b"PAR1"));
    } else {
        let message = stderr(ended.code(2));
        assert!(message.contains("--features parquet"), "{message}");
    }
    Ok(())
}

#[test]
fn files_are_written_beside_the_record_or_where_asked() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    leave(&records::one(), folder.path())?;
    let named = stdout(epitome(folder.path(), &["report", ".", "--format", "markdown"]).success());
    assert_eq!(named, "./report.md\n");
    let beside = fs::read_to_string(folder.path().join("report.md"))?;
    epitome(folder.path(), &["report", ".", "--format", "markdown", "--out", "public/today"]).success();
    assert_eq!(fs::read_to_string(folder.path().join("public/today/report.md"))?, beside);
    let printed = stdout(epitome(folder.path(), &["report", ".", "--format", "markdown", "--out", "-"]).success());
    assert_eq!(printed, beside);
    Ok(())
}

#[test]
fn what_cannot_be_rendered_is_said() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    leave(&records::one(), folder.path())?;
    let items = folder.path().join("items.jsonl");
    let mut broken = fs::read_to_string(&items)?;
    broken.push_str("{\"dataset\":\n");
    fs::write(&items, broken)?;
    let message = stderr(epitome(folder.path(), &["report", "."]).code(2));
    assert!(message.contains("items.jsonl:5: it is not an item"), "{message}");
    let message = stderr(epitome(folder.path(), &["report", "nowhere"]).code(2));
    assert!(message.contains("no run is at the path `nowhere`") && message.contains("epitome.toml"), "{message}");
    let message = stderr(epitome(folder.path(), &["report", ".", "--format", "pdf"]).code(2));
    assert!(message.contains("[possible values: html, markdown"), "{message}");
    Ok(())
}
