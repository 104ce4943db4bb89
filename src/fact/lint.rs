//! What is wrong with a checklist: `epitome facts lint`.
//!
//! A checklist is held against its own article and references, as a summary would be: a fact that its article does not
//! bear out cannot be asked of a summary, and one that no reference keeps may not be worth asking.

use std::collections::BTreeSet;

use serde::Serialize;

use super::prepared::Prepared;
use super::{Context, forms};
use crate::model::{Fact, FactKind, Verdict};
use crate::text::script::is_han;

/// The kinds of finding, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The fact's own article does not say it.
    Unborne,
    /// Another fact of the article says the same.
    Duplicate,
    /// No acceptable summary leaves it out, it is said, but annotators did.
    MustDropped,
    /// No reference keeps it.
    Unkept,
    /// Nobody has read it yet; it counts in no figure.
    Draft,
}

impl Kind {
    /// All of them, in the order of help.
    pub const ALL: [Kind; 5] = [Kind::Unborne, Kind::Duplicate, Kind::MustDropped, Kind::Unkept, Kind::Draft];

    /// As answers and `--fail-on` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Unborne => "unborne",
            Kind::Duplicate => "duplicate",
            Kind::MustDropped => "must-dropped",
            Kind::Unkept => "unkept",
            Kind::Draft => "draft",
        }
    }
}

/// Something wrong, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Index of the fact in the checklist.
    pub fact: usize,
    /// Index of the other fact, for a duplicate.
    pub other: Option<usize>,
    /// What was found, in a line.
    pub message: String,
}

/// Looks through an article's checklist. Facts that are drafts are looked at like the others.
pub fn lint(context: &Context<'_>, facts: &[Fact], references: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    if facts.is_empty() {
        return found;
    }
    let prepared = Prepared::new(context, facts);
    if let Some(source) = context.source {
        for (fact, judged) in prepared.check(source, context.source_lang).facts.iter().enumerate() {
            // Here the article is what is held against the claim.
            let reason = judged.reason.replace("the summary", "the article");
            let message = match judged.verdict {
                Verdict::Covered => continue,
                Verdict::Missing => format!("its own article does not say it: {reason}"),
                Verdict::Contradicted => format!("its own article contradicts it: {reason}"),
            };
            found.push(Finding { kind: Kind::Unborne, fact, other: None, message });
        }
    }
    found.extend(duplicates(&prepared, facts));
    let mut kept = vec![0usize; facts.len()];
    for reference in references {
        for (count, judged) in kept.iter_mut().zip(prepared.check(reference, None).facts) {
            *count += usize::from(judged.verdict == Verdict::Covered);
        }
    }
    for (index, fact) in facts.iter().enumerate() {
        let (kept, all) = (kept[index], references.len());
        let mut push = |kind, message| found.push(Finding { kind, fact: index, other: None, message });
        if fact.must && kept < all {
            push(Kind::MustDropped, format!("it must be kept, and {} of {all} references leave it out", all - kept));
        } else if all > 0 && kept == 0 {
            push(Kind::Unkept, format!("none of {all} references keeps it"));
        }
        if !fact.counts() {
            push(Kind::Draft, "a draft: read it, mend it and remove `status`; it counts in no figure".to_owned());
        }
    }
    found.sort_by_key(|f| (f.fact, f.kind));
    found
}

/// Facts with the same words, or each of whose claims covers the other.
fn duplicates(prepared: &Prepared, facts: &[Fact]) -> Vec<Finding> {
    let words =
        |fact: &Fact| -> String { forms::fold(&fact.claim).into_iter().filter(|c| c.is_alphanumeric()).collect() };
    let words: Vec<String> = facts.iter().map(words).collect();
    let covers: Vec<Vec<bool>> = facts
        .iter()
        .map(|fact| prepared.check(&fact.claim, None).facts.iter().map(|j| j.verdict == Verdict::Covered).collect())
        .collect();
    let mut found = Vec::new();
    for (later, fact) in facts.iter().enumerate() {
        let same = |earlier: &usize| {
            let each = covers[*earlier][later] && covers[later][*earlier];
            let kinds = facts[*earlier].kind == fact.kind;
            let figure = matches!(fact.kind, FactKind::Quantity | FactKind::Date);
            words[*earlier] == words[later]
                || each && kinds && (figure || alike(&facts[*earlier].claim, &fact.claim) >= ALIKE)
        };
        if let Some(earlier) = (0..later).find(same) {
            let message = format!("says the same as `{}`", facts[earlier].id);
            found.push(Finding { kind: Kind::Duplicate, fact: later, other: Some(earlier), message });
        }
    }
    found
}

/// The share of words from which two claims without a figure that cover each other are the same: two parties of one event
/// cover each other too.
const ALIKE: f64 = 0.6;

/// The share of all words of two claims that both have; of Chinese, of all pairs of characters.
fn alike(a: &str, b: &str) -> f64 {
    let parts = |text: &str| -> BTreeSet<String> {
        let folded: String = forms::fold(text).into_iter().collect();
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let pairs = |word: &str| -> Vec<String> {
            let chars: Vec<char> = word.chars().collect();
            match chars.iter().any(|c| is_han(*c)) {
                true => chars.windows(2).map(|pair| pair.iter().collect()).collect(),
                false => vec![word.to_owned()],
            }
        };
        words.flat_map(pairs).collect()
    };
    let (a, b) = (parts(a), parts(b));
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "The council approved 48 new buses on Tuesday. They will cost $21 million.";

    fn fact(id: &str, claim: &str, extra: serde_json::Value) -> Fact {
        let mut value = serde_json::json!({"id": id, "kind": "quantity", "claim": claim});
        value.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        serde_json::from_value(value).expect("a fact")
    }

    fn found(facts: &[Fact], references: &[&str]) -> Vec<(Kind, usize)> {
        let context = Context { source: Some(SOURCE), ..Context::default() };
        lint(&context, facts, references).iter().map(|f| (f.kind, f.fact)).collect()
    }

    #[test]
    fn what_is_wrong_is_found_and_nothing_else() {
        let none = serde_json::json!({});
        let facts = [
            fact("buses", "The council approved 48 new buses.", serde_json::json!({"must": true})),
            fact("cost", "The buses will cost $12 million.", none.clone()),
            fact("again", "48 new buses were approved by the council.", serde_json::json!({"status": "draft"})),
        ];
        let references = ["The council approved 48 new buses.", "The buses will cost $21 million."];
        let expected =
            [(Kind::MustDropped, 0), (Kind::Unborne, 1), (Kind::Unkept, 1), (Kind::Duplicate, 2), (Kind::Draft, 2)];
        assert_eq!(found(&facts, &references), expected);
        assert_eq!(found(&facts[..1], &references[..1]), []);
        assert_eq!(found(&facts[..1], &[]), [], "without references nothing is dropped");
    }
}
