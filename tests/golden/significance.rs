//! sacreBLEU 2.6.0's resampling, by the values in `sacrebleu_significance.json`.

use epitome::metric::bleu::Bleu;
use epitome::metric::chrf::Chrf;
use epitome::metric::ter::Ter;
use epitome::stats::compat::pcg64::Pcg64;
use epitome::stats::compat::sacrebleu::{
    Paired, SEED, approximate_randomization, bootstrap, estimate_ci, paired_bootstrap,
};
use epitome::stats::resample::Rows;
use epitome::text::token;
use epitome::text::token::tercom::Tercom;
use serde_json::{Value, json};

use super::{Input, close, document, lines, number};

#[test]
fn the_random_streams_are_numpys() {
    let golden = document("sacrebleu_significance.json");
    let (state, increment) = Pcg64::new(SEED).state();
    assert_eq!(golden["pcg64_initial_state"]["state"], state.to_string());
    assert_eq!(golden["pcg64_initial_state"]["inc"], increment.to_string());
    let mut stream = Pcg64::new(SEED);
    let first: Vec<String> = (0..8).map(|_| stream.next_u64().to_string()).collect();
    assert_eq!(golden["pcg64_first_u64"], json!(first));
    let mut stream = Pcg64::new(SEED);
    let rows: Vec<Vec<u32>> = (0..4).map(|_| (0..60).map(|_| stream.below(60)).collect()).collect();
    assert_eq!(golden["bootstrap_index_stream"]["first_rows"], json!(rows));
    let chosen: Vec<u8> = Pcg64::new(SEED).booleans(4 * 60).into_iter().map(u8::from).collect();
    let rows: Vec<&[u8]> = chosen.chunks_exact(60).collect();
    assert_eq!(golden["ar_selection_stream"]["first_rows"], json!(rows));
}

#[test]
fn intervals_of_scores_are_sacrebleus() {
    let golden = document("sacrebleu_significance.json");
    let cases = golden["estimate_ci"].as_array().expect("cases");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let scores: Vec<f64> = case["scores"].as_array().expect("scores").iter().filter_map(Value::as_f64).collect();
        let (mean, half) = estimate_ci(&scores).expect("scores");
        assert!(close(number(&case["mean"]), mean) && close(number(&case["ci"]), half), "n = {}", case["n"]);
    }
}

/// Rows of one system and the score of their sum.
type Scorer<'a> = (Vec<Vec<f64>>, &'a (dyn Fn(&[f64]) -> f64 + Sync));

/// Runs all paired tests and single bootstraps of one metric; returns how many values were compared.
fn compare(metric: &str, mode: &str, tolerance: f64, (systems, score): &Scorer<'_>, width: usize) -> usize {
    let golden = document("sacrebleu_significance.json");
    let near = |wanted: f64, got: f64| wanted == got || (wanted - got).abs() <= tolerance * wanted.abs();
    let rows = |i: usize| Rows { values: &systems[i], width };
    let mut compared = 0;
    for run in golden["runs"].as_array().expect("runs").iter().filter(|run| run["refs"] == mode) {
        let Some(results) = run["results"].get(metric) else { continue };
        let samples = run["n_samples"].as_u64().expect("samples") as usize;
        let confidence = run["n_ar_confidence"].as_u64().unwrap_or(0) as usize;
        for (i, name) in ["A", "B", "C", "D"].iter().enumerate() {
            let wanted = &results[name];
            let place = format!("{metric} {mode} {} {samples} {confidence} {name}", run["test"]);
            let point = score(&rows(i).sum());
            assert!((number(&wanted["score"]) - point).abs() < 1e-9, "{place}: {wanted} expected, {point}");
            let bootstrapped = run["test"] == "bs";
            let got = match (i, bootstrapped) {
                (0, _) => {
                    let n = if bootstrapped { samples } else { confidence };
                    let own = (n > 0).then(|| bootstrap(rows(0), n, SEED, score)).flatten();
                    Paired { p_value: f64::NAN, mean: own.map(|o| o.0), half_width: own.map(|o| o.1) }
                }
                (_, true) => paired_bootstrap(rows(0), rows(i), samples, SEED, score),
                (_, false) => approximate_randomization(rows(0), rows(i), samples, confidence, SEED, score),
            };
            if i > 0 {
                assert_eq!(number(&wanted["p_value"]), got.p_value, "{place}");
            }
            for (key, got) in [("mean", got.mean), ("ci", got.half_width)] {
                let same = match (wanted[key].as_f64(), got) {
                    (Some(wanted), Some(got)) => near(wanted, got),
                    (wanted, got) => wanted.is_none() && got.is_none(),
                };
                assert!(same, "{place} {key}: {} expected, {got:?}", wanted[key]);
            }
            compared += 3;
        }
    }
    if mode == "first" {
        for case in
            golden["single_system_bootstrap"].as_array().expect("cases").iter().filter(|c| c["metric"] == metric)
        {
            let samples = case["n_bootstrap"].as_u64().expect("samples") as usize;
            let (mean, half) = bootstrap(rows(0), samples, SEED, score).expect("rows");
            assert!(near(number(&case["mean"]), mean) && near(number(&case["ci"]), half), "{case}: {mean} {half}");
            compared += 2;
        }
    }
    compared
}

/// Candidates of the four systems, with the references of each segment.
fn systems() -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let golden = document("sacrebleu_significance.json");
    let inputs: Vec<Input> = lines::<Input>("inputs.jsonl").into_iter().filter(|i| i.group == "gen-en").collect();
    let texts = |name: &str| serde_json::from_value(golden["system_texts"][name].clone()).expect("texts");
    let first = inputs.iter().map(|i| i.cand.clone()).collect();
    (vec![first, texts("B"), texts("C"), texts("D")], inputs.into_iter().map(|i| i.refs).collect())
}

/// Statistics of every system, one row a segment.
fn rows(mode: &str, mut statistics: impl FnMut(&[String], &str) -> Vec<f64>) -> Vec<Vec<f64>> {
    let (systems, references) = systems();
    let of = |segments: Vec<String>| {
        let pairs = segments.into_iter().zip(&references);
        pairs.flat_map(|(text, refs)| statistics(if mode == "first" { &refs[..1] } else { refs }, &text)).collect()
    };
    systems.into_iter().map(of).collect()
}

fn strs(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

#[test]
fn paired_tests_of_bleu_are_sacrebleus() {
    let bleu = Bleu::new().with_tokenizer(token::find("13a").expect("a tokenizer"));
    let mut session = bleu.session();
    for (mode, values) in [("first", 4 * 12 + 4), ("all", 2 * 12)] {
        let rows = rows(mode, |refs, text| session.statistics(strs(refs), text).to_vec());
        let score = |sum: &[f64]| bleu.score(sum, false).score;
        // Its precisions, of which it takes the logarithm, are 32-bit floats there.
        assert_eq!(compare("BLEU", mode, 1e-7, &(rows, &score), bleu.columns()), values);
    }
}

#[test]
fn paired_tests_of_chrf_are_sacrebleus() {
    // Their arithmetic there is of 32 bits.
    for (metric, order, first, all) in [("chrF2", 0, 4, 0), ("chrF2++", 2, 4 * 12 + 4, 2 * 12)] {
        let chrf = Chrf::new().with_word_order(order);
        let mut session = chrf.session();
        for (mode, values) in [("first", first), ("all", all)] {
            let rows = rows(mode, |refs, text| session.statistics(strs(refs), text).to_vec());
            let score = |sum: &[f64]| chrf.score(sum);
            let width = rows[0].len() / 60;
            assert_eq!(compare(metric, mode, 1e-5, &(rows, &score), width), values);
        }
    }
}

#[test]
fn paired_tests_of_ter_are_sacrebleus() {
    let ter = Ter::new(Tercom { normalized: false, no_punct: false, asian_support: false, case_sensitive: false });
    let mut session = ter.session();
    let rows = rows("first", |refs, text| session.statistics(strs(refs), text).expect("of bearable length").to_vec());
    let score = |sum: &[f64]| ter.score(&[sum[0], sum[1]]);
    assert_eq!(compare("TER", "first", 1e-5, &(rows, &score), 2), 3 * 12 + 4);
}
