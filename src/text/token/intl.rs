//! BLEU's international tokenizer, as sacreBLEU 2.6 has it (`intl`, after mteval-v14): punctuation is parted by Unicode
//! class unless it stands between numbers, symbols always.
//!
//! A full stop after a number at the end of the text stays with it, as in the original. Nothing is lowercased, no
//! letter is lost.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::plain::is_python_space;
use super::{Sink, Tokenizer};

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "intl",
    about: "words parted from punctuation and symbols by Unicode class",
    source: "mteval-v14.pl --international-tokenization, as sacreBLEU 2.6",
    examples: &["«Où?» — 3.5 % de 1,200 €"],
    depends: || None,
    cut,
};

fn group(c: char) -> GeneralCategoryGroup {
    c.general_category_group()
}

fn cut(text: &str, sink: &mut Sink<'_>) {
    let number = |c: char| group(c) == GeneralCategoryGroup::Number;
    let punctuation = |c: char| group(c) == GeneralCategoryGroup::Punctuation;
    let text: Vec<char> = text.chars().collect();
    let text = pass(&text, |a, b| !number(a) && punctuation(b), |to, a, b| to.extend([a, ' ', b, ' ']));
    let text = pass(&text, |a, b| punctuation(a) && !number(b), |to, a, b| to.extend([' ', a, ' ', b]));
    let mut word = String::new();
    for c in text {
        let symbol = group(c) == GeneralCategoryGroup::Symbol;
        if symbol || is_python_space(c) {
            sink.token(&word);
            word.clear();
        }
        if symbol {
            sink.token(c.encode_utf8(&mut [0; 4]));
        } else if !is_python_space(c) {
            word.push(c);
        }
    }
    sink.token(&word);
}

/// One substitution of pairs of characters, from left to right, none read twice.
fn pass(from: &[char], matches: impl Fn(char, char) -> bool, write: impl Fn(&mut Vec<char>, char, char)) -> Vec<char> {
    let mut to = Vec::with_capacity(from.len() + 16);
    let mut at = 0;
    while at < from.len() {
        match from.get(at + 1) {
            Some(next) if matches(from[at], *next) => {
                write(&mut to, from[at], *next);
                at += 2;
            }
            _ => {
                to.push(from[at]);
                at += 1;
            }
        }
    }
    to
}
