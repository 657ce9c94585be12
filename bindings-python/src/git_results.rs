//! What is known of git repositories, as instances of the package's dataclasses.

use pyo3::{
    inspect::PyStaticExpr, prelude::*, sync::PyOnceLock, type_hint_identifier, types::PyType,
};

const GIT: &str = "sandspan.git";

/// The state of a repository.
pub(crate) struct GitStatus(pub(crate) sandspan::GitStatus);

impl<'py> IntoPyObject<'py> for GitStatus {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.git", "GitStatus");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let status = self.0;
        let files: Vec<_> = status.file_status.into_iter().map(GitFileStatus).collect();
        CLASS.import(py, GIT, "GitStatus")?.call1((
            status.current_branch,
            status.upstream,
            status.ahead,
            status.behind,
            status.detached,
            files,
        ))
    }
}

/// The state of one file of a repository.
struct GitFileStatus(sandspan::GitFileStatus);

impl<'py> IntoPyObject<'py> for GitFileStatus {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let file = self.0;
        CLASS.import(py, GIT, "GitFileStatus")?.call1((
            file.name,
            file.status,
            file.index_status,
            file.working_tree_status,
            file.staged,
            file.renamed_from,
        ))
    }
}

/// The branches of a repository.
pub(crate) struct GitBranches(pub(crate) sandspan::GitBranches);

impl<'py> IntoPyObject<'py> for GitBranches {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.git", "GitBranches");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let branches = self.0;
        CLASS
            .import(py, GIT, "GitBranches")?
            .call1((branches.branches, branches.current_branch))
    }
}
