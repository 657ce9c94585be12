//! The agent's own deadline. The runtime normally ends a sandbox first; this is for when it died.

use std::{process, time::Duration};

use nix::time::{ClockId, clock_gettime};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// How long after the deadline the agent acts, so that a living runtime, which tells its clients
/// what happened, comes first.
const GRACE: Duration = Duration::from_millis(50);

/// Ends the sandbox when the time has come.
#[derive(Debug)]
pub(crate) struct Deadline {
    sender: watch::Sender<u64>,
}

impl Deadline {
    /// Starts to wait for a number of milliseconds.
    pub(crate) fn start(timeout_ms: u64) -> Self {
        let (sender, receiver) = watch::channel(now_ms().saturating_add(timeout_ms));
        tokio::spawn(end_at(receiver));
        Self { sender }
    }

    /// Waits for a time on the boot-time clock, in milliseconds, from now on.
    pub(crate) fn set(&self, deadline_ms: u64) {
        self.sender.send_replace(deadline_ms);
    }
}

async fn end_at(mut deadline: watch::Receiver<u64>) {
    loop {
        let at = instant(*deadline.borrow_and_update());
        tokio::select! {
            // PID 1 takes everything in the sandbox with it.
            () = sleep_until(at + GRACE) => process::exit(0),
            changed = deadline.changed() => if changed.is_err() { return },
        }
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
