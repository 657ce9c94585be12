//! Input that is streamed to a process.

use napi::Env;
use napi::bindgen_prelude::{Either, PromiseRaw, Result, Uint8Array};
use napi_derive::napi;

use crate::commands::bytes;
use crate::error::JsResult;
use crate::promise::promise;

/// An open way into a process.
#[napi]
pub struct InputStream {
    inner: sandspan::InputStream,
}

impl From<sandspan::InputStream> for InputStream {
    fn from(inner: sandspan::InputStream) -> Self {
        Self { inner }
    }
}

#[napi]
impl InputStream {
    /// The process id of what it leads to.
    #[napi(getter)]
    pub fn pid(&self) -> u32 {
        self.inner.pid()
    }

    /// Sends input.
    #[napi]
    pub fn send<'env>(
        &self,
        env: &'env Env,
        data: Either<String, Uint8Array>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let input = self.inner.clone();
        let data = bytes(data);
        promise(env, async move { input.send(data).await })
    }

    /// Ends the stream, and waits until all of it has arrived.
    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let input = self.inner.clone();
        promise(env, async move { input.close().await })
    }
}
