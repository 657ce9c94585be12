//! Collects the ends of all processes: the agent's own children and what they left behind.

use std::{collections::HashMap, io, os::unix::process::ExitStatusExt as _, process::ExitStatus};

use nix::{
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
    unistd::Pid,
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{oneshot, watch},
};

/// Hands the exit status of a child to whoever waits for it, and drops the others'.
#[derive(Debug)]
pub(crate) struct Reaper {
    waiting: Arc<Mutex<HashMap<Pid, oneshot::Sender<ExitStatus>>>>,
    /// Whether there is no other process in the sandbox.
    alone: watch::Sender<bool>,
}

impl Reaper {
    /// Starts to collect.
    pub(crate) fn start() -> io::Result<Self> {
        let waiting = Arc::new(Mutex::new(HashMap::new()));
        let mut children = signal(SignalKind::child())?;
        let alone = watch::Sender::new(true);
        let reaper = Self {
            waiting: Arc::clone(&waiting),
            alone: alone.clone(),
        };
        tokio::spawn(async move {
            while children.recv().await.is_some() {
                alone.send_replace(collect(&waiting));
            }
        });
        Ok(reaper)
    }

    /// Waits until there is no other process in the sandbox: whatever loses its parent becomes a
    /// child of this one.
    pub(crate) async fn alone(&self) {
        // An error is that nobody collects any more, and then nobody asks either.
        let _ = self.alone.subscribe().wait_for(|alone| *alone).await;
    }

    /// Runs `spawn` and registers the child that it made.
    ///
    /// The registration cannot come too late: this thread is the one that collects.
    pub(crate) fn register(
        &self,
        spawn: impl FnOnce() -> io::Result<Pid>,
    ) -> io::Result<(Pid, oneshot::Receiver<ExitStatus>)> {
        let pid = spawn()?;
        self.alone.send_replace(false);
        let (sender, receiver) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(pid, sender);
        Ok((pid, receiver))
    }
}

/// Collects all ends that there are. Whether no child is left.
fn collect(waiting: &Mutex<HashMap<Pid, oneshot::Sender<ExitStatus>>>) -> bool {
    loop {
        let (pid, raw) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, code << 8),
            Ok(WaitStatus::Signaled(pid, signal, core)) => {
                (pid, signal as i32 | if core { 0x80 } else { 0 })
            }
            Ok(WaitStatus::StillAlive) => return false,
            Err(_) => return true,
            Ok(_) => continue,
        };
        let waiter = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&pid);
        if let Some(waiter) = waiter {
            // Nobody may be interested any more.
            let _ = waiter.send(ExitStatus::from_raw(raw));
        }
    }
}
