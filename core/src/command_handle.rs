//! A running command.

use std::{
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{sync::Notify, task::AbortHandle};

use crate::{
    Commands, Error, ErrorKind, Naming, Result,
    events::{Events, Exit},
    output::{Stream, Transcript},
};

const OPERATION: &str = "command.wait";

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResult {
    /// All that it wrote to its standard error.
    pub stderr: String,
    /// All that it wrote to its standard output.
    pub stdout: String,
    /// Its exit code; -1 when a signal ended it.
    pub exit_code: i32,
    /// How it ended, in words, when the exit code is not 0.
    pub error: Option<String>,
}

/// A piece of a command's output: text, what is not UTF-8 in it as U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Of its standard output.
    Stdout(String),
    /// Of its standard error.
    Stderr(String),
}

/// A running command.
///
/// A task of its own reads its output, whether or not anybody takes it, and all of it is kept.
/// Clones are handles of the same command. Dropping the last one stops the reading, never the
/// command.
#[derive(Clone)]
pub struct CommandHandle {
    following: Arc<Following>,
}

struct Following {
    commands: Commands,
    pid: u32,
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the reading task and the handles share.
#[derive(Default)]
struct Progress {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    transcript: Transcript,
    /// How the command, or the following of it, ended.
    ending: Option<Result<Exit>>,
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes output, unless the following ended: nothing comes after the last.
    fn output(&self, stream: Stream, bytes: &[u8]) {
        let mut state = self.state();
        if state.ending.is_none() {
            state.transcript.push(stream, bytes);
            drop(state);
            self.changed.notify_waiters();
        }
    }

    fn end(&self, ending: Result<Exit>) {
        let mut state = self.state();
        state.transcript.finish();
        state.ending.get_or_insert(ending);
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits until there is an answer.
    async fn until<T>(&self, mut answer: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Before the look at the state, so that no change is missed between the two.
            changed.as_mut().enable();
            if let Some(answer) = answer(&mut self.state()) {
                return answer;
            }
            changed.await;
        }
    }
}

impl CommandHandle {
    pub(crate) fn new(commands: Commands, pid: u32, events: Events) -> Self {
        let progress = Arc::new(Progress::default());
        let noted = Arc::clone(&progress);
        let reading = async move {
            let output = |stream, bytes: &[u8]| {
                noted.output(stream, bytes);
            };
            let ending = events.read(output).await;
            noted.end(ending);
        };
        let task = tokio::spawn(reading).abort_handle();
        Self {
            following: Arc::new(Following {
                commands,
                pid,
                progress,
                task,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.following.progress.state()
    }

    /// Its process id in the sandbox.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.following.pid
    }

    /// The next piece of its output, as soon as there is one; none after the last. Every piece is
    /// handed out once, to one of the handles, and in the order in which they came. What came since
    /// the last call may be in one piece.
    pub async fn next_output(&self) -> Option<Output> {
        let next = |state: &mut State| match state.transcript.next_piece() {
            Some((Stream::Stdout, piece)) => Some(Some(Output::Stdout(piece))),
            Some((Stream::Stderr, piece)) => Some(Some(Output::Stderr(piece))),
            None => state.ending.is_some().then_some(None),
        };
        self.following.progress.until(next).await
    }

    /// Waits for its end, and gives the same answer however often it is called. It neither needs
    /// nor takes the pieces of [`next_output`](Self::next_output).
    ///
    /// An exit code other than 0 is an error of the kind [`ErrorKind::CommandExit`], which carries
    /// the result.
    pub async fn wait(&self) -> Result<CommandResult> {
        let result = |state: &mut State| {
            let exit = match state.ending.clone()? {
                Ok(exit) => exit,
                Err(error) => return Some(Err(error)),
            };
            let transcript = &state.transcript;
            let texts = (
                transcript.stdout().to_owned(),
                transcript.stderr().to_owned(),
            );
            Some(finished(OPERATION, exit, texts))
        };
        self.following.progress.until(result).await
    }

    /// Its standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.state().transcript.stdout().to_owned()
    }

    /// Its standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.state().transcript.stderr().to_owned()
    }

    /// Its exit code, once it ended.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        let state = self.state();
        Some(state.ending.as_ref()?.as_ref().ok()?.code)
    }

    /// How it ended, in words, once it ended with another exit code than 0.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let state = self.state();
        state.ending.as_ref()?.as_ref().ok()?.error.clone()
    }

    /// Kills it with SIGKILL; false when it had ended.
    pub async fn kill(&self) -> Result<bool> {
        self.following.commands.kill(self.pid(), None).await
    }

    /// Stops following it: no more output comes, and [`wait`](Self::wait) fails with the kind
    /// [`ErrorKind::Unexpected`] unless it had ended. The command goes on.
    pub fn disconnect(&self) {
        self.following.task.abort();
        let message = Naming::current().no_result();
        let error = Error::new(ErrorKind::Unexpected, OPERATION, message);
        self.following.progress.end(Err(error));
    }

    /// Writes to its input. See [`Commands::send_stdin`].
    pub async fn send_stdin(&self, data: Bytes) -> Result<()> {
        self.following
            .commands
            .send_stdin(self.pid(), data, None)
            .await
    }

    /// Closes its input. See [`Commands::close_stdin`].
    pub async fn close_stdin(&self) -> Result<()> {
        self.following.commands.close_stdin(self.pid(), None).await
    }
}

impl fmt::Debug for CommandHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("CommandHandle");
        debug
            .field("pid", &self.pid())
            .field("exit_code", &self.exit_code());
        debug.finish_non_exhaustive()
    }
}

/// What a command that ended comes to, its output given as standard output and standard error.
pub(crate) fn finished(
    operation: &'static str,
    exit: Exit,
    (stdout, stderr): (String, String),
) -> Result<CommandResult> {
    let result = CommandResult {
        stderr,
        stdout,
        exit_code: exit.code,
        error: exit.error,
    };
    if result.exit_code == 0 {
        return Ok(result);
    }
    let message = Naming::current().command_exit(&result);
    Err(Error::new(ErrorKind::CommandExit, operation, message).with_command_result(result))
}
