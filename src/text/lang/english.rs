//! English, recognized at a glance.
//!
//! Trigram detection costs more than scoring a pair does. Prose that is plainly English need not pay for it.

use std::sync::LazyLock;

/// The function words, each packed into eight bytes, in a table of small buckets: all of one are compared at once, without a
/// branch that words of a text would lead astray.
static FUNCTION_WORDS: LazyLock<[Bucket; BUCKETS]> = LazyLock::new(|| {
    let mut table = [[0; PLACES]; BUCKETS];
    for word in words() {
        let packed = pack(word.as_bytes());
        let bucket = &mut table[place(packed)];
        // A test sees to it that no bucket has too few places.
        if let Some(free) = bucket.iter_mut().find(|place| **place == 0) {
            *free = packed;
        }
    }
    table
});

type Bucket = [u64; PLACES];

const PLACES: usize = 4;
const BUCKETS: usize = 128;

fn words() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("en.function-words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace)
}

/// Letters in lower case as one number, of which the last eight count.
fn pack(word: &[u8]) -> u64 {
    word.iter().fold(0, |packed, letter| packed << 8 | u64::from(letter | 0x20))
}

fn place(packed: u64) -> usize {
    (packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as usize
}

fn is_in(table: &[Bucket; BUCKETS], packed: u64) -> bool {
    table[place(packed)].iter().fold(false, |found, word| found | (*word == packed))
}

/// What a byte beyond ASCII is among [`LETTERS`].
const BEYOND: u8 = 0xff;

/// For each byte the letter that it is, in lower case; 0 for what parts words.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut at = 0;
    while at < letters.len() {
        let byte = at as u8;
        letters[at] = match byte {
            0x80.. => BEYOND,
            _ if byte.is_ascii_alphabetic() => byte | 0x20,
            _ => 0,
        };
        at += 1;
    }
    letters
};

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
    let table = &*FUNCTION_WORDS;
    let (mut words, mut hits) = (0, 0);
    // The word in hand, and its letters so far; a byte beyond ASCII makes it too long for any function word.
    let (mut packed, mut letters) = (0, 0);
    let bytes = text.as_bytes();
    for at in 0..=bytes.len() {
        let letter = bytes.get(at).map_or(0, |byte| LETTERS[usize::from(*byte)]);
        if letter != 0 {
            packed = packed << 8 | u64::from(letter);
            letters += if letter == BEYOND { LONGEST + 1 } else { 1 };
            continue;
        }
        if letters == 0 {
            continue;
        }
        words += 1;
        hits += usize::from((2..=LONGEST).contains(&letters) & is_in(table, packed));
        (packed, letters) = (0, 0);
        // Enough seen to be sure, well before the end.
        if words >= 12 && hits * 5 >= words || words >= WORDS {
            break;
        }
    }
    hits >= 2 && hits * 10 >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_word_is_in_the_table() {
        assert!(words().all(|word| is_in(&FUNCTION_WORDS, pack(word.as_bytes()))));
        assert!(!is_in(&FUNCTION_WORDS, pack(b"minister")));
    }

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
