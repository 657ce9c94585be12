//! Where the content of a file comes from.

use bytes::Bytes;
use pyo3::{
    exceptions::PyStopAsyncIteration, inspect::PyStaticExpr, intern, prelude::*,
    type_hint_identifier, type_hint_subscript, type_hint_union,
};

use crate::{
    arguments::STR,
    callbacks,
    chunk::{self, BYTES},
    error::InvalidArgumentException,
    parsing::wrong_type,
};

/// How much is read from a file at once, in bytes: each reading costs a change of threads.
const CHUNK: usize = 256 * 1024;

const FILE: PyStaticExpr = type_hint_subscript!(
    type_hint_identifier!("typing", "IO"),
    type_hint_identifier!("typing", "Any")
);
const ITERABLE: PyStaticExpr =
    type_hint_subscript!(type_hint_identifier!("collections.abc", "Iterable"), BYTES);
const ASYNC_ITERABLE: PyStaticExpr = type_hint_subscript!(
    type_hint_identifier!("collections.abc", "AsyncIterable"),
    BYTES
);

/// What is to be written to a file.
pub(crate) enum Content {
    Bytes(Bytes),
    Source(Source),
}

/// What a blocking program writes to a file.
pub(crate) struct BlockingContent(Content);

/// What an asyncio program writes to a file.
pub(crate) struct AsyncContent(Content);

impl From<BlockingContent> for Content {
    fn from(content: BlockingContent) -> Self {
        content.0
    }
}

impl From<AsyncContent> for Content {
    fn from(content: AsyncContent) -> Self {
        content.0
    }
}

impl FromPyObject<'_, '_> for BlockingContent {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(STR, BYTES, FILE, ITERABLE);

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match Content::of("data", &value)? {
            Content::Source(Source::Awaited(_)) => Err(InvalidArgumentException::new_err(
                "Async iterable data is only supported by `AsyncSandbox`; pass a sync iterable of \
                 bytes, a file-like object or bytes to `Sandbox.files.write`.",
            )),
            content => Ok(Self(content)),
        }
    }
}

impl FromPyObject<'_, '_> for AsyncContent {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(STR, BYTES, FILE, ITERABLE, ASYNC_ITERABLE);

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Content::of("data", &value).map(Self)
    }
}

impl Content {
    fn of(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(bytes) = chunk::text_or_bytes(name, value)? {
            return Ok(Self::Bytes(bytes));
        }
        let wanted = "a string, bytes, a file or an iterable of bytes";
        Source::of(value)?
            .map(Self::Source)
            .ok_or_else(|| wrong_type(name, wanted, value))
    }
}

/// An object of Python's that gives bytes, piece by piece.
pub(crate) enum Source {
    /// It is read like a file.
    Read(Py<PyAny>),
    Iterated(Py<PyAny>),
    /// Its pieces are awaited on the event loop.
    Awaited(Py<PyAny>),
}

impl Source {
    /// Files are iterables as well, of lines. Those whose `read` is to be awaited are asynchronous
    /// iterables.
    fn of(value: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = value.py();
        Ok(if value.hasattr(intern!(py, "__aiter__"))? {
            let iterator = value.call_method0(intern!(py, "__aiter__"))?;
            Some(Self::Awaited(iterator.unbind()))
        } else if value.hasattr(intern!(py, "read"))? {
            Some(Self::Read(value.getattr(intern!(py, "read"))?.unbind()))
        } else if value.hasattr(intern!(py, "__iter__"))? {
            Some(Self::Iterated(value.try_iter()?.unbind().into()))
        } else {
            None
        })
    }

    /// The next piece; none after the last. Where there is an event loop, it lives on meanwhile.
    pub(crate) async fn next(&self, has_loop: bool) -> PyResult<Option<Bytes>> {
        loop {
            let piece = if has_loop {
                self.awaited().await?
            } else {
                Python::attach(|py| self.called(py))?
            };
            let bytes = Python::attach(|py| self.bytes(piece.as_ref().map(|piece| piece.bind(py))));
            match bytes? {
                // The end of a file, and no more than a pause of anything else.
                Some(bytes) if bytes.is_empty() && !matches!(self, Self::Read(_)) => {}
                bytes => return Ok(bytes.filter(|bytes| !bytes.is_empty())),
            }
        }
    }

    /// The next piece, got on this thread.
    fn called(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match self {
            Self::Read(read) => read.call1(py, (CHUNK,)).map(Some),
            Self::Iterated(iterator) | Self::Awaited(iterator) => {
                let mut iterator = iterator.bind(py).try_iter()?;
                iterator
                    .next()
                    .transpose()
                    .map(|piece| piece.map(Bound::unbind))
            }
        }
    }

    /// The next piece, got on another thread where getting it may block.
    async fn awaited(&self) -> PyResult<Option<Py<PyAny>>> {
        let awaitable = Python::attach(|py| match self {
            Self::Awaited(iterator) => iterator.call_method0(py, intern!(py, "__anext__")),
            Self::Read(read) => in_thread(py, (read, CHUNK)),
            // It stands for its own end: `StopIteration` cannot leave a thread.
            Self::Iterated(iterator) => {
                let next = py
                    .import(intern!(py, "builtins"))?
                    .getattr(intern!(py, "next"))?;
                in_thread(py, (next, iterator, iterator))
            }
        })?;
        match callbacks::awaited(awaitable).await {
            Ok(piece) => Ok(Some(piece).filter(|piece| !self.is(piece))),
            Err(error) => Python::attach(|py| {
                let is_end = matches!(self, Self::Awaited(_))
                    && error.is_instance_of::<PyStopAsyncIteration>(py);
                if is_end { Ok(None) } else { Err(error) }
            }),
        }
    }

    fn is(&self, object: &Py<PyAny>) -> bool {
        match self {
            Self::Read(own) | Self::Iterated(own) | Self::Awaited(own) => own.is(object),
        }
    }

    fn bytes(&self, piece: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Bytes>> {
        let Some(piece) = piece else {
            return Ok(None);
        };
        let bytes = match self {
            Self::Read(_) => chunk::text_or_bytes("data", piece)?,
            Self::Iterated(_) | Self::Awaited(_) => chunk::binary(piece)?,
        };
        match bytes {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(InvalidArgumentException::new_err(format!(
                "Iterable upload data must yield bytes chunks, got {}",
                piece.get_type().qualname()?
            ))),
        }
    }
}

/// What runs a function, with its arguments after it, on a thread of asyncio's.
fn in_thread<'py>(py: Python<'py>, call: impl pyo3::call::PyCallArgs<'py>) -> PyResult<Py<PyAny>> {
    let asyncio = py.import(intern!(py, "asyncio"))?;
    let awaitable = asyncio.call_method1(intern!(py, "to_thread"), call)?;
    Ok(awaitable.unbind())
}
