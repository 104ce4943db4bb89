//! scipy 1.17.1, statsmodels 0.15.0, numpy 2.4.6, sacrerouge and rouge-score 0.1.2, by the values in `stats.json`,
//! `correlation_levels.json` and `rouge_score_bootstrap.json`.

use epitome::stats::compat::mt19937::Mt19937;
use epitome::stats::compat::rouge_score::{Aggregate, aggregate, resampled_means};
use epitome::stats::correlation::{Coefficient, Correlation, Undefined, pearson, pearson_interval, ranks, spearman};
use epitome::stats::distribution::{Alternative, normal_upper, student_quantile, student_upper};
use epitome::stats::interval::percentile;
use epitome::stats::kendall::{Method, Variant, kendall};
use epitome::stats::levels::{Level, Table, correlation, williams};
use epitome::stats::multiple::{Correction, adjust};
use serde_json::Value;

use super::{document, number};

/// Numbers of a list; null is NaN.
fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn near(wanted: f64, got: f64, tolerance: f64) -> bool {
    wanted == got || (wanted - got).abs() <= tolerance * wanted.abs().max(got.abs())
}

/// p-values agree to 1e-10 relative; of a perfect correlation both are 0 but for rounding.
fn same_p(wanted: f64, got: f64, perfect: bool) -> bool {
    near(wanted, got, 1e-10) || perfect && (wanted - got).abs() < 1e-15
}

fn hold(place: &str, wanted: &Value, got: Result<Correlation, Undefined>) {
    if wanted.get("error").is_some() {
        // scipy's error is ours, or no p-value.
        assert!(got.is_err() || got.is_ok_and(|c| c.p_value.is_none()), "{place}: {got:?}");
        return;
    }
    let Some(statistic) = wanted["statistic"].as_f64() else {
        assert!(got.is_err(), "{place}: {got:?}");
        return;
    };
    let got = got.unwrap_or_else(|e| panic!("{place}: {e}"));
    assert!((statistic - got.value).abs() < 1e-12, "{place}: {statistic} expected, {}", got.value);
    match wanted["p_value"].as_f64() {
        None => assert_eq!(got.p_value, None, "{place}"),
        Some(p) => {
            let mine = got.p_value.unwrap_or_else(|| panic!("{place}: no p-value"));
            // Far out, the last bit of r moves p by more than the bound on p itself.
            let perfect = statistic.abs() > 1.0 - 1e-12;
            assert!(same_p(p, mine, perfect), "{place}: p {p} expected, {mine}");
        }
    }
}

#[test]
fn correlations_are_scipys() {
    let stats = document("stats.json");
    let mut seen = 0;
    for case in stats["correlations"].as_array().expect("cases") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        let sides =
            [("two-sided", Alternative::TwoSided), ("less", Alternative::Less), ("greater", Alternative::Greater)];
        for (side, alternative) in sides {
            let place = |what: &str| format!("{what}/{side}");
            let at = |what: &str| (format!("{} {}", case["name"], place(what)), &case[place(what)]);
            let (name, wanted) = at("pearson");
            hold(&name, wanted, pearson(&x, &y, alternative));
            let (name, wanted) = at("spearman");
            hold(&name, wanted, spearman(&x, &y, alternative));
            seen += 2;
            for (letter, variant) in [("b", Variant::B), ("c", Variant::C)] {
                let methods = [("auto", Method::Auto), ("exact", Method::Exact), ("asymptotic", Method::Asymptotic)];
                for (way, method) in methods {
                    let (name, wanted) = at(&format!("kendall-{letter}/{way}"));
                    hold(&name, wanted, kendall(&x, &y, variant, method, alternative));
                    seen += 1;
                }
            }
        }
        for level in ["0.9", "0.95", "0.99"] {
            let Some(wanted) = case.get(format!("pearson-ci/{level}")) else { continue };
            let (Some(low), Some(high)) = (wanted[0].as_f64(), wanted[1].as_f64()) else { continue };
            let r = pearson(&x, &y, Alternative::TwoSided).expect("a correlation").value;
            if r.abs() > 1.0 - 1e-9 || x.len() < 4 {
                continue;
            }
            let got = pearson_interval(r, x.len(), level.parse().expect("a level")).expect("an interval");
            assert!(
                near(low, got.0, 1e-10) && near(high, got.1, 1e-10),
                "{}: {wanted} expected, {got:?}",
                case["name"]
            );
        }
        if case["rank-x-average"].is_array() {
            assert_eq!(ranks(&x), numbers(&case["rank-x-average"]), "{}", case["name"]);
        }
    }
    assert_eq!(seen, 19 * 3 * 8);
}

#[test]
fn corrections_are_statsmodels() {
    let stats = document("stats.json");
    let cases = stats["corrections"].as_array().expect("cases");
    assert_eq!(cases.len(), 36);
    for case in cases {
        let correction = match case["method"].as_str().expect("a method") {
            "bonferroni" => Correction::Bonferroni,
            "holm" => Correction::Holm,
            "holm-sidak" => Correction::HolmSidak,
            "hommel" => Correction::Hommel,
            "fdr_bh" => Correction::BenjaminiHochberg,
            "fdr_by" => Correction::BenjaminiYekutieli,
            other => panic!("{other}?"),
        };
        let (wanted, got) = (numbers(&case["adjusted"]), adjust(&numbers(&case["p"]), correction));
        for (wanted, got) in wanted.iter().zip(&got) {
            assert!(near(*wanted, *got, 1e-12), "{} {correction:?}: {wanted} expected, {got}", case["name"]);
        }
        let reject: Vec<bool> = got.iter().map(|p| *p <= 0.05).collect();
        assert_eq!(serde_json::json!(reject), case["reject_0.05"], "{} {correction:?}", case["name"]);
    }
}

#[test]
fn percentiles_are_numpys_to_the_bit() {
    let stats = document("stats.json");
    let mut sorted = Vec::new();
    for case in stats["percentiles"].as_array().expect("cases") {
        if case["values"].is_array() {
            sorted = numbers(&case["values"]);
            sorted.sort_unstable_by(f64::total_cmp);
        }
        let got = percentile(&sorted, number(&case["q"]) / 100.0).expect("values");
        assert_eq!(got.to_bits(), number(&case["numpy_percentile_linear"]).to_bits(), "{case}");
    }
}

#[test]
fn tails_are_scipys() {
    for case in document("stats.json")["distributions"].as_array().expect("cases") {
        let at = |key: &str| number(&case[key]);
        let got = match case["fn"].as_str().expect("a function") {
            "t.sf" => student_upper(at("x"), at("df")),
            "norm.sf" => normal_upper(at("x")),
            "t.ppf" => student_quantile(at("q"), at("df")),
            other => panic!("{other}?"),
        };
        let wanted = at("v");
        assert!(near(wanted, got, 1e-10) || (wanted - got).abs() < 1e-15, "{case}: {got}");
    }
}

#[test]
fn levels_and_williams_are_sacrerouges() {
    let golden = document("correlation_levels.json");
    let flat = |matrix: &Value| -> Vec<Option<f64>> {
        let rows = matrix.as_array().expect("rows").iter();
        rows.flat_map(|row| row.as_array().expect("cells").iter().map(Value::as_f64)).collect()
    };
    for case in golden["cases"].as_array().expect("cases") {
        let articles = case["X"][0].as_array().expect("a row").len();
        let [x, y, z] = ["X", "Y", "Z"].map(|name| flat(&case[name]));
        let table = |cells| Table { cells, articles };
        for (key, wanted) in case["values"].as_object().expect("values") {
            let (by, level) = key.split_once('/').expect("coefficient/level");
            let by = match by {
                "pearson" => Coefficient::Pearson,
                "spearman" => Coefficient::Spearman,
                _ => Coefficient::KendallB,
            };
            let level = match level {
                "global_corr" => Level::Pooled,
                "system_level_corr" => Level::System,
                _ => Level::Summary,
            };
            let of = |a, b| correlation(table(a), table(b), level, by);
            let place = format!("{} {key}", case["name"]);
            let value = |pair: &str, got: &Result<_, Undefined>| match (&wanted[pair], got) {
                (Value::Null, got) => assert!(got.is_err(), "{place} {pair}"),
                (wanted, Ok(got)) => {
                    let got: &epitome::stats::levels::AtLevel = got;
                    assert!((number(wanted) - got.value).abs() < 1e-12, "{place} {pair}: {wanted}, {}", got.value);
                }
                (wanted, Err(error)) => panic!("{place} {pair}: {wanted} expected, {error}"),
            };
            let (xz, yz, xy) = (of(&x, &z), of(&y, &z), of(&x, &y));
            value("XZ", &xz);
            value("YZ", &yz);
            if let (Some(one), Ok(xz), Ok(yz), Ok(xy)) = (wanted["williams_p_one"].as_f64(), xz, yz, xy) {
                let got = williams(xz.value.abs(), yz.value.abs(), xy.value.abs(), xz.n).expect("enough points");
                assert!(near(one, got.one_sided, 1e-9), "{place}: {one} expected, {got:?}");
                let two = number(&wanted["williams_p_two"]);
                assert!(near(two, got.two_sided, 1e-9), "{place}: {two} expected, {got:?}");
            }
        }
    }
    for case in golden["williams_from_r"].as_array().expect("cases") {
        let r = |key: &str| if case["variant"] == "absolute" { number(&case[key]).abs() } else { number(&case[key]) };
        let n = case["n"].as_u64().expect("n") as usize;
        // In R's words r12 and r13 share the variable 1, here the human scores.
        let got = williams(r("r12"), r("r13"), r("r23"), n).expect("enough points");
        let wanted = ["t", "p_one", "p_two"].map(|key| number(&case[key]));
        let same = [got.t, got.one_sided, got.two_sided].iter().zip(wanted).all(|(g, w)| near(w, *g, 1e-10));
        assert!(same, "{case}: {got:?}");
    }
}

#[test]
fn the_bootstrap_aggregator_is_rouge_scores() {
    let golden = document("rouge_score_bootstrap.json");
    let rows = |name: &str| -> Vec<Vec<f64>> {
        golden["scores_precision_recall_f"][name].as_array().expect("rows").iter().map(numbers).collect()
    };
    let same = |place: &str, wanted: &Value, got: &[Aggregate]| {
        let columns = |pick: fn(&Aggregate) -> f64| got.iter().map(pick).collect::<Vec<_>>();
        for (key, mine) in [("low", columns(|a| a.low)), ("mid", columns(|a| a.mid)), ("high", columns(|a| a.high))] {
            for (wanted, got) in numbers(&wanted[key]).iter().zip(mine) {
                assert!(near(*wanted, got, 1e-12), "{place} {key}: {wanted} expected, {got}");
            }
        }
    };
    let (mut given, mut seeded) = (0, 0);
    let mut means: Vec<Vec<f64>> = Vec::new();
    for case in golden["cases"].as_array().expect("cases") {
        let confidence = number(&case["confidence"]);
        if case["kind"] == "percentile-given-resamples" {
            if let Some(drawn) = case["sample_means"].as_array() {
                means = drawn.iter().map(numbers).collect();
            }
            same(&format!("given {given}"), case, &aggregate(&means, confidence));
            given += 1;
            continue;
        }
        let seed = case["np_random_seed"].as_u64().expect("a seed") as u32;
        let mut stream = Mt19937::new(seed);
        let indices = &case["first_three_index_rows"];
        let drawn: Vec<Vec<u32>> = (0..3).map(|_| (0..20).map(|_| stream.below(20)).collect()).collect();
        assert_eq!(&serde_json::json!(drawn), indices, "seed {seed}");
        let mut stream = Mt19937::new(seed);
        let samples = case["n_samples"].as_u64().expect("samples") as usize;
        for name in case["order_of_types"].as_array().expect("types") {
            let name = name.as_str().expect("a name");
            let means = resampled_means(&rows(name), samples, &mut stream);
            same(&format!("seed {seed} {name}"), &case["result"][name], &aggregate(&means, confidence));
        }
        seeded += 1;
    }
    assert_eq!((given, seeded), (48, 6));
}

#[test]
fn exact_permutation_is_scipys() {
    let paired = &document("stats.json")["paired"];
    let (a, b) = (numbers(&paired["a"]), numbers(&paired["b"]));
    let differences: Vec<f64> = a.iter().zip(&b).take(12).map(|(a, b)| a - b).collect();
    let got = epitome::stats::permutation::sign_flip(&differences, 0, 1);
    let wanted = number(&paired["permutation_mean_diff_exact_12"]["p_value"]);
    assert!(got.exact && near(wanted, got.p_value, 1e-12), "{wanted} expected, {got:?}");
    // The interval under 30 articles is the t test's: it touches 0 at the test's own level.
    let p = number(&paired["ttest_rel"]["p_value"]);
    let options = epitome::stats::paired::Options { alpha: p, ..Default::default() };
    let interval = epitome::stats::paired::means(&b, &a, &options).expect("articles").difference;
    assert!(interval.high.expect("high").abs() < 1e-12, "{interval:?}");
}
