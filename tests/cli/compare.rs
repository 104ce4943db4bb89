//! `epitome compare`.

use std::fmt::Write as _;

use serde_json::Value;

use super::Sandbox;

/// Forty short articles and two versions of a system: v2 has the figure right where v1 has it wrong in thirty of them.
fn forty(sandbox: &Sandbox) {
    let (mut articles, mut references, mut facts) = (String::new(), String::new(), String::new());
    let mut outputs = [String::new(), String::new()];
    for i in 0..40 {
        let id = format!("a{i:02}");
        let text = format!(
            "The council of Ward {i} approved {} new buses on Tuesday, and the mayor thanked the drivers.",
            20 + i
        );
        let row = |key: &str, value: &str| format!("{}\n", serde_json::json!({ "id": id, key: value, "lang": "en" }));
        articles += &row("source", &text);
        references += &row("summary", &format!("Ward {i} approved {} new buses.", 20 + i));
        let claim = format!("The council of Ward {i} approved {} new buses.", 20 + i);
        let _ = writeln!(
            facts,
            "{}",
            serde_json::json!({ "article": id, "id": "buses", "kind": "quantity", "claim": claim, "must": true })
        );
        for (version, output) in outputs.iter_mut().enumerate() {
            let wrong = version == 0 && i % 4 != 0;
            let number = if wrong { 120 + i } else { 20 + i };
            let summary = format!("The council of Ward {i} approved {number} new buses.");
            let system = format!("desk@v{}", version + 1);
            let _ = writeln!(output, "{}", serde_json::json!({ "id": id, "system": system, "summary": summary }));
        }
    }
    sandbox.write("articles.jsonl", articles).write("references.jsonl", references).write("facts.jsonl", facts);
    sandbox.write("outputs/desk@v1.jsonl", &outputs[0]).write("outputs/desk@v2.jsonl", &outputs[1]);
    sandbox.write(
        "epitome.toml",
        "version = 1\n[suite]\nname = \"wards\"\nhuman = false\n[[dataset]]\nname = \"wards\"\narticles = \"articles.jsonl\"\n\
         references = \"references.jsonl\"\nfacts = \"facts.jsonl\"\n\
         [[system]]\nname = \"desk@v1\"\nbackend = \"replay\"\noutputs = \"outputs/desk@v1.jsonl\"\n\
         [[system]]\nname = \"desk@v2\"\nbackend = \"replay\"\noutputs = \"outputs/desk@v2.jsonl\"\n\
         [[system]]\nname = \"lead\"\nbackend = \"lead\"\nsentences = 1\n\
         [metrics]\nuse = [\"facts\", \"grounding\", \"rouge1\", \"length\"]\n",
    );
}

fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    let ended = sandbox.epitome(&[args, &["--format", "json"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).expect("JSON")
}

fn delta<'a>(comparison: &'a Value, metric: &str, field: &str) -> &'a Value {
    let deltas = comparison["deltas"].as_array().expect("deltas").iter();
    let mut of = deltas.filter(|d| d["metric"] == metric && d["field"] == field && d.get("slice").is_none());
    of.next().unwrap_or_else(|| panic!("no {metric}.{field} in {comparison:#}"))
}

#[test]
fn a_mended_version_is_better_and_the_way_back_is_worse() {
    let sandbox = Sandbox::new();
    forty(&sandbox);
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let there = json(&sandbox, &["compare", "desk@v1", "desk@v2"]);
    let comparison = &there["comparisons"][0];
    let recall = delta(comparison, "facts", "recall");
    assert_eq!((&recall["verdict"], &recall["articles"]), (&"better".into(), &40.into()), "{recall:#}");
    assert_eq!((&recall["first"], &recall["second"]), (&0.25.into(), &1.0.into()));
    assert_eq!(delta(comparison, "facts", "contradicted")["verdict"], "better");
    assert_eq!(delta(comparison, "grounding", "precision")["verdict"], "better");
    assert_eq!(delta(comparison, "length", "chars")["verdict"], Value::Null);
    let facts = comparison["facts"].as_array().expect("facts");
    assert_eq!(facts.len(), 30);
    assert!(facts.iter().all(|f| f["turn"] == "gained" && f["must"] == true));
    assert_eq!(comparison["figures"][0].as_array().map(Vec::len), Some(0));
    assert_eq!(comparison["figures"][1].as_array().map(Vec::len), Some(30));

    let back = sandbox.epitome(&["compare", "desk@v2", "desk@v1", "--fail-on", "worse"]);
    assert_eq!(back.code, Some(1), "{}", back.stdout);
    let last = back.stdout.split("\n\n").last().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    for why in ["fails (--fail-on worse): 30 facts newly contradicted (wards/a01 buses, ", "figures worse (rouge1"] {
        assert!(last.contains(why), "{why} is not in {last}");
    }
    let json = sandbox.epitome(&["compare", "desk@v2", "desk@v1", "--fail-on", "worse", "--format", "json"]);
    assert!(serde_json::from_str::<Value>(&json.stdout).is_ok() && json.stderr.contains("fails (--fail-on worse)"));
    // The verdict stands where nobody reads on.
    let args = ["compare", "desk@v2", "desk@v1", "--fail-on", "worse"];
    let mut unread = sandbox.command(&args).stdout(std::process::Stdio::piped()).spawn().expect("it runs");
    drop(unread.stdout.take());
    assert_eq!(unread.wait().expect("it ends").code(), Some(1));
    let better = sandbox.epitome(&["compare", "desk@v1", "desk@v2", "--fail-on", "worse"]);
    assert!(better.code == Some(0) && !better.stdout.contains("fails"), "{}", better.stdout);
    // What is the same in every article is in no doubt.
    assert_eq!(sandbox.epitome(&["compare", "desk@v2", "desk@v2", "--fail-on", "inconclusive"]).code, Some(0));
    insta::assert_snapshot!(
        sandbox.epitome(&["compare", "desk@v2", "latest::desk@v1", "--width", "90", "--many", "2"]).stdout
    );
    insta::assert_snapshot!(
        "full",
        sandbox.epitome(&["compare", "desk@v2", "desk@v1", "--width", "150", "--many", "1", "--stats", "full"]).stdout
    );
}

#[test]
fn narrow_tables_drop_no_column_and_cut_no_label() {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let table = |width: &str| {
        let args = ["compare", "lead", "draft@v2", "--stats", "full", "--width", width];
        let shown = sandbox.epitome(&args).stdout;
        let from = shown.find("\nFigures\n").expect("figures");
        let to = shown.find("  Inconclusive:").or_else(|| shown.find("\nFacts\n")).expect("an end");
        shown[from..to].to_owned()
    };
    let words = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let wide = table("400");
    for width in ["200", "100", "80", "60"] {
        let narrow = table(width);
        let most = narrow.lines().map(|line| line.chars().count()).max();
        assert!(most <= width.parse().ok(), "{width}:\n{narrow}");
        let missing: Vec<String> = words(&wide).into_iter().filter(|w| !words(&narrow).contains(w)).collect();
        assert!(missing.is_empty(), "{width}: {missing:?} in\n{narrow}");
    }
}

#[test]
fn a_system_against_itself_is_the_same_everywhere() {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert_eq!(sandbox.epitome(&["accept", "--quiet"]).code, Some(0));
    for names in [["lead", "lead"], ["baseline::lead", "latest::lead"], ["latest::lead", "baseline::lead"]] {
        let compared = json(&sandbox, &["compare", names[0], names[1]]);
        let comparison = &compared["comparisons"][0];
        let deltas = comparison["deltas"].as_array().expect("deltas");
        assert!(deltas.len() > 10);
        for delta in deltas {
            assert_eq!(delta["difference"]["value"].as_f64(), Some(0.0), "{names:?} {delta:#}");
            assert!(delta["verdict"] != "better" && delta["verdict"] != "worse");
        }
        assert_eq!(comparison["facts"].as_array().map(Vec::len), Some(0));
        assert_eq!(comparison["wording"]["identical"], comparison["wording"]["articles"]);
    }
    // Whole runs are held against each other system by system.
    let whole = json(&sandbox, &["compare", "baseline", "latest", "--fail-on", "worse"]);
    let systems: Vec<&str> =
        whole["comparisons"].as_array().expect("comparisons").iter().filter_map(|c| c["second"].as_str()).collect();
    assert!(systems.contains(&"latest::draft@v2") && !systems.contains(&"latest::oracle"), "{systems:?}");
}

#[test]
fn the_comparison_does_not_depend_on_threads_and_reports_what_v2_broke() {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compare = |threads| json(&sandbox, &["compare", "draft@v1", "draft@v2", "--threads", threads]);
    let compared = compare("1");
    assert_eq!(compared, compare("8"));
    let comparison = &compared["comparisons"][0];
    let strata: Vec<&Value> = comparison["deltas"]
        .as_array()
        .expect("deltas")
        .iter()
        .filter(|d| d["metric"] == "rouge1" && d.get("slice").is_none())
        .map(|d| &d["stratum"])
        .collect();
    assert_eq!(strata, ["han", "rouge"], "Chinese and English are never mixed");
    let turned = |turn: &str| {
        let facts = comparison["facts"].as_array().expect("facts").iter();
        facts.filter(|f| f["turn"] == turn).count()
    };
    assert!(turned("gained") >= 5, "{}", comparison["facts"]);
    let ranked = json(&sandbox, &["compare", "lead", "random", "draft@v2"]);
    let recall = ranked["rankings"].as_array().expect("rankings").iter().find(|r| r["field"] == "recall");
    let clusters = recall.expect("a ranking by facts.recall")["clusters"].as_array().expect("clusters");
    assert_eq!(clusters[0][0][0], "latest::draft@v2");
    assert_eq!(clusters.len(), 3, "{clusters:?}");
}

#[test]
fn names_that_mean_nothing_say_what_there_is() {
    let sandbox = Sandbox::new();
    forty(&sandbox);
    let none = sandbox.epitome(&["compare", "desk@v1", "desk@v2"]);
    assert!(none.code == Some(2) && none.stderr.contains("no run"), "{}", none.stderr);
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let unknown = sandbox.epitome(&["compare", "desk@v1", "desk@v3"]);
    assert!(unknown.code == Some(2) && unknown.stderr.contains("desk@v1, desk@v2, lead"), "{}", unknown.stderr);
    let two = sandbox.epitome(&["compare", "lead", "latest::desk"]);
    assert!(two.code == Some(2) && two.stderr.contains("desk@v1 or desk@v2"), "{}", two.stderr);
    let baseline = sandbox.epitome(&["compare", "baseline", "latest"]);
    assert!(baseline.code == Some(2) && baseline.stderr.contains("epitome accept"), "{}", baseline.stderr);
    let git = sandbox.epitome(&["compare", "git:no-such-ref", "latest"]);
    assert!(git.code == Some(2) && git.stderr.contains("git has no"), "{}", git.stderr);
}

#[test]
fn unlike_signatures_are_not_compared_and_the_field_is_named() {
    let sandbox = Sandbox::new();
    forty(&sandbox);
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    sandbox.edit("epitome.toml", "\"rouge1\"", "\"rouge2\"");
    sandbox.edit("epitome.toml", "[metrics]", "[[metric]]\nuse = \"rouge1\"\nstem = true\n[metrics]");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compared = json(&sandbox, &["compare", "latest~1::desk@v1", "latest::desk@v1"]);
    let comparison = &compared["comparisons"][0];
    let incomparable = comparison["incomparable"].as_array().expect("a list");
    assert!(incomparable.iter().any(|i| i["metric"] == "rouge1" && i["field"] == "stem"), "{incomparable:?}");
    assert!(comparison["deltas"].as_array().expect("deltas").iter().all(|d| d["metric"] != "rouge1"));
    let plan = comparison["plan"].as_array().expect("changes");
    assert!(plan.iter().any(|c| c["place"].as_str().is_some_and(|p| p.starts_with("metric[rouge1]"))), "{plan:?}");
}

#[test]
fn articles_on_one_side_only_are_named_and_too_few_in_common_are_inconclusive() {
    let sandbox = Sandbox::new();
    forty(&sandbox);
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let articles = std::fs::read_to_string(sandbox.path("articles.jsonl")).expect("articles");
    let keep = |text: &str| text.lines().take(30).map(|l| format!("{l}\n")).collect::<String>();
    sandbox.write("articles.jsonl", keep(&articles));
    for name in ["references.jsonl", "facts.jsonl", "outputs/desk@v1.jsonl", "outputs/desk@v2.jsonl"] {
        let text = std::fs::read_to_string(sandbox.path(name)).expect("a file");
        sandbox.write(name, keep(&text));
    }
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compared = json(&sandbox, &["compare", "latest~1::desk@v1", "latest::desk@v2"]);
    let comparison = &compared["comparisons"][0];
    assert_eq!(comparison["only"][0].as_array().map(Vec::len), Some(10));
    let recall = delta(comparison, "facts", "recall");
    assert_eq!(recall["verdict"], "inconclusive", "30 of 40 articles are too few");
    assert!(recall["note"].as_str().is_some_and(|n| n.contains("only 30 of 40")), "{recall:#}");
}
