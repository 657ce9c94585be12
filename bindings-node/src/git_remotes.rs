//! Remote repositories, and the configuration of Git.

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;

use crate::command_handle::CommandResult;
use crate::error::JsResult;
use crate::git::{Git, with};
use crate::git_options::GitOptions;
use crate::git_remote_options::{
    GitAuthenticateOptions, GitCloneOptions, GitConfigOptions, GitPullOptions, GitPushOptions,
    GitRemoteAddOptions,
};
use crate::promise::promise;

#[napi]
impl Git {
    /// Clones a repository.
    #[napi(js_name = "clone")]
    pub fn clone_repository<'env>(
        &self,
        env: &'env Env,
        url: String,
        details: GitCloneOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            // The longest of all operations, and so the largest of futures.
            let cloning = Box::pin(git.clone_repository(&url, details.into()));
            Ok(cloning.await?.into())
        })
    }

    /// Adds a remote.
    #[napi]
    pub fn remote_add<'env>(
        &self,
        env: &'env Env,
        path: String,
        name: String,
        url: String,
        details: GitRemoteAddOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git
                .remote_add(&path, &name, &url, details.into())
                .await?
                .into())
        })
    }

    /// The URL of a remote; null when there is none.
    #[napi]
    pub fn remote_get<'env>(
        &self,
        env: &'env Env,
        path: String,
        name: String,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Option<String>>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            git.remote_get(&path, &name).await
        })
    }

    /// Pushes commits.
    #[napi]
    pub fn push<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitPushOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.push(&path, details.into()).await?.into())
        })
    }

    /// Pulls commits.
    #[napi]
    pub fn pull<'env>(
        &self,
        env: &'env Env,
        path: String,
        details: GitPullOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.pull(&path, details.into()).await?.into())
        })
    }

    /// Sets a value of the configuration.
    #[napi]
    pub fn set_config<'env>(
        &self,
        env: &'env Env,
        key: String,
        value: String,
        details: GitConfigOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git.set_config(&key, &value, details.into()).await?.into())
        })
    }

    /// A value of the configuration; null when there is none.
    #[napi]
    pub fn get_config<'env>(
        &self,
        env: &'env Env,
        key: String,
        details: GitConfigOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Option<String>>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            git.get_config(&key, details.into()).await
        })
    }

    /// Keeps credentials for a host in the sandbox.
    #[napi]
    pub fn dangerously_authenticate<'env>(
        &self,
        env: &'env Env,
        username: String,
        password: String,
        details: GitAuthenticateOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git
                .dangerously_authenticate(&username, &password, details.into())
                .await?
                .into())
        })
    }

    /// Sets who makes commits.
    #[napi]
    pub fn configure_user<'env>(
        &self,
        env: &'env Env,
        name: String,
        email: String,
        details: GitConfigOptions,
        options: GitOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let git = self.inner.clone();
        promise(env, async move {
            let git = with(&git, options)?;
            Ok(git
                .configure_user(&name, &email, details.into())
                .await?
                .into())
        })
    }
}
