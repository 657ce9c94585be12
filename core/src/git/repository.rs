//! What is done in one repository.

use super::{
    AddOptions, CommitOptions, Git, GitStatus, InitOptions, Line, ResetOptions, RestoreOptions,
    command::given, status,
};
use crate::{CommandResult, Error, ErrorKind, Result};

/// The ways to reset.
const RESET_MODES: [&str; 5] = ["soft", "mixed", "hard", "merge", "keep"];

impl Git {
    /// Makes a repository.
    pub async fn init(&self, path: &str, options: InitOptions) -> Result<CommandResult> {
        let line = Line::new("init")
            .option("--initial-branch", options.initial_branch.as_deref())
            .flag("--bare", options.bare)
            .word(path);
        self.run(&line).await
    }

    /// The state of a repository.
    pub async fn status(&self, path: &str) -> Result<GitStatus> {
        // Only so are all names written as they are.
        let words = ["--porcelain=1", "--branch", "-z"];
        let line = Line::new("status").at(path).words(words);
        Ok(status::parse(&self.run(&line).await?.stdout))
    }

    /// Stages changes.
    pub async fn add(&self, path: &str, options: AddOptions) -> Result<CommandResult> {
        let line = Line::new("add").at(path);
        let line = if !options.files.is_empty() {
            line.word("--").words(options.files)
        } else if options.all.unwrap_or(true) {
            line.word("-A")
        } else {
            line.word(".")
        };
        self.run(&line).await
    }

    /// Commits what is staged.
    pub async fn commit(
        &self,
        path: &str,
        message: &str,
        options: CommitOptions,
    ) -> Result<CommandResult> {
        let mut line = Line::new("commit").at(path);
        for (key, value) in [
            ("user.name", &options.author_name),
            ("user.email", &options.author_email),
        ] {
            if let Some(value) = given(value.as_deref()) {
                line = line.set(key, value);
            }
        }
        let line = line
            .words(["-m", message])
            .flag("--allow-empty", options.allow_empty);
        self.run(&line).await
    }

    /// Resets the current branch to a commit, or unstages paths.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] for a mode that does not exist.
    pub async fn reset(&self, path: &str, options: ResetOptions) -> Result<CommandResult> {
        let mode = given(options.mode.as_deref());
        if mode.is_some_and(|mode| !RESET_MODES.contains(&mode)) {
            let modes = RESET_MODES.join(", ");
            let message = format!("Reset mode must be one of {modes}.");
            return Err(invalid("git.reset", message));
        }
        let line = Line::new("reset")
            .at(path)
            .words(mode.map(|mode| format!("--{mode}")))
            .words(given(options.target.as_deref()))
            .flag("--", !options.paths.is_empty())
            .words(options.paths);
        self.run(&line).await
    }

    /// Restores files, or unstages them.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] without a path, and where neither is asked
    /// for.
    pub async fn restore(&self, path: &str, options: RestoreOptions) -> Result<CommandResult> {
        const OPERATION: &str = "git.restore";
        if options.paths.is_empty() {
            return Err(invalid(OPERATION, "At least one path is required."));
        }
        let staged = options.staged.unwrap_or(false);
        let worktree = options.worktree.unwrap_or(!staged);
        if !staged && !worktree {
            let message = "At least one of staged or worktree must be true.";
            return Err(invalid(OPERATION, message));
        }
        let line = Line::new("restore")
            .at(path)
            .flag("--worktree", worktree)
            .flag("--staged", staged)
            .option("--source", options.source.as_deref())
            .word("--")
            .words(options.paths);
        self.run(&line).await
    }
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}
