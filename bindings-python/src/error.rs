//! Errors of the core, as exceptions of the package's classes.

use std::{error::Error as _, iter};

use pyo3::{
    exceptions::PyException,
    import_exception,
    prelude::*,
    types::{PyDict, PyType},
};
use sandspan::{Error, ErrorKind};

use crate::results;

import_exception!(sandspan.exceptions, AuthenticationException);
import_exception!(sandspan.exceptions, CommandExitException);
import_exception!(sandspan.exceptions, CommandTimeoutException);
import_exception!(sandspan.exceptions, FileNotFoundException);
import_exception!(sandspan.exceptions, GitAuthException);
import_exception!(sandspan.exceptions, GitUpstreamException);
import_exception!(sandspan.exceptions, InvalidArgumentException);
import_exception!(sandspan.exceptions, LocalRuntimeException);
import_exception!(sandspan.exceptions, NotEnoughSpaceException);
import_exception!(sandspan.exceptions, NotFoundException);
import_exception!(sandspan.exceptions, PortClosedException);
import_exception!(sandspan.exceptions, RateLimitException);
import_exception!(sandspan.exceptions, RequestTimeoutException);
import_exception!(sandspan.exceptions, SandboxException);
import_exception!(sandspan.exceptions, SandboxExpiredException);
import_exception!(sandspan.exceptions, SandboxKilledException);
import_exception!(sandspan.exceptions, SandboxNotFoundException);
import_exception!(sandspan.exceptions, SandboxNotRunningException);
import_exception!(sandspan.exceptions, SandboxPausedException);
import_exception!(sandspan.exceptions, SandboxUnreachableException);
import_exception!(sandspan.exceptions, ServiceBusyException);
import_exception!(sandspan.exceptions, TemplateException);
import_exception!(sandspan.exceptions, UnsupportedException);

/// The exception for an error of the core.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(crate) fn raise(error: Error) -> PyErr {
    Python::attach(|py| {
        let raised = exception(py, &error).map_or_else(|failure| failure, PyErr::from_value);
        raised.set_cause(py, cause(&error));
        raised
    })
}

/// What lies under an error, as one exception. It has no class of its own: nothing handles it.
fn cause(error: &Error) -> Option<PyErr> {
    let sources = iter::successors(error.source(), |&source| source.source());
    let texts: Vec<String> = sources.map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| PyException::new_err(texts.join(": ")))
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let class = class(py, error.kind());
    let exception = match error.command_result() {
        Some(result) => {
            return command_exception(&results::command_result_fields(py, result)?);
        }
        None => class.call1((error.message(),))?,
    };
    if let Some(status) = error.status() {
        exception.setattr("status_code", status)?;
    }
    Ok(exception)
}

/// The exception for a command that ended with another exit code than 0.
pub(crate) fn command_exit(fields: &Bound<'_, PyDict>) -> PyResult<PyErr> {
    command_exception(fields).map(PyErr::from_value)
}

fn command_exception<'py>(fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    let class = fields.py().get_type::<CommandExitException>();
    class.call((), Some(fields))
}

fn class(py: Python<'_>, kind: ErrorKind) -> Bound<'_, PyType> {
    match kind {
        ErrorKind::InvalidArgument => py.get_type::<InvalidArgumentException>(),
        ErrorKind::Unauthenticated => py.get_type::<AuthenticationException>(),
        ErrorKind::SandboxNotFound => py.get_type::<SandboxNotFoundException>(),
        ErrorKind::FileNotFound => py.get_type::<FileNotFoundException>(),
        ErrorKind::GitAuth => py.get_type::<GitAuthException>(),
        ErrorKind::GitUpstream => py.get_type::<GitUpstreamException>(),
        ErrorKind::NotFound => py.get_type::<NotFoundException>(),
        ErrorKind::Template => py.get_type::<TemplateException>(),
        ErrorKind::Expired => py.get_type::<SandboxExpiredException>(),
        ErrorKind::Killed => py.get_type::<SandboxKilledException>(),
        ErrorKind::Paused => py.get_type::<SandboxPausedException>(),
        ErrorKind::NotRunning => py.get_type::<SandboxNotRunningException>(),
        ErrorKind::PortClosed => py.get_type::<PortClosedException>(),
        ErrorKind::Unreachable => py.get_type::<SandboxUnreachableException>(),
        ErrorKind::RequestTimeout => py.get_type::<RequestTimeoutException>(),
        ErrorKind::CommandTimeout => py.get_type::<CommandTimeoutException>(),
        ErrorKind::CommandExit => py.get_type::<CommandExitException>(),
        ErrorKind::RateLimited => py.get_type::<RateLimitException>(),
        ErrorKind::Busy => py.get_type::<ServiceBusyException>(),
        ErrorKind::NotEnoughSpace => py.get_type::<NotEnoughSpaceException>(),
        ErrorKind::Unsupported => py.get_type::<UnsupportedException>(),
        ErrorKind::LocalRuntime => py.get_type::<LocalRuntimeException>(),
        _ => py.get_type::<SandboxException>(),
    }
}
