//! The terminals in a sandbox.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use sandspan_protocol::rpc::process::{self, pty::Size};

use crate::{
    CommandHandle, Commands, Error, ErrorKind, FollowOptions, InputStream, Result,
    agent::Process,
    commands::{Program, selector},
    input::Target,
};

/// The environment variables of a terminal whose creator does not set them.
const ENVS: [(&str, &str); 3] = [
    ("TERM", "xterm-256color"),
    ("LANG", "C.UTF-8"),
    ("LC_ALL", "C.UTF-8"),
];

/// The most rows or columns that a terminal has: the kernel keeps them in 16 bits.
const LARGEST: u32 = u16::MAX as u32;

/// The terminals in a sandbox. It is cheap to clone.
///
/// The output of a terminal is bytes, [`Output::Pty`](crate::Output::Pty), and is not kept: see
/// [`CommandHandle`].
#[derive(Clone, Debug)]
pub struct Pty {
    commands: Commands,
}

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PtySize {
    /// How many lines, from 1 to 65535.
    pub rows: u32,
    /// How many columns, from 1 to 65535.
    pub cols: u32,
}

/// How to start a terminal.
#[derive(Clone, Debug, Default)]
pub struct PtyOptions {
    /// As whom. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Where; a relative path starts at the user's home. Default: that home.
    pub cwd: Option<String>,
    /// Its environment variables, beside those of the sandbox. Default for `TERM`:
    /// `xterm-256color`; for `LANG` and `LC_ALL`: `C.UTF-8`.
    pub envs: BTreeMap<String, String>,
    /// How long it may be open before it is killed. Default: 60 s; zero means without limit.
    pub timeout: Option<Duration>,
    /// How long its start may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

impl Pty {
    pub(crate) fn new(commands: Commands) -> Self {
        Self { commands }
    }

    /// Starts a login shell, `/bin/bash -i -l`, in a terminal of its own, and returns once its
    /// process id is known.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] for a size of nothing.
    pub async fn create(&self, size: PtySize, options: PtyOptions) -> Result<CommandHandle> {
        const OPERATION: &str = "pty.create";
        let mut envs = options.envs;
        for (name, value) in ENVS {
            envs.entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        let program = Program {
            arguments: ["-i", "-l"].map(str::to_owned).into(),
            envs,
            cwd: options.cwd,
            user: options.user,
            stdin: None,
            terminal: Some(terminal(OPERATION, size)?),
        };
        let commands = self.commands.clone();
        let timing = commands.timing(options.timeout, options.request_timeout);
        let (pid, events) = commands.open(OPERATION, program, timing).await?;
        Ok(CommandHandle::new(
            commands,
            Target::Terminal,
            pid,
            true,
            events,
        ))
    }

    /// Follows a terminal that runs already, from now on. Its `retain_output` is of no meaning here.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where there is none.
    pub async fn connect(&self, pid: u32, options: FollowOptions) -> Result<CommandHandle> {
        let follow = self
            .commands
            .follow("pty.connect", Target::Terminal, pid, options);
        follow.await
    }

    /// Writes to a terminal, as if it were typed.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where there is none.
    pub async fn send_input(
        &self,
        pid: u32,
        data: Bytes,
        request_timeout: Option<Duration>,
    ) -> Result<()> {
        let input = Target::Terminal.input(data);
        self.commands
            .send_input("pty.send_input", pid, input, request_timeout)
            .await
    }

    /// Changes the size of a terminal.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] for a size of nothing, and with
    /// [`NotFound`](ErrorKind::NotFound) where there is no such terminal.
    pub async fn resize(
        &self,
        pid: u32,
        size: PtySize,
        request_timeout: Option<Duration>,
    ) -> Result<()> {
        const OPERATION: &str = "pty.resize";
        let request = process::UpdateRequest {
            process: selector(pid).into(),
            pty: terminal(OPERATION, size)?.into(),
            ..Default::default()
        };
        let resize = async |client: Process| client.update(request.clone()).await;
        self.commands
            .call(OPERATION, request_timeout, resize)
            .await?;
        Ok(())
    }

    /// Kills a terminal with SIGKILL; false when there was none.
    pub async fn kill(&self, pid: u32, request_timeout: Option<Duration>) -> Result<bool> {
        self.commands
            .kill_as("pty.kill", pid, request_timeout)
            .await
    }

    /// Opens a way into a terminal; see [`Commands::stream_input`].
    #[must_use]
    pub fn stream_input(
        &self,
        pid: u32,
        timeout: Option<Duration>,
        request_timeout: Option<Duration>,
    ) -> InputStream {
        self.commands
            .stream_to(Target::Terminal, pid, timeout, request_timeout)
    }
}

fn terminal(operation: &'static str, size: PtySize) -> Result<process::PTY> {
    let PtySize { rows, cols } = size;
    if [rows, cols]
        .iter()
        .any(|side| !(1..=LARGEST).contains(side))
    {
        let message = format!(
            "Invalid terminal size: {rows} rows and {cols} cols; both must be from 1 to {LARGEST}"
        );
        return Err(Error::new(ErrorKind::InvalidArgument, operation, message));
    }
    Ok(process::PTY {
        size: Size {
            cols,
            rows,
            ..Default::default()
        }
        .into(),
        ..Default::default()
    })
}
