//! Sandboxes.

use pyo3::{prelude::*, types::PyTuple};

use crate::{
    arguments::{Port, RequestTimeout, Timeout},
    commands::{AsyncCommands, Commands},
    files::{AsyncFiles, Files},
    git::{AsyncGit, Git},
    instance::Itself,
    keep_alive::{AsyncKeepAlive, KeepAlive},
    methods::methods,
    paginator::{AsyncSandboxPaginator, SandboxPaginator},
    pty::{AsyncPty, Pty},
    results::SandboxInfo,
    runtime,
};

/// A sandbox.
#[pyclass(frozen, subclass, module = "sandspan")]
pub(crate) struct Sandbox(pub(crate) sandspan::Sandbox);

/// A sandbox, for asyncio.
#[pyclass(frozen, subclass, module = "sandspan")]
pub(crate) struct AsyncSandbox(pub(crate) sandspan::Sandbox);

/// What belongs to each of the two classes.
pub(crate) trait Flavour {
    type Commands;
    type Files;
    type Pty;
    type Git;
    type Paginator;
    type KeepAlive;
}

impl Flavour for Sandbox {
    type Commands = Commands;
    type Files = Files;
    type Pty = Pty;
    type Git = Git;
    type Paginator = SandboxPaginator;
    type KeepAlive = KeepAlive;
}

impl Flavour for AsyncSandbox {
    type Commands = AsyncCommands;
    type Files = AsyncFiles;
    type Pty = AsyncPty;
    type Git = AsyncGit;
    type Paginator = AsyncSandboxPaginator;
    type KeepAlive = AsyncKeepAlive;
}

impl From<sandspan::Sandbox> for Sandbox {
    fn from(sandbox: sandspan::Sandbox) -> Self {
        Self(sandbox)
    }
}

impl From<sandspan::Sandbox> for AsyncSandbox {
    fn from(sandbox: sandspan::Sandbox) -> Self {
        Self(sandbox)
    }
}

methods! {
    Sandbox, AsyncSandbox;

    /// The id.
    #[getter]
    fn sandbox_id(&sandbox) -> String {
        sandbox.sandbox_id().to_owned()
    }

    /// The domain of its hosts, where the provider steers clients to one.
    #[getter]
    fn sandbox_domain(&sandbox) -> Option<String> {
        sandbox.sandbox_domain().map(str::to_owned)
    }

    /// The token that traffic to its ports must carry, if any.
    #[getter]
    fn traffic_access_token(&sandbox) -> Option<String> {
        sandbox.traffic_access_token().map(str::to_owned)
    }

    /// The commands in it.
    #[getter]
    fn commands(&sandbox) -> <Self as Flavour>::Commands {
        sandbox.commands().into()
    }

    /// The git repositories in it.
    #[getter]
    fn git(&sandbox) -> <Self as Flavour>::Git {
        sandbox.git().into()
    }

    /// The terminals in it.
    #[getter]
    fn pty(&sandbox) -> <Self as Flavour>::Pty {
        sandbox.pty().into()
    }

    /// The files in it.
    #[getter]
    fn files(&sandbox) -> <Self as Flavour>::Files {
        sandbox.files().into()
    }

    /// The host name that reaches a port of it from outside.
    fn get_host(&sandbox, port: Port) -> String {
        sandbox.get_host(port.into())
    }

    /// Whether it runs.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (request_timeout = None))]
    async fn is_running(&sandbox, request_timeout: Option<RequestTimeout>) -> bool {
        limited(&sandbox, request_timeout).is_running().await
    }

    /// Kills it.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Returns:
    ///     False when it was gone already.
    #[pyo3(signature = (*, request_timeout = None))]
    async fn _kill(&sandbox, request_timeout: Option<RequestTimeout>) -> bool {
        limited(&sandbox, request_timeout).kill().await
    }

    /// Sets when it ends, sooner or later than before.
    ///
    /// Args:
    ///     timeout: Seconds from now; 0 ends it now.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (timeout, *, request_timeout = None))]
    async fn _set_timeout(
        &sandbox, timeout: Timeout, request_timeout: Option<RequestTimeout>,
    ) -> () {
        limited(&sandbox, request_timeout).set_timeout(timeout.into()).await
    }

    /// Gives what is known of it.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (*, request_timeout = None))]
    async fn _get_info(&sandbox, request_timeout: Option<RequestTimeout>) -> SandboxInfo {
        limited(&sandbox, request_timeout).get_info().await.map(SandboxInfo)
    }
}

#[pymethods]
impl Sandbox {
    /// Another object for the same sandbox. `create` and `connect` make the first.
    #[new]
    fn new(sandbox: &Self) -> Self {
        Self(sandbox.0.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        representation(slf.as_any(), &slf.get().0)
    }

    /// Connects to it again, and resumes it when it is paused.
    ///
    /// Args:
    ///     timeout: Seconds that it should live from now on, at least. Default: 300.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone.
    #[pyo3(signature = (timeout = None, *, request_timeout = None))]
    fn _connect(
        slf: Bound<'_, Self>,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<Itself> {
        let (py, sandbox) = (slf.py(), limited(&slf.get().0, request_timeout));
        runtime::block_on(py, connect(sandbox, timeout))?;
        Ok(Itself(slf.into_any().unbind()))
    }

    fn __enter__(slf: Bound<'_, Self>) -> Itself {
        Itself(slf.into_any().unbind())
    }

    /// Kills the sandbox.
    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) -> PyResult<()> {
        let sandbox = self.0.clone();
        runtime::block_on(py, runtime::spawn(async move { sandbox.kill().await })).map(drop)
    }
}

#[pymethods]
impl AsyncSandbox {
    /// Another object for the same sandbox. `create` and `connect` make the first.
    #[new]
    fn new(sandbox: &Self) -> Self {
        Self(sandbox.0.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        representation(slf.as_any(), &slf.get().0)
    }

    /// Connects to it again, and resumes it when it is paused.
    ///
    /// Args:
    ///     timeout: Seconds that it should live from now on, at least. Default: 300.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone.
    #[pyo3(signature = (timeout = None, *, request_timeout = None))]
    async fn _connect(
        slf: Py<Self>,
        timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<Itself> {
        connect(limited(&slf.get().0, request_timeout), timeout).await?;
        Ok(Itself(slf.into_any()))
    }

    #[expect(clippy::unused_async, reason = "Python awaits it")]
    async fn __aenter__(slf: Py<Self>) -> Itself {
        Itself(slf.into_any())
    }

    /// Kills the sandbox.
    #[pyo3(signature = (*_exception: "object"))]
    async fn __aexit__(&self, _exception: Py<PyTuple>) -> PyResult<()> {
        let sandbox = self.0.clone();
        runtime::spawn(async move { sandbox.kill().await })
            .await
            .map(drop)
    }
}

/// The sandbox, for a call that may have a request timeout of its own.
pub(crate) fn limited(
    sandbox: &sandspan::Sandbox,
    timeout: Option<RequestTimeout>,
) -> sandspan::Sandbox {
    match timeout {
        Some(timeout) => sandbox.with_request_timeout(timeout.into()),
        None => sandbox.clone(),
    }
}

async fn connect(sandbox: sandspan::Sandbox, timeout: Option<Timeout>) -> PyResult<()> {
    runtime::spawn(async move { sandbox.connect(timeout.map(Into::into)).await }).await
}

/// Shows the class and the id, and never a token.
fn representation(object: &Bound<'_, PyAny>, sandbox: &sandspan::Sandbox) -> PyResult<String> {
    let class = object.get_type().qualname()?;
    Ok(format!("{class}(sandbox_id='{}')", sandbox.sandbox_id()))
}
