//! Collects the ends of all processes: the agent's own children and what they left behind.

use std::{collections::HashMap, io, os::unix::process::ExitStatusExt as _, process::ExitStatus};

use nix::{
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
    unistd::Pid,
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

/// Hands the exit status of a child to whoever waits for it, and drops the others'.
#[derive(Debug)]
pub(crate) struct Reaper {
    waiting: Arc<Mutex<HashMap<Pid, oneshot::Sender<ExitStatus>>>>,
}

impl Reaper {
    /// Starts to collect.
    pub(crate) fn start() -> io::Result<Self> {
        let waiting = Arc::new(Mutex::new(HashMap::new()));
        let mut children = signal(SignalKind::child())?;
        let reaper = Self {
            waiting: Arc::clone(&waiting),
        };
        tokio::spawn(async move {
            while children.recv().await.is_some() {
                collect(&waiting);
            }
        });
        Ok(reaper)
    }

    /// Runs `spawn` and registers the child that it made.
    ///
    /// The registration cannot come too late: this thread is the one that collects.
    pub(crate) fn register(
        &self,
        spawn: impl FnOnce() -> io::Result<Pid>,
    ) -> io::Result<(Pid, oneshot::Receiver<ExitStatus>)> {
        let pid = spawn()?;
        let (sender, receiver) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(pid, sender);
        Ok((pid, receiver))
    }
}

fn collect(waiting: &Mutex<HashMap<Pid, oneshot::Sender<ExitStatus>>>) {
    loop {
        let (pid, raw) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, code << 8),
            Ok(WaitStatus::Signaled(pid, signal, core)) => {
                (pid, signal as i32 | if core { 0x80 } else { 0 })
            }
            Ok(WaitStatus::StillAlive) | Err(_) => return,
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
