//! House rules on outputs: a pass or a fail an item.
//!
//! A suite writes them as `[[check]]`, each under a name of its own, with one or more of
//!
//! - `forbid = ["川普"]`: none of these words may stand in the output (folded for case and width);
//! - `require = ["…"]`: all of these must;
//! - `regex = "…"`: the output must match it somewhere (the `regex` crate's syntax);
//! - `max_chars = 120`: it may not be longer, in Unicode scalar values without white space at the ends;
//! - `script = "Hant"`: no sentence may be in the other Chinese script.
//!
//! What stands in quotation marks is somebody else's text: `forbid` and `script` leave it alone. The field `pass` is 1
//! or 0, its mean the share of articles that pass; the record says of each failure which rule broke and where. Linear in
//! the text.

use regex::Regex;
use serde::Deserialize;

use super::{Family, Item, Metric, MetricRequest, OptionsError, Rows, Session, overlap};
use crate::model::score::Stratum;
use crate::model::{Aggregation, FieldSpec, MetricSpec, Outcome, Signature};
use crate::text::script::{self, Script};
use crate::text::sentence;

/// Entry.
pub static FAMILY: Family = Family {
    name: "check",
    about: "house rules on outputs: words forbidden or required, a pattern, a length, a script; written as [[check]]",
    source: "epitome",
    names: &["check"],
    answers: |name| name == "check",
    build,
};

const REV: u32 = 1;

/// The rules of one check, all of which must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(default)]
    forbid: Vec<String>,
    #[serde(default)]
    require: Vec<String>,
    regex: Option<String>,
    max_chars: Option<usize>,
    script: Option<Wanted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Wanted {
    Hant,
    Hans,
}

struct Check {
    specs: Vec<MetricSpec>,
    forbid: Vec<String>,
    require: Vec<String>,
    regex: Option<Regex>,
    max_chars: Option<usize>,
    script: Option<Wanted>,
}

fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    requests.iter().map(|request| Ok(Box::new(Check::new(request)?) as Box<dyn Metric>)).collect()
}

impl Check {
    fn new(request: &MetricRequest) -> Result<Self, OptionsError> {
        let options: Options = request.options()?;
        let broken = |error: regex::Error| OptionsError::new(request, "regex", error.to_string());
        let regex = options.regex.as_deref().map(Regex::new).transpose().map_err(broken)?;
        // The rules themselves are what a number depends on.
        let rules = request.options.to_string().trim().replace('\n', "; ");
        let signature = Signature::new("check", REV).with("rules", rules);
        let spec = MetricSpec {
            name: request.name.clone(),
            columns: vec!["pass".to_owned()],
            fields: vec![FieldSpec::higher("pass", 1.0)],
            headline: Some(0),
            aggregation: Aggregation::Mean,
            strata: vec![Stratum { name: String::new(), signature }],
        };
        let folded = |words: Vec<String>| words.iter().map(|word| fold(word)).collect();
        Ok(Check {
            specs: vec![spec],
            forbid: folded(options.forbid),
            require: folded(options.require),
            regex,
            max_chars: options.max_chars,
            script: options.script,
        })
    }

    /// The first rule that a text breaks, in words.
    fn broken(&self, text: &str) -> Option<String> {
        let own = without_quotations(text);
        let folded = fold(&own);
        if let Some(word) = self.forbid.iter().find(|word| folded.contains(word.as_str())) {
            return Some(format!("holds `{word}`, which is forbidden"));
        }
        let whole = fold(text);
        if let Some(word) = self.require.iter().find(|word| !whole.contains(word.as_str())) {
            return Some(format!("lacks `{word}`, which is required"));
        }
        if let Some(regex) = self.regex.as_ref().filter(|regex| !regex.is_match(text)) {
            return Some(format!("does not match `{regex}`"));
        }
        let length = text.trim().chars().count();
        if let Some(limit) = self.max_chars.filter(|limit| length > *limit) {
            return Some(format!("has {length} characters, more than {limit}"));
        }
        let wanted = self.script?;
        let (want, other) = match wanted {
            Wanted::Hant => (Script::Hant, Script::Hans),
            Wanted::Hans => (Script::Hans, Script::Hant),
        };
        let foreign = |sentence: &str| {
            let (hant, hans) = script::evidence(sentence);
            let (right, wrong) = if want == Script::Hant { (hant, hans) } else { (hans, hant) };
            wrong > right
        };
        let place = sentence::split(&own).into_iter().map(|range| &own[range]).find(|sentence| foreign(sentence))?;
        let shown: String = place.chars().take(24).collect();
        Some(format!("is in {} where {wanted:?} is wanted: {shown}", other.code().unwrap_or_default()))
    }
}

/// Folds case and full-width forms, so that a rule finds a word however it is typed.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// A text with what stands in paired quotation marks taken out. A mark that is never closed quotes nothing.
fn without_quotations(text: &str) -> String {
    const PAIRS: [(char, char); 5] = [('「', '」'), ('『', '』'), ('“', '”'), ('‘', '’'), ('《', '》')];
    // Where each kind closes for the last time, so that no mark looks for an end that is not there.
    let last = PAIRS.map(|(_, close)| text.rfind(close));
    let mut own = String::with_capacity(text.len());
    let mut quoted_until = 0;
    for (at, c) in text.char_indices() {
        if at < quoted_until {
            continue;
        }
        let kind = PAIRS.iter().position(|(open, _)| *open == c);
        if let Some(kind) = kind.filter(|kind| last[*kind].is_some_and(|last| last > at))
            && let Some(length) = text[at..].find(PAIRS[kind].1)
        {
            quoted_until = at + length + PAIRS[kind].1.len_utf8();
            continue;
        }
        own.push(c);
    }
    own
}

impl Metric for Check {
    fn specs(&self) -> &[MetricSpec] {
        &self.specs
    }

    fn session(&self) -> Box<dyn Session + '_> {
        Box::new(CheckSession(self))
    }

    fn fields(&self, _spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()> {
        overlap::mean(sum, n, fields)
    }
}

struct CheckSession<'a>(&'a Check);

impl Session for CheckSession<'_> {
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows) {
        let broken = self.0.broken(item.candidate);
        rows.values[0] = f64::from(u8::from(broken.is_none()));
        rows.observed.push(Outcome::Scored(0));
        rows.notes.extend(broken.map(|note| (0, note)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rules: &str, text: &str) -> Option<String> {
        let options = rules.parse().expect("TOML");
        let request = MetricRequest { uses: "check".into(), name: "house".into(), options };
        Check::new(&request).expect("rules").broken(text)
    }

    #[test]
    fn each_rule_says_what_breaks_it() {
        assert_eq!(broken("forbid = ['川普']", "川普發表談話。").as_deref(), Some("holds `川普`, which is forbidden"));
        assert_eq!(broken("forbid = ['ABC']", "ａｂｃ").as_deref(), Some("holds `abc`, which is forbidden"));
        assert_eq!(broken("require = ['本報']", "記者報導。").as_deref(), Some("lacks `本報`, which is required"));
        assert_eq!(broken("regex = '。$'", "沒有句點").as_deref(), Some("does not match `。$`"));
        assert_eq!(broken("max_chars = 3", " 四個字呢 ").as_deref(), Some("has 4 characters, more than 3"));
        let script = broken("script = 'Hant'", "會議在天津舉行。习近平发表讲话。");
        assert_eq!(script.as_deref(), Some("is in Hans where Hant is wanted: 习近平发表讲话。"));
        assert_eq!(broken("max_chars = 4\nrequire = ['字']", "四個字呢"), None);
    }

    #[test]
    fn quoted_text_is_somebody_elses() {
        assert_eq!(broken("forbid = ['川普']", "他稱之為「川普效應」。"), None);
        assert_eq!(broken("script = 'Hant'", "招牌寫著「发现美丽」四字，會場圍觀者眾。"), None);
        assert!(broken("forbid = ['川普']", "「川普沒有收尾").is_some());
    }

    #[test]
    fn a_megabyte_of_quotes_is_soon_done() {
        assert_eq!(broken("forbid = ['x']", &"「".repeat(300_000)), None);
        assert_eq!(broken("forbid = ['x']", &format!("{}『x』", "「".repeat(300_000))), None);
    }
}
