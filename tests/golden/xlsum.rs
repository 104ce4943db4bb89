//! The tokenizers of XL-Sum's ROUGE, against its steps with the real pyonmttok 1.38.1 and jieba 0.42.1 in them.

use epitome::text::token::{self, Tokens};
use serde_json::Value;

use super::{inputs, lines};

#[test]
fn tokens_are_xl_sums() {
    let inputs = inputs();
    let rows: Vec<Value> = lines("xlsum_tokens.jsonl");
    assert_eq!(rows.len(), 360);
    let mut tokens = Tokens::default();
    let mut wrong = Vec::new();
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let text = match row["side"].as_str().expect("a side") {
            "cand" => &input.cand,
            side => &input.refs[side.trim_start_matches("ref").parse::<usize>().expect("a reference's index")],
        };
        for (column, name) in [("none", "xlsum"), ("zh", "xlsum-zh")] {
            tokens.fill(token::find(name).expect("a tokenizer's name"), text);
            let got: Vec<&str> = tokens.iter().collect();
            if serde_json::json!(got) != row[column] {
                wrong.push(format!(
                    "{} {} {column}\n  {}\n  {}",
                    row["id"],
                    row["side"],
                    row[column],
                    serde_json::json!(got)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
