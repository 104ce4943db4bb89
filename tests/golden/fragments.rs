//! Extractive fragments and n-grams: SummEval's class and the paper's definition, asserted equal where they were made.

use epitome::metric::fragments::Extraction;
use epitome::text::token::{self, Tokens};
use serde_json::Value;

use super::{Input, close, inputs, lines, number};

#[test]
fn fragments_are_newsrooms() {
    let inputs = inputs();
    let rows: Vec<Value> = lines("fragments.jsonl");
    assert_eq!(rows.len(), 728);
    let mut extraction = Extraction::default();
    let (mut of_source, mut of_summary) = (Tokens::default(), Tokens::default());
    for row in rows {
        // Rows of their own bring their texts, the others are those of the inputs.
        let given = |name: &str| row[name].as_str().map(str::to_owned);
        let input = row["id"].as_str().and_then(|id| inputs.get(id));
        let source = given("source").or_else(|| input.and_then(|i| i.src.clone())).expect("a source");
        let named = row["tokens"].as_str().expect("a tokenizer");
        // `-ref0`: the first reference in the summary's place.
        let (named, of_reference) = named.strip_suffix("-ref0").map_or((named, false), |named| (named, true));
        let written = |input: &Input| if of_reference { input.refs[0].clone() } else { input.cand.clone() };
        let summary = given("summary").or_else(|| input.map(written)).expect("a summary");
        let lower = |text: String| if row["case"] == true { text } else { text.to_lowercase() };
        let tokenizer = token::find(named).expect("one of ours");
        of_source.fill(tokenizer, &lower(source));
        of_summary.fill(tokenizer, &lower(summary));
        let measures = extraction.measure(of_source.iter(), of_summary.iter()).expect("not repetitive");
        let place = format!("{} {} {}", row["id"], row["tokens"], row["case"]);
        for (name, got) in
            [("coverage", measures.coverage), ("density", measures.density), ("compression", measures.compression)]
        {
            assert!(close(number(&row[name]), got), "{place} {name}: {} expected, {got}", row[name]);
        }
        let fragments: Vec<[usize; 3]> =
            extraction.fragments().iter().map(|f| [f.summary, f.source, f.length]).collect();
        assert_eq!(serde_json::json!(fragments), row["fragments"], "{place}");
        for (order, profile) in extraction.profiles(4).into_iter().enumerate() {
            let (novel, repeated) = (&row["novel"][order], &row["repeated"][order]);
            match profile {
                Some(profile) => {
                    assert!(close(number(novel), profile.novel), "{place} novel {order}: {novel} {}", profile.novel);
                    assert!(close(number(repeated), profile.repeated), "{place} repeated {order}");
                }
                None => assert!(novel.is_null() && repeated.is_null(), "{place} {order}"),
            }
        }
    }
}
