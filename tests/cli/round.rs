//! Run, accept, change, gate, review, accept or reject: the round that a team goes through.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Sandbox;

const OUTPUTS: &str = "references/invented/outputs/draft@v2.jsonl";

fn accepted() -> Sandbox {
    let sandbox = Sandbox::bundled();
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert_eq!(sandbox.epitome(&["accept", "--quiet", "--message", "as written"]).code, Some(0));
    sandbox
}

fn baseline(sandbox: &Sandbox) -> (String, String) {
    let read = |name: &str| fs::read_to_string(sandbox.path(&format!("reports/bundled/{name}"))).expect("a baseline");
    (read("baseline.json"), read("baseline.outputs.jsonl"))
}

/// Lines that only one of two texts has, as a multiset.
fn differing(a: &str, b: &str) -> usize {
    let mut left: Vec<&str> = a.lines().collect();
    let mut only = 0;
    for line in b.lines() {
        match left.iter().position(|l| *l == line) {
            Some(at) => drop(left.remove(at)),
            None => only += 1,
        }
    }
    only + left.len()
}

#[test]
fn one_changed_figure_fails_the_gate_is_reviewed_and_can_be_accepted() {
    let sandbox = accepted();
    assert_eq!(sandbox.epitome(&["gate", "--width", "1000"]).code, Some(0));
    let before = baseline(&sandbox);
    sandbox.edit(OUTPUTS, "平日成人收費28元", "平日成人收費82元");
    // A run answers for the gates that need no baseline, but its report has them all.
    let run = sandbox.epitome(&["run", "--quiet"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.starts_with("Gates that fail: 2 "), "{}", run.stdout);
    assert!(run.stderr.contains("a gate against the baseline fails"), "{}", run.stderr);

    let gate = sandbox.epitome(&["gate", "--width", "1000"]);
    assert_eq!(gate.code, Some(1), "{}", gate.stdout);
    for named in ["invented/ferry-opening-hk", "fact fare-weekday", "平日成人單程收費為28元", "“82元”", "[38..41]"]
    {
        assert!(gate.stdout.contains(named), "{named} is not in\n{}", gate.stdout);
    }
    // The verdict stands where nobody reads on.
    let mut unread = sandbox.command(&["gate"]).stdout(Stdio::piped()).spawn().expect("it runs");
    drop(unread.stdout.take());
    assert_eq!(unread.wait().expect("it ends").code(), Some(1));
    let json = sandbox.epitome(&["gate", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let failed: Vec<&Value> =
        json["gates"].as_array().expect("gates").iter().filter(|g| g["status"] == "failed").collect();
    assert_eq!(failed.len(), 2, "{failed:#?}");
    assert!(failed.iter().all(|g| g["items"][0]["span"]["text"] == "82元"), "{failed:#?}");

    let review = sandbox.epitome(&["review", "--width", "100"]);
    assert_eq!(review.code, Some(0), "{}", review.stderr);
    let run =
        sandbox.runs("bundled").last().expect("a run").file_name().expect("a name").to_string_lossy().into_owned();
    let accept_it =
        format!("epitome accept {run} --only system=draft@v2 --only dataset=invented --only id=ferry-opening-hk");
    let reject = format!("epitome reject {run}");
    for shown in
        ["1 of 1", "contradicted", "unsupported  “82元”", "│ now", "[-28-]{+82+}", "facts.recall", &accept_it, &reject]
    {
        assert!(review.stdout.contains(shown), "{shown} is not in\n{}", review.stdout);
    }
    // Off a terminal nothing is decided.
    assert_eq!(baseline(&sandbox), before);

    // The command that review names takes that item over and leaves the others.
    let only =
        ["accept", &run, "--only", "system=draft@v2", "--only", "dataset=invented", "--only", "id=ferry-opening-hk"];
    let accept = sandbox.epitome(&only);
    assert_eq!(accept.code, Some(0), "{}", accept.stderr);
    let after = baseline(&sandbox);
    assert!((2..=24).contains(&differing(&before.0, &after.0)), "{} lines differ", differing(&before.0, &after.0));
    assert_eq!(differing(&before.1, &after.1), 2, "one output is another");
    // The message was of what was accepted before.
    assert!(before.0.contains("as written") && !after.0.contains("as written"), "{}", accept.stderr);
    assert!(accept.stderr.contains("accepted 1 item into"), "{}", accept.stderr);
    assert_eq!(sandbox.epitome(&["gate", "--width", "1000"]).code, Some(0));
    // What a whole run leaves is the same, but for why it was accepted.
    assert_eq!(sandbox.epitome(&["accept", "--quiet", "--message", "as written"]).code, Some(0));
    assert_eq!(baseline(&sandbox).1, after.1);
    let again = sandbox.epitome(&["accept", "--message", "as written"]);
    assert!(again.stderr.contains("the baseline is as it was"), "{}", again.stderr);
    let other = sandbox.epitome(&["accept", "--message", "for another reason"]);
    assert!(other.stderr.contains("as they were accepted; the message changed"), "{}", other.stderr);
    let bare = sandbox.epitome(&["review", "--only", "system=draft"]);
    assert!(bare.stderr.contains("did you mean `system=draft@*`?"), "{}", bare.stderr);
    let review = sandbox.epitome(&["review"]);
    assert!(review.stdout.contains("Nothing changed"), "{}", review.stdout);
}

#[test]
fn what_moved_since_the_baseline_is_explained_fact_by_fact() {
    let sandbox = accepted();
    sandbox.edit(OUTPUTS, "平日成人收費28元", "平日成人收費82元");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let explain = |metric| {
        let args = ["explain", "latest", "draft@v2", "ferry-opening-hk", metric, "--against", "baseline"];
        let ended = sandbox.epitome(&args);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        ended.stdout
    };
    insta::assert_snapshot!(explain("facts") + "\n" + &explain("grounding"));
}

#[test]
fn a_rejected_run_leaves_no_trace() {
    let sandbox = accepted();
    let before = baseline(&sandbox);
    let runs = sandbox.runs("bundled");
    // There is nothing to reject where nothing changed.
    let kept = sandbox.epitome(&["reject"]);
    assert!(kept.code == Some(0) && kept.stderr.starts_with("nothing to reject"), "{}", kept.stderr);
    assert_eq!(sandbox.runs("bundled"), runs);
    sandbox.edit(OUTPUTS, "平日成人收費28元", "平日成人收費82元");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    assert_eq!(sandbox.runs("bundled").len(), runs.len() + 1);
    let rejected = sandbox.epitome(&["reject"]);
    assert_eq!(rejected.code, Some(0), "{}", rejected.stderr);
    assert_eq!(sandbox.runs("bundled"), runs);
    assert_eq!(baseline(&sandbox), before);
}

/// Says loudly that a test is skipped.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Answers `review` on a terminal of its own (util-linux's `script`); `None`, said loudly, where there is none.
fn on_a_terminal(sandbox: &Sandbox, answers: &str) -> Option<String> {
    let program = assert_cmd::cargo::cargo_bin!("epitome");
    let command = format!("'{}' review --width 100", program.display());
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &command, "/dev/null"]).current_dir(sandbox.path("")).env("NO_COLOR", "1");
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = script.spawn() else {
        skipped("`script` (util-linux) is not installed, so review is not tried on a terminal");
        return None;
    };
    // The end of input would hang the terminal up before the last answer is read, so it is kept open until the end.
    let mut stdin = child.stdin.take().expect("stdin");
    stdin.write_all(answers.as_bytes()).expect("answers");
    stdin.flush().expect("answers");
    let output = child.wait_with_output().expect("script ends");
    drop(stdin);
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn review_on_a_terminal_accepts_rejects_and_skips() {
    let sandbox = accepted();
    let before = baseline(&sandbox);
    sandbox.edit(OUTPUTS, "平日成人收費28元", "平日成人收費82元");
    sandbox.edit(OUTPUTS, "主跨588米", "主跨885米");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));

    let Some(shown) = on_a_terminal(&sandbox, "r\nx\ns\n") else { return };
    assert!(shown.contains("1 of 2") && shown.contains("2 of 2"), "{shown}");
    assert!(
        shown.contains("then Enter") && shown.contains("is none of a, r, s") && shown.contains("nothing was accepted"),
        "{shown}"
    );
    assert_eq!(baseline(&sandbox), before, "nothing was accepted");

    let shown = on_a_terminal(&sandbox, "a\nq\n").expect("a terminal");
    assert!(shown.contains("accepted 1 item into"), "{shown}");
    let review = sandbox.epitome(&["review", "--format", "json"]);
    let left: Value = serde_json::from_str(&review.stdout).expect("JSON");
    assert_eq!(left["changed"].as_array().map(Vec::len), Some(1), "one of two was accepted");

    let shown = on_a_terminal(&sandbox, "A\n").expect("a terminal");
    assert!(shown.contains("accepted 1 item into"), "{shown}");
    assert_eq!(sandbox.epitome(&["gate", "--width", "1000"]).code, Some(0));
}

#[test]
fn a_run_of_a_part_updates_its_own_articles_and_is_no_full_gate() {
    let sandbox = accepted();
    let before = baseline(&sandbox);
    sandbox.edit(OUTPUTS, "平日成人收費28元", "平日成人收費82元");
    sandbox.edit(OUTPUTS, "主跨588米", "主跨885米");
    let part = ["run", "--quiet", "--only", "id=ferry*"];
    assert!(matches!(sandbox.epitome(&part).code, Some(0 | 1)));
    let gate = sandbox.epitome(&["gate", "--width", "1000"]);
    assert!(gate.stderr.contains("no full gate"), "{}", gate.stderr);
    assert!(!gate.stdout.contains("gone"), "what was not taken is not gone: {}", gate.stdout);
    assert_eq!(sandbox.epitome(&["accept", "--quiet"]).code, Some(0));
    let after = baseline(&sandbox);
    assert_eq!(differing(&before.1, &after.1), 2, "the bridge's output is still the accepted one");
    assert!(after.0.contains("82元") && !after.1.contains("885"));
}

#[test]
fn a_mended_checklist_rescores_both_sides_and_tells_tool_from_output() {
    let sandbox = accepted();
    // The claim is another now; what was written is the same.
    let checklist = "references/invented/ferry-opening-hk.toml";
    sandbox.edit(checklist, "claim = \"平日成人單程收費為28元\"", "claim = \"平日成人單程收費為29元\"");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let gate = sandbox.epitome(&["gate", "--width", "1000"]);
    assert_eq!(gate.code, Some(0), "{}", gate.stdout);
    assert!(gate.stdout.contains("Scored anew: the checklists of invented"), "{}", gate.stdout);
    assert!(gate.stdout.contains("changed by tool, checklist or decision, not by an output"), "{}", gate.stdout);
    assert!(gate.stdout.contains("fare-weekday"), "{}", gate.stdout);

    // An output that is wrong now is told apart from it.
    sandbox.edit(OUTPUTS, "假期收38元", "假期收83元");
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let gate = sandbox.epitome(&["gate", "--width", "1000"]);
    assert_eq!(gate.code, Some(1), "{}", gate.stdout);
    let (rules, anew) = gate.stdout.split_once("Scored anew").expect("both parts");
    assert!(rules.contains("fact fare-holiday") && !rules.contains("fact fare-weekday"), "{rules}");
    assert!(anew.contains("fare-weekday") && !anew.contains("fare-holiday"), "{anew}");

    // The baseline can be brought up to date by itself: its outputs stay.
    let before = baseline(&sandbox);
    let rescored = sandbox.epitome(&["rescore", "baseline"]);
    assert_eq!(rescored.code, Some(0), "{}", rescored.stderr);
    assert!(rescored.stdout.contains("fare-weekday"), "{}", rescored.stdout);
    let after = baseline(&sandbox);
    assert_eq!(before.1, after.1);
    // One fact of one article, in the systems that cover it.
    assert!((2..=40).contains(&differing(&before.0, &after.0)), "{}", differing(&before.0, &after.0));
    let gate = sandbox.epitome(&["gate", "--width", "1000"]);
    assert!(gate.code == Some(1) && !gate.stdout.contains("Scored anew"), "{}", gate.stdout);
}

#[test]
fn an_old_run_is_scored_anew_and_comes_to_what_a_run_of_today_does() {
    let sandbox = accepted();
    sandbox.edit("references/invented/ferry-opening-hk.toml", "收費為28元", "收費為29元");
    let rescored = sandbox.epitome(&["rescore", "latest", "--format", "json"]);
    assert_eq!(rescored.code, Some(0), "{}", rescored.stderr);
    let changes: Value = serde_json::from_str(&rescored.stdout).expect("JSON");
    let systems: Vec<&str> =
        changes["facts"].as_array().expect("changes").iter().filter_map(|c| c[0].as_str()).collect();
    assert!(systems.contains(&"draft@v2"), "{changes:#}");
    let anew = super::record(sandbox.runs("bundled").last().expect("a run"));
    assert_eq!(sandbox.epitome(&["run", "--quiet"]).code, Some(0));
    let runs = sandbox.runs("bundled");
    let latest = runs.iter().max_by_key(|r| fs::metadata(r.join("run.json")).and_then(|m| m.modified()).ok());
    assert_eq!(anew, super::record(latest.expect("a run")), "scored anew or run anew is the same");
}
