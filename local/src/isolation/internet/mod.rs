//! A sandbox's way out: a user-mode network stack, pasta, that is connected to the sandbox's network
//! and makes the sandbox's connections as an ordinary program of this machine would.
//!
//! It runs outside of the sandbox's view, as root of the sandbox's user namespace, who is nobody
//! outside. What the sandbox may reach is decided by a packet filter on its only interface, between
//! the sandbox's kernel and pasta. Routes would not do: the kernel ignores them for a socket that is
//! bound to an interface, which takes no privilege.
//!
//! A watching process ends pasta with the sandbox, whether the runtime lives or not.

mod device;
mod filter;
mod gateway;
mod link;
mod syscalls;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Child,
};

use nix::{
    ifaddrs::getifaddrs,
    poll::PollTimeout,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde::{Deserialize, Serialize};

use self::filter::Filter;
pub use self::gateway::main as gateway_main;
use super::{Error, GATEWAY_COMMAND, Identity, ProcessIdentity, SandboxProcess, channel, process};
use crate::network::Reach;

pub(crate) use self::link::RESOLVER;

/// The program that does the work, of the package `passt`.
const PROGRAM: &str = "pasta";

/// The file in a sandbox's directory that tells which processes connect it.
const RECORD: &str = "internet.json";

/// How many seconds processes that connect sandboxes may take to start or to end.
const PATIENCE: u16 = 10;

/// How sandboxes of this runtime get out, if they can.
#[derive(Debug, Clone)]
pub(crate) struct Internet {
    /// What connects them.
    program: Result<PathBuf, NoInternet>,
}

/// There is no way out of sandboxes here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoInternet {
    /// The program is missing that connects sandboxes.
    #[error(
        "internet access is not possible here, because the program pasta is not installed: install \
         the package passt (apt-get install passt, dnf install passt) and start the server again, \
         or create the sandbox without internet access"
    )]
    NoProgram,
    /// The device cannot be had that the program needs.
    #[error(
        "internet access is not possible here: {0}; then start the server again, or create the \
         sandbox without internet access"
    )]
    NoDevice(String),
}

/// What a process is to do that goes into a sandbox's network.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    identity: Identity,
    /// The sandbox's PID 1.
    sandbox: ProcessIdentity,
    task: Task,
    filter: Filter,
}

#[derive(Debug, Serialize, Deserialize)]
enum Task {
    /// Connect it by means of this program, and stay until the sandbox ends.
    Connect(PathBuf),
    /// Replace the filter of what connects it.
    Change(ProcessIdentity),
}

/// What that process answers.
#[derive(Debug, Serialize, Deserialize)]
enum Report {
    /// It is done, and this process connects the sandbox.
    Done(i32),
    /// It could not be done.
    Failed(String),
}

/// The processes that connect a sandbox.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    watcher: ProcessIdentity,
    gateway: ProcessIdentity,
}

impl Internet {
    /// Looks for the program that connects sandboxes, and for what it needs.
    pub(crate) fn detect(identity: Identity) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut programs = std::env::split_paths(&path).map(|directory| directory.join(PROGRAM));
        let program = programs
            .find(|program| program.is_file())
            .ok_or(NoInternet::NoProgram);
        Self {
            program: program.and_then(|program| match device::check(identity) {
                Ok(_) => Ok(program),
                Err(problem) => Err(NoInternet::NoDevice(problem)),
            }),
        }
    }

    /// Whether sandboxes can be connected.
    pub(crate) fn check(&self) -> Result<(), NoInternet> {
        self.program.clone().map(drop)
    }

    /// Lets a sandbox reach what it may, from now on. Blocks for some ten milliseconds the first time.
    /// Must be called inside a Tokio runtime.
    pub(crate) fn apply(
        &self,
        (identity, directory): (Identity, &str),
        sandbox: ProcessIdentity,
        reach: Option<&Reach>,
    ) -> Result<(), Error> {
        let (task, is_new) = match (connection(directory)?, reach) {
            (Some(record), _) => (Task::Change(record.gateway), false),
            (None, None) => return Ok(()),
            (None, Some(_)) => {
                let program = self.program.clone();
                let program = program.map_err(|problem| Error::Refused(problem.to_string()))?;
                (Task::Connect(program), true)
            }
        };
        let order = Order {
            identity,
            sandbox,
            task,
            filter: Filter::of(reach, &own_addresses()),
        };
        let (mut helper, gateway) = carry_out(&order)?;
        if is_new {
            write(directory, &helper, gateway).inspect_err(|_| end(&mut helper, gateway))?;
        } else {
            helper.wait()?;
        }
        Ok(())
    }
}

/// Ends the processes that connect a sandbox, and waits, blocking, until they have. Must be called
/// inside a Tokio runtime.
pub(crate) fn disconnect(directory: &Path) -> io::Result<()> {
    let file = directory.join(RECORD);
    let Some(record) = read(directory) else {
        return Ok(());
    };
    let open = |it: ProcessIdentity| SandboxProcess::open(it.pid, Some(it.started));
    if let Some(gateway) = open(record.gateway)? {
        gateway.kill_and_wait();
    }
    // It goes when it has seen that end.
    match open(record.watcher)? {
        Some(watcher) if watcher.wait_for(patience()) => {}
        Some(watcher) => {
            tracing::warn!(
                pid = record.watcher.pid,
                "what connected a sandbox had to be killed"
            );
            watcher.kill_and_wait();
        }
        None => process::reap(record.watcher.pid),
    }
    fs::remove_file(file)
}

/// The processes that connect a sandbox. Where they have ended by themselves what is left of them is
/// put away, so that it can be connected anew.
fn connection(directory: &str) -> io::Result<Option<Record>> {
    let Some(record) = read(directory) else {
        return Ok(None);
    };
    if process::start_time(record.gateway.pid) == Some(record.gateway.started) {
        return Ok(Some(record));
    }
    disconnect(Path::new(directory))?;
    Ok(None)
}

/// Ends the processes that connect a sandbox and are not on record.
fn end(watcher: &mut Child, gateway: i32) {
    // While the watcher is there the number is pasta's. Killed first, it would leave pasta behind,
    // and it goes by itself when pasta has.
    if let Ok(None) = watcher.try_wait() {
        let _ = kill(Pid::from_raw(gateway), Signal::SIGKILL);
    }
    let _ = watcher.wait();
}

fn patience() -> PollTimeout {
    (PATIENCE * 1000).into()
}

fn carry_out(order: &Order) -> Result<(Child, i32), Error> {
    let (mut helper, mut channel) = channel::start_helper([GATEWAY_COMMAND])?;
    let report =
        channel::send(&mut channel, order).and_then(|()| channel::receive::<Report>(&mut channel));
    let problem = match report {
        Ok(Some(Report::Done(gateway))) => return Ok((helper, gateway)),
        Ok(Some(Report::Failed(reason))) => reason,
        Ok(None) => "the process that connects it ended".to_owned(),
        Err(problem) => problem.to_string(),
    };
    drop(channel);
    helper.wait()?;
    Err(Error::Refused(format!("internet access: {problem}")))
}

fn read(directory: impl AsRef<Path>) -> Option<Record> {
    let bytes = fs::read(directory.as_ref().join(RECORD)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn write(directory: &str, watcher: &Child, gateway: i32) -> Result<(), Error> {
    let identity = |pid| {
        let process = SandboxProcess::open(pid, None)?;
        let gone = || io::Error::other("what connects the sandbox ended at once");
        Ok::<_, io::Error>(process.ok_or_else(gone)?.identity())
    };
    let watcher = i32::try_from(watcher.id()).map_err(io::Error::other)?;
    let record = Record {
        watcher: identity(watcher)?,
        gateway: identity(gateway)?,
    };
    let bytes = serde_json::to_vec(&record).map_err(io::Error::from)?;
    Ok(fs::write(Path::new(directory).join(RECORD), bytes)?)
}

/// This machine's own addresses, which need not be private.
fn own_addresses() -> Vec<std::net::Ipv4Addr> {
    let interfaces = getifaddrs().into_iter().flatten();
    let addresses = interfaces.filter_map(|it| Some(it.address?.as_sockaddr_in()?.ip()));
    addresses.collect()
}
