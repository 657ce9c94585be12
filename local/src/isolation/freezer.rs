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

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::Path,
        process::{self, Command},
        thread,
        time::Duration,
    };

    use super::Freezer;

    /// How long a process has run, in clock ticks.
    fn processor_time(pid: u32) -> u64 {
        let line = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is there");
        let (_, fields) = line.rsplit_once(')').expect("a name in brackets");
        let field = |number| fields.split_whitespace().nth(number)?.parse::<u64>().ok();
        field(11).expect("user time") + field(12).expect("system time")
    }

    /// Freezes a busy process in a group of its own, where this user may make one.
    fn try_in(parent: &str, freezer: Freezer) {
        let group = Path::new(parent).join(format!("sandspan-test-{}", process::id()));
        let is_tree = Path::new(parent).join("cgroup.procs").exists();
        if !is_tree || fs::create_dir(&group).is_err() {
            return;
        }
        let busy = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn();
        let mut busy = busy.expect("a shell");
        fs::write(group.join("cgroup.procs"), busy.id().to_string()).expect("it joins");
        assert!(!freezer.is_frozen(&group).expect("readable"));
        freezer.freeze(&group).expect("frozen");
        assert!(freezer.is_frozen(&group).expect("readable"));
        let before = processor_time(busy.id());
        thread::sleep(Duration::from_millis(100));
        assert_eq!(processor_time(busy.id()), before, "{parent}");
        freezer.thaw(&group).expect("thawed");
        assert!(!freezer.is_frozen(&group).expect("readable"));
        while processor_time(busy.id()) == before {
            thread::yield_now();
        }
        busy.kill().expect("alive");
        busy.wait().expect("our child");
        fs::remove_dir(&group).expect("empty");
    }

    #[test]
    fn processes_stand_still_and_go_on() {
        try_in("/sys/fs/cgroup/freezer", Freezer::Version1);
        try_in("/sys/fs/cgroup/unified", Freezer::Version2);
        try_in("/sys/fs/cgroup", Freezer::Version2);
    }
}
