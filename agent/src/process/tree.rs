//! All that came from one process, however it tries to get away.

use std::{
    collections::HashSet,
    fs, io,
    sync::atomic::{AtomicU64, Ordering},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::processes;

/// How often it is looked for processes that were made while others were killed.
const ROUNDS: usize = 64;

/// A mark that a process hands down to all that comes from it: also to those that leave its group
/// and its session, and to daemons, whose parent is PID 1.
///
/// It is a limit of the number of file locks, which the kernel hands down like any other limit and
/// has not looked at since Linux 2.4.25. Nothing else could be used here: the line of parents breaks
/// at a daemon, a process cannot be put into a control group on every machine, and a variable of the
/// environment can be seen and is easily lost. Code that sets this limit itself gets away until the
/// sandbox ends; nothing is known that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(u64);

impl Mark {
    /// A mark that nothing carries yet.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        // Below the agent's own limit, as only the host's root may raise one.
        let own = getrlimit(Resource::Locks).maximum.unwrap_or(u64::MAX);
        Self(own.saturating_sub(COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// Marks the calling process.
    pub(crate) fn put_on(self) -> io::Result<()> {
        let limit = Rlimit {
            current: Some(self.0),
            maximum: Some(self.0),
        };
        Ok(setrlimit(Resource::Locks, limit)?)
    }

    /// Kills all processes that carry the mark.
    ///
    /// One that has got the signal can fork no more, so it is over when a look finds no new one.
    pub(crate) fn kill_all(self) -> io::Result<()> {
        let mut killed = HashSet::new();
        for _ in 0..ROUNDS {
            let before = killed.len();
            for pid in processes::others()? {
                if !killed.contains(&pid) && self.is_on(pid) {
                    killed.insert(pid);
                    // It may have ended meanwhile.
                    let _ = kill(pid, Signal::SIGKILL);
                }
            }
            if killed.len() == before {
                return Ok(());
            }
        }
        Err(io::Error::other(
            "new processes are made faster than they can be killed; kill the sandbox instead",
        ))
    }

    fn is_on(self, pid: Pid) -> bool {
        // One whose limits cannot be read has ended.
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
        hard_limit_of_locks(&limits) == Some(self.0)
    }
}

fn hard_limit_of_locks(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max file locks"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        os::unix::process::CommandExt as _,
        process::{Command, Stdio},
    };

    use super::{Mark, hard_limit_of_locks};

    #[test]
    fn reads_the_limit_of_locks() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
             Max processes             2048                 2048                 processes \n\
             Max file locks            unlimited            18446744073709551613 locks     \n";
        assert_eq!(hard_limit_of_locks(limits), Some(u64::MAX - 2));
        for other in [
            "",
            "Max file locks",
            "Max file locks  unlimited  unlimited  locks",
        ] {
            assert_eq!(hard_limit_of_locks(other), None, "{other}");
        }
    }

    #[test]
    #[expect(unsafe_code, reason = "what runs in the child is one system call")]
    fn daemons_are_killed_too() {
        let mark = Mark::new();
        let mut command = Command::new("/bin/sh");
        let daemon = "(setsid sh -c 'echo $$; exec sleep 600' &) ; exit 0";
        command.args(["-c", daemon]).stdout(Stdio::piped());
        // SAFETY: it makes one system call and allocates nothing.
        unsafe { command.pre_exec(move || mark.put_on()) };
        let mut child = command.spawn().expect("there is a shell");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output
            .read_line(&mut line)
            .expect("the daemon says its number");
        child.wait().expect("the shell ends");
        mark.kill_all().expect("processes can be looked at");
        line.clear();
        let count = output.read_line(&mut line).expect("the pipe can be read");
        assert_eq!(count, 0, "nobody holds the pipe any more");
    }
}
