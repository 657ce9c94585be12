//! Bytes that come from Python and go there, without copies that can be spared.

use bytes::Bytes;
use pyo3::{
    inspect::PyStaticExpr,
    intern,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    type_hint_identifier, type_hint_union,
    types::{PyByteArray, PyBytes, PyMemoryView, PyString},
};

use crate::{arguments::STR, error::InvalidArgumentException, parsing::wrong_type};

pub(crate) const BYTES: PyStaticExpr = type_hint_identifier!("builtins", "bytes");

/// What is written to a command or a terminal: text, sent as UTF-8, or bytes.
pub(crate) struct Data(pub(crate) Bytes);

impl FromPyObject<'_, '_> for Data {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(STR, BYTES);

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match text_or_bytes("data", &value)? {
            Some(bytes) => Ok(Self(bytes)),
            None => Err(wrong_type("data", "a string or bytes", &value)),
        }
    }
}

/// Bytes that Python gets as `bytes`.
pub(crate) struct Raw(pub(crate) Bytes);

impl<'py> IntoPyObject<'py> for Raw {
    type Target = PyBytes;
    type Output = Bound<'py, PyBytes>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = BYTES;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(PyBytes::new(py, &self.0))
    }
}

/// Bytes that Python gets as a `bytearray`.
pub(crate) struct Bytearray(pub(crate) Bytes);

impl<'py> IntoPyObject<'py> for Bytearray {
    type Target = PyByteArray;
    type Output = Bound<'py, PyByteArray>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "bytearray");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(PyByteArray::new(py, &self.0))
    }
}

/// Text as UTF-8, or bytes; none for anything else.
pub(crate) fn text_or_bytes(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    let Ok(text) = value.cast::<PyString>() else {
        return binary(value);
    };
    match text.extract::<PyBackedStr>() {
        Ok(text) => Ok(Some(Bytes::from_owner(text))),
        Err(_) => Err(InvalidArgumentException::new_err(format!(
            "{name} has characters that UTF-8 has not"
        ))),
    }
}

/// The bytes of `bytes`, which are shared, and those of what may change, which are copied; none for
/// anything else.
pub(crate) fn binary(value: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    if value.is_instance_of::<PyMemoryView>() {
        return binary(&value.call_method0(intern!(value.py(), "tobytes"))?);
    }
    let bytes: Option<PyBackedBytes> = value.extract().ok();
    Ok(bytes.map(Bytes::from_owner))
}
