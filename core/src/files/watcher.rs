//! Asking what changed in a directory.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use connectrpc::{ConnectError, client::CallOptions};
use sandspan_protocol::{
    defaults, headers,
    rpc::filesystem::{CreateWatcherRequest, GetWatcherEventsRequest, RemoveWatcherRequest},
};

use super::{FileOptions, Files, FilesystemEvent, WatchOptions};
use crate::{Error, ErrorKind, Result, agent::Filesystem, diagnosis::Stage};

impl Files {
    /// Has the sandbox note what changes in a directory, for whoever asks from time to time. The
    /// errors are those of [`watch_dir`](Self::watch_dir).
    pub async fn create_watcher(&self, path: &str, options: WatchOptions) -> Result<Watcher> {
        const OPERATION: &str = "files.create_watcher";
        self.check_watch(OPERATION, path, &options)?;
        let request = CreateWatcherRequest {
            path: path.to_owned(),
            recursive: options.recursive,
            include_entry: options.include_entry,
            allow_network_mounts: options.allow_network_mounts,
            ..Default::default()
        };
        let create = async |client: Filesystem, call: CallOptions| {
            let call = call.with_header(headers::KEEPALIVE_INTERVAL, defaults::KEEPALIVE.as_secs());
            client
                .create_watcher_with_options(request.clone(), call)
                .await
        };
        let options = FileOptions {
            user: options.user,
            request_timeout: options.request_timeout,
        };
        let answer = self.ask(OPERATION, &[path], &options, create).await?;
        Ok(Watcher {
            files: self.clone(),
            id: answer.into_owned().watcher_id.into(),
            user: options.user,
            is_stopped: Arc::default(),
        })
    }
}

/// Notes in a sandbox of what changes in a directory, which are kept there until they are asked for.
///
/// It goes on in the sandbox until it is [stopped](Self::stop), also when it is dropped here. Clones
/// are the same one.
#[derive(Clone)]
pub struct Watcher {
    files: Files,
    id: Arc<str>,
    user: Option<String>,
    is_stopped: Arc<AtomicBool>,
}

impl Watcher {
    /// What changed since the last time, or since the beginning.
    ///
    /// Fails with the kind [`Unexpected`](ErrorKind::Unexpected) once it is stopped, and with
    /// [`NotFound`](ErrorKind::NotFound) where the sandbox does not know it.
    pub async fn get_new_events(
        &self,
        request_timeout: Option<Duration>,
    ) -> Result<Vec<FilesystemEvent>> {
        const OPERATION: &str = "watcher.get_new_events";
        if self.is_stopped.load(Ordering::Relaxed) {
            let message = "The watcher is already stopped";
            return Err(Error::new(ErrorKind::Unexpected, OPERATION, message));
        }
        let request = GetWatcherEventsRequest {
            watcher_id: self.id.as_ref().to_owned(),
            ..Default::default()
        };
        let get = async |client: Filesystem, call: CallOptions| {
            client
                .get_watcher_events_with_options(request.clone(), call)
                .await
        };
        let answer = self.call(OPERATION, request_timeout, get).await?;
        let events = answer.into_owned().events.into_iter();
        Ok(events.filter_map(FilesystemEvent::new).collect())
    }

    /// Ends it.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where the sandbox does not know it.
    pub async fn stop(&self, request_timeout: Option<Duration>) -> Result<()> {
        let request = RemoveWatcherRequest {
            watcher_id: self.id.as_ref().to_owned(),
            ..Default::default()
        };
        let remove = async |client: Filesystem, call: CallOptions| {
            client
                .remove_watcher_with_options(request.clone(), call)
                .await
        };
        self.call("watcher.stop", request_timeout, remove).await?;
        self.is_stopped.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn call<T, F>(
        &self,
        operation: &'static str,
        request_timeout: Option<Duration>,
        call: impl Fn(Filesystem, CallOptions) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, ConnectError>>,
    {
        let options = FileOptions {
            user: self.user.clone(),
            request_timeout,
        };
        match self.files.call(&options, call).await {
            Ok(answer) => Ok(answer),
            // What is not found is the watcher, and no file.
            Err(failure) => {
                let agent = &self.files.agent;
                Err(agent.explain(operation, Stage::Call, failure).await)
            }
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Watcher");
        debug.field("id", &self.id).finish_non_exhaustive()
    }
}
