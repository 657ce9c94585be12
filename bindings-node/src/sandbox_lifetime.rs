//! Asking what ends a sandbox, waiting for its end, and putting it off.

use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;
use sandspan::{EndReason, KeepAliveOptions};

use crate::ending::{EndListener, EndWatch};
use crate::error::JsResult;
use crate::keep_alive::KeepAlive;
use crate::lifetime::Lifetime;
use crate::options::{self, ConnectionOptions};
use crate::promise::promise;
use crate::sandbox::{Sandbox, client, limited};

/// The calls that need no handle.
#[napi]
impl Sandbox {
    /// What ends a sandbox, and when.
    #[napi(js_name = "getLifetime")]
    pub async fn get_lifetime_by_id(
        sandbox_id: String,
        connection: ConnectionOptions,
    ) -> JsResult<Lifetime> {
        let lifetime = async { client(connection)?.get_lifetime(&sandbox_id).await };
        lifetime.await.map(Lifetime::from).into()
    }

    /// Waits until a sandbox ends or is paused, and tells why.
    #[napi(js_name = "waitUntilEnded", ts_return_type = "Promise<EndReason>")]
    pub async fn wait_until_ended_by_id(
        sandbox_id: String,
        connection: ConnectionOptions,
    ) -> JsResult<&'static str> {
        let reason = async { client(connection)?.wait_until_ended(&sandbox_id).await };
        reason.await.map(EndReason::as_str).into()
    }
}

#[napi]
impl Sandbox {
    /// What ends it, and when.
    #[napi]
    pub fn get_lifetime<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<Lifetime>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            sandbox.get_lifetime().await.map(Lifetime::from)
        })
    }

    /// Waits until it ends or is paused, and tells why.
    #[napi(ts_return_type = "Promise<EndReason>")]
    pub fn wait_until_ended<'env>(
        &self,
        env: &'env Env,
        request_timeout_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<&'static str>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let sandbox = limited(sandbox, request_timeout_ms)?;
            let reason = sandbox.wait_until_ended().await?;
            Ok(reason.as_str())
        })
    }

    /// Tells a listener once it ended or was paused.
    #[napi]
    pub fn on_end(&self, #[napi(ts_arg_type = "EndListener")] listener: EndListener) -> EndWatch {
        EndWatch::new(self.inner.clone(), listener)
    }

    /// Keeps it alive until the answer is stopped or freed.
    #[napi]
    pub fn keep_alive<'env>(
        &self,
        env: &'env Env,
        extend_by_ms: Option<f64>,
    ) -> napi::Result<PromiseRaw<'env, JsResult<KeepAlive>>> {
        let sandbox = self.inner.clone();
        promise(env, async move {
            let extend_by = options::duration("extendByMs", extend_by_ms)?;
            let keep_alive = sandbox.keep_alive(KeepAliveOptions { extend_by }).await?;
            Ok(keep_alive.into())
        })
    }
}
