//! Sandboxes.

use pyo3::{prelude::*, types::PyTuple};

use crate::{
    arguments::Timeout,
    commands::{AsyncCommands, Commands},
    instance::Itself,
    methods::methods,
    paginator::{AsyncSandboxPaginator, SandboxPaginator},
    results::SandboxInfo,
    runtime,
};

/// A sandbox.
#[pyclass(frozen, subclass, module = "sandspan")]
pub(crate) struct Sandbox(sandspan::Sandbox);

/// A sandbox, for asyncio.
#[pyclass(frozen, subclass, module = "sandspan")]
pub(crate) struct AsyncSandbox(sandspan::Sandbox);

/// What belongs to each of the two classes.
pub(crate) trait Flavour {
    type Commands;
    type Paginator;
}

impl Flavour for Sandbox {
    type Commands = Commands;
    type Paginator = SandboxPaginator;
}

impl Flavour for AsyncSandbox {
    type Commands = AsyncCommands;
    type Paginator = AsyncSandboxPaginator;
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

    /// The host name that reaches a port of it from outside.
    fn get_host(&sandbox, port: u16) -> String {
        sandbox.get_host(port)
    }

    /// Whether it runs.
    async fn is_running(&sandbox) -> bool {
        sandbox.is_running().await
    }

    /// Kills it.
    ///
    /// Returns:
    ///     False when it was gone already.
    async fn _kill(&sandbox) -> bool {
        sandbox.kill().await
    }

    /// Sets when it ends, sooner or later than before.
    ///
    /// Args:
    ///     timeout: Seconds from now; 0 ends it now.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    async fn _set_timeout(&sandbox, timeout: Timeout) -> () {
        sandbox.set_timeout(timeout.into()).await
    }

    /// Gives what is known of it.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    async fn _get_info(&sandbox) -> SandboxInfo {
        sandbox.get_info().await.map(SandboxInfo)
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
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone.
    #[pyo3(signature = (timeout = None))]
    fn _connect(slf: Bound<'_, Self>, timeout: Option<Timeout>) -> PyResult<Itself> {
        let (py, sandbox) = (slf.py(), slf.get().0.clone());
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
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone.
    #[pyo3(signature = (timeout = None))]
    async fn _connect(slf: Py<Self>, timeout: Option<Timeout>) -> PyResult<Itself> {
        connect(slf.get().0.clone(), timeout).await?;
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

async fn connect(sandbox: sandspan::Sandbox, timeout: Option<Timeout>) -> PyResult<()> {
    runtime::spawn(async move { sandbox.connect(timeout.map(Into::into)).await }).await
}

/// Shows the class and the id, and never a token.
fn representation(object: &Bound<'_, PyAny>, sandbox: &sandspan::Sandbox) -> PyResult<String> {
    let class = object.get_type().qualname()?;
    Ok(format!("{class}(sandbox_id='{}')", sandbox.sandbox_id()))
}
