//! Measures of several parts (五元三毛, `5 feet 4 inches`, 三個半小時) and speeds.

use rust_decimal::Decimal;

use super::numeral;
use super::scan::Scanner;
use super::unit::{SUFFIXES, Suffix, Unit};
use crate::fact::forms::{is_latin, rest};

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
    pub(super) fn and_half(&self, past: usize) -> Option<(usize, Unit)> {
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
}
