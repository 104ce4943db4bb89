//! What holds of every registered metric, whatever it measures.

use proptest::prelude::*;

use super::{FAMILIES, Item, Metric, MetricRequest, Rows, build};
use crate::fact::{Context, Prepared};
use crate::model::{Article, Direction, Fact, FactKind, Lang, Outcome, Reference};

/// Every built-in that the registry lists, but for patterns such as `rougeN`.
fn all() -> Vec<Box<dyn Metric>> {
    // What comes from outside has no number of its own.
    let families = FAMILIES.iter().filter(|family| family.name != super::external::FAMILY.name);
    let names = families.flat_map(|family| family.names.iter()).filter(|name| !name.ends_with('N'));
    build(&names.map(|name| MetricRequest::plain(name)).collect::<Vec<_>>()).expect("plain built-ins")
}

/// What one item's metrics said: for each spec its fields, or none.
type Said = Vec<(String, Outcome<Vec<f64>>)>;

struct Text {
    candidate: String,
    lang: Option<Lang>,
    references: Vec<Reference>,
    article: Article,
    facts: Vec<Fact>,
}

impl Text {
    fn new(candidate: &str, references: &[String], source: &str, lang: Option<&str>) -> Self {
        let lang = lang.map(Lang::new);
        let reference = |summary: &String| Reference {
            id: "a".into(),
            summary: summary.clone(),
            annotator: None,
            lang: lang.clone(),
        };
        let article = serde_json::json!({"id": "a", "source": source, "lang": lang});
        // The point of 3.5 ends no sentence: a claim cut there is not what the source says.
        let sentences = source.split(['\n', '。']).flat_map(|line| line.split(". "));
        let claims = sentences.filter(|s| !s.trim().is_empty()).take(3).enumerate();
        let fact = |(i, claim): (usize, &str)| {
            let fact = serde_json::json!({"id": i.to_string(), "kind": FactKind::Statement, "claim": claim});
            serde_json::from_value(fact).expect("a fact")
        };
        Text {
            candidate: candidate.to_owned(),
            references: references.iter().map(reference).collect(),
            article: serde_json::from_value(article).expect("an article"),
            facts: claims.map(fact).collect(),
            lang,
        }
    }

    fn observe(&self, metrics: &[Box<dyn Metric>], sessions: &mut [Box<dyn super::Session + '_>]) -> Said {
        let context = Context {
            source: Some(&self.article.source),
            source_lang: self.article.lang.as_ref(),
            date: Some("2025-09-01"),
        };
        let report = Prepared::new(&context, &self.facts).check(&self.candidate, self.lang.as_ref());
        let item = Item {
            candidate: &self.candidate,
            candidate_lang: self.lang.as_ref(),
            expected_lang: None,
            references: &self.references,
            article: Some(&self.article),
            facts: &self.facts,
            report: Some(&report),
            given: None,
        };
        let mut said = Said::new();
        let mut rows = Rows::default();
        for (metric, session) in metrics.iter().zip(sessions) {
            rows.reset(metric.specs());
            session.observe(&item, &mut rows);
            assert_eq!(rows.observed.len(), metric.specs().len(), "an outcome a spec");
            let mut at = 0;
            for (index, spec) in metric.specs().iter().enumerate() {
                let row = &rows.values[at..at + spec.columns.len()];
                at += spec.columns.len();
                let outcome = match &rows.observed[index] {
                    Outcome::Scored(stratum) => {
                        assert!(*stratum < spec.strata.len(), "{}: a stratum that it declares", spec.name);
                        let mut fields = vec![f64::NAN; spec.fields.len()];
                        match metric.item_fields(index, row, &mut fields) {
                            Some(()) => Outcome::Scored(fields),
                            None => continue,
                        }
                    }
                    other => other.clone().map(|_| Vec::new()),
                };
                said.push((spec.name.clone(), outcome));
            }
        }
        said
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec![
            "the", "The", "and", "summit", "loans", "loan", "2025", "3.5%", "don't", "of", "in", "$2", "billion",
            "\n", "。", ".", "峰會", "贷款", "三年", "20億元", "5", "項", "はい", "ไทย", "été", "Ελλάς",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(word(), 0..30), prop::sample::select(vec![" ", ""])).prop_map(|(words, by)| words.join(by))
}

fn tag() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("en"), Some("zh-Hant"), Some("zh-CN"), Some("fr"), Some("ja"), Some("und")])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scores_are_finite_and_in_range_and_no_text_panics(
        candidate in text(), references in prop::collection::vec(text(), 0..3), source in text(), lang in tag(),
    ) {
        let metrics = all();
        let mut sessions: Vec<_> = metrics.iter().map(|m| m.session()).collect();
        for (name, outcome) in Text::new(&candidate, &references, &source, lang).observe(&metrics, &mut sessions) {
            let Outcome::Scored(fields) = outcome else { continue };
            let spec = metrics.iter().flat_map(|m| m.specs()).find(|s| s.name == name).expect("its spec");
            for (value, field) in fields.iter().zip(&spec.fields) {
                prop_assert!(value.is_finite(), "{name}.{}: {value}", field.name);
                let (least, most) = field.range;
                prop_assert!(least.is_none_or(|least| *value >= least), "{name}.{}: {value}", field.name);
                prop_assert!(most.is_none_or(|most| *value <= most + 1e-9), "{name}.{}: {value}", field.name);
            }
        }
    }

    #[test]
    fn identical_text_is_the_best_score(reference in text(), other in text(), lang in tag()) {
        let metrics = all();
        let mut sessions: Vec<_> = metrics.iter().map(|m| m.session()).collect();
        let references = [reference.clone()];
        let best = Text::new(&reference, &references, &reference, lang).observe(&metrics, &mut sessions);
        let other = Text::new(&other, &references, &reference, lang).observe(&metrics, &mut sessions);
        for (name, outcome) in other {
            // These judge the form of a text by its tag, not by the reference's words.
            if matches!(name.as_str(), "script" | "language") {
                continue;
            }
            let Outcome::Scored(fields) = outcome else { continue };
            let Some((_, Outcome::Scored(best))) = best.iter().find(|(n, _)| *n == name) else { continue };
            let spec = metrics.iter().flat_map(|m| m.specs()).find(|s| s.name == name).expect("its spec");
            for ((value, best), field) in fields.iter().zip(best).zip(&spec.fields) {
                let holds = match field.direction {
                    Direction::Higher => *best >= value - 1e-9,
                    Direction::Lower => *best <= value + 1e-9,
                    Direction::Neutral => true,
                };
                prop_assert!(holds, "{name}.{}: {best} for the text itself, {value} for another", field.name);
            }
        }
    }

    #[test]
    fn an_items_score_depends_on_no_other_item(
        texts in prop::collection::vec((text(), text(), text(), tag()), 1..6),
    ) {
        let metrics = all();
        let texts: Vec<_> = texts.iter().map(|(c, r, s, lang)| Text::new(c, std::slice::from_ref(r), s, *lang)).collect();
        let mut sessions: Vec<_> = metrics.iter().map(|m| m.session()).collect();
        let forth: Vec<_> = texts.iter().map(|t| t.observe(&metrics, &mut sessions)).collect();
        let mut sessions: Vec<_> = metrics.iter().map(|m| m.session()).collect();
        let mut back: Vec<_> = texts.iter().rev().map(|t| t.observe(&metrics, &mut sessions)).collect();
        back.reverse();
        prop_assert_eq!(&forth, &back);
        for (text, said) in texts.iter().zip(&forth) {
            let mut fresh: Vec<_> = metrics.iter().map(|m| m.session()).collect();
            prop_assert_eq!(&text.observe(&metrics, &mut fresh), said);
        }
    }
}

#[test]
fn every_name_listed_is_answered_to_and_signed() {
    for metric in all() {
        for spec in metric.specs() {
            assert!(!spec.strata.is_empty(), "{}: at least one stratum", spec.name);
            for stratum in &spec.strata {
                assert!(stratum.signature.get("rev").is_some() && stratum.signature.get("metric").is_some());
            }
            assert!(spec.headline.is_none_or(|field| field < spec.fields.len()));
        }
    }
}
