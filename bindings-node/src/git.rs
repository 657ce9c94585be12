//! The repositories in a sandbox.

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;

use crate::command_handle::CommandResult;
use crate::error::JsResult;
use crate::git_options::{
    GitAddOptions, GitCommitOptions, GitInitOptions, GitOptions, GitResetOptions, GitRestoreOptions,
};
use crate::git_status::{GitBranches, GitStatus};
use crate::promise::promise;

/// The repositories in a sandbox.
#[napi]
pub struct Git {
    pub(crate) inner: sandspan::Git,
}

impl From<sandspan::Git> for Git {
    fn from(inner: sandspan::Git) -> Self {
        Self { inner }
    }
}

/// The same, done as the options say.
pub(crate) fn with(git: &sandspan::Git, options: GitOptions) -> sandspan::Result<sandspan::Git> {
    Ok(git.with_options(options.try_into()?))
}

#[napi]
impl Git {
    /// Makes a repository.
    #[napi]
    pub fn init<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitInitOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.init(&path, details.into()).await?.into())
        })
    }

    /// What `git status` says.
    #[napi]
    pub fn status<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<GitStatus>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.status(&path).await?.into())
        })
    }

    /// Stages files.
    #[napi]
    pub fn add<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitAddOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.add(&path, details.into()).await?.into())
        })
    }

    /// Makes a commit of what is staged.
    #[napi]
    pub fn commit<'env>(
        &self,
        env: &'env Env,
        path: String,
        message: String,
        details: GitCommitOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.commit(&path, &message, details.into()).await?.into())
        })
    }

    /// Moves the branch, or unstages files.
    #[napi]
    pub fn reset<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitResetOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.reset(&path, details.into()).await?.into())
        })
    }

    /// Restores files.
    #[napi]
    pub fn restore<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitRestoreOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.restore(&path, details.into()).await?.into())
        })
    }

    /// The branches of a repository.
    #[napi]
    pub fn branches<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<GitBranches>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.branches(&path).await?.into())
        })
    }

    /// Makes a branch, and checks it out.
    #[napi]
    pub fn create_branch<'env>(
        &self,
        env: &'env Env,
        path: String,
        branch: String,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.create_branch(&path, &branch).await?.into())
        })
    }

    /// Checks a branch out.
    #[napi]
    pub fn checkout_branch<'env>(
        &self,
        env: &'env Env,
        path: String,
        branch: String,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.checkout_branch(&path, &branch).await?.into())
        })
    }

    /// Deletes a branch.
    #[napi]
    pub fn delete_branch<'env>(
        &self,
        env: &'env Env,
        path: String,
        branch: String,
        force: Option<bool>,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git
                .delete_branch(&path, &branch, force.unwrap_or(false))
                .await?
                .into())
        })
    }
}
