//! The processes of the sandbox, as the kernel lists them.

use std::{fs, io};

use nix::unistd::Pid;

/// All other processes of the sandbox.
pub(crate) fn others() -> io::Result<Vec<Pid>> {
    let own = Pid::this();
    let entries = fs::read_dir("/proc")?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(pids.map(Pid::from_raw).filter(|pid| *pid != own).collect())
}

/// What the kernel says of a process in one line, from its state on: the name of the program stands
/// before that in brackets, and may hold anything. None when the process has ended.
pub(crate) fn state_line(pid: Pid) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = line.rsplit_once(") ")?;
    Some(rest.to_owned())
}
