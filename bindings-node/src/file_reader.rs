//! What JavaScript reads from a file piece by piece.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result, Uint8Array};
use napi_derive::napi;

use crate::error::JsResult;
use crate::promise::promise;

/// The content of a file that is still being read. Nothing is fetched before it is asked for.
#[napi]
pub struct FileReader {
    inner: Arc<sandspan::FileReader>,
}

impl From<sandspan::FileReader> for FileReader {
    fn from(inner: sandspan::FileReader) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }
}

#[napi]
impl FileReader {
    /// The next piece; null at the end.
    #[napi]
    pub fn next<'env>(
        &self,
        env: &'env Env,
    ) -> Result<PromiseRaw<'env, JsResult<Option<Uint8Array>>>> {
        let reader = Arc::clone(&self.inner);
        promise(env, async move {
            let piece = reader.next().await.transpose()?;
            Ok(piece.map(|piece| Vec::from(piece).into()))
        })
    }

    /// Ends the transfer.
    #[napi]
    pub fn close(&self) {
        self.inner.close();
    }
}
