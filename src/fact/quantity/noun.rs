//! The counted noun behind a number, and numbers that are labels.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::cue;
use super::numeral::{self, Numeral};
use super::scan::Scanner;
use super::suffix::BETWEEN;
use crate::fact::date::{Day, Year};
use crate::fact::forms::{Forms, is_latin, rest, word_at};
use crate::text::script::is_han;

/// English words that end a counted noun.
static STOPS: LazyLock<Forms<()>> = LazyLock::new(|| {
    Forms::new(
        include_str!("../data/en_noun_stops.txt").lines().filter(|l| !l.starts_with('#')).map(|l| (l.trim(), ())),
    )
});

/// What makes a number before it a label.
static LABEL_ENDS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("label_end"));

impl Scanner<'_> {
    /// The counted noun that begins behind a number, as written.
    pub(super) fn noun(&self, end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let mut at = end + usize::from(matches!(text.get(end), Some(' ' | '-')));
        if let Some((past, ())) = BETWEEN.at(text, at)
            && text.get(past) == Some(&' ')
        {
            at = past + 1;
        }
        let start = at;
        let mut stop = at;
        for _ in 0..3 {
            if !text.get(at).is_some_and(char::is_ascii_alphabetic) || STOPS.at(text, at).is_some() {
                break;
            }
            let word = rest(text, at).iter().take_while(|c| is_latin(**c) || **c == '\'').count();
            stop = at + word;
            let plural = text[stop - 1] == 's' && word > 3 && !matches!(text[stop - 2], 's' | 'u' | '\'');
            if plural || !matches!(text.get(stop), Some(' ' | '-')) {
                break;
            }
            at = stop + 1;
        }
        (stop > start).then_some((start, stop))
    }

    /// What a measure or sum is of, right behind it: 5萬噸小麥, 20億元無償援助, `20,000 mu of pears`, `$2bn in grants`.
    pub(super) fn measured(&self, end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        if text.get(end).is_some_and(|&c| is_han(c)) {
            return self.han_noun(end);
        }
        let after = word_at(text, end, " of").or_else(|| word_at(text, end, " in"))?;
        self.noun(after)
    }

    /// Whether a number without a unit is a label, a year, or part of a name rather than a quantity.
    pub(super) fn is_label(&self, start: usize, end: usize, n: &Numeral) -> bool {
        let text = self.text;
        let next = text.get(end).copied().unwrap_or(' ');
        if !n.arabic && !text[start].is_ascii_alphabetic() {
            // A Chinese digit alone is a word's part; 三萬二 and 百人 are numbers.
            let big = text[start..end]
                .iter()
                .any(|c| matches!(c, '十' | '百' | '千' | '万' | '亿' | '兆' | '拾' | '佰' | '仟' | '廿' | '卅'));
            let single_unit = end - start == 1;
            // 一、…；二、…: numbers of paragraphs.
            let begins = text[self.clause.min(start)..start].iter().all(|c| *c == ' ');
            if begins && next == '、' && end - start <= 2 && !text.get(end + 1).is_some_and(|&c| numeral::big(c)) {
                return true;
            }
            let edge = |c: Option<&char>| c.is_none_or(|c| !is_han(*c) && !is_latin(*c));
            if edge(start.checked_sub(1).and_then(|i| text.get(i))) && edge(text.get(end)) {
                return text[start] == '第';
            }
            // 百餘人, 千多戶.
            let single_unit = single_unit && !matches!(next, '余' | '多');
            return !big || single_unit || is_han(next) && self.han_noun(end).is_none();
        }
        let four = end - start == 4 && text[start..end].iter().all(char::is_ascii_digit);
        let year = four && n.value.is_some_and(|v| v >= Decimal::from(1900) && v < Decimal::from(2100));
        if is_han(next) {
            return year
                || LABEL_ENDS.at(text, end).is_some()
                || matches!(next, '号' | '路' | '型' | '系' | '网' | '线' | '强' | '版');
        }
        if n.arabic && n.len == 4 && !text[start..end].contains(&',') && !text[start..end].contains(&'.') {
            let year = n.value.is_some_and(|v| v >= Decimal::from(1500) && v < Decimal::from(2200));
            let noun = self.noun(end).is_some_and(|(_, b)| text[b - 1] == 's' && text[end] == ' ');
            let date_before = self.out.last().is_some_and(|m| m.unit.code == "date" && start - m.end <= 2);
            if year && !noun {
                return true;
            }
            return date_before && year;
        }
        false
    }

    /// A year that stands alone in English (`by 2030`): a date, though not one to be listed.
    pub(super) fn bare_year(&self, start: usize, end: usize) -> Option<Day> {
        let digits = &self.text[start..end];
        (digits.len() == 4 && digits.iter().all(char::is_ascii_digit)).then_some(())?;
        let year: i32 = digits.iter().collect::<String>().parse().ok()?;
        let before: String = self.text[start.saturating_sub(12)..start].iter().collect();
        let led = [
            "in ", "by ", "since ", "of ", "from ", "until ", "for ", "to ", "before ", "after ", "during ", "than ",
            "fiscal ", "with ",
        ];
        ((1900..2100).contains(&year) && led.iter().any(|l| before.ends_with(l)))
            .then(|| Day { year: Some(Year::Of(year)), ..Day::default() })
    }

    /// The Chinese noun right behind a number: the run of Han characters up to what no noun holds.
    pub(super) fn han_noun(&self, end: usize) -> Option<(usize, usize)> {
        // 外, 中, 內 right before a stop place the number, and are counted by none.
        let alone = |at: usize| self.text.get(at).is_none_or(|c| !is_han(*c) && !is_latin(*c));
        if matches!(self.text.get(end), Some('外' | '中' | '内' | '上' | '下' | '之' | '后' | '前' | '间' | '时'))
            && alone(end + 1)
        {
            return None;
        }
        let stop = end
            + rest(self.text, end)
                .iter()
                .take(4)
                .take_while(|c| {
                    is_han(**c)
                        && !matches!(
                            c,
                            '的' | '和'
                                | '与'
                                | '及'
                                | '在'
                                | '是'
                                | '为'
                                | '将'
                                | '从'
                                | '至'
                                | '到'
                                | '已'
                                | '并'
                                | '由'
                                | '了'
                                | '被'
                                | '把'
                                | '向'
                                | '于'
                                | '以'
                                | '也'
                                | '都'
                        )
                })
                .count();
        (stop > end).then_some((end, stop))
    }
}
