//! sacreBLEU 2.6.0: tokens, sentence scores, corpus scores and their statistics.

use std::collections::HashMap;

use epitome::metric::bleu::{Bleu, BleuSession, Smoothing};
use epitome::metric::chrf::{Chrf, ChrfSession};
use epitome::metric::ter::{Ter, TerSession};
use epitome::text::token::tercom::Tercom;
use epitome::text::token::{self, Tokens};
use serde_json::Value;

use super::{Input, close, inputs, lines, number};

fn python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[test]
fn tokens_are_sacrebleus() {
    let inputs = inputs();
    let configurations = configurations();
    let rows: Vec<Value> = lines("sacrebleu_tokens.jsonl");
    assert_eq!(rows.len(), 220);
    let mut tokens = Tokens::default();
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let text = if row["side"] == "cand" { &input.cand } else { &input.refs[0] };
        let wanted: HashMap<String, String> = serde_json::from_value(row["tok"].clone()).expect("tokens");
        for (name, wanted) in wanted {
            let ours = match name.as_str() {
                // Both answer with the line as it is, which is split at white space afterwards.
                "none" => "whitespace",
                name => name,
            };
            match name.strip_prefix("ter/") {
                Some(_) => {
                    tokens.fill_parts(token::WHITESPACE, [tercom(&configurations[&name]).normalize(text).as_str()])
                }
                None => {
                    let tokenizer = token::find(ours).expect("one of ours");
                    tokens.fill_parts(tokenizer, [text.trim_end_matches(python_space)]);
                }
            }
            let got: Vec<&str> = tokens.iter().collect();
            let wanted: Vec<&str> = wanted.split(python_space).filter(|token| !token.is_empty()).collect();
            assert_eq!(got, wanted, "{} {} {name}", row["id"], row["side"]);
        }
    }
}

/// The header's options of each configuration.
fn configurations() -> serde_json::Map<String, Value> {
    let text = include_str!("sacrebleu.jsonl");
    let header: Value = serde_json::from_str(text.lines().next().expect("a header")).expect("JSON");
    header["configs"].as_object().expect("configurations").clone()
}

/// The references that a row speaks of.
fn references<'a>(input: &'a Input, refs: &Value) -> impl Iterator<Item = &'a str> + use<'a> {
    let count = if refs == "first" { 1 } else { input.refs.len() };
    input.refs.iter().take(count).map(String::as_str)
}

/// A metric of sacreBLEU's, by its options.
trait Scorer {
    fn statistics(&mut self, input: &Input, refs: &Value) -> Vec<f64>;
    fn score(&self, sum: &[f64], item: bool) -> f64;
}

/// Compares every row of the configurations whose name begins with `family`. Returns how many scores were compared.
fn compare(family: &str, scorer: impl Fn(&Value) -> Box<dyn Scorer>) -> usize {
    let inputs = inputs();
    let in_order: Vec<Input> = lines("inputs.jsonl");
    let mut scorers: HashMap<String, Box<dyn Scorer>> = configurations()
        .iter()
        .filter(|(name, _)| name.split('/').next() == Some(family))
        .map(|(name, options)| (name.clone(), scorer(options)))
        .collect();
    let mut compared = 0;
    // A pair's statistics serve its own score with and without effective order, and its corpus.
    let mut known: HashMap<(String, String, bool), Vec<f64>> = HashMap::new();
    let mut statistics = |scorer: &mut Box<dyn Scorer>, name: &str, input: &Input, refs: &Value| {
        let key = (name.to_owned(), input.id.clone(), refs == "first" || input.refs.len() == 1);
        known.entry(key).or_insert_with(|| scorer.statistics(input, refs)).clone()
    };
    for row in lines::<Value>("sacrebleu.jsonl") {
        let refs = &row["refs"];
        if row["kind"] == "corpus" {
            let name = row["config"].as_str().expect("a configuration");
            let Some(scorer) = scorers.get_mut(name) else { continue };
            let mut sum: Vec<f64> = Vec::new();
            for input in in_order.iter().filter(|input| row["group"] == input.group) {
                let statistics = statistics(scorer, name, input, refs);
                sum.resize(statistics.len(), 0.0);
                sum.iter_mut().zip(statistics).for_each(|(sum, value)| *sum += value);
            }
            let (wanted, got) = (number(&row["score"]), scorer.score(&sum, false));
            assert!(close(wanted, got), "{} {refs} {}: {wanted} expected, {got}", row["group"], row["config"]);
            for (at, name) in [(0, "sys_len"), (1, "ref_len"), (0, "num_edits"), (1, "ref_length")] {
                assert!(row.get(name).is_none_or(|wanted| close(number(wanted), sum[at])), "{} {name}", row["config"]);
            }
            compared += 1;
            continue;
        }
        let input = &inputs[row["id"].as_str().expect("an id")];
        for (name, wanted) in row["scores"].as_object().expect("scores") {
            let (name, item) = name.strip_suffix("/eff").map_or((name.as_str(), false), |name| (name, true));
            let Some(scorer) = scorers.get_mut(name) else { continue };
            let statistics = statistics(scorer, name, input, refs);
            let (wanted, got) = (number(wanted), scorer.score(&statistics, item));
            assert!(close(wanted, got), "{} {refs} {name} {item}: {wanted} expected, {got}", input.id);
            compared += 1;
        }
    }
    compared
}

#[test]
fn bleu_is_sacrebleus() {
    struct Made(&'static Bleu, BleuSession<'static>);
    impl Scorer for Made {
        fn statistics(&mut self, input: &Input, refs: &Value) -> Vec<f64> {
            self.1.statistics(references(input, refs), &input.cand).to_vec()
        }
        fn score(&self, sum: &[f64], item: bool) -> f64 {
            self.0.score(sum, item).score
        }
    }
    let compared = compare("bleu", |options| {
        let value = options["smooth_value"].as_f64();
        let smoothing = match options["smooth_method"].as_str() {
            None | Some("exp") => Smoothing::Exp,
            Some("floor") => Smoothing::Floor(value.unwrap_or(0.1)),
            Some("add-k") => Smoothing::AddK(value.unwrap_or(1.0)),
            Some("none") => Smoothing::None,
            Some(other) => panic!("{other}"),
        };
        let tokenizer = token::find(options["tokenize"].as_str().expect("a tokenizer")).expect("one of ours");
        let bleu = Bleu::new()
            .with_tokenizer(tokenizer)
            .with_smoothing(smoothing)
            .with_lowercase(options["lowercase"].as_bool().unwrap_or(false))
            .with_order(options["max_ngram_order"].as_u64().map_or(4, |order| order as usize));
        let bleu: &Bleu = Box::leak(Box::new(bleu));
        Box::new(Made(bleu, bleu.session()))
    });
    assert_eq!(compared, 190 + 322 * 38);
}

#[test]
fn chrf_is_sacrebleus() {
    struct Made(&'static Chrf, ChrfSession<'static>);
    impl Scorer for Made {
        fn statistics(&mut self, input: &Input, refs: &Value) -> Vec<f64> {
            self.1.statistics(references(input, refs), &input.cand).to_vec()
        }
        fn score(&self, sum: &[f64], _item: bool) -> f64 {
            self.0.score(sum)
        }
    }
    let compared = compare("chrf", |options| {
        let order = |name: &str, default| options[name].as_u64().map_or(default, |order| order as usize);
        let flag = |name: &str| options[name].as_bool().unwrap_or(false);
        let chrf = Chrf::new()
            .with_char_order(order("char_order", 6))
            .with_word_order(order("word_order", 0))
            .with_beta(options["beta"].as_f64().unwrap_or(2.0))
            .with_lowercase(flag("lowercase"))
            .with_whitespace(flag("whitespace"))
            .with_eps_smoothing(flag("eps_smoothing"));
        let chrf: &Chrf = Box::leak(Box::new(chrf));
        Box::new(Made(chrf, chrf.session()))
    });
    assert_eq!(compared, 110 + 322 * 11);
}

/// TER's options of a configuration.
fn tercom(options: &Value) -> Tercom {
    let flag = |name: &str| options[name].as_bool().expect("a flag");
    Tercom {
        normalized: flag("normalized"),
        no_punct: flag("no_punct"),
        asian_support: flag("asian_support"),
        case_sensitive: flag("case_sensitive"),
    }
}

#[test]
fn ter_is_sacrebleus() {
    struct Made(Ter, TerSession);
    impl Scorer for Made {
        fn statistics(&mut self, input: &Input, refs: &Value) -> Vec<f64> {
            self.1.statistics(references(input, refs), &input.cand).expect("of bearable length").to_vec()
        }
        fn score(&self, sum: &[f64], _item: bool) -> f64 {
            self.0.score(&[sum[0], sum[1]])
        }
    }
    let compared = compare("ter", |options| {
        let ter = Ter::new(tercom(options));
        Box::new(Made(ter, ter.session()))
    });
    assert_eq!(compared, 45 + 1724);
}
