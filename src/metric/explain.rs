//! What stands behind a value: tokens, matches and arithmetic, for people who doubt it.
//!
//! An [`Explanation`] counts again, plainly, what a metric counts fast: in words of the text and not in numbers, in
//! tables that can be read. [`explain`] puts it beside the metric's own value and counts; [`moved`] says which n-grams
//! were gained and lost between two outputs for one article. Cost: that of the naive algorithms; meant for one item.
//!
//! ```
//! use epitome::metric::MetricRequest;
//! use epitome::metric::pair::{Pair, PairScorer};
//!
//! let scorer = PairScorer::new(&[MetricRequest::plain("rouge2")])?;
//! let explained = scorer.session().explain(&Pair::new("the cat sat", ["the cat sat down"]));
//! let behind = explained[0].behind.as_ref().unwrap();
//! assert_eq!((behind.grams[0].matched, behind.grams[0].candidate, behind.grams[0].reference), (2, 2, 3));
//! assert_eq!(behind.arithmetic[0], "precision = 2 / 2 = 1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::HashMap;

use serde::Serialize;

use super::{Item, Metric, Rows};
use crate::model::record::Unscored;
use crate::model::{Outcome, Signature};

/// A metric's value for one item, with what stands behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The metric's name in the suite.
    pub metric: String,
    /// What the value depends on; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Its fields, in the metric's order; `None` where there is no score.
    #[serde(serialize_with = "as_object")]
    pub fields: Option<Vec<(String, f64)>>,
    /// Why there is no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unscored: Option<Unscored>,
    /// The numbers that the fields are made from: the metric's row.
    #[serde(serialize_with = "as_object")]
    pub counts: Option<Vec<(String, f64)>>,
    /// Tokens, matches and arithmetic, where the metric can show them.
    pub behind: Option<Explanation>,
}

/// Tokens, matches and arithmetic.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Explanation {
    /// The tokenizer's name, where the metric has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    /// The output's tokens, as they are compared (stemmed, folded).
    pub candidate: Vec<String>,
    /// Which of the references count, by place from 0.
    pub references_used: Vec<usize>,
    /// Their tokens.
    pub references: Vec<Vec<String>>,
    /// N-grams by order, where the metric counts them.
    pub grams: Vec<Grams>,
    /// Longest common subsequences by line of the reference, where the metric takes them.
    pub subsequences: Vec<Subsequence>,
    /// How the value comes about, a step a line.
    pub arithmetic: Vec<String>,
}

/// The n-grams of one order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grams {
    /// What they are made of: `token`, `character` or `word`.
    pub unit: &'static str,
    /// How many of these make one.
    pub order: usize,
    /// N-grams of the output.
    pub candidate: usize,
    /// N-grams of the reference; of several, the most that one has of each.
    pub reference: usize,
    /// Those in both, none counted more often than either side holds it.
    pub matched: usize,
    /// Each of them: the output's in order of first appearance, then those of the references alone.
    pub grams: Vec<Gram>,
}

/// One n-gram, with how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gram {
    /// Its tokens, parted by spaces unless they are characters.
    pub text: String,
    /// In the output.
    pub candidate: usize,
    /// In the reference; of several, in the one that has most.
    pub reference: usize,
    /// The smaller of the two.
    pub matched: usize,
}

/// A line of a reference, and which of its tokens are common with the output in order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subsequence {
    /// The line's tokens.
    pub tokens: Vec<String>,
    /// For each whether it is counted.
    pub counted: Vec<bool>,
}

impl Subsequence {
    /// The tokens that are counted.
    pub fn common(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().zip(&self.counted).filter(|(_, counted)| **counted).map(|(token, _)| token.as_str())
    }
}

fn as_object<S: serde::Serializer>(pairs: &Option<Vec<(String, f64)>>, to: S) -> Result<S::Ok, S::Error> {
    match pairs {
        Some(pairs) => to.collect_map(pairs.iter().map(|(name, value)| (name, value))),
        None => to.serialize_none(),
    }
}

/// Scores one item by one spec of a metric, and explains the score.
pub fn explain(metric: &dyn Metric, spec: usize, item: &Item<'_>) -> Explained {
    let specs = metric.specs();
    let mut rows = Rows::default();
    rows.reset(specs);
    metric.session().observe(item, &mut rows);
    let start: usize = specs[..spec].iter().map(|s| s.columns.len()).sum();
    let row = &rows.values[start..start + specs[spec].columns.len()];
    let declared = &specs[spec];
    let mut explained = Explained {
        metric: declared.name.clone(),
        signature: None,
        fields: None,
        unscored: None,
        counts: None,
        behind: None,
    };
    match &rows.observed[spec] {
        Outcome::Scored(stratum) => {
            explained.signature = declared.strata.get(*stratum).map(|s| s.signature.clone());
            explained.counts = Some(declared.columns.iter().cloned().zip(row.iter().copied()).collect());
            let mut fields = vec![0.0; declared.fields.len()];
            if metric.item_fields(spec, row, &mut fields).is_some() {
                let named = declared.fields.iter().map(|f| f.name.clone()).zip(fields).enumerate();
                let present = named.filter(|(at, _)| metric.absent(spec, *at, row).is_none());
                explained.fields = Some(present.map(|(_, field)| field).collect());
            }
            explained.behind = metric.explain(spec, item);
        }
        Outcome::NotApplicable(reason) => explained.unscored = Some(Unscored::not_applicable(reason)),
        Outcome::Failed(failure) => explained.unscored = Some(Unscored::failed(failure)),
        Outcome::NotEvaluated(reason) => explained.unscored = Some(Unscored::not_evaluated(reason)),
    }
    explained
}

/// Counts the n-grams of an order, those of several references by the one that has most of each.
pub(crate) fn grams(unit: &'static str, order: usize, candidate: &[String], references: &[Vec<String>]) -> Grams {
    let joint = if unit == "character" { "" } else { " " };
    let mut places: HashMap<&[String], usize> = HashMap::new();
    let mut grams: Vec<Gram> = Vec::new();
    let mut place = |gram, grams: &mut Vec<Gram>| {
        *places.entry(gram).or_insert_with(|| {
            grams.push(Gram { text: gram.join(joint), candidate: 0, reference: 0, matched: 0 });
            grams.len() - 1
        })
    };
    for gram in candidate.windows(order) {
        let at = place(gram, &mut grams);
        grams[at].candidate += 1;
    }
    for reference in references {
        let mut here: HashMap<usize, usize> = HashMap::new();
        for gram in reference.windows(order) {
            *here.entry(place(gram, &mut grams)).or_default() += 1;
        }
        for (at, count) in here {
            grams[at].reference = grams[at].reference.max(count);
        }
    }
    grams.iter_mut().for_each(|gram| gram.matched = gram.candidate.min(gram.reference));
    let sum = |of: fn(&Gram) -> usize| grams.iter().map(of).sum();
    Grams {
        unit,
        order,
        candidate: sum(|g| g.candidate),
        reference: sum(|g| g.reference),
        matched: sum(|g| g.matched),
        grams,
    }
}

/// A number as people read it: four decimals at most, no zeros behind.
pub fn number(value: f64) -> String {
    let shown = format!("{value:.4}");
    let shown = if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.') } else { &shown };
    if shown == "-0" { "0".to_owned() } else { shown.to_owned() }
}

/// What two outputs for one article have in common with the references that only one of them has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// What it is made of: `token`, `character`, `word`, or `subsequence` for tokens of a common subsequence.
    pub unit: &'static str,
    /// How many of these make one.
    pub order: usize,
    /// Matches that only the second has, with how many more.
    pub gained: Vec<(String, usize)>,
    /// Matches that only the first has, with how many more.
    pub lost: Vec<(String, usize)>,
}

/// The matches gained and lost from one explanation to the other, by order; orders in which nothing moved are left out.
pub fn moved(before: &Explanation, after: &Explanation) -> Vec<Moved> {
    let common = |explanation: &Explanation| {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for token in explanation.subsequences.iter().flat_map(Subsequence::common) {
            match counts.iter_mut().find(|(text, _)| text == token) {
                Some((_, count)) => *count += 1,
                None => counts.push((token.to_owned(), 1)),
            }
        }
        counts
    };
    let matched = |grams: &Grams| -> Vec<(String, usize)> {
        grams.grams.iter().filter(|g| g.matched > 0).map(|g| (g.text.clone(), g.matched)).collect()
    };
    let mut all = Vec::new();
    for now in &after.grams {
        let was = before.grams.iter().find(|g| (g.unit, g.order) == (now.unit, now.order));
        let was = was.map(matched).unwrap_or_default();
        all.push(Moved {
            unit: now.unit,
            order: now.order,
            gained: more(&matched(now), &was),
            lost: more(&was, &matched(now)),
        });
    }
    let (was, now) = (common(before), common(after));
    all.push(Moved { unit: "subsequence", order: 1, gained: more(&now, &was), lost: more(&was, &now) });
    all.retain(|moved| !moved.gained.is_empty() || !moved.lost.is_empty());
    all
}

/// What one side has more often than the other, and by how much.
fn more(side: &[(String, usize)], than: &[(String, usize)]) -> Vec<(String, usize)> {
    let than: HashMap<&str, usize> = than.iter().map(|(text, count)| (text.as_str(), *count)).collect();
    let excess = |(text, count): &(String, usize)| {
        let excess = count.saturating_sub(than.get(text.as_str()).copied().unwrap_or(0));
        (excess > 0).then(|| (text.clone(), excess))
    };
    side.iter().filter_map(excess).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metric::MetricRequest;
    use crate::metric::pair::{Pair, PairScorer};

    fn request(name: &str, uses: &str, options: &str) -> MetricRequest {
        let options = options.parse().expect("options");
        MetricRequest { uses: uses.to_owned(), name: name.to_owned(), options }
    }

    fn words() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec!["the", "cats", "cat", "sat", "on", "mat.", "Paris", "\n", "2,5", "loans"]);
        prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
    }

    /// The last number of the last line of arithmetic: the value that it comes to.
    fn result(line: &str) -> f64 {
        line.rsplit("= ").next().and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("no result in {line}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// The explanation counts by itself; that it comes to the metric's own value tests both.
        #[test]
        fn the_arithmetic_comes_to_the_value(candidate in words(), references in prop::collection::vec(words(), 1..4)) {
            let requests = [
                request("rouge1", "rouge1", ""), request("stems", "rouge2", "stem = true"),
                request("rougeL", "rougeL", ""), request("rougeLsum", "rougeLsum", "lossy = \"allow\""),
                request("bleu", "bleu", ""), request("floor", "bleu", "smoothing = \"floor\"\nmax_order = 3"),
                request("addk", "bleu", "smoothing = \"add-k\"\nlowercase = true"), request("none", "bleu", "smoothing = \"none\""),
                request("chrf", "chrf", ""), request("chrf++", "chrf++", "lowercase = true"),
                request("eps", "chrf++", "eps_smoothing = true"), request("ter", "ter", "normalized = true"),
                request("meteor", "meteor", "gamma = 0.4"),
            ];
            let scorer = PairScorer::new(&requests).expect("built-ins");
            let mut pair = Pair::new(&candidate, references.iter().map(String::as_str));
            pair.lang = Some("en".into());
            for explained in scorer.session().explain(&pair) {
                let Some(fields) = &explained.fields else { continue };
                let behind = explained.behind.as_ref().expect("these explain themselves");
                let value = fields.last().expect("a field").1;
                let come_to = result(behind.arithmetic.last().expect("arithmetic"));
                prop_assert!((value - come_to).abs() < 6e-5, "{}: {value}\n{:#?}", explained.metric, behind.arithmetic);
                for grams in &behind.grams {
                    prop_assert_eq!(grams.matched, grams.grams.iter().map(|g| g.matched).sum::<usize>());
                }
            }
        }
    }

    #[test]
    fn what_moved_is_told_by_order() {
        let scorer = PairScorer::new(&[MetricRequest::plain("rouge2"), MetricRequest::plain("rougeL")]).expect("rouge");
        let reference = "the council approved new buses";
        let mut session = scorer.session();
        let before = session.explain(&Pair::new("the council bought new buses", [reference]));
        let after = session.explain(&Pair::new("the council approved buses", [reference]));
        let moved =
            |at: usize| moved(before[at].behind.as_ref().expect("behind"), after[at].behind.as_ref().expect("behind"));
        let bigrams = moved(0);
        assert_eq!(bigrams.len(), 1);
        assert_eq!((bigrams[0].unit, bigrams[0].order), ("token", 2));
        assert_eq!(bigrams[0].gained, [("council approved".to_owned(), 1)]);
        assert_eq!(bigrams[0].lost, [("new buses".to_owned(), 1)]);
        let lcs = moved(1);
        assert_eq!(lcs[0].gained, [("approved".to_owned(), 1)]);
        assert_eq!(lcs[0].lost, [("new".to_owned(), 1)]);
    }

    #[test]
    fn a_pair_without_a_score_says_why() {
        let scorer = PairScorer::new(&[MetricRequest::plain("rouge1"), MetricRequest::plain("length")]).expect("both");
        let explained = scorer.session().explain(&Pair::new("a text", []));
        assert_eq!(explained[0].fields, None);
        assert_eq!(explained[0].unscored.as_ref().map(|u| u.code.as_str()), Some("no_reference"));
        // What shows no tokens shows its counts.
        assert!(explained[1].behind.is_none() && explained[1].counts.is_some());
    }
}
