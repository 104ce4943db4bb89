//! Sentences.
//!
//! [`split`] needs no language: what ends a sentence is told by the script around it, so that mixed text comes out
//! right.
//!
//! - A newline always ends a sentence.
//! - Nothing is split between a quote or bracket and its partner (「」 『』 “” " （） 《》 …) in the same line; one without
//!   a partner shields nothing.
//! - Among Han, kana and the like 。！？； end one, and so does an ellipsis (…… or ⋯⋯) unless 等, a comma or the like
//!   follows. The closing quotes and brackets behind belong to the sentence. A quote that ends in ！ or ？ ends its sentence only if it is speech (brought in by a colon, a comma or a verb of
//!   saying), not if it is a slogan or title; speech followed by `他說。` goes on.
//! - Elsewhere `.`, `!` and `?` end a sentence before white space, unless a lower-case letter follows in text that
//!   has capitals. Abbreviations, initials, times of day and list numbers are told apart by what follows them, from
//!   the lists in `src/text/lang/`. Every other sentence-ending mark of Unicode (।, ؟, ።, …) simply ends one.
//!
//! Time is linear in the text, whatever it holds.
//!
//! ```
//! use epitome::text::sentence::split;
//!
//! let text = "他說：「貿易額突破2.3兆。我們很高興！」Dr. Lee of the U.S. agreed. 散會……大家都走了。";
//! let sentences: Vec<_> = split(text).into_iter().map(|range| &text[range]).collect();
//! assert_eq!(
//!     sentences,
//!     ["他說：「貿易額突破2.3兆。我們很高興！」", "Dr. Lee of the U.S. agreed.", "散會……", "大家都走了。"]
//! );
//! ```

mod abbreviation;
mod mark;

use std::ops::Range;

use abbreviation::Class;
use mark::{Enclosure, closer, goes_on, is_spaceless, is_stop, is_straight, is_unspaced_letter, opener};

/// Byte ranges of the sentences of a text: in order, disjoint, without surrounding white space, and together
/// covering all that is not white space.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let caseless = !text.chars().any(char::is_uppercase);
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = Vec::new();
    while start < text.len() {
        let rest = &text[start..];
        let length = rest.find(is_line_break).unwrap_or(rest.len());
        chars.clear();
        chars.extend(rest[..length].char_indices().map(|(at, c)| (start + at, c)));
        Line::new(&chars, start + length, caseless).split(text, &mut sentences);
        start += length + rest[length..].chars().next().map_or(0, char::len_utf8);
    }
    sentences
}

/// What stands between two sentences that are set side by side: nothing next to Chinese or Japanese, else a space.
pub fn gap(before: &str, after: &str) -> &'static str {
    let unspaced = before.chars().next_back().is_none_or(is_spaceless) || after.chars().next().is_none_or(is_spaceless);
    if unspaced { "" } else { " " }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A stop that was met, with the stops and closing marks that followed it.
#[derive(Debug, Clone, Copy)]
struct Stop {
    /// Index of its first mark.
    at: usize,
    /// The mark that weighs most.
    mark: Mark,
    /// How many marks of ellipsis.
    dots: usize,
    /// Whether a closing mark followed.
    closed: bool,
    /// The outermost enclosure that closed behind it: what it is, and the index of its opening mark.
    enclosure: Option<(Enclosure, usize)>,
}

/// The marks that may end a sentence, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Ellipsis,
    Semicolon,
    Dot,
    /// `!` or `?` of scripts with spaces.
    Tone,
    /// ！ or ？, or their like among Han characters.
    FullTone,
    /// 。 and its like.
    Full,
}

struct Line<'a> {
    chars: &'a [(usize, char)],
    /// Byte offset of the line's end.
    end: usize,
    /// Whether the text has no capitals, so that lower case tells nothing.
    caseless: bool,
    /// What the mark at an index does, where its partner stands in the line too.
    roles: Vec<Option<Role>>,
}

/// What a mark does that has a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Opens,
    Closes(Enclosure),
}

impl<'a> Line<'a> {
    fn new(chars: &'a [(usize, char)], end: usize, caseless: bool) -> Self {
        let mut roles = vec![None; chars.len()];
        let mut open: [Vec<usize>; mark::PAIRS.len()] = Default::default();
        let mut straight: Option<usize> = None;
        for (i, &(_, c)) in chars.iter().enumerate() {
            if let Some(pair) = opener(c) {
                open[pair].push(i);
            } else if let Some(pair) = closer(c) {
                if let Some(from) = open[pair].pop() {
                    roles[from] = Some(Role::Opens);
                    roles[i] = Some(Role::Closes(mark::PAIRS[pair].2));
                }
            } else if is_straight(c) {
                let before = i.checked_sub(1).map(|p| chars[p].1);
                let after = chars.get(i + 1).map(|&(_, c)| c);
                let blank_before = before.is_none_or(|b| b.is_whitespace() || opener(b).is_some());
                let blank_after = after.is_none_or(|a| a.is_whitespace() || closer(a).is_some());
                // Between two words without spaces (Chinese) it does what is its turn.
                let opens = if blank_before == blank_after { straight.is_none() } else { blank_before };
                if opens {
                    straight = Some(i);
                } else if let Some(from) = straight.take() {
                    roles[from] = Some(Role::Opens);
                    roles[i] = Some(Role::Closes(Enclosure::Quote));
                }
            }
        }
        Line { chars, end, caseless, roles }
    }

    fn at(&self, i: usize) -> Option<char> {
        self.chars.get(i).map(|&(_, c)| c)
    }

    fn offset(&self, i: usize) -> usize {
        self.chars.get(i).map_or(self.end, |&(at, _)| at)
    }

    fn split(&self, text: &str, sentences: &mut Vec<Range<usize>>) {
        let mut push = |range: Range<usize>| {
            let slice = &text[range.clone()];
            let from = range.start + (slice.len() - slice.trim_start().len());
            let to = from + slice.trim().len();
            if from < to {
                sentences.push(from..to);
            }
        };
        let mut start = 0;
        let mut depth = 0usize;
        let mut outermost = 0;
        let mut word = 0;
        let mut stop: Option<Stop> = None;
        for i in 0..self.chars.len() {
            let c = self.chars[i].1;
            if is_stop(c) {
                self.meet(&mut stop, i, c);
            } else if self.roles[i] == Some(Role::Opens) {
                if depth == 0 {
                    outermost = i;
                }
                depth += 1;
                stop = None;
                word = i + 1;
            } else if let Some(Role::Closes(enclosure)) = self.roles[i] {
                depth -= 1;
                if let Some(stop) = &mut stop {
                    stop.closed = true;
                    stop.enclosure = Some((enclosure, outermost));
                }
            } else if stop.is_some() && self.trails(i) {
                if let Some(stop) = &mut stop {
                    stop.closed = true;
                }
            } else {
                stop = None;
                if c.is_whitespace()
                    || opener(c).is_some()
                    || is_straight(c)
                    || matches!(c, '-' | '–' | '—' | '/' | '‘' | '\'' | '`')
                    || is_spaceless(c)
                {
                    word = i + 1;
                }
            }
            if let Some(met) = stop
                && depth == 0
                && !(self.at(i + 1).is_some_and(is_stop) || self.trails(i + 1))
            {
                stop = None;
                if let Some(to) = self.ends(&met, i + 1, start, word) {
                    push(self.offset(start)..self.offset(to));
                    start = to;
                    word = to;
                }
            }
        }
        push(self.offset(start)..self.end);
    }

    /// Takes a mark in: as a stop of its own, or as more of the one before it.
    fn meet(&self, stop: &mut Option<Stop>, i: usize, c: char) {
        let before = i.checked_sub(1).and_then(|p| self.at(p));
        let after = self.at(i + 1);
        let among_han = before.is_some_and(|b| is_spaceless(b) && !b.is_alphanumeric() || is_unspaced_letter(b));
        let percent = before == Some('%') && after.is_some_and(is_unspaced_letter);
        let mark = match c {
            '…' | '⋯' => Mark::Ellipsis,
            '；' => Mark::Semicolon,
            '.' if percent => Mark::Full,
            '.' | '．' | '﹒' if !among_han || after.is_some_and(|a| a.is_ascii_alphanumeric()) => Mark::Dot,
            '.' if after == Some('.') => Mark::Ellipsis,
            '!' | '?' if !among_han => Mark::Tone,
            '!' | '?' | '！' | '？' | '﹗' | '﹖' | '‼' | '⁇' | '⁈' | '⁉' => Mark::FullTone,
            _ => Mark::Full,
        };
        let dots = usize::from(matches!(c, '…' | '⋯' | '.' | '。'));
        match stop {
            Some(stop) if !stop.closed => {
                // `...` after Han is one ellipsis: its last dot is no full stop.
                stop.mark = if c == '.' && stop.dots > 0 { stop.mark } else { stop.mark.max(mark) };
                stop.dots += dots;
            }
            _ => *stop = Some(Stop { at: i, mark, dots, closed: false, enclosure: None }),
        }
    }

    /// Whether a mark behind a stop is a closing one, with or without its partner.
    fn trails(&self, i: usize) -> bool {
        match (self.at(i), self.roles.get(i)) {
            (Some(_), Some(Some(role))) => *role != Role::Opens,
            (Some(c), _) if is_straight(c) => self.at(i + 1).is_none_or(char::is_whitespace),
            (Some(c), _) => closer(c).is_some() || matches!(c, '’' | '\''),
            _ => false,
        }
    }

    /// Where the sentence from `start` ends, if it ends with the stop `met` that reaches to the index `next`.
    fn ends(&self, met: &Stop, next: usize, start: usize, word: usize) -> Option<usize> {
        let Some(following) = self.at(next) else {
            return Some(next);
        };
        let ended = match met.mark {
            Mark::Dot | Mark::Tone => return self.ends_spaced(met, next, start, word),
            _ if goes_on(following) => false,
            _ if met.closed && matches!(following, '的' | '之' | '地' | '等' | 'と') => false,
            Mark::Full | Mark::FullTone => match met.enclosure {
                None => true,
                Some((Enclosure::Title, _)) => false,
                Some((Enclosure::Bracket, from)) => met.mark == Mark::Full && self.is_blank(start, from),
                Some((Enclosure::Quote, from)) if self.is_blank(start, from) => !self.attributed(next),
                Some((Enclosure::Quote, from)) => met.mark == Mark::Full || self.introduced(from),
            },
            Mark::Semicolon => met.enclosure.is_none(),
            Mark::Ellipsis => match met.enclosure {
                None => {
                    (met.dots >= 2 || met.closed)
                        && !matches!(following, '等' | '之' | '的' | '和' | '與' | '与' | '及' | '或')
                }
                Some((Enclosure::Quote, from)) => {
                    if self.is_blank(start, from) {
                        !self.attributed(next)
                    } else {
                        self.introduced(from)
                    }
                }
                Some(_) => false,
            },
        };
        ended.then_some(next)
    }

    /// [`Line::ends`] for the marks of scripts that set a space behind a sentence.
    fn ends_spaced(&self, met: &Stop, next: usize, start: usize, word: usize) -> Option<usize> {
        if !self.at(next).is_some_and(char::is_whitespace) {
            return None;
        }
        let mut k = next;
        while self.at(k).is_some_and(char::is_whitespace) {
            k += 1;
        }
        let Some(first) = self.at(k) else {
            return Some(k);
        };
        if matches!(first, '.' | '…') {
            return None;
        }
        let spaced = met.at > start && self.at(met.at - 1).is_some_and(char::is_whitespace);
        let ellipsis =
            met.dots >= 2 || spaced && met.at.checked_sub(2).is_some_and(|at| self.at(at).is_some_and(is_stop));
        if spaced && !ellipsis && !met.closed {
            // Text cut into tokens: the stop stands alone, and so may the closing quote behind it.
            let quotes = if self.at(k) == Some('\'') && self.at(k + 1) == Some('\'') { 2 } else { 0 };
            let behind = self.at(k + quotes).is_none_or(char::is_whitespace);
            return Some(if quotes > 0 && behind { k + quotes } else { next });
        }
        while self
            .at(k)
            .is_some_and(|c| opener(c).is_some() || is_straight(c) || matches!(c, '\'' | '‘' | '`' | '¿' | '¡'))
        {
            k += 1;
        }
        let lower = self.at(k).is_some_and(char::is_lowercase) && !self.caseless;
        if goes_on(first) || lower || closer(first).is_some() {
            return None;
        }
        if met.mark == Mark::Tone || ellipsis {
            return Some(next);
        }
        let opens = || abbreviation::opens_sentence(&self.word_at(k));
        let number = self.at(k).is_some_and(char::is_numeric);
        let ended = match abbreviation::class(&self.chars[word.min(met.at)..met.at], self.is_blank(start, word)) {
            Class::Word => true,
            Class::ListNumber | Class::Title | Class::Joined => false,
            Class::Reference => !number,
            Class::Time => !number && !abbreviation::follows_time(&self.word_at(k)),
            Class::Common => !number && opens(),
        };
        ended.then_some(next)
    }

    /// The letters from an index on, at most a dozen; empty where a full stop follows them.
    fn word_at(&self, from: usize) -> String {
        let rest = &self.chars[from.min(self.chars.len())..];
        let word: String = rest.iter().map(|&(_, c)| c).take_while(|c| c.is_alphabetic()).take(16).collect();
        let dotted = rest.get(word.chars().count()).is_some_and(|&(_, c)| c == '.') && word.chars().count() < 2;
        if dotted { String::new() } else { word }
    }

    fn is_blank(&self, from: usize, to: usize) -> bool {
        // White space at a sentence's start is short but for hostile text, which then counts as not blank.
        to - from.min(to) <= 64 && (from..to).all(|i| self.at(i).is_some_and(char::is_whitespace))
    }

    /// Whether the quote that opens at an index is speech: brought in by a colon, a comma or a verb of saying.
    fn introduced(&self, from: usize) -> bool {
        let before = self.chars[from.saturating_sub(3)..from].iter().map(|&(_, c)| c).collect::<String>();
        before.ends_with(['：', ':', '，', ',']) || abbreviation::ends_in_speech_verb(&before)
    }

    /// Whether a short clause that names the speaker follows (`他說。`).
    fn attributed(&self, from: usize) -> bool {
        let clause: String = self.chars[from..]
            .iter()
            .map(|&(_, c)| c)
            .take_while(|c| c.is_alphanumeric())
            .take(ATTRIBUTION + 1)
            .collect();
        clause.chars().count() <= ATTRIBUTION && abbreviation::ends_in_speech_verb(&clause)
    }
}

/// How many characters a clause may have that names the speaker.
const ATTRIBUTION: usize = 14;

#[cfg(test)]
mod tests;
