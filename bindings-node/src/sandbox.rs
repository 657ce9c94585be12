//! A sandbox's life.

use napi_derive::napi;
use sandspan::{Client, Result};

use crate::commands::Commands;
use crate::error::JsResult;
use crate::info::SandboxInfo;
use crate::list::{ListOptions, SandboxPaginator};
use crate::options::{self, ConnectionOptions, CreateOptions};

/// A sandbox.
#[napi]
pub struct Sandbox {
    inner: sandspan::Sandbox,
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

fn client(connection: ConnectionOptions) -> Result<Client> {
    Client::new(connection.try_into()?)
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
    pub async fn kill(&self) -> JsResult<bool> {
        self.inner.kill().await.into()
    }

    /// Connects to it again, and resumes it when it is paused.
    #[napi]
    pub async fn connect(&self, timeout_ms: Option<f64>) -> JsResult<()> {
        async { self.inner.connect(options::timeout(timeout_ms)?).await }
            .await
            .into()
    }

    /// Sets its timeout, from now.
    #[napi]
    pub async fn set_timeout(&self, timeout_ms: f64) -> JsResult<()> {
        let set = async {
            let timeout = sandspan::duration_from_milliseconds("timeoutMs", timeout_ms)?;
            self.inner.set_timeout(timeout).await
        };
        set.await.into()
    }

    /// What the service knows of it.
    #[napi]
    pub async fn get_info(&self) -> JsResult<SandboxInfo> {
        self.inner.get_info().await.map(SandboxInfo::from).into()
    }

    /// Whether it runs.
    #[napi]
    pub async fn is_running(&self) -> JsResult<bool> {
        self.inner.is_running().await.into()
    }

    /// The host name that reaches a port of it.
    #[napi]
    pub fn get_host(&self, port: u16) -> String {
        self.inner.get_host(port)
    }

    /// The commands in it.
    #[napi(getter)]
    pub fn commands(&self) -> Commands {
        self.inner.commands().into()
    }
}
