//! How what happens to a process reaches those who follow it.
//!
//! Every follower has a queue of bounded length. While one is full the process's output waits in
//! its pipe, so that no follower uses more memory than its queue and none misses anything; one that
//! takes nothing for [`STALL`] is cut off with an error, so that it holds up nobody for ever.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use bytes::Bytes;
use connectrpc::ConnectError;
use futures::Stream;
use sandspan_protocol::rpc::process::{
    ProcessEvent,
    process_event::{
        DataEvent, EndEvent, Event as EventKind, KeepAlive, StartEvent, data_event::Output,
    },
};
use tokio::{
    sync::mpsc,
    time::{sleep_until, timeout},
};

/// How many events wait for a follower.
const QUEUE: usize = 64;

/// How long a follower may take nothing while its queue is full.
const STALL: Duration = Duration::from_secs(30);

/// Something that happened to a process.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Start(u32),
    Stdout(Bytes),
    Stderr(Bytes),
    End(EndEvent),
    /// Its time ran out and it was killed.
    TimedOut,
}

/// A follower's end of its queue.
#[derive(Debug)]
pub(crate) struct Subscription(mpsc::Receiver<Event>);

impl Subscription {
    /// A queue with these events and nothing more.
    pub(crate) fn of<const COUNT: usize>(events: [Event; COUNT]) -> Self {
        let (sender, receiver) = mpsc::channel(COUNT);
        for event in events {
            sender.try_send(event).expect("the queue holds this many");
        }
        Self(receiver)
    }
}

/// The followers of a process.
#[derive(Debug, Default)]
pub(crate) struct Followers(Mutex<Vec<mpsc::Sender<Event>>>);

impl Followers {
    /// Adds a follower, who first hears of the start.
    pub(crate) fn add(&self, pid: u32) -> Subscription {
        let (sender, receiver) = mpsc::channel(QUEUE);
        sender
            .try_send(Event::Start(pid))
            .expect("the queue is empty");
        self.lock().push(sender);
        Subscription(receiver)
    }

    /// Tells all followers, and waits for those whose queue is full.
    pub(crate) async fn tell(&self, event: Event) {
        let full: Vec<_> = {
            let mut followers = self.lock();
            followers.retain(|follower| !follower.is_closed());
            followers
                .iter()
                .filter(|it| it.try_send(event.clone()).is_err())
                .cloned()
                .collect()
        };
        for follower in full {
            if timeout(STALL, follower.send(event.clone())).await.is_err() {
                // Its stream ends without an end event when the queue's last sender is gone.
                self.lock().retain(|other| !other.same_channel(&follower));
            }
        }
    }

    /// Ends all queues.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<mpsc::Sender<Event>>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The events as a client gets them: with a sign of life whenever nothing happened for the interval,
/// and an error at the deadline, if there is one for this follower alone.
pub(crate) fn stream(
    subscription: Subscription,
    keepalive: Duration,
    deadline: Option<Instant>,
) -> impl Stream<Item = Result<ProcessEvent, ConnectError>> + Send {
    let deadline = deadline.map(tokio::time::Instant::from_std);
    futures::stream::unfold(Some(subscription.0), move |queue| async move {
        let mut queue = queue?;
        let at_deadline = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            received = timeout(keepalive, queue.recv()) => match received {
                Ok(Some(Event::TimedOut)) => Some((Err(deadline_exceeded()), None)),
                Ok(Some(event @ Event::End(_))) => Some((Ok(message(event)), None)),
                Ok(Some(event)) => Some((Ok(message(event)), Some(queue))),
                Ok(None) => Some((Err(too_slow()), None)),
                Err(_) => Some((Ok(alive()), Some(queue))),
            },
            () = at_deadline => Some((Err(deadline_exceeded()), None)),
        }
    })
}

fn deadline_exceeded() -> ConnectError {
    ConnectError::deadline_exceeded("context deadline exceeded")
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
