//! rouge-score 0.1.2 (nltk 3.10.4): every row, none left out.

use epitome::metric::rouge::{Kind, Rouge};
use epitome::text::token::{self, Tokens};
use serde_json::Value;

use super::{close, inputs, lines, number};

const KINDS: [&str; 6] = ["rouge1", "rouge2", "rouge3", "rouge4", "rougeL", "rougeLsum"];

#[test]
fn scores_are_rouge_scores() {
    let inputs = inputs();
    let kinds = || KINDS.map(|name| Kind::from_name(name).expect("a kind's name"));
    let tokenizer = |name| token::find(name).expect("a tokenizer's name");
    let variants = [
        ("default/stem=0", Rouge::new(kinds())),
        ("default/stem=1", Rouge::new(kinds()).with_stemmer(true)),
        ("char", Rouge::new(kinds()).with_tokenizer(tokenizer("char"))),
        ("whitespace", Rouge::new(kinds()).with_tokenizer(tokenizer("whitespace"))),
    ];
    let mut sessions = variants.each_ref().map(|(name, rouge)| (*name, rouge.session()));
    let rows: Vec<Value> = lines("rouge_score.jsonl");
    assert_eq!(rows.len(), 1297);
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let (_, session) = sessions.iter_mut().find(|(name, _)| row["variant"] == *name).expect("a known variant");
        let references = if row["mode"] == "multi" { &input.refs[..] } else { &input.refs[..1] };
        let scores = session.score_multi(references.iter().map(String::as_str), &input.cand);
        for (kind, score) in KINDS.iter().zip(scores) {
            for (field, got) in [score.precision, score.recall, score.f1].into_iter().enumerate() {
                let wanted = number(&row["scores"][kind][field]);
                let place = format!("{} {} {} {kind} {field}", input.id, row["variant"], row["mode"]);
                assert!(close(wanted, got), "{place}: {wanted} expected, {got}");
            }
        }
    }
}

#[test]
fn tokens_are_rouge_scores() {
    let inputs = inputs();
    let rows: Vec<Value> = lines("rouge_score_tokens.jsonl");
    assert_eq!(rows.len(), 230);
    let mut tokens = Tokens::default();
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let text = match row["side"].as_str().expect("a side") {
            "cand" => &input.cand,
            side => &input.refs[side.trim_start_matches("ref").parse::<usize>().expect("a reference's index")],
        };
        for (column, name) in [("plain", "rouge"), ("char", "char"), ("whitespace", "whitespace")] {
            tokens.fill(token::find(name).expect("a tokenizer's name"), text);
            let got: Vec<&str> = tokens.iter().collect();
            assert_eq!(serde_json::json!(got), row[column], "{} {} {column}", row["id"], row["side"]);
        }
    }
}
