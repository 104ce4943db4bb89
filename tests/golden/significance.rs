//! sacreBLEU 2.6.0's resampling, by the values in `sacrebleu_significance.json`.

use epitome::stats::compat::pcg64::Pcg64;
use epitome::stats::compat::sacrebleu::{SEED, estimate_ci};
use serde_json::{Value, json};

use super::{close, document, number};

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
