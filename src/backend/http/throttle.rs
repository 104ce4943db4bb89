//! How many requests may be out at once, and how fast new ones may go.
//!
//! The number in flight shrinks by a third when the server says it is asked too much (429, 503), once for the requests
//! that were out together, and grows back a little with each success. (TCP halves, and grows by one a round trip; but here
//! a refusal may as well be of the minute's allowance, which fewer requests at once do not mend.) A
//! Retry-After holds everyone back. Requests and tokens a minute are counted in a window of the last minute, so that no
//! minute holds more than allowed.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::backend::Request;

/// The limits of a system's requests.
#[derive(Debug)]
pub struct Throttle {
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Requests that may be in flight, as far as the server lets on.
    limit: f64,
    in_flight: usize,
    /// When the limit was last cut.
    cut: Option<Instant>,
    paused_until: Option<Instant>,
    requests: Option<Window>,
    tokens: Option<Window>,
}

/// What is left of the limit when the server is asked too much.
const CUT: f64 = 2.0 / 3.0;

/// What a success adds to the limit.
const GROWTH: f64 = 0.2;

/// How often something that waits looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(50);

impl Throttle {
    /// Limits by requests in flight, and by requests and tokens a minute.
    pub fn new(in_flight: usize, rpm: Option<u64>, tpm: Option<u64>) -> Self {
        let state = State {
            limit: in_flight as f64,
            in_flight: 0,
            cut: None,
            paused_until: None,
            requests: rpm.map(Window::new),
            tokens: tpm.map(Window::new),
        };
        Throttle { most: in_flight, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits until a request of so many tokens may go; `None` where the run ends before.
    pub fn enter(&self, tokens: u64, request: &Request<'_>) -> Option<Pass<'_>> {
        let mut state = self.lock();
        loop {
            if request.stopped() {
                return None;
            }
            let now = Instant::now();
            let Some(wait) = state.wait(now, tokens) else {
                state.in_flight += 1;
                let spent = |window: &mut Option<Window>, n| {
                    if let Some(window) = window {
                        window.spend(now, n);
                    }
                };
                spent(&mut state.requests, 1);
                spent(&mut state.tokens, tokens);
                return Some(Pass { throttle: self, sent: now, tokens });
            };
            state = self.changed.wait_timeout(state, wait.min(GLANCE)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long to wait before looking again; `None` where a request may go now.
    fn wait(&mut self, now: Instant, tokens: u64) -> Option<Duration> {
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        if self.in_flight as f64 + 1.0 > self.limit.floor().max(1.0) {
            return Some(GLANCE);
        }
        let requests = self.requests.as_mut().and_then(|window| window.wait(now, 1));
        let tokens = self.tokens.as_mut().and_then(|window| window.wait(now, tokens));
        requests.max(tokens)
    }
}

/// The right to have a request out. Dropping it makes room for the next.
#[derive(Debug)]
pub struct Pass<'a> {
    throttle: &'a Throttle,
    sent: Instant,
    tokens: u64,
}

impl Pass<'_> {
    /// The server answered; it counted so many tokens, where it says.
    pub fn answered(self, tokens: Option<u64>) {
        let mut state = self.throttle.lock();
        state.limit = (state.limit + GROWTH).min(self.throttle.most as f64);
        if let (Some(window), Some(tokens)) = (&mut state.tokens, tokens) {
            window.correct(self.sent, self.tokens, tokens);
        }
    }

    /// The server is asked too much, and wants a pause of so long, where it says.
    pub fn overloaded(self, pause: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.throttle.lock();
        // Requests that went out before the last cut tell nothing of what it did.
        if state.cut.is_none_or(|cut| self.sent >= cut) {
            state.limit = (state.limit * CUT).max(1.0);
            state.cut = Some(now);
        }
        if let Some(pause) = pause {
            state.paused_until = state.paused_until.max(Some(now + pause));
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.throttle.lock().in_flight -= 1;
        self.throttle.changed.notify_all();
    }
}

/// What was spent in the last minute.
#[derive(Debug)]
struct Window {
    limit: u64,
    spent: VecDeque<(Instant, u64)>,
    sum: u64,
}

const MINUTE: Duration = Duration::from_secs(60);

impl Window {
    fn new(limit: u64) -> Self {
        Window { limit, spent: VecDeque::new(), sum: 0 }
    }

    /// How long to wait before `n` more may be spent; `None` for not at all. More than the limit may be spent alone.
    fn wait(&mut self, now: Instant, n: u64) -> Option<Duration> {
        while let Some((at, spent)) = self.spent.front().copied().filter(|(at, _)| now.duration_since(*at) >= MINUTE) {
            debug_assert!(at <= now);
            self.sum -= spent;
            self.spent.pop_front();
        }
        let (oldest, _) = self.spent.front()?;
        (self.sum + n > self.limit).then(|| (*oldest + MINUTE).saturating_duration_since(now))
    }

    fn spend(&mut self, now: Instant, n: u64) {
        self.spent.push_back((now, n));
        self.sum += n;
    }

    /// Puts what was really spent in the place of an estimate.
    fn correct(&mut self, at: Instant, estimate: u64, actual: u64) {
        if let Some(entry) = self.spent.iter_mut().find(|entry| **entry == (at, estimate)) {
            entry.1 = actual;
            self.sum = self.sum - estimate + actual;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::backend::tests::article;

    fn with_request<T>(stop: &AtomicBool, run: impl FnOnce(&Request<'_>) -> T) -> T {
        let article = article("x");
        run(&Request { dataset: "d", article: &article, references: &[], sample: 0, seed: 1, stop: Some(stop) })
    }

    #[test]
    fn the_limit_shrinks_once_for_requests_that_were_out_together_and_grows_back() {
        let throttle = Throttle::new(8, None, None);
        with_request(&AtomicBool::new(false), |request| {
            let passes: Vec<_> = (0..8).map(|_| throttle.enter(1, request).expect("there is room")).collect();
            passes.into_iter().for_each(|pass| pass.overloaded(None));
            assert_eq!(throttle.lock().limit, 8.0 * CUT);
            for _ in 0..20 {
                throttle.enter(1, request).expect("there is room").answered(None);
            }
            assert_eq!(throttle.lock().limit, 8.0);
            assert_eq!(throttle.lock().in_flight, 0);
        });
    }

    #[test]
    fn a_pause_holds_everyone_back_and_an_end_lets_them_go() {
        let throttle = Throttle::new(2, None, None);
        let stop = AtomicBool::new(false);
        with_request(&stop, |request| {
            throttle.enter(1, request).expect("there is room").overloaded(Some(Duration::from_millis(120)));
            let began = Instant::now();
            drop(throttle.enter(1, request).expect("the pause ends"));
            assert!(began.elapsed() >= Duration::from_millis(100));
            let _held = throttle.enter(1, request).expect("there is room");
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(throttle.enter(1, request).is_none());
        });
    }

    #[test]
    fn no_minute_holds_more_than_allowed() {
        let mut window = Window::new(10);
        let start = Instant::now();
        assert_eq!(window.wait(start, 25), None, "more than the limit may go alone");
        window.spend(start, 6);
        window.spend(start + Duration::from_secs(10), 4);
        let now = start + Duration::from_secs(20);
        assert_eq!(window.wait(now, 1), Some(Duration::from_secs(40)));
        window.correct(start + Duration::from_secs(10), 4, 1);
        assert_eq!(window.wait(now, 3), None);
        assert_eq!(window.wait(start + MINUTE, 9), None);
        assert_eq!(window.wait(start + MINUTE, 10), Some(Duration::from_secs(10)));
    }
}
