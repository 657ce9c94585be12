//! Calls of objects as promises.

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Result, ToNapiValue};

use crate::error::JsResult;

/// Starts a call, and gives the promise of its result.
///
/// A method whose call takes time uses this instead of being an `async fn`, which would borrow the
/// object during the call: when a worker thread ends, its objects are freed and its calls go on.
pub(crate) fn promise<T: ToNapiValue + Send + 'static>(
    env: &Env,
    call: impl Future<Output = sandspan::Result<T>> + Send + 'static,
) -> Result<PromiseRaw<'_, JsResult<T>>> {
    env.spawn_future(async { Ok(call.await.into()) })
}
