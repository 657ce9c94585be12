//! The commands in a sandbox.
#![expect(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    reason = "thin for a moment"
)]

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use crate::{CommandHandle, CommandResult, Error, ErrorKind, Result};

/// The commands in a sandbox.
#[derive(Clone, Debug)]
pub struct Commands {}

/// How to run a command.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Where. Default: the user's home.
    pub cwd: Option<String>,
    /// As whom. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Its environment variables, beside those of the sandbox.
    pub envs: BTreeMap<String, String>,
    /// Whether it has an input to write to.
    pub stdin: bool,
    /// How long it may run. Default: 60 s; zero means without limit.
    pub timeout: Option<Duration>,
    /// How long its start may take. Default: that of the connection.
    pub request_timeout: Option<Duration>,
}

/// A process that runs in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its process id in the sandbox.
    pub pid: u32,
    /// The tag that it was started with.
    pub tag: Option<String>,
    /// The program.
    pub cmd: String,
    /// The program's arguments.
    pub args: Vec<String>,
    /// The environment variables that it was started with.
    pub envs: BTreeMap<String, String>,
    /// Where it was started.
    pub cwd: Option<String>,
}

fn not_yet<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unexpected, "commands", "not yet"))
}

impl Commands {
    /// Starts a command, and returns once its pid is known.
    pub async fn start(&self, _command: &str, options: RunOptions) -> Result<CommandHandle> {
        drop(options);
        not_yet()
    }

    /// Runs a command to its end.
    pub async fn run(&self, _command: &str, options: RunOptions) -> Result<CommandResult> {
        drop(options);
        not_yet()
    }

    /// Follows a command that runs already.
    pub async fn connect(
        &self,
        _pid: u32,
        _timeout: Option<Duration>,
        _request_timeout: Option<Duration>,
    ) -> Result<CommandHandle> {
        not_yet()
    }

    /// The processes that run.
    pub async fn list(&self, _request_timeout: Option<Duration>) -> Result<Vec<ProcessInfo>> {
        not_yet()
    }

    /// Kills a process; false when there was none.
    pub async fn kill(&self, _pid: u32, _request_timeout: Option<Duration>) -> Result<bool> {
        not_yet()
    }

    /// Writes to a command's input.
    pub async fn send_stdin(
        &self,
        _pid: u32,
        data: Bytes,
        _request_timeout: Option<Duration>,
    ) -> Result<()> {
        drop(data);
        not_yet()
    }

    /// Closes a command's input, so that it reads end of file.
    pub async fn close_stdin(&self, _pid: u32, _request_timeout: Option<Duration>) -> Result<()> {
        not_yet()
    }
}
