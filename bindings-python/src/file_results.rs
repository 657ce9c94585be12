//! What is known of files, as instances of the package's dataclasses.

use std::collections::BTreeMap;

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyDict, PyType},
};
use sandspan::FileType;

use crate::results::datetime;

const FILES: &str = "sandspan.files";

/// A file or a directory.
pub(crate) struct EntryInfo(pub(crate) sandspan::EntryInfo);

impl<'py> IntoPyObject<'py> for EntryInfo {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.files", "EntryInfo");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let entry = self.0;
        let fields = identity(py, entry.name, entry.kind, entry.path, entry.metadata)?;
        fields.set_item("size", entry.size)?;
        fields.set_item("mode", entry.mode)?;
        fields.set_item("permissions", entry.permissions)?;
        fields.set_item("owner", entry.owner)?;
        fields.set_item("group", entry.group)?;
        // The beginning of time where the agent does not tell, as the class has no other word for it.
        let modified_time = entry.modified_time.unwrap_or_default();
        fields.set_item("modified_time", datetime(py, modified_time)?)?;
        fields.set_item("symlink_target", entry.symlink_target)?;
        CLASS
            .import(py, FILES, "EntryInfo")?
            .call((), Some(&fields))
    }
}

/// A file that was written.
pub(crate) struct WriteInfo(pub(crate) sandspan::WriteInfo);

impl<'py> IntoPyObject<'py> for WriteInfo {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.files", "WriteInfo");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let written = self.0;
        let fields = identity(
            py,
            written.name,
            written.kind,
            written.path,
            written.metadata,
        )?;
        CLASS
            .import(py, FILES, "WriteInfo")?
            .call((), Some(&fields))
    }
}

/// Something that happened in a directory that is watched.
pub(crate) struct FilesystemEvent(pub(crate) sandspan::FilesystemEvent);

impl<'py> IntoPyObject<'py> for FilesystemEvent {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.files", "FilesystemEvent");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static KIND: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let event = self.0;
        let kind = KIND
            .import(py, FILES, "FilesystemEventType")?
            .call1((event.kind.as_str(),))?;
        CLASS.import(py, FILES, "FilesystemEvent")?.call1((
            event.name,
            kind,
            event.entry.map(EntryInfo),
        ))
    }
}

/// The fields of all that stands under a path.
fn identity(
    py: Python<'_>,
    name: String,
    kind: Option<FileType>,
    path: String,
    metadata: BTreeMap<String, String>,
) -> PyResult<Bound<'_, PyDict>> {
    static KIND: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = KIND.import(py, FILES, "FileType")?;
    let kind = kind.map(|kind| class.call1((kind.as_str(),))).transpose()?;
    let fields = PyDict::new(py);
    fields.set_item("name", name)?;
    fields.set_item("type", kind)?;
    fields.set_item("path", path)?;
    fields.set_item("metadata", Some(metadata).filter(|it| !it.is_empty()))?;
    Ok(fields)
}
