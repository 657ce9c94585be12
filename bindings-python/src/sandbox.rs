//! Sandboxes.

use std::marker::PhantomData;

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier,
    types::{PyTuple, PyType},
};
use sandspan::{CreateOptions, ListOptions};

use crate::{
    arguments::{Envs, Metadata, OrderName, Query, Timeout},
    commands::{AsyncCommands, Commands},
    methods::{class_methods, methods},
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

const SELF: PyStaticExpr = type_hint_identifier!("typing_extensions", "Self");

/// A new object of the class that a class method was called on.
struct Instance<Base> {
    class: Py<PyType>,
    sandbox: sandspan::Sandbox,
    base: PhantomData<fn() -> Base>,
}

impl<Base> Instance<Base> {
    fn new(class: Py<PyType>, sandbox: sandspan::Sandbox) -> Self {
        Self {
            class,
            sandbox,
            base: PhantomData,
        }
    }
}

impl<'py, Base> IntoPyObject<'py> for Instance<Base>
where
    Base: From<sandspan::Sandbox> + IntoPyObject<'py>,
{
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = SELF;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.class.bind(py).call1((Base::from(self.sandbox),))
    }
}

/// The object itself, so that type checkers keep its class.
struct Itself(Py<PyAny>);

impl<'py> IntoPyObject<'py> for Itself {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = SELF;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_bound(py))
    }
}

/// What belongs to each of the two classes.
trait Flavour {
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

class_methods! {
    Sandbox, AsyncSandbox;

    /// Creates a sandbox. It ends by itself when its timeout has passed.
    ///
    /// Args:
    ///     template: The name of the template. Default: `base`.
    ///     timeout: Seconds to live. Default: 300.
    ///     metadata: Names and values to find it by.
    ///     envs: Environment variables of every process in it.
    ///     secure: Whether its agent asks for a token. Default: yes.
    ///     allow_internet_access: Whether it may reach the internet. Default: the provider's.
    ///     idempotency_key: Makes the creation safe to repeat. Default: a random one.
    ///
    /// Raises:
    ///     InvalidArgumentException: An argument is wrong.
    ///     TemplateException: There is no such template.
    #[signature(
        template = None, timeout = None, metadata = None, envs = None, secure = None,
        allow_internet_access = None, *, idempotency_key = None
    )]
    async fn create(
        call, template: Option<String>, timeout: Option<Timeout>,
        metadata: Option<Metadata>, envs: Option<Envs>, secure: Option<bool>,
        allow_internet_access: Option<bool>, idempotency_key: Option<String>,
    ) -> Instance<Self> {
        let options = CreateOptions {
            template,
            timeout: timeout.map(Into::into),
            metadata: metadata.map(Into::into),
            envs: envs.map(Into::into),
            secure,
            allow_internet_access,
            idempotency_key,
        };
        Ok(Instance::new(call.class, call.client.create(options).await?))
    }

    /// Lists sandboxes, page by page. No request is made before `next_items()`.
    ///
    /// Args:
    ///     query: Which sandboxes. Default: all.
    ///     limit: How many to a page, at most. Default: 100.
    ///     next_token: Where to start, as an earlier paginator said.
    ///     order: `asc` or `desc` by start time. Default: `desc`.
    #[signature(query = None, limit = None, next_token = None, order = None, *)]
    fn list(
        call, query: Option<Query>, limit: Option<u32>, next_token: Option<String>,
        order: Option<OrderName>,
    ) -> <Self as Flavour>::Paginator {
        let query = query.unwrap_or_default();
        let options = ListOptions {
            metadata: query.metadata.map(Into::into),
            states: query.states,
            template: query.template,
            started_after: query.started_after,
            order: order.map(|name| name.0),
            limit,
            next_token,
        };
        call.client.list(options).into()
    }

    /// Connects to a sandbox, and resumes it when it is paused.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     timeout: Seconds that it should live from now on, at least. Default: 300.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, timeout = None, *)]
    async fn _connect_by_id(
        call, sandbox_id: String, timeout: Option<Timeout>,
    ) -> Instance<Self> {
        let sandbox = call.client.connect(&sandbox_id, timeout.map(Into::into)).await?;
        Ok(Instance::new(call.class, sandbox))
    }

    /// Kills a sandbox.
    ///
    /// Returns:
    ///     False when there was none.
    #[signature(sandbox_id, *)]
    async fn _kill_by_id(call, sandbox_id: String) -> bool {
        call.client.kill(&sandbox_id).await
    }

    /// Sets when a sandbox ends, sooner or later than before.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     timeout: Seconds from now; 0 ends it now.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, timeout, *)]
    async fn _set_timeout_by_id(call, sandbox_id: String, timeout: Timeout) -> () {
        call.client.set_timeout(&sandbox_id, timeout.into()).await
    }

    /// Gives what is known of a sandbox.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, *)]
    async fn _get_info_by_id(call, sandbox_id: String) -> SandboxInfo {
        call.client.get_info(&sandbox_id).await.map(SandboxInfo)
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
