//! What operations of Git can be told.

use std::{collections::BTreeMap, fmt, time::Duration};

/// How to run the commands of Git.
#[derive(Clone, Debug, Default)]
pub struct GitOptions {
    /// Their environment variables, beside those of the sandbox.
    pub envs: BTreeMap<String, String>,
    /// As whom. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Where; a relative path starts at the user's home. Default: that home.
    pub cwd: Option<String>,
    /// How long each may run before it is killed. Default: without limit, and in JavaScript 60 s;
    /// zero means without limit.
    pub timeout: Option<Duration>,
    /// How long the start of each may take. Default: that of the connection; zero means without
    /// limit.
    pub request_timeout: Option<Duration>,
}

/// How to clone a repository.
#[derive(Clone, Default)]
pub struct CloneOptions {
    /// Where to. Default: a directory named like the repository.
    pub path: Option<String>,
    /// The one branch to clone and check out. Default: all, and the one that the remote names.
    pub branch: Option<String>,
    /// How many commits of its history. Default: all.
    pub depth: Option<u32>,
    /// The user name for a private repository.
    pub username: Option<String>,
    /// The password or token for a private repository.
    pub password: Option<String>,
    /// Whether the user name and password stay in the clone, as a part of its remote's URL. Default:
    /// no. Whoever can read the clone can read them there.
    pub dangerously_store_credentials: bool,
}

/// How to make a repository.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// Whether it has no working tree.
    pub bare: bool,
    /// The name of its first branch. Default: Git's.
    pub initial_branch: Option<String>,
}

/// How to add a remote.
#[derive(Clone, Copy, Debug, Default)]
pub struct RemoteAddOptions {
    /// Whether to fetch from it then.
    pub fetch: bool,
    /// Whether a remote of this name gets the new URL, which is an error otherwise.
    pub overwrite: bool,
}

/// What to stage.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// The files. Default: all changes, as `all` says.
    pub files: Vec<String>,
    /// Whether changes of the whole working tree are meant where no file is named, or only those
    /// below the repository's path. Default: yes.
    pub all: Option<bool>,
}

/// How to commit.
#[derive(Clone, Debug, Default)]
pub struct CommitOptions {
    /// Whose commit it is. Default: the configured name.
    pub author_name: Option<String>,
    /// The address of that author. Default: the configured one.
    pub author_email: Option<String>,
    /// Whether a commit without changes is one.
    pub allow_empty: bool,
}

/// What to reset.
#[derive(Clone, Debug, Default)]
pub struct ResetOptions {
    /// `soft`, `mixed`, `hard`, `merge` or `keep`. Default: Git's, which is `mixed`.
    pub mode: Option<String>,
    /// The commit to go to. Default: the current one.
    pub target: Option<String>,
    /// The only paths to unstage.
    pub paths: Vec<String>,
}

/// What to restore.
#[derive(Clone, Debug, Default)]
pub struct RestoreOptions {
    /// The paths, of which there must be one; `.` is all.
    pub paths: Vec<String>,
    /// Whether to unstage them. Default: no.
    pub staged: Option<bool>,
    /// Whether to undo changes of the files. Default: yes, unless they are unstaged.
    pub worktree: Option<bool>,
    /// The commit to restore from. Default: what is staged, or the current commit.
    pub source: Option<String>,
}

/// What to push, and where to.
#[derive(Clone, Default)]
pub struct PushOptions {
    /// The remote's name. Default: that of the branch's upstream.
    pub remote: Option<String>,
    /// The branch. Default: the current one.
    pub branch: Option<String>,
    /// Whether the branch follows the remote's from now on, where the remote is known. Default: yes.
    pub set_upstream: Option<bool>,
    /// The user name for a private repository.
    pub username: Option<String>,
    /// The password or token for a private repository.
    pub password: Option<String>,
}

/// What to pull, and where from.
#[derive(Clone, Default)]
pub struct PullOptions {
    /// The remote's name. Default: that of the branch's upstream.
    pub remote: Option<String>,
    /// The branch. Default: the upstream one.
    pub branch: Option<String>,
    /// The user name for a private repository.
    pub username: Option<String>,
    /// The password or token for a private repository.
    pub password: Option<String>,
}

/// Which configuration is meant.
#[derive(Clone, Debug, Default)]
pub struct ConfigOptions {
    /// `global`, `local` or `system`. Default: `global`, which is the user's.
    pub scope: Option<String>,
    /// The repository, for the scope `local`.
    pub path: Option<String>,
}

/// What credentials are for.
#[derive(Clone, Debug, Default)]
pub struct AuthenticateOptions {
    /// The host. Default: `github.com`.
    pub host: Option<String>,
    /// The protocol. Default: `https`.
    pub protocol: Option<String>,
}

/// Whether a secret is there, which is not for logs.
fn hidden(secret: Option<&String>) -> Option<&'static str> {
    secret.map(|_| "…")
}

impl fmt::Debug for CloneOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CloneOptions")
            .field("path", &self.path)
            .field("branch", &self.branch)
            .field("depth", &self.depth)
            .field("username", &self.username)
            .field("password", &hidden(self.password.as_ref()))
            .field(
                "dangerously_store_credentials",
                &self.dangerously_store_credentials,
            )
            .finish()
    }
}

impl fmt::Debug for PushOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PushOptions")
            .field("remote", &self.remote)
            .field("branch", &self.branch)
            .field("set_upstream", &self.set_upstream)
            .field("username", &self.username)
            .field("password", &hidden(self.password.as_ref()))
            .finish()
    }
}

impl fmt::Debug for PullOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PullOptions")
            .field("remote", &self.remote)
            .field("branch", &self.branch)
            .field("username", &self.username)
            .field("password", &hidden(self.password.as_ref()))
            .finish()
    }
}
