//! The commands in a sandbox.

use pyo3::prelude::*;
use sandspan::{FollowOptions, RunOptions};

use crate::{
    arguments::{
        Background, Command, Envs, ProcessId, RequestTimeout, RetainOutput, Stdin, Timeout, User,
        WorkingDirectory,
    },
    callbacks::{Callback, Callbacks},
    chunk::Data,
    command_handle::{AsyncCommandHandle, CommandHandle},
    error::InvalidArgumentException,
    foreground,
    input::{AsyncCommandInputHandle, Pieces},
    methods::{methods, methods_on_caller},
    pair::Paired as _,
    results::{ProcessInfo, Ran},
    runtime,
};

/// The commands in a sandbox.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct Commands(sandspan::Commands);

impl From<sandspan::Commands> for Commands {
    fn from(commands: sandspan::Commands) -> Self {
        Self(commands)
    }
}

/// The commands in a sandbox, for asyncio.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncCommands(sandspan::Commands);

impl From<sandspan::Commands> for AsyncCommands {
    fn from(commands: sandspan::Commands) -> Self {
        Self(commands)
    }
}

/// What differs between the two classes.
trait Flavour {
    type Handle;

    fn handle(handle: sandspan::CommandHandle, callbacks: Callbacks) -> PyResult<Self::Handle>;
}

impl Flavour for Commands {
    type Handle = CommandHandle;

    fn handle(handle: sandspan::CommandHandle, _: Callbacks) -> PyResult<CommandHandle> {
        Ok(CommandHandle(handle))
    }
}

impl Flavour for AsyncCommands {
    type Handle = AsyncCommandHandle;

    fn handle(
        handle: sandspan::CommandHandle,
        callbacks: Callbacks,
    ) -> PyResult<AsyncCommandHandle> {
        AsyncCommandHandle::following(handle, callbacks)
    }
}

methods_on_caller! {
    Commands, AsyncCommands;

    /// Runs a command with `/bin/bash -l -c`.
    ///
    /// Args:
    ///     cmd: The command.
    ///     background: Return a handle as soon as the command runs, instead of its result.
    ///     envs: Environment variables beside those of the sandbox.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     on_stdout: Called with each piece of standard output.
    ///     on_stderr: Called with each piece of standard error.
    ///     stdin: Whether it has an input to write to with `send_stdin`. Default: no.
    ///     timeout: Seconds that it may run. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///     retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
    ///         texts of the result are `None`.
    ///
    /// Raises:
    ///     CommandExitException: The exit code is not 0.
    ///     CommandTimeoutException: It ran for longer than `timeout`.
    #[pyo3(signature = (
        cmd, background = None, envs = None, user = None, cwd = None, on_stdout = None,
        on_stderr = None, stdin = None, timeout = None, request_timeout = None, *,
        retain_output = None
    ))]
    async fn run(
        &commands, cmd: Command, background: Option<Background>, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, on_stdout: Option<Callback<String>>, on_stderr: Option<Callback<String>>,
        stdin: Option<Stdin>, timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
        retain_output: Option<RetainOutput>,
    ) -> Ran<<Self as Flavour>::Handle> {
        let cmd = String::from(cmd);
        let background = background.is_some_and(Into::into);
        let callbacks = Callbacks { stdout: on_stdout, stderr: on_stderr, pty: None };
        if background && callbacks.are_given() && !Self::HAS_LOOP {
            return Err(InvalidArgumentException::new_err(
                "callbacks of a background command go to `wait` of its handle",
            ));
        }
        let options = RunOptions {
            cwd: cwd.map(Into::into),
            user: user.map(Into::into),
            envs: envs.map(Into::into).unwrap_or_default(),
            stdin: stdin.is_some_and(Into::into),
            timeout: timeout.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
            retain_output: retain_output.map(Into::into),
        };
        if background {
            let handle = runtime::spawn(async move { commands.start(&cmd, options).await }).await?;
            return Self::handle(handle, callbacks).map(Ran::Handle);
        }
        let result = foreground::run(commands, cmd, options, callbacks, Self::HAS_LOOP);
        result.await.map(Ran::Result)
    }
}

methods! {
    Commands, AsyncCommands;

    /// Lists the processes that run: commands and pseudo-terminals.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (request_timeout = None))]
    async fn list(&commands, request_timeout: Option<RequestTimeout>) -> Vec<ProcessInfo> {
        let processes = commands.list(request_timeout.map(Into::into)).await?;
        Ok(processes.into_iter().map(ProcessInfo).collect())
    }

    /// Kills a process with SIGKILL.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Returns:
    ///     False when there was none.
    #[pyo3(signature = (pid, request_timeout = None))]
    async fn kill(&commands, pid: ProcessId, request_timeout: Option<RequestTimeout>) -> bool {
        commands.kill(pid.into(), request_timeout.map(Into::into)).await
    }

    /// Writes to a command's input. It must have been started with `stdin=True`.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     data: Text, sent as UTF-8, or bytes.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    #[pyo3(signature = (pid, data, request_timeout = None))]
    async fn send_stdin(&commands, pid: ProcessId, data: Data, request_timeout: Option<RequestTimeout>) -> () {
        commands.send_stdin(pid.into(), data.0, request_timeout.map(Into::into)).await
    }

    /// Closes a command's input, so that it reads end of file.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    #[pyo3(signature = (pid, request_timeout = None))]
    async fn close_stdin(&commands, pid: ProcessId, request_timeout: Option<RequestTimeout>) -> () {
        commands.close_stdin(pid.into(), request_timeout.map(Into::into)).await
    }
}

#[pymethods]
impl Commands {
    /// Follows a command that runs already.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     timeout: Seconds to follow it for. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that the connecting may take. Default: the connection's.
    ///     retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
    ///         texts of the result are `None`.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    #[pyo3(signature = (pid, timeout = None, request_timeout = None, *, retain_output = None))]
    fn connect(
        &self,
        py: Python<'_>,
        pid: ProcessId,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
        retain_output: Option<RetainOutput>,
    ) -> PyResult<CommandHandle> {
        let options = follow_options(timeout, request_timeout, retain_output);
        let handle = connect(self.0.clone(), pid, options);
        runtime::block_on(py, handle).map(CommandHandle)
    }

    /// Sends input to a command, each piece as the iterable yields it, and returns when all has
    /// arrived. It must have been started with `stdin=True`.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     data: The pieces: text, sent as UTF-8, or bytes.
    ///     timeout: Seconds that it may take. Default: 60; 0 means without limit.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    #[pyo3(signature = (pid, data, *, timeout = None))]
    fn stream_input(
        &self,
        py: Python<'_>,
        pid: ProcessId,
        data: Pieces,
        timeout: Option<Timeout>,
    ) -> PyResult<()> {
        let timeout = timeout.map(Into::into);
        let input = runtime::within(|| self.0.stream_input(pid.into(), timeout, None));
        data.send(py, &input)
    }
}

#[pymethods]
impl AsyncCommands {
    /// Follows a command that runs already.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     timeout: Seconds to follow it for. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that the connecting may take. Default: the connection's.
    ///     on_stdout: Called with each piece of standard output.
    ///     on_stderr: Called with each piece of standard error.
    ///     retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
    ///         texts of the result are `None`.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    #[pyo3(signature = (
        pid, timeout = None, request_timeout = None, on_stdout = None, on_stderr = None, *,
        retain_output = None
    ))]
    async fn connect(
        &self,
        pid: ProcessId,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
        on_stdout: Option<Callback<String>>,
        on_stderr: Option<Callback<String>>,
        retain_output: Option<RetainOutput>,
    ) -> PyResult<AsyncCommandHandle> {
        let options = follow_options(timeout, request_timeout, retain_output);
        let handle = connect(self.0.clone(), pid, options).await?;
        let callbacks = Callbacks {
            stdout: on_stdout,
            stderr: on_stderr,
            pty: None,
        };
        AsyncCommandHandle::following(handle, callbacks)
    }

    /// Opens a way into a command, by which input arrives in the order in which it was sent. It must
    /// have been started with `stdin=True`.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     timeout: Seconds that it stays open. Default: 60; 0 means without limit.
    #[pyo3(signature = (pid, *, timeout = None))]
    fn stream_input(&self, pid: ProcessId, timeout: Option<Timeout>) -> AsyncCommandInputHandle {
        let timeout = timeout.map(Into::into);
        runtime::within(|| self.0.stream_input(pid.into(), timeout, None)).into()
    }
}

fn follow_options(
    timeout: Option<Timeout>,
    request_timeout: Option<RequestTimeout>,
    retain_output: Option<RetainOutput>,
) -> FollowOptions {
    FollowOptions {
        timeout: timeout.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
        retain_output: retain_output.map(Into::into),
    }
}

async fn connect(
    commands: sandspan::Commands,
    pid: ProcessId,
    options: FollowOptions,
) -> PyResult<sandspan::CommandHandle> {
    runtime::spawn(async move { commands.connect(pid.into(), options).await }).await
}
