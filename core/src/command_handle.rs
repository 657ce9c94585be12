//! A running command.

use std::{
    fmt,
    sync::{Arc, MutexGuard},
};

use bytes::Bytes;
use tokio::task::AbortHandle;

use crate::{
    Commands, Error, ErrorKind, Naming, Result,
    events::{Events, Exit},
    input::Target,
    output::Output,
    progress::{Progress, State},
};

const OPERATION: &str = "command.wait";

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResult {
    /// All that it wrote to its standard error, if it was kept.
    pub stderr: String,
    /// All that it wrote to its standard output, if it was kept.
    pub stdout: String,
    /// Its exit code; -1 when a signal ended it.
    pub exit_code: i32,
    /// How it ended, in words, when the exit code is not 0.
    pub error: Option<String>,
    /// Whether the output was kept; otherwise both texts are empty. See
    /// [`RunOptions::retain_output`](crate::RunOptions::retain_output).
    pub retained: bool,
}

/// A running command or terminal.
///
/// A task of its own reads its output. The text of a command is kept, whether or not anybody takes
/// it, unless [`RunOptions::retain_output`](crate::RunOptions::retain_output) says otherwise. What
/// is not kept, and that is all of a terminal's output, waits to be taken by
/// [`next_output`](Self::next_output): up to 1 MiB, then nothing more is read until some is taken,
/// so that a slow consumer slows the process down and costs no memory. The agent waits for such a
/// consumer too, the local runtime's for 30 s without any progress, and then ends the following, not
/// the process. Where somebody waits for the end and nobody ever took a piece, and after
/// [`discard_output`](Self::discard_output), what waits is thrown away instead.
///
/// Clones are handles of the same command. Dropping the last one stops the reading, never the
/// command.
#[derive(Clone)]
pub struct CommandHandle {
    following: Arc<Following>,
}

struct Following {
    commands: Commands,
    target: Target,
    pid: u32,
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl CommandHandle {
    /// A handle of a command, or of a terminal, whose output is read from now on and kept or not.
    pub(crate) fn new(
        commands: Commands,
        target: Target,
        pid: u32,
        keeps: bool,
        mut events: Events,
    ) -> Self {
        let progress = Arc::new(Progress::new(keeps));
        let noted = Arc::clone(&progress);
        let reading = async move {
            let ending = noted.follow(&mut events).await;
            if ending.is_ok() {
                events.close();
            }
            noted.end(ending);
        };
        let task = tokio::spawn(reading).abort_handle();
        Self {
            following: Arc::new(Following {
                commands,
                target,
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
        self.following.progress.next_piece().await
    }

    /// Says that nobody will take pieces of its output, so that what is not kept is thrown away and
    /// holds up nothing.
    pub fn discard_output(&self) {
        self.following.progress.discard();
    }

    /// Waits for its end, and gives the same answer however often it is called. It takes no pieces
    /// of [`next_output`](Self::next_output). Where the output is not kept, either all pieces are to
    /// be taken before or meanwhile, or none at all.
    ///
    /// An exit code other than 0 is an error of the kind [`ErrorKind::CommandExit`], which carries
    /// the result.
    pub async fn wait(&self) -> Result<CommandResult> {
        let (exit, texts, retained) = self.following.progress.ended().await?;
        finished(OPERATION, exit, texts, retained)
    }

    /// Its standard output so far, if it is kept.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.state().transcript.stdout().to_owned()
    }

    /// Its standard error so far, if it is kept.
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
        self.following.progress.give_up(error);
    }

    /// Writes to the input of a command. See [`Commands::send_stdin`].
    ///
    /// Fails with the kind [`ErrorKind::Unsupported`] for a terminal, which has
    /// [`Pty::send_input`](crate::Pty::send_input).
    pub async fn send_stdin(&self, data: Bytes) -> Result<()> {
        self.check_stdin("command.send_stdin")?;
        self.following
            .commands
            .send_stdin(self.pid(), data, None)
            .await
    }

    /// Closes the input of a command. See [`Commands::close_stdin`].
    ///
    /// Fails with the kind [`ErrorKind::Unsupported`] for a terminal, to which Ctrl+D says the same.
    pub async fn close_stdin(&self) -> Result<()> {
        self.check_stdin("command.close_stdin")?;
        self.following.commands.close_stdin(self.pid(), None).await
    }

    fn check_stdin(&self, operation: &'static str) -> Result<()> {
        match self.following.target {
            Target::Stdin => Ok(()),
            Target::Terminal => {
                let message = "Sending stdin is not supported for this command handle.";
                Err(Error::new(ErrorKind::Unsupported, operation, message))
            }
        }
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
    retained: bool,
) -> Result<CommandResult> {
    let result = CommandResult {
        stderr,
        stdout,
        exit_code: exit.code,
        error: exit.error,
        retained,
    };
    if result.exit_code == 0 {
        return Ok(result);
    }
    let message = Naming::current().command_exit(&result);
    Err(Error::new(ErrorKind::CommandExit, operation, message).with_command_result(result))
}
