//! Which figures of a long text are worth holding a telling against: those of about its value, and those that stand
//! by the same words. What keeps a check linear in the number of figures.

use rust_decimal::prelude::ToPrimitive;

use super::role::Role;
use crate::fact::forms::Keyed;
use crate::fact::quantity::{Mention, Value};

/// Up to this many figures, all are held against each telling.
const ALL: usize = 160;
/// How many are taken for one word, and by value.
const EACH: usize = 12;
const BY_VALUE: usize = 48;

/// An index of figures by value and by the words around them.
#[derive(Debug, Default)]
pub(crate) struct Pick {
    n: usize,
    /// Size and place, ascending; dates by their day.
    values: Vec<(f64, usize)>,
    words: Keyed<u64, Vec<u32>>,
    /// Figures that are always among them.
    kept: Vec<usize>,
}

/// The number by which a figure is found: in the base of its unit, and as written.
fn keys(m: &Mention) -> [Option<f64>; 2] {
    let written = match m.value {
        Some(Value::Range(a, _) | Value::Score(a, _)) => a.to_f64(),
        Some(Value::Date(day)) => Some(f64::from(day.month.unwrap_or(0)) * 100.0 + f64::from(day.day.unwrap_or(0))),
        Some(Value::Time(minutes)) => Some(f64::from(minutes)),
        Some(value) => value.number().and_then(|n| n.to_f64()),
        None => None,
    };
    let base = m.base_value().and_then(|n| n.to_f64());
    [base, written.filter(|w| base != Some(*w))]
}

impl Pick {
    /// Indexes figures.
    pub(crate) fn new<'a>(figures: impl Iterator<Item = (&'a Mention, &'a Role)>) -> Pick {
        let mut pick = Pick::default();
        for (i, (mention, role)) in figures.enumerate() {
            pick.n = i + 1;
            pick.values.extend(keys(mention).into_iter().flatten().map(|key| (key.abs(), i)));
            for term in role.terms.iter().filter(|t| t.near >= 0.6) {
                let list = pick.words.entry(term.id).or_default();
                if list.len() < EACH {
                    list.push(i as u32);
                }
            }
        }
        if pick.n > ALL {
            pick.values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        pick
    }

    /// Always takes these figures.
    pub(crate) fn keeping(mut self, figures: impl Iterator<Item = usize>) -> Pick {
        self.kept.extend(figures);
        self
    }

    /// The figures to hold a telling against, ascending.
    pub(crate) fn of(&self, told: &Mention, role: &Role) -> Vec<usize> {
        if self.n <= ALL {
            return (0..self.n).collect();
        }
        let mut out = self.kept.clone();
        for key in keys(told).into_iter().flatten().map(f64::abs) {
            // The nearest values first, on either side.
            let at = self.values.partition_point(|(v, _)| *v < key);
            let (mut low, mut high) = (at, at);
            for _ in 0..BY_VALUE {
                let below = low.checked_sub(1).map(|i| key - self.values[i].0);
                let above = self.values.get(high).map(|v| v.0 - key);
                match (below, above) {
                    (Some(b), Some(a)) if b < a => low -= 1,
                    (Some(_), None) => low -= 1,
                    (_, Some(_)) => high += 1,
                    (None, None) => break,
                }
            }
            out.extend(self.values[low..high].iter().map(|v| v.1));
        }
        for term in role.terms.iter().filter(|t| t.near >= 0.6) {
            out.extend(self.words.get(&term.id).into_iter().flatten().map(|i| *i as usize));
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}
