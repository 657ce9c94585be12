//! The events of one process in a sandbox.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use connectrpc::{
    ConnectError, StreamMessage,
    client::{CallOptions, ServerStream},
};
use sandspan_protocol::{
    defaults, headers,
    rpc::process::{
        __buffa::view::oneof::process_event::{Event as EventView, data_event::Output},
        ConnectResponse, ConnectResponseView, ProcessEventView, StartResponse, StartResponseView,
    },
};

use crate::{
    Error, ErrorKind, Naming, Result,
    agent::{Agent, Process},
    diagnosis::Stage,
    lease::Active,
    output::Stream,
    transport::{Failure, FailureSlot, Limit, ResponseBody, within},
};

/// How much longer than the agent, which ends a command in time, its client waits for the news.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// How long the end of a stream may follow after the end of its process.
const CLOSING: Duration = Duration::from_secs(1);

/// The largest timeout that the header has digits for, in milliseconds.
const LONGEST: u128 = 9_999_999_999;

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exit {
    pub(crate) code: i32,
    pub(crate) error: Option<String>,
}

#[derive(Debug)]
enum Event {
    Start(u32),
    Data(Stream, Bytes),
    End(Exit),
    /// A sign of life, or something that is not known here.
    Other,
}

/// What reading the events comes to.
#[derive(Debug)]
pub(crate) enum Step {
    Output(Stream, Bytes),
    End(Exit),
}

/// How long a stream of events may take to start, and to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) start: Limit,
    /// Zero means without limit.
    pub(crate) end: Duration,
}

/// The RPC that the events come from.
pub(crate) enum Source {
    Start(ServerStream<ResponseBody, StartResponseView<'static>>),
    Connect(ServerStream<ResponseBody, ConnectResponseView<'static>>),
}

impl Source {
    async fn next(&mut self) -> Result<Option<Event>, ConnectError> {
        Ok(match self {
            Self::Start(stream) => {
                let message: Option<StreamMessage<StartResponse>> = stream.message().await?;
                message.map(|message| event(message.view().event.as_option(), message.bytes()))
            }
            Self::Connect(stream) => {
                let message: Option<StreamMessage<ConnectResponse>> = stream.message().await?;
                message.map(|message| event(message.view().event.as_option(), message.bytes()))
            }
        })
    }
}

/// An event, its data not copied but shared with the message.
fn event(view: Option<&ProcessEventView<'_>>, message: &Bytes) -> Event {
    match view.and_then(|view| view.event.as_ref()) {
        Some(EventView::Start(start)) => Event::Start(start.pid),
        Some(EventView::Data(data)) => match &data.output {
            Some(Output::Stdout(bytes)) => Event::Data(Stream::Stdout, message.slice_ref(bytes)),
            Some(Output::Stderr(bytes)) => Event::Data(Stream::Stderr, message.slice_ref(bytes)),
            Some(Output::Pty(bytes)) => Event::Data(Stream::Terminal, message.slice_ref(bytes)),
            None => Event::Other,
        },
        Some(EventView::End(end)) => Event::End(Exit {
            code: end.exit_code,
            error: end.error.map(str::to_owned),
        }),
        Some(EventView::Keepalive(_)) | None => Event::Other,
    }
}

/// The events of one process, from its start to its end.
pub(crate) struct Events {
    agent: Arc<Agent>,
    operation: &'static str,
    source: Source,
    slot: FailureSlot,
    limit: Limit,
    /// The stream is a use of the sandbox.
    active: Active,
}

impl Events {
    /// Opens the stream, made anew by `open` for each attempt, and reads the process's id.
    pub(crate) async fn open<F>(
        agent: Arc<Agent>,
        operation: &'static str,
        timing: Timing,
        open: impl Fn(Process, CallOptions) -> F,
    ) -> Result<(u32, Self)>
    where
        F: Future<Output = Result<Source, ConnectError>>,
    {
        let limit = match timing.end {
            Duration::ZERO => Limit::from_now(Duration::ZERO),
            end => Limit::from_now(end.saturating_add(GRACE)),
        };
        let start = timing.start.earlier(limit);
        let call = |process| open(process, call_options(timing.end));
        let active = agent.begin();
        let opened = async {
            let (source, slot) = agent.call(start, call).await?;
            let mut events = Self {
                agent: Arc::clone(&agent),
                operation,
                source,
                slot,
                limit: start,
                active,
            };
            let first = events.next().await?;
            events.limit = limit;
            Ok((first, events))
        };
        match opened.await {
            Ok((Some(Event::Start(pid)), events)) => Ok((pid, events)),
            Ok((other, _)) => {
                let message = Naming::current().no_start(&format!("{other:?}"));
                Err(Error::new(ErrorKind::Unexpected, operation, message))
            }
            Err(failure) => {
                let stage = if limit.is_over() {
                    Stage::Stream
                } else {
                    Stage::Opening
                };
                Err(agent.explain(operation, stage, failure).await)
            }
        }
    }

    async fn next(&mut self) -> Result<Option<Event>, Failure> {
        next(&mut self.source, &self.slot, self.limit).await
    }

    /// The next output, or the end of the process, after which nothing comes.
    pub(crate) async fn step(&mut self) -> Result<Step> {
        loop {
            match self.next().await {
                Ok(Some(Event::Data(stream, bytes))) => return Ok(Step::Output(stream, bytes)),
                Ok(Some(Event::Start(_) | Event::Other)) => {}
                Ok(Some(Event::End(exit))) => return Ok(Step::End(exit)),
                Ok(None) => {
                    let message = Naming::current().no_result();
                    return Err(Error::new(ErrorKind::Unexpected, self.operation, message));
                }
                Err(failure) => return Err(self.explain(failure).await),
            }
        }
    }

    /// Awaits something within the time of the stream, which is not read meanwhile.
    pub(crate) async fn pause(&self, until: impl Future<Output = ()>) -> Result<()> {
        let until = async {
            until.await;
            Ok(())
        };
        match within(self.limit, until).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.explain(failure).await),
        }
    }

    async fn explain(&self, failure: Failure) -> Error {
        let explained = self.agent.explain(self.operation, Stage::Stream, failure);
        explained.await
    }

    /// Reads on to the end of the stream, which nobody waits for, so that its connection can be
    /// used again. The use of the sandbox is over.
    pub(crate) fn close(self) {
        let Self {
            mut source,
            slot,
            active,
            ..
        } = self;
        drop(active);
        let limit = Limit::from_now(CLOSING);
        tokio::spawn(
            async move { while let Ok(Some(_)) = next(&mut source, &slot, limit).await {} },
        );
    }
}

async fn next(
    source: &mut Source,
    slot: &FailureSlot,
    limit: Limit,
) -> Result<Option<Event>, Failure> {
    let read = async { source.next().await.map_err(|error| slot.failure(error)) };
    within(limit, read).await
}

pub(crate) fn call_options(timeout: Duration) -> CallOptions {
    let options = CallOptions::default()
        .with_header(headers::KEEPALIVE_INTERVAL, defaults::KEEPALIVE.as_secs());
    // Rounded up: zero would end the command at once.
    let milliseconds = timeout.as_nanos().div_ceil(1_000_000).min(LONGEST);
    match u64::try_from(milliseconds) {
        Ok(0) | Err(_) => options,
        Ok(milliseconds) => options.with_header("connect-timeout-ms", milliseconds),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::call_options;

    #[test]
    fn the_agent_learns_the_timeout() {
        let cases = [
            (Duration::ZERO, None),
            (Duration::from_nanos(1), Some("1")),
            (Duration::from_secs(60), Some("60000")),
            (Duration::MAX, Some("9999999999")),
        ];
        for (timeout, expected) in cases {
            let options = call_options(timeout);
            let headers = options.headers();
            assert_eq!(headers["keepalive-ping-interval"], "50");
            let header = headers.get("connect-timeout-ms");
            assert_eq!(header.map(|header| header.to_str().unwrap()), expected);
        }
    }
}
