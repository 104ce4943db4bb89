//! `epitome facts draft` and `lint`, and the four forms of a checklist.

use serde_json::Value;

use super::{ARTICLES, Sandbox, suite};

/// A suite of two articles whose checklists are in `place`.
fn sandbox(place: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let dataset = format!("articles = \"articles.jsonl\"\nreferences = \"refs.jsonl\"\nfacts = \"{place}\"");
    sandbox.write("epitome.toml", suite(&dataset, &["facts"])).write("articles.jsonl", ARTICLES);
    let references = "{\"id\":\"b\",\"summary\":\"The council approved 48 new buses on Tuesday.\"}\n\
                      {\"id\":\"b\",\"summary\":\"48 new buses, which cost $21 million, were approved.\"}\n";
    sandbox.write("refs.jsonl", references);
    sandbox
}

const BUSES: &str = "The council approved 48 new buses.";

#[test]
fn a_checklist_is_a_toml_a_jsonl_a_csv_or_a_folder() {
    let fact =
        format!("id = \"buses\"\nkind = \"quantity\"\nclaim = \"{BUSES}\"\nmust = true\naliases = [\"coaches\"]\n");
    let forms = [
        ("facts.toml", "facts.toml", format!("[[fact]]\narticle = \"b\"\n{fact}")),
        ("facts", "facts/b.toml", format!("[[fact]]\n{fact}")),
        (
            "facts.jsonl",
            "facts.jsonl",
            format!(
                "{{\"article\":\"b\",\"id\":\"buses\",\"kind\":\"quantity\",\"claim\":\"{BUSES}\",\"must\":true,\
                 \"aliases\":[\"coaches\"]}}\n"
            ),
        ),
        (
            "facts.csv",
            "facts.csv",
            format!("article,id,kind,claim,must,aliases\nb,buses,quantity,{BUSES},true,coaches\n"),
        ),
    ];
    let mut hashes = Vec::new();
    for (place, file, text) in forms {
        let sandbox = sandbox(place);
        sandbox.write(file, text);
        let ended = sandbox.epitome(&["run", "--format", "json"]);
        assert_eq!(ended.code, Some(0), "{place}: {}", ended.stderr);
        let run: Value = serde_json::from_str(&ended.stdout).expect("a record");
        assert_eq!(run["datasets"][0]["facts"], 1, "{place}");
        hashes.push(run["datasets"][0]["fact_hash"].clone());
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "one checklist, whatever its form: {hashes:?}");
}

#[test]
fn an_error_in_a_checklist_names_file_and_line() {
    let cases = [
        (
            "facts.toml",
            "facts.toml",
            "[[fact]]\narticle = \"b\"\nid = \"a\"\nkind = \"number\"\nclaim = \"x\"\n",
            "facts.toml:4",
        ),
        ("facts", "facts/b.toml", "\n[[fact]]\nid = \"a\"\nkind = \"quantity\"\nclaim = \" \"\n", "facts/b.toml:2"),
        (
            "facts.jsonl",
            "facts.jsonl",
            "\n{\"article\":\"b\",\"id\":\"a\",\"kind\":\"date\",\"clam\":\"x\"}\n",
            "facts.jsonl:2",
        ),
        ("facts.csv", "facts.csv", "article,id,kind,claim,weight\nb,a,date,x,1\nb,b,date,x,much\n", "facts.csv:3"),
        ("facts.csv", "facts.csv", "article,id,kind,claim\nzz,a,date,x\n", "facts.csv:2"),
    ];
    for (place, file, text, at) in cases {
        let sandbox = sandbox(place);
        sandbox.write(file, text);
        for command in [&["run"][..], &["facts", "lint"]] {
            let ended = sandbox.epitome(command);
            assert_eq!(ended.code, Some(2), "{file}: {}", ended.stderr);
            assert!(ended.stderr.contains(at), "{at} in {}", ended.stderr);
        }
    }
}

#[test]
fn lint_finds_what_is_wrong_and_fails_where_asked_to() {
    let sandbox = sandbox("facts.toml");
    let fact = |id: &str, claim: &str, more: &str| {
        format!("[[fact]]\narticle = \"b\"\nid = \"{id}\"\nkind = \"quantity\"\nclaim = \"{claim}\"\n{more}\n")
    };
    let facts = [
        fact("buses", BUSES, "must = true"),
        fact("again", "48 new buses were approved by the council.", ""),
        fact("cost", "The buses will cost $21 million.", "must = true"),
        fact("wrong", "The buses will cost $12 million.", ""),
        fact("start", "The buses run from May.", "status = \"draft\""),
    ];
    sandbox.write("facts.toml", facts.concat());
    let ended = sandbox.epitome(&["facts", "lint"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    insta::assert_snapshot!("lint", ended.stdout);
    assert_eq!(sandbox.epitome(&["facts", "lint", "--fail-on", "unborne"]).code, Some(1));
    assert_eq!(sandbox.epitome(&["facts", "lint", "--fail-on", "stale"]).code, Some(0));
    let json = sandbox.epitome(&["facts", "lint", "--format", "json", "--fail-on", "any"]);
    assert_eq!(json.code, Some(1));
    let found: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(found["schema"], "epitome.lint/1");
    let wrong = found["findings"].as_array().expect("a list").iter().find(|f| f["kind"] == "unborne").expect("it");
    assert_eq!((&wrong["place"], &wrong["fact"]), (&"facts.toml:19".into(), &"wrong".into()));
}

#[test]
fn drafts_are_added_and_never_overwrite() {
    let sandbox = sandbox("facts");
    let kept = "# mine\n[[fact]]\nid = \"line\"\nkind = \"quantity\"\nclaim = \"捷運新線全長12.4公里\"\n";
    sandbox.write("facts/a.toml", kept);
    let draft = ["facts", "draft", "--dataset", "news", "--missing"];
    let ended = sandbox.epitome(&draft);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("1 article has a checklist and was passed over"), "{}", ended.stdout);
    let read = |name: &str| std::fs::read_to_string(sandbox.path(name)).expect("a checklist");
    assert_eq!(read("facts/a.toml"), kept);
    let drafted = read("facts/b.toml");
    insta::assert_snapshot!("drafted", drafted);

    // What is drafted is read, counts in nothing, and is not drafted again.
    let run = sandbox.epitome(&["run", "--format", "json"]);
    let run: Value = serde_json::from_str(&run.stdout).expect("a record");
    assert_eq!(run["datasets"][0]["facts"], 1);
    assert_eq!(run["datasets"][0]["draft_facts"].as_u64(), Some(drafted.matches("[[fact]]").count() as u64));
    sandbox.epitome(&draft);
    assert_eq!(read("facts/b.toml"), drafted);
}

#[test]
fn drafts_go_to_the_form_that_the_suite_reads() {
    let header = "claim,article,id,kind,weight,status\n";
    for (place, before) in [("facts.toml", ""), ("facts.jsonl", ""), ("facts.csv", header)] {
        let sandbox = sandbox(place);
        sandbox.write(place, before);
        let ended = sandbox.epitome(&["facts", "draft", "--dataset", "news", "--missing", "--max", "2"]);
        assert_eq!(ended.code, Some(0), "{place}: {}", ended.stderr);
        let run = sandbox.epitome(&["run", "--format", "json"]);
        let run: Value = serde_json::from_str(&run.stdout).expect("a record");
        assert_eq!(run["datasets"][0]["draft_facts"], 4, "{place}");
    }
}

#[test]
fn a_draft_of_a_page_is_covered_by_the_page() {
    let sandbox = Sandbox::new();
    let page = "▲市長6日出席典禮。（圖／記者攝）\n\n記者林青／報導\n\n市長提出三點計畫。一是興建圖書館，讓社區都有書可讀。\
                二是整治河岸。三是鼓勵單車通勤。\n\n市府將撥款3億元興建「小而美」圖書館，並提供500個實習名額。";
    sandbox.write("page.txt", page);
    let drafted = sandbox.epitome(&["facts", "draft", "page.txt", "--lang", "zh-TW"]);
    assert_eq!(drafted.code, Some(0), "{}", drafted.stderr);
    let table: toml::Table = drafted.stdout.parse().expect("TOML");
    let facts = table["fact"].as_array().expect("facts").clone();
    assert!(facts.iter().all(|fact| fact["status"].as_str() == Some("draft")));
    let case =
        serde_json::json!({"id": "self", "source_lang": "zh-TW", "source": page, "summary": page, "facts": facts});
    sandbox.write("case.jsonl", format!("{case}\n"));
    let checked = sandbox.epitome(&["facts", "check", "case.jsonl"]);
    let answer: Value = serde_json::from_str(&checked.stdout).expect("an answer");
    let verdicts = answer["facts"].as_array().expect("verdicts");
    assert_eq!(verdicts.len(), facts.len());
    assert!(verdicts.iter().all(|fact| fact["verdict"] == "covered"), "{answer:#}");
}

#[test]
fn where_no_checklist_can_stand_the_remedy_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("epitome.toml", suite("articles = \"articles.jsonl\"\nreferences = \"refs.jsonl\"", &["facts"]));
    sandbox.write("articles.jsonl", ARTICLES).write("refs.jsonl", "{\"id\":\"b\",\"summary\":\"Buses.\"}\n");
    let ended = sandbox.epitome(&["facts", "draft", "--dataset", "news", "--missing"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("write `facts = \"facts/\"`"), "{}", ended.stderr);
}
