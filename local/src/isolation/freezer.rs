//! Lets the processes of a control group stand still, and go on.

use std::{
    fs::{self, File},
    io,
    os::fd::AsFd as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long processes may take to stand still. One that waits for a disk does so only after that.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a group of version 1 is looked at.
const LOOK: Duration = Duration::from_micros(100);

/// How a control group stands still, which differs between the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freezer {
    /// By `freezer.state`.
    Version1,
    /// By `cgroup.freeze`.
    Version2,
}

impl Freezer {
    /// Lets the processes of a group stand still, and waits until they do.
    pub(super) fn freeze(self, group: &Path) -> io::Result<()> {
        match self {
            Self::Version1 => {
                fs::write(group.join(STATE), "FROZEN")?;
                wait_for_state(group)
            }
            Self::Version2 => {
                fs::write(group.join("cgroup.freeze"), "1")?;
                wait_for_event(group)
            }
        }
    }

    /// Lets the processes of a group go on.
    pub(super) fn thaw(self, group: &Path) -> io::Result<()> {
        match self {
            Self::Version1 => fs::write(group.join(STATE), "THAWED"),
            Self::Version2 => fs::write(group.join("cgroup.freeze"), "0"),
        }
    }

    /// Whether the processes of a group have been told to stand still.
    pub(super) fn is_frozen(self, group: &Path) -> io::Result<bool> {
        Ok(match self {
            Self::Version1 => fs::read_to_string(group.join(STATE))?.trim() != "THAWED",
            Self::Version2 => fs::read_to_string(group.join("cgroup.freeze"))?.trim() == "1",
        })
    }
}

const STATE: &str = "freezer.state";

/// Version 1 tells nobody when it is done, so it has to be asked. Asking is what moves it on: each
/// look counts the processes that stand still.
fn wait_for_state(group: &Path) -> io::Result<()> {
    let begun = Instant::now();
    while fs::read_to_string(group.join(STATE))?.trim() != "FROZEN" {
        if begun.elapsed() > PATIENCE {
            return Err(too_slow());
        }
        thread::sleep(LOOK);
    }
    Ok(())
}

/// Version 2 signals each change of the file of events to who polls it.
fn wait_for_event(group: &Path) -> io::Result<()> {
    let path = group.join("cgroup.events");
    let begun = Instant::now();
    let events = File::open(&path)?;
    loop {
        // Read anew, from the start: the signal is for what comes after the last reading.
        let text = fs::read_to_string(&path)?;
        if text.lines().any(|line| line == "frozen 1") {
            return Ok(());
        }
        let left = PATIENCE.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(too_slow());
        }
        let mut changed = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        match poll(&mut changed, timeout) {
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(problem) => return Err(problem.into()),
        }
    }
}

fn too_slow() -> io::Error {
    io::Error::new(
        io::ErrorKind::TimedOut,
        "the processes do not stand still: one of them waits for a disk",
    )
}
