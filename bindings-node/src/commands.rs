//! The commands in a sandbox.

use std::collections::BTreeMap;

use bytes::Bytes;
use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;

use crate::command_handle::{CommandHandle, OutputListener};
use crate::error::JsResult;
use crate::options::{self, RunOptions};

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
    /// Starts a command, and resolves once its pid is known.
    #[napi]
    pub async fn start(
        &self,
        command: String,
        options: RunOptions,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> JsResult<CommandHandle> {
        let started = async { self.inner.start(&command, options.try_into()?).await };
        started
            .await
            .map(|handle| CommandHandle::new(handle, listener))
            .into()
    }

    /// Follows a command that runs already.
    #[napi]
    pub async fn connect(
        &self,
        pid: u32,
        timeout_ms: Option<f64>,
        request_timeout_ms: Option<f64>,
        #[napi(ts_arg_type = "OutputListener")] listener: Option<OutputListener>,
    ) -> JsResult<CommandHandle> {
        let connected = async {
            let timeout = options::timeout(timeout_ms)?;
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            self.inner.connect(pid, timeout, request_timeout).await
        };
        connected
            .await
            .map(|handle| CommandHandle::new(handle, listener))
            .into()
    }

    /// The processes that run.
    #[napi]
    pub async fn list(&self, request_timeout_ms: Option<f64>) -> JsResult<Vec<ProcessInfo>> {
        let listed = async {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            self.inner.list(request_timeout).await
        };
        listed
            .await
            .map(|processes| processes.into_iter().map(ProcessInfo::from).collect())
            .into()
    }

    /// Kills a process; false when there was none.
    #[napi]
    pub async fn kill(&self, pid: u32, request_timeout_ms: Option<f64>) -> JsResult<bool> {
        let killed = async {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            self.inner.kill(pid, request_timeout).await
        };
        killed.await.into()
    }

    /// Writes to a command's input.
    #[napi]
    pub async fn send_stdin(
        &self,
        pid: u32,
        data: Either<String, Uint8Array>,
        request_timeout_ms: Option<f64>,
    ) -> JsResult<()> {
        let sent = async {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            self.inner
                .send_stdin(pid, bytes(data), request_timeout)
                .await
        };
        sent.await.into()
    }

    /// Closes a command's input, so that it reads end of file.
    #[napi]
    pub async fn close_stdin(&self, pid: u32, request_timeout_ms: Option<f64>) -> JsResult<()> {
        let closed = async {
            let request_timeout = options::request_timeout(request_timeout_ms)?;
            self.inner.close_stdin(pid, request_timeout).await
        };
        closed.await.into()
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
