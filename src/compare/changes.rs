//! What moved a difference: facts, figures, articles, lengths, words, and the suite itself.

use std::collections::{BTreeMap, BTreeSet};

use super::delta::Delta;
use super::diff::{Pairs, Piece, diff};
use super::side::{ArticleKey, FigureSeen, Side};
use crate::model::{Direction, Verdict};

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Contradicted now, and not before.
    Contradicted,
    /// Covered before, missing now.
    Lost,
    /// Contradicted before, missing now.
    Withdrawn,
    /// Covered now, and not before.
    Gained,
}

/// A fact whose verdict changed in one article.
#[derive(Debug, Clone, serde::Serialize)]
pub struct FactChange {
    /// What became of it.
    pub turn: Turn,
    /// `dataset/id`.
    pub article: String,
    /// The fact's id.
    pub fact: String,
    /// Its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether no acceptable summary leaves it out.
    pub must: bool,
    /// The claim; empty where neither side keeps it.
    pub claim: String,
    /// The verdicts, before and now.
    pub verdicts: (Verdict, Verdict),
    /// The words that show the verdict: now, else before.
    pub evidence: Option<String>,
    /// Why the verdict now is what it is.
    pub reason: String,
}

/// Facts of a group, counted by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct GroupChange {
    /// Covered now, and not before.
    pub gained: u64,
    /// Covered before, missing now.
    pub lost: u64,
    /// Contradicted now, and not before.
    pub contradicted: u64,
    /// Contradicted before, missing now.
    pub withdrawn: u64,
    /// The same before and now.
    pub same: u64,
}

/// A fact that the second side keeps in one language of a story and not in another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Across {
    /// What ties the translations.
    pub story: String,
    /// The fact's id, the same in each.
    pub fact: String,
    /// The claim, in the first of the languages that have it.
    pub claim: String,
    /// The languages in which it is covered.
    pub kept: Vec<String>,
    /// Those in which it is not, each with its verdict.
    pub lost: Vec<(String, Verdict)>,
    /// Whether that was so on the first side, too.
    pub before: bool,
}

/// Facts kept in one language and lost in another, those that the first side did not lose first.
pub fn across(first: &Side, second: &Side) -> Vec<Across> {
    let (before, now) = (by_story(first), by_story(second));
    let mut found = Vec::new();
    for ((story, fact), seen) in now {
        let apart = |seen: &[Seen<'_>]| {
            let kept = seen.iter().filter(|s| s.verdict == Verdict::Covered).count();
            kept > 0 && kept < seen.len()
        };
        if !apart(&seen) {
            continue;
        }
        let lost = seen.iter().filter(|s| s.verdict != Verdict::Covered).map(|s| (s.lang.to_owned(), s.verdict));
        found.push(Across {
            story: story.to_owned(),
            fact: fact.to_owned(),
            claim: seen.iter().map(|s| s.claim).find(|c| !c.is_empty()).unwrap_or_default().to_owned(),
            kept: seen.iter().filter(|s| s.verdict == Verdict::Covered).map(|s| s.lang.to_owned()).collect(),
            lost: lost.collect(),
            before: before.get(&(story, fact)).is_some_and(|seen| apart(seen)),
        });
    }
    found.sort_by_key(|a| a.before);
    found
}

/// What is said of a fact in one language.
struct Seen<'a> {
    lang: &'a str,
    verdict: Verdict,
    claim: &'a str,
}

fn by_story(side: &Side) -> BTreeMap<(&str, &str), Vec<Seen<'_>>> {
    let mut stories: BTreeMap<(&str, &str), Vec<Seen<'_>>> = BTreeMap::new();
    for article in side.articles.values() {
        let (Some(story), Some(lang)) = (&article.story, &article.lang) else { continue };
        for (id, fact) in article.facts() {
            let seen = Seen { lang, verdict: fact.verdict, claim: &fact.claim };
            stories.entry((story, id)).or_default().push(seen);
        }
    }
    stories
}

/// A figure that the source does not bear out, on one side only.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FigureChange {
    /// `dataset/id`.
    pub article: String,
    /// As it stands in the output.
    pub surface: String,
    /// Why it is not borne out, where known.
    pub reason: String,
}

/// An article's part in a difference of means.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ArticleMove {
    /// `dataset/id`.
    pub article: String,
    /// Its score on the first side.
    pub first: f64,
    /// Its score on the second side.
    pub second: f64,
    /// The outputs' diff, where both sides keep them.
    pub diff: Vec<Piece>,
}

/// A change of the resolved suite, as far as it concerns the two systems.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PlanChange {
    /// Where in the suite: `system.prompt`, `metric[rouge1].tokenizer`, `dataset cms: articles`.
    pub place: String,
    /// What stood there; `-` for nothing.
    pub first: String,
    /// What stands there; `-` for nothing.
    pub second: String,
}

/// The name of an article for people.
pub fn shown(key: &ArticleKey) -> String {
    format!("{}/{}", key.0, key.1)
}

/// The articles that both sides have.
pub fn common<'a>(first: &'a Side, second: &'a Side) -> impl Iterator<Item = &'a ArticleKey> {
    second.articles.keys().filter(|k| first.articles.contains_key(*k))
}

/// Facts whose verdict changed, the gravest turns first, and all facts counted by group. Several samples are read as a
/// baseline keeps them.
pub fn facts(first: &Side, second: &Side) -> (Vec<FactChange>, BTreeMap<String, GroupChange>) {
    let (mut changes, mut groups) = (Vec::new(), BTreeMap::<String, GroupChange>::new());
    for key in common(first, second) {
        let before = first.articles[key].facts();
        for (id, now) in second.articles[key].facts() {
            let Some(before) = before.get(id) else { continue };
            let group = now.group.clone().or_else(|| before.group.clone());
            let count = groups.entry(group.clone().unwrap_or_default()).or_default();
            let turn = match (before.verdict, now.verdict) {
                (a, b) if a == b => {
                    count.same += 1;
                    continue;
                }
                (_, Verdict::Contradicted) => Turn::Contradicted,
                (_, Verdict::Covered) => Turn::Gained,
                (Verdict::Contradicted, Verdict::Missing) => Turn::Withdrawn,
                (_, Verdict::Missing) => Turn::Lost,
            };
            match turn {
                Turn::Contradicted => count.contradicted += 1,
                Turn::Gained => count.gained += 1,
                Turn::Lost => count.lost += 1,
                Turn::Withdrawn => count.withdrawn += 1,
            }
            let claim = if now.claim.is_empty() { &before.claim } else { &now.claim };
            changes.push(FactChange {
                turn,
                article: shown(key),
                fact: id.to_owned(),
                group,
                must: now.must || before.must,
                claim: claim.clone(),
                verdicts: (before.verdict, now.verdict),
                evidence: now.evidence.as_ref().or(before.evidence.as_ref()).map(|span| span.text.clone()),
                reason: now.reason.clone(),
            });
        }
    }
    changes.sort_by_key(|c| (c.turn, !c.must));
    (changes, groups)
}

/// Figures not borne out that are new, and such as are gone.
pub fn figures(first: &Side, second: &Side) -> (Vec<FigureChange>, Vec<FigureChange>) {
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for key in common(first, second) {
        let (before, now) = (first.articles[key].unsupported(None), second.articles[key].unsupported(None));
        let change = |(_, figure): (usize, &FigureSeen)| FigureChange {
            article: shown(key),
            surface: figure.surface.clone(),
            reason: figure.reason.clone(),
        };
        new.extend(only(&now, &before).map(change));
        gone.extend(only(&before, &now).map(change));
    }
    (new, gone)
}

/// The figures of one side that the other has not, each with its sample; two alike are two.
pub fn only<'a>(
    here: &[(usize, &'a FigureSeen)],
    there: &[(usize, &'a FigureSeen)],
) -> impl Iterator<Item = (usize, &'a FigureSeen)> {
    let mut there: Vec<&str> = there.iter().map(|(_, figure)| figure.surface.as_str()).collect();
    let mut alone = |figure: &FigureSeen| match there.iter().position(|other| *other == figure.surface) {
        Some(at) => {
            there.swap_remove(at);
            false
        }
        None => true,
    };
    let left: Vec<(usize, &FigureSeen)> = here.iter().copied().filter(|(_, figure)| alone(figure)).collect();
    left.into_iter()
}

/// The articles that explain most of a difference, those that pull its own way first, largest first.
pub fn movers(first: &Side, second: &Side, delta: &Delta, many: usize) -> Vec<ArticleMove> {
    let key = (delta.metric.clone(), delta.stratum.clone());
    let score = |side: &Side, article: &ArticleKey| {
        side.articles.get(article)?.scores.get(&key)?.fields.get(&delta.field).copied()
    };
    let moved = |article| Some((article, score(first, article)?, score(second, article)?));
    let mut moves: Vec<(&ArticleKey, f64, f64)> = common(first, second).filter_map(moved).collect();
    moves.retain(|(_, a, b)| a != b);
    let way = if delta.paired.difference.value < 0.0 { -1.0 } else { 1.0 };
    moves.sort_by(|a, b| ((b.2 - b.1) * way).total_cmp(&((a.2 - a.1) * way)).then_with(|| a.0.cmp(b.0)));
    moves.truncate(many);
    let text = |side: &Side, article: &ArticleKey| side.articles.get(article)?.samples.first()?.summary.clone();
    let of = |(article, a, b): (&ArticleKey, f64, f64)| {
        let texts = text(first, article).zip(text(second, article));
        let diff = texts.map(|(old, new)| diff(&old, &new)).unwrap_or_default();
        ArticleMove { article: shown(article), first: a, second: b, diff }
    };
    moves.into_iter().map(of).collect()
}

/// Which way a delta's difference leads.
pub fn is_better(delta: &Delta) -> Option<bool> {
    let moved = delta.paired.difference.value;
    match delta.direction {
        _ if moved == 0.0 => None,
        Direction::Neutral => None,
        Direction::Higher => Some(moved > 0.0),
        Direction::Lower => Some(moved < 0.0),
    }
}

/// Mean length of outputs in characters on both sides, and the word pairs gained and lost in most articles.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Wording {
    /// Articles of which both sides keep an output.
    pub articles: usize,
    /// Articles whose outputs are the same to the letter.
    pub identical: usize,
    /// Mean characters, before and now.
    pub characters: (f64, f64),
    /// Word pairs that outputs have now and had not, with the number of articles.
    pub gained: Vec<(String, u64)>,
    /// Word pairs that outputs had and have no more, likewise.
    pub lost: Vec<(String, u64)>,
}

/// How the wording changed.
pub fn wording(first: &Side, second: &Side) -> Wording {
    let (mut made, mut pairs) = (Wording::default(), Pairs::default());
    for key in common(first, second) {
        let text = |side: &'_ Side| side.articles[key].samples.first().and_then(|s| s.summary.clone());
        let Some((old, new)) = text(first).zip(text(second)) else { continue };
        made.articles += 1;
        made.identical += usize::from(old == new);
        made.characters.0 += old.chars().count() as f64;
        made.characters.1 += new.chars().count() as f64;
        pairs.add(&old, &new);
    }
    let n = made.articles.max(1) as f64;
    made.characters = (made.characters.0 / n, made.characters.1 / n);
    (made.gained, made.lost) = pairs.most(6);
    made
}

/// What was changed in the suite between two sides: the system's own table, the metrics, the data.
pub fn plan(first: &Side, second: &Side) -> Vec<PlanChange> {
    let mut changes = Vec::new();
    if let (Some(a), Some(b)) = (&first.plan, &second.plan) {
        let system = |plan: &serde_json::Value, id: &str| named(plan, "system", id);
        walk("system", system(a, &first.system).as_ref(), system(b, &second.system).as_ref(), &mut changes);
        // Prompts and scripts, by content.
        let shape = |plan: &serde_json::Value, id: &str| plan.get("shape").and_then(|s| s.get(id)).cloned();
        walk("system", shape(a, &first.system).as_ref(), shape(b, &second.system).as_ref(), &mut changes);
        let names = |plan: &serde_json::Value| -> BTreeSet<String> {
            let metrics = plan.get("metric").and_then(serde_json::Value::as_array).into_iter().flatten();
            metrics.filter_map(|m| m.get("name")?.as_str().map(str::to_owned)).collect()
        };
        for name in names(a).union(&names(b)) {
            let metric = |plan| named(plan, "metric", name);
            walk(&format!("metric[{name}]"), metric(a).as_ref(), metric(b).as_ref(), &mut changes);
        }
        changes.retain(|c| c.place != "system.name");
    }
    for (name, a) in &first.datasets {
        let Some(b) = second.datasets.get(name) else { continue };
        let parts = [("articles", &a.articles, &b.articles), ("references", &a.references, &b.references)];
        for (what, a, b) in parts.into_iter().chain([("facts", &a.facts, &b.facts)]).filter(|(_, a, b)| a != b) {
            let short = |hash: &str| hash.chars().take(12).collect::<String>();
            changes.push(PlanChange { place: format!("dataset[{name}].{what}"), first: short(a), second: short(b) });
        }
    }
    changes
}

/// The table of a name in a list of a resolved suite.
fn named(plan: &serde_json::Value, list: &str, name: &str) -> Option<serde_json::Value> {
    let tables = plan.get(list)?.as_array()?;
    tables.iter().find(|t| t.get("name").and_then(serde_json::Value::as_str) == Some(name)).cloned()
}

fn walk(
    place: &str,
    first: Option<&serde_json::Value>,
    second: Option<&serde_json::Value>,
    into: &mut Vec<PlanChange>,
) {
    use serde_json::Value;
    match (first, second) {
        (a, b) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                walk(&format!("{place}.{key}"), a.get(key), b.get(key), into);
            }
        }
        (a, b) => {
            let show = |value: Option<&Value>| match value {
                None | Some(Value::Null) => "-".to_owned(),
                // A hash says no more by its end than by its beginning.
                Some(Value::String(text)) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    text[..12].to_owned()
                }
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            into.push(PlanChange { place: place.to_owned(), first: show(a), second: show(b) });
        }
    }
}
