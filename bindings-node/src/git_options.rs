//! Options of what is done in a repository.

use std::collections::BTreeMap;

use napi_derive::napi;
use sandspan::{Error, Result};

use crate::options::{request_timeout, timeout};

/// How to run the commands of Git.
#[napi(object, object_to_js = false)]
pub struct GitOptions {
    /// Their environment variables, beside those of the sandbox.
    pub envs: Option<BTreeMap<String, String>>,
    /// The user to run them as. Default: the sandbox's default user.
    pub user: Option<String>,
    /// The directory to run them in. Default: the user's home.
    pub cwd: Option<String>,
    /// How long each may run, in milliseconds. Default: 60000; 0 means without limit.
    pub timeout_ms: Option<f64>,
    /// How long the start of each may take, in milliseconds. Default: that of the connection; 0
    /// means without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<GitOptions> for sandspan::GitOptions {
    type Error = Error;

    fn try_from(options: GitOptions) -> Result<Self> {
        Ok(Self {
            envs: options.envs.unwrap_or_default(),
            user: options.user,
            cwd: options.cwd,
            timeout: timeout(options.timeout_ms)?,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// How to make a repository.
#[napi(object, object_to_js = false)]
pub struct GitInitOptions {
    /// Whether it has no working tree. Default: false.
    pub bare: Option<bool>,
    /// The name of its first branch. Default: Git's.
    pub initial_branch: Option<String>,
}

impl From<GitInitOptions> for sandspan::InitOptions {
    fn from(options: GitInitOptions) -> Self {
        let defaults = Self::default();
        Self {
            bare: options.bare.unwrap_or(defaults.bare),
            initial_branch: options.initial_branch,
        }
    }
}

/// What to stage.
#[napi(object, object_to_js = false)]
pub struct GitAddOptions {
    /// The files. Default: all changes, as `all` says.
    pub files: Option<Vec<String>>,
    /// Whether changes of the whole working tree are meant where no file is named, or only those
    /// below the repository's path. Default: true.
    pub all: Option<bool>,
}

impl From<GitAddOptions> for sandspan::AddOptions {
    fn from(options: GitAddOptions) -> Self {
        let defaults = Self::default();
        Self {
            files: options.files.unwrap_or(defaults.files),
            all: options.all,
        }
    }
}

/// How to commit.
#[napi(object, object_to_js = false)]
pub struct GitCommitOptions {
    /// Whose commit it is. Default: the configured name.
    pub author_name: Option<String>,
    /// The address of that author. Default: the configured one.
    pub author_email: Option<String>,
    /// Whether a commit without changes is one. Default: false.
    pub allow_empty: Option<bool>,
}

impl From<GitCommitOptions> for sandspan::CommitOptions {
    fn from(options: GitCommitOptions) -> Self {
        let defaults = Self::default();
        Self {
            author_name: options.author_name,
            author_email: options.author_email,
            allow_empty: options.allow_empty.unwrap_or(defaults.allow_empty),
        }
    }
}

/// What to reset.
#[napi(object, object_to_js = false)]
pub struct GitResetOptions {
    /// How. Default: Git's, which is `mixed`.
    #[napi(ts_type = "'soft' | 'mixed' | 'hard' | 'merge' | 'keep'")]
    pub mode: Option<String>,
    /// The commit to go to. Default: the current one.
    pub target: Option<String>,
    /// The only paths to unstage.
    pub paths: Option<Vec<String>>,
}

impl From<GitResetOptions> for sandspan::ResetOptions {
    fn from(options: GitResetOptions) -> Self {
        let defaults = Self::default();
        Self {
            mode: options.mode,
            target: options.target,
            paths: options.paths.unwrap_or(defaults.paths),
        }
    }
}

/// What to restore.
#[napi(object, object_to_js = false)]
pub struct GitRestoreOptions {
    /// The paths, of which there must be one; `.` is all.
    pub paths: Vec<String>,
    /// Whether to unstage them. Default: false.
    pub staged: Option<bool>,
    /// Whether to undo changes of the files. Default: true, unless they are unstaged.
    pub worktree: Option<bool>,
    /// The commit to restore from. Default: what is staged, or the current commit.
    pub source: Option<String>,
}

impl From<GitRestoreOptions> for sandspan::RestoreOptions {
    fn from(options: GitRestoreOptions) -> Self {
        Self {
            paths: options.paths,
            staged: options.staged,
            worktree: options.worktree,
            source: options.source,
        }
    }
}
