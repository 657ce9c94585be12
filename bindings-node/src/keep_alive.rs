//! Keeping a sandbox alive.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;

use crate::date::Date;
use crate::error::{JsResult, PackageError};
use crate::promise::promise;

/// Keeps a sandbox alive until it is stopped or freed.
#[napi]
pub struct KeepAlive {
    inner: Arc<sandspan::KeepAlive>,
}

impl From<sandspan::KeepAlive> for KeepAlive {
    fn from(inner: sandspan::KeepAlive) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }
}

#[napi]
impl KeepAlive {
    /// Stops.
    #[napi]
    pub fn stop<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let keep_alive = Arc::clone(&self.inner);
        promise(env, async move {
            keep_alive.stop().await;
            Ok(())
        })
    }

    /// Whether it still extends.
    #[napi(getter)]
    pub fn is_running(&self) -> bool {
        self.inner.is_running()
    }

    /// When the sandbox ends all the same, once the service extends no further.
    #[napi(getter)]
    pub fn limited_until(&self) -> Option<Date> {
        self.inner.limited_until().map(Date)
    }

    /// Why it had to give up, if it had to.
    #[napi(getter)]
    pub fn failure(&self) -> Option<PackageError> {
        self.inner.failure().map(PackageError)
    }
}
