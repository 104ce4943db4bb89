//! epitome evaluates summarizers: it loads articles and human references, runs summarizers in parallel, scores what they
//! wrote by overlap and by the facts it preserves, and lets a CI job hold the line.
//!
//! The command `epitome` does all of that from a suite file; this library is what it is made of. Each part can be used
//! alone.
//!
//! # Scoring a pair
//!
//! A scorer is prepared once and opens a session a thread, which keeps its buffers:
//!
//! ```
//! use epitome::metric::rouge::{Kind, Rouge};
//!
//! let rouge = Rouge::new([Kind::N(1), Kind::L]);
//! let mut session = rouge.session();
//! let scores = session.score("the cat sat on the mat", "a cat sat on a mat");
//! assert!((scores[0].f1 - 2.0 / 3.0).abs() < 1e-12);
//! ```
//!
//! # Facts
//!
//! A checklist holds what a good summary keeps. It is judged without a model, across scripts and numerals:
//!
//! ```
//! use epitome::fact::{Context, Prepared};
//! use epitome::model::{Fact, Lang, Verdict};
//!
//! let source = "中方宣布今年內提供20億元人民幣無償援助。";
//! let claim = r#"{"id": "grants", "kind": "quantity", "claim": "中方今年內提供20億元人民幣無償援助"}"#;
//! let facts: Vec<Fact> = vec![serde_json::from_str(claim)?];
//! let lang = Lang::new("zh-TW");
//! let prepared = Prepared::new(&Context { source: Some(source), source_lang: Some(&lang), date: None }, &facts);
//!
//! let report = prepared.check("中方今年将提供二十亿元无偿援助。", Some(&Lang::new("zh-CN")));
//! assert_eq!(report.facts[0].verdict, Verdict::Covered);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # A whole run
//!
//! A suite becomes a [`config::Plan`], with summarizers and metrics built; [`dataset::Dataset`] streams its articles;
//! [`engine::run`] makes the record, which [`report`] renders and [`compare`] judges. That is the order of the data, and
//! of the modules:
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`model`] | articles, references, facts, outcomes, signatures, and the record's wire types |
//! | [`dataset`] | input: one file a format, streamed, every error with its place |
//! | [`text`] | languages, scripts, sentences, tokens |
//! | [`fact`] | quantities, checklists, grounding |
//! | [`metric`] | metrics as sufficient statistics, in families |
//! | [`backend`] | summarizers |
//! | [`config`] | what a user wrote, and what it means |
//! | [`engine`] | systems × articles in parallel, folded in one order |
//! | [`stats`] | resampling and intervals, on rows of numbers |
//! | [`store`] | records, baselines and their names on disk |
//! | [`compare`] | gates, and runs held against each other |
//! | [`correlate`] | metrics against human judgement |
//! | [`audit`] | errors put into texts on purpose, and what notices them |
//! | [`report`] | what people read |
//!
//! # What holds everywhere
//!
//! - A score is a [`model::Outcome`]: scored, not applicable, failed or not evaluated, and never a number that means
//!   something else.
//! - Every number carries a [`model::Signature`] of all that can change it; unlike signatures are not compared.
//! - An item's result depends on that item and shipped data alone; no result depends on the number of threads.
//! - The library never prints, and reads clock and environment nowhere: only the command does.

// The command line says `epitome::`, as any program does that uses the library.
#[cfg(feature = "cli")]
extern crate self as epitome;

pub mod audit;
pub mod backend;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod compare;
pub mod config;
pub mod correlate;
pub mod dataset;
pub mod engine;
pub mod fact;
pub mod metric;
pub mod model;
pub mod report;
pub mod stats;
pub mod store;
pub mod text;
