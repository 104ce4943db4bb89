use std::io::Write;

use super::*;
use crate::backend::tests::article;

struct Suite(tempfile::TempDir);

impl Suite {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("it can be made");
            std::fs::write(path, content).expect("it can be written");
        }
        Suite(folder)
    }

    fn build(&self, options: &str) -> Result<Box<dyn Summarizer>, SetupError> {
        let options: toml::Table = options.parse().expect("the options are TOML");
        build(&Setup { system: "s@v1", options: &options, root: self.0.path() })
    }

    fn error(&self, options: &str) -> String {
        self.build(options).err().expect("an error").to_string()
    }
}

fn ask(replay: &dyn Summarizer, dataset: &str, id: &str, sample: u32) -> Result<String, String> {
    let article = crate::model::Article { id: id.into(), ..article("text") };
    let request = Request { dataset, article: &article, references: &[], sample, seed: 1, stop: None };
    replay.summarize(&request).map(|written| written.text).map_err(|failure| failure.to_string())
}

#[test]
fn lines_are_found_by_dataset_article_and_sample() {
    let suite = Suite::new(&[(
        "o.jsonl",
        "\u{feff}{\"id\":1,\"system\":\"s@v1\",\"summary\":\"any\"}\r\n\n\
         {\"id\":\"1\",\"dataset\":\"d\",\"summary\":\"d's\",\"scores\":{\"x\":null}}\n\
         {\"id\":\"1\",\"sample\":2,\"system\":\"s@v1\",\"summary\":\"third\"}\n\
         {\"id\":\"1\",\"system\":\"t\",\"summary\":\"t's\"}",
    )]);
    let replay = suite.build("outputs = \"o.jsonl\"").expect("it reads");
    assert_eq!(ask(&*replay, "d", "1", 0).as_deref(), Ok("d's"));
    assert_eq!(ask(&*replay, "e", "1", 0).as_deref(), Ok("any"));
    assert_eq!(ask(&*replay, "e", "1", 2).as_deref(), Ok("third"));
    insta::assert_snapshot!(ask(&*replay, "e", "1", 1).expect_err("no such sample"), @"missing_output: no line for article `1`, sample 1 of dataset `e` in o.jsonl; it has one for dataset `d`; lines by `t` are left out");
    let other = suite.build("outputs = [\"o.jsonl\"]\nsystem = \"t\"").expect("it reads");
    assert_eq!(ask(&*other, "e", "1", 0).as_deref(), Ok("t's"));
}

#[test]
fn the_default_files_are_those_of_the_datasets() {
    let suite = Suite::new(&[
        ("references/a/outputs/s@v1.jsonl", "{\"id\":\"1\",\"summary\":\"of a\"}"),
        ("references/b/outputs/s@v1.jsonl", "{\"id\":\"1\",\"summary\":\"of b\"}"),
        ("references/c/outputs/t.jsonl", "broken"),
    ]);
    let replay = suite.build("").expect("it reads");
    assert_eq!(ask(&*replay, "a", "1", 0).as_deref(), Ok("of a"));
    assert_eq!(ask(&*replay, "b", "1", 0).as_deref(), Ok("of b"));
    assert!(ask(&*replay, "c", "1", 0).is_err());
    insta::assert_snapshot!(Suite::new(&[]).error(""), @"no file references/<dataset>/outputs/s@v1.jsonl beside the suite; write one, or name another with `outputs`");
}

#[test]
fn compressed_files_are_read() {
    let suite = Suite::new(&[]);
    let line = "{\"id\":\"1\",\"summary\":\"packed\"}\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(line.as_bytes()).expect("memory takes it");
    std::fs::write(suite.0.path().join("o.jsonl.gz"), gz.finish().expect("memory takes it")).expect("it is written");
    let zst = zstd::encode_all(line.as_bytes(), 1).expect("memory takes it");
    std::fs::write(suite.0.path().join("o.jsonl.zst"), zst).expect("it is written");
    for file in ["o.jsonl.gz", "o.jsonl.zst"] {
        let replay = suite.build(&format!("outputs = \"{file}\"")).expect("it reads");
        assert_eq!(ask(&*replay, "d", "1", 0).as_deref(), Ok("packed"));
    }
}

#[test]
fn failures_of_the_recorded_run_keep_their_cause() {
    let suite = Suite::new(&[(
        "o.jsonl",
        "{\"id\":\"1\",\"summary\":null,\"failure\":{\"kind\":\"timeout\",\"message\":\"no answer in 60 s\"}}\n\
         {\"id\":\"2\",\"summary\":null}\n{\"id\":\"3\",\"summary\":\" \"}",
    )]);
    let replay = suite.build("outputs = \"o.jsonl\"").expect("it reads");
    let failures: Vec<String> =
        ["1", "2", "3"].iter().map(|id| ask(&*replay, "d", id, 0).expect_err("a failure")).collect();
    insta::assert_snapshot!(failures.join("\n"), @r"
    missing_output: o.jsonl:1 holds no summary: timeout: no answer in 60 s
    missing_output: o.jsonl:2 holds no summary
    empty_output: o.jsonl:3 holds an empty summary
    ");
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_place() {
    let good = "{\"id\":\"1\",\"summary\":\"x\"}\n";
    let cases = [
        format!("{good}{{\"id\":\"2\",\"summary\":"),
        format!("{good}{{\"id\":\"2\"}}"),
        format!("{good}{{\"id\":[],\"summary\":\"x\"}}"),
        format!("{good}{good}"),
        "{\"id\":\"1\",\"system\":\"a\",\"summary\":\"x\"}\n{\"id\":\"1\",\"system\":\"b\",\"summary\":\"x\"}".into(),
        String::new(),
    ];
    let mut errors: Vec<String> =
        cases.iter().map(|content| Suite::new(&[("o.jsonl", content)]).error("outputs = \"o.jsonl\"")).collect();
    let suite = Suite::new(&[("folder/x", "")]);
    std::fs::write(suite.0.path().join("latin.jsonl"), b"{\"id\":\"\xe9\"}").expect("it is written");
    errors.push(suite.error("outputs = \"absent.jsonl\""));
    errors.push(suite.error("outputs = \"latin.jsonl\""));
    errors.push(suite.error("outputs = []"));
    errors.push(suite.error("outputs = 3"));
    insta::assert_snapshot!(errors.join("\n"), @r#"
    o.jsonl:2: EOF while parsing a value (column 20); a line is an object with at least `id` and `summary`
    o.jsonl:2: missing field `summary` (column 10); a line is an object with at least `id` and `summary`
    o.jsonl:2: `id` is a string or an integer (column 8); a line is an object with at least `id` and `summary`
    o.jsonl:2: article `1`, sample 0 was answered before, at o.jsonl:1; remove one of the two
    no line of o.jsonl is by `s@v1`: they hold `a`, `b`; pick one with `system = "…"`
    no line of o.jsonl is by `s@v1`: they hold no line at all
    absent.jsonl: no such file; paths are relative to the suite
    latin.jsonl:1: not UTF-8; convert the file
    the list of outputs is empty; name at least one file
    `outputs` is a path or a list of paths
    "#);
}

#[test]
fn a_missing_line_says_what_there_is_instead() {
    let suite = Suite::new(&[(
        "o.jsonl",
        "{\"id\":\"zz\",\"dataset\":\"other\",\"summary\":\"x\"}\n{\"id\":\"1\",\"system\":\"t@v3\",\"summary\":\"x\"}",
    )]);
    let replay = suite.build("outputs = \"o.jsonl\"").expect("it reads");
    insta::assert_snapshot!(ask(&*replay, "d", "1", 0).expect_err("no such line"), @"missing_output: no line for article `1` of dataset `d` in o.jsonl; its lines are of dataset `other`; lines by `t@v3` are left out");
}
