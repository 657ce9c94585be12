//! Input that is streamed to a process in a sandbox.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use connectrpc::ConnectError;
use futures::{Stream, StreamExt, stream};
use sandspan_protocol::{
    defaults,
    rpc::process::{
        self, StreamInputRequest,
        process_input::Input,
        stream_input_request::{DataEvent, Event, KeepAlive, StartEvent},
    },
};
use tokio::{
    sync::{Mutex, mpsc, watch},
    time::timeout,
};

use crate::{
    Error, ErrorKind, Naming, Result,
    agent::{Agent, Process},
    commands::selector,
    diagnosis::Stage,
    transport::{Failure, Limit, within},
};

/// The largest piece that input travels in, in bytes: agents accept messages of 4 MiB and less.
const PIECE: usize = 64 * 1024;

/// How many pieces wait to be sent before [`InputStream::send`] waits.
const WAITING: usize = 8;

/// What the input goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Stdin,
    Terminal,
}

impl Target {
    /// Input of this kind.
    pub(crate) fn input(self, data: Bytes) -> process::ProcessInput {
        let data = data.into();
        process::ProcessInput {
            input: Some(match self {
                Self::Stdin => Input::Stdin(data),
                Self::Terminal => Input::Pty(data),
            }),
            ..Default::default()
        }
    }

    fn operation(self) -> &'static str {
        match self {
            Self::Stdin => "commands.stream_input",
            Self::Terminal => "pty.stream_input",
        }
    }
}

/// An open way into a process, by which input arrives in the order in which it was sent.
///
/// A task of its own sends it. Clones are handles of the same way; once the last is dropped, what
/// was sent still arrives and the way is closed.
#[derive(Clone)]
pub struct InputStream {
    pid: u32,
    target: Target,
    /// How long the acknowledgement may take; zero means without limit.
    request_timeout: Duration,
    sender: Arc<Mutex<Option<mpsc::Sender<Bytes>>>>,
    /// How the way ended, once it did.
    ending: watch::Receiver<Option<Result<()>>>,
}

impl InputStream {
    /// Opens the way. Must be called in a Tokio runtime.
    pub(crate) fn open(
        agent: Arc<Agent>,
        target: Target,
        pid: u32,
        timeout: Option<Duration>,
        request_timeout: Duration,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let (end, ending) = watch::channel(None);
        let limit = Limit::from_now(timeout.unwrap_or(defaults::COMMAND_TIMEOUT));
        tokio::spawn(async move {
            let queue = Queue::new(receiver, target, pid);
            let ended = deliver(&agent, limit, queue).await;
            end.send_replace(Some(ended));
        });
        Self {
            pid,
            target,
            request_timeout,
            sender: Arc::new(Mutex::new(Some(sender))),
            ending,
        }
    }

    /// The process id of what it leads to.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends input, and waits only while much that was sent before is still to be delivered.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where there is no such process, with
    /// [`CommandTimeout`](ErrorKind::CommandTimeout) once the time of the stream is over, and with
    /// [`Unexpected`](ErrorKind::Unexpected) after [`close`](Self::close).
    pub async fn send(&self, data: Bytes) -> Result<()> {
        // Held until all pieces are sent, so that those of two callers do not mix.
        let sender = self.sender.lock().await;
        let Some(sender) = sender.as_ref() else {
            return Err(self.ended().await.err().unwrap_or_else(|| self.closed()));
        };
        let mut rest = data;
        while !rest.is_empty() {
            let piece = rest.split_to(rest.len().min(PIECE));
            if sender.send(piece).await.is_err() {
                return Err(self.ended().await.err().unwrap_or_else(|| self.closed()));
            }
        }
        Ok(())
    }

    /// Ends the stream and waits until all of it has arrived. What it leads to stays open: a command
    /// sees the end of its input after [`Commands::close_stdin`](crate::Commands::close_stdin).
    /// Doing so again changes nothing.
    ///
    /// Fails as [`send`](Self::send) does, if what was sent could not be delivered, and with the
    /// kind [`RequestTimeout`](ErrorKind::RequestTimeout) if the process does not take it in time.
    pub async fn close(&self) -> Result<()> {
        let closing = async {
            self.sender.lock().await.take();
            Ok(self.ended().await)
        };
        let closed = within(Limit::from_now(self.request_timeout), closing).await;
        closed.unwrap_or_else(|_| {
            let message = Naming::current().request_timed_out();
            let operation = self.target.operation();
            Err(Error::new(ErrorKind::RequestTimeout, operation, message))
        })
    }

    /// How the way ended, waiting for it.
    async fn ended(&self) -> Result<()> {
        let mut ending = self.ending.clone();
        match ending.wait_for(Option::is_some).await {
            Ok(ending) => ending.clone().unwrap_or(Ok(())),
            // The runtime that the task ran in is gone.
            Err(_) => Err(self.closed()),
        }
    }

    fn closed(&self) -> Error {
        let name = Naming::current().option("stream_input");
        let message = format!(
            "Cannot send input after the input handle is closed. Open a new one with \
             `sandbox.commands.{name}(pid)` or `sandbox.pty.{name}(pid)`."
        );
        Error::new(ErrorKind::Unexpected, self.target.operation(), message)
    }
}

impl fmt::Debug for InputStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("InputStream");
        debug
            .field("pid", &self.pid)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

async fn deliver(agent: &Arc<Agent>, limit: Limit, queue: Arc<Queue>) -> Result<()> {
    let operation = queue.target.operation();
    let call = async |client: Process| {
        if queue.is_begun.load(Ordering::Relaxed) {
            let message = "The connection broke after input was sent";
            return Err(ConnectError::unavailable(message));
        }
        client.stream_input(requests(Arc::clone(&queue))).await
    };
    let answer: Result<_, Failure> = agent.call(limit, call).await;
    match answer {
        Ok(_) => Ok(()),
        Err(failure) => Err(agent.explain(operation, Stage::Stream, failure).await),
    }
}

/// The input that is still to be sent.
struct Queue {
    receiver: Mutex<mpsc::Receiver<Bytes>>,
    target: Target,
    pid: u32,
    /// Whether some of it was sent, so that there is no second attempt.
    is_begun: AtomicBool,
}

impl Queue {
    fn new(receiver: mpsc::Receiver<Bytes>, target: Target, pid: u32) -> Arc<Self> {
        Arc::new(Self {
            receiver: Mutex::new(receiver),
            target,
            pid,
            is_begun: AtomicBool::new(false),
        })
    }

    /// The next message; none after the last. A sign of life where there is no input for a while.
    async fn next(&self) -> Option<Event> {
        let mut receiver = self.receiver.lock().await;
        match timeout(defaults::KEEPALIVE, receiver.recv()).await {
            Ok(Some(data)) => {
                self.is_begun.store(true, Ordering::Relaxed);
                let input = self.target.input(data).into();
                let data = DataEvent {
                    input,
                    ..Default::default()
                };
                Some(data.into())
            }
            Ok(None) => None,
            Err(_) => Some(KeepAlive::default().into()),
        }
    }
}

/// The messages of the stream, of which the first names the process.
fn requests(queue: Arc<Queue>) -> impl Stream<Item = StreamInputRequest> + Send + 'static {
    let start = StartEvent {
        process: selector(queue.pid).into(),
        ..Default::default()
    };
    let start = stream::iter([message(start.into())]);
    let rest = stream::unfold(queue, |queue| async {
        let event = queue.next().await?;
        Some((message(event), queue))
    });
    start.chain(rest)
}

fn message(event: Event) -> StreamInputRequest {
    StreamInputRequest {
        event: Some(event),
        ..Default::default()
    }
}
