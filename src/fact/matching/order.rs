//! Places in an order (the 18th minute, 3rd, 第52周): never quantities, but what is told of another place is not told.

use std::sync::LazyLock;

use crate::fact::page::Page;
use crate::fact::quantity::{Value, cue};
use crate::text::script::is_han;

/// Words for one of a row.
static ROW: LazyLock<Vec<&'static str>> = LazyLock::new(|| cue::list("row"));

/// A place in an order.
struct Place<'a> {
    /// Where it stands.
    at: (usize, usize),
    /// Which it is.
    value: u64,
    /// What is ordered: the word that follows, or, where none does, the word before.
    of: &'a [char],
}

/// The place in a window of the summary that stands where the claim has another.
pub(crate) fn displaced(claim: &Page, page: &Page, window: (usize, usize)) -> Option<(usize, usize)> {
    let told: Vec<Place<'_>> =
        places(page).into_iter().filter(|place| place.at.0 >= window.0 && place.at.1 <= window.1).collect();
    let claimed = places(claim);
    let same = |a: &Place<'_>, b: &Place<'_>| a.value == b.value && a.of == b.of;
    claimed.iter().filter(|place| !told.iter().any(|other| same(place, other))).find_map(|place| {
        let instead = told.iter().find(|other| other.of == place.of && !claimed.iter().any(|c| same(c, other)))?;
        Some(instead.at)
    })
}

fn places(page: &Page) -> Vec<Place<'_>> {
    let text = &page.text[..];
    let han = page.mentions.iter().filter(|m| m.unit.kind == "ordinal").filter_map(|m| {
        let Some(Value::Number(value)) = m.value else { return None };
        let (start, end) = m.core;
        // 第52周 is of 周, 第三 of what follows.
        let last =
            text[start..end].iter().rposition(|c| is_han(*c) && !"第零〇一二三四五六七八九十百千两".contains(*c));
        let from = last.map_or(end, |last| start + last);
        let of = match text.get(from..from + 1).unwrap_or(&[]) {
            ['度' | '回' | '次'] => &TIME,
            of => of,
        };
        Some(Place { at: (start, end), value: u64::try_from(value).ok()?, of })
    });
    han.chain(firsts(text)).chain(latin(text)).collect()
}

/// 首次 and 首度 are the first time, whatever classifier 第三度 has.
fn firsts(text: &[char]) -> impl Iterator<Item = Place<'_>> {
    let time = |at: &usize| text[*at] == '首' && matches!(text.get(at + 1), Some('次' | '度' | '回'));
    (0..text.len()).filter(time).map(|at| Place { at: (at, at + 2), value: 1, of: &TIME })
}

/// What counts times.
const TIME: [char; 1] = ['次'];

/// The places in an order that a text tells, in its order.
pub(crate) fn ranks(page: &Page) -> Vec<u64> {
    let mut places = places(page);
    places.sort_by_key(|place| place.at);
    places.into_iter().map(|place| place.value).collect()
}

/// The places in an order told as one of a row, written with digits: `its 13th straight decline`.
pub(crate) fn in_a_row(text: &[char]) -> Vec<u64> {
    const WORDS: [&str; 9] = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let row = |place: &Place<'_>| ROW.iter().any(|w| place.of.iter().copied().eq(w.chars()));
    let digits = latin(text).filter(row).map(|place| place.value);
    let text: String = text.iter().collect();
    let words = WORDS.iter().zip(2..).filter(|(word, _)| ROW.iter().any(|row| text.contains(&format!("{word} {row}"))));
    digits.chain(words.map(|(_, value)| value)).collect()
}

/// Digits with `st`, `nd`, `rd` or `th`.
fn latin(text: &[char]) -> impl Iterator<Item = Place<'_>> {
    let word = |c: &char| c.is_alphanumeric();
    let runs = text.chunk_by(move |a, b| word(a) == word(b)).scan(0, |start, run| {
        let at = (*start, *start + run.len());
        *start = at.1;
        Some((at, run))
    });
    let runs: Vec<((usize, usize), &[char])> = runs.filter(|(_, run)| word(&run[0])).collect();
    (0..runs.len())
        .filter_map(move |index| {
            let (at, run) = runs[index];
            let digits = run.iter().take_while(|c| c.is_ascii_digit()).count();
            let ends = [['s', 't'], ['n', 'd'], ['r', 'd'], ['t', 'h']];
            if digits == 0 || !ends.iter().any(|end| run[digits..] == end[..]) {
                return None;
            }
            let value = run[..digits].iter().collect::<String>().parse().ok()?;
            // A gap of one character is a space or a hyphen; a longer one, or a stop, ends the phrase.
            let joined = |a: usize, b: usize| b == a + 1 && matches!(text[a], ' ' | '-');
            let next = runs.get(index + 1).filter(|(next, _)| joined(at.1, next.0));
            let before = || index.checked_sub(1).map(|i| runs[i]).filter(|(before, _)| joined(before.1, at.0));
            let of = next.copied().or_else(before).map_or(&[][..], |(_, run)| run);
            Some(Place { at, value, of })
        })
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use crate::fact::{Context, Prepared};
    use crate::model::{Fact, Verdict};

    fn verdict(claim: &str, summary: &str) -> Verdict {
        judged("statement", claim, summary)
    }

    fn judged(kind: &str, claim: &str, summary: &str) -> Verdict {
        let fact: Fact =
            serde_json::from_value(serde_json::json!({ "id": "a", "kind": kind, "claim": claim })).expect("a fact");
        Prepared::new(&Context::default(), &[fact]).check(summary, None).facts[0].verdict
    }

    #[test]
    fn another_place_in_an_order_is_another_statement() {
        for (claim, right, wrong) in [
            ("Reyes scored in the 18th minute", "Reyes scored in the 18th minute.", "Reyes scored in the 28th minute."),
            ("The team finished 3rd", "The team finished 3rd.", "The team finished 5th."),
            ("a 19th-century bridge collapsed", "A 19th-century bridge collapsed.", "A 17th-century bridge collapsed."),
            ("患者在第52周停藥", "患者在第52周停藥。", "患者在第62周停藥。"),
            ("她排名第三", "她排名第三。", "她排名第五。"),
        ] {
            assert_eq!(verdict(claim, right), Verdict::Covered, "{right}");
            assert_eq!(verdict(claim, wrong), Verdict::Contradicted, "{wrong}");
        }
        // The place may be all that is wrong beside a right figure.
        for (told, expected) in [("第52周", Verdict::Covered), ("第62周", Verdict::Contradicted)] {
            let summary = format!("{told}時61.5%的患者達到緩解。");
            assert_eq!(judged("quantity", "第52周時61.5%的患者達到緩解", &summary), expected, "{summary}");
        }
        // A place of something else contradicts nothing.
        let summary = "Reyes scored in the 18th minute of the 5th round.";
        assert_eq!(verdict("Reyes scored in the 18th minute", summary), Verdict::Covered);
    }
}
