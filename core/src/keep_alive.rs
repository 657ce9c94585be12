//! Keeping a sandbox alive while work is going on.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::Method;
use jiff::Timestamp;
use sandspan_protocol::{
    control::{Refresh, SandboxDetail, SandboxState},
    defaults::{MAX_REFRESH, REFRESH},
    idle::{self, IDLE_TIMEOUT},
};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep_until},
};

use crate::{
    Error, ErrorKind, Naming, Result, Sandbox,
    client::missing_sandbox,
    connection::Request,
    lease::{Active, Lease},
    notice::say,
    units::whole_seconds,
};

const OPERATION: &str = "sandbox.keep_alive";

/// By how much a sandbox's life is extended each time when its caller does not say.
const EXTEND_BY: Duration = Duration::from_secs(60);

/// How much earlier than asked for an end may be before it is said to be limited; the clocks of the
/// server and of this machine may differ a little.
const CLEARLY: Duration = Duration::from_secs(2);

/// How long after a failure the next try follows.
const RETRY: Duration = Duration::from_secs(1);

/// How to keep a sandbox alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepAliveOptions {
    /// How long it lives at least after the last extension, rounded up to whole seconds: 15 s to
    /// 3600 s, which is what services allow. Default: 60 s.
    ///
    /// It is extended each time half of that has passed.
    pub extend_by: Option<Duration>,
}

/// Keeps a sandbox alive, and from being idle, while it is held.
///
/// It cannot do so beyond what the service allows; it then says so, here and once on standard
/// error.
pub struct KeepAlive {
    told: Arc<Told>,
    task: AbortHandle,
    ended: watch::Receiver<()>,
}

/// What the task tells. Nothing here is ever locked, so a fork cannot leave it so.
#[derive(Debug, Default)]
struct Told {
    limited_until: OnceLock<Timestamp>,
    failure: OnceLock<Error>,
}

impl Sandbox {
    /// Keeps it alive until the answer is dropped or stopped: its end is extended, never shortened,
    /// again and again.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where it ended already or is paused, and
    /// with [`ErrorKind::InvalidArgument`] where the options are out of range.
    pub async fn keep_alive(&self, options: KeepAliveOptions) -> Result<KeepAlive> {
        let mut keeper = Keeper {
            extend_by: check(&options)?,
            _active: self.agent.begin(),
            sandbox: self.clone(),
            told: Arc::default(),
            end: Timestamp::now(),
            touch_every: None,
        };
        keeper.extend().await?;
        let told = Arc::clone(&keeper.told);
        let (running, ended) = watch::channel(());
        let task = tokio::spawn(async move {
            keeper.keep().await;
            drop(running);
        });
        Ok(KeepAlive {
            told,
            task: task.abort_handle(),
            ended,
        })
    }
}

impl KeepAlive {
    /// Stops, and returns once no more is asked of the service. The sandbox lives on as long as it
    /// was last extended.
    pub async fn stop(&self) {
        self.task.abort();
        // The task's end of the channel goes with it.
        while self.ended.clone().changed().await.is_ok() {}
    }

    /// Whether it still extends: it was not stopped and did not have to give up.
    #[must_use]
    pub fn is_running(&self) -> bool {
        // Not whether the task is finished: that is so a moment after `stop` returned.
        self.ended.has_changed().is_ok() && self.told.failure.get().is_none()
    }

    /// When the sandbox ends all the same, once the service extends no further.
    #[must_use]
    pub fn limited_until(&self) -> Option<Timestamp> {
        self.told.limited_until.get().copied()
    }

    /// Why it had to give up, if it had to.
    #[must_use]
    pub fn failure(&self) -> Option<Error> {
        self.told.failure.get().cloned()
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for KeepAlive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("KeepAlive");
        debug
            .field("is_running", &self.is_running())
            .field("limited_until", &self.limited_until())
            .field("failure", &self.failure());
        debug.finish_non_exhaustive()
    }
}

fn check(options: &KeepAliveOptions) -> Result<Duration> {
    let extend_by = options.extend_by.unwrap_or(EXTEND_BY);
    let seconds = whole_seconds(OPERATION, "extend_by", extend_by)?;
    let extend_by = Duration::from_secs(seconds.unsigned_abs());
    if (REFRESH..=MAX_REFRESH).contains(&extend_by) {
        return Ok(extend_by);
    }
    let option = Naming::current().duration_option("extend_by");
    let (least, most) = (REFRESH.as_secs(), MAX_REFRESH.as_secs());
    let message = format!("{option} must be {least} s to {most} s (got {seconds} s)");
    Err(Error::new(ErrorKind::InvalidArgument, OPERATION, message))
}

struct Keeper {
    sandbox: Sandbox,
    extend_by: Duration,
    told: Arc<Told>,
    /// When the sandbox ends if nothing more is done.
    end: Timestamp,
    /// How often its agent must be asked something, for it not to be idle.
    touch_every: Option<Duration>,
    /// Where a lease keeps the sandbox, this is a use of it.
    _active: Active,
}

impl Keeper {
    async fn keep(mut self) {
        let mut extension = Instant::now() + self.extend_by / 2;
        loop {
            let touch = self.touch_every.map(|every| Instant::now() + every);
            sleep_until(touch.map_or(extension, |touch| touch.min(extension))).await;
            if self.touch_every.is_some()
                && let Err(error) = self.touch().await
            {
                return self.give_up(error);
            }
            if Instant::now() < extension {
                continue;
            }
            extension = Instant::now() + self.extend_by / 2;
            match self.extend().await {
                Ok(()) => {}
                Err(error) if self.is_over(&error) => return self.give_up(error),
                Err(_) => extension = Instant::now() + RETRY,
            }
        }
    }

    /// Asks the agent something, unless the sandbox is paused: that would resume some.
    async fn touch(&self) -> Result<()> {
        let client = self.sandbox.client();
        let id = self.sandbox.sandbox_id();
        // Whether all is well otherwise is found out by the next extension.
        let Ok(detail) = client.detail(OPERATION, id).await else {
            return Ok(());
        };
        if detail.listed.state == SandboxState::Paused {
            let message = Naming::current().paused();
            return Err(Error::new(ErrorKind::Paused, OPERATION, message));
        }
        drop(self.sandbox.agent.touch(client.connection.limit()).await);
        Ok(())
    }

    /// Whether nothing more can be done about the sandbox.
    fn is_over(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::SandboxNotFound || self.end <= Timestamp::now()
    }

    async fn extend(&mut self) -> Result<()> {
        let agent = &self.sandbox.agent;
        let id = &agent.sandbox_id;
        // A lease moves its own deadline, and the service's no further than its window.
        let window = agent.lease().map_or(self.extend_by, Lease::window);
        let life = self.extend_by.min(window);
        let duration = i64::try_from(life.as_secs()).ok();
        let request = Request::new(Method::POST, format!("/sandboxes/{id}/refreshes"))
            .json(&Refresh { duration });
        let client = self.sandbox.client();
        let asked = Timestamp::now() + life;
        let answer = client.connection.request(&request).await;
        answer.map_err(|failure| missing_sandbox(OPERATION, id, failure))?;
        if let Some(lease) = agent.lease() {
            lease.extend(self.extend_by);
        }
        let detail = client.detail(OPERATION, id.as_str()).await?;
        self.learn(&detail, asked);
        Ok(())
    }

    fn learn(&mut self, detail: &SandboxDetail, asked: Timestamp) {
        let lifetime = detail.lifetime.as_ref();
        let deadline = lifetime.and_then(|lifetime| lifetime.deadline);
        self.end = deadline.unwrap_or(detail.listed.end_at);
        let told = lifetime.and_then(|lifetime| lifetime.idle_timeout);
        let asked_for = detail.listed.metadata.as_ref();
        let asked_for = asked_for.and_then(|it| idle::parse(it.get(IDLE_TIMEOUT)?).ok()?);
        let idle = told.map(Duration::from_secs).or(asked_for);
        self.touch_every = idle.map(|idle| idle / 3);
        if self.end + CLEARLY < asked && self.told.limited_until.set(self.end).is_ok() {
            let (id, end) = (self.sandbox.sandbox_id(), self.end);
            let end = end.strftime("%F %H:%M:%S UTC");
            say(&format!(
                "sandbox {id} cannot be kept alive beyond {end}: the service extends it no further"
            ));
        }
    }

    fn give_up(&self, error: Error) {
        // One line is enough: what is limited ends, as was said.
        if self.told.limited_until.get().is_none() {
            let id = self.sandbox.sandbox_id();
            say(&format!("sandbox {id} is no longer kept alive: {error}"));
        }
        self.told.failure.get_or_init(|| error);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{KeepAliveOptions, check};
    use crate::ErrorKind;

    #[test]
    fn extensions_are_what_services_allow() {
        let checked = |milliseconds| {
            let extend_by = Some(Duration::from_millis(milliseconds));
            check(&KeepAliveOptions { extend_by })
        };
        assert_eq!(
            check(&KeepAliveOptions::default()).ok(),
            Some(Duration::from_secs(60))
        );
        assert_eq!(checked(14_001).ok(), Some(Duration::from_secs(15)));
        assert_eq!(checked(3_600_000).ok(), Some(Duration::from_secs(3600)));
        for bad in [0, 14_000, 3_600_001] {
            let error = checked(bad).expect_err("out of range");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        }
        let error = checked(1000).expect_err("out of range");
        assert_eq!(
            error.message(),
            "extend_by must be 15 s to 3600 s (got 1 s)"
        );
    }
}
