use super::*;

/// Five systems on thirty articles, a better metric, a worse one, and one of which less is better.
fn lines() -> (Scores, Ratings) {
    let (mut scores, mut ratings) = (Scores::default(), Ratings::default());
    let noise = |i: usize, k: usize| ((i * 7919 + k * 104_729) % 1009) as f64 / 1009.0;
    let mut said = Vec::new();
    for system in 0..5 {
        for article in 0..30 {
            let i = system * 30 + article;
            let quality = 0.2 * system as f64 + noise(i, 1);
            let line = serde_json::json!({ "id": article, "system": format!("s{system}"), "scores": {
                "good": { "score": quality + 0.05 * noise(i, 2) }, "bad": { "f1": noise(i, 3), "recall": 0.5 },
                "errors": -quality, "none": null } });
            scores.line(&line.to_string()).expect("a line");
            for annotator in ["wang", "li"] {
                let rating = quality + 0.02 * noise(i, annotator.len());
                said.push(
                    serde_json::json!({ "id": article.to_string(), "system": format!("s{system}"),
                    "annotator": annotator, "ratings": { "overall": rating } })
                    .to_string(),
                );
            }
        }
    }
    scores.finish(&[]);
    said.iter().for_each(|line| ratings.line(line, &scores).expect("a line"));
    ratings.finish();
    (scores, ratings)
}

fn request(level: Level) -> Request {
    Request {
        options: Options { replicates: 200, ..Options::default() },
        over: Over::ALL.to_vec(),
        coefficient: Coefficient::KendallB,
        level: Some(level),
        lower: BTreeSet::from(["errors".to_owned()]),
    }
}

#[test]
fn what_agrees_is_told_from_what_does_not() {
    let (scores, ratings) = lines();
    for level in [Level::Summary, Level::Pooled] {
        let made = correlate(&scores, &ratings, &request(level));
        assert_eq!((made.systems, made.articles, made.items, made.left_out), (5, 30, 150, (0, 0)));
        let overall = &made.ratings[0];
        assert_eq!(overall.agreements.len(), 3 * 3 * 4, "three columns, levels, and coefficients");
        assert!(overall.verdict.gate_on.contains(&"errors".to_owned()), "{:?}", overall.verdict);
        // It has more noise than the other: it agrees, and may be told from the better one.
        let agree = [overall.verdict.gate_on.clone(), overall.verdict.less.clone()].concat();
        assert!(agree.contains(&"good.score".to_owned()), "{:?}", overall.verdict);
        // By the draw of its noise, it happens to turn against people within articles.
        let fails = [overall.verdict.not.clone(), overall.verdict.against.clone()].concat();
        assert_eq!(fails, ["bad.f1"], "{:?}", overall.verdict);
        assert!(level != Level::Summary || overall.verdict.against == fails, "{:?}", overall.verdict);
    }
}

#[test]
fn an_id_in_two_datasets_must_say_which() {
    let mut scores = Scores::default();
    for dataset in ["x", "y"] {
        let line = format!(r#"{{"dataset":"{dataset}","id":"a","system":"s","scores":{{"m":1}}}}"#);
        scores.line(&line).expect("a line");
    }
    let mut ratings = Ratings::default();
    let without = r#"{"id":"a","system":"s","ratings":{"overall":3}}"#;
    assert!(matches!(ratings.line(without, &scores), Err(ReadError::Ambiguous(..))));
    let with = r#"{"dataset":"y","id":"a","system":"s","ratings":{"overall":3}}"#;
    ratings.line(with, &scores).expect("a line");
    assert_eq!(ratings.items(), BTreeSet::from([&("s".to_owned(), "y/a".to_owned())]));
}

#[test]
fn one_system_has_no_correlation_and_says_why() {
    let (mut scores, mut ratings) = (Scores::default(), Ratings::default());
    scores.line(r#"{"id":"a","system":"s","scores":{"m":1}}"#).expect("a line");
    scores.finish(&[]);
    ratings.line(r#"{"id":"a","system":"s","ratings":{"overall":3}}"#, &scores).expect("a line");
    ratings.finish();
    let made = correlate(&scores, &ratings, &request(Level::System));
    assert!(made.ratings[0].agreements.iter().all(|a| a.value.is_none() && a.why.is_some()));
    assert!(made.ratings[0].verdict.words.iter().any(|w| w.contains("fewer than two points")));
}
