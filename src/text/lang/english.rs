//! English, recognized at a glance.
//!
//! Trigram detection costs more than scoring a pair does. Prose that is plainly English need not pay for it.

use std::collections::HashSet;
use std::sync::LazyLock;

static FUNCTION_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("en.function-words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace).collect()
});

/// Words looked at before the text counts as not plain enough.
const WORDS: usize = 120;
/// Longest word in the list.
const LONGEST: usize = 8;

/// Whether a text is English beyond doubt: at least two, and a tenth, of its first words are English function words.
pub fn is_plain(text: &str) -> bool {
    // Text that writes no spaces has few words, and may quote English ones.
    if text.bytes().filter(|b| !b.is_ascii()).count() * 5 > text.len() {
        return false;
    }
    let (mut words, mut hits) = (0, 0);
    let mut lower = [0; LONGEST];
    for word in text.as_bytes().split(|b| !b.is_ascii_alphabetic() && b.is_ascii()) {
        if word.is_empty() {
            continue;
        }
        words += 1;
        if (2..=LONGEST).contains(&word.len()) {
            let lower = &mut lower[..word.len()];
            lower.copy_from_slice(word);
            lower.make_ascii_lowercase();
            hits += usize::from(std::str::from_utf8(lower).is_ok_and(|word| FUNCTION_WORDS.contains(word)));
        }
        // Enough seen to be sure, well before the end.
        if words >= 20 && hits * 6 >= words || words >= WORDS {
            break;
        }
    }
    hits >= 2 && hits * 10 >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_told_from_its_neighbours() {
        assert!(is_plain("The leaders met on Monday and agreed to extend the loans over three years."));
        for other in [
            "De minister was in Den Haag met het kabinet van de president in gesprek over de oorlog.",
            "Der Minister war in Berlin und hat mit dem Kanzler an den Folgen der Krise gearbeitet.",
            "Statsministeren var i Oslo for at tale om økonomien med regeringen.",
            "Le ministre a annoncé que les prix du gaz ne seront pas relevés avant la fin de l'année.",
            "Boeing 737 MAX",
            "上合峰會於天津舉行",
            "《 The Lord of the Rings 》上映二十年後重返影院",
            "",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
