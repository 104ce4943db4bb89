//! Ratios and halves found in the text, and what they are of.

use rust_decimal::Decimal;

use super::change::{self, Change};
use super::modifier::Modifier;
use super::numeral::{self, Numeral};
use super::ratio::{self, NOT_PRICES, NOT_TENTHS, Ratio};
use super::scan::Scanner;
use super::unit::{SUFFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::rest;
use crate::text::script::is_han;

/// A fraction as a decimal, where it is one of few places.
fn exact(a: Decimal, b: Decimal) -> Option<Decimal> {
    let n = a.checked_div(b)?.normalize();
    (n.scale() <= 4).then_some(n)
}

/// What makes 個 before 半 a measure word of its own: 這個半小時.
const THESE: [char; 12] = ['这', '那', '每', '整', '几', '数', '多', '上', '下', '前', '后', '首'];

impl Scanner<'_> {
    /// Half: 半年, 一半, 半數, 過半.
    pub(super) fn half(&mut self, at: usize) -> Option<usize> {
        let half = rest(self.text, at).iter().position(|&c| c == '半')? + at;
        let next = self.text.get(half + 1).copied().unwrap_or(' ');
        let before = at.checked_sub(1).map(|i| self.text[i]);
        let fraction = Ratio {
            end: half + 1 + usize::from(next == '数'),
            value: Value::Fraction(Decimal::ONE, Decimal::TWO),
            unit: Unit::FRACTION,
            change: None,
        };
        if half > at {
            // 一半, 過半.
            if self.text[at] == '过' && matches!(next, '百' | '生' | '夜') {
                return None;
            }
            let end = self.ratio(at, fraction);
            if matches!(self.text[at], '过' | '逾')
                && let Some(m) = self.out.last_mut()
            {
                m.modifier = m.modifier.or(Some(Modifier::Over));
            }
            return Some(end);
        }
        if next == '数' {
            return Some(self.ratio(at, fraction));
        }
        // 半成, 半折.
        if next == '成' && NOT_TENTHS.at(self.text, half + 1).is_none() {
            let value = Value::Number(Decimal::from(5));
            return Some(self.ratio(at, Ratio { end: half + 2, value, unit: Unit::PERCENT, change: None }));
        }
        if next == '折' && NOT_PRICES.at(self.text, half + 1).is_none() {
            return Some(self.ratio(at, ratio::price(half + 2, Decimal::new(5, 1))));
        }
        if next == '百' && at == half && !self.text.get(half + 2).is_some_and(|&c| is_han(c)) {
            let n = Numeral { end: half + 2, value: Some(Decimal::from(50)), arabic: false, over: false, len: 2 };
            return Some(self.number(at, n, None));
        }
        // 歷時個半小時: one and a half, as Hong Kong says it.
        let whole = before == Some('个')
            && at.checked_sub(2).is_none_or(|i| {
                !numeral::big(self.text[i]) && !self.text[i].is_ascii_digit() && !THESE.contains(&self.text[i])
            });
        if whole && let Some((end, unit)) = self.and_half(at) {
            let value = Value::Number(Decimal::new(15, 1));
            return Some(self.measure(at - 1, end, self.modifier_before(at - 1), value, unit));
        }
        if matches!(before, Some('上' | '下' | '前' | '后' | '大' | '小' | '多' | '年')) {
            return None;
        }
        // 半日: a day is written 日 in dates alone, but for its half.
        let day =
            next == '日' && self.text.get(half + 2).is_none_or(|&c| !is_han(c) || matches!(c, '的' | '内' | '以'));
        let at_unit = if day { SUFFIXES.at(&['天'], 0) } else { SUFFIXES.at(self.text, half + 1) };
        let (_, Suffix::Unit(unit)) = at_unit? else { return None };
        if day {
            let value = Value::Number(Decimal::new(5, 1));
            return Some(self.measure(at, half + 2, self.modifier_before(at), value, unit));
        }
        (!matches!(unit.kind, "money" | "percent" | "count" | "age")).then_some(())?;
        let n = Numeral { end: half + 1, value: Some(Decimal::new(5, 1)), arabic: false, over: false, len: 1 };
        Some(self.number(at, n, None))
    }

    /// `a quarter of a percentage point`, `half an hour`: the unit that a fraction is of, and its end.
    fn part_of_unit(&self, end: usize, unit: Unit) -> Option<(usize, Unit)> {
        (unit.kind == "fraction").then_some(())?;
        // 四分之一公升.
        if is_han(self.text[end - 1])
            && let Some((stop, Suffix::Unit(measure))) = SUFFIXES.at(self.text, end)
            && matches!(measure.kind, "length" | "area" | "mass" | "volume" | "pp")
            && (stop - end > 1 || matches!(self.text[end], '升' | '米' | '克' | '吨' | '斤' | '亩'))
        {
            return Some((stop, measure));
        }
        let article = [" of a ", " of an ", " a ", " an ", "-", " "];
        let form = article.iter().find(|a| rest(self.text, end).iter().copied().take(a.len()).eq(a.chars()))?;
        match SUFFIXES.at(self.text, end + form.len())? {
            (stop, Suffix::Unit(measure)) if !matches!(measure.kind, "percent") => Some((stop, measure)),
            (stop, Suffix::Unit(measure)) if form.len() > 1 => {
                Some((stop, if measure.kind == "percent" { Unit::PERCENT } else { measure }))
            }
            _ => None,
        }
    }

    /// The upper end of a range in tenths whose lower end has no 成 of its own (三至五成), in hundredths, and its end.
    pub(super) fn tenths(&self, at: usize, low: Decimal) -> Option<(Decimal, usize)> {
        let (end, high) = self.joined(at)?;
        let tenths = self.text[..end].iter().rposition(|c| *c == '成').is_some_and(|i| i > at);
        (tenths && low < Decimal::TEN && low * Decimal::TEN < high).then_some((high, end))
    }

    /// The upper end of a range whose lower end was told as a share (百分之3至5, 三成至五成), and its end.
    fn percent_range(&self, start: usize, at: usize, low: Decimal) -> Option<(Decimal, usize)> {
        let text = self.text;
        let bare = text[start..at].contains(&'之').then(|| self.bare_end(at)).flatten();
        let (end, high) = self.joined(at).or(bare)?;
        let led = start > 0 && matches!(text[start - 1], '由' | '从' | '自');
        // 上升三成至八成 tells a change and a level.
        let by = change::change(text, self.clause, start, at, at, true).0 == Change::By;
        (!led && low < high && !(by && high > low * Decimal::TWO)).then_some((high, end))
    }

    /// The share behind 至, 到 or a dash: its end and how many hundredths it is.
    fn joined(&self, at: usize) -> Option<(usize, Decimal)> {
        let n = self.read_joined(at)?;
        let found = ratio::after(self.text, &n).filter(|found| found.unit == Unit::PERCENT)?;
        found.value.number().map(|high| (found.end, high))
    }

    /// The number behind 至, 到 or a dash that shares the 百分之 before it: nothing is counted by it.
    fn bare_end(&self, at: usize) -> Option<(usize, Decimal)> {
        let n = self.read_joined(at)?;
        let free = self.suffix(n.end).is_none() && !matches!(self.text.get(n.end), Some('月' | '日' | '年' | '号'));
        n.value.filter(|_| free).map(|high| (n.end, high))
    }

    fn read_joined(&self, at: usize) -> Option<Numeral> {
        let text = self.text;
        matches!(text.get(at)?, '至' | '到' | '-' | '~').then_some(())?;
        let c = text.get(at + 1)?;
        (c.is_ascii_digit() || numeral::begins_han(*c)).then(|| numeral::read(text, at + 1)).flatten()
    }

    pub(super) fn ratio(&mut self, start: usize, found: Ratio) -> usize {
        let Ratio { mut end, mut value, unit, change } = found;
        if let Value::Number(low) = value
            && unit == Unit::PERCENT
            && let Some((high, stop)) = self.percent_range(start, end, low)
        {
            (value, end) = (Value::Range(low, high), stop);
        }
        // `half million`, `three quarters of a billion`.
        if let Value::Fraction(a, b) = value
            && let Some((stop, factor)) = numeral::of_magnitude(self.text, end)
            && let Some(product) = a.checked_mul(factor).and_then(|n| n.checked_div(b))
        {
            let n = Numeral { end: stop, value: Some(product), arabic: false, over: false, len: stop - start };
            return self.number(start, n, None);
        }
        if let Some((stop, measure)) = self.part_of_unit(end, unit) {
            let value = match value {
                Value::Fraction(a, b) => exact(a, b).map_or(value, Value::Number),
                value => value,
            };
            let modifier = self.modifier_before(start);
            return self.measure(start, stop, modifier, value, measure);
        }
        let clause_end = self.clause_end(end);
        let (from, modifier) = self.modifier_before(start);
        let (said, direction) = change::change(self.text, self.clause, from, end, clause_end, true);
        let (mut kind, mut way) = (said, direction);
        if let Some((by, direction)) = change {
            way = direction;
            kind = if said == Change::To && unit.code == "x" && self.text[end - 1] != '折' { Change::To } else { by };
        } else if unit.code == "x"
            && let Value::Number(n) = value
        {
            // 增加兩倍 is three times as much; 增至三倍 is three times.
            if said == Change::By && (self.text[end - 1] == '倍' || self.text[..end].ends_with(&['倍', '半'])) {
                value = Value::Number(n + Decimal::ONE);
            }
            kind = if matches!(said, Change::By | Change::To) { Change::By } else { Change::Level };
        }
        self.push_full(start, end, (from, modifier), value, unit, "", None, (kind, way), true);
        end
    }
}
