//! Files that are read while they arrive.

use std::sync::Arc;

use pyo3::{
    exceptions::PyStopAsyncIteration, inspect::PyStaticExpr, intern, prelude::*,
    type_hint_identifier, type_hint_subscript, types::PyTuple,
};
use sandspan::FileReader;

use crate::{
    chunk::{BYTES, Raw},
    instance::Itself,
    runtime,
};

/// The content of a file, piece by piece, each as it arrives.
///
/// Leaving a `with` block ends the transfer, as `close` does.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct FileStreamReader(Arc<FileReader>);

/// The content of a file, piece by piece, each as it arrives, for asyncio.
///
/// Leaving an `async with` block ends the transfer, as `aclose` does.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncFileStreamReader(Arc<FileReader>);

impl From<FileReader> for FileStreamReader {
    fn from(reader: FileReader) -> Self {
        Self(Arc::new(reader))
    }
}

impl From<FileReader> for AsyncFileStreamReader {
    fn from(reader: FileReader) -> Self {
        Self(Arc::new(reader))
    }
}

async fn next(reader: Arc<FileReader>) -> PyResult<Option<Raw>> {
    let next = runtime::spawn(async move { reader.next().await.transpose() });
    Ok(next.await?.map(Raw))
}

#[pymethods]
impl FileStreamReader {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Raw>> {
        runtime::block_on(py, next(Arc::clone(&self.0)))
    }

    /// Ends the transfer. Doing so again changes nothing.
    fn close(&self) {
        runtime::within(|| self.0.close());
    }

    fn __enter__(slf: Bound<'_, Self>) -> Itself {
        Itself(slf.into_any().unbind())
    }

    /// Ends the transfer.
    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
        self.close();
    }
}

/// A coroutine that gives the next piece.
struct NextPiece<'py>(Bound<'py, PyAny>);

impl<'py> IntoPyObject<'py> for NextPiece<'py> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(type_hint_identifier!("collections.abc", "Awaitable"), BYTES);

    fn into_pyobject(self, _: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0)
    }
}

#[pymethods]
impl AsyncFileStreamReader {
    fn __aiter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    /// PyO3 has no coroutines with this name, so it is another method's.
    fn __anext__<'py>(slf: &Bound<'py, Self>) -> PyResult<NextPiece<'py>> {
        slf.call_method0(intern!(slf.py(), "_next")).map(NextPiece)
    }

    async fn _next(&self) -> PyResult<Raw> {
        let piece = next(Arc::clone(&self.0)).await?;
        piece.ok_or_else(|| PyStopAsyncIteration::new_err(()))
    }

    /// Ends the transfer. Doing so again changes nothing.
    #[expect(clippy::unused_async, reason = "Python awaits it")]
    async fn aclose(&self) {
        runtime::within(|| self.0.close());
    }

    #[expect(clippy::unused_async, reason = "Python awaits it")]
    async fn __aenter__(slf: Py<Self>) -> Itself {
        Itself(slf.into_any())
    }

    /// Ends the transfer.
    #[expect(clippy::unused_async, reason = "Python awaits it")]
    #[pyo3(signature = (*_exception: "object"))]
    async fn __aexit__(&self, _exception: Py<PyTuple>) {
        runtime::within(|| self.0.close());
    }
}
