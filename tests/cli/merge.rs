//! Shards: run apart, joined to the record of the undivided run.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use super::{Sandbox, record};

const SHARDS: u32 = 16;

const SUITE: &str = r#"version = 1

[suite]
name = "news"

[[dataset]]
name = "wire"
articles = "wire.jsonl"
references = "references.jsonl"
facts = "facts.jsonl"

[[dataset]]
name = "desk"
articles = "desk.jsonl"

[[system]]
name = "lead"
backend = "lead"
sentences = 1

[[system]]
name = "script@v1"
backend = "command"
run = ["sh", "summarize.sh"]
samples = 2
processes = 4

[metrics]
use = ["rouge1", "rougeL", "bleu", "facts", "grounding", "length", "script"]

[failures]
max = "100%"
"#;

/// Two datasets in two languages, with references and facts for one; a script that fails on some articles, in words of
/// the article's own, and answers each sample otherwise.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let (mut wire, mut desk, mut references, mut facts) = (String::new(), String::new(), String::new(), String::new());
    for i in 0..36 {
        let (lang, source, reference, claim) = if i % 3 == 0 {
            let source = format!("市府宣布，第{i}條捷運新線將於明年通車，全長{i}.4公里。票價二十元起。");
            ("zh-TW", source, format!("第{i}條新線全長{i}.4公里，明年通車。"), format!("第{i}條新線全長{i}.4公里"))
        } else {
            let source = format!("The council approved {i} new buses on Tuesday. They will cost ${i} million in all.");
            ("en", source, format!("{i} buses for ${i} million were approved."), format!("{i} new buses were approved"))
        };
        let line = |id: &str| serde_json::json!({ "id": id, "lang": lang, "source": source }).to_string() + "\n";
        wire.push_str(&line(&format!("w{i}")));
        if i % 2 == 0 {
            desk.push_str(&line(&format!("d{i}")));
        }
        let id = format!("w{i}");
        references
            .push_str(&(serde_json::json!({ "id": id, "summary": reference, "annotator": "a" }).to_string() + "\n"));
        references.push_str(&(serde_json::json!({ "id": id, "summary": source, "annotator": "b" }).to_string() + "\n"));
        let group = ["size", "price"][i % 2];
        let fact = serde_json::json!({ "article": id, "id": "f", "kind": "quantity", "claim": claim, "group": group });
        facts.push_str(&(fact.to_string() + "\n"));
    }
    sandbox.write("wire.jsonl", wire).write("desk.jsonl", desk).write("references.jsonl", references);
    sandbox.write("facts.jsonl", facts).write("epitome.toml", SUITE).write(
        "summarize.sh",
        "echo \"$EPITOME_ARTICLE\" >> asked\n[ -e slow ] && sleep 3\n\
         case $EPITOME_ARTICLE in *7|*5) echo \"no $EPITOME_ARTICLE today\" >&2; exit 3;; esac\n\
         sed \"s/4/$EPITOME_SAMPLE/\"\n",
    );
    sandbox
}

fn shard(sandbox: &Sandbox, number: u32) {
    let ended = sandbox.epitome(&["run", "--quiet", "--shard", &format!("{number}/{SHARDS}")]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with(&format!("Shard {number}/{SHARDS}: ")), "{}", ended.stdout);
}

/// The shards' folders, by name.
fn shards(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = fs::read_dir(sandbox.path("reports/news/shards")).expect("a folder of shards");
    let mut runs: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    runs.sort();
    runs
}

/// The finished runs of the suite itself.
fn whole(sandbox: &Sandbox) -> Vec<PathBuf> {
    sandbox.runs("news").into_iter().filter(|run| run.join("run.json").is_file()).collect()
}

fn merge(sandbox: &Sandbox, runs: &[PathBuf]) -> super::Ended {
    let mut args = vec!["merge", "--quiet"];
    args.extend(runs.iter().map(|run| run.to_str().expect("a path")));
    sandbox.epitome(&args)
}

/// A record's files as they stand, but for what `environment` holds.
fn bytes(folder: &std::path::Path) -> (String, Vec<String>) {
    let without = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        value.as_object_mut().expect("an object").remove("environment");
        serde_json::to_string(&value).expect("JSON")
    };
    let (run, items) = (fs::read_to_string(folder.join("run.json")), fs::read_to_string(folder.join("items.jsonl")));
    (without(&run.expect("run.json")), items.expect("items.jsonl").lines().map(without).collect())
}

#[test]
#[cfg(unix)]
fn sixteen_shards_one_killed_and_run_again_make_the_undivided_record() {
    let sandbox = sandbox();
    for number in (1..=SHARDS).filter(|n| *n != 3) {
        shard(&sandbox, number);
    }
    let refused = merge(&sandbox, &shards(&sandbox));
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("shard 3/16 is missing"), "{}", refused.stderr);

    // The third is killed while its script answers slowly, and leaves a folder without a record.
    let before = fs::read_to_string(sandbox.path("asked")).expect("questions").len();
    sandbox.write("slow", "");
    let mut command = sandbox.command(&["run", "--quiet", "--shard", "3/16"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("epitome starts");
    while fs::read_to_string(sandbox.path("asked")).expect("questions").len() == before {
        assert!(child.try_wait().expect("a status").is_none(), "it ended before it was killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("a kill");
    child.wait().expect("an end");
    fs::remove_file(sandbox.path("slow")).expect("a removal");
    assert_eq!(shards(&sandbox).len(), SHARDS as usize);
    assert_eq!(sandbox.epitome(&["runs", "list"]).stdout, "", "a shard is no run of the suite");

    shard(&sandbox, 3);
    let merged = merge(&sandbox, &[PathBuf::from("reports/news/shards")]);
    assert_eq!(merged.code, Some(0), "{}", merged.stderr);
    assert!(merged.stderr.contains("was not finished, and is passed over"), "{}", merged.stderr);

    let undivided = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(undivided.code, Some(0), "{}", undivided.stderr);
    let runs = whole(&sandbox);
    let [merged_run, undivided_run] = runs.as_slice() else { panic!("two runs, not {runs:?}") };
    assert_eq!(bytes(merged_run), bytes(undivided_run));
    let (run, items) = record(undivided_run);
    assert!(run["failures"].as_array().is_some_and(|f| !f.is_empty()), "some items failed");
    assert!(items.iter().any(|item| item["sample"] == 1), "some items are second samples");
    // What is printed is a function of the record.
    let told = |text: &str| text.split("\nWritten to").next().map(str::to_owned);
    assert_eq!(told(&merged.stdout), told(&undivided.stdout));
}

#[test]
fn the_bundled_suite_in_more_shards_than_it_needs_is_the_bundled_suite() {
    let sandbox = Sandbox::bundled();
    for number in 1..=4 {
        let ended = sandbox.epitome(&["run", "--quiet", "--only", "id=*2*", "--shard", &format!("{number}/4")]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let runs = fs::read_dir(sandbox.path("reports/bundled/shards")).expect("a folder of shards");
    let mut runs: Vec<PathBuf> = runs.map(|e| e.expect("an entry").path()).collect();
    runs.reverse();
    let merged = merge(&sandbox, &runs);
    assert!(matches!(merged.code, Some(0 | 1)), "{}", merged.stderr);
    sandbox.epitome(&["run", "--quiet", "--only", "id=*2*"]);
    let mut runs = sandbox.runs("bundled");
    runs.retain(|run| run.join("run.json").is_file());
    let [merged_run, undivided_run] = runs.as_slice() else { panic!("two runs, not {runs:?}") };
    assert_eq!(bytes(merged_run), bytes(undivided_run));
}

#[test]
fn what_makes_no_whole_is_refused_by_name() {
    let sandbox = sandbox();
    let run = |args: &[&str]| {
        let before = if sandbox.path("reports/news/shards").exists() { shards(&sandbox) } else { Vec::new() };
        let ended = sandbox.epitome(&[&["run", "--quiet"], args].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        shards(&sandbox).into_iter().find(|run| !before.contains(run)).expect("a new run")
    };
    let refused = |runs: &[&PathBuf], said: &str| {
        let ended = merge(&sandbox, &runs.iter().map(|run| (*run).clone()).collect::<Vec<_>>());
        assert_eq!(ended.code, Some(2), "{}", ended.stdout);
        assert!(ended.stderr.contains(said), "{said} is not in {}", ended.stderr);
    };
    let (first, second) = (run(&["--shard", "1/2"]), run(&["--shard", "2/2"]));
    refused(&[&first], "shard 2/2 is missing; make it with `epitome run --shard 2/2`");
    let twin = run(&["--shard", "1/2"]);
    refused(&[&first, &second, &twin], "shard 1/2 is there twice: ");
    let third = run(&["--shard", "3/3"]);
    refused(&[&first, &third], "it is one of 3 shards, not of 2");
    let part = run(&["--shard", "2/2", "--limit", "3"]);
    refused(&[&first, &part], "its choice of items is `limit=3`, not `all`");
    let seeded = run(&["--shard", "2/2", "--seed", "9"]);
    refused(&[&first, &seeded], "its plan differs: seed is 9, not 1");
    let system = run(&["--shard", "2/2", "--only", "system=lead"]);
    refused(&[&first, &system], "its choice of items is `system=lead`, not `all`");

    let text = fs::read_to_string(second.join("shard.jsonl")).expect("rows");
    let cut: String = text.lines().take(text.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    fs::write(second.join("shard.jsonl"), cut).expect("damage");
    refused(&[&first, &second], "rows are missing at its end; run the shard again");
    fs::write(second.join("shard.jsonl"), text).expect("a repair");

    sandbox.edit("wire.jsonl", "approved 7 new", "refused 7 new");
    let edited = run(&["--shard", "2/2"]);
    refused(&[&first, &edited], "its articles of dataset `wire` are other ones");
    sandbox.edit("epitome.toml", "\"script\"]", "\"compression\"]");
    refused(&[&first, &second], "was run with another suite than the one that is here: metric[6]");
    sandbox.edit("epitome.toml", "name = \"news\"", "name = \"olds\"");
    refused(&[&first, &second], "is of suite `news`, not `olds`");
    assert!(!sandbox.path("reports/olds").exists() || whole_of(&sandbox, "olds").is_empty(), "nothing is left behind");

    let wrong = sandbox.epitome(&["run", "--shard", "5/4"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("`5/4` is no shard; write 3/16"), "{}", wrong.stderr);
}

fn whole_of(sandbox: &Sandbox, suite: &str) -> Vec<PathBuf> {
    sandbox.runs(suite)
}
