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

/// A difference with its interval on an axis with zero in the middle.
pub fn difference(value: f64, (low, high): (f64, f64)) -> Markup {
    let most = [value, low, high].iter().fold(f64::MIN_POSITIVE, |most, v| most.max(v.abs()));
    let x = |value: f64| format!("{:.1}", 50.0 + (value / most).clamp(-1.0, 1.0) * 48.0);
    html! {
        svg.whisker viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            line.axis x1="2" x2="98" y1="4" y2="4" {}
            line.axis x1="50" x2="50" y1="0" y2="8" {}
            line.range x1=(x(low)) x2=(x(high)) y1="4" y2="4" {}
            line.value x1=(x(value)) x2=(x(value)) y1="1" y2="7" {}
        }
    }
}

/// Bars: how many outputs lie in each tenth of a range.
pub fn histogram(tenths: [u64; 10], label: &str) -> Markup {
    let most = tenths.iter().copied().max().unwrap_or(0).max(1);
    let height = |n: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a picture")]
        let share = n as f64 / most as f64;
        share * 30.0
    };
    html! {
        svg.histogram viewBox="0 0 100 32" role="img" aria-label=(label) {
            @for (at, n) in tenths.iter().enumerate() {
                @if *n > 0 {
                    rect x=(format!("{}", at * 10 + 1)) width="8" y=(format!("{:.1}", 31.0 - height(*n)))
                        height=(format!("{:.1}", height(*n))) {}
                }
            }
            line.axis x1="0" x2="100" y1="31.5" y2="31.5" {}
        }
    }
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
    fn pictures_keep_within_their_frame() {
        let svg = whisker(5.0, Some((-3.0, 9.0)), (0.0, 1.0)).into_string();
        assert!(svg.contains("x1=\"2.0\" x2=\"98.0\""), "{svg}");
    }
}
