//! `epitome facts judge`: people overrule the matcher.

use serde_json::Value;

use super::{ARTICLES, Ended, Sandbox, record, suite};

const FACTS: &str = r#"
[[fact]]
article = "b"
id = "buses"
kind = "quantity"
claim = "The council approved 48 new buses."

[[fact]]
article = "b"
id = "cost"
kind = "quantity"
claim = "The buses will cost $21 million."
"#;

/// A suite that has been run once: `lead` keeps the buses and drops what they cost.
fn ran() -> Sandbox {
    let sandbox = Sandbox::new();
    let dataset = "articles = \"articles.jsonl\"\nfacts = \"facts.toml\"";
    sandbox.write("epitome.toml", suite(dataset, &["facts", "grounding"]));
    sandbox.write("articles.jsonl", ARTICLES).write("facts.toml", FACTS);
    run(&sandbox);
    sandbox
}

/// Runs the suite: its record and the item of article `b`.
fn run(sandbox: &Sandbox) -> (Value, Value) {
    let ended = sandbox.epitome(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let printed: Value = serde_json::from_str(&ended.stdout).expect("a record");
    let id = printed["environment"]["run"].as_str().expect("its id");
    let (run, items) = record(&sandbox.path("reports/news").join(id));
    (run, items.into_iter().find(|item| item["id"] == "b" && item["system"] == "lead").expect("the item"))
}

fn judge(sandbox: &Sandbox, args: &[&str]) -> Ended {
    let by = ["--by", "wang", "--why", "the price is implied"];
    sandbox.epitome(&[&["facts", "judge"], args, &by].concat())
}

#[test]
fn a_decision_overrules_that_output_and_fact_alone() {
    let sandbox = ran();
    let (before, item) = run(&sandbox);
    assert!(before.get("decisions").is_none(), "no decision, no record of decisions");
    assert_eq!(item["facts"][1]["verdict"], "missing");

    let ended = judge(&sandbox, &["lead", "b", "cost", "covered"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("b, cost: covered; the matcher says missing"), "{}", ended.stdout);
    let line = std::fs::read_to_string(sandbox.path("news.decisions.jsonl")).expect("the file beside facts.toml");
    let decision: Value = serde_json::from_str(&line).expect("one line");
    for key in ["article", "fact", "output", "verdict", "by", "why", "date"] {
        assert!(decision[key].is_string(), "{key} in {line}");
    }

    let (run, item) = run(&sandbox);
    assert_eq!(item["facts"][0].get("overridden"), None);
    let cost = &item["facts"][1];
    assert_eq!((&cost["verdict"], &cost["score"]), (&"covered".into(), &1.0.into()));
    assert_eq!((&cost["overridden"]["by"], &cost["overridden"]["matcher"]), (&"wang".into(), &"missing".into()));
    assert_eq!(item["scores"]["facts"]["recall"], 1.0);
    let decisions = &run["decisions"];
    assert_eq!((&decisions["applied"], &decisions["agreed"]), (&1.into(), &0.into()));
    let value = |aggregates: &Value| {
        let facts = aggregates.as_array().expect("a list").iter().find(|a| a["metric"] == "facts").expect("facts");
        facts["fields"]["recall"]["value"].as_f64().expect("a number")
    };
    assert_eq!((value(&run["aggregates"]), value(&decisions["without"])), (1.0, 0.5));
}

#[test]
fn without_a_must_fact_nobody_asks_whether_it_is_kept() {
    let sandbox = ran();
    let facts = |run: &Value| {
        let aggregates = run["aggregates"].as_array().expect("a list");
        aggregates.iter().find(|a| a["metric"] == "facts").expect("facts")["fields"].clone()
    };
    let (record, item) = run(&sandbox);
    assert_eq!(item["scores"]["facts"].get("must"), None);
    assert_eq!(item["unscored"]["facts.must"]["status"], "not_applicable");
    assert_eq!(facts(&record).get("must"), None);
    let table = sandbox.epitome(&["run"]).stdout;
    assert!(table.contains("facts.must: not applicable, no checklist has a `must` fact"), "{table}");
    // With one, it is asked of that article alone.
    sandbox.edit("facts.toml", "id = \"cost\"", "id = \"cost\"\nmust = true");
    let (record, item) = run(&sandbox);
    assert_eq!(item["scores"]["facts"]["must"], 0.0);
    assert_eq!(facts(&record)["must"]["value"], 0.0);
    let kind = &record["kinds"][0];
    assert_eq!((&kind["group"], &kind["covered"], &kind["missing"]), (&"quantity".into(), &1.into(), &1.into()));
}

#[test]
fn reports_show_what_people_decided() {
    let sandbox = ran();
    judge(&sandbox, &["lead", "b", "cost", "contradicted"]);
    judge(&sandbox, &["lead", "b", "unsupported", "--quantity", "48 new buses"]);
    let table = sandbox.epitome(&["run"]).stdout;
    for words in [
        "ruled by wang; the matcher said missing",
        "2 of 2 decisions are applied; on 0",
        "lead, facts.contradicted: .500; by the matcher alone .000",
    ] {
        assert!(table.contains(words), "{words} in\n{table}");
    }
    for format in ["markdown", "html"] {
        let report = sandbox.epitome(&["report", "latest", "--format", format, "--out", "-"]);
        assert!(report.stdout.contains("2 of 2 decisions are applied"), "{format}\n{}", report.stdout);
        assert!(report.stdout.contains("by the matcher alone"), "{format}");
    }
}

#[test]
fn a_stale_decision_is_listed_and_never_applied() {
    let sandbox = ran();
    judge(&sandbox, &["lead", "b", "cost", "covered"]);
    let stale = |why: &str| {
        let (run, item) = run(&sandbox);
        assert!(item["facts"].as_array().expect("facts").iter().all(|fact| fact.get("overridden").is_none()));
        assert_eq!(run["decisions"]["stale"][0]["reason"], why);
        assert_eq!(run["decisions"]["stale"][0]["place"], "news.decisions.jsonl:1");
        let listed = sandbox.epitome(&["facts", "judge", "--list"]);
        assert!(listed.stdout.contains(&format!("stale, not applied: {why}")), "{}", listed.stdout);
    };
    sandbox.edit("facts.toml", "will cost $21 million", "will cost $20 million");
    stale("the fact has another claim now");
    sandbox.edit("facts.toml", "id = \"cost\"", "id = \"price\"");
    stale("the checklist has no such fact any more");
    sandbox.write("facts.toml", FACTS);
    sandbox.edit("epitome.toml", "sentences = 1", "sentences = 2");
    stale("the output has changed");
    // What it was made on is back, and so is the ruling.
    sandbox.edit("epitome.toml", "sentences = 2", "sentences = 1");
    let (run, _) = run(&sandbox);
    assert_eq!((&run["decisions"]["applied"], &run["decisions"]["stale"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn what_a_run_does_not_take_is_not_stale() {
    let sandbox = ran();
    judge(&sandbox, &["lead", "b", "cost", "covered"]);
    let ended = sandbox.epitome(&["run", "--only", "id=a", "--format", "json"]);
    let run: Value = serde_json::from_str(&ended.stdout).expect("a record");
    assert_eq!((&run["decisions"]["elsewhere"], &run["decisions"]["stale"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn rulings_are_imported_from_a_csv_all_or_none() {
    let sandbox = ran();
    let rows = "system,article,fact,quantity,verdict,by,why\nlead,b,cost,,covered,li,\"'=said, in a way\"\n\
                lead,b,,48 new buses,unsupported,li,not new\n";
    sandbox.write("rulings.csv", rows);
    let ended = sandbox.epitome(&["facts", "judge", "--import", "rulings.csv"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (run, item) = run(&sandbox);
    assert_eq!(run["decisions"]["applied"], 2);
    assert_eq!(item["quantities"][0]["verdict"], "unsupported");
    assert_eq!(item["quantities"][0]["overridden"]["matcher"], "supported");

    let kept = std::fs::read_to_string(sandbox.path("news.decisions.jsonl")).expect("decisions");
    assert!(kept.contains("\"=said, in a way\""), "the guard against formulas is no part of the text: {kept}");
    sandbox.write("rulings.csv", format!("{rows}lead,b,price,,covered,li,no such fact\n"));
    let ended = sandbox.epitome(&["facts", "judge", "--import", "rulings.csv"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.contains("rulings.csv:4: article `b` has no fact `price`; it has buses, cost"),
        "{}",
        ended.stderr
    );
    assert_eq!(kept, std::fs::read_to_string(sandbox.path("news.decisions.jsonl")).expect("decisions"));
}

#[test]
fn errors_name_the_place_and_what_would_be_right() {
    let sandbox = ran();
    let cases: [(&[&str], &str); 6] = [
        (&["lead", "b", "cost", "good"], "`good` is no verdict"),
        (&["lead", "b", "cost", "supported"], "a fact is covered, missing or contradicted"),
        (&["led", "b", "cost", "covered"], "has no system `led`; it has lead"),
        (&["lead", "c", "cost", "covered"], "has no output of lead for article `c`"),
        (&["lead", "b", "supported", "--quantity", "9 buses"], "it has \"48 new buses\" at 21"),
        (&["lead", "b", "covered"], "four words"),
    ];
    for (args, words) in cases {
        let ended = judge(&sandbox, args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {}", ended.stderr);
    }
    sandbox.write("news.decisions.jsonl", "{\"article\":\"b\",\"fact\":\"cost\"}\n");
    let ended = sandbox.epitome(&["run"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("news.decisions.jsonl:1: missing field `output`"), "{}", ended.stderr);
}
