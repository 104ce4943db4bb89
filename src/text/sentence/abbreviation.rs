//! What the word before a full stop, and the word after it, say of whether a sentence ends there.
//!
//! The lists are data, in `src/text/lang/`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What may follow a word with a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An ordinary word: its full stop ends the sentence.
    Word,
    /// The number of a list's item, at the start of its sentence.
    ListNumber,
    /// A title: a name follows.
    Title,
    /// Its full stop ends a sentence unless a number follows (`No. 5`).
    Reference,
    /// Something always follows (`e.g.`).
    Joined,
    /// A time of day.
    Time,
    /// Any other abbreviation, an initial or an acronym: the end where a word follows that opens sentences.
    Common,
}

static CLASSES: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
    let mut classes = HashMap::new();
    let mut class = Class::Word;
    for line in lines(include_str!("../lang/en.abbreviations.txt")) {
        class = match line {
            "[title]" => Class::Title,
            "[reference]" => Class::Reference,
            "[joined]" => Class::Joined,
            "[time]" => Class::Time,
            "[common]" => Class::Common,
            words => {
                words.split_whitespace().for_each(|word| _ = classes.entry(word).or_insert(class));
                continue;
            }
        };
    }
    classes
});

static STARTERS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("../lang/en.starters.txt")));
static TIME_FOLLOWERS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("../lang/en.time-followers.txt")));
static SPEECH_VERBS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("../lang/zh.speech-verbs.txt")));

fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn words(data: &'static str) -> HashSet<&'static str> {
    lines(data).flat_map(str::split_whitespace).collect()
}

/// Longer words are no abbreviations.
const LONGEST: usize = 10;

/// The class of the word before a full stop; `first` where it opens its sentence.
pub fn class(word: &[(usize, char)], first: bool) -> Class {
    if word.is_empty() || word.len() > LONGEST {
        return Class::Word;
    }
    let word: String = word.iter().map(|&(_, c)| c).collect();
    if first && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) {
        return Class::ListNumber;
    }
    let listed = CLASSES.get(word.as_str()).copied().or_else(|| {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let shouted = word.chars().all(|c| c.is_uppercase() || c == '.') && word.chars().count() > 1;
        // `MR.` and, at a sentence's start, `Approx.`
        (capital && shouted)
            .then(|| CLASSES.get(title_case(&word).as_str()))
            .flatten()
            .or_else(|| (capital && first).then(|| CLASSES.get(word.to_lowercase().as_str())).flatten())
            .copied()
    });
    if let Some(class) = listed {
        return class;
    }
    let mut chars = word.chars();
    let initial = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    if initial || is_acronym(&word) { Class::Common } else { Class::Word }
}

/// Letters one at a time, with full stops between: `U.N`, `J.R.R`.
fn is_acronym(word: &str) -> bool {
    let mut parts = 0;
    let single = word.split('.').all(|part| {
        parts += 1;
        let mut chars = part.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    });
    single && parts > 1
}

fn title_case(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().chain(chars.flat_map(char::to_lowercase)).collect()
}

/// Whether a word is one of those that open sentences.
pub fn opens_sentence(word: &str) -> bool {
    STARTERS.contains(word)
}

/// Whether a word follows a time of day within a sentence (a day, a month, a time zone).
pub fn follows_time(word: &str) -> bool {
    TIME_FOLLOWERS.contains(word)
}

/// Whether a clause ends in a verb that brings in direct speech.
pub fn ends_in_speech_verb(clause: &str) -> bool {
    // Every verb of the list has one or two characters.
    let starts = clause.char_indices().rev().map(|(at, _)| at).take(2);
    starts.into_iter().any(|at| SPEECH_VERBS.contains(&clause[at..]))
}
