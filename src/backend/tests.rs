//! What all backends must hold, and how their own tests ask them.

use std::ops::Deref;
use std::path::Path;

use super::{Cause, KINDS, Request, Setup, SetupError, Summarizer, kind};
use crate::model::{Article, Failure, FailureKind, Reference};

pub fn article(source: &str) -> Article {
    Article {
        id: "a1".into(),
        source: source.into(),
        lang: None,
        title: None,
        date: None,
        story: None,
        tags: Vec::new(),
        meta: Default::default(),
    }
}

fn try_build(name: &str, options: &str) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: toml::Table = options.parse().expect("the options are TOML");
    let kind = kind(name).expect("a backend of that name");
    (kind.build)(&Setup { system: "tried@v1", options: &options, root: Path::new(".") })
}

pub fn build(name: &str, options: &str) -> Box<dyn Summarizer> {
    try_build(name, options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn setup_error(name: &str, options: &str) -> SetupError {
    try_build(name, options).err().expect("the options are wrong")
}

pub fn ask(summarizer: &impl Deref<Target = dyn Summarizer>, source: &str) -> Result<String, Failure> {
    ask_seeded(summarizer, source, 1)
}

pub fn ask_seeded(
    summarizer: &impl Deref<Target = dyn Summarizer>,
    source: &str,
    seed: u64,
) -> Result<String, Failure> {
    ask_with(summarizer, source, &[], seed)
}

pub fn ask_referenced(
    summarizer: &impl Deref<Target = dyn Summarizer>,
    source: &str,
    references: &[&str],
) -> Result<String, Failure> {
    ask_with(summarizer, source, references, 1)
}

fn ask_with(
    summarizer: &impl Deref<Target = dyn Summarizer>,
    source: &str,
    references: &[&str],
    seed: u64,
) -> Result<String, Failure> {
    let article = article(source);
    let references: Vec<Reference> = references
        .iter()
        .map(|summary| Reference { id: "a1".into(), summary: (*summary).into(), annotator: None, lang: None })
        .collect();
    let request = Request { dataset: "news", article: &article, references: &references, sample: 0, seed, stop: None };
    summarizer.summarize(&request).map(|written| written.text).map_err(|unwritten| match unwritten.cause {
        Cause::Failed(failure) => failure,
        Cause::NotAsked(reason) => panic!("not asked: {reason}"),
    })
}

const EXTRACTIVE: [&str; 5] = ["lead", "random", "textrank", "lexrank", "oracle"];

#[test]
fn every_backend_says_what_it_is() {
    for kind in KINDS {
        assert!(!kind.about.is_empty() && !kind.source.is_empty(), "{}", kind.name);
        let example: toml::Table = kind.example.parse().expect("the example is TOML");
        let system = &example["system"][0];
        assert_eq!(system["backend"].as_str(), Some(kind.name));
        assert!(system["name"].is_str());
    }
}

#[test]
fn an_unknown_option_is_named() {
    for kind in KINDS {
        let error = setup_error(kind.name, "sentense = 3");
        assert!(error.message.contains("unknown field `sentense`"), "{}: {error}", kind.name);
    }
}

#[test]
fn extractive_backends_take_only_what_the_article_says() {
    let text = "第一句說貿易。Second, the trade grew by 2.3%. 第三句說「貿易。成長。」第四句！Fifth?";
    for name in EXTRACTIVE {
        let summarizer = build(name, "sentences = 2");
        let summary = ask_referenced(&summarizer, text, &["貿易 grew"]).expect("there are sentences");
        let sentences: Vec<&str> = crate::text::sentence::split(&summary).into_iter().map(|r| &summary[r]).collect();
        assert!((1..=2).contains(&sentences.len()), "{name}: {summary}");
        assert!(sentences.iter().all(|sentence| text.contains(sentence)), "{name}: {summary}");
    }
}

#[test]
fn one_sentence_is_its_own_summary_and_none_is_a_failure() {
    for name in EXTRACTIVE {
        let summarizer = build(name, "sentences = 3");
        assert_eq!(ask_referenced(&summarizer, " Only one. ", &["one"]).as_deref(), Ok("Only one."), "{name}");
        let failure = ask_referenced(&summarizer, " \n\u{3000}", &["one"]).expect_err("nothing to take");
        assert_eq!(failure.kind, FailureKind::EmptyOutput, "{name}");
    }
}

#[test]
fn hostile_text_ends_in_an_answer_or_a_failure() {
    let quotes = "「".repeat(200_000);
    let stops = "!。".repeat(50_000);
    let words = "word word. ".repeat(4_000);
    let marks = format!("a{}", "\u{301}".repeat(100_000));
    for text in [&quotes, &stops, &words, &marks] {
        for name in EXTRACTIVE {
            let summarizer = build(name, "characters = 50");
            match ask_referenced(&summarizer, text, &["word"]) {
                Ok(summary) => assert!((1..=50).contains(&summary.chars().count()), "{name}"),
                Err(failure) => assert_eq!(failure.kind, FailureKind::TooLarge, "{name}"),
            }
        }
    }
}
