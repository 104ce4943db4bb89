//! Correlation of two tables of scores at system, summary and pooled level, and Williams' test.
//!
//! A table has a row a system and a column an article; cells may be missing. The levels are those of Louis & Nenkova
//! (2013) and Deutsch et al. (2021): *system*: the correlation of the systems' means; *summary*: the mean over articles
//! of the correlation across systems, articles without one skipped and counted; *pooled*: over all cells at once.
//! Values agree with sacrerouge's `stats`.

use super::correlation::{Coefficient, Undefined};
use super::distribution::student_upper;

/// A level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Of the systems' means.
    System,
    /// Mean over articles of the correlation across systems.
    Summary,
    /// Over all cells.
    Pooled,
}

impl Level {
    /// All of them, in the order they are shown.
    pub const ALL: [Level; 3] = [Level::System, Level::Summary, Level::Pooled];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Level::System => "system",
            Level::Summary => "summary",
            Level::Pooled => "pooled",
        }
    }
}

/// Scores: rows of cells, a row a system, a column an article.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The cells, row after row.
    pub cells: &'a [Option<f64>],
    /// Cells a row.
    pub articles: usize,
}

impl Table<'_> {
    /// The number of rows.
    pub fn systems(&self) -> usize {
        self.cells.len().checked_div(self.articles).unwrap_or(0)
    }
}

/// A correlation at a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtLevel {
    /// From -1 to 1.
    pub value: f64,
    /// The number of points: systems, cells, or at summary level systems of the fullest article that counted.
    pub n: usize,
    /// At summary level the articles averaged over; otherwise those with a cell.
    pub articles: usize,
    /// At summary level the articles skipped: constant on a side, or with fewer than two systems.
    pub skipped: usize,
}

/// The correlation of two tables of one shape. A cell missing on either side is left out.
pub fn correlation(x: Table<'_>, y: Table<'_>, level: Level, by: Coefficient) -> Result<AtLevel, Undefined> {
    if x.cells.len() != y.cells.len() || x.articles != y.articles {
        return Err(Undefined::Lengths);
    }
    match level {
        Level::Summary => summary(x, y, by),
        Level::System => {
            let both = x.cells.iter().zip(y.cells);
            let cells: Vec<Option<(f64, f64)>> = both.map(|(a, b)| a.zip(*b)).collect();
            let mean = |row: &[Option<(f64, f64)>]| {
                let present: Vec<(f64, f64)> = row.iter().copied().flatten().collect();
                let mean = |side: fn(&(f64, f64)) -> f64| {
                    let values: Vec<f64> = row.iter().map(|cell| cell.as_ref().map_or(0.0, side)).collect();
                    sum(&values) / present.len() as f64
                };
                (!present.is_empty()).then(|| (mean(|cell| cell.0), mean(|cell| cell.1)))
            };
            let (a, b): (Vec<f64>, Vec<f64>) = cells.chunks_exact(x.articles.max(1)).filter_map(mean).unzip();
            let value = by.value(&a, &b)?;
            Ok(AtLevel { value, n: a.len(), articles: x.articles, skipped: 0 })
        }
        Level::Pooled => {
            let present = x.cells.iter().zip(y.cells).filter_map(|(a, b)| a.zip(*b));
            let (a, b): (Vec<f64>, Vec<f64>) = present.unzip();
            let value = by.value(&a, &b)?;
            Ok(AtLevel { value, n: a.len(), articles: x.articles, skipped: 0 })
        }
    }
}

/// A sum in numpy's order (eight running sums; halves beyond 128), so that means which are equal but for rounding rank as
/// they do there.
fn sum(values: &[f64]) -> f64 {
    match values.len() {
        0..8 => values.iter().sum(),
        8..=128 => {
            let (whole, rest) = values.split_at(values.len() / 8 * 8);
            let mut r = [0.0; 8];
            for eight in whole.chunks_exact(8) {
                r.iter_mut().zip(eight).for_each(|(total, value)| *total += value);
            }
            let joined = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
            rest.iter().fold(joined, |total, value| total + value)
        }
        n => {
            let (left, right) = values.split_at(n / 2 / 8 * 8);
            sum(left) + sum(right)
        }
    }
}

fn summary(x: Table<'_>, y: Table<'_>, by: Coefficient) -> Result<AtLevel, Undefined> {
    let (mut sum, mut articles, mut n) = (0.0, 0, 0);
    let mut why = Undefined::TooFew;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for article in 0..x.articles {
        a.clear();
        b.clear();
        for system in 0..x.systems() {
            let at = system * x.articles + article;
            if let Some((left, right)) = x.cells[at].zip(y.cells[at]) {
                a.push(left);
                b.push(right);
            }
        }
        match by.value(&a, &b) {
            Ok(value) => {
                sum += value;
                articles += 1;
                n = n.max(a.len());
            }
            Err(reason) => why = reason,
        }
    }
    if articles == 0 {
        return Err(why);
    }
    Ok(AtLevel { value: sum / articles as f64, n, articles, skipped: x.articles - articles })
}

/// Williams' test that two dependent correlations differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Williams {
    /// The statistic, Student's t with n - 3 degrees of freedom under no difference.
    pub t: f64,
    /// That the first correlation is no greater than the second.
    pub one_sided: f64,
    /// That they are equal.
    pub two_sided: f64,
}

/// Williams (1959), as Graham & Baldwin (2014) apply it to metrics: `xz` and `yz` are the metrics' correlations with
/// people, `xy` that of the metrics with each other, over n points. Nothing under four points, or where the three
/// correlations cannot occur together.
pub fn williams(xz: f64, yz: f64, xy: f64, n: usize) -> Option<Williams> {
    if n < 4 {
        return None;
    }
    let count = n as f64;
    let determinant = 1.0 - xz * xz - yz * yz - xy * xy + 2.0 * xz * yz * xy;
    let mean = (xz + yz) / 2.0;
    let denominator = 2.0 * (count - 1.0) / (count - 3.0) * determinant + mean * mean * (1.0 - xy).powi(3);
    let t = (xz - yz) * ((count - 1.0) * (1.0 + xy) / denominator).sqrt();
    if !t.is_finite() {
        return None;
    }
    let df = count - 3.0;
    Some(Williams { t, one_sided: student_upper(t, df), two_sided: (2.0 * student_upper(t.abs(), df)).min(1.0) })
}
