//! `epitome explain` and `score --explain`.

use serde_json::Value;

use super::{Sandbox, record};

const METRICS: &str = "version = 1\n[suite]\nname = \"news\"\n[[dataset]]\nname = \"news\"\narticles = \"articles.jsonl\"\n\
    references = \"references.jsonl\"\n[metrics]\nuse = [\"rouge1\", \"rougeL\", \"bleu\", \"chrf\", \"ter\", \"length\"]\n\
    [[metric]]\nname = \"rouge2-stems\"\nuse = \"rouge2\"\nstem = true\n\
    [[system]]\nname = \"draft@v1\"\nbackend = \"replay\"\noutputs = \"v1.jsonl\"\n\
    [[system]]\nname = \"draft@v2\"\nbackend = \"replay\"\noutputs = \"v2.jsonl\"\n[failures]\nmax = \"100%\"\n";

/// A run of two versions on two articles; the second version fails on one.
fn ran() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("epitome.toml", METRICS)
        .write(
            "articles.jsonl",
            "{\"id\":\"buses\",\"lang\":\"en\",\"source\":\"The council approved 48 new buses on Tuesday. They run from May.\"}\n\
             {\"id\":\"metro\",\"lang\":\"zh-TW\",\"source\":\"捷運新線明年三月通車，共設九站。\"}\n",
        )
        .write(
            "references.jsonl",
            "{\"id\":\"buses\",\"summary\":\"The council approved 48 new buses.\"}\n\
             {\"id\":\"buses\",\"summary\":\"New buses will run from May.\"}\n\
             {\"id\":\"metro\",\"summary\":\"捷運新線三月通車\"}\n",
        )
        .write(
            "v1.jsonl",
            "{\"id\":\"buses\",\"system\":\"draft@v1\",\"summary\":\"The council bought 48 new buses.\"}\n\
             {\"id\":\"metro\",\"system\":\"draft@v1\",\"summary\":\"捷運三月通車\"}\n",
        )
        .write("v2.jsonl", "{\"id\":\"buses\",\"system\":\"draft@v2\",\"summary\":\"The council approved the buses.\"}\n");
    let ended = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    sandbox
}

#[test]
fn a_value_is_explained_and_what_moved_it_is_named() {
    let sandbox = ran();
    let mut shown = String::new();
    for args in [
        &["explain", "latest", "draft@v2", "buses", "rouge1", "--against", "latest::draft@v1"][..],
        &["explain", "latest", "draft@v1", "buses", "rouge2-stems"],
        &["explain", "latest", "draft@v1", "metro", "rougeL.f1"],
        &["explain", "latest", "draft@v1", "buses", "bleu", "--limit", "2"],
        &["explain", "latest", "draft@v1", "buses", "ter"],
        &["explain", "latest", "draft@v1", "buses", "length"],
        &["explain", "latest", "human", "buses", "rougeL"],
    ] {
        let ended = sandbox.epitome(args);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
        shown.push_str(&format!("$ epitome {}\n{}\n", args.join(" "), ended.stdout));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn json_holds_the_recorded_value_and_the_explained_one() {
    let sandbox = ran();
    let args = ["explain", "latest", "draft@v2", "buses", "chrf", "--against", "latest::draft@v1", "--format", "json"];
    let document: Value = serde_json::from_str(&sandbox.epitome(&args).stdout).expect("JSON");
    let (_, items) = record(&sandbox.runs("news")[0]);
    let item = items.iter().find(|i| i["id"] == "buses" && i["system"] == "draft@v2").expect("the item");
    assert_eq!(document["schema"], "epitome.explanation/1");
    assert_eq!(document["output"]["recorded"], item["scores"]["chrf"]);
    assert_eq!(document["output"]["explained"]["fields"], item["scores"]["chrf"]);
    let moved = document["moved"].as_array().expect("what moved");
    assert!(moved.iter().any(|m| m["order"] == 1 && m["unit"] == "character"));
    assert_eq!(document["against"]["system"], "draft@v1");
}

#[test]
fn what_has_changed_since_is_said() {
    let sandbox = ran();
    sandbox.edit("references.jsonl", "approved 48 new", "ordered 48 new");
    let ended = sandbox.epitome(&["explain", "latest", "draft@v2", "buses", "chrf"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("changed since"), "{}", ended.stderr);
}

#[test]
fn names_that_mean_nothing_are_told_what_there_is() {
    let sandbox = ran();
    for (args, says) in [
        (["latest", "draft", "buses", "rouge1"], "could be draft@v1 or draft@v2"),
        (["latest", "desk", "buses", "rouge1"], "it has draft@v1, draft@v2"),
        (["latest", "draft@v1", "trams", "rouge1"], "no output of draft@v1 for article `trams`"),
        (["latest", "draft@v1", "buses", "rouge7"], "it has rouge1"),
        (["latest~3", "draft@v1", "buses", "rouge1"], "only 1 run in"),
        (["latest", "draft@v2", "metro", "rouge1"], "draft@v2 failed on `metro`"),
    ] {
        let args: Vec<&str> = std::iter::once("explain").chain(args).collect();
        let ended = sandbox.epitome(&args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn given_pairs_are_explained_in_order() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "pairs.jsonl",
        "{\"id\":\"one\",\"candidate\":\"the cats sat\",\"reference\":\"the cat sat down\"}\n\
         {\"candidate\":\"捷運三月通車\",\"reference\":\"捷運新線三月通車\"}\n",
    );
    let ended = sandbox.epitome(&["score", "pairs.jsonl", "--metrics", "rouge1,chrf++", "--stem", "--explain"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    insta::assert_snapshot!(ended.stdout);
    let ended = sandbox.epitome(&["score", "pairs.jsonl", "--metrics", "rouge1", "--explain=json"]);
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[1]["id"]), (&"one".into(), &"2".into()));
    assert_eq!(lines[1]["explained"][0]["behind"]["grams"][0]["matched"], 6);
}
