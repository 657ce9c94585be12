//! Git in a sandbox.

mod branches;
mod command;
mod configuration;
mod credentials;
mod failure;
mod options;
mod remotes;
mod repository;
mod status;

use std::{collections::BTreeMap, time::Duration};

use crate::{CommandResult, Commands, Naming, Result, RunOptions};

pub use branches::GitBranches;
pub use options::{
    AddOptions, AuthenticateOptions, CloneOptions, CommitOptions, ConfigOptions, GitOptions,
    InitOptions, PullOptions, PushOptions, RemoteAddOptions, ResetOptions, RestoreOptions,
};
pub use status::{GitFileStatus, GitStatus};

use command::Line;
use credentials::Credentials;

/// The environment variables of every command, unless the caller sets them: Git is to fail where it
/// would ask for a password, and to say why in the words that its errors are known by.
const ENVS: [(&str, &str); 2] = [("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C.UTF-8")];

/// Git in a sandbox, by the `git` that is installed there. It is cheap to clone.
///
/// A command that Git fails is an error of the kind [`CommandExit`](crate::ErrorKind::CommandExit),
/// with what Git said, unless an operation says otherwise.
#[derive(Clone, Debug)]
pub struct Git {
    commands: Commands,
    options: GitOptions,
}

impl Git {
    pub(crate) fn new(commands: Commands) -> Self {
        Self {
            commands,
            options: GitOptions::default(),
        }
    }

    /// The same, with other options for its commands.
    #[must_use]
    pub fn with_options(&self, options: GitOptions) -> Self {
        Self {
            commands: self.commands.clone(),
            options,
        }
    }

    async fn run(&self, line: &Line) -> Result<CommandResult> {
        let line = line.to_string();
        // On the heap: the operations would be large futures, each made of several of these.
        Box::pin(self.commands.run(&line, self.run_options(false))).await
    }

    /// Runs a command that reads a secret from its input, where neither the list of processes nor a
    /// log shows it.
    async fn run_with_secret(&self, command: &str, secret: String) -> Result<CommandResult> {
        let starting = self.commands.start(command, self.run_options(true));
        let command = Box::pin(starting).await?;
        if let Err(error) = command.send_stdin(secret.into()).await
            // Where the command was over before it read, its end tells why.
            && command.kill().await.unwrap_or(true)
        {
            return Err(error);
        }
        command.wait().await
    }

    /// Runs a command that uses credentials for a remote repository, where there are any.
    async fn run_as(&self, line: Line, credentials: Option<&Credentials>) -> Result<CommandResult> {
        match credentials {
            None => self.run(&line).await,
            Some(credentials) => {
                let command = credentials.command(line);
                let result = self.run_with_secret(&command, credentials.input()).await;
                credentials.redacted(result)
            }
        }
    }

    fn run_options(&self, stdin: bool) -> RunOptions {
        let mut envs =
            BTreeMap::from(ENVS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        envs.extend(self.options.envs.clone());
        RunOptions {
            envs,
            user: self.options.user.clone(),
            cwd: self.options.cwd.clone(),
            timeout: Some(self.options.timeout.unwrap_or(default_timeout())),
            request_timeout: self.options.request_timeout,
            stdin,
            retain_output: None,
        }
    }
}

/// How long a command may take where the caller does not say, as people know it from the packages
/// they come from: a minute in JavaScript, elsewhere without limit.
fn default_timeout() -> Duration {
    match Naming::current() {
        Naming::JavaScript => sandspan_protocol::defaults::COMMAND_TIMEOUT,
        Naming::Python | Naming::Rust => Duration::ZERO,
    }
}
