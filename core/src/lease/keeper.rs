//! What keeps one sandbox in one process and runtime.

use std::{
    pin::pin,
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http::Method;
use jiff::{SignedDuration, Timestamp};
use sandspan_protocol::{
    control::{ActivityKind, SetTimeout},
    id::SandboxId,
};
use tokio::sync::Notify;

use super::{
    plan::{Phase, Plan, Step},
    timer::{Key, Timer},
};
use crate::{
    Error,
    client::is_missing,
    connection::{Connection, Request},
    diagnosis,
    notice::say,
    transport::{Answer, Failure},
};

const OPERATION: &str = "sandbox.lease";

/// What is the same in all processes and runtimes that a handle is used in. Nothing here is locked,
/// so a fork cannot leave it so.
pub(super) struct Terms {
    /// Each of whose requests takes no longer than a renewal may.
    pub(super) connection: Connection,
    pub(super) sandbox_id: SandboxId,
    origin: Instant,
    /// What a clock on the wall showed at the origin.
    started: Timestamp,
    /// The sandbox's own deadline, in nanoseconds since the origin.
    deadline: AtomicU64,
}

impl Terms {
    pub(super) fn new(
        connection: &Connection,
        sandbox_id: SandboxId,
        window: Duration,
        life: Duration,
    ) -> Self {
        let longest = window / 4;
        let limit = connection.settings.request_timeout;
        let limit = if limit.is_zero() { longest } else { limit };
        let terms = Self {
            connection: connection.with_request_timeout(limit.min(longest)),
            sandbox_id,
            origin: Instant::now(),
            started: Timestamp::now(),
            deadline: AtomicU64::new(0),
        };
        terms.set_deadline(terms.origin + life);
        terms
    }

    pub(super) fn deadline(&self) -> Instant {
        self.origin + Duration::from_nanos(self.deadline.load(Ordering::Acquire))
    }

    pub(super) fn set_deadline(&self, deadline: Instant) {
        self.deadline
            .store(self.since_origin(deadline), Ordering::Release);
    }

    /// Sets a later deadline; an earlier one changes nothing.
    pub(super) fn extend_deadline(&self, deadline: Instant) {
        self.deadline
            .fetch_max(self.since_origin(deadline), Ordering::AcqRel);
    }

    /// An instant as a clock on the wall shows it: the same at every look, unless that was set.
    pub(super) fn timestamp_at(
        &self,
        instant: Instant,
        now: Instant,
        time: Timestamp,
    ) -> Timestamp {
        /// By how much the two clocks may drift apart before the one on the wall was set.
        const DRIFT: SignedDuration = SignedDuration::from_secs(1);
        let counted = shift(self.started, self.origin, instant);
        let seen = shift(time, now, instant);
        if seen.duration_since(counted).abs() < DRIFT {
            counted
        } else {
            seen
        }
    }

    fn since_origin(&self, time: Instant) -> u64 {
        let nanoseconds = time.saturating_duration_since(self.origin).as_nanos();
        u64::try_from(nanoseconds).unwrap_or(u64::MAX)
    }

    async fn renew(&self, seconds: u64) -> Result<Answer, Failure> {
        let timeout = i64::try_from(seconds).expect("at most a window, which is 32 bits");
        let path = format!("/sandboxes/{}/timeout", self.sandbox_id);
        let request = Request::new(Method::POST, path).json(&SetTimeout { timeout });
        self.connection.request(&request).await
    }
}

/// What a clock on the wall shows at an instant that is as far from `time` as it is from `from`.
fn shift(time: Timestamp, from: Instant, instant: Instant) -> Timestamp {
    match instant.checked_duration_since(from) {
        Some(later) => time + later,
        None => time - from.duration_since(instant),
    }
}

/// What keeps one sandbox in one process and runtime.
pub(super) struct Keeper {
    pub(super) terms: Arc<Terms>,
    /// Whose locks are its own: another thread of the parent may have held them when it forked.
    process: u32,
    timer: Timer,
    state: Mutex<State>,
    changed: Notify,
}

pub(super) struct State {
    pub(super) plan: Plan,
    /// What the sandbox was used for last.
    pub(super) last: ActivityKind,
    /// When the timer is to wake this.
    scheduled: Option<Instant>,
    /// Why the last renewal failed, if it did.
    pub(super) failure: Option<Error>,
}

impl Keeper {
    pub(super) fn new(terms: Arc<Terms>, key: Key, plan: Plan, last: ActivityKind) -> Self {
        Self {
            terms,
            process: key.process,
            timer: Timer::of(key),
            state: Mutex::new(State {
                plan,
                last,
                scheduled: None,
                failure: None,
            }),
            changed: Notify::new(),
        }
    }

    pub(super) fn is_of_this_process(&self) -> bool {
        self.process == process::id()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and sees to it that what follows from it is done in time.
    pub(super) fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let mut state = self.state();
        let now = Instant::now();
        let changed = change(&mut state, now);
        let at = match state.plan.step(now, self.terms.deadline()) {
            Step::Rest => return changed,
            Step::Wait(at) => at,
            Step::Renew(_) | Step::GiveUp => now,
        };
        if state.scheduled.is_none_or(|scheduled| at < scheduled) {
            state.scheduled = Some(at);
            self.timer.wake(at, self);
        }
        changed
    }

    /// The timer says that it is time. It runs in the runtime.
    pub(super) fn woken(self: &Arc<Self>, at: Instant) {
        let mut state = self.state();
        if state.scheduled != Some(at) {
            // There is an earlier time now, and this one is void.
            return;
        }
        state.scheduled = None;
        let now = Instant::now();
        match state.plan.step(now, self.terms.deadline()) {
            Step::Rest => {}
            Step::Wait(at) => {
                state.scheduled = Some(at);
                self.timer.wake(at, self);
            }
            Step::Renew(seconds) => {
                state.plan.take_off();
                drop(state);
                // The handle may be dropped meanwhile, so this does not hold it.
                let (keeper, terms) = (Arc::downgrade(self), Arc::clone(&self.terms));
                tokio::spawn(renew(keeper, terms, now, seconds));
            }
            Step::GiveUp => {
                state.plan.enter(Phase::Failed);
                self.say_failed(state.failure.as_ref());
            }
        }
    }

    fn say_failed(&self, failure: Option<&Error>) {
        let id = &self.terms.sandbox_id;
        let reason = failure.map(|error| format!(": {error}"));
        say(&format!(
            "the end of sandbox {id} could not be moved, so it does not end when it should{}",
            reason.unwrap_or_default()
        ));
    }

    fn renewed(self: &Arc<Self>, sent: Instant, seconds: u64, answer: Result<Answer, Failure>) {
        self.change(|state, now| {
            state.plan.landed();
            match answer {
                Ok(_) => {
                    state.plan.succeeded(sent, seconds);
                    state.failure = None;
                }
                Err(failure) if is_missing(&failure) => {
                    if state.plan.phase() == Phase::Running {
                        state.plan.enter(Phase::Gone);
                    }
                }
                Err(failure) => {
                    let error = diagnosis::control(OPERATION, failure);
                    state.plan.failed(now, rand::random(), error.retry_after());
                    state.failure = Some(error);
                }
            }
        });
        self.changed.notify_waiters();
    }

    /// Waits until no renewal is under way, and keeps any from being made until the answer is
    /// dropped.
    pub(super) async fn hold(self: &Arc<Self>) -> Held {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Before the look at the state, so that no change is missed between the two.
            changed.as_mut().enable();
            if self.state().plan.take_off() {
                return Held(Arc::clone(self));
            }
            changed.await;
        }
    }
}

async fn renew(keeper: Weak<Keeper>, terms: Arc<Terms>, sent: Instant, seconds: u64) {
    let answer = terms.renew(seconds).await;
    if let Some(keeper) = keeper.upgrade() {
        keeper.renewed(sent, seconds, answer);
    }
}

/// As long as it is held, no renewal is made.
pub(super) struct Held(pub(super) Arc<Keeper>);

impl Drop for Held {
    fn drop(&mut self) {
        if self.0.is_of_this_process() {
            self.0.change(|state, _| state.plan.landed());
            self.0.changed.notify_waiters();
        }
    }
}
