//! What goes on behind a unit: halves, seconds and months, ages, degrees below zero, further parts.

use rust_decimal::Decimal;

use super::change;
use super::modifier::Modifier;
use super::numeral;
use super::scan::Scanner;
use super::unit::Unit;
use super::value::Value;
use crate::fact::forms::{rest, word_at};
use crate::text::script::is_han;

/// What may follow the 半 of 三斤半 without making a word of it.
const HALF_ENDS: [char; 14] = ['的', '多', '重', '长', '高', '宽', '厚', '深', '远', '左', '以', '大', '和', '及'];

/// A value with its unit, and where it stops so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    pub(super) value: Value,
    pub(super) unit: Unit,
    pub(super) stop: usize,
}

impl Measure {
    /// Adds to the value, where it is a number, and goes on.
    fn add(&mut self, part: Decimal, stop: usize) {
        if let Value::Number(n) = self.value {
            (self.value, self.stop) = (Value::Number(n + part), stop);
        }
    }

    /// Tells cents in their currency.
    pub(super) fn in_currency(&mut self) {
        if self.unit.kind != "money" || self.unit.size == Decimal::ONE {
            return;
        }
        let scaled = |n: Decimal| n.checked_mul(self.unit.size);
        self.value = match self.value {
            Value::Number(n) => scaled(n).map_or(self.value, Value::Number),
            Value::Range(a, b) => scaled(a).zip(scaled(b)).map_or(self.value, |(a, b)| Value::Range(a, b)),
            value => value,
        };
        self.unit.size = Decimal::ONE;
    }
}

/// 一碼 in basis points: a quarter of a percentage point.
pub(super) fn quarter_points(value: Value) -> (Unit, Value) {
    let unit = Unit { kind: "bp", code: "bp", dimension: "points", size: Decimal::new(1, 2) };
    let value = match value {
        Value::Number(n) => n.checked_mul(Decimal::from(25)).map_or(value, Value::Number),
        _ => value,
    };
    (unit, value)
}

impl Scanner<'_> {
    /// A duration to its end: 兩天半, 五年四個月, `2 hours 9 minutes`, 9秒83.
    pub(super) fn last(&self, told: &mut Measure) {
        let text = self.text;
        if text.get(told.stop) == Some(&'半') && matches!(told.value, Value::Number(_)) {
            // 五分半鐘.
            let minutes = text[told.stop - 1] == '分' && text.get(told.stop + 1) == Some(&'钟');
            told.add(Decimal::new(5, 1), told.stop + 1 + usize::from(minutes));
        }
        if self.is_decade(told.stop) {
            return;
        }
        if let Some((months, past)) = self.years_and_months(told.value, told.unit, told.stop) {
            (told.value, told.stop) = (months, past);
            told.unit = Unit { kind: "duration", code: "month", dimension: "months", size: Decimal::ONE };
        }
        if let Some((seconds, past)) = self.compound(told.value, told.unit, told.stop) {
            (told.value, told.stop) = (seconds, past);
            let size = Decimal::new(11_574_074_074_074, 18);
            told.unit = Unit { kind: "duration", code: "second", dimension: "days", size };
        }
        // 9秒83, 2分07秒41: the decimals of a race's time.
        if told.unit.code == "second"
            && let Some((past, part)) = self.after_seconds(told.stop)
        {
            told.add(part, past);
        }
    }

    /// `ten months old`, `a 90-day-old bill`: an age, in the unit that it is told in.
    pub(super) fn age(&self, told: &mut Measure) {
        let text = self.text;
        if matches!(text.get(told.stop), Some('-' | ' '))
            && text.get(told.stop + 1..told.stop + 4) == Some(&['o', 'l', 'd'])
        {
            // The base of ages is the month.
            let days = Decimal::new(32_854_209, 9);
            let size = if told.unit.dimension == "months" { told.unit.size } else { told.unit.size * days };
            told.unit = Unit { kind: "age", dimension: "age", size, ..told.unit };
            told.stop += 4;
        }
    }

    /// A half of the unit behind it: `an hour and a half`, 三斤半, 兩米半; no 三米半徑.
    pub(super) fn halves(&self, told: &mut Measure) {
        let measured = matches!(told.unit.kind, "length" | "area" | "volume" | "mass");
        if (measured || told.unit.kind == "duration")
            && let Some((past, part)) = self.and_part(told.stop)
        {
            told.add(part, past);
        }
        let text = self.text;
        let half = text.get(told.stop) == Some(&'半') && is_han(text[told.stop - 1]);
        // 三塊半, 四厘半.
        let coin = half && matches!(text[told.stop - 1], '块' | '蚊' | '元' | '厘');
        if half && (measured || coin) && text.get(told.stop + 1).is_none_or(|&c| !is_han(c) || HALF_ENDS.contains(&c)) {
            told.add(Decimal::new(5, 1), told.stop + 1);
        }
    }

    /// The decimals told behind a unit: 38度5, 1米75, 三尺六; its end, and what they add.
    pub(super) fn behind_unit(&self, told: &mut Measure) {
        let text = self.text;
        let whole = told.value.number().filter(|n| n.fract().is_zero());
        let few = whole.is_some_and(|n| n.abs() < Decimal::from(10));
        // 17米50: the hundredths of a throw.
        let hundredths = rest(text, told.stop).iter().take_while(|c| c.is_ascii_digit()).count() == 2;
        let most = match text[told.stop - 1] {
            '度' if told.unit.kind == "temperature" => 1,
            '米' | '尺' if told.unit.kind == "length" && (few || whole.is_some() && hundredths) => 2,
            _ => return,
        };
        let end =
            told.stop + rest(text, told.stop).iter().take_while(|&&c| numeral::place(c).is_some()).take(4).count();
        let closed =
            !text.get(end).is_some_and(|&c| numeral::big(c) || matches!(c, '.' | '%' | '-' | ':' | '至' | '到' | '比'));
        let places: String =
            text[told.stop..end].iter().filter_map(|&c| numeral::place(c)).map(|d| d.to_string()).collect();
        if !places.is_empty()
            && places.len() <= most
            && closed
            && self.suffix(end).is_none()
            && let Ok(part) = format!("0.{places}").parse()
        {
            told.add(part, end);
        }
    }

    /// `5 degrees below zero`, or a bare `5 below zero`: whether it is that.
    pub(super) fn below_zero(&self, told: &mut Measure, bare: bool) -> bool {
        let forms = [" below zero", " below 0", " below freezing"];
        let degrees = bare || matches!(told.unit.kind, "temperature" | "angle");
        let Some(past) = forms.iter().find_map(|w| word_at(self.text, told.stop, w)).filter(|_| degrees) else {
            return false;
        };
        if told.unit.kind != "temperature" {
            told.unit = Unit { kind: "temperature", code: "Cel", dimension: "temperature", ..told.unit };
        }
        if let Value::Number(n) = told.value {
            told.value = Value::Number(-n);
        }
        told.stop = past;
        true
    }

    /// Smaller units of the same measure behind it (五元三毛, `5 feet 4 inches`), a range of such sums too: whether
    /// there are any.
    pub(super) fn add_parts(&self, told: &mut Measure) -> bool {
        let Value::Number(n) = told.value else { return false };
        let Some((sum, whole, past)) = self.with_parts(n, told.unit, told.stop) else { return false };
        (told.value, told.unit, told.stop) = (Value::Number(sum), whole, past);
        // 五元六角-五元七毛八分.
        if let Some((high, later)) = self.compound_range(whole, past).filter(|(high, _)| *high > sum) {
            (told.value, told.stop) = (Value::Range(sum, high), later);
        }
        true
    }

    /// Takes in a measure whose value and unit are known.
    pub(super) fn measure(
        &mut self,
        start: usize,
        stop: usize,
        modifier: (usize, Option<Modifier>),
        value: Value,
        unit: Unit,
    ) -> usize {
        let clause_end = self.clause_end(stop);
        let ratio = matches!(unit.kind, "percent" | "pp" | "bp");
        let change = change::change(self.text, self.clause, modifier.0, stop, clause_end, ratio);
        let of = (!matches!(unit.kind, "duration" | "percent" | "pp" | "bp")).then(|| self.measured(stop)).flatten();
        self.push_full(start, stop, modifier, value, unit, "", of, change, true);
        stop
    }

    /// 升息一碼, 利率調降半碼: a quarter of a percentage point.
    pub(super) fn taiwan_rate(&self, start: usize, end: usize) -> bool {
        self.text[end - 1] == '码' && {
            let from = start.saturating_sub(24);
            let near: String = self.text[from..(end + 12).min(self.text.len())].iter().collect();
            ["息", "率"].iter().any(|w| near.contains(w))
        }
    }

    /// 60年代, 三年級.
    pub(super) fn is_decade(&self, stop: usize) -> bool {
        let next = self.text.get(stop).copied().unwrap_or(' ');
        matches!(next, '代' | '级') && matches!(self.text[stop - 1], '年')
    }
}
