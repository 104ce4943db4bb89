//! What follows from correlations, in plain words.

use serde::Serialize;

use super::{Agreement, Pair, Request};
use crate::stats::agreement::Over;
use crate::stats::correlation::Coefficient;
use crate::stats::levels::Level;

/// Which scores agree with people, and which to gate on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The level that decides.
    pub level: Level,
    /// The coefficient that decides.
    pub coefficient: Coefficient,
    /// Scores that agree with people by more than chance and cannot be told from the best, best first.
    pub gate_on: Vec<String>,
    /// Scores that agree by more than chance, but less than the best.
    pub less: Vec<String>,
    /// Scores whose agreement chance explains, or that disagree.
    pub not: Vec<String>,
    /// The same in sentences.
    pub words: Vec<String>,
}

/// A correlation that is defined: with its value and interval in the score's better direction.
type Known<'a> = (&'a Agreement, f64, Option<(f64, f64)>);

pub(super) fn verdict(
    rating: &str,
    agreements: &[Agreement],
    pairs: &[Pair],
    level: Level,
    request: &Request,
) -> Verdict {
    let coefficient = request.coefficient;
    let sign = |score: &str| if request.lower.contains(score) { -1.0 } else { 1.0 };
    let deciding = agreements.iter().filter(|a| a.level == level && a.coefficient == coefficient);
    let mut known: Vec<Known<'_>> = Vec::new();
    let mut undefined: Vec<&Agreement> = Vec::new();
    for agreement in deciding {
        let Some(value) = agreement.value else {
            undefined.push(agreement);
            continue;
        };
        // The widest of the intervals asked for: over both where it is among them.
        let widest = agreement.intervals.iter().max_by_key(|i| i.over).filter(|i| i.over == Over::Both);
        let widest =
            widest.or_else(|| agreement.intervals.iter().max_by(|a, b| (a.high - a.low).total_cmp(&(b.high - b.low))));
        let ends = widest.map(|i| if sign(&agreement.score) < 0.0 { (-i.high, -i.low) } else { (i.low, i.high) });
        known.push((agreement, sign(&agreement.score) * value, ends));
    }
    known.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.score.cmp(&b.0.score)));
    let (mut gate_on, mut less, mut not, mut words) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (agreement, _, ends) in &known {
        let agrees = ends.is_some_and(|(low, _)| low > 0.0);
        let worse = pairs.iter().find(|p| p.second == agreement.score);
        let worse = worse.is_some_and(|p| p.holm.is_some_and(|p| p <= request.options.alpha));
        let list = match (agrees, worse) {
            (false, _) => &mut not,
            (true, true) => &mut less,
            (true, false) => &mut gate_on,
        };
        list.push(agreement.score.clone());
    }
    let name = coefficient.name();
    let shown = |score: &str| {
        let of = known.iter().find(|(a, _, _)| a.score == score);
        let Some((_, value, ends)) = of else { return score.to_owned() };
        let ends = ends.map(|(low, high)| format!(" [{low:.2}, {high:.2}]")).unwrap_or_default();
        format!("{score} {value:.2}{ends}")
    };
    let list = |scores: &[String]| scores.iter().map(|s| shown(s)).collect::<Vec<_>>().join(", ");
    let at = match level {
        Level::System => "as systems are ranked",
        Level::Summary => "as summaries of one article are ranked",
        Level::Pooled => "over all summaries at once",
    };
    match gate_on.as_slice() {
        [] => words.push(format!(
            "No score agrees with `{rating}` by more than chance ({name}, {at}): gate on none of them for it, or have more \
             summaries judged."
        )),
        [only] => words.push(format!("{} agrees best with `{rating}` ({name}, {at}): gate on it.", shown(only))),
        several => words.push(format!(
            "These agree with `{rating}` and cannot be told apart ({name}, {at}): {}. Gate on the first, or on whichever \
             you understand best.",
            list(several)
        )),
    }
    if !less.is_empty() {
        words.push(format!("These agree by more than chance, but less than the best: {}.", list(&less)));
    }
    if !not.is_empty() {
        words.push(format!("Do not gate on these for `{rating}`: their agreement could be chance: {}.", list(&not)));
    }
    for agreement in undefined {
        let why = agreement.why.as_deref().unwrap_or("no correlation is defined");
        words.push(format!("{} cannot be judged: {why}.", agreement.score));
    }
    let points = known.first().map_or(0, |(a, _, _)| if level == Level::System { a.n } else { a.articles });
    if level == Level::System && points < 10 {
        words.push(format!("{points} systems are few: one system more or less can turn this."));
    } else if level == Level::Summary && points < 20 {
        words.push(format!("{points} articles are few: judge more before you trust this."));
    }
    Verdict { level, coefficient, gate_on, less, not, words }
}
