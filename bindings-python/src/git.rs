//! The git repositories in a sandbox.

use pyo3::prelude::*;
use sandspan::GitOptions;

use crate::arguments::{Envs, RequestTimeout, Timeout, User, WorkingDirectory};

/// The git repositories in a sandbox. All is done by the program `git` in it.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct Git(pub(crate) sandspan::Git);

/// The git repositories in a sandbox, for asyncio. All is done by the program `git` in it.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncGit(pub(crate) sandspan::Git);

impl From<sandspan::Git> for Git {
    fn from(git: sandspan::Git) -> Self {
        Self(git)
    }
}

impl From<sandspan::Git> for AsyncGit {
    fn from(git: sandspan::Git) -> Self {
        Self(git)
    }
}

/// The same, run as its caller wants it.
pub(crate) fn with_options(
    git: &sandspan::Git,
    envs: Option<Envs>,
    user: Option<User>,
    cwd: Option<WorkingDirectory>,
    timeout: Option<Timeout>,
    request_timeout: Option<RequestTimeout>,
) -> sandspan::Git {
    git.with_options(GitOptions {
        envs: envs.map(Into::into).unwrap_or_default(),
        user: user.map(Into::into),
        cwd: cwd.map(Into::into),
        timeout: timeout.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
    })
}
