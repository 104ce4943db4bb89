//! Scores from outside: a judge by the worker protocol, and imported ones.

use std::fs;

use crate::cli::{Ended, Sandbox, record, suite};

/// A judge in shell that notes each question, and answers by what it reads.
const JUDGE: &str = r#"while IFS= read -r line; do
  id=${line#*\"id\":}; id=${id%%,*}
  echo "$id" >> judged
  case $line in
    *'"candidate":"Article 1 '*) printf '{"id":%s,"error":"no mood for it","kind":"refused"}\n' "$id" ;;
    *'"candidate":"Article 2 '*) printf '{"id":%s,"scores":{"tone":7}}\n' "$id" ;;
    *'"candidate":"Article 3 '*) printf '{"id":%s,"not_applicable":"no tone in it"}\n' "$id" ;;
    *) printf '{"id":%s,"scores":{"tone":0.5},"note":"plain"}\n' "$id" ;;
  esac
done
"#;

const METRIC: &str = r#"
[[metric]]
name = "house-judge"
backend = "command"
run = ["sh", "judge.sh"]
fields = { tone = { direction = "higher", range = [0, 1] } }
"#;

fn sandbox(metric: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let line =
        |i| format!("{{\"id\":\"{i}\",\"lang\":\"en\",\"source\":\"Article {i} says a thing. It says more.\"}}\n");
    sandbox.write("articles.jsonl", (0..8).map(line).collect::<String>()).write("judge.sh", JUDGE);
    sandbox.write("epitome.toml", suite("articles = \"articles.jsonl\"", &["length"]) + metric);
    sandbox
}

fn judged(sandbox: &Sandbox) -> usize {
    fs::read_to_string(sandbox.path("judged")).unwrap_or_default().lines().count()
}

fn run(sandbox: &Sandbox, more: &[&str]) -> Ended {
    let mut args = vec!["run", "--quiet"];
    args.extend(more);
    sandbox.epitome(&args)
}

#[test]
fn a_judge_scores_each_output_and_its_failures_have_their_kind() {
    let sandbox = sandbox(&format!("{METRIC}processes = 3\nversion = \"2\"\n"));
    let ended = run(&sandbox, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (run, items) = record(&sandbox.runs("news")[0]);
    let said: Vec<String> = items
        .iter()
        .take(5)
        .map(|item| match item["unscored"].get("house-judge") {
            Some(why) => format!("{} {}: {}", why["status"], why["code"], why["message"]),
            None => format!("{} {}", item["scores"]["house-judge"], item["notes"]["house-judge"]),
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    {"tone":0.5} "plain"
    "failed" "refused": "no mood for it"
    "failed" "malformed": "the field `tone` is 7, outside its range, 0 to 1"
    "not_applicable" "no_score": "no tone in it"
    {"tone":0.5} "plain"
    "#);
    let metric = run["metrics"].as_array().expect("metrics").iter().find(|m| m["name"] == "house-judge");
    let metric = metric.expect("it is declared");
    assert_eq!((&metric["headline"], &metric["signatures"][""]["version"]), (&"tone".into(), &"2".into()));
    let figure = run["aggregates"].as_array().expect("figures").iter().find(|a| a["metric"] == "house-judge");
    let figure = figure.expect("a figure");
    assert_eq!(figure["counts"]["scored"], 5);
    assert_eq!((&figure["counts"]["failed"], &figure["fields"]["tone"]["value"]), (&2.into(), &0.5.into()));
}

#[test]
fn a_judges_score_is_explained_in_its_own_words() {
    let sandbox = sandbox(METRIC);
    run(&sandbox, &[]);
    let ended = sandbox.epitome(&["explain", "latest", "lead", "0", "house-judge"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
    assert_eq!(judged(&sandbox), 8);
}

#[test]
fn what_a_judge_said_is_kept_until_judge_version_or_output_change() {
    let sandbox = sandbox(&format!("{METRIC}version = 2\n"));
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 8);
    run(&sandbox, &[]);
    // The two that failed are asked for again.
    assert_eq!(judged(&sandbox), 10);
    let runs = sandbox.runs("news");
    assert_eq!(record(&runs[0]), record(&runs[1]));
    let ended = run(&sandbox, &["--offline"]);
    assert_eq!((ended.code, judged(&sandbox)), (Some(0), 10));
    let (_, items) = record(&sandbox.runs("news")[2]);
    assert_eq!(items[1]["unscored"]["house-judge"]["code"], "offline");
    sandbox.edit("epitome.toml", "version = 2\n", "version = 3\n");
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 18);
    sandbox.edit("judge.sh", "tone\":0.5", "tone\":0.75");
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 26);
    sandbox.edit("epitome.toml", "sentences = 1", "sentences = 2");
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 34);
    assert_eq!(sandbox.epitome(&["cache", "verify"]).code, Some(0));
}

#[test]
fn a_dry_run_counts_what_a_judge_would_be_asked() {
    let sandbox = sandbox(METRIC);
    let desk = "[[system]]\nname = \"desk\"\nbackend = \"command\"\nrun = [\"head\", \"-c\", \"20\"]\ninputs = [\"judge.sh\"]\n";
    sandbox.edit("epitome.toml", "[metrics]", &format!("{desk}[metrics]"));
    // The same words again, of another system: nobody is asked twice for them.
    sandbox.edit(
        "epitome.toml",
        "[metrics]",
        "[[system]]\nname = \"twin\"\nbackend = \"lead\"\nsentences = 1\n[metrics]",
    );
    let judge = |sandbox: &Sandbox, more: &[&str]| {
        let said = sandbox.epitome(&[&["run", "--dry-run"], more].concat()).stdout;
        said.lines().find(|line| line.starts_with("house-judge")).expect("a line").to_owned()
    };
    let first = judge(&sandbox, &[]);
    assert_eq!(first, "house-judge: 24 items, 8 calls, and at most 8 more for outputs that are yet to come");
    run(&sandbox, &["--only", "system=lead"]);
    assert_eq!(judged(&sandbox), 8);
    // Two failed, and are asked for again.
    let kept = "house-judge: 24 items, 12 kept (50 %, at most 0 days old), 2 calls, and at most 8 more for outputs that are yet to come";
    assert_eq!(judge(&sandbox, &[]), kept);
    run(&sandbox, &[]);
    let asked = judged(&sandbox);
    assert_eq!(judge(&sandbox, &["--refresh"]), first);
    let last = judge(&sandbox, &[]);
    assert!(last.starts_with("house-judge: 24 items, ") && !last.contains("more"), "{last}");
    assert_eq!(judged(&sandbox), asked, "a dry run asks nobody");
}

#[test]
fn an_edited_judge_without_a_version_is_another_metric() {
    let sandbox = sandbox(METRIC);
    let content = |run: &std::path::Path| {
        let (run, _) = record(run);
        let metrics = run["metrics"].as_array().expect("metrics").clone();
        metrics.iter().find(|m| m["name"] == "house-judge").expect("it is there")["signatures"][""]["content"].clone()
    };
    run(&sandbox, &[]);
    sandbox.edit("judge.sh", "plain", "clear");
    run(&sandbox, &[]);
    let runs = sandbox.runs("news");
    assert!(content(&runs[0]).is_string());
    assert_ne!(content(&runs[0]), content(&runs[1]));
}

#[test]
fn a_judges_scores_are_gated_like_any_other() {
    let gate = "[[gate]]\nmetric = \"house-judge\"\nsystem = \"lead\"\nmin = 0.6\n";
    let sandbox = sandbox(&format!("{METRIC}{gate}"));
    let ended = run(&sandbox, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    sandbox.edit("epitome.toml", "min = 0.6", "min = 0.4");
    assert_eq!(run(&sandbox, &[]).code, Some(0));
}

#[test]
fn a_judge_that_is_gone_is_given_up_and_the_run_goes_on() {
    let sandbox = sandbox(&format!("{METRIC}retries = 0\n"));
    sandbox.write("judge.sh", "echo 'no model here' >&2; exit 3\n");
    let ended = run(&sandbox, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (_, items) = record(&sandbox.runs("news")[0]);
    let why = &items[0]["unscored"]["house-judge"];
    assert_eq!((&why["status"], &why["code"]), (&"failed".into(), &"process".into()));
    assert!(why["message"].as_str().expect("a message").contains("no model here"), "{why}");
}

#[test]
fn a_process_an_output_judges_as_well() {
    let sandbox = sandbox(&format!("{METRIC}mode = \"once\"\n"));
    run(&sandbox, &["--limit", "1"]);
    let (_, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(items[0]["scores"]["house-judge"]["tone"], 0.5);
}

#[test]
fn imported_scores_stand_beside_the_others() {
    let metric = "\n[[metric]]\nname = \"tone\"\nbackend = \"import\"\nscores = \"tone.jsonl\"\n\
                  fields = { score = { direction = \"lower\", range = [0, 10] } }\n";
    let sandbox = sandbox(metric);
    sandbox.write(
        "tone.jsonl",
        "{\"id\":0,\"system\":\"lead\",\"scores\":{\"tone\":4}}\n{\"id\":\"1\",\"system\":\"lead\",\"scores\":{\"tone\":{\"score\":11}}}\n\
         {\"id\":\"2\",\"system\":\"other\",\"scores\":{\"tone\":5}}\n",
    );
    let ended = run(&sandbox, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (_, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(items[0]["scores"]["tone"]["score"], 4.0);
    assert_eq!(items[1]["unscored"]["tone"]["code"], "malformed");
    assert_eq!(items[2]["unscored"]["tone"]["code"], "no_score");
}

#[test]
fn private_data_goes_only_to_judges_that_name_it() {
    let sandbox = sandbox(METRIC);
    sandbox.edit("epitome.toml", "articles = ", "private = true\narticles = ");
    sandbox.edit("epitome.toml", "sentences = 1", "sentences = 1\ndatasets = [\"news\"]");
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 0);
    let (_, items) = record(&sandbox.runs("news")[0]);
    assert_eq!(items[0]["unscored"]["house-judge"]["code"], "private");
    sandbox.edit("epitome.toml", "backend = \"command\"", "backend = \"command\"\ndatasets = [\"news\"]");
    run(&sandbox, &[]);
    assert_eq!(judged(&sandbox), 8);
}

#[test]
fn what_is_no_metric_from_outside_is_said_with_its_place() {
    let errors: Vec<String> = [
        "[[metric]]\nname = \"j\"\nbackend = \"comand\"\n",
        "[[metric]]\nname = \"j\"\nbackend = \"command\"\nrun = [\"sh\", \"judge.sh\"]\n",
        "[[metric]]\nbackend = \"command\"\n",
        "[[metric]]\nname = \"j\"\nbackend = \"import\"\nscores = \"none.jsonl\"\nfields = { a = { direction = \"lower\" } }\n",
        "[[metric]]\nname = \"j\"\nuse = \"command\"\n",
    ]
    .iter()
    .map(|metric| {
        let ended = run(&sandbox(&format!("\n{metric}")), &[]);
        assert_eq!(ended.code, Some(2));
        ended.stderr
    })
    .collect();
    insta::assert_snapshot!(errors.join("\n"));
}
