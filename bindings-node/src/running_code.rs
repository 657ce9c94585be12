//! Code that runs.

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result};
use napi_derive::napi;

use crate::code_output::CodeEvent;
use crate::error::JsResult;
use crate::promise::promise;

/// Code that runs.
#[napi]
pub struct RunningCode {
    inner: sandspan::RunningCode,
}

impl From<sandspan::RunningCode> for RunningCode {
    fn from(inner: sandspan::RunningCode) -> Self {
        Self { inner }
    }
}

#[napi]
impl RunningCode {
    /// What happened next, and all that came with it; null once nothing comes any more.
    #[napi]
    pub fn next_events<'env>(
        &self,
        env: &'env Env,
    ) -> Result<PromiseRaw<'env, JsResult<Option<Vec<CodeEvent>>>>> {
        let running = self.inner.clone();
        promise(env, async move {
            let events = running.next_events().await.transpose()?;
            Ok(events.map(|events| events.into_iter().map(CodeEvent::from).collect()))
        })
    }

    /// Interrupts it, unless it has ended.
    #[napi]
    pub fn stop(&self) {
        self.inner.stop();
    }
}
