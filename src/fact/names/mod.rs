//! Names of a summary, held against the source. Advisory: they count in no score.
//!
//! Known are the names that the checklist gives (`aliases`), those that the article itself introduces (an abbreviation or a
//! translation in brackets), and common names of places and organizations as data. Names that none of these holds are
//! passed over: this is no open-ended name recognition.

mod introduced;

use super::forms::{fold, is_latin};
use super::lexicon::{ConceptId, LEXICON, phrase_key, stem};
use super::page::Page;
use crate::model::{Fact, NameJudgement, Span, Support};
use introduced::introduced;

/// The names known of an article.
#[derive(Debug, Default)]
pub(crate) struct Names {
    groups: Vec<Group>,
    /// Common names that the source holds, with the first place of each.
    concepts: Vec<(ConceptId, (usize, usize))>,
    sourced: bool,
}

/// Several names of one thing.
#[derive(Debug)]
struct Group {
    canonical: String,
    forms: Vec<Vec<char>>,
    concept: Option<ConceptId>,
    /// Where the source has one of them.
    place: Option<(usize, usize)>,
    /// The fact that vouches for it, where the checklist does.
    fact: Option<String>,
}

impl Names {
    /// Gathers the names of a checklist and its article.
    pub(crate) fn of(facts: &[Fact], source: Option<&Page>) -> Names {
        let mut names = Names { sourced: source.is_some(), ..Names::default() };
        if let Some(page) = source {
            for pair in introduced(page) {
                names.join(page, pair.full, pair.other);
            }
            names.concepts = concepts(page);
        }
        for fact in facts.iter().filter(|fact| !fact.aliases.is_empty()) {
            let forms: Vec<Vec<char>> = fact.aliases.iter().map(|a| fold(a.trim())).filter(|f| f.len() > 1).collect();
            let place = source.and_then(|page| forms.iter().find_map(|form| find(page, form, 0)));
            let Some(canonical) = fact.aliases.first().cloned() else { continue };
            let concept = forms.iter().find_map(|form| concept(form));
            names.groups.push(Group { canonical, forms, concept, place, fact: Some(fact.id.clone()) });
        }
        names
    }

    /// Adds a pair of names, to the group that holds one of them where there is one.
    fn join(&mut self, page: &Page, full: (usize, usize), other: (usize, usize)) {
        let forms = [page.text[full.0..full.1].to_vec(), page.text[other.0..other.1].to_vec()];
        let known = self.groups.iter_mut().find(|group| group.forms.iter().any(|form| forms.contains(form)));
        match known {
            Some(group) => {
                for form in forms {
                    if !group.forms.contains(&form) {
                        group.forms.push(form);
                    }
                }
            }
            None => {
                // The longer of two names is the full one, whichever stands in the brackets.
                let (a, b) = (page.slice(full.0, full.1), page.slice(other.0, other.1));
                let canonical =
                    if b.chars().count() > a.chars().count() && a.is_ascii() == b.is_ascii() { b } else { a };
                let concept = forms.iter().find_map(|form| concept(form));
                self.groups.push(Group { canonical, forms: forms.into(), concept, place: Some(full), fact: None });
            }
        }
    }

    /// Judges the known names of a summary, in text order.
    pub(crate) fn judge(&self, page: &Page, source: Option<&Page>) -> Vec<NameJudgement> {
        if !self.sourced {
            return Vec::new();
        }
        let mut found: Vec<(usize, usize, Whose)> = Vec::new();
        for (index, group) in self.groups.iter().enumerate() {
            for form in &group.forms {
                let mut from = 0;
                while let Some((start, end)) = find(page, form, from) {
                    found.push((start, end, Whose::Group(index)));
                    from = end;
                }
            }
        }
        for (concept, (start, end)) in every_concept(page) {
            found.push((start, end, Whose::Concept(concept)));
        }
        // The longest name at a place counts; one of the article's or checklist's before a common one.
        found.sort_by_key(|(start, end, whose)| (*start, std::cmp::Reverse(*end), matches!(whose, Whose::Concept(_))));
        let mut past = 0;
        found.retain(|(start, end, _)| {
            let free = *start >= past;
            if free {
                past = *end;
            }
            free
        });
        found.into_iter().map(|(start, end, whose)| self.ruling(page, source, (start, end), whose)).collect()
    }

    fn ruling(&self, page: &Page, source: Option<&Page>, (start, end): (usize, usize), whose: Whose) -> NameJudgement {
        let sourced = |concept: ConceptId| self.concepts.iter().find(|(c, _)| *c == concept).map(|(_, at)| *at);
        let (canonical, place, fact) = match whose {
            Whose::Group(index) => {
                let group = &self.groups[index];
                (group.canonical.clone(), group.place.or_else(|| sourced(group.concept?)), group.fact.as_deref())
            }
            Whose::Concept(concept) => {
                let group = self.groups.iter().find(|g| g.concept == Some(concept));
                let place = sourced(concept).or_else(|| group?.place);
                let canonical = group.map_or_else(|| titled(LEXICON.concept(concept).english), |g| g.canonical.clone());
                (canonical, place, group.and_then(|g| g.fact.as_deref()))
            }
        };
        let evidence = place.zip(source).map(|((from, to), s)| Span { start: from, end: to, text: s.slice(from, to) });
        let surface = page.slice(start, end);
        let (verdict, reason) = match (&evidence, fact) {
            (Some(span), _) if fold(&span.text) == page.text[start..end] => {
                (Support::Supported, "the source names it".to_owned())
            }
            (Some(span), _) => (Support::Supported, format!("the source has \"{}\", which is the same", span.text)),
            (None, Some(fact)) => (Support::Supported, format!("the checklist gives it as a name in fact `{fact}`")),
            (None, None) => (Support::Unsupported, "the source does not name it".to_owned()),
        };
        NameJudgement { surface, start, end, canonical, verdict, evidence, reason }
    }
}

/// Who knows a name.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Group(usize),
    Concept(ConceptId),
}

/// The first place of each common name of a text.
fn concepts(page: &Page) -> Vec<(ConceptId, (usize, usize))> {
    let mut firsts: Vec<(ConceptId, (usize, usize))> = Vec::new();
    for (concept, place) in every_concept(page) {
        if !firsts.iter().any(|(known, _)| *known == concept) {
            firsts.push((concept, place));
        }
    }
    firsts
}

/// Every common name of a text. One in letters is written with a capital: `turkey` is no country, `who` no organization.
fn every_concept(page: &Page) -> impl Iterator<Item = (ConceptId, (usize, usize))> + '_ {
    page.terms.iter().filter_map(|term| {
        let concept = term.concept.filter(|c| LEXICON.concept(*c).name.is_some())?;
        let raw = &page.raw[term.start..term.end];
        // A short word of small letters with one capital may only begin a sentence (`Who`, `Us`).
        let capitals = raw.iter().filter(|c| c.is_uppercase()).count();
        let written = !is_latin(page.text[term.start]) || capitals > 0 && (raw.len() > 3 || capitals > 1);
        (written && raw.len() > 1).then_some((concept, (term.start, term.end)))
    })
}

/// The common name that a whole form is.
fn concept(form: &[char]) -> Option<ConceptId> {
    if is_latin(*form.first()?) {
        let words = form.split(|c| matches!(c, ' ' | '-')).filter(|w| !w.is_empty());
        return name_among(LEXICON.english(phrase_key(words.map(|w| stem(w.iter().copied())))));
    }
    LEXICON.chinese(form, 0).filter(|(end, _)| *end == form.len()).and_then(|(_, senses)| name_among(senses))
}

/// The sense of a form that is a name.
fn name_among(senses: &[ConceptId]) -> Option<ConceptId> {
    senses.iter().copied().find(|id| LEXICON.concept(*id).name.is_some())
}

/// Where a form stands in a text from a place on; of letters, as a word by itself.
fn find(page: &Page, form: &[char], from: usize) -> Option<(usize, usize)> {
    let text = page.text.get(from..)?;
    if form.is_empty() {
        return None;
    }
    text.windows(form.len()).enumerate().map(|(at, window)| (from + at, window)).find_map(|(at, window)| {
        let inside = |edge: char, neighbour: Option<&char>| is_latin(edge) && neighbour.is_some_and(|c| is_latin(*c));
        let end = at + form.len();
        let before = at.checked_sub(1).and_then(|i| page.text.get(i));
        let whole = || !inside(form[0], before) && !inside(form[form.len() - 1], page.text.get(end));
        (window == form && whole()).then_some((at, end))
    })
}

/// An English name with its capitals.
fn titled(name: &str) -> String {
    let word = |word: &str| match word {
        "of" | "the" | "and" | "for" => word.to_owned(),
        _ => word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect(),
    };
    name.split(' ').map(word).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests;
