use std::path::Path;
use std::time::{Duration, Instant};

use crate::backend::tests::article;
use crate::backend::{Cause, Request, Setup, SetupError, Summarizer, Unwritten, Written, kind};
use crate::model::{Article, FailureKind};

fn try_build(root: &Path, options: &str) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: toml::Table = options.parse().expect("the options are TOML");
    (kind("command").expect("it is registered").build)(&Setup { system: "s@v1", options: &options, root })
}

fn build(options: &str) -> Box<dyn Summarizer> {
    try_build(Path::new("."), options).unwrap_or_else(|error| panic!("{options}: {error}"))
}

/// A program in shell, as options.
fn shell(script: &str, more: &str) -> String {
    format!("run = [\"sh\", \"-c\", '''{script}''']\n{more}")
}

fn ask_about(summarizer: &dyn Summarizer, article: &Article) -> Result<Written, Unwritten> {
    summarizer.summarize(&Request { dataset: "d", article, references: &[], sample: 0, seed: 7, stop: None })
}

fn ask(summarizer: &dyn Summarizer, source: &str) -> Result<Written, Unwritten> {
    ask_about(summarizer, &article(source))
}

fn failure(result: Result<Written, Unwritten>) -> (FailureKind, String) {
    match result.expect_err("it fails").cause {
        Cause::Failed(failure) => (failure.kind, failure.message),
        Cause::NotAsked(reason) => panic!("not asked: {reason}"),
    }
}

/// A worker in shell that answers each request with the line that `answer` makes of its `$id`.
fn worker(answer: &str, more: &str) -> String {
    let script =
        format!(r#"while read -r line; do id=$(printf %s "$line" | sed "s/.\"id\":\([0-9]*\).*/\1/"); {answer}; done"#);
    shell(&script, &format!("mode = \"worker\"\n{more}"))
}

const ECHO: &str = r#"printf "{\"id\":%s,\"summary\":\"answer %s\"}\n" $id $id"#;

#[test]
fn once_gives_the_text_and_takes_the_output() {
    let written = ask(&*build(&shell("cat", "")), "央行升息。\n股市下跌。\n").expect("cat answers");
    assert_eq!(written.text, "央行升息。\n股市下跌。");
    assert_eq!(written.trace.attempts, 1);
    let variables =
        build(&shell("echo $EPITOME_DATASET $EPITOME_ARTICLE $EPITOME_SAMPLE $EPITOME_SEED; echo why >&2", ""));
    let written = ask(&*variables, "x").expect("echo answers");
    assert_eq!((written.text.as_str(), written.trace.stderr.as_deref()), ("d a1 0 7", Some("why")));
    let json = ask(&*build(&shell("cat", "input = \"json\"")), "x").expect("cat answers");
    let json: serde_json::Value = serde_json::from_str(&json.text).expect("it is JSON");
    assert_eq!((json["task"].as_str(), json["article"]["source"].as_str()), (Some("summarize"), Some("x")));
}

#[test]
fn once_needs_not_read_its_input() {
    let long = "字".repeat(2_000_000);
    assert_eq!(ask(&*build(&shell("echo short", "")), &long).map(|w| w.text), Ok("short".into()));
}

#[test]
fn failures_of_once_have_their_kind() {
    let of = |script: &str, more: &str| failure(ask(&*build(&shell(script, more)), "x"));
    assert_eq!(
        of("echo no memory >&2; exit 3", ""),
        (FailureKind::Process, "it exited with status 3: no memory".into())
    );
    assert_eq!(of("kill -9 $$", "").0, FailureKind::Process);
    assert_eq!(of("printf ' \n'", ""), (FailureKind::EmptyOutput, "it wrote no summary".into()));
    assert_eq!(of("printf 'a\\377'", ""), (FailureKind::Malformed, "stdout is not UTF-8: byte 1 is wrong".into()));
    assert_eq!(of("echo '<think>x'", "clean = [\"think\"]").0, FailureKind::EmptyOutput);
    assert_eq!(of("yes", "max_output = \"10kB\"").0, FailureKind::TooLarge);
}

#[test]
fn the_time_limit_ends_the_whole_group() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let script = "(while :; do date +%N > alive; sleep 0.02; done) & sleep 60 & wait";
    let hanging = try_build(root, &shell(script, "timeout = \"300ms\"")).expect("it builds");
    let began = Instant::now();
    let (kind, message) = failure(ask(&*hanging, "x"));
    assert_eq!((kind, message.as_str()), (FailureKind::Timeout, "no answer within 300 ms; it was ended"));
    assert!(began.elapsed() < Duration::from_millis(1300), "{:?}", began.elapsed());
    let last = std::fs::read(root.join("alive")).expect("the child wrote");
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(std::fs::read(root.join("alive")).expect("it is there"), last, "the child lives on");
}

#[test]
fn a_child_left_behind_holds_nobody_up() {
    let began = Instant::now();
    let written = ask(&*build(&shell("echo done; sleep 30 &", "")), "x").expect("it answers");
    assert_eq!(written.text, "done");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn processes_see_only_the_variables_they_are_given() {
    // Set by cargo for every test, and not passed on.
    let script = "env | cut -d= -f1 | sort | tr '\\n' ' '";
    let names = ask(&*build(&shell(script, "vars = { MODEL = \"x\" }")), "x").expect("it answers").text;
    assert!(names.contains("MODEL") && names.contains("EPITOME_SEED") && names.contains("PATH"), "{names}");
    assert!(!names.contains("CARGO"), "{names}");
    let passed = ask(&*build(&shell(script, "env = [\"CARGO_MANIFEST_DIR\"]")), "x").expect("it answers").text;
    assert!(passed.contains("CARGO_MANIFEST_DIR"), "{passed}");
}

#[test]
fn variables_passed_on_are_kept_out_of_messages() {
    let value = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    for options in [
        shell("echo key=$CARGO_MANIFEST_DIR >&2; exit 1", "env = [\"CARGO_MANIFEST_DIR\"]"),
        shell("read l; echo key=$CARGO_MANIFEST_DIR >&2", "mode = \"worker\"\nenv = [\"CARGO_MANIFEST_DIR\"]"),
        shell("read l; echo key=$CARGO_MANIFEST_DIR", "mode = \"worker\"\nenv = [\"CARGO_MANIFEST_DIR\"]"),
    ] {
        let unwritten = ask(&*build(&options), "x").expect_err("it fails");
        assert!(!format!("{unwritten:?}").contains(&value), "{unwritten:?}");
        assert!(format!("{unwritten:?}").contains("key=[secret]"), "{unwritten:?}");
    }
}

#[test]
fn a_worker_lives_from_item_to_item() {
    let answers = build(&worker(ECHO, ""));
    let texts: Vec<_> = (0..3).map(|_| ask(&*answers, "x").expect("it answers").text).collect();
    assert_eq!(texts, ["answer 1", "answer 2", "answer 3"]);
    assert_eq!(answers.in_flight(), Some(1));
}

#[test]
fn answers_come_in_any_order() {
    // Answers two requests at a time, the second first.
    let script = r#"while read -r a && read -r b; do for line in "$b" "$a"; do
        id=$(printf %s "$line" | sed "s/.\"id\":\([0-9]*\).*/\1/"); text=$(printf %s "$line" | sed "s/.*\"source\":\"\([a-z0-9]*\)\".*/\1/")
        printf "{\"id\":\"%s\",\"summary\":\"%s\"}\n" $id $text; done; done"#;
    let pairs = build(&shell(script, "mode = \"worker\"\nin_flight = 4"));
    assert_eq!(pairs.in_flight(), Some(4));
    std::thread::scope(|scope| {
        for i in 0..40 {
            let pairs = &pairs;
            scope.spawn(move || {
                let own = format!("text{i}");
                assert_eq!(ask(&**pairs, &own).map(|w| w.text), Ok(own));
            });
        }
    });
}

#[test]
fn a_worker_that_dies_is_started_again_and_its_item_asked_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Dies at each second request, before it answers.
    let answer = format!("{ECHO}; read -r line; echo dying >&2; exit 1");
    let mortal = try_build(folder.path(), &worker(&answer, "")).expect("it builds");
    for i in 0..6 {
        let written = ask(&*mortal, "x").expect("the second attempt is answered");
        assert_eq!(written.trace.attempts, if i == 0 { 1 } else { 2 });
    }
    let once = try_build(folder.path(), &worker(&answer, "retries = 0")).expect("it builds");
    assert!(ask(&*once, "x").is_ok());
    let (kind, message) = failure(ask(&*once, "x"));
    assert_eq!(kind, FailureKind::Process);
    assert_eq!(message, "the worker died before it answered: it exited with status 1: dying");
}

#[test]
fn workers_that_never_answer_are_given_up() {
    let hopeless = build(&shell("echo no model >&2; exit 1", "mode = \"worker\""));
    let began = Instant::now();
    let messages: Vec<String> = (0..50).map(|_| failure(ask(&*hopeless, "x")).1).collect();
    assert_eq!(messages[0], "the worker died before it answered, 3 times over: it exited with status 1: no model");
    assert!(
        messages[49].starts_with("workers died 6 times in a row before they answered anything"),
        "{}",
        messages[49]
    );
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn failures_of_workers_have_their_kind() {
    let of = |answer: &str, more: &str| failure(ask(&*build(&worker(answer, more)), "x"));
    let (kind, message) = of("echo Loading model", "");
    assert_eq!(kind, FailureKind::Malformed);
    assert_eq!(
        message,
        "the worker wrote a line that is no JSON (column 1): `Loading model`; stdout is for answers alone, messages go to stderr"
    );
    assert_eq!(of("echo '{\"id\":99,\"summary\":\"x\"}'", "").0, FailureKind::Malformed);
    assert_eq!(of(r#"printf "{\"id\":%s}\n" $id"#, "").0, FailureKind::Malformed);
    assert_eq!(of(r#"printf "{\"id\":%s,\"summary\":\"\"}\n" $id"#, "").0, FailureKind::EmptyOutput);
    assert_eq!(
        of(r#"printf "{\"id\":%s,\"error\":\"no\",\"kind\":\"refused\"}\n" $id"#, ""),
        (FailureKind::Refused, "no".into())
    );
    assert_eq!(of("yes | tr -d '\\n'", "max_output = \"10kB\"").0, FailureKind::TooLarge);
    let limits = "timeout = \"100ms\"\nstartup = \"100ms\"";
    assert_eq!(of("sleep 30", limits), (FailureKind::Timeout, "no answer within 200 ms; the worker was ended".into()));
}

#[test]
fn workers_end_with_the_summarizer() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let script = format!("{ECHO}; (while :; do date +%N > alive; sleep 0.02; done) & :");
    let lively = try_build(root, &worker(&script, "")).expect("it builds");
    assert!(ask(&*lively, "x").is_ok());
    while !root.join("alive").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(lively);
    std::thread::sleep(Duration::from_millis(50));
    let last = std::fs::read(root.join("alive")).expect("the child wrote");
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(std::fs::read(root.join("alive")).expect("it is there"), last, "the child lives on");
}

#[test]
fn what_cannot_be_run_is_an_error_of_the_suite() {
    let message = |options: &str| {
        let error = try_build(Path::new("/"), options).err().expect("it cannot be built");
        format!("{}: {}", error.path, error.message)
    };
    let messages = [
        message("run = []"),
        message("run = \"python3 x.py\""),
        message("run = [1]"),
        message("run = [\"sh\"]\nprocesses = 0"),
        message("run = [\"no-such-program\"]"),
        message("run = [\"./absent.sh\"]"),
        message("run = [\"sh\"]\ncwd = \"absent-folder\""),
        message("run = [\"sh\"]\nretries = 3"),
        message("run = [\"sh\"]\nmode = \"worker\"\ninput = \"text\""),
        message("run = [\"sh\"]\nenv = [\"A=b\"]"),
        message("run = [\"sh\"]\ntimeout = \"60\""),
        message("run = [\"sh\"]\nmode = \"twice\""),
        message("run = [\"sh\"]\ninputs = [\"no-such-folder-here/*.md\"]"),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    run: `run` is a list: the program, then its arguments
    run: `run` is a list, as no shell takes it apart: `run = ["python3", "x.py"]`
    run[0]: invalid type: integer `1`, expected a string
    processes: 0 is too few; write a whole number from 1 up
    run[0]: there is no program `no-such-program` on the PATH; install it, or write `./no-such-program` for a file
    run[0]: there is no program `./absent.sh`; it is looked for in /
    cwd: there is no folder `absent-folder` beside the suite
    retries: `retries` is for `mode = "worker"`; leave it out
    input: a worker is sent JSON lines; leave `input` out
    env[0]: `A=b` is no variable's name; values stand in `vars`
    timeout: `60` is no duration; write one above zero as `90s`, `2m` or `500ms`
    mode: unknown variant `twice`, expected `once` or `worker`
    inputs[0]: no file beside the suite matches `no-such-folder-here/*.md`
    "#);
}

#[test]
fn the_identity_changes_with_what_shapes_the_output_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let script = root.join("s.sh");
    std::fs::write(&script, "cat").expect("it can be written");
    let identity = |options: &str, article: &Article, sample: u32| {
        let command = try_build(root, options).expect("it builds");
        let request = Request { dataset: "d", article, references: &[], sample, seed: 7, stop: None };
        command.identity(&request).expect("a command has one").to_string()
    };
    let options = "run = [\"sh\", \"s.sh\"]";
    let base = identity(options, &article("x"), 0);
    assert_eq!(identity(&format!("{options}\ntimeout = \"5s\"\nprocesses = 3"), &article("x"), 0), base);
    let mut others = vec![
        identity(options, &article("y"), 0),
        identity(options, &article("x"), 1),
        identity(&format!("{options}\nvars = {{ A = \"b\" }}"), &article("x"), 0),
    ];
    std::fs::write(&script, "cat | head -1").expect("it can be written");
    others.push(identity(options, &article("x"), 0));
    assert!(others.iter().all(|other| *other != base));
}

#[test]
fn outputs_of_a_program_whose_files_are_not_known_are_not_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("mysum.py"), "pass").expect("it can be written");
    let identity = |options: &str| {
        let command = try_build(folder.path(), options).expect("it builds");
        let article = article("x");
        let request = Request { dataset: "d", article: &article, references: &[], sample: 0, seed: 7, stop: None };
        (command.identity(&request).is_some(), command.remark())
    };
    let (kept, remark) = identity("run = [\"sh\", \"-m\", \"mysum\"]");
    assert!(!kept && remark.is_some_and(|remark| remark.starts_with("s@v1: outputs are not kept")));
    assert_eq!(identity("run = [\"sh\", \"-m\", \"mysum\"]\ninputs = [\"mysum.py\"]"), (true, None));
    assert_eq!(identity("run = [\"sh\", \"mysum.py\"]"), (true, None));
}

/// The code block of a language in the page that documents the protocol: the summarizer's, or below its heading the
/// judge's.
fn example(language: &str, heading: &str) -> &'static str {
    let page = include_str!("../../../docs/worker-protocol.md");
    let page = &page[page.find(heading).expect("the page has the heading")..];
    let start = page.find(&format!("```{language}\n")).expect("the page has the example") + language.len() + 4;
    &page[start..start + page[start..].find("```").expect("the example ends")]
}

#[test]
fn the_documented_workers_work() {
    for (language, program, file) in [("python", "python3", "worker.py"), ("sh", "jq", "worker.sh")] {
        if std::process::Command::new(program).arg("--version").output().is_err() {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(file), example(language, "# The worker protocol"))
            .expect("it can be written");
        let interpreter = if language == "sh" { "sh" } else { program };
        let options = format!("mode = \"worker\"\nrun = [\"{interpreter}\", \"{file}\"]\nprocesses = 2");
        let documented = try_build(folder.path(), &options).expect("it builds");
        for text in ["央行升息一碼。", "\"Quoted\" and \\ slashed."] {
            assert_eq!(ask(&*documented, text).map(|w| w.text), Ok(text.into()), "{language}");
        }
    }
    let lines = example("python", "# The worker protocol").lines().count();
    assert!(lines <= 20, "the Python example has {lines} lines");
}

#[test]
fn the_documented_judges_judge() {
    for (language, program, file) in [("python", "python3", "judge.py"), ("sh", "jq", "judge.sh")] {
        if std::process::Command::new(program).arg("--version").output().is_err() {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = example(language, "## Judges");
        assert!(text.lines().count() <= 20);
        std::fs::write(folder.path().join(file), text).expect("it can be written");
        let interpreter = if language == "sh" { "sh" } else { program };
        let options: toml::Table = format!("run = [\"{interpreter}\", \"{file}\"]").parse().expect("TOML");
        let setup = Setup { system: "house-judge", options: &options, root: folder.path() };
        let judge = (super::judge::KIND.build)(&setup).unwrap_or_else(|error| panic!("{error}"));
        let article = article("央行升息。");
        for (candidate, tone) in [("央行升息。", 1), ("央行升息！", 0)] {
            let pair = crate::backend::judge::Pair {
                metric: "house-judge",
                dataset: "d",
                article: &article,
                system: "s@v1",
                sample: 0,
                candidate,
                lang: None,
                references: &[],
                facts: &[],
                seed: 7,
                stop: None,
            };
            let judged = judge.judge(&pair).unwrap_or_else(|error| panic!("{language}: {error}"));
            assert_eq!(judged.scores["tone"], tone, "{language}: {candidate}");
        }
    }
}
