//! Measures of several parts (五元三毛, `5 feet 4 inches`, 三個半小時) and speeds.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::cue;
use super::numeral;
use super::scan::Scanner;
use super::sentence::ends_clause;
use super::unit::{Behind, SUFFIXES, Suffix, Unit};
use super::value::Value;
use crate::fact::forms::{Forms, is_latin, rest, word_at};
use crate::text::script::is_han;

/// What speaks of weight near `pounds`.
static WEIGHING: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("weighing"));
/// What `pounds of` is money of.
static FUNDS: LazyLock<Forms<()>> = LazyLock::new(|| cue::forms("funds"));

impl Scanner<'_> {
    /// The speed that a length is, told by the hour or second before or behind it, and its end.
    pub(super) fn speed(&self, from: usize, stop: usize, length: Unit) -> Option<(usize, Unit)> {
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
    pub(super) fn with_parts(&self, value: Decimal, unit: Unit, stop: usize) -> Option<(Decimal, Unit, usize)> {
        matches!(unit.kind, "money" | "length" | "mass" | "volume").then_some(())?;
        let text = self.text;
        let (mut sum, mut end, mut least) = (value, stop, unit.size);
        let mut smallest = unit;
        for _ in 0..3 {
            if let Some((stop, inches)) = self.inches_behind(unit, end) {
                let feet = sum.checked_mul(Decimal::from(12))?;
                return Some((feet.checked_add(inches)?, Unit::by_code("[in_i]")?.0, stop));
            }
            if let Some((stop, added)) = self.coin_tail(unit, end).or_else(|| self.cents(unit, sum, end)) {
                return Some((sum.checked_add(added)?, unit, stop));
            }
            // `7 feet, 10 inches`; sums of money are told apart by their commas.
            let comma = unit.kind != "money" && text.get(end) == Some(&',') && text.get(end + 1) == Some(&' ');
            let mut next = end + if comma { 2 } else { usize::from(text.get(end) == Some(&' ')) };
            let joined = next - end < 2;
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
            // `5 miles and 3,000 metres` is no compound: the part stays below the whole, unless it stands right behind.
            let beside = joined && next - end < 2 && unit.kind == "length";
            if number.checked_mul(part).is_none_or(|n| n >= least) && !beside {
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

    /// The bare digit behind a coin, in the next lower one: 兩塊五, 三塊零四, 兩毛五; its end and how much it adds.
    fn coin_tail(&self, unit: Unit, at: usize) -> Option<(usize, Decimal)> {
        let text = self.text;
        let places = match text.get(at.checked_sub(1)?)? {
            '块' | '蚊' if unit.kind == "money" => 1,
            '毛' | '毫' | '角' if unit.kind == "money" => 2,
            _ => return None,
        };
        let zero = usize::from(places == 1 && text.get(at) == Some(&'零'));
        let n = text.get(at + zero).filter(|&&c| numeral::big(c)).and_then(|_| numeral::read(text, at + zero))?;
        let closes =
            text.get(n.end).is_none_or(|&c| !is_han(c) || matches!(c, '到' | '至' | '的' | '以' | '左' | '钱'));
        let digit = n.value.filter(|v| n.len == 1 && closes && *v > Decimal::ZERO && *v < Decimal::TEN)?;
        let worth = digit.checked_mul(Decimal::new(1, places + zero as u32))?;
        // Of a coin that is itself a tenth, the digit is a tenth again.
        Some((n.end, worth.checked_div(if unit.size == Decimal::ONE { Decimal::ONE } else { unit.size })?))
    }

    /// Cents told without their name, behind a whole sum, where the clause ends: `20 dollars 43`, `$20 and 43c`.
    fn cents(&self, unit: Unit, sum: Decimal, at: usize) -> Option<(usize, Decimal)> {
        let text = self.text;
        let whole = unit.kind == "money" && unit.size == Decimal::ONE && sum.fract().is_zero();
        let latin = at > 0 && (is_latin(text[at - 1]) || text[at - 1] == '$');
        (whole && latin && text.get(at) == Some(&' ')).then_some(())?;
        let next = word_at(text, at + 1, "and").map_or(at + 1, |end| end + 1);
        let (end, cents) = if text.get(next)?.is_ascii_digit() {
            let end = next + rest(text, next).iter().take_while(|c| c.is_ascii_digit()).count();
            (end, text[next..end].iter().collect::<String>().parse().ok()?)
        } else {
            let n = numeral::words(text, next)?;
            (n.end, n.value?)
        };
        let two = cents >= Decimal::TEN && cents < Decimal::ONE_HUNDRED && cents.fract().is_zero();
        let marked = text.get(end) == Some(&'c') && !text.get(end + 1).is_some_and(|&c| is_latin(c));
        let closes = rest(text, end).iter().all(|c| c.is_whitespace())
            || matches!(rest(text, end), ['.' | ';' | '!' | '?' | ')', ..] if !text.get(end + 1).is_some_and(char::is_ascii_digit));
        (two && (marked || closes)).then(|| (end + usize::from(marked), cents / Decimal::ONE_HUNDRED))
    }

    /// The inches of `5-foot-10`, and their end.
    fn inches_behind(&self, unit: Unit, at: usize) -> Option<(usize, Decimal)> {
        (unit.code == "[ft_i]" && self.text.get(at) == Some(&'-')).then_some(())?;
        let (end, inches) = numeral::digits(self.text, at + 1)?;
        let closed = !self.text.get(end).is_some_and(|&c| is_latin(c) || c == '-');
        inches.filter(|n| closed && *n < Decimal::from(12)).map(|n| (end, n))
    }

    /// The upper end of a range of sums of several parts (五塊六到五塊七毛八), and where it stops.
    pub(super) fn compound_range(&self, unit: Unit, stop: usize) -> Option<(Decimal, usize)> {
        let text = self.text;
        matches!(text.get(stop)?, '至' | '到' | '-' | '~').then_some(())?;
        let n = text.get(stop + 1).filter(|c| c.is_ascii_digit() || numeral::begins_han(**c))?;
        let n = numeral::read(text, stop + usize::from(n != &' '))?;
        let (past, suffix) = self.suffix(n.end)?;
        let same = match suffix {
            Suffix::Unit(u) => u == unit,
            Suffix::BareYuan => unit.kind == "money",
            Suffix::Classifier(..) => false,
        };
        let value = n.value.filter(|_| same)?;
        Some(self.with_parts(value, unit, past).map_or((value, past), |(sum, _, end)| (sum, end)))
    }

    /// The unit of mass that `pounds` behind a number is, where the words around speak of weight: what is weighed
    /// (`two pounds of meat`), who weighs it, or another unit of mass in the clause.
    pub(super) fn weighs(&self, start: usize, stop: usize, value: Value) -> Option<Unit> {
        let text = self.text;
        let word: String = text[stop.saturating_sub(6)..stop].iter().collect();
        (word.ends_with("pound") || word.ends_with("pounds")).then_some(())?;
        let small = value.number().is_none_or(|n| n < Decimal::from(1_000_000));
        let of = word_at(text, stop, " of").filter(|end| text.get(*end) == Some(&' ')).map(|end| end + 1);
        let goods =
            of.is_some_and(|at| text.get(at).is_some_and(char::is_ascii_alphabetic) && FUNDS.at(text, at).is_none());
        let near = || {
            let from = self.clause.min(start).max(start.saturating_sub(90));
            let end =
                (stop..text.len().min(stop + 60)).find(|&i| ends_clause(text, i)).unwrap_or(text.len().min(stop + 60));
            (from..end).any(|i| (i == 0 || !is_latin(text[i - 1])) && WEIGHING.at(text, i).is_some())
        };
        (small && (goods || of.is_none() && near())).then(|| Unit::by_code("[lb_av]"))?.map(|(unit, _)| unit)
    }

    /// How much of a measure's base a suffix is, where it belongs to the same measure: 毛 and 分 to 元, cents to dollars.
    fn part_size(&self, suffix: Suffix, whole: Unit, at: usize) -> Option<Decimal> {
        match (suffix, self.text.get(at)) {
            // 3 lb and 15 g are two weights: a sum keeps to one system of measures.
            (Suffix::Unit(u), _)
                if u.dimension == whole.dimension
                    && u.kind == whole.kind
                    && u.code.starts_with('[') == whole.code.starts_with('[') =>
            {
                Some(u.size)
            }
            (Suffix::Classifier("point", _), _) if whole.kind == "money" => Some(Decimal::new(1, 2)),
            (Suffix::Classifier("dime", _), _) if whole.kind == "money" => Some(Decimal::new(1, 1)),
            _ => None,
        }
    }

    /// ` and a half` behind a unit: its end and how much of the unit it adds.
    pub(super) fn and_part(&self, stop: usize) -> Option<(usize, Decimal)> {
        let forms = [(" and a half", 50), (" and half", 50), (" and a quarter", 25), (" and three quarters", 75)];
        let (end, hundredths) = forms.iter().find_map(|(w, n)| Some((word_at(self.text, stop, w)?, *n)))?;
        // `a mile and a half marathon` is none.
        let goes_on = matches!(rest(self.text, end), [' ' | '-', c, ..] if c.is_ascii_alphabetic())
            && !["of", "in", "for", "to", "from", "after", "before", "long", "ago", "later", "and"]
                .iter()
                .any(|w| word_at(self.text, end + 1, w).is_some());
        (!goes_on).then(|| (end, Decimal::new(hundredths, 2)))
    }

    /// 分 as minutes, where seconds or a half of one follow (五分三十秒, 一分半鐘): its end and the unit.
    pub(super) fn minutes(&self, end: usize, suffix: Option<Behind>) -> Option<Behind> {
        let (past, Suffix::Classifier("point", _)) = suffix? else { return None };
        let text = self.text;
        let half = rest(text, past).starts_with(&['半', '钟']);
        let seconds = || {
            let n = text.get(past).filter(|c| c.is_ascii_digit() || numeral::begins_han(**c));
            let n = n.and_then(|_| numeral::read(text, past))?;
            matches!(self.suffix(n.end)?.1, Suffix::Unit(u) if u.code == "second").then_some(())
        };
        (past > end && (half || seconds().is_some()))
            .then(|| SUFFIXES.at(&['分', '钟'], 0))?
            .map(|(_, unit)| (past, unit))
    }

    /// 三個半小時, 兩個半月: half of the unit behind 個半; its end and the unit.
    pub(super) fn and_half(&self, past: usize) -> Option<(usize, Unit)> {
        let text = self.text;
        (text.get(past) == Some(&'半') && text[past - 1] == '个').then_some(())?;
        if text.get(past + 1) == Some(&'月') {
            let (_, Suffix::Unit(unit)) = SUFFIXES.at(&['个', '月'], 0)? else { return None };
            return Some((past + 2, unit));
        }
        if text.get(past + 1) == Some(&'钟') && text.get(past + 2) != Some(&'头') {
            let (_, Suffix::Unit(unit)) = SUFFIXES.at(&['小', '时'], 0)? else { return None };
            return Some((past + 2, unit));
        }
        match SUFFIXES.at(text, past + 1)? {
            (end, Suffix::Unit(unit)) if !matches!(unit.kind, "money" | "percent") => Some((end, unit)),
            _ => None,
        }
    }
}
