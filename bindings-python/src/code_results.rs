//! What running code comes to, as objects of the package's classes.

use pyo3::{
    call::PyCallArgs,
    exceptions::{PyRecursionError, PyValueError},
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyDict, PyList, PyString, PyType},
};
use sandspan::CodeContext;

use crate::json;

const MODELS: &str = "sandspan.code_interpreter.models";

/// Defines a reference to an object of one of the package's classes, under the name of that.
macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name(pub(crate) Py<PyAny>);

            impl $name {
                fn new<'py>(
                    py: Python<'py>,
                    values: impl PyCallArgs<'py>,
                    fields: Option<&Bound<'py, PyDict>>,
                ) -> PyResult<Self> {
                    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
                    let class = CLASS.import(py, MODELS, stringify!($name))?;
                    class.call(values, fields).map(|object| Self(object.unbind()))
                }
            }

            impl<'py> IntoPyObject<'py> for $name {
                type Target = PyAny;
                type Output = Bound<'py, PyAny>;
                type Error = PyErr;

                const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!(MODELS, stringify!($name));

                fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
                    Ok(self.0.into_bound(py))
                }
            }
        )+
    };
}

objects! {
    /// A piece of what code wrote.
    OutputMessage
    /// The exception that code ended with.
    ExecutionError
    /// Something that code displayed, or what it came to.
    Result
    /// What code wrote.
    Logs
    /// What running code came to.
    Execution
}

impl OutputMessage {
    pub(crate) fn of(
        py: Python<'_>,
        line: &Bound<'_, PyString>,
        timestamp: Option<String>,
        error: bool,
    ) -> PyResult<Self> {
        Self::new(py, (line, timestamp, error), None)
    }
}

impl ExecutionError {
    pub(crate) fn of(py: Python<'_>, error: sandspan::ExecutionError) -> PyResult<Self> {
        Self::new(py, (error.name, error.value, error.traceback), None)
    }
}

impl Result {
    pub(crate) fn of(py: Python<'_>, result: &sandspan::ExecutionResult) -> PyResult<Self> {
        let fields = fields(py, result)?;
        fields.set_item("is_main_result", result.is_main_result())?;
        Self::new(py, (), Some(&fields))
    }
}

/// What a result is made of. Python's integers have no bounds, which the core's numbers have; what
/// Python will not read either is as the core gives it.
fn fields<'py>(
    py: Python<'py>,
    result: &sandspan::ExecutionResult,
) -> PyResult<Bound<'py, PyDict>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let loads = LOADS.import(py, "json", "loads")?;
    match loads.call1((result.raw_json(),)) {
        Ok(fields) => Ok(fields.cast_into()?),
        Err(error) if is_beyond(py, &error) => json::dict_unchanged(py, result.raw()),
        Err(error) => Err(error),
    }
}

/// Whether an integer is too long, or lists lie in each other too deep.
fn is_beyond(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyValueError>(py) || error.is_instance_of::<PyRecursionError>(py)
}

impl Execution {
    pub(crate) fn of(
        results: &Bound<'_, PyList>,
        stdout: &Bound<'_, PyList>,
        stderr: &Bound<'_, PyList>,
        error: Option<ExecutionError>,
        count: Option<u64>,
    ) -> PyResult<Self> {
        let py = results.py();
        let logs = Logs::new(py, (stdout, stderr), None)?;
        Self::new(py, (results, logs, error, count), None)
    }
}

/// A kernel that keeps what code leaves in it.
pub(crate) struct Context(pub(crate) CodeContext);

impl<'py> IntoPyObject<'py> for Context {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!(MODELS, "Context");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let fields = (self.0.id, self.0.language, self.0.cwd);
        CLASS.import(py, MODELS, "Context")?.call1(fields)
    }
}
