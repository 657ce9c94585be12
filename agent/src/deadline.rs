//! The agent's own deadline. The runtime normally acts first; this is for when it died.

use std::{process, sync::Arc, time::Duration};

use nix::time::{ClockId, clock_gettime};
use sandspan_protocol::agent::{self, AtDeadline};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::suspension::Suspension;

/// How long after the deadline the agent acts, so that a living runtime, which tells its clients
/// what happened, comes first.
const GRACE: Duration = Duration::from_millis(50);

/// Ends the sandbox, or lets it stand still, when the time has come.
#[derive(Debug)]
pub(crate) struct Deadline {
    /// None while there is nothing to wait for.
    sender: watch::Sender<Option<agent::Deadline>>,
}

impl Deadline {
    /// Starts to wait for a number of milliseconds.
    pub(crate) fn start(
        timeout_ms: u64,
        at_deadline: AtDeadline,
        suspension: Arc<Suspension>,
    ) -> Self {
        let (sender, receiver) = watch::channel(Some(agent::Deadline {
            deadline_ms: now_ms().saturating_add(timeout_ms),
            at_deadline,
        }));
        tokio::spawn(wait(receiver, suspension));
        Self { sender }
    }

    /// Waits for another time from now on.
    pub(crate) fn set(&self, deadline: agent::Deadline) {
        self.sender.send_replace(Some(deadline));
    }

    /// Waits for nothing from now on.
    pub(crate) fn clear(&self) {
        self.sender.send_replace(None);
    }
}

async fn wait(mut receiver: watch::Receiver<Option<agent::Deadline>>, suspension: Arc<Suspension>) {
    loop {
        let deadline = *receiver.borrow_and_update();
        let over = async {
            match deadline {
                Some(deadline) => sleep_until(instant(deadline.deadline_ms) + GRACE).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {
                act(deadline.map(|it| it.at_deadline).unwrap_or_default(), &suspension);
                if receiver.changed().await.is_err() {
                    return;
                }
            }
            changed = receiver.changed() => if changed.is_err() { return },
        }
    }
}

fn act(at_deadline: AtDeadline, suspension: &Suspension) {
    // What cannot be stopped must not live on either.
    if at_deadline == AtDeadline::End || suspension.suspend(true).is_err() {
        // PID 1 takes everything in the sandbox with it.
        process::exit(0)
    }
}

/// The boot-time clock goes on while the machine sleeps, unlike the clock of the timers.
fn now_ms() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME)
        .map(Duration::from)
        .unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

fn instant(deadline_ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(deadline_ms.saturating_sub(now_ms()))
}
