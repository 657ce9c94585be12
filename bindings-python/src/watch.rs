//! Watching directories, and asking what happened.

use pyo3::prelude::*;
use sandspan::{WatchOptions, Watcher};

use crate::{
    arguments::{RequestTimeout, User},
    file_arguments::{AllowNetworkMounts, IncludeEntry, Path, Recursive},
    file_results::FilesystemEvent,
    files::Files,
    runtime,
};

#[pymethods]
impl Files {
    /// Watches a directory. What happens in it is kept until it is asked for.
    ///
    /// Args:
    ///     path: Its path.
    ///     user: The user to watch it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///     recursive: Whether the directories in it are watched too. Default: no.
    ///     include_entry: Whether events describe what they are about. Default: no.
    ///     allow_network_mounts: Whether it may lie on a network mount, where events may be
    ///         missing. Default: no.
    ///
    /// Raises:
    ///     FileNotFoundException: There is no such directory.
    ///     TemplateException: The sandbox's agent is too old for an option.
    #[pyo3(signature = (
        path, user = None, request_timeout = None, recursive = None, include_entry = None,
        allow_network_mounts = None
    ))]
    fn watch_dir(
        &self,
        py: Python<'_>,
        path: Path,
        user: Option<User>,
        request_timeout: Option<RequestTimeout>,
        recursive: Option<Recursive>,
        include_entry: Option<IncludeEntry>,
        allow_network_mounts: Option<AllowNetworkMounts>,
    ) -> PyResult<WatchHandle> {
        let files = self.0.clone();
        let options = WatchOptions {
            user: user.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
            timeout: None,
            recursive: recursive.is_some_and(Into::into),
            include_entry: include_entry.is_some_and(Into::into),
            allow_network_mounts: allow_network_mounts.is_some_and(Into::into),
        };
        let create = async move { files.create_watcher(&String::from(path), options).await };
        runtime::block_on(py, runtime::spawn(create)).map(WatchHandle)
    }
}

/// A directory that is watched until `stop`.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct WatchHandle(Watcher);

#[pymethods]
impl WatchHandle {
    /// Gives what happened since the last call, or since the beginning of the watch.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxException: It was stopped.
    #[pyo3(signature = (request_timeout = None))]
    fn get_new_events(
        &self,
        py: Python<'_>,
        request_timeout: Option<RequestTimeout>,
    ) -> PyResult<Vec<FilesystemEvent>> {
        let (watcher, timeout) = (self.0.clone(), request_timeout.map(Into::into));
        let get = runtime::spawn(async move { watcher.get_new_events(timeout).await });
        let events = runtime::block_on(py, get)?;
        Ok(events.into_iter().map(FilesystemEvent).collect())
    }

    /// Ends the watch.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (request_timeout = None))]
    fn stop(&self, py: Python<'_>, request_timeout: Option<RequestTimeout>) -> PyResult<()> {
        let (watcher, timeout) = (self.0.clone(), request_timeout.map(Into::into));
        let stop = async move { watcher.stop(timeout).await };
        runtime::block_on(py, runtime::spawn(stop))
    }
}
