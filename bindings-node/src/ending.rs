//! The end of a sandbox.

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Unknown, spawn};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::error::PackageError;

type End = FnArgs<(Option<&'static str>, Option<PackageError>)>;

/// Takes why a sandbox ended, or the error that kept that from being known. It must not throw. It
/// is weak: a sandbox that lives on does not keep a finished script alive.
pub type EndListener = ThreadsafeFunction<End, Unknown<'static>, End, Status, false, true>;

/// Waits for the end of a sandbox, also when it is freed.
#[napi]
pub struct EndWatch {
    task: AbortHandle,
}

impl EndWatch {
    /// Tells the listener once the sandbox ended.
    pub(crate) fn new(sandbox: sandspan::Sandbox, listener: EndListener) -> Self {
        let task = spawn(async move {
            let end = match sandbox.wait_until_ended().await {
                Ok(reason) => (Some(reason.as_str()), None),
                Err(error) => (None, Some(PackageError(error))),
            };
            listener.call(end.into(), ThreadsafeFunctionCallMode::NonBlocking);
        });
        Self {
            task: task.abort_handle(),
        }
    }
}

#[napi]
impl EndWatch {
    /// Waits no longer.
    #[napi]
    pub fn cancel(&self) {
        self.task.abort();
    }
}
