//! Watching a directory.

use std::{fmt, sync::Arc, time::Duration};

use connectrpc::{
    ConnectError, StreamMessage,
    client::{CallOptions, ServerStream},
};
use sandspan_protocol::{
    defaults,
    rpc::filesystem::{
        __buffa::{oneof::watch_dir_response::Event, view::WatchDirResponseView},
        WatchDirRequest, WatchDirResponse,
    },
};

use super::{Files, FilesystemEvent, check, explain};
use crate::{
    Error, ErrorKind, Naming, Result,
    agent::{Agent, Filesystem},
    agent_version::AgentVersion,
    diagnosis::Stage,
    events::{GRACE, call_options},
    feed::{Feed, Pieces},
    lease::Active,
    transport::{Failure, FailureSlot, Limit, ResponseBody, within},
};

/// How to watch a directory.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// As whom, which says where a relative path starts. Default: the sandbox's default user.
    pub user: Option<String>,
    /// How long it may take until the directory is watched. Default: that of the connection; zero
    /// means without limit.
    pub request_timeout: Option<Duration>,
    /// How long it is watched, for [`Files::watch_dir`]. Default: 60 s; zero means without limit.
    pub timeout: Option<Duration>,
    /// Whether the directories in it are watched too, which needs an agent of 0.1.4 or later.
    pub recursive: bool,
    /// Whether events describe what they are about, which needs an agent of 0.6.3 or later.
    pub include_entry: bool,
    /// Whether a directory on a network mount is watched, where events may be missing. It needs an
    /// agent of 0.6.4 or later.
    pub allow_network_mounts: bool,
}

impl Files {
    /// Watches a directory, and returns once it is watched.
    ///
    /// Fails with the kind [`FileNotFound`](ErrorKind::FileNotFound) where there is none,
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where it is a file, and
    /// [`Template`](ErrorKind::Template) where the agent is too old for an option.
    pub async fn watch_dir(&self, path: &str, options: WatchOptions) -> Result<Watch> {
        const OPERATION: &str = "files.watch_dir";
        self.check_watch(OPERATION, path, &options)?;
        let request = WatchDirRequest {
            path: path.to_owned(),
            recursive: options.recursive,
            include_entry: options.include_entry,
            allow_network_mounts: options.allow_network_mounts,
            ..Default::default()
        };
        let timeout = options.timeout.unwrap_or(defaults::COMMAND_TIMEOUT);
        let limit = match timeout {
            Duration::ZERO => Limit::from_now(timeout),
            timeout => Limit::from_now(timeout.saturating_add(GRACE)),
        };
        let user = options.user.as_deref();
        let watch = async |client: Filesystem| {
            let call: CallOptions = self.call_options(user, call_options(timeout));
            client.watch_dir_with_options(request.clone(), call).await
        };
        let start = self.agent.limit(options.request_timeout).earlier(limit);
        let active = self.agent.begin();
        let opened = async {
            let (stream, slot) = self.agent.call(start, watch).await?;
            let mut events = Events {
                agent: Arc::clone(&self.agent),
                stream,
                slot,
                limit: start,
                _active: active,
            };
            let first = events.message().await?;
            events.limit = limit;
            Ok((first, events))
        };
        match opened.await {
            Ok((Some(Some(Event::Start(_))), events)) => Ok(Watch(Arc::new(Feed::new(events)))),
            Ok((other, _)) => {
                let message = Naming::current().no_watch_start(&format!("{other:?}"));
                Err(Error::new(ErrorKind::Unexpected, OPERATION, message))
            }
            Err(failure) => Err(self.explain(OPERATION, Stage::Opening, failure).await),
        }
    }

    /// Checks what to watch, and that the agent can.
    pub(super) fn check_watch(
        &self,
        operation: &'static str,
        path: &str,
        options: &WatchOptions,
    ) -> Result<()> {
        check(operation, path, options.user.as_deref())?;
        let wants = [
            (
                options.recursive,
                AgentVersion::RECURSIVE_WATCH,
                "use recursive watching",
            ),
            (
                options.include_entry,
                AgentVersion::EVENT_ENTRY,
                "include entry info in watch events",
            ),
            (
                options.allow_network_mounts,
                AgentVersion::NETWORK_MOUNTS,
                "watch directories on network mounts",
            ),
        ];
        for (is_wanted, version, what) in wants {
            if is_wanted && self.agent.version < version {
                let message = format!("You need to update the template to {what}.");
                return Err(Error::new(ErrorKind::Template, operation, message));
            }
        }
        Ok(())
    }
}

/// The watch of a directory. Clones are the same one.
///
/// Dropping the last ends it. While it is there, it is a use of the sandbox. Events that nobody
/// takes wait in the sandbox, which ends a watch when there are too many of them.
#[derive(Clone)]
pub struct Watch(Arc<Feed<Events>>);

impl Watch {
    /// The next event, as soon as there is one; none when the watch was stopped, and after an error.
    ///
    /// At its timeout, a watch ends with an error of the kind
    /// [`RequestTimeout`](ErrorKind::RequestTimeout). Giving up a call loses nothing: the next one
    /// goes on where it was.
    pub async fn next(&self) -> Option<Result<FilesystemEvent>> {
        self.0.next().await
    }

    /// Stops watching. Doing so again changes nothing.
    pub fn stop(&self) {
        self.0.close();
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watch").finish_non_exhaustive()
    }
}

struct Events {
    agent: Arc<Agent>,
    stream: ServerStream<ResponseBody, WatchDirResponseView<'static>>,
    slot: FailureSlot,
    limit: Limit,
    /// The stream is a use of the sandbox.
    _active: Active,
}

impl Events {
    /// The next message; in it may be nothing that is known here.
    async fn message(&mut self) -> Result<Option<Option<Event>>, Failure> {
        let read = async {
            let message: Result<Option<StreamMessage<WatchDirResponse>>, ConnectError> =
                self.stream.message().await;
            let message = message.map_err(|error| self.slot.failure(error))?;
            Ok(message.map(|message| message.to_owned_message().event))
        };
        within(self.limit, read).await
    }
}

impl Pieces for Events {
    type Piece = FilesystemEvent;

    async fn next(&mut self) -> Result<Option<FilesystemEvent>> {
        loop {
            match self.message().await {
                Ok(Some(Some(Event::Filesystem(event)))) => {
                    if let Some(event) = FilesystemEvent::new(*event) {
                        return Ok(Some(event));
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(failure) => {
                    let operation = "watch.next";
                    let explained = explain(&self.agent, operation, Stage::Stream, failure);
                    return Err(explained.await);
                }
            }
        }
    }
}
