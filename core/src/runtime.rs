//! Finding and starting the local runtime.

use std::path::PathBuf;

/// Tells where a package keeps the `sandspan` program that comes with it.
pub fn set_bundled_program(_path: PathBuf) {}
