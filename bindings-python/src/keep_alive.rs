//! Keeping a sandbox alive while work is going on.

use std::{
    process,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use pyo3::{
    PyClass,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier,
    types::{PyDateTime, PyTuple},
};
use sandspan::{Error, KeepAliveOptions, Result};
use tokio::sync::Mutex;

use crate::{error, instance::Itself, methods::methods, results::datetime};

/// Keeps a sandbox alive, and from being idle, between `start` and `stop`, or as a context manager.
///
/// Nothing is done before that. It ends as well when this object is gone.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct KeepAlive(Arc<Keeping>);

/// Keeps a sandbox alive, and from being idle, between `start` and `stop`, or with `async with`.
///
/// Nothing is done before that. It ends as well when this object is gone.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncKeepAlive(Arc<Keeping>);

impl From<Keeping> for KeepAlive {
    fn from(keeping: Keeping) -> Self {
        Self(Arc::new(keeping))
    }
}

impl From<Keeping> for AsyncKeepAlive {
    fn from(keeping: Keeping) -> Self {
        Self(Arc::new(keeping))
    }
}

/// A sandbox, and what keeps it alive once that was started.
pub(crate) struct Keeping {
    sandbox: sandspan::Sandbox,
    options: KeepAliveOptions,
    /// Who has it starts or stops.
    turn: Mutex<()>,
    started: RwLock<Option<Started>>,
}

#[derive(Clone)]
struct Started {
    keep: Arc<sandspan::KeepAlive>,
    /// The process that it was started in. In a forked child it does not run and cannot be waited
    /// for.
    process: u32,
}

impl Keeping {
    pub(crate) fn new(sandbox: sandspan::Sandbox, options: KeepAliveOptions) -> Self {
        Self {
            sandbox,
            options,
            turn: Mutex::default(),
            started: RwLock::default(),
        }
    }

    async fn start(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        if self.is_running() {
            return Ok(());
        }
        let keep = self.sandbox.keep_alive(self.options.clone()).await?;
        *self.started.write().unwrap_or_else(PoisonError::into_inner) = Some(Started {
            keep: Arc::new(keep),
            process: process::id(),
        });
        Ok(())
    }

    async fn stop(&self) {
        let _turn = self.turn.lock().await;
        if let Some(keep) = self.own() {
            keep.stop().await;
        }
    }

    /// What was started last.
    fn started(&self) -> Option<Started> {
        let started = self.started.read().unwrap_or_else(PoisonError::into_inner);
        started.clone()
    }

    /// What was started last, if it was in this process.
    fn own(&self) -> Option<Arc<sandspan::KeepAlive>> {
        let started = self.started()?;
        (started.process == process::id()).then_some(started.keep)
    }

    fn is_running(&self) -> bool {
        self.own().is_some_and(|keep| keep.is_running())
    }
}

methods! {
    KeepAlive, AsyncKeepAlive;

    /// Whether it extends the sandbox's life: it was started, not stopped, and did not have to give
    /// up.
    #[getter]
    fn is_running(&keeping) -> bool {
        keeping.is_running()
    }

    /// When the sandbox ends all the same, once the service extends its life no further. In UTC.
    #[getter]
    fn limited_until(&keeping) -> Option<Time> {
        keeping.started()?.keep.limited_until().map(Time)
    }

    /// Why it had to give up, if it had to.
    #[getter]
    fn failure(&keeping) -> Option<Failure> {
        keeping.started()?.keep.failure().map(Failure)
    }

    /// Extends the sandbox's life at once, and goes on with that. Does nothing while it runs.
    ///
    /// Raises:
    ///     InvalidArgumentException: `extend_by` is out of range.
    ///     SandboxNotFoundException: The sandbox ended already, or is paused.
    async fn start(&keeping) -> () {
        keeping.start().await
    }

    /// Stops. The sandbox lives on for as long as its life was last extended. Does nothing when it
    /// does not run.
    async fn stop(&keeping) -> () {
        keeping.stop().await;
        Ok(())
    }

    fn __repr__(&keeping) -> String {
        let is_running = if keeping.is_running() { "True" } else { "False" };
        let id = keeping.sandbox.sandbox_id();
        format!("{}(sandbox_id='{id}', is_running={is_running})", Self::NAME)
    }
}

#[pymethods]
impl KeepAlive {
    /// Starts.
    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Itself> {
        slf.get().start(slf.py())?;
        Ok(Itself(slf.into_any().unbind()))
    }

    /// Stops.
    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.stop(py)
    }
}

#[pymethods]
impl AsyncKeepAlive {
    /// Starts.
    async fn __aenter__(slf: Py<Self>) -> PyResult<Itself> {
        slf.get().start().await?;
        Ok(Itself(slf.into_any()))
    }

    /// Stops.
    #[pyo3(signature = (*_exception: "object"))]
    async fn __aexit__(&self, _exception: Py<PyTuple>) -> PyResult<()> {
        self.stop().await
    }
}

/// A time as a `datetime`.
pub(crate) struct Time(Timestamp);

impl<'py> IntoPyObject<'py> for Time {
    type Target = PyDateTime;
    type Output = Bound<'py, PyDateTime>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        datetime(py, self.0)
    }
}

/// An error as the exception that a call would raise.
pub(crate) struct Failure(Error);

impl<'py> IntoPyObject<'py> for Failure {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "Exception");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(error::raise(self.0)
            .into_value(py)
            .into_bound(py)
            .into_any())
    }
}
