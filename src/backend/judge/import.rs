//! `import`: scores that exist already, read from JSON lines.
//!
//! ```toml
//! [[metric]]
//! name = "bertscore"
//! backend = "import"
//! scores = "scores/bertscore.jsonl"    # or a list of files; each may end in .gz or .zst
//! fields = { f1 = { direction = "higher", range = [-1, 1] } }
//! ```
//!
//! A line is `{"id", "system", "sample"?, "dataset"?, "summary"?, "scores"}`; `scores` holds the fields, or an object of them
//! under the metric's name, as `items.jsonl` does. An output that no line names has no score (`not_evaluated`), and so has one
//! whose line gives another `summary` than the system wrote: a score is of one text. The scores are held in memory.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Judge, JudgeKind, Judged, Pair};
use crate::backend::replay::{cause, id, open};
use crate::backend::{Setup, SetupError, Unwritten};
use crate::model::{Reason, ReasonCode};

/// Entry.
pub static KIND: JudgeKind = JudgeKind { name: "import", build };

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    scores: Paths,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`scores` is a path or a list of paths")]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

/// Which output a line speaks of; of any dataset where it names none.
type Output = (Option<Box<str>>, Box<str>, Box<str>, u32);

/// The scores of a metric.
#[derive(Debug, Default)]
struct Import {
    entries: HashMap<Output, Entry>,
    /// The files read, as the suite names them.
    files: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    scores: Map<String, Value>,
    /// The hash of the text that was scored, where the line gives it.
    text: Option<[u8; 32]>,
    place: (usize, usize),
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(deserialize_with = "id")]
    id: Box<str>,
    system: Box<str>,
    #[serde(default)]
    sample: u32,
    dataset: Option<Box<str>>,
    summary: Option<String>,
    scores: Map<String, Value>,
}

fn build(setup: &Setup<'_>) -> Result<Box<dyn Judge>, SetupError> {
    let Options { scores } = setup.options()?;
    let paths = match scores {
        Paths::One(path) => vec![path],
        Paths::Several(paths) => paths,
    };
    let mut import = Import::default();
    for path in &paths {
        import.read(setup.root, path, setup.system)?;
    }
    if import.entries.is_empty() {
        return Err(error(format!("there is no score of `{}` in {}", setup.system, import.files.join(", "))));
    }
    Ok(Box::new(import))
}

fn error(message: impl Into<String>) -> SetupError {
    SetupError::new("scores", message)
}

impl Import {
    fn read(&mut self, root: &Path, path: &Path, metric: &str) -> Result<(), SetupError> {
        let name = path.display().to_string();
        let file = self.files.len();
        self.files.push(name.clone());
        let reader = open(&root.join(path)).map_err(|e| error(format!("{name}: {}", cause(&e))))?;
        for (index, text) in reader.lines().enumerate() {
            let number = index + 1;
            let at = |message: String| error(format!("{name}:{number}: {message}"));
            let text = text.map_err(|e| at(cause(&e)))?;
            let text = text.trim_start_matches('\u{feff}');
            if text.trim().is_empty() {
                continue;
            }
            let mut line: Line = serde_json::from_str(text).map_err(|e| {
                let message = e.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                at(format!(
                    "{message} (column {}); a line is an object with `id`, `system` and `scores`, an object of numbers",
                    e.column()
                ))
            })?;
            // Of a record's line, only this metric's scores are kept.
            if let Some(own) = line.scores.remove(metric) {
                line.scores = [(metric.to_owned(), own)].into_iter().collect();
            } else if line.scores.values().all(|value| value.is_object() || value.is_null()) {
                continue;
            }
            let text = line.summary.map(|summary| Sha256::digest(summary.as_bytes()).into());
            let entry = Entry { scores: line.scores, text, place: (file, number) };
            let output = (line.dataset, line.id, line.system, line.sample);
            if let Some(earlier) = self.entries.get(&output) {
                let (file, number) = earlier.place;
                let (_, id, system, sample) = &output;
                return Err(at(format!(
                    "`{id}` by `{system}`, sample {sample}, was scored before, at {}:{number}; remove one of the two",
                    self.files[file]
                )));
            }
            self.entries.insert(output, entry);
        }
        Ok(())
    }
}

impl Judge for Import {
    fn judge(&self, pair: &Pair<'_>) -> Result<Judged, Unwritten> {
        let output = |dataset: Option<&str>| {
            (dataset.map(Into::into), pair.article.id.as_str().into(), pair.system.into(), pair.sample)
        };
        let found = self.entries.get(&output(Some(pair.dataset))).or_else(|| self.entries.get(&output(None)));
        let none = |message: String| Err(Reason::new(ReasonCode::NoScore, message).into());
        match found {
            None => none(format!("no line for this output in {}", self.files.join(", "))),
            Some(entry)
                if entry
                    .text
                    .is_some_and(|text| text != <[u8; 32]>::from(Sha256::digest(pair.candidate.as_bytes()))) =>
            {
                let (file, number) = entry.place;
                none(format!("{}:{number} scores another text than the system wrote; score it anew", self.files[file]))
            }
            Some(entry) => Ok(Judged { scores: entry.scores.clone(), ..Judged::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Cause;
    use crate::backend::tests::article;

    fn import(lines: &str) -> Result<Box<dyn Judge>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("s.jsonl"), lines).expect("it can be written");
        let options = toml::toml! { scores = "s.jsonl" };
        let setup = Setup { system: "tone", options: &options, root: folder.path() };
        build(&setup).map_err(|error| error.message)
    }

    fn judge(judge: &dyn Judge, system: &str, candidate: &str) -> Result<Value, ReasonCode> {
        let article = article("x");
        let pair = Pair {
            metric: "tone",
            dataset: "d",
            article: &article,
            system,
            sample: 0,
            candidate,
            lang: None,
            references: &[],
            facts: &[],
            seed: 1,
            stop: None,
        };
        judge.judge(&pair).map(|judged| Value::Object(judged.scores)).map_err(|unwritten| match unwritten.cause {
            Cause::NotAsked(reason) => reason.code,
            Cause::Failed(failure) => panic!("{failure}"),
        })
    }

    #[test]
    fn a_score_is_of_one_output() {
        let import = import(concat!(
            "{\"id\":\"a1\",\"system\":\"s@v1\",\"scores\":{\"score\":0.5}}\n\n",
            "{\"id\":\"a1\",\"system\":\"s@v2\",\"dataset\":\"d\",\"summary\":\"x\",\"scores\":{\"tone\":{\"score\":0.25},\"rouge1\":null}}\n",
            "{\"id\":\"a1\",\"system\":\"s@v3\",\"dataset\":\"e\",\"scores\":{\"score\":1}}\n",
        ))
        .expect("it is good");
        assert_eq!(judge(&*import, "s@v1", "anything"), Ok(serde_json::json!({"score": 0.5})));
        assert_eq!(judge(&*import, "s@v2", "x"), Ok(serde_json::json!({"tone": {"score": 0.25}})));
        assert_eq!(judge(&*import, "s@v2", "edited"), Err(ReasonCode::NoScore));
        assert_eq!(judge(&*import, "s@v3", "x"), Err(ReasonCode::NoScore), "of another dataset");
    }

    #[test]
    fn what_is_no_line_of_scores_is_named_with_its_place() {
        let twice = "{\"id\":1,\"system\":\"s\",\"scores\":{\"tone\":1}}\n".repeat(2);
        let errors: Vec<String> = ["{\"id\":1,\"system\":\"s\"}", "{\"id\":1,\"scores\":{}}", &twice, ""]
            .iter()
            .map(|lines| import(lines).err().expect("it is wrong"))
            .collect();
        insta::assert_snapshot!(errors.join("\n"), @r"
        s.jsonl:1: missing field `scores` (column 21); a line is an object with `id`, `system` and `scores`, an object of numbers
        s.jsonl:1: missing field `system` (column 20); a line is an object with `id`, `system` and `scores`, an object of numbers
        s.jsonl:2: `1` by `s`, sample 0, was scored before, at s.jsonl:1; remove one of the two
        there is no score of `tone` in s.jsonl
        ");
    }
}
