//! What follows from correlations, in plain words.

use serde::Serialize;

use super::{Agreement, Pair, Request};
use crate::model::count;
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
    /// Scores whose agreement chance explains.
    pub not: Vec<String>,
    /// Scores that disagree with people by more than chance.
    pub against: Vec<String>,
    /// The same in sentences.
    pub words: Vec<String>,
}

/// A correlation that is defined, with its interval, and its value turned into the score's better direction.
struct Known<'a> {
    agreement: &'a Agreement,
    value: f64,
    ends: Option<(f64, f64)>,
    turned: f64,
}

/// What an interval says of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Agrees,
    Disagrees,
    /// It holds 0, or there is none.
    Chance,
}

impl Known<'_> {
    fn says(&self, sign: f64) -> Says {
        match self.ends {
            Some((low, high)) if low > 0.0 || high < 0.0 => {
                if sign * low > 0.0 {
                    Says::Agrees
                } else {
                    Says::Disagrees
                }
            }
            _ => Says::Chance,
        }
    }
}

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
        let ends = widest.map(|i| (i.low, i.high));
        known.push(Known { agreement, value, ends, turned: sign(&agreement.score) * value });
    }
    known.sort_by(|a, b| b.turned.total_cmp(&a.turned).then_with(|| a.agreement.score.cmp(&b.agreement.score)));
    let (mut gate_on, mut less, mut not, mut against) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut words = Vec::new();
    for of in &known {
        let agreement = of.agreement;
        let worse = pairs.iter().find(|p| p.second == agreement.score);
        let worse = worse.is_some_and(|p| p.holm.is_some_and(|p| p <= request.options.alpha));
        let list = match (of.says(sign(&agreement.score)), worse) {
            (Says::Chance, _) => &mut not,
            (Says::Disagrees, _) => &mut against,
            (Says::Agrees, true) => &mut less,
            (Says::Agrees, false) => &mut gate_on,
        };
        list.push(agreement.score.clone());
    }
    let name = coefficient.name();
    let shown = |score: &str| {
        let of = known.iter().find(|of| of.agreement.score == score);
        let Some(Known { value, ends, .. }) = of else { return score.to_owned() };
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
    if !against.is_empty() {
        words.push(format!(
            "These disagree with `{rating}` by more than chance, so do not gate on them for it: {}.",
            list(&against)
        ));
    }
    let lower: Vec<&str> =
        known.iter().map(|of| of.agreement.score.as_str()).filter(|score| sign(score) < 0.0).collect();
    if !lower.is_empty() {
        words.push(format!(
            "Correlations are shown as they are, here and above: where less of a score is better ({}), agreement is a negative \
             correlation.",
            lower.join(", ")
        ));
    }
    for agreement in undefined {
        let why = agreement.why.as_deref().unwrap_or("no correlation is defined");
        words.push(format!("{} cannot be judged: {why}.", agreement.score));
    }
    let points =
        known.first().map_or(0, |of| if level == Level::System { of.agreement.n } else { of.agreement.articles });
    if level == Level::System && points < 10 {
        let few = if points == 1 { "is" } else { "are" };
        words.push(format!("{} {few} few: one system more or less can turn this.", count(points, "system")));
    } else if level == Level::Summary && points < 20 {
        let few = if points == 1 { "is" } else { "are" };
        words.push(format!("{} {few} few: judge more before you trust this.", count(points, "article")));
    }
    Verdict { level, coefficient, gate_on, less, not, against, words }
}
