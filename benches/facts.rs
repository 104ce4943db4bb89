//! What a verdict costs: a checklist of 12 facts, an article of 1,500 characters, a summary of 200, on one core.
//!
//! ```sh
//! cargo bench --bench facts
//! ```
//!
//! The article's side is prepared once; what is timed per summary is `Prepared::check`. Prints the median, in Chinese, in
//! English, and across.

use std::hint::black_box;
use std::time::{Duration, Instant};

use epitome::fact::{Context, Prepared, draft};
use epitome::model::{Fact, Lang};

const ARTICLE: usize = 1500;
const SUMMARY: usize = 200;
const FACTS: usize = 12;
const ROUNDS: usize = 2000;

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let chinese = text(include_str!("../datasets/summit/sco-2025.zh-Hant.md"));
    let english = text(include_str!("../datasets/summit/sco-2025.en.md"));
    for (name, source, lang, told) in [
        ("Chinese", &chinese, "zh-TW", &chinese),
        ("English", &english, "en", &english),
        ("Chinese, told in English", &chinese, "zh-TW", &english),
    ] {
        let source: String = source.chars().take(ARTICLE).collect();
        let summary: String = told.chars().take(SUMMARY).collect();
        let lang = Lang::new(lang);
        let context = Context { source: Some(&source), source_lang: Some(&lang), date: Some("2025-09-01") };
        let facts: Vec<Fact> = draft(&context, &[], FACTS).into_iter().map(|drafted| drafted.fact).collect();
        let prepare = median(ROUNDS / 10, || {
            black_box(Prepared::new(black_box(&context), black_box(&facts)));
        });
        let prepared = Prepared::new(&context, &facts);
        let check = median(ROUNDS, || {
            black_box(prepared.check(black_box(&summary), None));
        });
        println!("{name}: {} facts, check {check:.1?} a summary, prepare {prepare:.1?} an article", facts.len());
    }
}

/// The text behind the front matter.
fn text(file: &str) -> String {
    file.splitn(3, "+++").last().unwrap_or(file).trim().to_owned()
}

fn median(rounds: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}
