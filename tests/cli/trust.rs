//! Which metric to trust, and what a suite would miss: `correlate`, `audit`, `add`, `noise`, `trend`.

use std::process::Command;

use serde_json::{Value, json};

use super::Sandbox;

fn json_of(sandbox: &Sandbox, args: &[&str]) -> Value {
    let ended = sandbox.epitome(&[args, &["--format", "json"]].concat());
    assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.stderr);
    serde_json::from_str(&ended.stdout).expect("JSON")
}

/// Six systems on twelve articles: `good` follows the ratings, `bad` does not, and of `ter` less is better.
fn judged(sandbox: &Sandbox) {
    let (mut scores, mut ratings) = (String::new(), String::new());
    for system in 0..6 {
        for article in 0..12 {
            let luck = |k: usize| ((system * 131 + article * 17 + k * 71) % 97) as f64 / 97.0;
            let quality = system as f64 / 6.0 + 0.5 * luck(1);
            let id = format!("a{article:02}");
            let name = format!("s{system}@1");
            let line = json!({ "id": id, "system": name, "scores": { "good": { "score": quality + 0.1 * luck(2) },
                "rouge1": { "precision": luck(4), "recall": luck(5), "f1": luck(3) }, "ter": { "score": 100.0 - 50.0 * quality },
                "errors": { "score": quality + 0.2 * luck(6) } } });
            scores += &format!("{line}\n");
            for annotator in ["wang", "li"] {
                let rating = (1.0 + 4.0 * quality / 1.5).round();
                let line =
                    json!({ "id": id, "system": name, "annotator": annotator, "ratings": { "overall": rating } });
                ratings += &format!("{line}\n");
            }
        }
    }
    sandbox.write("scores.jsonl", scores).write("ratings.jsonl", ratings);
}

#[test]
fn metrics_that_agree_with_people_are_named() {
    let sandbox = Sandbox::new();
    judged(&sandbox);
    let files = ["correlate", "--scores", "scores.jsonl", "--human", "ratings.jsonl", "--resamples", "200"];
    // Of `errors`, which grow with quality here, less is said to be better: it disagrees.
    let args = [&files[..], &["--lower", "errors"]].concat();
    let made = json_of(&sandbox, &args);
    assert_eq!((&made["systems"], &made["articles"], &made["items"]), (&6.into(), &12.into(), &72.into()));
    let overall = &made["ratings"][0];
    let agreements = overall["agreements"].as_array().expect("agreements");
    // Four scores, three levels, four coefficients, each with three intervals.
    assert_eq!(agreements.len(), 48);
    assert!(agreements.iter().all(|a| a["intervals"].as_array().map(Vec::len) == Some(3)), "{agreements:#?}");
    let verdict = &overall["verdict"];
    let said = |list: &str, score: &str| verdict[list].as_array().expect("a list").iter().any(|s| s == score);
    assert!(said("gate_on", "ter.score") || said("less", "ter.score"), "less is better: {verdict:#}");
    assert!(said("gate_on", "good.score") || said("less", "good.score"), "{verdict:#}");
    assert!(said("not", "rouge1.f1") && said("against", "errors.score"), "{verdict:#}");
    // Words and tables have one sign, and no interval excludes its own figure.
    for a in agreements {
        let value = a["value"].as_f64().expect("a value");
        let holds = |i: &Value| i["low"].as_f64() <= Some(value) && Some(value) <= i["high"].as_f64();
        assert!(a["intervals"].as_array().expect("intervals").iter().all(holds), "{a:#}");
    }
    let deciding = agreements.iter().find(|a| {
        a["score"] == "errors.score" && a["level"] == "summary" && a["coefficient"] == verdict["coefficient"]
    });
    let value = deciding.and_then(|a| a["value"].as_f64()).expect("a value");
    let words = verdict["words"].to_string();
    assert!(
        value > 0.0
            && words.contains(&format!(
                "disagree with `overall` by more than chance, so do not gate on them for it: errors.score {value:.2}"
            )),
        "{words}"
    );
    assert_eq!(made, json_of(&sandbox, &[&args[..], &["--threads", "1"]].concat()), "threads do not matter");
    let shown = sandbox.epitome(&[&args[..], &["--width", "110", "--quiet"]].concat());
    insta::assert_snapshot!(shown.stdout);
}

#[test]
fn what_cannot_be_correlated_is_said_with_its_place() {
    let sandbox = Sandbox::new();
    judged(&sandbox);
    sandbox.write("broken.jsonl", "{\"id\":\"a00\",\"system\":\"s0@1\",\"ratings\":{\"overall\":3}}\n{\"id\":7}\n");
    let broken = sandbox.epitome(&["correlate", "--scores", "scores.jsonl", "--human", "broken.jsonl"]);
    assert!(broken.code == Some(2) && broken.stderr.contains("broken.jsonl:2"), "{}", broken.stderr);
    sandbox.write("others.jsonl", "{\"id\":\"x\",\"system\":\"y\",\"ratings\":{\"overall\":3}}\n");
    let others = sandbox.epitome(&["correlate", "--scores", "scores.jsonl", "--human", "others.jsonl"]);
    assert!(others.code == Some(2) && others.stderr.contains("no summary in common"), "{}", others.stderr);
}

#[test]
fn facts_and_grounding_notice_every_numeric_error_and_overlap_does_not() {
    let sandbox = Sandbox::bundled();
    let made = json_of(&sandbox, &["audit", "--quiet"]);
    let errors = made["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 8);
    let takes = |error: &Value, prefix: &str| -> Option<u64> {
        let of = error["metrics"].as_array().expect("metrics").iter();
        of.filter(|n| n["score"].as_str().is_some_and(|s| s.starts_with(prefix)))
            .filter_map(|n| n["articles"].as_u64())
            .min()
    };
    for error in errors.iter().filter(|e| e["numeric"] == true) {
        let name = error["error"].as_str().expect("a name");
        assert!(error["articles"].as_u64() >= Some(10), "{name}: {error:#}");
        let (facts, grounding) = (takes(error, "facts."), takes(error, "grounding."));
        let rouge = takes(error, "rouge1.").unwrap_or(u64::MAX);
        let sees = facts.into_iter().chain(grounding).min().expect("facts or grounding");
        assert!(sees * 10 < rouge, "{name}: facts {facts:?}, grounding {grounding:?}, rouge1 {rouge}");
        let stopped = error["gates"].as_array().expect("gates").iter().filter_map(|g| g["fails_at"].as_u64());
        assert!(stopped.clone().any(|k| k > 0 && k <= 3), "{name}: {:?}", stopped.collect::<Vec<_>>());
    }
    // Undamaged texts hold every rule that compares.
    let gates = errors.iter().flat_map(|e| e["gates"].as_array().expect("gates"));
    let compares = gates.filter(|g| g["rule"].as_str().is_some_and(|r| r.contains("newly")));
    assert!(compares.clone().count() >= 16 && compares.clone().all(|g| g["fails_at"] != 0));
    let shown = sandbox.epitome(&["audit", "--quiet", "--width", "120"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("rouge1.f1") && shown.stdout.contains("a gate stops it"), "{}", shown.stdout);
}

#[test]
fn a_complaint_becomes_a_test() {
    let sandbox = Sandbox::new();
    let suite = "version = 1\n\n[suite]\nname = \"news\"\n\n[[dataset]]\nname = \"news\"\narticles = \"a.jsonl\"\n\n[[system]]\n\
        name = \"lead\"\nbackend = \"lead\"\n\n[metrics]\nuse = [\"facts\", \"grounding\"]\n";
    sandbox.write("epitome.toml", suite);
    sandbox.write("a.jsonl", "{\"id\":\"x\",\"lang\":\"zh-TW\",\"source\":\"市府今天宣布，票價二十元起。\"}\n");
    sandbox.write("sco.txt", "中方宣布，今年內向上合組織成員國提供三萬個獎學金名額。會議在天津舉行。");
    sandbox.write("bad.txt", "中方今年內提供兩萬個獎學金名額。");
    let add = ["add", "--article", "sco.txt", "--bad", "bad.txt", "--fact", "中方今年內提供三萬個獎學金名額"];
    let added = sandbox.epitome(&add);
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    assert!(!added.stderr.contains("seem to say"), "{}", added.stderr);
    let again = sandbox.epitome(&add);
    assert!(again.code == Some(2) && again.stderr.contains("--id"), "{}", again.stderr);

    let incident =
        |sandbox: &Sandbox| json_of(sandbox, &["audit", "--into", "lead", "--quiet"])["incidents"][0].clone();
    assert!(matches!(sandbox.epitome(&["run", "--quiet"]).code, Some(0)));
    let open = incident(&sandbox);
    assert_eq!(open["article"], "incidents/sco");
    assert_eq!(open["facts"][0][1], "contradicted", "{open:#}");
    assert_eq!(open["fails"].as_array().map(Vec::len), Some(0), "no gate yet: {open:#}");
    let text = std::fs::read_to_string(sandbox.path("epitome.toml")).expect("the suite");
    sandbox.write("epitome.toml", format!("{text}\n[[gate]]\nsystem = \"lead\"\nmust_facts = true\n"));
    let stopped = incident(&sandbox);
    assert_eq!(stopped["fails"].as_array().map(Vec::len), Some(1), "{stopped:#}");
    // A rule that undamaged texts do not hold either stops nothing.
    sandbox.edit("epitome.toml", "\"grounding\"]", "\"grounding\", \"length\"]");
    let text = std::fs::read_to_string(sandbox.path("epitome.toml")).expect("the suite");
    sandbox.write("epitome.toml", format!("{text}\n[[gate]]\nsystem = \"lead\"\nmetric = \"length.chars\"\nmax = 1\n"));
    let stopped = incident(&sandbox);
    assert_eq!(stopped["fails"].as_array().map(Vec::len), Some(1), "{stopped:#}");
    assert!(stopped["fails_anyway"].to_string().contains("length.chars"), "{stopped:#}");

    // A claim that the bad summary satisfies catches nothing, and that is said.
    let weak = [
        "add",
        "--article",
        "sco.txt",
        "--bad",
        "bad.txt",
        "--id",
        "sco-2",
        "--fact",
        "中方今年內提供兩萬個獎學金名額",
    ];
    let weak = sandbox.epitome(&weak);
    assert!(
        weak.stderr.contains("would not catch it") && weak.stderr.contains("does not seem to say"),
        "{}",
        weak.stderr
    );
}

#[test]
fn a_system_moves_by_itself_as_far_as_its_samples_do() {
    let sandbox = Sandbox::new();
    let (mut articles, mut references, mut outputs) = (String::new(), String::new(), String::new());
    for i in 0..8 {
        let id = format!("a{i}");
        articles += &format!(
            "{}\n",
            json!({ "id": id, "lang": "en", "source": format!("Ward {i} bought {} buses today.", 20 + i) })
        );
        references += &format!("{}\n", json!({ "id": id, "summary": format!("Ward {i} bought {} buses.", 20 + i) }));
        for sample in 0..3 {
            // The second sample leaves a word out, so that its recall is lower.
            let text = if sample == 1 {
                format!("Ward {i} bought buses.")
            } else {
                format!("Ward {i} bought {} buses.", 20 + i)
            };
            for system in ["steady@1", "shaky@1"] {
                let text =
                    if system == "steady@1" { format!("Ward {i} bought {} buses.", 20 + i) } else { text.clone() };
                outputs += &format!("{}\n", json!({ "id": id, "system": system, "sample": sample, "summary": text }));
            }
        }
    }
    sandbox.write("a.jsonl", articles).write("r.jsonl", references).write("out.jsonl", outputs);
    let system = |name: &str| {
        format!("[[system]]\nname = \"{name}\"\nbackend = \"replay\"\noutputs = \"out.jsonl\"\nsamples = 3\n")
    };
    sandbox.write(
        "epitome.toml",
        format!(
            "version = 1\n[suite]\nname = \"n\"\nhuman = false\n[[dataset]]\nname = \"d\"\narticles = \"a.jsonl\"\n\
             references = \"r.jsonl\"\n{}{}[[system]]\nname = \"lead\"\nbackend = \"lead\"\n[metrics]\nuse = [\"rouge1\"]\n",
            system("steady@1"),
            system("shaky@1")
        ),
    );
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let steady = json_of(&sandbox, &["noise", "steady"]);
    assert_eq!((&steady["scores"][0]["article"], &steady["scores"][0]["articles"]), (&0.0.into(), &8.into()));
    let shaky = json_of(&sandbox, &["noise", "shaky"]);
    let score = &shaky["scores"][0];
    // F1 1, 8/9, 1 in every article: their standard deviation, and that of two means of eight.
    let sd = (1.0 / 9.0) / 3f64.sqrt();
    assert!((score["article"].as_f64().expect("a number") - sd).abs() < 1e-9, "{score:#}");
    assert!(
        (score["figure"].as_f64().expect("a number") - 1.96 * (2.0 * sd * sd / 8.0).sqrt()).abs() < 1e-9,
        "{score:#}"
    );
    let none = sandbox.epitome(&["noise", "lead"]);
    assert!(none.code == Some(2) && none.stderr.contains("samples = 3"), "{}", none.stderr);
    // It stands beside the difference, too.
    let compared = json_of(&sandbox, &["compare", "steady", "shaky"]);
    let delta = &compared["comparisons"][0]["deltas"][0];
    assert!((delta["noise"].as_f64().expect("noise") - 1.96 * (sd * sd / 3.0 / 8.0).sqrt()).abs() < 1e-9, "{delta:#}");
    // Runs whose outputs or checklists were edited are no noise, and that there are fewer than asked for is said.
    sandbox.edit("out.jsonl", "Ward 3 bought buses.", "Ward 3 sold buses.");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let edited = json_of(&sandbox, &["noise", "shaky", "--runs", "50"]);
    assert_eq!((&edited["runs"], &edited["asked"]), (&1.into(), &50.into()), "{edited:#}");
    assert!(edited["left_out"][0]["why"].as_str().is_some_and(|why| why.contains("edited")), "{edited:#}");
    let said = sandbox.epitome(&["noise", "shaky", "--runs", "50"]).stdout;
    assert!(said.contains("50 runs asked for") && said.contains("left out: "), "{said}");
    sandbox.edit("r.jsonl", "Ward 3 bought 23 buses.", "Ward 3 bought 23 new buses.");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let other = json_of(&sandbox, &["noise", "shaky", "--runs", "2"]);
    assert!(other["left_out"][0]["why"].as_str().is_some_and(|why| why.contains("references of")), "{other:#}");
}

#[test]
fn the_trend_is_of_what_was_committed() {
    let sandbox = Sandbox::bundled();
    let git = |args: &[&str]| {
        let made = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(args)
            .current_dir(sandbox.path(""))
            .output();
        made.is_ok_and(|made| made.status.success())
    };
    if !git(&["init", "-q"]) {
        super::round::skipped("git is not installed, so the trend is not tried");
        return;
    }
    let commit = |why: &str| {
        assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
        assert_eq!(sandbox.epitome(&["accept", "--quiet", "--message", why]).code, Some(0));
        assert!(git(&["add", "-f", "reports/bundled/baseline.json"]) && git(&["commit", "-qm", why]));
    };
    commit("as written");
    sandbox.edit("references/invented/outputs/draft@v2.jsonl", "平日成人收費28元", "平日成人收費82元");
    commit("a fare is wrong");
    let trend = json_of(&sandbox, &["trend"]);
    let baselines = trend["baselines"].as_array().expect("baselines");
    let recall: Vec<f64> =
        baselines.iter().filter_map(|b| b["systems"]["draft@v2"]["scores"]["facts.recall"].as_f64()).collect();
    assert!(recall.len() == 2 && recall[1] < recall[0], "{recall:?}");
    // Figures of two tokenizers stand apart.
    for b in baselines {
        let scores = b["systems"]["draft@v2"]["scores"].as_object().expect("scores");
        let of: Vec<&str> = scores.keys().map(String::as_str).filter(|s| s.starts_with("rouge1.")).collect();
        assert_eq!(of, ["rouge1.f1 [han]", "rouge1.f1 [rouge]"]);
    }
    let shown = sandbox.epitome(&["trend", "--html", "trend.html", "--quiet"]);
    assert!(shown.stdout.contains("a fare is wrong"), "{}", shown.stdout);
    let page = std::fs::read_to_string(sandbox.path("trend.html")).expect("a page");
    assert!(page.contains("<polyline") && page.contains("facts.recall") && page.contains("as written"));
}

#[cfg(unix)]
#[test]
fn a_changed_script_is_what_a_comparison_says_first() {
    let sandbox = Sandbox::new();
    sandbox.write("a.jsonl", super::ARTICLES).write("s.sh", "head -n 1\n");
    sandbox.write(
        "epitome.toml",
        "version = 1\n[suite]\nname = \"n\"\n[[dataset]]\nname = \"d\"\narticles = \"a.jsonl\"\n[[system]]\nname = \"desk@v1\"\n\
         backend = \"command\"\nrun = [\"sh\", \"s.sh\"]\n[metrics]\nuse = [\"length\"]\n",
    );
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    sandbox.write("s.sh", "cat\n");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compared = json_of(&sandbox, &["compare", "latest~1", "latest"]);
    let plan = compared["comparisons"][0]["plan"].as_array().expect("changes");
    let places: Vec<&str> = plan.iter().filter_map(|c| c["place"].as_str()).collect();
    assert_eq!(places, ["system.files.s.sh"], "{plan:?}");
}

#[test]
fn facts_kept_in_one_language_and_lost_in_another_are_named() {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let compared = json_of(&sandbox, &["compare", "draft@v1", "draft@v2"]);
    let across = compared["comparisons"][0]["across"].as_array().expect("facts");
    let story = |a: &Value| a["story"] == "sco-2025" && a["kept"].as_array().is_some_and(|k| !k.is_empty());
    assert!(
        !across.is_empty() && across.iter().all(|a| story(a) && a["lost"].as_array().is_some_and(|l| !l.is_empty()))
    );
    let languages = |a: &Value| a["kept"].as_array().map_or(0, Vec::len) + a["lost"].as_array().map_or(0, Vec::len);
    assert!(across.iter().all(|a| languages(a) == 3), "{across:#?}");
}
