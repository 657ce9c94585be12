//! What the core returns, as instances of the package's dataclasses.

use jiff::{Timestamp, tz::TimeZone};
use pyo3::{
    IntoPyObjectExt,
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier, type_hint_union,
    types::{IntoPyDict, PyDateTime, PyDict, PyType, PyTzInfo},
};
use sandspan::{Lifecycle, OnTimeout, SandboxState, VolumeMount};

use crate::{foreground::Finished, json};

pub(crate) const MODELS: &str = "sandspan.models";

/// What is known of a sandbox.
pub(crate) struct SandboxInfo(pub(crate) sandspan::SandboxInfo);

impl<'py> IntoPyObject<'py> for SandboxInfo {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "SandboxInfo");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let info = self.0;
        let fields = PyDict::new(py);
        fields.set_item("sandbox_id", info.sandbox_id)?;
        fields.set_item("sandbox_domain", info.sandbox_domain)?;
        fields.set_item("template_id", info.template_id)?;
        fields.set_item("name", info.name)?;
        fields.set_item("metadata", info.metadata)?;
        fields.set_item("started_at", datetime(py, info.started_at)?)?;
        fields.set_item("end_at", datetime(py, info.end_at)?)?;
        fields.set_item("state", state(py, &info.state)?)?;
        fields.set_item("cpu_count", info.cpu_count)?;
        fields.set_item("memory_mb", info.memory_mb)?;
        fields.set_item("envd_version", info.envd_version)?;
        fields.set_item("allow_internet_access", info.allow_internet_access)?;
        fields.set_item(
            "network",
            info.network
                .map(|rules| json::to_python(py, &rules))
                .transpose()?,
        )?;
        fields.set_item(
            "lifecycle",
            info.lifecycle.map(|it| lifecycle(py, it)).transpose()?,
        )?;
        fields.set_item("volume_mounts", volume_mounts(py, &info.volume_mounts)?)?;
        CLASS
            .import(py, MODELS, "SandboxInfo")?
            .call((), Some(&fields))
    }
}

pub(crate) fn datetime(py: Python<'_>, timestamp: Timestamp) -> PyResult<Bound<'_, PyDateTime>> {
    let utc = TimeZone::UTC.to_datetime(timestamp);
    PyDateTime::new(
        py,
        utc.year().into(),
        utc.month().unsigned_abs(),
        utc.day().unsigned_abs(),
        utc.hour().unsigned_abs(),
        utc.minute().unsigned_abs(),
        utc.second().unsigned_abs(),
        utc.subsec_nanosecond().unsigned_abs() / 1000,
        Some(&*PyTzInfo::utc(py)?),
    )
}

pub(crate) fn state<'py>(py: Python<'py>, state: &SandboxState) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS
        .import(py, MODELS, "SandboxState")?
        .call1((state.as_str(),))
}

fn lifecycle(py: Python<'_>, lifecycle: Lifecycle) -> PyResult<Bound<'_, PyDict>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let fields = PyDict::new(py);
    fields.set_item(
        "on_timeout",
        CLASS
            .import(py, MODELS, "SandboxOnTimeout")?
            .call1((on_timeout(lifecycle.on_timeout),))?,
    )?;
    fields.set_item("auto_resume", lifecycle.auto_resume)?;
    Ok(fields)
}

pub(crate) fn on_timeout(action: OnTimeout) -> &'static str {
    match action {
        OnTimeout::Kill => "kill",
        OnTimeout::Pause => "pause",
    }
}

fn volume_mounts<'py>(
    py: Python<'py>,
    mounts: &[VolumeMount],
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    mounts
        .iter()
        .map(|mount| [("name", &mount.name), ("path", &mount.path)].into_py_dict(py))
        .collect()
}

/// How a command ended.
pub(crate) struct CommandResult(pub(crate) sandspan::CommandResult);

impl<'py> IntoPyObject<'py> for CommandResult {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "CommandResult");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        command_result(py, &command_result_fields(py, &self.0)?)
    }
}

/// What `run` gives: a result, or with `background=True` a handle.
pub(crate) enum Ran<Handle> {
    Result(Finished),
    Handle(Handle),
}

impl<'py, Handle: IntoPyObject<'py>> IntoPyObject<'py> for Ran<Handle> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(Finished::OUTPUT_TYPE, Handle::OUTPUT_TYPE);

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Result(result) => result.into_bound_py_any(py),
            Self::Handle(handle) => handle.into_bound_py_any(py),
        }
    }
}

/// The fields that a result shares with the exception for a command that failed.
pub(crate) fn command_result_fields<'py>(
    py: Python<'py>,
    result: &sandspan::CommandResult,
) -> PyResult<Bound<'py, PyDict>> {
    let kept = |text| result.retained.then_some(text);
    let (stderr, stdout) = (kept(&result.stderr), kept(&result.stdout));
    command_fields(
        py,
        stderr,
        stdout,
        result.exit_code,
        result.error.as_deref(),
    )
}

/// The same fields, one by one; an output that was not kept is none.
pub(crate) fn command_fields<'py>(
    py: Python<'py>,
    stderr: Option<impl IntoPyObject<'py>>,
    stdout: Option<impl IntoPyObject<'py>>,
    exit_code: i32,
    error: Option<&str>,
) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("stderr", stderr)?;
    fields.set_item("stdout", stdout)?;
    fields.set_item("exit_code", exit_code)?;
    fields.set_item("error", error)?;
    Ok(fields)
}

/// An instance of the dataclass `CommandResult`.
pub(crate) fn command_result<'py>(
    py: Python<'py>,
    fields: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS
        .import(py, MODELS, "CommandResult")?
        .call((), Some(fields))
}

/// A process in a sandbox.
pub(crate) struct ProcessInfo(pub(crate) sandspan::ProcessInfo);

impl<'py> IntoPyObject<'py> for ProcessInfo {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "ProcessInfo");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let process = self.0;
        let fields = (
            process.pid,
            process.tag,
            process.cmd,
            process.args,
            process.envs,
            process.cwd,
        );
        CLASS.import(py, MODELS, "ProcessInfo")?.call1(fields)
    }
}
