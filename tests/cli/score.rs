//! `epitome score`.

use std::io::Write;

use assert_cmd::Command;
use serde_json::Value;

fn epitome(args: &[&str], stdin: impl Into<Vec<u8>>) -> (Vec<Value>, String, i32) {
    let output = Command::cargo_bin("epitome").expect("the program").args(args).write_stdin(stdin).output();
    let output = output.expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    (lines, String::from_utf8(output.stderr).expect("UTF-8"), output.status.code().unwrap_or(-1))
}

#[test]
fn answers_stand_in_input_order_with_line_numbers_for_ids() {
    let pairs: String = (0..5000)
        .map(
            |i| if i % 2 == 0 { format!("{{\"candidate\":\"a b {i}\",\"reference\":\"a b\"}}\n") } else { "\n".into() },
        )
        .collect();
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", "rouge1", "--threads", "2"], pairs);
    assert_eq!((errors.as_str(), code, lines.len()), ("", 0, 2500));
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line["id"], (2 * at + 1).to_string());
        assert_eq!(line["scores"]["rouge1"]["f1"], 0.8);
    }
}

#[test]
fn chinese_is_scored_by_characters_and_refused_under_an_ascii_tokenizer() {
    let pair = r#"{"id":1,"candidate":"上合峰會在天津舉行","references":["上合峰會於天津舉行"]}"#;
    let (lines, _, _) = epitome(&["score", "-", "--metrics", "rouge1,rouge2,rougeL"], pair);
    assert_eq!(lines[0]["scores"]["rouge1"]["f1"], 8.0 / 9.0);
    let (lines, _, code) = epitome(&["score", "-", "--metrics", "rouge1", "--tokenizer", "rouge"], pair);
    assert_eq!((&lines[0]["scores"]["rouge1"], code), (&Value::Null, 0));
    assert_eq!(lines[0]["unscored"]["rouge1"]["status"], "not_applicable");
    assert_eq!(lines[0]["unscored"]["rouge1"]["code"], "tokenizer_lossy");
    let allowed = ["score", "-", "--metrics", "rouge1", "--tokenizer", "rouge", "--lossy", "allow"];
    assert_eq!(epitome(&allowed, pair).0[0]["scores"]["rouge1"]["f1"], 0.0);
}

#[test]
fn scripts_differ_raw_and_agree_folded() {
    let pair = r#"{"candidate":"无偿援助与贷款","reference":"無償援助與貸款"}"#;
    let f1 = |args: &[&str]| epitome(args, pair).0[0]["scores"]["rouge1"]["f1"].as_f64().expect("a score");
    assert!(f1(&["score", "-"]) < 0.5);
    assert_eq!(f1(&["score", "-", "--fold"]), 1.0);
}

#[test]
fn another_language_is_not_scored() {
    let pair = r#"{"candidate":"The leaders met with the press and went home.","reference":"上合峰會於天津舉行"}"#;
    let (lines, _, _) = epitome(&["score", "-", "--metrics", "rouge1"], pair);
    assert_eq!(lines[0]["unscored"]["rouge1"]["code"], "language");
}

#[test]
fn a_broken_line_stops_the_run_or_is_counted() {
    let pairs = "{\"candidate\":\"a\",\"reference\":\"a\"}\n{\"candidate\":\"\\ud800\"}\n{\"reference\":\"a\"}\n\
                 {\"candidate\":\"a\",\"reference\":\"a\"}\n";
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", "rouge1"], pairs);
    assert_eq!((lines.len(), code), (1, 2));
    insta::assert_snapshot!(errors, @r"
    error: <stdin>:2: column 21: unexpected end of hex escape
    --keep-going passes over broken lines
    ");
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", "rouge1", "--keep-going"], pairs);
    assert_eq!((lines.len(), code, &lines[1]["id"]), (2, 2, &Value::from("4")));
    insta::assert_snapshot!(errors, @r"
    error: <stdin>:2: column 21: unexpected end of hex escape
    error: <stdin>:3: column 17: missing field `candidate`
    2 broken lines were passed over
    ");
}

#[test]
fn aligned_files_and_compressed_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("c.txt"), "\u{feff}the cat sat\r\nno\r\n").expect("written");
    std::fs::write(path("a.txt"), "the cat sat down\nyes\n").expect("written");
    std::fs::write(path("b.txt"), "the cat sat\nno\n").expect("written");
    std::fs::write(path("short.txt"), "the cat sat\n").expect("written");
    let args = |refs: &[&str]| -> Vec<String> {
        let mut args = vec!["score".into(), "--candidates".into(), path("c.txt"), "--metrics".into(), "rouge1".into()];
        args.push("--references".into());
        args.extend(refs.iter().map(|name| path(name)));
        args
    };
    let run = |args: Vec<String>| epitome(&args.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let (lines, errors, _) = run(args(&["a.txt", "b.txt"]));
    assert_eq!(errors, "");
    assert!(lines.len() == 2 && lines.iter().all(|line| line["scores"]["rouge1"]["f1"] == 1.0));
    let (_, errors, code) = run(args(&["short.txt"]));
    assert!(code == 2 && errors.contains("short.txt` ends after line 1") && errors.contains("goes on"), "{errors}");

    let pair = b"{\"candidate\":\"a\",\"reference\":\"a\"}\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(pair).expect("compressed");
    let zst = zstd::encode_all(&pair[..], 0).expect("compressed");
    let (plain, _, _) = epitome(&["score", "-"], pair.to_vec());
    assert_eq!(plain.len(), 1);
    assert_eq!(epitome(&["score", "-"], gz.finish().expect("compressed")).0, plain);
    assert_eq!(epitome(&["score", "-"], zst).0, plain);
    let (none, _, code) = epitome(&["score", "-", "--out", &path("out.zst")], pair.to_vec());
    assert_eq!((none.len(), code), (0, 0));
    let written = zstd::decode_all(std::fs::File::open(path("out.zst")).expect("it is there")).expect("zstd");
    assert_eq!(serde_json::from_slice::<Value>(&written).expect("JSON"), plain[0]);
}

#[test]
fn aggregates_hold_mean_interval_n_and_signature_by_tokenizer() {
    let english: String = (0..40)
        .map(|i| format!("{{\"candidate\":\"a b c\",\"reference\":\"a {}\",\"lang\":\"en\"}}\n", ["b", "x"][i % 2]))
        .collect();
    let (lines, _, _) = epitome(&["score", "-", "--aggregate", "--metrics", "rouge1"], english.clone());
    let rouge1 = &lines[0]["scores"]["rouge1"];
    assert_eq!((&lines[0]["pairs"], &rouge1["n"], &rouge1["stratum"]), (&40.into(), &40.into(), &"rouge".into()));
    assert_eq!(rouge1["recall"]["mean"], 0.75);
    let interval = rouge1["recall"]["interval"].as_array().expect("an interval");
    assert!(interval[0].as_f64() < Some(0.75) && interval[1].as_f64() > Some(0.75));
    assert_eq!(rouge1["signature"]["tokenizer"], "rouge");

    let mixed = english + "{\"candidate\":\"天津\",\"reference\":\"天津\"}\n";
    let (lines, _, _) = epitome(&["score", "-", "--aggregate", "--metrics", "rouge1"], mixed);
    let strata = &lines[0]["scores"]["rouge1"]["strata"];
    assert_eq!((&strata["rouge"]["n"], &strata["han"]["n"]), (&40.into(), &1.into()));
    assert_eq!(lines[0]["scores"]["rouge1"].get("f1"), None, "what two tokenizers cut is not averaged");
}

#[test]
fn odd_input_is_scored_or_refused_in_words() {
    let cases = [
        ("{\"candidate\":\"\",\"reference\":\"\"}", 0),
        ("{\"candidate\":\"a\\u0000b\",\"reference\":\"a\"}", 0),
        ("{\"candidate\":\"a\",\"references\":[],\"lang\":\"en\"}", 0),
        ("{\"candidate\":\"a\",\"reference\":null,\"source\":null}", 0),
        ("{\"candidate\":\"a\",\"reference\":\"a\",\"references\":[\"a\"]}", 2),
        ("{\"candidate\":\"a\u{0}\"}", 2),
        ("{\"id\":1.5,\"candidate\":\"a\"}", 2),
        ("{\"candidate\":\"a \\ud800 b\",\"reference\":\"a\"}", 2),
        ("[]", 2),
        ("not JSON", 2),
    ];
    for (line, code) in cases {
        let (lines, errors, got) = epitome(&["score", "-"], line);
        assert_eq!((got, lines.len()), (code, usize::from(code == 0)), "{line}: {errors}");
        assert!(code == 0 || errors.starts_with("error: <stdin>:1: "), "{line}: {errors}");
    }
    let invalid = [&b"{\"candidate\":\"\xff\"}"[..], b"\n"].concat();
    assert_eq!(epitome(&["score", "-"], invalid).2, 2);
}

#[test]
fn long_texts_are_scored() {
    let words: Vec<String> = (0..5000).map(|i| format!("w{i}")).collect();
    let rotated = [&words[1000..], &words[..1000]].concat();
    let pair = serde_json::json!({ "candidate": rotated.join(" "), "reference": words.join(" "), "lang": "en" });
    let metrics = "rouge1,rougeL,rougeLsum,bleu,chrf,chrf++,ter,meteor";
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", metrics], pair.to_string());
    assert_eq!((errors.as_str(), code), ("", 0));
    let scores = &lines[0]["scores"];
    assert_eq!((&scores["rouge1"]["f1"], &scores["rougeL"]["recall"]), (&1.0.into(), &0.8.into()));
    assert_eq!(scores["rougeLsum"]["recall"], 0.8);
    for metric in ["bleu", "chrf", "chrf++", "ter", "meteor"] {
        let score = scores[metric]["score"].as_f64().unwrap_or(f64::NAN);
        assert!(score > 0.0 && score <= 100.0, "{metric}: {score}");
    }

    // A line of 10 MB.
    let pair = serde_json::json!({ "candidate": "word ".repeat(2_000_000), "reference": "a word", "lang": "en" });
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", "rouge1,rougeLsum,ter"], pair.to_string());
    assert_eq!((errors.as_str(), code), ("", 0));
    assert_eq!(lines[0]["scores"]["rouge1"]["recall"], 0.5);
    assert_eq!(lines[0]["scores"]["rougeLsum"]["recall"], 0.5);
    assert_eq!(lines[0]["unscored"]["ter"]["code"], "too_large");
}

#[test]
fn metrics_and_options_that_do_not_exist_are_named() {
    let (_, errors, code) = epitome(&["score", "-", "--metrics", "rouge1,rogue2"], "");
    assert_eq!(code, 2);
    insta::assert_snapshot!(errors, @"error: metric `rogue2`: there is no metric `rogue2`; did you mean `rouge2`?");
    let (_, errors, _) = epitome(&["score", "-", "--metrics", "rougeN"], "");
    insta::assert_snapshot!(errors, @"error: metric `rougeN`: there is no metric `rougeN`; write a number for the N: `rouge2`");
    let (_, errors, code) = epitome(&["score", "-", "--tokenizer", "hann"], "");
    assert!(code == 2 && errors.contains("there is no tokenizer `hann`; there are `auto`, `rouge`, `han`"), "{errors}");
    let (_, errors, code) = epitome(&["score", "-", "--tokenizer", "char", "--stem"], "");
    assert!(code == 2 && errors.contains("stemming is English"), "{errors}");
}

#[test]
fn extractive_measures_are_there_and_a_field_asks_for_its_metric() {
    let line =
        "{\"candidate\":\"the cat sat on mats\",\"source\":\"Yesterday the cat sat on the mat.\",\"lang\":\"en\"}";
    let metrics = "fragments.coverage,fragments.density,novel2";
    let (lines, errors, code) = epitome(&["score", "-", "--metrics", metrics], line);
    assert_eq!(code, 0, "{errors}");
    // One fragment of four of the five tokens: 4/5 covered, 16/5 dense; of four pairs one is new.
    let scores = &lines[0]["scores"];
    let expected = serde_json::json!({ "fragments": { "coverage": 0.8, "density": 3.2 }, "novel2": { "score": 0.25 } });
    assert_eq!(scores, &expected);
    let (_, errors, code) = epitome(&["score", "-", "--metrics", "fragments.converge"], line);
    assert!(code == 2 && errors.contains("there is no metric `fragments.converge`"), "{errors}");
}
