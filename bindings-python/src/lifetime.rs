//! What ends a sandbox and when, as an instance of the package's dataclass, and back.

use std::time::Duration;

use jiff::Timestamp;
use pyo3::{
    exceptions::PyValueError,
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyDict, PyType},
};
use sandspan::{Activity, Enforcer, Lifetime};

use crate::{
    query,
    results::{self, MODELS, datetime},
};

/// What ends a sandbox, and when.
pub(crate) struct SandboxLifetime(pub(crate) Lifetime);

impl<'py> IntoPyObject<'py> for SandboxLifetime {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "SandboxLifetime");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let ends_at = self.0.ends_at();
        let lifetime = self.0;
        let time = |time: Option<Timestamp>| time.map(|time| datetime(py, time)).transpose();
        let seconds = |duration: Option<Duration>| duration.map(|it| it.as_secs_f64());
        let fields = PyDict::new(py);
        fields.set_item("sandbox_id", lifetime.sandbox_id)?;
        fields.set_item("state", results::state(py, &lifetime.state)?)?;
        fields.set_item("ends_at", time(ends_at)?)?;
        fields.set_item("deadline", time(lifetime.deadline)?)?;
        fields.set_item("latest_deadline", time(lifetime.latest_deadline)?)?;
        fields.set_item("cap", seconds(lifetime.cap))?;
        fields.set_item("idle_timeout", seconds(lifetime.idle_timeout))?;
        fields.set_item("idle_deadline", time(lifetime.idle_deadline)?)?;
        fields.set_item("idle_counts_processes", lifetime.idle_counts_processes)?;
        let last_activity = lifetime.last_activity.map(|used| activity(py, used));
        fields.set_item("last_activity", last_activity.transpose()?)?;
        fields.set_item("on_timeout", results::on_timeout(lifetime.on_timeout))?;
        fields.set_item("auto_resume", lifetime.auto_resume)?;
        fields.set_item("enforced_by", lifetime.enforced_by.as_str())?;
        fields.set_item("rule", lifetime.rule)?;
        CLASS
            .import(py, MODELS, "SandboxLifetime")?
            .call((), Some(&fields))
    }
}

fn activity(py: Python<'_>, used: Activity) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let kind = serde_json::to_value(used.kind).expect("its name");
    let fields = (datetime(py, used.at)?, kind.as_str(), used.port);
    CLASS.import(py, MODELS, "SandboxActivity")?.call1(fields)
}

/// Tells what ends a sandbox and when, in one line: what `str` gives for a `SandboxLifetime`.
#[pyfunction]
#[pyo3(signature = (lifetime: "SandboxLifetime"))]
pub(crate) fn describe_lifetime(lifetime: Described) -> PyResult<String> {
    Lifetime::try_from(lifetime).map(|lifetime| lifetime.to_string())
}

/// The fields of an instance of the dataclass.
#[derive(FromPyObject)]
pub(crate) struct Described {
    sandbox_id: String,
    state: String,
    deadline: Option<Time>,
    latest_deadline: Option<Time>,
    cap: Option<f64>,
    idle_timeout: Option<f64>,
    idle_deadline: Option<Time>,
    idle_counts_processes: bool,
    last_activity: Option<Used>,
    on_timeout: String,
    auto_resume: bool,
    enforced_by: String,
    rule: String,
}

#[derive(FromPyObject)]
struct Used {
    at: Time,
    kind: String,
    port: Option<u16>,
}

struct Time(Timestamp);

impl FromPyObject<'_, '_> for Time {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        query::timestamp("a time", &value).map(Self)
    }
}

impl TryFrom<Described> for Lifetime {
    type Error = PyErr;

    fn try_from(described: Described) -> PyResult<Self> {
        let time = |time: Option<Time>| time.map(|time| time.0);
        Ok(Self {
            sandbox_id: described.sandbox_id,
            state: query::state(described.state),
            deadline: time(described.deadline),
            latest_deadline: time(described.latest_deadline),
            cap: seconds(described.cap)?,
            idle_timeout: seconds(described.idle_timeout)?,
            idle_deadline: time(described.idle_deadline),
            idle_counts_processes: described.idle_counts_processes,
            last_activity: described.last_activity.map(used).transpose()?,
            on_timeout: serde_json::from_value(described.on_timeout.into())
                .map_err(|cause| value_error(&cause))?,
            auto_resume: described.auto_resume,
            enforced_by: enforcer(&described.enforced_by)?,
            rule: described.rule,
        })
    }
}

fn enforcer(name: &str) -> PyResult<Enforcer> {
    let named = [Enforcer::Server, Enforcer::Lease]
        .into_iter()
        .find(|enforcer| enforcer.as_str() == name);
    named.ok_or_else(|| value_error(&format!("nobody enforces anything as {name:?}")))
}

fn used(used: Used) -> PyResult<Activity> {
    Ok(Activity {
        at: used.at.0,
        kind: serde_json::from_value(used.kind.into()).map_err(|cause| value_error(&cause))?,
        port: used.port,
    })
}

fn seconds(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let duration = seconds.map(Duration::try_from_secs_f64).transpose();
    duration.map_err(|cause| value_error(&cause))
}

fn value_error(cause: &impl ToString) -> PyErr {
    PyValueError::new_err(cause.to_string())
}
