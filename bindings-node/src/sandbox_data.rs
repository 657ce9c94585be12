//! What is in a sandbox, and what it may reach and uses.

use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;
use sandspan::{Result, UrlOptions};

use crate::code::Code;
use crate::commands::Commands;
use crate::error::JsResult;
use crate::files::Files;
use crate::git::Git;
use crate::metrics::{MetricsOptions, SandboxMetrics};
use crate::network::NetworkUpdate;
use crate::options::ConnectionOptions;
use crate::promise::promise;
use crate::pty::Pty;
use crate::sandbox::{Sandbox, client, limited};

/// The calls that need no handle.
#[napi]
impl Sandbox {
    /// What a sandbox used.
    #[napi(js_name = "getMetrics")]
    pub async fn get_metrics_by_id(
        sandbox_id: String,
        options: MetricsOptions,
        connection: ConnectionOptions,
    ) -> JsResult<Vec<SandboxMetrics>> {
        let (start, end) = span(options);
        let metrics = async {
            let client = client(connection)?;
            client.get_metrics(&sandbox_id, start, end).await
        };
        metrics.await.map(converted).into()
    }

    /// Replaces what a sandbox may reach.
    #[napi(js_name = "updateNetwork")]
    pub async fn update_network_by_id(
        sandbox_id: String,
        network: NetworkUpdate,
        connection: ConnectionOptions,
    ) -> JsResult<()> {
        let updated = async {
            let client = client(connection)?;
            client.update_network(&sandbox_id, network.into()).await
        };
        updated.await.into()
    }
}

fn span(options: MetricsOptions) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
    let MetricsOptions { start, end } = options;
    (start.map(|date| date.0), end.map(|date| date.0))
}

fn converted(metrics: Vec<sandspan::SandboxMetrics>) -> Vec<SandboxMetrics> {
    metrics.into_iter().map(SandboxMetrics::from).collect()
}

#[napi]
impl Sandbox {
    /// The code that runs in it.
    #[napi(getter)]
    pub fn code(&self) -> Code {
        self.inner.code().into()
    }

    /// The commands in it.
    #[napi(getter)]
    pub fn commands(&self) -> Commands {
        self.inner.commands().into()
    }

    /// The files in it.
    #[napi(getter)]
    pub fn files(&self) -> Files {
        self.inner.files().into()
    }

    /// The terminals in it.
    #[napi(getter)]
    pub fn pty(&self) -> Pty {
        self.inner.pty().into()
    }

    /// The repositories in it.
    #[napi(getter)]
    pub fn git(&self) -> Git {
        self.inner.git().into()
    }

    /// A URL that a file can be written to.
    #[napi]
    pub fn upload_url(
        &self,
        path: Option<String>,
        user: Option<String>,
        expiration_seconds: Option<f64>,
    ) -> JsResult<String> {
        let sandbox = &self.inner;
        let url = move || {
            let options = url_options(user, expiration_seconds)?;
            sandbox.upload_url(path.as_deref(), options)
        };
        url().into()
    }

    /// A URL that a file can be read from.
    #[napi]
    pub fn download_url(
        &self,
        path: String,
        user: Option<String>,
        expiration_seconds: Option<f64>,
    ) -> JsResult<String> {
        let sandbox = &self.inner;
        let url = move || {
            let options = url_options(user, expiration_seconds)?;
            sandbox.download_url(&path, options)
        };
        url().into()
    }

    /// What it used.
    #[napi]
    pub fn get_metrics<'env>(
        &self,
        env: &'env Env,
        options: MetricsOptions,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<Vec<SandboxMetrics>>>> {
        let sandbox = self.inner.clone();
        let (start, end) = span(options);
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.get_metrics(start, end).await.map(converted)
        })
    }

    /// Replaces what it may reach.
    #[napi]
    pub fn update_network<'env>(
        &self,
        env: &'env Env,
        network: NetworkUpdate,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<()>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.update_network(network.into()).await
        })
    }
}

fn url_options(user: Option<String>, expiration: Option<f64>) -> Result<UrlOptions> {
    let seconds = |value| sandspan::duration_from_seconds("useSignatureExpiration", value);
    let expiration: Option<Duration> = expiration.map(seconds).transpose()?;
    Ok(UrlOptions { user, expiration })
}
