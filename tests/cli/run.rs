//! `epitome run`: whole evaluations.

use std::fs;

use super::{ARTICLES, Sandbox, record, suite};

const OVERLAP: &[&str] = &["rouge1", "rougeL"];

#[test]
fn the_bundled_suite_says_how_good_each_system_is_and_names_its_files() {
    let sandbox = Sandbox::bundled();
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
    for expected in ["draft@v1", "draft@v2", "lead", "textrank", "lexrank", "oracle", "human", "proposals", "pledges"] {
        assert!(ended.stdout.contains(expected), "no {expected} in\n{}", ended.stdout);
    }
    let runs = sandbox.runs("bundled");
    assert_eq!(runs.len(), 1);
    for file in ["run.json", "items.jsonl", "report.html", "report.md", "junit.xml"] {
        assert!(runs[0].join(file).is_file(), "no {file}");
        assert!(ended.stdout.contains(file), "{file} is not named in\n{}", ended.stdout);
    }
}

#[test]
fn swapped_pledges_are_called_contradicted_with_the_spans() {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let (_, items) = record(&sandbox.runs("bundled")[0]);
    let item = items.iter().find(|i| i["system"] == "draft@v1" && i["id"] == "sco-2025.zh-Hant").expect("the item");
    let summary: Vec<char> = item["summary"].as_str().expect("a summary").chars().collect();
    for (id, wrong) in [("pledge-grants", "100億"), ("pledge-loans", "20億")] {
        let facts = item["facts"].as_array().expect("facts");
        let fact = facts.iter().find(|f| f["id"] == id).expect("the fact");
        assert_eq!(fact["verdict"], "contradicted", "{fact}");
        let (start, end) = (&fact["evidence"]["start"], &fact["evidence"]["end"]);
        let span = start.as_u64().expect("a start") as usize..end.as_u64().expect("an end") as usize;
        let text: String = summary[span].iter().collect();
        assert_eq!(fact["evidence"]["text"], text);
        assert!(text.contains(wrong), "{text}");
    }
}

#[test]
fn the_record_does_not_depend_on_threads() {
    let sandbox = Sandbox::bundled();
    for threads in ["1", "8"] {
        assert_eq!(sandbox.epitome(&["run", "--quiet", "--threads", threads]).code, Some(0));
    }
    let runs = sandbox.runs("bundled");
    assert_eq!(runs.len(), 2);
    let (first, second) = (record(&runs[0]), record(&runs[1]));
    assert!(first.1.len() > 100, "only {} items", first.1.len());
    assert_eq!(first, second);
}

#[test]
fn references_alone_give_overlap_and_say_what_is_missing() {
    let sandbox = Sandbox::new();
    let references = "{\"id\":\"a\",\"summary\":\"捷運新線明年三月通車。\"}\n{\"id\":\"b\",\"summary\":\"48 buses were approved.\"}\n";
    sandbox.write("articles.jsonl", ARTICLES).write("references.jsonl", references);
    sandbox.write(
        "epitome.toml",
        suite("articles = \"articles.jsonl\"\nreferences = \"references.jsonl\"", &["rouge1", "facts"]),
    );
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (run, items) = record(&sandbox.runs("news")[0]);
    let scored = |item: &serde_json::Value| item["scores"]["rouge1"]["f1"].as_f64().is_some_and(|f1| f1 > 0.0);
    assert!(items.iter().filter(|i| i["system"] == "lead").all(scored));
    assert!(items.iter().all(|i| i["unscored"]["facts"]["code"] == "no_checklist"));
    // Chinese and English are never averaged with each other.
    let of = |a: &&serde_json::Value| a["system"] == "lead" && a["metric"] == "rouge1" && a.get("slice").is_none();
    let strata: Vec<_> =
        run["aggregates"].as_array().expect("aggregates").iter().filter(of).map(|a| &a["stratum"]).collect();
    assert_eq!(strata.len(), 2, "{strata:?}");
}

#[test]
fn checklists_alone_give_fact_recall() {
    let sandbox = Sandbox::new();
    let facts = "{\"article\":\"a\",\"id\":\"length\",\"kind\":\"quantity\",\"claim\":\"新線全長12.4公里\"}\n\
        {\"article\":\"b\",\"id\":\"buses\",\"kind\":\"quantity\",\"claim\":\"The council approved 48 buses.\"}\n";
    sandbox.write("articles.jsonl", ARTICLES).write("facts.jsonl", facts);
    sandbox
        .write("epitome.toml", suite("articles = \"articles.jsonl\"\nfacts = \"facts.jsonl\"", &["rouge1", "facts"]));
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (_, items) = record(&sandbox.runs("news")[0]);
    assert!(items.iter().all(|i| i["facts"][0]["verdict"] == "covered"), "{items:#?}");
    assert!(items.iter().all(|i| i["unscored"]["rouge1"]["code"] == "no_reference"));
}

#[test]
fn with_neither_the_report_opens_by_saying_that_nothing_judges_completeness() {
    let sandbox = Sandbox::new();
    sandbox.write("articles.jsonl", ARTICLES);
    sandbox.write("epitome.toml", suite("articles = \"articles.jsonl\"", &["rouge1", "facts", "length"]));
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let first = ended.stdout.lines().next().unwrap_or_default().to_lowercase();
    assert!(first.starts_with("nothing here judges completeness"), "{first}");
}

#[test]
fn a_big5_export_with_three_columns_of_references_runs() {
    let sandbox = Sandbox::new();
    let csv = "nid,body,ref_wang,ref_li,ref_chen\n\
        101,市府宣布捷運新線明年三月通車，全長12.4公里。票價二十元起。,捷運新線明年三月通車。,新線全長12.4公里。,票價二十元起。\n\
        102,颱風逼近，全臺三縣市停班停課。航班取消一百二十班。,三縣市停班停課。,颱風逼近。,航班取消。\n";
    let (bytes, _, lossy) = encoding_rs::BIG5.encode(csv);
    assert!(!lossy && std::str::from_utf8(&bytes).is_err(), "the fixture is Big5");
    sandbox.write("data/cms.csv", &bytes);
    let dataset = "articles = \"data/cms.csv\"\nencoding = \"big5\"\nlang = \"zh-TW\"\n\
        fields = { id = \"nid\", source = \"body\", references = [\"ref_wang\", \"ref_li\", \"ref_chen\"] }";
    sandbox.write("epitome.toml", suite(dataset, OVERLAP));
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (run, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(run["datasets"][0]["references"], 6);
    let annotators: Vec<_> = items.iter().filter_map(|i| i["annotator"].as_str()).collect();
    assert_eq!(annotators, ["ref_wang", "ref_li", "ref_chen", "ref_wang", "ref_li", "ref_chen"]);
    assert_eq!(items.iter().filter(|i| i["system"] == "lead").count(), 2);
}

#[test]
fn a_missing_output_is_a_failure_and_not_a_zero() {
    let sandbox = Sandbox::new();
    sandbox
        .write("articles.jsonl", ARTICLES)
        .write("out.jsonl", "{\"id\":\"a\",\"system\":\"desk@v1\",\"summary\":\"新線通車。\"}\n");
    let mut text = suite("articles = \"articles.jsonl\"", &["length"]);
    text.push_str("[[system]]\nname = \"desk@v1\"\nbackend = \"replay\"\noutputs = \"out.jsonl\"\n");
    sandbox.write("epitome.toml", &text);
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("desk@v1 failed on 1 of 2 items"), "{}", ended.stderr);
    let (run, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(run["failures"][0]["kind"], "missing_output");
    let failed = items.iter().find(|i| i["system"] == "desk@v1" && i["id"] == "b").expect("the item");
    assert_eq!(failed["scores"]["length"], serde_json::Value::Null);
    assert_eq!(failed["unscored"]["length"]["status"], "failed");
    sandbox.write("epitome.toml", format!("{text}\n[failures]\nmax = \"50%\"\n"));
    assert_eq!(sandbox.epitome(&["run"]).code, Some(0));
}

/// Ctrl-C in the middle of a long run leaves a record that can be read, and says what is missing.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_a_readable_record() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let sandbox = Sandbox::new();
    let sentences = |seed: usize| -> String {
        (0..160)
            .map(|i| format!("Sentence {i} of {seed} speaks of item {} and of {} others. ", seed * 7 + i, i * i))
            .collect()
    };
    let articles: String = (0..6_000)
        .map(|i| format!("{}\n", serde_json::json!({ "id": i, "lang": "en", "source": sentences(i) })))
        .collect();
    sandbox.write("articles.jsonl", articles);
    let text = suite("articles = \"articles.jsonl\"", &["length"]).replace("\"lead\"", "\"lexrank\"");
    sandbox.write("epitome.toml", text);
    let mut child =
        sandbox.command(&["run"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("epitome starts");
    // The journal's first line says that items are being finished.
    let journal = || {
        let folder = fs::read_dir(sandbox.path("reports/news")).ok()?.flatten().next()?.path();
        let length = fs::metadata(folder.join("items.partial.jsonl")).ok()?.len();
        (length > 0).then_some(())
    };
    while journal().is_none() {
        assert!(child.try_wait().expect("a status").is_none(), "the run ended before it could be interrupted");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let stderr: Vec<String> =
        BufReader::new(child.stderr.take().expect("stderr")).lines().map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("a status").code(), Some(130), "{stderr:?}");
    assert!(stderr.iter().any(|line| line.contains("interrupted:") && line.contains("of 6000 items")), "{stderr:?}");
    let (run, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(run["complete"]["interrupted"], true);
    let finished = run["complete"]["finished"].as_u64().expect("a number");
    assert_eq!(finished, items.len() as u64);
    assert!(finished > 0 && finished < 6_000, "{finished}");
    assert_eq!(sandbox.epitome(&["report", "latest"]).code, Some(0));
}

#[test]
fn a_filter_takes_a_part_and_the_record_says_which() {
    let sandbox = Sandbox::bundled();
    let ended = sandbox.epitome(&["run", "--quiet", "--only", "story=sco-*", "--only", "system=draft@*"]);
    assert_ne!(ended.code, Some(2), "{}", ended.stderr);
    let (run, items) = record(&sandbox.runs("bundled")[0]);
    assert_eq!(items.len(), 6);
    assert!(
        items.iter().all(|i| i["dataset"] == "summit" && i["system"].as_str().is_some_and(|s| s.starts_with("draft@")))
    );
    assert_eq!(run["complete"]["filtered"], "story=sco-* system=draft@*");
    assert_eq!(run["complete"]["planned"], 6);
    assert_eq!(sandbox.epitome(&["accept"]).code, Some(2), "a part is no baseline");

    sandbox.epitome(&["run", "--quiet", "--sample", "2", "--only", "lang=zh*", "--only", "system=lead"]);
    let (_, items) = record(&sandbox.runs("bundled")[1]);
    assert_eq!(items.len(), 4, "two of each dataset");
    let nothing = sandbox.epitome(&["run", "--only", "id=zzz"]);
    assert_eq!(nothing.code, Some(2));
    assert!(nothing.stderr.contains("no article matches `id=zzz`"), "{}", nothing.stderr);
    assert_eq!(sandbox.runs("bundled").len(), 2, "nothing is left of a run of nothing");
    let wrong = sandbox.epitome(&["run", "--only", "langauge=zh"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("there are id, dataset, lang"), "{}", wrong.stderr);
}

#[test]
fn house_rules_are_scored_gated_and_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("articles.jsonl", ARTICLES);
    let rules =
        "[[check]]\nname = \"house-names\"\nforbid = [\"捷運\"]\n\n[[gate]]\nmetric = \"house-names\"\nmin = 1.0\n";
    sandbox.write("epitome.toml", format!("{}\n{rules}", suite("articles = \"articles.jsonl\"", &["length"])));
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let (_, items) = record(&sandbox.runs("news")[0]);
    let item = |id: &str| items.iter().find(|i| i["id"] == id).expect("the item");
    assert_eq!(item("a")["scores"]["house-names"]["pass"], 0.0);
    assert_eq!(item("a")["notes"]["house-names"], "holds `捷運`, which is forbidden");
    assert_eq!(item("b")["scores"]["house-names"]["pass"], 1.0);
    sandbox.edit("epitome.toml", "forbid = [", "forbidd = [");
    assert!(sandbox.epitome(&["run"]).stderr.contains("did you mean `forbid`?"));
}
