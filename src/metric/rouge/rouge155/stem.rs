//! ROUGE-1.5.5's stemming: WordNet's exceptions first, then Porter's stemmer as its script has it.
//!
//! The script's stemmer is Porter's with his later changes, written as patterns, and differs from NLTK's in more than a
//! table: `y` is a vowel to some patterns and a consonant to others, digits are consonants, a double `y` is no double
//! consonant, and -ment and -ent are tried one after the other, -ement not at all after them.

use std::collections::HashMap;
use std::sync::LazyLock;

static EXCEPTIONS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("wordnet-exceptions.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// The script's stem of a lowercase token; those of up to three letters stay. With `exceptions`, irregular forms have
/// the base that WordNet gives them.
pub fn stem(token: &str, exceptions: bool) -> String {
    if token.len() <= 3 {
        return token.to_owned();
    }
    match EXCEPTIONS.get(token).filter(|_| exceptions) {
        Some(base) => (*base).to_owned(),
        None => porter(token),
    }
}

/// A class of characters in the script's patterns. The first letter stands as `Y` where it is a y, which none of the
/// vowel classes holds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// `[^aeiou]`
    Consonant,
    /// `[^aeiouy]`
    PureConsonant,
    /// `[aeiouy]`
    Vowel,
    /// `[aeiou]`
    PureVowel,
    /// `[^aeiouwxy]`
    Closing,
}

impl Class {
    fn holds(self, letter: u8) -> bool {
        let pure = matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u');
        match self {
            Class::Consonant => !pure,
            Class::PureConsonant => !pure && letter != b'y',
            Class::Vowel => pure || letter == b'y',
            Class::PureVowel => pure,
            Class::Closing => !pure && !matches!(letter, b'w' | b'x' | b'y'),
        }
    }
}

/// One class, once or any number of times.
type Atom = (Class, bool);

const C: [Atom; 2] = [(Class::Consonant, false), (Class::PureConsonant, true)];
const V: [Atom; 2] = [(Class::Vowel, false), (Class::PureVowel, true)];

/// Whether a word matches atoms from its start, and up to its end where `whole`. The atoms that may come next are bits,
/// so that a word of any length is read once.
fn matches(word: &[u8], atoms: &[Atom], whole: bool) -> bool {
    let accept = 1u32 << atoms.len();
    // An atom that may be passed over brings the next one within reach.
    let reach = |states: u32| {
        atoms.iter().enumerate().fold(
            states,
            |s, (i, (_, any))| {
                if *any && s >> i & 1 == 1 { s | 1 << (i + 1) } else { s }
            },
        )
    };
    let mut states = reach(1);
    for letter in word {
        if !whole && states & accept != 0 {
            return true;
        }
        let next = atoms.iter().enumerate().filter(|(i, (class, _))| states >> i & 1 == 1 && class.holds(*letter));
        states = reach(next.fold(0, |s, (i, (_, any))| s | 1 << if *any { i } else { i + 1 }));
    }
    states & accept != 0
}

/// Whether a word matches atoms with or without a consonant run before them.
fn after_consonants(word: &[u8], atoms: &[&[Atom]], whole: bool) -> bool {
    let atoms = atoms.concat();
    matches(word, &atoms, whole) || matches(word, &[&C[..], &atoms].concat(), whole)
}

fn measure_above_0(stem: &[u8]) -> bool {
    after_consonants(stem, &[&V, &C], false)
}

fn measure_above_1(stem: &[u8]) -> bool {
    after_consonants(stem, &[&V, &C, &V, &C], false)
}

fn measure_is_1(stem: &[u8]) -> bool {
    after_consonants(stem, &[&V, &C], true) || after_consonants(stem, &[&V, &C, &V], true)
}

fn has_vowel(stem: &[u8]) -> bool {
    after_consonants(stem, &[&V[..1]], false)
}

fn is_short(stem: &[u8]) -> bool {
    matches(stem, &[&C[..], &V[..1], &[(Class::Closing, false)]].concat(), true)
}

const STEP_2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];

const STEP_3: &[(&str, &str)] =
    &[("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

const STEP_4: &[&str] =
    &["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ou", "ism", "ate", "iti", "ous", "ive", "ize"];

fn porter(token: &str) -> String {
    let mut word = token.as_bytes().to_vec();
    let initial_y = word.first() == Some(&b'y');
    if initial_y {
        word[0] = b'Y';
    }
    step_1(&mut word);
    for suffixes in [STEP_2, STEP_3] {
        if let Some((suffix, with)) = longest(&word, suffixes, |(suffix, _)| suffix) {
            let stem = word.len() - suffix.len();
            if measure_above_0(&word[..stem]) {
                word.truncate(stem);
                word.extend_from_slice(with.as_bytes());
            }
        }
    }
    step_4(&mut word);
    if let Some((b'e', stem)) = word.split_last()
        && (measure_above_1(stem) || measure_is_1(stem) && !is_short(stem))
    {
        word.pop();
    }
    if word.ends_with(b"ll") && measure_above_1(&word) {
        word.pop();
    }
    if initial_y && let Some(first) = word.first_mut() {
        first.make_ascii_lowercase();
    }
    String::from_utf8_lossy(&word).into_owned()
}

/// Of the suffixes that a word has, the one that a pattern of alternatives finds: the longest.
fn longest<'a, T>(word: &[u8], suffixes: &'a [T], suffix: impl Fn(&T) -> &str) -> Option<&'a T> {
    suffixes.iter().filter(|s| word.ends_with(suffix(s).as_bytes())).max_by_key(|s| suffix(s).len())
}

fn step_1(word: &mut Vec<u8>) {
    if word.ends_with(b"sses") || word.ends_with(b"ies") {
        word.truncate(word.len() - 2);
    } else if let [.., before, b's'] = word[..]
        && before != b's'
    {
        word.pop();
    }
    if let Some(stem) = word.strip_suffix(b"eed") {
        if measure_above_0(stem) {
            word.pop();
        }
    } else if let Some(stem) = word.strip_suffix(b"ed").or_else(|| word.strip_suffix(b"ing"))
        && has_vowel(stem)
    {
        word.truncate(stem.len());
        if word.ends_with(b"at") || word.ends_with(b"bl") || word.ends_with(b"iz") {
            word.push(b'e');
        } else if let [.., a, b] = word[..]
            && a == b
            && Class::Consonant.holds(a)
            && !matches!(a, b'y' | b'l' | b's' | b'z')
        {
            word.pop();
        } else if is_short(word) {
            word.push(b'e');
        }
    }
    if let Some((b'y', stem)) = word.split_last()
        && has_vowel(stem)
    {
        word.pop();
        word.push(b'i');
    }
}

fn step_4(word: &mut Vec<u8>) {
    fn cut(word: &mut Vec<u8>, suffix: usize) {
        if measure_above_1(&word[..word.len() - suffix]) {
            word.truncate(word.len() - suffix);
        }
    }
    if let Some(suffix) = longest(word, STEP_4, |suffix| suffix) {
        cut(word, suffix.len());
    }
    if word.ends_with(b"ment") {
        cut(word, 4);
    }
    if word.ends_with(b"ent") || word.ends_with(b"sion") || word.ends_with(b"tion") {
        cut(word, 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_come_first_and_only_where_asked_for() {
        assert_eq!(stem("mice", true), "mouse");
        assert_eq!(stem("mice", false), "mice");
        assert_eq!(stem("was", true), "was", "three letters are left alone");
        assert_eq!(stem("yelling", false), "yell");
    }
}
