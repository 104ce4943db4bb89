//! Small charts as inline SVG, coloured by the style sheet. Each repeats what stands in figures beside it.

use maud::{Markup, html};

/// A figure with its interval on the axis of its column.
pub fn whisker(value: f64, ends: Option<(f64, f64)>, axis: (f64, f64)) -> Markup {
    let (least, most) = axis;
    let span = if most > least { most - least } else { 1.0 };
    let x = |value: f64| format!("{:.1}", 2.0 + ((value - least) / span).clamp(0.0, 1.0) * 96.0);
    html! {
        svg.whisker viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            line.axis x1="2" x2="98" y1="4" y2="4" {}
            @if let Some((low, high)) = ends {
                line.range x1=(x(low)) x2=(x(high)) y1="4" y2="4" {}
            }
            line.value x1=(x(value)) x2=(x(value)) y1="1" y2="7" {}
        }
    }
}

/// Bars a distribution in tenths of the range: how many articles lie in each.
pub fn histogram(values: &[f64], axis: (f64, f64), label: &str) -> Markup {
    let bins = bins(values, axis);
    let most = bins.iter().copied().max().unwrap_or(0).max(1);
    let height = |n: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a picture")]
        let share = n as f64 / most as f64;
        share * 30.0
    };
    html! {
        svg.histogram viewBox="0 0 100 32" role="img" aria-label=(label) {
            @for (at, n) in bins.iter().enumerate() {
                @if *n > 0 {
                    rect x=(format!("{}", at * 10 + 1)) width="8" y=(format!("{:.1}", 31.0 - height(*n)))
                        height=(format!("{:.1}", height(*n))) {}
                }
            }
            line.axis x1="0" x2="100" y1="31.5" y2="31.5" {}
        }
    }
}

/// Values counted in ten equal parts of an axis; the last part holds its upper end.
pub fn bins(values: &[f64], (least, most): (f64, f64)) -> [usize; 10] {
    let span = if most > least { most - least } else { 1.0 };
    let mut bins = [0; 10];
    for value in values {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=9")]
        let at = ((value - least) / span * 10.0).floor().clamp(0.0, 9.0) as usize;
        bins[at] += 1;
    }
    bins
}

/// What became of a group's facts, as parts of a bar.
pub fn share(covered: u64, contradicted: u64, total: u64) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "a picture")]
    let part = |n: u64| if total == 0 { 0.0 } else { n as f64 / total as f64 * 100.0 };
    html! {
        svg.share viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect.rest x="0" y="0" width="100" height="6" {}
            rect.covered x="0" y="0" width=(format!("{:.1}", part(covered))) height="6" {}
            rect.contradicted x=(format!("{:.1}", 100.0 - part(contradicted))) y="0"
                width=(format!("{:.1}", part(contradicted))) height="6" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_both_ends() {
        assert_eq!(bins(&[0.0, 0.05, 0.5, 1.0], (0.0, 1.0)), [2, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!(bins(&[7.0], (7.0, 7.0))[0], 1);
    }

    #[test]
    fn pictures_keep_within_their_frame() {
        let svg = whisker(5.0, Some((-3.0, 9.0)), (0.0, 1.0)).into_string();
        assert!(svg.contains("x1=\"2.0\" x2=\"98.0\""), "{svg}");
    }
}
