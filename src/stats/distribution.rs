//! The tails of Student's t and of the normal distribution, precise far out.

use std::f64::consts::{PI, SQRT_2};

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::erf::erfc;

/// Which deviation from "no association" or "no difference" counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Alternative {
    /// Either way.
    #[default]
    TwoSided,
    /// Below only.
    Less,
    /// Above only.
    Greater,
}

impl Alternative {
    /// The p-value of a statistic whose null distribution is symmetric about 0, from its upper tail.
    pub fn p_value(self, statistic: f64, upper_tail: impl Fn(f64) -> f64) -> f64 {
        match self {
            Alternative::TwoSided => (2.0 * upper_tail(statistic.abs())).min(1.0),
            Alternative::Greater => upper_tail(statistic),
            Alternative::Less => upper_tail(-statistic),
        }
    }
}

/// P(T > t) for Student's t with `df` degrees of freedom (more than 0), to some 14 digits however far out.
pub fn student_upper(t: f64, df: f64) -> f64 {
    let square = t * t;
    if square.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    let a = df / 2.0;
    let front = (-a * (square / df).ln_1p()).exp() * (square / (df + square)).sqrt() * gamma_ratio(a) / PI.sqrt();
    let half = if square > 3.0 {
        0.5 * front * fraction(a, 0.5, df / (df + square)) / a
    } else {
        0.5 - front * fraction(0.5, a, square / (df + square))
    };
    if t >= 0.0 { half } else { 1.0 - half }
}

/// Γ(a + 1/2) / Γ(a), for a > 0: the asymptotic series where it is exact to the last digits, brought down by Γ's recurrence.
fn gamma_ratio(a: f64) -> f64 {
    let (mut at, mut factor) = (a, 1.0);
    while at < 30.0 {
        factor *= at / (at + 0.5);
        at += 1.0;
    }
    let x = 1.0 / (at * at);
    let series = (-1.0 / 8.0 + x * (1.0 / 192.0 + x * (-1.0 / 640.0 + x * (17.0 / 14336.0 - x * 31.0 / 18432.0)))) / at;
    factor * at.sqrt() * series.exp()
}

/// The continued fraction of the incomplete beta function I_x(a, b), by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for step in 1..20_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            change *= c * d;
        }
        value *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// P(Z > z) for the standard normal distribution.
pub fn normal_upper(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// The q-quantile of Student's t with `df` degrees of freedom; infinite where there are none.
pub fn student_quantile(q: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::INFINITY, |t| t.inverse_cdf(q))
}

/// The q-quantile of the standard normal distribution.
pub fn normal_quantile(q: f64) -> f64 {
    Normal::standard().inverse_cdf(q)
}
