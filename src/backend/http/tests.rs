use std::path::Path;

use super::*;
use crate::backend::tests::article;
use crate::backend::{Setup, SetupError};

const BASE: &str = "url = \"http://localhost:1/v1\"\nmodel = \"m\"\n";

fn try_build(root: &Path, options: &str) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: toml::Table = format!("{BASE}{options}").parse().expect("the options are TOML");
    (KIND.build)(&Setup { system: "s@v1", options: &options, root })
}

fn with_request<T>(source: &str, sample: u32, seed: u64, run: impl FnOnce(&Request<'_>) -> T) -> T {
    let article = article(source);
    run(&Request { dataset: "d", article: &article, references: &[], sample, seed, stop: None })
}

#[test]
fn what_cannot_be_set_up_is_an_error_that_shows_no_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("p.md"), "Summarize.").expect("it can be written");
    std::fs::write(folder.path().join("key"), "sk-se\ncret").expect("it can be written");
    let message = |options: &str| {
        let error = try_build(folder.path(), options).err().expect("it cannot be set up");
        format!("{}: {}", error.path, error.message)
    };
    let messages: Vec<String> = [
        "prompt = \"absent.md\"",
        "prompt = \"p.md\"",
        "key_file = \"key\"",
        "key_file = \"key\"\nkey_env = \"K\"",
        "headers = { \"X-Api-Key\" = \"sk-secret\" }",
        "headers = { \"bad name\" = \"x\" }",
        "headers = { x = { file = \"x\" } }",
        "params = { messages = [] }",
        "params = { stream = true }",
        "params = { seed = 1 }\nseed = true",
        "params = { temperature = nan }",
        "price = { input = -1.0, output = 1.0 }",
        "price = { input = 1.0 }",
        "limits = { in_flight = 0 }",
        "limits = { inflight = 3 }",
        "timeout = \"fast\"",
        "clean = [\"thoughts\"]",
        "max_source = 0",
    ]
    .into_iter()
    .map(message)
    .collect();
    let messages = messages.join("\n");
    assert!(!messages.contains("secret\n") && !messages.contains("sk-"), "{messages}");
    insta::assert_snapshot!(messages, @r#"
    prompt: cannot read `absent.md`: No such file or directory (os error 2); paths are relative to the suite
    prompt: p.md: the prompt never shows the article; put `{{ source }}` where it belongs
    key_file: the value holds characters that no header may hold (a line break?)
    key_file: `key_env` and `key_file` exclude each other; give one of them
    headers.X-Api-Key: a secret does not belong in a suite; write `X-Api-Key = { env = "NAME" }`
    headers.bad name: `bad name` is no header's name
    headers.x: a value is a text, or `{ env = "NAME" }` for one from the environment
    params.messages: `messages` is set by epitome; leave it out
    params.stream: `stream` is set by epitome; leave it out
    params.seed: `seed` is set by epitome; leave it out
    params.temperature: JSON has no dates, `nan` or `inf`
    price: a price per million tokens is a number from 0 up
    price: missing field `output`
    limits.in_flight: 0 is too few; write a whole number from 1 up
    limits.inflight: unknown field `inflight`, expected one of `in_flight`, `rpm`, `tpm`
    timeout: `fast` is no duration; write one above zero as `90s`, `2m` or `500ms`
    clean[0]: unknown variant `thoughts`, expected one of `think`, `fence`, `label`
    max_source: 0 is too few; write a whole number from 1 up
    "#);
}

#[test]
fn addresses_are_checked_and_completed() {
    let address = |url: &str| settings::address(url).map_err(|e| e.message);
    assert_eq!(address("https://host/v1/").as_deref(), Ok("https://host/v1/chat/completions"));
    assert_eq!(address("http://h:8000/v1/chat/completions").as_deref(), Ok("http://h:8000/v1/chat/completions"));
    for wrong in ["host/v1", "ftp://host", "https://", "https://me:sk-secret@host/v1", "https://host/v1?key=sk-secret"]
    {
        let error = address(wrong).expect_err("it is wrong");
        assert!(!error.contains("sk-secret"), "{error}");
    }
}

#[test]
fn without_its_key_a_system_is_not_asked() {
    for options in [
        "key_env = \"EPITOME_TEST_NO_SUCH_KEY\"",
        "key_file = \"no/such/file\"",
        "headers = { x = { env = \"EPITOME_TEST_NO_SUCH_KEY\" } }",
    ] {
        let http = try_build(Path::new("."), options).expect("a missing key is no error of the suite");
        let reason = http.unavailable().expect("it is unavailable");
        assert_eq!(reason.code, crate::model::ReasonCode::MissingKey);
        assert!(reason.message.contains("EPITOME_TEST_NO_SUCH_KEY") || reason.message.contains("no/such/file"));
        let unwritten = with_request("x", 0, 1, |request| http.summarize(request)).expect_err("it is not asked");
        assert_eq!((unwritten.cause, unwritten.trace.attempts), (Cause::NotAsked(reason), 0));
    }
}

#[test]
fn the_identity_changes_with_what_shapes_the_output_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let identity = |options: &str, source: &str, sample: u32, seed: u64| {
        let http = try_build(folder.path(), options).expect("it builds");
        with_request(source, sample, seed, |request| http.identity(request)).expect("it has one").to_string()
    };
    let base = identity("", "x", 0, 1);
    for same in [
        "timeout = \"9s\"",
        "retries = 1",
        "clean = [\"think\"]",
        "price = { input = 1, output = 2 }",
        "max_source = 100",
    ] {
        assert_eq!(identity(same, "x", 0, 1), base, "{same}");
    }
    assert_eq!(identity("", "x", 0, 2), base, "a seed that is not sent shapes nothing");
    std::fs::write(folder.path().join("p.md"), "{{ source }}!").expect("it can be written");
    let others = [
        identity("", "y", 0, 1),
        identity("", "x", 1, 1),
        identity("seed = true", "x", 0, 1),
        identity("seed = true", "x", 0, 2),
        identity("params = { temperature = 0.2 }", "x", 0, 1),
        identity("headers = { x = \"y\" }", "x", 0, 1),
        identity("prompt = \"p.md\"", "x", 0, 1),
    ];
    assert_eq!(others.iter().collect::<std::collections::BTreeSet<_>>().len(), others.len());
    assert!(!others.contains(&base));
}

#[test]
fn an_estimate_counts_tokens_and_their_price() {
    let http = try_build(Path::new("."), "params = { max_tokens = 100 }\nprice = { input = 1.0, output = 10.0 }");
    let http = http.expect("it builds");
    let estimate = with_request(&"字".repeat(1000), 0, 1, |request| http.estimate(request)).expect("it has one");
    assert!((1000..1100).contains(&estimate.usage.input), "{estimate:?}");
    assert_eq!(estimate.usage.output, 100);
    let cost = estimate.cost.expect("there are prices");
    assert!((0.002..0.0022).contains(&cost), "{cost}");
}
