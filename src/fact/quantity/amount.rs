//! A numeral with all that stands behind it: units, multiples, counted nouns.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::change;
use super::cue;
use super::measure::{Measure, quarter_points};
use super::modifier::Modifier;
use super::numeral::{self, Numeral};
use super::ratio;
use super::scan::Scanner;
use super::unit::{Behind, SUFFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{Forms, is_latin, past_spaces};
use crate::text::script::is_han;

/// Words that begin with 打 and are no dozens.
static NOT_DOZENS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("not_dozen"));

/// Scales of temperature that stand before the number.
static SCALES: LazyLock<Forms<Unit>> = LazyLock::new(|| {
    let scale = |code: &'static str, dimension| Unit { kind: "temperature", code, dimension, size: Decimal::ONE };
    let (celsius, fahrenheit) = (scale("Cel", "temperature"), scale("[degF]", "temperaturef"));
    let forms = ["摄氏", "摄氏温度", "华氏", "华氏温度"].iter().zip([celsius, celsius, fahrenheit, fahrenheit]);
    Forms::new(forms.map(|(form, unit)| (*form, unit)))
});
/// What a measure extends in: words behind `1.8m` that make metres of it.
static EXTENTS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("extent"));

impl Scanner<'_> {
    /// A numeral with all that stands behind it.
    pub(super) fn number(&mut self, start: usize, n: Numeral, money: Option<Unit>) -> usize {
        let text = self.text;
        if !n.arabic
            && let Some((low, high, end)) = numeral::neighbours(text, start)
        {
            // 十七八萬 needs no measure word; 七八 alone is part of a word.
            let large = text[start..end].iter().any(|c| matches!(c, '百' | '千' | '万' | '亿'));
            if let Some(stop) = self.neighbours(start, (low, high), end, &n, money, large) {
                return stop;
            }
        }
        if let Some((low, high, end)) = numeral::enumerated(text, start)
            && let Some(stop) = self.neighbours(start, (low, high), end, &n, money, false)
        {
            return stop;
        }
        let Some(mut value) = n.value else { return n.end };
        let mut end = n.end;
        if money.is_none()
            && let Some((high, stop)) = self.tenths(end, value)
        {
            let ends = Value::Range(value * Decimal::TEN, high);
            return self.ratio(start, ratio::plain(stop, ends, Unit::PERCENT));
        }
        if money.is_none()
            && let Some(found) = ratio::after(text, &n)
        {
            return self.ratio(start, found);
        }
        if n.arabic
            && let Some((stop, part)) =
                numeral::decimals(text, numeral::gap(text, end)).filter(|_| value.fract().is_zero())
        {
            // `1 point 1`.
            (value, end) = (value + part, stop);
        }
        if n.arabic || money.is_some() {
            if let Some((stop, factor)) = numeral::magnitude(text, end, money.is_some()) {
                let Some(product) = value.checked_mul(factor) else { return stop };
                (value, end) = (product, stop);
                // `5 lakh crore`.
                if let Some((stop, factor)) = numeral::of_magnitude(text, end) {
                    let Some(product) = value.checked_mul(factor) else { return stop };
                    (value, end) = (product, stop);
                }
            } else if money.is_none()
                && let Some(stop) = self.million(start, end)
            {
                let Some(product) = value.checked_mul(Decimal::from(1_000_000)) else { return end };
                (value, end) = (product, stop);
            }
            // .0012G: a part of a billion; from one on, G tells a generation.
            if value.abs() < Decimal::ONE
                && self.raw.get(end) == Some(&'G')
                && !text.get(end + 1).is_some_and(|&c| is_latin(c) || is_han(c))
                && let Some(product) = value.checked_mul(Decimal::from(1_000_000_000))
            {
                (value, end) = (product, end + 1);
            }
            if let Some(stop) = self.score(start, end, value, money) {
                return stop;
            }
        }
        // 十打啤酒.
        let dozens = text.get(end) == Some(&'打') && money.is_none() && NOT_DOZENS.at(text, end).is_none();
        if dozens {
            let Some(product) = value.checked_mul(Decimal::from(12)) else { return end };
            (value, end) = (product, end + 1);
        }
        let mut amount = Value::Number(value);
        let mut core_end = end;
        let mut suffix = self.suffix(end);
        // A range: 425億至440億元, 10-15 percent, `between 3 and 5`.
        if let Some(((low, high), stop, later)) = self.range(start, end, value, suffix) {
            amount = Value::Range(low, high);
            core_end = stop;
            suffix = later;
        }
        if text.get(core_end).is_some_and(|c| c.is_ascii_alphabetic()) && suffix.is_none() && money.is_none() {
            return self.past_code(core_end);
        }
        if suffix.is_none() && money.is_none() && !dozens && self.is_label(start, core_end, &n) {
            if let Some(year) = self.bare_year(start, core_end) {
                self.date(start, core_end, year);
            }
            return core_end;
        }
        let (start, suffix) = self.in_scale(start, suffix);
        let from_modifier = self.modifier_before(start);
        self.finish(start, core_end, from_modifier, amount, suffix, money, &n)
    }

    /// Takes in a range of neighbouring numbers (七八千人, 七、八成), where a unit, money or its own size makes one of it.
    fn neighbours(
        &mut self,
        start: usize,
        (low, high): (Decimal, Decimal),
        end: usize,
        n: &Numeral,
        money: Option<Unit>,
        large: bool,
    ) -> Option<usize> {
        let suffix = self.suffix(end);
        let staff = self.text.get(end + 1..end + 3) == Some(&['员', '工']);
        let tenths = self.text.get(end) == Some(&'成') && (staff || ratio::NOT_TENTHS.at(self.text, end).is_none());
        if tenths && high < Decimal::TEN {
            let ends = Value::Range(low * Decimal::TEN, high * Decimal::TEN);
            return Some(self.ratio(start, ratio::plain(end + 1, ends, Unit::PERCENT)));
        }
        (suffix.is_some() || money.is_some() || large).then_some(())?;
        let modifier = self.modifier_before(start);
        Some(self.finish(start, end, modifier, Value::Range(low, high), suffix, money, n))
    }

    /// 攝氏37度, 華氏溫度98.6度: degrees with their scale before the number; where it begins, and the unit.
    fn in_scale(&self, start: usize, suffix: Option<Behind>) -> (usize, Option<Behind>) {
        if let Some((stop, Suffix::Unit(u))) = suffix
            && u.code == "deg"
            && let Some((from, unit)) = SCALES.before(self.text, start)
        {
            return (from, Some((stop, Suffix::Unit(unit))));
        }
        (start, suffix)
    }

    /// Past an `m` that means million: a capital (`3M`, `2.5 M`), or one that touches a decimal fraction and has a noun
    /// behind (`1.2m people`). `3m` is three metres, and so is `1.8m tall`.
    fn million(&self, start: usize, end: usize) -> Option<usize> {
        let at = past_spaces(self.text, end);
        let closed = self.text.get(at) == Some(&'m') && !self.text.get(at + 1).is_some_and(|&c| is_latin(c));
        let decimal = self.text[start..end].contains(&'.');
        let noun = self.text.get(at + 1) == Some(&' ')
            && self.text.get(at + 2).is_some_and(char::is_ascii_alphabetic)
            && EXTENTS.at(self.text, at + 2).is_none();
        (closed && (self.raw[at] == 'M' || at == end && decimal && noun)).then_some(at + 1)
    }

    #[expect(clippy::too_many_arguments, reason = "one place where a number's parts come together")]
    pub(super) fn finish(
        &mut self,
        start: usize,
        end: usize,
        (from, before): (usize, Option<Modifier>),
        value: Value,
        suffix: Option<Behind>,
        money: Option<Unit>,
        n: &Numeral,
    ) -> usize {
        let text = self.text;
        let mut before = before.or(n.over.then_some(Modifier::Over));
        let mut value = value;
        let (mut stop, mut unit, mut noun, mut of) = (end, Unit::COUNT, "", None);
        // 50多個: the modifier stands between number and measure word.
        let mut suffix = suffix;
        if let Some(minutes) = self.minutes(end, suffix) {
            suffix = Some(minutes);
        }
        if suffix.is_none() && matches!(text.get(end), Some('多' | '余' | '来')) && self.suffix(end + 1).is_some() {
            suffix = self.suffix(end + 1);
            before = before.or(Some(if text[end] == '来' { Modifier::About } else { Modifier::Over }));
        } else if suffix.is_none()
            && matches!(text.get(end), Some('多' | '余'))
            && text.get(end + 1).is_some_and(|&c| is_han(c))
        {
            before = before.or(Some(Modifier::Over));
            stop = end + 1;
            of = self.han_noun(end + 1);
        } else if suffix.is_none() && text.get(end) == Some(&'+') {
            before = before.or(Some(Modifier::AtLeast));
            stop = end + 1;
        }
        if let Some(unit_before) = money {
            unit = unit_before;
            if let Some((past, Suffix::Unit(u))) = suffix {
                if u.kind == "money" {
                    stop = past;
                }
            } else if let Some((past, Suffix::BareYuan)) = suffix {
                stop = past;
            } else if let Some((past, Suffix::Classifier("dime", _))) = suffix {
                // 人民幣5角.
                (unit.size, stop) = (Decimal::new(1, 1), past);
            }
        } else {
            match suffix {
                Some((past, Suffix::Unit(u))) => {
                    unit = u;
                    stop = past;
                    // 北緯25度 measures no heat.
                    let place = start > 0 && matches!(text[start - 1], '纬' | '经');
                    if u.code == "deg" && text[past - 1] == '度' && !place {
                        unit = Unit { kind: "temperature", code: "Cel", dimension: "temperature", ..u };
                    }
                    if text[..past].ends_with(&['新', '元']) {
                        unit = Unit::money(self.locale.new_dollar);
                    }
                    if self.taiwan_rate(start, past) {
                        (unit, value) = quarter_points(value);
                    }
                    if let Some(pounds) = self.weighs(start, past, value).filter(|_| u.code == "GBP") {
                        unit = pounds;
                    }
                }
                Some((past, Suffix::BareYuan)) => {
                    let round = text[past - 1] == '圆';
                    unit = Unit::money(if round { self.locale.round } else { self.locale.yuan });
                    stop = past;
                    // 100億元人民幣 and 18億元新台幣 name their money behind.
                    if let Some((later, Suffix::Unit(named))) = SUFFIXES.at(text, past)
                        && named.kind == "money"
                    {
                        (unit, stop) = (named, later);
                    }
                }
                Some((past, Suffix::Classifier("dime", _))) => {
                    stop = past;
                    unit = Unit { size: Decimal::new(1, 1), ..Unit::money(self.locale.yuan) };
                }
                Some((past, Suffix::Classifier(counted, direct))) => {
                    stop = past;
                    if let (Some((later, half)), Value::Number(v)) = (self.and_half(past), value) {
                        value = Value::Number(v + Decimal::new(5, 1));
                        return self.measure(start, later, (from, before), value, half);
                    }
                    // 六個加侖: 個 before a unit of measure.
                    if text[past - 1] == '个'
                        && let Some((later, Suffix::Unit(u))) =
                            SUFFIXES.at(text, past).filter(|(end, _)| end - past > 1)
                        && matches!(u.kind, "length" | "area" | "volume" | "mass")
                    {
                        return self.measure(start, later, (from, before), value, u);
                    }
                    noun = counted;
                    of = if direct { None } else { self.han_noun(past) };
                    if self.taiwan_rate(start, past) {
                        (unit, value) = quarter_points(value);
                        of = None;
                    }
                }
                None => {
                    if let Some(range) = self.noun(end) {
                        of = Some(range);
                    } else if of.is_none() && text.get(end).is_some_and(|&c| is_han(c)) {
                        of = self.han_noun(end);
                    }
                }
            }
        }
        if of.is_none() && !matches!(unit.kind, "count" | "duration" | "percent" | "pp" | "bp") {
            of = self.measured(stop);
        }
        // 一 before a measure word is an article, before a unit of measure a number.
        let article = !n.arabic && n.value == Some(Decimal::ONE) && text[start] == '一' && end - start == 1;
        if article
            && matches!(suffix, None | Some((_, Suffix::Classifier(..))))
            && unit.kind == "count"
            && !self.alone(start, stop)
        {
            return stop;
        }
        let mut told = Measure { value, unit, stop };
        if matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "duration") && money.is_none() {
            self.last(&mut told);
            if self.is_decade(told.stop) {
                return told.stop;
            }
            self.age(&mut told);
        }
        self.halves(&mut told);
        self.behind_unit(&mut told);
        let bare = unit == Unit::COUNT && suffix.is_none();
        if self.below_zero(&mut told, bare) && bare {
            of = None;
        }
        // 每小時257公里, `188 miles an hour`: a length by the hour is a speed.
        if told.unit.kind == "length"
            && let Some((past, speed)) = self.speed(from, told.stop, told.unit)
        {
            (told.unit, told.stop) = (speed, past);
        }
        if self.add_parts(&mut told) {
            of = None;
        }
        told.in_currency();
        let Measure { value, unit, stop } = told;
        let clause_end = self.clause_end(stop);
        let (change, direction) =
            change::change(text, self.clause, from, stop, clause_end, matches!(unit.kind, "percent" | "pp" | "bp"));
        let listed = true;
        self.push_full(start, stop, (from, before), value, unit, noun, of, (change, direction), listed);
        stop
    }
}
