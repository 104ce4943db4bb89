//! Names that no table knows, held letter for letter: a person of another surname is another person.

use super::role::is_name;
use crate::fact::page::Page;
use crate::fact::term::Term;
use crate::text::script::is_han;

/// What a text does with a name of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Naming {
    /// It is nowhere.
    Lacking(String),
    /// Part of it stands beside something else: another person's name.
    Altered(usize, usize),
}

/// Looks for the claim's unknown names in a window of a page of the same language; `None` where all are there.
pub(crate) fn naming(claim: &Page, page: &Page, window: (usize, usize)) -> Option<Naming> {
    let here: Vec<&Term> = page.terms.iter().filter(|t| t.start >= window.0 && t.end <= window.1).collect();
    groups(claim).into_iter().find_map(|group| {
        let lacks = |t: &&&Term| !here.iter().any(|h| h.id == t.id);
        let (first, last) = (group.first()?, group.last()?);
        group.iter().find(lacks)?;
        let whole = || Naming::Lacking(claim.slice(first.start, last.end));
        if is_han(claim.text[first.start]) {
            return Some(altered_han(claim, page, window, (first.start, last.end)).unwrap_or_else(whole));
        }
        if !lacks(&last) {
            return None;
        }
        // Maria Lopez told as Maria Gomez.
        let altered = here.windows(2).find(|pair| {
            group.len() > 1 && pair[0].id == first.id && pair[1].start == pair[0].end + 1 && is_name(page, pair[1])
        });
        Some(altered.map_or_else(whole, |pair| Naming::Altered(pair[0].start, pair[1].end)))
    })
}

/// The runs of a claim that may be names: words with capitals side by side; two to four characters that no table knows.
fn groups(claim: &Page) -> Vec<Vec<&Term>> {
    let mut groups: Vec<Vec<&Term>> = Vec::new();
    for term in claim.terms.iter().filter(|t| t.concept.is_none()) {
        let han = is_han(claim.text[term.start]);
        let capital = claim.raw[term.start].is_uppercase() && term.end - term.start > 1;
        if !(han && term.end - term.start == 2 || capital) {
            continue;
        }
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|l| l.end + 1 == term.start || l.end == term.start + 1) => {
                group.push(term);
            }
            _ => groups.push(vec![term]),
        }
    }
    groups.retain(|group| {
        let (first, last) = (group[0], group[group.len() - 1]);
        let han = is_han(claim.text[first.start]);
        // A single word that opens the claim has its capital from there.
        if han { (3..=4).contains(&(last.end - first.start)) } else { group.len() > 1 || is_name(claim, first) }
    });
    groups
}

/// A run of characters of which all but one stand at one place.
fn altered_han(claim: &Page, page: &Page, window: (usize, usize), run: (usize, usize)) -> Option<Naming> {
    let name = &claim.text[run.0..run.1];
    let text = page.text.get(window.0..window.1)?;
    let at = text.windows(name.len()).position(|w| {
        let same = w.iter().zip(name).filter(|(a, b)| a == b).count();
        same + 1 == name.len() && w.iter().all(|c| is_han(*c))
    })?;
    Some(Naming::Altered(window.0 + at, window.0 + at + name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::quantity::Locale;

    #[test]
    fn another_surname_is_another_person() {
        let page = |text: &str| Page::new(text, Locale::plain("CNY"));
        for (claim, told, expected) in [
            ("The mayor Maria Lopez resigned", "The mayor Maria Gomez resigned.", "altered"),
            ("The mayor Maria Lopez resigned", "Lopez, the mayor, resigned.", "there"),
            ("The mayor Maria Lopez resigned", "The mayor resigned.", "lacking"),
            ("校長陳志明宣布退休", "校長林志明宣布退休。", "altered"),
            ("校長陳志明宣布退休", "校長陳志明宣布退休。", "there"),
        ] {
            let (claim, told) = (page(claim), page(told));
            let found = match naming(&claim, &told, (0, told.text.len())) {
                None => "there",
                Some(Naming::Lacking(_)) => "lacking",
                Some(Naming::Altered(..)) => "altered",
            };
            assert_eq!(found, expected, "{:?}", told.slice(0, told.text.len()));
        }
    }
}
