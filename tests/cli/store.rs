//! The output store: nothing is asked twice, nothing stale is served, nothing that had come is lost.

use std::collections::BTreeMap;
use std::fs;

use super::{Sandbox, record, suite};

/// A suite over `n` articles with a system that notes each question in `asked` and answers after a while.
fn sandbox(n: usize, extra: &str, seconds: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let line =
        |i| format!("{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"Article {i} says one thing. It says another.\"}}\n");
    sandbox.write("articles.jsonl", (0..n).map(line).collect::<String>());
    let script = format!("echo \"$EPITOME_ARTICLE\" >> asked\nsleep {seconds}\nhead -c 17\n");
    sandbox.write("summarize.sh", script);
    let system =
        "[[system]]\nname = \"desk@v1\"\nbackend = \"command\"\nrun = [\"sh\", \"summarize.sh\"]\nprocesses = 4\n";
    let text = suite("articles = \"articles.jsonl\"", &["length"]);
    sandbox.write("epitome.toml", format!("{text}\n{system}\n{extra}"));
    sandbox
}

/// How often each article was asked for.
fn asked(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(sandbox.path("asked")).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        *counts.entry(line.to_owned()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn what_is_kept_is_not_asked_for_again_and_makes_the_same_record() {
    let sandbox = sandbox(12, "", "0");
    for _ in 0..2 {
        let ended = sandbox.epitome(&["run", "--quiet"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [1; 12]);
    let runs = sandbox.runs("news");
    assert_eq!(record(&runs[0]), record(&runs[1]));
    assert_eq!(sandbox.epitome(&["run", "--quiet", "--refresh"]).code, Some(0));
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [2; 12]);
}

#[test]
fn an_edited_script_is_never_served_yesterdays_output() {
    let sandbox = sandbox(3, "", "0");
    sandbox.epitome(&["run", "--quiet"]);
    sandbox.edit("summarize.sh", "head -c 17", "head -c 9");
    sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [2; 3]);
    let (_, items) = record(&sandbox.runs("news")[1]);
    let of_desk = items.iter().filter(|i| i["system"] == "desk@v1");
    assert!(of_desk.map(|i| i["summary"].as_str().expect("a summary").len()).all(|n| n == 9));
}

#[test]
fn offline_asks_nobody_and_says_what_is_missing() {
    let sandbox = sandbox(4, "", "0");
    let ended = sandbox.epitome(&["run", "--offline"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("4 of 8 items were not evaluated"), "{}", ended.stderr);
    assert!(asked(&sandbox).is_empty());
    let (_, items) = record(&sandbox.runs("news")[0]);
    let item = items.iter().find(|i| i["system"] == "desk@v1").expect("an item");
    assert_eq!(item["unscored"]["length"]["status"], "not_evaluated");
    assert_eq!(item["not_evaluated"]["code"], "offline");
    assert_eq!(sandbox.epitome(&["run", "--offline", "--allow-not-evaluated"]).code, Some(0));
}

#[test]
fn a_dry_run_says_what_would_be_asked_and_asks_nothing() {
    let sandbox = sandbox(4, "", "0");
    sandbox.epitome(&["run", "--quiet", "--limit", "3"]);
    let ended = sandbox.epitome(&["run", "--dry-run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, "lead: 4 items\ndesk@v1: 4 items, 3 kept (75 %, at most 0 days old), 1 call\n");
    assert_eq!(asked(&sandbox).len(), 3);
    assert_eq!(sandbox.runs("news").len(), 1);
}

#[test]
fn a_budget_of_calls_is_kept() {
    let sandbox = sandbox(10, "[budget]\nmax_calls = 3\n", "0");
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("[budget] allows 3 calls"), "{}", ended.stderr);
    assert_eq!(asked(&sandbox).len(), 3);
    sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(asked(&sandbox).len(), 6);
}

/// How many entries the store has.
fn entries(sandbox: &Sandbox) -> usize {
    sandbox.files(".epitome/store/outputs").iter().filter(|path| path.extension().is_some_and(|e| e == "json")).count()
}

#[test]
fn a_killed_run_loses_nothing_that_had_come() {
    let undisturbed = sandbox(40, "", "0.02");
    undisturbed.epitome(&["run", "--quiet"]);
    let expected = record(&undisturbed.runs("news")[0]);

    let sandbox = sandbox(40, "", "0.02");
    for kill in 0..3 {
        let mut child = sandbox.command(&["run", "--quiet"]).spawn().expect("epitome starts");
        let kept = || entries(&sandbox);
        while kept() < 5 + 8 * kill && child.try_wait().expect("a status").is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // SIGKILL: nothing of the program runs any more.
        child.kill().expect("a kill");
        child.wait().expect("an end");
    }
    let kept_before = entries(&sandbox);
    let asked_before = asked(&sandbox).values().sum::<usize>();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert!(kept_before > 0 && kept_before < 40, "{kept_before}");
    // What was kept is not asked for again. The last kill's four processes outlive it, and may note themselves late.
    let asked_after = asked(&sandbox).values().sum::<usize>();
    assert!(asked_after <= asked_before + 40 - kept_before + 4, "{asked_before} {asked_after} {kept_before}");
    let finished = sandbox.runs("news").into_iter().rfind(|run| run.join("run.json").is_file());
    assert_eq!(record(&finished.expect("a finished run")), expected);
}

#[test]
fn two_processes_on_one_store_ask_for_no_item_twice() {
    let sandbox = sandbox(30, "", "0.01");
    let mut children: Vec<_> = (0..2)
        .map(|_| sandbox.command(&["run", "--quiet"]).stdout(std::process::Stdio::null()).spawn().expect("a start"))
        .collect();
    for child in &mut children {
        assert_eq!(child.wait().expect("an end").code(), Some(0));
    }
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [1; 30]);
}

#[test]
fn a_damaged_entry_is_set_aside_and_asked_for_again_with_a_warning() {
    let sandbox = sandbox(2, "", "0");
    sandbox.epitome(&["run", "--quiet"]);
    let folder = sandbox.path(".epitome/store/outputs");
    let first = fs::read_dir(&folder).expect("entries").flatten().next().expect("a folder").path();
    let entry = fs::read_dir(first).expect("entries").flatten().next().expect("an entry").path();
    let text = fs::read_to_string(&entry).expect("an entry").replace("Article", "Particle");
    fs::write(&entry, text).expect("damage");
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("damaged"), "{}", ended.stderr);
    assert_eq!(asked(&sandbox).values().sum::<usize>(), 3);
}

#[test]
fn the_cache_is_listed_verified_moved_and_pruned() {
    let sandbox = sandbox(3, "", "0");
    sandbox.epitome(&["run", "--quiet"]);
    let listed = sandbox.epitome(&["cache", "list", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    assert_eq!(sandbox.epitome(&["cache", "verify"]).code, Some(0));
    assert_eq!(sandbox.epitome(&["cache", "export", "kept.jsonl"]).code, Some(0));
    fs::remove_dir_all(sandbox.path(".epitome")).expect("a removal");
    assert_eq!(sandbox.epitome(&["cache", "import", "kept.jsonl"]).code, Some(0));
    assert_eq!(sandbox.epitome(&["run", "--quiet", "--offline"]).code, Some(0));
    assert_eq!(asked(&sandbox).values().sum::<usize>(), 3);
    assert_eq!(sandbox.epitome(&["cache", "prune", "--older-than", "1d"]).stderr.trim(), "took away 0 outputs");
    assert_eq!(sandbox.epitome(&["runs", "list"]).stdout.lines().count(), 2);
    sandbox.epitome(&["runs", "prune", "--keep", "1"]);
    assert_eq!(sandbox.runs("news").len(), 1);
}

#[test]
fn what_killed_runs_left_is_pruned_and_a_run_that_lives_is_not() {
    let sandbox = sandbox(2, "", "0");
    sandbox.epitome(&["run", "--quiet"]);
    let left = ["20200101T000000Z-dead", "20200101T000000Z-live", "shards/20200101T000000Z-dead"];
    for folder in left {
        sandbox.write(&format!("reports/news/{folder}/items.partial.jsonl"), "{}\n");
    }
    let live = fs::File::open(sandbox.path(&format!("reports/news/{}/items.partial.jsonl", left[1]))).expect("a file");
    live.lock().expect("a lock");
    let ended = sandbox.epitome(&["runs", "prune", "--keep", "1"]);
    assert_eq!(ended.stderr.trim(), "took away 0 runs\nand what 2 that came to no record had left");
    assert_eq!(left.map(|folder| sandbox.path("reports/news").join(folder).exists()), [false, true, false]);
    assert_eq!(sandbox.epitome(&["runs", "list"]).stdout.lines().count(), 1);
}

#[test]
fn a_program_of_no_known_files_keeps_to_the_budget_and_is_not_run_offline() {
    let sandbox = sandbox(9, "[budget]\nmax_calls = 3\n", "0");
    sandbox.edit("epitome.toml", "[\"sh\", \"summarize.sh\"]", "[\"sh\", \"-c\", \"echo x >> asked; head -c 9\"]");
    let ended = sandbox.epitome(&["run", "--quiet", "--offline"]);
    assert_eq!((ended.code, asked(&sandbox).len()), (Some(2), 0), "{}", ended.stderr);
    assert!(ended.stderr.contains("its outputs are not kept, and the run is --offline"), "{}", ended.stderr);
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert!(ended.code == Some(2) && ended.stderr.contains("[budget] allows 3 calls"), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(sandbox.path("asked")).expect("it ran").lines().count(), 3);
}

#[test]
fn a_script_that_is_not_there_is_found_before_anything_runs() {
    let sandbox = sandbox(2, "", "0");
    sandbox.edit("epitome.toml", "summarize.sh", "sumarize.sh");
    let ended = sandbox.epitome(&["run", "--dry-run"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("there is no file `sumarize.sh`"), "{}", ended.stderr);
    let judge = "[[metric]]\nname = \"tone\"\nbackend = \"command\"\nrun = [\"sh\", \"judge.sh\"]\n\
                 fields = { tone = { direction = \"higher\", range = [0, 1] } }\n";
    let sandbox = self::sandbox(2, judge, "0");
    let ended = sandbox.epitome(&["run", "--dry-run"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("there is no file `judge.sh`"), "{}", ended.stderr);
}

#[test]
fn a_system_that_fails_on_all_its_first_items_is_not_asked_further() {
    let sandbox = sandbox(60, "", "0");
    sandbox.write("summarize.sh", "echo \"$EPITOME_ARTICLE\" >> asked\necho 'no model here' >&2\nexit 7\n");
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("failed on all of its first"), "{}", ended.stderr);
    assert!((16..30).contains(&asked(&sandbox).len()), "{}", asked(&sandbox).len());
    let ended = sandbox.epitome(&["run", "--quiet", "--allow-not-evaluated", "--max-failures", "100%"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn a_private_dataset_goes_only_to_systems_that_name_it() {
    let sandbox = sandbox(3, "", "0");
    sandbox.edit("epitome.toml", "articles = ", "private = true\narticles = ");
    let refused = sandbox.epitome(&["run"]);
    assert!(refused.stderr.contains("`news` is private and is not sent to `desk@v1`"), "{}", refused.stderr);
    assert!(asked(&sandbox).is_empty());
    sandbox.edit("epitome.toml", "processes = 4", "processes = 4\ndatasets = [\"news\"]");
    sandbox.epitome(&["run"]);
    assert_eq!(asked(&sandbox).len(), 3);
}
