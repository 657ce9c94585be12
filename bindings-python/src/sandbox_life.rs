//! What concerns the life of a sandbox: pausing it, its end, and how to put that off.

use pyo3::prelude::*;
use sandspan::KeepAliveOptions;

use crate::{
    arguments::{ExtendBy, KeepMemory, RequestTimeout},
    callbacks::Callback,
    ending::{EndReason, EndWatch},
    keep_alive::Keeping,
    lifecycle::{self, SnapshotMode},
    lifetime::SandboxLifetime,
    methods::{methods, methods_on_caller},
    runtime,
    sandbox::{AsyncSandbox, Flavour, Sandbox, limited},
};

methods_on_caller! {
    Sandbox, AsyncSandbox;

    /// Pauses it. `connect` resumes it.
    ///
    /// Args:
    ///     keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
    ///     mode: What is kept: `full` keeps processes and memory beside the files. After
    ///         `filesystem` it starts afresh from its files. Default: the provider's, which is
    ///         `full`.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Returns:
    ///     False when it was paused already.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (keep_memory = None, *, mode = None, request_timeout = None))]
    async fn _pause(
        &sandbox, keep_memory: Option<KeepMemory>, mode: Option<SnapshotMode>,
        request_timeout: Option<RequestTimeout>,
    ) -> bool {
        let keep = lifecycle::kept("mode", mode, keep_memory)?;
        let sandbox = limited(&sandbox, request_timeout);
        runtime::spawn(async move { sandbox.pause(keep).await }).await
    }
}

methods! {
    Sandbox, AsyncSandbox;

    /// Tells what ends it, and when. `str` of the answer is one line for people.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (*, request_timeout = None))]
    async fn _get_lifetime(
        &sandbox, request_timeout: Option<RequestTimeout>,
    ) -> SandboxLifetime {
        limited(&sandbox, request_timeout).get_lifetime().await.map(SandboxLifetime)
    }

    /// Waits until it ends or is paused. This does not count as a use of it.
    ///
    /// Args:
    ///     request_timeout: Seconds that one request may take; the waiting has no limit. Default:
    ///         the connection's.
    ///
    /// Returns:
    ///     Why it ended.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already, and nothing is known of its end.
    #[pyo3(signature = (*, request_timeout = None))]
    async fn _wait_until_ended(
        &sandbox, request_timeout: Option<RequestTimeout>,
    ) -> EndReason {
        limited(&sandbox, request_timeout).wait_until_ended().await.map(EndReason)
    }

    /// Keeps it alive, and from being idle, while work is going on: in a `with` block (for asyncio,
    /// `async with`), or between `start` and `stop` of the answer. Its end is extended again and
    /// again, never shortened, and not beyond what the service allows.
    ///
    /// Args:
    ///     extend_by: Seconds that it lives at least after the last extension: 15 to 3600. It is
    ///         extended each time half of them have passed. Default: 60.
    #[pyo3(signature = (extend_by = None))]
    fn keep_alive(&sandbox, extend_by: Option<ExtendBy>) -> <Self as Flavour>::KeepAlive {
        let options = KeepAliveOptions { extend_by: extend_by.map(Into::into) };
        Keeping::new(sandbox.clone(), options).into()
    }
}

#[pymethods]
impl Sandbox {
    /// Calls a function once, when the sandbox has ended or was paused.
    ///
    /// It is called on a thread of the package's. A program that ends does not wait for that, and
    /// waits for a call that has begun. What the function raises goes to `sys.unraisablehook`, and
    /// so does why the end could not be learnt.
    ///
    /// Args:
    ///     callback: Called with why it ended.
    fn on_end(&self, callback: Callback<EndReason>) -> EndWatch {
        EndWatch::on_thread(self.0.clone(), callback)
    }
}

#[pymethods]
impl AsyncSandbox {
    /// Calls a function once, when the sandbox has ended or was paused.
    ///
    /// It is called on the event loop that runs, and what it returns is awaited if it can be. What
    /// it raises goes to the loop's exception handler, and so does why the end could not be learnt.
    ///
    /// Args:
    ///     callback: Called with why it ended.
    fn on_end(slf: Py<Self>, callback: Callback<EndReason>) -> PyResult<EndWatch> {
        EndWatch::on_loop(slf, callback)
    }
}
