//! Options of what is done with remote repositories, and of the configuration.

use napi_derive::napi;

/// How to clone a repository.
#[napi(object, object_to_js = false)]
pub struct GitCloneOptions {
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
    /// Whether the user name and password stay in the clone, as a part of its remote's URL. Whoever
    /// can read the clone can read them there. Default: false.
    pub dangerously_store_credentials: Option<bool>,
}

impl From<GitCloneOptions> for sandspan::CloneOptions {
    fn from(options: GitCloneOptions) -> Self {
        let defaults = Self::default();
        Self {
            path: options.path,
            branch: options.branch,
            depth: options.depth,
            username: options.username,
            password: options.password,
            dangerously_store_credentials: options
                .dangerously_store_credentials
                .unwrap_or(defaults.dangerously_store_credentials),
        }
    }
}

/// How to add a remote.
#[napi(object, object_to_js = false)]
pub struct GitRemoteAddOptions {
    /// Whether to fetch from it then. Default: false.
    pub fetch: Option<bool>,
    /// Whether a remote of this name gets the new URL, which is an error otherwise. Default: false.
    pub overwrite: Option<bool>,
}

impl From<GitRemoteAddOptions> for sandspan::RemoteAddOptions {
    fn from(options: GitRemoteAddOptions) -> Self {
        let defaults = Self::default();
        Self {
            fetch: options.fetch.unwrap_or(defaults.fetch),
            overwrite: options.overwrite.unwrap_or(defaults.overwrite),
        }
    }
}

/// What to push, and where to.
#[napi(object, object_to_js = false)]
pub struct GitPushOptions {
    /// The remote's name. Default: that of the branch's upstream.
    pub remote: Option<String>,
    /// The branch. Default: the current one.
    pub branch: Option<String>,
    /// Whether the branch follows the remote's from now on, where the remote is known. Default:
    /// true.
    pub set_upstream: Option<bool>,
    /// The user name for a private repository.
    pub username: Option<String>,
    /// The password or token for a private repository.
    pub password: Option<String>,
}

impl From<GitPushOptions> for sandspan::PushOptions {
    fn from(options: GitPushOptions) -> Self {
        Self {
            remote: options.remote,
            branch: options.branch,
            set_upstream: options.set_upstream,
            username: options.username,
            password: options.password,
        }
    }
}

/// What to pull, and where from.
#[napi(object, object_to_js = false)]
pub struct GitPullOptions {
    /// The remote's name. Default: that of the branch's upstream.
    pub remote: Option<String>,
    /// The branch. Default: the upstream one.
    pub branch: Option<String>,
    /// The user name for a private repository.
    pub username: Option<String>,
    /// The password or token for a private repository.
    pub password: Option<String>,
}

impl From<GitPullOptions> for sandspan::PullOptions {
    fn from(options: GitPullOptions) -> Self {
        Self {
            remote: options.remote,
            branch: options.branch,
            username: options.username,
            password: options.password,
        }
    }
}

/// Which configuration is meant.
#[napi(object, object_to_js = false)]
pub struct GitConfigOptions {
    /// Whose. Default: `global`, which is the user's.
    #[napi(ts_type = "'global' | 'local' | 'system'")]
    pub scope: Option<String>,
    /// The repository, for the scope `local`.
    pub path: Option<String>,
}

impl From<GitConfigOptions> for sandspan::ConfigOptions {
    fn from(options: GitConfigOptions) -> Self {
        Self {
            scope: options.scope,
            path: options.path,
        }
    }
}

/// What credentials are for.
#[napi(object, object_to_js = false)]
pub struct GitAuthenticateOptions {
    /// The host. Default: `github.com`.
    pub host: Option<String>,
    /// The protocol. Default: `https`.
    pub protocol: Option<String>,
}

impl From<GitAuthenticateOptions> for sandspan::AuthenticateOptions {
    fn from(options: GitAuthenticateOptions) -> Self {
        Self {
            host: options.host,
            protocol: options.protocol,
        }
    }
}
