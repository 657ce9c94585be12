//! The lease: an idle timeout for services that have none.
//!
//! The service's timeout is kept as short as the idle timeout, and is extended while the handles of
//! the sandbox are used. If they are dropped, or their process dies, the sandbox ends with it.

mod keeper;
mod plan;
mod registry;
mod timer;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use sandspan_protocol::{
    control::{Activity, ActivityKind},
    defaults::{AGENT_PORT, AUTO_RESUME_MINIMUM},
    id::SandboxId,
};

use self::{
    keeper::{Keeper, Terms},
    plan::{Phase, Plan},
    registry::Name,
    timer::Key,
};
use crate::{Enforcer, Lifetime, Result, chain::Chain, connection::Connection};

/// How a lease starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The idle timeout.
    pub(crate) window: Duration,
    /// How long the sandbox is to live, whether or not it is idle.
    pub(crate) life: Duration,
    /// How long the service lets it live.
    pub(crate) server_life: Duration,
    /// Whether traffic resumes it.
    pub(crate) auto_resume: bool,
    /// What has just been done to it.
    pub(crate) activity: ActivityKind,
}

/// The lease of one sandbox, which the handles share.
pub(crate) struct Lease {
    name: Name,
    terms: Arc<Terms>,
    start: Start,
    keepers: Chain<(Key, Arc<Keeper>)>,
}

impl Lease {
    /// A lease that starts now. Must be called in a Tokio runtime.
    pub(crate) fn new(connection: &Connection, sandbox_id: SandboxId, start: Start) -> Arc<Self> {
        let name = Name::new(connection, sandbox_id.as_str());
        let lease = Arc::new(Self {
            name: name.clone(),
            terms: Arc::new(Terms::new(connection, sandbox_id, start.window, start.life)),
            start,
            keepers: Chain::new(),
        });
        registry::insert(name, &lease);
        let now = Instant::now();
        let plan = Plan::new(start.window, now, now + start.server_life);
        lease.push(Key::current(), plan).change(|_, _| ());
        lease
    }

    /// The lease that handles of a sandbox hold in this process, if any.
    pub(crate) fn existing(connection: &Connection, sandbox_id: &SandboxId) -> Option<Arc<Self>> {
        registry::find(&Name::new(connection, sandbox_id.as_str()))
    }

    fn push(&self, key: Key, plan: Plan) -> Arc<Keeper> {
        let terms = Arc::clone(&self.terms);
        let keeper = Keeper::new(terms, key, plan, self.start.activity);
        self.keepers.push((key, Arc::new(keeper)));
        // Where two threads got here at once, the first one's counts.
        self.find(key).expect("it was appended")
    }

    fn find(&self, key: Key) -> Option<Arc<Keeper>> {
        let (_, keeper) = self.keepers.iter().find(|(existing, _)| *existing == key)?;
        Some(Arc::clone(keeper))
    }

    /// That of the caller, who must be in a Tokio runtime.
    fn keeper(&self) -> Arc<Keeper> {
        let key = Key::current();
        self.find(key).unwrap_or_else(|| {
            let now = Instant::now();
            // What others did about the sandbox's end is not known here.
            self.push(key, Plan::new(self.start.window, now, now))
        })
    }

    /// A use begins, which goes on until the answer is dropped.
    pub(crate) fn begin(&self) -> Active {
        let keeper = self.keeper();
        keeper.change(|state, _| {
            state.plan.begin();
            state.last = ActivityKind::Request;
        });
        Active(Some(keeper))
    }

    /// The sandbox answered, which it can only while it runs.
    pub(crate) fn answered(&self) {
        let keeper = self.keeper();
        let is_news = keeper.change(|state, now| state.plan.answered(now));
        if is_news && self.start.auto_resume {
            let life = self.start.life.max(AUTO_RESUME_MINIMUM);
            self.terms.extend_deadline(Instant::now() + life);
            keeper.change(|_, _| ());
        }
    }

    /// Has a caller's change of the timeout made by `set`, which is given the seconds that the
    /// service is to be told.
    pub(crate) async fn set_timeout(
        &self,
        timeout: Duration,
        set: impl AsyncFnOnce(Duration) -> Result<()>,
    ) -> Result<()> {
        let held = self.keeper().hold().await;
        let now = Instant::now();
        let target = held.0.state().plan.target(now, now + timeout);
        let rest = target.saturating_duration_since(now);
        // Rounded up to what a service takes, and never beyond what the caller asks for.
        let whole = Duration::from_secs(rest.as_secs() + u64::from(rest.subsec_nanos() > 0));
        let whole = whole.max(Duration::from_secs(1)).min(timeout);
        set(whole).await?;
        self.terms.set_deadline(now + timeout);
        held.0.change(|state, _| state.plan.set(now, now + whole));
        if timeout.is_zero() {
            self.enter(Phase::Stopped);
        }
        Ok(())
    }

    /// Has a caller's connection made by `connect`, which is given the timeout that the service is
    /// to be told and answers whether the sandbox was resumed.
    pub(crate) async fn connect<T>(
        &self,
        timeout: Duration,
        connect: impl AsyncFnOnce(Duration) -> Result<(T, bool)>,
    ) -> Result<T> {
        let held = self.keeper().hold().await;
        let now = Instant::now();
        let whole = timeout.min(self.start.window);
        let (answer, resumed) = connect(whole).await?;
        let deadline = now + timeout;
        if resumed {
            self.terms.set_deadline(deadline);
        } else {
            self.terms.extend_deadline(deadline);
        }
        held.0.change(|state, _| {
            state.plan.connected(Instant::now(), now + whole);
            state.last = if resumed {
                ActivityKind::Resumed
            } else {
                ActivityKind::Connected
            };
        });
        Ok(answer)
    }

    /// Stops while `end` ends or pauses the sandbox, and goes on if that fails.
    pub(crate) async fn stopped<T>(&self, end: impl Future<Output = Result<T>>) -> Result<T> {
        let before = self.enter(Phase::Stopped);
        let ended = end.await;
        if ended.is_err() {
            self.enter(before);
        }
        ended
    }

    /// Stops while `pause` pauses the sandbox. What traffic resumes is kept again when it answers.
    pub(crate) async fn paused(&self, pause: impl Future<Output = Result<bool>>) -> Result<bool> {
        let paused = self.stopped(pause).await?;
        if self.start.auto_resume {
            self.enter(Phase::Gone);
        }
        Ok(paused)
    }

    fn enter(&self, phase: Phase) -> Phase {
        self.keeper().change(|state, _| {
            let before = state.plan.phase();
            state.plan.enter(phase);
            before
        })
    }

    /// The sandbox is to live for so long from now, at least.
    pub(crate) fn extend(&self, life: Duration) {
        self.terms.extend_deadline(Instant::now() + life);
        self.keeper().change(|_, _| ());
    }

    /// The idle timeout.
    pub(crate) fn window(&self) -> Duration {
        self.start.window
    }

    /// Whether the sandbox, if it ended now, ended because it was not used.
    pub(crate) fn is_idle(&self) -> bool {
        let (keeper, now) = (self.keeper(), Instant::now());
        let state = keeper.state();
        let deadline = self.terms.deadline();
        !state.plan.is_active() && state.plan.target(now, deadline) < deadline
    }

    /// What the service tells, with what only the lease knows.
    pub(crate) fn complete(&self, lifetime: Lifetime) -> Lifetime {
        let (keeper, now) = (self.keeper(), Instant::now());
        let state = keeper.state();
        let mut lifetime = Lifetime {
            idle_timeout: Some(self.start.window),
            enforced_by: Enforcer::Lease,
            ..lifetime
        };
        if let Some(error) = &state.failure {
            let rule = &lifetime.rule;
            lifetime.rule = format!("{rule}; the last renewal of the lease failed: {error}");
        }
        if lifetime.deadline.is_none() || state.plan.phase() != Phase::Running {
            return lifetime;
        }
        let time = Timestamp::now();
        let timestamp = |instant| self.terms.timestamp_at(instant, now, time);
        let used_at = state.plan.used_at(now);
        let deadline = self.terms.deadline();
        lifetime.deadline = Some(timestamp(deadline));
        let idle_deadline = (!state.plan.is_active()).then_some(used_at + self.start.window);
        lifetime.idle_deadline = idle_deadline.map(timestamp);
        lifetime.last_activity = Some(Activity {
            at: timestamp(used_at),
            kind: state.last,
            port: (state.last == ActivityKind::Request).then_some(AGENT_PORT),
        });
        lifetime
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        registry::remove(&self.name, self);
    }
}

/// A use of a sandbox, which goes on until this is dropped.
#[derive(Default)]
pub(crate) struct Active(Option<Arc<Keeper>>);

impl Drop for Active {
    fn drop(&mut self) {
        // What a fork copied ends in the parent.
        if let Some(keeper) = self.0.take().filter(|keeper| keeper.is_of_this_process()) {
            keeper.change(|state, now| state.plan.end(now));
        }
    }
}
