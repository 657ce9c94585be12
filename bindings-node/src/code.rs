//! The code that runs in a sandbox.

use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;
use sandspan::Error;

use crate::code_output::CodeOutput;
use crate::error::JsResult;
use crate::options::{request_timeout, timeout};
use crate::promise::promise;
use crate::running_code::RunningCode;

/// The template of sandboxes that run code in kernels.
#[napi]
pub const INTERPRETER_TEMPLATE: &str = sandspan::INTERPRETER_TEMPLATE;

/// The code that runs in a sandbox.
#[napi]
pub struct Code {
    inner: sandspan::Code,
}

impl From<sandspan::Code> for Code {
    fn from(inner: sandspan::Code) -> Self {
        Self { inner }
    }
}

/// How to run code.
#[napi(object, object_to_js = false)]
pub struct RunCodeOptions {
    /// In which language, in its default context. Default: Python. Not together with a context.
    pub language: Option<String>,
    /// The id of the context to run in. Default: the default context of the language.
    pub context_id: Option<String>,
    /// Its environment variables, beside those of the sandbox. They last for this run.
    pub envs: Option<BTreeMap<String, String>>,
    /// How long it may run before it is interrupted, in milliseconds, with the wait for what runs in
    /// the context already. Default: 60000; 0 means without limit.
    pub timeout_ms: Option<f64>,
    /// How long its start may take, in milliseconds. Default: that of the connection; 0 means
    /// without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<RunCodeOptions> for sandspan::RunCodeOptions {
    type Error = Error;

    fn try_from(options: RunCodeOptions) -> sandspan::Result<Self> {
        Ok(Self {
            language: options.language,
            context: options.context_id,
            envs: options.envs.unwrap_or_default(),
            timeout: timeout(options.timeout_ms)?,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// What a new context is like.
#[napi(object, object_to_js = false)]
pub struct CodeContextOptions {
    /// The directory that its code starts in. Default: the user's home.
    pub cwd: Option<String>,
    /// Its language. Default: Python.
    pub language: Option<String>,
    /// How long the request may take, in milliseconds. Default: that of the connection; 0 means
    /// without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<CodeContextOptions> for sandspan::ContextOptions {
    type Error = Error;

    fn try_from(options: CodeContextOptions) -> sandspan::Result<Self> {
        Ok(Self {
            language: options.language,
            cwd: options.cwd,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// A kernel that keeps what code leaves in it.
#[napi(object, object_from_js = false)]
pub struct CodeContext {
    /// Its id.
    pub id: String,
    /// Its language.
    pub language: String,
    /// The directory that it was started in.
    pub cwd: String,
}

impl From<sandspan::CodeContext> for CodeContext {
    fn from(context: sandspan::CodeContext) -> Self {
        Self {
            id: context.id,
            language: context.language,
            cwd: context.cwd,
        }
    }
}

#[napi]
impl Code {
    /// Runs code to its end.
    #[napi]
    pub fn run<'env>(
        &self,
        env: &'env Env,
        code: String,
        options: RunCodeOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CodeOutput>>> {
        let runner = self.inner.clone();
        promise(env, async move {
            let execution = runner.run(&code, options.try_into()?).await?;
            Ok(execution.into())
        })
    }

    /// Starts code, and resolves once it is accepted.
    #[napi]
    pub fn start<'env>(
        &self,
        env: &'env Env,
        code: String,
        options: RunCodeOptions,
    ) -> Result<PromiseRaw<'env, JsResult<RunningCode>>> {
        let runner = self.inner.clone();
        promise(env, async move {
            let running = runner.start(&code, options.try_into()?).await?;
            Ok(running.into())
        })
    }

    /// Makes a context.
    #[napi]
    pub fn create_context<'env>(
        &self,
        env: &'env Env,
        options: CodeContextOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CodeContext>>> {
        let code = self.inner.clone();
        promise(env, async move {
            let context = code.create_context(options.try_into()?).await?;
            Ok(context.into())
        })
    }

    /// Removes a context.
    #[napi]
    pub fn remove_context<'env>(
        &self,
        env: &'env Env,
        id: String,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let code = self.inner.clone();
        promise(env, async move {
            let request_timeout = request_timeout(request_timeout_ms)?;
            code.remove_context(&id, request_timeout).await
        })
    }

    /// All contexts.
    #[napi]
    pub fn list_contexts<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<Vec<CodeContext>>>> {
        let code = self.inner.clone();
        promise(env, async move {
            let request_timeout = request_timeout(request_timeout_ms)?;
            let contexts = code.list_contexts(request_timeout).await?;
            Ok(contexts.into_iter().map(CodeContext::from).collect())
        })
    }

    /// Starts a context anew.
    #[napi]
    pub fn restart_context<'env>(
        &self,
        env: &'env Env,
        id: String,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let code = self.inner.clone();
        promise(env, async move {
            let request_timeout = request_timeout(request_timeout_ms)?;
            code.restart_context(&id, request_timeout).await
        })
    }
}
