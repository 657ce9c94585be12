//! Python bindings: convert in, call the core, convert out.
#![expect(
    clippy::doc_markdown,
    reason = "documentation of methods is shown in Python, as it is"
)]
#![expect(
    clippy::too_many_arguments,
    reason = "each keyword argument of Python is one of Rust"
)]

mod arguments;
mod async_watch;
mod callbacks;
mod calls;
mod chunk;
mod class_methods;
mod code;
mod code_arguments;
mod code_results;
mod code_run;
mod command_handle;
mod commands;
mod connection;
mod ending;
mod entries;
mod error;
mod file_arguments;
mod file_reader;
mod file_results;
mod files;
mod foreground;
mod git;
mod git_arguments;
mod git_remotes;
mod git_repository;
mod git_results;
mod input;
mod instance;
mod json;
mod keep_alive;
mod lifecycle;
mod lifetime;
mod methods;
mod metrics;
mod network;
mod paginator;
mod pair;
mod parsing;
mod pty;
mod query;
mod results;
mod runtime;
mod sandbox;
mod sandbox_life;
mod source;
mod text;
mod upload;
mod urls;
mod wakes;
mod watch;
mod write_entry;

/// The native part of the package `sandspan`.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use std::path::PathBuf;

    use pyo3::prelude::*;
    use sandspan::{ErrorKind, Naming};

    use super::runtime;

    #[pymodule_export]
    use super::{
        async_watch::AsyncWatchHandle,
        command_handle::{AsyncCommandHandle, CommandHandle},
        commands::{AsyncCommands, Commands},
        ending::EndWatch,
        file_reader::{AsyncFileStreamReader, FileStreamReader},
        files::{AsyncFiles, Files},
        git::{AsyncGit, Git},
        input::AsyncCommandInputHandle,
        keep_alive::{AsyncKeepAlive, KeepAlive},
        lifetime::describe_lifetime,
        paginator::{AsyncSandboxPaginator, SandboxPaginator},
        pty::{AsyncPty, Pty},
        sandbox::{AsyncSandbox, Sandbox},
        watch::WatchHandle,
    };

    /// The name of the template whose sandboxes run code in kernels.
    #[pymodule_export]
    const INTERPRETER_TEMPLATE: &str = sandspan::INTERPRETER_TEMPLATE;

    #[pymodule_init]
    fn initialize() -> PyResult<()> {
        sandspan::set_naming(Naming::Python);
        Python::attach(|py| {
            let close = wrap_pyfunction!(runtime::close, py)?;
            py.import("atexit")?.call_method1("register", (close,))?;
            Ok(())
        })
    }

    /// The stable names of all kinds of errors: one exception class has each of them as its `code`.
    ///
    /// Where a source of the caller's fails, its own exception is raised.
    #[pyfunction]
    fn list_error_codes() -> Vec<&'static str> {
        let raised = ErrorKind::ALL
            .iter()
            .filter(|&&kind| kind != ErrorKind::Source);
        raised.map(|kind| kind.as_str()).collect()
    }

    /// Tells where the package keeps the `sandspan` program that comes with it.
    #[pyfunction]
    fn set_bundled_program(path: PathBuf) {
        sandspan::set_bundled_program(path);
    }
}
