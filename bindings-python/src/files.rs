//! The files in a sandbox.

use pyo3::{IntoPyObjectExt, inspect::PyStaticExpr, prelude::*, type_hint_union};
use sandspan::{FileOptions, ListFilesOptions, ReadOptions, WriteOptions};

use crate::{
    arguments::{RequestTimeout, User},
    chunk::Bytearray,
    file_arguments::{
        Depth, FileMetadata, Format, Gzip, NewPath, OldPath, Path, StreamIdleTimeout,
        UseOctetStream,
    },
    file_reader::{AsyncFileStreamReader, FileStreamReader},
    file_results::{EntryInfo, WriteInfo},
    methods::{methods, methods_on_caller},
    pair::Paired as _,
    source::{AsyncContent, BlockingContent},
    upload::Upload,
    write_entry::{AsyncWriteEntries, BlockingWriteEntries},
};

/// The files in a sandbox. Relative paths, and those that begin with `~`, start at the user's home.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct Files(pub(crate) sandspan::Files);

/// The files in a sandbox, for asyncio. Relative paths, and those that begin with `~`, start at the
/// user's home.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncFiles(pub(crate) sandspan::Files);

impl From<sandspan::Files> for Files {
    fn from(files: sandspan::Files) -> Self {
        Self(files)
    }
}

impl From<sandspan::Files> for AsyncFiles {
    fn from(files: sandspan::Files) -> Self {
        Self(files)
    }
}

/// What differs between the two classes.
trait Flavour {
    type Content;
    type WriteEntries;
    type Reader;
}

impl Flavour for Files {
    type Content = BlockingContent;
    type WriteEntries = BlockingWriteEntries;
    type Reader = FileStreamReader;
}

impl Flavour for AsyncFiles {
    type Content = AsyncContent;
    type WriteEntries = AsyncWriteEntries;
    type Reader = AsyncFileStreamReader;
}

/// The content of a file in one of its formats.
enum Content<Reader> {
    Text(String),
    Bytes(Bytearray),
    Stream(Reader),
}

impl<'py, Reader: IntoPyObject<'py>> IntoPyObject<'py> for Content<Reader> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(
        String::OUTPUT_TYPE,
        Bytearray::OUTPUT_TYPE,
        Reader::OUTPUT_TYPE
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Text(text) => text.into_bound_py_any(py),
            Self::Bytes(bytes) => bytes.into_bound_py_any(py),
            Self::Stream(reader) => reader.into_bound_py_any(py),
        }
    }
}

fn file_options(user: Option<User>, request_timeout: Option<RequestTimeout>) -> FileOptions {
    FileOptions {
        user: user.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
    }
}

methods! {
    Files, AsyncFiles;

    /// Reads a file.
    ///
    /// Args:
    ///     path: Its path.
    ///     format: `text` for a `str`, what is not UTF-8 in it as U+FFFD; `bytes` for a
    ///         `bytearray`; `stream` for an iterator of `bytes` that reads while they arrive.
    ///     user: The user to read it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that it may take, of a stream until its contents begin to come.
    ///         Default: the connection's.
    ///     gzip: Whether it travels compressed. Default: no.
    ///     stream_idle_timeout: Seconds that nothing may come of a stream. Default: 60; 0 means
    ///         without limit.
    ///
    /// Raises:
    ///     FileNotFoundException: There is no such file.
    ///     InvalidArgumentException: It is a directory.
    #[pyo3(signature = (
        path, format = None, user = None, request_timeout = None, gzip = None,
        stream_idle_timeout = None
    ))]
    async fn read(
        &files, path: Path, format: Option<Format>, user: Option<User>,
        request_timeout: Option<RequestTimeout>, gzip: Option<Gzip>,
        stream_idle_timeout: Option<StreamIdleTimeout>,
    ) -> Content<<Self as Flavour>::Reader> {
        let path = String::from(path);
        let options = ReadOptions {
            user: user.map(Into::into),
            gzip: gzip.is_some_and(Into::into),
            request_timeout: request_timeout.map(Into::into),
            idle_timeout: stream_idle_timeout.map(Into::into),
        };
        Ok(match format.unwrap_or_default() {
            Format::Text => Content::Text(files.read(&path, options).await?),
            Format::Bytes => Content::Bytes(Bytearray(files.read_bytes(&path, options).await?)),
            Format::Stream => Content::Stream(files.read_stream(&path, options).await?.into()),
        })
    }

    /// Lists a directory.
    ///
    /// Args:
    ///     path: Its path.
    ///     depth: How many levels of directories to go down, at least 1. Default: 1, which is the
    ///         directory alone.
    ///     user: The user to list it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     FileNotFoundException: There is no such directory.
    #[pyo3(signature = (path, depth = None, user = None, request_timeout = None))]
    async fn list(
        &files, path: Path, depth: Option<Depth>, user: Option<User>,
        request_timeout: Option<RequestTimeout>,
    ) -> Vec<EntryInfo> {
        let options = ListFilesOptions {
            depth: depth.map(Into::into),
            user: user.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
        };
        let entries = files.list(&String::from(path), options).await?;
        Ok(entries.into_iter().map(EntryInfo).collect())
    }

    /// Whether there is anything at a path.
    ///
    /// Args:
    ///     path: The path.
    ///     user: The user to look as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (path, user = None, request_timeout = None))]
    async fn exists(
        &files, path: Path, user: Option<User>, request_timeout: Option<RequestTimeout>,
    ) -> bool {
        files.exists(&String::from(path), file_options(user, request_timeout)).await
    }

    /// Describes a file or a directory.
    ///
    /// Args:
    ///     path: Its path.
    ///     user: The user to look as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     FileNotFoundException: There is nothing at the path.
    #[pyo3(signature = (path, user = None, request_timeout = None))]
    async fn get_info(
        &files, path: Path, user: Option<User>, request_timeout: Option<RequestTimeout>,
    ) -> EntryInfo {
        let options = file_options(user, request_timeout);
        files.get_info(&String::from(path), options).await.map(EntryInfo)
    }

    /// Removes a file, or a directory with all that is in it. It may be gone already.
    ///
    /// Args:
    ///     path: Its path.
    ///     user: The user to do it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (path, user = None, request_timeout = None))]
    async fn remove(
        &files, path: Path, user: Option<User>, request_timeout: Option<RequestTimeout>,
    ) -> () {
        files.remove(&String::from(path), file_options(user, request_timeout)).await
    }

    /// Moves a file or a directory, and makes the directories above its new path.
    ///
    /// Args:
    ///     old_path: Where it is.
    ///     new_path: Where it is to be. A file that is there is replaced.
    ///     user: The user to do it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     FileNotFoundException: There is nothing at the old path.
    #[pyo3(signature = (old_path, new_path, user = None, request_timeout = None))]
    async fn rename(
        &files, old_path: OldPath, new_path: NewPath, user: Option<User>,
        request_timeout: Option<RequestTimeout>,
    ) -> EntryInfo {
        let (old_path, new_path) = (String::from(old_path), String::from(new_path));
        let options = file_options(user, request_timeout);
        files.rename(&old_path, &new_path, options).await.map(EntryInfo)
    }

    /// Makes a directory, and those above it.
    ///
    /// Args:
    ///     path: Its path.
    ///     user: The user to do it as. Default: the sandbox's default user.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Returns:
    ///     False when it existed.
    #[pyo3(signature = (path, user = None, request_timeout = None))]
    async fn make_dir(
        &files, path: Path, user: Option<User>, request_timeout: Option<RequestTimeout>,
    ) -> bool {
        files.make_dir(&String::from(path), file_options(user, request_timeout)).await
    }
}

methods_on_caller! {
    Files, AsyncFiles;

    /// Writes a file, and makes the directories above it. It is replaced as a whole, or not at all.
    ///
    /// Args:
    ///     path: Its path.
    ///     data: Text, written as UTF-8, or bytes; or a file or an iterable of bytes, which is read
    ///         while it is sent. What that raises is raised, and nothing is written.
    ///     user: The user to write it as, who owns it then. Default: the sandbox's default user.
    ///     request_timeout: Seconds that it may take. Default: the connection's; for what is read
    ///         while it is sent, without limit.
    ///     gzip: Whether it travels compressed. Default: no.
    ///     use_octet_stream: Whether it travels as it is, and not as a form. Default: where the
    ///         sandbox's agent knows that.
    ///     metadata: Names and values to store with it.
    ///
    /// Raises:
    ///     NotEnoughSpaceException: There is no space left in the sandbox.
    #[pyo3(signature = (
        path, data, user = None, request_timeout = None, gzip = None, use_octet_stream = None,
        metadata = None
    ))]
    async fn write(
        &files, path: Path, data: <Self as Flavour>::Content, user: Option<User>,
        request_timeout: Option<RequestTimeout>, gzip: Option<Gzip>,
        use_octet_stream: Option<UseOctetStream>, metadata: Option<FileMetadata>,
    ) -> WriteInfo {
        let options = write_options(user, request_timeout, gzip, use_octet_stream, metadata);
        let mut upload = Upload::new();
        let (path, content) = (String::from(path), upload.content(data.into()));
        let write = async move { files.write(&path, content, options).await };
        upload.run(Self::HAS_LOOP, write).await.map(WriteInfo)
    }

    /// Writes files, and makes the directories above them. Each is replaced as a whole, or not at
    /// all.
    ///
    /// Args:
    ///     files: A dictionary with `path` and `data` for each of them, as `write` takes them.
    ///     user: The user to write them as, who owns them then. Default: the sandbox's default user.
    ///     request_timeout: Seconds that it may take. Default: the connection's; for what is read
    ///         while it is sent, without limit.
    ///     gzip: Whether they travel compressed. Default: no.
    ///     use_octet_stream: Whether they travel as they are, and not as a form. Default: where the
    ///         sandbox's agent knows that.
    ///     metadata: Names and values to store with each of them.
    ///
    /// Raises:
    ///     NotEnoughSpaceException: There is no space left in the sandbox.
    #[pyo3(signature = (
        files, user = None, request_timeout = None, gzip = None, use_octet_stream = None,
        metadata = None
    ))]
    async fn write_files(
        &all, files: <Self as Flavour>::WriteEntries, user: Option<User>,
        request_timeout: Option<RequestTimeout>, gzip: Option<Gzip>,
        use_octet_stream: Option<UseOctetStream>, metadata: Option<FileMetadata>,
    ) -> Vec<WriteInfo> {
        let options = write_options(user, request_timeout, gzip, use_octet_stream, metadata);
        let mut upload = Upload::new();
        let entries = files.into_entries(&mut upload);
        let write = async move { all.write_files(entries, options).await };
        let written = upload.run(Self::HAS_LOOP, write).await?;
        Ok(written.into_iter().map(WriteInfo).collect())
    }
}

fn write_options(
    user: Option<User>,
    request_timeout: Option<RequestTimeout>,
    gzip: Option<Gzip>,
    use_octet_stream: Option<UseOctetStream>,
    metadata: Option<FileMetadata>,
) -> WriteOptions {
    WriteOptions {
        user: user.map(Into::into),
        request_timeout: request_timeout.map(Into::into),
        gzip: gzip.is_some_and(Into::into),
        use_octet_stream: use_octet_stream.map(Into::into),
        metadata: metadata.map(Into::into).unwrap_or_default(),
    }
}
