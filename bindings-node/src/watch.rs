//! Watching a directory.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;

use crate::error::JsResult;
use crate::file_entry::FilesystemEvent;
use crate::promise::promise;

/// A directory that is being watched.
#[napi]
pub struct Watch {
    inner: Arc<sandspan::Watch>,
}

impl From<sandspan::Watch> for Watch {
    fn from(inner: sandspan::Watch) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }
}

#[napi]
impl Watch {
    /// What happens next; null once nothing comes any more.
    #[napi]
    pub fn next<'env>(
        &self,
        env: &'env Env,
    ) -> Result<PromiseRaw<'env, JsResult<Option<FilesystemEvent>>>> {
        let watch = Arc::clone(&self.inner);
        promise(env, async move {
            let event = watch.next().await.transpose()?;
            Ok(event.map(FilesystemEvent::from))
        })
    }

    /// Stops watching.
    #[napi]
    pub fn stop(&self) {
        self.inner.stop();
    }
}
