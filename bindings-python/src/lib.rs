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
mod callbacks;
mod calls;
mod class_methods;
mod command_handle;
mod commands;
mod connection;
mod ending;
mod error;
mod instance;
mod json;
mod keep_alive;
mod lifecycle;
mod lifetime;
mod methods;
mod paginator;
mod query;
mod results;
mod runtime;
mod sandbox;
mod sandbox_life;
mod wakes;

/// The native part of the package `sandspan`.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use std::path::PathBuf;

    use pyo3::prelude::*;
    use sandspan::{ErrorKind, Naming};

    use super::runtime;

    #[pymodule_export]
    use super::{
        command_handle::{AsyncCommandHandle, CommandHandle},
        commands::{AsyncCommands, Commands},
        ending::EndWatch,
        keep_alive::{AsyncKeepAlive, KeepAlive},
        lifetime::describe_lifetime,
        paginator::{AsyncSandboxPaginator, SandboxPaginator},
        sandbox::{AsyncSandbox, Sandbox},
    };

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
    #[pyfunction]
    fn list_error_codes() -> Vec<&'static str> {
        ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect()
    }

    /// Tells where the package keeps the `sandspan` program that comes with it.
    #[pyfunction]
    fn set_bundled_program(path: PathBuf) {
        sandspan::set_bundled_program(path);
    }
}
