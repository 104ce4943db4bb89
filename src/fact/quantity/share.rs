//! Ratios and halves found in the text, and what they are of.

use rust_decimal::Decimal;

use super::change::{self, Change};
use super::modifier::Modifier;
use super::numeral::Numeral;
use super::ratio::Ratio;
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
        if next == '百' && at == half && !self.text.get(half + 2).is_some_and(|&c| is_han(c)) {
            let n = Numeral { end: half + 2, value: Some(Decimal::from(50)), arabic: false, over: false, len: 2 };
            return Some(self.number(at, n, None));
        }
        if matches!(before, Some('上' | '下' | '前' | '后' | '大' | '小' | '多' | '年')) {
            return None;
        }
        let (_, Suffix::Unit(unit)) = SUFFIXES.at(self.text, half + 1)? else { return None };
        (!matches!(unit.kind, "money" | "percent" | "count" | "age")).then_some(())?;
        let n = Numeral { end: half + 1, value: Some(Decimal::new(5, 1)), arabic: false, over: false, len: 1 };
        Some(self.number(at, n, None))
    }

    /// `a quarter of a percentage point`, `half an hour`: the unit that a fraction is of, and its end.
    fn part_of_unit(&self, end: usize, unit: Unit) -> Option<(usize, Unit)> {
        (unit.kind == "fraction").then_some(())?;
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

    pub(super) fn ratio(&mut self, start: usize, found: Ratio) -> usize {
        let Ratio { end, mut value, unit, change } = found;
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
            if said == Change::By && self.text[end - 1] == '倍' {
                value = Value::Number(n + Decimal::ONE);
            }
            kind = if matches!(said, Change::By | Change::To) { Change::By } else { Change::Level };
        }
        self.push_full(start, end, (from, modifier), value, unit, "", None, (kind, way), true);
        end
    }
}
