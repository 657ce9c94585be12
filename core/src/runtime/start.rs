//! Starting the local runtime in the background.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::{
        fd::AsFd,
        unix::{fs::OpenOptionsExt, process::CommandExt},
    },
    path::Path,
    process::{ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    fcntl::{Flock, FlockArg},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    unistd::setsid,
};
use sandspan_protocol::runtime::{LOG_FILE, RUNTIME_DIR, START_LOCK};

use super::{directory, failed, program};
use crate::{Error, Result, config::Endpoint};

/// How long the program may take until it is ready.
const READY: Duration = Duration::from_secs(30);

/// How much of the log an error quotes, in bytes and in lines.
const QUOTED_BYTES: u64 = 8192;
const QUOTED_LINES: usize = 10;

/// Starts the local runtime, unless another starter was faster: one at a time holds the lock, and
/// the others find the server that it started. Blocks until it is ready.
pub(super) fn start(stale: Option<&Endpoint>) -> Result<Endpoint> {
    let path = directory::path()?;
    directory::ensure(&path)?;
    let lock = path.join(START_LOCK);
    let file = private(OpenOptions::new().write(true).create(true)).open(&lock);
    let file = file.map_err(|error| unusable(&lock, error))?;
    let _lock = Flock::lock(file, FlockArg::LockExclusive)
        .map_err(|(_, error)| unusable(&lock, error.into()))?;
    match directory::read(&path)? {
        Some(endpoint) if Some(&endpoint) != stale => return Ok(endpoint),
        _ => {}
    }
    run(&program::find()?, &path)?;
    let endpoint = directory::read(&path)?;
    endpoint.ok_or_else(|| failed("The local runtime started but does not say where it is"))
}

/// Runs the program until it says that it is ready.
fn run(program: &Path, directory: &Path) -> Result<()> {
    let log = directory.join(LOG_FILE);
    let file = private(OpenOptions::new().append(true).create(true).read(true)).open(&log);
    let mut log_file = file.map_err(|error| unusable(&log, error))?;
    let written_before = log_file
        .seek(SeekFrom::End(0))
        .map_err(|error| unusable(&log, error))?;
    let cannot = |problem: &str| {
        let (program, log) = (program.display(), tail(&log, written_before));
        failed(format!(
            "Cannot start the local runtime with {program}: {problem}{log}"
        ))
    };
    let stderr = log_file
        .try_clone()
        .map_err(|error| unusable(&log, error))?;
    let stdout = spawn(program, directory, stderr)
        .map_err(|error| cannot(&error.to_string()).with_source(error))?;
    match wait_for_line(stdout) {
        Ok(true) => Ok(()),
        Ok(false) => Err(cannot("it ended before it was ready")),
        Err(error) => Err(cannot(&error.to_string()).with_source(error)),
    }
}

/// Spawns the program as a process of nobody's: a session of its own, so that no signal for this
/// program's terminal or group reaches it, and a child of init, so that it is no zombie of this
/// process, which neither can wait for it nor may take over the signal that tells of its end.
fn spawn(program: &Path, directory: &Path, stderr: File) -> io::Result<ChildStdout> {
    let mut command = Command::new(program);
    command
        .args(["serve", "--background"].map(OsStr::new))
        .env(RUNTIME_DIR, directory)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr);
    let detach = || {
        setsid()?;
        // SAFETY: what follows in either process is only an exit or an exec.
        #[expect(unsafe_code, reason = "the standard library cannot fork")]
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => Ok(()),
            // SAFETY: it ends the process without running anything of its parent's.
            _ => unsafe { libc::_exit(0) },
        }
    };
    // SAFETY: the closure makes system calls only, all of which are safe after a fork.
    #[expect(unsafe_code, reason = "only a forked child can make itself a session")]
    unsafe {
        command.pre_exec(detach);
    }
    let mut intermediate = command.spawn()?;
    let stdout = intermediate.stdout.take().expect("it is piped");
    // It has ended when it can be waited for. There is nothing to wait for in a process that
    // ignores the ends of its children.
    drop(intermediate.wait());
    Ok(stdout)
}

/// Waits for the line that the program prints when it is ready; false when it ended without.
fn wait_for_line(mut stdout: ChildStdout) -> io::Result<bool> {
    let limit = Instant::now() + READY;
    let mut byte = [0];
    loop {
        let left = limit.saturating_duration_since(Instant::now());
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        let mut ready = [PollFd::new(stdout.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, timeout) {
            Ok(0) => {
                let message = format!("it was not ready within {} s", READY.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            Ok(_) => {}
            Err(nix::errno::Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match stdout.read(&mut byte)? {
            0 => return Ok(false),
            _ if byte == *b"\n" => return Ok(true),
            _ => {}
        }
    }
}

/// The last lines of what was written to the log since then, to stand behind an error.
fn tail(log: &Path, since: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(
            since.max(length.saturating_sub(QUOTED_BYTES)),
        ))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
    let lines: Vec<_> = text.trim().lines().collect();
    let last = lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n");
    if last.is_empty() {
        last
    } else {
        format!(":\n{last}")
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

fn unusable(path: &Path, error: io::Error) -> Error {
    let message = format!("Cannot use {}: {error}", path.display());
    failed(message).with_source(error)
}
