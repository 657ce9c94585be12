//! Watching directories, and being told of each thing that happens.

use std::sync::Arc;

use pyo3::{
    exceptions::PyException, inspect::PyStaticExpr, intern, prelude::*, sync::PyOnceLock,
    type_hint_identifier, wrap_pyfunction,
};
use sandspan::{Watch, WatchOptions};

use crate::{
    arguments::{RequestTimeout, Timeout, User},
    callbacks::{self, Callback},
    file_arguments::{AllowNetworkMounts, IncludeEntry, Path, Recursive},
    file_results::FilesystemEvent,
    files::AsyncFiles,
    runtime,
};

#[pymethods]
impl AsyncFiles {
    /// Watches a directory, and calls a function with each thing that happens in it.
    ///
    /// Args:
    ///     path: Its path.
    ///     on_event: Called with each event. What it returns is awaited if it can be, and the next
    ///         event waits for that.
    ///     on_exit: Called once at the end of the watch, with what ended it, be it the service or
    ///         `on_event`; with `None` after `stop`. Without it, that goes to the event loop's
    ///         exception handler.
    ///     user: The user to watch it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///     timeout: Seconds to watch it for. Default: 60; 0 means without limit.
    ///     recursive: Whether the directories in it are watched too. Default: no.
    ///     include_entry: Whether events describe what they are about. Default: no.
    ///     allow_network_mounts: Whether it may lie on a network mount, where events may be
    ///         missing. Default: no.
    ///
    /// Raises:
    ///     FileNotFoundException: There is no such directory.
    ///     TemplateException: The sandbox's agent is too old for an option.
    #[pyo3(signature = (
        path, on_event, on_exit = None, user = None, request_timeout = None, timeout = None,
        recursive = None, include_entry = None, allow_network_mounts = None
    ))]
    async fn watch_dir(
        &self,
        path: Path,
        on_event: Callback<FilesystemEvent>,
        on_exit: Option<Callback<Exit>>,
        user: Option<User>,
        request_timeout: Option<RequestTimeout>,
        timeout: Option<Timeout>,
        recursive: Option<Recursive>,
        include_entry: Option<IncludeEntry>,
        allow_network_mounts: Option<AllowNetworkMounts>,
    ) -> PyResult<AsyncWatchHandle> {
        let files = self.0.clone();
        let options = WatchOptions {
            user: user.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
            timeout: timeout.map(Into::into),
            recursive: recursive.is_some_and(Into::into),
            include_entry: include_entry.is_some_and(Into::into),
            allow_network_mounts: allow_network_mounts.is_some_and(Into::into),
        };
        let start = async move { files.watch_dir(&String::from(path), options).await };
        AsyncWatchHandle::following(runtime::spawn(start).await?, on_event, on_exit)
    }
}

/// What ended a watch; none after `stop`.
type Exit = Option<Failure>;

/// An exception as a value.
struct Failure(PyErr);

impl<'py> IntoPyObject<'py> for Failure {
    type Target = PyException;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "Exception");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_value(py).into_bound(py).cast_into()?)
    }
}

/// A directory that is watched, for asyncio, until `stop`.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncWatchHandle {
    watch: Py<Watching>,
    task: Py<PyAny>,
}

/// Carries a watch into the coroutine that follows it.
#[pyclass(frozen)]
struct Watching(Arc<Watch>);

impl AsyncWatchHandle {
    fn following(
        watch: Watch,
        on_event: Callback<FilesystemEvent>,
        on_exit: Option<Callback<Exit>>,
    ) -> PyResult<Self> {
        Python::attach(|py| {
            let watch = Py::new(py, Watching(Arc::new(watch)))?;
            let arguments = (watch.clone_ref(py), on_event, on_exit);
            let coroutine = wrap_pyfunction!(follow, py)?.call1(arguments)?;
            let task = callbacks::task(coroutine.unbind())?;
            Ok(Self { watch, task })
        })
    }
}

#[pymethods]
impl AsyncWatchHandle {
    /// Ends the watch. When this returns, `on_exit` was called, unless it is a callback of the
    /// watch that stops it: then it is called after that.
    async fn stop(&self) -> PyResult<()> {
        let watch = &self.watch.get().0;
        runtime::within(|| watch.stop());
        if Python::attach(|py| Ok::<_, PyErr>(own_watch(py)?.get(py)?.is(&self.watch)))? {
            return Ok(());
        }
        // How it ended is the business of `on_exit`.
        callbacks::ended(&self.task).await
    }
}

/// The variable of Python's that says, in the callbacks of a watch, which watch it is.
struct OwnWatch<'py>(&'py Bound<'py, PyAny>);

fn own_watch(py: Python<'_>) -> PyResult<OwnWatch<'_>> {
    static VARIABLE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let variable = VARIABLE.get_or_try_init(py, || {
        let class = py.import("contextvars")?.getattr("ContextVar")?;
        Ok::<_, PyErr>(class.call1(("sandspan_watch",))?.unbind())
    })?;
    Ok(OwnWatch(variable.bind(py)))
}

impl<'py> OwnWatch<'py> {
    fn get(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.call_method1(intern!(py, "get"), (py.None(),))
    }

    fn set(&self, py: Python<'py>, watch: &Py<Watching>) -> PyResult<()> {
        self.0.call_method1(intern!(py, "set"), (watch,)).map(drop)
    }
}

#[pyfunction]
async fn follow(
    watch: Py<Watching>,
    on_event: Callback<FilesystemEvent>,
    on_exit: Option<Callback<Exit>>,
) -> PyResult<()> {
    // The tasks that callbacks are awaited in inherit it.
    Python::attach(|py| own_watch(py)?.set(py, &watch))?;
    let ended = call(&watch.get().0, on_event).await;
    match on_exit {
        Some(on_exit) => on_exit.call(ended.err().map(Failure), true).await,
        None => ended,
    }
}

/// Calls a function with each event until the watch ends.
async fn call(watch: &Arc<Watch>, on_event: Callback<FilesystemEvent>) -> PyResult<()> {
    loop {
        let watch = Arc::clone(watch);
        let next = async move { watch.next().await.transpose() };
        let Some(event) = runtime::spawn(next).await? else {
            return Ok(());
        };
        on_event.call(FilesystemEvent(event), true).await?;
    }
}
