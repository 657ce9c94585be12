//! The commands in a sandbox.

use std::collections::BTreeMap;

use bytes::Bytes;
use napi::Env;
use napi::bindgen_prelude::{Either, PromiseRaw, Result, Uint8Array};
use napi_derive::napi;

use crate::command_handle::{CommandHandle, CommandResult, OutputListener};
use crate::error::JsResult;
use crate::input::InputStream;
use crate::options::{self, FollowOptions, RunOptions};
use crate::promise::promise;

/// The commands in a sandbox.
#[napi]
pub struct Commands {
    inner: sandspan::Commands,
}

impl From<sandspan::Commands> for Commands {
    fn from(inner: sandspan::Commands) -> Self {
        Self { inner }
    }
}

#[napi]
impl Commands {
    /// Runs a command to its end.
    #[napi]
    pub fn run<'env>(
        &self,
        env: &'env Env,
        command: String,
        options: RunOptions,
    ) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let result = commands.run(&command, options.try_into()?).await?;
            Ok(result.into())
        })
    }

    /// Starts a command, and resolves once its pid is known.
    #[napi]
    pub fn start<'env>(
        &self,
        env: &'env Env,
        command: String,
        options: RunOptions,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> Result<PromiseRaw<'env, JsResult<CommandHandle>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let handle = commands.start(&command, options.try_into()?).await?;
            Ok(CommandHandle::new(handle, listener))
        })
    }

    /// Follows a command that runs already.
    #[napi]
    pub fn connect<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        options: FollowOptions,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> Result<PromiseRaw<'env, JsResult<CommandHandle>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let handle = commands.connect(pid, options.try_into()?).await?;
            Ok(CommandHandle::new(handle, listener))
        })
    }

    /// The processes that run.
    #[napi]
    pub fn list<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<Vec<ProcessInfo>>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            let processes = commands.list(request_timeout).await?;
            Ok(processes.into_iter().map(ProcessInfo::from).collect())
        })
    }

    /// Kills a process; false when there was none.
    #[napi]
    pub fn kill<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            commands.kill(pid, request_timeout).await
        })
    }

    /// Writes to a command's input.
    #[napi]
    pub fn send_stdin<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        data: Either<String, Uint8Array>,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let commands = self.inner.clone();
        let data = bytes(data);
        promise(env, async move {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            commands.send_stdin(pid, data, request_timeout).await
        })
    }

    /// Opens a way into a command's input.
    #[napi]
    pub fn stream_input<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        timeout_ms: Option<f64>,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<InputStream>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let timeout = options::timeout(timeout_ms)?;
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            Ok(commands.stream_input(pid, timeout, request_timeout).into())
        })
    }

    /// Closes a command's input, so that it reads end of file.
    #[napi]
    pub fn close_stdin<'env>(
        &self,
        env: &'env Env,
        pid: u32,
        request_timeout_ms: Option<f64>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let commands = self.inner.clone();
        promise(env, async move {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            commands.close_stdin(pid, request_timeout).await
        })
    }
}

/// The bytes of what JavaScript gives as text or as bytes.
pub(crate) fn bytes(data: Either<String, Uint8Array>) -> Bytes {
    match data {
        Either::A(text) => text.into(),
        Either::B(bytes) => Bytes::copy_from_slice(&bytes),
    }
}

/// A process that runs in a sandbox.
#[napi(object, object_from_js = false)]
pub struct ProcessInfo {
    /// Its process id in the sandbox.
    pub pid: u32,
    /// The tag that it was started with.
    pub tag: Option<String>,
    /// The program.
    pub cmd: String,
    /// The program's arguments.
    pub args: Vec<String>,
    /// The environment variables that it was started with.
    pub envs: BTreeMap<String, String>,
    /// Where it was started.
    pub cwd: Option<String>,
}

impl From<sandspan::ProcessInfo> for ProcessInfo {
    fn from(process: sandspan::ProcessInfo) -> Self {
        Self {
            pid: process.pid,
            tag: process.tag,
            cmd: process.cmd,
            args: process.args,
            envs: process.envs,
            cwd: process.cwd,
        }
    }
}
