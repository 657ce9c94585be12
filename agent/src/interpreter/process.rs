//! The process of a kernel.

use std::{
    collections::VecDeque,
    os::unix::process::ExitStatusExt as _,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use sandspan_protocol::{
    agent::KernelConfig,
    rpc::process::{ProcessConfig, StartRequest},
};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

use super::{Shared, place::Place};
use crate::process::{Event, Mark, Output, exit_event};

/// How much of what a kernel wrote last is kept, in bytes, to tell why it ended.
const LAST_WORDS: usize = 2000;

/// How long is waited for what an ended kernel has written.
const REST: Duration = Duration::from_millis(100);

/// The process of a kernel.
pub(super) struct Process {
    pid: Pid,
    mark: Mark,
    ended: watch::Receiver<Option<ExitStatus>>,
    last_words: Arc<Mutex<VecDeque<u8>>>,
}

impl Process {
    /// Starts a kernel that listens at a place. The error is for the user.
    pub(super) fn start(
        config: &KernelConfig,
        place: &Place,
        directory: &str,
        shared: &Shared,
    ) -> Result<Self, String> {
        let file = place.file();
        let file = file.to_string_lossy();
        let mut words = config
            .argv
            .iter()
            .map(|word| word.replace("{connection_file}", &file));
        let process = ProcessConfig {
            cmd: words.next().unwrap_or_default(),
            args: words.collect(),
            envs: config.env.clone().into_iter().collect(),
            cwd: Some(directory.to_owned()),
            ..Default::default()
        };
        let request = StartRequest {
            process: process.into(),
            stdin: Some(false),
            ..Default::default()
        };
        let spawned = shared
            .parts
            .surroundings
            .spawn(&request, &shared.user, &shared.parts.reaper)
            .map_err(|problem| problem.message.unwrap_or_default())?;
        shared
            .parts
            .log
            .process_started(spawned.pid, &request, &shared.user.name);
        let (sender, ended) = watch::channel(None);
        let last_words = Arc::default();
        let life = Life {
            pid: spawned.pid,
            mark: spawned.mark,
            output: spawned.output,
            last_words: Arc::clone(&last_words),
        };
        let log = Arc::clone(&shared.parts.log);
        tokio::spawn(async move {
            let status = life.look_after(spawned.exit).await;
            log.process_ended(spawned.pid, &exit_event(status));
            sender.send_replace(Some(status));
        });
        Ok(Self {
            pid: spawned.pid,
            mark: spawned.mark,
            ended,
            last_words,
        })
    }

    /// Waits for its end.
    pub(super) async fn ended(&self) -> ExitStatus {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        // Nobody would tell of it any more, which happens when all ends.
        status.ok().and_then(|status| *status).unwrap_or_default()
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Interrupts what it does, and what it started in its process group.
    pub(super) fn interrupt(&self) {
        self.signal_group(Signal::SIGINT);
    }

    fn signal_group(&self, signal: Signal) {
        if !self.has_ended() {
            // It may end at this moment.
            let _ = killpg(self.pid, signal);
        }
    }

    /// Stops it where it is, until it goes on.
    pub(super) fn stop(&self) {
        self.signal_group(Signal::SIGSTOP);
    }

    /// Lets it go on.
    pub(super) fn go_on(&self) {
        self.signal_group(Signal::SIGCONT);
    }

    /// Kills it and all that came from it.
    pub(super) fn kill(&self) {
        self.signal_group(Signal::SIGKILL);
        // What is not found now ends with the sandbox.
        let _ = self.mark.kill_all();
    }

    /// What it wrote last, for who asks why it ended.
    pub(super) fn last_words(&self) -> String {
        let mut words = self
            .last_words
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(words.make_contiguous());
        text.trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a process ended, in words.
pub(super) fn describe(status: ExitStatus) -> String {
    let told = exit_event(status).status;
    if status.signal() == Some(Signal::SIGKILL as i32) {
        format!("{told}; it may have been short of memory")
    } else {
        told
    }
}

/// What looks after a process.
struct Life {
    pid: Pid,
    mark: Mark,
    output: Output,
    last_words: Arc<Mutex<VecDeque<u8>>>,
}

impl Life {
    async fn look_after(mut self, mut exit: oneshot::Receiver<ExitStatus>) -> ExitStatus {
        let status = loop {
            tokio::select! {
                Some(event) = self.output.next() => self.keep(&event),
                status = &mut exit => break status.unwrap_or_default(),
            }
        };
        // What it left behind would hold on to its output, and to the memory it is short of.
        let _ = killpg(self.pid, Signal::SIGKILL);
        let _ = self.mark.kill_all();
        let rest = async {
            while let Some(event) = self.output.next().await {
                self.keep(&event);
            }
        };
        let _ = timeout(REST, rest).await;
        status
    }

    fn keep(&self, event: &Event) {
        if let Event::Stdout(bytes) | Event::Stderr(bytes) = event {
            let mut words = self
                .last_words
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            words.extend(bytes.iter().copied());
            let surplus = words.len().saturating_sub(LAST_WORDS);
            words.drain(..surplus);
        }
    }
}
