//! What words stand for: concepts shared by the languages, stances with their opposites, facets of measures, names.
//!
//! All of it is data (`src/fact/data`). A word that no table holds stands for itself, by its stem.

use std::sync::LazyLock;

use super::forms::{Entries, Keyed, cell, fold, rest, rows};

/// A concept's place in the table.
pub(crate) type ConceptId = u32;

/// What kind of name a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// A country or other territory.
    Territory,
    /// A city, province or landmark.
    Place,
    /// A part of the world.
    Region,
    /// An organization or company.
    Organization,
    /// A language.
    Language,
}

/// Something that both languages have words for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Concept {
    /// The stance that turns it round.
    pub(crate) opposite: Option<ConceptId>,
    /// The facet it is a value of; values of one facet exclude each other.
    pub(crate) facet: Option<u8>,
    /// The facet's name; empty where it is none.
    pub(crate) facet_name: &'static str,
    /// Its value of the facet; one that begins with another is narrower, and no conflict.
    pub(crate) facet_value: &'static str,
    /// The kind of name, where it is one.
    pub(crate) name: Option<NameKind>,
    /// Its English word, for messages and for the units of counts.
    pub(crate) english: &'static str,
    /// How much it tells: the root of its inverse frequency.
    pub(crate) weight: f32,
}

/// The tables, loaded once.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// All concepts.
    pub(crate) concepts: Vec<Concept>,
    /// Chinese forms of two characters and more by their first two, longest first.
    chinese: Keyed<u64, Entries<Vec<ConceptId>>>,
    single: Keyed<char, Vec<ConceptId>>,
    english: Keyed<u64, Vec<ConceptId>>,
    frequency: Keyed<u64, f32>,
    frequency_zh: Keyed<u64, f32>,
    stop: Keyed<u64, ()>,
    /// Words that begin as if they denied another, and do not.
    own: Keyed<u64, ()>,
}

/// The one lexicon.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// A word of which no table knows how frequent it is: rarer than all that are listed.
const RARE: f32 = 13.5;

/// The rows of synonyms, by topic.
const SYNONYMS: [&str; 8] = [
    include_str!("data/lexicon.tsv"),
    include_str!("data/lexicon/actions.tsv"),
    include_str!("data/lexicon/qualities.tsv"),
    include_str!("data/lexicon/economy.tsv"),
    include_str!("data/lexicon/state.tsv"),
    include_str!("data/lexicon/life.tsv"),
    include_str!("data/lexicon/nature.tsv"),
    include_str!("data/lexicon/culture.tsv"),
];

impl Lexicon {
    fn load() -> Lexicon {
        let mut it = Lexicon {
            concepts: Vec::new(),
            chinese: Keyed::default(),
            single: Keyed::default(),
            english: Keyed::default(),
            frequency: Keyed::default(),
            frequency_zh: Keyed::default(),
            stop: Keyed::default(),
            own: Keyed::default(),
        };
        for row in rows(include_str!("data/words_en.tsv")) {
            let q: f32 = row[1].parse().unwrap_or(130.0);
            it.frequency.insert(hash(row[0].chars()), q / 10.0);
        }
        for row in rows(include_str!("data/words_zh.tsv")) {
            let q: f32 = row[1].parse().unwrap_or(130.0);
            it.frequency_zh.insert(hash(row[0].chars()), q / 10.0);
        }
        for word in include_str!("data/en_stop.txt").lines().filter(|l| !l.starts_with('#')) {
            it.stop.insert(hash(word.chars()), ());
        }
        for word in include_str!("data/en_not_denied.txt").lines().filter(|l| !l.starts_with('#')) {
            it.own.insert(stem(word.chars()), ());
        }
        let mut groups: Vec<&str> = Vec::new();
        for row in rows(include_str!("data/facets.tsv")) {
            let group = groups.iter().position(|g| *g == row[0]).unwrap_or_else(|| {
                groups.push(row[0]);
                groups.len() - 1
            });
            it.add(
                &row,
                2,
                Concept { facet: Some(group as u8), facet_name: row[0], facet_value: row[1], ..Concept::default() },
            );
        }
        for row in rows(include_str!("data/stances.tsv")) {
            let a = it.add(&row, 0, Concept::default());
            let b = it.add(&row, 2, Concept::default());
            it.concepts[a as usize].opposite = Some(b);
            it.concepts[b as usize].opposite = Some(a);
        }
        for row in rows(include_str!("data/names.tsv")).chain(rows(include_str!("data/names_cldr.tsv"))) {
            let kind = match row[0] {
                "territory" => NameKind::Territory,
                "place" => NameKind::Place,
                "region" => NameKind::Region,
                "language" => NameKind::Language,
                _ => NameKind::Organization,
            };
            it.join(&row, 1, Concept { name: Some(kind), ..Concept::default() });
        }
        for row in SYNONYMS.iter().flat_map(|table| rows(table)) {
            it.join(&row, 0, Concept::default());
        }
        for list in it.chinese.values_mut() {
            list.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        }
        it
    }

    /// Adds a row of synonyms: to the concept that its first Chinese form and one of its English forms stand for, of
    /// the same kind; else as a new one.
    fn join(&mut self, row: &[&'static str], at: usize, concept: Concept) {
        let first: Option<Box<[char]>> = cell(row, at).next().map(|f| fold(f).into());
        let known = first.map(|f| self.senses_of(&f).to_vec()).unwrap_or_default();
        let english: Vec<ConceptId> = cell(row, at + 1).flat_map(|f| self.english(english_key(f)).to_vec()).collect();
        let same = known.into_iter().find(|id| {
            let of = self.concept(*id);
            english.contains(id) && of.name == concept.name && of.facet.is_none()
        });
        match same {
            Some(id) => self.forms(row, at, id),
            None => {
                self.add(row, at, concept);
            }
        }
    }

    /// Adds a concept whose Chinese forms stand in cell `at` of a row, the English in the next.
    fn add(&mut self, row: &[&'static str], at: usize, mut concept: Concept) -> ConceptId {
        let id = self.concepts.len() as ConceptId;
        concept.english = cell(row, at + 1).next().unwrap_or("");
        concept.weight = concept.english.split(' ').map(|w| self.idf(w)).fold(0.0, f32::max).sqrt();
        self.concepts.push(concept);
        self.forms(row, at, id);
        id
    }

    /// Adds the forms of a row to a concept, behind what they stand for already.
    fn forms(&mut self, row: &[&'static str], at: usize, id: ConceptId) {
        let add = |senses: &mut Vec<ConceptId>| {
            if !senses.contains(&id) {
                senses.push(id);
            }
        };
        for form in cell(row, at) {
            let form: Box<[char]> = fold(form).into();
            if let [only] = *form {
                add(self.single.entry(only).or_default());
                continue;
            }
            let list = self.chinese.entry(pair_key(&form)).or_default();
            match list.iter_mut().find(|(known, _)| *known == form) {
                Some((_, senses)) => add(senses),
                None => list.push((form, vec![id])),
            }
        }
        for form in cell(row, at + 1) {
            add(self.english.entry(english_key(form)).or_default());
        }
    }

    /// What a Chinese form stands for.
    fn senses_of(&self, form: &[char]) -> &[ConceptId] {
        let senses = match form {
            [only] => self.single.get(only),
            _ => self.chinese.get(&pair_key(form)).and_then(|l| l.iter().find(|(f, _)| **f == *form)).map(|(_, s)| s),
        };
        senses.map_or(&[], Vec::as_slice)
    }

    fn idf(&self, word: &str) -> f32 {
        self.frequency.get(&hash(word.chars())).copied().unwrap_or(RARE)
    }

    /// How much a word of letters tells: the root of its inverse frequency; 0 for words without content.
    pub(crate) fn weight(&self, word: &[char]) -> f32 {
        let key = hash(word.iter().copied());
        if self.stop.contains_key(&key) {
            return 0.0;
        }
        self.frequency.get(&key).copied().unwrap_or(RARE).sqrt()
    }

    /// Where the word begins that another denies by `un` or `non` before it (`unvaccinated`, `nonresident`).
    pub(crate) fn denied(&self, word: &[char]) -> Option<usize> {
        let from = [['u', 'n'].as_slice(), &['n', 'o', 'n']].iter().find(|p| word.starts_with(p))?.len();
        let rest = &word[from..];
        let ends =
            |ending: &str| rest.len() > 4 && rest.iter().rev().copied().take(ending.len()).eq(ending.chars().rev());
        let listed = self.frequency.contains_key(&hash(rest.iter().copied())) && self.weight(rest) > 0.0;
        let known = listed || ["ed", "ing", "able", "ible"].iter().any(|e| ends(e));
        // Under, unit, unify, union, unique, universe.
        let root = ["under", "unit", "unif", "unio", "uniq", "univ", "unic"];
        let other = root.iter().any(|r| word.iter().copied().take(r.len()).eq(r.chars()));
        (known && rest.len() >= 4 && !other && !self.own.contains_key(&stem(word.iter().copied()))).then_some(from)
    }

    /// How much two Chinese characters side by side tell.
    pub(crate) fn weight_zh(&self, pair: &[char]) -> f32 {
        self.frequency_zh.get(&hash(pair.iter().copied())).copied().unwrap_or(11.0).sqrt()
    }

    /// The longest Chinese form that starts at a place, and what it may stand for.
    pub(crate) fn chinese(&self, text: &[char], at: usize) -> Option<(usize, &[ConceptId])> {
        let rest = rest(text, at);
        let long = (rest.len() > 1).then(|| self.chinese.get(&pair_key(rest))).flatten();
        let long = long.and_then(|list| list.iter().find(|(form, _)| rest.starts_with(form)));
        match long {
            Some((form, senses)) => Some((at + form.len(), senses)),
            None => self.single.get(rest.first()?).map(|senses| (at + 1, senses.as_slice())),
        }
    }

    /// What a phrase may stand for, by the key of its stems.
    pub(crate) fn english(&self, key: u64) -> &[ConceptId] {
        self.english.get(&key).map_or(&[], Vec::as_slice)
    }

    /// A concept by its place.
    pub(crate) fn facet(&self, name: &str, value: &str) -> Option<(u8, ConceptId)> {
        let at = self.concepts.iter().position(|c| c.facet_name == name && c.facet_value == value)?;
        Some((self.concepts[at].facet?, at as ConceptId))
    }

    /// What a concept is.
    pub(crate) fn concept(&self, id: ConceptId) -> &Concept {
        &self.concepts[id as usize]
    }
}

/// The key of a form's first two characters.
fn pair_key(form: &[char]) -> u64 {
    u64::from(u32::from(form[0])) << 32 | u64::from(u32::from(form[1]))
}

/// The key of an English form.
fn english_key(form: &str) -> u64 {
    phrase_key(form.split([' ', '-']).map(|w| stem(w.chars())))
}

/// The base of each irregular form of English, by hash.
static IRREGULAR: LazyLock<Keyed<u64, &'static str>> =
    LazyLock::new(|| rows(include_str!("data/irregular_en.tsv")).map(|row| (hash(row[0].chars()), row[1])).collect());

/// A hash of characters, the same on every machine (FNV-1a over scalar values).
pub(crate) fn hash(chars: impl IntoIterator<Item = char>) -> u64 {
    chars.into_iter().fold(0xcbf2_9ce4_8422_2325, |h, c| (h ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3))
}

/// Joins the stems of a phrase into one key.
pub(crate) fn phrase_key(stems: impl IntoIterator<Item = u64>) -> u64 {
    stems.into_iter().fold(0x51_7c_c1_b7, |h: u64, s| (h.rotate_left(7) ^ s).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The hash of a word's stem: endings of number and tense cut off, irregular forms led back, which is all that matching
/// needs.
pub(crate) fn stem(word: impl IntoIterator<Item = char>) -> u64 {
    let mut w: [char; 24] = ['\0'; 24];
    let mut n = 0;
    for c in word {
        if n < 24 {
            w[n] = c;
            n += 1;
        }
    }
    if let Some(base) = IRREGULAR.get(&hash(w[..n].iter().copied())) {
        n = 0;
        for c in base.chars() {
            w[n] = c;
            n += 1;
        }
    }
    let ends = |n: usize, w: &[char], suffix: &str| {
        n >= suffix.len() && w[n - suffix.len()..n].iter().copied().eq(suffix.chars())
    };
    if ends(n, &w, "'s") {
        n -= 2;
    }
    if !w[..n].iter().all(char::is_ascii_alphabetic) {
        return hash(w[..n].iter().copied());
    }
    let undouble = |n: usize, w: &[char]| {
        if n > 3 && w[n - 1] == w[n - 2] && !matches!(w[n - 1], 'l' | 's' | 'z' | 'e' | 'o') { n - 1 } else { n }
    };
    let vowel = |w: &[char]| w.iter().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
    let es = ends(n, &w, "es")
        && n > 4
        && (ends(n - 2, &w, "ss") || ends(n - 2, &w, "x") || ends(n - 2, &w, "ch") || ends(n - 2, &w, "sh"));
    if ends(n, &w, "ies") && n > 4 || es {
        n -= 2;
    } else if ends(n, &w, "s") && n > 3 && !ends(n, &w, "ss") && !ends(n, &w, "us") && !ends(n, &w, "is") {
        n -= 1;
    }
    if ends(n, &w, "ing") && n > 5 && vowel(&w[..n - 3]) {
        n = undouble(n - 3, &w);
    } else if ends(n, &w, "ied") && n > 4 {
        n -= 2;
    } else if ends(n, &w, "ed") && n > 4 && vowel(&w[..n - 2]) {
        n = undouble(n - 2, &w);
    }
    if n > 3 && w[n - 1] == 'e' {
        n -= 1;
    }
    if n > 3 && w[n - 1] == 'y' {
        w[n - 1] = 'i';
    }
    hash(w[..n].iter().copied())
}
