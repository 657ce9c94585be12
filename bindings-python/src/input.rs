//! Input that is streamed to a command or a terminal.

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier, type_hint_subscript,
    types::{PyByteArray, PyBytes, PyMemoryView, PyString, PyTuple},
};
use sandspan::InputStream;

use crate::{
    chunk::Data, error::InvalidArgumentException, instance::Itself, parsing::wrong_type, runtime,
};

/// The pieces of an input, from an iterable.
pub(crate) struct Pieces(Py<PyAny>);

impl FromPyObject<'_, '_> for Pieces {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Iterable"),
        Data::INPUT_TYPE
    );

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let is_piece = value.is_instance_of::<PyString>()
            || value.is_instance_of::<PyBytes>()
            || value.is_instance_of::<PyByteArray>()
            || value.is_instance_of::<PyMemoryView>();
        if is_piece {
            return Err(InvalidArgumentException::new_err(
                "`data` must be an iterable of str or bytes chunks, not a single chunk; wrap it in \
                 a list, e.g. `stream_input(pid, [data])`.",
            ));
        }
        match value.try_iter() {
            Ok(pieces) => Ok(Self(pieces.into_any().unbind())),
            Err(_) => Err(wrong_type("data", "an iterable of str or bytes", &value)),
        }
    }
}

impl Pieces {
    /// Sends each piece as soon as it is there, and waits until all have arrived.
    pub(crate) fn send(self, py: Python<'_>, input: &InputStream) -> PyResult<()> {
        for piece in self.0.bind(py).try_iter()? {
            let Data(bytes) = piece?.extract()?;
            let stream = input.clone();
            runtime::block_on(py, runtime::spawn(async move { stream.send(bytes).await }))?;
        }
        let stream = input.clone();
        runtime::block_on(py, runtime::spawn(async move { stream.close().await }))
    }
}

/// An open way into a command or a terminal, by which input arrives in the order in which it was
/// sent.
///
/// Leaving an `async with` block closes it.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncCommandInputHandle(InputStream);

impl From<InputStream> for AsyncCommandInputHandle {
    fn from(input: InputStream) -> Self {
        Self(input)
    }
}

#[pymethods]
impl AsyncCommandInputHandle {
    /// Sends input, and waits only while much that was sent before is still on its way.
    ///
    /// Args:
    ///     data: Text, sent as UTF-8, or bytes.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    ///     CommandTimeoutException: The time of the stream is over.
    async fn send(&self, data: Data) -> PyResult<()> {
        let input = self.0.clone();
        runtime::spawn(async move { input.send(data.0).await }).await
    }

    /// Ends the stream, and waits until all of it has arrived. What it leads to stays open: a
    /// command reads end of file after its `close_stdin`. Doing so again changes nothing.
    ///
    /// Raises:
    ///     NotFoundException: There is no such process.
    ///     CommandTimeoutException: The time of the stream is over.
    async fn close(&self) -> PyResult<()> {
        let input = self.0.clone();
        runtime::spawn(async move { input.close().await }).await
    }

    #[expect(clippy::unused_async, reason = "Python awaits it")]
    async fn __aenter__(slf: Py<Self>) -> Itself {
        Itself(slf.into_any())
    }

    /// Ends the stream.
    #[pyo3(signature = (*_exception: "object"))]
    async fn __aexit__(&self, _exception: Py<PyTuple>) -> PyResult<()> {
        self.close().await
    }
}
