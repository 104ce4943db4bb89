//! How sure a correlation with people is, and whether one metric agrees with them better than another.
//!
//! [`interval`] resamples systems, articles or both with replacement (Deutsch, Dror & Roth 2021: Boot-Systems,
//! Boot-Inputs, Boot-Both); [`permutation`] swaps two metrics' standardized scores of random systems, articles or cells
//! (theirs: Perm-Systems, Perm-Inputs, Perm-Both). A draw that defines no correlation (all values of a side the same) is
//! left out of an interval and counted, and counts as far out in a test, which can only weaken the claim of a difference.

use rayon::prelude::*;

use super::correlation::Coefficient;
use super::interval::percentile;
use super::levels::{Level, Table, correlation};
use super::paired::Options;
use super::rng::{Purpose, Stream};

/// What is drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// Other systems could have been tried.
    Systems,
    /// Other articles could have been chosen.
    Articles,
    /// Both.
    Both,
}

impl Over {
    /// All of them, in the order they are shown.
    pub const ALL: [Over; 3] = [Over::Systems, Over::Articles, Over::Both];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Over::Systems => "systems",
            Over::Articles => "articles",
            Over::Both => "both",
        }
    }
}

/// An interval of a correlation.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Resampled {
    /// What was drawn anew.
    pub over: Over,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Draws that defined no correlation.
    pub undefined: usize,
}

/// The percentile interval of a correlation at a level, which holds the correlation itself: a draw repeats systems or
/// articles, and the ties that this makes keep tau-c of a perfect agreement under 1 in every draw, so that the bare
/// percentiles would exclude the very figure they are of. Nothing where fewer than half of the draws define one.
pub fn interval(
    x: Table<'_>,
    y: Table<'_>,
    level: Level,
    by: Coefficient,
    over: Over,
    options: &Options,
) -> Option<Resampled> {
    let (systems, articles) = (x.systems(), x.articles);
    let purpose = Purpose::new(options.seed, "correlation");
    let draw = |(a, b): &mut (Vec<Option<f64>>, Vec<Option<f64>>), replicate: usize| {
        let mut stream = purpose.stream(replicate as u64);
        let rows = indices(&mut stream, systems, over != Over::Articles);
        let columns = indices(&mut stream, articles, over != Over::Systems);
        a.clear();
        b.clear();
        for row in &rows {
            a.extend(columns.iter().map(|column| x.cells[row * articles + column]));
            b.extend(columns.iter().map(|column| y.cells[row * articles + column]));
        }
        let table = |cells| Table { cells, articles };
        correlation(table(a), table(b), level, by).ok().map(|made| made.value)
    };
    let draws: Vec<Option<f64>> =
        (0..options.replicates).into_par_iter().map_init(|| (Vec::new(), Vec::new()), draw).collect();
    let mut defined: Vec<f64> = draws.iter().copied().flatten().collect();
    if defined.is_empty() || 2 * defined.len() < draws.len() {
        return None;
    }
    defined.sort_unstable_by(f64::total_cmp);
    let value = correlation(x, y, level, by).ok()?.value;
    let low = percentile(&defined, options.alpha / 2.0)?.min(value);
    let high = percentile(&defined, 1.0 - options.alpha / 2.0)?.max(value);
    Some(Resampled { over, low, high, undefined: draws.len() - defined.len() })
}

fn indices(stream: &mut Stream, n: usize, drawn: bool) -> Vec<usize> {
    let bound = u32::try_from(n).unwrap_or(u32::MAX);
    (0..n).map(|i| if drawn { stream.below(bound) as usize } else { i }).collect()
}

/// The two-sided p-value of "the metrics `x` and `y` agree with people `z` alike", by swapping their standardized scores.
/// Cells that one of the three has not are left out. Nothing where either correlation is not defined.
pub fn permutation(
    x: Table<'_>,
    y: Table<'_>,
    z: Table<'_>,
    level: Level,
    by: Coefficient,
    over: Over,
    options: &Options,
) -> Option<f64> {
    let (systems, articles) = (x.systems(), x.articles);
    let common = |cells: &[Option<f64>]| -> Vec<Option<f64>> {
        let all = cells.iter().zip(x.cells).zip(y.cells).zip(z.cells);
        all.map(|(((own, a), b), c)| own.filter(|_| a.is_some() && b.is_some() && c.is_some())).collect()
    };
    let (x, y, z) = (standard(&common(x.cells))?, standard(&common(y.cells))?, common(z.cells));
    let value = |cells: &[Option<f64>]| {
        let (x, z) = (Table { cells, articles }, Table { cells: &z, articles });
        correlation(x, z, level, by).ok().map(|made| made.value)
    };
    let difference = |x: &[Option<f64>], y: &[Option<f64>]| Some((value(x)? - value(y)?).abs());
    let observed = difference(&x, &y)?;
    let purpose = Purpose::new(options.seed, "metrics");
    let farther = |replicate: usize| {
        let mut stream = purpose.stream(replicate as u64);
        let rows: Vec<bool> = (0..systems).map(|_| stream.next() & 1 == 1).collect();
        let columns: Vec<bool> = (0..articles).map(|_| stream.next() & 1 == 1).collect();
        let (mut a, mut b) = (x.clone(), y.clone());
        for at in 0..a.len() {
            let swapped = match over {
                Over::Systems => rows[at / articles],
                Over::Articles => columns[at % articles],
                Over::Both => stream.next() & 1 == 1,
            };
            if swapped {
                std::mem::swap(&mut a[at], &mut b[at]);
            }
        }
        difference(&a, &b).is_none_or(|d| d >= observed - 1e-12)
    };
    let far = (0..options.replicates).into_par_iter().filter(|r| farther(*r)).count();
    Some((far + 1) as f64 / (options.replicates + 1) as f64)
}

/// Scores less their mean, in units of their standard deviation. Nothing where they do not vary.
fn standard(cells: &[Option<f64>]) -> Option<Vec<Option<f64>>> {
    let present: Vec<f64> = cells.iter().copied().flatten().collect();
    let n = present.len() as f64;
    let mean = present.iter().sum::<f64>() / n;
    let sd = (present.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (sd > 0.0).then(|| cells.iter().map(|cell| cell.map(|v| (v - mean) / sd)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight systems on thirty articles: people, a metric that is people with a little noise, and one that is noise.
    fn tables() -> [Vec<Option<f64>>; 3] {
        let mut stream = Stream::from_seed(5);
        let mut unit = || f64::from(stream.below(1000)) / 1000.0;
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for system in 0..8 {
            for _ in 0..30 {
                let quality = 0.1 * f64::from(system) + unit();
                all[0].push(Some(quality));
                all[1].push(Some(quality + 0.1 * unit()));
                all[2].push(Some(unit()));
            }
        }
        all
    }

    const OPTIONS: Options = Options { replicates: 200, seed: 1, alpha: 0.05 };

    #[test]
    fn intervals_hold_the_value_and_tell_agreement_from_noise() {
        let [people, good, noise] = tables();
        let table = |cells| Table { cells, articles: 30 };
        for level in Level::ALL {
            for (metric, agrees) in [(&good, true), (&noise, false)] {
                let (x, y) = (table(metric), table(&people));
                let value = correlation(x, y, level, Coefficient::KendallB).expect("a value").value;
                let of = |over| interval(x, y, level, Coefficient::KendallB, over, &OPTIONS).expect("an interval");
                let width = |over| of(over).high - of(over).low;
                let both = of(Over::Both);
                assert!(both.low <= value + 1e-9 && value <= both.high + 1e-9, "{level:?} {value} {both:?}");
                assert_eq!(agrees, both.low > 0.0, "{level:?} {both:?}");
                // Where every cell is a point, more that could be otherwise is more doubt.
                assert!(level != Level::Pooled || width(Over::Both) >= width(Over::Articles), "{both:?}");
            }
        }
    }

    #[test]
    fn an_interval_holds_the_perfect_agreement_that_no_draw_reaches() {
        let cells: Vec<Option<f64>> = (0..5).map(|i| Some(f64::from(i))).collect();
        let table = Table { cells: &cells, articles: 1 };
        let of = |by| interval(table, table, Level::System, by, Over::Both, &OPTIONS).expect("an interval");
        let made = of(Coefficient::KendallC);
        assert!((made.high - 1.0).abs() < 1e-12 && made.low < 1.0, "{made:?}");
    }

    #[test]
    fn the_better_metric_is_told_from_noise_and_a_metric_from_itself_is_not() {
        let [people, good, noise] = tables();
        let table = |cells| Table { cells, articles: 30 };
        let test = |a, b, level| {
            permutation(table(a), table(b), table(&people), level, Coefficient::Pearson, Over::Both, &OPTIONS)
        };
        for level in [Level::Summary, Level::Pooled] {
            assert!(test(&good, &noise, level).expect("p") < 0.02, "{level:?}");
            assert_eq!(test(&good, &good, level), Some(1.0), "{level:?}");
        }
        assert_eq!(test(&good, &vec![Some(1.0); 240], Level::Pooled), None, "what is constant agrees with nobody");
    }
}
