//! Python functions that are called with what happens.

use std::{marker::PhantomData, sync::Arc};

use pyo3::{
    inspect::PyStaticExpr,
    intern,
    prelude::*,
    type_hint_identifier, type_hint_subscript,
    types::{PyCFunction, PyDict, PyTuple},
};
use sandspan::{CommandHandle, Output};
use tokio::sync::Notify;

use crate::{chunk::Raw, error::InvalidArgumentException, runtime};

/// A Python function that gets a value. For asyncio it may return an awaitable, which is awaited.
pub(crate) struct Callback<Value>(Py<PyAny>, PhantomData<fn(Value)>);

impl<Value: for<'py> IntoPyObject<'py>> FromPyObject<'_, '_> for Callback<Value> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List {
            elts: &[<Value as IntoPyObject<'static>>::OUTPUT_TYPE]
        },
        type_hint_identifier!("builtins", "object")
    );

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_callable() {
            return Ok(Self(value.to_owned().unbind(), PhantomData));
        }
        let class = value.get_type().qualname()?;
        Err(InvalidArgumentException::new_err(format!(
            "a callback must be callable, got {class}"
        )))
    }
}

impl<'py, Value> IntoPyObject<'py> for Callback<Value> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_bound(py))
    }
}

impl<Value: for<'py> IntoPyObject<'py>> Callback<Value> {
    /// Calls it on this thread.
    pub(crate) fn call_now(&self, py: Python<'_>, value: Value) -> PyResult<Py<PyAny>> {
        self.0.call1(py, (value,))
    }

    /// Calls it, and awaits its answer if it is to.
    pub(crate) async fn call(&self, value: Value, awaits: bool) -> PyResult<()> {
        let answer = Python::attach(|py| self.call_now(py, value))?;
        if awaits && Python::attach(|py| answer.bind(py).hasattr(intern!(py, "__await__")))? {
            awaited(answer).await?;
        }
        Ok(())
    }
}

/// What to call with the pieces of a command's output, in their order.
#[derive(Default)]
pub(crate) struct Callbacks {
    pub(crate) stdout: Option<Callback<String>>,
    pub(crate) stderr: Option<Callback<String>>,
    pub(crate) pty: Option<Callback<Raw>>,
}

impl Callbacks {
    /// Those of a terminal, which has one output.
    pub(crate) fn of_terminal(pty: Option<Callback<Raw>>) -> Self {
        Self {
            pty,
            ..Self::default()
        }
    }

    pub(crate) fn are_given(&self) -> bool {
        self.stdout.is_some() || self.stderr.is_some() || self.pty.is_some()
    }

    /// Calls them until the output ends or one of them raises. Without any, the output is left to
    /// be read otherwise.
    pub(crate) async fn follow(&self, handle: &CommandHandle, awaits: bool) -> PyResult<()> {
        if !self.are_given() {
            return Ok(());
        }
        while let Some(output) = next_output(handle.clone()).await? {
            self.call(output, awaits).await?;
        }
        Ok(())
    }

    /// Calls the one that a piece is for.
    pub(crate) async fn call(&self, output: Output, awaits: bool) -> PyResult<()> {
        match output {
            Output::Stdout(text) => call(self.stdout.as_ref(), text, awaits).await,
            Output::Stderr(text) => call(self.stderr.as_ref(), text, awaits).await,
            Output::Pty(bytes) => call(self.pty.as_ref(), Raw(bytes), awaits).await,
        }
    }
}

async fn call<Value: for<'py> IntoPyObject<'py>>(
    callback: Option<&Callback<Value>>,
    value: Value,
    awaits: bool,
) -> PyResult<()> {
    match callback {
        Some(callback) => callback.call(value, awaits).await,
        None => Ok(()),
    }
}

async fn next_output(handle: CommandHandle) -> PyResult<Option<Output>> {
    runtime::spawn(async move { Ok(handle.next_output().await) }).await
}

/// The asyncio task that runs a coroutine, or the future that it is already.
pub(crate) fn task(awaitable: Py<PyAny>) -> PyResult<Py<PyAny>> {
    Python::attach(|py| {
        let asyncio = py.import(intern!(py, "asyncio"))?;
        Ok(asyncio
            .call_method1(intern!(py, "ensure_future"), (awaitable,))?
            .unbind())
    })
}

/// Awaits something of asyncio's, and cancels it when the waiting is cancelled.
pub(crate) async fn awaited(awaitable: Py<PyAny>) -> PyResult<Py<PyAny>> {
    let task = CancelOnDrop(task(awaitable)?);
    finished(&task.0).await
}

/// Waits for what an asyncio task gives, without cancelling it when the waiting is cancelled.
pub(crate) async fn finished(task: &Py<PyAny>) -> PyResult<Py<PyAny>> {
    ended(task).await?;
    Python::attach(|py| task.call_method0(py, intern!(py, "result")))
}

/// Waits for the end of an asyncio task, however it ends.
pub(crate) async fn ended(task: &Py<PyAny>) -> PyResult<()> {
    let finished = Arc::new(Notify::new());
    Python::attach(|py| {
        let finished = Arc::clone(&finished);
        let notify = move |_: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            finished.notify_one();
        };
        let callback = PyCFunction::new_closure(py, None, None, notify)?;
        task.call_method1(py, intern!(py, "add_done_callback"), (callback,))
    })?;
    finished.notified().await;
    Ok(())
}

struct CancelOnDrop(Py<PyAny>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        Python::attach(|py| {
            if let Err(error) = self.0.call_method0(py, intern!(py, "cancel")) {
                error.write_unraisable(py, Some(self.0.bind(py)));
            }
        });
    }
}
