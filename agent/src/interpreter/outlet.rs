//! The way of an execution's lines to its client.
//!
//! It has room for [`ROOM`] bytes. While it is full the kernel is stopped, as a command is whose pipe
//! is full, so that a client may be as slow as it likes and nothing grows: kernels themselves go on,
//! and throw away what nobody takes. A client that takes nothing for [`STALL`] counts as gone, or it
//! would keep the context for ever from those who wait for it. It gets nothing more, and so no end:
//! what was cut must not look whole.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use hyper::body::Frame;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::lines;
use crate::suspension::Suspension;

/// How much waits for a client, in bytes; a line that is larger waits alone.
const ROOM: u32 = 4 * 1024 * 1024;

/// How much of the room a line takes beside itself.
const OVERHEAD: u32 = 128;

/// Lines up to this size, in bytes, are sent together.
const TOGETHER: usize = 64 * 1024;

/// How long a client may take nothing while there is no room.
const STALL: Duration = Duration::from_secs(30);

/// The client has gone, or counts as gone.
#[derive(Debug)]
pub(super) struct Gone;

struct Queued {
    line: Bytes,
    _room: OwnedSemaphorePermit,
}

/// The execution's end.
pub(super) struct Outlet {
    queue: mpsc::UnboundedSender<Queued>,
    room: Arc<Semaphore>,
    pushed: Notify,
    suspension: Arc<Suspension>,
    /// How often the client has taken something.
    taken: Arc<AtomicU64>,
    /// Whether something did not get to the client.
    has_lost: AtomicBool,
}

/// The client's end.
pub(super) struct Lines {
    queue: mpsc::UnboundedReceiver<Queued>,
    /// A line that did not fit with those before it.
    next: Option<Queued>,
    taken: Arc<AtomicU64>,
}

/// Both ends of a new one.
pub(super) fn open(suspension: Arc<Suspension>) -> (Outlet, Lines) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let taken = Arc::new(AtomicU64::default());
    let outlet = Outlet {
        queue: sender,
        room: Arc::new(Semaphore::new(ROOM as usize)),
        pushed: Notify::new(),
        suspension,
        taken: Arc::clone(&taken),
        has_lost: AtomicBool::default(),
    };
    let lines = Lines {
        queue: receiver,
        next: None,
        taken,
    };
    (outlet, lines)
}

impl Outlet {
    /// Gives lines to the client, when there is room.
    pub(super) async fn push(&self, line: impl Into<Bytes>) -> Result<(), Gone> {
        let line = line.into();
        let room = self.room(room_for(&line)).await?;
        self.pushed.notify_one();
        let queued = Queued { line, _room: room };
        self.queue.send(queued).map_err(|_| Gone)
    }

    /// Whether there is room for a line now.
    pub(super) fn has_room(&self, line: &[u8]) -> bool {
        self.room.available_permits() >= room_for(line) as usize
    }

    /// Waits until half of the room is free.
    pub(super) async fn drained(&self) -> Result<(), Gone> {
        self.room(ROOM / 2).await.map(drop)
    }

    async fn room(&self, size: u32) -> Result<OwnedSemaphorePermit, Gone> {
        if self.has_lost.load(Ordering::Relaxed) {
            return Err(Gone);
        }
        let mut room = pin!(Arc::clone(&self.room).acquire_many_owned(size));
        loop {
            let taken = self.taken.load(Ordering::Relaxed);
            tokio::select! {
                biased;
                room = &mut room => return room.map_err(|_| Gone),
                () = self.gone() => return Err(Gone),
                () = self.suspension.sleep(STALL) => {}
            }
            if self.taken.load(Ordering::Relaxed) == taken {
                self.has_lost.store(true, Ordering::Relaxed);
                return Err(Gone);
            }
        }
    }

    /// Waits until the client has gone.
    pub(super) async fn gone(&self) {
        self.queue.closed().await;
    }

    /// Waits for a time, not counting while the sandbox stands still.
    pub(super) async fn wait(&self, time: Duration) {
        self.suspension.sleep(time).await;
    }

    /// Gives a sign of life whenever there was nothing else for the interval.
    pub(super) async fn keep_alive(&self, interval: Duration) {
        loop {
            tokio::select! {
                () = self.pushed.notified() => continue,
                () = self.suspension.sleep(interval) => {}
            }
            if self.push(lines::KEEPALIVE).await.is_err() {
                return;
            }
            self.pushed.notified().await;
        }
    }
}

fn room_for(line: &[u8]) -> u32 {
    let size = u32::try_from(line.len()).unwrap_or(ROOM);
    size.saturating_add(OVERHEAD).min(ROOM)
}

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let first = match self.next.take() {
            Some(first) => first,
            None => match ready!(self.queue.poll_recv(context)) {
                Some(first) => first,
                None => return Poll::Ready(None),
            },
        };
        self.taken.fetch_add(1, Ordering::Relaxed);
        let mut lines = BytesMut::new();
        while let Ok(next) = self.queue.try_recv() {
            if first.line.len() + lines.len() + next.line.len() > TOGETHER {
                self.next = Some(next);
                break;
            }
            if lines.is_empty() {
                lines.extend_from_slice(&first.line);
            }
            lines.extend_from_slice(&next.line);
        }
        let lines = if lines.is_empty() {
            first.line
        } else {
            lines.freeze()
        };
        Poll::Ready(Some(Ok(Frame::data(lines))))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use bytes::Bytes;
    use http_body_util::BodyExt as _;
    use tokio::time::{Instant, sleep, timeout};

    use super::{ROOM, STALL, lines::KEEPALIVE, open};

    const LINE: usize = 100 * 1024;

    fn line() -> Bytes {
        Bytes::from(vec![b'x'; LINE])
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_a_client_that_takes_nothing_counts_as_gone() {
        let (outlet, mut lines) = open(Arc::default());
        let begun = Instant::now();
        let mut pushed = 0;
        while outlet.push(line()).await.is_ok() {
            pushed += 1;
        }
        assert!(pushed * LINE <= ROOM as usize, "{pushed}");
        assert_eq!(begun.elapsed(), STALL);
        // What is cut must not look whole, although there is room again.
        while lines.queue.try_recv().is_ok() {}
        outlet.push("end").await.expect_err("it has gone");
        outlet.drained().await.expect_err("it has gone");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_little_at_a_time_is_there() {
        let (outlet, mut lines) = open(Arc::default());
        while outlet.has_room(&line()) {
            outlet.push(line()).await.expect("there is room");
        }
        let taking = tokio::spawn(async move {
            for _ in 0..30 {
                sleep(STALL / 2).await;
                lines.frame().await.expect("a line").expect("no error");
            }
        });
        outlet.drained().await.expect("it is there");
        taking.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_misses_nothing() {
        let (outlet, mut lines) = open(Arc::default());
        let pushing = tokio::spawn(async move {
            for _ in 0..100 {
                outlet.push(line()).await.expect("it is there");
            }
            outlet.push("end").await.expect("it is there");
        });
        let mut taken = 0;
        while let Some(frame) = lines.frame().await {
            taken += frame.expect("no error").into_data().expect("data").len();
            sleep(STALL / 2).await;
        }
        pushing.await.expect("it does not panic");
        assert_eq!(taken, 100 * LINE + 3);
    }

    #[tokio::test]
    async fn lines_that_wait_go_together() {
        let (outlet, lines) = open(Arc::default());
        let mut expected = String::new();
        for number in 0..1000 {
            let line = format!("{number}\n");
            expected.push_str(&line);
            outlet.push(line).await.expect("there is room");
        }
        drop(outlet);
        let mut frames = 0;
        let mut lines = lines;
        let mut text = Vec::new();
        while let Some(frame) = lines.frame().await {
            text.extend(frame.expect("no error").into_data().expect("data"));
            frames += 1;
        }
        assert_eq!((frames, text), (1, expected.into_bytes()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_one_who_has_gone() {
        let (outlet, lines) = open(Arc::default());
        drop(lines);
        timeout(Duration::ZERO, outlet.gone())
            .await
            .expect("at once");
        outlet.push(line()).await.expect_err("it has gone");
    }

    #[tokio::test(start_paused = true)]
    async fn signs_of_life_come_when_nothing_else_does() {
        let (outlet, mut lines) = open(Arc::default());
        let second = Duration::from_secs(1);
        tokio::spawn(async move {
            let work = async {
                sleep(4 * second).await;
                outlet.push("work\n").await.expect("it is there");
                sleep(11 * second).await;
            };
            tokio::select! {
                () = work => {}
                () = outlet.keep_alive(5 * second) => {}
            }
        });
        let begun = Instant::now();
        let mut told = Vec::new();
        while let Some(frame) = lines.frame().await {
            let data = frame.expect("no error").into_data().expect("data");
            told.push((begun.elapsed().as_secs(), data));
        }
        let expected = [(4, "work\n"), (9, KEEPALIVE), (14, KEEPALIVE)];
        let expected = expected.map(|(time, line)| (time, Bytes::from(line)));
        assert_eq!(told, expected);
    }
}
