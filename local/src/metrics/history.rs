//! The figures of one sandbox over its life, the older the coarser, in bounded memory.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use sandspan_protocol::metrics::{AgentMetrics, SandboxMetric};

/// How figures are put together: into buckets of so many seconds, of which so many are kept.
const LEVELS: [(i64, usize); 3] = [(5, 720), (30, 720), (900, 672)];

/// The figures of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct History {
    levels: [VecDeque<Bucket>; LEVELS.len()],
    /// What does not change from figure to figure.
    totals: Totals,
    /// When a figure was last asked for, whether one came or not.
    asked: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    cpu_count: u32,
    memory: u64,
    disk: u64,
}

/// The mean of some figures.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When the last of them was measured.
    at: Timestamp,
    count: u32,
    cpu_used: f64,
    memory_used: f64,
    memory_cache: f64,
    disk_used: f64,
}

impl History {
    /// Whether it is time for a figure; if so, that one is being asked for is noted.
    pub(crate) fn is_due(&mut self, interval: Duration) -> bool {
        let is_due = self.asked.is_none_or(|asked| asked.elapsed() >= interval);
        if is_due {
            self.asked = Some(Instant::now());
        }
        is_due
    }

    /// Adds what was measured now.
    pub(crate) fn add(&mut self, now: Timestamp, figures: &AgentMetrics) {
        self.totals = Totals {
            cpu_count: figures.cpu_count,
            memory: figures.mem_total,
            disk: figures.disk_total,
        };
        let new = Bucket::of(now, figures);
        for (level, (seconds, limit)) in self.levels.iter_mut().zip(LEVELS) {
            match level.back_mut() {
                Some(last) if last.is_of(now, seconds) => last.add(&new),
                _ => {
                    if level.len() == limit {
                        level.pop_front();
                    }
                    level.push_back(new);
                }
            }
        }
    }

    /// The last figure.
    pub(crate) fn latest(&self) -> Option<SandboxMetric> {
        self.levels[0].back().map(|last| self.shown(last))
    }

    /// The figures from one second to another, ascending, as fine as there are any that reach back
    /// so far.
    pub(crate) fn between(&self, start: Option<i64>, end: Option<i64>) -> Vec<SandboxMetric> {
        let (start, end) = (start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
        let reaches_back = |level: &&VecDeque<Bucket>| {
            let oldest = self.levels.last().and_then(VecDeque::front);
            let first = level.front().map(|it| it.at.as_second());
            first.is_some_and(|first| {
                first <= start || oldest.is_none_or(|it| it.at.as_second() >= first)
            })
        };
        let level = self.levels.iter().find(reaches_back);
        let level = level.or(self.levels.last()).into_iter().flatten();
        let inside = level.filter(|it| (start..=end).contains(&it.at.as_second()));
        inside.map(|it| self.shown(it)).collect()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the means of byte counts are neither negative nor too large"
    )]
    fn shown(&self, bucket: &Bucket) -> SandboxMetric {
        SandboxMetric {
            cpu_count: self.totals.cpu_count,
            cpu_used_pct: (bucket.cpu_used * 100.0).round() / 100.0,
            disk_total: self.totals.disk,
            disk_used: bucket.disk_used as u64,
            mem_cache: bucket.memory_cache as u64,
            mem_total: self.totals.memory,
            mem_used: bucket.memory_used as u64,
            timestamp: bucket.at,
            timestamp_unix: bucket.at.as_second(),
        }
    }
}

impl Bucket {
    #[expect(
        clippy::cast_precision_loss,
        reason = "byte counts above 2^52 are far off"
    )]
    fn of(at: Timestamp, figures: &AgentMetrics) -> Self {
        Self {
            at,
            count: 1,
            cpu_used: figures.cpu_used_pct,
            memory_used: figures.mem_used as f64,
            memory_cache: figures.mem_cache as f64,
            disk_used: figures.disk_used as f64,
        }
    }

    fn is_of(&self, now: Timestamp, seconds: i64) -> bool {
        let number = |at: Timestamp| at.as_second().div_euclid(seconds);
        number(self.at) == number(now)
    }

    fn add(&mut self, new: &Self) {
        let weight = 1.0 / f64::from(self.count + 1);
        self.count += 1;
        self.at = new.at;
        for (mean, value) in [
            (&mut self.cpu_used, new.cpu_used),
            (&mut self.memory_used, new.memory_used),
            (&mut self.memory_cache, new.memory_cache),
            (&mut self.disk_used, new.disk_used),
        ] {
            *mean += (value - *mean) * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(cpu_used_pct: f64) -> AgentMetrics {
        AgentMetrics {
            ts: 0,
            cpu_count: 2,
            cpu_used_pct,
            mem_total_mib: 4,
            mem_used_mib: 1,
            mem_total: 4 << 20,
            mem_used: 1 << 20,
            mem_cache: 0,
            disk_used: 1,
            disk_total: 10,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    /// A figure every five seconds, from second 0 on.
    fn life(seconds: i64) -> History {
        let mut history = History::default();
        for second in (0..seconds).step_by(5) {
            history.add(at(second), &figures(50.0));
        }
        history
    }

    #[test]
    fn figures_of_the_last_hour_are_all_there() {
        let history = life(60);
        let all = history.between(None, None);
        assert_eq!(all.len(), 12);
        assert!(all.is_sorted_by_key(|it| it.timestamp_unix));
        assert_eq!(history.between(Some(10), Some(20)).len(), 3);
        assert_eq!(history.between(Some(61), None), []);
        assert_eq!(history.latest().expect("one").timestamp_unix, 55);
    }

    #[test]
    fn older_ones_are_coarser_and_few() {
        let history = life(100 * 3600);
        let last = history.between(Some(100 * 3600 - 600), None);
        assert_eq!(last.len(), 120);
        let all = history.between(None, None);
        assert_eq!(all.len(), 400, "every quarter of an hour");
        let kept: usize = history.levels.iter().map(VecDeque::len).sum();
        assert!(kept <= 720 + 720 + 672);
        assert!((all[0].cpu_used_pct - 50.0).abs() < 0.01);
    }

    #[test]
    fn a_bucket_shows_the_mean() {
        let mut history = History::default();
        history.add(at(0), &figures(0.0));
        history.add(at(4), &figures(100.0));
        let latest = history.latest().expect("one");
        assert!((latest.cpu_used_pct - 50.0).abs() < 0.01);
        assert_eq!(latest.mem_used, 1 << 20);
    }
}
