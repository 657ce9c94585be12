//! What happens to a process, and how a client gets to hear of it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use connectrpc::ConnectError;
use futures::Stream;
use sandspan_protocol::rpc::process::{
    ProcessEvent,
    process_event::{
        DataEvent, EndEvent, Event as EventKind, KeepAlive, StartEvent, data_event::Output,
    },
};
use tokio::time::timeout;

use super::followers::{STALL, Subscription};
use crate::keepalive::{deadline_exceeded, wait_until};

/// Something that happened to a process.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Start(u32),
    Stdout(Bytes),
    Stderr(Bytes),
    Pty(Bytes),
    End(EndEvent),
    /// Its time ran out and it was killed.
    TimedOut,
}

impl Event {
    /// How many bytes of output it carries.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Stdout(bytes) | Self::Stderr(bytes) | Self::Pty(bytes) => bytes.len(),
            Self::Start(_) | Self::End(_) | Self::TimedOut => 0,
        }
    }
}

/// The events as a client gets them: with a sign of life whenever nothing happened for the interval,
/// and an error at the deadline, if there is one for this follower alone.
pub(crate) fn stream(
    subscription: Subscription,
    keepalive: Duration,
    deadline: Option<Instant>,
) -> impl Stream<Item = Result<ProcessEvent, ConnectError>> + Send {
    futures::stream::unfold(Some(subscription), move |queue| async move {
        let mut queue = queue?;
        tokio::select! {
            biased;
            received = timeout(keepalive, queue.next()) => match received {
                Ok(Some(Event::TimedOut)) => Some((Err(deadline_exceeded()), None)),
                Ok(Some(event @ Event::End(_))) => Some((Ok(message(event)), None)),
                Ok(Some(event)) => Some((Ok(message(event)), Some(queue))),
                Ok(None) => Some((Err(too_slow()), None)),
                Err(_) => Some((Ok(alive()), Some(queue))),
            },
            () = wait_until(deadline) => Some((Err(deadline_exceeded()), None)),
        }
    })
}

fn too_slow() -> ConnectError {
    let seconds = STALL.as_secs();
    ConnectError::resource_exhausted(format!("no output was taken for {seconds} seconds"))
}

fn message(event: Event) -> ProcessEvent {
    let output = |output| {
        EventKind::Data(Box::new(DataEvent {
            output: Some(output),
            ..Default::default()
        }))
    };
    let kind = match event {
        Event::Start(pid) => EventKind::Start(Box::new(StartEvent {
            pid,
            ..Default::default()
        })),
        Event::Stdout(bytes) => output(Output::Stdout(bytes.into())),
        Event::Stderr(bytes) => output(Output::Stderr(bytes.into())),
        Event::Pty(bytes) => output(Output::Pty(bytes.into())),
        Event::End(end) => EventKind::End(Box::new(end)),
        Event::TimedOut => unreachable!("the stream ends with an error instead"),
    };
    ProcessEvent {
        event: Some(kind),
        ..Default::default()
    }
}

fn alive() -> ProcessEvent {
    let kind = EventKind::Keepalive(Box::<KeepAlive>::default());
    ProcessEvent {
        event: Some(kind),
        ..Default::default()
    }
}
