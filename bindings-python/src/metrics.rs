//! What a sandbox used.

use jiff::Timestamp;
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyDict, PyType},
};

use crate::{
    arguments::{RequestTimeout, SandboxId, named_argument},
    methods::{class_methods, methods},
    query::timestamp,
    results::{MODELS, datetime},
    sandbox::{AsyncSandbox, Sandbox, limited},
};

const DATETIME: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

named_argument!(
    /// When the figures begin.
    Start(Timestamp) = timestamp("start"), DATETIME
);
named_argument!(
    /// When the figures end.
    End(Timestamp) = timestamp("end"), DATETIME
);

/// What a sandbox used at one time.
pub(crate) struct SandboxMetrics(sandspan::SandboxMetrics);

impl<'py> IntoPyObject<'py> for SandboxMetrics {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "SandboxMetrics");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let metrics = self.0;
        let fields = PyDict::new(py);
        fields.set_item("cpu_count", metrics.cpu_count)?;
        fields.set_item("cpu_used_pct", metrics.cpu_used_pct)?;
        fields.set_item("disk_total", metrics.disk_total)?;
        fields.set_item("disk_used", metrics.disk_used)?;
        fields.set_item("mem_total", metrics.mem_total)?;
        fields.set_item("mem_used", metrics.mem_used)?;
        fields.set_item("mem_cache", metrics.mem_cache)?;
        fields.set_item("timestamp", datetime(py, metrics.timestamp)?)?;
        CLASS
            .import(py, MODELS, "SandboxMetrics")?
            .call((), Some(&fields))
    }
}

methods! {
    Sandbox, AsyncSandbox;

    /// Gives what it used over time, the earliest first.
    ///
    /// Args:
    ///     start: When the figures begin. Default: when it was created.
    ///     end: When they end. Default: now.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (start = None, end = None, *, request_timeout = None))]
    async fn _get_metrics(
        &sandbox, start: Option<Start>, end: Option<End>, request_timeout: Option<RequestTimeout>,
    ) -> Vec<SandboxMetrics> {
        let sandbox = limited(&sandbox, request_timeout);
        let metrics = sandbox.get_metrics(start.map(Into::into), end.map(Into::into)).await?;
        Ok(metrics.into_iter().map(SandboxMetrics).collect())
    }
}

class_methods! {
    Sandbox, AsyncSandbox;

    /// Gives what a sandbox used over time, the earliest first.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     start: When the figures begin. Default: when it was created.
    ///     end: When they end. Default: now.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, start = None, end = None, *)]
    async fn _get_metrics_by_id(
        call, sandbox_id: SandboxId, start: Option<Start>, end: Option<End>,
    ) -> Vec<SandboxMetrics> {
        let (start, end) = (start.map(Into::into), end.map(Into::into));
        let metrics = call.client.get_metrics(&String::from(sandbox_id), start, end).await?;
        Ok(metrics.into_iter().map(SandboxMetrics).collect())
    }
}
