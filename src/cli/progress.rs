//! How far a run is: bars on a terminal, plain lines off it, nothing where it is to be quiet.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use epitome::engine::event::{Event, Observer};

use super::output;

/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(5);

/// With more systems than this, one bar tells of them all.
const MOST_BARS: usize = 12;

/// Listens to a run, and says how far it is.
pub enum Progress {
    /// Says nothing.
    Silent,
    /// A bar a system.
    Bars(MultiProgress, Mutex<Bars>),
    /// A line now and then.
    Lines(Mutex<Lines>),
}

impl Progress {
    /// What suits stderr.
    pub fn new(quiet: bool) -> Self {
        if quiet {
            Progress::Silent
        } else if std::io::stderr().is_terminal() {
            let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            Progress::Bars(bars, Mutex::default())
        } else {
            Progress::Lines(Mutex::new(Lines::new(Instant::now())))
        }
    }
}

impl Observer for Progress {
    fn on(&self, event: &Event<'_>) {
        match self {
            Progress::Silent => {}
            Progress::Bars(multi, bars) => match event {
                Event::Warning(message) => multi.suspend(|| output::warning(message)),
                _ => lock(bars).on(multi, event),
            },
            Progress::Lines(lines) => match event {
                Event::Warning(message) => output::warning(message),
                _ => {
                    let line = lock(lines).on(event, Instant::now());
                    line.iter().for_each(|line| output::remark(line));
                }
            },
        }
    }
}

/// A meter is as good after a panic elsewhere as before it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bars of a run.
#[derive(Debug, Default)]
pub struct Bars {
    /// A bar a system, or one under the empty name for all of them.
    bars: BTreeMap<String, (ProgressBar, u64)>,
}

impl Bars {
    fn on(&mut self, multi: &MultiProgress, event: &Event<'_>) {
        match event {
            Event::Started { systems, items } => {
                let all = [(String::new(), *items)];
                let shown: &[(String, u64)] = if systems.len() > MOST_BARS { &all } else { systems };
                let longest = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(24);
                for (name, items) in shown {
                    let bar = multi.add(ProgressBar::new(*items));
                    bar.set_style(style(longest));
                    bar.set_prefix(name.chars().take(24).collect::<String>());
                    self.bars.insert(name.clone(), (bar, 0));
                }
            }
            Event::Item { system, ok } => {
                let name = if self.bars.contains_key(*system) { system } else { "" };
                let Some((bar, failed)) = self.bars.get_mut(name) else { return };
                if !ok {
                    *failed += 1;
                    bar.set_message(format!("{failed} failed"));
                }
                bar.inc(1);
            }
            Event::Finished => {
                self.bars.values().for_each(|(bar, _)| bar.finish_and_clear());
                self.bars.clear();
            }
            Event::Warning(_) => {}
        }
    }
}

fn style(longest: usize) -> ProgressStyle {
    let template =
        format!("{{prefix:{longest}}} {{bar:30}} {{human_pos}}/{{human_len}} {{per_sec:>9}} {{eta:>4}} left {{msg}}");
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The plain lines of a run.
#[derive(Debug)]
pub struct Lines {
    started: Instant,
    last: Instant,
    items: u64,
    done: u64,
    failed: u64,
    systems: Vec<(String, u64, u64)>,
}

impl Lines {
    fn new(now: Instant) -> Self {
        Lines { started: now, last: now, items: 0, done: 0, failed: 0, systems: Vec::new() }
    }

    /// Takes an event in, and gives the line that is due.
    fn on(&mut self, event: &Event<'_>, now: Instant) -> Option<String> {
        match event {
            Event::Started { systems, items } => {
                *self = Lines::new(now);
                self.items = *items;
                self.systems = systems.iter().map(|(name, items)| (name.clone(), 0, *items)).collect();
                None
            }
            Event::Item { system, ok } => {
                self.done += 1;
                self.failed += u64::from(!ok);
                if let Some(entry) = self.systems.iter_mut().find(|(name, ..)| name == system) {
                    entry.1 += 1;
                }
                if now.duration_since(self.last) < EVERY {
                    return None;
                }
                self.last = now;
                Some(self.line(now))
            }
            Event::Finished => {
                let failed = self.failures();
                let took = span(now.duration_since(self.started));
                Some(format!("{} of {} items in {took}{failed}", self.done, self.items))
            }
            Event::Warning(_) => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    fn line(&self, now: Instant) -> String {
        let seconds = now.duration_since(self.started).as_secs_f64();
        let rate = if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        let left = self.items.saturating_sub(self.done) as f64;
        let mut line = format!("{} of {} items, {rate:.1}/s", self.done, self.items);
        if rate > 0.0 {
            line += &format!(", {} left", span(Duration::from_secs_f64(left / rate)));
        }
        line += &self.failures();
        let unfinished: Vec<String> = self
            .systems
            .iter()
            .filter(|(_, done, items)| done < items)
            .map(|(name, done, items)| format!("{name} {done}/{items}"))
            .collect();
        if self.systems.len() > 1 && !unfinished.is_empty() && unfinished.len() <= MOST_BARS {
            line += &format!(" ({})", unfinished.join(", "));
        }
        line
    }

    fn failures(&self) -> String {
        if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() }
    }
}

/// A duration for people: `3.2 s`, `45 s`, `2 min 05 s`, `3 h 10 min`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    // From here on whole seconds, rounded, so that 59.9 s is a minute.
    let seconds = duration.as_secs() + u64::from(duration.subsec_millis() >= 500);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_every_five_seconds_and_at_the_end() {
        let zero = Instant::now();
        let at = |seconds: u64| zero + Duration::from_secs(seconds);
        let mut lines = Lines::new(zero);
        let systems = vec![("draft@v1".to_owned(), 100), ("lead".to_owned(), 100)];
        assert_eq!(lines.on(&Event::Started { systems, items: 200 }, zero), None);
        for second in 1..5 {
            assert_eq!(lines.on(&Event::Item { system: "lead", ok: true }, at(second)), None);
        }
        assert_eq!(
            lines.on(&Event::Item { system: "draft@v1", ok: false }, at(5)).as_deref(),
            Some("5 of 200 items, 1.0/s, 3 min 15 s left, 1 failed (draft@v1 1/100, lead 4/100)")
        );
        assert_eq!(lines.on(&Event::Item { system: "lead", ok: true }, at(6)), None);
        assert_eq!(lines.on(&Event::Finished, at(70)).as_deref(), Some("6 of 200 items in 1 min 10 s, 1 failed"));
    }

    #[test]
    fn bars_count_each_system_and_its_failures() {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let mut bars = Bars::default();
        bars.on(&multi, &Event::Started { systems: vec![("a".into(), 2), ("b".into(), 3)], items: 5 });
        bars.on(&multi, &Event::Item { system: "b", ok: false });
        bars.on(&multi, &Event::Item { system: "b", ok: true });
        let (bar, failed) = &bars.bars["b"];
        assert_eq!((bar.position(), bar.length(), *failed), (2, Some(3), 1));
        assert_eq!(bars.bars["a"].0.position(), 0);
        bars.on(&multi, &Event::Finished);
        assert!(bars.bars.is_empty());
    }

    #[test]
    fn many_systems_share_a_bar() {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let mut bars = Bars::default();
        let systems = (0..50).map(|n| (format!("s{n}"), 1)).collect();
        bars.on(&multi, &Event::Started { systems, items: 50 });
        bars.on(&multi, &Event::Item { system: "s7", ok: true });
        assert_eq!(bars.bars.len(), 1);
        assert_eq!((bars.bars[""].0.position(), bars.bars[""].0.length()), (1, Some(50)));
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let shown = [3.21, 9.96, 45.0, 59.9, 125.0, 11_400.0].map(|s| span(Duration::from_secs_f64(s)));
        assert_eq!(shown, ["3.2 s", "10 s", "45 s", "1 min 00 s", "2 min 05 s", "3 h 10 min"]);
    }
}
