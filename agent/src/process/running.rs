//! A process while it runs.

use std::{process::ExitStatus, sync::Arc, time::Duration};

use connectrpc::ConnectError;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use sandspan_protocol::rpc::process::{
    ProcessConfig, ProcessInfo, StartRequest, process_event::EndEvent,
};
use tokio::sync::{Notify, oneshot};

use super::{
    events::Event,
    exit,
    followers::{Followers, Subscription},
    input::Input,
    output::Output,
    spawn::Spawned,
    table::Table,
    tree::Mark,
};
use crate::{log::Log, suspension::Suspension};

/// What can be asked of a process while it runs.
pub(crate) struct Running {
    pid: Pid,
    mark: Mark,
    config: ProcessConfig,
    tag: Option<String>,
    pub(crate) input: Input,
    followers: Followers,
    signalled: Notify,
}

/// Registers a process that was just started, looks after it until its end, and follows it.
pub(crate) fn run(
    spawned: Spawned,
    request: StartRequest,
    limit: TimeLimit,
    table: &Arc<Table>,
    log: Arc<Log>,
) -> Subscription {
    let process = Arc::new(Running {
        pid: spawned.pid,
        mark: spawned.mark,
        config: request.process.into_option().unwrap_or_default(),
        tag: request.tag,
        input: spawned.input,
        followers: Followers::default(),
        signalled: Notify::new(),
    });
    let subscription = process.subscribe();
    table.add(Arc::clone(&process));
    let life = Life {
        process,
        output: spawned.output,
        exit: spawned.exit,
        log,
    };
    tokio::spawn(life.look_after(limit, Arc::clone(table)));
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

    /// Asks the process and all of its group to end, and stops waiting for children of it that keep
    /// its output open.
    pub(crate) fn terminate(&self) -> Result<(), ConnectError> {
        match killpg(self.pid, Signal::SIGTERM) {
            // The group has ended, and the output is kept open by somebody who left it.
            Ok(()) | Err(nix::Error::ESRCH) => {}
            Err(problem) => return Err(signal_failed(&problem)),
        }
        self.signalled.notify_one();
        Ok(())
    }

    /// Kills the process and all that came from it.
    pub(crate) fn kill(&self) -> Result<(), ConnectError> {
        // The group first: it gets the signal in one step.
        let _ = killpg(self.pid, Signal::SIGKILL);
        self.mark.kill_all().map_err(|it| signal_failed(&it))?;
        self.signalled.notify_one();
        Ok(())
    }
}

fn signal_failed(problem: &dyn std::fmt::Display) -> ConnectError {
    ConnectError::internal(format!("error sending signal: {problem}"))
}

/// How long a process may run, not counting while the sandbox stands still.
pub(crate) struct TimeLimit {
    pub(crate) timeout: Option<Duration>,
    pub(crate) suspension: Arc<Suspension>,
}

impl TimeLimit {
    async fn over(&self) {
        match self.timeout {
            Some(timeout) => self.suspension.sleep(timeout).await,
            None => std::future::pending().await,
        }
    }
}

/// What is known of a process to the one who looks after it.
struct Life {
    process: Arc<Running>,
    output: Output,
    exit: oneshot::Receiver<ExitStatus>,
    log: Arc<Log>,
}

impl Life {
    /// Passes output on until the process has ended and its output is closed, or it was told to end.
    async fn look_after(mut self, limit: TimeLimit, table: Arc<Table>) {
        let process = self.process;
        let followers = &process.followers;
        let finish = Notify::new();
        // Beside all else, so that a slow follower holds up neither the deadline nor the end.
        let mut passing = std::pin::pin!(self.output.pass_on(followers, &finish));
        let mut over = std::pin::pin!(limit.over());
        // What else runs in a terminal is not waited for: a terminal ends with its first process.
        let mut enough = matches!(process.input, Input::Terminal(..));
        let (mut status, mut closed, mut timed_out) = (None, false, false);
        while status.is_none() || !(enough || closed) {
            tokio::select! {
                () = &mut passing, if !closed => closed = true,
                ended = &mut self.exit, if status.is_none() => {
                    status = Some(ended.unwrap_or_default());
                }
                () = process.signalled.notified() => enough = true,
                () = &mut over, if !timed_out => {
                    timed_out = true;
                    // What cannot be killed now is not waited for either.
                    let _ = process.kill();
                    enough = true;
                }
            }
        }
        let end = exit::event(status.unwrap_or_default());
        self.log.process_ended(process.pid, &end);
        table.end(&process, end.clone());
        if !closed {
            finish.notify_one();
            passing.await;
        }
        followers.tell(last_event(end, timed_out)).await;
        followers.close();
    }
}

fn last_event(end: EndEvent, timed_out: bool) -> Event {
    if timed_out {
        Event::TimedOut
    } else {
        Event::End(end)
    }
}
