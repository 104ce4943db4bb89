//! Errors that summaries are known for, put into a text on purpose.

use std::ops::Range;
use std::sync::LazyLock;

use crate::fact::quantities;
use crate::model::{Article, Fact, FactKind, FactReport, Lang, Quantity, Verdict};
use crate::stats::rng::Stream;
use crate::text::{script, sentence};

/// A text to be damaged, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The text.
    pub text: &'a str,
    /// Its language.
    pub lang: Option<&'a Lang>,
    /// Its article.
    pub article: &'a Article,
    /// The article's checklist.
    pub facts: &'a [Fact],
    /// What is said of the text undamaged.
    pub report: &'a FactReport,
    /// Names of the whole corpus, to exchange one with.
    pub names: &'a [String],
}

/// A damaged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The text.
    pub text: String,
    /// What was done, in a few words: `28元 → 82元`.
    pub what: String,
}

/// A kind of error.
pub struct ErrorKind {
    /// Its name.
    pub name: &'static str,
    /// One line on what is done.
    pub about: &'static str,
    /// Whether it is about figures: what `facts` and `grounding` are for.
    pub numeric: bool,
    /// Damages a text; `None` where it holds nothing to damage so.
    pub seed: fn(&Case<'_>, &mut Stream) -> Option<Seeded>,
}

/// All kinds, in the order they are shown.
pub static ERRORS: &[ErrorKind] = &[
    ErrorKind { name: "number", about: "a figure is another: 三萬 becomes 兩萬", numeric: true, seed: number },
    ErrorKind {
        name: "magnitude",
        about: "a figure is of another order: 萬 becomes 億",
        numeric: true,
        seed: magnitude,
    },
    ErrorKind {
        name: "moved",
        about: "two figures change places: the right number on the wrong pledge",
        numeric: true,
        seed: moved,
    },
    ErrorKind {
        name: "dropped",
        about: "the sentence with a proposal, or another fact, is left out",
        numeric: false,
        seed: dropped,
    },
    ErrorKind { name: "negated", about: "what will be will not be", numeric: false, seed: negated },
    ErrorKind { name: "name", about: "a name is exchanged for another", numeric: false, seed: name },
    ErrorKind { name: "shuffled", about: "the sentences are in another order", numeric: false, seed: shuffled },
    ErrorKind {
        name: "script",
        about: "Traditional becomes Simplified, or the other way about",
        numeric: false,
        seed: converted,
    },
];

/// One of several, each as likely.
fn pick<'a, T>(from: &'a [T], stream: &mut Stream) -> Option<&'a T> {
    from.get(stream.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize)
}

/// The byte range of a range of scalar values.
fn bytes(text: &str, start: usize, end: usize) -> Range<usize> {
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    at(start)..at(end)
}

fn replaced(text: &str, at: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..at.start], &text[at.end..])
}

fn changed(case: &Case<'_>, at: Range<usize>, with: &str) -> Option<Seeded> {
    let was = &case.text[at.clone()];
    (was != with).then(|| Seeded { what: format!("{was} → {with}"), text: replaced(case.text, at, with) })
}

/// The figures of a text that are no dates, times or scores.
fn figures(case: &Case<'_>) -> Vec<Quantity> {
    let all = quantities(case.text, case.lang, case.article.date.as_deref());
    let plain = |q: &Quantity| {
        let of_time = matches!(q.unit.as_deref(), Some("date" | "time" | "score"));
        !of_time && q.value.as_deref().is_some_and(|v| !v.contains(['/', ':']) && !v.contains(".."))
    };
    all.into_iter().filter(plain).collect()
}

/// The next digit or numeral, as 9 comes before 1 and 九 before 一.
fn next(c: char) -> Option<char> {
    const NUMERALS: &str = "一二三四五六七八九";
    match c {
        '1'..='8' => char::from_u32(c as u32 + 1),
        '9' => Some('1'),
        '兩' | '两' => Some('三'),
        c => {
            let at = NUMERALS.chars().position(|n| n == c)?;
            NUMERALS.chars().nth((at + 1) % 9)
        }
    }
}

fn number(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let figures = figures(case);
    let quantity = pick(&figures, stream)?;
    let at = bytes(case.text, quantity.start, quantity.end);
    let surface = &case.text[at.clone()];
    let (place, digit, other) = surface.char_indices().find_map(|(i, c)| Some((i, c, next(c)?)))?;
    let with = replaced(surface, place..place + digit.len_utf8(), &other.to_string());
    changed(case, at, &with)
}

/// Lines of a table: language and two forms.
type Forms = Vec<(&'static str, &'static str, &'static str)>;

fn table(text: &'static str) -> Forms {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next()?))
    };
    lines.filter_map(read).collect()
}

static MAGNITUDES: LazyLock<Forms> = LazyLock::new(|| table(include_str!("data/magnitudes.tsv")));
static NEGATIONS: LazyLock<Forms> = LazyLock::new(|| table(include_str!("data/negations.tsv")));

/// Where a form stands in a text: as a word of its own, where words have spaces between them.
fn find(text: &str, form: &str) -> Option<Range<usize>> {
    let spaced = form.is_ascii();
    let word = |c: Option<char>| c.is_some_and(|c| spaced && c.is_alphanumeric());
    let alone = |at: usize| !word(text[..at].chars().next_back()) && !word(text[at + form.len()..].chars().next());
    text.match_indices(form).map(|(at, _)| at).find(|at| alone(*at)).map(|at| at..at + form.len())
}

fn magnitude(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let mut figures = figures(case);
    // Those with a word for their size first: they are what this error is about.
    let sized = |q: &Quantity| MAGNITUDES.iter().any(|(_, from, _)| q.surface.contains(from));
    if figures.iter().any(sized) {
        figures.retain(sized);
    }
    let quantity = pick(&figures, stream)?;
    let at = bytes(case.text, quantity.start, quantity.end);
    let surface = &case.text[at.clone()];
    if let Some((_, from, to)) = MAGNITUDES.iter().find(|(_, from, _)| surface.contains(from)) {
        return changed(case, at.clone(), &surface.replacen(from, to, 1));
    }
    // Digits alone: ten times as much. A decimal point moves, too.
    let start = surface.find(|c: char| c.is_ascii_digit())?;
    let end = surface[start..].find(|c: char| !c.is_ascii_digit()).map_or(surface.len(), |n| start + n);
    let rest = &surface[end..];
    let decimals = rest.strip_prefix('.').filter(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let with = match decimals {
        Some(decimals) => {
            format!("{}{}.{}", &surface[..end], &decimals[..1], if decimals.len() > 1 { &decimals[1..] } else { "0" })
        }
        None if rest.starts_with(',') => return None,
        None => format!("{}0{rest}", &surface[..end]),
    };
    changed(case, at, &with)
}

fn moved(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let figures = figures(case);
    let mut pairs = Vec::new();
    for (i, a) in figures.iter().enumerate() {
        for b in &figures[i + 1..] {
            // Of one unit, so that each could stand in the other's place.
            if a.unit == b.unit && a.kind == b.kind && a.value != b.value && a.surface != b.surface && a.end <= b.start
            {
                pairs.push((a, b));
            }
        }
    }
    let (a, b) = pick(&pairs, stream)?;
    let (first, second) = (bytes(case.text, a.start, a.end), bytes(case.text, b.start, b.end));
    let text = replaced(case.text, second, &a.surface);
    let text = replaced(&text, first, &b.surface);
    Some(Seeded { text, what: format!("{} ↔ {}", a.surface, b.surface) })
}

/// The sentences of a text without one.
fn without(text: &str, sentences: &[Range<usize>], gone: usize) -> String {
    let kept: Vec<Range<usize>> =
        sentences.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, range)| range.clone()).collect();
    joined(text, &kept)
}

fn joined(text: &str, sentences: &[Range<usize>]) -> String {
    let mut made = String::new();
    for range in sentences {
        let sentence = &text[range.clone()];
        if !made.is_empty() {
            made.push_str(sentence::gap(&made, sentence));
        }
        made.push_str(sentence);
    }
    made
}

fn dropped(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let sentences = sentence::split(case.text);
    if sentences.len() < 2 {
        return None;
    }
    let covered = |kind: Option<FactKind>| -> Vec<usize> {
        let facts = case.facts.iter().zip(&case.report.facts);
        let wanted = facts.filter(|(fact, judged)| {
            fact.counts() && judged.verdict == Verdict::Covered && kind.is_none_or(|kind| kind == fact.kind)
        });
        let place = |(_, judged): (&Fact, &crate::model::FactJudgement)| {
            let at = bytes(case.text, judged.evidence.as_ref()?.start, judged.evidence.as_ref()?.end);
            sentences.iter().position(|s| s.contains(&at.start))
        };
        wanted.filter_map(place).collect()
    };
    let points = covered(Some(FactKind::Point));
    let places = if points.is_empty() { covered(None) } else { points };
    let gone = *pick(&places, stream)?;
    let what: String = case.text[sentences[gone].clone()].chars().take(40).collect();
    Some(Seeded { text: without(case.text, &sentences, gone), what: format!("without “{what}”") })
}

fn negated(case: &Case<'_>, _: &mut Stream) -> Option<Seeded> {
    let language = case.lang.map(Lang::language).unwrap_or_default();
    let forms = NEGATIONS.iter().filter(|(lang, _, _)| *lang == language);
    for (_, affirmed, denied) in forms {
        if let Some(at) = find(case.text, denied) {
            return changed(case, at, affirmed);
        }
        if let Some(at) = find(case.text, affirmed) {
            return changed(case, at, denied);
        }
    }
    None
}

/// The names of a text: those that the checklist or the list of names knows.
pub fn names(case: &Case<'_>) -> Vec<String> {
    let entities = case.facts.iter().filter(|f| f.kind == FactKind::Entity);
    let listed = entities.flat_map(|f| f.aliases.iter().cloned());
    let known = case.report.names.iter().map(|n| n.surface.clone());
    let mut names: Vec<String> =
        listed.chain(known).filter(|n| n.chars().count() > 1 && find(case.text, n).is_some()).collect();
    names.sort_unstable();
    names.dedup();
    // Of names that hold one another the longest, which is the whole one.
    let whole = names.clone();
    names.retain(|name| !whole.iter().any(|other| other != name && other.contains(name.as_str())));
    names
}

fn name(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let own = names(case);
    let from = pick(&own, stream)?;
    let others: Vec<&String> = own.iter().filter(|other| *other != from).collect();
    // Another of the text's own is the likeliest slip; else one of the corpus that the article does not have.
    let other = match pick(&others, stream) {
        Some(other) => (*other).clone(),
        None => {
            let foreign: Vec<&String> = case
                .names
                .iter()
                .filter(|n| n.is_ascii() == from.is_ascii() && !case.article.source.contains(n.as_str()))
                .collect();
            (*pick(&foreign, stream)?).clone()
        }
    };
    // Script is an error of its own.
    let other = if script::detect(case.text) == script::Script::Hans { script::fold(&other) } else { other };
    changed(case, find(case.text, from)?, &other)
}

fn shuffled(case: &Case<'_>, stream: &mut Stream) -> Option<Seeded> {
    let sentences = sentence::split(case.text);
    let mut order = sentences.clone();
    for i in (1..order.len()).rev() {
        order.swap(i, stream.below(u32::try_from(i + 1).unwrap_or(u32::MAX)) as usize);
    }
    if order == sentences && order.len() > 1 {
        order.rotate_left(1);
    }
    if order == sentences {
        return None;
    }
    Some(Seeded { text: joined(case.text, &order), what: format!("{} sentences", order.len()) })
}

fn converted(case: &Case<'_>, _: &mut Stream) -> Option<Seeded> {
    let (text, what) = match script::detect(case.text) {
        script::Script::Hant => (script::fold(case.text), "Traditional → Simplified"),
        script::Script::Hans => (script::to_traditional(case.text), "Simplified → Traditional"),
        script::Script::Mixed | script::Script::Common => return None,
    };
    (text != case.text).then(|| Seeded { text, what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(kind: &str, text: &str, lang: &str) -> Option<Seeded> {
        let article: Article =
            serde_json::from_value(serde_json::json!({ "id": "a", "source": text })).expect("an article");
        let (lang, facts) = (Lang::new(lang), Vec::new());
        let prepared =
            crate::fact::Prepared::new(&crate::fact::Context { source: Some(text), ..Default::default() }, &facts);
        let report = prepared.check(text, Some(&lang));
        let case = Case { text, lang: Some(&lang), article: &article, facts: &facts, report: &report, names: &[] };
        let error = ERRORS.iter().find(|e| e.name == kind).expect("a kind");
        (error.seed)(&case, &mut Stream::from_seed(1))
    }

    fn texts(kind: &str, text: &str, lang: &str) -> String {
        seeded(kind, text, lang).map(|s| s.text).unwrap_or_default()
    }

    #[test]
    fn figures_are_changed_in_words_and_digits() {
        assert_eq!(texts("number", "提供三萬個獎學金名額。", "zh-TW"), "提供四萬個獎學金名額。");
        assert_eq!(texts("number", "The fare is $28.", "en"), "The fare is $38.");
        assert_eq!(texts("magnitude", "提供三萬個獎學金名額。", "zh-TW"), "提供三億個獎學金名額。");
        assert_eq!(texts("magnitude", "It costs $4.2 million.", "en"), "It costs $4.2 billion.");
        assert_eq!(texts("magnitude", "票價28元。", "zh-TW"), "票價280元。");
        assert_eq!(texts("moved", "平日28元，假日38元。", "zh-TW"), "平日38元，假日28元。");
        assert_eq!(seeded("number", "今天天氣晴朗。", "zh-TW"), None);
        assert_eq!(seeded("number", "The line opens on 6 July.", "en"), None, "a date is no figure");
    }

    #[test]
    fn words_are_turned_about() {
        assert_eq!(texts("negated", "The bridge will open in May.", "en"), "The bridge will not open in May.");
        assert_eq!(texts("negated", "The bridge will not open in May.", "en"), "The bridge will open in May.");
        assert_eq!(texts("negated", "議會同意撥款。", "zh-TW"), "議會不同意撥款。");
        assert_eq!(seeded("negated", "Goodwill visits.", "en"), None, "part of a word is no word");
        assert_eq!(texts("shuffled", "甲來了。乙走了。", "zh-TW"), "乙走了。甲來了。");
        assert_eq!(seeded("shuffled", "One sentence.", "en"), None);
        assert_eq!(texts("script", "臺灣鐵路", "zh-TW"), "台湾铁路");
        assert_eq!(seeded("script", "A railway.", "en"), None);
    }
}
