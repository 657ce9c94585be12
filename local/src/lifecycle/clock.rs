//! What time it is.

use std::time::Duration;

use jiff::Timestamp;
use nix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A point on the clock that nobody can set and that goes on while the machine sleeps, in
/// microseconds since the machine started. Lifetimes are measured on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(u64);

impl Moment {
    /// When the machine started.
    #[cfg(test)]
    pub(super) const START: Self = Self(0);

    /// A moment as the agent counts it.
    pub(crate) fn as_millis(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// How long it is from an earlier moment; nothing when that is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)),
        )
    }
}

/// One point in time on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Now {
    /// For measuring.
    pub(crate) moment: Moment,
    /// For showing, in whole microseconds, which is what lists are ordered by.
    pub(crate) timestamp: Timestamp,
}

impl Now {
    /// Reads the machine's clocks.
    pub(crate) fn read() -> Self {
        let since_boot = clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from);
        let micros = since_boot.unwrap_or_default().as_micros();
        let timestamp = Timestamp::now();
        let timestamp =
            Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(timestamp);
        Self {
            moment: Moment(u64::try_from(micros).unwrap_or(u64::MAX)),
            timestamp,
        }
    }

    /// What a clock on the wall will show at a moment.
    pub(crate) fn timestamp_at(self, moment: Moment) -> Timestamp {
        let signed = |duration| jiff::SignedDuration::try_from(duration).unwrap_or_default();
        if moment >= self.moment {
            self.timestamp
                .saturating_add(signed(moment.since(self.moment)))
                .unwrap_or(self.timestamp)
        } else {
            self.timestamp
                .saturating_sub(signed(self.moment.since(moment)))
                .unwrap_or(self.timestamp)
        }
    }
}
