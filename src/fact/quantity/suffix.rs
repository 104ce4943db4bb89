//! What stands behind a number: units, signs, measure words, and the letters that are read by their place.

use std::sync::LazyLock;

use super::cue;
use super::modifier;
use super::numeral;
use super::scan::Scanner;
use super::unit::{Behind, SUFFIXES, Suffix, Unit};
use crate::fact::forms::{Forms, is_latin, past_spaces, rest, spaced_form, word_at};
use crate::text::script::is_han;

/// Words that begin with a measure word but are none after a number.
static NOT_UNITS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("not_unit"));
/// Words that may stand between a number and its unit and change neither.
pub(super) static BETWEEN: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("between"));
/// What a number with `g` behind is a generation of.
static NETWORKS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("generation"));

/// The unit of a form of the tables.
fn unit(form: &str) -> Option<Suffix> {
    let form: Vec<char> = form.chars().collect();
    SUFFIXES.at(&form, 0).filter(|(end, _)| *end == form.len()).map(|(_, suffix)| suffix)
}

impl Scanner<'_> {
    /// What stands behind a number: its end and meaning.
    pub(super) fn suffix(&self, end: usize) -> Option<Behind> {
        let text = self.text;
        if let Some(found) = self.letter(end).or_else(|| self.mark(end)) {
            return Some(found);
        }
        if let Some((stop, suffix)) = SUFFIXES.at(text, end) {
            // Letters touching a numeral must be a unit (5km), Chinese measure words touch always.
            let bad_word = NOT_UNITS.at(text, end).is_some();
            // 三塊 is money where nothing is counted by it.
            let coin = matches!(suffix, Suffix::Classifier(..)) && stop - end == 1 && text[end] == '块';
            let suffix = if coin && self.uncounted(stop) { Suffix::BareYuan } else { suffix };
            return (!bad_word).then_some((stop, suffix));
        }
        if text.get(end) == Some(&'两') && self.taels(end) {
            return unit("市两").map(|suffix| (end + 1, suffix));
        }
        if matches!(text.get(end), Some(' ' | '-')) {
            let next = if text[end] == ' ' { past_spaces(text, end) } else { end + 1 };
            let sign = text.get(next).is_some_and(|c| !c.is_alphanumeric() && !matches!(c, '%' | '°' | '℃' | '℉'));
            let direct = SUFFIXES.at(text, next).filter(|(stop, s)| {
                (!sign || self.closes_sum(*stop)) && (!matches!(s, Suffix::Classifier(..)) || text[end] == ' ')
            });
            // `0.3 of a percentage point`, `0.6 of a mile`.
            let of = word_at(text, end, " of a").filter(|at| text.get(*at) == Some(&' ')).and_then(|at| {
                SUFFIXES.at(text, at + 1).filter(|(_, s)| {
                    matches!(s, Suffix::Unit(u) if matches!(u.kind, "percent" | "pp" | "length" | "mass" | "volume"))
                })
            });
            if of.is_some() {
                return of;
            }
            // `three more years`, `six straight months`.
            return self.points_apart(end).or(direct).or_else(|| self.bracketed(next)).or_else(|| {
                let (stop, ()) = BETWEEN.at(text, end + 1)?;
                let next = matches!(text.get(stop), Some(' ' | '-')).then_some(stop + 1)?;
                SUFFIXES.at(text, next).filter(|(_, s)| matches!(s, Suffix::Unit(u) if u.kind != "percent"))
            });
        }
        None
    }

    /// Whether nothing is counted by the measure word that ends at a place: a bound, a coin or the text's end follows.
    fn uncounted(&self, stop: usize) -> bool {
        let bound = |form: &str| rest(self.text, stop).iter().copied().take(2).eq(form.chars());
        self.text.get(stop).is_none_or(|&c| !is_han(c) || numeral::big(c) || matches!(c, '至' | '到' | '半'))
            || ["以上", "以下", "左右", "上下", "以内"].iter().any(|w| bound(w))
    }

    /// A single letter that is a unit by its case and place: 31.5C, 90F, 2h, 500g, `7.0 l`; no 5G and no 4g network.
    fn letter(&self, end: usize) -> Option<Behind> {
        let digit = |at: usize| at > 0 && self.text[at - 1].is_ascii_digit();
        let at = if digit(end) { past_spaces(self.text, end) } else { return None };
        let touches = at == end;
        (!self.text.get(at + 1).is_some_and(|&c| is_latin(c) || c == '-')).then_some(())?;
        let form = match self.raw.get(at)? {
            'C' if touches => "℃",
            'F' if touches => "℉",
            'h' if touches => "hour",
            'V' if touches => "volt",
            'W' if touches => "watt",
            // 43.21s; the 1990s are no seconds.
            's' if touches && self.decimal(end) => "second",
            'g' if !(touches && self.generation(end)) => "gram",
            'l' | 'L' => "liter",
            _ => return None,
        };
        unit(form).map(|suffix| (at + 1, suffix))
    }

    /// Whether the number that ends at a place has decimals.
    fn decimal(&self, end: usize) -> bool {
        let places = self.text[..end].iter().rev().take_while(|c| c.is_ascii_digit()).count();
        self.text[..end - places].ends_with(&['.']) && end - places > 1 && self.text[end - places - 2].is_ascii_digit()
    }

    /// Whether a `g` at a place tells the generation of a network: a small number before, a network behind.
    fn generation(&self, at: usize) -> bool {
        let small = at > 0
            && matches!(self.text[at - 1], '2'..='6')
            && !(at > 1 && (self.text[at - 2].is_ascii_digit() || self.text[at - 2] == '.'));
        let next = past_spaces(self.text, at + 1);
        // `3g and 4g`.
        let other = word_at(self.text, next, "and").or_else(|| word_at(self.text, next, "or")).is_some_and(|end| {
            let at = past_spaces(self.text, end);
            self.text.get(at).is_some_and(char::is_ascii_digit) && self.text.get(at + 1) == Some(&'g')
        });
        let joined = self.text.get(at + 1).is_some_and(|&c| is_han(c) || matches!(c, '-' | '/'));
        small && (NETWORKS.at(self.text, next).is_some() || other || joined)
    }

    /// Marks of feet and inches, 8', 5'', 5", and the word `in`: never a closing quotation mark or a preposition.
    fn mark(&self, end: usize) -> Option<Behind> {
        let text = self.text;
        let digit = end > 0 && text[end - 1].is_ascii_digit();
        let open = |at: usize| text.get(at).is_none_or(|&c| !is_latin(c));
        let (form, stop) = match text.get(end)? {
            '"' if digit && open(end + 1) && !self.quoting(end) => ("inch", end + 1),
            '\'' if digit && text.get(end + 1) == Some(&'\'') && open(end + 2) => ("inch", end + 2),
            '\'' if digit && open(end + 1) && self.measures(end) => ("foot", end + 1),
            '\'' if digit && self.inches(end + 1) => ("foot", end + 1),
            'i' if digit => ("inch", word_at(text, end, "in")?),
            ' ' if text.get(end + 1) == Some(&'"') && text.get(end + 2) == Some(&' ') && !self.quoting(end + 1) => {
                ("inch", end + 2)
            }
            ' ' | '-' => {
                let stop = word_at(text, end + 1, "in")?;
                let closes = text.get(stop).is_none_or(|c| matches!(c, ')' | ']')) || text.len() == stop + 1;
                (closes && self.measures(end) || self.behind(end, &["ft", "feet", "foot"])).then_some(("inch", stop))?
            }
            _ => return None,
        };
        unit(form).map(|suffix| (stop, suffix))
    }

    /// Whether a number with a mark of inches begins at a place: the 2" of 6'2".
    fn inches(&self, at: usize) -> bool {
        let at = past_spaces(self.text, at);
        let end = at + rest(self.text, at).iter().take_while(|c| c.is_ascii_digit()).count();
        end > at && matches!(rest(self.text, end), ['"', ..] | ['\'', '\'', ..])
    }

    /// Whether one of some words stands right before the number that ends at a place.
    fn behind(&self, end: usize, words: &[&str]) -> bool {
        let number = self.text[..end].iter().rev().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        let before: String = self.text[(end - number).saturating_sub(10)..end - number].iter().collect();
        words.iter().any(|w| before.trim_end_matches([' ', ',']).ends_with(w))
    }

    /// Whether the number that ends at a place begins its text, or follows a bound or a greater unit of length.
    fn measures(&self, end: usize) -> bool {
        let start = end - self.text[..end].iter().rev().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        self.text[..start].iter().all(|c| *c == ' ')
            || modifier::before(self.text, start).is_some()
            || self.behind(end, &["yd", "yds", "yard", "yards"])
    }

    /// Whether a quotation mark stands open before a place in its sentence.
    fn quoting(&self, at: usize) -> bool {
        let from = self.text[..at].iter().rposition(|c| matches!(c, '\n' | '。')).map_or(0, |i| i + 1);
        let number = self.text[..at].iter().rev().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        let led = self.text[..at - number].last() == Some(&'"');
        led || self.text[from..at].iter().filter(|c| **c == '"').count() % 2 == 1
    }

    /// Whether a sign of money that ends at a place, apart from the number before it, belongs to that number: none
    /// follows, or one with money of its own (`1 $ 10 dollars`).
    fn closes_sum(&self, stop: usize) -> bool {
        let at = past_spaces(self.text, stop);
        let Some(n) = self.text.get(at).filter(|c| c.is_ascii_digit()).and_then(|_| numeral::read(self.text, at))
        else {
            return true;
        };
        let money = |at: usize| matches!(SUFFIXES.at(self.text, at), Some((_, Suffix::Unit(u))) if u.kind == "money");
        money(n.end) || self.text.get(n.end) == Some(&' ') && money(n.end + 1)
    }

    /// A unit in brackets behind the number: `20 (kg)`.
    fn bracketed(&self, at: usize) -> Option<Behind> {
        let close = match self.text.get(at)? {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            _ => return None,
        };
        let (stop, suffix) = SUFFIXES.at(self.text, at + 1)?;
        (self.text.get(stop) == Some(&close) && matches!(suffix, Suffix::Unit(_))).then_some((stop + 1, suffix))
    }

    /// 個百分點 with spaces among its characters.
    fn points_apart(&self, end: usize) -> Option<Behind> {
        let stop = spaced_form(self.text, end, "个百分点").or_else(|| spaced_form(self.text, end, "百分点"))?;
        Some((stop, Suffix::Unit(Unit::POINTS)))
    }

    /// Whether 兩 behind a number weighs something (三十兩, 9兩半, 二兩重): no 兩岸, no 兩會.
    fn taels(&self, at: usize) -> bool {
        let year = at >= 4 && self.text[at - 4..at].iter().all(char::is_ascii_digit);
        let next = self.text.get(at + 1).copied().unwrap_or(' ');
        !(year && is_han(next))
            && (!is_han(next)
                || matches!(
                    next,
                    '半' | '重' | '银' | '金' | '黄' | '白' | '酒' | '肉' | '茶' | '的' | '多' | '以' | '左'
                ))
    }
}
