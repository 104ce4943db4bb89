//! Whether the output is in the language and the Chinese script asked of it.
//!
//! Script is not content: a summary in Simplified of a Traditional article may keep every fact, and still be wrong for
//! its readers. `script.match` is 0 where the output, or one of its sentences, is in the other script than expected:
//! that of the language asked of the system (`zh-TW`, `zh-Hant`), else of the reference's tag or text, else of the
//! article's. A sentence is in a script when at least two of its characters, and most of those that tell, are written
//! in that script only. `language.match` is 0 where the output's detected language is not the one asked of the system,
//! else the reference's, else the article's.
//! Linear in the text.

use super::overlap;
use super::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session};
use crate::model::score::Stratum;
use crate::model::{Aggregation, FieldSpec, Lang, MetricSpec, Outcome, Reason, ReasonCode, Signature};
use crate::text::script::{self, Script};
use crate::text::{lang, sentence};

/// Entry.
pub static FAMILY: Family = Family {
    name: "script",
    about: "whether the output is in the Chinese script, and in the language, asked of it",
    source: "epitome",
    names: &["script", "language"],
    answers: |name| matches!(name, "script" | "language"),
    build,
};

const REV: u32 = 1;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {}

struct MatchMetric {
    specs: Vec<MetricSpec>,
    judge: fn(&Item<'_>) -> Result<bool, Reason>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(MatchMetric::new(request)?) as Box<dyn Metric>)).collect()
}

impl MatchMetric {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let Options {} = request.options()?;
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: vec!["match".to_owned()],
            fields: vec![FieldSpec::higher("match", 1.0)],
            headline: Some(0),
            aggregation: Aggregation::Mean,
            strata: vec![Stratum { name: String::new(), signature: Signature::new(&request.uses, REV) }],
        };
        let judge = if request.uses == "script" { script_matches } else { language_matches };
        Ok(MatchMetric { specs: vec![spec], judge })
    }
}

impl Metric for MatchMetric {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(MatchSession(self.judge))
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct MatchSession(fn(&Item<'_>) -> Result<bool, Reason>);

impl Session for MatchSession {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        rows.observed.push(match (self.0)(item) {
            Ok(matches) => {
                rows.values[0] = f64::from(u8::from(matches));
                Outcome::Scored(0)
            }
            Err(reason) => Outcome::NotApplicable(reason),
        });
    }
}

fn script_matches(item: &Item<'_>) -> Result<bool, Reason> {
    if !item.candidate.chars().any(script::is_han) {
        return Err(Reason::new(ReasonCode::NothingToScore, "the output holds no Han character"));
    }
    let other = match expected_script(item)? {
        Script::Hant => Script::Hans,
        _ => Script::Hant,
    };
    let in_other = |text: &str| {
        let (hant, hans) = script::evidence(text);
        let (wrong, right) = if other == Script::Hant { (hant, hans) } else { (hans, hant) };
        wrong >= 2 && wrong > right
    };
    let whole = script::detect(item.candidate);
    let sentences = sentence::split(item.candidate);
    Ok(whole != other && whole != Script::Mixed && !sentences.into_iter().any(|range| in_other(&item.candidate[range])))
}

/// The script that readers were promised.
fn expected_script(item: &Item<'_>) -> Result<Script, Reason> {
    let told = |script: Script| script.code().is_some().then_some(script);
    let by_tag = |lang: Option<&Lang>| lang.and_then(lang::script_of).and_then(told);
    let by_text = |text: &str| told(script::detect(text));
    let references = item.references.iter();
    std::iter::once(by_tag(item.expected_lang))
        .chain(references.map(|reference| by_tag(reference.lang.as_ref()).or_else(|| by_text(&reference.summary))))
        .chain(item.article.map(|article| by_tag(article.lang.as_ref()).or_else(|| by_text(&article.source))))
        .flatten()
        .next()
        .ok_or_else(|| {
            let message =
                "nothing says which script is expected: no tag and no telling character in reference or source";
            Reason::new(ReasonCode::NothingToScore, message)
        })
}

fn language_matches(item: &Item<'_>) -> Result<bool, Reason> {
    let reference = item.references.iter().find_map(|reference| reference.lang.as_ref());
    let tagged = item.expected_lang.or(reference).or_else(|| item.article.and_then(|article| article.lang.as_ref()));
    let expected = match tagged {
        Some(lang) => lang.clone(),
        None => {
            let text = item.references.first().map(|r| r.summary.as_str()).or(item.article.map(|a| a.source.as_str()));
            text.map_or_else(|| Lang::new("und"), lang::detect)
        }
    };
    let found = lang::detect(item.candidate);
    for (lang, what) in [(&expected, "the language expected"), (&found, "the output's language")] {
        if lang.as_str() == "und" {
            return Err(Reason::new(ReasonCode::NothingToScore, format!("{what} cannot be told")));
        }
    }
    Ok(lang::same_language(&expected, &found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reference;

    fn judged(name: &str, lang: Option<&str>, reference: &str, candidate: &str) -> Outcome<f64> {
        let metrics = super::super::build(&[MetricRequest::plain(name)]).expect("a built-in");
        let references =
            [Reference { id: "1".into(), summary: reference.into(), annotator: None, lang: lang.map(Lang::new) }];
        let mut rows = Rows::default();
        rows.reset(metrics[0].specs());
        let item = Item {
            candidate,
            candidate_lang: None,
            expected_lang: None,
            references: &references,
            article: None,
            facts: &[],
            report: None,
            given: None,
        };
        metrics[0].session().observe(&item, &mut rows);
        rows.observed[0].clone().map(|_| rows.values[0])
    }

    #[test]
    fn a_sentence_in_the_wrong_script_is_found() {
        let right = "峰會於週一開幕。各國領導人討論貿易與運輸。中國宣布提供援助。會議於週二結束。與會者簽署了協議。";
        let slip = right.replace("會議於週二結束", "会议于周二结束");
        assert_eq!(judged("script", Some("zh-TW"), "峰會", right), Outcome::Scored(1.0));
        assert_eq!(judged("script", Some("zh-TW"), "峰會", &slip), Outcome::Scored(0.0));
        assert_eq!(judged("script", None, "峰會開幕", &slip), Outcome::Scored(0.0));
        assert_eq!(judged("script", Some("zh-CN"), "峰会", right), Outcome::Scored(0.0));
        assert!(judged("script", Some("zh-TW"), "峰會", "The summit opened.").scored().is_none());
    }

    #[test]
    fn the_language_is_the_texts_own() {
        let english = "The leaders met on Monday and agreed to extend the loans over three years.";
        assert_eq!(judged("language", Some("en"), "They met.", english), Outcome::Scored(1.0));
        assert_eq!(judged("language", Some("zh-Hant"), "峰會", english), Outcome::Scored(0.0));
        assert_eq!(judged("language", None, "峰會於週一開幕", "峰会于周一开幕"), Outcome::Scored(1.0));
        assert!(judged("language", Some("en"), "They met.", "2025").scored().is_none());
    }
}
