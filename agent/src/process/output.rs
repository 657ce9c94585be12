//! What a process writes, on its way to those who follow it.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    sync::Arc,
};

use bytes::Bytes;
use rustix::{
    buffer::spare_capacity,
    io::{Errno, ioctl_fionread},
};
use tokio::{io::unix::AsyncFd, sync::Notify};

use super::{events::Event, followers::Followers};

/// The most output of a pipe that one event carries.
const PIPE_CHUNK: usize = 32 * 1024;

/// The most output of a terminal that one event carries.
const TERMINAL_CHUNK: usize = 16 * 1024;

/// The least that is made ready for output.
const LEAST: usize = 64;

/// The most that can have been written but not read when a process ends: what a pipe holds.
const LEFT: usize = 64 * 1024;

/// The output of a process: of its terminal, or of two pipes.
#[derive(Debug)]
pub(crate) struct Output {
    first: Stream,
    second: Stream,
}

impl Output {
    /// The output of a process that writes to two pipes.
    pub(crate) fn of_pipes(stdout: OwnedFd, stderr: OwnedFd) -> io::Result<Self> {
        let open = |pipe| Ok::<_, io::Error>(Some(Arc::new(nonblocking(pipe)?)));
        Ok(Self {
            first: Stream {
                file: open(stdout)?,
                chunk: PIPE_CHUNK,
                event: Event::Stdout,
            },
            second: Stream {
                file: open(stderr)?,
                chunk: PIPE_CHUNK,
                event: Event::Stderr,
            },
        })
    }

    /// The output of a process that runs in a terminal.
    pub(crate) fn of_terminal(master: Arc<AsyncFd<OwnedFd>>) -> Self {
        let stream = |file| Stream {
            file,
            chunk: TERMINAL_CHUNK,
            event: Event::Pty,
        };
        Self {
            first: stream(Some(master)),
            second: stream(None),
        }
    }

    /// Tells followers of all output until it is closed, or, once `finish` is notified, of what has
    /// already been written.
    pub(crate) async fn pass_on(mut self, followers: &Followers, finish: &Notify) {
        while let Some(event) = tokio::select! {
            biased;
            () = finish.notified() => return self.pass_on_rest(followers).await,
            event = self.next() => event,
        } {
            followers.tell(event).await;
        }
    }

    /// Somebody who lives on may write for ever, so no more is passed on than can have been there.
    async fn pass_on_rest(&mut self, followers: &Followers) {
        for stream in [&mut self.first, &mut self.second] {
            let mut left = LEFT;
            while let Some(event) = stream.take_ready() {
                left = left.saturating_sub(event.len());
                followers.tell(event).await;
                if left == 0 {
                    break;
                }
            }
        }
    }

    /// The next piece of output; none when all is closed.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            Some(event) = self.first.next(), if self.first.file.is_some() => Some(event),
            Some(event) = self.second.next(), if self.second.file.is_some() => Some(event),
            else => None,
        }
    }
}

/// Makes an open file usable without waiting in system calls.
#[expect(
    unsafe_code,
    reason = "the wrapper cannot tell that a descriptor stays the same file"
)]
pub(crate) fn nonblocking(file: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    rustix::io::ioctl_fionbio(&file, true)?;
    // SAFETY: the descriptor is owned, and nobody replaces or closes it before it is dropped.
    Ok(unsafe { AsyncFd::register(file) }?)
}

/// One stream of output.
#[derive(Debug)]
struct Stream {
    file: Option<Arc<AsyncFd<OwnedFd>>>,
    chunk: usize,
    event: fn(Bytes) -> Event,
}

impl Stream {
    /// The next piece of it; none when it was closed.
    async fn next(&mut self) -> Option<Event> {
        let file = self.file.as_ref()?;
        let read = file
            .async_io(tokio::io::Interest::READABLE, |file| read(file, self.chunk))
            .await;
        // A terminal fails when its last user has gone: that is its end of file.
        match read {
            Ok(bytes) if !bytes.is_empty() => Some((self.event)(bytes)),
            _ => {
                self.file = None;
                None
            }
        }
    }

    /// A piece of it that has already been written, if there is one.
    fn take_ready(&self) -> Option<Event> {
        let bytes = read(self.file.as_ref()?.get_ref(), self.chunk).ok()?;
        (!bytes.is_empty()).then(|| (self.event)(bytes))
    }
}

/// Reads what is there into a buffer that is no larger, for it may wait long in queues.
fn read(file: &OwnedFd, chunk: usize) -> io::Result<Bytes> {
    let waiting = ioctl_fionread(file).unwrap_or_default();
    let size = usize::try_from(waiting).unwrap_or(chunk);
    let mut buffer = Vec::with_capacity(size.clamp(LEAST, chunk));
    loop {
        match rustix::io::read(file.as_fd(), spare_capacity(&mut buffer)) {
            Ok(_) => return Ok(buffer.into()),
            Err(Errno::INTR) => {}
            Err(problem) => return Err(problem.into()),
        }
    }
}
