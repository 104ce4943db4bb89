//! A numeral with all that stands behind it: units, ranges, scores, counted nouns.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::Change;
use super::context;
use super::numeral::{self, Numeral};
use super::ratio;
use super::scan::Scanner;
use super::unit::{Behind, PREFIXES, SUFFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{Forms, is_latin, rest, word_at};
use crate::text::script::is_han;

/// Words that begin with a measure word but are none after a number.
static NOT_UNITS: LazyLock<Forms<()>> =
    LazyLock::new(|| Forms::new(["点钟", "分之", "起诉", "本次", "等等", "部署", "部长们不"].map(|w| (w, ()))));
/// Words that may stand between a number and its unit and change neither.
pub(super) static BETWEEN: LazyLock<Forms<()>> = LazyLock::new(|| {
    Forms::new(
        [
            "more",
            "further",
            "additional",
            "extra",
            "full",
            "whole",
            "entire",
            "straight",
            "consecutive",
            "successive",
            "calendar",
            "working",
            "business",
            "solid",
            "long",
            "short",
            "other",
        ]
        .map(|w| (w, ())),
    )
});
/// What makes a number before it a label.
pub(super) static LABEL_ENDS: LazyLock<Forms<()>> =
    LazyLock::new(|| Forms::new(["号线", "强企业", "年代", "后"].map(|w| (w, ()))));
/// Words that follow a score.
static SCORED: LazyLock<Forms<()>> = LazyLock::new(|| {
    Forms::new(
        [
            "win", "victory", "defeat", "loss", "lead", "vote", "draw", "decision", "score", "triumph", "against",
            "away", "home", "up", "down", "majority", "split", "ruling",
        ]
        .map(|w| (w, ())),
    )
});

/// 一碼 in basis points: a quarter of a percentage point.
fn quarter_points(value: Value) -> (Unit, Value) {
    let unit = Unit { kind: "bp", code: "bp", dimension: "points", size: Decimal::new(1, 2) };
    let value = match value {
        Value::Number(n) => n.checked_mul(Decimal::from(25)).map_or(value, Value::Number),
        _ => value,
    };
    (unit, value)
}

impl Scanner<'_> {
    /// A numeral with all that stands behind it.
    pub(super) fn number(&mut self, start: usize, n: Numeral, money: Option<Unit>) -> usize {
        let text = self.text;
        if !n.arabic
            && let Some((low, high, end)) = numeral::neighbours(text, start)
        {
            let suffix = self.suffix(end);
            if suffix.is_some() || money.is_some() {
                let modifier = self.modifier_before(start);
                return self.finish(start, end, modifier, Value::Range(low, high), suffix, money, &n);
            }
        }
        let Some(mut value) = n.value else { return n.end };
        let mut end = n.end;
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
            } else if money.is_none()
                && text.get(end) == Some(&'m')
                && (self.bare_million(start, end) || self.capital_million(end))
            {
                let Some(product) = value.checked_mul(Decimal::from(1_000_000)) else { return end };
                (value, end) = (product, end + 1);
            }
            if let Some(stop) = self.score(start, end, value, money) {
                return stop;
            }
        }
        // 十打啤酒.
        if text.get(end) == Some(&'打')
            && money.is_none()
            && !matches!(
                text.get(end + 1),
                Some(
                    '开' | '造'
                        | '击'
                        | '出'
                        | '入'
                        | '破'
                        | '响'
                        | '算'
                        | '工'
                        | '电'
                        | '官'
                        | '下'
                        | '到'
                        | '断'
                        | '伤'
                        | '死'
                        | '包'
                        | '了'
                        | '败'
                )
            )
        {
            let Some(product) = value.checked_mul(Decimal::from(12)) else { return end };
            (value, end) = (product, end + 1);
        }
        let mut amount = Value::Number(value);
        let mut core_end = end;
        let mut suffix = self.suffix(end);
        // A range: 425億至440億元, 10-15 percent, `between 3 and 5`.
        if let Some((high, stop, later)) = self.range(start, end, suffix) {
            amount = Value::Range(value.min(high), value.max(high));
            core_end = stop;
            suffix = later;
        }
        if text.get(core_end).is_some_and(|c| c.is_ascii_alphabetic()) && suffix.is_none() && money.is_none() {
            return self.past_code(core_end);
        }
        if suffix.is_none() && money.is_none() && self.is_label(start, core_end, &n) {
            if let Some(year) = self.bare_year(start, core_end) {
                self.date(start, core_end, year);
            }
            return core_end;
        }
        let from_modifier = self.modifier_before(start);
        self.finish(start, core_end, from_modifier, amount, suffix, money, &n)
    }

    /// Whether a bare `m` means million: a decimal fraction before it, or a noun behind.
    pub(super) fn bare_million(&self, start: usize, end: usize) -> bool {
        let closed = !self.text.get(end + 1).is_some_and(|&c| is_latin(c));
        let decimal = self.text[start..end].contains(&'.');
        let noun =
            matches!((self.text.get(end + 1), self.text.get(end + 2)), (Some(' '), Some(c)) if c.is_ascii_alphabetic());
        closed && decimal && noun
    }

    /// Whether a capital M touches the number: `3M` is three million, `3m` three metres.
    fn capital_million(&self, end: usize) -> bool {
        self.raw.get(end) == Some(&'M') && !self.text.get(end + 1).is_some_and(|&c| is_latin(c))
    }

    /// What stands behind a number: its end and meaning.
    pub(super) fn suffix(&self, end: usize) -> Option<Behind> {
        let text = self.text;
        // 31.5C, 90F: capitals that touch the number.
        if end > 0
            && text[end - 1].is_ascii_digit()
            && let Some(c @ ('C' | 'F')) = self.raw.get(end)
            && !text.get(end + 1).is_some_and(|&c| is_latin(c))
        {
            let form = if *c == 'C' { ['℃'] } else { ['℉'] };
            return SUFFIXES.at(&form, 0).map(|(_, suffix)| (end + 1, suffix));
        }
        if let Some((stop, suffix)) = SUFFIXES.at(text, end) {
            // Letters touching a numeral must be a unit (5km), Chinese measure words touch always.
            let bad_word = matches!(suffix, Suffix::Classifier(..)) && NOT_UNITS.at(text, end).is_some();
            // 三塊 is money where nothing is counted by it.
            let coin = matches!(suffix, Suffix::Classifier(..)) && stop - end == 1 && text[end] == '块';
            let open = text.get(stop).is_none_or(|&c| !is_han(c) || numeral::big(c) || matches!(c, '至' | '到'));
            let suffix = if coin && open { Suffix::BareYuan } else { suffix };
            return (!bad_word).then_some((stop, suffix));
        }
        if matches!(text.get(end), Some(' ' | '-')) {
            // A sign of money apart from a number belongs to the next one.
            let sign = text.get(end + 1).is_some_and(|c| !c.is_alphanumeric() && !matches!(c, '%' | '°' | '℃' | '℉'));
            let direct = SUFFIXES
                .at(text, end + 1)
                .filter(|(_, s)| !sign && (!matches!(s, Suffix::Classifier(..)) || text[end] == ' '));
            // `three more years`, `six straight months`.
            return direct.or_else(|| {
                let (stop, ()) = BETWEEN.at(text, end + 1)?;
                let next = matches!(text.get(stop), Some(' ' | '-')).then_some(stop + 1)?;
                SUFFIXES.at(text, next).filter(|(_, s)| matches!(s, Suffix::Unit(u) if u.kind != "percent"))
            });
        }
        None
    }

    /// The upper end of a range that begins with the number read, with its end and suffix.
    pub(super) fn range(
        &self,
        start: usize,
        end: usize,
        suffix: Option<Behind>,
    ) -> Option<(Decimal, usize, Option<Behind>)> {
        let text = self.text;
        let before: String = text[start.saturating_sub(9)..start].iter().collect();
        // `narrowed by €79 million to €184 million` tells a change and a level.
        let sum =
            PREFIXES.at(text, start).is_some() || matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "money");
        let moved_by = sum && before.ends_with("by ");
        if before.ends_with("from ") && !self.ranges(start)
            || moved_by
            || before.ends_with('由')
            || before.ends_with('从')
            || before.ends_with('自')
        {
            return None;
        }
        let past = suffix.map_or(end, |(stop, _)| stop);
        let between = before.ends_with("between ");
        let join = |at: usize| -> Option<usize> {
            match text.get(at)? {
                '至' | '到' | '~' => Some(at + 1),
                '-' => Some(at + 1),
                ' ' => {
                    let rest = rest(text, at + 1);
                    if rest.starts_with(&['t', 'o', ' ']) {
                        Some(at + 4)
                    } else if between && rest.starts_with(&['a', 'n', 'd', ' ']) {
                        Some(at + 5)
                    } else if rest.starts_with(&['-', ' ']) {
                        Some(at + 3)
                    } else {
                        None
                    }
                }
                _ => None,
            }
        };
        for at in [end, past] {
            let Some(next) = join(at) else { continue };
            // `rose 12% to 48%` tells a change and a level.
            if suffix.is_some()
                && at == past
                && text[at] != '-'
                && context::change(text, self.clause, start, past, past, true).0 == Change::By
                && !self.narrow(end, suffix, next)
            {
                return None;
            }
            if suffix.is_some_and(|(_, s)| !matches!(s, Suffix::Unit(u) if u.kind == "money"))
                && PREFIXES.at(text, next).is_some()
            {
                return None;
            }
            let next = PREFIXES.at(text, next).map_or(next, |(stop, _)| stop);
            let c = *text.get(next)?;
            let n = if c.is_ascii_alphabetic() {
                numeral::words(text, next)
            } else {
                (c.is_ascii_digit() || numeral::begins_han(c)).then(|| numeral::read(text, next)).flatten()
            }?;
            let mut stop = n.end;
            let mut high = n.value?;
            if let Some((end, factor)) = numeral::magnitude(text, stop, false) {
                high = high.checked_mul(factor)?;
                stop = end;
            }
            let later = self.suffix(stop);
            let hyphen = text[at] == '-';
            // `voted 61 to 45` sets two numbers against each other.
            if text[at] == ' '
                && suffix.is_none()
                && later.is_none()
                && numeral::read(text, start).and_then(|n| n.value).is_some_and(|low| high < low)
            {
                return None;
            }
            let year = |from: usize, to: usize| to - from == 4 && text[from..to].iter().all(char::is_ascii_digit);
            if suffix.is_some() && later.is_none() || suffix.is_none() && later.is_some() && year(start, end) {
                return None;
            }
            if hyphen && later.is_none() && text.get(stop).is_some_and(|c| matches!(c, '-' | '/')) {
                return None;
            }
            if text.get(stop) == Some(&'%') || later.is_some() || suffix.is_some() || n.arabic || hyphen {
                let same = match (suffix, later) {
                    (Some((_, a)), Some((_, b))) => a == b,
                    _ => true,
                };
                return same.then_some((high, stop, later.or(suffix.map(|(_, s)| (stop, s)))));
            }
        }
        None
    }

    /// Whether `from` before a place opens a range: it begins the text, or a verb of ranging stands before it.
    fn ranges(&self, start: usize) -> bool {
        let from = self.clause.min(start);
        let before: String = self.text[from.max(start.saturating_sub(40))..start].iter().collect();
        let lead = before.trim_end().trim_end_matches("from").trim();
        let verbs = ["ranging", "range", "ranges", "ranged", "vary", "varies", "varying", "anywhere"];
        lead.is_empty() && self.clause == 0 || verbs.iter().any(|w| lead.ends_with(w))
    }

    /// Whether two percentages lie so near each other that a range is meant (`growth of 3% to 3.5%`), not a change and
    /// the level it led to (`rose 12% to 48%`).
    fn narrow(&self, end: usize, suffix: Option<Behind>, next: usize) -> bool {
        let percent = matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "percent");
        let from = self.text[..end].iter().rposition(|c| !c.is_ascii_digit() && *c != '.').map_or(0, |i| i + 1);
        let low = numeral::digits(self.text, from).and_then(|(_, n)| n);
        let high = numeral::digits(self.text, next).and_then(|(_, n)| n);
        match (percent, low, high) {
            (true, Some(low), Some(high)) => low < high && high <= low * Decimal::TWO,
            _ => false,
        }
    }

    /// `3-1`, 3比1: the score of a match.
    pub(super) fn score(&mut self, start: usize, end: usize, value: Decimal, money: Option<Unit>) -> Option<usize> {
        let text = self.text;
        (money.is_none() && value.fract().is_zero() && value < Decimal::from(1000)).then_some(())?;
        let (next, certain) = match text.get(end)? {
            '比' => (end + 1, true),
            '-' => (end + 1, false),
            _ => return None,
        };
        let n = text
            .get(next)
            .filter(|c| c.is_ascii_digit() || numeral::begins_han(**c))
            .and_then(|_| numeral::read(text, next))?;
        let other = n.value.filter(|v| v.fract().is_zero() && *v < Decimal::from(1000))?;
        let follows = text.get(n.end).copied().unwrap_or(' ');
        if !certain {
            let unit = self.suffix(n.end).is_some()
                || follows == '-'
                || follows == '%'
                || is_latin(follows)
                || is_han(follows);
            let noun = follows == ' ' && self.noun(n.end).is_some_and(|(a, b)| SCORED.at(text, a).is_none() && b > a);
            let digits = end - start;
            let ascending_range = noun && value < other;
            if unit || ascending_range || digits > 3 {
                return None;
            }
        }
        self.push(start, n.end, Value::Score(value, other), Unit::SCORE, "", true);
        Some(n.end)
    }

    #[expect(clippy::too_many_arguments, reason = "one place where a number's parts come together")]
    pub(super) fn finish(
        &mut self,
        start: usize,
        end: usize,
        (from, before): (usize, Option<context::Modifier>),
        value: Value,
        suffix: Option<Behind>,
        money: Option<Unit>,
        n: &Numeral,
    ) -> usize {
        let text = self.text;
        let mut before = before.or(n.over.then_some(context::Modifier::Over));
        let mut value = value;
        let (mut stop, mut unit, mut noun, mut of) = (end, Unit::COUNT, "", None);
        // 50多個: the modifier stands between number and measure word.
        let mut suffix = suffix;
        if suffix.is_none() && matches!(text.get(end), Some('多' | '余' | '来')) && self.suffix(end + 1).is_some() {
            suffix = self.suffix(end + 1);
            before =
                before.or(Some(if text[end] == '来' { context::Modifier::About } else { context::Modifier::Over }));
        } else if suffix.is_none()
            && matches!(text.get(end), Some('多' | '余'))
            && text.get(end + 1).is_some_and(|&c| is_han(c))
        {
            before = before.or(Some(context::Modifier::Over));
            stop = end + 1;
            of = self.han_noun(end + 1);
        } else if suffix.is_none() && text.get(end) == Some(&'+') {
            before = before.or(Some(context::Modifier::AtLeast));
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
            }
        } else {
            match suffix {
                Some((past, Suffix::Unit(u))) => {
                    unit = u;
                    stop = past;
                    if u.code == "deg" && is_han(text[past - 1]) && text[past - 1] == '度' {
                        unit = Unit { kind: "temperature", code: "Cel", dimension: "temperature", ..u };
                    }
                    if text[..past].ends_with(&['新', '元']) {
                        unit = Unit::money(self.locale.new_dollar);
                    }
                    if self.taiwan_rate(start, past) {
                        (unit, value) = quarter_points(value);
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
        if article && matches!(suffix, None | Some((_, Suffix::Classifier(..)))) && unit.kind == "count" {
            return stop;
        }
        if matches!(suffix, Some((_, Suffix::Unit(u))) if u.kind == "duration") && money.is_none() {
            if let (Some('半'), Value::Number(v)) = (text.get(stop), value) {
                value = Value::Number(v + Decimal::new(5, 1));
                stop += 1;
            }
            if self.is_decade(stop) {
                return stop;
            }
            if let Some((months, past)) = self.years_and_months(value, unit, stop) {
                (value, stop) = (months, past);
                unit = Unit { kind: "duration", code: "month", dimension: "months", size: Decimal::ONE };
            }
            if let Some((seconds, past)) = self.compound(value, unit, stop) {
                (value, stop) = (seconds, past);
                unit = Unit {
                    kind: "duration",
                    code: "second",
                    dimension: "days",
                    size: Decimal::new(11_574_074_074_074, 18),
                };
            }
            if matches!(text.get(stop), Some('-' | ' ')) && text.get(stop + 1..stop + 4) == Some(&['o', 'l', 'd']) {
                unit = Unit { kind: "age", code: "year", dimension: "age", size: Decimal::ONE };
                stop += 4;
            }
        }
        // `5 degrees below zero`.
        if matches!(unit.kind, "temperature" | "angle")
            && let Some(past) =
                [" below zero", " below 0", " below freezing"].iter().find_map(|w| word_at(text, stop, w))
        {
            if unit.kind == "angle" {
                unit = Unit { kind: "temperature", code: "Cel", dimension: "temperature", ..unit };
            }
            value = match value {
                Value::Number(n) => Value::Number(-n),
                value => value,
            };
            stop = past;
        }
        // 每小時257公里, `188 miles an hour`: a length by the hour is a speed.
        if unit.kind == "length"
            && let Some((past, speed)) = self.speed(from, stop, unit)
        {
            (unit, stop) = (speed, past);
        }
        // 五元三毛, `20 dollars and 43 cents`, `5 feet 4 inches`.
        if let Value::Number(v) = value
            && let Some((sum, whole, past)) = self.with_parts(v, unit, stop)
        {
            (value, unit, stop) = (Value::Number(sum), whole, past);
            of = None;
        }
        // Cents are told in their currency.
        if unit.kind == "money" && unit.size != Decimal::ONE {
            let scaled = |n: Decimal| n.checked_mul(unit.size);
            value = match value {
                Value::Number(n) => scaled(n).map_or(value, Value::Number),
                Value::Range(a, b) => scaled(a).zip(scaled(b)).map_or(value, |(a, b)| Value::Range(a, b)),
                _ => value,
            };
            unit.size = Decimal::ONE;
        }
        let clause_end = self.clause_end(stop);
        let (change, direction) =
            context::change(text, self.clause, from, stop, clause_end, matches!(unit.kind, "percent" | "pp" | "bp"));
        let listed = true;
        self.push_full(start, stop, (from, before), value, unit, noun, of, (change, direction), listed);
        stop
    }

    /// The speed that a length is, told by the hour or second before or behind it, and its end.
    fn speed(&self, from: usize, stop: usize, length: Unit) -> Option<(usize, Unit)> {
        let text = self.text;
        let before: String = text[from.saturating_sub(5).max(self.clause.min(from))..from].iter().collect();
        let hourly = ["每小时", "时速", "每小时约", "每时", "时速约", "时速达"].iter().any(|w| before.ends_with(w));
        let behind = [
            " an hour",
            " per hour",
            "/h",
            "/hr",
            " a second",
            " per second",
            "/s",
            "/秒",
            "/小时",
            "/时",
            "每秒",
            "每小时",
        ];
        let past = behind.iter().find_map(|w| {
            let found = rest(text, stop).iter().copied().take(w.chars().count()).eq(w.chars());
            let end = stop + w.chars().count();
            (found && !text.get(end).is_some_and(|&c| is_latin(c)))
                .then_some((end, w.contains('s') || w.contains('秒')))
        });
        let (end, by_second) = past.or_else(|| hourly.then_some((stop, false)))?;
        let code = match (length.code, by_second) {
            ("km", false) => "km/h",
            ("[mi_i]", false) => "[mi_i]/h",
            ("m", true) => "m/s",
            ("km", true) => "km/s",
            ("[ft_i]", true) => "[ft_i]/s",
            ("m", false) => "m/h",
            _ => return None,
        };
        // The base of speeds is the kilometre an hour.
        let size = length.size.checked_mul(if by_second { Decimal::new(36, 1) } else { Decimal::new(1, 3) })?;
        Some((end, Unit { kind: "speed", code, dimension: "speed", size }))
    }

    /// A smaller unit of the same measure told behind a greater: the sum in the greater, and its end.
    fn with_parts(&self, value: Decimal, unit: Unit, stop: usize) -> Option<(Decimal, Unit, usize)> {
        matches!(unit.kind, "money" | "length" | "mass" | "volume").then_some(())?;
        let text = self.text;
        let (mut sum, mut end, mut least) = (value, stop, unit.size);
        let mut smallest = unit;
        for _ in 0..3 {
            let mut next = end + usize::from(text.get(end) == Some(&' '));
            if rest(text, next).starts_with(&['a', 'n', 'd', ' ']) && end > stop.saturating_sub(1) {
                next += 4;
            }
            next += usize::from(matches!(text.get(next), Some('又' | '零')));
            let Some(&c) = text.get(next) else { break };
            let n = if c.is_ascii_digit() || numeral::begins_han(c) {
                numeral::read(text, next)
            } else if c.is_ascii_alphabetic() && next > end {
                numeral::words(text, next)
            } else {
                None
            };
            let Some(n) = n else { break };
            let Some((past, part)) =
                self.suffix(n.end).and_then(|(past, s)| Some((past, self.part_size(s, unit, n.end)?)))
            else {
                break;
            };
            let Some(number) = n.value.filter(|_| part < least && !part.is_zero()) else { break };
            let Some(added) = number.checked_mul(part).and_then(|n| n.checked_div(unit.size)) else { break };
            // 10 feet 30 inches is no compound: the part stays below the whole.
            if number.checked_mul(part).is_none_or(|n| n >= least) {
                break;
            }
            sum = sum.checked_add(added)?;
            (end, least) = (past, part);
            if let Some((_, Suffix::Unit(u))) = self.suffix(n.end) {
                smallest = u;
            }
        }
        (end > stop).then_some(())?;
        // 5 feet 4 inches is 64 inches: a sum that does not come out even is told in the smallest unit.
        if sum.scale() > 6 && !smallest.size.is_zero() {
            let base = sum.checked_mul(unit.size)?.checked_div(smallest.size)?.round_dp(6).normalize();
            return Some((base, smallest, end));
        }
        Some((sum, unit, end))
    }

    /// How much of a measure's base a suffix is, where it belongs to the same measure: 毛 and 分 to 元, cents to dollars.
    fn part_size(&self, suffix: Suffix, whole: Unit, at: usize) -> Option<Decimal> {
        match (suffix, self.text.get(at)) {
            (Suffix::Unit(u), _) if u.dimension == whole.dimension && u.kind == whole.kind => Some(u.size),
            (Suffix::Classifier("point", _), _) if whole.kind == "money" => Some(Decimal::new(1, 2)),
            (Suffix::Classifier("dime", _), _) if whole.kind == "money" => Some(Decimal::new(1, 1)),
            _ => None,
        }
    }

    /// 三個半小時, 兩個半月: half of the unit behind 個半; its end and the unit.
    fn and_half(&self, past: usize) -> Option<(usize, Unit)> {
        let text = self.text;
        (text.get(past) == Some(&'半') && text[past - 1] == '个').then_some(())?;
        if text.get(past + 1) == Some(&'月') {
            let (_, Suffix::Unit(unit)) = SUFFIXES.at(&['个', '月'], 0)? else { return None };
            return Some((past + 2, unit));
        }
        match SUFFIXES.at(text, past + 1)? {
            (end, Suffix::Unit(unit)) if !matches!(unit.kind, "money" | "percent") => Some((end, unit)),
            _ => None,
        }
    }

    /// Takes in a measure whose value and unit are known.
    pub(super) fn measure(
        &mut self,
        start: usize,
        stop: usize,
        modifier: (usize, Option<context::Modifier>),
        value: Value,
        unit: Unit,
    ) -> usize {
        let clause_end = self.clause_end(stop);
        let ratio = matches!(unit.kind, "percent" | "pp" | "bp");
        let change = context::change(self.text, self.clause, modifier.0, stop, clause_end, ratio);
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
