//! A sandbox's life.

use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;
use sandspan::{Client, Result};

use crate::error::JsResult;
use crate::info::SandboxInfo;
use crate::list::{ListOptions, SandboxPaginator};
use crate::options::{self, ConnectionOptions, CreateOptions};
use crate::promise::promise;

/// A sandbox.
#[napi]
pub struct Sandbox {
    pub(crate) inner: sandspan::Sandbox,
}

impl From<sandspan::Sandbox> for Sandbox {
    fn from(inner: sandspan::Sandbox) -> Self {
        Self { inner }
    }
}

/// The calls that need no handle.
#[expect(
    clippy::use_self,
    reason = "napi does not find `Self` in the result of an async function"
)]
#[napi]
impl Sandbox {
    /// Creates a sandbox.
    #[napi]
    pub async fn create(
        options: CreateOptions,
        connection: ConnectionOptions,
    ) -> JsResult<Sandbox> {
        let created = async { client(connection)?.create(options.try_into()?).await };
        created.await.map(Self::from).into()
    }

    /// Connects to a sandbox, and resumes it when it is paused.
    #[napi(js_name = "connect")]
    pub async fn connect_to(
        sandbox_id: String,
        timeout_ms: Option<f64>,
        connection: ConnectionOptions,
    ) -> JsResult<Sandbox> {
        let connected = async {
            let timeout = options::timeout(timeout_ms)?;
            client(connection)?.connect(&sandbox_id, timeout).await
        };
        connected.await.map(Self::from).into()
    }

    /// Lists sandboxes.
    #[napi]
    pub fn list(options: ListOptions, connection: ConnectionOptions) -> JsResult<SandboxPaginator> {
        let list = || Ok(client(connection)?.list(options.try_into()?).into());
        list().into()
    }

    /// Kills a sandbox; false when there was none.
    #[napi(js_name = "kill")]
    pub async fn kill_by_id(sandbox_id: String, connection: ConnectionOptions) -> JsResult<bool> {
        async { client(connection)?.kill(&sandbox_id).await }
            .await
            .into()
    }

    /// Pauses a sandbox; false when it was paused already.
    #[napi(js_name = "pause")]
    pub async fn pause_by_id(
        sandbox_id: String,
        keep_memory: Option<bool>,
        connection: ConnectionOptions,
    ) -> JsResult<bool> {
        let paused = async { client(connection)?.pause(&sandbox_id, keep_memory).await };
        // Pausing is long, and so its future is large.
        Box::pin(paused).await.into()
    }

    /// Sets a sandbox's timeout, from now.
    #[napi(js_name = "setTimeout")]
    pub async fn set_timeout_by_id(
        sandbox_id: String,
        timeout_ms: f64,
        connection: ConnectionOptions,
    ) -> JsResult<()> {
        let set = async {
            let timeout = sandspan::duration_from_milliseconds("timeoutMs", timeout_ms)?;
            client(connection)?.set_timeout(&sandbox_id, timeout).await
        };
        set.await.into()
    }

    /// What the service knows of a sandbox.
    #[napi(js_name = "getInfo")]
    pub async fn get_info_by_id(
        sandbox_id: String,
        connection: ConnectionOptions,
    ) -> JsResult<SandboxInfo> {
        let info = async { client(connection)?.get_info(&sandbox_id).await };
        info.await.map(SandboxInfo::from).into()
    }
}

pub(crate) fn client(connection: ConnectionOptions) -> Result<Client> {
    Client::new(connection.try_into()?)
}

/// The sandbox with a limit of its own for each request, where one is given.
pub(crate) fn limited(
    sandbox: sandspan::Sandbox,
    request_timeout_ms: Option<f64>,
) -> Result<sandspan::Sandbox> {
    Ok(match options::request_timeout(request_timeout_ms)? {
        Some(timeout) => sandbox.with_request_timeout(timeout),
        None => sandbox,
    })
}

#[napi]
impl Sandbox {
    /// Its id.
    #[napi(getter)]
    pub fn sandbox_id(&self) -> &str {
        self.inner.sandbox_id()
    }

    /// The domain of its hosts, where the service steers clients to one.
    #[napi(getter)]
    pub fn sandbox_domain(&self) -> Option<&str> {
        self.inner.sandbox_domain()
    }

    /// The token that traffic to its ports must carry, if any.
    #[napi(getter)]
    pub fn traffic_access_token(&self) -> Option<&str> {
        self.inner.traffic_access_token()
    }

    /// Kills it; false when it was gone already.
    #[napi]
    pub fn kill<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<bool>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            limited(sandbox, request_timeout_ms)?.kill().await
        })
    }

    /// Connects to it again, and resumes it when it is paused.
    #[napi]
    pub fn connect<'env>(
        &self,
        env: &'env Env,
        timeout_ms: Option<f64>,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<()>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.connect(options::timeout(timeout_ms)?).await
        })
    }

    /// Pauses it; false when it was paused already.
    #[napi]
    pub fn pause<'env>(
        &self,
        env: &'env Env,
        keep_memory: Option<bool>,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<bool>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.pause(keep_memory).await
        })
    }

    /// Sets its timeout, from now.
    #[napi]
    pub fn set_timeout<'env>(
        &self,
        env: &'env Env,
        timeout_ms: f64,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<()>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let timeout = sandspan::duration_from_milliseconds("timeoutMs", timeout_ms)?;
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.set_timeout(timeout).await
        })
    }

    /// What the service knows of it.
    #[napi]
    pub fn get_info<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<SandboxInfo>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.get_info().await.map(SandboxInfo::from)
        })
    }

    /// Whether it runs.
    #[napi]
    pub fn is_running<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<bool>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            limited(sandbox, request_timeout_ms)?.is_running().await
        })
    }

    /// The host name that reaches a port of it.
    #[napi]
    pub fn get_host(&self, port: u16) -> String {
        self.inner.get_host(port)
    }
}
