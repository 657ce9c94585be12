//! A process while it runs.

use std::{io, os::fd::OwnedFd, process::ExitStatus, sync::Arc, time::Duration};

use buffa::MessageField;
use bytes::{Bytes, BytesMut};
use connectrpc::ConnectError;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use sandspan_protocol::rpc::process::{
    ProcessConfig, ProcessInfo, ProcessInput, StartRequest, process_input::Input,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::unix::pipe,
    sync::{Mutex, Notify, oneshot},
};

use super::{
    events::{Event, Followers, Subscription},
    exit,
    spawn::Spawned,
    table::Table,
};
use crate::suspension::Suspension;

/// The most output that one event carries.
const CHUNK: usize = 32 * 1024;

/// What can be asked of a process while it runs.
pub(crate) struct Running {
    pid: Pid,
    config: ProcessConfig,
    tag: Option<String>,
    stdin: Mutex<Option<pipe::Sender>>,
    followers: Followers,
    signalled: Notify,
}

/// Registers a process that was just started, looks after it until its end, and follows it.
pub(crate) fn run(
    spawned: Spawned,
    request: StartRequest,
    timeout: Option<Duration>,
    suspension: &Arc<Suspension>,
    table: &Arc<Table>,
) -> Subscription {
    let stdin = spawned
        .stdin
        .and_then(|stdin| pipe::Sender::from_owned_fd(stdin).ok());
    let process = Arc::new(Running {
        pid: spawned.pid,
        config: request.process.into_option().unwrap_or_default(),
        tag: request.tag,
        stdin: Mutex::new(stdin),
        followers: Followers::default(),
        signalled: Notify::new(),
    });
    let subscription = process.subscribe();
    table.add(Arc::clone(&process));
    let output = Output {
        stdout: reader(spawned.stdout),
        stderr: reader(spawned.stderr),
    };
    tokio::spawn(look_after(
        process,
        output,
        spawned.exit,
        (timeout, Arc::clone(suspension)),
        Arc::clone(table),
    ));
    subscription
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    pub(crate) fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    pub(crate) fn info(&self) -> ProcessInfo {
        ProcessInfo {
            config: self.config.clone().into(),
            pid: self.pid(),
            tag: self.tag.clone(),
            ..Default::default()
        }
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        self.followers.add(self.pid())
    }

    /// Sends a signal to the process and all of its group, and stops waiting for children of it
    /// that keep its output open.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), ConnectError> {
        killpg(self.pid, signal).map_err(|problem| {
            ConnectError::internal(format!("error sending signal: {problem}"))
        })?;
        self.signalled.notify_one();
        Ok(())
    }

    pub(crate) async fn write<Pointer>(
        &self,
        input: &MessageField<ProcessInput, Pointer>,
    ) -> Result<(), ConnectError>
    where
        Pointer: buffa::ProtoBox<ProcessInput>,
    {
        let failed = |problem: &dyn std::fmt::Display| {
            ConnectError::internal(format!("error writing to stdin: {problem}"))
        };
        match &input.input {
            Some(Input::Stdin(bytes)) => match self.stdin.lock().await.as_mut() {
                Some(stdin) => stdin
                    .write_all(bytes)
                    .await
                    .map_err(|problem| failed(&problem)),
                None => Err(failed(&"stdin not enabled or closed")),
            },
            Some(Input::Pty(_)) => Err(ConnectError::internal(
                "error writing to tty: tty not assigned to process",
            )),
            None => Err(ConnectError::invalid_argument(
                "input must be for stdin or for the pty",
            )),
        }
    }

    pub(crate) async fn close_stdin(&self) {
        self.stdin.lock().await.take();
    }
}

struct Output {
    stdout: Option<pipe::Receiver>,
    stderr: Option<pipe::Receiver>,
}

fn reader(pipe: OwnedFd) -> Option<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(pipe).ok()
}

/// Passes output on until the process has ended and its output is closed, or it was told to end.
async fn look_after(
    process: Arc<Running>,
    mut output: Output,
    mut exit: oneshot::Receiver<ExitStatus>,
    (timeout, suspension): (Option<Duration>, Arc<Suspension>),
    table: Arc<Table>,
) {
    let at_deadline = async {
        match timeout {
            Some(timeout) => suspension.sleep(timeout).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(at_deadline);
    let (mut status, mut signalled, mut timed_out) = (None, false, false);
    while status.is_none() || !(signalled || output.is_closed()) {
        tokio::select! {
            event = output.next(), if !output.is_closed() => process.followers.tell(event).await,
            ended = &mut exit, if status.is_none() => status = Some(ended.unwrap_or_default()),
            () = process.signalled.notified() => signalled = true,
            () = &mut at_deadline, if !timed_out => {
                timed_out = true;
                // It may have ended by itself at this very moment.
                let _ = process.signal(Signal::SIGKILL);
            }
        }
    }
    while let Some(event) = output.take_ready() {
        process.followers.tell(event).await;
    }
    let end = exit::event(status.unwrap_or_default());
    let last = if timed_out {
        Event::TimedOut
    } else {
        Event::End(end.clone())
    };
    table.end(&process, end);
    process.followers.tell(last).await;
    process.followers.close();
}

impl Output {
    fn is_closed(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// The next piece of output; an empty one when a stream was closed.
    async fn next(&mut self) -> Event {
        tokio::select! {
            bytes = read(&mut self.stdout), if self.stdout.is_some() => Event::Stdout(bytes),
            bytes = read(&mut self.stderr), if self.stderr.is_some() => Event::Stderr(bytes),
        }
    }

    /// A piece of output that has already been written, if there is one.
    fn take_ready(&mut self) -> Option<Event> {
        try_read(&mut self.stdout)
            .map(Event::Stdout)
            .or_else(|| try_read(&mut self.stderr).map(Event::Stderr))
    }
}

async fn read(pipe: &mut Option<pipe::Receiver>) -> Bytes {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    let count = match pipe {
        Some(open) => open.read_buf(&mut buffer).await.unwrap_or_default(),
        None => std::future::pending().await,
    };
    if count == 0 {
        *pipe = None;
    }
    buffer.freeze()
}

fn try_read(pipe: &mut Option<pipe::Receiver>) -> Option<Bytes> {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    match pipe.as_mut()?.try_read_buf(&mut buffer) {
        Ok(1..) => Some(buffer.freeze()),
        Err(problem) if problem.kind() == io::ErrorKind::Interrupted => try_read(pipe),
        _ => None,
    }
}
