//! Telling what changes in a directory.
//!
//! The kernel's own queue of a watch is the only place where events of a stream wait: it is bounded,
//! and a client that does not read makes it overflow, which ends the stream with an error.

mod kernel;
mod polled;
mod tree;

use std::{
    collections::VecDeque,
    io,
    os::fd::OwnedFd,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use connectrpc::ConnectError;
use futures::Stream;
use sandspan_protocol::rpc::filesystem::{
    FilesystemEvent, WatchDirResponse,
    watch_dir_response::{Event, KeepAlive, StartEvent},
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    time::timeout,
};

pub(super) use self::polled::Watchers;
use self::tree::Tree;
use super::blocking;
use crate::keepalive::{deadline_exceeded, wait_until};

/// What a client wants to be told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Whether directories below are watched too, also those that are made later.
    pub(super) recursive: bool,
    /// Whether events come with a description of what they are about.
    pub(super) include_entry: bool,
    /// Whether a directory on a network file system may be watched, where events may be missing.
    pub(super) allow_network_mounts: bool,
}

/// A directory that is watched.
#[derive(Debug)]
pub(super) struct Watch {
    queue: Arc<AsyncFd<OwnedFd>>,
    tree: Tree,
}

/// Begins to watch a directory.
pub(super) async fn start(root: PathBuf, options: Options) -> Result<Watch, ConnectError> {
    // It takes its time where there are many directories.
    let (queue, tree) = blocking(move || Tree::start(root, options)).await?;
    let queue = Arc::new(register(queue)?);
    Ok(Watch { queue, tree })
}

#[expect(
    unsafe_code,
    reason = "the runtime must rely on the descriptor staying open"
)]
fn register(queue: OwnedFd) -> Result<AsyncFd<OwnedFd>, ConnectError> {
    // SAFETY: the descriptor is owned by what it is registered with, and open as long as that.
    unsafe { AsyncFd::register_with_interest(queue, Interest::READABLE) }
        .map_err(|problem| ConnectError::internal(format!("error creating watcher: {problem}")))
}

impl Watch {
    /// What happened next; events that came together are given together.
    async fn next(&mut self) -> Result<Vec<FilesystemEvent>, ConnectError> {
        loop {
            let queue = Arc::clone(&self.queue);
            let mut ready = queue.readable().await.map_err(|it| failed(&it))?;
            match self.take()? {
                Some(events) if events.is_empty() => {}
                Some(events) => return Ok(events),
                None => ready.clear_ready(),
            }
        }
    }

    /// Some of what has happened already; nothing when there is no more.
    fn take(&mut self) -> Result<Option<Vec<FilesystemEvent>>, ConnectError> {
        let queue = self.queue.get_ref();
        match kernel::read(queue) {
            Ok(events) => self.tree.translate(queue, events).map(Some),
            Err(problem) if problem.kind() == io::ErrorKind::WouldBlock => {
                self.tree.caught_up(queue);
                Ok(None)
            }
            Err(problem) => Err(failed(&problem)),
        }
    }
}

fn failed(problem: &dyn std::fmt::Display) -> ConnectError {
    ConnectError::internal(format!("watcher error: {problem}"))
}

/// The events as a client gets them: after one that says that the watch has begun, and with a sign
/// of life whenever nothing happened for the interval. The watch ends when the client is gone.
pub(super) fn stream(
    watch: Watch,
    keepalive: Duration,
    deadline: Option<Instant>,
) -> impl Stream<Item = Result<WatchDirResponse, ConnectError>> + Send {
    let events = VecDeque::from([response(Event::from(StartEvent::default()))]);
    futures::stream::unfold(Some((watch, events)), move |state| async move {
        let (mut watch, mut events) = state?;
        if let Some(event) = events.pop_front() {
            return Some((Ok(event), Some((watch, events))));
        }
        tokio::select! {
            biased;
            () = wait_until(deadline) => Some((Err(deadline_exceeded()), None)),
            received = timeout(keepalive, watch.next()) => match received {
                Ok(Ok(more)) => {
                    events.extend(more.into_iter().map(|event| response(Event::from(event))));
                    let event = events.pop_front()?;
                    Some((Ok(event), Some((watch, events))))
                }
                Ok(Err(error)) => Some((Err(error), None)),
                Err(_) => {
                    let alive = response(Event::from(KeepAlive::default()));
                    Some((Ok(alive), Some((watch, events))))
                }
            },
        }
    })
}

fn response(event: Event) -> WatchDirResponse {
    WatchDirResponse {
        event: Some(event),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use sandspan_protocol::rpc::filesystem::{EventType, FilesystemEvent};

    use super::{Options, Watch, start};

    async fn watch(root: &Path, recursive: bool) -> Watch {
        let options = Options {
            recursive,
            include_entry: false,
            allow_network_mounts: false,
        };
        start(root.to_owned(), options)
            .await
            .expect("it can be watched")
    }

    /// All that has happened until an event of a name and a kind.
    async fn until(watch: &mut Watch, name: &str, kind: EventType) -> Vec<FilesystemEvent> {
        let mut all: Vec<FilesystemEvent> = Vec::new();
        while !all
            .iter()
            .any(|event| event.name == name && event.r#type == kind)
        {
            all.extend(watch.next().await.expect("it goes on"));
        }
        all
    }

    #[tokio::test]
    async fn tells_what_happens_in_order() {
        let folder = tempfile::tempdir().expect("there is room");
        let mut watch = watch(folder.path(), false).await;
        fs::write(folder.path().join("a"), "1").expect("written");
        fs::rename(folder.path().join("a"), folder.path().join("b")).expect("renamed");
        fs::remove_file(folder.path().join("b")).expect("removed");
        let events = until(&mut watch, "b", EventType::EVENT_TYPE_REMOVE).await;
        let events: Vec<_> = events
            .iter()
            .map(|event| (event.name.as_str(), event.r#type.as_known()))
            .collect();
        let expected = [
            ("a", EventType::EVENT_TYPE_CREATE),
            ("a", EventType::EVENT_TYPE_WRITE),
            ("a", EventType::EVENT_TYPE_RENAME),
            ("b", EventType::EVENT_TYPE_CREATE),
            ("b", EventType::EVENT_TYPE_REMOVE),
        ];
        assert_eq!(events, expected.map(|(name, kind)| (name, Some(kind))));
    }

    #[tokio::test]
    async fn each_entry_of_a_new_directory_is_told_once() {
        let folder = tempfile::tempdir().expect("there is room");
        let mut watch = watch(folder.path(), true).await;
        fs::create_dir_all(folder.path().join("a/b/c")).expect("made");
        fs::write(folder.path().join("a/b/c/file"), "").expect("written");
        let mut events = until(&mut watch, "a/b/c/file", EventType::EVENT_TYPE_CREATE).await;
        fs::remove_file(folder.path().join("a/b/c/file")).expect("removed");
        events.extend(until(&mut watch, "a/b/c/file", EventType::EVENT_TYPE_REMOVE).await);
        let created = events
            .iter()
            .filter(|it| it.r#type == EventType::EVENT_TYPE_CREATE);
        let mut created: Vec<_> = created.map(|event| event.name.as_str()).collect();
        created.sort_unstable();
        assert_eq!(created, ["a", "a/b", "a/b/c", "a/b/c/file"]);
        fs::rename(folder.path().join("a"), folder.path().join("z")).expect("renamed");
        fs::write(folder.path().join("z/b/c/file"), "").expect("written");
        until(&mut watch, "z/b/c/file", EventType::EVENT_TYPE_CREATE).await;
    }
}
