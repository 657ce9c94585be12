//! The sandbox as the host sees it: one process, PID 1 inside, with which all of it ends.

use std::{
    fs, io,
    os::fd::{AsFd as _, OwnedFd},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout},
    sys::wait::{Id, WaitPidFlag, waitid, waitpid},
};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};
use tokio::io::{Interest, unix::AsyncFd};

/// What tells a process from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessIdentity {
    /// Its number on the host.
    pub(crate) pid: i32,
    /// When it started, in clock ticks since the machine did.
    pub(crate) started: u64,
}

/// PID 1 of a sandbox.
#[derive(Debug)]
pub(crate) struct SandboxProcess {
    identity: ProcessIdentity,
    descriptor: AsyncFd<OwnedFd>,
}

impl SandboxProcess {
    /// Takes hold of a process that was just started, or that a record of an earlier run names;
    /// nothing when it has ended. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// The kernel gives no handle to the process although it is there.
    pub(crate) fn open(pid: i32, started: Option<u64>) -> io::Result<Option<Self>> {
        let Some(number) = Pid::from_raw(pid) else {
            return Ok(None);
        };
        let descriptor = match pidfd_open(number, PidfdFlags::NONBLOCK) {
            Err(rustix::io::Errno::SRCH) => return Ok(None),
            other => other?,
        };
        // Read after the handle was taken, so that both are about the same process.
        let Some(now) = start_time(pid) else {
            return Ok(None);
        };
        if started.is_some_and(|started| started != now) {
            return Ok(None);
        }
        #[expect(
            unsafe_code,
            reason = "the library cannot know that the descriptor stays open"
        )]
        // SAFETY: `OwnedFd` keeps one descriptor open for as long as it lives.
        let descriptor = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) };
        let descriptor = descriptor.map_err(io::Error::from)?;
        let identity = ProcessIdentity { pid, started: now };
        Ok(Some(Self {
            identity,
            descriptor,
        }))
    }

    /// What tells this process from others.
    #[must_use]
    pub(crate) fn identity(&self) -> ProcessIdentity {
        self.identity
    }

    /// Ends the process, and with it everything in the sandbox. Does nothing when it has ended.
    pub(crate) fn kill(&self) {
        // The only failure is that there is nothing left to kill.
        let _ = pidfd_send_signal(self.descriptor.get_ref().as_fd(), Signal::KILL);
    }

    /// Ends the process and waits, blocking, until that is done.
    pub(crate) fn kill_and_wait(&self) {
        self.kill();
        self.wait();
    }

    /// Waits, blocking, until the process has ended; a process that was just killed does.
    fn wait(&self) {
        self.wait_for(PollTimeout::NONE);
    }

    /// Waits, blocking, for the end of the process. Whether it came in time.
    pub(super) fn wait_for(&self, limit: PollTimeout) -> bool {
        let mut readable = [PollFd::new(
            self.descriptor.get_ref().as_fd(),
            PollFlags::POLLIN,
        )];
        let has_ended = poll(&mut readable, limit);
        if has_ended {
            self.reap();
        }
        has_ended
    }

    /// Waits until the process, and with it everything in the sandbox, has ended.
    pub(crate) async fn ended(&self) {
        // The handle of an ended process stays readable, so an error cannot hide the end.
        let _ = self.descriptor.readable().await;
        self.reap();
    }

    /// Takes the process off the table, if it is our child: only one that this very run started is.
    fn reap(&self) {
        let _ = waitid(
            Id::PIDFd(self.descriptor.get_ref().as_fd()),
            WaitPidFlag::WEXITED,
        );
    }
}

/// Waits, blocking, until there is news of one of some descriptors. Whether there was in time.
pub(super) fn poll(descriptors: &mut [PollFd<'_>], limit: PollTimeout) -> bool {
    loop {
        match nix::poll::poll(descriptors, limit) {
            // The one error there is. Nobody interrupts so often that the limit would be lost.
            Err(nix::Error::EINTR) => {}
            other => return other.is_ok_and(|news| news > 0),
        }
    }
}

/// Takes a process off the table that has ended, if it is our child.
pub(super) fn reap(pid: i32) {
    // Otherwise there is nothing to do.
    let _ = waitpid(nix::unistd::Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
}

/// Field 22 of the process's status line, counted behind the name, which may hold anything; nothing
/// when the process has ended, even if nobody has collected it yet.
pub(super) fn start_time(pid: i32) -> Option<u64> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    (!matches!(state, "Z" | "X")).then_some(())?;
    fields.nth(18)?.parse().ok()
}
