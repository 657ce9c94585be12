//! A running command.
#![expect(
    clippy::unused_async,
    clippy::unused_self,
    reason = "thin for a moment"
)]

use bytes::Bytes;

use crate::{Error, ErrorKind, Result};

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

/// A piece of a command's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Of its standard output.
    Stdout(String),
    /// Of its standard error.
    Stderr(String),
}

/// A running command.
#[derive(Clone, Debug)]
pub struct CommandHandle {}

impl CommandHandle {
    /// Its process id in the sandbox.
    #[must_use]
    pub fn pid(&self) -> u32 {
        0
    }

    /// The next piece of output; none after the last.
    pub async fn next_output(&self) -> Option<Output> {
        None
    }

    /// Waits for its end.
    pub async fn wait(&self) -> Result<CommandResult> {
        Err(Error::new(ErrorKind::Unexpected, "commands", "not yet"))
    }

    /// Its standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        String::new()
    }

    /// Its standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        String::new()
    }

    /// Its exit code, once it ended.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        None
    }

    /// How it ended, in words, once it ended with another exit code than 0.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        None
    }

    /// Kills it; false when it had ended.
    pub async fn kill(&self) -> Result<bool> {
        Ok(false)
    }

    /// Stops following it; the command goes on.
    pub fn disconnect(&self) {}

    /// Writes to its input.
    pub async fn send_stdin(&self, data: Bytes) -> Result<()> {
        drop(data);
        Ok(())
    }

    /// Closes its input, so that it reads end of file.
    pub async fn close_stdin(&self) -> Result<()> {
        Ok(())
    }
}
