//! When a lease is renewed, and for how long: without a clock or a connection of its own.

use std::time::{Duration, Instant};

/// How much longer than meant a sandbox may live, so that a renewal need not wait for the moment
/// from which the rest is a number of whole seconds, which is all that a service takes.
const SLACK: Duration = Duration::from_millis(100);

/// How long before the service ends the sandbox a renewal must be on its way.
const MARGIN: Duration = Duration::from_secs(1);

/// How soon a failed renewal is tried again at first, and at the soonest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const SOONEST_RETRY: Duration = Duration::from_millis(250);

/// What a lease is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It keeps the sandbox.
    Running,
    /// A caller ended or paused the sandbox.
    Stopped,
    /// The service says that there is no such running sandbox.
    Gone,
    /// It could not be renewed for a whole window.
    Failed,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing, until something happens.
    Rest,
    /// Nothing before this time.
    Wait(Instant),
    /// To have the sandbox live for so many seconds from now.
    Renew(u64),
    /// To say that it cannot be kept.
    GiveUp,
}

#[derive(Debug, Clone, Copy)]
struct Failing {
    since: Instant,
    times: u32,
    retry_at: Instant,
}

/// When a lease is renewed, and for how long.
///
/// The service ends the sandbox at a time of its own. While the sandbox is used, that time is kept
/// at least half a window away; once it no longer is, it is made to be one window later. It is
/// never made to be later than the sandbox's own deadline, which a caller may move.
#[derive(Debug)]
pub(super) struct Plan {
    window: Duration,
    phase: Phase,
    active: u32,
    /// When the last use was over.
    idle_since: Instant,
    /// When the service ends the sandbox, as far as is known.
    server_end: Instant,
    renewed_at: Option<Instant>,
    /// Whether something that moves the end is under way.
    in_flight: bool,
    failing: Option<Failing>,
}

impl Plan {
    pub(super) fn new(window: Duration, now: Instant, server_end: Instant) -> Self {
        Self {
            window,
            phase: Phase::Running,
            active: 0,
            idle_since: now,
            server_end,
            renewed_at: None,
            in_flight: false,
            failing: None,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn is_active(&self) -> bool {
        self.active > 0
    }

    /// When the last use was over; now while it goes on.
    pub(super) fn used_at(&self, now: Instant) -> Instant {
        if self.is_active() {
            now
        } else {
            self.idle_since
        }
    }

    /// When the sandbox is to end if it is not used from now on.
    pub(super) fn target(&self, now: Instant, deadline: Instant) -> Instant {
        (self.used_at(now) + self.window).min(deadline)
    }

    /// A use begins.
    pub(super) fn begin(&mut self) {
        self.active += 1;
    }

    /// A use is over.
    pub(super) fn end(&mut self, now: Instant) {
        self.active = self.active.saturating_sub(1);
        if self.active == 0 {
            self.idle_since = now;
        }
    }

    /// The sandbox answered. Whether that is news: it was resumed, or never gone.
    pub(super) fn answered(&mut self, now: Instant) -> bool {
        let is_news = matches!(self.phase, Phase::Gone | Phase::Failed);
        if is_news {
            self.restart(now);
        }
        is_news
    }

    /// The sandbox runs, and when the service ends it is not known.
    fn restart(&mut self, now: Instant) {
        self.phase = Phase::Running;
        self.failing = None;
        self.renewed_at = None;
        self.server_end = now;
    }

    /// A caller had the service set the sandbox's end, which shows that it runs.
    pub(super) fn set(&mut self, now: Instant, server_end: Instant) {
        self.restart(now);
        self.server_end = server_end;
        self.renewed_at = Some(now);
    }

    /// A caller connected to the sandbox, which is a use.
    pub(super) fn connected(&mut self, now: Instant, server_end: Instant) {
        self.set(now, server_end);
        self.idle_since = now;
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Whether the end may be moved now, by nobody else until it is [`landed`](Self::landed).
    pub(super) fn take_off(&mut self) -> bool {
        !std::mem::replace(&mut self.in_flight, true)
    }

    pub(super) fn landed(&mut self) {
        self.in_flight = false;
    }

    /// A renewal that was sent then, for so many seconds, went well.
    pub(super) fn succeeded(&mut self, sent: Instant, seconds: u64) {
        self.renewed_at = Some(sent);
        self.server_end = sent + Duration::from_secs(seconds);
        self.failing = None;
    }

    /// A renewal went wrong. `jitter`, from 0 to 1, spreads out the next tries of many clients.
    pub(super) fn failed(&mut self, now: Instant, jitter: f64, retry_after: Option<Duration>) {
        let (since, times) = self
            .failing
            .map_or((now, 0), |failing| (failing.since, failing.times));
        let pause = FIRST_RETRY * 2_u32.saturating_pow(times.min(16));
        let pause = pause.min(self.window / 4).mul_f64(0.5 + jitter);
        // The nearer the sandbox's end, the less there is to lose by asking again.
        let left = self.server_end.saturating_duration_since(now);
        let pause = if left.is_zero() {
            pause
        } else {
            pause.min(left / 2)
        };
        let pause = pause.max(retry_after.unwrap_or(SOONEST_RETRY));
        self.failing = Some(Failing {
            since,
            times: times.saturating_add(1),
            retry_at: now + pause,
        });
    }

    /// What is to be done now.
    pub(super) fn step(&self, now: Instant, deadline: Instant) -> Step {
        if self.phase != Phase::Running || self.in_flight {
            return Step::Rest;
        }
        let target = self.target(now, deadline);
        let patience = self
            .failing
            .map(|failing| target.min(failing.since + self.window));
        if patience.is_some_and(|patience| patience <= now) {
            return Step::GiveUp;
        }
        let Some(due) = self.due(now, target, deadline).filter(|_| target > now) else {
            return Step::Rest;
        };
        let allowed = self.renewed_at.map(|at| at + self.window / 4);
        let retry_at = self.failing.map(|failing| failing.retry_at);
        let from = [Some(due), allowed, retry_at].into_iter().flatten();
        let from = from.fold(now, Instant::max);
        match (self.moment(from, target, deadline), patience) {
            (Some((at, seconds)), _) if at <= now => Step::Renew(seconds),
            (Some((at, _)), Some(patience)) => Step::Wait(at.min(patience)),
            (Some((at, _)), None) => Step::Wait(at),
            (None, Some(patience)) => Step::Wait(patience),
            (None, None) => Step::Rest,
        }
    }

    /// From when on the service's end is not where it should be; none when it is.
    fn due(&self, now: Instant, target: Instant, deadline: Instant) -> Option<Instant> {
        let too_late = self.server_end > target + SLACK;
        if self.is_active() {
            let may_move = self.server_end < deadline;
            let due = self.server_end.checked_sub(self.window / 2).unwrap_or(now);
            return (may_move || too_late).then_some(if too_late { now } else { due });
        }
        (self.server_end < target || too_late).then_some(now)
    }

    /// When, from a time on, to renew for how many seconds, so that the sandbox ends at the target:
    /// services take whole seconds only.
    fn moment(&self, from: Instant, target: Instant, deadline: Instant) -> Option<(Instant, u64)> {
        if self.is_active() && target < deadline {
            // The target moves on, so there is nothing to hit.
            return Some((from, self.window.as_secs()));
        }
        let rest = target.checked_duration_since(from)?;
        let (down, up) = (rest.as_secs(), rest.as_nanos().div_ceil(1_000_000_000));
        let up = u64::try_from(up).ok()?;
        if Duration::from_secs(up).saturating_sub(rest) <= SLACK {
            return Some((from, up));
        }
        let at = from + Duration::from_nanos(rest.subsec_nanos().into());
        // Who waits too long for the right moment, or always for another one, loses the sandbox.
        let moves_on = target < deadline && self.server_end <= from + self.window / 4;
        let is_urgent = self.server_end < target && (moves_on || self.server_end <= at + MARGIN);
        match (is_urgent || down == 0, target == deadline) {
            (false, _) => Some((at, down)),
            (true, false) => Some((from, up)),
            (true, true) => Some((from, down)).filter(|_| down > 0),
        }
    }
}

#[cfg(test)]
mod tests;
