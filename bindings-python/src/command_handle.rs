//! Running commands.

use pyo3::{PyClass, prelude::*, wrap_pyfunction};
use sandspan::{ErrorKind, Output};

use crate::{
    callbacks::{self, Callback, Callbacks},
    chunk::{Data, Raw},
    methods::methods,
    results::CommandResult,
    runtime,
};

/// A running command. Its output is read and kept from its start on.
///
/// Iterating gives the pieces of output as they arrive, as `(stdout, stderr, pty)` where two of the
/// three are `None`.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct CommandHandle(pub(crate) sandspan::CommandHandle);

/// A running command, for asyncio. Its output is read and kept from its start on.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncCommandHandle(sandspan::CommandHandle, Option<Py<PyAny>>);

methods! {
    CommandHandle, AsyncCommandHandle;

    /// The process id in the sandbox.
    #[getter]
    fn pid(&handle) -> u32 {
        handle.pid()
    }

    /// The standard output so far.
    #[getter]
    fn stdout(&handle) -> String {
        handle.stdout()
    }

    /// The standard error so far.
    #[getter]
    fn stderr(&handle) -> String {
        handle.stderr()
    }

    /// The exit code, or `None` while the command runs.
    #[getter]
    fn exit_code(&handle) -> Option<i32> {
        handle.exit_code()
    }

    /// How the command ended, in words, when its exit code is not 0.
    #[getter]
    fn error(&handle) -> Option<String> {
        handle.error()
    }

    /// Kills the command with SIGKILL.
    ///
    /// Returns:
    ///     False when it had ended.
    async fn kill(&handle) -> bool {
        handle.kill().await
    }

    /// Stops following the command, which goes on. `commands.connect` follows it again.
    async fn disconnect(&handle) -> () {
        handle.disconnect();
        Ok(())
    }

    /// Writes to the command's input. It must have been started with `stdin=True`.
    async fn send_stdin(&handle, data: Data) -> () {
        handle.send_stdin(data.0).await
    }

    /// Closes the command's input, so that it reads end of file.
    async fn close_stdin(&handle) -> () {
        handle.close_stdin().await
    }

    fn __repr__(&handle) -> String {
        format!("{}(pid={})", Self::NAME, handle.pid())
    }
}

/// Standard output, standard error, or a pseudo-terminal's output: two of the three are none.
type Piece = (Option<String>, Option<String>, Option<Raw>);

#[pymethods]
impl CommandHandle {
    /// Waits for the command's end.
    ///
    /// Args:
    ///     on_stdout: Called with each piece of standard output that was not taken yet.
    ///     on_stderr: The same for standard error.
    ///     on_pty: The same for the output of a terminal.
    ///
    /// Raises:
    ///     CommandExitException: The exit code is not 0.
    ///     CommandTimeoutException: It ran for longer than its `timeout`.
    #[pyo3(signature = (*, on_stdout = None, on_stderr = None, on_pty = None))]
    fn wait(
        &self,
        py: Python<'_>,
        on_stdout: Option<Callback<String>>,
        on_stderr: Option<Callback<String>>,
        on_pty: Option<Callback<Raw>>,
    ) -> PyResult<CommandResult> {
        let callbacks = Callbacks {
            stdout: on_stdout,
            stderr: on_stderr,
            pty: on_pty,
        };
        if !callbacks.are_given() {
            // Who waits takes no more pieces, though some may have been taken before.
            self.0.discard_output();
        }
        runtime::block_on(py, async {
            callbacks.follow(&self.0, false).await?;
            result(self.0.clone()).await
        })
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Piece>> {
        let handle = self.0.clone();
        let next = runtime::spawn(async move {
            match handle.next_output().await {
                None => handle
                    .wait()
                    .await
                    .map(|_| None)
                    .or_else(allow_failed_command),
                output => Ok(output),
            }
        });
        Ok(runtime::block_on(py, next)?.map(|output| match output {
            Output::Stdout(text) => (Some(text), None, None),
            Output::Stderr(text) => (None, Some(text), None),
            Output::Pty(bytes) => (None, None, Some(Raw(bytes))),
        }))
    }
}

/// Iteration ends quietly at a command's end, and with the error when the connection broke.
fn allow_failed_command(error: sandspan::Error) -> sandspan::Result<Option<Output>> {
    match error.kind() {
        ErrorKind::CommandExit => Ok(None),
        _ => Err(error),
    }
}

#[pymethods]
impl AsyncCommandHandle {
    /// Waits for the command's end, and for the callbacks that it was started with.
    ///
    /// Raises:
    ///     CommandExitException: The exit code is not 0.
    ///     CommandTimeoutException: It ran for longer than its `timeout`.
    async fn wait(&self) -> PyResult<CommandResult> {
        if let Some(follower) = &self.1 {
            callbacks::finished(follower).await?;
        }
        result(self.0.clone()).await
    }
}

impl AsyncCommandHandle {
    /// The handle of a background command, with an asyncio task that calls the callbacks.
    pub(crate) fn following(
        handle: sandspan::CommandHandle,
        callbacks: Callbacks,
    ) -> PyResult<Self> {
        if !callbacks.are_given() {
            // There is no other way to take its output.
            handle.discard_output();
            return Ok(Self(handle, None));
        }
        let coroutine = Python::attach(|py| {
            let arguments = (
                Self(handle.clone(), None),
                callbacks.stdout,
                callbacks.stderr,
                callbacks.pty,
            );
            Ok::<_, PyErr>(wrap_pyfunction!(follow, py)?.call1(arguments)?.unbind())
        })?;
        Ok(Self(handle, Some(callbacks::task(coroutine)?)))
    }
}

#[pyfunction]
async fn follow(
    handle: Py<AsyncCommandHandle>,
    on_stdout: Option<Callback<String>>,
    on_stderr: Option<Callback<String>>,
    on_pty: Option<Callback<Raw>>,
) -> PyResult<()> {
    let handle = &handle.get().0;
    let callbacks = Callbacks {
        stdout: on_stdout,
        stderr: on_stderr,
        pty: on_pty,
    };
    let followed = callbacks.follow(handle, true).await;
    if followed.is_err() {
        // Nobody takes the rest, for which the command would wait.
        handle.disconnect();
    }
    followed
}

/// The result of a command, once it ended.
pub(crate) async fn result(handle: sandspan::CommandHandle) -> PyResult<CommandResult> {
    runtime::spawn(async move { handle.wait().await.map(CommandResult) }).await
}
