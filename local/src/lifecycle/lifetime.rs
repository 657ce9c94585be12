//! The span of a sandbox's life: when it ends, and how that is changed. No clock and no I/O in here.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::clock::Moment;

/// The span of a sandbox's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifetime {
    started: Moment,
    end: Moment,
    /// The longest that it may live, counted from its start.
    cap: Duration,
}

impl Lifetime {
    /// A life that starts now.
    pub(crate) fn new(now: Moment, timeout: Duration, cap: Duration) -> Self {
        Self {
            started: now,
            end: now + timeout.min(cap),
            cap,
        }
    }

    /// When it ends.
    pub(crate) fn end(&self) -> Moment {
        self.end
    }

    /// Whether its time has come.
    pub(crate) fn is_over(&self, now: Moment) -> bool {
        now >= self.end
    }

    /// Lets it end after a time from now, sooner or later than it would have; never beyond the cap.
    pub(crate) fn set_timeout(&mut self, now: Moment, timeout: Duration) {
        self.end = (now + timeout).min(self.started + self.cap);
    }

    /// Lets it live for a time from now at least; never beyond the cap, and never shorter.
    pub(crate) fn extend(&mut self, now: Moment, timeout: Duration) {
        let current = self.end;
        self.set_timeout(now, timeout);
        self.end = self.end.max(current);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Lifetime;
    use crate::lifecycle::clock::Now;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn ends_at_its_timeout_and_not_before() {
        let now = Now::read().moment;
        let lifetime = Lifetime::new(now, seconds(10), seconds(100));
        assert!(!lifetime.is_over(now + Duration::from_millis(9_999)));
        assert!(lifetime.is_over(now + seconds(10)));
    }

    #[test]
    fn set_timeout_works_both_ways_and_is_clamped_to_the_cap() {
        let now = Now::read().moment;
        let mut lifetime = Lifetime::new(now, seconds(10), seconds(100));
        lifetime.set_timeout(now + seconds(5), seconds(60));
        assert_eq!(lifetime.end(), now + seconds(65));
        lifetime.set_timeout(now + seconds(5), seconds(1));
        assert_eq!(lifetime.end(), now + seconds(6));
        lifetime.set_timeout(now + seconds(6), seconds(1000));
        assert_eq!(lifetime.end(), now + seconds(100));
        lifetime.set_timeout(now + seconds(7), seconds(0));
        assert!(lifetime.is_over(now + seconds(7)));
    }

    #[test]
    fn extend_never_shortens() {
        let now = Now::read().moment;
        let mut lifetime = Lifetime::new(now, seconds(10), seconds(100));
        lifetime.extend(now + seconds(1), seconds(2));
        assert_eq!(lifetime.end(), now + seconds(10));
        lifetime.extend(now + seconds(1), seconds(20));
        assert_eq!(lifetime.end(), now + seconds(21));
    }

    #[test]
    fn a_timeout_above_the_cap_is_the_cap() {
        let now = Now::read().moment;
        assert_eq!(
            Lifetime::new(now, seconds(500), seconds(100)).end(),
            now + seconds(100)
        );
    }
}
