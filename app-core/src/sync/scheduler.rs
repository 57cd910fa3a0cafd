//! When to exchange next. Level-triggered: whatever happens, while the tablet is paired a wake-up is
//! armed, so nothing that is pending waits for the next tap. Reads no clock.

use domain::{clock::TimeMs, limits};

use crate::entropy::Entropy;

/// A request that has not ended by then is given up: the transport's limit is 20 s.
const IN_FLIGHT_MAX_MS: i64 = 25_000;
/// No wake-up is ever further away; one that is means that the clock was set back.
const AWAY_MAX_MS: i64 = 330_000;
/// Longest `Retry-After` that is believed.
const RETRY_AFTER_MAX_MS: u64 = 180_000;

/// The timer of the sync loop.
#[derive(Debug, Clone, Default)]
pub struct Scheduler {
    due: Option<TimeMs>,
    deadline: Option<TimeMs>,
    failures: u32,
    wanted: bool,
    #[cfg(feature = "planted")]
    forget_retry: bool,
}

impl Scheduler {
    /// Starts: the tablet is paired, exchange now.
    pub const fn start(&mut self, now: TimeMs) {
        if self.due.is_none() && self.deadline.is_none() {
            self.due = Some(now);
        }
    }

    /// A planted bug: a failed try is not tried again.
    #[cfg(feature = "planted")]
    pub const fn forget_retries(&mut self) {
        self.forget_retry = true;
    }

    /// When to wake up; `None` only while the tablet is not paired.
    #[must_use]
    pub fn wake_at(&self) -> Option<TimeMs> {
        self.deadline.or(self.due)
    }

    /// Whether a request is on its way.
    #[must_use]
    pub const fn is_in_flight(&self) -> bool {
        self.deadline.is_some()
    }

    /// Whether to exchange now. A request that never ended counts as failed.
    pub fn is_due(&mut self, now: TimeMs, entropy: &mut Entropy) -> bool {
        if self.deadline.is_some_and(|deadline| is_past(deadline, now)) {
            self.failed(now, None, entropy);
        }
        self.deadline.is_none() && self.due.is_some_and(|due| is_past(due, now))
    }

    /// There is something to send: soon, unless the server was just out of reach.
    pub fn want(&mut self, now: TimeMs) {
        if self.deadline.is_some() {
            self.wanted = true;
        } else if self.failures == 0 {
            self.pull_in(now);
        }
    }

    /// The server poked, or a person asked: now, whatever the backoff says.
    pub fn poke(&mut self, now: TimeMs) {
        self.wanted |= self.deadline.is_some();
        if self.deadline.is_none() {
            self.pull_in(now);
        }
    }

    fn pull_in(&mut self, to: TimeMs) {
        if let Some(due) = self.due {
            self.due = Some(due.min(to));
        }
    }

    /// A request was made.
    pub fn started(&mut self, now: TimeMs) {
        self.due = None;
        self.wanted = false;
        self.deadline = Some(now.plus_ms(IN_FLIGHT_MAX_MS));
    }

    /// It was answered. `again`: there is more to send or to get right now.
    pub fn succeeded(&mut self, now: TimeMs, again: bool, poll_ms: u32, entropy: &mut Entropy) {
        self.failures = 0;
        self.deadline = None;
        let poll = u64::from(poll_ms.clamp(1_000, 300_000));
        let wait = poll * 8 / 10 + entropy.below(poll * 4 / 10);
        let now_again = again || self.wanted;
        self.due = Some(if now_again { now } else { later(now, wait) });
    }

    /// It was not: the next try after a random part of an interval that doubles.
    pub fn failed(&mut self, now: TimeMs, retry_after_ms: Option<u64>, entropy: &mut Entropy) {
        self.deadline = None;
        #[cfg(feature = "planted")]
        if self.forget_retry {
            self.due = None;
            return;
        }
        let interval = limits::BACKOFF_BASE_MS << self.failures.min(6);
        let wait = match retry_after_ms {
            Some(asked) => {
                let asked = asked.min(RETRY_AFTER_MAX_MS);
                asked + entropy.below(asked / 2 + 1)
            }
            None => entropy.below(interval.min(limits::BACKOFF_MAX_MS) + 1),
        };
        self.failures = self.failures.saturating_add(1);
        self.due = Some(later(now, wait));
    }
}

fn later(now: TimeMs, wait_ms: u64) -> TimeMs {
    now.plus_ms(i64::try_from(wait_ms).unwrap_or(i64::MAX))
}

fn is_past(instant: TimeMs, now: TimeMs) -> bool {
    now >= instant || instant.since_ms(now) > AWAY_MAX_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_paired_tablet_always_has_a_timer(steps in prop::collection::vec((0u8..6, -5_000i64..70_000), 0..60)) {
            let mut entropy = Entropy::new([1; 32]);
            let mut scheduler = Scheduler::default();
            let mut now = TimeMs(1_000_000);
            scheduler.start(now);
            for (step, passed) in steps {
                now = now.plus_ms(passed);
                match step {
                    0 => scheduler.want(now),
                    1 => scheduler.poke(now),
                    2 if scheduler.is_due(now, &mut entropy) => scheduler.started(now),
                    3 if scheduler.is_in_flight() => scheduler.failed(now, None, &mut entropy),
                    4 if scheduler.is_in_flight() => scheduler.succeeded(now, false, 30_000, &mut entropy),
                    5 if scheduler.is_in_flight() => scheduler.failed(now, Some(u64::MAX), &mut entropy),
                    _ => {}
                }
                let wake = scheduler.wake_at();
                prop_assert!(wake.is_some_and(|at| at.since_ms(now) <= AWAY_MAX_MS + 5_000));
            }
        }
    }

    #[test]
    fn work_is_sent_at_once_but_not_into_a_backoff() {
        let mut entropy = Entropy::new([2; 32]);
        let mut scheduler = Scheduler::default();
        let now = TimeMs(0);
        scheduler.start(now);
        scheduler.started(now);
        scheduler.succeeded(now, false, 30_000, &mut entropy);
        assert!(!scheduler.is_due(now, &mut entropy));
        scheduler.want(now);
        assert!(scheduler.is_due(now, &mut entropy));
        scheduler.started(now);
        scheduler.want(now);
        scheduler.succeeded(now, false, 30_000, &mut entropy);
        assert!(
            scheduler.is_due(now, &mut entropy),
            "what came while it was away is not forgotten"
        );
        scheduler.started(now);
        scheduler.failed(now, Some(10_000), &mut entropy);
        scheduler.want(now);
        assert!(!scheduler.is_due(now, &mut entropy));
        scheduler.poke(now);
        assert!(scheduler.is_due(now, &mut entropy));
    }

    #[test]
    fn a_lost_request_and_a_clock_set_back_do_not_stop_it() {
        let mut entropy = Entropy::new([3; 32]);
        let mut scheduler = Scheduler::default();
        scheduler.start(TimeMs(0));
        scheduler.started(TimeMs(0));
        let late = TimeMs(IN_FLIGHT_MAX_MS + limits::BACKOFF_MAX_MS.cast_signed());
        scheduler.is_due(TimeMs(IN_FLIGHT_MAX_MS), &mut entropy);
        assert!(scheduler.is_due(late, &mut entropy));
        scheduler.started(late);
        scheduler.succeeded(late, false, 30_000, &mut entropy);
        assert!(scheduler.is_due(late.plus_ms(-3_600_000), &mut entropy));
    }
}
