//! Porter's stemmer for English, in the three variants that NLTK has.
//!
//! M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980. rouge-score stems with NLTK's default
//! variant ([`Variant::Nltk`]), which differs from Porter's paper in a table of irregular words, in `ies` and
//! `ied` of four-letter words, and in when `y` becomes `i`. Linear in the length of the word.
//!
//! ```
//! use epitome::text::token::porter::{Stemmer, Variant};
//!
//! let mut stemmer = Stemmer::new(Variant::Nltk);
//! assert_eq!(stemmer.stem(b"flies"), b"fli");
//! assert_eq!(stemmer.stem(b"dying"), b"die");
//! ```

/// Which of the algorithm's definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// NLTK's default, `NLTK_EXTENSIONS`, that of rouge-score and of nltk's METEOR.
    Nltk,
    /// Porter's own later changes, `MARTIN_EXTENSIONS`.
    Martin,
    /// The paper of 1980, `ORIGINAL_ALGORITHM`.
    Original,
}

/// A stemmer with its buffer.
#[derive(Debug, Clone)]
pub struct Stemmer {
    variant: Variant,
    word: Vec<u8>,
}

/// Words with a stem of their own under [`Variant::Nltk`].
const IRREGULAR: &[(&[u8], &[u8])] = &[
    (b"sky", b"sky"),
    (b"skies", b"sky"),
    (b"dying", b"die"),
    (b"lying", b"lie"),
    (b"tying", b"tie"),
    (b"news", b"news"),
    (b"innings", b"inning"),
    (b"inning", b"inning"),
    (b"outings", b"outing"),
    (b"outing", b"outing"),
    (b"cannings", b"canning"),
    (b"canning", b"canning"),
    (b"howe", b"howe"),
    (b"proceed", b"proceed"),
    (b"exceed", b"exceed"),
    (b"succeed", b"succeed"),
];

const STEP_2: &[(&[u8], &[u8])] = &[
    (b"ational", b"ate"),
    (b"tional", b"tion"),
    (b"enci", b"ence"),
    (b"anci", b"ance"),
    (b"izer", b"ize"),
    (b"bli", b"ble"),
    (b"alli", b"al"),
    (b"entli", b"ent"),
    (b"eli", b"e"),
    (b"ousli", b"ous"),
    (b"ization", b"ize"),
    (b"ation", b"ate"),
    (b"ator", b"ate"),
    (b"alism", b"al"),
    (b"iveness", b"ive"),
    (b"fulness", b"ful"),
    (b"ousness", b"ous"),
    (b"aliti", b"al"),
    (b"iviti", b"ive"),
    (b"biliti", b"ble"),
    (b"fulli", b"ful"),
    (b"logi", b"log"),
];

const STEP_3: &[(&[u8], &[u8])] = &[
    (b"icate", b"ic"),
    (b"ative", b""),
    (b"alize", b"al"),
    (b"iciti", b"ic"),
    (b"ical", b"ic"),
    (b"ful", b""),
    (b"ness", b""),
];

const STEP_4: &[&[u8]] = &[
    b"al", b"ance", b"ence", b"er", b"ic", b"able", b"ible", b"ant", b"ement", b"ment", b"ent", b"ion", b"ou", b"ism",
    b"ate", b"iti", b"ous", b"ive", b"ize",
];

impl Stemmer {
    /// A stemmer of a variant.
    pub fn new(variant: Variant) -> Self {
        Stemmer { variant, word: Vec::new() }
    }

    /// The stem of a lowercase word. Bytes other than `a` to `z` count as consonants.
    pub fn stem(&mut self, word: &[u8]) -> &[u8] {
        self.word.clear();
        if self.variant == Variant::Nltk
            && let Some((_, stem)) = IRREGULAR.iter().find(|(form, _)| *form == word)
        {
            self.word.extend_from_slice(stem);
            return &self.word;
        }
        self.word.extend_from_slice(word);
        // NLTK counts characters; a word of one character of several bytes has no suffix to lose either way.
        if self.variant != Variant::Original && word.len() <= 2 {
            return &self.word;
        }
        self.step_1a();
        self.step_1b();
        self.step_1c();
        self.step_2();
        self.step_3();
        self.step_4();
        self.step_5();
        &self.word
    }

    fn ends(&self, suffix: &[u8]) -> bool {
        self.word.ends_with(suffix)
    }

    fn replace(&mut self, suffix: usize, with: &[u8]) {
        self.word.truncate(self.word.len() - suffix);
        self.word.extend_from_slice(with);
    }

    fn step_1a(&mut self) {
        if self.ends(b"ies") {
            // ponies -> poni; but ties -> tie under NLTK
            self.replace(if self.variant == Variant::Nltk && self.word.len() == 4 { 1 } else { 2 }, b"");
        } else if self.ends(b"sses") {
            self.replace(2, b"");
        } else if self.ends(b"s") && !self.ends(b"ss") {
            self.replace(1, b"");
        }
    }

    fn step_1b(&mut self) {
        if self.variant == Variant::Nltk && self.ends(b"ied") {
            return self.replace(if self.word.len() == 4 { 1 } else { 2 }, b"");
        }
        if self.ends(b"eed") {
            if measure(&self.word[..self.word.len() - 3]) > 0 {
                self.replace(1, b"");
            }
            return;
        }
        let cut = match () {
            () if self.ends(b"ed") => 2,
            () if self.ends(b"ing") => 3,
            () => return,
        };
        if !has_vowel(&self.word[..self.word.len() - cut]) {
            return;
        }
        self.replace(cut, b"");
        if self.ends(b"at") || self.ends(b"bl") || self.ends(b"iz") {
            self.word.push(b'e');
        } else if ends_double_consonant(&self.word) {
            if !matches!(self.word.last(), Some(b'l' | b's' | b'z')) {
                self.word.pop();
            }
        } else if measure(&self.word) == 1 && self.ends_cvc(&self.word) {
            self.word.push(b'e');
        }
    }

    fn step_1c(&mut self) {
        let Some((b'y', stem)) = self.word.split_last() else { return };
        let turns = match self.variant {
            Variant::Nltk => stem.len() > 1 && last_is_consonant(stem),
            Variant::Martin | Variant::Original => has_vowel(stem),
        };
        if turns {
            self.replace(1, b"i");
        }
    }

    fn step_2(&mut self) {
        if self.variant == Variant::Nltk {
            while self.ends(b"alli") && measure(&self.word[..self.word.len() - 4]) > 0 {
                self.replace(2, b"");
            }
        }
        for &(suffix, with) in STEP_2 {
            let (suffix, with): (&[u8], &[u8]) = match suffix {
                b"bli" if self.variant == Variant::Original => (b"abli", b"able"),
                b"fulli" if self.variant != Variant::Nltk => continue,
                b"logi" if self.variant == Variant::Original => continue,
                _ => (suffix, with),
            };
            if self.ends(suffix) {
                // NLTK measures `logi` with its l.
                let kept = usize::from(suffix == b"logi" && self.variant == Variant::Nltk);
                if measure(&self.word[..self.word.len() - suffix.len() + kept]) > 0 {
                    self.replace(suffix.len(), with);
                }
                return;
            }
        }
    }

    fn step_3(&mut self) {
        if let Some(&(suffix, with)) = STEP_3.iter().find(|(suffix, _)| self.ends(suffix))
            && measure(&self.word[..self.word.len() - suffix.len()]) > 0
        {
            self.replace(suffix.len(), with);
        }
    }

    fn step_4(&mut self) {
        let Some(suffix) = STEP_4.iter().find(|suffix| self.ends(suffix)) else { return };
        let stem = &self.word[..self.word.len() - suffix.len()];
        if measure(stem) > 1 && (*suffix != b"ion" || matches!(stem.last(), Some(b's' | b't'))) {
            self.replace(suffix.len(), b"");
        }
    }

    fn step_5(&mut self) {
        if let Some((b'e', stem)) = self.word.split_last() {
            let m = measure(stem);
            if m > 1 || m == 1 && !self.ends_cvc(stem) {
                self.word.pop();
            }
        }
        if self.ends(b"ll") && measure(&self.word[..self.word.len() - 1]) > 1 {
            self.word.pop();
        }
    }

    /// Porter's `*o`: the stem ends consonant, vowel, consonant, the last not w, x or y.
    fn ends_cvc(&self, stem: &[u8]) -> bool {
        let kinds = consonants(stem);
        match stem.len() {
            0 | 1 => false,
            2 => self.variant == Variant::Nltk && kinds.eq([false, true]),
            n => kinds.skip(n - 3).eq([true, false, true]) && !matches!(stem[n - 1], b'w' | b'x' | b'y'),
        }
    }
}

/// Whether each letter of a word is a consonant: not a, e, i, o or u, nor a y after a consonant.
fn consonants(word: &[u8]) -> impl Iterator<Item = bool> {
    word.iter().scan(false, |before, letter| {
        *before = match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' => false,
            b'y' => !*before,
            _ => true,
        };
        Some(*before)
    })
}

/// Porter's m: how often a vowel is followed by a consonant.
fn measure(stem: &[u8]) -> usize {
    let (mut m, mut vowel) = (0, false);
    for consonant in consonants(stem) {
        m += usize::from(vowel && consonant);
        vowel = !consonant;
    }
    m
}

fn has_vowel(stem: &[u8]) -> bool {
    consonants(stem).any(|consonant| !consonant)
}

fn last_is_consonant(word: &[u8]) -> bool {
    consonants(word).last().unwrap_or(false)
}

fn ends_double_consonant(word: &[u8]) -> bool {
    matches!(word, [.., a, b] if a == b) && last_is_consonant(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_differ_where_nltk_says_so() {
        let stem = |variant, word: &str| String::from_utf8(Stemmer::new(variant).stem(word.as_bytes()).to_vec());
        for (word, nltk, martin, original) in [
            ("ties", "tie", "ti", "ti"),
            ("enjoy", "enjoy", "enjoi", "enjoi"),
            ("skies", "sky", "ski", "ski"),
            ("analogy", "analog", "analog", "analogi"),
            ("biology", "biolog", "biologi", "biologi"),
            ("hopefully", "hope", "hopefulli", "hopefulli"),
            ("relational", "relat", "relat", "relat"),
        ] {
            assert_eq!(stem(Variant::Nltk, word).as_deref(), Ok(nltk), "{word}");
            assert_eq!(stem(Variant::Martin, word).as_deref(), Ok(martin), "{word}");
            assert_eq!(stem(Variant::Original, word).as_deref(), Ok(original), "{word}");
        }
    }
}
