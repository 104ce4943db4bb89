//! nltk 3.10.4's METEOR: every row without WordNet; with it where WordNet 3.0 is on this machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use epitome::metric::meteor::{Meteor, WordNet};
use epitome::text::token::{self, Tokens};
use serde_json::Value;

use super::{close, inputs, lines, number};

/// The words that the goldens were made of: Python's `\w+|[^\w\s]` for `wordpunct`.
fn words(how: &str, text: &str) -> Vec<String> {
    let named = |name| {
        let mut tokens = Tokens::default();
        tokens.fill(token::find(name).expect("a tokenizer"), text);
        tokens.iter().map(str::to_owned).collect()
    };
    match how {
        "split" => named("whitespace"),
        "char" => named("char"),
        _ => {
            let space = |c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}');
            let mut words: Vec<String> = Vec::new();
            let mut within = false;
            for c in text.chars() {
                // Python's isalnum also takes numeric signs, Rust's marks that are alphabetic; neither has marks alone.
                let word = c == '_' || (c.is_alphanumeric() && !is_mark(c));
                match words.last_mut() {
                    Some(last) if within && word => last.push(c),
                    _ if !space(c) => words.push(c.to_string()),
                    _ => {}
                }
                within = word;
            }
            words
        }
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn check(kind: &str, meteor: [Meteor; 2]) {
    let inputs = inputs();
    let rows: Vec<Value> = lines("meteor.jsonl");
    assert_eq!(rows.len(), 420);
    let mut sessions = meteor.each_ref().map(Meteor::session);
    let mut aligned = 0;
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let how = row["tokens"].as_str().expect("a tokenizer");
        let candidate = words(how, &input.cand);
        let references: Vec<_> = input.refs.iter().map(|text| words(how, text)).collect();
        for (session, parameters) in sessions.iter_mut().zip(["default", "a0.8-b2.5-g0.4"]) {
            let name = format!("{kind}/{parameters}");
            let scores: Vec<f64> = references.iter().map(|r| session.score(&candidate, r).score).collect();
            let best = scores.iter().copied().fold(0.0, f64::max);
            for (got, column) in [(best, "scores"), (scores[0], "first")] {
                let wanted = number(&row[column][&name]);
                assert!(close(wanted, got), "{} {how} {column} {name}: {wanted} expected, {got}", input.id);
            }
        }
        if let Some(wanted) = row["align"].get(kind) {
            let found = sessions[0].align(&candidate, &references[0]);
            let found: Vec<[usize; 2]> = found.iter().map(|m| [m.candidate, m.reference]).collect();
            assert_eq!(serde_json::json!(found), *wanted, "{} {how}", input.id);
            aligned += 1;
        }
    }
    assert!(aligned > 200, "only {aligned} alignments");
}

#[test]
fn scores_and_alignments_without_wordnet_are_nltks() {
    check("nowordnet", [Meteor::new(), Meteor::new().with_parameters(0.8, 2.5, 0.4)]);
}

#[test]
fn scores_and_alignments_with_wordnet_are_nltks() {
    let folder = std::env::var_os("EPITOME_WORDNET").map_or_else(|| PathBuf::from("/usr/share/wordnet"), PathBuf::from);
    if !Path::new(&folder).is_dir() {
        // Past the test harness, which would keep it to itself.
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!(
                "SKIPPED: no WordNet in {}; install Debian's wordnet-base, or set EPITOME_WORDNET\n",
                folder.display()
            ),
        );
        return;
    }
    let wordnet = Arc::new(WordNet::open(&folder).expect("a WordNet"));
    let meteor = Meteor::new().with_wordnet(wordnet);
    check("wordnet", [meteor.clone(), meteor.with_parameters(0.8, 2.5, 0.4)]);
}
