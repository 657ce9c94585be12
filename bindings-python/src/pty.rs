//! The terminals in a sandbox.

use pyo3::{inspect::PyStaticExpr, intern, prelude::*, type_hint_identifier};
use sandspan::{FollowOptions, PtyOptions};

use crate::{
    arguments::{Cols, Envs, ProcessId, RequestTimeout, Rows, Timeout, User, WorkingDirectory},
    callbacks::{Callback, Callbacks},
    chunk::{Data, Raw},
    command_handle::{AsyncCommandHandle, CommandHandle},
    input::{AsyncCommandInputHandle, Pieces},
    methods::methods,
    parsing::wrong_type,
    runtime,
};

/// The terminals in a sandbox.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct Pty(sandspan::Pty);

/// The terminals in a sandbox, for asyncio.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncPty(sandspan::Pty);

impl From<sandspan::Pty> for Pty {
    fn from(pty: sandspan::Pty) -> Self {
        Self(pty)
    }
}

impl From<sandspan::Pty> for AsyncPty {
    fn from(pty: sandspan::Pty) -> Self {
        Self(pty)
    }
}

/// An instance of the dataclass `PtySize`.
struct PtySize(sandspan::PtySize);

impl FromPyObject<'_, '_> for PtySize {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "PtySize");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let sides = (
            value.getattr(intern!(py, "rows")),
            value.getattr(intern!(py, "cols")),
        );
        let (Ok(rows), Ok(cols)) = sides else {
            return Err(wrong_type("size", "a PtySize", &value));
        };
        let (rows, cols): (Rows, Cols) = (rows.extract()?, cols.extract()?);
        Ok(Self(sandspan::PtySize {
            rows: rows.into(),
            cols: cols.into(),
        }))
    }
}

methods! {
    Pty, AsyncPty;

    /// Writes to a terminal, as if it were typed.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     data: Text, sent as UTF-8, or bytes.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such terminal.
    #[pyo3(signature = (pid, data, request_timeout = None))]
    async fn send_stdin(
        &pty, pid: ProcessId, data: Data, request_timeout: Option<RequestTimeout>,
    ) -> () {
        pty.send_input(pid.into(), data.0, request_timeout.map(Into::into)).await
    }

    /// Changes the size of a terminal.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     size: Its new size.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such terminal.
    #[pyo3(signature = (pid, size, request_timeout = None))]
    async fn resize(
        &pty, pid: ProcessId, size: PtySize, request_timeout: Option<RequestTimeout>,
    ) -> () {
        pty.resize(pid.into(), size.0, request_timeout.map(Into::into)).await
    }

    /// Kills a terminal with SIGKILL.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Returns:
    ///     False when there was none.
    #[pyo3(signature = (pid, request_timeout = None))]
    async fn kill(&pty, pid: ProcessId, request_timeout: Option<RequestTimeout>) -> bool {
        pty.kill(pid.into(), request_timeout.map(Into::into)).await
    }
}

#[pymethods]
impl Pty {
    /// Starts a login shell in a terminal of its own.
    ///
    /// Args:
    ///     size: The size of the terminal.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     envs: Environment variables beside those of the sandbox. Default for `TERM`:
    ///         `xterm-256color`; for `LANG` and `LC_ALL`: `C.UTF-8`.
    ///     timeout: Seconds that it may be open. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        size, user = None, cwd = None, envs = None, timeout = None, request_timeout = None
    ))]
    fn create(
        &self,
        py: Python<'_>,
        size: PtySize,
        user: Option<User>,
        cwd: Option<WorkingDirectory>,
        envs: Option<Envs>,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<CommandHandle> {
        let options = options(user, cwd, envs, timeout, request_timeout);
        runtime::block_on(py, create(self.0.clone(), size, options)).map(CommandHandle)
    }

    /// Follows a terminal that is open already, from now on.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     timeout: Seconds to follow it for. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that the connecting may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such terminal.
    #[pyo3(signature = (pid, timeout = None, request_timeout = None))]
    fn connect(
        &self,
        py: Python<'_>,
        pid: ProcessId,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<CommandHandle> {
        let handle = connect(self.0.clone(), pid, timeout, request_timeout);
        runtime::block_on(py, handle).map(CommandHandle)
    }

    /// Sends input to a terminal, each piece as the iterable yields it, and returns when all has
    /// arrived.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     data: The pieces: text, sent as UTF-8, or bytes.
    ///     timeout: Seconds that it may take. Default: 60; 0 means without limit.
    ///
    /// Raises:
    ///     NotFoundException: There is no such terminal.
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
impl AsyncPty {
    /// Starts a login shell in a terminal of its own.
    ///
    /// Args:
    ///     size: The size of the terminal.
    ///     on_data: Called with each piece of its output. What it returns is awaited if it can be,
    ///         and the next piece waits for that.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     envs: Environment variables beside those of the sandbox. Default for `TERM`:
    ///         `xterm-256color`; for `LANG` and `LC_ALL`: `C.UTF-8`.
    ///     timeout: Seconds that it may be open. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        size, on_data, user = None, cwd = None, envs = None, timeout = None, request_timeout = None
    ))]
    async fn create(
        &self,
        size: PtySize,
        on_data: Callback<Raw>,
        user: Option<User>,
        cwd: Option<WorkingDirectory>,
        envs: Option<Envs>,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<AsyncCommandHandle> {
        let options = options(user, cwd, envs, timeout, request_timeout);
        let handle = create(self.0.clone(), size, options).await?;
        AsyncCommandHandle::following(handle, Callbacks::of_terminal(Some(on_data)))
    }

    /// Follows a terminal that is open already, from now on.
    ///
    /// Args:
    ///     pid: Its process id in the sandbox.
    ///     on_data: Called with each piece of its output, as `create` does.
    ///     timeout: Seconds to follow it for. Default: 60; 0 means without limit.
    ///     request_timeout: Seconds that the connecting may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such terminal.
    #[pyo3(signature = (pid, on_data, timeout = None, request_timeout = None))]
    async fn connect(
        &self,
        pid: ProcessId,
        on_data: Callback<Raw>,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<AsyncCommandHandle> {
        let handle = connect(self.0.clone(), pid, timeout, request_timeout).await?;
        AsyncCommandHandle::following(handle, Callbacks::of_terminal(Some(on_data)))
    }

    /// Opens a way into a terminal, by which input arrives in the order in which it was sent.
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

fn options(
    user: Option<User>,
    cwd: Option<WorkingDirectory>,
    envs: Option<Envs>,
    timeout: Option<Timeout>,
    request_timeout: Option<RequestTimeout>,
) -> PtyOptions {
    PtyOptions {
        user: user.map(Into::into),
        cwd: cwd.map(Into::into),
        envs: envs.map(Into::into).unwrap_or_default(),
        timeout: timeout.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
    }
}

async fn create(
    pty: sandspan::Pty,
    size: PtySize,
    options: PtyOptions,
) -> PyResult<sandspan::CommandHandle> {
    runtime::spawn(async move { pty.create(size.0, options).await }).await
}

async fn connect(
    pty: sandspan::Pty,
    pid: ProcessId,
    timeout: Option<Timeout>,
    request_timeout: Option<RequestTimeout>,
) -> PyResult<sandspan::CommandHandle> {
    let options = FollowOptions {
        timeout: timeout.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
        ..FollowOptions::default()
    };
    runtime::spawn(async move { pty.connect(pid.into(), options).await }).await
}
