//! The template `code-interpreter-v1`: what `base` is, and under `/opt/code-interpreter` an
//! environment of Python with the kernels that run code.

mod kernels;
mod pip;
mod recipe;
mod specification;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sandspan_protocol::defaults;
use serde::{Deserialize, Serialize};

pub(super) use self::{kernels::interpreter, recipe::Recipe};

/// What clients call it.
pub(super) const NAME: &str = defaults::INTERPRETER_TEMPLATE;

/// Where sandboxes see the environment.
const PREFIX: &str = "/opt/code-interpreter";

/// The directory of a made template that sandboxes see as `/opt`.
pub(super) const OPT: &str = "opt";

/// The file of a made template that says what is in it.
const MANIFEST: &str = "template.json";

/// What login shells are to read.
pub(super) const PROFILE: &str = "\
# The environment that code runs in is that of commands too.
export PATH=\"/opt/code-interpreter/bin:$PATH\"
export VIRTUAL_ENV=/opt/code-interpreter
";

/// What there is in a made template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Which Python it is for.
    pub(super) python: PathBuf,
    /// When it was made.
    pub(super) made: jiff::Timestamp,
    /// How much room it takes, in bytes.
    pub(super) size: u64,
    /// Whether Deno is in it, which runs JavaScript and TypeScript; else why not.
    pub(super) deno: Result<(), String>,
}

/// Reads what there is in a made template. There is none where the file is missing or says nothing,
/// as it may be after the machine went down: the directory is then what a maker left.
pub(super) fn read_manifest(directory: &Path) -> io::Result<Option<Manifest>> {
    match fs::read(directory.join(MANIFEST)) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}
