//! ROUGE-1.5.5.pl: every evaluation's counts and figures, averages, jackknife, long texts, and the runs that die.

use std::collections::HashMap;

use epitome::metric::rouge::Prf;
use epitome::metric::rouge::rouge155::{Averages, Counts, Formula, Kind, Limit, Rouge155, averages};
use serde_json::Value;

use super::{Input, close, inputs, lines, number};

fn kind(name: &str) -> Kind {
    let gap = |digits: &str| if digits == "*" { None } else { Some(digits.parse().expect("a gap")) };
    match name.strip_prefix("ROUGE-").expect("a ROUGE") {
        "L" => Kind::L,
        "W-1.2" => Kind::W(1.2),
        rest if rest.starts_with("SU") => Kind::SU(gap(&rest[2..])),
        rest if rest.starts_with('S') => Kind::S(gap(&rest[1..])),
        rest => Kind::N(rest.parse().expect("an order")),
    }
}

/// A scorer of some kinds by the script's options, with its alpha.
fn scorer(kinds: impl Iterator<Item = Kind>, configuration: &Value) -> (Rouge155, f64) {
    let mut rouge = Rouge155::new(kinds);
    let mut alpha = 0.5;
    let options: Vec<&str> =
        configuration["options"].as_array().expect("options").iter().filter_map(Value::as_str).collect();
    let mut options = options.into_iter();
    while let Some(option) = options.next() {
        let mut value = || options.next().expect("a value");
        rouge = match option {
            "-m" => rouge.with_stemmer(configuration["exception_db"] != "empty"),
            "-s" => rouge.without_stopwords(),
            "-l" => rouge.with_limit(Limit::Words(value().parse().expect("words"))),
            "-b" => rouge.with_limit(Limit::Bytes(value().parse().expect("bytes"))),
            "-f" => rouge.with_formula(if value() == "B" { Formula::Best } else { Formula::Average }),
            "-p" => {
                alpha = value().parse().expect("an alpha");
                rouge
            }
            // What is computed, and how averages are made.
            "-n" | "-w" | "-2" | "-r" | "-c" => {
                value();
                rouge
            }
            "-u" | "-U" | "-x" => rouge,
            other => panic!("{other}"),
        };
    }
    if configuration["input_format"] == "SEE" {
        rouge = rouge.with_see_markup();
    }
    (rouge, alpha)
}

/// Compares the figures of one evaluation, and its counts where the data has them.
fn compare(place: &str, wanted: &Value, counts: &Value, names: &[String], got: &[Option<Counts>], alpha: f64) {
    for (name, got) in names.iter().zip(got) {
        let got = got.unwrap_or_else(|| panic!("{place} {name}: no score"));
        let Prf { precision, recall, f1 } = got.rounded(alpha);
        for (at, got) in [recall, precision, f1].into_iter().enumerate() {
            let wanted = number(&wanted[name][at]);
            assert!(wanted == got, "{place} {name} {at}: {wanted} expected, {got}");
        }
        for (at, got) in [got.model, got.peer, got.hit].into_iter().enumerate() {
            let wanted = number(&counts[name][at]);
            // Fifteen digits are printed.
            assert!((wanted - got).abs() <= 1e-14 * wanted.abs(), "{place} {name} count {at}: {wanted}, {got}");
        }
    }
}

fn keys(object: &Value) -> Vec<String> {
    object.as_object().expect("an object").keys().cloned().collect()
}

fn texts(input: &Input) -> Vec<&str> {
    input.refs.iter().map(String::as_str).collect()
}

#[test]
fn evaluations_are_the_scripts() {
    let inputs = inputs();
    let text = include_str!("rouge155.jsonl");
    let header: Value = serde_json::from_str(text.lines().next().expect("a header")).expect("JSON");
    let rows: Vec<Value> = lines("rouge155.jsonl");
    assert_eq!(rows.len(), 3290);
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let names = keys(&row["scores"]);
        let configuration = &header["confs"][row["conf"].as_str().expect("a configuration")];
        let (rouge, alpha) = scorer(names.iter().map(|name| kind(name)), configuration);
        let references = if row["refs"] == "first" { &texts(input)[..1] } else { &texts(input)[..] };
        let got = rouge.score(references, &input.cand);
        let place = format!("{} {} {}", row["id"], row["conf"], row["refs"]);
        compare(&place, &row["scores"], &row["counts"], &names, &got, alpha);
    }
}

#[test]
fn long_texts_and_dying_runs_are_the_scripts() {
    let inputs = inputs();
    let data: Value = serde_json::from_str(include_str!("rouge155_aggregate.json")).expect("JSON");
    for row in data["long"].as_array().expect("rows") {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let names = keys(&row["scores"]);
        let (rouge, alpha) = scorer(names.iter().map(|name| kind(name)), row);
        let got = rouge.score(&texts(input), &input.cand);
        compare(&format!("{} {}", row["id"], row["options"]), &row["scores"], &row["counts"], &names, &got, alpha);
    }
    for row in data["dies"].as_array().expect("rows") {
        let input = &inputs[row["id"].as_str().expect("an id")];
        assert_eq!(Rouge155::new([Kind::W(1.2)]).score(&texts(input), &input.cand), [None], "{}", row["id"]);
    }
}

#[test]
fn jackknifed_figures_are_the_scripts() {
    let inputs = inputs();
    let data: Value = serde_json::from_str(include_str!("rouge155_aggregate.json")).expect("JSON");
    let rows = data["jackknife"].as_array().expect("rows");
    assert_eq!(rows.len(), 84);
    for row in rows {
        let input = &inputs[row["id"].as_str().expect("an id")];
        let names = keys(&row["jackknife_mean"]);
        let (rouge, alpha) = scorer(names.iter().map(|name| kind(name)), row);
        for (name, got) in names.iter().zip(rouge.jackknife(&texts(input), &input.cand, alpha)) {
            let Prf { precision, recall, f1 } = got.expect("a score");
            for (at, got) in [recall, precision, f1].into_iter().enumerate() {
                let wanted = number(&row["jackknife_mean"][name][at]);
                assert!(close(wanted, got), "{} {name} {at}: {wanted} expected, {got}", row["id"]);
            }
        }
    }
}

#[test]
fn averages_are_the_scripts() {
    let data: Value = serde_json::from_str(include_str!("rouge155_aggregate.json")).expect("JSON");
    let corpus: Vec<Input> = lines::<Input>("inputs.jsonl").into_iter().filter(|i| i.group == "gen-en").collect();
    let mut compared = 0;
    for run in data["runs"].as_array().expect("runs") {
        let options: Vec<&str> = run["options"].as_array().expect("options").iter().filter_map(Value::as_str).collect();
        let value = |name: &str| {
            let at = options.iter().position(|option| *option == name)?;
            options[at + 1].parse::<f64>().ok()
        };
        // With -t the script averages counts, which no metric of ours does.
        if options.contains(&"-t") {
            continue;
        }
        for (peer, figures) in run["averages_[value,low,high]"].as_object().expect("peers") {
            let names = keys(figures);
            let (rouge, alpha) = scorer(names.iter().map(|name| kind(name)), run);
            let mut evaluations: HashMap<&str, Vec<(String, Prf)>> = HashMap::new();
            for (at, input) in corpus.iter().enumerate() {
                let lead = input.src.as_deref().and_then(|s| s.split('.').next()).map(|lead| format!("{lead}."));
                let candidate = if peer == "X" { input.cand.clone() } else { lead.expect("a source") };
                for (name, counts) in names.iter().zip(rouge.score(&texts(input), &candidate)) {
                    let prf = counts.expect("a score").rounded(alpha);
                    evaluations.entry(name).or_default().push((format!("{at}.{peer}"), prf));
                }
            }
            for (name, wanted) in figures.as_object().expect("figures") {
                let resamples = value("-r").unwrap_or(1000.0) as u32;
                let made = averages(&evaluations[name.as_str()], resamples, value("-c").unwrap_or(95.0));
                let Averages { value, low, high } = made.expect("evaluations");
                for (at, got) in [value, low, high].into_iter().enumerate() {
                    for (letter, got) in [("R", got.recall), ("P", got.precision), ("F", got.f1)] {
                        let wanted = number(&wanted[letter][at]);
                        assert!(wanted == got, "{options:?} {peer} {name} {letter} {at}: {wanted} expected, {got}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
