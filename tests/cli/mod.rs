//! The program as its users meet it: the binary, run in a folder of its own.

mod checklists;
mod ci;
mod compare;
mod errors;
mod explain;
mod gate;
mod help;
mod init;
mod judge;
mod merge;
mod round;
mod run;
mod score;
#[cfg(unix)]
mod store;
mod trust;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

/// A folder of a test's own, in which the program is run.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a command left behind.
pub struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said beside that.
    pub stderr: String,
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Self {
        Sandbox { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A folder that holds the bundled suite and its data.
    pub fn bundled() -> Self {
        let sandbox = Sandbox::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(root.join("epitome.toml"), sandbox.path("epitome.toml")).expect("the bundled suite");
        for name in ["datasets", "references"] {
            copy(&root.join(name), &sandbox.path(name));
        }
        sandbox
    }

    /// A place in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with the folders it needs.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, contents).expect("a file");
        self
    }

    /// Replaces a passage of a file, which must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path(name)).expect("a file");
        assert!(text.contains(from), "{name} does not hold {from}");
        self.write(name, text.replacen(from, to, 1))
    }

    /// The program, ready to be run in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("epitome"));
        command.args(args).current_dir(self.folder.path()).env_clear().env("NO_COLOR", "1");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs the program.
    pub fn epitome(&self, args: &[&str]) -> Ended {
        let output = self.command(args).output().expect("epitome starts");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        }
    }

    /// Every file below a folder.
    pub fn files(&self, below: &str) -> Vec<PathBuf> {
        let (mut files, mut folders) = (Vec::new(), vec![self.path(below)]);
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            let (below, there): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
            folders.extend(below);
            files.extend(there);
        }
        files
    }

    /// The folders of the suite's runs, oldest first.
    pub fn runs(&self, suite: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("reports").join(suite)).expect("a folder of reports");
        let mut runs: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).filter(|p| p.is_dir()).collect();
        // Runs of one second are told apart by when their records were written, as the program tells them.
        runs.sort_by_key(|run| {
            let name = run.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let second = name.split('-').next().unwrap_or_default().to_owned();
            (second, fs::metadata(run.join("run.json")).and_then(|m| m.modified()).ok(), name)
        });
        runs
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// A suite over `articles`, with one system and the metrics given.
pub fn suite(dataset: &str, metrics: &[&str]) -> String {
    let metrics: Vec<String> = metrics.iter().map(|m| format!("\"{m}\"")).collect();
    format!(
        "version = 1\n\n[suite]\nname = \"news\"\n\n[[dataset]]\nname = \"news\"\n{dataset}\n\n[[system]]\nname = \"lead\"\n\
         backend = \"lead\"\nsentences = 1\n\n[metrics]\nuse = [{}]\n",
        metrics.join(", ")
    )
}

/// Two short articles, as lines of JSON.
pub const ARTICLES: &str = concat!(
    r#"{"id":"a","lang":"zh-TW","source":"市府今天宣布，捷運新線將於明年三月通車，全長12.4公里，共設九站。票價二十元起。"}"#,
    "\n",
    r#"{"id":"b","lang":"en","source":"The council approved 48 new buses on Tuesday. They will cost $21 million and run from May."}"#,
    "\n",
);

/// A record without what does not make it: `run.json` and each line of `items.jsonl`.
pub fn record(folder: &Path) -> (serde_json::Value, Vec<serde_json::Value>) {
    let without_environment = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let taken = value.as_object_mut().expect("an object").remove("environment");
        assert!(taken.is_some(), "every document has an environment");
        value
    };
    let run = without_environment(&fs::read_to_string(folder.join("run.json")).expect("run.json"));
    let items = fs::read_to_string(folder.join("items.jsonl")).expect("items.jsonl");
    (run, items.lines().map(without_environment).collect())
}
