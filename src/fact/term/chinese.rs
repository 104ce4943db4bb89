//! Chinese runs: the words that the lexicon or the dictionary holds, and pairs of characters.

use std::sync::LazyLock;

use pinyin::ToPinyin;

use super::{Senses, Term};
use crate::fact::dictionary::DICTIONARY;
use crate::fact::forms::rows;
use crate::fact::lexicon::{LEXICON, hash};
use crate::fact::page::Page;
use crate::text::script::is_han;

/// Characters that join words and carry no content by themselves, in order.
static PARTICLES: LazyLock<Vec<char>> = LazyLock::new(|| {
    let rows = rows(include_str!("../data/zh_particles.txt"));
    let mut particles: Vec<char> = rows.flatten().flat_map(str::chars).filter(|c| *c != ' ').collect();
    particles.sort_unstable();
    particles
});

impl Page {
    /// A Chinese word that the lexicon holds, or the pairs of characters of a run that it does not.
    pub(super) fn han(&self, at: usize, stop: usize, clause: usize, read: &Senses, terms: &mut Vec<Term>) -> usize {
        let known = |at: usize| LEXICON.chinese(&self.text[..stop], at);
        if let Some((end, senses)) = known(at)
            && (end - at > 1 || self.stands_alone(at, stop))
            && let Some(id) = read.choose(senses)
        {
            let word = hash(self.text[at..end].iter().copied());
            let translations = if read.across { DICTIONARY.english_of(word) } else { &[] };
            terms.push(Term {
                id: read.translated(Some(id), translations).unwrap_or(u64::from(id)),
                start: at,
                end,
                concept: Some(id),
                senses,
                word,
                weight: LEXICON.concept(id).weight,
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return end;
        }
        if is_particle(self.text[at]) {
            return at + 1;
        }
        let listed = |at: usize| read.across.then(|| DICTIONARY.word(&self.text[..stop], at)).flatten();
        if let Some(end) = listed(at) {
            let chars = &self.text[at..end];
            let word = hash(chars.iter().copied());
            let translated = read.translated(None, DICTIONARY.english_of(word));
            terms.push(Term {
                id: translated.unwrap_or(word | 1 << 62),
                start: at,
                end,
                concept: None,
                senses: &[],
                word,
                weight: LEXICON.weight_zh(chars),
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: translated.is_some(),
                listed: translated.is_none(),
                clause,
            });
            return end;
        }
        // A run that no word of the lexicon breaks.
        let mut end = at + 1;
        while end < stop
            && is_han(self.text[end])
            && !is_particle(self.text[end])
            && known(end).is_none_or(|(e, _)| e - end < 2)
            && listed(end).is_none()
        {
            end += 1;
        }
        for pair in at..end.saturating_sub(1) {
            let chars = &self.text[pair..pair + 2];
            let name = sound(chars[0], chars[1]).and_then(|sound| read.spelled.get(&sound)).copied();
            terms.push(Term {
                id: name.unwrap_or(hash(chars.iter().copied()) | 1 << 62),
                start: pair,
                end: pair + 2,
                concept: None,
                senses: &[],
                word: hash(chars.iter().copied()),
                weight: LEXICON.weight_zh(chars) * 0.6,
                negated: self.negated_han(at),
                denied: self.denied(pair),
                shared: name.is_some(),
                listed: false,
                clause,
            });
        }
        if end - at == 1 {
            let c = self.text[at];
            terms.push(Term {
                id: hash([c]) | 1 << 61,
                start: at,
                end,
                concept: None,
                senses: &[],
                word: hash([c]),
                weight: 0.8,
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: false,
                listed: false,
                clause,
            });
        }
        end
    }

    /// Whether a single character is a word by itself here: no Han character that could join it on either side. Between two
    /// figures it is one (二死七傷).
    fn stands_alone(&self, at: usize, stop: usize) -> bool {
        let joins = |c: Option<&char>| c.is_some_and(|c| is_han(*c) && !is_particle(*c));
        let figure = || {
            let next = self.mentions.partition_point(|m| m.core.0 < at);
            next > 0 && self.mentions[next - 1].core.1 == at
        };
        let between = at + 1 == stop && stop < self.text.len() && figure();
        between || !(joins(self.text.get(at + 1)) && joins(at.checked_sub(1).and_then(|i| self.text.get(i))))
    }
}

/// The hash of how two characters are read aloud, in pinyin without tones.
pub(super) fn sound(a: char, b: char) -> Option<u64> {
    let (a, b) = (a.to_pinyin()?, b.to_pinyin()?);
    Some(hash(a.plain().chars().chain(b.plain().chars())))
}

fn is_particle(c: char) -> bool {
    PARTICLES.binary_search(&c).is_ok()
}
