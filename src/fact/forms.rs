//! Fixed forms looked up in folded text, longest first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::text::script;

/// A hasher for single characters: one multiplication.
#[derive(Debug, Default, Clone)]
pub(crate) struct CharHasher(u64);

impl Hasher for CharHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = (self.0 ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.0 = (u64::from(n) ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (n ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

/// A map keyed by one number or character.
pub(crate) type Keyed<K, V> = HashMap<K, V, BuildHasherDefault<CharHasher>>;

/// Folds a character: full-width letters, digits and signs to narrow ones, capitals to small, Traditional to
/// Simplified. One character gives one.
pub(crate) fn fold_char(c: char) -> char {
    let c = match c {
        'A'..='Z' => return c.to_ascii_lowercase(),
        '\0'..='\u{7f}' => return c,
        // Sentence punctuation keeps its width: a full-width comma never groups digits.
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        '％' => '%',
        '＄' => '$',
        '￥' => '¥',
        '￡' => '£',
        '＋' => '+',
        '－' | '–' | '−' | '‐' | '‑' | '﹣' => '-',
        '．' => '.',
        '／' => '/',
        '～' | '∼' | '〜' => '~',
        '（' => '(',
        '）' => ')',
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '‘' | '’' => '\'',
        '〇' | '○' => '〇',
        c => script::fold_char(c),
    };
    if c.is_uppercase() { c.to_lowercase().next().unwrap_or(c) } else { c }
}

/// Folds a text, character by character.
pub(crate) fn fold(text: &str) -> Vec<char> {
    let raw: Vec<char> = text.chars().collect();
    let wide = |i: usize| raw.get(i).is_some_and(|c| ('\u{ff10}'..='\u{ff19}').contains(c));
    let mut folded: Vec<char> = raw.iter().copied().map(fold_char).collect();
    // 計畫 is 计划, while a picture stays 画: of the words that Simplified writes otherwise than sign by sign, the common ones.
    for i in (1..raw.len()).filter(|&i| raw[i] == '畫') {
        if matches!(folded[i - 1], '计' | '规' | '企' | '策' | '筹' | '谋') {
            folded[i] = '划';
        }
    }
    for i in (1..raw.len()).filter(|&i| raw[i] == '，') {
        // Between full-width digits in threes it groups them (４，５６５).
        if wide(i - 1) && (1..=3).all(|k| wide(i + k)) && !wide(i + 4) {
            folded[i] = ',';
        }
    }
    folded
}

/// Whether a character continues a word written in letters or digits of the Latin script.
pub(crate) fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c > '\u{bf}' && c < '\u{250}')
}

/// What is left of a text from a place on; nothing past its end.
pub(crate) fn rest(text: &[char], at: usize) -> &[char] {
    text.get(at..).unwrap_or(&[])
}

/// Past the spaces at a place, a few at most.
pub(crate) fn past_spaces(text: &[char], at: usize) -> usize {
    at + rest(text, at).iter().take_while(|c| **c == ' ').take(4).count()
}

/// Past a Chinese form at a place, spaces standing before or between its characters or not (百 分 之).
pub(crate) fn spaced_form(text: &[char], at: usize, form: &str) -> Option<usize> {
    form.chars().try_fold(at, |at, c| {
        let at = past_spaces(text, at);
        (text.get(at) == Some(&c)).then_some(at + 1)
    })
}

/// Whether a word or phrase of letters stands at a place, whole: the place behind it.
pub(crate) fn word_at(text: &[char], at: usize, form: &str) -> Option<usize> {
    let mut end = at;
    for c in form.chars() {
        if text.get(end) != Some(&c) {
            return None;
        }
        end += 1;
    }
    (!text.get(end).is_some_and(|&c| is_latin(c))).then_some(end)
}

/// The forms that begin, or end, with one character, longest first.
pub(crate) type Entries<T> = Vec<(Box<[char]>, T)>;

/// Forms with what each stands for.
#[derive(Debug)]
pub(crate) struct Forms<T> {
    heads: Keyed<char, Entries<T>>,
    tails: Keyed<char, Entries<T>>,
}

impl<T: Copy> Forms<T> {
    /// Builds the table; of equal forms the first counts.
    pub(crate) fn new<'a>(forms: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut table = Forms { heads: Keyed::default(), tails: Keyed::default() };
        for (form, value) in forms {
            let form: Box<[char]> = fold(form).into();
            let (Some(&first), Some(&last)) = (form.first(), form.last()) else { continue };
            table.tails.entry(last).or_default().push((form.clone(), value));
            table.heads.entry(first).or_default().push((form, value));
        }
        for list in table.heads.values_mut().chain(table.tails.values_mut()) {
            list.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        }
        table
    }

    /// The longest form that starts at a place: its end, and what it stands for. Words of letters match whole.
    pub(crate) fn at(&self, text: &[char], at: usize) -> Option<(usize, T)> {
        let rest = text.get(at..)?;
        self.heads.get(rest.first()?)?.iter().find_map(|(form, value)| {
            let open = form.last().is_some_and(|&c| is_latin(c)) && rest.get(form.len()).is_some_and(|&c| is_latin(c));
            (rest.starts_with(form) && !open).then_some((at + form.len(), *value))
        })
    }

    /// The longest form that ends at a place: its start, and what it stands for.
    pub(crate) fn before(&self, text: &[char], end: usize) -> Option<(usize, T)> {
        let head = text.get(..end)?;
        self.tails.get(head.last()?)?.iter().find_map(|(form, value)| {
            let start = end.checked_sub(form.len())?;
            let open = form.first().is_some_and(|&c| is_latin(c)) && start > 0 && is_latin(head[start - 1]);
            (head.ends_with(form) && !open).then_some((start, *value))
        })
    }
}

/// The rows of a data file: tab-separated cells, without comments and empty lines.
pub(crate) fn rows(data: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    data.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()).map(|l| l.split('\t').map(str::trim).collect())
}

/// The forms in one cell of a row.
pub(crate) fn cell(row: &[&'static str], i: usize) -> impl Iterator<Item = &'static str> {
    row.get(i).copied().unwrap_or("").split(',').map(str::trim).filter(|f| !f.is_empty())
}
