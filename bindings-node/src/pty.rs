//! The terminals in a sandbox.

use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::{Either, PromiseRaw, Result, Uint8Array};
use napi_derive::napi;
use sandspan::Error;

use crate::command_handle::{CommandHandle, OutputListener};
use crate::commands::bytes;
use crate::error::JsResult;
use crate::input::InputStream;
use crate::options::{FollowOptions, request_timeout, timeout};
use crate::promise::promise;

/// The size of a terminal, in characters.
#[napi(object, object_to_js = false)]
pub struct PtySize {
    /// How many columns.
    pub cols: u32,
    /// How many rows.
    pub rows: u32,
}

impl From<PtySize> for sandspan::PtySize {
    fn from(size: PtySize) -> Self {
        Self {
            rows: size.rows,
            cols: size.cols,
        }
    }
}

/// How to start a terminal.
#[napi(object, object_to_js = false)]
pub struct PtyOptions {
    /// The directory to start it in. Default: the user's home.
    pub cwd: Option<String>,
    /// The user to start it as. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Its environment variables, beside those of the sandbox. Default: a `TERM` of
    /// `xterm-256color`, and a `LANG` and `LC_ALL` of `C.UTF-8`.
    pub envs: Option<BTreeMap<String, String>>,
    /// How long it may run, in milliseconds. Default: 60000; 0 means without limit.
    pub timeout_ms: Option<f64>,
    /// How long its start may take, in milliseconds. Default: that of the connection.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<PtyOptions> for sandspan::PtyOptions {
    type Error = Error;

    fn try_from(options: PtyOptions) -> sandspan::Result<Self> {
        Ok(Self {
            user: options.user,
            cwd: options.cwd,
            envs: options.envs.unwrap_or_default(),
            timeout: timeout(options.timeout_ms)?,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// The terminals in a sandbox.
#[napi]
pub struct Pty {
    inner: sandspan::Pty,
}

impl From<sandspan::Pty> for Pty {
    fn from(inner: sandspan::Pty) -> Self {
        Self { inner }
    }
}

#[napi]
impl Pty {
    /// Starts a terminal, and resolves once its pid is known.
    #[napi]
    pub fn create<'env>(
        &self,
        env: &'env Env,
        size: PtySize,
        options: PtyOptions,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> Result<PromiseRaw<'env, JsResult<CommandHandle>>> {
        let pty = self.inner.clone();
        promise(env, async move {
            let handle = pty.create(size.into(), options.try_into()?).await?;
            Ok(CommandHandle::new(handle, listener))
        })
    }

    /// Follows a terminal that runs already.
    #[napi]
    pub fn connect<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        options: FollowOptions,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> Result<PromiseRaw<'env, JsResult<CommandHandle>>> {
        let pty = self.inner.clone();
        promise(env, async move {
            let handle = pty.connect(pid, options.try_into()?).await?;
            Ok(CommandHandle::new(handle, listener))
        })
    }

    /// Writes to a terminal.
    #[napi]
    pub fn send_input<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        data: Either<String, Uint8Array>,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let pty = self.inner.clone();
        let data = bytes(data);
        promise(env, async move {
            let request_timeout = request_timeout(request_timeout_ms)?;
            pty.send_input(pid, data, request_timeout).await
        })
    }

    /// Opens a way into a terminal.
    #[napi]
    pub fn stream_input<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        timeout_ms: Option<f64>,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<InputStream>>> {
        let pty = self.inner.clone();
        promise(env, async move {
            let timeout = timeout(timeout_ms)?;
            let request_timeout = request_timeout(request_timeout_ms)?;
            Ok(pty.stream_input(pid, timeout, request_timeout).into())
        })
    }

    /// Changes a terminal's size.
    #[napi]
    pub fn resize<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        size: PtySize,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let pty = self.inner.clone();
        promise(env, async move {
            let request_timeout = request_timeout(request_timeout_ms)?;
            pty.resize(pid, size.into(), request_timeout).await
        })
    }

    /// Kills a terminal; false when there was none.
    #[napi]
    pub fn kill<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let pty = self.inner.clone();
        promise(env, async move {
            pty.kill(pid, request_timeout(request_timeout_ms)?).await
        })
    }
}
