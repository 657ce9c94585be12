//! Why a sandbox ended, and whom to tell.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use pyo3::{
    inspect::PyStaticExpr, intern, prelude::*, sync::PyOnceLock, type_hint_identifier,
    types::PyType, wrap_pyfunction,
};
use tokio::task::AbortHandle;

use crate::{
    callbacks::{self, Callback},
    results::MODELS,
    runtime,
    sandbox::AsyncSandbox,
};

/// Why a sandbox ended.
pub(crate) struct EndReason(pub(crate) sandspan::EndReason);

impl<'py> IntoPyObject<'py> for EndReason {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "EndReason");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        CLASS
            .import(py, MODELS, "EndReason")?
            .call1((self.0.as_str(),))
    }
}

/// A callback that waits for the end of a sandbox. It does so whether or not this object is kept.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct EndWatch(Watch);

enum Watch {
    Thread {
        task: AbortHandle,
        is_taken: Arc<AtomicBool>,
    },
    Task(Py<PyAny>),
}

#[pymethods]
impl EndWatch {
    /// Forgets the callback. One that runs already runs on in a blocking program, and is cancelled
    /// in asyncio.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        match &self.0 {
            Watch::Thread { task, is_taken } => {
                is_taken.store(true, Ordering::Relaxed);
                task.abort();
                Ok(())
            }
            Watch::Task(task) => task.call_method0(py, intern!(py, "cancel")).map(drop),
        }
    }
}

impl EndWatch {
    /// Calls back on a thread of the package's.
    pub(crate) fn on_thread(sandbox: sandspan::Sandbox, callback: Callback<EndReason>) -> Self {
        let is_taken = Arc::new(AtomicBool::new(false));
        let taken = Arc::clone(&is_taken);
        let wait = async move { sandbox.wait_until_ended().await };
        let task = runtime::spawn_then(wait, move |py, reason| {
            // Cancelling may come too late to keep this from being run.
            if !taken.swap(true, Ordering::Relaxed)
                && let Err(error) =
                    reason.and_then(|reason| callback.call_now(py, EndReason(reason)))
            {
                error.write_unraisable(py, None);
            }
        });
        Self(Watch::Thread { task, is_taken })
    }

    /// Calls back on the event loop that runs.
    pub(crate) fn on_loop(
        sandbox: Py<AsyncSandbox>,
        callback: Callback<EndReason>,
    ) -> PyResult<Self> {
        let coroutine = Python::attach(|py| {
            let arguments = (sandbox, callback);
            Ok::<_, PyErr>(wrap_pyfunction!(watch, py)?.call1(arguments)?.unbind())
        })?;
        callbacks::task(coroutine).map(|task| Self(Watch::Task(task)))
    }
}

#[pyfunction]
async fn watch(sandbox: Py<AsyncSandbox>, callback: Callback<EndReason>) -> PyResult<()> {
    let sandbox = sandbox.get().0.clone();
    let reason = runtime::spawn(async move { sandbox.wait_until_ended().await }).await?;
    callback.call(EndReason(reason), true).await
}
