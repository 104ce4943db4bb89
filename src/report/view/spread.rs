//! How the ranking figure is spread over outputs: a count for each tenth of its range.

use serde::Serialize;

use super::columns::{Column, Ranking};
use crate::model::record::{Interval, ItemRecord, RunRecord, SystemKind};
use crate::report::clean;

/// The spread of one figure.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Spread {
    /// The figure: `facts.recall`.
    pub figure: String,
    /// The lower end of its range.
    pub least: f64,
    /// The upper end; what lies beyond counts in the last tenth.
    pub most: f64,
    /// The systems that were scored, in the order of the table.
    pub rows: Vec<SpreadRow>,
}

/// A system's spread.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SpreadRow {
    /// The system's full name.
    pub system: String,
    /// What it is.
    pub kind: SystemKind,
    /// Outputs in each tenth of the range.
    pub tenths: [u64; 10],
    /// The corpus figure with its interval.
    pub figure: Interval,
}

/// Counts outputs as they come.
pub struct Counter {
    column: Option<Column>,
    range: (f64, f64),
    systems: Vec<(String, [u64; 10])>,
}

impl Counter {
    /// A counter for the figure that ranks a run.
    pub fn new(run: &RunRecord, ranking: &Ranking<'_>) -> Self {
        let column = ranking.by.clone();
        let met = ranking.ranked.iter().map(|(_, figure)| figure.high.unwrap_or(figure.value)).fold(0.0, f64::max);
        let range = column.as_ref().map_or((0.0, 1.0), |column| {
            let least = column.range.0.unwrap_or(0.0);
            // Where there is no bound, twice the best system's upper end takes in what is usual.
            (least, column.range.1.unwrap_or(if met > 0.0 { 2.0 * met } else { 1.0 }))
        });
        let systems = run.systems.iter().map(|system| (system.id.clone(), [0; 10])).collect();
        Counter { column, range, systems }
    }

    /// Counts an output.
    pub fn push(&mut self, item: &ItemRecord) {
        let Some(column) = &self.column else { return };
        let fields = item.scores.get(&column.metric).and_then(Option::as_ref);
        let Some(value) = fields.and_then(|fields| fields.get(&column.field)) else { return };
        let other = item.strata.get(&column.metric).is_some_and(|stratum| *stratum != column.stratum);
        if other {
            return;
        }
        if let Some((_, tenths)) = self.systems.iter_mut().find(|(id, _)| *id == item.key.system) {
            tenths[tenth(*value, self.range)] += 1;
        }
    }

    /// The spread; `None` where nothing ranks the systems or nothing was scored.
    pub fn finish(
        self,
        run: &RunRecord,
        ranking: &Ranking<'_>,
        figures: &super::columns::Figures<'_>,
    ) -> Option<Spread> {
        let column = self.column?;
        let row = |at: &usize| {
            let system = &run.systems[*at];
            let tenths = self.systems[*at].1;
            let figure = figures.value(&system.id, &column).filter(|_| tenths.iter().any(|n| *n > 0))?;
            Some(SpreadRow { system: clean::clip(&system.id, 60), kind: system.kind, tenths, figure })
        };
        let rows: Vec<SpreadRow> = ranking.order.iter().filter_map(row).collect();
        let (least, most) = self.range;
        (!rows.is_empty()).then_some(Spread { figure: column.label, least, most, rows })
    }
}

/// The tenth of a range that a value lies in; the last holds the upper end.
fn tenth(value: f64, (least, most): (f64, f64)) -> usize {
    let span = if most > least { most - least } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=9")]
    let at = ((value - least) / span * 10.0).floor().clamp(0.0, 9.0) as usize;
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_hold_both_ends() {
        let range = (0.0, 1.0);
        assert_eq!([0.0, 0.05, 0.5, 0.999, 1.0, 7.0].map(|v| tenth(v, range)), [0, 0, 5, 9, 9, 9]);
        assert_eq!(tenth(7.0, (7.0, 7.0)), 0);
    }
}
